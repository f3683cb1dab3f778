//! Expressions.

use mochi_abi::{RuntimeFn, TrapKind};
use mochi_ir::{Imm, Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{Conversion, ExprId, ExprKind, FunId, LocalId};

use crate::Cx;
use crate::member::Member;

/// A missing upper bound of a slice.
const NO_BOUND: i64 = i64::MAX;
/// A longer list or map literal is filled after it was made, since instructions have few operands in bytecode.
const MAX_LITERAL: usize = 64;

impl Cx<'_, '_> {
    /// Lowers an expression to a value; an expression of type unit yields none as `any`.
    pub fn value(&mut self, e: ExprId) -> Value {
        match self.expr(e) {
            Some(value) => value,
            None => self.b().none(Types::ANY),
        }
    }

    pub fn values(&mut self, exprs: &[ExprId]) -> Vec<Value> {
        exprs.iter().map(|&e| self.value(e)).collect()
    }

    pub fn type_of(&mut self, e: ExprId) -> Ty {
        self.lowering.ty(self.program.exprs[e].ty)
    }

    /// Lowers an expression; `None` when its type is unit.
    pub fn expr(&mut self, e: ExprId) -> Option<Value> {
        let program = self.program;
        let expr = &program.exprs[e];
        let value = match &expr.kind {
            ExprKind::Int(n) => {
                let (n, ty) = (self.b().int(*n), self.type_of(e));
                self.coerce(n, ty)
            }
            ExprKind::Float(x) => self.b().float(*x),
            ExprKind::Str(s) => self.str(s),
            ExprKind::Bool(x) => self.b().bool(*x),
            ExprKind::None => {
                let ty = self.type_of(e);
                self.zero(ty)
            }
            ExprKind::Local(local) => self.read(*local),
            ExprKind::Fun(f, type_args) => self.fun_value(*f, type_args),
            ExprKind::Lambda(f) => self.fun_value(*f, &[]),
            ExprKind::BoundMethod(f, recv) => {
                let recv = self.value(*recv);
                let ty = self.type_of(e);
                self.bind_fun(*f, &[], &[recv], ty)
            }
            ExprKind::Convert(inner, conversion) => {
                let value = self.value(*inner);
                let ty = self.type_of(e);
                self.span = expr.span;
                match conversion {
                    Conversion::Truthy => self.truthy(value),
                    Conversion::ToStr => self.text_of(value),
                    Conversion::Cast if expr.ty == mochi_types::Types::BIGINT => {
                        self.cast_to_big(value, "bigint")
                    }
                    Conversion::Cast => self.cast(value, ty),
                    Conversion::Retype
                    | Conversion::Widen
                    | Conversion::Box
                    | Conversion::Unbox
                    | Conversion::AdaptFun => self.coerce(value, ty),
                }
            }
            ExprKind::Unary(op, inner) => {
                let value = self.value(*inner);
                self.span = expr.span;
                self.unary(*op, value)
            }
            ExprKind::Binary(op, a, b) => {
                let ty = self.type_of(e);
                return Some(self.binary(*op, *a, *b, ty, expr.span));
            }
            ExprKind::Index(recv, index) => {
                let recv = self.value(*recv);
                let index = self.index_value(*index);
                self.span = expr.span;
                self.index(recv, index)
            }
            ExprKind::Slice(recv, parts) => {
                let recv = self.value(*recv);
                let parts = parts.map(|part| part.map(|part| self.index_value(part)));
                self.span = expr.span;
                self.slice(recv, parts)
            }
            ExprKind::Field(recv, field) => {
                let of = program.exprs[*recv].ty;
                let narrowed = self.narrowed_field(*recv, *field);
                let recv = self.value(*recv);
                let ty = narrowed.unwrap_or_else(|| self.type_of(e));
                self.span = expr.span;
                if matches!(program.types.kind(of), mochi_types::TyKind::Group(..)) {
                    return Some(self.group_part(recv, *field, ty));
                }
                if narrowed.is_some() {
                    return Some(recv);
                }
                self.b().value(Op::FieldGet, &[recv], Imm::Field(*field), ty)
            }
            ExprKind::DynField(recv, name) => {
                let recv = self.value(*recv);
                self.span = expr.span;
                if self.func.ty(recv) == Types::ANY {
                    self.member(recv, *name, Member::Any)
                } else {
                    let name = self.lowering.name(*name);
                    let name = self.str(name);
                    self.index(recv, name)
                }
            }
            ExprKind::DynMethod(recv, name) => {
                let recv = self.value(*recv);
                self.span = expr.span;
                self.member(recv, *name, Member::Function)
            }
            ExprKind::OptChain { recv, var, body } => {
                let ty = self.type_of(e);
                self.opt_chain(*recv, *var, *body, ty)
            }
            ExprKind::List(items) => {
                let ty = self.type_of(e);
                self.list_literal(items, ty)
            }
            ExprKind::Map(entries) => {
                let ty = self.type_of(e);
                self.map_literal(entries, ty)
            }
            ExprKind::Struct(_, inits) => {
                let ty = self.type_of(e);
                self.struct_literal(ty, inits)
            }
            ExprKind::Call(f, type_args, args) => {
                let type_args = self.type_args(*f, type_args);
                let mut values = self.captured(*f);
                values.extend(self.values(args));
                self.span = expr.span;
                let func = self.lowering.funcs[*f];
                let result = self.lowering.module.funcs[func].result;
                let result = self.lowering.module.types.substitute(result, &type_args);
                return self.b().inst(Op::Call, &values, Imm::Func(func, type_args.into()), result);
            }
            ExprKind::CallValue(callee, args) => {
                let callee = self.value(*callee);
                let mut values = vec![callee];
                values.extend(self.values(args));
                self.span = expr.span;
                return self.call_value(&values);
            }
            ExprKind::Partial(callee, args) => {
                let ty = self.type_of(e);
                self.partial(*callee, args, ty)
            }
            ExprKind::Builtin(builtin, args) => {
                let ty = self.lowering.result_ty(expr.ty);
                return self.builtin(*builtin, args, ty, expr.span);
            }
            ExprKind::Runtime(index, args) => {
                let values = self.values(args);
                self.span = expr.span;
                return self.runtime(RuntimeFn::ALL[*index as usize], &values);
            }
            ExprKind::If(cond, a, b) => {
                let cond = self.value(*cond);
                let (yes, no) = (self.new_block(), self.new_block());
                self.b().branch(cond, yes, &[], no, &[]);
                let unit = self.lowering.result_ty(expr.ty) == Types::UNIT;
                let ty = self.type_of(e);
                let mut results = Vec::new();
                let mut branches = Vec::new();
                for (block, value) in [(yes, *a), (no, *b)] {
                    let branch = self.branch(block, |cx| {
                        cx.cover(cx.program.exprs[value].span);
                        results.push(cx.value(value));
                    });
                    branches.push((branch, if unit { vec![] } else { vec![results[results.len() - 1]] }));
                }
                let joined = self.join(branches, if unit { &[] } else { std::slice::from_ref(&ty) });
                return joined.first().copied();
            }
            ExprKind::Match { scrutinee, arms } => {
                let ty = self.lowering.result_ty(expr.ty);
                return self.match_(*scrutinee, arms, ty, expr.span);
            }
            ExprKind::Query(query) => self.query(e, query),
            ExprKind::Error => {
                self.trap(TrapKind::Panic, "this expression has a compile-time error");
                let ty = self.type_of(e);
                self.zero(ty)
            }
        };
        Some(value)
    }

    /// The captured variables of a function as they are handed to it: values, or boxes.
    fn captured(&mut self, f: FunId) -> Vec<Value> {
        let captures = self.lowering.captures[f].clone();
        captures
            .into_iter()
            .map(|local| match self.env.get(local) {
                Some(value) => value,
                None => {
                    // Only before its declaration, in code that nothing reaches, has a variable no value.
                    let ty = self.lowering.captured_ty(local);
                    self.zero(ty)
                }
            })
            .collect()
    }

    /// Type arguments for a function: those of the functions around it are passed on.
    fn type_args(&mut self, f: FunId, own: &[mochi_types::Ty]) -> Vec<Ty> {
        let total = self.lowering.module.funcs[self.lowering.funcs[f]].type_params as usize;
        let own: Vec<Ty> = own.iter().map(|&t| self.lowering.ty(t)).collect();
        let outer = total - own.len().min(total);
        let mut args: Vec<Ty> =
            (0..outer).map(|n| self.lowering.module.types.intern(TyKind::Var(n as u32))).collect();
        args.extend(own);
        args
    }

    fn fun_value(&mut self, f: FunId, type_args: &[mochi_types::Ty]) -> Value {
        let type_args = self.type_args(f, type_args);
        let captured = self.captured(f);
        let func = self.lowering.funcs[f];
        let (params, result) = {
            let def = &self.lowering.module.funcs[func];
            (def.params[captured.len()..].to_vec(), def.result)
        };
        let types = &mut self.lowering.module.types;
        let params = params.iter().map(|&p| types.substitute(p, &type_args)).collect();
        let result = types.substitute(result, &type_args);
        let ty = types.function(params, result);
        self.closure(&captured, func, type_args.into(), ty)
    }

    /// Calls a function value, the first of the values, with the others.
    pub fn call_value(&mut self, values: &[Value]) -> Option<Value> {
        let callee = self.func.ty(values[0]);
        match self.lowering.module.types.kind(callee).clone() {
            TyKind::Fn(params, result) => {
                let mut args = vec![values[0]];
                for (&value, &param) in values[1..].iter().zip(params.iter()) {
                    args.push(self.coerce(value, param));
                }
                self.b().inst(Op::CallClosure, &args, Imm::None, result)
            }
            _ => {
                let args: Vec<Value> = values.iter().map(|&v| self.coerce(v, Types::ANY)).collect();
                Some(self.op(Op::CallAny, &args, Types::ANY))
            }
        }
    }

    fn opt_chain(&mut self, recv: ExprId, var: LocalId, body: ExprId, ty: Ty) -> Value {
        let recv = self.value(recv);
        let absent = self.op(Op::IsNone, &[recv], Types::BOOL);
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(absent, yes, &[], no, &[]);
        let mut result = None;
        let none = self.branch(yes, |cx| result = Some(cx.b().none(ty)));
        let none = (none, result.into_iter().collect());
        let inner = self.lowering.ty(self.program.locals[var].ty);
        let some = self.branch(no, |cx| {
            let present = cx.coerce(recv, inner);
            cx.declare(var, present);
            let value = cx.value(body);
            result = Some(cx.coerce(value, ty));
        });
        let some = (some, result.into_iter().collect());
        self.join(vec![none, some], &[ty])[0]
    }

    /// An index or a bound of a slice; a bigint stays one, since it may be too large without being a wrong cast.
    pub fn index_value(&mut self, index: ExprId) -> Value {
        match self.program.exprs[index].kind {
            ExprKind::Convert(inner, Conversion::Cast) if self.type_of(inner) == Types::BIGINT => {
                self.value(inner)
            }
            _ => self.value(index),
        }
    }

    /// `recv[index]`.
    pub fn index(&mut self, recv: Value, index: Value) -> Value {
        let ty = self.func.ty(recv);
        match self.lowering.module.types.kind(ty).clone() {
            TyKind::List(elem) => {
                let index = self.position(recv, index);
                self.op(Op::ListGet, &[recv, index], elem)
            }
            TyKind::Str => {
                let index = self.position(recv, index);
                self.op(Op::StrIndex, &[recv, index], Types::STR)
            }
            TyKind::Map(key, value) => {
                let index = self.coerce(index, key);
                let ty = self.lowering.module.types.option(value);
                self.op(Op::MapGet, &[recv, index], ty)
            }
            _ => {
                let recv = self.coerce(recv, Types::ANY);
                let index = self.coerce(index, Types::ANY);
                self.rt(RuntimeFn::any_index, &[recv, index])
            }
        }
    }

    /// `recv[index] = value`.
    pub fn set_index(&mut self, recv: Value, index: Value, value: Value) {
        let ty = self.func.ty(recv);
        match self.lowering.module.types.kind(ty).clone() {
            TyKind::List(elem) => {
                let index = self.position(recv, index);
                let value = self.coerce(value, elem);
                self.effect(Op::ListSet, &[recv, index, value]);
            }
            TyKind::Map(key, elem) => {
                let index = self.coerce(index, key);
                let value = self.coerce(value, elem);
                self.effect(Op::MapSet, &[recv, index, value]);
            }
            _ => {
                let args = [recv, index, value].map(|v| self.coerce(v, Types::ANY));
                self.runtime(RuntimeFn::any_set_index, &args);
            }
        }
    }

    /// `recv[a:b:c]`.
    pub fn slice(&mut self, recv: Value, parts: [Option<Value>; 3]) -> Value {
        let ty = self.func.ty(recv);
        let kind = self.lowering.module.types.kind(ty).clone();
        if let Some(step) = parts[2] {
            return self.slice_by(recv, [parts[0], parts[1]], step);
        }
        if !matches!(kind, TyKind::List(_) | TyKind::Str) {
            let recv = self.coerce(recv, Types::ANY);
            let bounds = [parts[0], parts[1]].map(|p| match p {
                Some(p) => self.coerce(p, Types::ANY),
                None => self.b().none(Types::ANY),
            });
            return self.rt(RuntimeFn::any_slice, &[recv, bounds[0], bounds[1]]);
        }
        let from = match parts[0] {
            Some(from) => self.bound(from),
            None => self.b().int(0),
        };
        let to = match parts[1] {
            Some(to) => self.bound(to),
            None => self.b().int(NO_BOUND),
        };
        let op = if kind == TyKind::Str { Op::StrSlice } else { Op::ListSlice };
        self.op(op, &[recv, from, to], ty)
    }

    /// `recv[a:b:c]` with a step.
    fn slice_by(&mut self, recv: Value, bounds: [Option<Value>; 2], step: Value) -> Value {
        let int_or_none = self.lowering.module.types.option(Types::I64);
        let [from, to] = bounds.map(|bound| match bound {
            Some(bound) if self.func.ty(bound) == Types::BIGINT => {
                let bound = self.bound(bound);
                self.coerce(bound, int_or_none)
            }
            Some(bound) => self.coerce(bound, int_or_none),
            None => self.b().none(int_or_none),
        });
        let step = self.bound(step);
        match self.kind(self.func.ty(recv)) {
            TyKind::List(elem) => self.std_value("slice_list", &[elem], &[recv, from, to, step]),
            TyKind::Str => self.std_value("slice_str", &[], &[recv, from, to, step]),
            _ => {
                let recv = self.coerce(recv, Types::ANY);
                self.std_value("slice_any", &[], &[recv, from, to, step])
            }
        }
    }

    fn list_literal(&mut self, items: &[ExprId], ty: Ty) -> Value {
        let TyKind::List(elem) = *self.lowering.module.types.kind(ty) else {
            let any = self.lowering.module.types.list(Types::ANY);
            let list = self.list_literal(items, any);
            return self.coerce(list, ty);
        };
        let (first, rest) = items.split_at(items.len().min(MAX_LITERAL));
        let first: Vec<Value> = first
            .iter()
            .map(|&e| {
                let value = self.value(e);
                self.coerce(value, elem)
            })
            .collect();
        let mut list = self.op(Op::ListNew, &first, ty);
        for &e in rest {
            let value = self.value(e);
            let value = self.coerce(value, elem);
            // Nobody else has seen the list yet.
            list = self.op(Op::ListPush, &[list, value], ty);
        }
        list
    }

    fn map_literal(&mut self, entries: &[(ExprId, ExprId)], ty: Ty) -> Value {
        let (key, elem) = match *self.lowering.module.types.kind(ty) {
            TyKind::Map(key, elem) => (key, elem),
            _ => (Types::ANY, Types::ANY),
        };
        let map_ty = self.lowering.module.types.map(key, elem);
        let (first, rest) = entries.split_at(entries.len().min(MAX_LITERAL / 2));
        let mut args = Vec::with_capacity(first.len() * 2);
        for &(k, v) in first {
            let k = self.value(k);
            args.push(self.coerce(k, key));
            let v = self.value(v);
            args.push(self.coerce(v, elem));
        }
        let map = self.op(Op::MapNew, &args, map_ty);
        for &(k, v) in rest {
            let k = self.value(k);
            let k = self.coerce(k, key);
            let v = self.value(v);
            let v = self.coerce(v, elem);
            self.effect(Op::MapSet, &[map, k, v]);
        }
        self.coerce(map, ty)
    }

    fn struct_literal(&mut self, ty: Ty, inits: &[(u32, ExprId)]) -> Value {
        let (id, result) = match *self.lowering.module.types.kind(ty) {
            TyKind::Struct(id) => (id, ty),
            _ => unreachable!("a struct literal has a struct type"),
        };
        let fields: Vec<Ty> = self.lowering.module.types.structs[id].fields.iter().map(|f| f.1).collect();
        let mut values: Vec<Option<Value>> = vec![None; fields.len()];
        for &(field, e) in inits {
            let value = self.value(e);
            values[field as usize] = Some(self.coerce(value, fields[field as usize]));
        }
        let values: Vec<Value> =
            values.into_iter().zip(fields).map(|(v, ty)| v.unwrap_or_else(|| self.zero(ty))).collect();
        self.b().value(Op::StructNew, &values, Imm::Struct(id), result)
    }
}
