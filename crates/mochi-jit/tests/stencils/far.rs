//! Jumps over more code than the shortest kinds of them reach, which are 32 KiB and 1 MiB on aarch64: they go by islands.

use mochi_jit::buffer::{Buffer, Fill, Section, To};
use mochi_jit::manifest::{Place, Stencil};

use crate::around::{emit, numbers};
use crate::interpreter;
use crate::machine::{Exit, Machine, State};

/// Instructions of four bytes and more: within reach of all, out of reach of the shortest, of all but plain jumps.
const BETWEEN: [u64; 3] = [10, 9_000, 300_000];
const ROOM: usize = 4 << 20;

/// Where the target of the jump is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Target {
    After,
    Before,
    /// Among the slow paths.
    Cold,
}

/// A jump with operands for which it is taken and not.
type Jump = (Stencil, Vec<Place>, [u64; 2], [u64; 2]);

fn jumps() -> Vec<Jump> {
    use Stencil::{BrEq, BrFLt, BrFalse, BrLt, BrNe, BrTrue};
    let (zero, one) = (0f64.to_bits(), 1f64.to_bits());
    let ints = || vec![Place::int(0), Place::int(2)];
    vec![
        (BrTrue, vec![Place::int(0)], [1, 0], [0, 0]),
        (BrFalse, vec![Place::int(0)], [0, 0], [1, 0]),
        (BrEq, ints(), [5, 5], [5, 6]),
        (BrNe, ints(), [5, 6], [5, 5]),
        (BrLt, ints(), [5, 6], [6, 5]),
        (BrFLt, vec![Place::float(0), Place::float(2)], [zero, one], [one, zero]),
    ]
}

/// Adds so many ones to the second int.
fn count(buffer: &mut Buffer, times: u64) {
    for _ in 0..times {
        emit(buffer, Stencil::AddWrap, &[Place::int(1), Place::int(1), Place::I], numbers([0, 1, 0, 0]));
    }
}

#[test]
fn jumps_reach_over_much_code() {
    interpreter::with(|interpreter| {
        for between in BETWEEN {
            for target in [Target::After, Target::Before, Target::Cold] {
                for (stencil, places, taken, not_taken) in jumps() {
                    let mut machine = Machine::with_room(ROOM);
                    let code = machine.add(|buffer, [next, elsewhere, _]| {
                        let (there, start) = (buffer.label(), buffer.label());
                        let at_target = |buffer: &mut Buffer| {
                            buffer.place(there);
                            emit(buffer, Stencil::Jump, &[], Fill { taken: elsewhere, ..Fill::default() });
                        };
                        if target == Target::Before {
                            let taken = To::Label(start);
                            emit(buffer, Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                            at_target(buffer);
                            count(buffer, between);
                        }
                        buffer.place(start);
                        emit(buffer, stencil, &places, Fill { taken: To::Label(there), ..Fill::default() });
                        count(buffer, if target == Target::Before { 1 } else { between });
                        emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
                        match target {
                            Target::Before => {}
                            Target::After => at_target(buffer),
                            Target::Cold => {
                                buffer.section(Section::Cold);
                                at_target(buffer);
                            }
                        }
                    });
                    for (operands, exit) in [(taken, Exit::Taken), (not_taken, Exit::Next)] {
                        let mut state = State::default();
                        state.context = interpreter.context();
                        (state.ints[0], state.ints[1], state.ints[2]) = (operands[0], 0, operands[1]);
                        (state.floats[0], state.floats[2]) = (operands[0], operands[1]);
                        // SAFETY: code that was made here, which goes to no memory.
                        let end = unsafe { machine.run(code, &state) };
                        let counted = match exit {
                            Exit::Taken => 0,
                            _ if target == Target::Before => 1,
                            _ => between,
                        };
                        assert_eq!(
                            (end.exit(), end.ints[1]),
                            (exit, counted),
                            "{stencil:?} over {between} to {target:?}"
                        );
                    }
                }
            }
        }
    });
}
