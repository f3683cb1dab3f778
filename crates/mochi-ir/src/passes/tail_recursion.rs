//! Makes a function that ends by calling itself a loop.
//!
//! A call of the function itself whose result is returned at once becomes a jump to a new block behind the entry, which
//! takes the parameters. Sound because nothing of the old activation is used after the call; this is also what keeps such
//! recursion in constant space. Runs before inlining, which takes loops but no recursion.
//! Cost: one walk over the terminators.

use crate::func::{Block, Func, InstData, Scope, Target};
use crate::op::{Imm, Op};
use crate::passes::substitution::Substitution;
use crate::passes::tail_calls::tail_call_of;
use crate::passes::{Changed, Context};

/// Runs the pass.
pub fn tail_recursion(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let is_self = |imm: &Imm| matches!(imm, Imm::Func(id, types) if *id == cx.id && types.is_empty());
    let sites: Vec<(Block, usize)> = func
        .blocks
        .ids()
        .filter_map(|b| Some((b, tail_call_of(func, b)?)))
        .filter(|&(b, at)| {
            let data = &func.insts[func.blocks[b].insts[at]];
            matches!(data.op, Op::Call | Op::TailCall) && is_self(&data.imm)
        })
        .collect();
    if sites.is_empty() {
        return Changed::No;
    }
    let header = split_entry(func);
    for (block, at) in sites {
        let block = if block == Func::ENTRY { header } else { block };
        let call = func.blocks[block].insts[at];
        for inst in func.blocks[block].insts.split_off(at) {
            func.forget_inst(inst);
        }
        let InstData { args, span, .. } = func.insts[call].clone();
        jump(func, block, header, &args, span);
    }
    Changed::Flow
}

/// Moves the code of the entry to a block that control can come back to; its parameters stand for the function's.
fn split_entry(func: &mut Func) -> Block {
    let header = func.add_block();
    func.blocks[header].insts = std::mem::take(&mut func.blocks[Func::ENTRY].insts);
    let params = func.blocks[Func::ENTRY].params.clone();
    let mut values = Substitution::new();
    for &param in &params {
        let ty = func.ty(param);
        let current = func.add_param(header, ty);
        func.names.share(current, param);
        values.set(param, current);
    }
    values.apply(func);
    let span = func.span;
    jump(func, Func::ENTRY, header, &params, span);
    header
}

fn jump(func: &mut Func, from: Block, to: Block, args: &[crate::func::Value], span: mochi_base::Span) {
    let mut data = InstData::new(Op::Jump, &[], Imm::None, span, Scope::BODY);
    data.targets = vec![Target { block: to, args: args.iter().copied().collect() }];
    let inst = func.make_inst(data, None);
    func.blocks[from].insts.push(inst);
}
