//! Shapes do what their graphs do: both are walked with the same decisions.

use mochi_base::id::Id;
use mochi_ir::analysis::{Dominators, Loops, Preds};
use mochi_ir::func::Target;
use mochi_ir::{Block, Builder, Func, Types};

use super::{Arm, Code, Edge, Exit, MAX_LEVELS, Node, Shape, find};

/// A function whose block `i` goes to the blocks of `edges[i]`.
fn func(edges: &[Vec<u32>]) -> Func {
    let mut f = Func::declaration("f", 0, vec![Types::BOOL, Types::I64], Types::UNIT);
    for _ in edges {
        f.add_block();
    }
    let condition = f.add_param(Func::ENTRY, Types::BOOL);
    let number = f.add_param(Func::ENTRY, Types::I64);
    for (at, to) in edges.iter().enumerate() {
        let mut b = Builder::new(&mut f, Block(at as u32));
        match to[..] {
            [] => b.ret(None),
            [one] => b.jump(Block(one), &[]),
            [yes, no] => b.branch(condition, Block(yes), &[], Block(no), &[]),
            _ => {
                let targets: Vec<Target> =
                    to.iter().map(|&to| mochi_ir::build::target(Block(to), &[])).collect();
                b.switch(number, (1..to.len() as i64).collect(), targets);
            }
        }
    }
    f
}

/// Blocks do something, unless their number can be divided by three; going to some assigns something.
struct Some3<'a>(&'a Func);

fn is_silent(block: Block) -> bool {
    block.index().is_multiple_of(3)
}

impl Code for Some3<'_> {
    fn is_silent(&self, block: Block) -> bool {
        is_silent(block)
    }
    fn moves_nothing(&self, block: Block, target: usize) -> bool {
        let to = self.0.terminator(block).unwrap().targets[target].block;
        !(block.index() + to.index()).is_multiple_of(4)
    }
}

fn shape(func: &Func) -> Shape {
    let dominators = Dominators::compute(func);
    let preds = Preds::compute(func, &dominators);
    find(func, &dominators, &Loops::compute(func, &dominators, &preds), &Some3(func))
}

/// What a shape is to a machine that only jumps. Places are those of other steps.
#[derive(Debug)]
enum Step {
    /// The instructions of a block.
    Visit(Block),
    /// Assignments for a target, from one block to another.
    Move(Block, Block),
    /// The jump of an edge to a label, wherever it goes.
    Goto(Block),
    /// Goes on at the place of the target that is taken.
    Decide(Block, Vec<usize>),
    Jump(usize),
    End,
}

struct Machine<'a> {
    func: &'a Func,
    steps: Vec<Step>,
    labels: Vec<Option<usize>>,
    depth: usize,
    gotos: usize,
    deepest: usize,
}

/// Where `break` and `continue` go: jumps to be patched, and a place.
struct Around {
    breaks: Vec<usize>,
    head: Option<usize>,
}

impl Machine<'_> {
    fn list(&mut self, nodes: &[Node], around: &mut Vec<Around>) {
        self.deepest = self.deepest.max(self.depth);
        self.depth += 1;
        for node in nodes {
            self.node(node, around);
        }
        self.depth -= 1;
    }

    fn node(&mut self, node: &Node, around: &mut Vec<Around>) {
        match node {
            Node::Label(block) => {
                assert!(self.labels[block.index()].is_none(), "{block:?} is written twice");
                self.labels[block.index()] = Some(self.steps.len());
            }
            Node::Block(block) if is_silent(*block) => {}
            Node::Block(block) => self.steps.push(Step::Visit(*block)),
            Node::End(_) => self.steps.push(Step::End),
            Node::Edge(edge) => self.edge(*edge, around),
            Node::If(node) => {
                let decide = self.steps.len();
                self.steps.push(Step::End);
                let then = self.steps.len();
                self.list(&node.then, around);
                let over = self.steps.len();
                self.steps.push(Step::End);
                let other = self.steps.len();
                self.list(&node.other, around);
                self.steps[over] = Step::Jump(self.steps.len());
                let places = if node.negated { vec![other, then] } else { vec![then, other] };
                self.steps[decide] = Step::Decide(node.block, places);
            }
            Node::Loop(node) => {
                let head = self.steps.len();
                around.push(Around { breaks: Vec::new(), head: Some(head) });
                if let Some(negated) = node.test {
                    assert!(is_silent(node.header));
                    let at = self.steps.len();
                    // The jump is the way out, what comes after it is the body.
                    let places = if negated { vec![at + 1, at + 2] } else { vec![at + 2, at + 1] };
                    self.steps.push(Step::Decide(node.header, places));
                    around.last_mut().unwrap().breaks.push(self.steps.len());
                    self.steps.push(Step::End);
                }
                self.list(&node.body, around);
                self.steps.push(Step::Jump(head));
                self.patch(around);
            }
            Node::Switch(node) => {
                around.push(Around { breaks: Vec::new(), head: None });
                let decide = self.steps.len();
                self.steps.push(Step::End);
                let mut places = Vec::new();
                for Arm { targets, body, falls } in &node.arms {
                    places.extend(targets.iter().map(|_| self.steps.len()));
                    self.list(body, around);
                    if *falls {
                        around.last_mut().unwrap().breaks.push(self.steps.len());
                    }
                    // Where nothing falls off, nobody gets here.
                    self.steps.push(Step::End);
                }
                self.steps[decide] = Step::Decide(node.block, places);
                self.patch(around);
            }
        }
    }

    fn patch(&mut self, around: &mut Vec<Around>) {
        let end = self.steps.len();
        for at in around.pop().unwrap().breaks {
            self.steps[at] = Step::Jump(end);
        }
    }

    fn edge(&mut self, edge: Edge, around: &mut [Around]) {
        if !Some3(self.func).moves_nothing(edge.from, edge.target) {
            let to = self.func.terminator(edge.from).unwrap().targets[edge.target].block;
            self.steps.push(Step::Move(edge.from, to));
        }
        match edge.exit {
            Exit::Fall => {}
            Exit::Break => {
                around.last_mut().unwrap().breaks.push(self.steps.len());
                self.steps.push(Step::End);
            }
            Exit::Continue => {
                let head = around.iter().rev().find_map(|each| each.head).unwrap();
                self.steps.push(Step::Jump(head));
            }
            Exit::Goto => {
                self.gotos += 1;
                self.steps.push(Step::Goto(edge.from));
            }
        }
    }
}

/// The nodes in a list, and how many jumps and how deep lists there are, when walks with decisions from a seed do the same
/// in the shape and in its graph.
fn check(edges: &[Vec<u32>], seed: u64) -> (Vec<Node>, usize, usize) {
    let func = func(edges);
    let shape = shape(&func);
    let labels = vec![None; edges.len()];
    let mut machine = Machine { func: &func, steps: Vec::new(), labels, depth: 0, gotos: 0, deepest: 0 };
    machine.list(&shape.body, &mut Vec::new());
    machine.steps.push(Step::End);
    if edges.len() < 1000 {
        labels_are_around(&shape.body, &mut Vec::new(), &func, &shape);
    }
    for turn in 0..4 {
        machine.walk(edges, seed.wrapping_mul(31).wrapping_add(turn));
    }
    (shape.body, machine.gotos, machine.deepest)
}

/// Every jump goes to a label of a list around it.
fn labels_are_around(nodes: &[Node], around: &mut Vec<Block>, func: &Func, shape: &Shape) {
    let before = around.len();
    around.extend(nodes.iter().filter_map(|node| match node {
        Node::Label(block) => Some(*block),
        _ => None,
    }));
    for node in nodes {
        match node {
            Node::Edge(Edge { from, target, exit: Exit::Goto }) => {
                let to = func.terminator(*from).unwrap().targets[*target].block;
                assert!(around.contains(&to) && shape.jumped[to.index()], "{from:?} to {to:?}");
            }
            Node::If(node) => {
                labels_are_around(&node.then, around, func, shape);
                labels_are_around(&node.other, around, func, shape);
            }
            Node::Loop(node) => labels_are_around(&node.body, around, func, shape),
            Node::Switch(node) => {
                node.arms.iter().for_each(|arm| labels_are_around(&arm.body, around, func, shape));
            }
            _ => {}
        }
    }
    around.truncate(before);
}

impl Machine<'_> {
    /// Follows the graph; the shape must come by the same blocks.
    fn walk(&self, edges: &[Vec<u32>], mut seed: u64) {
        let mut block = Func::ENTRY;
        let mut at = 0;
        for _ in 0..300 {
            if !is_silent(block) {
                at = self.run_to(at, &Step::Visit(block));
            }
            let targets = &edges[block.index()];
            let Some(place) = self.place(at) else { return };
            if targets.is_empty() {
                return assert!(matches!(self.steps[place], Step::End), "{block:?} ends in {edges:?}");
            }
            let chosen = match targets.len() {
                1 => 0,
                count => {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let chosen = (seed >> 33) as usize % count;
                    let Step::Decide(by, places) = &self.steps[place] else {
                        panic!("{:?} where {block:?} decides in {edges:?}", self.steps[place])
                    };
                    assert_eq!(*by, block, "{edges:?}");
                    at = places[chosen];
                    chosen
                }
            };
            let to = Block(targets[chosen]);
            if !Some3(self.func).moves_nothing(block, chosen) {
                at = self.run_to(at, &Step::Move(block, to));
            }
            let Some(place) = self.place(at) else { return };
            // Else it is of a block that does nothing else.
            if matches!(self.steps[place], Step::Goto(from) if from == block) {
                at = self.labels[to.index()].unwrap_or_else(|| panic!("{to:?} has no label in {edges:?}"));
            }
            block = to;
        }
    }
    /// The place of the next step that is no jump; none in a loop that does nothing.
    fn place(&self, mut at: usize) -> Option<usize> {
        for _ in 0..=self.steps.len() {
            let Step::Jump(to) = self.steps[at] else { return Some(at) };
            at = to;
        }
        None
    }
    /// The place after a step that must come next.
    fn run_to(&self, at: usize, wanted: &Step) -> usize {
        let at = self.place(at).expect("something is done");
        match (&self.steps[at], wanted) {
            (Step::Visit(a), Step::Visit(b)) => assert_eq!(a, b),
            (Step::Move(a, i), Step::Move(b, j)) => assert_eq!((a, i), (b, j)),
            (found, wanted) => panic!("{found:?} where {wanted:?} comes next"),
        }
        at + 1
    }
}

fn lists(edges: &[&[u32]]) -> Vec<Vec<u32>> {
    edges.iter().map(|to| to.to_vec()).collect()
}

#[test]
fn random_graphs_are_walked_alike() {
    let mut seed = 1u64;
    let mut next = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below) as u32
    };
    for round in 0..4000 {
        let len = 2 + next(1 + round / 100);
        let edges: Vec<Vec<u32>> = (0..len)
            .map(|at| {
                let count = [0, 1, 1, 2, 2, 2, 2, 3, 5][next(9) as usize];
                // The entry has no predecessors; most edges go on a little.
                let to = |next: &mut dyn FnMut(u64) -> u32| match next(3) {
                    0 => 1 + next(u64::from(len) - 1),
                    _ => (at + 1 + next(3)).min(len - 1),
                };
                (0..count).map(|_| to(&mut next)).collect()
            })
            .collect();
        check(&edges, round);
    }
}

#[test]
fn usual_graphs_need_no_jumps() {
    // If, if and else, and a loop with a test, a `continue` and a `break`, then a switch.
    let graphs = [
        lists(&[&[1, 2], &[2], &[]]),
        lists(&[&[1, 2], &[3], &[3], &[]]),
        lists(&[&[3], &[], &[], &[4, 8], &[3, 5], &[6, 8], &[3], &[], &[]]),
        lists(&[&[1, 2, 3], &[4], &[4], &[4], &[]]),
        lists(&[&[1, 2], &[], &[3, 4], &[], &[5, 6], &[], &[]]),
    ];
    for edges in graphs {
        let (nodes, gotos, _) = check(&edges, 7);
        assert_eq!(gotos, 0, "{nodes:?}");
    }
}

#[test]
fn loops_are_what_they_look_like() {
    // Block 3 does nothing but decide whether the loop goes on.
    let (nodes, ..) = check(&lists(&[&[3], &[], &[], &[4, 5], &[3], &[]]), 7);
    let found = nodes.iter().find_map(|node| match node {
        Node::Loop(node) => Some(node.test),
        _ => None,
    });
    assert_eq!(found, Some(Some(false)));
    // The inner loop ends the outer one: C has no word for that.
    let (_, gotos, _) = check(&lists(&[&[1], &[2, 5], &[3, 1], &[2, 4], &[6], &[6], &[]]), 7);
    assert!(gotos > 0);
}

#[test]
fn depth_ends_in_jumps() {
    // `if` within `if`, and `else if` after `else if`, both with a common end.
    for swapped in [false, true] {
        let len = 500;
        let mut edges: Vec<Vec<u32>> = (0..len).map(|at| vec![at + 1, len + 1 + at]).collect();
        edges.push(vec![2 * len + 1]);
        edges.extend((0..len).map(|_| vec![2 * len + 1]));
        edges.push(vec![]);
        if swapped {
            edges.iter_mut().for_each(|to| to.reverse());
        }
        let (.., deepest) = check(&edges, 5);
        assert!(deepest <= MAX_LEVELS as usize + 2, "{deepest}");
    }
    // A loop within a loop, and so on.
    let len = 300;
    let mut edges: Vec<Vec<u32>> = (0..len).map(|at| vec![at + 1]).collect();
    edges.extend((0..len).map(|at| vec![len - at, len + at + 1]));
    edges.push(vec![]);
    let (.., deepest) = check(&edges, 5);
    assert!(deepest <= MAX_LEVELS as usize + 2, "{deepest}");
}

#[test]
fn long_functions_are_flat() {
    // Conditions one after the other, early returns, a ladder of meeting edges.
    let len = 10_000;
    let ifs: Vec<Vec<u32>> =
        (0..len).map(|at| if at % 2 == 0 { vec![at + 1, at + 2] } else { vec![at + 1] }).collect();
    let returns: Vec<Vec<u32>> =
        (0..len).map(|at| if at % 2 == 0 { vec![at + 1, at + 2] } else { vec![] }).collect();
    let ladder: Vec<Vec<u32>> = (0..len).map(|at| vec![at + 1, (at + 7).min(len)]).collect();
    for mut edges in [ifs, returns, ladder] {
        edges.extend([vec![], vec![]]);
        let (.., deepest) = check(&edges, 5);
        assert!(deepest <= MAX_LEVELS as usize + 2, "{deepest}");
    }
}
