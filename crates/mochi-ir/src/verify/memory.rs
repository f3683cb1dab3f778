//! I028 to I030: views and lists that are updated in place.
//!
//! Few functions have views or pushes, and few values of those are views or pushed lists. Liveness is computed for these
//! values alone, as one bit each, backwards over the blocks until nothing changes.

use mochi_abi::RuntimeFn;
use rustc_hash::FxHashMap;

use super::{Cx, Rule};
use crate::analysis::{FreshLists, Order};
use crate::func::{Block, Def, Func, Inst, InstData, Value};
use crate::module::Module;
use crate::op::{Imm, Op, effect};
use crate::ty::TyKind;

/// The list that each view of a function is of. Uses of the view count as uses of this list. Views that may be of more
/// than one list, which break rule I029, are absent.
pub fn view_lists(module: &Module, func: &Func) -> FxHashMap<Value, Value> {
    let lists = find_lists(module, func, Order::compute(func).blocks());
    lists.into_iter().filter_map(|(view, list)| Some((view, list.one()?))).collect()
}

/// Which lists an instruction may lengthen, or move the elements of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lengthens {
    /// This one.
    Own(Value),
    /// Any.
    Any,
}

/// What an instruction may lengthen; `None` when nothing.
pub fn lengthens(data: &InstData) -> Option<Lengthens> {
    match data.op {
        Op::ListPush | Op::ListSet | Op::ListReserve | Op::ListRepeat => Some(Lengthens::Own(data.args[0])),
        _ => data.effects().intersects(effect::WRITES_LEN).then_some(Lengthens::Any),
    }
}

/// Whether an instruction lengthens its first operand, which has to be dead afterwards, in place.
fn is_push(data: &InstData) -> bool {
    data.op == Op::ListPush || matches!(data.imm, Imm::Runtime(RuntimeFn::str_push))
}

/// Checks the rules about memory.
pub(super) fn check(cx: &mut Cx<'_>) {
    let (module, func) = (cx.module, cx.func);
    let mut tracked = Tracked::default();
    for (block, data) in func.blocks.iter() {
        if cx.is_left_out(block) {
            continue;
        }
        for &param in &data.params {
            tracked.add_view(module, func, param);
        }
        for &inst in &data.insts {
            let data = &func.insts[inst];
            if let Some(result) = data.result {
                tracked.add_view(module, func, result);
            }
            if is_push(data) {
                tracked.add(data.args[0]);
            }
        }
    }
    if tracked.values.is_empty() {
        return;
    }
    if tracked.views {
        check_lists(cx);
    }
    let dominators = cx.tree().clone();
    let views = tracked.views.then(|| Views {
        lists: find_lists(module, func, dominators.order()),
        fresh: FreshLists::compute(func, &dominators),
    });
    let order = dominators.order().to_vec();
    let live_out = tracked.live_out(func, &order);
    for block in order {
        let data = &func.blocks[block];
        let mut live = live_out[block.0 as usize].clone();
        for &inst in data.insts.iter().rev() {
            check_inst(cx, &tracked, views.as_ref(), inst, &live);
            tracked.step_back(func, inst, &mut live);
        }
    }
}

/// What is known of the views of a function.
struct Views<'a> {
    /// The list that each is of.
    lists: FxHashMap<Value, Lists>,
    fresh: FreshLists<'a>,
}

impl Views<'_> {
    /// Whether a view stays as it is.
    fn outlives(&self, view: Value, lengthened: Lengthens) -> bool {
        match (self.lists.get(&view), lengthened) {
            (Some(&Lists::One(list)), Lengthens::Own(grown)) => self.fresh.is_other(grown, list),
            _ => false,
        }
    }
}

/// Checks an instruction after which the values of `live` are live.
fn check_inst(cx: &mut Cx<'_>, tracked: &Tracked, views: Option<&Views<'_>>, inst: Inst, live: &Bits) {
    let func = cx.func;
    let data = &func.insts[inst];
    if is_push(data) {
        let list = data.args[0];
        if data.args[1] == list || tracked.index.get(&list).is_some_and(|&i| live.has(i)) {
            cx.report(Rule::Pushes, inst, Some(list), format!("v{} is used after it was pushed to", list.0));
        }
    }
    if let (Some(views), Some(lengthened)) = (views, lengthens(data)) {
        for (i, &value) in tracked.values.iter().enumerate() {
            let defined_here = data.result == Some(value);
            let is_view = is_view(cx.module, func, value);
            if live.has(i) && !defined_here && is_view && !views.outlives(value, lengthened) {
                let what = data.op.mnemonic();
                let message = format!("view v{} lives across `{what}`, which may move its elements", value.0);
                cx.report(Rule::ViewLives, inst, Some(value), message);
            }
        }
    }
}

/// Checks that every view is of one list.
fn check_lists(cx: &mut Cx<'_>) {
    let func = cx.func;
    let lists = find_lists(cx.module, func, cx.tree().order());
    let mut several: Vec<Value> =
        lists.into_iter().filter(|(_, list)| matches!(list, Lists::Several)).map(|(view, _)| view).collect();
    several.sort_unstable();
    for view in several {
        // Only parameters can have more than one list.
        if let Def::Param(block, _) = func.values[view].def {
            cx.report(Rule::ViewLists, block, Some(view), format!("v{} is a view of several lists", view.0));
        }
    }
}

/// Which lists a view may be of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lists {
    /// None that is known yet.
    Unknown,
    One(Value),
    Several,
}

impl Lists {
    fn one(self) -> Option<Value> {
        match self {
            Lists::One(list) => Some(list),
            Lists::Unknown | Lists::Several => None,
        }
    }
    fn and(self, other: Lists) -> Lists {
        match (self, other) {
            (Lists::Unknown, x) | (x, Lists::Unknown) => x,
            (Lists::One(a), Lists::One(b)) if a == b => self,
            _ => Lists::Several,
        }
    }
}

/// Follows views through the parameters of the blocks that are reached until nothing changes.
fn find_lists(module: &Module, func: &Func, order: &[Block]) -> FxHashMap<Value, Lists> {
    let mut lists = FxHashMap::default();
    let mut params = false;
    for &block in order {
        let data = &func.blocks[block];
        for &param in data.params.iter().filter(|&&param| is_view(module, func, param)) {
            lists.insert(param, Lists::Unknown);
            params = true;
        }
        for data in data.insts.iter().map(|&inst| &func.insts[inst]) {
            if let (Op::ListView, Some(view)) = (data.op, data.result) {
                lists.insert(view, Lists::One(data.args[0]));
            }
        }
    }
    let mut changed = params;
    while changed {
        changed = false;
        for &block in order {
            for target in func.terminator(block).map_or(&[][..], |t| &t.targets) {
                for (&param, arg) in func.blocks[target.block].params.iter().zip(&target.args) {
                    let (Some(&old), Some(&from)) = (lists.get(&param), lists.get(arg)) else { continue };
                    let new = old.and(from);
                    changed |= new != old;
                    lists.insert(param, new);
                }
            }
        }
    }
    lists
}

fn is_view(module: &Module, func: &Func, value: Value) -> bool {
    matches!(module.types.kind(func.ty(value)), TyKind::View(_))
}

/// The values whose liveness matters.
#[derive(Default)]
struct Tracked {
    values: Vec<Value>,
    index: FxHashMap<Value, usize>,
    /// Whether there are views among them.
    views: bool,
}

impl Tracked {
    fn add(&mut self, value: Value) {
        let next = self.values.len();
        if *self.index.entry(value).or_insert(next) == next {
            self.values.push(value);
        }
    }
    fn add_view(&mut self, module: &Module, func: &Func, value: Value) {
        if is_view(module, func, value) {
            self.views = true;
            self.add(value);
        }
    }

    /// Makes what is live after an instruction what is live before it.
    fn step_back(&self, func: &Func, inst: Inst, live: &mut Bits) {
        if let Some(&i) = func.insts[inst].result.and_then(|v| self.index.get(&v)) {
            live.remove(i);
        }
        for value in func.uses(inst) {
            if let Some(&i) = self.index.get(&value) {
                live.add(i);
            }
        }
    }

    /// What is live at the end of each block, given the reached ones in reverse post-order.
    fn live_out(&self, func: &Func, order: &[Block]) -> Vec<Bits> {
        let empty = Bits::new(self.values.len());
        let mut live_in = vec![empty.clone(); func.blocks.len()];
        let mut live_out = vec![empty; func.blocks.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                let out = &mut live_out[block.0 as usize];
                for next in func.successors(block) {
                    out.add_all(&live_in[next.0 as usize]);
                }
                let mut live = out.clone();
                self.step_back_block(func, block, &mut live);
                changed |= live_in[block.0 as usize].add_all(&live);
            }
        }
        live_out
    }

    fn step_back_block(&self, func: &Func, block: Block, live: &mut Bits) {
        let data = &func.blocks[block];
        for &inst in data.insts.iter().rev() {
            self.step_back(func, inst, live);
        }
        for param in &data.params {
            if let Some(&i) = self.index.get(param) {
                live.remove(i);
            }
        }
    }
}

/// A set of small numbers.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }
    fn has(&self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 != 0
    }
    fn add(&mut self, i: usize) {
        self.0[i / 64] |= 1 << (i % 64);
    }
    fn remove(&mut self, i: usize) {
        self.0[i / 64] &= !(1 << (i % 64));
    }
    /// Adds another set; whether that changed anything.
    fn add_all(&mut self, other: &Bits) -> bool {
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= b & !*a != 0;
            *a |= b;
        }
        changed
    }
}
