//! The difference of two texts, line by line, in the unified format.

use std::fmt::Write;

/// Lines shown around a difference.
const CONTEXT: usize = 3;
/// Pairs of lines that are compared at most; beyond, everything between the first and the last difference is replaced.
const MOST_PAIRS: usize = 16_000_000;

/// A line of the result: in both texts, only in the old one, or only in the new one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edit {
    Keep,
    Remove,
    Add,
}

/// The difference as a patch of the file `name`; empty when there is none.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let edits = edits(&old, &new);
    let mut out = String::new();
    let mut at = 0;
    // Lines of the old and the new text before `at`.
    let (mut olds, mut news) = (0, 0);
    while let Some(next) = edits[at..].iter().position(|&e| e != Edit::Keep) {
        let from = at + next.saturating_sub(CONTEXT);
        let skipped = from - at;
        (olds, news) = (olds + skipped, news + skipped);
        let to = hunk_end(&edits, at + next);
        let hunk = &edits[from..to];
        let removed = hunk.iter().filter(|&&e| e != Edit::Add).count();
        let added = hunk.iter().filter(|&&e| e != Edit::Remove).count();
        if out.is_empty() {
            let _ = writeln!(out, "--- {name}\n+++ {name}");
        }
        let start = |before: usize, count: usize| before + usize::from(count > 0);
        let _ = writeln!(out, "@@ -{},{removed} +{},{added} @@", start(olds, removed), start(news, added));
        for &edit in hunk {
            let (mark, line) = match edit {
                Edit::Keep => (' ', old[olds]),
                Edit::Remove => ('-', old[olds]),
                Edit::Add => ('+', new[news]),
            };
            let _ = writeln!(out, "{mark}{line}");
            olds += usize::from(edit != Edit::Add);
            news += usize::from(edit != Edit::Remove);
        }
        at = to;
    }
    if out.is_empty() && old.len() == new.len() && !old.is_empty() {
        // Line endings differ, which no line shows.
        let _ = writeln!(out, "--- {name}\n+++ {name}\nline endings differ");
    }
    out
}

/// The end of the hunk that begins with the difference at `first`: after it come more lines in common than are shown.
fn hunk_end(edits: &[Edit], first: usize) -> usize {
    let mut last = first;
    for (at, &edit) in edits.iter().enumerate().skip(first) {
        if edit != Edit::Keep {
            last = at;
        } else if at - last > 2 * CONTEXT {
            break;
        }
    }
    (last + 1 + CONTEXT).min(edits.len())
}

/// The shortest list of edits, by the longest common subsequence of what is between equal ends.
fn edits(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let same = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let mut edits = vec![Edit::Keep; start];
    middle(old, new, &mut edits);
    edits.extend(std::iter::repeat_n(Edit::Keep, end));
    edits
}

fn middle(old: &[&str], new: &[&str], edits: &mut Vec<Edit>) {
    let width = new.len() + 1;
    if old.len().saturating_mul(width) > MOST_PAIRS {
        edits.extend(std::iter::repeat_n(Edit::Remove, old.len()));
        edits.extend(std::iter::repeat_n(Edit::Add, new.len()));
        return;
    }
    // Lengths of common subsequences of the rests from each pair of positions on.
    let mut common = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            edits.push(Edit::Keep);
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]
        {
            edits.push(Edit::Remove);
            i += 1;
        } else {
            edits.push(Edit::Add);
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_have_the_numbers_of_their_lines() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n";
        let new = "1\n2\n3\n4\n5 five\n6\n7\n8\n9\nx\n";
        let expected = "--- a\n+++ a\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+5 five\n 6\n 7\n 8\n";
        assert_eq!(unified("a", old, new), expected);
        assert_eq!(unified("a", old, old).lines().count(), 3);
        assert_eq!(unified("a", "", "x\n"), "--- a\n+++ a\n@@ -0,0 +1,1 @@\n+x\n");
    }
}
