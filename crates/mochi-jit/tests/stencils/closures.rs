//! Calls of function values: the pieces of one are tried together, on a heap and a table that are made here.

use mochi_abi::Cell;
use mochi_abi::layout::{META, META_SHIFT, WORDS};
use mochi_abi::native as fields;
use mochi_jit::buffer::{Buffer, Fill, To};
use mochi_jit::manifest::{Place, PlaceKind, Stencil};

use crate::around::{Around, emit, numbers, return_number, with};
use crate::machine::{Exit, State};

/// Where the object is on the heap, in words; its row, and the slot that has its cell.
const OBJECT: usize = 5;
const ROW: usize = 3;
const SLOT: usize = 2;
/// Where the frame of the callee is, in words, and how large.
const TO: usize = 40;
const SLOTS: u64 = 30;
const RETURN: u64 = 0x1111_2222_3333_4444;

/// Memory that the stencils see in place of the program's.
struct World {
    heap: [u64; 64],
    entries: [u64; (ROW + 1) * fields::CLOSURE_SIZE / 8],
    callee: [u64; 6],
}

impl World {
    /// A function value that captures so many raw words, 100 and so on, and cells, 200 and so on.
    fn new(raw: u16, cells: u16, code: *const u8) -> Box<World> {
        let mut world = Box::new(World { heap: [0; 64], entries: [0; _], callee: [0; 6] });
        world.heap[OBJECT + META / 8] = ((ROW as u64) << META_SHIFT) << (8 * (META % 8));
        let captured = (0..u64::from(raw)).map(|i| 100 + i).chain((0..u64::from(cells)).map(|i| 200 + i));
        world.heap[OBJECT + WORDS / 8..].iter_mut().zip(captured).for_each(|(word, value)| *word = value);
        let entry = ROW * fields::CLOSURE_SIZE / 8;
        world.entries[entry + fields::CLOSURE_CALLEE / 8] = world.callee.as_ptr() as u64;
        let counts = |distance: usize, count: u16| u64::from(count) << (8 * (distance % 8));
        world.entries[entry + fields::CLOSURE_RAW / 8] |= counts(fields::CLOSURE_RAW, raw);
        world.entries[entry + fields::CLOSURE_CELLS / 8] |= counts(fields::CLOSURE_CELLS, cells);
        world.callee[fields::CALLEE_SLOTS / 8] = SLOTS << (8 * (fields::CALLEE_SLOTS % 8));
        world.callee[fields::CALLEE_NATIVE / 8] = code as u64;
        world
    }
}

/// The pieces of a call with these raw arguments and cells.
fn call(buffer: &mut Buffer, raw: &[Place], cells: &[Place], cold: To) {
    let function = 8 * SLOT as i64;
    emit(
        buffer,
        Stencil::ClosureOpen,
        &[Place::S],
        Fill { cold, ..numbers([function, 8 * TO as i64, 0, 0]) },
    );
    for (captured, args) in [(Stencil::ClosureRaw, raw), (Stencil::ClosureCells, cells)] {
        emit(buffer, captured, &[Place::S], numbers([function, 0, 0, 0]));
        for place in args {
            let stencil = if place.is_float() { Stencil::FArgument } else { Stencil::Argument };
            emit(buffer, stencil, &[*place], numbers([8 * 4, 0, 0, 0]));
        }
    }
    emit(buffer, Stencil::CallOpened, &[], numbers([8 * TO as i64, 0, RETURN as i64, 0]));
}

/// A state that has a cell of the object, and a value for every place.
fn start(around: &mut Around<'_>, world: &World) -> State {
    around.frame.fill(7);
    around.frame[16 + SLOT] = OBJECT as u64;
    around.frame[16 + 4] = 31;
    around.set(fields::HEAP, world.heap.as_ptr() as u64);
    around.set(fields::CLOSURES, world.entries.as_ptr() as u64);
    around.set(fields::LOWEST, 0);
    let mut start = State::default();
    start.ints = std::array::from_fn(|i| 11 + i as u64);
    start.floats = std::array::from_fn(|i| 21 + i as u64);
    start.context = around.interpreter.context();
    start.frame = around.fp() as u64;
    start
}

fn value_of(place: Place) -> u64 {
    match place.kind() {
        PlaceKind::R(r) => 11 + u64::from(r),
        PlaceKind::F(f) => 21 + u64::from(f),
        _ => 31,
    }
}

#[test]
fn a_frame_has_what_was_captured_and_the_arguments() {
    with(|around| {
        let places = |stencil: Stencil| stencil.variants().map(|places| places[0]).collect::<Vec<_>>();
        let all = [places(Stencil::Argument), places(Stencil::FArgument)].concat();
        let callee = around.add(|_, buffer| return_number(buffer, 20));
        for (raw, cells) in [(0, 0), (1, 0), (0, 1), (2, 3), (5, 1)] {
            for (raw_args, cell_args) in
                [(&all[..], &[Place::S][..]), (&[], &[Place::S; 2]), (&all[..1], &[])]
            {
                let world = World::new(raw, cells, callee);
                let code = around.machine.add(|buffer, [next, _, cold]| {
                    call(buffer, raw_args, cell_args, cold);
                    emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
                });
                let start = start(around, &world);
                // SAFETY: code that was made here, in memory that is there.
                let end = unsafe { around.machine.run(code, &start) };
                assert_eq!(end.exit(), Exit::Next);
                assert!(end.stack_is_kept() && end.frame == start.frame && end.context == start.context);
                assert_eq!((end.answer, end.ints, end.floats), (20, start.ints, start.floats));
                let base = 16 + TO;
                let header = [start.frame, RETURN, world.callee.as_ptr() as u64];
                assert_eq!(around.frame[base - 3..base], header);
                let captured = |first: u64, count: u16| (first..first + u64::from(count)).collect::<Vec<_>>();
                let args = |args: &[Place]| args.iter().map(|&place| value_of(place)).collect::<Vec<_>>();
                let expected =
                    [captured(100, raw), args(raw_args), captured(200, cells), args(cell_args)].concat();
                let (frame, rest) = around.frame[base..].split_at(expected.len());
                assert_eq!(frame, expected);
                assert!(rest.iter().all(|&word| word == 7));
            }
        }
    });
}

#[test]
fn what_is_not_ready_goes_the_slow_way() {
    with(|around| {
        let callee = around.add(|_, buffer| return_number(buffer, 20));
        let code = around.machine.add(|buffer, [next, _, cold]| {
            call(buffer, &[], &[], cold);
            emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
        });
        let ready = |_: &mut Around<'_>, _: &mut World| {};
        type Change = fn(&mut Around<'_>, &mut World);
        let changes: [(Change, Exit); 7] = [
            (ready, Exit::Next),
            (|around, _| around.frame[16 + SLOT] = Cell::NONE.0, Exit::Cold),
            (|_, world| world.callee[fields::CALLEE_NATIVE / 8] = 0, Exit::Cold),
            (|around, _| around.set(fields::LOWEST, u64::MAX), Exit::Cold),
            (|around, _| around.interpreter.interrupter.interrupt(mochi_vm::Interrupt::User), Exit::Cold),
            (
                |around, _| {
                    let end = around.fp() as u64 + 8 * (TO as u64 + SLOTS);
                    around.set(fields::STACK_END, end);
                },
                Exit::Next,
            ),
            (
                |around, _| {
                    let end = around.fp() as u64 + 8 * (TO as u64 + SLOTS);
                    around.set(fields::STACK_END, end - 1);
                },
                Exit::Cold,
            ),
        ];
        for (i, (change, exit)) in changes.into_iter().enumerate() {
            let mut world = World::new(1, 1, callee);
            let start = start(around, &world);
            around.set(fields::STACK_END, u64::MAX);
            change(around, &mut world);
            // SAFETY: code that was made here, in memory that is there.
            let end = unsafe { around.machine.run(code, &start) };
            around.interpreter.interrupter.clear();
            assert_eq!(end.exit(), exit, "{i}");
            assert!(end.stack_is_kept() && end.frame == start.frame && end.context == start.context);
            assert_eq!((end.ints, end.floats), (start.ints, start.floats));
            if exit == Exit::Cold {
                assert!(around.frame[16 + TO..].iter().all(|&word| word == 7));
            }
        }
    });
}

#[test]
fn the_row_of_a_function_value_is_compared() {
    with(|around| {
        for row in [0, 1, 127, 128, 0x7fff, 0xff_ffff] {
            let mut world = World::new(1, 1, std::ptr::null());
            world.heap[OBJECT + META / 8] = (row << META_SHIFT | 0xa5) << (8 * (META % 8));
            let address = world.heap.as_ptr() as u64 + 8 * OBJECT as u64;
            for expected in [0, 1, 127, 128, 0x7fff, 0xff_ffff] {
                let code = around.machine.add(|buffer, [next, taken, cold]| {
                    let function = numbers([8 * SLOT as i64, 0, 0, 0]);
                    emit(buffer, Stencil::ClosureRow, &[Place::S], Fill { cold, ..function });
                    let number = numbers([0, expected, 0, 0]);
                    emit(buffer, Stencil::ClosureIs, &[], Fill { taken, ..number });
                    emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
                });
                let start = start(around, &world);
                // SAFETY: code that was made here, in memory that is there.
                let end = unsafe { around.machine.run(code, &start) };
                assert!(end.stack_is_kept() && end.frame == start.frame && end.context == start.context);
                assert_eq!((end.ints, end.floats), (start.ints, start.floats));
                if row as i64 == expected {
                    assert_eq!((end.exit(), end.temps[0]), (Exit::Next, address));
                } else {
                    assert_eq!((end.exit(), end.temps), (Exit::Taken, [address, row]));
                }
                around.frame[16 + SLOT] = Cell::NONE.0;
                // SAFETY: the same.
                assert_eq!(unsafe { around.machine.run(code, &start) }.exit(), Exit::Cold);
            }
        }
    });
}

#[test]
fn a_tail_call_is_checked_and_keeps_the_frame() {
    with(|around| {
        let world = World::new(0, 0, std::ptr::null());
        for (size, at) in [(0, 0x0123_4567_89ab_cdef_i64), (8, -1), (1 << 19, 5)] {
            let callee = around.add(|_, buffer| return_number(buffer, 20));
            let code = around.machine.add(|buffer, [_, _, cold]| {
                emit(buffer, Stencil::TailCheck, &[], Fill { cold, ..numbers([0, size, 0, 0]) });
                let taken = To::Address(callee);
                emit(buffer, Stencil::Tail, &[], Fill { taken, ..numbers([0, 0, 0, at]) });
            });
            let mut start = start(around, &world);
            start.temps = [33, 44];
            let end_of_frame = start.frame + size as u64;
            for (room, interrupt, exit) in [
                (end_of_frame, false, Exit::Returned),
                (u64::MAX, false, Exit::Returned),
                (end_of_frame - 1, false, Exit::Cold),
                (u64::MAX, true, Exit::Cold),
            ] {
                around.set(fields::STACK_END, room);
                around.frame.fill(7);
                if interrupt {
                    around.interpreter.interrupter.interrupt(mochi_vm::Interrupt::User);
                }
                // SAFETY: code that was made here, in memory that is there.
                let end = unsafe { around.machine.run(code, &start) };
                around.interpreter.interrupter.clear();
                assert_eq!(end.exit(), exit);
                assert!(end.stack_is_kept() && end.frame == start.frame && end.context == start.context);
                assert_eq!((end.ints, end.floats), (start.ints, start.floats));
                let header = if exit == Exit::Returned { at as u64 } else { 7 };
                assert_eq!((around.frame[15], end.exit() == Exit::Cold || end.answer == 20), (header, true));
                assert!(around.frame.iter().enumerate().all(|(i, &word)| i == 15 || word == 7));
            }
            around.set(fields::STACK_END, u64::MAX);
            let code = around.machine.add(|buffer, [next, _, cold]| {
                emit(buffer, Stencil::TailCheck, &[], Fill { cold, ..numbers([0, size, 0, 0]) });
                emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
            });
            // SAFETY: the same.
            let end = unsafe { around.machine.run(code, &start) };
            assert_eq!((end.exit(), end.temps), (Exit::Next, start.temps), "the object is still known");
        }
    });
}
