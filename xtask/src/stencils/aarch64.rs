//! aarch64: numbers are put into registers by `adr`, which is taken out: a hole says which register has which number where,
//! and which instruction is the only one to use it and could have the number in itself.

use super::cut::{Kind, Piece, Reloc, Symbol};
use super::steps::{Code, Instr, Processor, Step, Target};

pub const AARCH64: Processor = Processor {
    name: "aarch64",
    // Addresses of holes are one instruction; the register of the platform is nobody's. There are no headers of a C library.
    options: &["--target=aarch64-linux-gnu", "-mcmodel=tiny", "-ffixed-x18", "-ffreestanding"],
    wide: &[],
    reloc,
    steps,
    inverted,
    lay_out,
    assembly,
};

/// Registers with which stencils go on: frame and context, pins, temporaries.
const STATE: [u32; 10] = [20, 21, 22, 23, 24, 25, 26, 27, 28, 0];
const RET: u32 = 0xd65f_03c0;

fn reloc(name: &str) -> Option<Kind> {
    Some(match name {
        "R_AARCH64_ADR_PREL_LO21" => Kind::Number,
        "R_AARCH64_JUMP26" | "R_AARCH64_CALL26" => Kind::Jump26,
        "R_AARCH64_CONDBR19" => Kind::Jump19,
        "R_AARCH64_TSTBR14" => Kind::Jump14,
        "R_AARCH64_ABS64" => Kind::Word64,
        _ => return None,
    })
}

fn word(instr: &Instr) -> u32 {
    let bytes = &instr.bytes;
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// The bits of the distance in a jump: which, and how many there are.
fn distance(word: u32) -> Option<(Kind, u32, u32)> {
    if word & 0x7c00_0000 == 0x1400_0000 {
        Some((Kind::Jump26, 0, 26))
    } else if word & 0xff00_0010 == 0x5400_0000 || word & 0x7e00_0000 == 0x3400_0000 {
        Some((Kind::Jump19, 5, 19))
    } else if word & 0x7e00_0000 == 0x3600_0000 {
        Some((Kind::Jump14, 5, 14))
    } else {
        None
    }
}

fn is_on_flags(word: u32) -> bool {
    word & 0xff00_0010 == 0x5400_0000
}

fn is_call(word: u32) -> bool {
    word & 0xfc00_0000 == 0x9400_0000 || word & 0xffff_fc1f == 0xd63f_0000
}

/// Conditions are the instruction without its distance.
fn inverted(word: u32) -> u32 {
    if is_on_flags(word) { word ^ 1 } else { word ^ 1 << 24 }
}

/// Calls `each` with the names of registers in the text of an instruction: their letter and number.
fn registers(text: &str) -> impl Iterator<Item = (char, u32)> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| {
        let letter = word.chars().next()?;
        let number = word[1..].parse().ok().filter(|n| *n < 32)?;
        "xwdsvqhb".contains(letter).then_some((letter, number))
    })
}

/// Whether an instruction names a general register.
fn names(instr: &Instr, register: u32) -> bool {
    registers(&instr.text).any(|(letter, number)| number == register && matches!(letter, 'x' | 'w'))
}

/// What no stencil may touch.
fn forbidden(instr: &Instr) -> Option<&'static str> {
    let copied = instr.text.trim().strip_suffix(", sp").and_then(|text| text.strip_prefix("mov"));
    // Where the stack is may be looked at.
    if copied.is_some_and(|to| to.trim().starts_with('x')) {
        return None;
    }
    if instr.text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "sp" || word == "wsp") {
        return Some("the stack is used");
    }
    let wrong = registers(&instr.text)
        .any(|(letter, number)| matches!(letter, 'x' | 'w') && ((16..=19).contains(&number) || number > 28));
    wrong.then_some("a register that calls keep or need")
}

fn steps(instrs: &[Instr]) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for instr in instrs {
        let word = word(instr);
        if word == RET {
            steps.push(Step::Return(instr.clone()));
            continue;
        }
        if let Some(why) = forbidden(instr) {
            return Err(format!("{why}: {}", instr.text));
        }
        if let Some((kind, shift, bits)) = distance(word) {
            let mask = ((1 << bits) - 1) << shift;
            let signed = ((word & mask) << (32 - shift - bits)).cast_signed() >> (32 - bits);
            let target = Target::of(instrs, instr, i64::from(instr.at) + 4 * i64::from(signed))?;
            steps.push(match kind {
                Kind::Jump26 if word >> 31 == 1 => return Err("a call".into()),
                Kind::Jump26 => Step::Jump(target),
                _ => Step::Branch(word & !mask, target),
            });
            continue;
        }
        if word & 0xfe00_0000 == 0xd600_0000 {
            return Err("an indirect jump".into());
        }
        if instr.relocs.iter().any(|reloc| reloc.kind != Kind::Number || reloc.addend != 0) {
            return Err(format!("a hole that is no number: {}", instr.text));
        }
        steps.push(Step::Plain(instr.clone()));
    }
    Ok(steps)
}

/// The register and the symbol of a number.
fn number(step: &Step) -> Option<(u32, Symbol)> {
    let Step::Plain(instr) = step else { return None };
    let reloc = instr.relocs.iter().find(|reloc| reloc.kind == Kind::Number)?;
    Some((word(instr) & 31, reloc.symbol))
}

/// The kind of hole that an instruction becomes when the number in a register is put into it, and the instruction with the
/// register where the patcher expects it.
fn foldable(instr: &Instr, register: u32) -> Option<(Kind, u32)> {
    let word = word(instr);
    let (second, first) = (word >> 16 & 31, word >> 5 & 31);
    let twice = second == register && first == register;
    if !instr.relocs.is_empty() || twice {
        return None;
    }
    // Load or store of a general or float register, base and index, nothing shifted or extended.
    if word & 0x3b20_fc00 == 0x3820_6800 {
        let stored = word & 0x00c0_0000 == 0 && word >> 26 & 1 == 0 && word & 31 == register;
        let plain = word >> 22 & 3 <= 1;
        return (second == register && !stored && plain).then_some((Kind::Offset, word));
    }
    let swapped = || word & !(31 << 16 | 31 << 5) | register << 16 | second << 5;
    // Sum or difference of 64 bits, nothing shifted. The zero register is the stack's name in the other form.
    if word & 0x9fe0_fc00 == 0x8b00_0000 {
        let (difference, flags, target) = (word >> 30 & 1 == 1, word >> 29 & 1 == 1, word & 31);
        let word = match (second == register, first == register) {
            (true, _) => word,
            (_, true) if !difference => swapped(),
            _ => return None,
        };
        let zero = word >> 5 & 31 == 31 || target == 31 && !flags;
        return (!zero).then_some((Kind::Sum, word));
    }
    // and, orr, eor, ands of 64 bits, nothing shifted or inverted.
    if word & 0x9fe0_fc00 == 0x8a00_0000 {
        let word = if second == register { word } else { swapped() };
        let sp = word & 31 == 31 && word >> 29 & 3 != 3;
        return (!sp).then_some((Kind::Logic, word));
    }
    // lslv, lsrv, asrv of 64 bits.
    let shift = word & 0xffe0_f000 == 0x9ac0_2000 && word >> 10 & 3 != 3;
    (shift && second == register).then_some((Kind::Shift, word))
}

/// Whether an instruction writes a register that it does not read.
fn replaces(instr: &Instr, register: u32) -> bool {
    let (mnemonic, operands) = instr.text.trim().split_once(' ').unwrap_or_default();
    let reads = ["st", "cmp", "cmn", "tst", "ccmp", "movk", "bfi", "bfxil"];
    let mentions =
        registers(operands).filter(|(letter, number)| matches!(letter, 'x' | 'w') && *number == register);
    let first = registers(operands.split(',').next().unwrap_or_default()).next();
    !reads.iter().any(|read| mnemonic.starts_with(read))
        && matches!(first, Some(('x' | 'w', number)) if number == register)
        && mentions.count() == 1
}

/// What may become of the number that the step at a position makes: the position that alone uses it.
fn only_use(steps: &[&Step], at: usize, register: u32) -> Option<usize> {
    if STATE.contains(&register) {
        return None;
    }
    let mut used = None;
    for (i, step) in steps.iter().enumerate().skip(at + 1) {
        let instr = match step {
            Step::Jump(Target::Symbol(_)) | Step::Branch(_, Target::Symbol(_)) => {
                let tested =
                    matches!(step, Step::Branch(word, _) if !is_on_flags(*word) && word & 31 == register);
                if tested {
                    return None;
                }
                continue;
            }
            Step::Jump(Target::Local(_)) | Step::Branch(_, Target::Local(_)) => return None,
            Step::Return(_) => continue,
            // A call, in assembly: it loses the register.
            Step::Plain(instr) if is_call(word(instr)) => return used,
            Step::Plain(instr) => instr,
        };
        if !names(instr, register) {
            continue;
        }
        match used {
            _ if used.is_some() && replaces(instr, register) => return used,
            None => {
                used = Some(i);
                let word = word(instr);
                let store = word & 0x3b20_0c00 == 0x3820_0800 && word >> 22 & 1 == 0;
                if !store && word & 31 == register && word >> 26 & 1 == 0 {
                    return used;
                }
            }
            Some(_) => return None,
        }
    }
    used
}

fn lay_out(steps: &[Step], order: &[usize]) -> Result<Code, String> {
    let list: Vec<&Step> = order.iter().map(|&i| &steps[i]).collect();
    // By position, then one more: where it starts. Numbers take no room.
    let mut starts = Vec::with_capacity(list.len() + 1);
    let mut at = 0;
    for step in &list {
        starts.push(at);
        at += if number(step).is_some() { 0 } else { 4 };
    }
    let place = |step: usize| order.iter().position(|&i| i == step).ok_or("a jump to nothing".to_string());
    let mut words: Vec<u32> = Vec::new();
    let mut relocs: Vec<(u32, Reloc)> = Vec::new();
    let mut folds: Vec<(usize, u32)> = Vec::new();
    for (i, step) in list.iter().enumerate() {
        let at = starts[i];
        let mut jump = |words: &mut Vec<u32>, word: u32, target: Target| -> Result<(), String> {
            let (kind, shift, bits) = distance(word).ok_or("a jump of another kind".to_string())?;
            let distance = match target {
                Target::Symbol(symbol) => {
                    relocs.push((at, Reloc { at, kind, symbol, addend: 0 }));
                    0
                }
                Target::Local(step) => {
                    let to = place(step)?;
                    let between = i.min(to) + 1..i.max(to);
                    if between.clone().any(|i| number(list[i]).is_some()) {
                        return Err("a number between a jump and its target".to_string());
                    }
                    (i64::from(starts[to]) - i64::from(at)) as i32 >> 2
                }
            };
            words.push(word | (distance.cast_unsigned() & ((1 << bits) - 1)) << shift);
            Ok(())
        };
        match step {
            Step::Jump(target) => jump(&mut words, 0x1400_0000, *target)?,
            Step::Branch(condition, target) => jump(&mut words, *condition, *target)?,
            Step::Return(instr) => words.push(word(instr)),
            Step::Plain(instr) => {
                let Some((register, symbol)) = number(step) else {
                    let folded = folds.iter().find(|(at, _)| *at == i).map(|(_, word)| *word);
                    words.push(folded.unwrap_or(word(instr)));
                    continue;
                };
                let fold = only_use(&list, i, register).and_then(|user| {
                    let Step::Plain(instr) = list[user] else { return None };
                    let taken = folds.iter().any(|(at, _)| *at == user);
                    let back = (starts[user] - at) / 4;
                    foldable(instr, register).filter(|_| back < 8 && !taken).map(|fold| (user, fold))
                });
                let (at_hole, kind, back) = match fold {
                    Some((user, (kind, word))) => {
                        folds.push((user, word));
                        (starts[user], kind, (starts[user] - at) / 4)
                    }
                    None => (at, Kind::Number, 0),
                };
                let addend = i64::from(register | back << 5);
                relocs.push((at, Reloc { at: at_hole, kind, symbol, addend }));
            }
        }
    }
    relocs.sort_by_key(|(made_at, _)| *made_at);
    let bytes = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    Ok((bytes, relocs.into_iter().map(|(_, reloc)| reloc).collect()))
}

/// Jumps inside of it are left as they are, so there must be no numbers then.
fn assembly(instrs: Vec<Instr>) -> Result<Piece, String> {
    let start = instrs.first().map_or(0, |first| first.at);
    let ends = |instr: &Instr| {
        let word = word(instr);
        word & 0xfc00_0000 == 0x1400_0000 || word & 0xfe9f_0000 == 0xd61f_0000 && word >> 21 & 3 != 1
    };
    let falls = !instrs.last().is_some_and(|last| ends(last) || last.text.contains(".word"));
    let inside = instrs.iter().any(|instr| distance(word(instr)).is_some() && instr.relocs.is_empty());
    let numbers = instrs.iter().any(|instr| instr.relocs.iter().any(|reloc| reloc.kind == Kind::Number));
    if inside && numbers {
        return Err("numbers and jumps in assembly".into());
    }
    let mut others: Vec<Reloc> = Vec::new();
    let mut moved = 0;
    let mut steps: Vec<Step> = Vec::new();
    for mut instr in instrs {
        let at = instr.at - start - moved;
        if instr.relocs.iter().any(|reloc| reloc.kind == Kind::Number) {
            moved += 4;
        } else {
            others.extend(instr.relocs.drain(..).map(|reloc| Reloc { at, addend: 0, ..reloc }));
        }
        steps.push(Step::Plain(instr));
    }
    let order: Vec<usize> = (0..steps.len()).collect();
    let (bytes, mut relocs) = lay_out(&steps, &order)?;
    relocs.extend(others);
    Ok(Piece { bytes, relocs, falls, listing: Vec::new() })
}
