//! Text with values and blocks numbered in the order of their definitions, as the binary form numbers them.

use std::collections::HashMap;

/// Renumbers each function of a module in text form, whose strings hold nothing that looks like a value or block.
pub fn renumbered(text: &str) -> String {
    text.split_inclusive("\n}\n").map(renumbered_func).collect()
}

fn renumbered_func(text: &str) -> String {
    let words = words(text);
    let mut numbers: HashMap<&str, String> = HashMap::new();
    let mut counts = HashMap::new();
    for window in words.windows(2) {
        let [word, next] = window else { continue };
        let (kind, definition) = match word.as_bytes()[0] {
            b'v' => ('v', next.starts_with(':')),
            _ => ('b', next.starts_with(['(', ':'])),
        };
        if is_entity(word) && definition && (kind == 'v' || starts_line(text, word)) {
            let count = counts.entry(kind).or_insert(0);
            numbers.insert(word, format!("{kind}{count}"));
            *count += 1;
        }
    }
    words.iter().map(|word| numbers.get(word).map_or(*word, |s| s)).collect()
}

/// The text cut into words and what is between them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let part = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'.';
    for (i, pair) in text.as_bytes().windows(2).enumerate() {
        if part(pair[0]) != part(pair[1]) && text.is_char_boundary(i + 1) {
            words.push(&text[start..=i]);
            start = i + 1;
        }
    }
    words.push(&text[start..]);
    words
}

fn is_entity(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'b']);
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

fn starts_line(text: &str, word: &str) -> bool {
    let at = word.as_ptr() as usize - text.as_ptr() as usize;
    at == 0 || text.as_bytes()[at - 1] == b'\n'
}
