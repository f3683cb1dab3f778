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
    /// The number of the slot among those that may have registers; [`Used::NO_CANDIDATE`].
    candidate: u16,
    /// What the instruction takes it for.
    pub(super) class: Class,
    /// Of a cell that is a candidate: whether the instruction finds the address of its object, which is a value from there on.
    pub(super) found: bool,
}

impl Used {
    const NO_OPERAND: u8 = u8::MAX;
    const NO_CANDIDATE: u16 = u16::MAX;
    /// It has no register.
    pub(super) const IN_FRAME: u8 = u8::MAX;
    /// What writes it writes the slot, too.
    pub(super) const THROUGH: u8 = 0x80;

    fn new(slot: u16, operand: u8, class: Class) -> Used {
        Used { slot, operand, held: Used::IN_FRAME, candidate: Used::NO_CANDIDATE, class, found: false }
    }
    /// A slot of the extension, or a result.
    fn of_no_operand(slot: u16) -> Used {
        Used::new(slot, Used::NO_OPERAND, Class::UNKNOWN)
    }
    /// A slot with the register that is for it.
    pub(super) fn of(slot: u16, held: u8) -> Used {
        Used { held, ..Used::of_no_operand(slot) }
    }
    /// The number of the slot among those that may have registers.
    #[inline]
    pub(super) fn candidate(self) -> Option<usize> {
        (self.candidate != Used::NO_CANDIDATE).then_some(usize::from(self.candidate))
    }
    /// Gives the slot a number, or takes it away.
    pub(super) fn number(&mut self, candidate: Option<u16>) {
        self.candidate = candidate.unwrap_or(Used::NO_CANDIDATE);
    }
    /// Gives the slot a register.
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

/// The slots among the operands of an instruction.
#[derive(Clone, Copy)]
struct Shape {
    /// Positions of operands that are read, with [`Shape::NEXT`].
    read: [u8; Shape::MOST],
    reads: u8,
    /// The same for those that are written.
    written: [u8; Shape::MOST],
    writes: u8,
    /// What its operands are.
    classes: [Class; 3],
}

impl Shape {
    /// Three operands, of which views take two slots.
    const MOST: usize = 6;
    /// The slot after that of the operand.
    const NEXT: u8 = 0x80;

    const fn of(op: Opcode) -> Shape {
        let mut shape = Shape {
            read: [0; Shape::MOST],
            reads: 0,
            written: [0; Shape::MOST],
            writes: 0,
            classes: [Class::UNKNOWN; 3],
        };
        let operands = op.operands();
        let mut i = 0;
        while i < operands.len() {
            shape.classes[i] = class_of(op, i);
            let is_view = matches!(operands[i], Operand::InView | Operand::OutView);
            let (read, written) = match operands[i] {
                Operand::InRaw | Operand::InCell | Operand::In | Operand::InView => (true, false),
                Operand::OutRaw | Operand::OutCell | Operand::Out | Operand::OutView => (false, true),
                Operand::InOutRaw => (true, true),
                _ => (false, false),
            };
            let mut next = 0;
            while next <= is_view as u8 {
                let slot = i as u8 | (next * Shape::NEXT);
                if read {
                    shape.read[shape.reads as usize] = slot;
                    shape.reads += 1;
                }
                if written {
                    shape.written[shape.writes as usize] = slot;
                    shape.writes += 1;
                }
                next += 1;
            }
            i += 1;
        }
        shape
    }
}

/// By instruction.
static SHAPES: [Shape; Opcode::ALL.len()] = {
    let mut shapes = [Shape::of(Opcode::ALL[0]); Opcode::ALL.len()];
    let mut i = 0;
    while i < shapes.len() {
        shapes[i] = Shape::of(Opcode::ALL[i]);
        i += 1;
    }
    shapes
};

/// Appends the slots that an instruction reads, then those that it writes; how many it reads.
pub(super) fn decode(code: &Instr<'_>, used: &mut Vec<Used>) -> usize {
    let before = used.len();
    let shape = &SHAPES[code.op as usize];
    let slot = |at: u8| {
        let operand = at & !Shape::NEXT;
        let slot = code.word.field(1 + usize::from(operand)) + u16::from(at / Shape::NEXT);
        Used::new(slot, operand, shape.classes[usize::from(operand)])
    };
    used.extend(shape.read[..usize::from(shape.reads)].iter().map(|&at| slot(at)));
    let mut result = None;
    if !code.ext.is_empty() {
        used.extend(code.ext_slots().map(Used::of_no_operand));
        result = code.result_slot().filter(|&slot| slot != NO_SLOT && !is_tail(code.op));
    }
    let reads = used.len() - before;
    used.extend(shape.written[..usize::from(shape.writes)].iter().map(|&at| slot(at)));
    used.extend(result.map(Used::of_no_operand));
    reads
}

fn is_tail(op: Opcode) -> bool {
    matches!(op, Opcode::TailCall | Opcode::TailCallClosure | Opcode::TailCallAny)
}

/// What is in a web: a set of what it is taken for. Empty for words that are only copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Class(u8);

impl Class {
    /// Words that are only copied.
    pub const UNKNOWN: Class = Class(0);
    /// Ints, bools and addresses.
    pub const INT: Class = Class(1);
    /// Floats.
    pub const FLOAT: Class = Class(2);
    /// Different things.
    pub const MIXED: Class = Class(3);

    /// What something is that is both.
    #[inline]
    pub fn join(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

/// What a raw operand of an instruction is, by its position.
const fn class_of(op: Opcode, i: usize) -> Class {
    use Opcode::*;
    match op {
        Move | ConstInt | ConstRaw | ListPush | ListAppend | FieldGet | FieldSet | RefNew | RefGet
        | RefSet | GlobalGet | GlobalSet | MapGetOr | MapSet | MapSetAny | StructNew | ClosureNew
        | ListNew | MapNew | Call0 | Call1 | Call2 | Call3 | CallMany | CallClosure | CallAny
        | CallRuntime | Return | TailCall | TailCallClosure | TailCallAny => Class::UNKNOWN,
        Select if i != 1 => Class::UNKNOWN,
        ListGet | ViewGet | ViewGetIn if i == 0 => Class::UNKNOWN,
        ListSet | ViewSetIn if i == 2 => Class::UNKNOWN,
        FAdd | FSub | FMul | FDiv | FRem | FNeg | BrFEq | BrFNe | BrFLt | BrFLe | BrFNlt | BrFNle
        | LoopFEq | LoopFNe | LoopFLt | LoopFLe | LoopFNlt | LoopFNle | BoxFloat | UnboxFloat | AsFloat
        | GetOrFloat => Class::FLOAT,
        FEq | FNe | FLt | FLe | FloatToInt if i > 0 => Class::FLOAT,
        IntToFloat if i == 0 => Class::FLOAT,
        _ => Class::INT,
    }
}
