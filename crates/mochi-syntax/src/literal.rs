//! The values of literals (language reference, 1.5).

/// The value of an integer literal, `None` beyond 64 bits.
pub(crate) fn int(text: &str) -> Option<i64> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', b'b' | b'B', ..] => (&text[2..], 2),
        [b'0', b'o' | b'O', ..] => (&text[2..], 8),
        _ => (text, 10),
    };
    if digits.len() > 18 || radix != 10 {
        return i64::from_str_radix(digits, radix).ok();
    }
    // Up to 18 decimal digits cannot overflow.
    Some(digits.bytes().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

/// The value of a float literal; too large ones are infinite.
pub(crate) fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::INFINITY)
}

/// An escape that strings do not have: its byte range within the literal.
pub(crate) type BadEscape = std::ops::Range<usize>;

/// The value of a string literal given with its quotes (the closing one may be missing), and its first bad escape.
/// Bad escapes stay in the value as they are written.
pub(crate) fn string(literal: &str) -> (Box<str>, Option<BadEscape>) {
    let body = literal.strip_prefix('"').unwrap_or(literal);
    let Some(first) = body.find('\\') else {
        return (body.strip_suffix('"').unwrap_or(body).into(), None);
    };
    let mut value = String::with_capacity(body.len());
    let mut bad = None;
    value.push_str(&body[..first]);
    let mut rest = &body[first..];
    while let Some(c) = rest.chars().next() {
        match c {
            '"' => break,
            '\\' => {
                let (len, meaning) = escape(rest);
                match meaning {
                    Some(c) => value.push(c),
                    None => {
                        let start = literal.len() - rest.len();
                        bad = bad.or(Some(start..start + len));
                        value.push_str(&rest[..len]);
                    }
                }
                rest = &rest[len..];
            }
            _ => {
                let len = rest.find(['\\', '"']).unwrap_or(rest.len());
                value.push_str(&rest[..len]);
                rest = &rest[len..];
            }
        }
    }
    (value.into(), bad)
}

/// Length and meaning of the escape that `text` starts with.
fn escape(text: &str) -> (usize, Option<char>) {
    let simple = |c| (2, Some(c));
    match text.as_bytes().get(1) {
        Some(b'\\') => simple('\\'),
        Some(b'"') => simple('"'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(b'v') => simple('\u{b}'),
        Some(b'a') => simple('\u{7}'),
        Some(b'x') => digits(text, 2, 2, 16),
        Some(b'u') => digits(text, 2, 4, 16),
        Some(b'U') => digits(text, 2, 8, 16),
        Some(b'0'..=b'7') => digits(text, 1, 3, 8),
        Some(_) => (1 + text[1..].chars().next().map_or(0, char::len_utf8), None),
        None => (1, None),
    }
}

/// An escape whose digits start at `from`: exactly `count` of them, naming a code point.
fn digits(text: &str, from: usize, count: usize, radix: u32) -> (usize, Option<char>) {
    let present = text.bytes().skip(from).take(count).take_while(|&b| (b as char).is_digit(radix)).count();
    let end = from + present;
    if present < count {
        return (end, None);
    }
    let code = u32::from_str_radix(&text[from..end], radix);
    (end, code.ok().and_then(char::from_u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        let check = |text, value| assert_eq!(int(text), value, "{text}");
        check("0", Some(0));
        check("007", Some(7));
        check("0xFf", Some(255));
        check("0b101", Some(5));
        check("0O17", Some(15));
        check("9223372036854775807", Some(i64::MAX));
        check("0000000000000000000000000001", Some(1));
        check("9223372036854775808", None);
        check("0x8000000000000000", None);
    }

    #[test]
    fn strings() {
        let check = |literal, value: &str, bad: Option<&str>| {
            let (got, range) = string(literal);
            assert_eq!((&*got, range.map(|r| &literal[r])), (value, bad), "{literal}");
        };
        check(r#""plain é""#, "plain é", None);
        check(r#""a\n\"\\\x41\u00e9\U0001F980\101""#, "a\n\"\\Aé🦀A", None);
        check(r#""\xC2\xB0""#, "Â°", None);
        check(r#""\'""#, r"\'", Some(r"\'"));
        check(r#""\0""#, r"\0", Some(r"\0"));
        check(r#""\q \é""#, r"\q \é", Some(r"\q"));
        check(r#""\ud800""#, r"\ud800", Some(r"\ud800"));
        check(r#""\xZ""#, r"\xZ", Some(r"\x"));
        check(r#""never closed"#, "never closed", None);
        check(r#""\"#, r"\", Some(r"\"));
    }
}
