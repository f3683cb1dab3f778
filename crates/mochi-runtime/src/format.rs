//! Numbers as text: the three float formats of the language reference, appendix A, and ints.
//!
//! All start from the shortest decimal digits that read back as the same double.

use std::fmt::Write;

/// Shortest decimal digits of a finite double that is not zero: the value is `0.d1d2d3... * 10^(exponent + 1)`.
struct Decimal {
    digits: [u8; 20],
    len: usize,
    /// Decimal exponent in scientific notation: 2 for 123.4.
    exponent: i32,
}

impl Decimal {
    fn of(value: f64) -> Decimal {
        let mut buffer = zmij::Buffer::new();
        // Digits with a point somewhere and possibly an exponent: `0.001`, `123.0`, `1.5e-9`.
        let text = buffer.format_finite(value.abs());
        let (mantissa, exponent) = match text.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().unwrap_or(0)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut decimal = Decimal { digits: [0; 20], len: 0, exponent: exponent + whole.len() as i32 - 1 };
        let mut all = whole.bytes().chain(fraction.bytes()).skip_while(|&digit| {
            // Leading zeros carry no digit but move the point.
            let zero = digit == b'0';
            decimal.exponent -= i32::from(zero);
            zero
        });
        let mut zeros = 0;
        // Zeros are held back until a digit follows, so that none trail.
        for digit in all.by_ref() {
            if digit == b'0' {
                zeros += 1;
                continue;
            }
            for digit in std::iter::repeat_n(b'0', zeros).chain([digit]) {
                decimal.digits[decimal.len] = digit;
                decimal.len += 1;
            }
            zeros = 0;
        }
        decimal
    }

    fn digits(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.len]).expect("digits")
    }

    /// Without exponent, and without point when the value is whole.
    fn plain(&self, out: &mut String) {
        let digits = self.digits();
        let whole = self.exponent + 1;
        if whole <= 0 {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', -whole as usize));
            out.push_str(digits);
        } else if whole as usize >= digits.len() {
            out.push_str(digits);
            out.extend(std::iter::repeat_n('0', whole as usize - digits.len()));
        } else {
            let (whole, fraction) = digits.split_at(whole as usize);
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
    }

    /// One digit before the point; the exponent with a sign and `least` digits at least.
    fn scientific(&self, out: &mut String, least: usize) {
        let (first, rest) = self.digits().split_at(1);
        out.push_str(first);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        let sign = if self.exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:0least$}", self.exponent.unsigned_abs());
    }
}

/// Appends infinities, NaN and zeros, the same in all formats; whether it was one of them.
fn special(out: &mut String, value: f64) -> bool {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else {
        if value.is_sign_negative() {
            out.push('-');
        }
        if value == 0.0 {
            out.push('0');
            return true;
        }
        return false;
    }
    true
}

/// General format (A.1).
pub fn general(out: &mut String, value: f64) {
    if special(out, value) {
        return;
    }
    let decimal = Decimal::of(value);
    if (-4..6).contains(&decimal.exponent) { decimal.plain(out) } else { decimal.scientific(out, 2) }
}

/// Fixed format (A.2).
pub fn fixed(out: &mut String, value: f64) {
    let start = out.len();
    if !special(out, value) {
        Decimal::of(value).plain(out);
    }
    if value.is_finite() && !out[start..].contains('.') {
        out.push_str(".0");
    }
}

/// JSON format (A.3) of a finite double.
pub fn json(out: &mut String, value: f64) {
    if special(out, value) {
        return;
    }
    let decimal = Decimal::of(value);
    if (-6..21).contains(&decimal.exponent) { decimal.plain(out) } else { decimal.scientific(out, 1) }
}

/// Room for an int in decimal.
pub type Digits = [u8; 20];

/// An int in decimal, written into `room`.
pub fn digits(room: &mut Digits, value: i64) -> &str {
    let mut at = room.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        room[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        room[at] = b'-';
    }
    std::str::from_utf8(&room[at..]).expect("digits")
}

/// Appends an int in decimal.
pub fn int(out: &mut String, value: i64) {
    out.push_str(digits(&mut [0; 20], value));
}

/// Quoting (A.4).
pub fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0C' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0B' => out.push_str("\\v"),
            c if is_printable(c) => out.push(c),
            c => {
                let code = c as u32;
                let _ = match code {
                    0..=0x7F => write!(out, "\\x{code:02x}"),
                    0x80..=0xFFFF => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
}

/// Whether a character is shown as it is inside quotes: letters, marks, numbers, punctuation, symbols, and of the
/// spaces only the ordinary one.
pub fn is_printable(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup as Group, UnicodeGeneralCategory};
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    match c.general_category_group() {
        Group::Letter | Group::Mark | Group::Number | Group::Punctuation | Group::Symbol => true,
        Group::Separator | Group::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(format: fn(&mut String, f64), value: f64) -> String {
        let mut out = String::new();
        format(&mut out, value);
        out
    }

    #[test]
    fn general_follows_the_table() {
        for (value, expected) in [
            (2.0, "2"),
            (-0.0, "-0"),
            (0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (999999.5, "999999.5"),
            (100000.5, "100000.5"),
            (1e100, "1e+100"),
            (1000000.0, "1e+06"),
            (1234567.0, "1.234567e+06"),
            (12345678.9, "1.23456789e+07"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (5e-324, "5e-324"),
            (-123.25, "-123.25"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
            (100.0, "100"),
            (101.0, "101"),
            (0.5, "0.5"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ] {
            assert_eq!(text(general, value), expected);
        }
    }

    #[test]
    fn fixed_and_json_follow_the_reference() {
        for (value, expected) in [
            (2.0, "2.0"),
            (0.5, "0.5"),
            (1e6, "1000000.0"),
            (1e-7, "0.0000001"),
            (1e21, "1000000000000000000000.0"),
        ] {
            assert_eq!(text(fixed, value), expected);
        }
        assert_eq!(text(fixed, -0.0), "-0.0");
        assert_eq!(text(fixed, f64::INFINITY), "+Inf");
        for (value, expected) in [
            (2.0, "2"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1.5e-9, "1.5e-9"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (100000000.0, "100000000"),
        ] {
            assert_eq!(text(json, value), expected);
        }
    }

    #[test]
    fn every_format_reads_back() {
        let mut state = 1u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let value = f64::from_bits(state ^ state >> 29);
            if !value.is_finite() {
                continue;
            }
            for format in [general, fixed, json] {
                assert_eq!(text(format, value).parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
            }
        }
    }

    #[test]
    fn ints_are_decimal() {
        for value in [0, 7, -7, 10, i64::MAX, i64::MIN, 1_000_000_007] {
            let mut out = String::new();
            int(&mut out, value);
            assert_eq!(out, value.to_string());
        }
    }

    #[test]
    fn quoting_escapes_what_does_not_print() {
        let mut out = String::new();
        quoted(&mut out, "a\"\\\n\u{1}\u{7f}é\u{a0}\u{200b}\u{e0001}🍣");
        assert_eq!(out, "\"a\\\"\\\\\\n\\x01\\x7fé\\u00a0\\u200b\\U000e0001🍣\"");
    }
}
