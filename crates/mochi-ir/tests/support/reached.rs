//! Modules without the blocks that are not reached, in which a valid function may have anything, such as what no text
//! can say.

use mochi_ir::Module;
use mochi_ir::analysis::Dominators;

/// The module with only what is reached in each function.
pub fn reached(mut module: Module) -> Module {
    for func in module.funcs.values_mut() {
        let tree = Dominators::compute(func);
        for block in func.blocks.ids().filter(|&block| !tree.reached(block)) {
            func.blocks[block] = Default::default();
        }
    }
    module
}
