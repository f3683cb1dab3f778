//! Which views are `restrict`: those that no other name reaches the elements of, as far as it matters.
//!
//! C asks of the block that declares such a pointer: what is reached through it is not written there at all, or only reached
//! through it there. Lists that store their elements in other ways are other memory, and so are those of which one was
//! made when the other was known already ([`FreshLists`]). A view is a local of the narrowest block with all its uses, so that
//! block, whole, is what is looked at.

use mochi_ir::analysis::memory::{Access, Classes, access};
use mochi_ir::analysis::{Dominators, FreshLists, Summaries};
use mochi_ir::{Func, Inst, InstData, Module, Op, TyKind, Types, Value};

use super::body::{Body, Scope};
use super::func::value_var;

/// Instructions that touch elements of lists, and the block of C that each is in.
#[derive(Default)]
pub(super) struct Touches(Vec<(Scope, Inst)>);

impl Touches {
    /// Notes an instruction that is written in a block of C.
    pub fn note(&mut self, module: &Module, summaries: &Summaries, func: &Func, inst: Inst, scope: Scope) {
        let Access { reads, writes } = access(func, &module.types, summaries, &func.insts[inst]);
        if reads.or(writes).overlaps(Classes::ELEMENTS) {
            self.0.push((scope, inst));
        }
    }

    /// Marks views as `restrict`.
    pub fn mark(
        &self,
        module: &Module,
        summaries: &Summaries,
        func: &Func,
        dominators: &Dominators,
        body: &mut Body,
    ) {
        if self.0.is_empty() {
            return;
        }
        let fresh = FreshLists::compute(func, dominators);
        let types = &module.types;
        for (view, data) in func
            .insts
            .values()
            .filter(|data| data.op == Op::ListView)
            .filter_map(|data| Some((data.result?, data)))
        {
            let Some(scope) = body.declared_by_assignment(value_var(view)) else { continue };
            let Some(elements) = elements(func, types, view) else { continue };
            let within = || self.0.iter().filter(|&&(at, _)| body.is_within(at, scope));
            let own = |data: &InstData| data.args.first() == Some(&view);
            let is_written =
                within().any(|&(_, inst)| own(&func.insts[inst]) && func.insts[inst].op == Op::ViewSetIn);
            let alone = within().all(|&(_, inst)| {
                let other = &func.insts[inst];
                let Access { reads, writes } = access(func, types, summaries, other);
                let touched = if is_written { reads.or(writes) } else { writes };
                own(other) || !touched.overlaps(elements) || is_other(func, &fresh, other, data.args[0])
            });
            if alone {
                body.restrict(value_var(view));
            }
        }
    }
}

/// The memory of the elements that a view shows.
fn elements(func: &Func, types: &Types, view: Value) -> Option<Classes> {
    match types.kind(func.ty(view)) {
        TyKind::View(elem) => Some(Classes::of_elements(types, *elem)),
        _ => None,
    }
}

/// Whether an instruction only touches elements of a list other than this one.
fn is_other(func: &Func, fresh: &FreshLists<'_>, data: &InstData, list: Value) -> bool {
    let touched = match (data.op, data.args.first()) {
        (Op::ListGet | Op::ListSet | Op::ListPush, Some(&touched)) => touched,
        (Op::ViewGet | Op::ViewGetIn | Op::ViewSetIn, Some(&view)) => match func.def_inst(view) {
            Some(made) if made.op == Op::ListView => made.args[0],
            _ => return false,
        },
        _ => return false,
    };
    fresh.is_other(touched, list) || fresh.is_other(list, touched)
}
