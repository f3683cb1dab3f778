//! Removes checks that ranges prove superfluous.
//!
//! Sums, differences and products that cannot overflow are computed modulo 2^64, divisions by what is neither 0 nor -1
//! need no check, nor do elements of views at an index in bounds; comparisons that are decided become constants. Lists
//! have no unchecked form: `views` makes views of them where that pays.
//! Sound by [`Ranges`]. Cost: that analysis, and a walk over the function. Changes no blocks.

use crate::analysis::Ranges;
use crate::func::{Func, Inst, InstData};
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
                    insts.push(subtract_from_zero(func, inst));
                }
            }
            insts.push(inst);
        }
        func.blocks[block].insts = insts;
    }
    Changed::insts_if(changed)
}

/// Gives a negation that has become a subtraction its first operand.
fn subtract_from_zero(func: &mut Func, inst: Inst) -> Inst {
    let InstData { span, scope, .. } = func.insts[inst];
    let zero = func.make_inst(InstData::new(Op::ConstInt, &[], Imm::Int(0), span, scope), Some(Types::I64));
    let value = func.insts[zero].result.expect("a constant has a result");
    func.insts[inst].args.insert(0, value);
    zero
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
