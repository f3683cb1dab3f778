//! Between the interpreter and native code: what is hot, entering, and the calls that native code leaves to Rust.

use mochi_abi::{RuntimeFn, for_each_runtime_fn};
use mochi_runtime::trap::Outcome;

use super::super::at::At;
use super::super::{counted, zero_cells};
use super::{big, call, dynamic, list, map, number, object, text};
use crate::Opcode;
use crate::code::{NO_SLOT, Word};
use crate::decode::Instr;
use crate::frame::{Callee, Frame};
use crate::native::{self, Compiler, Context, ENDED, GOES_ON, PANICKED, PERIOD, RETURNED, Subject, guarded};
use crate::vm::{ClosureEntry, Vm};

/// Where the interpreter goes on; without an instruction the run has ended.
pub struct Resume {
    pub pc: *const Word,
    pub fp: *mut u64,
    pub left: u64,
    pub ticks: i64,
}

const END: Resume = Resume { pc: std::ptr::null(), fp: std::ptr::null_mut(), left: 0, ticks: 0 };

/// A jump back after a period: looks whether somebody wants the program to end and whether there is native code.
#[cold]
#[inline(never)]
pub unsafe fn at_loop(vm: &mut Vm, at: At, left: u64) -> Resume {
    // SAFETY: the frame is live (`At::new`), and the instruction is one that jumps back.
    unsafe {
        if vm.is_interrupted() {
            call::interrupted(vm, at);
            return END;
        }
        let callee = Frame { base: at.fp() }.callee();
        let (index, start) = (callee.index, (at.pc() as usize - callee.entry as usize) / 8);
        let instr = Instr::decode(vm.program.code(index), start as u32);
        let target = instr.ok().and_then(|instr| instr.jumps().next()).unwrap_or_default() as u32;
        if vm.is_hot(index, PERIOD as u32) {
            let Vm { native, program, callees, seen, .. } = vm;
            let subject = Subject { program, seen, callees };
            let code = native
                .source
                .compiler()
                .map_or(std::ptr::null(), |compiler| compiler.loop_start(subject, index, target));
            if !code.is_null() {
                return enter(vm, code, at.fp(), left);
            }
        }
        Resume { pc: callee.entry.add(target as usize), fp: at.fp(), left, ticks: PERIOD }
    }
}

/// A call after a period: remembers what a function value calls.
#[cold]
#[inline(never)]
pub fn remember(vm: &mut Vm, at: At) {
    if matches!(Opcode::from_bits(at.field(0)), Some(Opcode::CallClosure | Opcode::TailCallClosure)) {
        vm.seen.note(at.pc(), vm.runtime.heap.payload(at.cell(2)));
    }
}

/// A call after a period: looks whether there is native code.
#[cold]
#[inline(never)]
pub unsafe fn at_call(vm: &mut Vm, callee: *const Callee) -> i64 {
    // SAFETY: callees live as long as the `Vm`.
    let index = unsafe { (*callee).index };
    if vm.is_hot(index, PERIOD as u32) {
        // Where it goes is written to the callee.
        vm.native_function(index);
    }
    PERIOD
}

/// Enters native code in a frame that is made but for its cells, and goes on when it is left.
#[inline(never)]
pub unsafe fn enter(vm: &mut Vm, code: *const u8, fp: *mut u64, left: u64) -> Resume {
    let ticks = PERIOD;
    let Some(compiler) = vm.native.source.made() else { return END };
    let enter = compiler.enter();
    let context: *mut Context = &raw mut *vm.native.context;
    // SAFETY: the context is that of this `Vm`, which native code has to itself as long as it runs; the frame is live.
    unsafe {
        let value = enter(context, fp, code, left);
        match (*context).state {
            RETURNED => {
                let frame = Frame { base: fp };
                let (pc, caller) = (frame.return_address(), frame.caller().base);
                let slot = pc.cast::<u16>().sub(1).read();
                if slot != NO_SLOT {
                    caller.add(usize::from(slot)).write(value);
                }
                Resume { pc, fp: caller, left: left + 1, ticks }
            }
            PANICKED => {
                let panic = (*context).panic.take().unwrap_or_else(|| Box::new("a panic"));
                std::panic::resume_unwind(panic)
            }
            GOES_ON => {
                Resume { pc: (*context).pc, fp: (*context).frame, left: native::left(&*context), ticks }
            }
            _ => END,
        }
    }
}

/// What a call found: the callee, null where the value is known without, and what its arguments are copied with.
type Target<T> = Outcome<(*const Callee, T)>;

/// Makes the frame for a call of native code and answers the code to call in it; null leaves native code. `words` is the
/// length of the instruction.
///
/// # Safety
/// `pc` is a call in the function of the live frame `fp`, and `context` that of the `Vm` which runs it.
unsafe fn found<T>(
    context: *mut Context,
    pc: *const Word,
    fp: *mut u64,
    words: usize,
    target: impl FnOnce(&mut Vm, At) -> Target<T>,
    args: impl FnOnce(&mut Vm, At, T, *mut u64),
) -> *const u8 {
    // SAFETY: the caller's promise; what the interpreter checks before it makes a frame is checked.
    let work = || unsafe {
        let vm = &mut *(*context).vm;
        let at = At::new(pc, fp);
        let (callee, found) = match target(vm, at) {
            Ok(target) => target,
            Err(trap) => {
                vm.fail(trap, pc, fp);
                return left_with(context, ENDED);
            }
        };
        let base = fp.add(usize::from(at.field(1)));
        (*context).frame = base;
        if callee.is_null() {
            return vm.native.source.made().map_or(std::ptr::null(), Compiler::give);
        }
        let left = native::left(&*context);
        let end = base.add(usize::from((*callee).slots));
        if left <= 1 || end > vm.stack_end || vm.is_interrupted() {
            call::refused(vm, at, left);
            return left_with(context, ENDED);
        }
        args(vm, at, found, base);
        Frame::enter(base, callee, pc.add(words), fp);
        // Where the native stack ends, only the interpreter can go on.
        let room = native::has_room(&*context);
        let code = match room {
            true if !(*callee).native.is_null() => (*callee).native,
            true => vm.native_callee((*callee).index),
            false => std::ptr::null(),
        };
        if code.is_null() {
            zero_cells(base, callee);
            (*context).pc = (*callee).entry;
            // One frame more than native code has.
            (*context).left_at -= 16;
            return left_with(context, GOES_ON);
        }
        code
    };
    // SAFETY: the same.
    unsafe { guarded(context, std::ptr::null(), work) }
}

unsafe fn left_with(context: *mut Context, state: u64) -> *const u8 {
    // SAFETY: the caller's promise.
    unsafe { (*context).state = state };
    std::ptr::null()
}

/// The same for a tail call, whose frame is that of the caller.
unsafe fn found_tail<T>(
    context: *mut Context,
    pc: *const Word,
    fp: *mut u64,
    target: impl FnOnce(&mut Vm, At) -> Target<T>,
    become_it: impl FnOnce(&mut Vm, At, T) -> bool,
) -> *const u8 {
    // SAFETY: as for `found`.
    let work = || unsafe {
        let vm = &mut *(*context).vm;
        let at = At::new(pc, fp);
        let (callee, found) = match target(vm, at) {
            Ok(target) => target,
            Err(trap) => {
                vm.fail(trap, pc, fp);
                return left_with(context, ENDED);
            }
        };
        (*context).frame = fp;
        if callee.is_null() {
            return vm.native.source.made().map_or(std::ptr::null(), Compiler::give);
        }
        if !become_it(vm, at, found) {
            call::refused(vm, at, native::left(&*context));
            return left_with(context, ENDED);
        }
        let known = (*callee).native;
        let code = if known.is_null() { vm.native_callee((*callee).index) } else { known };
        if code.is_null() {
            (*context).pc = (*callee).entry;
            return left_with(context, GOES_ON);
        }
        code
    };
    // SAFETY: the same.
    unsafe { guarded(context, std::ptr::null(), work) }
}

/// What [`find_call`] and its relatives are: context, instruction, frame; the code to call or null.
pub type Found = unsafe extern "C" fn(*mut Context, *const Word, *mut u64) -> *const u8;

/// `call.*`, when the quick way is closed.
///
/// # Safety
/// Called by native code only, as all here.
pub unsafe extern "C" fn find_call(context: *mut Context, pc: *const Word, fp: *mut u64) -> *const u8 {
    // SAFETY: native code passes its context, the instruction and its frame.
    unsafe {
        let op = Opcode::from_bits(At::new(pc, fp).field(0));
        let count = match op {
            Some(Opcode::Call1) => 1,
            Some(Opcode::Call2) => 2,
            Some(Opcode::Call3) => 3,
            Some(Opcode::CallMany) => {
                let args = |_: &mut Vm, at: At, (), base| call::copy_args(at, base);
                return found(context, pc, fp, counted(pc, 1), direct, args);
            }
            _ => 0,
        };
        found(context, pc, fp, 2, direct, |_, at, (), base| {
            for i in 0..count {
                base.add(i).write(at.word(4 + i));
            }
        })
    }
}

/// The function that the instruction names.
fn direct(vm: &mut Vm, at: At) -> Target<()> {
    Ok((&raw const vm.callees[at.wide() as usize], ()))
}

/// The function of a function value.
fn of_closure(vm: &mut Vm, at: At) -> Target<*const ClosureEntry> {
    let closure = call::closure(vm, at)?;
    // SAFETY: the entry lives as long as the `Vm`.
    Ok((unsafe { (*closure).callee }, closure))
}

/// The function of a dynamic value, or none and the value of the call.
fn of_any(vm: &mut Vm, at: At) -> Target<call::Dynamic> {
    let called = call::dynamic(vm, at)?;
    vm.native.context.value = called.value.0;
    Ok((called.callee, called))
}

/// `call.closure`
///
/// # Safety
/// As for [`find_call`].
pub unsafe extern "C" fn find_closure(context: *mut Context, pc: *const Word, fp: *mut u64) -> *const u8 {
    // SAFETY: as for `find_call`.
    unsafe {
        found(context, pc, fp, counted(pc, 1), of_closure, |vm, at, closure, base| {
            call::copy_closure_args(vm, closure, at, usize::from(at.field(3)), base);
        })
    }
}

/// `call.any`
///
/// # Safety
/// As for [`find_call`].
pub unsafe extern "C" fn find_any(context: *mut Context, pc: *const Word, fp: *mut u64) -> *const u8 {
    // SAFETY: as for `find_call`.
    unsafe {
        found(context, pc, fp, counted(pc, 1), of_any, |vm, at, called, base| {
            call::copy_dynamic_args(vm, called, at, base);
        })
    }
}

/// `tail.call`
///
/// # Safety
/// As for [`find_call`].
pub unsafe extern "C" fn find_tail(context: *mut Context, pc: *const Word, fp: *mut u64) -> *const u8 {
    // SAFETY: as for `find_call`.
    unsafe {
        found_tail(context, pc, fp, direct, |vm, at, ()| {
            let callee = &raw const vm.callees[at.wide() as usize];
            call::tail(vm, at, callee)
        })
    }
}

/// `tail.call.closure`
///
/// # Safety
/// As for [`find_call`].
pub unsafe extern "C" fn find_tail_closure(
    context: *mut Context,
    pc: *const Word,
    fp: *mut u64,
) -> *const u8 {
    // SAFETY: as for `find_call`.
    unsafe { found_tail(context, pc, fp, of_closure, |vm, at, closure| call::tail_closure(vm, closure, at)) }
}

/// `tail.call.any`
///
/// # Safety
/// As for [`find_call`].
pub unsafe extern "C" fn find_tail_any(context: *mut Context, pc: *const Word, fp: *mut u64) -> *const u8 {
    // SAFETY: as for `find_call`.
    unsafe { found_tail(context, pc, fp, of_any, |vm, at, called| call::tail_dynamic(vm, called, at)) }
}

/// A function that executes one instruction: context, instruction, frame. Answers 1 when it jumps, 2 when the program ends.
pub type Helper = unsafe extern "C" fn(*mut Context, *const Word, *mut u64) -> u64;

/// Executes an instruction by a function.
///
/// # Safety
/// As for [`find_call`].
#[inline(always)]
unsafe fn execute_with(
    context: *mut Context,
    pc: *const Word,
    fp: *mut u64,
    function: impl FnOnce(&mut Vm, At) -> Outcome<()>,
) -> u64 {
    // SAFETY: as for `find_call`.
    let work = || unsafe {
        let vm = &mut *(*context).vm;
        match function(vm, At::new(pc, fp)) {
            Ok(()) => 0,
            Err(trap) => {
                vm.fail(trap, pc, fp);
                (*context).state = ENDED;
                2
            }
        }
    };
    // SAFETY: the same.
    unsafe { guarded(context, 2, work) }
}

macro_rules! helpers {
    ($($op:ident => $function:path;)*) => {
        /// The function for an instruction that is always executed out of line and goes on with the next one; `None` for
        /// others.
        pub fn helper(instr: &Instr) -> Option<Helper> {
            Some(match instr.op {
                $(Opcode::$op => {
                    unsafe extern "C" fn execute(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
                        // SAFETY: native code passes its context, the instruction and its frame.
                        unsafe { execute_with(context, pc, fp, $function) }
                    }
                    execute as Helper
                })*
                Opcode::CallRuntime => RUNTIME[usize::from(instr.word.field(1))],
                Opcode::StrEq => string_equal,
                Opcode::BrStrEq | Opcode::LoopStrEq => strings_equal,
                Opcode::BrStrNe | Opcode::LoopStrNe => strings_differ,
                _ => return None,
            })
        }
    };
}

helpers! {
    FRem => number::float_rem;
    StrLen => text::len;
    StrIndex => text::index;
    StrBytes => text::bytes;
    StrConcat => text::concat;
    StrConcatAll => text::concat_all;
    StrChar => text::char_at;
    StrSlice => text::slice;
    StrLt => text::less;
    StrLe => text::less_equal;
    ListNew => list::new;
    ListGetAny => list::get_any;
    ListSetAny => list::set_any;
    ListAppend => list::append;
    ListAppendAny => list::append_any;
    ListPushAny => list::push_any;
    ListShare => list::share;
    ListSlice => list::slice;
    ListConcat => list::concat;
    MapNew => map::new;
    MapGetInt => map::get_int;
    MapGet => map::get;
    MapGetOr => map::get_or;
    MapHasInt => map::has_int;
    MapHas => map::has;
    MapSet => map::set;
    MapSetAny => map::set_any;
    MapKeys => map::keys;
    StructNew => object::new_struct;
    BigAdd => big::add;
    BigSub => big::sub;
    BigMul => big::mul;
    BigDiv => big::div;
    BigRem => big::rem;
    UnboxStr => dynamic::unbox_str;
    Is => dynamic::is;
    RefNew => object::new_ref;
    ClosureNew => object::new_closure;
}

/// `str.eq` of two long strings.
///
/// # Safety
/// As for [`find_call`].
unsafe extern "C" fn string_equal(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `find_call`.
    unsafe {
        execute_with(context, pc, fp, |vm, at| {
            at.set(u64::from(text::equal(vm, at.cell(2), at.cell(3))));
            Ok(())
        })
    }
}

/// The jumps on two long strings.
///
/// # Safety
/// As for [`find_call`].
unsafe extern "C" fn strings_equal(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `find_call`.
    let work = || unsafe {
        let at = At::new(pc, fp);
        u64::from(text::equal(&*(*context).vm, at.cell(1), at.cell(2)))
    };
    // SAFETY: the same.
    unsafe { guarded(context, 2, work) }
}

/// # Safety
/// As for [`find_call`].
unsafe extern "C" fn strings_differ(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `find_call`.
    match unsafe { strings_equal(context, pc, fp) } {
        leave @ 2.. => leave,
        equal => 1 - equal,
    }
}

/// `call.rt` of the runtime function with this number.
///
/// # Safety
/// As for [`find_call`].
unsafe extern "C" fn call_runtime<const NUMBER: usize>(
    context: *mut Context,
    pc: *const Word,
    fp: *mut u64,
) -> u64 {
    // SAFETY: as for `find_call`.
    unsafe { execute_with(context, pc, fp, call::runtime::<NUMBER>) }
}

macro_rules! runtime_helpers {
    ($($(#[$meta:meta])* $name:ident($($param:ident),*) -> $result:ident [$($effect:ident),*];)*) => {
        /// The function for `call.rt` of each runtime function, in table order.
        static RUNTIME: [Helper; RuntimeFn::ALL.len()] = [$(call_runtime::<{ RuntimeFn::$name as usize }>,)*];
    };
}
for_each_runtime_fn!(runtime_helpers);
