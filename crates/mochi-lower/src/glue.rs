//! Functions that the compiler makes: conversions of whole collections, adapters between function types, partial
//! applications, and members of dynamic values. Each is made once per program and type.

use mochi_abi::RuntimeFn;
use mochi_base::Name;
use mochi_ir::func::Origin;
use mochi_ir::{Func, FuncId, Imm, Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{ExprId, ExprKind, FunId};

use crate::member::Member;
use crate::{Cx, Lowering};

/// What a glue function does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// Implicit conversion of an `any`.
    Unbox(Ty),
    /// `as` of an `any`.
    Cast(Ty),
    /// `as` of a collection or struct that has the type already.
    Copy(Ty),
    /// The value that the library shaped ([`crate::data`]).
    Shaped(Ty),
    /// A member of an `any`, for a number of methods of the name: a program that grows may get more.
    Member(Name, Member, usize),
    /// A function value of the first type behind the second.
    Adapt(Ty, Ty),
    /// A call of a function value of the type, with any values; the number of type parameters.
    Uniform(Ty, u32),
    /// Some leading arguments of a known function bound.
    Bind(FuncId, Box<[Ty]>, usize, Ty),
    /// Some leading arguments of a function value bound; the types of the function, the arguments and the result.
    BindValue(Ty, Box<[Ty]>, Ty),
}

/// Numbers of [`RuntimeFn::any_kind`].
const KIND_LIST: i64 = 6;
const KIND_MAP: i64 = 7;
const KIND_FUNCTION: i64 = 9;

impl Lowering<'_> {
    pub(crate) fn glue(
        &mut self,
        key: Key,
        type_params: u32,
        params: Vec<Ty>,
        captures: usize,
        result: Ty,
        body: impl FnOnce(&mut Cx<'_, '_>, &[Value]),
    ) -> FuncId {
        if let Some(&id) = self.glue.get(&key) {
            return id;
        }
        let name = format!("glue.{}", self.glue.len() + 1);
        // Functions of std may be linked beside a program's own.
        let name = if self.input.std.is_none() { format!("{}{name}", crate::STD_PREFIX) } else { name };
        let mut func = Func::declaration(name, type_params, params, result);
        func.origin = if matches!(key, Key::Adapt(..)) { Origin::Adapter } else { Origin::Glue };
        // What a message calls a function value that was adapted.
        func.shown = "function".to_string();
        func.captures = captures as u32;
        let id = self.module.add_func(func.clone());
        self.glue.insert(key, id);
        let mut cx = Cx::new(self, func, None);
        let params = cx.func.blocks[Func::ENTRY].params.clone();
        body(&mut cx, &params);
        let func = cx.finish();
        self.module.funcs[id] = func;
        id
    }
}

impl Lowering<'_> {
    /// Lets callers that do not know the type of a function call its values.
    fn make_uniform(&mut self, func: FuncId) {
        let def = &self.module.funcs[func];
        // Function values of std stay there.
        let known = def.uniform.is_some() || self.uniform.contains_key(&func) || self.input.std.is_none();
        let own = def.params[def.captures as usize..].to_vec();
        let (result, type_params) = (def.result, def.type_params);
        if known || result == Types::ANY && own.iter().all(|&ty| ty == Types::ANY) {
            return;
        }
        let mut params = vec![Types::ANY; own.len() + 1];
        params[0] = self.module.types.function(own, result);
        let key = Key::Uniform(params[0], type_params);
        let uniform = self.glue(key, type_params, params, 0, Types::ANY, |cx, params| {
            let value = cx.call_value(params);
            cx.return_coerced(value, Types::ANY);
        });
        self.uniform.insert(func, uniform);
    }
}

impl Cx<'_, '_> {
    /// A function value.
    pub fn closure(&mut self, captured: &[Value], func: FuncId, type_args: Box<[Ty]>, ty: Ty) -> Value {
        self.lowering.make_uniform(func);
        self.b().value(Op::ClosureNew, captured, Imm::Func(func, type_args), ty)
    }

    fn same_vars(&mut self) -> Vec<Ty> {
        let n = self.func.type_params;
        (0..n).map(|n| self.lowering.module.types.intern(TyKind::Var(n))).collect()
    }

    /// Calls glue of one `any` parameter.
    pub fn call_glue(&mut self, key: Key, args: &[Value], result: Ty) -> Value {
        let vars = self.func.type_params;
        let func =
            self.lowering.glue(key.clone(), vars, vec![Types::ANY], 0, result, |cx, params| match key {
                Key::Unbox(ty) => cx.unbox_body(params[0], ty),
                Key::Cast(ty) => cx.cast_body(params[0], ty),
                Key::Copy(ty) => cx.copy_body(params[0], ty),
                Key::Shaped(ty) => cx.shaped_body(params[0], ty),
                Key::Member(name, wanted, _) => cx.member_body(params[0], name, wanted),
                Key::Uniform(..) | Key::Adapt(..) | Key::Bind(..) | Key::BindValue(..) => {
                    unreachable!("not of one parameter")
                }
            });
        let vars = self.same_vars();
        self.b().value(Op::Call, args, Imm::Func(func, vars.into()), result)
    }

    fn kind_is(&mut self, any: Value, kind: i64) -> Value {
        let have = self.rt(RuntimeFn::any_kind, &[any]);
        let kind = self.b().int(kind);
        self.op(Op::Eq, &[have, kind], Types::BOOL)
    }

    /// Returns `value` where the test holds and goes on where it does not.
    pub fn return_if(&mut self, test: Value, value: impl FnOnce(&mut Self) -> Value) {
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(test, yes, &[], no, &[]);
        self.switch_to(yes);
        let value = value(self);
        self.b().ret(Some(value));
        self.switch_to(no);
    }

    /// A loop over the items of an `any` that is a list.
    fn each_item(&mut self, any: Value, body: impl FnOnce(&mut Self, Value)) {
        let zero = self.b().int(0);
        let len = self.rt(RuntimeFn::any_len, &[any]);
        self.counted_loop(vec![], zero, len, |cx, i| {
            let item = cx.rt(RuntimeFn::any_item, &[any, i]);
            body(cx, item);
        });
    }

    /// A loop over the keys and values of an `any` that is a map.
    fn each_entry(&mut self, any: Value, body: impl FnOnce(&mut Self, Value, Value)) {
        let keys = self.rt(RuntimeFn::any_keys, &[any]);
        let keys = self.op(Op::AnyBox, &[keys], Types::ANY);
        self.each_item(keys, |cx, key| {
            let value = cx.rt(RuntimeFn::any_index, &[any, key]);
            body(cx, key, value);
        });
    }

    /// Whether an `any` is of a type; containers know what they were made for.
    fn is(&mut self, any: Value, ty: Ty) -> Value {
        self.b().value(Op::AnyIs, &[any], Imm::Ty(ty), Types::BOOL)
    }

    /// Ends with `cannot cast VALUE to TYPE`.
    fn cast_error(&mut self, any: Value, ty: Ty) {
        let name = self.type_name(ty);
        let name = self.str(&name);
        self.runtime(RuntimeFn::trap_cast, &[any, name]);
        let none = self.b().none(Types::ANY);
        let value = self.op(Op::AnyAs, &[none], ty);
        self.b().ret(Some(value));
    }

    fn unbox_body(&mut self, any: Value, ty: Ty) {
        let absent = self.op(Op::IsNone, &[any], Types::BOOL);
        self.return_if(absent, |cx| cx.zero(ty));
        if let TyKind::Fn(..) = self.kind(ty) {
            let test = self.is(any, ty);
            self.return_if(test, |cx| cx.op(Op::AnyAs, &[any], ty));
            let test = self.kind_is(any, KIND_FUNCTION);
            self.return_if(test, |cx| cx.adapter(any, ty));
            return self.cast_error(any, ty);
        }
        let test = self.is(any, ty);
        self.return_if(test, |cx| cx.op(Op::AnyAs, &[any], ty));
        self.convert_collection(any, ty, Self::coerce);
    }

    fn cast_body(&mut self, any: Value, ty: Ty) {
        if let TyKind::Option(inner) = self.kind(ty) {
            let absent = self.op(Op::IsNone, &[any], Types::BOOL);
            self.return_if(absent, |cx| cx.zero(ty));
            let test = self.is(any, inner);
            self.return_if(test, |cx| {
                let value = cx.op(Op::AnyUnbox, &[any], inner);
                cx.op(Op::Some, &[value], ty)
            });
            return self.cast_error(any, ty);
        }
        if let TyKind::Struct(id) = self.kind(ty) {
            let test = self.is(any, ty);
            self.return_if(test, |cx| cx.struct_copy(any, ty));
            let map = self.kind_is(any, KIND_MAP);
            let (yes, no) = (self.new_block(), self.new_block());
            self.b().branch(map, yes, &[], no, &[]);
            self.switch_to(yes);
            let fields = self.lowering.module.types.structs[id].fields.clone();
            let mut values = Vec::new();
            for (name, field) in fields {
                let name = self.str(&name);
                let key = self.op(Op::AnyBox, &[name], Types::ANY);
                let present = self.rt(RuntimeFn::any_in, &[key, any]);
                let (found, missing) = (self.new_block(), self.new_block());
                self.b().branch(present, found, &[], missing, &[]);
                self.switch_to(missing);
                self.cast_error(any, ty);
                self.switch_to(found);
                let value = self.rt(RuntimeFn::any_index, &[any, key]);
                values.push(self.cast(value, field));
            }
            let value = self.b().value(Op::StructNew, &values, Imm::Struct(id), ty);
            self.b().ret(Some(value));
            self.switch_to(no);
            return self.cast_error(any, ty);
        }
        self.convert_collection(any, ty, Self::cast);
    }

    /// Returns a new object of the same type: a struct with the same fields, a collection with copies of its elements.
    fn copy_body(&mut self, any: Value, ty: Ty) {
        if let TyKind::Struct(_) = self.kind(ty) {
            let absent = self.op(Op::IsNone, &[any], Types::BOOL);
            self.return_if(absent, |cx| cx.b().none(ty));
            let copy = self.struct_copy(any, ty);
            return self.b().ret(Some(copy));
        }
        self.convert_collection(any, ty, Self::copy_part);
    }

    fn copy_part(&mut self, any: Value, ty: Ty) -> Value {
        match self.kind(ty) {
            TyKind::List(_) | TyKind::Map(..) | TyKind::Struct(_) => {
                self.call_glue(Key::Copy(ty), &[any], ty)
            }
            _ => self.coerce(any, ty),
        }
    }

    /// A new struct with the fields of an `any` that is one of the type.
    fn struct_copy(&mut self, any: Value, ty: Ty) -> Value {
        let TyKind::Struct(id) = self.kind(ty) else { unreachable!("asked for structs only") };
        let old = self.op(Op::AnyAs, &[any], ty);
        let fields: Vec<Ty> = self.lowering.module.types.structs[id].fields.iter().map(|f| f.1).collect();
        let mut values = Vec::with_capacity(fields.len());
        for (i, field) in fields.into_iter().enumerate() {
            values.push(self.b().value(Op::FieldGet, &[old], Imm::Field(i as u32), field));
        }
        self.b().value(Op::StructNew, &values, Imm::Struct(id), ty)
    }

    /// Returns a new list or map with converted elements, or ends with an error for anything else.
    pub fn convert_collection(&mut self, any: Value, ty: Ty, convert: fn(&mut Self, Value, Ty) -> Value) {
        match self.kind(ty) {
            TyKind::List(elem) => {
                let test = self.kind_is(any, KIND_LIST);
                self.return_if(test, |cx| {
                    let zero = cx.b().int(0);
                    let len = cx.rt(RuntimeFn::any_len, &[any]);
                    let empty = cx.op(Op::ListNew, &[], ty);
                    let (header, inside, exit) = (cx.new_block(), cx.new_block(), cx.new_block());
                    cx.b().jump(header, &[zero, empty]);
                    let i = cx.func.add_param(header, Types::I64);
                    let list = cx.func.add_param(header, ty);
                    cx.switch_to(header);
                    let more = cx.op(Op::Lt, &[i, len], Types::BOOL);
                    cx.b().branch(more, inside, &[], exit, &[]);
                    cx.switch_to(inside);
                    let item = cx.rt(RuntimeFn::any_item, &[any, i]);
                    let item = convert(cx, item, elem);
                    let longer = cx.op(Op::ListPush, &[list, item], ty);
                    let one = cx.b().int(1);
                    let next = cx.op(Op::AddWrap, &[i, one], Types::I64);
                    cx.b().jump(header, &[next, longer]);
                    cx.switch_to(exit);
                    list
                });
                let items = self.rt(RuntimeFn::group_items, &[any]);
                let none = self.op(Op::IsNone, &[items], Types::BOOL);
                let group = self.op(Op::Not, &[none], Types::BOOL);
                self.return_if(group, |cx| convert(cx, items, ty));
            }
            TyKind::Map(key, elem) => {
                let test = self.kind_is(any, KIND_MAP);
                self.return_if(test, |cx| {
                    let map = cx.op(Op::MapNew, &[], ty);
                    cx.each_entry(any, |cx, k, v| {
                        let k = convert(cx, k, key);
                        let v = convert(cx, v, elem);
                        cx.effect(Op::MapSet, &[map, k, v]);
                    });
                    map
                });
            }
            _ => {}
        }
        self.cast_error(any, ty);
    }

    /// The name of a type in messages.
    pub fn type_name(&self, ty: Ty) -> String {
        self.lowering.module.types.name_of(ty, if self.unbounded() { "int" } else { "bigint" })
    }

    /// A closure of type `to` that calls the function value, converting arguments and result.
    pub fn adapter(&mut self, value: Value, to: Ty) -> Value {
        let from = self.func.ty(value);
        let TyKind::Fn(params, result) = self.kind(to) else {
            unreachable!("adapters are of function types")
        };
        let mut glue_params = vec![from];
        glue_params.extend(params.iter().copied());
        let vars = self.func.type_params;
        let func = self.lowering.glue(Key::Adapt(from, to), vars, glue_params, 1, result, |cx, params| {
            let value = cx.call_value(params);
            cx.return_coerced(value, result);
        });
        let vars = self.same_vars();
        self.closure(&[value], func, vars.into(), to)
    }

    fn return_coerced(&mut self, value: Option<Value>, result: Ty) {
        if result == Types::UNIT {
            return self.b().ret(None);
        }
        let value = match value {
            Some(value) => self.coerce(value, result),
            None => self.zero(result),
        };
        self.b().ret(Some(value));
    }

    /// A closure of type `ty` of a known function with its leading arguments bound.
    pub fn bind_fun(&mut self, fun: FunId, type_args: &[Ty], bound: &[Value], ty: Ty) -> Value {
        let func = self.lowering.funcs[fun];
        let TyKind::Fn(rest, result) = self.kind(ty) else { unreachable!("a bound function is a function") };
        let mut params: Vec<Ty> = bound.iter().map(|&v| self.func.ty(v)).collect();
        let captures = params.len();
        params.extend(rest.iter().copied());
        let key = Key::Bind(func, type_args.into(), bound.len(), ty);
        let vars = self.func.type_params;
        let glue = self.lowering.glue(key, vars, params, captures, result, |cx, params| {
            let (want, from_result) = {
                let callee = &cx.lowering.module.funcs[func];
                (callee.params.clone(), callee.result)
            };
            let types = &mut cx.lowering.module.types;
            let want: Vec<Ty> = want.into_iter().map(|t| types.substitute(t, type_args)).collect();
            let from_result = types.substitute(from_result, type_args);
            if params.len() < want.len() {
                // One argument at a time: the result is a function of the rest.
                let value = cx.bind_fun(fun, type_args, params, result);
                return cx.b().ret(Some(value));
            }
            let args: Vec<Value> = params.iter().zip(want).map(|(&v, ty)| cx.coerce(v, ty)).collect();
            let value = cx.b().inst(Op::Call, &args, Imm::Func(func, type_args.into()), from_result);
            cx.return_coerced(value, result);
        });
        let vars = self.same_vars();
        self.closure(bound, glue, vars.into(), ty)
    }

    /// A closure of type `ty` of a function value with its leading arguments bound.
    fn bind_value(&mut self, callee: Value, bound: &[Value], ty: Ty) -> Value {
        let callee_ty = self.func.ty(callee);
        let TyKind::Fn(rest, result) = self.kind(ty) else { unreachable!("a bound function is a function") };
        let total = match self.kind(callee_ty) {
            TyKind::Fn(params, _) => params.len(),
            _ => bound.len() + rest.len(),
        };
        let mut all = vec![callee];
        all.extend(bound);
        let mut params: Vec<Ty> = all.iter().map(|&v| self.func.ty(v)).collect();
        let captures = params.len();
        let key = Key::BindValue(callee_ty, params[1..].into(), ty);
        params.extend(rest.iter().copied());
        let vars = self.func.type_params;
        let glue = self.lowering.glue(key, vars, params, captures, result, |cx, params| {
            if params.len() - 1 < total {
                let value = cx.bind_value(params[0], &params[1..], result);
                return cx.b().ret(Some(value));
            }
            let value = cx.call_value(params);
            cx.return_coerced(value, result);
        });
        let vars = self.same_vars();
        self.closure(&all, glue, vars.into(), ty)
    }

    /// Fewer arguments than parameters.
    pub fn partial(&mut self, callee: ExprId, args: &[ExprId], ty: Ty) -> Value {
        let program = self.program;
        if let ExprKind::Fun(fun, type_args) = &program.exprs[callee].kind
            && self.lowering.captures[*fun].is_empty()
        {
            let type_args: Vec<Ty> = type_args.iter().map(|&t| self.lowering.ty(t)).collect();
            let bound = self.values(args);
            return self.bind_fun(*fun, &type_args, &bound, ty);
        }
        let callee = self.value(callee);
        let bound = self.values(args);
        self.bind_value(callee, &bound, ty)
    }
}
