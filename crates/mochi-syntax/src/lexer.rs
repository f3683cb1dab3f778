//! Source text to tokens (language reference, section 1).
//!
//! One pass over the bytes; nothing is allocated per token. Text that is no token is reported once per run of such
//! characters and dropped; a malformed literal becomes one [`TokenKind::BadLiteral`]. So the parser sees only tokens,
//! and never reports again what was reported here. Literals are not evaluated: see [`literal`](crate::literal).

use mochi_base::diag::codes;
use mochi_base::{Diagnostic, Span};

use crate::token::{TokenKind, Tokens, WORDS};

/// Reports beyond this number are dropped; the text is garbage.
pub(crate) const MAX_REPORTS: usize = 100;

/// The tokens of `text`, whose first byte has the position `base`. Errors go to `errors`, at most [`MAX_REPORTS`].
pub(crate) fn lex(text: &str, base: u32, errors: &mut Vec<Diagnostic>) -> Tokens {
    // Measured on ordinary code: one token per 3.5 to 6 bytes. Room that is not used costs nothing.
    let tokens = Tokens::with_capacity(text.len() / 3 + 16);
    let mut lexer = Lexer { text, bytes: text.as_bytes(), base, at: 0, tokens, errors };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    base: u32,
    at: usize,
    tokens: Tokens,
    errors: &'a mut Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        use TokenKind::*;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' => self.at += 1,
                b'a'..=b'z' => self.word(),
                b'A'..=b'Z' | b'_' => self.ident(self.at + 1),
                b'0'..=b'9' => self.number(),
                b'"' => self.string(),
                b'(' => self.mark(LParen, 1),
                b')' => self.mark(RParen, 1),
                b',' => self.mark(Comma, 1),
                b'{' => self.mark(LBrace, 1),
                b'}' => self.mark(RBrace, 1),
                b'[' => self.mark(LBracket, 1),
                b']' => self.mark(RBracket, 1),
                b':' => self.mark(Colon, 1),
                b'+' => self.mark(Plus, 1),
                b'-' => self.mark(Minus, 1),
                b'*' => self.mark(Star, 1),
                b'%' => self.mark(Percent, 1),
                b'=' => match self.peek(1) {
                    b'=' => self.mark(EqEq, 2),
                    b'>' => self.mark(Arrow, 2),
                    _ => self.mark(Assign, 1),
                },
                b'.' => self.one_or_two(b'.', DotDot, Dot),
                b'<' => self.one_or_two(b'=', Le, Lt),
                b'>' => self.one_or_two(b'=', Ge, Gt),
                b'!' => self.one_or_two(b'=', NotEq, Not),
                b'?' => self.one_or_two(b'?', Coalesce, Question),
                b'|' => self.one_or_two(b'|', OrOr, Bar),
                b'&' if self.peek(1) == b'&' => self.mark(AndAnd, 2),
                b'#' => self.line_comment(),
                b'/' => match self.peek(1) {
                    b'/' => self.line_comment(),
                    b'*' => self.block_comment(),
                    _ => self.mark(Slash, 1),
                },
                0x80.. => self.beyond_ascii(),
                _ => self.stray(),
            }
        }
        let end = self.position(self.bytes.len());
        self.tokens.push(Eof, end, end);
    }

    /// The byte `ahead` of the current one, 0 past the end.
    #[inline]
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    #[inline]
    fn position(&self, at: usize) -> u32 {
        self.base + at as u32
    }

    /// The token from the current place to `end`.
    #[inline]
    fn push(&mut self, kind: TokenKind, end: usize) {
        self.tokens.push(kind, self.position(self.at), self.position(end));
        self.at = end;
    }

    #[inline]
    fn mark(&mut self, kind: TokenKind, len: usize) {
        self.push(kind, self.at + len);
    }

    #[inline]
    fn one_or_two(&mut self, second: u8, two: TokenKind, one: TokenKind) {
        if self.peek(1) == second { self.mark(two, 2) } else { self.mark(one, 1) }
    }

    // ------------------------------------------------------------------------------------------ names and words

    /// A name that starts with a small letter: perhaps a word of the language.
    #[inline]
    fn word(&mut self) {
        let mut end = self.at + 1;
        while end < self.bytes.len() && IS_NAME_BYTE[self.bytes[end] as usize] {
            end += 1;
        }
        if self.bytes.get(end).is_some_and(|&b| b >= 0x80) {
            return self.ident(end);
        }
        let kind = word_kind(self.bytes, self.at, end);
        self.push(kind, end);
    }

    /// A name whose bytes up to `end` are known to belong to it.
    fn ident(&mut self, end: usize) {
        let end = self.name_end(end);
        self.push(TokenKind::Ident, end);
    }

    /// The first byte from `at` on that does not continue a name.
    fn name_end(&self, mut at: usize) -> usize {
        while let Some(&byte) = self.bytes.get(at) {
            if IS_NAME_BYTE[byte as usize] {
                at += 1;
            } else if byte < 0x80 {
                break;
            } else {
                match self.char_at(at) {
                    Some(c) if is_name_continue(c) => at += c.len_utf8(),
                    _ => break,
                }
            }
        }
        at
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn beyond_ascii(&mut self) {
        match self.char_at(self.at) {
            Some(c) if is_name_start(c) => self.ident(self.at + c.len_utf8()),
            _ => self.stray(),
        }
    }

    // ------------------------------------------------------------------------------------------------- literals

    fn number(&mut self) {
        let (kind, end) = match (self.bytes[self.at], self.peek(1) | 0x20) {
            (b'0', b'x') => return self.prefixed(|b| b.is_ascii_hexdigit()),
            (b'0', b'b') => return self.prefixed(|b| matches!(b, b'0' | b'1')),
            (b'0', b'o') => return self.prefixed(|b| matches!(b, b'0'..=b'7')),
            _ => self.decimal(),
        };
        self.finish_number(kind, end);
    }

    /// `0x`, `0b` or `0o` and digits.
    fn prefixed(&mut self, is_digit: impl Fn(u8) -> bool) {
        let digits = self.at + 2;
        let mut end = digits;
        while self.bytes.get(end).is_some_and(|&b| is_digit(b)) {
            end += 1;
        }
        if end > digits {
            return self.finish_number(TokenKind::Int, end);
        }
        let name_end = self.name_end(end);
        let prefix = &self.text[self.at..end];
        self.report(codes::P046 { prefix }.at(self.span(name_end)));
        self.push(TokenKind::BadLiteral, name_end);
    }

    fn decimal(&self) -> (TokenKind, usize) {
        let digits = |mut at: usize| {
            while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let is_digit = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut kind = TokenKind::Int;
        let mut end = digits(self.at);
        if self.bytes.get(end) == Some(&b'.') && is_digit(end + 1) {
            kind = TokenKind::Float;
            end = digits(end + 1);
        }
        if self.bytes.get(end).is_some_and(|b| b | 0x20 == b'e') {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            if is_digit(end + 1 + sign) {
                kind = TokenKind::Float;
                end = digits(end + 1 + sign);
            }
        }
        (kind, end)
    }

    /// The number up to `end`, unless a name follows at once.
    #[inline]
    fn finish_number(&mut self, kind: TokenKind, end: usize) {
        match self.bytes.get(end) {
            Some(&byte) if byte >= 0x80 || IS_NAME_BYTE[byte as usize] => {
                let name_end = self.name_end(end);
                if name_end == end {
                    return self.push(kind, end);
                }
                let (literal, tail) = (&self.text[self.at..end], &self.text[end..name_end]);
                self.report(codes::P043 { literal, tail }.at(self.span(name_end)));
                self.push(TokenKind::BadLiteral, name_end);
            }
            _ => self.push(kind, end),
        }
    }

    fn string(&mut self) {
        let mut end = self.at + 1;
        loop {
            match self.bytes.get(end) {
                Some(b'"') => return self.push(TokenKind::Str, end + 1),
                // The escaped character may be longer than a byte, but its further bytes are neither `"` nor `\`.
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
                None => break,
            }
        }
        self.report(codes::P040 { what: "this string is never closed" }.at(self.span(self.at + 1)));
        self.push(TokenKind::Str, self.bytes.len());
        self.drop_before_next();
    }

    // ------------------------------------------------------------------------------------------------- comments

    fn line_comment(&mut self) {
        self.at +=
            self.bytes[self.at..].iter().position(|&b| b == b'\n').unwrap_or(self.bytes.len() - self.at);
    }

    fn block_comment(&mut self) {
        let body = self.at + 2;
        match self.bytes[body..].windows(2).position(|pair| pair == b"*/") {
            Some(len) => self.at = body + len + 2,
            None => {
                self.report(codes::P042 {}.at(self.span(body)));
                self.at = self.bytes.len();
                self.drop_before_next();
            }
        }
    }

    // --------------------------------------------------------------------------------------------------- errors

    /// Reports and drops characters that no token starts with.
    fn stray(&mut self) {
        if self.bytes[self.at] == b'\'' && self.quoted() {
            return;
        }
        let start = self.at;
        let mut first = None;
        while let Some(c) = self.char_at(self.at) {
            let known = match c {
                '&' => self.peek(1) == b'&',
                '\'' | '@' | '^' | '~' | '$' | '\\' | '`' => false,
                '\0'..='\x7f' => !c.is_ascii_control() || matches!(c, '\t' | '\r' | '\n'),
                _ => is_name_start(c),
            };
            if known {
                break;
            }
            first = first.or(Some(c));
            self.at += c.len_utf8();
        }
        let what = match first {
            Some('\u{feff}') => "unexpected byte-order mark".to_string(),
            Some(c) if c.is_control() || c.is_whitespace() => {
                format!("unexpected character U+{:04X}", c as u32)
            }
            Some(c) => format!("unexpected character `{c}`"),
            None => return,
        };
        let span = Span::new(self.position(start), self.position(self.at));
        self.report(codes::P040 { what }.at(span));
        self.drop_before_next();
    }

    /// A string in single quotes on one line, which the language does not have.
    fn quoted(&mut self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let end = rest.iter().position(|&b| b == b'\'' || b == b'\n').unwrap_or(rest.len());
        if rest.get(end) != Some(&b'\'') {
            return false;
        }
        let end = self.at + end + 2;
        self.report(codes::P040 { what: "strings are written in double quotes" }.at(self.span(end)));
        self.push(TokenKind::BadLiteral, end);
        true
    }

    fn span(&self, end: usize) -> Span {
        Span::new(self.position(self.at), self.position(end))
    }

    fn drop_before_next(&mut self) {
        self.tokens.after_dropped.push(self.tokens.kinds.len() as u32);
    }

    #[cold]
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.errors.len() < MAX_REPORTS {
            self.errors.push(diagnostic);
        }
    }
}

/// Whether a name can start with `c`: general categories L* and So, and `_`.
fn is_name_start(c: char) -> bool {
    use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
    c == '_'
        || c.general_category_group() == GeneralCategoryGroup::Letter
        || c.general_category() == GeneralCategory::OtherSymbol
}

/// Whether a name can go on with `c`: a start, or general category N*.
fn is_name_continue(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    is_name_start(c) || c.general_category_group() == GeneralCategoryGroup::Number
}

/// The bytes that continue a name, those beyond ASCII aside.
static IS_NAME_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};

// ------------------------------------------------------------------------------------------------------- words

/// A word of the language in the table below.
#[derive(Clone, Copy)]
struct Word {
    /// Its first eight bytes, the first one lowest, padded with zeros.
    head: u64,
    len: u8,
    kind: TokenKind,
}

/// Makes the hash of [`word_slot`] perfect; found by trying random odd numbers.
const WORD_FACTOR: u64 = 0x3084_d007_dc4c_1849;

const fn word_slot(head: u64) -> usize {
    (head.wrapping_mul(WORD_FACTOR) >> 56) as usize
}

static WORD_TABLE: [Word; 256] = {
    let mut table = [Word { head: 0, len: 0, kind: TokenKind::Ident }; 256];
    let mut i = 0;
    while i < WORDS.len() {
        let text = WORDS[i].text().as_bytes();
        let head = head_of(text);
        let slot = word_slot(head);
        assert!(table[slot].len == 0, "two words share a slot: WORD_FACTOR is no longer perfect");
        table[slot] = Word { head, len: text.len() as u8, kind: WORDS[i] };
        i += 1;
    }
    table
};

const fn head_of(text: &[u8]) -> u64 {
    let mut head = 0;
    let mut i = 0;
    while i < text.len() && i < 8 {
        head |= (text[i] as u64) << (8 * i);
        i += 1;
    }
    head
}

/// The kind of the name `bytes[start..end]`.
#[inline]
fn word_kind(bytes: &[u8], start: usize, end: usize) -> TokenKind {
    let len = end - start;
    let head = match bytes.get(start..start + 8) {
        Some(eight) => {
            let eight: [u8; 8] = eight.try_into().unwrap_or([0; 8]);
            let unused = 64 - 8 * len.min(8) as u32;
            // `len` is at least 1, so the shift is below 64.
            u64::from_le_bytes(eight) & (u64::MAX >> unused)
        }
        None => head_of(&bytes[start..end]),
    };
    let word = &WORD_TABLE[word_slot(head)];
    let same = word.head == head
        && word.len as usize == len
        && (len <= 8 || bytes[start + 8..end] == word.kind.text().as_bytes()[8..]);
    if same { word.kind } else { TokenKind::Ident }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> (Vec<TokenKind>, Vec<String>) {
        let mut errors = Vec::new();
        let tokens = lex(text, 1, &mut errors);
        let errors = errors.iter().map(|e| format!("{}@{}", e.code.name(), e.span.lo)).collect();
        (tokens.kinds, errors)
    }

    #[test]
    fn every_word_has_its_kind_and_no_prefix_or_extension_of_it_does() {
        for &word in WORDS {
            let text = word.text();
            assert_eq!(kinds(text).0[0], word);
            assert_eq!(kinds(&format!("{text} + 12345678")).0[0], word);
            assert_eq!(kinds(&format!("{text}λ")).0[..], [TokenKind::Ident, TokenKind::Eof]);
            assert_eq!(kinds(&format!("{text}x")).0[0], TokenKind::Ident);
        }
        assert_eq!(kinds("intersecx").0[0], TokenKind::Ident);
    }

    #[test]
    fn numbers_end_where_the_reference_says() {
        use TokenKind::*;
        assert_eq!(kinds("1..3").0, [Int, DotDot, Int, Eof]);
        assert_eq!(kinds("1.5e-3 007 0xFf 2E9").0, [Float, Int, Int, Float, Eof]);
        assert_eq!(kinds("1.x").0, [Int, Dot, Ident, Eof]);
        assert_eq!(kinds("1_000 0xFFG 3.14abc 1e+ 5"), {
            let errors = ["P043@1", "P043@7", "P043@13", "P043@21"].map(String::from).to_vec();
            (vec![BadLiteral, BadLiteral, BadLiteral, BadLiteral, Plus, Int, Eof], errors)
        });
        assert_eq!(kinds("0x 0b2").1, ["P046@1", "P046@4"]);
    }

    #[test]
    fn stray_text_is_reported_once_and_dropped() {
        use TokenKind::*;
        assert_eq!(kinds("a @@ b & c && 'it' $").1, ["P040@3", "P040@8", "P040@15", "P040@20"]);
        assert_eq!(kinds("a @@ b").0, [Ident, Ident, Eof]);
        assert_eq!(kinds("x\u{feff}").1, ["P040@2"]);
        assert_eq!(kinds("\"abc\\\"").1, ["P040@1"]);
        assert_eq!(kinds("/* a").1, ["P042@1"]);
        assert_eq!(kinds("/**/ 🦀 日本 x²").0, [Ident, Ident, Ident, Eof]);
    }
}
