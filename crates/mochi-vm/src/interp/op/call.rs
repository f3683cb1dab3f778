//! Calls that are not simple, and the ends of programs.

use mochi_abi::layout::WORDS;
use mochi_abi::{Arena, Cell, RuntimeFn, TrapKind, for_each_runtime_fn};
use mochi_runtime::rows;
use mochi_runtime::trap::{Outcome, Trap};

use super::super::at::At;
use super::super::zero_cells;
use super::safepoint;
use crate::code::NO_SLOT;
use crate::frame::Callee;
use crate::vm::{ClosureEntry, Vm};

/// Ends the run: a call or jump found that it may not go on.
#[cold]
#[inline(never)]
pub fn refused(vm: &mut Vm, at: At, left: u64) {
    if vm.is_interrupted() {
        return interrupted(vm, at);
    }
    // The depth that was reached: less than the limit when the stack is full of large frames.
    let depth = u64::from(vm.limits.max_depth) + 1 - left;
    let trap = Trap::new(TrapKind::StackOverflow, format!("call stack exceeded {depth} frames"));
    // SAFETY: `At::new`.
    unsafe { vm.fail(trap, at.pc(), at.fp()) }
}

/// Ends the run: somebody outside asked for it.
#[cold]
#[inline(never)]
pub fn interrupted(vm: &mut Vm, at: At) {
    let trap = Trap::new(TrapKind::Interrupt, "interrupted");
    // SAFETY: `At::new`.
    unsafe { vm.fail(trap, at.pc(), at.fp()) }
}

/// `trap`
#[cold]
#[inline(never)]
pub fn trap(vm: &mut Vm, at: At) {
    let kind = TrapKind::ALL[usize::from(at.field(1))];
    let trap = Trap::new(kind, &*vm.program.strs[at.wide() as usize]);
    // SAFETY: `At::new`.
    unsafe { vm.fail(trap, at.pc(), at.fp()) }
}

/// `call.rt` of the runtime function with this number. Each has code of its own, which knows effects and arguments.
pub fn runtime<const NUMBER: usize>(vm: &mut Vm, at: At) -> Outcome<()> {
    const MOST: usize = 8;
    let count = const {
        let count = RuntimeFn::ALL[NUMBER].params().len();
        assert!(count <= MOST);
        count
    };
    if const { RuntimeFn::ALL[NUMBER].effects().allocates } {
        safepoint(vm, at)?;
    }
    let mut args = [0; MOST];
    for (i, arg) in args[..count].iter_mut().enumerate() {
        *arg = at.word(5 + i);
    }
    let result = rows::call(&mut vm.runtime, RuntimeFn::ALL[NUMBER], &args[..count])?;
    let slot = at.field(4 * (count + 2).div_ceil(4) + 3);
    if slot != NO_SLOT {
        // SAFETY: the result slot of the call lies in the frame.
        unsafe { at.fp().add(usize::from(slot)).write(result) };
    }
    Ok(())
}

macro_rules! runtime_calls {
    ($($(#[$meta:meta])* $name:ident($($param:ident),*) -> $result:ident [$($effect:ident),*];)*) => {
        /// `call.rt` of each runtime function, in table order.
        pub static RUNTIME: [fn(&mut Vm, At) -> Outcome<()>; RuntimeFn::ALL.len()] =
            [$(runtime::<{ RuntimeFn::$name as usize }>,)*];
    };
}
for_each_runtime_fn!(runtime_calls);

/// Copies the arguments of a call to a new frame, which the checks of the call found to fit.
#[inline(never)]
pub fn copy_args(at: At, base: *mut u64) {
    for (i, word) in at.listed().enumerate() {
        // SAFETY: the callee has as many parameters, which are its first slots (rule B007).
        unsafe { base.add(i).write(word) };
    }
}

/// The callee of a function value.
#[inline(never)]
pub fn closure(vm: &mut Vm, at: At) -> Outcome<*const ClosureEntry> {
    let cell = at.cell(2);
    if cell.is_none() {
        return Err(Trap::new(TrapKind::Call, "cannot call none"));
    }
    Ok(&vm.closures[vm.runtime.heap.payload(cell) as usize])
}

/// How a dynamic value is called.
#[derive(Clone, Copy)]
pub struct Dynamic {
    /// The function that is entered; null when there are too few arguments to call it.
    pub callee: *const Callee,
    /// How function values like it are called; null when the callee gets the value and calls it.
    closure: *const ClosureEntry,
    /// The function value; without a callee the result of the call, which waits for the rest of the arguments.
    pub value: Cell,
    /// A list of arguments that go before those of the call; none for no list.
    before: Cell,
}

/// The callee of a dynamic value, when it takes the arguments given.
#[inline(never)]
pub fn dynamic(vm: &mut Vm, at: At) -> Outcome<Dynamic> {
    let cell = at.cell(2);
    let heap = &vm.runtime.heap;
    if cell.arena() != Some(Arena::Closure) {
        return Err(Trap::new(TrapKind::Call, format!("cannot call {}", heap.type_name(cell))));
    }
    let (function, before) = heap.partial(cell).unwrap_or((cell, Cell::NONE));
    let has = if before.is_none() { 0 } else { heap.list_len(before) };
    let entry = &vm.closures[heap.payload(function) as usize];
    // SAFETY: the callees of a `Vm` live as long as it does.
    let callee = unsafe { &*entry.callee };
    let f = &vm.program.funcs[callee.index as usize];
    if !f.dynamic && entry.uniform.is_null() {
        return Err(Trap::new(TrapKind::Call, format!("cannot call {} dynamically", f.name)));
    }
    let wants = usize::from(callee.params - entry.raw - entry.cells) - has;
    if at.count() > wants {
        let s = if wants == 1 { "" } else { "s" };
        return Err(Trap::operand(&f.name, format!("{wants} argument{s}")));
    }
    if at.count() < wants {
        return waiting(vm, at, cell);
    }
    Ok(match f.dynamic {
        true => Dynamic { callee, closure: entry, value: function, before },
        false => Dynamic { callee: entry.uniform, closure: std::ptr::null(), value: function, before },
    })
}

/// The call of a function value with too few arguments: a function of the rest.
#[cold]
#[inline(never)]
fn waiting(vm: &mut Vm, at: At, cell: Cell) -> Outcome<Dynamic> {
    let value = match at.count() {
        0 => cell,
        _ => {
            safepoint(vm, at)?;
            vm.runtime.heap.alloc_partial(cell, at.listed())?
        }
    };
    Ok(Dynamic { callee: std::ptr::null(), closure: std::ptr::null(), value, before: Cell::NONE })
}

/// Copies the arguments of a call of a dynamic value to a new frame, with what its callee wants before them.
#[inline(never)]
pub fn copy_dynamic_args(vm: &Vm, called: Dynamic, at: At, base: *mut u64) {
    if !called.before.is_none() {
        return copy_all_args(vm, called, at, base);
    }
    if called.closure.is_null() {
        // SAFETY: the callee has one more parameter than there are arguments, all of them cells (rule B007).
        unsafe { base.write(called.value.0) };
        return copy_args(at, base.wrapping_add(1));
    }
    copy_closure_args(vm, called.closure, at, 0, base);
}

/// The same where the function value waited for the arguments of the call: those that it had go before them.
#[cold]
#[inline(never)]
fn copy_all_args(vm: &Vm, called: Dynamic, at: At, base: *mut u64) {
    let heap = &vm.runtime.heap;
    let captured = match called.closure.is_null() {
        true => std::slice::from_ref(&called.value.0),
        false => heap.words(called.value),
    };
    let had = (0..heap.list_len(called.before)).map(|i| heap.list_word(called.before, i));
    for (i, word) in captured.iter().copied().chain(had).chain(at.listed()).enumerate() {
        // SAFETY: the callee has as many parameters: what was captured, raw words first, and its arguments, all of them
        // cells; or the value and its arguments.
        unsafe { base.add(i).write(word) };
    }
}

/// Copies what a function value captured and the arguments of the call, of which the first `raw` are raw, to a new
/// frame that fits: captured raw words, raw arguments, captured cells, cell arguments.
#[inline(never)]
pub fn copy_closure_args(vm: &Vm, closure: *const ClosureEntry, at: At, raw: usize, base: *mut u64) {
    let cell: Cell = at.cell(2);
    // SAFETY: the entry lives as long as the `Vm`; the function value is live, so its words are those that its function
    // captures, and the callee has as many parameters as there are captured values and arguments (by its type).
    unsafe {
        let (raw_captures, cell_captures) = (usize::from((*closure).raw), usize::from((*closure).cells));
        let captured = vm.heap_base.add(cell.index() as usize * 8 + WORDS).cast::<u64>();
        let mut to = base;
        let mut args = at.listed();
        for i in 0..raw_captures {
            to.write(captured.add(i).read());
            to = to.add(1);
        }
        for word in args.by_ref().take(raw) {
            to.write(word);
            to = to.add(1);
        }
        for i in raw_captures..raw_captures + cell_captures {
            to.write(captured.add(i).read());
            to = to.add(1);
        }
        for word in args {
            to.write(word);
            to = to.add(1);
        }
    }
}

/// `tail.call`: makes this frame one of the callee. Whether it fits.
#[inline(never)]
pub fn tail(vm: &mut Vm, at: At, callee: *const Callee) -> bool {
    let free = at.fp().wrapping_add(usize::from(at.field(1)));
    // Between the end of this frame and the end of the slack there is room for the arguments of any call.
    copy_args(at, free);
    become_callee(vm, at, callee, free)
}

/// `tail.call.closure`: makes this frame one of the callee. Whether it fits.
#[inline(never)]
pub fn tail_closure(vm: &mut Vm, closure: *const ClosureEntry, at: At) -> bool {
    let free = at.fp().wrapping_add(usize::from(at.field(1)));
    copy_closure_args(vm, closure, at, usize::from(at.field(3)), free);
    // SAFETY: the entry lives as long as the `Vm`.
    become_callee(vm, at, unsafe { (*closure).callee }, free)
}

/// `tail.call.any`: makes this frame one of the callee. Whether it fits.
#[inline(never)]
pub fn tail_dynamic(vm: &mut Vm, called: Dynamic, at: At) -> bool {
    let free = at.fp().wrapping_add(usize::from(at.field(1)));
    copy_dynamic_args(vm, called, at, free);
    become_callee(vm, at, called.callee, free)
}

/// Moves arguments to the start of the frame, whose header but for the function stays.
fn become_callee(vm: &mut Vm, at: At, callee: *const Callee, args: *const u64) -> bool {
    let base = at.fp();
    // SAFETY: callees live as long as the `Vm`; `args` holds the parameters, and the frame of the callee fits.
    unsafe {
        let fits = base.add(usize::from((*callee).slots)) <= vm.stack_end;
        if !fits || vm.is_interrupted() {
            return false;
        }
        std::ptr::copy(args, base, usize::from((*callee).params));
        base.sub(1).write(callee as u64);
        zero_cells(base, callee);
    }
    true
}
