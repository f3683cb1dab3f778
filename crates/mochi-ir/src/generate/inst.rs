//! Instructions: any op of the table, with operands that it can be run with.

use super::func::Body;
use crate::func::Value;
use crate::module::{FuncId, GlobalId};
use crate::op::{Imm, Op, Pat};
use crate::ty::{StructId, Ty, TyKind, Types};
use mochi_abi::{RuntimeFn, RuntimeTy};

impl Body<'_, '_, '_> {
    /// Appends an instruction, or a few that belong together, or none when nothing fits.
    pub(super) fn inst(&mut self) {
        let op = self.g.c.of(Op::ALL);
        match op {
            // Made as values, where somebody wants one.
            Op::ConstInt | Op::ConstFloat | Op::ConstBool | Op::ConstStr | Op::None | Op::MapNew => {
                let ty = self.ty();
                self.of(ty);
            }
            Op::DivSafe | Op::RemSafe => {
                let dividend = self.of(Types::I64);
                let divisor = self.g.c.of(&[1, 2, 7, -3, i64::MAX]);
                let divisor = self.int(divisor);
                self.value(op, &[dividend, divisor], Imm::None, Types::I64);
            }
            Op::StrChar => {
                let id = self.g.module.intern_str("éa");
                let text = self.value(Op::ConstStr, &[], Imm::Str(id), Types::STR);
                let at = self.g.c.of(&[0, 2]);
                let at = self.int(at);
                self.value(op, &[text, at], Imm::None, Types::STR);
            }
            Op::ListPush => self.pushes(),
            // How much room there is differs between back ends.
            Op::ListRepeat => {
                let elem = self.ty();
                let ty = self.g.module.types.list(elem);
                let list = self.of(ty);
                let more = self.g.c.of(&[0, -1, i64::MIN]);
                let more = self.int(more);
                self.value(op, &[list, more], Imm::None, Types::I64);
            }
            Op::ListView | Op::ViewLen | Op::ViewGet | Op::ViewGetIn | Op::ViewSetIn => self.views(),
            Op::StructNew => {
                if let Some(id) = self.some_struct() {
                    self.make_struct(id, 2);
                }
            }
            Op::FieldGet | Op::FieldSet => self.field(op),
            Op::Retype => self.retype(),
            Op::AnyUnbox => {
                let ty = self.g.c.of(&[Types::I64, Types::F64, Types::BOOL, Types::STR, Types::BIGINT]);
                let value = self.of(ty);
                let any = self.value(Op::AnyBox, &[value], Imm::None, Types::ANY);
                self.value(op, &[any], Imm::None, ty);
            }
            Op::AnyAs => {
                let ty = self.ty();
                if ty != Types::ANY {
                    let value = self.of(ty);
                    let any = self.value(Op::AnyBox, &[value], Imm::None, Types::ANY);
                    self.value(op, &[any], Imm::None, ty);
                }
            }
            Op::AnyIs => {
                let (any, ty) = (self.of(Types::ANY), self.ty());
                self.value(op, &[any], Imm::Ty(ty), Types::BOOL);
            }
            Op::GlobalGet | Op::GlobalFixed | Op::GlobalSet => self.global(op),
            Op::ClosureNew => self.closure(),
            Op::Call => {
                self.call();
            }
            Op::CallClosure => {
                let params: Vec<Ty> = (0..self.g.c.below(3)).map(|_| self.ty()).collect();
                let result = if self.g.c.chance(30) { Types::UNIT } else { self.ty() };
                let ty = self.g.module.types.function(params.clone(), result);
                let mut args = vec![self.of(ty)];
                args.extend(params.into_iter().map(|ty| self.of(ty)));
                let value = self.push(op, &args, Imm::None, result);
                self.scope.extend(value);
            }
            Op::CallAny => {
                let args: Vec<Value> = (0..1 + self.g.c.below(3)).map(|_| self.of(Types::ANY)).collect();
                self.value(op, &args, Imm::None, Types::ANY);
            }
            Op::CallRuntime => self.runtime_call(),
            // These are how blocks end.
            Op::Jump
            | Op::Branch
            | Op::Switch
            | Op::Return
            | Op::TailCall
            | Op::TailCallClosure
            | Op::TailCallAny
            | Op::Trap => {}
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Neg
            | Op::AddWrap
            | Op::SubWrap
            | Op::MulWrap
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Shl
            | Op::Shr
            | Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::FAdd
            | Op::FSub
            | Op::FMul
            | Op::FDiv
            | Op::FRem
            | Op::FNeg
            | Op::FEq
            | Op::FNe
            | Op::FLt
            | Op::FLe
            | Op::FGt
            | Op::FGe
            | Op::IntToFloat
            | Op::FloatToInt
            | Op::Not
            | Op::BoolEq
            | Op::Select
            | Op::StrLen
            | Op::StrBytes
            | Op::StrConcat
            | Op::StrIndex
            | Op::StrSlice
            | Op::StrEq
            | Op::StrLt
            | Op::StrLe
            | Op::ListNew
            | Op::ListLen
            | Op::ListGet
            | Op::ListSet
            | Op::ListReserve
            | Op::ListAppend
            | Op::ListShare
            | Op::ListSlice
            | Op::ListConcat
            | Op::MapLen
            | Op::MapGet
            | Op::MapGetOr
            | Op::MapHas
            | Op::MapSet
            | Op::MapKeys
            | Op::VariantTag
            | Op::IsNone
            | Op::Some
            | Op::GetOr
            | Op::AnyBox
            | Op::RefNew
            | Op::RefGet
            | Op::RefSet => self.by_table(op),
        }
    }

    /// An instruction with any operands that its row allows.
    fn by_table(&mut self, op: Op) {
        let is_map = op.args().contains(&Pat::MapAB);
        let a = if is_map { self.g.c.of(&[Types::STR, Types::I64, Types::ANY]) } else { self.ty() };
        let b = self.ty();
        let mut args = Vec::new();
        for &pat in op.args() {
            let many = matches!(pat, Pat::ManyA | Pat::ManyStr);
            let count = if many { self.g.c.below(4) } else { 1 };
            for _ in 0..count {
                let Some(ty) = self.of_pat(pat, a, b) else { return };
                args.push(self.of(ty));
            }
        }
        let Some(ty) = self.of_pat(op.result(), a, b) else { return };
        let value = self.push(op, &args, Imm::None, ty);
        self.scope.extend(value);
    }

    fn of_pat(&mut self, pat: Pat, a: Ty, b: Ty) -> Option<Ty> {
        let types = &mut self.g.module.types;
        Some(match pat {
            Pat::I64 => Types::I64,
            Pat::F64 => Types::F64,
            Pat::Bool => Types::BOOL,
            Pat::Unit => Types::UNIT,
            Pat::Str | Pat::ManyStr => Types::STR,
            Pat::Any => Types::ANY,
            Pat::A | Pat::ManyA => a,
            Pat::B => b,
            Pat::ListA => types.list(a),
            Pat::MapAB => types.map(a, b),
            Pat::OptA => types.option(a),
            Pat::OptB => types.option(b),
            Pat::RefA => types.reference(a),
            Pat::Nullable => types.option(a),
            Pat::Union => types.unions.ids().next().map(|id| types.intern(TyKind::Union(id)))?,
            Pat::ViewA | Pat::Custom => unreachable!("these rows are made by hand"),
        })
    }

    /// A new list that is pushed to, each time dead afterwards.
    fn pushes(&mut self) {
        let elem = self.ty();
        let ty = self.g.module.types.list(elem);
        let mut list = self.push(Op::ListNew, &[], Imm::None, ty).expect("a list is a value");
        for _ in 0..1 + self.g.c.below(3) {
            let item = self.of(elem);
            list = self.push(Op::ListPush, &[list, item], Imm::None, ty).expect("a list is a value");
        }
        self.scope.push(list);
    }

    /// A view of a new list, whose length is known, and instructions that leave the list where it is.
    fn views(&mut self) {
        let elem = self.ty();
        let (list_ty, view_ty) = (self.g.module.types.list(elem), self.g.module.types.view(elem));
        let items: Vec<Value> = (0..1 + self.g.c.below(3)).map(|_| self.of(elem)).collect();
        let len = items.len();
        let list = self.value(Op::ListNew, &items, Imm::None, list_ty);
        let indices: Vec<Value> = (0..len as i64).map(|i| self.int(i)).collect();
        let mut view = self.push(Op::ListView, &[list], Imm::None, view_ty).expect("a view is a value");
        if self.g.c.chance(30) {
            // Views go through parameters, too.
            let next = self.func.add_block();
            self.jump(next, &[view]);
            view = self.func.add_param(next, view_ty);
            self.block = next;
        }
        for _ in 0..self.g.c.below(4) {
            let index = self.g.c.of(&indices);
            match self.g.c.below(4) {
                0 => {
                    self.value(Op::ViewLen, &[view], Imm::None, Types::I64);
                }
                1 => {
                    self.value(Op::ViewGet, &[view, index], Imm::None, elem);
                }
                2 => {
                    self.value(Op::ViewGetIn, &[view, index], Imm::None, elem);
                }
                _ => {
                    let item = self.g.c.of(&items);
                    self.push(Op::ViewSetIn, &[view, index, item], Imm::None, Types::UNIT);
                }
            }
        }
    }

    fn some_struct(&mut self) -> Option<StructId> {
        let count = self.g.module.types.structs.len();
        (count > 0).then(|| StructId(self.g.c.below(count) as u32))
    }

    fn field(&mut self, op: Op) {
        let Some(id) = self.some_struct() else { return };
        let fields = &self.g.module.types.structs[id].fields;
        if fields.is_empty() {
            return;
        }
        let field = self.g.c.below(fields.len());
        let ty = fields[field].1;
        let receiver = self.g.module.types.intern(TyKind::Struct(id));
        let receiver = self.of(receiver);
        let imm = Imm::Field(field as u32);
        if op == Op::FieldSet {
            let value = self.of(ty);
            self.push(op, &[receiver, value], imm, Types::UNIT);
        } else {
            self.value(op, &[receiver], imm, ty);
        }
    }

    /// Up, or up and down again: down alone needs a proof.
    fn retype(&mut self) {
        let elem = self.ty();
        let types = &mut self.g.module.types;
        let (from, to) = (types.list(elem), types.list(Types::ANY));
        if self.g.c.chance(50) || types.unions.is_empty() {
            let list = self.of(from);
            self.value(Op::Retype, &[list], Imm::None, to);
            return;
        }
        let union = crate::ty::UnionId(0);
        let variants = types.unions[union].variants.clone();
        let to = types.intern(TyKind::Union(union));
        let variant = self.g.c.of(&variants);
        let value = self.make_struct(variant, 2);
        let from = self.func.ty(value);
        let value = self.value(Op::Retype, &[value], Imm::None, to);
        self.value(Op::Retype, &[value], Imm::None, from);
    }

    fn global(&mut self, op: Op) {
        let count = self.g.module.globals.len();
        if count == 0 {
            return;
        }
        let id = GlobalId(self.g.c.below(count) as u32);
        let ty = self.g.module.globals[id].ty;
        if op != Op::GlobalSet {
            self.value(op, &[], Imm::Global(id), ty);
        } else {
            let value = self.of(ty);
            self.push(op, &[value], Imm::Global(id), Types::UNIT);
        }
    }

    /// A function that comes later, with type arguments.
    fn callee(&mut self) -> Option<(FuncId, Vec<Ty>)> {
        let first = self.id.0 as usize + 1;
        let count = self.g.module.funcs.len() - first;
        if count == 0 {
            return None;
        }
        let id = FuncId((first + self.g.c.below(count)) as u32);
        let types = (0..self.g.module.funcs[id].type_params).map(|_| self.ty()).collect();
        Some((id, types))
    }

    /// Arguments for some parameters of a callee.
    fn args(&mut self, params: &[Ty], types: &[Ty]) -> Vec<Value> {
        let of = |body: &mut Self, &ty: &Ty| {
            let ty = body.g.module.types.substitute(ty, types);
            body.of(ty)
        };
        params.iter().map(|ty| of(self, ty)).collect()
    }

    fn call(&mut self) {
        let Some((id, types)) = self.callee() else { return };
        let callee = &self.g.module.funcs[id];
        let (params, result) = (callee.params.clone(), callee.result);
        let args = self.args(&params, &types);
        let result = self.g.module.types.substitute(result, &types);
        let value = self.push(Op::Call, &args, Imm::Func(id, types.into()), result);
        self.scope.extend(value);
    }

    fn closure(&mut self) {
        let Some((id, types)) = self.callee() else { return };
        let callee = &self.g.module.funcs[id];
        let (params, result, captures) = (callee.params.clone(), callee.result, callee.captures as usize);
        let args = self.args(&params[..captures], &types);
        let table = &mut self.g.module.types;
        let rest = params[captures..].iter().map(|&ty| table.substitute(ty, &types)).collect();
        let result = table.substitute(result, &types);
        let ty = table.function(rest, result);
        self.value(Op::ClosureNew, &args, Imm::Func(id, types.into()), ty);
    }

    /// Ends the function with a call, if some function fits.
    pub(super) fn tail_call(&mut self) -> bool {
        if self.func.result == Types::ANY && self.g.c.chance(30) {
            let args: Vec<Value> = (0..1 + self.g.c.below(3)).map(|_| self.of(Types::ANY)).collect();
            self.push(Op::TailCallAny, &args, Imm::None, Types::UNIT);
            return true;
        }
        if self.g.c.chance(30) {
            let result = self.func.result;
            let param = self.ty();
            let ty = self.g.module.types.function(vec![param], result);
            let args = [self.of(ty), self.of(param)];
            self.push(Op::TailCallClosure, &args, Imm::None, Types::UNIT);
            return true;
        }
        let Some((id, types)) = self.callee() else { return false };
        let callee = &self.g.module.funcs[id];
        let (params, result) = (callee.params.clone(), callee.result);
        if self.g.module.types.substitute(result, &types) != self.func.result {
            return false;
        }
        let args = self.args(&params, &types);
        self.push(Op::TailCall, &args, Imm::Func(id, types.into()), Types::UNIT);
        true
    }

    fn runtime_call(&mut self) {
        let f = self.g.c.of(RuntimeFn::ALL);
        if !can_be_called(f) {
            return;
        }
        let mut args: Vec<Value> = f.params().iter().map(|&ty| self.of_runtime(ty)).collect();
        if f == RuntimeFn::str_push {
            // What is pushed to is dead afterwards.
            let text = Imm::Str(self.g.module.intern_str("a"));
            args[0] = self.push(Op::ConstStr, &[], text, Types::STR).expect("a string is a value");
        }
        let ty = self.runtime_ty(f.result());
        let value = self.push(Op::CallRuntime, &args, Imm::Runtime(f), ty);
        self.scope.extend(value);
    }

    fn of_runtime(&mut self, ty: RuntimeTy) -> Value {
        let ty = self.runtime_ty(ty);
        self.of(ty)
    }

    fn runtime_ty(&mut self, ty: RuntimeTy) -> Ty {
        match ty {
            RuntimeTy::I64 => Types::I64,
            RuntimeTy::F64 => Types::F64,
            RuntimeTy::Bool => Types::BOOL,
            RuntimeTy::Str => Types::STR,
            RuntimeTy::Any => Types::ANY,
            RuntimeTy::Bigint => Types::BIGINT,
            RuntimeTy::Bigrat => Types::BIGRAT,
            RuntimeTy::ListAny => self.g.module.types.list(Types::ANY),
            RuntimeTy::ListStr => self.g.module.types.list(Types::STR),
            RuntimeTy::Unit => Types::UNIT,
        }
    }
}

/// Whether a runtime function takes any arguments of its types, ends soon, and depends on nothing but them.
fn can_be_called(f: RuntimeFn) -> bool {
    let name = f.name();
    // Positions must be in range, fields must exist, powers may be huge.
    let picky = name.ends_with("_item") || name.starts_with("struct_") || name.ends_with("_pow");
    let outside = name.starts_with("in_") || name.starts_with("clock_") || name.starts_with("heap_");
    !(picky || outside || name == "panic" || name.starts_with("trap_"))
}
