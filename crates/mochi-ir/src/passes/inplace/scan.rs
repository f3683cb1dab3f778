//! What one function does with lists: where each comes from, and which appends may reuse their list.

use std::collections::BTreeMap;

use mochi_base::IdVec;
use rustc_hash::{FxHashMap, FxHashSet};

use super::roles::{
    Origin, Place, Role, is_call, is_fresh, kinds_of, list_kinds, loaded_place, origin, role, stored_place,
};
use crate::analysis::memory::{Classes, access};
use crate::analysis::versions::{VersionList, Versions};
use crate::analysis::{Flow, Liveness, Summaries};
use crate::func::{Block, Func, Inst, InstData, Value};
use crate::op::Op;
use crate::ty::Types;

/// Instructions between an append and the store of its result up to which the two are brought together.
const MAX_WINDOW: usize = 64;

/// What was found out about a function.
pub struct Scan {
    pub flow: Flow,
    /// Where values come from that are lists or may hold one.
    pub origins: IdVec<Value, Origin>,
    /// Where such values are live; none if that is too much to know, then they are live everywhere.
    pub liveness: Option<Liveness>,
    /// Appends to a list that nobody else holds and nobody needs afterwards.
    pub pushes: Vec<Inst>,
    /// Appends to a list that only the place holds that the result is then stored to, with the memory of the place.
    pub takes: Vec<(Inst, Classes)>,
    /// Values that are stored once and then only looked at, with the store and the memory of the place.
    pub transfers: BTreeMap<Value, (Inst, Classes)>,
}

impl Scan {
    /// Looks at a function; none if it has no values that are lists or may hold one.
    pub fn of(func: &Func, types: &Types, summaries: &Summaries) -> Option<Self> {
        let is_tracked = |v| !list_kinds(types, func.ty(v)).is_none();
        if !func.values.ids().any(is_tracked) {
            return None;
        }
        let flow = Flow::compute(func);
        let liveness = Liveness::compute(func, &flow, is_tracked);
        let mut scan = Self {
            flow,
            origins: IdVec::new(),
            liveness,
            pushes: Vec::new(),
            takes: Vec::new(),
            transfers: BTreeMap::new(),
        };
        scan.origins.resize(func.values.len(), Origin::Owned);
        let ends = scan.find_ends(func, types);
        scan.find_transfers(func, types, summaries, &ends);
        Walk::new(func, types, summaries, &mut scan, &ends).run();
        Some(scan)
    }

    /// The tracked values that are live at the end of a block, before its terminator hands on arguments.
    pub fn live_at_end(&self, func: &Func, block: Block) -> FxHashSet<Value> {
        let Some(liveness) = &self.liveness else { return FxHashSet::default() };
        func.successors(block).flat_map(|to| liveness.at_start(to)).copied().collect()
    }
    /// Whether a value that is an argument of an edge is used afterwards, other than as the parameter.
    pub fn survives_edge(&self, value: Value, to: Block) -> bool {
        self.liveness.as_ref().is_none_or(|l| l.is_live_at_start(value, to))
    }

    /// The last uses of values in their blocks, and how often values are kept.
    fn find_ends(&self, func: &Func, types: &Types) -> Ends {
        let mut ends = Ends { dead_after: FxHashSet::default(), kept: FxHashMap::default() };
        let is_tracked = |v: &Value| !list_kinds(types, func.ty(*v)).is_none();
        for &block in self.flow.dominators.order() {
            let mut live = self.live_at_end(func, block);
            for &inst in func.blocks[block].insts.iter().rev() {
                let data = &func.insts[inst];
                for target in &data.targets {
                    target.args.iter().filter(|&v| is_tracked(v)).for_each(|&v| ends.keep(v, inst));
                }
                if let Some(result) = data.result {
                    live.remove(&result);
                }
                for (i, &arg) in data.args.iter().enumerate().filter(|(_, v)| is_tracked(v)) {
                    let again = data.args.iter().filter(|&&v| v == arg).count() > 1;
                    if self.liveness.is_some() && !live.contains(&arg) && !again {
                        ends.dead_after.insert((inst, arg));
                    }
                    if matches!(role(data, i), Role::Keep | Role::Derive) {
                        ends.keep(arg, inst);
                    }
                }
                live.extend(func.uses(inst).filter(is_tracked));
            }
        }
        ends
    }

    /// Values that one store keeps and that are looked at afterwards: the place owns them from then on. Not when the
    /// store may run again with the same value.
    fn find_transfers(&mut self, func: &Func, types: &Types, summaries: &Summaries, ends: &Ends) {
        let mut home: IdVec<Value, Option<Block>> = IdVec::new();
        home.resize(func.values.len(), None);
        for &block in self.flow.dominators.order() {
            func.blocks[block].params.iter().for_each(|&p| home[p] = Some(block));
            for &inst in &func.blocks[block].insts {
                let data = &func.insts[inst];
                if let Some((_, value)) = stored_place(data)
                    && let Some(home) = home[value]
                    && ends.kept.get(&value) == Some(&Kept::Once(inst))
                    && !ends.dead_after.contains(&(inst, value))
                    && self.flow.loops.innermost(block).is_none_or(|l| self.flow.loops.contains(l, home))
                {
                    self.transfers.insert(value, (inst, place_memory(func, types, summaries, data)));
                }
                if let Some(result) = data.result {
                    home[result] = Some(block);
                }
            }
        }
    }
}

/// How often a value is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Once(Inst),
    Often,
}

struct Ends {
    /// Instructions with operands that nothing uses afterwards.
    dead_after: FxHashSet<(Inst, Value)>,
    kept: FxHashMap<Value, Kept>,
}

impl Ends {
    fn keep(&mut self, value: Value, inst: Inst) {
        self.kept.entry(value).and_modify(|k| *k = Kept::Often).or_insert(Kept::Once(inst));
    }
}

/// A value that a place holds as long as the place's memory keeps its versions.
#[derive(Clone)]
struct Held {
    place: Place,
    memory: Classes,
    versions: VersionList,
}

/// The memory of the place that an instruction loads or stores a list at.
fn place_memory(func: &Func, types: &Types, summaries: &Summaries, data: &InstData) -> Classes {
    let touched = access(func, types, summaries, data);
    let memory = if loaded_place(data).is_some() {
        touched.reads
    } else if stored_place(data).is_some() {
        touched.writes
    } else {
        Classes::NONE
    };
    Classes(memory.0 & !Classes::NO_PLACES.0)
}

/// Walks forwards to find where values come from and which appends may reuse their list.
struct Walk<'a> {
    func: &'a Func,
    types: &'a Types,
    summaries: &'a Summaries,
    scan: &'a mut Scan,
    ends: &'a Ends,
    versions: Versions,
    held: FxHashMap<Value, Held>,
}

impl<'a> Walk<'a> {
    fn new(
        func: &'a Func,
        types: &'a Types,
        summaries: &'a Summaries,
        scan: &'a mut Scan,
        ends: &'a Ends,
    ) -> Self {
        let mut memory = Classes::NONE;
        for &inst in scan.flow.dominators.order().iter().flat_map(|&b| &func.blocks[b].insts) {
            let data = &func.insts[inst];
            memory = memory.or(place_memory(func, types, summaries, data));
        }
        let versions = Versions::new(func, types, summaries, &scan.flow, memory);
        Self { func, types, summaries, scan, ends, versions, held: FxHashMap::default() }
    }

    fn run(&mut self) {
        for block in self.scan.flow.dominators.walk() {
            self.versions.enter(&self.scan.flow, block);
            for &param in &self.func.blocks[block].params {
                if block == Func::ENTRY {
                    self.scan.origins[param] = Origin::Stable;
                } else if !list_kinds(self.types, self.func.ty(param)).is_none() {
                    self.param(block, param);
                }
            }
            for i in 0..self.func.blocks[block].insts.len() {
                self.visit(block, i);
            }
            self.versions.leave(block);
        }
    }

    /// A parameter owns what comes in, unless that is what a place holds, or else new: then it is as if loaded from
    /// the place. (`m[k] ?? []`)
    fn param(&mut self, block: Block, param: Value) {
        let Some(index) = self.func.blocks[block].params.iter().position(|&p| p == param) else { return };
        let mut found: Option<Held> = None;
        for target in self.scan.flow.preds.edges(self.func, block) {
            let arg = target.args[index];
            let is_new =
                self.func.def_inst(arg).is_some_and(is_fresh) && !self.scan.survives_edge(arg, block);
            match self.held.get(&arg).filter(|h| self.versions.of(h.memory) == h.versions) {
                Some(held) if found.as_ref().is_none_or(|f| f.place == held.place) => {
                    found = Some(held.clone())
                }
                None if is_new => {}
                _ => return,
            }
        }
        if let Some(held) = found {
            self.scan.origins[param] = Origin::Loaded(held.memory);
            self.held.insert(param, held);
        }
    }

    fn visit(&mut self, block: Block, at: usize) {
        let inst = self.func.blocks[block].insts[at];
        let data = &self.func.insts[inst];
        let touched = access(self.func, self.types, self.summaries, data);
        let place = place_memory(self.func, self.types, self.summaries, data);
        if data.op == Op::ListAppend {
            self.append(block, at, inst);
        }
        self.versions.write(touched.writes);
        if let Some((stored, value)) = stored_place(data)
            && self.scan.transfers.get(&value).is_some_and(|&(store, _)| store == inst)
        {
            self.hold(value, stored, place);
        }
        let Some(result) = data.result.filter(|&v| !kinds_of(self.func, self.types, v).is_none()) else {
            return;
        };
        let origins = &self.scan.origins;
        self.scan.origins[result] = origin(data, place, |v| origins[v]);
        if let Some(loaded) = loaded_place(data) {
            self.hold(result, loaded, place);
        } else if role(data, 0) == Role::Derive
            && let Some(held) = self.held.get(&data.args[0]).cloned()
        {
            self.held.insert(result, held);
        }
    }

    fn hold(&mut self, value: Value, place: Place, memory: Classes) {
        let versions = self.versions.of(memory);
        self.held.insert(value, Held { place, memory, versions });
    }

    fn append(&mut self, block: Block, at: usize, inst: Inst) {
        let list = self.func.insts[inst].args[0];
        if !self.ends.dead_after.contains(&(inst, list)) {
            return;
        }
        if self.scan.origins[list] == Origin::Owned && !self.scan.transfers.contains_key(&list) {
            self.scan.pushes.push(inst);
        } else if let Some(held) = self.held.get(&list)
            && self.versions.of(held.memory) == held.versions
            && self.is_stored_back(block, at, held)
        {
            self.scan.takes.push((inst, held.memory));
        }
    }

    /// Whether the result of an append is stored to a place before anything else may look at the place.
    fn is_stored_back(&self, block: Block, at: usize, held: &Held) -> bool {
        let insts = &self.func.blocks[block].insts;
        let result = self.func.insts[insts[at]].result;
        for &inst in insts[at + 1..].iter().take(MAX_WINDOW) {
            let data = &self.func.insts[inst];
            if let Some((place, value)) = stored_place(data)
                && Some(value) == result
            {
                return place == held.place;
            }
            let touched = access(self.func, self.types, self.summaries, data);
            let mut operands = data.args.iter().enumerate();
            let keeps_result = operands.any(|(i, &v)| Some(v) == result && role(data, i) != Role::Read);
            if is_call(data.op)
                || keeps_result
                || data.op.is_terminator()
                || touched.reads.or(touched.writes).overlaps(held.memory)
            {
                return false;
            }
        }
        false
    }
}
