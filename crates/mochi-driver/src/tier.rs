//! When programs are compiled to native code while they run.

use mochi_vm::native::{Effort, Tiering};
use mochi_vm::vm::Vm;

use crate::compile::report_effort;
use crate::stack;

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
    /// Whether a note says why nothing is.
    pub verbose: bool,
}

/// Jumps back, calls counting for several, after which a function is compiled.
const THRESHOLD: u32 = 1500;
/// Bytes of the native stack for native code: 16 a frame, of which there are at most a million by default.
const STACK: usize = 48 << 20;
/// MiB of code.
const CACHE_MIB: usize = 64;

/// Gives a program a compiler, where there is one for the machine.
pub(crate) fn attach(vm: &mut Vm, jit: Jit) {
    let tiering = match jit.mode {
        JitMode::Off => return,
        JitMode::Always => Tiering::Always,
        JitMode::Auto => Tiering::After(
            number("MOCHI_JIT_THRESHOLD").map_or(THRESHOLD, |n| u32::try_from(n).unwrap_or(u32::MAX)),
        ),
    };
    let room = number("MOCHI_JIT_CACHE_MB").unwrap_or(CACHE_MIB).saturating_mul(1 << 20);
    let note = |why: &dyn std::fmt::Display| {
        if jit.verbose {
            eprintln!("note: everything is interpreted: {why}");
        }
    };
    if room == 0 {
        return note(&"MOCHI_JIT_CACHE_MB is 0");
    }
    match mochi_jit::compiler(room) {
        Ok(compiler) => vm.compile_with(compiler, tiering, STACK.min(stack::room() / 2)),
        Err(why) => note(&why),
    }
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
        eprintln!("warning: {variable} is no number; it counts for nothing");
    }
    number
}
