//! Replaces shared variables and structs that never leave the function by their contents (scalar replacement).
//!
//! An object whose only uses are reads and writes of its parts is not needed: each part is a variable, which becomes
//! values and block parameters as in the construction of SSA. A part that is never assigned is what it was made with.
//! Parameters are made where paths meet and the part is still read; `copies` removes those that turn out to hold one
//! value only. Sound because nobody else can name the object; access to a new object does not trap.
//! Cost: linear in the code and in the live ranges of the parts, counted in blocks.

use mochi_base::IdVec;
use rustc_hash::FxHashMap;

use crate::analysis::{Flow, Uses};
use crate::func::{Block, Func, InstData, Value};
use crate::op::{Imm, Op};
use crate::passes::substitution::Substitution;
use crate::passes::{Changed, Context};
use crate::ty::Ty;

/// Parts times blocks where paths meet, beyond which other objects stay.
const MAX_PARAMS: usize = 1 << 16;

/// Runs the pass.
pub fn sroa(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let flow = cx.flow.get(func);
    let mut parts = Parts::find(func, flow);
    if parts.tys.is_empty() {
        return Changed::No;
    }
    parts.find_events(func, flow);
    parts.place_params(func, flow);
    parts.rename(func, flow);
    Changed::Insts
}

/// Variables that are parts of objects, numbered.
#[derive(Default)]
struct Parts {
    /// By object: the number of its first part.
    first: FxHashMap<Value, usize>,
    tys: Vec<Ty>,
    /// Blocks that read a part before they assign it.
    readers: Vec<Vec<Block>>,
    /// Blocks that assign a part.
    writers: Vec<Vec<Block>>,
    /// The parts that get parameters of a block.
    params: FxHashMap<Block, Vec<usize>>,
}

/// What an instruction does with parts.
enum Access {
    /// Makes an object, assigning as many parts from the first on.
    New(usize, usize),
    Read(usize),
    Write(usize, Value),
}

impl Parts {
    /// The objects that do not leave the function.
    fn find(func: &Func, flow: &Flow) -> Self {
        let mut parts = Self::default();
        let meets = flow.dominators.order().iter().filter(|&&b| flow.preds.of(b).len() > 1).count();
        let uses = Uses::compute(func);
        for &inst in flow.dominators.order().iter().flat_map(|&b| &func.blocks[b].insts) {
            let data = &func.insts[inst];
            let Some(object) = data.result.filter(|_| matches!(data.op, Op::RefNew | Op::StructNew)) else {
                continue;
            };
            let stays = uses.of(object).iter().all(|&(user, block)| {
                let user = &func.insts[user];
                let reads = matches!(user.op, Op::RefGet | Op::FieldGet);
                let writes = matches!(user.op, Op::RefSet | Op::FieldSet) && user.args[1] != object;
                (reads || writes) && flow.dominators.reached(block)
            });
            if stays && (parts.tys.len() + data.args.len()) * meets <= MAX_PARAMS {
                parts.first.insert(object, parts.tys.len());
                parts.tys.extend(data.args.iter().map(|&v| func.ty(v)));
            }
        }
        parts
    }

    fn access(&self, data: &InstData) -> Option<Access> {
        let object = match data.op {
            Op::RefNew | Op::StructNew => data.result?,
            Op::RefGet | Op::FieldGet | Op::RefSet | Op::FieldSet => data.args[0],
            _ => return None,
        };
        let first = *self.first.get(&object)?;
        let part = match data.imm {
            Imm::Field(n) => first + n as usize,
            _ => first,
        };
        Some(match data.op {
            Op::RefNew | Op::StructNew => Access::New(first, data.args.len()),
            Op::RefGet | Op::FieldGet => Access::Read(part),
            _ => Access::Write(part, data.args[1]),
        })
    }

    fn find_events(&mut self, func: &Func, flow: &Flow) {
        self.readers = vec![Vec::new(); self.tys.len()];
        self.writers = vec![Vec::new(); self.tys.len()];
        for &block in flow.dominators.order() {
            for &inst in &func.blocks[block].insts {
                let writes = match self.access(&func.insts[inst]) {
                    Some(Access::New(first, count)) => first..first + count,
                    Some(Access::Write(part, _)) => part..part + 1,
                    Some(Access::Read(part)) => {
                        let own = self.writers[part].last() == Some(&block);
                        if !own && self.readers[part].last() != Some(&block) {
                            self.readers[part].push(block);
                        }
                        continue;
                    }
                    None => continue,
                };
                for part in writes {
                    // Each writer once, but always last, where the reads above look.
                    if self.writers[part].last() != Some(&block) {
                        self.writers[part].push(block);
                    }
                }
            }
        }
    }

    /// Makes parameters for parts that are assigned in more than one block, where paths meet and they are still read.
    fn place_params(&mut self, func: &mut Func, flow: &Flow) {
        let mut seen: IdVec<Block, usize> = IdVec::new();
        seen.resize(func.blocks.len(), usize::MAX);
        let mut defined_in = seen.clone();
        for part in 0..self.tys.len() {
            if self.writers[part].len() < 2 {
                continue;
            }
            self.writers[part].iter().for_each(|&b| defined_in[b] = part);
            let mut work = self.readers[part].clone();
            while let Some(block) = work.pop() {
                if std::mem::replace(&mut seen[block], part) == part {
                    continue;
                }
                let preds = flow.preds.of(block);
                if preds.len() > 1 {
                    self.params.entry(block).or_default().push(part);
                }
                work.extend(preds.iter().copied().filter(|&p| defined_in[p] != part));
            }
        }
    }

    /// Walks the dominator tree with the values of all parts; what a block changes is taken back behind its subtree.
    fn rename(&self, func: &mut Func, flow: &Flow) {
        let mut now: Vec<Option<Value>> = vec![None; self.tys.len()];
        let mut trail: Vec<(usize, Option<Value>)> = Vec::new();
        let mut open: Vec<(Block, usize)> = Vec::new();
        let mut values = Substitution::new();
        for block in flow.dominators.walk() {
            while let Some(&(above, mark)) = open.last()
                && !flow.dominators.dominates(above, block)
            {
                while trail.len() > mark {
                    let (part, value) = trail.pop().expect("the trail is longer than the mark");
                    now[part] = value;
                }
                open.pop();
            }
            open.push((block, trail.len()));
            let mut set = |part: usize, value: Value, now: &mut Vec<Option<Value>>| {
                trail.push((part, now[part].replace(value)));
            };
            for &part in self.params.get(&block).into_iter().flatten() {
                let param = func.add_param(block, self.tys[part]);
                set(part, param, &mut now);
            }
            let mut insts = std::mem::take(&mut func.blocks[block].insts);
            insts.retain(|&inst| {
                let data = &func.insts[inst];
                let Some(access) = self.access(data) else { return true };
                match access {
                    Access::New(first, count) => {
                        (0..count).for_each(|i| set(first + i, data.args[i], &mut now));
                    }
                    Access::Write(part, value) => set(part, value, &mut now),
                    Access::Read(part) => {
                        let value = now[part].expect("an object is made before it is read");
                        values.set(data.result.expect("a read has a result"), value);
                    }
                }
                func.forget_inst(inst);
                false
            });
            if let Some(&last) = insts.last() {
                for target in &mut func.insts[last].targets {
                    for &part in self.params.get(&target.block).into_iter().flatten() {
                        target.args.push(now[part].expect("an object is made before paths meet"));
                    }
                }
            }
            func.blocks[block].insts = insts;
        }
        values.apply(func);
    }
}
