//! x86-64: jumps by their first bytes; distances and numbers are bytes of their own.

use super::cut::{Kind, Piece, Reloc};
use super::steps::{Code, Instr, Processor, Step, Target};

pub const X86_64: Processor = Processor {
    name: "x86_64",
    options: &["--target=x86_64-linux-gnu"],
    // A code model in which addresses have 64 bits; jumps stay direct in this one.
    wide: &["-mcmodel=medium", "-mlarge-data-threshold=0"],
    reloc,
    steps,
    inverted: |condition| condition ^ 1,
    lay_out,
    assembly,
};

fn reloc(name: &str) -> Option<Kind> {
    Some(match name {
        "R_X86_64_32S" => Kind::Signed32,
        "R_X86_64_32" => Kind::Unsigned32,
        "R_X86_64_8" => Kind::Byte,
        "R_X86_64_64" => Kind::Word64,
        "R_X86_64_PLT32" | "R_X86_64_PC32" => Kind::Jump32,
        _ => return None,
    })
}

fn assembly(instrs: Vec<Instr>) -> Result<Piece, String> {
    let start = instrs.first().map_or(0, |first| first.at);
    let mut piece = Piece { bytes: Vec::new(), relocs: Vec::new(), falls: true, listing: Vec::new() };
    for instr in instrs {
        piece.falls = !matches!(instr.bytes[..], [0xe9 | 0xeb, ..] | [0xc3] | [0xff, 0xe0, ..]);
        piece.relocs.extend(instr.relocs.into_iter().map(|reloc| Reloc { at: reloc.at - start, ..reloc }));
        piece.bytes.extend(instr.bytes);
    }
    Ok(piece)
}

fn steps(instrs: &[Instr]) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for instr in instrs {
        let end = i64::from(instr.at) + instr.bytes.len() as i64;
        let target = |distance: i64| Target::of(instrs, instr, end + distance);
        let distance32 =
            |bytes: &[u8]| i64::from(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        steps.push(match instr.bytes[..] {
            [0xe9, ref rest @ ..] => Step::Jump(target(distance32(rest))?),
            [0xeb, distance] => Step::Jump(target(i64::from(distance as i8))?),
            [0x0f, code @ 0x80..=0x8f, ref rest @ ..] => {
                Step::Branch(u32::from(code & 15), target(distance32(rest))?)
            }
            [code @ 0x70..=0x7f, distance] => {
                Step::Branch(u32::from(code & 15), target(i64::from(distance as i8))?)
            }
            [0xc3] => Step::Return(instr.clone()),
            [0xff, modrm, ..] if matches!(modrm >> 3 & 7, 2..=5) => return Err("an indirect jump".into()),
            [0xe8, ..] => return Err("a call".into()),
            [0x50..=0x5f, ..] | [0x41, 0x50..=0x5f, ..] => return Err("the stack is used".into()),
            _ if uses_stack(&instr.text) => return Err(format!("the stack is used: {}", instr.text)),
            _ => Step::Plain(instr.clone()),
        });
    }
    Ok(steps)
}

/// Whether an instruction does more with the stack pointer than copy it.
fn uses_stack(text: &str) -> bool {
    let rest = text.trim().strip_prefix("movq").map_or(text, |text| text.trim().trim_start_matches("%rsp,"));
    rest.contains("%rsp") || rest.contains("%esp")
}

/// Puts steps together. Jumps inside are short where they reach.
fn lay_out(steps: &[Step], order: &[usize]) -> Result<Code, String> {
    let mut is_long = vec![false; steps.len()];
    let size = |i: usize, is_long: &[bool]| match &steps[i] {
        Step::Plain(instr) | Step::Return(instr) => instr.bytes.len(),
        Step::Jump(Target::Local(_)) | Step::Branch(_, Target::Local(_)) if !is_long[i] => 2,
        Step::Jump(_) => 5,
        Step::Branch(..) => 6,
    };
    let starts = loop {
        let mut starts = vec![0; steps.len()];
        let mut at = 0;
        for &i in order {
            starts[i] = at;
            at += size(i, &is_long);
        }
        let reaches = |i: usize, to: usize| {
            i8::try_from(starts[to] as i64 - (starts[i] + size(i, &is_long)) as i64).is_ok()
        };
        let too_far = order.iter().copied().find(|&i| match steps[i] {
            Step::Jump(Target::Local(to)) | Step::Branch(_, Target::Local(to)) => {
                !is_long[i] && !reaches(i, to)
            }
            _ => false,
        });
        match too_far {
            Some(i) => is_long[i] = true,
            None => break starts,
        }
    };
    let (mut bytes, mut relocs) = (Vec::new(), Vec::new());
    for &i in order {
        let after = starts[i] + size(i, &is_long);
        let distance = |to: usize| starts[to] as i32 - after as i32;
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
                bytes.extend([0x0f, 0x80 | *condition as u8]);
                jump(&mut bytes, *symbol);
            }
            Step::Jump(Target::Local(to)) if is_long[i] => {
                bytes.push(0xe9);
                bytes.extend(distance(*to).to_le_bytes());
            }
            Step::Branch(condition, Target::Local(to)) if is_long[i] => {
                bytes.extend([0x0f, 0x80 | *condition as u8]);
                bytes.extend(distance(*to).to_le_bytes());
            }
            Step::Jump(Target::Local(to)) => bytes.extend([0xeb, distance(*to) as u8]),
            Step::Branch(condition, Target::Local(to)) => {
                bytes.extend([0x70 | *condition as u8, distance(*to) as u8]);
            }
        }
    }
    Ok((bytes, relocs))
}
