//! SSA to bytecode.
//!
//! Per function: [`fold`] decides what becomes an instruction, [`layout`](crate::layout) orders the blocks, [`pool`] places constants,
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

mod live;
mod moves;
mod pool;
mod select;
mod slots;
mod tables;
mod test;

/// The program of a module: linked, verified, without type parameters, with an entry function.
pub fn emit(module: &Module) -> Result<Program, Unsupported> {
    let mut program = Program::default();
    Emitted::default().add(module, &mut program)?;
    Ok(program)
}

/// A module that grows, in bytecode: knows what of it is in the program. Numbers of everything stay as they are.
#[derive(Clone, Debug, Default)]
pub struct Emitted {
    known: tables::Known,
    /// How many inlined calls there were before the last function.
    inlined: usize,
}

impl Emitted {
    /// Adds to the program what the module has beyond what was added before. After an error both are as before, but for
    /// structs and globals.
    pub fn add(&mut self, module: &Module, program: &mut Program) -> Result<(), Unsupported> {
        let before = (self.known.funcs(), Sizes::of(program));
        let added = self.try_add(module, program);
        if added.is_err() {
            before.1.cut_back(program);
            self.known.cut_back(before.0, program);
        }
        added
    }

    fn try_add(&mut self, module: &Module, program: &mut Program) -> Result<(), Unsupported> {
        let first = self.known.funcs();
        let mut tables = tables::Tables::new(module, program, &mut self.known)?;
        for id in module.funcs.ids_from(first) {
            if tables.func_index(id).is_some() {
                self.inlined = tables.inlined_calls();
                code::emit(&mut tables, id)?;
            }
        }
        Ok(())
    }

    /// Removes the code of the entry, which has run and is the last function of the module.
    pub fn remove_entry(&mut self, program: &mut Program) {
        if let Some(code) = program.funcs.pop() {
            program.words.truncate(code.start as usize);
            program.inlined.truncate(self.inlined);
            program.entry = u32::MAX;
            self.known.remove_last();
        }
    }
}

/// How much code there is in a program, and what it refers to.
struct Sizes {
    words: usize,
    funcs: usize,
    strs: usize,
    closures: usize,
    types: usize,
    map_types: usize,
    names: usize,
    inlined: usize,
    entry: u32,
}

impl Sizes {
    fn of(program: &Program) -> Sizes {
        Sizes {
            words: program.words.len(),
            funcs: program.funcs.len(),
            strs: program.strs.len(),
            closures: program.closures.len(),
            types: program.types.len(),
            map_types: program.map_types.len(),
            names: program.names.len(),
            inlined: program.inlined.len(),
            entry: program.entry,
        }
    }
    fn cut_back(&self, program: &mut Program) {
        program.words.truncate(self.words);
        program.funcs.truncate(self.funcs);
        program.strs.truncate(self.strs);
        program.closures.truncate(self.closures);
        program.types.truncate(self.types);
        program.map_types.truncate(self.map_types);
        program.names.truncate(self.names);
        program.inlined.truncate(self.inlined);
        program.entry = self.entry;
    }
}

/// Whether a function gets code of its own: declarations and generic functions do not.
fn has_code(module: &Module, id: FuncId) -> bool {
    let func = &module.funcs[id];
    !func.is_declaration() && func.type_params == 0
}
