//! Bytes to token soup; shared with the fuzz target `parse_tokens`.

use mochi_syntax::TokenKind;

/// Texts for tokens that are no words or marks, and some that are no tokens.
const SAMPLES: &[&str] = &[
    "x",
    "y",
    "f",
    "Point",
    "π",
    "0",
    "1",
    "2.5",
    "0x",
    "1_0",
    "\"s\"",
    "\"a\\qb\"",
    "\"",
    "'q'",
    "/*",
    "// c\n",
    "@",
    "\n",
    ":-",
    "all",
    "9223372036854775808",
];

/// One token per byte, chosen by its value: names and small pieces more often than rare words.
pub fn soup(bytes: &[u8]) -> String {
    let is_text = |kind: &&TokenKind| {
        kind.is_reserved() || (kind.is_name() && **kind != TokenKind::Ident) || is_mark(**kind)
    };
    let words: Vec<&str> = TokenKind::ALL.iter().filter(is_text).map(|kind| kind.text()).collect();
    let mut text = String::new();
    for &byte in bytes {
        let byte = byte as usize;
        let piece = match byte.checked_sub(words.len()) {
            None => words[byte],
            Some(rest) => SAMPLES[rest % SAMPLES.len()],
        };
        text.push_str(piece);
        text.push(' ');
    }
    text
}

fn is_mark(kind: TokenKind) -> bool {
    kind.text().bytes().all(|b| b.is_ascii_punctuation())
}
