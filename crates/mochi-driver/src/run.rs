//! Runs a compiled program and reports how it ended.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mochi_base::{SourceMap, Span};
use mochi_runtime::host::Host;
use mochi_runtime::{Runtime, Stress, Trap};
use mochi_vm::Interrupt;
use mochi_vm::trace::{FrameInfo, Trace};
use mochi_vm::vm::{self, Vm};

use crate::compile::{Compiled, Session, describe};
use crate::host::Process;
use crate::policy::{Access, Policy};
use crate::tier::{self, Jit};
use crate::{EXIT_FAILURE, EXIT_PIPE, report};

/// What bounds a run. `None` means the default.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Wall-clock time.
    pub timeout: Option<Duration>,
    /// Bytes of data.
    pub max_memory: Option<usize>,
    /// Frames of recursion.
    pub max_depth: Option<u32>,
    /// What the program may touch.
    pub access: Access,
    /// What is compiled to native code.
    pub jit: Jit,
}

/// Runs a program; the exit status. Run-time errors go to standard error.
pub fn run(session: &Session, compiled: Compiled, limits: &Limits) -> u8 {
    let policy = match policy(limits, session.module_root.as_deref()) {
        Ok(policy) => policy,
        Err(message) => {
            report::complain(message);
            return EXIT_FAILURE;
        }
    };
    let mut host = Process::new(policy);
    let interrupter = host.set_outer(&session.options, limits);
    let broken_pipe = host.broken_pipe();
    let outcome = start(compiled.program, host, limits).and_then(|mut vm| {
        let _ = interrupter.set(vm.interrupter());
        tier::attach_for_tools(&mut vm, limits.jit, &session.sources);
        watch(&vm, limits.timeout).map_err(|error| (no_watch(&error), Trace::default()))?;
        let ended = vm.run();
        let flushed = vm.runtime.flush();
        if session.options.time_passes {
            tier::report(&vm);
        }
        ended.map_err(|e| (e.message, e.trace))?;
        flushed.map_err(without_trace)
    });
    match outcome {
        Ok(()) => 0,
        Err(_) if broken_pipe.happened() => EXIT_PIPE,
        Err((message, trace)) => {
            tell(&session.sources, &message, &trace);
            EXIT_FAILURE
        }
    }
}

/// The bounds of a program with this module root; a message when there are none such.
pub(crate) fn policy(limits: &Limits, module_root: Option<&Path>) -> Result<Policy, String> {
    Policy::new(&limits.access, module_root.unwrap_or(Path::new("")).to_path_buf()).map_err(|error| {
        let folder = limits.access.root.as_deref().unwrap_or(Path::new("."));
        format!("cannot use `{}` as root: {}", folder.display(), describe(&error))
    })
}

#[allow(clippy::boxed_local)] // Outcomes carry their trap in a box.
pub(crate) fn without_trace(trap: Box<Trap>) -> (String, Trace) {
    (trap.message, Trace::default())
}

/// Makes a program ready to run; a message when there is no memory for that.
pub(crate) fn start(
    program: impl Into<Arc<mochi_vm::Program>>,
    host: Process,
    limits: &Limits,
) -> Result<Vm, (String, Trace)> {
    start_with(program, Box::new(host), limits)
}

/// The same with any host.
pub(crate) fn start_with(
    program: impl Into<Arc<mochi_vm::Program>>,
    host: Box<dyn Host>,
    limits: &Limits,
) -> Result<Vm, (String, Trace)> {
    let mut bounds = mochi_runtime::Limits::default();
    if let Some(bytes) = limits.max_memory {
        bounds.memory = bytes;
    }
    let mut runtime = Runtime::new(host, bounds).map_err(without_trace)?;
    if std::env::var_os("MOCHI_GC_STRESS").is_some_and(|v| v == "1") {
        runtime.heap.set_stress(Stress::On);
    }
    let mut vm_limits = vm::Limits::default();
    if let Some(frames) = limits.max_depth {
        vm_limits.max_depth = frames;
    }
    let mut vm = Vm::new(program, runtime, vm_limits).map_err(without_trace)?;
    tier::attach(&mut vm, limits.jit);
    Ok(vm)
}

/// Ends the program when its time is over.
fn watch(vm: &Vm, timeout: Option<Duration>) -> io::Result<()> {
    let Some(timeout) = timeout else { return Ok(()) };
    let interrupter = vm.interrupter();
    let why = timed_out(timeout);
    // The thread ends with the process.
    std::thread::Builder::new().spawn(move || {
        std::thread::sleep(timeout);
        interrupter.interrupt(why);
    })?;
    Ok(())
}

/// Why something with a timeout does not run: nobody would end it.
pub(crate) fn no_watch(error: &io::Error) -> String {
    format!("cannot start a thread for the timeout: {}", describe(error))
}

/// The reason to end a program that ran for so long.
pub(crate) fn timed_out(after: Duration) -> Interrupt {
    Interrupt::Timeout(u32::try_from(after.as_millis()).unwrap_or(u32::MAX - 1))
}

/// Writes a run-time error: message, place, call graph and stack trace (language reference, 4.15).
fn tell(sources: &SourceMap, message: &str, trace: &Trace) {
    report::to_stderr(&error_text(sources, message, trace));
}

/// The text of a run-time error.
pub fn error_text(sources: &SourceMap, message: &str, trace: &Trace) -> String {
    format!("error: {message}\n{}", place_and_trace(sources, trace))
}

/// The place of a run-time error, its call graph and stack trace.
pub(crate) fn place_and_trace(sources: &SourceMap, trace: &Trace) -> String {
    let mut text = String::new();
    if let Some((file, line, column)) = trace.innermost.iter().find_map(|frame| place(sources, frame)) {
        text.push_str(&format!("  --> {file}:{line}:{column}\n"));
    }
    if !trace.innermost.is_empty() {
        text.push_str("call graph:\n  ");
        let outermost = trace.outermost.iter().rev().map(|f| f.name.as_str());
        let gap = (trace.omitted > 0).then_some("...");
        let innermost = trace.innermost.iter().rev().map(|f| f.name.as_str());
        let names: Vec<&str> = outermost.chain(gap).chain(innermost).collect();
        text.push_str(&names.join(" -> "));
        text.push_str("\nstack trace:\n");
        trace.innermost.iter().for_each(|frame| push_frame(&mut text, sources, frame));
        if trace.omitted > 0 {
            let s = if trace.omitted == 1 { "" } else { "s" };
            text.push_str(&format!("  ... {} more frame{s}\n", trace.omitted));
        }
        trace.outermost.iter().for_each(|frame| push_frame(&mut text, sources, frame));
    }
    text
}

fn place<'a>(sources: &'a SourceMap, frame: &FrameInfo) -> Option<(&'a str, u32, u32)> {
    let span = Span::new(frame.span.lo, frame.span.hi);
    if span.is_none() {
        return None;
    }
    let at = sources.location(span.lo);
    Some((sources.file(at.file).name.as_str(), at.line, at.column))
}

fn push_frame(text: &mut String, sources: &SourceMap, frame: &FrameInfo) {
    let Some((file, line, _)) = place(sources, frame) else {
        text.push_str(&format!("  {}\n", frame.name));
        return;
    };
    text.push_str(&format!("  {} at {file}:{line}\n", frame.name));
    let source = sources.file(sources.file_at(frame.span.lo)).line(line).trim();
    let shown: String = source.chars().take(120).collect();
    text.push_str(&format!("    {shown}\n"));
}
