//! A program that is ready to run, and its run.

use std::fmt;
use std::sync::Arc;

use mochi_abi::{Cell, ElemKind, TrapKind};
use mochi_runtime::Runtime;
use mochi_runtime::heap::reserve::Range;
use mochi_runtime::trap::{Outcome, Trap};

use crate::code::{Closure, FRAME_HEADER, Program, Word, zero_word};
use crate::frame::{Callee, Frame};
use crate::instr::Opcode;
use crate::interp;
use crate::interrupt::{Following, Interrupt, Interrupter};
use crate::native::{Native, Source, Tiering};
use crate::seen::Seen;
use crate::trace::Trace;

/// Most frames by default.
pub const DEFAULT_MAX_DEPTH: u32 = 1 << 20;

/// How far a program may go. Memory is limited by the heap of the [`Runtime`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Most frames.
    pub max_depth: u32,
    /// Most bytes of stack.
    pub max_stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_depth: DEFAULT_MAX_DEPTH, max_stack: 4 << 30 }
    }
}

/// A run-time error that ended the program.
#[derive(Clone, PartialEq, Debug)]
pub struct RuntimeError {
    /// What went wrong.
    pub kind: TrapKind,
    /// The message.
    pub message: String,
    /// Where.
    pub trace: Trace,
}

/// How function values of one function are called.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct ClosureEntry {
    pub callee: *const Callee,
    /// [`Closure::uniform`](crate::code::Closure::uniform); null for none.
    pub uniform: *const Callee,
    /// Captured raw words, which come first.
    pub raw: u16,
    /// Captured cells.
    pub cells: u16,
    /// The one value of a function that captures nothing, once it is made.
    pub made: Option<Cell>,
}

/// A program with its memory.
pub struct Vm {
    pub(crate) callees: Vec<Callee>,
    /// Where the code was when the callees were made.
    words: *const Word,
    pub(crate) globals: Vec<u64>,
    /// String constants; 0 until made.
    pub(crate) strs: Vec<u64>,
    pub(crate) closures: Vec<ClosureEntry>,
    /// By shape: position of the variant.
    pub(crate) variants: Vec<i64>,
    /// One past the last word that a frame may use.
    pub(crate) stack_end: *mut u64,
    pub(crate) heap_base: *mut u8,
    /// Lets the word in the context of `native` follow; before that, as it is dropped first.
    interrupt: Following,
    pub(crate) error: Option<RuntimeError>,
    pub(crate) limits: Limits,
    pub(crate) program: Arc<Program>,
    pub(crate) native: Native,
    pub(crate) seen: Seen,
    /// The outside and the objects of the program.
    pub runtime: Runtime,
    stack: Range,
}

fn closure_entry(closure: &Closure, callees: &[Callee]) -> ClosureEntry {
    let raw = closure.raw_captures();
    let callee = &raw const callees[closure.func as usize];
    let uniform = closure.uniform.map_or(std::ptr::null(), |f| &raw const callees[f as usize]);
    ClosureEntry { callee, uniform, raw, cells: closure.captures.len() as u16 - raw, made: None }
}

/// Where the outermost function returns to: a word with its result slot, then the end.
static RETURN_TO_HALT: [Word; 2] = [Word::fields([0, 0, 0, 0]), Word::instr(Opcode::Halt, 0, 0, 0)];

/// Stack kept free beyond the last frame, for the arguments of calls that turn out not to fit.
const STACK_SLACK: usize = (u16::MAX as usize + 1 + FRAME_HEADER as usize) * 8;

impl Vm {
    /// Makes a program ready to run. Traps: the system grants no memory.
    ///
    /// The program must obey the rules of [`check`](crate::check), as everything does that `mochi-emit` makes; debug
    /// builds panic when it does not.
    /// Several programs may run the same code at the same time.
    pub fn new(program: impl Into<Arc<Program>>, runtime: Runtime, limits: Limits) -> Outcome<Vm> {
        let program = program.into();
        let stack =
            Range::reserve(limits.max_stack.saturating_add(STACK_SLACK)).ok_or_else(|| Trap::memory(0))?;
        let room = stack.len() - STACK_SLACK;
        let native = Native::none();
        // SAFETY: the context lives as long as `native`, which is dropped after what follows.
        let interrupt = unsafe { Interrupter::default().follow(native.context.interrupt()) };
        let mut vm = Vm {
            callees: Vec::new(),
            words: std::ptr::null(),
            globals: Vec::new(),
            strs: Vec::new(),
            closures: Vec::new(),
            variants: Vec::new(),
            stack_end: stack.base().wrapping_add(room).cast(),
            heap_base: runtime.heap.base(),
            interrupt,
            error: None,
            limits,
            program,
            native,
            seen: Seen::default(),
            runtime,
            stack,
        };
        vm.follow_program()?;
        Ok(vm)
    }

    /// Changes the program between two runs. What is added gets the next numbers; code may be removed from the end if
    /// nothing can call it any more. Without an entry the program must not be run. Traps: no memory.
    pub fn change_program<T>(&mut self, change: impl FnOnce(&mut Program) -> T) -> Outcome<T> {
        // Nobody else has a program that grows.
        if let Source::Made(compiler) = &mut self.native.source {
            compiler.forget();
            self.callees.iter_mut().for_each(|callee| callee.native = std::ptr::null());
        }
        let result = change(Arc::make_mut(&mut self.program));
        self.follow_program()?;
        Ok(result)
    }

    /// Makes the tables those of the program.
    fn follow_program(&mut self) -> Outcome<()> {
        let Vm { program, runtime, .. } = self;
        let may_run = (program.entry as usize) < program.funcs.len();
        if cfg!(debug_assertions) && may_run {
            let violations = crate::check::check(program);
            let listing = || crate::print::print(program);
            assert!(violations.is_empty(), "malformed bytecode: {violations:#?}\n{}", listing());
        }
        let words = program.words.as_ptr();
        // Only what is new costs time, unless the code or the table of callees had to move.
        if words != self.words || program.funcs.len() > self.callees.capacity() {
            self.callees.clear();
            self.callees.reserve(program.funcs.len());
        }
        self.words = words;
        self.seen.clear();
        // The last one may be another function than before.
        let known = program.funcs.len().min(self.callees.len().saturating_sub(1));
        self.callees.truncate(known);
        let new = (known as u32..).zip(&program.funcs[known..]);
        self.callees.extend(new.map(|(index, f)| Callee::new(index, f, words)));
        runtime.heap.types.register(&program.types);
        runtime.heap.types.register_maps(&program.map_types);
        for shape in &program.shapes[self.variants.len()..] {
            runtime.heap.register_struct(&shape.name, &shape.fields)?;
            self.variants.push(shape.variant.map_or(-1, i64::from));
        }
        self.closures.truncate(program.closures.len());
        let known_closures = self.closures.len();
        for (index, closure) in (known_closures as u32..).zip(&program.closures[known_closures..]) {
            runtime.heap.register_closure(index, &closure.captures, closure.ty, closure.adapter);
        }
        if known == 0 {
            for (entry, closure) in self.closures.iter_mut().zip(&program.closures) {
                *entry = ClosureEntry { made: entry.made, ..closure_entry(closure, &self.callees) };
            }
        }
        let new = program.closures[known_closures..].iter();
        self.closures.extend(new.map(|closure| closure_entry(closure, &self.callees)));
        let new = program.globals.iter().skip(self.globals.len());
        self.globals.extend(new.map(|&kind| zero_word(kind)));
        self.strs.resize(program.strs.len(), 0);
        Ok(())
    }

    /// What calls of function values called so far.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }
    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }
    /// A handle that can end the run.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupt.interrupter.clone()
    }

    /// Lets what ends another program end this one.
    pub fn interrupt_with(&mut self, interrupter: &Interrupter) {
        // SAFETY: as in `new`.
        self.interrupt = unsafe { interrupter.follow(self.native.context.interrupt()) };
    }
    /// Whether somebody wants the run to end.
    #[inline(always)]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.native.context.is_interrupted()
    }

    /// Runs the entry function to its end. It may be called again: globals and objects stay.
    pub fn run(&mut self) -> Result<(), RuntimeError> {
        self.prepare_native();
        let entry = self.program.entry;
        if self.native.tiering == Tiering::Always {
            self.native_function(entry);
        }
        let callee: *const Callee = &self.callees[entry as usize];
        let bottom: *mut u64 = self.stack.base().cast();
        let base = bottom.wrapping_add(1 + usize::from(FRAME_HEADER));
        // SAFETY: the stack has room for the bottom slot, which takes the result, and for the first frame, which is at
        // most as large as the slack. The program obeys the rules of `check`, by the promise of `new`.
        unsafe {
            Frame::enter(base, callee, RETURN_TO_HALT.as_ptr().add(1), bottom);
            let zeroed = base.add(usize::from((*callee).zero_start));
            zeroed.write_bytes(0, usize::from((*callee).zero_len));
            interp::start(self, callee, base);
        }
        self.error.take().map_or(Ok(()), Err)
    }

    /// Sets a global to the word of a variable that was never assigned, so that it keeps nothing alive.
    pub fn clear_global(&mut self, index: usize) {
        self.globals[index] = zero_word(self.program.globals[index]);
    }
    /// The word of a global.
    pub fn global(&self, index: usize) -> u64 {
        self.globals[index]
    }

    /// Collects garbage while the frame at `top` is the innermost.
    ///
    /// # Safety
    /// The frame is live, and so are all its callers'.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn collect(&mut self, top: *mut u64) -> Outcome<()> {
        let Vm { runtime, program, globals, strs, closures, stack, .. } = self;
        let bottom: *mut u64 = stack.base().cast();
        runtime.collect(|marker| {
            let mut frame = Frame { base: top };
            while frame.base != bottom {
                // SAFETY: live frames, by the caller's promise; their cell slots are in the frame and always hold
                // cells, being zeroed on entry.
                unsafe {
                    let callee = frame.callee();
                    let (start, end) = (usize::from(callee.cells_start), usize::from(callee.cells_end));
                    marker
                        .cells(std::slice::from_raw_parts(frame.base.add(start).cast::<Cell>(), end - start));
                    frame = frame.caller();
                }
            }
            for (&word, &kind) in globals.iter().zip(&program.globals) {
                if kind == ElemKind::Cell {
                    marker.cell(Cell(word));
                }
            }
            for &word in strs.iter() {
                marker.cell(Cell(word));
            }
            for cell in closures.iter().filter_map(|entry| entry.made) {
                marker.cell(cell);
            }
        })
    }

    /// What ends a run that somebody outside asked to end: the trap, or that its time is over.
    fn interruption(&mut self, trap: Box<Trap>) -> Box<Trap> {
        match self.interrupt.interrupter.take() {
            None | Some(Interrupt::User) => trap,
            Some(Interrupt::Timeout(millis)) => {
                let seconds = f64::from(millis) / 1000.0;
                Trap::new(TrapKind::Timeout, format!("timeout: exceeded {seconds} s"))
            }
        }
    }

    /// Ends the run with a run-time error at an instruction.
    ///
    /// # Safety
    /// The frame at `fp` is live and `pc` is in its function.
    #[cold]
    #[inline(never)]
    #[allow(clippy::boxed_local)] // Outcomes carry their trap in a box.
    pub(crate) unsafe fn fail(&mut self, trap: Box<Trap>, pc: *const Word, fp: *mut u64) {
        let bottom: *mut u64 = self.stack.base().cast();
        // SAFETY: by the caller's promise.
        let trace = unsafe { Trace::take(&self.program, pc, Frame { base: fp }, bottom) };
        let trap = if trap.kind == TrapKind::Interrupt { self.interruption(trap) } else { trap };
        self.error = Some(RuntimeError { kind: trap.kind, message: trap.message, trace });
    }
}

impl fmt::Debug for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vm").field("limits", &self.limits).finish_non_exhaustive()
    }
}
