//! Makes `xs = append(xs, v)` take amortised constant time: turns `list.append` into `list.push`, which appends in place
//! unless the list is marked as shared.
//!
//! # Why nobody can tell
//!
//! `list.push v` must behave like `list.append v`: no other reference to the object of `v` may ever see the new element.
//! A *reference* is a value of an activation that is still used, or a place in the heap that is still loaded. The
//! invariant, for every list object that is not marked as shared:
//!
//! 1. **Owned.** One value owns it, by which we mean that there is no other reference, but for values that are only
//!    looked at and derived from it; or
//! 2. **Placed.** One place in the heap (a global, shared variable, field, element, map entry, captured value) holds it,
//!    and values loaded from there; or
//! 3. **Lent.** It is owned by a value of a caller that waits for a call to come back, and parameters refer to it.
//!
//! New lists are owned by the result that they are. Results of calls are owned, parameters of blocks too; parameters of
//! functions are lent. Whatever *keeps* a value (stores it, captures it, returns it, passes it to a block) makes the
//! object be owned by, or placed at, something else. That is a move when the value owned the object and is not used
//! afterwards; otherwise this pass puts `list.share` in front. So objects with several keepers are marked, for ever, and
//! the runtime copies them when they are pushed to; the copy is owned again.
//!
//! Hence an append may push in two cases. *Push*: its operand owns the list and is dead afterwards. *Take*: its operand is
//! what a place holds, is dead afterwards, and the result is stored to the place before anything may look at it. For the
//! first no other reference exists (1). For the second the place is about to be overwritten, and other values loaded
//! from it (2) must not be looked at later: a value loaded from memory is marked right after the load if it is live
//! across a take of such memory, or across a call that may come to such a take, or handed to such a call (where it would
//! break 3). A value that is stored and then only looked at counts as loaded from there on.
//!
//! Lists are also held directly by values of type `any` and `option<list<T>>`; those are treated like lists. The runtime
//! does its part: *whoever copies the cells of a container into another marks the lists among them as shared*.
//!
//! The argument is about the whole program, so the pass runs on linked modules only. Where no append may push, nothing
//! is marked; only kinds of lists that are pushed to are, and only loads from memory that is taken from. In an open module
//! code that is not there may push to any kind, and calls may take from any memory.
//!
//! Later passes may rename values but not make an operand of `list.push` live, which rule I030 of the verifier checks, nor
//! load across a take, which writes the memory that the load reads.
//! Cost: liveness of lists, and two walks over functions that have some.

mod roles;
mod scan;

use mochi_base::{IdVec, Span};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::analysis::Summaries;
use crate::analysis::memory::Classes;
use crate::func::{Block, Def, Func, Inst, InstData, Scope, Value};
use crate::module::{FuncId, FuncMap, Module};
use crate::op::{Imm, Op};
use crate::passes::Changed;
use crate::ty::Types;
use roles::{Origin, Role, is_call, kinds_of, role};
use scan::Scan;

/// Runs the pass. A module without an entry is part of a program, which this is not about.
pub fn inplace(module: &mut Module, summaries: &Summaries) -> Changed {
    if module.entry.is_none() {
        return Changed::No;
    }
    let scans = FuncMap::of(module, |id| {
        let func = &module.funcs[id];
        if func.is_declaration() { None } else { Scan::of(func, &module.types, summaries) }
    });
    let pushed = if module.open { Classes::ALL } else { pushed_kinds(module, &scans) };
    if pushed.is_none() {
        return Changed::No;
    }
    let takes = if module.open { Takes::unknown() } else { Takes::of(module, &scans, summaries) };
    for id in module.own_funcs() {
        if let Some(scan) = &scans[id] {
            let types = &module.types;
            let marks = Marker::new(&module.funcs[id], types, scan, &takes, pushed).run();
            apply(&mut module.funcs[id], scan, &marks);
        }
    }
    Changed::Insts
}

/// The kinds of lists that some append may push to.
fn pushed_kinds(module: &Module, scans: &FuncMap<Option<Scan>>) -> Classes {
    let mut kinds = Classes::NONE;
    for id in module.own_funcs() {
        let (func, Some(scan)) = (&module.funcs[id], &scans[id]) else { continue };
        for &inst in scan.pushes.iter().chain(scan.takes.iter().map(|(inst, _)| inst)) {
            kinds = kinds.or(kinds_of(func, &module.types, func.insts[inst].args[0]));
        }
    }
    kinds
}

/// The memory that calls may take lists from.
struct Takes {
    /// Any, where nothing is known about a function.
    funcs: FuncMap<Classes>,
    /// By a call of any function value.
    unknown: Classes,
}

impl Takes {
    /// Of functions about which nothing is known.
    fn unknown() -> Self {
        Self { funcs: FuncMap::default(), unknown: Classes::ALL }
    }

    fn of_func(&self, id: FuncId) -> Classes {
        self.funcs.get(id).copied().unwrap_or(Classes::ALL)
    }

    fn of(module: &Module, scans: &FuncMap<Option<Scan>>, summaries: &Summaries) -> Self {
        // What is only declared is not called.
        let own = |scan: &Option<Scan>| {
            scan.iter().flat_map(|s| &s.takes).fold(Classes::NONE, |all, &(_, memory)| all.or(memory))
        };
        let mut this = Self { funcs: FuncMap::of(module, |id| own(&scans[id])), unknown: Classes::NONE };
        this.unknown = this.funcs.values().fold(Classes::NONE, |all, &memory| all.or(memory));
        let calls = FuncMap::of(module, |id| Calls::of(&module.funcs[id]));
        // Callees come first, so this takes one round more than calls are nested in circles.
        let mut changed = true;
        while changed {
            changed = false;
            for &id in summaries.bottom_up() {
                let calls = &calls[id];
                let mut all =
                    calls.known.iter().fold(this.funcs[id], |all, &callee| all.or(this.of_func(callee)));
                if calls.unknown {
                    all = this.unknown;
                }
                changed |= all != this.funcs[id];
                this.funcs[id] = all;
            }
        }
        this
    }

    /// The memory that an instruction may take lists from.
    fn by(&self, inst: Inst, data: &InstData, own: &FxHashMap<Inst, Classes>) -> Classes {
        match &data.imm {
            Imm::Func(id, _) if is_call(data.op) => self.of_func(*id),
            _ if is_call(data.op) => self.unknown,
            _ => own.get(&inst).copied().unwrap_or(Classes::NONE),
        }
    }
}

/// What a function calls, whether or not it has anything to do with lists itself.
#[derive(Default)]
struct Calls {
    /// Known functions, each once.
    known: Vec<FuncId>,
    /// Whether it calls function values.
    unknown: bool,
}

impl Calls {
    fn of(func: &Func) -> Self {
        let mut calls = Self::default();
        for &inst in func.blocks.values().flat_map(|block| &block.insts) {
            let data = &func.insts[inst];
            match &data.imm {
                Imm::Func(id, _) if is_call(data.op) => calls.known.push(*id),
                _ => calls.unknown |= is_call(data.op),
            }
        }
        calls.known.sort_unstable();
        calls.known.dedup();
        calls
    }
}

/// Where lists are to be marked as shared.
#[derive(Default)]
struct Marks {
    before: FxHashMap<Inst, SmallVec<[Value; 2]>>,
    at_definition: Vec<Value>,
}

/// Finds where lists are to be marked, walking blocks backwards.
struct Marker<'a> {
    func: &'a Func,
    types: &'a Types,
    scan: &'a Scan,
    takes: &'a Takes,
    pushed: Classes,
    own_takes: FxHashMap<Inst, Classes>,
    marks: Marks,
    marked: IdVec<Value, bool>,
}

impl<'a> Marker<'a> {
    fn new(func: &'a Func, types: &'a Types, scan: &'a Scan, takes: &'a Takes, pushed: Classes) -> Self {
        let mut marked = IdVec::new();
        marked.resize(func.values.len(), false);
        let own_takes = scan.takes.iter().copied().collect();
        Self { func, types, scan, takes, pushed, own_takes, marks: Marks::default(), marked }
    }

    fn run(mut self) -> Marks {
        for &block in self.scan.flow.dominators.order() {
            self.visit(block);
        }
        if self.scan.liveness.is_none() {
            self.func.values.ids().for_each(|v| self.endanger(v, Classes::ALL));
        }
        self.marks.at_definition.sort_unstable();
        // What was stored and is looked at across a take is marked where it was stored.
        for (&value, &(store, _)) in &self.scan.transfers {
            if self.marked[value] && self.scan.origins[value] == Origin::Owned {
                self.marks.before.entry(store).or_default().push(value);
            }
        }
        self.marks
    }

    /// Whether a value may be a list of a kind that is pushed to.
    fn is_wanted(&self, value: Value) -> bool {
        kinds_of(self.func, self.types, value).overlaps(self.pushed)
    }

    fn visit(&mut self, block: Block) {
        let mut live = self.scan.live_at_end(self.func, block);
        for &inst in self.func.blocks[block].insts.iter().rev() {
            let data = &self.func.insts[inst];
            if let Some(result) = data.result {
                live.remove(&result);
            }
            let taken = self.takes.by(inst, data, &self.own_takes);
            if !taken.is_none() {
                live.iter().for_each(|&v| self.endanger(v, taken));
                for (i, &arg) in data.args.iter().enumerate() {
                    if role(data, i) == Role::Argument {
                        self.endanger(arg, taken);
                    }
                }
            }
            for (i, &arg) in data.args.iter().enumerate() {
                let again = data.args.iter().filter(|&&v| v == arg).count() > 1;
                let stays = again || self.scan.liveness.is_none() || live.contains(&arg);
                self.hand_on(inst, arg, role(data, i), stays);
            }
            for target in &data.targets {
                let params = &self.func.blocks[target.block].params;
                for (&param, &arg) in params.iter().zip(&target.args) {
                    let again = target.args.iter().filter(|&&v| v == arg).count() > 1;
                    let stays = again || self.scan.survives_edge(arg, target.block);
                    let keeps = self.scan.origins[param] == Origin::Owned;
                    self.hand_on(inst, arg, if keeps { Role::Keep } else { Role::Derive }, stays);
                }
            }
            live.extend(self.func.uses(inst).filter(|&v| self.is_wanted(v)));
        }
    }

    /// A value is used across something, or by something, that may take a list from memory.
    fn endanger(&mut self, value: Value, taken: Classes) {
        if self.marked[value] || !self.is_wanted(value) {
            return;
        }
        let transfer = self.scan.transfers.get(&value);
        match (self.scan.origins[value], transfer) {
            (Origin::Loaded(memory), _) if memory.overlaps(taken) => {
                self.marked[value] = true;
                self.marks.at_definition.push(value);
            }
            (Origin::Owned, Some((_, memory))) => self.marked[value] = memory.overlaps(taken),
            _ => {}
        }
    }

    /// An operand is used; it is needed afterwards if it `stays`.
    fn hand_on(&mut self, inst: Inst, value: Value, role: Role, stays: bool) {
        if !matches!(role, Role::Keep | Role::Derive) || !self.is_wanted(value) {
            return;
        }
        let mark = match self.scan.origins[value] {
            Origin::Owned => {
                let moves = self.scan.transfers.get(&value).is_some_and(|&(store, _)| store == inst);
                stays && !(moves && self.scan.liveness.is_some())
            }
            Origin::Stable | Origin::Loaded(_) => role == Role::Keep,
        };
        if mark {
            let before = self.marks.before.entry(inst).or_default();
            if !before.contains(&value) {
                before.push(value);
            }
        }
    }
}

/// Turns appends into pushes and inserts the marks.
fn apply(func: &mut Func, scan: &Scan, marks: &Marks) {
    for &inst in scan.pushes.iter().chain(scan.takes.iter().map(|(inst, _)| inst)) {
        func.insts[inst].op = Op::ListPush;
    }
    let mut after: FxHashMap<Inst, Value> = FxHashMap::default();
    let mut at_start: FxHashMap<Block, SmallVec<[Value; 2]>> = FxHashMap::default();
    for &value in &marks.at_definition {
        match func.values[value].def {
            Def::Inst(inst) => {
                after.insert(inst, value);
            }
            Def::Param(block, _) => at_start.entry(block).or_default().push(value),
            Def::Gone => {}
        }
    }
    if after.is_empty() && at_start.is_empty() && marks.before.is_empty() {
        return;
    }
    for block in func.blocks.ids() {
        let old = std::mem::take(&mut func.blocks[block].insts);
        let mut insts = Vec::with_capacity(old.len());
        let mut place = old.first().map(|&i| (func.insts[i].span, func.insts[i].scope));
        let share = |func: &mut Func, insts: &mut Vec<Inst>, value, place: Option<(Span, Scope)>| {
            let (span, scope) = place.unwrap_or((func.span, Scope::BODY));
            insts.push(func.make_inst(InstData::new(Op::ListShare, &[value], Imm::None, span, scope), None));
        };
        for &value in at_start.get(&block).into_iter().flatten() {
            share(func, &mut insts, value, place);
        }
        for inst in old {
            place = Some((func.insts[inst].span, func.insts[inst].scope));
            for &value in marks.before.get(&inst).into_iter().flatten() {
                share(func, &mut insts, value, place);
            }
            insts.push(inst);
            if let Some(&value) = after.get(&inst) {
                share(func, &mut insts, value, place);
            }
        }
        func.blocks[block].insts = insts;
    }
}
