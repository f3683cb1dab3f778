//! The dictionary: what each instruction becomes.

use mochi_abi::layout::{DATA, LEN, WORDS};
use mochi_abi::{ElemKind, RuntimeFn};
use mochi_vm::code::NO_SLOT;
use mochi_vm::decode::Instr;
use mochi_vm::instr::Opcode;
use mochi_vm::native;

use super::value::Right;
use super::{Lower, offset};
use crate::buffer::{Fill, To};
use crate::manifest::{Place, Stencil};

/// What an instruction does that has stencils, though others with its opcode are always executed out of line.
enum Quick {
    /// Looks for a string.
    Find,
    /// Makes a string longer.
    Push,
    /// Calculates with two values of any type.
    Arith,
    /// Compares two values of any type.
    Equal,
    /// Orders two values of any type.
    Compare,
    /// Goes to the value of a key that is a cell, in a map whose values are stored like this.
    Map(ElemKind),
    /// The same of a key that is an int.
    MapOfInts(ElemKind),
}

fn quick(code: &Instr<'_>) -> Option<Quick> {
    let map = |kinds: u16| {
        let kind = |bits: u16| ElemKind::from_bits(u32::from(bits));
        match (kind(kinds & 15)?, kind(kinds >> 4)?) {
            (ElemKind::Cell, value) => Some(Quick::Map(value)),
            // A new value mostly comes with a new key.
            (ElemKind::I64, value) if code.op == Opcode::MapGetOr => Some(Quick::MapOfInts(value)),
            _ => None,
        }
    };
    match code.op {
        Opcode::CallRuntime if code.result_slot() != Some(NO_SLOT) => {
            match RuntimeFn::ALL[usize::from(code.word.field(1))] {
                RuntimeFn::str_find => Some(Quick::Find),
                RuntimeFn::str_push => Some(Quick::Push),
                RuntimeFn::any_arith => Some(Quick::Arith),
                RuntimeFn::any_equal => Some(Quick::Equal),
                RuntimeFn::any_compare => Some(Quick::Compare),
                _ => None,
            }
        }
        Opcode::MapGetOr => map(code.ext[0].field(1)),
        Opcode::MapSet => map(code.ext[0].field(0)),
        _ => None,
    }
}

/// Whether an instruction always calls something.
pub fn is_out_of_line(code: &Instr<'_>) -> bool {
    use Opcode as O;
    if quick(code).is_some() {
        return false;
    }
    matches!(
        code.op,
        O::FRem
            | O::BrBigEq
            | O::BrBigNe
            | O::BrBigLt
            | O::BrBigLe
            | O::LoopBigEq
            | O::LoopBigNe
            | O::LoopBigLt
            | O::LoopBigLe
            | O::StrConcat
            | O::StrConcatAll
            | O::ListNew
            | O::ListSetAny
            | O::ListAppend
            | O::ListAppendAny
            | O::ListPushAny
            | O::ListSlice
            | O::ListConcat
            | O::MapNew
            | O::MapGetInt
            | O::MapGet
            | O::MapGetOr
            | O::MapHasInt
            | O::MapHas
            | O::MapSet
            | O::MapSetAny
            | O::MapKeys
            | O::StructNew
            | O::UnboxStr
            | O::UnboxBig
            | O::BigAdd
            | O::BigSub
            | O::BigMul
            | O::BigDiv
            | O::BigRem
            | O::BigEq
            | O::BigNe
            | O::BigLt
            | O::BigLe
            | O::BigToInt
            | O::BigToIndex
            | O::Is
            | O::RefNew
            | O::ClosureNew
            | O::CallRuntime
            | O::Call0
            | O::Call1
            | O::Call2
            | O::Call3
            | O::CallMany
            | O::CallClosure
            | O::CallAny
    )
}

impl Lower<'_, '_> {
    #[rustfmt::skip]
    pub(super) fn instruction(&mut self) {
        use Opcode as O;
        use Stencil as S;
        let (wide, imm) = (self.ins().code.word.wide_operand(), self.imm());
        match self.ins().code.op {
            O::Move => self.copy(self.field(1), self.field(2)),
            O::ConstInt => self.constant_to(self.field(1), i64::from(wide as i32)),
            O::ConstRaw | O::ConstCell => self.constant_to(self.field(1), self.ins().code.ext[0].0 as i64),
            O::ConstNone => self.constant_to(self.field(1), mochi_abi::Cell::NONE.0 as i64),
            O::ConstStr => {
                let (label, back) = self.slow();
                let numbers = [8 * i64::from(wide), 0, 0, offset(self.field(1))];
                self.emit(S::ConstStr, &[Place::S], Fill { numbers, cold: To::Label(label), ..Fill::default() });
                self.meet(back);
            }

            O::Add => self.checked(S::Add, Right::Slot),
            O::Sub => self.checked(S::Sub, Right::Slot),
            O::AddImm => self.checked(S::Add, Right::Number(imm)),
            O::SubImm => self.checked(S::Sub, Right::Number(imm)),
            O::Mul => self.three_slow(S::Mul),
            O::MulImm => self.mul_imm(),
            O::Div => self.three_slow(S::Div),
            O::Rem => self.three_slow(S::Rem),
            O::Neg => self.two_slow(S::Neg),
            O::DivSafe => self.by_known_or(S::DivSafe),
            O::RemSafe => self.by_known_or(S::RemSafe),
            O::DivImm => self.by_number(S::DivSafe, imm),
            O::RemImm => self.by_number(S::RemSafe, imm),
            O::DivPow2 | O::RemPow2 if self.field(3) & 63 == 0 => self.step(),
            O::DivPow2 => self.by(S::DivPow2),
            O::RemPow2 => self.by(S::RemPow2),
            O::AddWrap => self.three(S::AddWrap),
            O::SubWrap => self.three(S::SubWrap),
            O::MulWrap => self.three(S::MulWrap),
            O::AddWrapImm => self.sum_imm(S::AddWrap, S::SubWrap, imm),
            O::MulWrapImm => self.three_imm(S::MulWrap, imm),
            O::And => self.three(S::And),
            O::Or => self.three(S::Or),
            O::Xor => self.three(S::Xor),
            O::Shl => self.three(S::Shl),
            O::Shr => self.three(S::Shr),
            O::AndImm => self.three_imm(S::And, imm),
            O::OrImm => self.three_imm(S::Or, imm),
            O::XorImm => self.three_imm(S::Xor, imm),
            O::ShlImm => self.by(S::ShlBy),
            O::ShrImm => self.by(S::ShrBy),
            O::Not => self.three_imm(S::Xor, 1),

            O::Eq => self.three(S::Eq),
            O::Ne => self.three(S::Ne),
            O::Lt => self.three(S::Lt),
            O::Le => self.three(S::Le),
            O::EqImm => self.three_imm(S::Eq, imm),
            O::NeImm => self.three_imm(S::Ne, imm),
            O::LtImm => self.three_imm(S::Lt, imm),
            O::LeImm => self.three_imm(S::Le, imm),
            O::GtImm => self.three_imm(S::Gt, imm),
            O::GeImm => self.three_imm(S::Ge, imm),

            O::FAdd => self.three(S::FAdd),
            O::FSub => self.three(S::FSub),
            O::FMul => self.three(S::FMul),
            O::FDiv => self.three_slow(S::FDiv),
            O::FNeg => self.two(S::FNeg),
            O::FEq => self.three(S::FEq),
            O::FNe => self.three(S::FNe),
            O::FLt => self.three(S::FLt),
            O::FLe => self.three(S::FLe),
            O::IntToFloat => self.two(S::IntToFloat),
            O::FloatToInt => self.two_slow(S::FloatToInt),
            O::Select => self.select(),

            O::Jump | O::Loop => {
                self.before_jump();
                if self.ins().code.op == O::Loop {
                    self.poll();
                }
                // What comes next is reached without a jump.
                if self.ins().target() == Some(self.at + 1) {
                    return self.fall_to(self.at + 1);
                }
                let taken = self.target();
                self.emit(S::Jump, &[], Fill { taken, ..Fill::default() });
            }
            O::BrTrue => self.br_bool(S::BrTrue, false),
            O::BrFalse => self.br_bool(S::BrFalse, false),
            O::BrNone => self.br_cell(S::BrNone, false),
            O::BrSome => self.br_cell(S::BrSome, false),
            O::BrEq => self.br(S::BrEq, false),
            O::BrNe => self.br(S::BrNe, false),
            O::BrLt => self.br(S::BrLt, false),
            O::BrLe => self.br(S::BrLe, false),
            O::BrEqImm => self.br_imm(S::BrEq, false),
            O::BrNeImm => self.br_imm(S::BrNe, false),
            O::BrLtImm => self.br_imm(S::BrLt, false),
            O::BrLeImm => self.br_imm(S::BrLe, false),
            O::BrGtImm => self.br_imm(S::BrGt, false),
            O::BrGeImm => self.br_imm(S::BrGe, false),
            O::BrFEq => self.br(S::BrFEq, false),
            O::BrFNe => self.br(S::BrFNe, false),
            O::BrFLt => self.br(S::BrFLt, false),
            O::BrFLe => self.br(S::BrFLe, false),
            O::BrFNlt => self.br(S::BrFNlt, false),
            O::BrFNle => self.br(S::BrFNle, false),
            O::LoopTrue => self.br_bool(S::BrTrue, true),
            O::LoopFalse => self.br_bool(S::BrFalse, true),
            O::LoopNone => self.br_cell(S::BrNone, true),
            O::LoopSome => self.br_cell(S::BrSome, true),
            O::LoopEq => self.br(S::BrEq, true),
            O::LoopNe => self.br(S::BrNe, true),
            O::LoopLt => self.br(S::BrLt, true),
            O::LoopLe => self.br(S::BrLe, true),
            O::LoopEqImm => self.br_imm(S::BrEq, true),
            O::LoopNeImm => self.br_imm(S::BrNe, true),
            O::LoopLtImm => self.br_imm(S::BrLt, true),
            O::LoopLeImm => self.br_imm(S::BrLe, true),
            O::LoopGtImm => self.br_imm(S::BrGt, true),
            O::LoopGeImm => self.br_imm(S::BrGe, true),
            O::LoopFEq => self.br(S::BrFEq, true),
            O::LoopFNe => self.br(S::BrFNe, true),
            O::LoopFLt => self.br(S::BrFLt, true),
            O::LoopFLe => self.br(S::BrFLe, true),
            O::LoopFNlt => self.br(S::BrFNlt, true),
            O::LoopFNle => self.br(S::BrFNle, true),
            O::LoopNext => {
                let slot = self.field(1);
                let (a, na) = self.read(slot);
                self.emit(S::AddWrap, &[a, a, Place::I], Fill { numbers: [na, 1, 0, na], ..Fill::default() });
                self.written(slot);
                self.br(S::BrLt, true);
            }
            O::Switch => self.switch(),

            O::ListLen | O::MapLen => self.load_word(self.field(1), self.field(2), LEN as i64),
            O::ListGet => self.list_get(S::ListGet, S::ListFGet),
            O::ListGetAny => self.list_get_any(),
            O::ListShare => self.list_share(),
            O::ListGetBool => self.list_get(S::ListGetBool, S::ListFGet),
            O::ListSet => self.list_set(S::ListSet, S::ListFSet),
            O::ListSetBool => self.list_set(S::ListSetBool, S::ListFSet),
            O::ListPush => self.list_push(S::ListPush, S::ListFPush),
            O::ListPushBool => self.list_push(S::ListPushBool, S::ListFPush),
            O::ListView => {
                let view = self.field(1);
                let (label, back) = self.slow();
                self.object(self.field(2), label);
                for (slot, distance) in [(view, DATA), (view + 1, LEN)] {
                    let (d, nd) = self.write(slot);
                    let numbers = [distance as i64, 0, 0, nd];
                    self.emit(S::Load, &[d], Fill { numbers, ..Fill::default() });
                    self.written(slot);
                }
                self.meet(back);
            }
            O::ViewGet => self.view_get(S::ViewGet, S::ViewFGet, true),
            O::ViewGetBool => self.view_get(S::ViewGetBool, S::ViewFGet, true),
            O::ViewGetIn => self.view_get(S::ViewGet, S::ViewFGet, false),
            O::ViewGetInBool => self.view_get(S::ViewGetBool, S::ViewFGet, false),
            O::ViewSetIn => self.view_set(S::ViewSet, S::ViewFSet),
            O::ViewSetInBool => self.view_set(S::ViewSetBool, S::ViewFSet),

            O::FieldGet => {
                let distance = WORDS as i64 + 8 * i64::from(self.field(3));
                self.load_word(self.field(1), self.field(2), distance);
            }
            O::FieldSet => {
                let distance = WORDS as i64 + 8 * i64::from(self.field(2));
                self.store_word(self.field(1), distance, self.field(3));
            }
            O::RefGet => self.load_word(self.field(1), self.field(2), WORDS as i64),
            O::RefSet => self.store_word(self.field(1), WORDS as i64, self.field(2)),
            O::GlobalGet => {
                let (d, nd) = self.write(self.field(1));
                let stencil = if d.is_float() { S::GlobalFGet } else { S::GlobalGet };
                let numbers = [8 * i64::from(wide), 0, 0, nd];
                self.emit(stencil, &[d], Fill { numbers, ..Fill::default() });
                self.written(self.field(1));
            }
            O::GlobalSet => {
                let (a, na) = self.read(self.field(1));
                let stencil = if a.is_float() { S::GlobalFSet } else { S::GlobalSet };
                let numbers = [na, 0, 0, 8 * i64::from(wide)];
                self.emit(stencil, &[a], Fill { numbers, ..Fill::default() });
            }

            O::IsNone => self.two(S::IsNone),
            O::GetOr => self.three(S::GetOr),
            O::GetOrFloat => self.get_or_float(),
            O::GetOrInt => self.three_slow(S::GetOrInt),
            O::GetOrBool => self.three(S::GetOrBool),
            O::VariantTag => self.of_object(S::VariantTag),
            O::StrLen => self.two_slow(S::StrChars),
            O::StrBytes => self.two_slow(S::StrBytes),
            // Its index is never checked, so that there is nothing to mask it by.
            O::StrChar if self.shared.harden => self.step(),
            O::StrChar => self.three_slow(S::StrChar),
            O::StrIndex => self.str_index(),
            O::StrSlice if self.shared.harden => self.step(),
            O::StrSlice => self.str_slice(),
            O::StrEq => self.three_slow(S::StrEq),
            O::StrLt => self.three_slow(S::StrLt),
            O::StrLe => self.three_slow(S::StrLe),
            O::BrStrEq => self.br_str(S::BrStrEq, false),
            O::BrStrNe => self.br_str(S::BrStrNe, false),
            O::LoopStrEq => self.br_str(S::BrStrEq, true),
            O::LoopStrNe => self.br_str(S::BrStrNe, true),
            O::BoxInt => self.two_slow(S::BoxInt),
            O::BoxFloat => self.two_slow(S::BoxFloat),
            O::BoxBool => self.two(S::BoxBool),
            O::UnboxInt | O::AsInt => self.two_slow(S::UnboxInt),
            O::UnboxFloat => self.two_slow(S::UnboxFloat),
            O::AsFloat => self.copy(self.field(1), self.field(2)),
            O::UnboxBool => self.two_slow(S::UnboxBool),
            O::AsBool => self.two(S::AsBool),

            O::CallRuntime | O::MapGetOr | O::MapSet => self.quick_or_step(),
            O::Call0 | O::Call1 | O::Call2 | O::Call3 | O::CallMany => self.call(wide),
            O::CallClosure => self.call_closure(),
            O::CallAny => self.call_found(native::find_any),
            O::TailCall => self.tail_call(self.ins().code.word.wide_operand()),
            O::TailCallClosure => self.tail_closure(),
            O::TailCallAny => self.tail(native::find_tail_any),
            O::Return => self.give_back(),
            O::ReturnUnit => self.emit(S::Return, &[Place::I], Fill::default()),
            O::Halt => self.leave(),

            O::LoopBigEq | O::LoopBigNe | O::LoopBigLt | O::LoopBigLe => {
                self.poll();
                self.step();
            }
            // Whatever has no stencil yet, a new instruction too.
            _ => self.step(),
        }
    }
    /// What may be quick or out of line.
    fn quick_or_step(&mut self) {
        let code = self.ins().code;
        match quick(&code) {
            Some(Quick::Map(value)) if code.op == Opcode::MapSet => self.map_set(value),
            Some(Quick::Map(value)) => self.map_get_or(ElemKind::Cell, value),
            Some(Quick::MapOfInts(value)) => self.map_get_or(ElemKind::I64, value),
            Some(Quick::Find) => self.str_find(),
            Some(Quick::Push) => self.str_push(),
            Some(Quick::Arith) => self.any_arith(),
            Some(Quick::Equal) => self.any_relation(Stencil::AnyEqual),
            Some(Quick::Compare) => self.any_relation(Stencil::AnyCompare),
            None => self.step(),
        }
    }
}
