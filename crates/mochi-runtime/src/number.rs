//! Numbers in cells. An int or bigint is inline when 48 bits hold it, in a Bigint slot when 64 bits do, and otherwise a
//! bigint is a number behind that slot's pointer. Both are the same number wherever a value is asked for; only what
//! arithmetic makes of them differs.

use std::cmp::Ordering;

use mochi_abi::layout::{FLAG_BIGINT, FLAG_I64};
use mochi_abi::{Arena, Cell};
use num_bigint::BigInt;

use crate::hash;
use crate::heap::Heap;
use crate::heap::block::ClassId;
use crate::heap::slot::{BigSlot, Head, RatioSlot, WordSlot};
use crate::ratio::{self, Ratio};
use crate::trap::Outcome;

/// A number in a cell.
#[derive(Clone, Copy, Debug)]
pub enum Num<'a> {
    /// An int of 64 bits.
    Int(i64),
    /// An int beyond them.
    Big(&'a BigInt),
    /// A double.
    Float(f64),
    /// A rational.
    Ratio(&'a Ratio),
}

/// Bytes that are counted for a bigint.
pub(crate) fn big_bytes(number: &BigInt) -> usize {
    size_of::<BigInt>() + (number.bits() as usize).div_ceil(64) * 8
}

impl Heap {
    /// An int as a cell. Traps: no memory.
    #[inline]
    pub fn box_int(&mut self, value: i64) -> Outcome<Cell> {
        match Cell::from_small_int(value) {
            Some(cell) => Ok(cell),
            None => self.box_large(value, FLAG_I64),
        }
    }

    /// A bigint as a cell. Traps: no memory.
    #[inline]
    pub fn box_bigint(&mut self, value: i64) -> Outcome<Cell> {
        match Cell::from_small_bigint(value) {
            Some(cell) => Ok(cell),
            None => self.box_large(value, FLAG_I64 | FLAG_BIGINT),
        }
    }

    #[cold]
    fn box_large(&mut self, value: i64, flags: u32) -> Outcome<Cell> {
        let cell = self.alloc(ClassId::of(Arena::Bigint, 2), Arena::Bigint, flags)?;
        // SAFETY: the new slot has two granules.
        unsafe { (*self.at(cell.index()).cast::<WordSlot>()).word = value as u64 };
        Ok(cell)
    }

    /// A bigint as a cell, in the form that its size demands. Traps: no memory.
    pub fn box_big(&mut self, value: BigInt) -> Outcome<Cell> {
        if let Ok(small) = i64::try_from(&value) {
            return self.box_bigint(small);
        }
        let bytes = big_bytes(&value);
        self.account.check(bytes)?;
        let cell = self.alloc(ClassId::of(Arena::Bigint, 2), Arena::Bigint, 0)?;
        self.account.buffer_bytes += bytes;
        self.account.allocated += bytes;
        // SAFETY: the new slot has two granules.
        unsafe { (*self.at(cell.index()).cast::<BigSlot>()).number = Box::into_raw(Box::new(value)) };
        Ok(cell)
    }

    /// The int of a cell; `None` when it holds none of 64 bits.
    #[inline]
    pub fn unbox_int(&self, cell: Cell) -> Option<i64> {
        if cell.is_small_integer() {
            return Some(cell.as_small_int());
        }
        match self.num(cell) {
            Some(Num::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// The number in a cell.
    #[inline]
    pub fn num(&self, cell: Cell) -> Option<Num<'_>> {
        if cell.is_small_integer() {
            return Some(Num::Int(cell.as_small_int()));
        }
        if cell.is_f64() {
            return Some(Num::Float(cell.as_f64()));
        }
        if cell.arena() != Some(Arena::Bigint) {
            return self.ratio_of(cell);
        }
        let slot = self.slot_of(cell, Arena::Bigint);
        // SAFETY: a live bigint; the flag says which form its word has, and a number lives as long as its slot.
        Some(unsafe {
            if (*slot.cast::<Head>()).meta & FLAG_I64 != 0 {
                Num::Int((*slot.cast::<WordSlot>()).word as i64)
            } else {
                Num::Big(&*(*slot.cast::<BigSlot>()).number)
            }
        })
    }

    fn ratio_of(&self, cell: Cell) -> Option<Num<'_>> {
        if cell.arena() != Some(Arena::Bigrat) {
            return None;
        }
        let slot = self.slot_of(cell, Arena::Bigrat);
        // SAFETY: a live rational, whose parts live as long as its slot.
        Some(Num::Ratio(unsafe { &*(*slot.cast::<RatioSlot>()).ratio }))
    }

    /// Order of two ints or bigints.
    pub fn big_order(&self, a: Cell, b: Cell) -> Ordering {
        let num = |cell| self.num(cell).unwrap_or(Num::Int(0));
        compare(num(a), num(b)).unwrap_or(Ordering::Equal)
    }

    /// Whether a cell is an int or bigint.
    #[inline]
    pub fn is_int(&self, cell: Cell) -> bool {
        cell.is_small_integer() || cell.arena() == Some(Arena::Bigint)
    }

    /// Whether a cell is a bigint, also one that an int could hold.
    pub fn is_bigint(&self, cell: Cell) -> bool {
        cell.is_small_bigint()
            || cell.arena() == Some(Arena::Bigint) && self.meta(cell) & (FLAG_I64 | FLAG_BIGINT) != FLAG_I64
    }

    /// An int or bigint as a bigint. Traps: no memory.
    pub fn as_bigint(&mut self, cell: Cell) -> Outcome<Cell> {
        match self.unbox_int(cell) {
            Some(value) if !self.is_bigint(cell) => self.box_bigint(value),
            _ => Ok(cell),
        }
    }
}

/// Order of two numbers by their exact values; `None` when one is NaN.
pub fn compare(a: Num<'_>, b: Num<'_>) -> Option<Ordering> {
    match (a, b) {
        (Num::Int(a), Num::Int(b)) => Some(a.cmp(&b)),
        (Num::Float(a), Num::Float(b)) => a.partial_cmp(&b),
        (Num::Big(a), Num::Big(b)) => Some(a.cmp(b)),
        (Num::Big(a), Num::Int(_)) => Some(sign_order(a)),
        (Num::Int(_), Num::Big(b)) => Some(sign_order(b).reverse()),
        (Num::Int(a), Num::Float(b)) => int_float(a, b),
        (Num::Float(a), Num::Int(b)) => int_float(b, a).map(Ordering::reverse),
        (Num::Big(a), Num::Float(b)) => big_float(a, b),
        (Num::Float(a), Num::Big(b)) => big_float(b, a).map(Ordering::reverse),
        (Num::Ratio(a), b) => ratio::compare(a, b),
        (a, Num::Ratio(b)) => ratio::compare(b, a).map(Ordering::reverse),
    }
}

/// Order of a number beyond 64 bits to any within.
fn sign_order(big: &BigInt) -> Ordering {
    if big.sign() == num_bigint::Sign::Minus { Ordering::Less } else { Ordering::Greater }
}

/// 2^63 as a double.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// Order of an int and a double by their exact values.
pub fn int_float(int: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= TWO_63 {
        return Some(Ordering::Less);
    }
    if float < -TWO_63 {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    // A fraction decides only between equal whole parts.
    Some(int.cmp(&(whole as i64)).then(0.0.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal)))
}

fn big_float(big: &BigInt, float: f64) -> Option<Ordering> {
    match float_to_big(float) {
        Some(whole) => Some(big.cmp(&whole).then(0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))),
        None if float.is_nan() => None,
        None if float > 0.0 => Some(Ordering::Less),
        None => Some(Ordering::Greater),
    }
}

/// Mantissa with the sign, and exponent of 2, whose product is a double; `None` for infinities and NaN.
pub(crate) fn float_parts(float: f64) -> Option<(i64, i32)> {
    if !float.is_finite() {
        return None;
    }
    let bits = float.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i32, (bits & ((1 << 52) - 1)) as i64);
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    Some((if float < 0.0 { -mantissa } else { mantissa }, exponent.max(1) - 1075))
}

/// A double cut toward zero; `None` for infinities and NaN.
pub fn float_to_big(float: f64) -> Option<BigInt> {
    let (mantissa, exponent) = float_parts(float.trunc())?;
    let mantissa = BigInt::from(mantissa);
    Some(if exponent >= 0 { mantissa << exponent } else { mantissa >> -exponent })
}

/// The nearest double, ties to even; infinite when it is too large.
pub fn big_to_float(big: &BigInt) -> f64 {
    let bits = big.bits();
    if bits > 1024 {
        return if big.sign() == num_bigint::Sign::Minus { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let magnitude = big.magnitude();
    // Keep 64 bits, with the lowest one set when anything below it is, which makes the final rounding exact.
    let shift = bits.saturating_sub(64);
    let top = magnitude >> shift;
    let mut word = top.to_u64_digits().first().copied().unwrap_or(0);
    if shift > 0 && (&top << shift) != *magnitude {
        word |= 1;
    }
    let value = word as f64 * 2f64.powi(shift as i32);
    if big.sign() == num_bigint::Sign::Minus { -value } else { value }
}

/// Hash of a number: equal for equal values, whatever their forms.
pub(crate) fn hash_num(num: Num<'_>) -> u64 {
    match num {
        Num::Int(value) => hash::mix(value as u64),
        Num::Float(value) if value.trunc() == value && (-TWO_63..TWO_63).contains(&value) => {
            hash::mix(value as i64 as u64)
        }
        Num::Float(value) if value.is_nan() => hash::mix(mochi_abi::cell::CANONICAL_NAN),
        Num::Float(value) => hash::mix(value.to_bits()),
        // A double equals a number beyond 64 bits only when it is the nearest one.
        Num::Big(value) => hash::mix(big_to_float(value).to_bits()),
        Num::Ratio(value) if *value.den() == BigInt::from(1) => match i64::try_from(value.num()) {
            Ok(value) => hash_num(Num::Int(value)),
            Err(_) => hash_num(Num::Big(value.num())),
        },
        // So it is for a ratio that is no integer.
        Num::Ratio(value) => hash::mix(value.to_float().to_bits()),
    }
}
