//! Arithmetic on cells whose types are not known before (4.1).

use mochi_abi::Cell;
use num_bigint::BigInt;

use crate::heap::Heap;
use crate::number::{Num, big_to_float};
use crate::quotient;
use crate::trap::{Outcome, Trap};
use crate::value::Kind;

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl Arith {
    /// All operators, numbered as the runtime function `any_arith` does.
    pub const ALL: [Arith; 5] = [Arith::Add, Arith::Sub, Arith::Mul, Arith::Div, Arith::Rem];

    /// As written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Arith::Add => "+",
            Arith::Sub => "-",
            Arith::Mul => "*",
            Arith::Div => "/",
            Arith::Rem => "%",
        }
    }
}

/// Bits that the numbers of an operation may have together: more would not end in sensible time, and nothing stops an
/// operation that is under way.
const BITS_MAX: u64 = 1 << 28;

fn to_float(num: Num<'_>) -> f64 {
    match num {
        Num::Int(value) => value as f64,
        Num::Float(value) => value,
        Num::Big(value) => big_to_float(value),
        Num::Ratio(value) => value.to_float(),
    }
}

fn to_big(num: Num<'_>) -> BigInt {
    match num {
        Num::Int(value) => BigInt::from(value),
        Num::Big(value) => value.clone(),
        Num::Float(_) | Num::Ratio(_) => unreachable!("handled before"),
    }
}

/// Bits of the magnitude.
fn bits(num: Num<'_>) -> u64 {
    match num {
        Num::Int(value) => 64 - u64::from(value.unsigned_abs().leading_zeros()),
        Num::Big(value) => value.bits(),
        Num::Float(_) | Num::Ratio(_) => unreachable!("handled before"),
    }
}

/// An operation on unbounded ints; `None` when it divides by zero.
fn big_op(op: Arith, a: &BigInt, b: &BigInt) -> Option<BigInt> {
    Some(match op {
        Arith::Add => a + b,
        Arith::Sub => a - b,
        Arith::Mul => a * b,
        Arith::Div | Arith::Rem if *b == BigInt::ZERO => return None,
        Arith::Div => match quotient::short(a, b) {
            Some(short) => BigInt::from(short),
            None => a / b,
        },
        Arith::Rem => match quotient::short(a, b) {
            Some(short) => quotient::remainder(a, b, short),
            None => a % b,
        },
    })
}

/// An operation on doubles. Traps: division by zero.
pub fn float(op: Arith, a: f64, b: f64) -> Outcome<f64> {
    Ok(match op {
        Arith::Add => a + b,
        Arith::Sub => a - b,
        Arith::Mul => a * b,
        Arith::Div | Arith::Rem if b == 0.0 => return Err(Trap::divide_by_zero()),
        Arith::Div => a / b,
        Arith::Rem => a % b,
    })
}

/// An operation on ints. Traps: overflow, division by zero.
pub fn int(op: Arith, a: i64, b: i64) -> Outcome<i64> {
    let result = match op {
        Arith::Add => a.checked_add(b),
        Arith::Sub => a.checked_sub(b),
        Arith::Mul => a.checked_mul(b),
        Arith::Div | Arith::Rem if b == 0 => return Err(Trap::divide_by_zero()),
        Arith::Div => a.checked_div(b),
        // The remainder of the smallest int by -1 is 0.
        Arith::Rem => Some(a.wrapping_rem(b)),
    };
    result.ok_or_else(|| Trap::overflow(a, op.symbol(), b))
}

impl Heap {
    /// A binary operation on two cells. Traps: overflow, division by zero, operands that it does not apply to.
    pub fn arith(&mut self, op: Arith, a: Cell, b: Cell) -> Outcome<Cell> {
        match (self.num(a), self.num(b)) {
            (Some(Num::Int(x)), Some(Num::Int(y))) => {
                if self.is_bigint(a) || self.is_bigint(b) {
                    return self.big_arith(op, a, b);
                }
                let value = int(op, x, y)?;
                return self.box_int(value);
            }
            (Some(x @ Num::Float(_)), Some(y)) | (Some(x), Some(y @ Num::Float(_))) => {
                return float(op, to_float(x), to_float(y)).map(Cell::from_f64);
            }
            (Some(Num::Ratio(_)), Some(_)) | (Some(_), Some(Num::Ratio(_))) => {
                return self.ratio_arith(op, a, b);
            }
            (Some(_), Some(_)) => return self.big_arith(op, a, b),
            _ => {}
        }
        if op == Arith::Add {
            match (self.kind(a), self.kind(b)) {
                (Kind::Str, Kind::Str) => return self.str_concat(a, b),
                (Kind::Str, _) => {
                    let text = self.str_form(b);
                    let b = self.new_str(&text)?;
                    return self.str_concat(a, b);
                }
                (_, Kind::Str) => {
                    let text = self.str_form(a);
                    let a = self.new_str(&text)?;
                    return self.str_concat(a, b);
                }
                (Kind::List, Kind::List) => return self.list_concat(a, b),
                _ => {}
            }
        }
        if a.is_none() || b.is_none() {
            return Ok(Cell::NONE);
        }
        Err(Trap::operator(op.symbol(), self.type_name(a), self.type_name(b)))
    }

    /// A binary operation on two cells where ints are unbounded. Traps: as `arith`, but for overflow.
    pub fn arith_unbounded(&mut self, op: Arith, a: Cell, b: Cell) -> Outcome<Cell> {
        if self.is_int(a) && self.is_int(b) { self.big_arith(op, a, b) } else { self.arith(op, a, b) }
    }

    /// Unary minus. Traps: overflow, not a number.
    pub fn neg(&mut self, a: Cell) -> Outcome<Cell> {
        match self.num(a) {
            Some(Num::Int(_)) if self.is_bigint(a) => {
                let zero = self.box_int(0)?;
                self.big_arith(Arith::Sub, zero, a)
            }
            Some(Num::Int(value)) => {
                let value = value.checked_neg().ok_or_else(|| Trap::overflow(0, "-", value))?;
                self.box_int(value)
            }
            Some(Num::Float(value)) => Ok(Cell::from_f64(-value)),
            Some(Num::Big(value)) => {
                let value = -value;
                self.box_big(value)
            }
            Some(Num::Ratio(value)) => {
                let value = value.neg();
                self.box_ratio(value)
            }
            None if a.is_none() => Ok(Cell::NONE),
            None => Err(Trap::operand("-", "a number")),
        }
    }

    /// A binary operation on unbounded ints. The result is a bigint, but a quotient that fits is an int (4.1). Traps:
    /// division by zero, no memory.
    pub fn big_arith(&mut self, op: Arith, a: Cell, b: Cell) -> Outcome<Cell> {
        let (Some(x), Some(y)) = (self.num(a), self.num(b)) else { return Err(self.not_integer(a, b)) };
        if let (Num::Int(x), Num::Int(y)) = (x, y)
            && let Ok(value) = int(op, x, y)
        {
            return if op == Arith::Div { self.box_int(value) } else { self.box_bigint(value) };
        }
        self.check_bits(bits(x) + bits(y))?;
        let value = match (x, y) {
            (Num::Big(x), Num::Big(y)) => big_op(op, x, y),
            // The quotient of a long number and a short one needs no long one to be made of the latter.
            (Num::Big(x), Num::Int(y)) => match op {
                Arith::Add => Some(x + y),
                Arith::Sub => Some(x - y),
                Arith::Mul => Some(x * y),
                Arith::Div => (y != 0).then(|| x / y),
                Arith::Rem => (y != 0).then(|| x % y),
            },
            (Num::Int(x), Num::Big(y)) if op == Arith::Add => Some(y + x),
            (Num::Int(x), Num::Big(y)) if op == Arith::Mul => Some(y * x),
            _ => big_op(op, &to_big(x), &to_big(y)),
        };
        match value {
            Some(value) => match i64::try_from(&value) {
                Ok(value) if op == Arith::Div => self.box_int(value),
                _ => self.box_big(value),
            },
            None => Err(Trap::divide_by_zero()),
        }
    }

    /// A power of unbounded ints; 1 for negative exponents. Traps: no memory.
    pub fn big_pow(&mut self, base: Cell, exponent: Cell) -> Outcome<Cell> {
        let (Some(base_num), Some(exponent_num)) = (self.num(base), self.num(exponent)) else {
            return Err(self.not_integer(base, exponent));
        };
        let base = to_big(base_num);
        let exponent = match exponent_num {
            Num::Int(exponent) if exponent <= 0 => return self.box_bigint(1),
            Num::Int(exponent) => exponent as u64,
            Num::Big(exponent) if exponent.sign() == num_bigint::Sign::Minus => return self.box_bigint(1),
            Num::Big(_) | Num::Float(_) | Num::Ratio(_) => u64::MAX,
        };
        if base.bits() <= 1 {
            // -1, 0 and 1 stay what they are, up to the sign.
            let odd = to_big(exponent_num).bit(0);
            return self.box_big(if odd { base.clone() } else { &base * &base });
        }
        self.check_bits(base.bits().saturating_mul(exponent))?;
        self.box_big(base.pow(exponent as u32))
    }

    /// Checks that a number of so many bits may be made.
    pub(crate) fn check_bits(&self, bits: u64) -> Outcome<()> {
        if bits > BITS_MAX {
            return Err(Trap::memory(self.account.limit));
        }
        // Multiplication needs a few times the size of its result.
        self.account.check((bits / 8) as usize * 4)
    }

    #[cold]
    fn not_integer(&self, a: Cell, b: Cell) -> Box<Trap> {
        let wrong = if self.is_int(a) { b } else { a };
        Trap::expected("bigint", self.type_name(wrong))
    }
}
