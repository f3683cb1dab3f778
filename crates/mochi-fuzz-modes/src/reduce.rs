//! Makes what was found smaller, as long as it stays what it is.

use std::time::{Duration, Instant};

/// Most times that a question is asked.
const QUESTIONS: u32 = 3000;
/// How long they take at most, nearly.
const TIME: Duration = Duration::from_secs(30);

/// Fewer bytes, or smaller ones.
pub fn bytes(start: &[u8], mut holds: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let begun = Instant::now();
    let mut best = start.to_vec();
    let mut left = QUESTIONS;
    let mut size = best.len() / 2;
    while size > 0 && left > 0 && begun.elapsed() < TIME {
        let mut at = 0;
        let before = best.clone();
        while at < best.len() && left > 0 && begun.elapsed() < TIME {
            let end = (at + size).min(best.len());
            left -= 1;
            let mut fewer = best.clone();
            fewer.drain(at..end);
            if holds(&fewer) {
                best = fewer;
                continue;
            }
            let mut simpler = best.clone();
            simpler[at..end].fill(0);
            if simpler != best {
                left = left.saturating_sub(1);
                if holds(&simpler) {
                    best = simpler;
                }
            }
            at = end;
        }
        if best == before || size > best.len() {
            size = (size / 2).min(best.len());
        }
    }
    best
}

/// Fewer lines, blocks as a whole at first.
pub fn lines(start: &str, holds: impl FnMut(&str) -> bool) -> String {
    lines_in(start, TIME, holds)
}

/// The same within some time, nearly.
pub fn lines_in(start: &str, time: Duration, mut holds: impl FnMut(&str) -> bool) -> String {
    let begun = Instant::now();
    let mut best: Vec<String> = start.lines().map(str::to_owned).collect();
    let mut left = QUESTIONS;
    let joined = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    loop {
        let before = best.len();
        let mut at = best.len();
        while at > 0 && left > 0 && begun.elapsed() < time {
            at -= 1;
            for end in [block_end(&best, at), at + 1] {
                if end <= at || end > best.len() {
                    continue;
                }
                let mut fewer = best.clone();
                fewer.drain(at..end);
                // A block may also lose its first and last line.
                let mut opened = best.clone();
                if end > at + 1 {
                    opened.remove(end - 1);
                    opened.remove(at);
                }
                left = left.saturating_sub(2);
                if let Some(smaller) = [fewer, opened]
                    .into_iter()
                    .find(|lines| lines.len() < best.len() && holds(&joined(lines)))
                {
                    best = smaller;
                    at = at.min(best.len());
                    break;
                }
            }
        }
        if best.len() == before || left == 0 || begun.elapsed() >= time {
            return joined(&best);
        }
    }
}

/// One past the line that ends the block which a line begins.
fn block_end(lines: &[String], at: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    if !lines[at].ends_with('{') {
        return at + 1;
    }
    let end =
        lines[at + 1..].iter().position(|line| indent(line) <= indent(&lines[at]) && line.trim() == "}");
    end.map_or(at + 1, |distance| at + distance + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_that_matter_stay() {
        let small = bytes(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], |bytes| bytes.contains(&7) && bytes.contains(&2));
        assert_eq!(small, [7, 2]);
    }

    #[test]
    fn lines_and_blocks_go() {
        let text = "let a = 1\nfor i in 0..3 {\n  print(i)\n  print(a)\n}\nif a {\n  x\n}\nprint(2)\n";
        let small = lines(text, |text| text.contains("print(a)"));
        assert_eq!(small, "  print(a)\n");
    }
}
