//! The optimiser: the list of passes and the driver that runs them.
//!
//! What every pass keeps: the order of effects that the outside sees, and traps, which stay the first thing to go wrong,
//! with the same span and scope. So an instruction that may trap goes only when an equal one that did not trap comes
//! before it on every path, or when it is proved not to trap, and moves only to where it would be the next effect anyway.
//! Running out of memory, of stack or of time is no effect in this sense: passes may remove allocations and calls. Nor is the
//! frame of a caller in a stack trace, where the call is a tail call: which calls those are depends on what passes found out.
//!
//! Between passes a function has no blocks that the entry does not reach; the driver sees to that.
//!
//! A function pass gets the function, taken out of its module, and a [`Context`]; it works in time linear in the size of
//! the function, or nearly so, and without recursion. A module pass gets the module. Both say what they [`Changed`].

pub mod checks;
pub mod constant;
pub mod copies;
pub mod dead_code;
pub mod fold;
pub mod globals;
pub mod gvn;
pub mod inline;
pub mod inplace;
pub mod lengthened;
pub mod licm;
pub mod loop_versions;
pub mod preheaders;
pub mod reserve;
pub mod sccp;
pub mod simplify_cfg;
pub mod sroa;
pub mod strings;
pub mod substitution;
pub mod tail_calls;
pub mod tail_recursion;
pub mod unreached;
pub mod views;

use crate::analysis::FlowCache;
use crate::analysis::summaries::Summaries;
use crate::func::Func;
use crate::module::{FuncId, Module};
use crate::verify::{report_func, verify_func};
use simplify_cfg::remove_unreached;

pub use pipeline::{ORDER, PIPELINE};

mod pipeline;

/// What a pass did to a function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[must_use]
pub enum Changed {
    /// Nothing.
    No,
    /// Instructions; blocks and targets are as before.
    Insts,
    /// Blocks or targets too.
    Flow,
}

impl Changed {
    /// [`Insts`](Self::Insts) if `changed`.
    pub fn insts_if(changed: bool) -> Self {
        if changed { Self::Insts } else { Self::No }
    }
    /// [`Flow`](Self::Flow) if `changed`.
    pub fn flow_if(changed: bool) -> Self {
        if changed { Self::Flow } else { Self::No }
    }
    /// Both changes.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// What a function pass may look at besides its function.
#[derive(Debug)]
pub struct Context<'a> {
    /// The module. At the place of the function that the pass works on stands its declaration.
    pub module: &'a mut Module,
    /// The function that the pass works on.
    pub id: FuncId,
    /// What calls of each function may do.
    pub summaries: &'a Summaries,
    /// The control flow of the function.
    pub flow: FlowCache,
}

/// How a pass is called.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Once for each function.
    Func(fn(&mut Func, &mut Context<'_>) -> Changed),
    /// Once for the module.
    Module(fn(&mut Module, &Summaries) -> Changed),
}

/// A row of the pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// The name that users disable, dump and time it by.
    pub name: &'static str,
    /// Whether the language promises something that the pass provides, so that it cannot be disabled.
    pub required: bool,
    /// The pass.
    pub run: Run,
}

/// How to run the pipeline.
#[derive(Default)]
pub struct Options<'a> {
    /// Leave out all passes that are not required.
    pub only_required: bool,
    /// Names of passes to leave out.
    pub disabled: &'a [&'a str],
    /// Called after each run of a pass that changed something, with its name and the function it was run on, or none
    /// for a module pass.
    #[allow(clippy::type_complexity)]
    pub after: Option<&'a mut dyn FnMut(&'static str, &Module, Option<FuncId>)>,
    /// The time in nanoseconds; when given, passes are timed.
    pub clock: Option<&'a dyn Fn() -> u64>,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("only_required", &self.only_required)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

/// What one row of the pipeline took and did.
#[derive(Clone, Copy, Debug)]
pub struct PassReport {
    /// The name of the pass.
    pub name: &'static str,
    /// Time in nanoseconds, if there was a clock.
    pub nanos: u64,
    /// Number of functions that it changed; 1 for a module pass that changed something.
    pub changed: u32,
    /// Number of instructions that it was given, all functions together.
    pub insts: u64,
}

/// The names of all passes, each once, in order of their first run.
pub fn names() -> Vec<&'static str> {
    let mut names = Vec::new();
    for pass in PIPELINE {
        if !names.contains(&pass.name) {
            names.push(pass.name);
        }
    }
    names
}

/// Runs the pipeline on a linked module. One report per row.
///
/// In debug builds every function that a pass changed is verified.
///
/// # Panics
/// If a pass breaks a function; the message names both.
pub fn run_pipeline(module: &mut Module, options: &mut Options<'_>) -> Vec<PassReport> {
    run_passes(module, PIPELINE, options)
}

/// Runs some passes; see [`run_pipeline`].
pub fn run_passes(module: &mut Module, passes: &[Pass], options: &mut Options<'_>) -> Vec<PassReport> {
    let mut reports: Vec<PassReport> =
        passes.iter().map(|p| PassReport { name: p.name, nanos: 0, changed: 0, insts: 0 }).collect();
    let enabled =
        |p: &Pass, o: &Options<'_>| p.required || !(o.only_required || o.disabled.contains(&p.name));
    let mut i = 0;
    while i < passes.len() {
        // Neighbouring function passes run function by function, callees first, which keeps a function in the cache.
        let is_func = |p: &Pass| matches!(p.run, Run::Func(_));
        let end = i + passes[i..].iter().position(|p| !is_func(p)).unwrap_or(passes.len() - i).max(1);
        let summaries = Summaries::compute(module);
        let group: Vec<usize> = (i..end).filter(|&k| enabled(&passes[k], options)).collect();
        if is_func(&passes[i]) {
            for &id in summaries.bottom_up() {
                run_on_func(module, id, &summaries, passes, &group, options, &mut reports);
            }
        } else if let [k] = group[..] {
            run_on_module(module, &summaries, &passes[k], options, &mut reports[k]);
        }
        i = end;
    }
    reports
}

fn run_on_func(
    module: &mut Module,
    id: FuncId,
    summaries: &Summaries,
    passes: &[Pass],
    group: &[usize],
    options: &mut Options<'_>,
    reports: &mut [PassReport],
) {
    if module.funcs[id].is_declaration() {
        return;
    }
    let mut flow = FlowCache::default();
    remove_unreached(&mut module.funcs[id]);
    for &k in group {
        let (pass, report) = (&passes[k], &mut reports[k]);
        let Run::Func(run) = pass.run else { continue };
        let _blame = Blame { pass: pass.name, func: module.funcs[id].name.clone() };
        report.insts += module.funcs[id].size() as u64;
        let start = options.clock.map(|now| now());
        let declaration = module.funcs[id].as_declaration();
        let mut func = std::mem::replace(&mut module.funcs[id], declaration);
        let mut cx = Context { module, id, summaries, flow: std::mem::take(&mut flow) };
        let changed = run(&mut func, &mut cx);
        flow = cx.flow;
        module.funcs[id] = func;
        if changed == Changed::Flow {
            remove_unreached(&mut module.funcs[id]);
            flow.forget();
        }
        report.nanos += elapsed(options, start);
        if changed != Changed::No {
            report.changed += 1;
            verify(module, id);
            if let Some(after) = &mut options.after {
                after(pass.name, module, Some(id));
            }
        }
    }
}

fn run_on_module(
    module: &mut Module,
    summaries: &Summaries,
    pass: &Pass,
    options: &mut Options<'_>,
    report: &mut PassReport,
) {
    let Run::Module(run) = pass.run else { return };
    let _blame = Blame { pass: pass.name, func: String::from("the module") };
    report.insts += module.own_funcs().map(|id| module.funcs[id].size() as u64).sum::<u64>();
    let start = options.clock.map(|now| now());
    let changed = run(module, summaries);
    report.nanos += elapsed(options, start);
    if changed != Changed::No {
        report.changed += 1;
        for id in module.own_funcs() {
            verify(module, id);
        }
        if let Some(after) = &mut options.after {
            after(pass.name, module, None);
        }
    }
}

fn elapsed(options: &Options<'_>, start: Option<u64>) -> u64 {
    match (options.clock, start) {
        (Some(now), Some(start)) => now().saturating_sub(start),
        _ => 0,
    }
}

/// In debug builds, checks what a pass left.
fn verify(module: &Module, id: FuncId) {
    if !cfg!(debug_assertions) {
        return;
    }
    let func = &module.funcs[id];
    if let Err(violations) = verify_func(module, func) {
        panic!("the pass left a broken function\n{}", report_func(module, func, &violations));
    }
}

/// Names the pass and the function when something panics.
struct Blame {
    pass: &'static str,
    func: String,
}

impl Drop for Blame {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("mochi-ir: while pass `{}` worked on `{}`", self.pass, self.func);
        }
    }
}
