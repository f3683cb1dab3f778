//! Constants and what operations make of them, exactly as at run time.
//!
//! [`eval`] declines where the operation would trap and where the result is a NaN, whose bits depend on the machine.

use crate::func::{Func, InstData, Value};
use crate::module::{Module, StrId};
use crate::op::{Imm, Op};

/// A constant. Floats are compared by their bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Const {
    /// An int.
    Int(i64),
    /// The bits of a float.
    Float(u64),
    /// A bool.
    Bool(bool),
    /// A string.
    Str(StrId),
    /// None, of any type.
    None,
}

impl Const {
    /// The constant that an instruction makes, if it makes one.
    pub fn of_inst(data: &InstData) -> Option<Const> {
        match (data.op, &data.imm) {
            (Op::ConstInt, Imm::Int(n)) => Some(Const::Int(*n)),
            (Op::ConstFloat, Imm::Float(x)) => Some(Const::Float(x.to_bits())),
            (Op::ConstBool, Imm::Bool(b)) => Some(Const::Bool(*b)),
            (Op::ConstStr, Imm::Str(s)) => Some(Const::Str(*s)),
            (Op::None, _) => Some(Const::None),
            _ => None,
        }
    }
    /// The constant that a value is, if it is one.
    pub fn of(func: &Func, value: Value) -> Option<Const> {
        Self::of_inst(func.def_inst(value)?)
    }
    /// The op and immediate that make this constant.
    pub fn op(self) -> (Op, Imm) {
        match self {
            Const::Int(n) => (Op::ConstInt, Imm::Int(n)),
            Const::Float(bits) => (Op::ConstFloat, Imm::Float(f64::from_bits(bits))),
            Const::Bool(b) => (Op::ConstBool, Imm::Bool(b)),
            Const::Str(s) => (Op::ConstStr, Imm::Str(s)),
            Const::None => (Op::None, Imm::None),
        }
    }
    /// Makes an instruction produce this constant.
    pub fn write_to(self, data: &mut InstData) {
        (data.op, data.imm) = self.op();
        data.args.clear();
    }
    /// The int, if it is one.
    pub fn int(self) -> Option<i64> {
        if let Const::Int(n) = self { Some(n) } else { None }
    }
    /// The bool, if it is one.
    pub fn bool(self) -> Option<bool> {
        if let Const::Bool(b) = self { Some(b) } else { None }
    }
}

/// The result of a pure operation on constants.
pub fn eval(module: &mut Module, op: Op, args: &[Const]) -> Option<Const> {
    use Const::{Bool, Float, Int, None as Nil, Str};
    match *args {
        [Int(a)] => eval_int(op, a),
        [Int(a), Int(b)] => eval_ints(op, a, b),
        [Float(a)] => eval_float(op, f64::from_bits(a)),
        [Float(a), Float(b)] => eval_floats(op, f64::from_bits(a), f64::from_bits(b)),
        [Bool(a)] => (op == Op::Not).then_some(Bool(!a)),
        [Bool(a), Bool(b)] => (op == Op::BoolEq).then_some(Bool(a == b)),
        [Str(_)] | [Str(_), _] | [Str(_), _, _] => eval_str(module, op, args),
        [Nil] => (op == Op::IsNone).then_some(Bool(true)),
        [Bool(c), a, b] => (op == Op::Select).then_some(if c { a } else { b }),
        _ => Option::None,
    }
}

/// The successor of a branch or switch on a constant, as a position among the targets.
pub fn chosen_target(term: &InstData, on: Const) -> Option<usize> {
    match (term.op, &term.imm, on) {
        (Op::Branch, _, Const::Bool(b)) => Some(usize::from(!b)),
        (Op::Switch, Imm::Cases(cases), Const::Int(n)) => {
            Some(cases.iter().position(|&c| c == n).unwrap_or(cases.len()))
        }
        _ => None,
    }
}

fn eval_int(op: Op, a: i64) -> Option<Const> {
    match op {
        Op::Neg => a.checked_neg().map(Const::Int),
        Op::IntToFloat => float(a as f64),
        _ => None,
    }
}

fn eval_ints(op: Op, a: i64, b: i64) -> Option<Const> {
    let int = match op {
        Op::Add => a.checked_add(b)?,
        Op::Sub => a.checked_sub(b)?,
        Op::Mul => a.checked_mul(b)?,
        Op::Div => a.checked_div(b)?,
        Op::Rem | Op::RemSafe if b == -1 => 0,
        Op::Rem => a.checked_rem(b)?,
        Op::AddWrap => a.wrapping_add(b),
        Op::SubWrap => a.wrapping_sub(b),
        Op::MulWrap => a.wrapping_mul(b),
        Op::DivSafe => a.checked_div(b)?,
        Op::RemSafe => a.checked_rem(b)?,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Shl => a.wrapping_shl(b as u32 & 63),
        Op::Shr => ((a as u64) >> (b & 63)) as i64,
        _ => return compare(op, a, b).map(Const::Bool),
    };
    Some(Const::Int(int))
}

fn compare(op: Op, a: i64, b: i64) -> Option<bool> {
    Some(match op {
        Op::Eq => a == b,
        Op::Ne => a != b,
        Op::Lt => a < b,
        Op::Le => a <= b,
        Op::Gt => a > b,
        Op::Ge => a >= b,
        _ => return None,
    })
}

fn float(x: f64) -> Option<Const> {
    (!x.is_nan()).then(|| Const::Float(x.to_bits()))
}

fn eval_float(op: Op, a: f64) -> Option<Const> {
    match op {
        Op::FNeg => float(-a),
        // -2^63 is a float, 2^63 the first one above the ints.
        Op::FloatToInt => {
            (-9223372036854775808.0..9223372036854775808.0).contains(&a).then_some(Const::Int(a as i64))
        }
        _ => None,
    }
}

fn eval_floats(op: Op, a: f64, b: f64) -> Option<Const> {
    let result = match op {
        Op::FAdd => a + b,
        Op::FSub => a - b,
        Op::FMul => a * b,
        Op::FDiv if b != 0.0 => a / b,
        Op::FRem if b != 0.0 => a % b,
        Op::FEq => return Some(Const::Bool(a == b)),
        Op::FNe => return Some(Const::Bool(a != b)),
        Op::FLt => return Some(Const::Bool(a < b)),
        Op::FLe => return Some(Const::Bool(a <= b)),
        Op::FGt => return Some(Const::Bool(a > b)),
        Op::FGe => return Some(Const::Bool(a >= b)),
        _ => return None,
    };
    float(result)
}

/// Longest string that concatenation makes at compile time, in bytes.
const MAX_CONCAT: usize = 1 << 12;

fn eval_str(module: &mut Module, op: Op, args: &[Const]) -> Option<Const> {
    use Const::{Bool, Int, Str};
    let Some(&Str(first)) = args.first() else { return None };
    let text = module.str(first);
    let made: String = match (op, &args[1..]) {
        (Op::StrLen, []) => return Some(Int(text.chars().count() as i64)),
        (Op::StrBytes, []) => return Some(Int(text.len() as i64)),
        (Op::StrEq, &[Str(b)]) => return Some(Bool(first == b)),
        // The order of UTF-8 is that of code points.
        (Op::StrLt, &[Str(b)]) => return Some(Bool(text < module.str(b))),
        (Op::StrLe, &[Str(b)]) => return Some(Bool(text <= module.str(b))),
        (Op::StrConcat, rest) => {
            let mut all = text.to_owned();
            for part in rest {
                let &Str(part) = part else { return None };
                all += module.str(part);
            }
            if all.len() > MAX_CONCAT {
                return None;
            }
            all
        }
        (Op::StrIndex, &[Int(i)]) => text.chars().nth(position(i, text.chars().count())?)?.to_string(),
        (Op::StrChar, &[Int(i)]) => text.get(usize::try_from(i).ok()?..)?.chars().next()?.to_string(),
        (Op::StrSlice, &[Int(a), Int(b)]) => {
            let len = text.chars().count();
            let (a, b) = (clamp(a, len), clamp(b, len));
            text.chars().skip(a).take(b.saturating_sub(a)).collect()
        }
        _ => return None,
    };
    Some(Str(module.intern_str(&made)))
}

/// An index into something of this length; negative ones count from the end.
fn position(index: i64, len: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(len as i64)? } else { index };
    usize::try_from(index).ok().filter(|&i| i < len)
}

fn clamp(bound: i64, len: usize) -> usize {
    let bound = if bound < 0 { bound.saturating_add(len as i64) } else { bound };
    bound.clamp(0, len as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(op: Op, a: i64, b: i64) -> Option<Const> {
        eval(&mut Module::new(), op, &[Const::Int(a), Const::Int(b)])
    }

    #[test]
    fn what_traps_is_not_folded() {
        assert_eq!(ints(Op::Add, i64::MAX, 1), None);
        assert_eq!(ints(Op::Sub, i64::MIN, 1), None);
        assert_eq!(ints(Op::Mul, i64::MIN, -1), None);
        assert_eq!(ints(Op::Div, i64::MIN, -1), None);
        assert_eq!(ints(Op::Div, 1, 0), None);
        assert_eq!(ints(Op::Rem, 1, 0), None);
        assert_eq!(eval(&mut Module::new(), Op::Neg, &[Const::Int(i64::MIN)]), None);
        let half = Const::Float(0.5f64.to_bits());
        let zero = Const::Float((-0.0f64).to_bits());
        assert_eq!(eval(&mut Module::new(), Op::FDiv, &[half, zero]), None);
        let big = Const::Float(9223372036854775808.0f64.to_bits());
        assert_eq!(eval(&mut Module::new(), Op::FloatToInt, &[big]), None);
    }

    #[test]
    fn ints_are_those_of_the_language() {
        assert_eq!(ints(Op::Div, -7, 2), Some(Const::Int(-3)));
        assert_eq!(ints(Op::Rem, -7, 3), Some(Const::Int(-1)));
        assert_eq!(ints(Op::Rem, i64::MIN, -1), Some(Const::Int(0)));
        assert_eq!(ints(Op::Shr, -1, 63), Some(Const::Int(1)));
        assert_eq!(ints(Op::Shl, 1, 64), Some(Const::Int(1)));
    }

    #[test]
    fn strings_count_code_points() {
        let mut m = Module::new();
        let s = Const::Str(m.intern_str("aé😀"));
        assert_eq!(eval(&mut m, Op::StrLen, &[s]), Some(Const::Int(3)));
        assert_eq!(eval(&mut m, Op::StrBytes, &[s]), Some(Const::Int(7)));
        let last = eval(&mut m, Op::StrIndex, &[s, Const::Int(-1)]);
        assert_eq!(last, Some(Const::Str(m.intern_str("😀"))));
        assert_eq!(eval(&mut m, Op::StrIndex, &[s, Const::Int(3)]), None);
        let slice = eval(&mut m, Op::StrSlice, &[s, Const::Int(-2), Const::Int(9)]);
        assert_eq!(slice, Some(Const::Str(m.intern_str("é😀"))));
    }
}
