//! Makes `s = s + t` in loops lengthen the string object in place: turns `str.concat` into calls of `str_push`.
//!
//! A concatenation takes constant time anyway, since it writes behind the bytes that are there, but each makes a new
//! object for the longer string. Where nobody but the variable of a loop refers to the object, it can say itself that it
//! is longer now.
//!
//! # Why nobody can tell
//!
//! A value *owns* its string when no other value that is still used, and nothing in the heap, refers to the object. The
//! pass finds values that own theirs:
//!
//! - results of `str_push`, which gives its first string or a new one, never its second;
//! - parameters of blocks where every edge brings a value that owns its string and is not used afterwards, or, at an entry
//!   of a loop, any string, of which the pass makes an object of its own with `str_own`. Strings that are part of their
//!   cell have no object.
//!
//! `str_push v` needs a `v` that owns its string and is dead afterwards (rule I030 of the verifier). Until then `v` may
//! only be looked at; after what keeps it, so that something else refers to the object too, it is neither pushed to nor
//! handed on. A map that is asked for a key remembers it, so that counts as keeping.
//!
//! `str_push` has the effect of input and output: no pass moves, repeats or removes it. What looks at a string is free to
//! move, but only up: nothing that uses `v` comes to stand behind a push of it.
//! Cost: liveness of strings that are parameters or concatenations, and two walks over functions that have some in loops.

use mochi_abi::RuntimeFn;
use mochi_abi::cell::SHORT_STR_MAX;
use mochi_base::IdVec;
use rustc_hash::FxHashSet;

use crate::analysis::{Flow, Liveness};
use crate::func::{Block, Def, Func, Inst, InstData, Value};
use crate::module::Module;
use crate::op::{Imm, Op};
use crate::passes::{Changed, Context};
use crate::ty::Types;

/// Runs the pass.
pub fn strings(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let flow = cx.flow.get(func);
    let in_loop = |&block: &Block| flow.loops.innermost(block).is_some();
    let mut loops = flow.dominators.order().iter().copied().filter(in_loop);
    if !loops.any(|b| func.blocks[b].insts.iter().any(|&inst| func.insts[inst].op == Op::StrConcat)) {
        return Changed::No;
    }
    let Some(mut owners) = Owners::find(func, cx.module, flow) else { return Changed::No };
    owners.settle(func);
    let wanted = owners.wanted(func);
    if wanted.is_empty() {
        return Changed::No;
    }
    let objects = owners.objects(&wanted);
    rewrite(func, &owners, &objects);
    Changed::Insts
}

/// A concatenation whose first string is tracked.
struct Concat {
    inst: Inst,
    block: Block,
    first: Value,
    result: Value,
}

/// An argument of an edge for a tracked parameter.
struct Edge {
    from: Block,
    /// Positions of the target and of the argument.
    at: (usize, usize),
    arg: Value,
    param: Value,
    /// Whether it enters the loop that the parameter belongs to.
    enters: bool,
    /// Whether the argument is a string without an object.
    plain: bool,
}

/// Which values own their strings.
struct Owners {
    owns: IdVec<Value, bool>,
    concats: Vec<Concat>,
    edges: Vec<Edge>,
}

impl Owners {
    /// Takes every tracked value for an owner that nothing keeps while it is needed. None if that is too much to know.
    fn find(func: &Func, module: &Module, flow: &Flow) -> Option<Owners> {
        let tracked = |value: Value| {
            func.ty(value) == Types::STR
                && match func.values[value].def {
                    Def::Inst(inst) => func.insts[inst].op == Op::StrConcat,
                    Def::Param(block, _) => block != Func::ENTRY,
                    Def::Gone => false,
                }
        };
        let liveness = Liveness::compute(func, flow, tracked)?;
        let handing = Liveness::compute_for(func, flow, tracked, |inst, v| hands_on(&func.insts[inst], v))?;
        let mut owns = IdVec::new();
        owns.resize(func.values.len(), false);
        func.values.ids().filter(|&v| tracked(v)).for_each(|v| owns[v] = true);
        let mut this = Owners { owns, concats: Vec::new(), edges: Vec::new() };
        for &block in flow.dominators.order() {
            let at_end = |liveness: &Liveness| -> FxHashSet<Value> {
                func.successors(block).flat_map(|to| liveness.at_start(to)).copied().collect()
            };
            // Values that are needed, and values that are still pushed to or handed on to a parameter.
            let (mut live, mut handed) = (at_end(&liveness), at_end(&handing));
            for &inst in func.blocks[block].insts.iter().rev() {
                let data = &func.insts[inst];
                this.add_edges(func, module, flow, &liveness, (block, inst));
                if let Some(result) = data.result {
                    live.remove(&result);
                    handed.remove(&result);
                }
                for (i, &arg) in data.args.iter().enumerate().filter(|(_, v)| tracked(**v)) {
                    if let (Op::StrConcat, Some(result), 0) = (data.op, data.result, i) {
                        let again = data.args[1..].contains(&arg);
                        this.owns[arg] &= !again && !live.contains(&arg);
                        this.concats.push(Concat { inst, block, first: arg, result });
                    } else if !only_looks(data) {
                        this.owns[arg] &= !handed.contains(&arg);
                    }
                }
                live.extend(func.uses(inst).filter(|&v| tracked(v)));
                handed.extend(func.uses(inst).filter(|&v| tracked(v) && hands_on(data, v)));
            }
        }
        Some(this)
    }

    fn add_edges(
        &mut self,
        func: &Func,
        module: &Module,
        flow: &Flow,
        liveness: &Liveness,
        (from, inst): (Block, Inst),
    ) {
        for (i, target) in func.insts[inst].targets.iter().enumerate() {
            let params = &func.blocks[target.block].params;
            for (k, (&param, &arg)) in params.iter().zip(&target.args).enumerate() {
                if func.ty(param) != Types::STR {
                    continue;
                }
                let again = target.args.iter().filter(|&&v| v == arg).count() > 1;
                let stays = again || liveness.is_live_at_start(arg, target.block);
                let headed = flow.loops.headed_by(target.block);
                let enters = headed.is_some_and(|l| !flow.loops.contains(l, from));
                let plain = is_plain(func, module, arg);
                self.owns[arg] &= !stays;
                self.edges.push(Edge { from, at: (i, k), arg, param, enters, plain });
            }
        }
    }

    /// Takes ownership back until what is left is consistent.
    fn settle(&mut self, func: &Func) {
        // What depends on a value, by number of the concatenation or, behind them, of the edge.
        let mut users: IdVec<Value, Vec<usize>> = IdVec::new();
        users.resize(func.values.len(), Vec::new());
        let first_edge = self.concats.len();
        let mut made_here: IdVec<Value, bool> = IdVec::new();
        made_here.resize(func.values.len(), false);
        for (i, concat) in self.concats.iter().enumerate() {
            users[concat.first].push(i);
            made_here[concat.result] = true;
        }
        for (i, edge) in self.edges.iter().enumerate() {
            users[edge.arg].push(first_edge + i);
        }
        // The result of a concatenation of something else.
        for value in func.values.ids() {
            let is_param = matches!(func.values[value].def, Def::Param(..));
            self.owns[value] &= is_param || made_here[value];
        }
        let mut work: Vec<usize> = (0..first_edge + self.edges.len()).collect();
        while let Some(at) = work.pop() {
            let lost = if at < first_edge {
                let concat = &self.concats[at];
                (!self.owns[concat.first]).then_some(concat.result)
            } else {
                let edge = &self.edges[at - first_edge];
                (!(self.owns[edge.arg] || edge.enters || edge.plain)).then_some(edge.param)
            };
            if let Some(lost) = lost
                && std::mem::replace(&mut self.owns[lost], false)
            {
                work.extend_from_slice(&users[lost]);
            }
        }
    }

    /// The values that a push gets, in turn through parameters.
    fn wanted(&self, func: &Func) -> FxHashSet<Value> {
        let mut wanted = FxHashSet::default();
        let mut work: Vec<Value> = self.concats.iter().map(|c| c.first).collect();
        let mut brought: IdVec<Value, Vec<Value>> = IdVec::new();
        brought.resize(func.values.len(), Vec::new());
        for edge in &self.edges {
            brought[edge.param].push(edge.arg);
        }
        while let Some(value) = work.pop() {
            if self.owns[value] && wanted.insert(value) {
                work.extend_from_slice(&brought[value]);
            }
        }
        wanted
    }

    /// The edges that need an object of their own: block of the jump and positions of target and argument.
    fn objects(&self, wanted: &FxHashSet<Value>) -> Vec<(Block, (usize, usize))> {
        let needs = |edge: &&Edge| wanted.contains(&edge.param) && !edge.plain && !self.owns[edge.arg];
        self.edges.iter().filter(needs).map(|edge| (edge.from, edge.at)).collect()
    }
}

/// Whether a value is a string that is part of its cell.
fn is_plain(func: &Func, module: &Module, value: Value) -> bool {
    match func.def_inst(value) {
        Some(InstData { op: Op::ConstStr, imm: Imm::Str(id), .. }) => module.str(*id).len() <= SHORT_STR_MAX,
        Some(data) => matches!(data.op, Op::StrIndex | Op::StrChar),
        None => false,
    }
}

/// Whether an instruction may push to a value, or is a jump that hands it on.
fn hands_on(data: &InstData, value: Value) -> bool {
    data.op == Op::StrConcat && data.args[0] == value
        || data.targets.iter().any(|to| to.args.contains(&value))
}

/// Whether an instruction neither keeps its strings nor gives one back. Comparisons do neither, but emitters may make
/// them at the branch that they are for.
fn only_looks(data: &InstData) -> bool {
    match (data.op, &data.imm) {
        (Op::StrLen | Op::StrBytes | Op::StrIndex | Op::StrChar, _) => true,
        (Op::CallRuntime, Imm::Runtime(function)) => matches!(
            function,
            RuntimeFn::out_str
                | RuntimeFn::str_compare
                | RuntimeFn::str_byte_len
                | RuntimeFn::str_byte
                | RuntimeFn::str_find
                | RuntimeFn::str_until
                | RuntimeFn::str_while
        ),
        _ => false,
    }
}

fn rewrite(func: &mut Func, owners: &Owners, objects: &[(Block, (usize, usize))]) {
    for &(block, (target, arg)) in objects {
        let at = func.blocks[block].insts.len() - 1;
        let jump = func.blocks[block].insts[at];
        let value = func.insts[jump].targets[target].args[arg];
        let data = call(&func.insts[jump], RuntimeFn::str_own, &[value]);
        let own = func.make_inst(data, Some(Types::STR));
        func.blocks[block].insts.insert(at, own);
        func.insts[jump].targets[target].args[arg] = func.insts[own].result.expect("a string");
    }
    for concat in owners.concats.iter().filter(|c| owners.owns[c.first]) {
        let data = func.insts[concat.inst].clone();
        let (last, more) = data.args[1..].split_last().expect("two strings or more");
        let mut whole = concat.first;
        let insts = &func.blocks[concat.block].insts;
        let at = insts.iter().position(|&inst| inst == concat.inst).expect("in its block");
        for (i, &part) in more.iter().enumerate() {
            let push = func.make_inst(call(&data, RuntimeFn::str_push, &[whole, part]), Some(Types::STR));
            whole = func.insts[push].result.expect("a string");
            func.blocks[concat.block].insts.insert(at + i, push);
        }
        let push = call(&data, RuntimeFn::str_push, &[whole, *last]);
        func.insts[concat.inst] = InstData { result: data.result, ..push };
    }
}

/// A call of a runtime function at the place of an instruction.
fn call(at: &InstData, function: RuntimeFn, args: &[Value]) -> InstData {
    InstData::new(Op::CallRuntime, args, Imm::Runtime(function), at.span, at.scope)
}
