//! SSA to bytecode.
//!
//! Per function: [`fold`] decides what becomes an instruction, [`layout`] orders the blocks, [`pool`] places constants,
//! [`live`] finds where values are live, [`slots`] gives them slots so that few copies are left, and [`code`] writes
//! the instructions, with the dictionary of operations in [`select`] and everything about control in [`flow`].
//! [`tables`] holds what functions share.
//!
//! Cost: a few walks over the instructions; the time of `live` grows with the number of blocks that values are live
//! through. `docs/vm.md` describes the target.

use mochi_ir::{FuncId, Module};
use mochi_vm::Program;

use crate::Unsupported;

mod asm;
mod code;
mod flow;
mod fold;
mod layout;
mod live;
mod moves;
mod pool;
mod select;
mod slots;
mod tables;
mod test;

/// The program of a module: linked, verified, without type parameters, with an entry function.
pub fn emit(module: &Module) -> Result<Program, Unsupported> {
    let mut tables = tables::Tables::new(module)?;
    for id in module.funcs.ids() {
        if tables.func_index(id).is_some() {
            code::emit(&mut tables, id)?;
        }
    }
    Ok(tables.finish())
}

/// Whether a function gets code of its own: declarations and generic functions do not.
fn has_code(module: &Module, id: FuncId) -> bool {
    let func = &module.funcs[id];
    !func.is_declaration() && func.type_params == 0
}
