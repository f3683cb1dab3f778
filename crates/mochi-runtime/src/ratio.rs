//! Exact rationals: the values of `bigrat`.
//!
//! A ratio is in lowest terms and its denominator is positive, so equal ratios have equal parts. One whose denominator
//! is 1 stays a ratio, since it is printed as one (`2/1`).

use std::cmp::Ordering;

use mochi_abi::{Arena, Cell};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;

use crate::arith::Arith;
use crate::heap::Heap;
use crate::heap::block::ClassId;
use crate::heap::slot::RatioSlot;
use crate::number::{Num, float_parts};
use crate::trap::{Outcome, Trap};

/// A rational.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ratio {
    num: BigInt,
    den: BigInt,
}

impl Ratio {
    /// The ratio of two integers; `None` when the second is zero.
    pub fn new(num: BigInt, den: BigInt) -> Option<Ratio> {
        if den.sign() == Sign::NoSign {
            return None;
        }
        let divisor = num.gcd(&den);
        let divisor = if den.sign() == Sign::Minus { -divisor } else { divisor };
        Some(Ratio { num: num / &divisor, den: den / divisor })
    }

    /// An integer as a ratio.
    pub fn whole(num: BigInt) -> Ratio {
        Ratio { num, den: BigInt::from(1) }
    }

    /// The exact value of a double; `None` for infinities and NaN.
    pub fn from_float(value: f64) -> Option<Ratio> {
        let (mantissa, exponent) = float_parts(value)?;
        let mantissa = BigInt::from(mantissa);
        if exponent >= 0 {
            return Some(Ratio::whole(mantissa << exponent));
        }
        Ratio::new(mantissa, BigInt::from(1) << -exponent)
    }

    /// The numerator, which has the sign.
    pub fn num(&self) -> &BigInt {
        &self.num
    }

    /// The denominator, which is positive.
    pub fn den(&self) -> &BigInt {
        &self.den
    }

    /// The integer part: cut toward zero.
    pub fn trunc(&self) -> BigInt {
        &self.num / &self.den
    }

    /// The nearest double, ties to even; infinite when it is too large.
    pub fn to_float(&self) -> f64 {
        if self.num.sign() == Sign::NoSign {
            return 0.0;
        }
        let (num, den) = (self.num.magnitude(), self.den.magnitude());
        // Twice the value lies between 2^scale and 4 * 2^scale.
        let scale = num.bits() as i64 - den.bits() as i64;
        // The quotient is taken with 55 bits or one more, of which the lowest stands for all below; near the smallest
        // double with fewer, so that it is rounded only once.
        let shift = (55 - scale).min(1076);
        let (quotient, rest) = if shift >= 0 {
            (num << shift as u64).div_rem(den)
        } else {
            num.div_rem(&(den << -shift as u64))
        };
        let mut word = quotient.to_u64_digits().first().copied().unwrap_or(0);
        if rest.bits() > 0 {
            word |= 1;
        }
        let value = scaled(word, -shift);
        if self.num.sign() == Sign::Minus { -value } else { value }
    }

    /// Bits of both parts.
    pub fn bits(&self) -> u64 {
        self.num.bits() + self.den.bits()
    }

    /// Bytes that are counted for a ratio.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Ratio>() + (self.bits() as usize).div_ceil(64) * 8
    }

    /// An operation on ratios; `None` when it divides by zero. The remainder has the sign of the dividend.
    fn arith(op: Arith, a: &Ratio, b: &Ratio) -> Option<Ratio> {
        match op {
            Arith::Add => Ratio::new(&a.num * &b.den + &b.num * &a.den, &a.den * &b.den),
            Arith::Sub => Ratio::new(&a.num * &b.den - &b.num * &a.den, &a.den * &b.den),
            Arith::Mul => Ratio::new(&a.num * &b.num, &a.den * &b.den),
            Arith::Div => Ratio::new(&a.num * &b.den, &a.den * &b.num),
            Arith::Rem => {
                let (left, right) = (&a.num * &b.den, &b.num * &a.den);
                if right.sign() == Sign::NoSign {
                    return None;
                }
                Ratio::new(left % right, &a.den * &b.den)
            }
        }
    }

    /// Minus the ratio.
    pub fn neg(&self) -> Ratio {
        Ratio { num: -&self.num, den: self.den.clone() }
    }
}

/// `word * 2^exponent` for a word of at most 57 bits, rounded once to the nearest double, ties to even.
fn scaled(word: u64, exponent: i64) -> f64 {
    // Doubles below 2^-1022 have steps of 2^-1074: bits below that are rounded by hand.
    let spare = (-1074 - exponent).clamp(0, 63);
    if spare > 0 {
        let (kept, dropped) = (word >> spare, word & ((1 << spare) - 1));
        let half = 1u64 << (spare - 1);
        // With more than 53 bits kept the rounding is that of a normal double, which comes below.
        if kept < 1 << 53 {
            let up = dropped > half || dropped == half && kept & 1 == 1;
            return (kept + u64::from(up)) as f64 * f64::from_bits(1);
        }
    }
    // In two steps, since 2^exponent itself may be no double; the first one is exact.
    let half = (exponent / 2).clamp(-1000, 1000) as i32;
    let rest = (exponent - i64::from(half)).clamp(-1000, 1000) as i32;
    word as f64 * 2f64.powi(half) * 2f64.powi(rest)
}

/// Order of a ratio and any number; `None` for NaN.
pub(crate) fn compare(ratio: &Ratio, other: Num<'_>) -> Option<Ordering> {
    match other {
        Num::Int(value) => Some(ratio.num.cmp(&(&ratio.den * value))),
        Num::Big(value) => Some(ratio.num.cmp(&(&ratio.den * value))),
        Num::Ratio(other) => Some((&ratio.num * &other.den).cmp(&(&other.num * &ratio.den))),
        Num::Float(value) => match Ratio::from_float(value) {
            Some(other) => compare(ratio, Num::Ratio(&other)),
            None if value.is_nan() => None,
            None if value > 0.0 => Some(Ordering::Less),
            None => Some(Ordering::Greater),
        },
    }
}

impl Heap {
    /// A ratio as a cell. Traps: no memory.
    pub fn box_ratio(&mut self, value: Ratio) -> Outcome<Cell> {
        let bytes = value.bytes();
        self.account.check(bytes)?;
        let cell = self.alloc(ClassId::of(Arena::Bigrat, 2), Arena::Bigrat, 0)?;
        self.account.buffer_bytes += bytes;
        self.account.allocated += bytes;
        // SAFETY: the new slot has two granules.
        unsafe { (*self.at(cell.index()).cast::<RatioSlot>()).ratio = Box::into_raw(Box::new(value)) };
        Ok(cell)
    }

    /// A number as a ratio; `None` for infinities, NaN and what is no number.
    pub fn ratio(&self, cell: Cell) -> Option<Ratio> {
        match self.num(cell)? {
            Num::Int(value) => Some(Ratio::whole(BigInt::from(value))),
            Num::Big(value) => Some(Ratio::whole(value.clone())),
            Num::Ratio(value) => Some(value.clone()),
            Num::Float(value) => Ratio::from_float(value),
        }
    }

    /// An operation on two numbers of which one is a ratio and none is a double. Traps: division by zero, no memory.
    pub(crate) fn ratio_arith(&mut self, op: Arith, a: Cell, b: Cell) -> Outcome<Cell> {
        let (Some(a), Some(b)) = (self.ratio(a), self.ratio(b)) else {
            unreachable!("both are exact numbers")
        };
        self.check_bits(a.bits() + b.bits())?;
        match Ratio::arith(op, &a, &b) {
            Some(value) => self.box_ratio(value),
            None => Err(Trap::divide_by_zero()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(num: i64, den: i64) -> Ratio {
        Ratio::new(num.into(), den.into()).expect("a denominator")
    }

    #[test]
    fn ratios_are_in_lowest_terms_with_a_positive_denominator() {
        let parts = |num, den| {
            let ratio = ratio(num, den);
            format!("{}/{}", ratio.num, ratio.den)
        };
        assert_eq!([parts(6, 4), parts(6, -4), parts(0, -7), parts(4, 2)], ["3/2", "-3/2", "0/1", "2/1"]);
        assert!(Ratio::new(1.into(), 0.into()).is_none());
    }

    #[test]
    fn doubles_survive_the_way_through_ratios() {
        let mut bits = 0x9E37_79B9_7F4A_7C15u64;
        for round in 0..20_000u64 {
            bits = bits.wrapping_mul(6364136223846793005).wrapping_add(round | 1);
            // Every fourth is subnormal.
            let value = f64::from_bits(if round % 4 == 0 { bits & !(0x7FF << 52) } else { bits });
            match Ratio::from_float(value) {
                Some(ratio) => assert_eq!(ratio.to_float(), value),
                None => assert!(!value.is_finite()),
            }
        }
    }

    #[test]
    fn the_nearest_double_is_found() {
        assert_eq!(ratio(1, 3).to_float(), 1.0 / 3.0);
        assert_eq!(ratio(-2, 3).to_float(), -2.0 / 3.0);
        assert_eq!(ratio(i64::MAX, 3).to_float(), i64::MAX as f64 / 3.0);
        let one = || BigInt::from(1);
        // 2^1024 is no double; half of the smallest one goes to zero, a little more does not.
        assert_eq!(Ratio::whole(one() << 1024).to_float(), f64::INFINITY);
        assert_eq!(Ratio::new(one(), one() << 1075).expect("not zero").to_float(), 0.0);
        let above = Ratio::new((one() << 60) + 1, one() << 1135).expect("not zero");
        assert_eq!(above.to_float(), f64::from_bits(1));
        // Halfway between two doubles: to the even one; a little above: up.
        assert_eq!(Ratio::whole((one() << 53) + 1).to_float(), 9007199254740992.0);
        let above = Ratio::new((one() << 200) + (one() << 147) + 1, one() << 147).expect("not zero");
        assert_eq!(above.to_float(), 9007199254740994.0);
    }

    #[test]
    fn ratios_compare_exactly() {
        let third = ratio(1, 3);
        let order = |num| compare(&third, num);
        assert_eq!(order(Num::Int(0)), Some(Ordering::Greater));
        assert_eq!(order(Num::Float(1.0 / 3.0)), Some(Ordering::Greater));
        assert_eq!(compare(&ratio(1, 2), Num::Float(0.5)), Some(Ordering::Equal));
        assert_eq!(order(Num::Float(f64::INFINITY)), Some(Ordering::Less));
        assert_eq!(order(Num::Float(f64::NAN)), None);
        assert_eq!(order(Num::Ratio(&ratio(2, 6))), Some(Ordering::Equal));
    }
}
