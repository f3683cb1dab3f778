//! Puts the code of functions in place of calls of them, callees first.
//!
//! A call is worth it when its callee is small, is called nowhere else, or is handed function values made at the call
//! (which then turn into direct calls and may be inlined in turn); calls in loops are worth more. Functions that may
//! call themselves stay calls. What a caller got is cleaned up before its own callers look at its size.
//!
//! Sound because the copied instructions run with the arguments in place of the parameters; each keeps its span and gets a
//! scope that stands for the call, so that traces show the frames that are gone ([`Func::frames`]).
//! Cost: each copied instruction once, and the clean-up of functions that got some; growth is bounded by the budgets
//! below. The clean-up passes run here even if they are disabled in the pipeline.

use mochi_base::IdVec;

use crate::analysis::{Flow, FlowCache, Summaries};
use crate::func::{Block, Def, Func, Inst, InstData, Scope, ScopeData, Target, Value};
use crate::module::{FuncId, FuncMap, Module};
use crate::op::{Imm, Op};
use crate::passes::{Changed, Context, copies, dead_code, fold, simplify_cfg};

/// Instructions that a call costs anyway: copying arguments, calling, returning.
const CALL_COST: usize = 8;
/// Instructions of a callee, besides those that its call costs, up to which it is copied anywhere.
const SMALL: usize = 24;
/// What a call in a loop is worth more.
const IN_LOOP: usize = 2;
/// What a call with new function values as arguments is worth more.
const WITH_CLOSURES: usize = 6;
/// Instructions of a function up to which callees that are called nowhere else are copied into it.
const MAX_SIZE: usize = 8_000;
/// Instructions that a function may get from callees that are called elsewhere too, besides its own number twice.
const MAX_GROWTH: usize = 1_000;
/// Inlined code is looked at again for calls this many times: a function value turns into a call, into a function value.
const MAX_ROUNDS: usize = 5;

/// Runs the pass.
pub fn inline(module: &mut Module, summaries: &Summaries) -> Changed {
    let mut known = Known::of(module);
    let mut changed = Changed::No;
    for &id in summaries.bottom_up() {
        if module.funcs[id].is_declaration() {
            continue;
        }
        let declaration = module.funcs[id].as_declaration();
        let mut func = std::mem::replace(&mut module.funcs[id], declaration);
        let budget = func.size() * 3 + MAX_GROWTH;
        for _ in 0..MAX_ROUNDS {
            if !inline_round(&mut func, id, module, summaries, &mut known, budget) {
                break;
            }
            changed = Changed::Flow;
            clean_up(&mut func, id, module, summaries);
        }
        known.sizes[id] = func.size();
        module.funcs[id] = func;
    }
    changed
}

fn clean_up(func: &mut Func, id: FuncId, module: &mut Module, summaries: &Summaries) {
    let mut cx = Context { module, id, summaries, flow: FlowCache::default() };
    for pass in [
        simplify_cfg::simplify_cfg,
        copies::copies,
        fold::fold,
        dead_code::dead_code,
        simplify_cfg::simplify_cfg,
    ] {
        if pass(func, &mut cx) == Changed::Flow {
            cx.flow.forget();
        }
    }
}

/// What the choice looks at, by function.
struct Known {
    /// Number of mentions in calls and closures.
    mentions: FuncMap<usize>,
    /// Number of instructions.
    sizes: FuncMap<usize>,
}

impl Known {
    fn of(module: &Module) -> Self {
        let sizes = FuncMap::of(module, |id| module.funcs[id].size());
        let mut this = Self { mentions: FuncMap::of(module, |_| 0), sizes };
        for id in module.own_funcs() {
            this.add_mentions(&module.funcs[id]);
        }
        if let Some(mentions) = module.entry.and_then(|entry| this.mentions.get_mut(entry)) {
            *mentions += 1;
        }
        this
    }
    fn add_mentions(&mut self, func: &Func) {
        for &inst in func.blocks.values().flat_map(|b| &b.insts) {
            if let Imm::Func(id, _) = &func.insts[inst].imm
                && let Some(mentions) = self.mentions.get_mut(*id)
            {
                *mentions += 1;
            }
        }
    }
}

/// A call to be inlined.
struct Site {
    block: Block,
    /// Position of the call in its block.
    at: usize,
    callee: FuncId,
}

fn inline_round(
    func: &mut Func,
    id: FuncId,
    module: &Module,
    summaries: &Summaries,
    known: &mut Known,
    budget: usize,
) -> bool {
    let sites = choose(func, id, module, summaries, known, budget);
    // From the end of each block, so that what follows a call is moved once.
    for site in sites.iter().rev() {
        let callee = &module.funcs[site.callee];
        // Folding makes calls of closures direct ones, which were not counted.
        known.mentions[site.callee] = known.mentions[site.callee].saturating_sub(1);
        if known.mentions[site.callee] > 0 {
            known.add_mentions(callee);
        }
        inline_call(func, site, callee);
    }
    !sites.is_empty()
}

/// The calls that are worth it, in order of blocks and positions.
fn choose(
    func: &Func,
    id: FuncId,
    module: &Module,
    summaries: &Summaries,
    known: &Known,
    budget: usize,
) -> Vec<Site> {
    let component = summaries.get(id).component;
    let mut size = func.size();
    let mut flow: Option<Flow> = None;
    let mut sites = Vec::new();
    for (block, data) in func.blocks.iter() {
        for (at, &inst) in data.insts.iter().enumerate() {
            let data = &func.insts[inst];
            let (Op::Call, Imm::Func(callee, types)) = (data.op, &data.imm) else { continue };
            let (body, summary) = (&module.funcs[*callee], summaries.get(*callee));
            let circular = summary.recursive || summary.component == component;
            if body.is_declaration() || circular || !types.is_empty() || body.type_params > 0 {
                continue;
            }
            let cost = known.sizes[*callee].saturating_sub(CALL_COST + data.args.len());
            let mut worth = SMALL;
            if data.args.iter().any(|&v| func.def_inst(v).is_some_and(|d| d.op == Op::ClosureNew)) {
                worth *= WITH_CLOSURES;
            }
            if cost > worth && cost <= worth * IN_LOOP {
                let flow = flow.get_or_insert_with(|| Flow::compute(func));
                worth *= if flow.loops.depth(block) > 0 { IN_LOOP } else { 1 };
            }
            let only_call = known.mentions[*callee] == 1;
            let limit = if only_call { MAX_SIZE } else { budget };
            if (only_call || cost <= worth) && (cost == 0 || size + cost <= limit) {
                size += cost;
                sites.push(Site { block, at, callee: *callee });
            }
        }
    }
    sites
}

/// Puts the body of the callee in place of a call.
fn inline_call(func: &mut Func, site: &Site, callee: &Func) {
    let mut rest = func.blocks[site.block].insts.split_off(site.at);
    let call = rest.remove(0);
    let after = func.add_block();
    func.blocks[after].insts = rest;
    // What the call gave is what the paths out of the callee bring along.
    if let Some(result) = func.insts[call].result.take() {
        func.values[result].def = Def::Param(after, 0);
        func.blocks[after].params.push(result);
    }
    let data = func.insts[call].clone();
    let mut copier = Copier {
        scopes: copy_scopes(func, callee, &data),
        values: IdVec::new(),
        blocks: IdVec::new(),
        after,
        into: func,
    };
    copier.copy(callee, &data.args, site.block);
}

/// The scopes in the caller for those of the callee, by number.
fn copy_scopes(func: &mut Func, callee: &Func, call: &InstData) -> Vec<Scope> {
    let own = ScopeData {
        shown: callee.shown.as_str().into(),
        origin: callee.origin,
        call_span: call.span,
        parent: call.scope,
    };
    let mut scopes = vec![func.add_scope(own)];
    for data in &callee.inlined {
        let parent = scopes[data.parent.0 as usize];
        let data = ScopeData { parent, ..data.clone() };
        scopes.push(func.add_scope(data));
    }
    scopes
}

struct Copier<'a> {
    into: &'a mut Func,
    scopes: Vec<Scope>,
    /// By value of the callee: its copy.
    values: IdVec<Value, Value>,
    /// By block of the callee: its copy.
    blocks: IdVec<Block, Block>,
    /// Where returns go.
    after: Block,
}

impl Copier<'_> {
    fn copy(&mut self, callee: &Func, args: &[Value], entry: Block) {
        self.blocks.push(entry);
        for _ in callee.blocks.ids().skip(1) {
            self.blocks.push(self.into.add_block());
        }
        self.name_values(callee, args);
        for (block, data) in callee.blocks.iter() {
            for &inst in &data.insts {
                self.copy_inst(callee, inst, self.blocks[block]);
            }
        }
    }

    /// Makes the values first: a use may come before the definition in the order of blocks.
    fn name_values(&mut self, callee: &Func, args: &[Value]) {
        self.values.resize(callee.values.len(), Value(u32::MAX));
        for (&param, &arg) in callee.blocks[Func::ENTRY].params.iter().zip(args) {
            self.values[param] = arg;
        }
        for (block, data) in callee.blocks.iter() {
            if block != Func::ENTRY {
                for &param in &data.params {
                    self.values[param] = self.into.add_param(self.blocks[block], callee.ty(param));
                    self.into.names.copy(self.values[param], &callee.names, param);
                }
            }
            for &inst in &data.insts {
                if let Some(result) = callee.insts[inst].result {
                    self.values[result] = self.into.add_value(callee.ty(result));
                    self.into.names.copy(self.values[result], &callee.names, result);
                }
            }
        }
    }

    fn copy_inst(&mut self, callee: &Func, inst: Inst, to: Block) {
        let mut data = callee.insts[inst].clone();
        data.scope = self.scopes[data.scope.0 as usize];
        data.args.iter_mut().for_each(|v| *v = self.values[*v]);
        for target in &mut data.targets {
            target.block = self.blocks[target.block];
            target.args.iter_mut().for_each(|v| *v = self.values[*v]);
        }
        data.result = data.result.map(|v| self.values[v]);
        match data.op {
            Op::Return => {
                let returned = std::mem::take(&mut data.args);
                self.leave(data, &returned, to);
            }
            Op::TailCall | Op::TailCallClosure | Op::TailCallAny => {
                let leave = InstData::new(Op::Jump, &[], Imm::None, data.span, data.scope);
                data.op = match data.op {
                    Op::TailCall => Op::Call,
                    Op::TailCallAny => Op::CallAny,
                    _ => Op::CallClosure,
                };
                // The call that is being replaced has the callee's result type.
                let result = self.into.blocks[self.after].params.first().map(|&v| self.into.ty(v));
                data.result = result.map(|ty| self.into.add_value(ty));
                let returned: Vec<Value> = data.result.into_iter().collect();
                self.into.push_inst(to, data);
                self.leave(leave, &returned, to);
            }
            _ => self.into.push_inst(to, data),
        }
    }

    /// Goes to what follows the call.
    fn leave(&mut self, mut data: InstData, returned: &[Value], from: Block) {
        data.op = Op::Jump;
        data.targets = vec![Target { block: self.after, args: returned.iter().copied().collect() }];
        self.into.push_inst(from, data);
    }
}
