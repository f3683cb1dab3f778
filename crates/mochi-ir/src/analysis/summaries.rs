//! What a call of each function may do: the call graph and the union of effects along it.
//!
//! A summary speaks of everything the call may run. A function that may go on forever (a loop, recursion) counts as one
//! that may trap, since its call can neither be dropped nor moved to a path that did not make it. Function values are
//! opaque: calling one may do anything, and may come back to any function that some `closure.new` names. So are functions
//! of earlier parts of a program that grows; all of them have one summary.
//!
//! Components are found with Tarjan's algorithm, iteratively; call chains of generated programs are long.

use crate::func::{Func, InstData};
use crate::module::{FuncId, FuncMap, Module};
use crate::op::{Effects, Imm, Op, effect};

/// What is known about a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Summary {
    /// What a call may do.
    pub effects: Effects,
    /// Whether it may call itself through calls of known functions.
    pub recursive: bool,
    /// Functions of one component may call each other through calls of known functions.
    pub component: u32,
    /// Functions of one cycle may call each other, also through function values.
    pub cycle: u32,
}

/// Summaries of all functions of a module.
#[derive(Clone, Debug, Default)]
pub struct Summaries {
    funcs: FuncMap<Summary>,
    bottom_up: Vec<FuncId>,
    /// Of a function of an earlier part.
    earlier: Summary,
}

impl Default for Summary {
    fn default() -> Self {
        Self { effects: effect::CALLS, recursive: false, component: u32::MAX, cycle: u32::MAX }
    }
}

impl Summaries {
    /// The summaries of a module.
    pub fn compute(module: &Module) -> Self {
        let calls = CallGraph::compute(module);
        let direct = components(&calls.direct);
        let cycles = components(&calls.with_closures());
        // They may call any function value, so they are where all of those are.
        let earlier =
            Summary { cycle: *cycles.of.last().expect("that of function values"), ..Summary::default() };
        let mut node = 0;
        let funcs = FuncMap::of(module, |_| {
            node += 1;
            Summary {
                effects: calls.own[node - 1],
                recursive: false,
                component: direct.of[node - 1],
                cycle: cycles.of[node - 1],
            }
        });
        let ids: Vec<FuncId> = module.own_funcs().collect();
        let mut this = Self { funcs, bottom_up: Vec::new(), earlier };
        // Components come out callees first.
        for members in &direct.members {
            let recursive = match members[..] {
                [one] => calls.direct[one as usize].contains(&one),
                _ => true,
            };
            let mut effects = if recursive { effect::TRAPS } else { Effects::NONE };
            for &node in members {
                effects = effects.or(calls.own[node as usize]);
                for &callee in &calls.direct[node as usize] {
                    effects = effects.or(this.funcs[ids[callee as usize]].effects);
                }
            }
            for &node in members {
                let id = ids[node as usize];
                let summary = &mut this.funcs[id];
                (summary.effects, summary.recursive) = (effects, recursive);
                this.bottom_up.push(id);
            }
        }
        this
    }

    /// The summary of a function.
    pub fn get(&self, id: FuncId) -> &Summary {
        self.funcs.get(id).unwrap_or(&self.earlier)
    }
    /// Whether a function may call itself through a function value that it calls.
    pub fn recurs_through_closures(&self, id: FuncId) -> bool {
        self.get(id).cycle == self.earlier.cycle
    }
    /// All functions but those of earlier parts, callees before their callers where calls are not circular.
    pub fn bottom_up(&self) -> &[FuncId] {
        &self.bottom_up
    }
    /// What an instruction may do, calls by their summaries.
    pub fn effects(&self, data: &InstData) -> Effects {
        match (data.op, &data.imm) {
            (Op::Call | Op::TailCall, Imm::Func(id, _)) => {
                let own = Effects(data.op.effects().0 & effect::TERMINATES.0);
                own.or(self.get(*id).effects)
            }
            _ => data.effects(),
        }
    }
}

/// Who calls whom, by position among the functions that are not of earlier parts.
struct CallGraph {
    /// Calls of known functions.
    direct: Vec<Vec<u32>>,
    /// Effects of a function's own instructions, calls of known functions aside.
    own: Vec<Effects>,
    /// Whether a function calls function values.
    calls_closures: Vec<bool>,
    has_closure: Vec<bool>,
}

impl CallGraph {
    fn compute(module: &Module) -> Self {
        let nodes = FuncMap::of(module, |_| ());
        let count = nodes.len();
        let mut this = Self {
            direct: vec![Vec::new(); count],
            own: vec![Effects::NONE; count],
            calls_closures: vec![false; count],
            has_closure: vec![false; count],
        };
        for (node, id) in module.own_funcs().enumerate() {
            this.add(module, &nodes, node, &module.funcs[id]);
        }
        this
    }

    fn add(&mut self, module: &Module, nodes: &FuncMap<()>, node: usize, func: &Func) {
        if func.is_declaration() {
            self.own[node] = effect::CALLS;
            self.calls_closures[node] = true;
            return;
        }
        let mut own = if may_cycle(func) { effect::TRAPS } else { Effects::NONE };
        for &inst in func.blocks.values().flat_map(|b| &b.insts) {
            let data = &func.insts[inst];
            match (data.op, &data.imm) {
                (Op::Call | Op::TailCall, Imm::Func(callee, _)) => match nodes.position(*callee) {
                    Some(callee) => self.direct[node].push(callee as u32),
                    None => {
                        own = effect::CALLS;
                        self.calls_closures[node] = true;
                    }
                },
                (Op::ClosureNew, Imm::Func(callee, _)) => {
                    let made = [Some(*callee), module.funcs[*callee].uniform];
                    for node in made.into_iter().flatten().filter_map(|id| nodes.position(id)) {
                        self.has_closure[node] = true;
                    }
                }
                _ => own = own.or(data.effects()),
            }
            self.calls_closures[node] |=
                matches!(data.op, Op::CallClosure | Op::CallAny | Op::TailCallClosure | Op::TailCallAny);
        }
        self.own[node] = Effects(own.0 & effect::CALLS.0);
        self.direct[node].sort_unstable();
        self.direct[node].dedup();
    }

    /// The graph with one more node, which stands for any function value.
    fn with_closures(&self) -> Vec<Vec<u32>> {
        let mut graph = self.direct.clone();
        let any = graph.len() as u32;
        let callees = (0..any).filter(|&n| self.has_closure[n as usize]).collect();
        for (node, calls) in graph.iter_mut().zip(&self.calls_closures) {
            if *calls {
                node.push(any);
            }
        }
        graph.push(callees);
        graph
    }
}

/// Whether control may come back to a block. Blocks are mostly numbered forwards, which makes the answer quick.
fn may_cycle(func: &Func) -> bool {
    let forwards = |b| func.successors(b).all(|s| s > b);
    !func.blocks.ids().all(forwards) && {
        let order = crate::analysis::Order::compute(func);
        order.blocks().iter().any(|&b| func.successors(b).any(|s| order.position(s) <= order.position(b)))
    }
}

/// Strongly connected components.
struct Components {
    /// By node: its component.
    of: Vec<u32>,
    /// By component: its nodes. A component comes after those that it has edges to.
    members: Vec<Vec<u32>>,
}

fn components(graph: &[Vec<u32>]) -> Components {
    const NEW: u32 = u32::MAX;
    let count = graph.len();
    let mut this = Components { of: vec![NEW; count], members: Vec::new() };
    let (mut number, mut low) = (vec![NEW; count], vec![0; count]);
    let (mut open, mut next, mut work) = (Vec::new(), 0, Vec::new());
    for root in 0..count as u32 {
        if number[root as usize] != NEW {
            continue;
        }
        work.push((root, 0));
        while let Some((node, edge)) = work.last_mut() {
            let n = *node as usize;
            if *edge == 0 && number[n] == NEW {
                (number[n], low[n]) = (next, next);
                next += 1;
                open.push(*node);
            }
            if let Some(&to) = graph[n].get(*edge) {
                *edge += 1;
                if number[to as usize] == NEW {
                    work.push((to, 0));
                } else if this.of[to as usize] == NEW {
                    low[n] = low[n].min(number[to as usize]);
                }
                continue;
            }
            work.pop();
            if let Some((parent, _)) = work.last() {
                low[*parent as usize] = low[*parent as usize].min(low[n]);
            }
            if low[n] == number[n] {
                let first =
                    open.iter().rposition(|&m| m as usize == n).expect("an open node is on the stack");
                let members = open.split_off(first);
                members.iter().for_each(|&m| this.of[m as usize] = this.members.len() as u32);
                this.members.push(members);
            }
        }
    }
    this
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_callees_first() {
        let graph = vec![vec![1], vec![2], vec![1, 3], vec![], vec![4]];
        let c = components(&graph);
        assert_eq!(c.members, [vec![3], vec![1, 2], vec![0], vec![4]]);
        assert_eq!(c.of, [2, 1, 1, 0, 3]);
    }
}
