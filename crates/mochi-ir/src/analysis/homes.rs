//! Which block defines each value.

use mochi_base::IdVec;

use crate::analysis::Dominators;
use crate::func::{Block, Func, Value};

/// The blocks that define the values of a function; the entry for what no block that is reached defines.
pub fn homes(func: &Func, dominators: &Dominators) -> IdVec<Value, Block> {
    let mut homes = IdVec::new();
    homes.resize(func.values.len(), Func::ENTRY);
    for &block in dominators.order() {
        func.blocks[block].params.iter().for_each(|&param| homes[param] = block);
        let results = func.blocks[block].insts.iter().filter_map(|&inst| func.insts[inst].result);
        results.for_each(|value| homes[value] = block);
    }
    homes
}
