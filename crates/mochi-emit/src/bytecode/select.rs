//! The dictionary: which instructions an operation becomes.

use mochi_abi::{ElemKind, MapType, RuntimeFn, TypeId};
use mochi_base::id::Id;
use mochi_ir::{FuncId, Imm, Inst, Op, Ty, TyKind, Types, Value};
use mochi_vm::code::NO_SLOT;
use mochi_vm::instr::Opcode;

use super::code::{Writer, unsupported};
use super::flow::Increment;
use super::fold::{Const, Form, compared};
use crate::Unsupported;

impl Writer<'_, '_> {
    /// Writes an instruction that is no terminator.
    pub fn select(&mut self, inst: Inst) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        match self.folded.form[inst.index()] {
            Form::Imm => {
                self.immediate(inst, 0, 1);
                return Ok(());
            }
            Form::ImmLeft => {
                self.immediate(inst, 1, 0);
                return Ok(());
            }
            Form::Chunked => {
                self.chunked(inst);
                return Ok(());
            }
            Form::Big => {
                self.big_comparison(inst);
                return Ok(());
            }
            Form::Plain | Form::Skip => {}
        }
        match data.op {
            Op::ConstInt | Op::ConstFloat | Op::ConstBool | Op::ConstStr | Op::None => {
                unreachable!("constants are in the pool")
            }

            Op::Add => self.binary(inst, Opcode::Add),
            Op::Sub => self.binary(inst, Opcode::Sub),
            Op::Mul => self.binary(inst, Opcode::Mul),
            Op::Div => self.binary(inst, Opcode::Div),
            Op::Rem => self.binary(inst, Opcode::Rem),
            Op::Neg => self.unary(inst, Opcode::Neg),
            Op::AddWrap => self.binary(inst, Opcode::AddWrap),
            Op::SubWrap => self.binary(inst, Opcode::SubWrap),
            Op::MulWrap => self.binary(inst, Opcode::MulWrap),
            Op::DivSafe => self.binary(inst, Opcode::DivSafe),
            Op::RemSafe => self.binary(inst, Opcode::RemSafe),
            Op::And => self.binary(inst, Opcode::And),
            Op::Or => self.binary(inst, Opcode::Or),
            Op::Xor => self.binary(inst, Opcode::Xor),
            Op::Shl => self.binary(inst, Opcode::Shl),
            Op::Shr => self.binary(inst, Opcode::Shr),
            Op::Eq => self.binary(inst, Opcode::Eq),
            Op::Ne => self.binary(inst, Opcode::Ne),
            Op::Lt => self.binary(inst, Opcode::Lt),
            Op::Le => self.binary(inst, Opcode::Le),
            Op::Gt => self.swapped(inst, Opcode::Lt),
            Op::Ge => self.swapped(inst, Opcode::Le),
            Op::FAdd => self.binary(inst, Opcode::FAdd),
            Op::FSub => self.binary(inst, Opcode::FSub),
            Op::FMul => self.binary(inst, Opcode::FMul),
            Op::FDiv => self.binary(inst, Opcode::FDiv),
            Op::FRem => self.binary(inst, Opcode::FRem),
            Op::FNeg => self.unary(inst, Opcode::FNeg),
            Op::FEq => self.binary(inst, Opcode::FEq),
            Op::FNe => self.binary(inst, Opcode::FNe),
            Op::FLt => self.binary(inst, Opcode::FLt),
            Op::FLe => self.binary(inst, Opcode::FLe),
            Op::FGt => self.swapped(inst, Opcode::FLt),
            Op::FGe => self.swapped(inst, Opcode::FLe),
            Op::IntToFloat => self.unary(inst, Opcode::IntToFloat),
            Op::FloatToInt => self.unary(inst, Opcode::FloatToInt),
            Op::Not => self.unary(inst, Opcode::Not),
            Op::BoolEq => self.binary(inst, Opcode::Eq),
            Op::Select => {
                let other = self.arg(inst, 2);
                self.binary(inst, Opcode::Select);
                self.asm.fields([other, 0, 0, 0]);
            }

            Op::StrLen => self.unary(inst, Opcode::StrLen),
            Op::StrBytes => self.unary(inst, Opcode::StrBytes),
            Op::StrConcat if data.args.len() == 2 => self.binary(inst, Opcode::StrConcat),
            Op::StrConcat => {
                let slots: Vec<u16> = data.args.iter().map(|&arg| self.slot(arg)).collect();
                let result = self.result(inst);
                self.asm.instr(Opcode::StrConcatAll, result, 0, 0);
                self.asm.slots(&slots);
            }
            Op::StrIndex => self.binary(inst, Opcode::StrIndex),
            Op::StrChar => self.binary(inst, Opcode::StrChar),
            Op::StrSlice => self.slice(inst, Opcode::StrSlice),
            Op::StrEq => self.binary(inst, Opcode::StrEq),
            Op::StrLt => self.binary(inst, Opcode::StrLt),
            Op::StrLe => self.binary(inst, Opcode::StrLe),

            Op::ListNew => {
                let ty = self.list_type(data.result.expect("a list"));
                let slots: Vec<u16> = data.args.iter().map(|&arg| self.slot(arg)).collect();
                let result = self.result(inst);
                self.asm.wide(Opcode::ListNew, result, ty.0);
                self.asm.slots(&slots);
            }
            Op::ListLen => self.unary(inst, Opcode::ListLen),
            Op::ListGet => {
                let op = self.by_elem(inst, Opcode::ListGet, Opcode::ListGetBool, Opcode::ListGetAny);
                self.binary(inst, op);
            }
            Op::ListSet => {
                let op = self.by_elem(inst, Opcode::ListSet, Opcode::ListSetBool, Opcode::ListSetAny);
                self.effect(inst, op);
            }
            Op::ListAppend => {
                let op = self.by_elem(inst, Opcode::ListAppend, Opcode::ListAppend, Opcode::ListAppendAny);
                self.binary(inst, op);
            }
            Op::ListPush => {
                let op = self.by_elem(inst, Opcode::ListPush, Opcode::ListPushBool, Opcode::ListPushAny);
                self.binary(inst, op);
            }
            Op::ListReserve | Op::ListRepeat => {
                let slots = [self.arg(inst, 0), self.arg(inst, 1)];
                let result = self.result(inst);
                let function = match data.op {
                    Op::ListReserve => RuntimeFn::list_reserve,
                    _ => RuntimeFn::list_repeat,
                };
                self.asm.instr(Opcode::CallRuntime, function as u16, 0, 0);
                self.asm.args(&slots, result);
            }
            Op::ListShare => {
                let slot = self.arg(inst, 0);
                if self.kind(data.args[0]) == ElemKind::Cell {
                    self.asm.instr(Opcode::ListShare, slot, 0, 0);
                }
            }
            Op::ListSlice => self.slice(inst, Opcode::ListSlice),
            Op::ListConcat => self.binary(inst, Opcode::ListConcat),
            Op::ListView => {
                if self.types().dynamic_elem(self.elem(data.args[0])) {
                    return Err(unsupported(
                        self.func,
                        "it takes a view of a list whose elements vary in form",
                    ));
                }
                self.unary(inst, Opcode::ListView);
            }
            Op::ViewLen => {
                let (result, view) = (self.result(inst), self.arg(inst, 0));
                self.asm.instr(Opcode::Move, result, view + 1, 0);
            }
            Op::ViewGet => {
                let op = self.by_elem(inst, Opcode::ViewGet, Opcode::ViewGetBool, Opcode::ViewGet);
                self.binary(inst, op);
            }
            Op::ViewGetIn => {
                let op = self.by_elem(inst, Opcode::ViewGetIn, Opcode::ViewGetInBool, Opcode::ViewGetIn);
                self.binary(inst, op);
            }
            Op::ViewSetIn => {
                let op = self.by_elem(inst, Opcode::ViewSetIn, Opcode::ViewSetInBool, Opcode::ViewSetIn);
                self.effect(inst, op);
            }

            Op::MapNew => {
                let ty = self.map_type(data.result.expect("a map"));
                let slots: Vec<u16> = data.args.iter().map(|&arg| self.slot(arg)).collect();
                let result = self.result(inst);
                self.asm.wide(Opcode::MapNew, result, ty.0);
                self.asm.slots(&slots);
            }
            Op::MapLen => self.unary(inst, Opcode::MapLen),
            Op::MapGet => self.by_key(inst, Opcode::MapGetInt, Opcode::MapGet),
            Op::MapGetOr => {
                let kinds = pack(self.kind(data.args[1]), self.kind(data.args[2]));
                let other = self.arg(inst, 2);
                self.binary(inst, Opcode::MapGetOr);
                self.asm.fields([other, kinds, 0, 0]);
            }
            Op::MapHas => self.by_key(inst, Opcode::MapHasInt, Opcode::MapHas),
            Op::MapSet => {
                let kinds = pack(self.kind(data.args[1]), self.kind(data.args[2]));
                let op = if self.is_dynamic_map(data.args[0]) { Opcode::MapSetAny } else { Opcode::MapSet };
                self.effect(inst, op);
                self.asm.fields([kinds, 0, 0, 0]);
            }
            Op::MapKeys => {
                let ty = self.list_type(data.result.expect("a list"));
                let ty = self.number(ty)?;
                let (result, map) = (self.result(inst), self.arg(inst, 0));
                self.asm.instr(Opcode::MapKeys, result, map, ty);
            }

            Op::StructNew => {
                let Imm::Struct(id) = data.imm else { unreachable!("verified") };
                let slots: Vec<u16> = data.args.iter().map(|&arg| self.slot(arg)).collect();
                let result = self.result(inst);
                self.asm.wide(Opcode::StructNew, result, id.0);
                self.asm.slots(&slots);
            }
            Op::FieldGet => {
                let field = self.field(inst);
                let (result, object) = (self.result(inst), self.arg(inst, 0));
                self.asm.instr(Opcode::FieldGet, result, object, field);
            }
            Op::FieldSet => {
                let field = self.field(inst);
                let (object, value) = (self.arg(inst, 0), self.arg(inst, 1));
                self.asm.instr(Opcode::FieldSet, object, field, value);
            }
            Op::VariantTag => self.unary(inst, Opcode::VariantTag),
            Op::Retype => unreachable!("the word of its operand"),

            Op::IsNone => self.unary(inst, Opcode::IsNone),
            Op::GetOr => {
                let op = match self.kind(data.args[1]) {
                    ElemKind::Cell => Opcode::GetOr,
                    ElemKind::I64 => Opcode::GetOrInt,
                    ElemKind::F64 => Opcode::GetOrFloat,
                    ElemKind::Bool => Opcode::GetOrBool,
                };
                self.binary(inst, op);
            }
            Op::Some | Op::AnyBox => {
                let op = box_op(self.kind(data.args[0])).expect("cells are their own boxes");
                self.unary(inst, op);
            }
            Op::AnyUnbox => {
                let op = match self.kind(data.result.expect("a value")) {
                    ElemKind::I64 => Opcode::UnboxInt,
                    ElemKind::F64 => Opcode::UnboxFloat,
                    ElemKind::Bool => Opcode::UnboxBool,
                    ElemKind::Cell if self.func.ty(data.result.expect("a value")) == Types::BIGINT => {
                        Opcode::UnboxBig
                    }
                    ElemKind::Cell => Opcode::UnboxStr,
                };
                self.unary(inst, op);
            }
            Op::AnyIs => {
                let Imm::Ty(ty) = data.imm else { unreachable!("verified") };
                let test = self.tables.type_id(ty);
                let test = self.number(test)?;
                let (result, value) = (self.result(inst), self.arg(inst, 0));
                self.asm.instr(Opcode::Is, result, value, test);
            }
            Op::AnyAs => {
                let op = match self.kind(data.result.expect("a value")) {
                    ElemKind::I64 => Opcode::AsInt,
                    ElemKind::F64 => Opcode::AsFloat,
                    ElemKind::Bool => Opcode::AsBool,
                    ElemKind::Cell => unreachable!("the word of its operand"),
                };
                self.unary(inst, op);
            }

            Op::RefNew => {
                let kind = self.kind(data.args[0]);
                let (result, value) = (self.result(inst), self.arg(inst, 0));
                self.asm.instr(Opcode::RefNew, result, value, kind as u16);
            }
            Op::RefGet => self.unary(inst, Opcode::RefGet),
            Op::RefSet => self.effect(inst, Opcode::RefSet),
            Op::GlobalGet | Op::GlobalFixed => {
                let Imm::Global(id) = data.imm else { unreachable!("verified") };
                let (result, global) = (self.result(inst), self.tables.global(id));
                self.asm.wide(Opcode::GlobalGet, result, global);
            }
            Op::GlobalSet => {
                let Imm::Global(id) = data.imm else { unreachable!("verified") };
                let (value, global) = (self.arg(inst, 0), self.tables.global(id));
                self.asm.wide(Opcode::GlobalSet, value, global);
            }

            Op::ClosureNew => {
                let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
                let ty = self.func.ty(data.result.expect("a value"));
                let closure = self.tables.closure(id, ty).ok_or_else(|| self.missing(id))?;
                let slots = self.call_args(&data.args);
                let result = self.result(inst);
                self.asm.wide(Opcode::ClosureNew, result, closure);
                self.asm.slots(&slots);
            }
            Op::Call => self.call(inst)?,
            Op::CallClosure => self.call_closure(inst, Opcode::CallClosure),
            Op::CallAny => self.call_any(inst, Opcode::CallAny),
            Op::CallRuntime => {
                let Imm::Runtime(function) = data.imm else { unreachable!("verified") };
                if let Some(op) = inlined(function) {
                    let other = data.args.get(1).map_or(0, |&arg| self.slot(arg));
                    let (result, a) = (self.result(inst), self.arg(inst, 0));
                    self.asm.instr(op, result, a, other);
                    return Ok(());
                }
                let slots: Vec<u16> = data.args.iter().map(|&arg| self.slot(arg)).collect();
                let result = self.result(inst);
                self.asm.instr(Opcode::CallRuntime, function as u16, 0, 0);
                self.asm.args(&slots, result);
            }

            Op::Jump
            | Op::Branch
            | Op::Switch
            | Op::Return
            | Op::TailCall
            | Op::TailCallClosure
            | Op::TailCallAny
            | Op::Trap => unreachable!("terminators are in `flow`"),
        }
        Ok(())
    }

    /// Result and one operand.
    fn unary(&mut self, inst: Inst, op: Opcode) {
        let (result, a) = (self.result(inst), self.arg(inst, 0));
        self.asm.instr(op, result, a, 0);
    }
    /// Result and two operands.
    fn binary(&mut self, inst: Inst, op: Opcode) {
        let (result, a, b) = (self.result(inst), self.arg(inst, 0), self.arg(inst, 1));
        self.asm.instr(op, result, a, b);
    }
    fn swapped(&mut self, inst: Inst, op: Opcode) {
        let (result, a, b) = (self.result(inst), self.arg(inst, 0), self.arg(inst, 1));
        self.asm.instr(op, result, b, a);
    }
    /// Two or three operands.
    fn effect(&mut self, inst: Inst, op: Opcode) {
        let data = &self.func.insts[inst];
        let slot = |i: usize| data.args.get(i).map_or(0, |&arg| self.slot(arg));
        let (a, b, c) = (slot(0), slot(1), slot(2));
        self.asm.instr(op, a, b, c);
    }
    /// A list or string and two bounds.
    fn slice(&mut self, inst: Inst, op: Opcode) {
        let to = self.arg(inst, 2);
        self.binary(inst, op);
        self.asm.fields([to, 0, 0, 0]);
    }

    /// An instruction with the operand at `right` as an immediate.
    fn immediate(&mut self, inst: Inst, left: usize, right: usize) {
        let data = &self.func.insts[inst];
        let (result, slot) = (self.result(inst), self.arg(inst, left));
        let number = self.folded.raw(data.args[right]).expect("chosen for its immediate");
        let from_left = right == 0;
        let power =
            || (number > 0 && (number as u64).is_power_of_two()).then(|| number.trailing_zeros() as i64);
        let (op, imm) = match data.op {
            Op::Add => (Opcode::AddImm, number),
            Op::Sub => (Opcode::SubImm, number),
            Op::Mul => (Opcode::MulImm, number),
            Op::AddWrap => (Opcode::AddWrapImm, number),
            Op::SubWrap => (Opcode::AddWrapImm, -number),
            Op::MulWrap => match power() {
                Some(power) => (Opcode::ShlImm, power),
                None => (Opcode::MulWrapImm, number),
            },
            Op::Div | Op::DivSafe => match power() {
                Some(power) => (Opcode::DivPow2, power),
                None => (Opcode::DivImm, number),
            },
            Op::Rem | Op::RemSafe => match power() {
                Some(power) => (Opcode::RemPow2, power),
                None => (Opcode::RemImm, number),
            },
            Op::And => (Opcode::AndImm, number),
            Op::Or => (Opcode::OrImm, number),
            Op::Xor => (Opcode::XorImm, number),
            Op::Shl => (Opcode::ShlImm, number & 63),
            Op::Shr => (Opcode::ShrImm, number & 63),
            Op::Eq | Op::BoolEq => (Opcode::EqImm, number),
            Op::Ne => (Opcode::NeImm, number),
            Op::Lt => (if from_left { Opcode::GtImm } else { Opcode::LtImm }, number),
            Op::Le => (if from_left { Opcode::GeImm } else { Opcode::LeImm }, number),
            Op::Gt => (if from_left { Opcode::LtImm } else { Opcode::GtImm }, number),
            Op::Ge => (if from_left { Opcode::LeImm } else { Opcode::GeImm }, number),
            _ => unreachable!("{:?} has no immediate", data.op),
        };
        if matches!(op, Opcode::AddImm | Opcode::AddWrapImm) && imm == 1 && result == slot {
            let value = self.folded.root(data.args[left]);
            let checked = (op == Opcode::AddImm).then_some(value);
            self.increment = Some(Increment { at: self.asm.at(), slot, checked });
        }
        self.asm.instr(op, result, slot, imm as i16 as u16);
    }

    /// A comparison of two bigints.
    fn big_comparison(&mut self, inst: Inst) {
        let args = compared(self.func, inst);
        let (result, a, b) = (self.result(inst), self.slot(args[0]), self.slot(args[1]));
        let (op, a, b) = match self.func.insts[inst].op {
            Op::Eq => (Opcode::BigEq, a, b),
            Op::Ne => (Opcode::BigNe, a, b),
            Op::Lt => (Opcode::BigLt, a, b),
            Op::Le => (Opcode::BigLe, a, b),
            Op::Gt => (Opcode::BigLt, b, a),
            _ => (Opcode::BigLe, b, a),
        };
        self.asm.instr(op, result, a, b);
    }

    /// A container, then one insertion per operand.
    fn chunked(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let value = data.result.expect("a container");
        let result = self.result(inst);
        if data.op == Op::ListNew {
            let ty = self.list_type(value);
            let flags = self.elem(value) == Types::BOOL;
            let push = if flags { Opcode::ListPushBool } else { Opcode::ListPush };
            self.asm.wide(Opcode::ListNew, result, ty.0);
            self.asm.slots(&[]);
            for &arg in &data.args {
                let slot = self.slot_or_scratch(arg, 0);
                self.asm.instr(push, result, result, slot);
            }
            return;
        }
        let ty = self.map_type(value);
        let (key, elem) = self.map_parts(value);
        let kinds = pack(self.types().elem_kind(key), self.types().elem_kind(elem));
        self.asm.wide(Opcode::MapNew, result, ty.0);
        self.asm.slots(&[]);
        for pair in data.args.chunks(2) {
            let key = self.slot_or_scratch(pair[0], 0);
            let value = self.slot_or_scratch(pair[1], 1);
            self.asm.instr(Opcode::MapSet, result, key, value);
            self.asm.fields([kinds, 0, 0, 0]);
        }
    }
    /// The slot of an operand, or a scratch slot with the constant that it is.
    fn slot_or_scratch(&mut self, value: Value, i: u16) -> u16 {
        match self.folded.constant(value) {
            None => self.slot(value),
            Some(id) => {
                let constant: Const = self.folded.consts[id as usize];
                let slot = match constant.kind() {
                    ElemKind::Cell => self.slots.cell_scratch(i),
                    ElemKind::I64 | ElemKind::F64 | ElemKind::Bool => self.slots.raw_scratch(i),
                };
                self.constant(slot, constant);
                slot
            }
        }
    }

    /// A map and a key, which becomes a cell when it is neither an int nor a cell.
    fn by_key(&mut self, inst: Inst, int: Opcode, cell: Opcode) {
        let data = &self.func.insts[inst];
        let kind = self.kind(data.args[1]);
        let (result, map, key) = (self.result(inst), self.arg(inst, 0), self.arg(inst, 1));
        match kind {
            ElemKind::I64 => self.asm.instr(int, result, map, key),
            ElemKind::Cell => self.asm.instr(cell, result, map, key),
            ElemKind::F64 | ElemKind::Bool => {
                let op = box_op(kind).expect("no cell");
                let boxed = self.slots.cell_scratch(0);
                self.asm.instr(op, boxed, key, 0);
                self.asm.instr(cell, result, map, boxed);
            }
        }
    }

    /// The opcode for the elements of the list or view that comes first.
    fn by_elem(&self, inst: Inst, word: Opcode, byte: Opcode, any: Opcode) -> Opcode {
        let elem = self.elem(self.func.insts[inst].args[0]);
        if self.types().dynamic_elem(elem) {
            return any;
        }
        match self.types().elem_kind(elem) {
            ElemKind::Bool => byte,
            ElemKind::Cell | ElemKind::I64 | ElemKind::F64 => word,
        }
    }
    /// The element type of a list or view.
    fn elem(&self, container: Value) -> Ty {
        match self.types().kind(self.func.ty(container)) {
            TyKind::List(elem) | TyKind::View(elem) => *elem,
            other => unreachable!("{other:?} is no list"),
        }
    }
    fn list_type(&mut self, list: Value) -> TypeId {
        self.tables.type_id(self.elem(list))
    }
    fn map_type(&mut self, map: Value) -> MapType {
        let (key, value) = self.map_parts(map);
        self.tables.map_type(key, value)
    }
    /// The number of a type as an operand of 16 bits.
    fn number(&self, ty: TypeId) -> Result<u16, Unsupported> {
        u16::try_from(ty.0)
            .map_err(|_| unsupported(self.func, "it tests for a type, and the program has more than 65,535"))
    }
    /// Whether a map may have been made for other types than its static type says.
    fn is_dynamic_map(&self, map: Value) -> bool {
        let (key, value) = self.map_parts(map);
        self.types().dynamic_elem(key) || self.types().dynamic_elem(value)
    }
    fn map_parts(&self, map: Value) -> (Ty, Ty) {
        match self.types().kind(self.func.ty(map)) {
            TyKind::Map(key, value) => (*key, *value),
            other => unreachable!("{other:?} is no map"),
        }
    }
    /// The position of a field, whose name is noted for messages.
    fn field(&mut self, inst: Inst) -> u16 {
        let data = &self.func.insts[inst];
        let Imm::Field(field) = data.imm else { unreachable!("verified") };
        let module = self.tables.module;
        if let TyKind::Struct(id) = module.types.kind(self.func.ty(data.args[0])) {
            let name = &module.types.structs[*id].fields[field as usize].0;
            let name = self.tables.name(name);
            self.fields.push((self.asm.at(), name));
        }
        field as u16
    }

    fn missing(&self, id: FuncId) -> Unsupported {
        unsupported(self.func, format!("it uses {}, which has no code", self.tables.module.funcs[id].name))
    }
    /// The number of a function that is called.
    pub fn callee(&self, id: FuncId) -> Result<u32, Unsupported> {
        self.tables.func_index(id).ok_or_else(|| self.missing(id))
    }
    /// The slots of arguments in the order of a frame.
    pub fn call_args(&self, args: &[Value]) -> Vec<u16> {
        self.raw_first(args).into_iter().map(|arg| self.slot(arg)).collect()
    }

    fn call(&mut self, inst: Inst) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
        let callee = self.callee(id)?;
        let args = self.call_args(&data.args);
        let (advance, result) = (self.advance(), self.result(inst));
        let op = match args.len() {
            0 => Opcode::Call0,
            1 => Opcode::Call1,
            2 => Opcode::Call2,
            3 => Opcode::Call3,
            _ => Opcode::CallMany,
        };
        self.asm.wide(op, advance, callee);
        if op == Opcode::CallMany {
            self.asm.args(&args, result);
        } else {
            let arg = |i: usize| args.get(i).copied().unwrap_or(0);
            self.asm.fields([arg(0), arg(1), arg(2), result]);
        }
        Ok(())
    }

    /// Calls the dynamic value that comes first.
    pub fn call_any(&mut self, inst: Inst, op: Opcode) {
        let (function, args) = self.func.insts[inst].args.split_first().expect("verified");
        let slots: Vec<u16> = args.iter().map(|&arg| self.slot(arg)).collect();
        let (advance, function) = (self.advance(), self.slot(*function));
        let result = if op == Opcode::CallAny { self.result(inst) } else { NO_SLOT };
        self.asm.instr(op, advance, function, 0);
        self.asm.args(&slots, result);
    }

    /// Calls the function value that comes first.
    pub fn call_closure(&mut self, inst: Inst, op: Opcode) {
        let data = &self.func.insts[inst];
        let (function, args) = data.args.split_first().expect("verified");
        let raws = args.iter().filter(|&&arg| self.kind(arg) != ElemKind::Cell).count();
        let slots = self.call_args(args);
        let (advance, function) = (self.advance(), self.slot(*function));
        let result = if op == Opcode::CallClosure { self.result(inst) } else { NO_SLOT };
        self.asm.instr(op, advance, function, raws as u16);
        self.asm.args(&slots, result);
    }
}

/// The instruction that does what a runtime function does, with the frequent case inside the interpreter.
fn inlined(function: RuntimeFn) -> Option<Opcode> {
    Some(match function {
        RuntimeFn::big_add => Opcode::BigAdd,
        RuntimeFn::big_sub => Opcode::BigSub,
        RuntimeFn::big_mul => Opcode::BigMul,
        RuntimeFn::big_div => Opcode::BigDiv,
        RuntimeFn::big_rem => Opcode::BigRem,
        RuntimeFn::big_to_int => Opcode::BigToInt,
        RuntimeFn::big_to_index => Opcode::BigToIndex,
        _ => return None,
    })
}

/// The instruction that makes a cell of a raw word.
fn box_op(kind: ElemKind) -> Option<Opcode> {
    match kind {
        ElemKind::I64 => Some(Opcode::BoxInt),
        ElemKind::F64 => Some(Opcode::BoxFloat),
        ElemKind::Bool => Some(Opcode::BoxBool),
        ElemKind::Cell => None,
    }
}

/// The kinds of a map's keys and values in one operand.
fn pack(key: ElemKind, value: ElemKind) -> u16 {
    key as u16 | (value as u16) << 4
}
