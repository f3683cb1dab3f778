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

/// A double: digits with an optional sign, point and exponent, or `Inf` or `NaN`.
pub fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}
