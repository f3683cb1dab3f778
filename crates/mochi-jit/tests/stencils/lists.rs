//! Which lists hold cells: tried on objects that are made here.

use mochi_abi::Arena;
use mochi_abi::cell::header;
use mochi_jit::buffer::Fill;
use mochi_jit::manifest::Stencil;

use crate::around::{emit, with};
use crate::machine::{Exit, State};

#[test]
fn lists_of_cells_are_told_from_others() {
    with(|around| {
        let code = around.machine.add(|buffer, [next, _, cold]| {
            emit(buffer, Stencil::ListOfCells, &[], Fill { cold, ..Fill::default() });
            emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
        });
        for arena in Arena::ALL {
            for generation in [0, 1, 0xfff] {
                let object = [u64::from(header(arena, generation)) | 0xffff_ffff << 32, 7];
                let mut start = State::default();
                start.temps = [object.as_ptr() as u64, 5];
                start.context = around.interpreter.context();
                start.frame = around.fp() as u64;
                // SAFETY: code that was made here, in memory that is there.
                let end = unsafe { around.machine.run(code, &start) };
                let exit = if arena == Arena::ListCell { Exit::Next } else { Exit::Cold };
                assert_eq!(end.exit(), exit, "{arena:?}");
                assert!(end.stack_is_kept() && end.frame == start.frame && end.context == start.context);
                assert_eq!((end.ints, end.floats), (start.ints, start.floats));
                assert!(exit == Exit::Cold || end.temps[0] == start.temps[0], "the list is still known");
            }
        }
    });
}
