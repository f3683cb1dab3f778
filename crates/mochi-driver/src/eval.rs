//! `eval`: a program inside of a program, in an environment of its own.
//!
//! It goes through all stages like any other, its output goes nowhere, and it may touch what the outer program may. The
//! outer program waits meanwhile: its timeout and Ctrl-C end both, and the data of both together are limited.

use std::cell::OnceCell;
use std::rc::Rc;

use mochi_abi::{Cell, TrapKind};
use mochi_base::{Severity, Span};
use mochi_runtime::Trap;
use mochi_runtime::detach::Detached;
use mochi_types::{LAST_VALUE, Last};
use mochi_vm::Interrupter;
use mochi_vm::vm::RuntimeError;

use crate::compile::{Failure, Options, Session, Source};
use crate::host::Process;
use crate::run::{self, Limits};
use crate::tier::Jit;

/// Programs that wait for each other at most. Each has its own stack and heap.
const MAX_DEPTH: u32 = 8;

/// The name of the source in messages.
const NAME: &str = "<eval>";

/// What the programs of `eval` inherit from the outermost.
#[derive(Clone, Default)]
pub struct Outer {
    /// Choices.
    pub options: Options,
    /// Limits, but for the data.
    pub limits: Limits,
    /// How many programs wait.
    pub depth: u32,
    /// What ends them all; set as soon as the outermost is ready to run.
    pub interrupter: Rc<OnceCell<Interrupter>>,
}

/// The value of a program's last statement. `host` is for its use; its data may take so many bytes.
pub fn evaluate(text: &str, host: Process, outer: &Outer, room: usize) -> Result<Detached, Box<Trap>> {
    if outer.depth > MAX_DEPTH {
        return Err(fail(format!("programs in programs are limited to {MAX_DEPTH}")));
    }
    let mut session = Session::new(outer.options.clone());
    let program = compile(&mut session, text).map_err(|failure| match failure {
        Failure::Diagnostics => first_error(&session),
        Failure::Message(message) | Failure::Bug(message) => fail(message),
    })?;
    let (program, value) = program;
    // What there is to say was said of the outermost.
    let jit = Jit { verbose: false, ..outer.limits.jit };
    let limits = Limits { max_memory: Some(room), jit, ..outer.limits.clone() };
    let mut vm =
        run::start(program, host, &limits).map_err(|(message, _)| Trap::new(TrapKind::Memory, message))?;
    if let Some(interrupter) = outer.interrupter.get() {
        vm.interrupt_with(interrupter);
    }
    vm.run().map_err(|error| inner_error(&session, error))?;
    let value = Cell(vm.global(value));
    vm.runtime.heap.detach(value).map_err(|_| fail("a function cannot leave its program"))
}

/// Bytecode, and the global with the value.
fn compile(session: &mut Session, text: &str) -> Result<(mochi_vm::Program, usize), Failure> {
    let too_large = |_| Failure::Message("the text is too large".to_string());
    let file = session.sources.add(NAME, text).map_err(too_large)?;
    let tree = session.parse_program(&Source::Inline(String::new()), file);
    if session.sink.errors() > 0 {
        return Err(Failure::Diagnostics);
    }
    let program = session.check_for(&tree, Last::Kept);
    if session.sink.errors() > 0 {
        return Err(Failure::Diagnostics);
    }
    let mut module = session.lower(&program)?;
    session.optimise(&mut module);
    let value = module.globals.values().position(|global| global.name == LAST_VALUE);
    let value = value.expect("the checker made the variable, and the top-level code sets it");
    let program = mochi_emit::bytecode::emit(&module);
    let program =
        program.map_err(|e| Failure::Message(format!("`{}` cannot be run: {}", e.func, e.reason)))?;
    Ok((program, value))
}

fn fail(what: impl std::fmt::Display) -> Box<Trap> {
    Trap::new(TrapKind::Eval, format!("eval: {what}"))
}

fn first_error(session: &Session) -> Box<Trap> {
    let errors = session.sink.diagnostics().iter().filter(|d| d.severity == Severity::Error);
    match errors.min_by_key(|d| d.span.lo) {
        Some(d) => fail(format!("{}: {}: {}", place(session, d.span), d.code.name(), d.message)),
        None => fail("the program has errors"),
    }
}

/// A run-time error of the inner program as one of the outer.
fn inner_error(session: &Session, error: RuntimeError) -> Box<Trap> {
    match error.kind {
        // These concern the outer program as much.
        TrapKind::Timeout | TrapKind::Interrupt => Trap::new(error.kind, error.message),
        _ => {
            let frames = error.trace.innermost.iter().map(|frame| Span::new(frame.span.lo, frame.span.hi));
            let at = frames.filter(|span| !span.is_none()).map(|span| place(session, span)).next();
            match at {
                Some(at) => fail(format!("{at}: {}", error.message)),
                None => fail(error.message),
            }
        }
    }
}

fn place(session: &Session, span: Span) -> String {
    let at = session.sources.location(span.lo);
    format!("{NAME}:{}:{}", at.line, at.column)
}
