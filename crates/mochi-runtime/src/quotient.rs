//! Quotients of long numbers that are not much longer than their divisors, from the leading digits alone: long division
//! takes time in proportion to all digits, and prepares itself in as much memory.

use num_bigint::{BigInt, BigUint};

/// Most bits by which the dividend may be longer than the divisor.
const MOST_BITS: u64 = 56;

/// The quotient cut toward zero; `None` when it may be long, or the divisor has less than 64 bits.
pub fn short(a: &BigInt, b: &BigInt) -> Option<i64> {
    let quotient = short_unsigned(a.magnitude(), b.magnitude())? as i64;
    Some(if a.sign() == b.sign() { quotient } else { -quotient })
}

/// The same for magnitudes: at most `MOST_BITS + 1` bits.
fn short_unsigned(a: &BigUint, b: &BigUint) -> Option<u64> {
    let (a_bits, b_bits) = (a.bits(), b.bits());
    if a_bits < b_bits {
        return Some(0);
    }
    if b_bits < 64 || a_bits - b_bits > MOST_BITS {
        return None;
    }
    // With a = (A + x) * 2^shift and b = (B + y) * 2^shift, where x and y are fractions, a / b is at least A / (B + 1)
    // and less than (A + 1) / B. A has at most 120 bits and B has 64, so these differ by less than 1 / 2.
    let shift = b_bits - 64;
    let (a_top, b_top) = (bits_from(a, shift), bits_from(b, shift));
    let (least, most) = (a_top / (b_top + 1), a_top / b_top);
    let most = most as u64;
    // Mostly they agree; otherwise all digits decide.
    if least as u64 == most || b * most <= *a { Some(most) } else { Some(most - 1) }
}

/// The 128 bits of a number above its lowest `shift`.
fn bits_from(number: &BigUint, shift: u64) -> u128 {
    let mut digits = number.iter_u64_digits();
    let mut digits = std::iter::once(digits.nth((shift / 64) as usize)).chain([digits.next(), digits.next()]);
    let mut next = || u128::from(digits.next().flatten().unwrap_or(0));
    let (low, high, above) = (next(), next(), next());
    let within = shift % 64;
    let word = low | high << 64;
    if within == 0 { word } else { word >> within | above << (128 - within) }
}

/// The remainder that goes with a quotient: it has the sign of the dividend.
pub fn remainder(a: &BigInt, b: &BigInt, quotient: i64) -> BigInt {
    match quotient {
        0 => a.clone(),
        _ => a - b * quotient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Rng;

    fn check(a: &BigInt, b: &BigInt) {
        let expected = a / b;
        match short(a, b) {
            Some(quotient) => {
                assert_eq!(BigInt::from(quotient), expected, "{a} / {b}");
                assert_eq!(remainder(a, b, quotient), a % b, "{a} % {b}");
            }
            None => assert!(b.bits() < 64 || expected.bits() >= MOST_BITS, "{a} / {b} has a short quotient"),
        }
    }

    fn check_signs(a: &BigInt, b: &BigInt) {
        for (a, b) in [(a.clone(), b.clone()), (-a, b.clone()), (a.clone(), -b), (-a, -b)] {
            check(&a, &b);
        }
    }

    #[test]
    fn short_quotients_are_those_of_long_division() {
        let mut rng = Rng::new(7);
        let digits = |rng: &mut Rng, most: usize| {
            (0..=rng.below(most)).fold(BigInt::ZERO, |n, _| (n << 64) + rng.next())
        };
        for _ in 0..5000 {
            let b = digits(&mut rng, 5) + 1;
            let q = BigInt::from(rng.next() >> rng.below(64));
            let r = digits(&mut rng, 5) % &b;
            check_signs(&(&b * &q + &r), &b);
            check_signs(&(&b * &q), &b);
            check_signs(&(&b * &q - 1), &b);
        }
    }

    #[test]
    fn close_calls_are_decided_by_all_digits() {
        for shift in [64, 65, 100, 127, 128, 129, 1000] {
            let one = BigInt::from(1);
            for b in [&one << shift, (&one << shift) + 1, (&one << (shift + 1)) - 1] {
                for q in [1, 2, 9, 10, (1i64 << 55) - 1, 1 << 55, (1 << 56) - 1] {
                    for near in [-1, 0, 1] {
                        check_signs(&(&b * q + near), &b);
                    }
                }
            }
        }
    }
}
