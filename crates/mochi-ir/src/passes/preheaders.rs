//! Gives every loop a preheader: a block outside of the loop that only goes to its header, and through which alone the
//! loop is entered. Passes that move code out of loops start with this; blocks that stay empty go with `simplify_cfg`.

use crate::analysis::{Flow, Loop};
use crate::func::{Block, Func, InstData, Scope, Target};
use crate::op::{Imm, Op};

/// The preheader of a loop, if it has one.
pub fn preheader(func: &Func, flow: &Flow, id: Loop) -> Option<Block> {
    let mut outside =
        flow.preds.of(flow.loops.get(id).header).iter().filter(|&&p| !flow.loops.contains(id, p));
    let &only = outside.next()?;
    let jumps = func.terminator(only).is_some_and(|t| t.op == Op::Jump);
    (jumps && outside.next().is_none()).then_some(only)
}

/// Makes the preheaders that are missing. Returns whether there were some; then the flow is out of date.
pub fn make_preheaders(func: &mut Func, flow: &Flow) -> bool {
    let mut changed = false;
    for id in flow.loops.ids() {
        let header = flow.loops.get(id).header;
        if header != Func::ENTRY && preheader(func, flow, id).is_none() {
            make(func, flow, id, header);
            changed = true;
        }
    }
    changed
}

fn make(func: &mut Func, flow: &Flow, id: Loop, header: Block) {
    let block = func.add_block();
    let mut args = Target { block: header, args: Default::default() };
    for i in 0..func.blocks[header].params.len() {
        let param = func.blocks[header].params[i];
        let before = func.add_param(block, func.ty(param));
        func.names.share(before, param);
        args.args.push(before);
    }
    let (span, scope) = match func.blocks[header].insts.first() {
        Some(&first) => (func.insts[first].span, func.insts[first].scope),
        None => (func.span, Scope::BODY),
    };
    let mut jump = InstData::new(Op::Jump, &[], Imm::None, span, scope);
    jump.targets.push(args);
    func.push_inst(block, jump);
    for &pred in flow.preds.of(header).iter().filter(|&&p| !flow.loops.contains(id, p)) {
        let Some(&last) = func.blocks[pred].insts.last() else { continue };
        func.insts[last].targets.iter_mut().filter(|t| t.block == header).for_each(|t| t.block = block);
    }
}
