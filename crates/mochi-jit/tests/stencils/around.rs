//! The code around stencils: ways in and out, calls, and where their values go. Registers of machines differ there, so
//! it is tried in pieces that begin and end where all agree.

use std::cell::RefCell;

use mochi_abi::native as fields;
use mochi_jit::buffer::{Buffer, Fill, To};
use mochi_jit::manifest::{Place, PlaceKind, Stencil};
use mochi_vm::code::Word;
use mochi_vm::native::{Context, Enter, Found, Helper};

use crate::interpreter::{self, Interpreter};
use crate::machine::{Exit, Machine, State, land};

/// A program that runs, and pieces of code around others.
pub struct Around<'a> {
    pub interpreter: &'a Interpreter,
    pub machine: Machine,
    pub frame: Vec<u64>,
    leave: *const u8,
    out_of_line: *const u8,
    saving: *const u8,
    find: *const u8,
    enter: Enter,
}

/// What a function of Rust was called with.
type Called = (usize, usize, usize);

thread_local! {
    static CALLED: RefCell<Vec<Called>> = RefCell::default();
    static CODE: RefCell<(usize, usize)> = RefCell::default();
}

fn note(context: *mut Context, pc: *const Word, fp: *mut u64) {
    CALLED.with_borrow_mut(|called| called.push((context as usize, pc as usize, fp as usize)));
}
unsafe extern "C" fn answer0(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    note(context, pc, fp);
    0
}
unsafe extern "C" fn answer1(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    note(context, pc, fp);
    1
}
unsafe extern "C" fn answer2(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    note(context, pc, fp);
    2
}
/// Finds what [`CODE`] says: code and frame.
unsafe extern "C" fn found(context: *mut Context, pc: *const Word, fp: *mut u64) -> *const u8 {
    note(context, pc, fp);
    let (code, frame) = CODE.take();
    // SAFETY: the context of a program that runs.
    unsafe { context.cast::<u8>().add(fields::FRAME).cast::<u64>().write(frame as u64) };
    code as *const u8
}
unsafe extern "C" fn resolved(context: *mut Context, fp: *mut u64) -> *const u8 {
    note(context, std::ptr::null(), fp);
    CODE.take().0 as *const u8
}

pub fn emit(buffer: &mut Buffer, stencil: Stencil, places: &[Place], fill: Fill) {
    assert!(buffer.emit(stencil, places, &fill), "{stencil:?} {places:?}");
}
pub fn numbers(numbers: [i64; 4]) -> Fill {
    Fill { numbers, ..Fill::default() }
}
pub fn return_number(buffer: &mut Buffer, number: i64) {
    emit(buffer, Stencil::Return, &[Place::I], numbers([number, 0, 0, 0]));
}

const PC: i64 = 0x1234_5678_9abc_def0;

impl Around<'_> {
    fn new(interpreter: &Interpreter) -> Around<'_> {
        let mut machine = Machine::new();
        let leave = machine.add(|buffer, _| emit(buffer, Stencil::Leave, &[], Fill::default()));
        let cold = Fill { cold: To::Address(leave), ..Fill::default() };
        let out_of_line = machine.add(|buffer, _| emit(buffer, Stencil::OutOfLine, &[], cold));
        let saving = machine.add(|buffer, _| emit(buffer, Stencil::Saving, &[], cold));
        let find = machine.add(|buffer, _| emit(buffer, Stencil::Find, &[], cold));
        let enter = machine.add(|buffer, _| emit(buffer, Stencil::Enter, &[], cold));
        // SAFETY: the code of the stencil has this signature.
        let enter = unsafe { std::mem::transmute::<*const u8, Enter>(enter) };
        let around =
            Around { interpreter, machine, frame: vec![7; 256], leave, out_of_line, saving, find, enter };
        // The frame is no part of the stack of the program.
        around.set(fields::STACK_END, u64::MAX);
        around.set(fields::FLOOR, 0);
        around
    }
    /// Writes a field of the context.
    pub fn set(&self, field: usize, value: u64) {
        let context = self.interpreter.context() as *mut u8;
        // SAFETY: a field of the context.
        unsafe { context.add(field).cast::<u64>().write(value) };
    }
    /// The frame.
    pub fn fp(&mut self) -> *mut u64 {
        &raw mut self.frame[16]
    }
    /// Enters code with so many frames left: its value and state, which was 9 before.
    fn enter(&mut self, code: *const u8, left: u64) -> (u64, u64) {
        self.set(fields::STATE, 9);
        CALLED.take();
        let fp = self.fp();
        // SAFETY: code that was made here, in a frame that is there.
        let value = unsafe { (self.enter)(self.interpreter.context() as *mut Context, fp, code, left) };
        (value, self.interpreter.field(fields::STATE))
    }
    fn out(&self, buffer: &mut Buffer, helper: Helper) {
        self.out_by(self.out_of_line, buffer, helper);
    }
    fn out_by(&self, way: *const u8, buffer: &mut Buffer, helper: Helper) {
        let taken = To::Address(way);
        emit(buffer, Stencil::Out, &[], Fill { taken, ..numbers([PC, helper as usize as i64, 0, 0]) });
    }
    fn find(&self, buffer: &mut Buffer, find: Found) {
        let taken = To::Address(self.find);
        emit(buffer, Stencil::Out, &[], Fill { taken, ..numbers([PC, find as usize as i64, 0, 0]) });
    }
    /// Puts code together that is entered by its address.
    pub fn add(&mut self, make: impl FnOnce(&Around<'_>, &mut Buffer)) -> *const u8 {
        let mut buffer = Buffer::default();
        land(&mut buffer);
        make(self, &mut buffer);
        self.machine.append(&mut buffer)
    }
    /// The call of [`CALLED`] that native code in the first frame makes.
    fn called(&mut self) -> Called {
        (self.interpreter.context() as usize, PC as usize, self.fp() as usize)
    }
}

pub fn with(test: fn(&mut Around<'_>)) {
    interpreter::with(move |interpreter| test(&mut Around::new(interpreter)));
}

#[test]
fn a_function_returns_its_value_to_where_it_was_entered() {
    with(|around| {
        let code = around.add(|_, buffer| return_number(buffer, 42));
        assert_eq!(around.enter(code, 5), (42, 0));
    });
}

#[test]
fn what_is_out_of_line_gets_its_instruction_and_goes_on_jumps_or_leaves() {
    with(|around| {
        for (helper, expected) in
            [(answer0 as Helper, Some((10, 0))), (answer1, Some((11, 0))), (answer2, None)]
        {
            let jumped = around.add(|_, buffer| return_number(buffer, 11));
            let code = around.add(|around, buffer| {
                around.out(buffer, helper);
                let taken = To::Address(jumped);
                emit(buffer, Stencil::BrAnswer, &[], Fill { taken, ..Fill::default() });
                return_number(buffer, 10);
            });
            let ended = around.enter(code, 5);
            let called = around.called();
            assert_eq!(CALLED.take(), [called]);
            match expected {
                Some(expected) => assert_eq!(ended, expected),
                // What left said so in the state.
                None => assert_eq!(ended.1, 9),
            }
        }
    });
}

/// Uses all registers that calls may lose, as far as the compiler of Rust wants.
unsafe extern "C" fn busy(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    note(context, pc, fp);
    let numbers: Vec<f64> = (0..16).map(|i| std::hint::black_box(f64::from(i)).sqrt()).collect();
    u64::from(numbers.iter().sum::<f64>() < 0.0)
}

#[test]
fn slow_paths_keep_all_pins() {
    with(|around| {
        for (helper, jumps) in [(busy as Helper, false), (answer1, true), (answer2, false)] {
            around.frame.fill(7);
            let code = around.add(|around, buffer| {
                let pins = || (0..6).map(Place::int).chain((0..8).map(Place::float));
                for (i, pin) in (0..).zip(pins()) {
                    let constant = if i < 6 { Stencil::Const } else { Stencil::FConst };
                    emit(buffer, constant, &[pin], numbers([1000 + i, 0, 0, 0]));
                }
                around.out_by(around.saving, buffer, helper);
                for (i, pin) in (0..).zip(pins()) {
                    let store = if i < 6 { Stencil::Move } else { Stencil::FMove };
                    emit(buffer, store, &[Place::S, pin], numbers([0, 0, 0, 8 * i]));
                }
                let end = buffer.label();
                emit(buffer, Stencil::BrAnswer, &[], Fill { taken: To::Label(end), ..Fill::default() });
                return_number(buffer, 10);
                buffer.place(end);
                return_number(buffer, 11);
            });
            let ended = around.enter(code, 5);
            let called = around.called();
            assert_eq!(CALLED.take(), [called]);
            if helper as usize == answer2 as Helper as usize {
                assert_eq!((ended.1, around.frame[16]), (9, 7));
                continue;
            }
            assert_eq!(ended, (if jumps { 11 } else { 10 }, 0));
            assert!((0..14).all(|i| around.frame[16 + i] == 1000 + i as u64), "{:?}", &around.frame[16..30]);
        }
    });
}

#[test]
fn frames_are_counted_by_the_native_stack() {
    with(|around| {
        for (left, floor, expected) in [(1, 0, 1), (5, 0, 5), (100, 0, 100), (5, u64::MAX, 1)] {
            // A function that calls itself, in the same frame.
            around.set(fields::FLOOR, floor);
            let leave = around.leave;
            let code = around.add(|around, buffer| {
                let start = buffer.here();
                around.out(buffer, answer0);
                let fill =
                    Fill { taken: To::Label(start), cold: To::Address(leave), ..numbers([0, 0, 0, 0]) };
                emit(buffer, Stencil::Call, &[], fill);
                return_number(buffer, 3);
            });
            around.enter(code, left);
            assert_eq!(CALLED.take().len(), expected, "{left} {floor}");
        }
    });
}

#[test]
fn a_call_writes_the_header_of_its_frame_and_comes_back_to_its_own() {
    with(|around| {
        let callee = around.add(|around, buffer| {
            around.out(buffer, answer0);
            return_number(buffer, 20);
        });
        let leave = around.leave;
        let code = around.add(|around, buffer| {
            let fill = Fill {
                taken: To::Address(callee),
                cold: To::Address(leave),
                ..numbers([80, 160, 0x1111_2222_3333_4444, 0x5555_6666_7777_8888])
            };
            emit(buffer, Stencil::Call, &[], fill);
            around.out(buffer, answer0);
            return_number(buffer, 21);
        });
        assert_eq!(around.enter(code, 5), (21, 0));
        let (context, pc, fp) = around.called();
        assert_eq!(CALLED.take(), [(context, pc, fp + 80), (context, pc, fp)]);
        assert_eq!(around.frame[16 + 7..16 + 10], [fp as u64, 0x1111_2222_3333_4444, 0x5555_6666_7777_8888]);
        // Without room, and when somebody wants the end, there is no call.
        around.set(fields::STACK_END, fp as u64 + 159);
        assert_eq!(around.enter(code, 5).1, 9);
        assert_eq!(CALLED.take(), []);
        around.set(fields::STACK_END, fp as u64 + 160);
        assert_eq!(around.enter(code, 5), (21, 0));
        around.interpreter.interrupter.interrupt(mochi_vm::Interrupt::User);
        assert_eq!(around.enter(code, 5).1, 9);
        assert_eq!(CALLED.take(), []);
        around.interpreter.interrupter.clear();
    });
}

#[test]
fn a_function_that_is_found_is_called_in_its_frame() {
    with(|around| {
        let (_, _, fp) = around.called();
        around.frame[16 + 10] = 77;
        let callee = around.add(|_, buffer| {
            emit(buffer, Stencil::Return, &[Place::S], Fill::default());
        });
        let called = around.add(|around, buffer| {
            around.find(buffer, found);
            emit(buffer, Stencil::CallFound, &[], numbers([80, 0, 0, 0]));
            emit(buffer, Stencil::Result, &[Place::S], numbers([0, 0, 0, 8]));
            around.out(buffer, answer0);
            emit(buffer, Stencil::Return, &[Place::S], numbers([8, 0, 0, 0]));
        });
        let continued = around.add(|around, buffer| {
            around.find(buffer, found);
            emit(buffer, Stencil::TailFound, &[], Fill::default());
        });
        let here = around.called();
        CODE.set((callee as usize, fp + 80));
        assert_eq!(around.enter(called, 5), (77, 0));
        assert_eq!(CALLED.take(), [here, here]);
        CODE.set((callee as usize, fp + 80));
        assert_eq!(around.enter(continued, 5), (77, 0));
        assert_eq!(CALLED.take(), [here]);
        for code in [called, continued] {
            CODE.set((0, 0));
            assert_eq!(around.enter(code, 5).1, 9);
        }
    });
}

#[test]
fn functions_without_code_ask_for_it() {
    with(|around| {
        around.set(fields::RESOLVE, resolved as *const () as u64);
        let leave = around.leave;
        let lazy = around.add(|_, buffer| {
            emit(buffer, Stencil::Lazy, &[], Fill { cold: To::Address(leave), ..Fill::default() });
        });
        let callee = around.add(|_, buffer| return_number(buffer, 5));
        let (context, _, fp) = around.called();
        CODE.set((callee as usize, 0));
        assert_eq!(around.enter(lazy, 5), (5, 0));
        assert_eq!(CALLED.take(), [(context, 0, fp)]);
        CODE.set((0, 0));
        assert_eq!(around.enter(lazy, 5).1, 9);
    });
}

#[test]
fn a_call_that_needs_no_function_gives_its_value() {
    with(|around| {
        let give = around.add(|_, buffer| emit(buffer, Stencil::Give, &[], Fill::default()));
        around.set(fields::VALUE, 99);
        assert_eq!(around.enter(give, 5), (99, 0));
    });
}

#[test]
fn the_value_of_a_call_goes_to_one_place() {
    with(|around| {
        around.set(fields::LOWEST, 0);
        for stencil in [Stencil::Result, Stencil::FResult] {
            for places in stencil.variants() {
                let value = 0x4059_1234_5678_9abc;
                let callee = around.add(|_, buffer| return_number(buffer, 0x4059_1234));
                let giver = around.add(|_, buffer| {
                    emit(buffer, Stencil::Const, &[Place::int(0)], numbers([value, 0, 0, 0]));
                    emit(buffer, Stencil::Return, &[Place::int(0)], Fill::default());
                });
                // The pins are those of the callee, which leaves all alone but the first.
                for (code, value) in [(callee, 0x4059_1234), (giver, value as u64)] {
                    let piece = around.machine.add(|buffer, [next, _, cold]| {
                        let fill = Fill { taken: To::Address(code), cold, ..numbers([80, 160, 0, 0]) };
                        emit(buffer, Stencil::Call, &[], fill);
                        emit(buffer, stencil, &places, numbers([0, 0, 0, 24]));
                        emit(buffer, Stencil::Jump, &[], Fill { taken: next, ..Fill::default() });
                    });
                    let mut start = State::default();
                    start.ints = std::array::from_fn(|i| 11 + i as u64);
                    start.floats = std::array::from_fn(|i| 21 + i as u64);
                    start.context = around.interpreter.context();
                    start.frame = around.fp() as u64;
                    if code == giver {
                        start.ints[0] = value;
                    }
                    around.frame[16 + 3] = 31;
                    // SAFETY: code that was made here.
                    let end = unsafe { around.machine.run(piece, &start) };
                    assert_eq!(end.exit(), Exit::Next);
                    assert!(end.stack_is_kept() && end.frame == start.frame && end.context == start.context);
                    let (mut ints, mut floats, mut slot) = (start.ints, start.floats, 31);
                    match places[0].kind() {
                        PlaceKind::R(r) => ints[usize::from(r)] = value,
                        PlaceKind::F(f) => floats[usize::from(f)] = value,
                        _ => slot = value,
                    }
                    assert_eq!(
                        (end.ints, end.floats, around.frame[16 + 3]),
                        (ints, floats, slot),
                        "{places:?}"
                    );
                }
            }
        }
    });
}
