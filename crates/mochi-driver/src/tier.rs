//! When programs are compiled to native code while they run.

use std::fmt::Display;

use mochi_base::SourceMap;
use mochi_jit::Settings;
use mochi_jit::object::{Line, Lines};
use mochi_jit::watch::{Made, Watch};
use mochi_vm::native::{Effort, Tiering};
use mochi_vm::vm::Vm;

use crate::compile::{describe, report_effort};
use crate::stack;

mod perf;

pub use perf::Perf;

/// Which functions get native code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum JitMode {
    /// None.
    Off,
    /// Those that run often.
    #[default]
    Auto,
    /// All, before they run.
    Always,
}

impl JitMode {
    /// As options have them.
    pub const NAMES: [(&'static str, JitMode); 3] =
        [("off", JitMode::Off), ("auto", JitMode::Auto), ("always", JitMode::Always)];
}

/// What is compiled while a program runs, and what is said of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Jit {
    /// Which functions are compiled.
    pub mode: JitMode,
    /// Whether indexes are masked after their check, against speculation.
    pub harden: bool,
    /// Whether a note says why nothing is.
    pub verbose: bool,
    /// Whether debuggers are told of code.
    pub debug: bool,
    /// What profilers are told of it.
    pub perf: Option<Perf>,
}

/// Jumps back, calls counting for several, after which a function is compiled.
const THRESHOLD: u32 = 1500;
/// Bytes of the native stack for native code: 16 a frame, of which there are at most a million by default.
const STACK: usize = 48 << 20;
/// MiB of code.
const CACHE_MIB: usize = 64;

/// Lets the functions of a program be compiled, where there is a compiler for the machine.
pub(crate) fn attach(vm: &mut Vm, jit: Jit) {
    attach_watched(vm, jit, Vec::new());
}

/// The same, with a compiler that tells debuggers and profilers of code, as far as somebody asked for that.
pub(crate) fn attach_for_tools(vm: &mut Vm, jit: Jit, sources: &SourceMap) {
    let mut watches: Vec<Box<dyn Watch>> = Vec::new();
    if jit.debug {
        let sources = sources.clone();
        watches.extend(mochi_jit::debugger(Box::new(move |made| lines(made, &sources))));
    }
    if let Some(perf) = jit.perf {
        match perf.start(sources.clone()) {
            Ok(watch) => watches.push(watch),
            Err(error) => {
                crate::report::to_stderr(&format!(
                    "warning: cannot write `{}`: {}\n",
                    perf.file(),
                    describe(&error)
                ));
            }
        }
    }
    if !watches.is_empty() {
        attach_watched(vm, Jit { verbose: false, ..jit }, watches);
    }
}

/// The lines of code for debuggers.
fn lines(made: &Made<'_>, sources: &SourceMap) -> Lines {
    let folder = std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned();
    let mut lines = Lines { folder, ..Lines::default() };
    for &(distance, position) in made.places {
        if position == 0 {
            lines.lines.push(Line { at: distance, file: 0, line: 0 });
            continue;
        }
        let place = sources.location(position);
        let name = &sources.file(place.file).name;
        let file = lines.files.iter().position(|known| known == name).unwrap_or_else(|| {
            lines.files.push(name.clone());
            lines.files.len() - 1
        });
        lines.lines.push(Line { at: distance, file, line: place.line });
    }
    lines
}

fn attach_watched(vm: &mut Vm, jit: Jit, watches: Vec<Box<dyn Watch>>) {
    let tiering = match jit.mode {
        JitMode::Off => return,
        JitMode::Always => Tiering::Always,
        JitMode::Auto => Tiering::After(
            number("MOCHI_JIT_THRESHOLD").map_or(THRESHOLD, |n| u32::try_from(n).unwrap_or(u32::MAX)),
        ),
    };
    let room = number("MOCHI_JIT_CACHE_MB").unwrap_or(CACHE_MIB).saturating_mul(1 << 20);
    let note = move |why: &dyn Display| {
        if jit.verbose {
            crate::report::to_stderr(&format!("note: everything is interpreted: {why}\n"));
        }
    };
    if room == 0 {
        return note(&"MOCHI_JIT_CACHE_MB is 0");
    }
    // It looks up what may be a handle without asking how large the heap is.
    if !vm.runtime.heap.has_all_indices() {
        return note(&"the system grants too little address space (see `ulimit -v`)");
    }
    // `perf` looks for names of its map there, and GDB cannot put breakpoints into files.
    let in_no_file = jit.debug || jit.perf == Some(Perf::Map);
    let settings = Settings { room, in_no_file, harden: jit.harden };
    let make = move || mochi_jit::compiler(settings, watches).inspect_err(|why| note(why)).ok();
    vm.compile_with(Box::new(make), tiering, STACK.min(stack::room() / 2));
}

/// Prints what was compiled.
pub(crate) fn report(vm: &Vm) {
    if let Some(Effort { functions, instructions, bytes, time }) = vm.compiled() {
        let what = format!("  {functions} functions, {instructions} instructions, {bytes} bytes");
        report_effort("native code", time, &what);
    }
}

/// The number in a variable; what is no number is said, and counts for nothing.
fn number(variable: &str) -> Option<usize> {
    let text = std::env::var_os(variable)?;
    let number = text.to_str().and_then(|text| text.parse().ok());
    if number.is_none() {
        crate::report::to_stderr(&format!("warning: {variable} is no number; it counts for nothing\n"));
    }
    number
}
