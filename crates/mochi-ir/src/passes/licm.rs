//! Moves what a loop computes in every round to its preheader (loop-invariant code motion).
//!
//! An instruction moves out of the outermost loop around it that defines none of its operands and writes none of the
//! memory that it reads. It must not trap, or it must be what a loop does first in every case: in the header, after
//! nothing with an effect. Fields of objects that an access outside of the loop has shown not to be none do not trap.
//! Instructions that rely on a check before them, such as a division by what is not zero, move to where ranges prove them
//! safe, or in front of what the loop does first in every case.
//! Cheap instructions move even when a round may do without them; others only when every round goes through their block.
//!
//! Sound because operands dominate the preheader, and nothing that was to happen before happens later.
//! Cost: each instruction is looked at once per loop that it leaves.

use mochi_base::IdVec;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::analysis::memory::{Classes, access, loop_writes};
use crate::analysis::{Flow, Loop, Ranges, homes};
use crate::func::{Block, Func, Inst, InstData, Value};
use crate::op::{Effects, Op, effect};
use crate::passes::gvn::may_share;
use crate::passes::preheaders::{make_preheaders, preheader};
use crate::passes::{Changed, Context};

/// Runs the pass.
pub fn licm(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    if cx.flow.get(func).loops.is_empty() {
        return Changed::No;
    }
    let made = make_preheaders(func, cx.flow.get(func));
    if made {
        cx.flow.forget();
    }
    let flow = cx.flow.get(func).clone();
    let relying = relying(func, &flow);
    let ranges = match relying.is_empty() {
        true => Ranges::default(),
        false => Ranges::compute_elsewhere(func, &cx.module.types, &flow, &relying),
    };
    let mut mover = Mover {
        ranges,
        writes: loop_writes(func, &cx.module.types, cx.summaries, &flow),
        home: homes(func, &flow.dominators),
        accessed: FxHashMap::default(),
        flow: &flow,
    };
    let mut moved = false;
    for &block in flow.dominators.order() {
        moved |= mover.visit(func, cx, block);
    }
    if made { Changed::Flow } else { Changed::insts_if(moved) }
}

/// Whether an instruction does not trap because something before it has checked its operands.
fn relies_on_check(data: &InstData) -> bool {
    matches!(data.op, Op::DivSafe | Op::RemSafe | Op::ViewGetIn)
}

/// Instructions that rely on a check, by the preheaders of the loops around them.
fn relying(func: &Func, flow: &Flow) -> FxHashMap<Block, Vec<Inst>> {
    let mut found: FxHashMap<Block, Vec<Inst>> = FxHashMap::default();
    for &block in flow.dominators.order() {
        for &inst in func.blocks[block].insts.iter().filter(|&&inst| relies_on_check(&func.insts[inst])) {
            let around = std::iter::successors(flow.loops.innermost(block), |&l| flow.loops.get(l).parent);
            for to in around.map_while(|l| preheader(func, flow, l)) {
                found.entry(to).or_default().push(inst);
            }
        }
    }
    found
}

struct Mover<'a> {
    flow: &'a Flow,
    /// Where instructions that rely on a check are safe.
    ranges: Ranges,
    writes: IdVec<Loop, Classes>,
    home: IdVec<Value, Block>,
    /// Objects with the blocks in which a field of them is read or written.
    accessed: FxHashMap<Value, SmallVec<[Block; 2]>>,
}

impl Mover<'_> {
    fn visit(&mut self, func: &mut Func, cx: &Context<'_>, block: Block) -> bool {
        let innermost = self.flow.loops.innermost(block);
        let insts = std::mem::take(&mut func.blocks[block].insts);
        let mut kept = Vec::with_capacity(insts.len());
        let mut moved = false;
        // Whether nothing with an effect comes before, in this block.
        let mut first = true;
        for inst in insts {
            let to = innermost.and_then(|l| self.destination(func, cx, block, l, inst, first));
            if let Some(to) = to {
                // In front of the jump.
                let end = func.blocks[to].insts.len() - 1;
                func.blocks[to].insts.insert(end, inst);
                if let Some(result) = func.insts[inst].result {
                    self.home[result] = to;
                }
                moved = true;
            } else {
                first &= !cx.summaries.effects(&func.insts[inst]).intersects(OBSERVABLE);
                kept.push(inst);
            }
            self.note_access(&func.insts[inst], to.unwrap_or(block));
        }
        func.blocks[block].insts = kept;
        moved
    }

    fn note_access(&mut self, data: &InstData, block: Block) {
        if matches!(data.op, Op::FieldGet | Op::FieldSet) {
            let blocks = self.accessed.entry(data.args[0]).or_default();
            if blocks.len() < MAX_ACCESSES && !blocks.contains(&block) {
                blocks.push(block);
            }
        }
    }

    /// The preheader of the outermost loop that an instruction may leave.
    fn destination(
        &self,
        func: &Func,
        cx: &Context<'_>,
        block: Block,
        innermost: Loop,
        inst: Inst,
        first: bool,
    ) -> Option<Block> {
        let data = &func.insts[inst];
        let effects = cx.summaries.effects(data);
        // Views are for the pass that knows when they pay.
        if data.op == Op::ListView || !may_share(data, effects) || data.result.is_none() {
            return None;
        }
        let reads = access(func, &cx.module.types, cx.summaries, data).reads;
        let (mut found, mut at, mut from) = (None, Some(innermost), block);
        while let Some(id) = at {
            let this = self.flow.loops.get(id);
            let varies = |&v: &Value| self.flow.loops.contains(id, self.home[v]);
            if data.args.iter().any(varies) || reads.overlaps(self.writes[id]) {
                break;
            }
            let Some(to) = preheader(func, self.flow, id) else { break };
            let traps = match relies_on_check(data) {
                true => !self.ranges.is_safe_at(inst, to),
                false => effects.intersects(effect::TRAPS) && !self.is_present(func, data, to),
            };
            let certain = first && from == this.header;
            if (traps && !certain) || (!is_cheap(data) && !self.in_every_round(id, from)) {
                break;
            }
            // What is hoisted comes last in the preheader; if that is a header in turn, it may not be first there.
            found = Some(to);
            if traps {
                break;
            }
            (from, at) = (to, this.parent);
        }
        found
    }

    /// Whether a field access cannot trap at the end of a block, because the object is new or was accessed.
    fn is_present(&self, func: &Func, data: &InstData, at: Block) -> bool {
        if data.op != Op::FieldGet {
            return false;
        }
        let object = data.args[0];
        let is_new = func.def_inst(object).is_some_and(|d| d.op == Op::StructNew);
        let above = |&b: &Block| self.flow.dominators.dominates(b, at);
        is_new || self.accessed.get(&object).is_some_and(|blocks| blocks.iter().any(above))
    }

    /// Whether control goes through a block in every round of a loop that comes to its end.
    fn in_every_round(&self, id: Loop, block: Block) -> bool {
        let header = self.flow.loops.get(id).header;
        let mut latches = self.flow.preds.of(header).iter().filter(|&&p| self.flow.loops.contains(id, p));
        latches.all(|&latch| self.flow.dominators.dominates(block, latch))
    }
}

/// Blocks remembered in which an object is accessed.
const MAX_ACCESSES: usize = 8;

/// What a trap must not come before.
const OBSERVABLE: Effects = effect::WRITES.or(effect::IO).or(effect::TRAPS).or(effect::TERMINATES);

/// Whether an instruction takes so little time that it does not matter how often it runs.
pub fn is_cheap(data: &InstData) -> bool {
    !matches!(
        data.op,
        Op::StrConcat
            | Op::StrIndex
            | Op::StrChar
            | Op::StrSlice
            | Op::StrEq
            | Op::StrLt
            | Op::StrLe
            | Op::MapGet
            | Op::MapGetOr
            | Op::MapHas
            | Op::Call
            | Op::CallRuntime
    )
}
