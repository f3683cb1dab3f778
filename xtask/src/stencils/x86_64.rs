//! Makes a stencil of the instructions of a function: jumps to jumps are threaded, what nobody reaches is dropped, and
//! where the code that follows is reached by a jump at the end or by the last conditional jump, it is reached by falling.

use super::cut::{Kind, Piece, Reloc, Symbol};

/// An instruction of the C compiler.
#[derive(Clone, Debug)]
pub struct Instr {
    /// From the start of the section.
    at: u32,
    bytes: Vec<u8>,
    pub relocs: Vec<Reloc>,
}

impl Instr {
    pub fn new(at: u32, bytes: Vec<u8>) -> Instr {
        Instr { at, bytes, relocs: Vec::new() }
    }
}

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Symbol(Symbol),
    /// An instruction by number.
    Local(usize),
}

/// An instruction as far as it matters.
#[derive(Clone, Debug)]
enum Step {
    Plain(Instr),
    Jump(Target),
    /// With the four bits of the condition.
    Branch(u8, Target),
    Return(Instr),
}

/// A stencil; or what is wrong with it. Assembly is taken as it is.
pub fn piece(instrs: Vec<Instr>, assembly: bool) -> Result<Piece, String> {
    if assembly {
        let start = instrs.first().map_or(0, |first| first.at);
        let mut piece = Piece { bytes: Vec::new(), relocs: Vec::new(), falls: true, listing: Vec::new() };
        for instr in instrs {
            piece.falls = !matches!(instr.bytes[..], [0xe9 | 0xeb, ..] | [0xc3] | [0xff, 0xe0, ..]);
            piece
                .relocs
                .extend(instr.relocs.into_iter().map(|reloc| Reloc { at: reloc.at - start, ..reloc }));
            piece.bytes.extend(instr.bytes);
        }
        return Ok(piece);
    }
    let mut steps = steps(&instrs)?;
    thread(&mut steps);
    let reached = reached(&steps);
    let mut order: Vec<usize> = (0..steps.len()).filter(|&i| reached[i]).collect();
    // `jcc NEXT; jmp X` at the end: the other way round.
    if let [.., branch, jump] = order[..]
        && let (&Step::Branch(condition, Target::Symbol(Symbol::Next)), &Step::Jump(to)) =
            (&steps[branch], &steps[jump])
    {
        steps[branch] = Step::Branch(condition ^ 1, to);
        steps[jump] = Step::Jump(Target::Symbol(Symbol::Next));
    }
    let falls = matches!(order.last().map(|&i| &steps[i]), Some(Step::Jump(Target::Symbol(Symbol::Next))));
    if falls {
        order.pop();
    }
    if order.iter().any(|&i| matches!(steps[i], Step::Jump(Target::Symbol(Symbol::Next)))) {
        return Err("there is code after the end".into());
    }
    let (bytes, relocs) = lay_out(&steps, &order)?;
    Ok(Piece { bytes, relocs, falls, listing: Vec::new() })
}

fn steps(instrs: &[Instr]) -> Result<Vec<Step>, String> {
    let index = |at: i64| {
        instrs
            .iter()
            .position(|instr| i64::from(instr.at) == at)
            .ok_or("a jump out of the function".to_string())
    };
    let mut steps = Vec::new();
    for instr in instrs {
        let end = i64::from(instr.at) + instr.bytes.len() as i64;
        let target = |distance: i64| match &instr.relocs[..] {
            [reloc] if reloc.kind == Kind::Jump32 => Ok(Target::Symbol(reloc.symbol)),
            [] => index(end + distance).map(Target::Local),
            _ => Err("a jump with a hole".to_string()),
        };
        let distance32 =
            |bytes: &[u8]| i64::from(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        steps.push(match instr.bytes[..] {
            [0xe9, ref rest @ ..] => Step::Jump(target(distance32(rest))?),
            [0xeb, distance] => Step::Jump(target(i64::from(distance as i8))?),
            [0x0f, code @ 0x80..=0x8f, ref rest @ ..] => Step::Branch(code & 15, target(distance32(rest))?),
            [code @ 0x70..=0x7f, distance] => Step::Branch(code & 15, target(i64::from(distance as i8))?),
            [0xc3] => Step::Return(instr.clone()),
            [0xff, modrm, ..] if matches!(modrm >> 3 & 7, 2..=5) => return Err("an indirect jump".into()),
            [0xe8, ..] => return Err("a call".into()),
            [0x50..=0x5f, ..] | [0x41, 0x50..=0x5f, ..] => return Err("the stack is used".into()),
            _ => Step::Plain(instr.clone()),
        });
    }
    Ok(steps)
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

fn lay_out(steps: &[Step], order: &[usize]) -> Result<(Vec<u8>, Vec<Reloc>), String> {
    let size = |step: &Step| match step {
        Step::Plain(instr) | Step::Return(instr) => instr.bytes.len(),
        Step::Jump(Target::Symbol(_)) => 5,
        Step::Branch(_, Target::Symbol(_)) => 6,
        Step::Jump(Target::Local(_)) | Step::Branch(_, Target::Local(_)) => 2,
    };
    let mut starts = vec![0; steps.len()];
    let mut at = 0;
    for &i in order {
        starts[i] = at;
        at += size(&steps[i]);
    }
    let (mut bytes, mut relocs) = (Vec::new(), Vec::new());
    for &i in order {
        let after = starts[i] + size(&steps[i]);
        let near = |to: usize| {
            i8::try_from(starts[to] as i64 - after as i64)
                .map(|d| d as u8)
                .map_err(|_| "a long jump".to_string())
        };
        let mut jump = |bytes: &mut Vec<u8>, symbol| {
            relocs.push(Reloc { at: bytes.len() as u32, kind: Kind::Jump32, symbol, addend: -4 });
            bytes.extend([0; 4]);
        };
        match &steps[i] {
            Step::Plain(instr) | Step::Return(instr) => {
                let moved =
                    |reloc: &Reloc| Reloc { at: reloc.at - instr.at + starts[i] as u32, ..reloc.clone() };
                relocs.extend(instr.relocs.iter().map(moved));
                bytes.extend(&instr.bytes);
            }
            Step::Jump(Target::Symbol(symbol)) => {
                bytes.push(0xe9);
                jump(&mut bytes, *symbol);
            }
            Step::Branch(condition, Target::Symbol(symbol)) => {
                bytes.extend([0x0f, 0x80 | condition]);
                jump(&mut bytes, *symbol);
            }
            Step::Jump(Target::Local(to)) => bytes.extend([0xeb, near(*to)?]),
            Step::Branch(condition, Target::Local(to)) => bytes.extend([0x70 | condition, near(*to)?]),
        }
    }
    Ok((bytes, relocs))
}
