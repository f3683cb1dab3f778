//! Dominator tree: block `a` dominates `b` when every path from the entry to `b` goes through `a`.
//!
//! Computed with the iteration of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm") over the reverse
//! post-order; queries compare numbers of a walk over the tree and take constant time. Blocks that the entry does not
//! reach are in no order, have no parent, and neither dominate nor are dominated, except by themselves.

use crate::analysis::Order;
use crate::func::{Block, Func};

/// Parent of a block that is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// The dominator tree of a function, with the reverse post-order that it is made from.
#[derive(Clone, Debug, Default)]
pub struct Dominators {
    order: Order,
    /// By position in `order`: position of the immediate dominator; the entry is its own.
    parent: Vec<u32>,
    /// By position in `order`: when a walk over the tree enters and leaves the block.
    interval: Vec<(u32, u32)>,
}

impl Dominators {
    /// The tree of a function. Targets that are no blocks of it are passed over.
    pub fn compute(func: &Func) -> Self {
        let mut tree = Self { order: Order::compute(func), ..Self::default() };
        if !func.is_declaration() {
            tree.find_parents(func);
            tree.number_intervals();
        }
        tree
    }

    /// Reached blocks in reverse post-order, the entry first.
    pub fn order(&self) -> &[Block] {
        self.order.blocks()
    }
    /// Position of a block in [`order`](Self::order), if it is reached.
    pub fn position(&self, block: Block) -> Option<usize> {
        self.order.position(block)
    }
    /// Whether the entry reaches the block.
    pub fn reached(&self, block: Block) -> bool {
        self.order.reached(block)
    }
    /// The immediate dominator; none of the entry and of blocks that are not reached.
    pub fn parent(&self, block: Block) -> Option<Block> {
        let n = self.position(block)?;
        (n != 0).then(|| self.order()[self.parent[n] as usize])
    }
    /// Whether every path from the entry to `b` goes through `a`. A block dominates itself.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        match (self.position(a), self.position(b)) {
            (Some(m), Some(n)) => {
                let ((enter_a, leave_a), (enter_b, leave_b)) = (self.interval[m], self.interval[n]);
                enter_a <= enter_b && leave_b <= leave_a
            }
            _ => a == b,
        }
    }
    /// Reached blocks in preorder of the tree, siblings in reverse post-order. So a block comes after what dominates
    /// it, before anything it does not dominate that comes after it, and after its predecessors except along back edges.
    pub fn walk(&self) -> Vec<Block> {
        let mut walk = vec![Func::ENTRY; self.order().len()];
        for (&block, &(enter, _)) in self.order().iter().zip(&self.interval) {
            walk[enter as usize] = block;
        }
        walk
    }

    fn find_parents(&mut self, func: &Func) {
        let count = self.order().len();
        let (start, preds) = self.preds(func);
        self.parent = vec![UNKNOWN; count];
        self.parent[0] = 0;
        let mut changed = true;
        while changed {
            changed = false;
            for n in 1..count {
                // Latest first: then many ways out of a deep nest climb it once together, not once each.
                let preds = preds[start[n] as usize..start[n + 1] as usize].iter().rev().copied();
                let known = preds.filter(|&p| self.parent[p as usize] != UNKNOWN);
                let parent = known.reduce(|a, b| self.common(a, b)).unwrap_or(UNKNOWN);
                changed |= self.parent[n] != parent;
                self.parent[n] = parent;
            }
        }
    }

    /// By position: the positions of the predecessors, in order, flat; and where those of each block start.
    fn preds(&self, func: &Func) -> (Vec<u32>, Vec<u32>) {
        let order = self.order();
        let mut edges = Vec::with_capacity(2 * order.len());
        let mut start = vec![0u32; order.len() + 1];
        for (i, &block) in order.iter().enumerate() {
            for n in func.successors(block).filter_map(|succ| self.position(succ)) {
                edges.push((i as u32, n as u32));
                start[n + 1] += 1;
            }
        }
        for n in 1..start.len() {
            start[n] += start[n - 1];
        }
        let (mut next, mut preds) = (start.clone(), vec![0; edges.len()]);
        for (from, to) in edges {
            let at = &mut next[to as usize];
            preds[*at as usize] = from;
            *at += 1;
        }
        (start, preds)
    }

    /// The nearest block that dominates both, all by position.
    fn common(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            if a > b {
                a = self.parent[a as usize];
            } else {
                b = self.parent[b as usize];
            }
        }
        a
    }

    /// Parents come before children in the order, so subtree sizes add up backwards and starts follow forwards.
    fn number_intervals(&mut self) {
        let mut size = vec![1u32; self.order().len()];
        for n in (1..self.order().len()).rev() {
            size[self.parent[n] as usize] += size[n];
        }
        let mut next = vec![0u32; self.order().len()];
        self.interval = vec![(0, 0); self.order().len()];
        for n in 0..self.order().len() {
            let enter = if n == 0 {
                0
            } else {
                let p = self.parent[n] as usize;
                let at = next[p];
                next[p] += size[n];
                at
            };
            self.interval[n] = (enter, enter + size[n]);
            next[n] = enter + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Builder;
    use crate::ty::Types;

    /// A function whose block `i` branches to the blocks of `edges[i]`.
    fn func(edges: &[&[u32]]) -> Func {
        let mut f = Func::declaration("f", 0, vec![Types::BOOL], Types::UNIT);
        for _ in edges {
            f.add_block();
        }
        let cond = f.add_param(Func::ENTRY, Types::BOOL);
        for (i, to) in edges.iter().enumerate() {
            let mut b = Builder::new(&mut f, Block(i as u32));
            match to {
                [] => b.ret(None),
                [one] => b.jump(Block(*one), &[]),
                [a, c] => b.branch(cond, Block(*a), &[], Block(*c), &[]),
                _ => unreachable!(),
            }
        }
        f
    }

    /// Whether `b` is not reached from the entry without going through `a`.
    fn dominates_by_search(f: &Func, a: Block, b: Block) -> bool {
        let (mut seen, mut stack) = (vec![false; f.blocks.len()], vec![Func::ENTRY]);
        while let Some(x) = stack.pop() {
            if x != a && !std::mem::replace(&mut seen[x.0 as usize], true) {
                stack.extend(f.successors(x));
            }
        }
        a == b || !seen[b.0 as usize]
    }

    #[test]
    fn agrees_with_the_definition() {
        let graphs: &[&[&[u32]]] = &[
            &[&[]],
            &[&[1, 2], &[3], &[3], &[]],
            &[&[1], &[2, 3], &[1], &[]],
            &[&[1, 2], &[2], &[1, 3], &[]],
            &[&[5], &[2, 3], &[4], &[4], &[1, 6], &[1], &[]],
            &[&[1, 4], &[2, 3], &[3, 1], &[5], &[5, 2], &[]],
        ];
        for edges in graphs {
            let f = func(edges);
            let tree = Dominators::compute(&f);
            for a in f.blocks.ids() {
                for b in f.blocks.ids() {
                    assert_eq!(
                        tree.dominates(a, b),
                        dominates_by_search(&f, a, b),
                        "{a:?} {b:?} in {edges:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn blocks_that_are_not_reached_are_apart() {
        let f = func(&[&[1], &[], &[1]]);
        let tree = Dominators::compute(&f);
        assert_eq!(tree.order(), [Block(0), Block(1)]);
        assert!(!tree.reached(Block(2)) && tree.parent(Block(2)).is_none());
        assert_eq!(tree.parent(Block(1)), Some(Block(0)));
        assert!(!tree.dominates(Block(0), Block(2)) && tree.dominates(Block(2), Block(2)));
    }
}
