//! Makes room in lists before loops that append to them a known number of times.
//!
//! A list that grows by appends gets room in ever larger steps: elements are copied, old buffers given back, and half of
//! the last step may stay empty. Where a loop counts from one int to another, has no other way out, and appends to a list
//! the same number of times in every round, the numbers of rounds and of elements are known at its start, and
//! `list.reserve` says so in the preheader.
//!
//! Nobody can tell: room is not part of what a list is, and the runtime makes none where the number is not sensible. A
//! round may end the program; then too much room was made.
//!
//! Where a round does nothing but append what every round appends, it does so as often as there is room, by `list.repeat`, and
//! counts on from there: such a loop has one or two rounds, or some more where there was not enough room.
//! Cost: one look at each instruction of a loop that is counted.

use mochi_base::IdVec;
use rustc_hash::FxHashMap;

use crate::analysis::{Flow, Loop, homes};
use crate::func::{Block, Func, InstData, Value};
use crate::op::{Imm, Op};
use crate::passes::preheaders::{make_preheaders, preheader};
use crate::passes::{Changed, Context};
use crate::ty::{TyKind, Types};

/// Runs the pass.
pub fn reserve(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let pushes = |func: &Func| {
        func.blocks.values().any(|b| b.insts.iter().any(|&inst| func.insts[inst].op == Op::ListPush))
    };
    if cx.flow.get(func).loops.is_empty() || !pushes(func) {
        return Changed::No;
    }
    let made = make_preheaders(func, cx.flow.get(func));
    if made {
        cx.flow.forget();
    }
    let flow = cx.flow.get(func);
    let mut found = Vec::new();
    let homes = homes(func, &flow.dominators);
    let mut place: IdVec<Block, u32> = IdVec::new();
    place.resize(func.blocks.len(), 0);
    (0..).zip(flow.dominators.order()).for_each(|(at, &block)| place[block] = at);
    for id in flow.loops.ids() {
        if let Some(counted) = Counted::of(func, flow, &homes, id) {
            let lists = growing(func, &cx.module.types, flow, &place, &counted);
            found.extend(lists.into_iter().map(|(list, each)| (counted.clone(), list, each)));
        }
    }
    for (counted, list, each) in &found {
        make_room(func, counted, *list, *each);
    }
    for id in flow.loops.ids() {
        if let Some(counted) = found.iter().map(|(counted, ..)| counted).find(|counted| counted.id == id)
            && let Some(list) = repeats(func, flow, &homes, counted)
        {
            repeat(func, counted, list);
        }
    }
    if made { Changed::Flow } else { Changed::insts_if(!found.is_empty()) }
}

/// A loop that counts by ones up to a bound and ends nowhere else.
#[derive(Clone)]
struct Counted {
    id: Loop,
    header: Block,
    before: Block,
    latch: Block,
    from: Value,
    to: Value,
    /// The counter in the next round.
    next: Value,
}

impl Counted {
    fn of(func: &Func, flow: &Flow, homes: &IdVec<Value, Block>, id: Loop) -> Option<Counted> {
        let header = flow.loops.get(id).header;
        let before = preheader(func, flow, id)?;
        let mut latches = flow.preds.of(header).iter().filter(|&&p| flow.loops.contains(id, p));
        let (&latch, None) = (latches.next()?, latches.next()) else { return None };
        let end = func.terminator(header).filter(|end| end.op == Op::Branch)?;
        let stays = |block: Block| func.successors(block).all(|to| flow.loops.contains(id, to));
        let goes_on = flow.loops.contains(id, end.targets[0].block);
        if !goes_on || stays(header) || !flow.loops.blocks(id).iter().all(|&b| b == header || stays(b)) {
            return None;
        }
        let cond = func.def_inst(end.args[0]).filter(|cond| cond.op == Op::Lt)?;
        let (counter, to) = (cond.args[0], cond.args[1]);
        let at = func.blocks[header].params.iter().position(|&p| p == counter)?;
        let next = argument(func, latch, header, at)?;
        let sum = func.def_inst(next)?;
        let counts = matches!(sum.op, Op::Add | Op::AddWrap) && sum.args[0] == counter;
        if !counts || func.const_int(sum.args[1]) != Some(1) || flow.loops.contains(id, homes[to]) {
            return None;
        }
        Some(Counted { id, header, before, latch, from: argument(func, before, header, at)?, to, next })
    }
}

/// What a block brings along for a parameter of another, if it goes there once.
fn argument(func: &Func, from: Block, to: Block, at: usize) -> Option<Value> {
    let mut targets = func.terminator(from)?.targets.iter().filter(|target| target.block == to);
    let (target, None) = (targets.next()?, targets.next()) else { return None };
    target.args.get(at).copied()
}

/// The lists that a loop starts with and appends to, with how often in each round. `place` has the blocks in an order in
/// which those come first that lead to others.
fn growing(
    func: &Func,
    types: &Types,
    flow: &Flow,
    place: &IdVec<Block, u32>,
    counted: &Counted,
) -> Vec<(Value, i64)> {
    // By value: the parameter of the header that it was made of, and the appends since, by all ways that lead to it.
    let mut made: FxHashMap<Value, (Value, i64)> = FxHashMap::default();
    let params = &func.blocks[counted.header].params;
    for &param in params {
        if matches!(*types.kind(func.ty(param)), TyKind::List(elem) if !types.dynamic_elem(elem)) {
            made.insert(param, (param, 0));
        }
    }
    if made.is_empty() {
        return Vec::new();
    }
    let mut blocks = flow.loops.blocks(counted.id).to_vec();
    blocks.sort_unstable_by_key(|&block| place[block]);
    for block in blocks {
        if block != counted.header {
            for (at, &param) in func.blocks[block].params.iter().enumerate() {
                let terminators = flow.preds.of(block).iter().filter_map(|&pred| func.terminator(pred));
                let targets = terminators.flat_map(|t| &t.targets).filter(|to| to.block == block);
                let mut ways = targets.map(|to| made.get(&to.args[at]).copied());
                if let Some(Some(one)) = ways.next()
                    && ways.all(|way| way == Some(one))
                {
                    made.insert(param, one);
                }
            }
        }
        for data in func.blocks[block].insts.iter().map(|&inst| &func.insts[inst]) {
            if let (Op::ListPush, Some(result)) = (data.op, data.result)
                && let Some(&(param, appends)) = made.get(&data.args[0])
            {
                made.insert(result, (param, appends + 1));
            }
        }
    }
    let mut found = Vec::new();
    for (at, &param) in params.iter().enumerate() {
        let start = argument(func, counted.before, counted.header, at);
        let end = argument(func, counted.latch, counted.header, at).and_then(|end| made.get(&end));
        if let (Some(start), Some(&(of, each @ 1..))) = (start, end)
            && of == param
        {
            found.push((start, each));
        }
    }
    found
}

fn make_room(func: &mut Func, counted: &Counted, list: Value, each: i64) {
    let jump = func.insts[*func.blocks[counted.before].insts.last().expect("a preheader jumps")].clone();
    let mut at = func.blocks[counted.before].insts.len() - 1;
    let mut insert = |func: &mut Func, op, args: &[Value], imm, ty| {
        let inst = func.make_inst(InstData::new(op, args, imm, jump.span, jump.scope), ty);
        func.blocks[counted.before].insts.insert(at, inst);
        at += 1;
        func.insts[inst].result
    };
    let mut rounds = match (func.const_int(counted.from), func.const_int(counted.to)) {
        (Some(0), _) => Some(counted.to),
        (Some(from), Some(to)) => {
            let rounds = Imm::Int(to.wrapping_sub(from));
            insert(func, Op::ConstInt, &[], rounds, Some(Types::I64))
        }
        _ => insert(func, Op::SubWrap, &[counted.to, counted.from], Imm::None, Some(Types::I64)),
    };
    if each > 1 {
        let factor = insert(func, Op::ConstInt, &[], Imm::Int(each), Some(Types::I64));
        let args = [rounds, factor].map(|v| v.expect("an int"));
        rounds = insert(func, Op::MulWrap, &args, Imm::None, Some(Types::I64));
    }
    insert(func, Op::ListReserve, &[list, rounds.expect("an int")], Imm::None, None);
}

/// The list that each round appends one and the same value to, doing nothing else.
fn repeats(func: &Func, flow: &Flow, homes: &IdVec<Value, Block>, counted: &Counted) -> Option<Value> {
    let from_outside = |value: Value| !flow.loops.contains(counted.id, homes[value]);
    let mut pushed = None;
    for &block in flow.loops.blocks(counted.id) {
        if block != counted.header && !func.blocks[block].params.is_empty() {
            return None;
        }
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            match data.op {
                Op::ListPush if pushed.is_none() && from_outside(data.args[1]) => pushed = data.result,
                Op::Lt | Op::Branch if block == counted.header => {}
                Op::Add | Op::AddWrap if data.result == Some(counted.next) => {}
                Op::Jump => {}
                _ => return None,
            }
        }
    }
    // Rounds that are left out would leave everything else as the first one did.
    let target = func.terminator(counted.latch)?.targets.iter().find(|to| to.block == counted.header)?;
    let params = &func.blocks[counted.header].params;
    let stays = |(&param, &arg): (&Value, &Value)| {
        arg == param || arg == counted.next || Some(arg) == pushed || from_outside(arg)
    };
    let is_once = |value: Value| target.args.iter().filter(|&&arg| arg == value).count() == 1;
    (params.iter().zip(&target.args).all(stays) && is_once(counted.next) && is_once(pushed?))
        .then_some(pushed?)
}

/// Makes a round append as often as there is room.
fn repeat(func: &mut Func, counted: &Counted, list: Value) {
    let last = *func.blocks[counted.latch].insts.last().expect("a latch jumps");
    let InstData { span, scope, .. } = func.insts[last];
    let insert = |func: &mut Func, op, args: &[Value]| {
        let inst = func.make_inst(InstData::new(op, args, Imm::None, span, scope), Some(Types::I64));
        let at = func.blocks[counted.latch].insts.len() - 1;
        func.blocks[counted.latch].insts.insert(at, inst);
        func.insts[inst].result.expect("an int")
    };
    let rest = insert(func, Op::SubWrap, &[counted.to, counted.next]);
    let appended = insert(func, Op::ListRepeat, &[list, rest]);
    let next = insert(func, Op::AddWrap, &[counted.next, appended]);
    func.insts[last].uses_mut().filter(|arg| **arg == counted.next).for_each(|arg| *arg = next);
}
