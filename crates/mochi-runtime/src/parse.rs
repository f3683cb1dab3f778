//! Text as numbers.

use num_bigint::BigInt;

/// What text is, read as an integer.
pub enum Parsed {
    /// An int of 64 bits.
    Int(i64),
    /// An integer beyond.
    Big(BigInt),
}

/// An integer in a base from 2 to 36 with an optional sign, and nothing else.
pub fn integer(text: &str, base: u32) -> Option<Parsed> {
    if let Ok(value) = i64::from_str_radix(text, base) {
        return Some(Parsed::Int(value));
    }
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|b| (b as char).is_digit(base)) {
        return None;
    }
    let magnitude = BigInt::parse_bytes(digits.as_bytes(), base)?;
    Some(Parsed::Big(if negative { -magnitude } else { magnitude }))
}

/// A number in decimal.
pub enum Number {
    /// An int of 64 bits.
    Int(i64),
    /// An integer beyond.
    Big(BigInt),
    /// A finite double.
    Float(f64),
}

/// Integers with more digits are not read: that would take quadratic time.
const MAX_DIGITS: usize = 10_000;

/// A number with an optional sign: an integer, or a float with digits before or after a point, or with an exponent.
pub fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let starts = |text: &str| text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    // Neither the names of infinity and NaN nor a point alone.
    if !starts(digits) && !digits.strip_prefix('.').is_some_and(starts) {
        return None;
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        if digits.len() > MAX_DIGITS {
            return None;
        }
        return match integer(text, 10)? {
            Parsed::Int(value) => Some(Number::Int(value)),
            Parsed::Big(value) => Some(Number::Big(value)),
        };
    }
    float(text).filter(|value| value.is_finite()).map(Number::Float)
}

/// A double: digits with an optional sign, point and exponent, or `Inf` or `NaN`.
pub fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}
