//! Tokens of the text form. Line ends are no tokens, but each token knows whether it starts a line.

use super::Fault;

/// A token's kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Letters, digits, `_`, `.` and `::` before a letter, starting with a letter or `_`: names, mnemonics, `v1`, `b2`.
    Word,
    /// A number in any of the forms of ints and floats, with its sign.
    Number,
    /// A string with its quotes.
    Str,
    /// One of `-> => ..` or a single character.
    Punct,
    /// The end of the text.
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte range in the text.
    pub(super) lo: usize,
    pub(super) hi: usize,
    /// Whether nothing but space precedes it in its line.
    pub(super) starts_line: bool,
}

/// The tokens of a text, the last of which is the end.
pub(super) fn lex(text: &str, faults: &mut Vec<Fault>) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::with_capacity(text.len() / 3);
    let (mut at, mut starts_line) = (0, true);
    while let Some(&b) = bytes.get(at) {
        let lo = at;
        let kind = match b {
            b'\n' => {
                starts_line = true;
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b';' => {
                at = text[at..].find('\n').map_or(text.len(), |n| at + n);
                continue;
            }
            b'"' => {
                at = string_end(bytes, at).unwrap_or_else(|end| {
                    faults.push(Fault::new(lo, "this string does not end in its line"));
                    end
                });
                Kind::Str
            }
            b'0'..=b'9' => {
                at = number_end(bytes, at);
                Kind::Number
            }
            b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                at = number_end(bytes, at + 1);
                Kind::Number
            }
            b'-' if text[at + 1..].starts_with("inf") => {
                at += 4;
                Kind::Number
            }
            _ if starts_word(bytes, at) => {
                at = word_end(bytes, at);
                Kind::Word
            }
            _ if ["->", "=>", ".."].iter().any(|p| text[at..].starts_with(p)) => {
                at += 2;
                Kind::Punct
            }
            b'(' | b')' | b'<' | b'>' | b'{' | b'}' | b',' | b':' | b'=' | b'#' | b'$' | b'@' | b'.' => {
                at += 1;
                Kind::Punct
            }
            _ => {
                let c = text[at..].chars().next().unwrap_or(' ');
                faults.push(Fault::new(at, format!("unexpected character {c:?}")));
                at += c.len_utf8();
                continue;
            }
        };
        tokens.push(Token { kind, lo, hi: at, starts_line });
        starts_line = false;
    }
    tokens.push(Token { kind: Kind::End, lo: text.len(), hi: text.len(), starts_line: true });
    tokens
}

/// Whether a text is one word.
pub(crate) fn is_word(text: &str) -> bool {
    starts_word(text.as_bytes(), 0) && word_end(text.as_bytes(), 0) == text.len()
}

fn starts_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|&b| b.is_ascii_alphabetic() || b == b'_')
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    loop {
        at = run(bytes, at, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        if !(bytes[at..].starts_with(b"::") && starts_word(bytes, at + 2)) {
            return at;
        }
        at += 2;
    }
}

/// End of the run of bytes that satisfy `part`.
fn run(bytes: &[u8], at: usize, part: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|&b| !part(b)).map_or(bytes.len(), |n| at + n)
}

/// End of a string that starts at `at`; the end of the line is the error.
fn string_end(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let mut at = at + 1;
    loop {
        match bytes.get(at) {
            None | Some(b'\n') => return Err(at),
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') if !matches!(bytes.get(at + 1), None | Some(b'\n')) => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// End of a number whose first digit is at `at`: decimal digits, `0x` and hexadecimal ones, or a float.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if bytes[at] == b'0' && bytes.get(at + 1) == Some(&b'x') {
        return run(bytes, at + 2, |b| b.is_ascii_hexdigit());
    }
    let mut at = run(bytes, at, |b| b.is_ascii_digit());
    if bytes.get(at) == Some(&b'.') && digit(at + 1) {
        at = run(bytes, at + 1, |b| b.is_ascii_digit());
    }
    if bytes.get(at) == Some(&b'e') {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if digit(at + 1 + sign) {
            at = run(bytes, at + 1 + sign, |b| b.is_ascii_digit());
        }
    }
    at
}

/// The text that a string token stands for.
pub(super) fn unquote(token: &str, lo: usize) -> Result<String, Fault> {
    let inner = token.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or("");
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let bad = || Fault::new(lo + 1 + at, "escapes are \\n \\t \\\" \\\\ and \\u{...}");
        out.push(match chars.next() {
            Some((_, 'n')) => '\n',
            Some((_, 't')) => '\t',
            Some((_, '"')) => '"',
            Some((_, '\\')) => '\\',
            Some((at, 'u')) => {
                let rest = inner[at + 1..].strip_prefix('{').ok_or_else(bad)?;
                let digits = &rest[..rest.find('}').ok_or_else(bad)?];
                let code = u32::from_str_radix(digits, 16).map_err(|_| bad())?;
                // The digits and the two braces.
                chars.nth(digits.chars().count() + 1);
                char::from_u32(code).ok_or_else(bad)?
            }
            _ => return Err(bad()),
        });
    }
    Ok(out)
}
