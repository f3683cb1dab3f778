//! Removes checks that ranges prove superfluous, and what divisions do for negative ints only.
//!
//! Sums, differences and products that cannot overflow are computed modulo 2^64, divisions by what is neither 0 nor -1
//! need no check, nor do elements of views at an index in bounds; comparisons that are decided become constants. Lists
//! have no unchecked form: `views` makes views of them where that pays. A division by a power of two is a shift and its
//! remainder the low bits, if the dividend is not negative; whether a remainder is zero, the low bits tell in any case.
//! Sound by [`Ranges`]. Cost: that analysis, and a walk over the function. Changes no blocks.

use crate::analysis::Ranges;
use crate::func::{Func, Inst, InstData, Value};
use crate::op::{Imm, Op};
use crate::passes::constant::Const;
use crate::passes::{Changed, Context};
use crate::ty::Types;

/// Runs the pass.
pub fn checks(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let flow = cx.flow.get(func);
    let ranges = Ranges::compute(func, &cx.module.types, flow);
    let mut changed = false;
    for &block in flow.dominators.order() {
        let before = std::mem::take(&mut func.blocks[block].insts);
        let mut insts = Vec::with_capacity(before.len());
        for inst in before {
            let data = &mut func.insts[inst];
            if let Some(holds) = ranges.decided(inst) {
                Const::Bool(holds).write_to(data);
                changed = true;
            } else if ranges.is_safe(inst)
                && let Some(op) = unchecked(data.op)
            {
                data.op = op;
                changed = true;
                if op == Op::SubWrap && data.args.len() == 1 {
                    let zero = number(func, inst, 0, &mut insts);
                    func.insts[inst].args.insert(0, zero);
                }
            } else {
                changed |= ranges.is_safe(inst) && to_bits(func, inst, &mut insts)
                    || test_bits(func, inst, &mut insts);
            }
            insts.push(inst);
        }
        func.blocks[block].insts = insts;
    }
    Changed::insts_if(changed)
}

/// Makes a constant before an instruction.
fn number(func: &mut Func, before: Inst, number: i64, insts: &mut Vec<Inst>) -> Value {
    let InstData { span, scope, .. } = func.insts[before];
    make(func, InstData::new(Op::ConstInt, &[], Imm::Int(number), span, scope), insts)
}

/// Makes an instruction whose result is an int.
fn make(func: &mut Func, data: InstData, insts: &mut Vec<Inst>) -> Value {
    let inst = func.make_inst(data, Some(Types::I64));
    insts.push(inst);
    func.insts[inst].result.expect("it has a result")
}

/// The divisor of a division that traps for none, if it is a power of two other than 1.
fn power_of_two(func: &Func, data: &InstData) -> Option<i64> {
    if !matches!(data.op, Op::DivSafe | Op::RemSafe) {
        return None;
    }
    let by = func.const_int(data.args[1])?;
    (by > 1 && by.count_ones() == 1).then_some(by)
}

/// Makes a division of an int that is not negative a shift, and a remainder low bits.
fn to_bits(func: &mut Func, inst: Inst, insts: &mut Vec<Inst>) -> bool {
    let Some(by) = power_of_two(func, &func.insts[inst]) else { return false };
    let (op, operand) = match func.insts[inst].op {
        Op::DivSafe => (Op::Shr, i64::from(by.trailing_zeros())),
        _ => (Op::And, by - 1),
    };
    let operand = number(func, inst, operand, insts);
    let data = &mut func.insts[inst];
    data.op = op;
    data.args[1] = operand;
    true
}

/// Lets a comparison of a remainder with zero look at the low bits.
fn test_bits(func: &mut Func, inst: Inst, insts: &mut Vec<Inst>) -> bool {
    let InstData { op: Op::Eq | Op::Ne, args, span, scope, .. } = &func.insts[inst] else { return false };
    let (&[remainder, other], span, scope) = (&args[..], *span, *scope) else { return false };
    let Some(division) = func.def_inst(remainder).filter(|data| data.op == Op::RemSafe) else { return false };
    let (dividend, Some(by)) = (division.args[0], power_of_two(func, division)) else { return false };
    if func.const_int(other) != Some(0) {
        return false;
    }
    let mask = number(func, inst, by - 1, insts);
    let bits = make(func, InstData::new(Op::And, &[dividend, mask], Imm::None, span, scope), insts);
    func.insts[inst].args[0] = bits;
    true
}

/// The op that does the same without a check.
fn unchecked(op: Op) -> Option<Op> {
    Some(match op {
        Op::Add => Op::AddWrap,
        Op::Sub | Op::Neg => Op::SubWrap,
        Op::Mul => Op::MulWrap,
        Op::Div => Op::DivSafe,
        Op::Rem => Op::RemSafe,
        Op::ViewGet => Op::ViewGetIn,
        _ => return None,
    })
}
