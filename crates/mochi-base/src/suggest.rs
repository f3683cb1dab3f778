//! "Did you mean": the name that looks most like a misspelt one.

/// Longer names, in bytes, resemble nothing: comparing two takes the product of their lengths.
const LONGEST: usize = 100;

/// The nearest of several candidates so far, each with something that goes with it. Ties go to the smaller name, so
/// the order of offers does not matter.
pub struct Nearest<'a, T> {
    wanted: &'a str,
    /// More edits than this are no resemblance.
    limit: usize,
    found: Option<(usize, String, T)>,
}

impl<'a, T> Nearest<'a, T> {
    /// Looks for names like this one.
    pub fn new(wanted: &'a str) -> Self {
        Self { wanted, limit: (wanted.chars().count() / 3).clamp(1, 3), found: None }
    }

    /// Considers a candidate.
    pub fn offer(&mut self, candidate: &str, with: T) {
        if candidate == self.wanted || candidate == "_" || candidate.is_empty() {
            return;
        }
        if self.wanted.len() > LONGEST || candidate.len() > LONGEST {
            return;
        }
        // A changed case counts as no edit at all.
        let distance = if candidate.eq_ignore_ascii_case(self.wanted) {
            0
        } else {
            match edit_distance(self.wanted, candidate, self.limit) {
                Some(distance) => distance,
                None => return,
            }
        };
        // One letter for another is no resemblance.
        if distance > 0 && distance >= self.wanted.chars().count() {
            return;
        }
        if self.found.as_ref().is_none_or(|(d, name, _)| (distance, candidate) < (*d, name)) {
            self.found = Some((distance, candidate.to_string(), with));
        }
    }

    /// The nearest name and what goes with it, if some candidate resembles the wanted name.
    pub fn found(self) -> Option<(String, T)> {
        self.found.map(|(_, name, with)| (name, with))
    }
}

/// The candidate that resembles a word most.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let mut nearest = Nearest::new(word);
    candidates.into_iter().for_each(|candidate| nearest.offer(candidate, ()));
    nearest.found().map(|(name, ())| name)
}

/// Insertions, deletions, replacements and swaps of neighbours from one word to the other; `None` beyond a limit.
fn edit_distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    Some(above[b.len()]).filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(edit_distance("lenght", "length", 3), Some(1));
        assert_eq!(edit_distance("abc", "abc", 1), Some(0));
        assert_eq!(edit_distance("abc", "xyz", 2), None);
        assert_eq!(edit_distance("", "ab", 3), Some(2));
        assert_eq!(closest("conut", ["print", "count", "x"]).as_deref(), Some("count"));
        assert_eq!(closest("i", ["j"]), None);
        assert_eq!(closest("RUN", ["run", "rum"]).as_deref(), Some("run"));
        let long = "x".repeat(50 << 20);
        assert_eq!(closest(&long, [&*"x".repeat(50 << 20 | 1), "x"]), None);
    }
}
