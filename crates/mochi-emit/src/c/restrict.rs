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

/// Looks at touches for all views of a function; in larger functions no view is `restrict`.
const MOST_LOOKS: usize = 1 << 24;

/// An instruction that touches elements of lists.
struct Touch {
    /// The block of C that it is written in.
    scope: Scope,
    inst: Inst,
    access: Access,
}

/// All of a function.
#[derive(Default)]
pub(super) struct Touches(Vec<Touch>);

impl Touches {
    /// Notes an instruction that is written in a block of C.
    pub fn note(&mut self, module: &Module, summaries: &Summaries, func: &Func, inst: Inst, scope: Scope) {
        let access = access(func, &module.types, summaries, &func.insts[inst]);
        if access.reads.or(access.writes).overlaps(Classes::ELEMENTS) {
            self.0.push(Touch { scope, inst, access });
        }
    }

    /// Marks views as `restrict`.
    pub fn mark(&self, types: &Types, func: &Func, dominators: &Dominators, body: &mut Body) {
        let lists = func.insts.values().filter(|data| data.op == Op::ListView);
        let views: Vec<(Value, Value)> =
            lists.filter_map(|data| data.result.map(|view| (view, data.args[0]))).collect();
        if views.is_empty() || self.0.len() > MOST_LOOKS / views.len() {
            return;
        }
        let fresh = FreshLists::compute(func, dominators);
        for (view, list) in views {
            let Some(scope) = body.declared_by_assignment(value_var(view)) else { continue };
            let Some(elements) = elements(func, types, view) else { continue };
            let own = |inst: Inst| func.insts[inst].args.first() == Some(&view);
            let is_written =
                self.0.iter().any(|touch| touch.access.writes.overlaps(elements) && own(touch.inst));
            let is_harmless = |touch: &Touch| {
                let Access { reads, writes } = touch.access;
                let touched = if is_written { reads.or(writes) } else { writes };
                !touched.overlaps(elements)
                    || own(touch.inst)
                    || !body.is_within(touch.scope, scope)
                    || is_other(func, &fresh, &func.insts[touch.inst], list)
            };
            if self.0.iter().all(is_harmless) {
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
