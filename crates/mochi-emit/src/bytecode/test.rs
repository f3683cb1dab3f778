//! Conditions that a branch instruction tests.

use mochi_vm::instr::Opcode;

use super::asm::{Asm, Label};

/// Order of two ints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Order {
    /// The order that holds when this one does not.
    pub fn inverse(self) -> Order {
        match self {
            Order::Eq => Order::Ne,
            Order::Ne => Order::Eq,
            Order::Lt => Order::Ge,
            Order::Le => Order::Gt,
            Order::Gt => Order::Le,
            Order::Ge => Order::Lt,
        }
    }
    /// The order that holds when the operands are swapped.
    pub fn swapped(self) -> Order {
        match self {
            Order::Eq | Order::Ne => self,
            Order::Lt => Order::Gt,
            Order::Le => Order::Ge,
            Order::Gt => Order::Lt,
            Order::Ge => Order::Le,
        }
    }
}

/// What a branch tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Test {
    /// A bool in a slot.
    Bool { slot: u16, holds: bool },
    /// Whether a cell is none.
    None { slot: u16, holds: bool },
    /// Two ints.
    Int { order: Order, left: u16, right: u16 },
    /// An int and a number.
    Imm { order: Order, left: u16, right: i16 },
    /// Two floats; `order` is `Eq`, `Ne`, `Lt` or `Le`, and `holds` is false for the negation of the last two, which
    /// holds for NaN.
    Float { order: Order, left: u16, right: u16, holds: bool },
    /// Two bigints.
    Big { order: Order, left: u16, right: u16 },
    /// Whether two strings are equal.
    Str { left: u16, right: u16, holds: bool },
}

impl Test {
    /// The test that holds when this one does not.
    pub fn inverse(self) -> Test {
        match self {
            Test::Bool { slot, holds } => Test::Bool { slot, holds: !holds },
            Test::None { slot, holds } => Test::None { slot, holds: !holds },
            Test::Int { order, left, right } => Test::Int { order: order.inverse(), left, right },
            Test::Imm { order, left, right } => Test::Imm { order: order.inverse(), left, right },
            Test::Big { order, left, right } => Test::Big { order: order.inverse(), left, right },
            Test::Float { order: order @ (Order::Eq | Order::Ne), left, right, holds } => {
                Test::Float { order: order.inverse(), left, right, holds }
            }
            Test::Float { order, left, right, holds } => Test::Float { order, left, right, holds: !holds },
            Test::Str { left, right, holds } => Test::Str { left, right, holds: !holds },
        }
    }

    /// Jumps to a label when the test holds.
    pub fn branch(self, asm: &mut Asm, label: Label) {
        let back = asm.is_bound(label);
        let either = |forward: Opcode, backward: Opcode| if back { backward } else { forward };
        match self {
            Test::Bool { slot, holds: true } => {
                asm.far(either(Opcode::BrTrue, Opcode::LoopTrue), slot, label)
            }
            Test::Bool { slot, holds: false } => {
                asm.far(either(Opcode::BrFalse, Opcode::LoopFalse), slot, label)
            }
            Test::None { slot, holds: true } => {
                asm.far(either(Opcode::BrNone, Opcode::LoopNone), slot, label)
            }
            Test::None { slot, holds: false } => {
                asm.far(either(Opcode::BrSome, Opcode::LoopSome), slot, label)
            }
            Test::Int { order, left, right } => {
                let (op, a, b) = match order {
                    Order::Eq => (either(Opcode::BrEq, Opcode::LoopEq), left, right),
                    Order::Ne => (either(Opcode::BrNe, Opcode::LoopNe), left, right),
                    Order::Lt => (either(Opcode::BrLt, Opcode::LoopLt), left, right),
                    Order::Le => (either(Opcode::BrLe, Opcode::LoopLe), left, right),
                    Order::Gt => (either(Opcode::BrLt, Opcode::LoopLt), right, left),
                    Order::Ge => (either(Opcode::BrLe, Opcode::LoopLe), right, left),
                };
                asm.near(op, a, b, label);
            }
            Test::Imm { order, left, right } => {
                let op = match order {
                    Order::Eq => either(Opcode::BrEqImm, Opcode::LoopEqImm),
                    Order::Ne => either(Opcode::BrNeImm, Opcode::LoopNeImm),
                    Order::Lt => either(Opcode::BrLtImm, Opcode::LoopLtImm),
                    Order::Le => either(Opcode::BrLeImm, Opcode::LoopLeImm),
                    Order::Gt => either(Opcode::BrGtImm, Opcode::LoopGtImm),
                    Order::Ge => either(Opcode::BrGeImm, Opcode::LoopGeImm),
                };
                asm.near(op, left, right as u16, label);
            }
            Test::Big { order, left, right } => {
                let (op, a, b) = match order {
                    Order::Eq => (either(Opcode::BrBigEq, Opcode::LoopBigEq), left, right),
                    Order::Ne => (either(Opcode::BrBigNe, Opcode::LoopBigNe), left, right),
                    Order::Lt => (either(Opcode::BrBigLt, Opcode::LoopBigLt), left, right),
                    Order::Le => (either(Opcode::BrBigLe, Opcode::LoopBigLe), left, right),
                    Order::Gt => (either(Opcode::BrBigLt, Opcode::LoopBigLt), right, left),
                    Order::Ge => (either(Opcode::BrBigLe, Opcode::LoopBigLe), right, left),
                };
                asm.near(op, a, b, label);
            }
            Test::Float { order, left, right, holds } => {
                let op = match (order, holds) {
                    (Order::Eq, _) => either(Opcode::BrFEq, Opcode::LoopFEq),
                    (Order::Ne, _) => either(Opcode::BrFNe, Opcode::LoopFNe),
                    (Order::Lt, true) => either(Opcode::BrFLt, Opcode::LoopFLt),
                    (Order::Lt, false) => either(Opcode::BrFNlt, Opcode::LoopFNlt),
                    (Order::Le, true) => either(Opcode::BrFLe, Opcode::LoopFLe),
                    (Order::Le, false) => either(Opcode::BrFNle, Opcode::LoopFNle),
                    (Order::Gt | Order::Ge, _) => unreachable!("floats are compared the other way round"),
                };
                asm.near(op, left, right, label);
            }
            Test::Str { left, right, holds: true } => {
                asm.near(either(Opcode::BrStrEq, Opcode::LoopStrEq), left, right, label);
            }
            Test::Str { left, right, holds: false } => {
                asm.near(either(Opcode::BrStrNe, Opcode::LoopStrNe), left, right, label);
            }
        }
    }

    /// Whether the jump has only 16 bits.
    pub fn is_near(self) -> bool {
        !matches!(self, Test::Bool { .. } | Test::None { .. })
    }
}
