//! Strings that a loop takes characters of: where their bytes are is asked once, outside of the loop.
//!
//! Bytes of strings never move, and a string that has a character taken is needed there, so it is kept until then.

use mochi_abi::cell::SHORT_STR_MAX;
use mochi_ir::analysis::{Loops, Uses};
use mochi_ir::func::Def;
use mochi_ir::{Block, Func, Imm, Module, Op, Types, Value};
use rustc_hash::FxHashSet;

/// The strings that are defined outside of a loop in which characters of them are taken.
pub(super) fn find(func: &Func, loops: &Loops, root: &impl Fn(Value) -> Option<Value>) -> FxHashSet<Value> {
    let mut found = FxHashSet::default();
    if loops.is_empty() {
        return found;
    }
    let uses = Uses::compute(func);
    let home = |value: Value| -> Option<Block> {
        match func.values[value].def {
            Def::Inst(inst) => uses.block_of(inst),
            Def::Param(block, _) => Some(block),
            Def::Gone => None,
        }
    };
    for (block, data) in func.blocks.iter() {
        let Some(around) = loops.innermost(block) else { continue };
        for data in data.insts.iter().map(|&inst| &func.insts[inst]).filter(|data| data.op == Op::StrIndex) {
            if let Some(text) = root(data.args[0])
                && func.ty(text) == Types::STR
                && home(text).is_some_and(|home| !loops.contains(around, home))
            {
                found.insert(text);
            }
        }
    }
    found
}

/// Whether a value is sure to be a string that is part of its cell: then it is equal to a string with the same cell only.
pub(super) fn is_short(module: &Module, func: &Func, value: Value) -> bool {
    let Some(data) = func.def_inst(value) else { return false };
    match (data.op, &data.imm) {
        (Op::ConstStr, Imm::Str(id)) => module.str(*id).len() <= SHORT_STR_MAX,
        (op, _) => matches!(op, Op::StrIndex | Op::StrChar),
    }
}
