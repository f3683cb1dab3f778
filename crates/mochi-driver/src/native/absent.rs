//! What a target does not have: a program that uses it is refused when it is built, with the place of each use.

use mochi_abi::RuntimeFn;
use mochi_base::Span;
use mochi_base::diag::codes::E003;
use mochi_base::id::Id;
use mochi_ir::func::{InstData, Origin};
use mochi_ir::{Func, FuncId, Imm, Module};
use rustc_hash::FxHashSet;

use super::target::Target;
use crate::compile::{Failure, Session};

/// Reports every place of the program that needs what the target lacks, directly or by a function of the library.
pub(super) fn check(session: &mut Session, module: &Module, target: &Target) -> Result<(), Failure> {
    let lacks = |function| target.base.lacks(function);
    if RuntimeFn::ALL.iter().all(|&function| lacks(function).is_none()) {
        return Ok(());
    }
    let needs = Needs::of(module, &lacks);
    let mut told: FxHashSet<Span> = FxHashSet::default();
    for func in reached(module) {
        for data in code(func) {
            let Some(what) = needs.what(data, &lacks) else { continue };
            let Some((span, name)) = place(session, func, data, module) else { continue };
            if told.insert(span) {
                session.sink.report(E003 { name: &name, what, target: &target.name }.at(span));
            }
        }
    }
    if told.is_empty() { Ok(()) } else { Err(Failure::Diagnostics) }
}

/// The instructions of a function.
fn code(func: &Func) -> impl Iterator<Item = &InstData> {
    func.blocks.values().flat_map(|block| &block.insts).map(|&inst| &func.insts[inst])
}

/// The functions that the user wrote and the program may get to.
fn reached(module: &Module) -> Vec<&Func> {
    let mut seen = vec![false; module.funcs.len()];
    let mut todo: Vec<FuncId> = module.entry.into_iter().collect();
    let mut own = Vec::new();
    while let Some(id) = todo.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        let func = &module.funcs[id];
        own.extend((func.origin == Origin::User).then_some(func));
        todo.extend(code(func).filter_map(|data| match &data.imm {
            Imm::Func(id, ..) => Some(*id),
            _ => None,
        }));
    }
    own
}

/// By number of a function that the user did not write: what it needs and the target lacks.
struct Needs(Vec<Option<&'static str>>);

impl Needs {
    fn of(module: &Module, lacks: &impl Fn(RuntimeFn) -> Option<&'static str>) -> Needs {
        let mut needs = Needs(vec![None; module.funcs.len()]);
        loop {
            let mut changed = false;
            for (id, func) in module.funcs.iter().filter(|(_, func)| func.origin != Origin::User) {
                if needs.0[id.index()].is_none() {
                    let found = code(func).find_map(|data| needs.what(data, lacks));
                    changed |= found.is_some();
                    needs.0[id.index()] = found;
                }
            }
            if !changed {
                return needs;
            }
        }
    }

    /// What an instruction needs and the target lacks.
    fn what(
        &self,
        data: &InstData,
        lacks: &impl Fn(RuntimeFn) -> Option<&'static str>,
    ) -> Option<&'static str> {
        match &data.imm {
            Imm::Runtime(function) => lacks(*function),
            Imm::Func(id, ..) => self.0[id.index()],
            _ => None,
        }
    }
}

/// Where the user wrote what an instruction does, and the name of what is called there.
fn place(session: &Session, func: &Func, data: &InstData, module: &Module) -> Option<(Span, String)> {
    let mut called = match &data.imm {
        Imm::Func(id, ..) => Some(module.funcs[*id].shown.as_str()),
        _ => None,
    };
    for frame in func.frames(data.span, data.scope) {
        if frame.origin == Origin::User && !frame.span.is_none() {
            let text = session.sources.text(frame.span);
            let end = text.find(|c: char| !(c.is_alphanumeric() || "_.".contains(c))).unwrap_or(text.len());
            let name = if end > 0 { &text[..end] } else { called.unwrap_or(text) };
            return Some((frame.span, name.to_owned()));
        }
        called = Some(frame.shown);
    }
    None
}
