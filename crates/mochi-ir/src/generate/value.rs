//! Values of a given type: one that is there, or a new one.

use super::func::Body;
use crate::func::Value;
use crate::module::FuncId;
use crate::op::{Imm, Op};
use crate::ty::{StructId, Ty, TyKind, Types};
use mochi_abi::RuntimeFn;

impl Body<'_, '_, '_> {
    /// A value of a type.
    pub(super) fn of(&mut self, ty: Ty) -> Value {
        self.of_within(ty, 3)
    }

    fn of_within(&mut self, ty: Ty, depth: u32) -> Value {
        match self.existing(ty) {
            Some(value) if depth == 0 || !self.g.c.chance(25) => value,
            _ => self.make(ty, depth),
        }
    }

    /// A value of the type that is there already.
    fn existing(&mut self, ty: Ty) -> Option<Value> {
        if self.scope.is_empty() {
            return None;
        }
        let start = self.g.c.below(self.scope.len());
        let (before, after) = self.scope.split_at(start);
        after.iter().chain(before).copied().find(|&v| self.func.ty(v) == ty)
    }

    pub(super) fn int(&mut self, n: i64) -> Value {
        self.value(Op::ConstInt, &[], Imm::Int(n), Types::I64)
    }

    /// A new value of the type; small when `depth` is 0.
    fn make(&mut self, ty: Ty, depth: u32) -> Value {
        let small = depth == 0;
        let depth = depth.saturating_sub(1);
        match self.g.module.types.kind(ty).clone() {
            TyKind::I64 => {
                let n = self.g.c.int();
                self.int(n)
            }
            TyKind::F64 => {
                let x = self.g.c.of(&[0.0, -0.0, 1.0, 0.1, -2.5e-7, 1e300, f64::INFINITY, f64::NAN]);
                self.value(Op::ConstFloat, &[], Imm::Float(x), ty)
            }
            TyKind::Bool => {
                let b = self.g.c.chance(50);
                self.value(Op::ConstBool, &[], Imm::Bool(b), ty)
            }
            TyKind::Str => {
                let text = self.g.c.of(&["", "a", "déjà vu", "tab\t\"quoted\"\n", "longer than five bytes"]);
                let id = self.g.module.intern_str(text);
                self.value(Op::ConstStr, &[], Imm::Str(id), ty)
            }
            TyKind::Bigint => {
                let int = self.of_within(Types::I64, depth);
                self.value(Op::CallRuntime, &[int], Imm::Runtime(RuntimeFn::big_from_int), ty)
            }
            TyKind::Bigrat => {
                let num = self.of_within(Types::BIGINT, depth);
                let den = self.value(Op::ConstInt, &[], Imm::Int(7), Types::I64);
                let den =
                    self.value(Op::CallRuntime, &[den], Imm::Runtime(RuntimeFn::big_from_int), Types::BIGINT);
                self.value(Op::CallRuntime, &[num, den], Imm::Runtime(RuntimeFn::rat_new), ty)
            }
            TyKind::Any if small => self.value(Op::None, &[], Imm::None, ty),
            TyKind::Any => {
                let of = self.g.c.of(&[Types::I64, Types::F64, Types::BOOL, Types::STR]);
                let value = self.of_within(of, depth);
                self.value(Op::AnyBox, &[value], Imm::None, ty)
            }
            TyKind::List(elem) => {
                let items = self.several(elem, small, depth);
                self.value(Op::ListNew, &items, Imm::None, ty)
            }
            TyKind::Map(key, value) => {
                let mut args = Vec::new();
                for _ in 0..if small { 0 } else { self.g.c.below(3) } {
                    args.extend([self.of_within(key, depth), self.of_within(value, depth)]);
                }
                self.value(Op::MapNew, &args, Imm::None, ty)
            }
            TyKind::Option(inner) if !small && self.g.c.chance(60) => {
                let value = self.of_within(inner, depth);
                self.value(Op::Some, &[value], Imm::None, ty)
            }
            TyKind::Struct(id) if !small && self.g.c.chance(70) => self.make_struct(id, depth),
            TyKind::Union(id) if !small && self.g.c.chance(70) => {
                let variant = self.g.c.of(&self.g.module.types.unions[id].variants.clone());
                let value = self.make_struct(variant, depth);
                self.value(Op::Retype, &[value], Imm::None, ty)
            }
            TyKind::Fn(params, result) if !small => match self.matching(&params, result) {
                Some(id) => self.value(Op::ClosureNew, &[], Imm::Func(id, Box::new([])), ty),
                None => self.value(Op::None, &[], Imm::None, ty),
            },
            TyKind::Option(_) | TyKind::Struct(_) | TyKind::Union(_) | TyKind::Fn(..) => {
                self.value(Op::None, &[], Imm::None, ty)
            }
            TyKind::Ref(inner) => {
                let value = self.of_within(inner, depth);
                self.value(Op::RefNew, &[value], Imm::None, ty)
            }
            // The zero value of a type parameter, as lowering writes it.
            TyKind::Var(_) => {
                let none = self.push(Op::None, &[], Imm::None, Types::ANY).expect("none is a value");
                self.value(Op::AnyAs, &[none], Imm::None, ty)
            }
            TyKind::Unit | TyKind::View(_) => unreachable!("nobody asks for one"),
        }
    }

    fn several(&mut self, ty: Ty, small: bool, depth: u32) -> Vec<Value> {
        let count = if small { 0 } else { self.g.c.below(4) };
        (0..count).map(|_| self.of_within(ty, depth)).collect()
    }

    pub(super) fn make_struct(&mut self, id: StructId, depth: u32) -> Value {
        let fields: Vec<Ty> = self.g.module.types.structs[id].fields.iter().map(|f| f.1).collect();
        let args: Vec<Value> = fields.into_iter().map(|ty| self.of_within(ty, depth)).collect();
        let ty = self.g.module.types.intern(TyKind::Struct(id));
        self.value(Op::StructNew, &args, Imm::Struct(id), ty)
    }

    /// A function without type parameters and captures that comes later and is of this type.
    fn matching(&mut self, params: &[Ty], result: Ty) -> Option<FuncId> {
        let fits = |id: &FuncId| {
            let f = &self.g.module.funcs[*id];
            *id > self.id
                && f.type_params == 0
                && f.captures == 0
                && *f.params == *params
                && f.result == result
        };
        self.g.module.funcs.ids().find(fits)
    }
}
