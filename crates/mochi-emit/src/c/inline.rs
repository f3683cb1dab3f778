//! Which functions the C compiler is asked to inline.
//!
//! What pays anywhere is inlined in IR already, except calls of a function by itself: they are counted, so they stay calls
//! there. C compilers unroll small ones of them, and count on, when they are told that it is wanted.

use mochi_ir::{Func, FuncId, Imm, Op};

/// Instructions of a function up to which it is asked for.
const MAX_SIZE: usize = 32;

/// Whether a function is small and calls itself.
pub(super) fn is_wanted(func: &Func, id: FuncId) -> bool {
    let calls_itself = |op: Op, imm: &Imm| op == Op::Call && matches!(imm, Imm::Func(to, _) if *to == id);
    func.size() <= MAX_SIZE
        && func.blocks.values().flat_map(|block| &block.insts).any(|&inst| {
            let data = &func.insts[inst];
            calls_itself(data.op, &data.imm)
        })
}
