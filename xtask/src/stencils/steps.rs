//! Makes a stencil of the instructions of a function: jumps to jumps are threaded, what nobody reaches is dropped, and
//! where the code that follows is reached by a jump at the end or by the last conditional jump, it is reached by falling. Other
//! jumps to it stay.

use super::cut::{Piece, Reloc, Symbol};

/// An instruction of the C compiler.
#[derive(Clone, Debug)]
pub struct Instr {
    /// From the start of the section.
    pub at: u32,
    pub bytes: Vec<u8>,
    pub relocs: Vec<Reloc>,
    /// As the disassembler shows it.
    pub text: String,
}

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Symbol(Symbol),
    /// An instruction by number.
    Local(usize),
}

impl Target {
    /// The target of a jump, given where it goes when it has no relocation.
    pub fn of(instrs: &[Instr], jump: &Instr, to: i64) -> Result<Target, String> {
        match &jump.relocs[..] {
            [reloc] if reloc.kind.is_jump() => Ok(Target::Symbol(reloc.symbol)),
            [] => instrs
                .iter()
                .position(|instr| i64::from(instr.at) == to)
                .map(Target::Local)
                .ok_or("a jump out of the function".to_string()),
            _ => Err("a jump with a hole".to_string()),
        }
    }
}

/// An instruction as far as it matters.
#[derive(Clone, Debug)]
pub enum Step {
    Plain(Instr),
    Jump(Target),
    /// With what the processor knows the condition by.
    Branch(u32, Target),
    Return(Instr),
}

/// Bytes and what is written into them.
pub type Code = (Vec<u8>, Vec<Reloc>);

/// How instructions of a processor are told apart and put together.
pub struct Processor {
    pub name: &'static str,
    /// Options of the C compiler.
    pub options: &'static [&'static str],
    /// Options for the unit whose holes have 64 bits.
    pub wide: &'static [&'static str],
    /// The number of a kind of relocation; `None` when there must be none.
    pub reloc: fn(&str) -> Option<super::cut::Kind>,
    /// What the instructions of a function are, or what none may be.
    pub steps: fn(&[Instr]) -> Result<Vec<Step>, String>,
    /// The opposite of a condition.
    pub inverted: fn(u32) -> u32,
    /// The code of steps in an order.
    pub lay_out: fn(&[Step], &[usize]) -> Result<Code, String>,
    /// A stencil in assembly, which is taken as it is.
    pub assembly: fn(Vec<Instr>) -> Result<Piece, String>,
}

/// A stencil; or what is wrong with it.
pub fn piece(processor: &Processor, instrs: &[Instr]) -> Result<Piece, String> {
    let mut steps = (processor.steps)(instrs)?;
    thread(&mut steps);
    let reached = reached(&steps);
    let mut order: Vec<usize> = (0..steps.len()).filter(|&i| reached[i]).collect();
    // `jcc over; jmp X; over:` the other way round; nobody goes to the jump, since what did goes to X by now.
    for at in (2..order.len()).rev() {
        let (branch, jump, over) = (order[at - 2], order[at - 1], order[at]);
        if let (&Step::Branch(condition, Target::Local(to)), &Step::Jump(target)) =
            (&steps[branch], &steps[jump])
            && to == over
        {
            steps[branch] = Step::Branch((processor.inverted)(condition), target);
            order.remove(at - 1);
        }
    }
    // `jcc NEXT; jmp X` at the end: the other way round.
    if let [.., branch, jump] = order[..]
        && let (&Step::Branch(condition, Target::Symbol(Symbol::Next)), &Step::Jump(to)) =
            (&steps[branch], &steps[jump])
    {
        steps[branch] = Step::Branch((processor.inverted)(condition), to);
        steps[jump] = Step::Jump(Target::Symbol(Symbol::Next));
    }
    let falls = matches!(order.last().map(|&i| &steps[i]), Some(Step::Jump(Target::Symbol(Symbol::Next))));
    if falls {
        order.pop();
    }
    let (bytes, relocs) = (processor.lay_out)(&steps, &order)?;
    Ok(Piece { bytes, relocs, falls, listing: Vec::new() })
}

fn thread(steps: &mut [Step]) {
    let end_of = |steps: &[Step], target: Target| {
        let mut target = target;
        for _ in 0..steps.len() {
            match target {
                Target::Local(i) => match steps[i] {
                    Step::Jump(next) => target = next,
                    _ => break,
                },
                Target::Symbol(_) => break,
            }
        }
        target
    };
    for i in 0..steps.len() {
        match steps[i] {
            Step::Jump(target) => steps[i] = Step::Jump(end_of(steps, target)),
            Step::Branch(condition, target) => steps[i] = Step::Branch(condition, end_of(steps, target)),
            Step::Plain(_) | Step::Return(_) => {}
        }
    }
}

fn reached(steps: &[Step]) -> Vec<bool> {
    let mut reached = vec![false; steps.len()];
    let mut open = vec![0];
    while let Some(i) = open.pop() {
        if i >= steps.len() || std::mem::replace(&mut reached[i], true) {
            continue;
        }
        match steps[i] {
            Step::Plain(_) => open.push(i + 1),
            Step::Branch(_, target) => {
                open.push(i + 1);
                open.extend(if let Target::Local(to) = target { Some(to) } else { None });
            }
            Step::Jump(Target::Local(to)) => open.push(to),
            Step::Jump(Target::Symbol(_)) | Step::Return(_) => {}
        }
    }
    reached
}
