//! Makes loops use views of lists that they do not lengthen.
//!
//! A view is the data pointer and length of a list: an access through it neither follows nor checks the handle. Where a
//! list is defined outside of a loop and nothing in the loop may change its length, a view is made in the preheader, and
//! elements and the length are taken from it. Lists that were made after the list was known may grow. Accesses that ranges prove in bounds become unchecked ones. A `list.set`
//! lengthens the list when the index is its length, so it counts as a change unless it is proved in bounds, and then
//! becomes a store to the view.
//!
//! Sound because a view holds what the list's own words hold, as long as nothing lengthens the list (rule I028 of the
//! verifier), which is also why outer loops are tried first. Making a view neither traps nor has an effect.
//! Lists of `any` and of options stay as they are: their elements may be stored in several ways.
//! Cost: the ranges of the function, and one look at each instruction of a loop per level.

use mochi_base::IdVec;
use rustc_hash::FxHashMap;

use crate::analysis::{Flow, FreshLists, Loop, Ranges, homes};
use crate::func::{Block, Func, Inst, InstData, Value};
use crate::op::{Imm, Op};
use crate::passes::lengthened::Lengthened;
use crate::passes::preheaders::{make_preheaders, preheader};
use crate::passes::{Changed, Context};
use crate::ty::{TyKind, Types};

/// Runs the pass.
pub fn views(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let types = &mut cx.module.types;
    if cx.flow.get(func).loops.is_empty() || !uses_lists(func) {
        return Changed::No;
    }
    let made = make_preheaders(func, cx.flow.get(func));
    if made {
        cx.flow.forget();
    }
    let flow = cx.flow.get(func);
    let ranges = Ranges::compute(func, types, flow);
    let fresh = FreshLists::compute(func, &flow.dominators);
    let home = homes(func, &flow.dominators);
    let becomes_store =
        |inst: Inst| func.insts[inst].op == Op::ListSet && may_use_view(func, types, &ranges, inst);
    let lengthens = Lengthened::by_loop(func, flow, becomes_store);
    let rewriter = Rewriter { flow, ranges: &ranges, fresh: &fresh, home, lengthens };
    let changed = rewriter.rewrite(func, types);
    if made { Changed::Flow } else { Changed::insts_if(changed) }
}

/// Whether an access to a list may become one to a view.
fn may_use_view(func: &Func, types: &Types, ranges: &Ranges, inst: Inst) -> bool {
    let data = &func.insts[inst];
    has_views(func, types, data.args[0]) && (data.op != Op::ListSet || ranges.is_safe(inst))
}

/// Whether there are views of a list: its elements all have one form.
pub fn has_views(func: &Func, types: &Types, list: Value) -> bool {
    matches!(types.kind(func.ty(list)), TyKind::List(elem) if !types.dynamic_elem(*elem))
}

fn uses_lists(func: &Func) -> bool {
    let mut insts = func.blocks.values().flat_map(|b| &b.insts);
    insts.any(|&inst| matches!(func.insts[inst].op, Op::ListGet | Op::ListSet))
}

struct Rewriter<'a> {
    flow: &'a Flow,
    ranges: &'a Ranges,
    /// The block that defines each value.
    home: IdVec<Value, Block>,
    fresh: &'a FreshLists<'a>,
    /// What a loop may lengthen.
    lengthens: IdVec<Loop, Lengthened>,
}

impl Rewriter<'_> {
    fn rewrite(&self, func: &mut Func, types: &mut Types) -> bool {
        // Views by the preheader that they are made in and their list.
        let mut views: FxHashMap<(Block, Value), Value> = FxHashMap::default();
        let mut has_views: IdVec<Loop, bool> = IdVec::new();
        has_views.resize(self.flow.loops.ids().count(), false);
        for &block in self.flow.dominators.order() {
            let Some(innermost) = self.flow.loops.innermost(block) else { continue };
            for i in 0..func.blocks[block].insts.len() {
                let inst = func.blocks[block].insts[i];
                if !matches!(func.insts[inst].op, Op::ListGet | Op::ListSet)
                    || !may_use_view(func, types, self.ranges, inst)
                {
                    continue;
                }
                let list = func.insts[inst].args[0];
                let Some((outermost, at)) = self.place(func, innermost, list) else { continue };
                has_views[outermost] = true;
                let view = *views.entry((at, list)).or_insert_with(|| {
                    // At the end of the preheader.
                    let end = func.blocks[at].insts.len() - 1;
                    make_view(func, types, (at, end), list, inst)
                });
                self.use_view(func, inst, view);
            }
        }
        // Lengths cost nothing to read, so they only follow where there is a view anyway.
        for &block in self.flow.dominators.order() {
            let Some(innermost) = self.flow.loops.innermost(block) else { continue };
            for i in 0..func.blocks[block].insts.len() {
                let inst = func.blocks[block].insts[i];
                let data = &func.insts[inst];
                if data.op == Op::ListLen
                    && let Some((_, at)) = self.place(func, innermost, data.args[0])
                    && let Some(&view) = views.get(&(at, data.args[0]))
                {
                    let data = &mut func.insts[inst];
                    (data.op, data.args[0]) = (Op::ViewLen, view);
                }
            }
        }
        self.rewrite_stores(func, types, &has_views);
        !views.is_empty()
    }

    /// Stores into lists of a loop's own, while it has views of others: proved in bounds, they lengthen nothing, which only
    /// a store to a view says.
    fn rewrite_stores(&self, func: &mut Func, types: &mut Types, has_views: &IdVec<Loop, bool>) {
        for &block in self.flow.dominators.order() {
            let mut loops =
                std::iter::successors(self.flow.loops.innermost(block), |&l| self.flow.loops.get(l).parent);
            if !loops.any(|l| has_views[l]) {
                continue;
            }
            let mut i = 0;
            while let Some(&inst) = func.blocks[block].insts.get(i) {
                i += 1;
                if func.insts[inst].op == Op::ListSet && may_use_view(func, types, self.ranges, inst) {
                    let view = make_view(func, types, (block, i - 1), func.insts[inst].args[0], inst);
                    self.use_view(func, inst, view);
                    i += 1;
                }
            }
        }
    }

    /// The outermost loop in which a view of the list may live, and its preheader.
    fn place(&self, func: &Func, innermost: Loop, list: Value) -> Option<(Loop, Block)> {
        let (mut found, mut at) = (None, Some(innermost));
        while let Some(id) = at {
            if self.lengthens[id].may_be(self.fresh, list) || self.flow.loops.contains(id, self.home[list]) {
                break;
            }
            let Some(block) = preheader(func, self.flow, id) else { break };
            found = Some((id, block));
            at = self.flow.loops.get(id).parent;
        }
        found
    }

    fn use_view(&self, func: &mut Func, inst: Inst, view: Value) {
        let safe = self.ranges.is_safe(inst);
        let data = &mut func.insts[inst];
        data.args[0] = view;
        data.op = match data.op {
            Op::ListSet => Op::ViewSetIn,
            _ if safe => Op::ViewGetIn,
            _ => Op::ViewGet,
        };
    }
}

/// Makes a view at a place in a block.
fn make_view(func: &mut Func, types: &mut Types, at: (Block, usize), list: Value, user: Inst) -> Value {
    let elem = match *types.kind(func.ty(list)) {
        TyKind::List(elem) => elem,
        _ => unreachable!("views are of lists"),
    };
    let ty = types.view(elem);
    let InstData { span, scope, .. } = func.insts[user];
    let inst = func.make_inst(InstData::new(Op::ListView, &[list], Imm::None, span, scope), Some(ty));
    func.blocks[at.0].insts.insert(at.1, inst);
    func.insts[inst].result.expect("a view is a result")
}
