//! Makes a call whose result is returned at once a tail call, where that keeps recursion in constant space.
//!
//! Only where the callee may come to call the caller again, be it through function values: other calls nest as deep as
//! the program is written, and stay, so that stack traces show who called. The entry function, which traces begin with,
//! stays too. So does who calls std: an error there is one of that call, and std does not come back to its caller from where
//! it returns. Inlining answers the question better, so traces with and without it may differ in the frames of such callers, which
//! are neither first nor last. Required: the language promises constant space.
//! Cost: one look at the end of each block.

use crate::func::{Block, Func, InstData, Origin, Scope};
use crate::op::{Imm, Op};
use crate::passes::{Changed, Context};

/// Runs the pass.
pub fn tail_calls(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    if cx.module.entry == Some(cx.id) {
        return Changed::No;
    }
    let cycle = cx.summaries.get(cx.id).cycle;
    let mut changed = false;
    for block in func.blocks.ids() {
        let Some(at) = tail_call_of(func, block) else { continue };
        let inst = func.blocks[block].insts[at];
        let data = &func.insts[inst];
        let (op, may_return_here) = match (data.op, &data.imm) {
            (Op::Call, Imm::Func(id, _)) => {
                let is_place = cx.module.funcs[*id].origin == Origin::Std && is_shown(func, data);
                (Op::TailCall, !is_place && cx.summaries.get(*id).cycle == cycle)
            }
            // A function value may be any that some instruction makes.
            (Op::CallClosure, _) => (Op::TailCallClosure, cx.summaries.recurs_through_closures(cx.id)),
            (Op::CallAny, _) => (Op::TailCallAny, cx.summaries.recurs_through_closures(cx.id)),
            _ => continue,
        };
        if !may_return_here {
            continue;
        }
        func.insts[inst].op = op;
        func.forget_inst(inst);
        func.insts[inst].result = None;
        func.blocks[block].insts.truncate(at + 1);
        changed = true;
    }
    Changed::flow_if(changed)
}

/// Whether a stack trace shows who does an instruction.
fn is_shown(func: &Func, data: &InstData) -> bool {
    func.origin.is_shown() || data.scope != Scope::BODY
}

/// Position in a block of a call whose result, if it has one, is what the block then returns.
pub fn tail_call_of(func: &Func, block: Block) -> Option<usize> {
    let insts = &func.blocks[block].insts;
    let &last = insts.last()?;
    let end = &func.insts[last];
    match end.op {
        Op::TailCall | Op::TailCallClosure | Op::TailCallAny => Some(insts.len() - 1),
        Op::Return => {
            let at = insts.len().checked_sub(2)?;
            let call = &func.insts[insts[at]];
            let returned = call.result.as_slice() == &end.args[..];
            (matches!(call.op, Op::Call | Op::CallClosure | Op::CallAny) && returned).then_some(at)
        }
        _ => None,
    }
}
