//! Operators: which op or runtime function an operator becomes by the types of its operands.

use mochi_abi::RuntimeFn;
use mochi_base::Span;
use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{BinaryOp, ExprId, ExprKind, UnaryOp};

use crate::Cx;

impl Cx<'_, '_> {
    pub fn unary(&mut self, op: UnaryOp, value: Value) -> Value {
        let ty = self.func.ty(value);
        match op {
            UnaryOp::Not => self.op(Op::Not, &[value], Types::BOOL),
            UnaryOp::Neg if ty == Types::I64 => self.op(Op::Neg, &[value], Types::I64),
            UnaryOp::Neg if ty == Types::F64 => self.op(Op::FNeg, &[value], Types::F64),
            UnaryOp::Neg if ty == Types::BIGINT => {
                let zero = self.big(0);
                self.big_arith(BinaryOp::Sub, zero, value)
            }
            UnaryOp::Neg => {
                let value = self.coerce(value, Types::ANY);
                let result = match self.unbounded() {
                    true => self.std_value("neg_unbounded", &[], &[value]),
                    false => self.rt(RuntimeFn::any_neg, &[value]),
                };
                self.known(result, ty)
            }
        }
    }

    pub fn binary(&mut self, op: BinaryOp, a: ExprId, b: ExprId, ty: Ty, span: Span) -> Value {
        match op {
            BinaryOp::And | BinaryOp::Or => return self.short_circuit(op, a, b),
            BinaryOp::Coalesce => return self.coalesce(a, b, ty),
            _ => {}
        }
        if op == BinaryOp::Add
            && ty == Types::STR
            && let Some(value) = self.concatenation(a, b, span)
        {
            return value;
        }
        let a = self.value(a);
        let b = self.value(b);
        self.binary_values(op, a, b, ty, span)
    }

    /// An operator that evaluates both operands first.
    pub fn binary_values(&mut self, op: BinaryOp, a: Value, b: Value, ty: Ty, span: Span) -> Value {
        self.span = span;
        match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                self.arithmetic(op, a, b, ty)
            }
            BinaryOp::Eq => self.equal(a, b),
            BinaryOp::Ne => {
                if let Some(value) = self.scalar_compare(op, a, b) {
                    return value;
                }
                let equal = self.equal(a, b);
                self.op(Op::Not, &[equal], Types::BOOL)
            }
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.compare(op, a, b),
            BinaryOp::In => self.contains(b, a),
            BinaryOp::Union | BinaryOp::UnionAll | BinaryOp::Except | BinaryOp::Intersect => {
                let name = match op {
                    BinaryOp::Union => "set_union",
                    BinaryOp::UnionAll => return self.op(Op::ListConcat, &[a, b], ty),
                    BinaryOp::Except => "set_except",
                    _ => "set_intersect",
                };
                match *self.lowering.module.types.kind(ty) {
                    TyKind::List(elem) => {
                        let b = self.coerce(b, ty);
                        self.std_value(name, &[elem], &[a, b])
                    }
                    _ => {
                        let list = self.lowering.module.types.list(Types::ANY);
                        let (a, b) = (self.coerce(a, list), self.coerce(b, list));
                        let value = self.std_value(name, &[Types::ANY], &[a, b]);
                        self.coerce(value, ty)
                    }
                }
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce => unreachable!("handled above"),
        }
    }

    /// `a + b + c + ...` of three or more strings makes no string for each sum on the way.
    fn concatenation(&mut self, a: ExprId, b: ExprId, span: Span) -> Option<Value> {
        let program = self.program;
        let mut parts = vec![b];
        let mut first = a;
        while let ExprKind::Binary(BinaryOp::Add, left, right) = program.exprs[first].kind
            && self.lowering.ty(program.exprs[first].ty) == Types::STR
        {
            parts.push(right);
            first = left;
        }
        if parts.len() < 2 {
            return None;
        }
        parts.push(first);
        let parts: Vec<Value> = parts
            .into_iter()
            .rev()
            .map(|part| {
                let value = self.value(part);
                self.coerce(value, Types::STR)
            })
            .collect();
        self.span = span;
        Some(self.concat_all(&parts))
    }

    /// The strings, of which there is one at least, one after the other.
    pub fn concat_all(&mut self, parts: &[Value]) -> Value {
        /// Operands of an instruction need slots at the same time.
        const MOST: usize = 24;
        let (&first, rest) = parts.split_first().expect("a string at least");
        rest.chunks(MOST - 1).fold(first, |all, chunk| {
            let mut args = vec![all];
            args.extend_from_slice(chunk);
            self.op(Op::StrConcat, &args, Types::STR)
        })
    }

    fn short_circuit(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> Value {
        let a = self.value(a);
        let (more, done) = (self.new_block(), self.new_block());
        let known = self.b().bool(op == BinaryOp::Or);
        if op == BinaryOp::And {
            self.b().branch(a, more, &[], done, &[]);
        } else {
            self.b().branch(a, done, &[], more, &[]);
        }
        let short = (self.branch(done, |_| {}), vec![known]);
        let mut right = known;
        let long = self.branch(more, |cx| right = cx.value(b));
        self.join(vec![short, (long, vec![right])], &[Types::BOOL])[0]
    }

    fn coalesce(&mut self, a: ExprId, b: ExprId, ty: Ty) -> Value {
        let a = self.value(a);
        let from = self.func.ty(a);
        if !self.lowering.module.types.nullable(from) {
            return self.coerce(a, ty);
        }
        let absent = self.op(Op::IsNone, &[a], Types::BOOL);
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(absent, yes, &[], no, &[]);
        let mut values = Vec::new();
        let none = self.branch(yes, |cx| {
            let value = cx.value(b);
            values.push(cx.coerce(value, ty));
        });
        let some = self.branch(no, |cx| values.push(cx.coerce(a, ty)));
        self.join(vec![(none, vec![values[0]]), (some, vec![values[1]])], &[ty])[0]
    }

    fn arithmetic(&mut self, op: BinaryOp, a: Value, b: Value, ty: Ty) -> Value {
        let (ta, tb) = (self.func.ty(a), self.func.ty(b));
        if ta == Types::I64 && tb == Types::I64 {
            let op = match op {
                BinaryOp::Add => Op::Add,
                BinaryOp::Sub => Op::Sub,
                BinaryOp::Mul => Op::Mul,
                BinaryOp::Div => Op::Div,
                _ => Op::Rem,
            };
            return self.op(op, &[a, b], Types::I64);
        }
        let whole = |ty| ty == Types::I64 || ty == Types::BIGINT;
        if whole(ta) && whole(tb) {
            let (a, b) = (self.coerce(a, Types::BIGINT), self.coerce(b, Types::BIGINT));
            return self.big_arith(op, a, b);
        }
        let number = |ty| ty == Types::I64 || ty == Types::F64;
        if number(ta) && number(tb) {
            let (a, b) = (self.coerce(a, Types::F64), self.coerce(b, Types::F64));
            let op = match op {
                BinaryOp::Add => Op::FAdd,
                BinaryOp::Sub => Op::FSub,
                BinaryOp::Mul => Op::FMul,
                BinaryOp::Div => Op::FDiv,
                _ => Op::FRem,
            };
            return self.op(op, &[a, b], Types::F64);
        }
        if op == BinaryOp::Add && ta == Types::STR && tb == Types::STR {
            return self.op(Op::StrConcat, &[a, b], Types::STR);
        }
        if op == BinaryOp::Add && matches!(self.lowering.module.types.kind(ta), TyKind::List(_)) && ta == tb {
            return self.op(Op::ListConcat, &[a, b], ta);
        }
        let (a, b) = (self.coerce(a, Types::ANY), self.coerce(b, Types::ANY));
        let code = self.arith_code(op);
        let value = self.rt(RuntimeFn::any_arith, &[a, b, code]);
        if ty == Types::BIGRAT { self.known(value, ty) } else { self.coerce(value, ty) }
    }

    /// A comparison of two values of one scalar type.
    fn scalar_compare(&mut self, op: BinaryOp, a: Value, b: Value) -> Option<Value> {
        let (ty, other) = (self.func.ty(a), self.func.ty(b));
        if matches!((ty, other), (Types::BIGINT | Types::I64, Types::BIGINT) | (Types::BIGINT, Types::I64)) {
            let (a, b) = (self.coerce(a, Types::BIGINT), self.coerce(b, Types::BIGINT));
            return Some(self.big_compare(op, a, b));
        }
        if ty != other {
            return None;
        }
        use BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
        let op = match (ty, op) {
            (Types::I64, Eq) => Op::Eq,
            (Types::I64, Ne) => Op::Ne,
            (Types::I64, Lt) => Op::Lt,
            (Types::I64, Le) => Op::Le,
            (Types::I64, Gt) => Op::Gt,
            (Types::I64, Ge) => Op::Ge,
            (Types::F64, Eq) => Op::FEq,
            (Types::F64, Ne) => Op::FNe,
            (Types::F64, Lt) => Op::FLt,
            (Types::F64, Le) => Op::FLe,
            (Types::F64, Gt) => Op::FGt,
            (Types::F64, Ge) => Op::FGe,
            (Types::BOOL, Eq) => Op::BoolEq,
            (Types::STR, Eq) => Op::StrEq,
            (Types::STR, Lt) => Op::StrLt,
            (Types::STR, Le) => Op::StrLe,
            (Types::STR, Gt) => return Some(self.op(Op::StrLt, &[b, a], Types::BOOL)),
            (Types::STR, Ge) => return Some(self.op(Op::StrLe, &[b, a], Types::BOOL)),
            _ => return None,
        };
        Some(self.op(op, &[a, b], Types::BOOL))
    }

    fn is_none_const(&self, value: Value) -> bool {
        self.func.def_inst(value).is_some_and(|inst| inst.op == Op::None)
    }

    /// `a == b`.
    pub fn equal(&mut self, a: Value, b: Value) -> Value {
        if let Some(value) = self.scalar_compare(BinaryOp::Eq, a, b) {
            return value;
        }
        for (x, y) in [(a, b), (b, a)] {
            if self.is_none_const(y) {
                let ty = self.func.ty(x);
                return if self.lowering.module.types.nullable(ty) {
                    self.op(Op::IsNone, &[x], Types::BOOL)
                } else {
                    self.b().bool(false)
                };
            }
        }
        if let Some(order) = self.int_float_order(a, b) {
            let zero = self.b().int(0);
            return self.op(Op::Eq, &[order, zero], Types::BOOL);
        }
        let (a, b) = (self.coerce(a, Types::ANY), self.coerce(b, Types::ANY));
        self.rt(RuntimeFn::any_equal, &[a, b])
    }

    /// The exact order of an int and a float, in either order of operands: -1, 0, 1, or 2 with NaN.
    fn int_float_order(&mut self, a: Value, b: Value) -> Option<Value> {
        match (self.func.ty(a), self.func.ty(b)) {
            (Types::I64, Types::F64) => Some(self.rt(RuntimeFn::int_float_compare, &[a, b])),
            (Types::F64, Types::I64) => {
                let order = self.rt(RuntimeFn::int_float_compare, &[b, a]);
                // Negating swaps the operands; 2 becomes -2, which must stay "no order".
                let zero = self.b().int(0);
                let swapped = self.op(Op::SubWrap, &[zero, order], Types::I64);
                let two = self.b().int(2);
                let unordered = self.op(Op::Eq, &[order, two], Types::BOOL);
                Some(self.op(Op::Select, &[unordered, order, swapped], Types::I64))
            }
            _ => None,
        }
    }

    fn compare(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        if let Some(value) = self.scalar_compare(op, a, b) {
            return value;
        }
        let order = match self.int_float_order(a, b) {
            Some(order) => order,
            None => {
                let (a, b) = (self.coerce(a, Types::ANY), self.coerce(b, Types::ANY));
                self.rt(RuntimeFn::any_compare, &[a, b])
            }
        };
        // The order is -1, 0 or 1, and 2 where there is none: then every comparison is false.
        let (test, with) = match op {
            BinaryOp::Lt => (Op::Lt, 0),
            BinaryOp::Le => (Op::Le, 0),
            BinaryOp::Gt => (Op::Eq, 1),
            _ => {
                let one = self.b().int(1);
                let rest = self.op(Op::Shr, &[order, one], Types::I64);
                // 0 and 1 shift to 0; 2 and negative orders do not.
                let zero = self.b().int(0);
                return self.op(Op::Eq, &[rest, zero], Types::BOOL);
            }
        };
        let with = self.b().int(with);
        self.op(test, &[order, with], Types::BOOL)
    }

    /// `item in collection`.
    pub fn contains(&mut self, collection: Value, item: Value) -> Value {
        let ty = self.func.ty(collection);
        match self.lowering.module.types.kind(ty).clone() {
            TyKind::Str if self.func.ty(item) == Types::STR => {
                let zero = self.b().int(0);
                let at = self.rt(RuntimeFn::str_find, &[collection, item, zero]);
                self.op(Op::Ge, &[at, zero], Types::BOOL)
            }
            TyKind::Map(key, _) if self.fits(item, key) => {
                let item = self.coerce(item, key);
                self.op(Op::MapHas, &[collection, item], Types::BOOL)
            }
            TyKind::List(elem) if self.fits(item, elem) => {
                let item = self.coerce(item, elem);
                self.std_value("list_contains", &[elem], &[collection, item])
            }
            _ => {
                let (item, collection) = (self.coerce(item, Types::ANY), self.coerce(collection, Types::ANY));
                self.rt(RuntimeFn::any_in, &[item, collection])
            }
        }
    }

    /// Whether a value is of a type or boxes into it.
    fn fits(&self, value: Value, ty: Ty) -> bool {
        let from = self.func.ty(value);
        from == ty || ty == Types::ANY || *self.lowering.module.types.kind(ty) == TyKind::Option(from)
    }
}
