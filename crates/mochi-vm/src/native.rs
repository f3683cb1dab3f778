//! Where native code made at run time meets the interpreter.
//!
//! A [`Compiler`] makes code of functions; nothing here knows how. Native code works on the same frames as the interpreter
//! and keeps in them whatever anybody else may look at: the headers, all cells, and before every call or instruction out of
//! line all raw slots that are live. So it can be left for the interpreter at each of these places, which is what happens when
//! a function cannot be compiled, the native stack ends, or the program does: the native stack is dropped as a whole.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mochi_abi::native as fields;
use mochi_runtime::heap::buffer::Account;

use crate::code::{Program, Word};
use crate::frame::{Callee, Frame};
use crate::interp;
use crate::seen::Seen;
use crate::vm::{ClosureEntry, Vm};

pub use crate::interp::found::{
    Found, Helper, find_any, find_call, find_closure, find_tail, find_tail_any, find_tail_closure, helper,
};

/// What native code carries in a register. The first fields are those of [`mochi_abi::native`].
#[derive(Debug)]
#[repr(C)]
pub struct Context {
    interrupt: AtomicU64,
    heap: *mut u8,
    globals: *mut u64,
    strs: *const u64,
    stack_end: *mut u64,
    lowest: u64,
    depth: u64,
    floor: u64,
    pub(crate) left_at: u64,
    pub(crate) frame: *mut u64,
    resolve: unsafe extern "C" fn(*mut Context, *mut u64) -> *const u8,
    entered: u64,
    pub(crate) state: u64,
    pub(crate) value: u64,
    variants: *const i64,
    closures: *const ClosureEntry,
    account: *mut Account,
    /// The program that runs.
    pub(crate) vm: *mut Vm,
    /// Where the interpreter goes on.
    pub(crate) pc: *const Word,
    /// What Rust that native code called panicked with.
    pub(crate) panic: Option<Box<dyn Any + Send>>,
}

impl Context {
    /// The word that is not 0 when somebody wants the program to end.
    pub(crate) fn interrupt(&self) -> *const AtomicU64 {
        &raw const self.interrupt
    }
    #[inline(always)]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) != 0
    }
}

const _: () = {
    assert!(std::mem::offset_of!(Context, interrupt) == fields::INTERRUPT);
    assert!(std::mem::offset_of!(Context, heap) == fields::HEAP);
    assert!(std::mem::offset_of!(Context, globals) == fields::GLOBALS);
    assert!(std::mem::offset_of!(Context, strs) == fields::STRS);
    assert!(std::mem::offset_of!(Context, stack_end) == fields::STACK_END);
    assert!(std::mem::offset_of!(Context, lowest) == fields::LOWEST);
    assert!(std::mem::offset_of!(Context, depth) == fields::DEPTH);
    assert!(std::mem::offset_of!(Context, floor) == fields::FLOOR);
    assert!(std::mem::offset_of!(Context, left_at) == fields::LEFT_AT);
    assert!(std::mem::offset_of!(Context, frame) == fields::FRAME);
    assert!(std::mem::offset_of!(Context, resolve) == fields::RESOLVE);
    assert!(std::mem::offset_of!(Context, entered) == fields::ENTERED);
    assert!(std::mem::offset_of!(Context, state) == fields::STATE);
    assert!(std::mem::offset_of!(Context, value) == fields::VALUE);
    assert!(std::mem::offset_of!(Context, variants) == fields::VARIANTS);
    assert!(std::mem::offset_of!(Context, closures) == fields::CLOSURES);
    assert!(std::mem::offset_of!(Context, account) == fields::ACCOUNT);
    assert!(std::mem::offset_of!(ClosureEntry, callee) == fields::CLOSURE_CALLEE);
    assert!(std::mem::offset_of!(ClosureEntry, raw) == fields::CLOSURE_RAW);
    assert!(std::mem::offset_of!(ClosureEntry, cells) == fields::CLOSURE_CELLS);
    assert!(size_of::<ClosureEntry>() == fields::CLOSURE_SIZE);
    assert!(std::mem::offset_of!(Callee, slots) == fields::CALLEE_SLOTS);
    assert!(std::mem::offset_of!(Callee, native) == fields::CALLEE_NATIVE);
};

/// [`Context::state`]: the function returned.
pub(crate) const RETURNED: u64 = 0;
/// The run ended with an error.
pub(crate) const ENDED: u64 = 1;
/// The interpreter goes on.
pub(crate) const GOES_ON: u64 = 2;
/// Rust panicked.
pub(crate) const PANICKED: u64 = 3;

/// Does what native code asks of Rust. Nothing can unwind through native code, so a panic leaves it, with `leave` as the
/// answer, and goes on where native code was entered.
///
/// # Safety
/// Called for native code, with the context that it passes.
pub(crate) unsafe fn guarded<T>(context: *mut Context, leave: T, work: impl FnOnce() -> T) -> T {
    match std::panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer,
        Err(panic) => {
            // SAFETY: the context lives as long as its `Vm`, which waits for native code to end.
            unsafe {
                (*context).panic = Some(panic);
                (*context).state = PANICKED;
            }
            leave
        }
    }
}

/// From Rust into native code: context, frame, code, how many frames are left.
pub type Enter = unsafe extern "C" fn(*mut Context, *mut u64, *const u8, u64) -> u64;

/// A program that is compiled.
#[derive(Debug)]
pub struct Subject<'a> {
    /// It.
    pub program: &'a Program,
    /// What it did so far.
    pub seen: &'a Seen,
    /// Its functions, whose entries of native code the compiler fills.
    pub callees: &'a mut [Callee],
}

/// Makes native code.
pub trait Compiler {
    /// How native code is entered.
    fn enter(&self) -> Enter;
    /// The code of a function, made now if there was none; null when there cannot be. What native code returns to is
    /// among the words of `stack`; everything else may go.
    fn function(&mut self, subject: Subject<'_>, index: u32, stack: &[u64]) -> *const u8;
    /// Whether there is so little room that a function is compiled only when it is hot, whoever calls it.
    fn waits_for_heat(&self, index: u32) -> bool;
    /// The code that goes on in a function at the start of a loop, a word counted from the function's; null for none.
    fn loop_start(&mut self, subject: Subject<'_>, index: u32, at: u32) -> *const u8;
    /// The code that returns what [`Context::value`] has.
    fn give(&self) -> *const u8;
    /// Forgets all code: the program changes.
    fn forget(&mut self);
    /// What was compiled so far, forgotten code included; nothing if nobody counts.
    fn effort(&self) -> Effort {
        Effort::default()
    }
}

/// What a compiler did.
#[derive(Clone, Copy, Default, Debug)]
pub struct Effort {
    /// Functions that it made code of.
    pub functions: u64,
    /// Their instructions.
    pub instructions: u64,
    /// Bytes of code.
    pub bytes: u64,
    /// The processor's time that it took.
    pub time: Duration,
}

/// When functions are compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tiering {
    /// Before they run for the first time.
    Always,
    /// When they have been so hot: jumps back, a call counting for four.
    After(u32),
}

/// Bytes below the native stack pointer of what was left, with the return address of what it called to look for a function.
/// It is below its frame pointer; on aarch64 below another native frame.
const RETURNS_BELOW: u64 = if cfg!(target_arch = "aarch64") { 24 } else { 16 };

/// What a call counts, in jumps back.
pub(crate) const CALL_TICKS: i64 = 4;

/// Jumps back between two looks at what is hot and at who wants the program to end. A prime, since loops have periods.
pub(crate) const PERIOD: i64 = 61;

/// Makes a compiler; `None` where the system does not allow it.
pub type Maker = Box<dyn FnOnce() -> Option<Box<dyn Compiler>>>;

/// The compiler of a program. Most programs that start never run hot, and do not pay for one.
pub(crate) enum Source {
    /// There is none.
    None,
    /// It is made at the first function.
    Later(Maker),
    /// It is there.
    Made(Box<dyn Compiler>),
}

impl Source {
    /// The compiler, made now if it is not there yet.
    pub fn compiler(&mut self) -> Option<&mut dyn Compiler> {
        if let Source::Later(_) = self {
            let Source::Later(make) = std::mem::replace(self, Source::None) else { return None };
            *self = make().map_or(Source::None, Source::Made);
        }
        match self {
            Source::Made(compiler) => Some(compiler.as_mut()),
            Source::None | Source::Later(_) => None,
        }
    }

    /// The compiler, if it is there; where there is native code, it is.
    pub fn made(&self) -> Option<&dyn Compiler> {
        match self {
            Source::Made(compiler) => Some(compiler.as_ref()),
            Source::None | Source::Later(_) => None,
        }
    }
}

/// The compiler of a program, and what native code of it needs.
pub(crate) struct Native {
    pub source: Source,
    pub tiering: Tiering,
    pub context: Box<Context>,
    /// Bytes of the thread's stack that native code may use.
    pub stack: usize,
}

impl Native {
    pub fn none() -> Native {
        Native {
            source: Source::None,
            tiering: Tiering::After(0),
            context: Box::new(Context {
                interrupt: AtomicU64::new(0),
                heap: std::ptr::null_mut(),
                globals: std::ptr::null_mut(),
                strs: std::ptr::null(),
                stack_end: std::ptr::null_mut(),
                lowest: 0,
                depth: 0,
                floor: 0,
                left_at: 0,
                frame: std::ptr::null_mut(),
                resolve,
                entered: 0,
                state: 0,
                value: 0,
                variants: std::ptr::null(),
                closures: std::ptr::null(),
                account: std::ptr::null_mut(),
                vm: std::ptr::null_mut(),
                pc: std::ptr::null(),
                panic: None,
            }),
            stack: 0,
        }
    }
}

impl Vm {
    /// Lets functions be compiled, by a compiler that is made at the first of them. Native code may use so many bytes of the
    /// stack of the thread that runs the program.
    pub fn compile_with(&mut self, make: Maker, tiering: Tiering, stack: usize) {
        self.native.source = Source::Later(make);
        self.native.tiering = tiering;
        self.native.stack = stack;
    }

    /// What was compiled so far; `None` without a compiler.
    pub fn compiled(&self) -> Option<Effort> {
        match &self.native.source {
            Source::None => None,
            Source::Later(_) => Some(Effort::default()),
            Source::Made(compiler) => Some(compiler.effort()),
        }
    }

    /// Makes the context that of this `Vm`, which does not move while the program runs.
    pub(crate) fn prepare_native(&mut self) {
        let mark = 0u8;
        let floor = (std::hint::black_box(&raw const mark) as u64).saturating_sub(self.native.stack as u64);
        let vm: *mut Vm = self;
        let context = &mut *self.native.context;
        context.heap = self.heap_base;
        context.globals = self.globals.as_mut_ptr();
        context.strs = self.strs.as_ptr();
        context.variants = self.variants.as_ptr();
        context.closures = self.closures.as_ptr();
        context.account = &raw mut self.runtime.heap.account;
        context.stack_end = self.stack_end;
        context.floor = floor;
        context.vm = vm;
    }

    /// The code of a function, while no native code waits for anything.
    pub(crate) fn native_function(&mut self, index: u32) -> *const u8 {
        let Vm { native, program, callees, seen, .. } = self;
        let Some(compiler) = native.source.compiler() else { return std::ptr::null() };
        compiler.function(Subject { program, seen, callees }, index, &[])
    }

    /// The code of a function that native code calls; null when the interpreter has to go on.
    ///
    /// # Safety
    /// Native code has been left at [`Context::left_at`] and waits.
    pub(crate) unsafe fn native_callee(&mut self, index: u32) -> *const u8 {
        let waits = self.native.source.made().is_some_and(|compiler| compiler.waits_for_heat(index));
        if waits && !self.is_hot(index, CALL_TICKS as u32) {
            return std::ptr::null();
        }
        let Vm { native, program, callees, seen, .. } = self;
        let Some(compiler) = native.source.compiler() else { return std::ptr::null() };
        // What was left may have called what looks for the function.
        let bottom = native.context.left_at - RETURNS_BELOW;
        let words = (native.context.entered - bottom) / 8;
        // SAFETY: the native stack from there to where native code was entered is live, and nobody writes to it while
        // the code on it waits.
        let stack = unsafe { std::slice::from_raw_parts(bottom as *const u64, words as usize) };
        compiler.function(Subject { program, seen, callees }, index, stack)
    }

    /// Counts the heat of a function that runs; whether it is now so hot that it is compiled.
    pub(crate) fn is_hot(&mut self, index: u32, ticks: u32) -> bool {
        if let Source::None = self.native.source {
            return false;
        }
        let Tiering::After(threshold) = self.native.tiering else { return true };
        let heat = &mut self.callees[index as usize].heat;
        *heat = heat.saturating_add(ticks);
        *heat >= threshold
    }
}

/// How many frames are left to the function that native code was left in.
pub(crate) fn left(context: &Context) -> u64 {
    (context.left_at.wrapping_sub(context.depth) / 16).wrapping_add(1)
}

/// Whether the native stack has room for one more function.
pub(crate) fn has_room(context: &Context) -> bool {
    context.left_at > context.floor
}

/// Makes code for the function of a frame that is made but for its cells; null when the interpreter has to go on.
///
/// # Safety
/// Called by native code only.
unsafe extern "C" fn resolve(context: *mut Context, frame: *mut u64) -> *const u8 {
    // SAFETY: native code passes its context, whose `Vm` runs it, and a frame that is live.
    let work = || unsafe {
        let vm = &mut *(*context).vm;
        let callee: *const Callee = Frame { base: frame }.callee();
        let code = vm.native_callee((*callee).index);
        if code.is_null() {
            interp::zero_cells(frame, callee);
            (*context).state = GOES_ON;
            (*context).frame = frame;
            (*context).pc = (*callee).entry;
        }
        code
    };
    // SAFETY: the same.
    unsafe { guarded(context, std::ptr::null(), work) }
}

/// Executes an instruction that is no call and no return. Answers 1 when it jumps, 2 when the program ends.
///
/// # Safety
/// Called by native code only.
pub unsafe extern "C" fn step(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `resolve`; the instruction is one of the frame's function.
    let work = || unsafe {
        let next = interp::run::<false>(&mut *(*context).vm, pc, fp, 0);
        if next.is_null() {
            (*context).state = ENDED;
            return 2;
        }
        u64::from(next != pc.add(1))
    };
    // SAFETY: the same.
    unsafe { guarded(context, 2, work) }
}

/// Leaves native code before an instruction, which the interpreter executes.
///
/// # Safety
/// Called by native code only.
pub unsafe extern "C" fn go_on(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `step`.
    unsafe {
        (*context).state = GOES_ON;
        (*context).frame = fp;
        (*context).pc = pc;
    }
    2
}

/// Zeroes the cells of a new frame.
///
/// # Safety
/// Called by native code only.
pub unsafe extern "C" fn zero_cells(_: *mut Context, _: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `step`.
    unsafe { interp::zero_cells(fp, Frame { base: fp }.callee()) };
    0
}

/// Ends the run where a loop found that somebody wants it to.
///
/// # Safety
/// Called by native code only.
pub unsafe extern "C" fn interrupted(context: *mut Context, pc: *const Word, fp: *mut u64) -> u64 {
    // SAFETY: as for `step`.
    let work = || unsafe {
        interp::interrupted(&mut *(*context).vm, pc, fp);
        (*context).state = ENDED;
        2
    };
    // SAFETY: the same.
    unsafe { guarded(context, 2, work) }
}
