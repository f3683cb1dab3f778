//! Global value numbering: an instruction that computes what a dominating one has computed is replaced by its result.
//!
//! Covers pure operations, operations that may trap (the earlier one has not), loads of memory that nothing has written
//! in between, also behind the store that wrote it, and calls that at most read and trap. Memory has a version per class
//! (`analysis::memory`): a new one where a class is written, where paths with different ones meet, and at the header of a loop
//! that writes it. A branch on a condition that a branch above has decided is a jump.
//!
//! Sound because equal operations on equal operands and equal memory give equal results, and a leader dominates what it
//! replaces. New objects are never replaced, since each is another one.
//! Cost: one walk over the dominator tree with hash lookups; versions only for classes that are loaded.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use mochi_abi::RuntimeFn;

use crate::analysis::Flow;
use crate::analysis::memory::{Classes, access, loads_known_after};
use crate::analysis::versions::{VersionList, Versions};
use crate::func::{Block, Func, Inst, InstData, Value};
use crate::module::{FuncId, GlobalId, StrId};
use crate::op::{Effects, Imm, Op, effect};
use crate::passes::constant::{Const, chosen_target};
use crate::passes::substitution::Substitution;
use crate::passes::{Changed, Context};
use crate::ty::Ty;

/// Runs the pass.
pub fn gvn(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let flow = cx.flow.get(func).clone();
    let mut numbering = Numbering {
        memory: Versions::new(func, &cx.module.types, cx.summaries, &flow, read_by_loads(func, cx, &flow)),
        flow: &flow,
        leaders: FxHashMap::default(),
        values: Substitution::new(),
        known: Vec::new(),
        changed: Changed::No,
    };
    for block in flow.dominators.walk() {
        numbering.visit(func, cx, block);
    }
    let mut values = numbering.values;
    values.apply(func);
    numbering.changed
}

/// What makes two instructions compute the same.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    op: Op,
    imm: ImmKey,
    ty: Ty,
    args: SmallVec<[Value; 3]>,
    /// Versions of the memory that is read.
    versions: VersionList,
}

/// An immediate with equality that tells apart what differs at run time.
#[derive(PartialEq, Eq, Hash)]
enum ImmKey {
    None,
    Int(i64),
    Float(u64),
    Bool(bool),
    Str(StrId),
    Func(FuncId),
    Runtime(RuntimeFn),
    Field(u32),
    Global(GlobalId),
    Ty(Ty),
}

impl ImmKey {
    fn of(imm: &Imm) -> Option<ImmKey> {
        Some(match imm {
            Imm::None => ImmKey::None,
            Imm::Int(n) => ImmKey::Int(*n),
            Imm::Float(x) => ImmKey::Float(x.to_bits()),
            Imm::Bool(b) => ImmKey::Bool(*b),
            Imm::Str(s) => ImmKey::Str(*s),
            Imm::Func(f, types) if types.is_empty() => ImmKey::Func(*f),
            Imm::Runtime(f) => ImmKey::Runtime(*f),
            Imm::Field(n) => ImmKey::Field(*n),
            Imm::Global(g) => ImmKey::Global(*g),
            Imm::Ty(t) => ImmKey::Ty(*t),
            Imm::Func(..) | Imm::Struct(_) | Imm::Trap(..) | Imm::Cases(_) => return None,
        })
    }
}

struct Numbering<'a> {
    memory: Versions,
    flow: &'a Flow,
    /// Results with the blocks they are made in. The walk never comes back to a subtree of the dominator tree that it
    /// has left, so a leader that does not dominate the current block is of no use any more.
    leaders: FxHashMap<Key, (Value, Block)>,
    values: Substitution,
    /// Conditions decided by the branches above, with the block where each holds.
    known: Vec<(Value, bool, Block)>,
    changed: Changed,
}

impl Numbering<'_> {
    fn visit(&mut self, func: &mut Func, cx: &mut Context<'_>, block: Block) {
        self.memory.enter(self.flow, block);
        self.note_condition(func, block);
        let mut insts = std::mem::take(&mut func.blocks[block].insts);
        insts.retain(|&inst| {
            self.values.rewrite(&mut func.insts[inst]);
            let keep = !self.replace(func, cx, block, inst);
            if keep {
                self.after(func, cx, block, inst);
            } else {
                func.forget_inst(inst);
                self.changed = self.changed.and(Changed::Insts);
            }
            keep
        });
        func.blocks[block].insts = insts;
        self.decide(func, block);
        self.memory.leave(block);
    }

    /// Replaces an instruction by its leader, or makes it one.
    fn replace(&mut self, func: &Func, cx: &Context<'_>, block: Block, inst: Inst) -> bool {
        let data = &func.insts[inst];
        let Some(result) = data.result else { return false };
        let touched = access(func, &cx.module.types, cx.summaries, data);
        let effects = cx.summaries.effects(data);
        if !may_share(data, effects) || !touched.writes.is_hidden() {
            return false;
        }
        let Some(key) = self.key(func, data.op, &data.imm, &data.args, result, touched.reads) else {
            return false;
        };
        match self.leaders.get(&key) {
            Some(&(leader, at)) if self.flow.dominators.dominates(at, block) => {
                let leader = self.values.get(leader);
                self.values.set(result, leader);
                true
            }
            _ => {
                self.leaders.insert(key, (result, block));
                false
            }
        }
    }

    /// Takes note of what an instruction writes, and of the loads that it makes known.
    fn after(&mut self, func: &Func, cx: &Context<'_>, block: Block, inst: Inst) {
        let data = &func.insts[inst];
        let types = &cx.module.types;
        self.memory.write(access(func, types, cx.summaries, data).writes);
        for (op, imm, object, value) in loads_known_after(func, types, data) {
            let load = InstData::new(op, &object, imm, data.span, data.scope);
            let reads = access(func, types, cx.summaries, &load).reads;
            if let Some(key) = self.key(func, op, &load.imm, &load.args, value, reads) {
                self.leaders.insert(key, (value, block));
            }
        }
    }

    fn key(
        &self,
        func: &Func,
        op: Op,
        imm: &Imm,
        args: &[Value],
        result: Value,
        reads: Classes,
    ) -> Option<Key> {
        if !self.memory.knows(reads) {
            return None;
        }
        let imm = ImmKey::of(imm)?;
        let mut args: SmallVec<[Value; 3]> = SmallVec::from_slice(args);
        let (op, mirrored) = match op {
            Op::Gt => (Op::Lt, true),
            Op::Ge => (Op::Le, true),
            Op::FGt => (Op::FLt, true),
            Op::FGe => (Op::FLe, true),
            // An element that was read at an index is there.
            Op::ViewGet => (Op::ViewGetIn, false),
            _ => (op, false),
        };
        if mirrored {
            args.swap(0, 1);
        } else if op.commutes() {
            args.sort_unstable();
        }
        Some(Key { op, imm, ty: func.ty(result), args, versions: self.memory.of(reads) })
    }

    /// In a block with one way in, from a branch, the condition is known.
    fn note_condition(&mut self, func: &Func, block: Block) {
        while self.known.last().is_some_and(|&(_, _, at)| !self.flow.dominators.dominates(at, block)) {
            self.known.pop();
        }
        let Some(pred) = self.flow.preds.sole(block) else { return };
        if let Some(term) = func.terminator(pred)
            && term.op == Op::Branch
            && term.targets[0].block != term.targets[1].block
        {
            self.known.push((term.args[0], term.targets[0].block == block, block));
        }
    }

    /// Makes a branch on a known condition a jump.
    fn decide(&mut self, func: &mut Func, block: Block) {
        let Some(&last) = func.blocks[block].insts.last() else { return };
        let data = &mut func.insts[last];
        if data.op != Op::Branch {
            return;
        }
        let known = self.known.iter().rev().take(MAX_KNOWN).find(|&&(v, _, _)| v == data.args[0]);
        let Some(&(_, holds, _)) = known else { return };
        let i = chosen_target(data, Const::Bool(holds)).unwrap_or(0);
        data.op = Op::Jump;
        data.args.clear();
        data.targets.swap(0, i);
        data.targets.truncate(1);
        self.changed = Changed::Flow;
    }
}

/// The memory that instructions read which may share results with others.
fn read_by_loads(func: &Func, cx: &Context<'_>, flow: &Flow) -> Classes {
    let (types, summaries) = (&cx.module.types, cx.summaries);
    let mut read = Classes::NONE;
    for &inst in flow.dominators.order().iter().flat_map(|&b| &func.blocks[b].insts) {
        let data = &func.insts[inst];
        if may_share(data, summaries.effects(data)) {
            read = read.or(access(func, types, summaries, data).reads);
        }
    }
    read
}

/// How many of the conditions above a branch are compared with its own.
const MAX_KNOWN: usize = 32;

/// Whether equal instructions with these effects may share a result: they do no more than read, trap and make values that
/// have no identity.
pub fn may_share(data: &InstData, effects: Effects) -> bool {
    let allowed = effect::READS.or(effect::TRAPS);
    // Runtime functions allocate only strings and numbers when their result is one, and those have no identity.
    let value = |f: RuntimeFn| {
        use mochi_abi::RuntimeTy as T;
        !matches!(f.result(), T::Any | T::ListAny | T::ListStr | T::Unit)
    };
    match &data.imm {
        Imm::Runtime(f) if value(*f) => allowed.or(effect::ALLOCATES).contains(effects),
        _ => allowed.contains(effects),
    }
}
