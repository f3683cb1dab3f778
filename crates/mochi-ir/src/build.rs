//! Builds functions: a cursor at the end of a block, one method per shape of instruction.
//!
//! Variables that are assigned are turned into SSA by the caller through block parameters; see `mochi-lower`.

use mochi_base::Span;
use smallvec::SmallVec;

use crate::func::{Block, Func, Inst, InstData, Scope, Target, Value};
use crate::op::{Imm, Op};
use crate::ty::{Ty, Types};

/// A cursor that appends instructions to a function.
#[derive(Debug)]
pub struct Builder<'a> {
    /// The function being built.
    pub func: &'a mut Func,
    /// The block that instructions go to.
    block: Block,
    /// The place that new instructions get.
    pub span: Span,
}

impl<'a> Builder<'a> {
    /// A builder at the end of a block.
    pub fn new(func: &'a mut Func, block: Block) -> Self {
        Self { func, block, span: Span::NONE }
    }
    /// The current block.
    pub fn block(&self) -> Block {
        self.block
    }
    /// Goes on in another block.
    pub fn switch_to(&mut self, block: Block) {
        self.block = block;
    }
    /// Adds an empty block.
    pub fn new_block(&mut self) -> Block {
        self.func.add_block()
    }
    /// Whether the current block has its terminator.
    pub fn terminated(&self) -> bool {
        self.func.terminator(self.block).is_some()
    }

    /// Appends an instruction. Its result has type `ty`; `unit` for none.
    pub fn inst(&mut self, op: Op, args: &[Value], imm: Imm, ty: Ty) -> Option<Value> {
        self.push(op, args, imm, Vec::new(), ty)
    }
    /// Appends an instruction without immediate that has a result.
    pub fn op(&mut self, op: Op, args: &[Value], ty: Ty) -> Value {
        self.value(op, args, Imm::None, ty)
    }
    /// Appends an instruction that has a result.
    pub fn value(&mut self, op: Op, args: &[Value], imm: Imm, ty: Ty) -> Value {
        debug_assert!(ty != Types::UNIT);
        self.push(op, args, imm, Vec::new(), ty)
            .expect("an instruction of a type other than unit has a result")
    }
    /// Appends an instruction without a result.
    pub fn effect(&mut self, op: Op, args: &[Value], imm: Imm) {
        self.push(op, args, imm, Vec::new(), Types::UNIT);
    }

    /// An int constant.
    pub fn int(&mut self, value: i64) -> Value {
        self.value(Op::ConstInt, &[], Imm::Int(value), Types::I64)
    }
    /// A float constant.
    pub fn float(&mut self, value: f64) -> Value {
        self.value(Op::ConstFloat, &[], Imm::Float(value), Types::F64)
    }
    /// A bool constant.
    pub fn bool(&mut self, value: bool) -> Value {
        self.value(Op::ConstBool, &[], Imm::Bool(value), Types::BOOL)
    }
    /// None of a nullable type.
    pub fn none(&mut self, ty: Ty) -> Value {
        self.op(Op::None, &[], ty)
    }

    /// Ends the block with a jump.
    pub fn jump(&mut self, block: Block, args: &[Value]) {
        self.push(Op::Jump, &[], Imm::None, vec![target(block, args)], Types::UNIT);
    }
    /// Ends the block with a conditional branch.
    pub fn branch(
        &mut self,
        cond: Value,
        then: Block,
        then_args: &[Value],
        other: Block,
        other_args: &[Value],
    ) {
        let targets = vec![target(then, then_args), target(other, other_args)];
        self.push(Op::Branch, &[cond], Imm::None, targets, Types::UNIT);
    }
    /// Ends the block with a switch; `targets` has one more element than `cases`, the default.
    pub fn switch(&mut self, value: Value, cases: Box<[i64]>, targets: Vec<Target>) {
        debug_assert_eq!(cases.len() + 1, targets.len());
        self.push(Op::Switch, &[value], Imm::Cases(cases), targets, Types::UNIT);
    }
    /// Ends the block with a return.
    pub fn ret(&mut self, value: Option<Value>) {
        self.push(Op::Return, value.as_slice(), Imm::None, Vec::new(), Types::UNIT);
    }

    fn push(&mut self, op: Op, args: &[Value], imm: Imm, targets: Vec<Target>, ty: Ty) -> Option<Value> {
        debug_assert!(!self.terminated(), "{op:?} after the terminator of {:?}", self.block);
        let mut data = InstData::new(op, args, imm, self.span, Scope::BODY);
        data.targets = targets;
        let inst: Inst = self.func.make_inst(data, (ty != Types::UNIT).then_some(ty));
        self.func.blocks[self.block].insts.push(inst);
        self.func.insts[inst].result
    }
}

/// A target with its arguments.
pub fn target(block: Block, args: &[Value]) -> Target {
    Target { block, args: SmallVec::from_slice(args) }
}
