//! Division by a known number as a product, which takes a fifth of the time.
//!
//! For 64-bit numbers n and a divisor d that is no power of two there are a multiplier m and a distance s so that n / d, rounded toward
//! zero, is the upper half of m * n, shifted right by s, plus one for negative n: m is 2^(64 + s) / d rounded up, and s the
//! smallest for which that is exact enough (Granlund and Montgomery, "Division by Invariant Integers using
//! Multiplication", 1994).

/// A multiplier and a distance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Factor {
    /// The multiplier modulo 2^64, as a signed number.
    pub multiplier: i64,
    /// Whether the multiplier is 2^64 more than that, so that n has to be added to the upper half of the product.
    pub more: bool,
    /// How far the sum is shifted to the right.
    pub shift: u32,
}

/// The factor for a divisor from 3 to 2^62; `None` for powers of two, which are shifts.
pub fn factor(divisor: i64) -> Option<Factor> {
    if !(3..=1 << 62).contains(&divisor) || divisor & (divisor - 1) == 0 {
        return None;
    }
    let d = divisor as u128;
    // m * d exceeds 2^(64 + s) by e, which is not 0, so m * n / 2^(64 + s) exceeds n / d by n * e / 2^(64 + s) / d. With e at
    // most 2^(s + 1) that is less than 1 / d for n below 2^63, and at most that for -n up to 2^63. So m is above 2^(64 + s) / d, and
    // not above (2^(64 + s) + 2^(s + 1)) / d. With 2^(s + 1) not less than d there is such an m; halving both limits gives
    // those for the next smaller s.
    let mut shift = 63 - divisor.leading_zeros();
    let power = 1u128 << (64 + shift);
    let (mut below, mut most) = (power / d, (power + (2 << shift)) / d);
    while shift > 0 && below >> 1 < most >> 1 {
        (below, most, shift) = (below >> 1, most >> 1, shift - 1);
    }
    let multiplier = below + 1;
    // It has at most 64 bits. Signed, the upper one counts -2^63.
    let multiplier = multiplier as u64;
    Some(Factor { multiplier: multiplier as i64, more: multiplier >> 63 == 1, shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotient(n: i64, factor: Factor) -> i64 {
        let upper = ((i128::from(n) * i128::from(factor.multiplier)) >> 64) as i64;
        let sum = upper.wrapping_add(if factor.more { n } else { 0 });
        (sum >> factor.shift) + i64::from(n < 0)
    }

    #[test]
    fn quotients_are_those_of_division() {
        let mut divisors: Vec<i64> =
            (3..2000).chain([1_000_003, 1_000_000_007, i64::from(i32::MAX)]).collect();
        divisors.extend((3..=62).flat_map(|bits| [(1 << bits) - 1, 1i64 << bits, (1 << bits) + 1]));
        assert!(
            [1, 2, 64, 1 << 62, 0, -3, i64::MAX, i64::MIN].iter().all(|divisor| factor(*divisor).is_none())
        );
        for (divisor, factor) in divisors.into_iter().filter_map(|divisor| Some((divisor, factor(divisor)?)))
        {
            let near = |n: i64| (-2..=2).map(move |more| n.wrapping_add(more));
            let multiples =
                [1, 2, 3, 1000, i64::MAX / divisor, i64::MIN / divisor, i64::MAX / divisor / 2 + 1];
            let multiples = multiples.into_iter().flat_map(|i| near(i.wrapping_mul(divisor)));
            for n in multiples.chain([0, i64::MAX, i64::MIN].into_iter().flat_map(near)) {
                assert_eq!(quotient(n, factor), n / divisor, "{n} / {divisor}");
            }
        }
    }
}
