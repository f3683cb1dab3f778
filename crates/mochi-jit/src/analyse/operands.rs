//! Which slots an instruction reads and writes, decoded once for all who ask.

use mochi_vm::code::NO_SLOT;
use mochi_vm::decode::Instr;
use mochi_vm::instr::{Opcode, Operand};

use super::Held;

/// A slot that an instruction reads or writes.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// The slot.
    pub slot: u16,
    /// The position of the operand that says so; [`Used::NO_OPERAND`] for a slot of the extension or a result.
    operand: u8,
    /// The register that is for it, with [`Used::THROUGH`]; [`Used::IN_FRAME`].
    held: u8,
}

impl Used {
    const NO_OPERAND: u8 = u8::MAX;
    /// It has no register.
    pub(super) const IN_FRAME: u8 = u8::MAX;
    /// What writes it writes the slot, too.
    pub(super) const THROUGH: u8 = 0x80;

    fn new(slot: u16, operand: u8) -> Used {
        Used { slot, operand, held: Used::IN_FRAME }
    }
    /// A slot with the register that is for it.
    pub(super) fn of(slot: u16, held: u8) -> Used {
        Used { slot, operand: Used::NO_OPERAND, held }
    }
    pub(super) fn hold(&mut self, held: u8) {
        self.held = held;
    }
    /// The register that is for it.
    #[inline]
    pub fn held(self) -> Option<Held> {
        let (register, through) = (self.held & !Used::THROUGH, self.held & Used::THROUGH != 0);
        (self.held != Used::IN_FRAME).then_some(Held { slot: self.slot, register, through })
    }

    /// The operand that says so.
    pub fn operand(self) -> Option<usize> {
        (self.operand != Used::NO_OPERAND).then_some(usize::from(self.operand))
    }
}

/// Appends the slots that an instruction reads, then those that it writes; how many it reads.
pub(super) fn decode(code: &Instr<'_>, used: &mut Vec<Used>) -> usize {
    let before = used.len();
    let mut written = [Used::new(0, Used::NO_OPERAND); 4];
    let mut writes = 0;
    let mut write = |slot: u16, operand: u8| {
        written[writes] = Used::new(slot, operand);
        writes += 1;
    };
    for (i, (operand, value)) in (0..).zip(code.operands()) {
        let slot = value as u16;
        match operand {
            Operand::InRaw | Operand::InCell | Operand::In => used.push(Used::new(slot, i)),
            Operand::InView => {
                used.push(Used::new(slot, i));
                used.push(Used::new(slot + 1, i));
            }
            Operand::OutRaw | Operand::OutCell | Operand::Out => write(slot, i),
            Operand::OutView => {
                write(slot, i);
                write(slot + 1, i);
            }
            Operand::InOutRaw => {
                used.push(Used::new(slot, i));
                write(slot, i);
            }
            _ => {}
        }
    }
    if code.ext.is_empty() {
        let reads = used.len() - before;
        used.extend_from_slice(&written[..writes]);
        return reads;
    }
    used.extend(code.ext_slots().map(|slot| Used::new(slot, Used::NO_OPERAND)));
    let reads = used.len() - before;
    if let Some(slot) = code.result_slot().filter(|&slot| slot != NO_SLOT && !is_tail(code.op)) {
        write(slot, Used::NO_OPERAND);
    }
    used.extend_from_slice(&written[..writes]);
    reads
}

fn is_tail(op: Opcode) -> bool {
    matches!(op, Opcode::TailCall | Opcode::TailCallClosure | Opcode::TailCallAny)
}

/// What is in a web.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// Words that are only copied.
    Unknown,
    /// Ints, bools and addresses.
    Int,
    /// Floats.
    Float,
    /// Different things.
    Mixed,
}

/// What a raw operand of an instruction is, by its position; `None` for a slot of the extension or a result.
pub(super) fn class_of(op: Opcode, operand: Option<usize>) -> Class {
    use Opcode::*;
    let Some(i) = operand else { return Class::Unknown };
    match op {
        Move | ConstInt | ConstRaw | ListPush | ListAppend | FieldGet | FieldSet | RefNew | RefGet
        | RefSet | GlobalGet | GlobalSet | MapGetOr | MapSet | MapSetAny | StructNew | ClosureNew
        | ListNew | MapNew | Call0 | Call1 | Call2 | Call3 | CallMany | CallClosure | CallAny
        | CallRuntime | Return | TailCall | TailCallClosure | TailCallAny => Class::Unknown,
        Select if i != 1 => Class::Unknown,
        ListGet | ViewGet | ViewGetIn if i == 0 => Class::Unknown,
        ListSet | ViewSetIn if i == 2 => Class::Unknown,
        FAdd | FSub | FMul | FDiv | FRem | FNeg | BrFEq | BrFNe | BrFLt | BrFLe | BrFNlt | BrFNle
        | LoopFEq | LoopFNe | LoopFLt | LoopFLe | LoopFNlt | LoopFNle | BoxFloat | UnboxFloat | AsFloat
        | GetOrFloat => Class::Float,
        FEq | FNe | FLt | FLe | FloatToInt if i > 0 => Class::Float,
        IntToFloat if i == 0 => Class::Float,
        _ => Class::Int,
    }
}

/// What something is that is both.
pub(super) fn join(a: Class, b: Class) -> Class {
    match (a, b) {
        (Class::Unknown, other) | (other, Class::Unknown) => other,
        _ if a == b => a,
        _ => Class::Mixed,
    }
}
