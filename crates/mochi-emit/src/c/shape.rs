//! The statements that a function's blocks become: loops, conditions, and jumps where C has no other word.
//!
//! The method is that of Ramsey, "Beyond Relooper" (2022), for a language with `goto`. A block that only one edge leads to is
//! written where that edge is. Where several edges meet, the block comes after what its immediate dominator became, so
//! that most of them get there by falling off an end, and the others jump outward to a label in a list around them. Loops are
//! those of [`Loops`]; what a loop is left for comes after it, except for what only a side exit leads to.
//!
//! So every jump goes to a label of a list around it, irreducible cycles included: they are jumps back. What is too deep
//! for the eye, or for C compilers, becomes labels and jumps within its list. No list is nested deeper than [`MAX_LEVELS`],
//! which bounds the recursion here and in the writer. The time is linear in blocks and edges, but for loops in loops.

use mochi_base::id::Id;
use mochi_ir::analysis::{Dominators, Loops};
use mochi_ir::{Block, Func, Op};

/// Deepest nesting of braces.
const MAX_BRACES: u32 = 24;
/// Deepest nesting of statements, where `else if` counts too. C promises 127 levels, Clang stops at 256.
const MAX_LEVELS: u32 = 100;

/// So many blocks may stand between the braces of an `else` where a `return` would do without them.
const SHORT: u32 = 3;

/// A statement.
#[derive(Debug)]
pub(super) enum Node {
    /// Where jumps to a block arrive.
    Label(Block),
    /// The instructions of a block without its last.
    Block(Block),
    /// The last instruction of a block that ends the function.
    End(Block),
    Edge(Edge),
    If(If),
    Loop(Loop),
    Switch(Switch),
}

/// One target of a block's last instruction: the assignment of its parameters, then the way there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub from: Block,
    pub target: usize,
    pub exit: Exit,
}

/// How control gets to another block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    /// It comes next.
    Fall,
    Break,
    Continue,
    Goto,
}

#[derive(Debug)]
pub(super) struct If {
    /// The block that ends with the branch.
    pub block: Block,
    /// Whether `then` is for the case that the condition does not hold.
    pub negated: bool,
    pub then: Vec<Node>,
    pub other: Vec<Node>,
}

#[derive(Debug)]
pub(super) struct Loop {
    pub header: Block,
    /// For loops whose header does nothing but decide whether to go on: whether they do so when the condition does not hold.
    pub test: Option<bool>,
    pub body: Vec<Node>,
}

#[derive(Debug)]
pub(super) struct Switch {
    /// The block that ends with the switch.
    pub block: Block,
    pub arms: Vec<Arm>,
}

/// What some cases of a switch have in common.
#[derive(Debug)]
pub(super) struct Arm {
    pub targets: Vec<usize>,
    pub body: Vec<Node>,
    /// Whether falling off the end leaves the switch.
    pub falls: bool,
}

/// The body of a function.
pub(super) struct Shape {
    pub body: Vec<Node>,
    /// By block: whether a jump goes to its label.
    pub jumped: Vec<bool>,
}

/// What the shape depends on beside the graph.
pub(super) trait Code {
    /// Whether no statement comes of a block but that of its last instruction.
    fn is_silent(&self, block: Block) -> bool;
    /// Whether taking a target assigns nothing.
    fn moves_nothing(&self, block: Block, target: usize) -> bool;
}

/// Finds the shape of a function.
pub(super) fn find(func: &Func, dominators: &Dominators, loops: &Loops, code: &dyn Code) -> Shape {
    let plan = Plan::new(func, dominators, loops);
    let mut builder = Builder {
        func,
        dominators,
        loops,
        code,
        plan,
        jumped: vec![false; func.blocks.len()],
        breaks: false,
    };
    let follow = if func.result == mochi_ir::Types::UNIT { Next::Return } else { Next::Nowhere };
    let context = Context { follow, brk: None, cont: None, braces: 0, levels: 0 };
    let (body, _) = builder.list(Func::ENTRY, context);
    Shape { body, jumped: builder.jumped }
}

/// What comes after a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Nowhere,
    /// The end of a function without a result.
    Return,
    Block(Block),
}

/// Where a list stands.
#[derive(Clone, Copy)]
struct Context {
    follow: Next,
    /// Where `break` gets to.
    brk: Option<Block>,
    /// Where `continue` gets to.
    cont: Option<Block>,
    braces: u32,
    levels: u32,
}

impl Context {
    fn with_follow(self, follow: Next) -> Context {
        Context { follow, ..self }
    }
    /// The list between braces.
    fn inside(self) -> Context {
        Context { braces: self.braces + 1, levels: self.levels + 1, ..self }
    }
    fn is_deep(self) -> bool {
        self.braces >= MAX_BRACES || self.levels >= MAX_LEVELS
    }
}

/// Where blocks are written.
struct Plan {
    /// By block: those that come after it in its list, in order; of a loop header, within the loop.
    after: Vec<Vec<Block>>,
    /// By loop header: those that come after the loop, in order.
    after_loop: Vec<Vec<Block>>,
    /// By block: whether it is written where the one edge to it is.
    inline: Vec<bool>,
    /// By block: whether control only gets out of what it dominates by ending the function.
    terminal: Vec<bool>,
    /// By block: how many blocks it dominates.
    size: Vec<u32>,
    /// By block: how many edges leave the loop that it is the header of.
    exits: Vec<u32>,
}

impl Plan {
    fn new(func: &Func, dominators: &Dominators, loops: &Loops) -> Plan {
        let blocks = func.blocks.len();
        let mut plan = Plan {
            after: vec![Vec::new(); blocks],
            after_loop: vec![Vec::new(); blocks],
            inline: vec![false; blocks],
            terminal: vec![false; blocks],
            size: vec![1; blocks],
            exits: vec![0; blocks],
        };
        let (mut entries, mut depth) = (vec![0u32; blocks], vec![0u32; blocks]);
        for &block in dominators.order() {
            depth[block.index()] = dominators.parent(block).map_or(0, |parent| depth[parent.index()] + 1);
            for to in func.successors(block) {
                entries[to.index()] += u32::from(!dominators.dominates(to, block));
                let mut at = loops.innermost(block);
                while let Some(inner) = at.filter(|&inner| !loops.contains(inner, to)) {
                    plan.exits[loops.get(inner).header.index()] += 1;
                    at = loops.get(inner).parent;
                }
            }
        }
        // The least depth of the dominators of what is reached from under a block.
        let mut reach = vec![u32::MAX; blocks];
        for &block in dominators.order().iter().rev() {
            let at = block.index();
            for to in func.successors(block) {
                let to_depth = depth[to.index()];
                let back = dominators.dominates(to, block);
                reach[at] = reach[at].min(if back { to_depth } else { to_depth.saturating_sub(1) });
            }
            plan.terminal[at] = reach[at] >= depth[at];
            if let Some(parent) = dominators.parent(block) {
                reach[parent.index()] = reach[parent.index()].min(reach[at]);
                plan.size[parent.index()] += plan.size[at];
            }
        }
        plan.place(func, dominators, loops, &entries);
        plan
    }

    fn place(&mut self, func: &Func, dominators: &Dominators, loops: &Loops, entries: &[u32]) {
        // By block: the header of the outermost loop that is left between its dominator and it.
        let left = |block: Block| {
            let mut found = None;
            let mut at = loops.innermost(dominators.parent(block)?);
            while let Some(inner) = at.filter(|&inner| !loops.contains(inner, block)) {
                found = Some(loops.get(inner).header);
                at = loops.get(inner).parent;
            }
            found
        };
        // By loop header: the exit with one edge that is written after the loop like those with several.
        let mut main: Vec<Option<Block>> = vec![None; func.blocks.len()];
        for &block in dominators.order() {
            let Some(header) = left(block) else { continue };
            let rank = |exit: Block| (is_exit_of_test(func, loops, header, exit), self.size[exit.index()]);
            let best = &mut main[header.index()];
            if best.is_none_or(|known| rank(known) <= rank(block)) {
                *best = Some(block);
            }
        }
        for &block in &dominators.order()[1..] {
            let parent = dominators.parent(block).expect("the entry is first");
            let header = left(block);
            if entries[block.index()] == 1 && header.is_none_or(|header| main[header.index()] != Some(block))
            {
                self.inline[block.index()] = true;
                continue;
            }
            match header {
                Some(header) => self.after_loop[header.index()].push(block),
                None => self.after[parent.index()].push(block),
            }
        }
    }
}

/// Whether a loop header ends with a branch that either leaves the loop or goes on.
fn is_test(func: &Func, loops: &Loops, header: Block) -> bool {
    let (Some(inner), Some(last)) = (loops.headed_by(header), func.terminator(header)) else { return false };
    last.op == Op::Branch && last.targets.iter().filter(|to| loops.contains(inner, to.block)).count() == 1
}

fn is_exit_of_test(func: &Func, loops: &Loops, header: Block, exit: Block) -> bool {
    is_test(func, loops, header) && func.successors(header).any(|to| to == exit)
}

struct Builder<'a> {
    func: &'a Func,
    dominators: &'a Dominators,
    loops: &'a Loops,
    code: &'a dyn Code,
    plan: Plan,
    jumped: Vec<bool>,
    /// Whether the innermost loop or switch so far has a `break`.
    breaks: bool,
}

/// One side of a branch.
#[derive(Clone, Copy)]
enum Side {
    /// A block that is written here.
    Inline(Edge, Block),
    Exit(Edge),
}

/// A list in the making.
struct List {
    nodes: Vec<Node>,
    /// Blocks to be written next, the last one first, each with what comes after it, and whether it has a label.
    todo: Vec<(Block, Next, bool)>,
    /// What comes after the list.
    end: Next,
    /// Whether control gets there by falling off the end.
    falls: bool,
}

impl List {
    /// Notes that control falls from where `follow` comes next.
    fn fall(&mut self, follow: Next) {
        self.falls |= follow == self.end;
    }
}

impl Builder<'_> {
    /// What a block and all that is written with it become, and whether control falls off the end.
    fn list(&mut self, block: Block, context: Context) -> (Vec<Node>, bool) {
        let mut list = List {
            nodes: Vec::new(),
            todo: vec![(block, context.follow, false)],
            end: context.follow,
            falls: false,
        };
        self.fill(&mut list, context);
        (list.nodes, list.falls)
    }

    fn fill(&mut self, list: &mut List, context: Context) {
        while let Some((block, follow, label)) = list.todo.pop() {
            if label || self.loops.headed_by(block).is_some() {
                list.nodes.push(Node::Label(block));
            }
            let context = context.with_follow(follow);
            if context.is_deep() && self.would_nest(block) {
                self.flat(block, context, list);
            } else if self.loops.headed_by(block).is_some() {
                self.looped(block, context, list);
            } else {
                list.nodes.push(Node::Block(block));
                let follow = chain(&self.plan.after[block.index()], follow, &mut list.todo);
                self.last(block, context.with_follow(follow), list);
            }
        }
    }

    /// The way from a block to a target.
    fn edge(&mut self, from: Block, target: usize, context: Context) -> Edge {
        let to = self.func.terminator(from).expect("verified").targets[target].block;
        let exit = if context.follow == Next::Block(to) {
            Exit::Fall
        } else if context.cont == Some(to) {
            Exit::Continue
        } else if context.brk == Some(to) {
            self.breaks = true;
            Exit::Break
        } else {
            self.jumped[to.index()] = true;
            Exit::Goto
        };
        Edge { from, target, exit }
    }

    fn side(&mut self, from: Block, target: usize, context: Context) -> Side {
        let to = self.func.terminator(from).expect("verified").targets[target].block;
        if self.plan.inline[to.index()] && self.dominators.parent(to) == Some(from) {
            return Side::Inline(Edge { from, target, exit: Exit::Fall }, to);
        }
        Side::Exit(self.edge(from, target, context))
    }

    /// Writes one side of a branch between braces; whether control falls off the end.
    fn arm(&mut self, side: Side, context: Context) -> (Vec<Node>, bool) {
        match side {
            Side::Exit(edge) => (vec![Node::Edge(edge)], edge.exit == Exit::Fall),
            Side::Inline(edge, block) => {
                let (mut nodes, falls) = self.list(block, context.inside());
                if !self.code.moves_nothing(edge.from, edge.target) {
                    nodes.insert(0, Node::Edge(edge));
                }
                (nodes, falls)
            }
        }
    }

    /// Goes on with a side of a branch in the list.
    fn go_on(&mut self, side: Side, context: Context, list: &mut List) {
        match side {
            Side::Exit(edge) => {
                list.nodes.push(Node::Edge(edge));
                if edge.exit == Exit::Fall {
                    list.fall(context.follow);
                }
            }
            Side::Inline(edge, block) => {
                list.nodes.push(Node::Edge(edge));
                list.todo.push((block, context.follow, false));
            }
        }
    }

    /// Writes the end of a block.
    fn last(&mut self, block: Block, context: Context, list: &mut List) {
        let last = self.func.terminator(block).expect("verified");
        match last.op {
            Op::Jump => {
                let side = self.side(block, 0, context);
                self.go_on(side, context, list);
            }
            Op::Branch => self.branch(block, context, list),
            Op::Switch => self.switch(block, context, list),
            Op::Return if context.follow == Next::Return && last.args.is_empty() => list.fall(Next::Return),
            _ => list.nodes.push(Node::End(block)),
        }
    }

    /// What is worth more to be written first, between braces: what leaves, so that the rest needs no braces.
    fn rank(&self, side: Side) -> u32 {
        match side {
            Side::Exit(edge) if edge.exit != Exit::Fall => 0,
            Side::Inline(_, block) if self.plan.terminal[block.index()] => 1,
            Side::Inline(..) => 2,
            Side::Exit(edge) if !self.code.moves_nothing(edge.from, edge.target) => 3,
            Side::Exit(_) => 4,
        }
    }

    fn branch(&mut self, block: Block, context: Context, list: &mut List) {
        let (yes, no) = (self.side(block, 0, context), self.side(block, 1, context));
        let negated = self.rank(no) < self.rank(yes);
        let (first, second) = if negated { (no, yes) } else { (yes, no) };
        let first_context = match (context.follow, second) {
            // An early return, so that what is long needs no braces.
            (Next::Return, Side::Inline(_, block)) if self.plan.size[block.index()] > SHORT => {
                context.with_follow(Next::Nowhere)
            }
            _ => context,
        };
        let (then, falls) = self.arm(first, first_context);
        if !falls {
            list.nodes.push(Node::If(If { block, negated, then, other: Vec::new() }));
            return self.go_on(second, context, list);
        }
        // An `else if` needs no braces.
        let other_context = match second {
            Side::Inline(edge, to) if self.is_condition(edge, to) => {
                Context { braces: context.braces.saturating_sub(1), ..context }
            }
            _ => context,
        };
        let (other, other_falls) = self.arm(second, other_context);
        if other_falls {
            let (negated, then, other) = match (self.is_empty(&then), self.is_empty(&other)) {
                (true, false) => (!negated, other, Vec::new()),
                (_, true) => (negated, then, Vec::new()),
                _ => (negated, then, other),
            };
            list.nodes.push(Node::If(If { block, negated, then, other }));
        } else {
            list.nodes.push(Node::If(If { block, negated: !negated, then: other, other: Vec::new() }));
            list.nodes.extend(then);
        }
        list.fall(context.follow);
    }

    /// Whether nothing comes of statements.
    fn is_empty(&self, nodes: &[Node]) -> bool {
        nodes.iter().all(|node| match node {
            Node::Block(block) => self.code.is_silent(*block),
            Node::Edge(edge) => edge.exit == Exit::Fall && self.code.moves_nothing(edge.from, edge.target),
            _ => false,
        })
    }

    /// Whether a block does nothing but decide.
    fn is_condition(&self, edge: Edge, block: Block) -> bool {
        self.code.moves_nothing(edge.from, edge.target)
            && self.code.is_silent(block)
            && self.loops.headed_by(block).is_none()
            && self.plan.after[block.index()].is_empty()
            && self.func.terminator(block).is_some_and(|last| last.op == Op::Branch)
    }

    fn switch(&mut self, block: Block, context: Context, list: &mut List) {
        let last = self.func.terminator(block).expect("verified");
        let inside = match context.follow {
            Next::Block(after) => Context { brk: Some(after), ..context },
            _ => Context { brk: None, ..context },
        };
        let outer = std::mem::replace(&mut self.breaks, false);
        let mut arms: Vec<Arm> = Vec::new();
        for (at, target) in last.targets.iter().enumerate() {
            if let Some(before) = arms.last_mut().filter(|arm| last.targets[arm.targets[0]] == *target) {
                before.targets.push(at);
                continue;
            }
            let side = self.side(block, at, inside);
            let (body, falls) = self.arm(side, inside);
            self.breaks |= falls;
            arms.push(Arm { targets: vec![at], body, falls });
        }
        list.nodes.push(Node::Switch(Switch { block, arms }));
        if std::mem::replace(&mut self.breaks, outer) {
            list.fall(context.follow);
        }
    }

    fn looped(&mut self, header: Block, context: Context, list: &mut List) {
        let after = chain(&self.plan.after_loop[header.index()], context.follow, &mut list.todo);
        let outside = context.with_follow(after);
        let brk = match after {
            Next::Block(block) => Some(block),
            _ => None,
        };
        let test = self.test(header, brk);
        // Nothing may come between the end of the loop and what is after it but the moves of its only exit.
        let brk = if test.is_some_and(|test| !test.direct) { None } else { brk };
        let inside = Context { brk, cont: Some(header), follow: Next::Block(header), ..context }.inside();
        let outer = std::mem::replace(&mut self.breaks, false);
        let mut body = List { nodes: Vec::new(), todo: Vec::new(), end: inside.follow, falls: false };
        let follow = chain(&self.plan.after[header.index()], inside.follow, &mut body.todo);
        match test {
            Some(test) => {
                let side = self.side(header, test.stay, inside.with_follow(follow));
                self.go_on(side, inside.with_follow(follow), &mut body);
            }
            None => {
                body.nodes.push(Node::Block(header));
                self.last(header, inside.with_follow(follow), &mut body);
            }
        }
        self.fill(&mut body, inside);
        let breaks = std::mem::replace(&mut self.breaks, outer);
        list.nodes.push(Node::Loop(Loop { header, test: test.map(|test| test.stay == 1), body: body.nodes }));
        match test {
            Some(test) if !test.direct => {
                let side = self.side(header, 1 - test.stay, outside);
                self.go_on(side, outside, list);
            }
            Some(_) => list.fall(after),
            None if breaks => list.fall(after),
            None => {}
        }
    }

    /// How a loop is a `while`, if its header only decides whether to go on.
    fn test(&self, header: Block, brk: Option<Block>) -> Option<Test> {
        if !is_test(self.func, self.loops, header) || !self.code.is_silent(header) {
            return None;
        }
        let inner = self.loops.headed_by(header)?;
        let targets = &self.func.terminator(header)?.targets;
        let stay = usize::from(!self.loops.contains(inner, targets[0].block));
        let exit = targets[1 - stay].block;
        if Some(exit) == brk && self.code.moves_nothing(header, 1 - stay) {
            return Some(Test { stay, direct: true });
        }
        (self.plan.exits[header.index()] == 1).then_some(Test { stay, direct: false })
    }

    /// Whether a block, with what is written with it, would open braces.
    fn would_nest(&self, block: Block) -> bool {
        let inlines = |to: Block| self.plan.inline[to.index()] && self.dominators.parent(to) == Some(block);
        self.loops.headed_by(block).is_some()
            || self.func.terminator(block).is_some_and(|last| last.op != Op::Jump)
                && self.func.successors(block).any(inlines)
    }

    /// Writes a block, and all that is written with it, as labels and jumps.
    fn flat(&mut self, block: Block, context: Context, list: &mut List) {
        let mut blocks = vec![block];
        let mut at = 0;
        while let Some(&next) = blocks.get(at) {
            at += 1;
            blocks.extend_from_slice(&self.plan.after[next.index()]);
            blocks.extend_from_slice(&self.plan.after_loop[next.index()]);
            for to in self.func.successors(next) {
                if self.plan.inline[to.index()] && self.dominators.parent(to) == Some(next) {
                    blocks.push(to);
                }
            }
        }
        blocks.sort_by_key(|&block| self.dominators.position(block));
        for (at, &block) in blocks.iter().enumerate() {
            if at > 0 {
                list.nodes.push(Node::Label(block));
            }
            list.nodes.push(Node::Block(block));
            let follow = blocks.get(at + 1).map_or(context.follow, |&next| Next::Block(next));
            self.flat_last(block, context.with_follow(follow), list);
        }
    }

    fn flat_last(&mut self, block: Block, context: Context, list: &mut List) {
        let last = self.func.terminator(block).expect("verified");
        let exit = |this: &mut Self, target, list: &mut List| {
            let edge = this.edge(block, target, context);
            if edge.exit == Exit::Fall {
                list.fall(context.follow);
            }
            edge
        };
        match last.op {
            Op::Jump => {
                let edge = exit(self, 0, list);
                list.nodes.push(Node::Edge(edge));
            }
            Op::Branch => {
                let edges = [exit(self, 0, list), exit(self, 1, list)];
                let negated = edges[0].exit == Exit::Fall;
                let [then, other] = if negated { [edges[1], edges[0]] } else { edges };
                let both_fall = then.exit == Exit::Fall;
                let (then, other) = (vec![Node::Edge(then)], Node::Edge(other));
                if both_fall {
                    list.nodes.push(Node::If(If { block, negated, then, other: vec![other] }));
                } else {
                    list.nodes.push(Node::If(If { block, negated, then, other: Vec::new() }));
                    list.nodes.push(other);
                }
            }
            Op::Switch => {
                // Neither leaves the switch by itself: what a `break` would leave here is around it.
                let context = Context { brk: None, follow: Next::Nowhere, ..context };
                let arm = |at| {
                    let body = vec![Node::Edge(self.edge(block, at, context))];
                    Arm { targets: vec![at], body, falls: false }
                };
                let arms = (0..last.targets.len()).map(arm).collect();
                list.nodes.push(Node::Switch(Switch { block, arms }));
            }
            Op::Return if context.follow == Next::Return && last.args.is_empty() => list.fall(Next::Return),
            _ => list.nodes.push(Node::End(block)),
        }
    }
}

#[derive(Clone, Copy)]
struct Test {
    /// The target in the loop.
    stay: usize,
    /// Whether leaving is the same as `break`.
    direct: bool,
}

/// Has blocks written one after the other, with their labels; what comes first.
fn chain(blocks: &[Block], end: Next, todo: &mut Vec<(Block, Next, bool)>) -> Next {
    let mut next = end;
    for &block in blocks.iter().rev() {
        todo.push((block, next, true));
        next = Next::Block(block);
    }
    next
}

#[cfg(test)]
mod tests;
