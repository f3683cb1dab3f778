//! Rust source without its comments and the contents of its literals, for scans that look for words in code.
//!
//! Not a lexer: it knows just enough about comments, strings, raw strings, characters and lifetimes to blank them.
//! Line breaks stay, so line numbers in the result are those of the source.

/// `source` with every byte of comments and literals, line breaks aside, replaced by a space.
pub fn code_only(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => line_end(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => comment_end(bytes, at),
            b'"' => string_end(bytes, at + 1),
            b'r' if !is_word(out.last()) => raw_string_end(bytes, at + 1).unwrap_or(at),
            b'b' | b'c' if !is_word(out.last()) && bytes.get(at + 1) == Some(&b'r') => {
                raw_string_end(bytes, at + 2).unwrap_or(at)
            }
            b'\'' => char_end(bytes, at),
            _ => at,
        };
        if end == at {
            out.push(bytes[at]);
            at += 1;
        } else {
            out.extend(bytes[at..end].iter().map(|&byte| if byte == b'\n' { b'\n' } else { b' ' }));
            at = end;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// 1-based numbers of the lines of `code` where `word` stands as a whole word.
pub fn lines_with_word(code: &str, word: &str) -> Vec<usize> {
    let has = |line: &str| {
        line.match_indices(word).any(|(start, _)| {
            let before = line[..start].bytes().next_back();
            let after = line[start + word.len()..].bytes().next();
            !is_word(before.as_ref()) && !is_word(after.as_ref())
        })
    };
    code.lines().enumerate().filter(|(_, line)| has(line)).map(|(index, _)| index + 1).collect()
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |len| at + len)
}

/// Comments nest.
fn comment_end(bytes: &[u8], at: usize) -> usize {
    let (mut end, mut depth) = (at, 0);
    while end < bytes.len() {
        if bytes[end..].starts_with(b"/*") {
            depth += 1;
            end += 2;
        } else if bytes[end..].starts_with(b"*/") {
            depth -= 1;
            end += 2;
            if depth == 0 {
                return end;
            }
        } else {
            end += 1;
        }
    }
    bytes.len()
}

/// `at` is just after the opening quote.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `at` is just after the `r`; `None` when no raw string begins there.
fn raw_string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at..].iter().take_while(|&&byte| byte == b'#').count();
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut closing = vec![b'"'];
    closing.resize(hashes + 1, b'#');
    let text = &bytes[at + hashes + 1..];
    let len = text.windows(closing.len()).position(|window| window == closing);
    Some(len.map_or(bytes.len(), |len| at + hashes + 1 + len + closing.len()))
}

/// `at` is the quote; returns `at` for a lifetime or label.
fn char_end(bytes: &[u8], at: usize) -> usize {
    let text = &bytes[at + 1..];
    if text.first() == Some(&b'\\') {
        let close = text.iter().skip(2).position(|&byte| byte == b'\'');
        return close.map_or(bytes.len(), |close| at + 1 + close + 3);
    }
    // A character takes one to four bytes; a lifetime has no quote behind its first character.
    let width = match text.first() {
        Some(0..0x80) => 1,
        Some(0..0xe0) => 2,
        Some(0..0xf0) => 3,
        _ => 4,
    };
    if text.get(width) == Some(&b'\'') { at + width + 2 } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        let squeezed: Vec<String> = code_only(source).split_whitespace().map(str::to_string).collect();
        assert_eq!(squeezed.join(" "), expected, "for {source:?}");
    }

    #[test]
    fn comments_go() {
        check("a // unsafe\nb", "a b");
        check("a /* x /* y */ z */ b", "a b");
        check("a /* open", "a");
    }

    #[test]
    fn literals_go() {
        check(r#"f("un\"safe", x)"#, "f( , x)");
        check("f(r#\"a \" b\"#, x)", "f( , x)");
        check(r#"f(br"\", x)"#, "f( , x)");
        check("f('\"', '\\'', 'é', x)", "f( , , , x)");
    }

    #[test]
    fn lifetimes_and_names_stay() {
        check("fn f<'a>(r: &'a str, br: u8) {}", "fn f<'a>(r: &'a str, br: u8) {}");
        check("'outer: loop {}", "'outer: loop {}");
    }

    #[test]
    fn words_are_whole() {
        let code = "forbid(unsafe_code)\nunsafe {\nnot_unsafe\nan unsafe fn";
        assert_eq!(lines_with_word(code, "unsafe"), [2, 4]);
    }

    #[test]
    fn line_numbers_survive() {
        let code = code_only("/* one\ntwo */\n\"three\nfour\" unsafe");
        assert_eq!(lines_with_word(&code, "unsafe"), [4]);
    }
}
