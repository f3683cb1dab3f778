//! Built-in functions: ops and runtime functions where the types allow it, std functions for the rest.

use mochi_abi::RuntimeFn;
use mochi_base::Span;
use mochi_ir::{Imm, Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{BinaryOp, Builtin, Conversion, ExprId, ExprKind};

use crate::Cx;

impl Cx<'_, '_> {
    /// Lowers a call of a built-in with a result of type `ty`; `None` when that is unit.
    pub fn builtin(&mut self, builtin: Builtin, args: &[ExprId], ty: Ty, span: Span) -> Option<Value> {
        let result = match self.folded(builtin, args, span) {
            Some(result) => result,
            None => {
                let mut values = Vec::with_capacity(args.len());
                for (i, &arg) in args.iter().enumerate() {
                    values.push(self.operand(builtin, arg, i == 0, span));
                }
                let args = values;
                self.span = span;
                self.builtin_value(builtin, &args, ty)?
            }
        };
        // What is computed as `any` for a bigrat is one already.
        let known = ty == Types::BIGRAT && self.func.ty(result) == Types::ANY;
        (ty != Types::UNIT).then(|| if known { self.known(result, ty) } else { self.coerce(result, ty) })
    }

    /// An argument. One of type `any` where the built-in wants something of a kind is tested here, so that the error
    /// names the built-in.
    fn operand(&mut self, builtin: Builtin, arg: ExprId, first: bool, span: Span) -> Value {
        let program = self.program;
        let ty = self.lowering.ty(program.exprs[arg].ty);
        let (inner, what, kind) = match program.exprs[arg].kind {
            ExprKind::Convert(inner, Conversion::Unbox) => match self.kind(ty) {
                TyKind::I64 | TyKind::Bigint => (inner, "an int", None),
                TyKind::F64 => (inner, "a float", None),
                TyKind::Bool => (inner, "a bool", None),
                TyKind::Str => (inner, "a string", None),
                TyKind::List(_) => (inner, "a list", Some("is_list_or_none")),
                TyKind::Map(..) => (inner, "a map", Some("is_map_or_none")),
                TyKind::Fn(..) => (inner, "a function", Some("is_function_or_none")),
                _ => return self.value(arg),
            },
            ExprKind::Convert(inner, Conversion::Cast)
                if matches!(builtin, Builtin::Floor | Builtin::Ceil) =>
            {
                (inner, "a number", Some("is_numeric"))
            }
            _ if first && builtin == Builtin::Count => (arg, "a list", Some("has_length")),
            _ if first && builtin == Builtin::Contains => (arg, "a string, list or map", Some("has_members")),
            _ => return self.value(arg),
        };
        let value = self.value(inner);
        if self.func.ty(value) == Types::ANY {
            self.span = span;
            self.test_operand(builtin, value, ty, what, kind);
        }
        match program.exprs[arg].kind {
            ExprKind::Convert(_, Conversion::Cast) => self.cast(value, ty),
            ExprKind::Convert(..) => self.coerce(value, ty),
            _ => value,
        }
    }

    /// Ends with an error unless an `any` is none or like a value of a type, or passes the test of the library.
    fn test_operand(&mut self, builtin: Builtin, any: Value, ty: Ty, what: &str, test: Option<&str>) {
        let (yes, no) = (self.new_block(), self.new_block());
        if ty != Types::ANY {
            let fits = self.b().value(Op::AnyIs, &[any], Imm::Ty(ty), Types::BOOL);
            let other = self.new_block();
            self.b().branch(fits, yes, &[], other, &[]);
            self.switch_to(other);
        }
        let fits = match test {
            None => self.op(Op::IsNone, &[any], Types::BOOL),
            Some(test) => self.std_value(test, &[], &[any]),
        };
        self.b().branch(fits, yes, &[], no, &[]);
        self.switch_to(no);
        let (name, what) = (self.str(builtin.name()), self.str(what));
        self.runtime(RuntimeFn::trap_operand, &[name, what]);
        self.b().jump(yes, &[]);
        self.switch_to(yes);
    }

    fn builtin_value(&mut self, builtin: Builtin, args: &[Value], ty: Ty) -> Option<Value> {
        use Builtin as B;
        let first = args.first().copied();
        let list_elem = first.and_then(|v| match self.kind(self.func.ty(v)) {
            TyKind::List(elem) => Some(elem),
            _ => None,
        });
        let value = match builtin {
            B::Print => {
                self.print(args);
                return None;
            }
            B::Len | B::Count => self.len(args[0]),
            B::Append => match list_elem {
                Some(elem) => {
                    let list_ty = self.func.ty(args[0]);
                    let item = self.coerce(args[1], elem);
                    self.op(Op::ListAppend, &[args[0], item], list_ty)
                }
                None => self.std_any("append_any", args),
            },
            B::Concat => self.concat(args, ty),
            B::First => self.list_std("first", args),
            B::Reverse if self.func.ty(args[0]) == Types::STR => self.std_value("reverse_str", &[], args),
            B::Reverse if list_elem.is_none() => self.std_any("reverse_any", args),
            B::Reverse => self.list_std("reverse", args),
            B::Distinct => self.list_std("distinct", args),
            B::Collect => self.list_std("collect", args),
            B::Keys => match self.kind(self.func.ty(args[0])) {
                TyKind::Map(key, _) => {
                    let list = self.lowering.module.types.list(key);
                    self.op(Op::MapKeys, args, list)
                }
                _ => {
                    let any = self.coerce(args[0], Types::ANY);
                    self.rt(RuntimeFn::any_keys, &[any])
                }
            },
            B::Values => match self.kind(self.func.ty(args[0])) {
                TyKind::Map(key, elem) => self.std_value("values", &[key, elem], args),
                _ => self.std_any("values_any", args),
            },
            B::Range => {
                let args: Vec<Value> = args.iter().map(|&a| self.coerce(a, Types::I64)).collect();
                let (zero, one) = (self.b().int(0), self.b().int(1));
                let args = match args[..] {
                    [to] => [zero, to, one],
                    [from, to] => [from, to, one],
                    _ => [args[0], args[1], args[2]],
                };
                self.std_value("range", &[], &args)
            }
            B::Slice | B::Substring => self.slice(args[0], [Some(args[1]), Some(args[2]), None]),
            B::Sum | B::Min | B::Max | B::Avg => self.aggregate(builtin, args[0], list_elem),
            B::Exists => {
                let any = self.coerce(args[0], Types::ANY);
                self.std_value("exists", &[], &[any])
            }
            B::Reduce => self.reduce(args),
            B::Abs => match self.func.ty(args[0]) {
                Types::I64 => self.std_value("abs_int", &[], args),
                Types::F64 => self.std_value("abs_float", &[], args),
                Types::BIGINT => self.std_value("abs_big", &[], args),
                _ if self.unbounded() => self.std_any("abs_unbounded", args),
                _ => self.std_any("abs_any", args),
            },
            B::Floor | B::Ceil => {
                let x = self.cast(args[0], Types::F64);
                self.rt(
                    if builtin == B::Floor { RuntimeFn::float_floor } else { RuntimeFn::float_ceil },
                    &[x],
                )
            }
            B::Round => self.round(args),
            B::Pow => {
                if args.iter().all(|&a| self.func.ty(a) == Types::I64) {
                    self.rt(RuntimeFn::int_pow, args)
                } else if args.iter().all(|&a| matches!(self.func.ty(a), Types::I64 | Types::F64)) {
                    let args = [self.coerce(args[0], Types::F64), self.coerce(args[1], Types::F64)];
                    self.rt(RuntimeFn::float_pow, &args)
                } else if args.iter().all(|&a| self.func.ty(a) == Types::BIGINT) {
                    self.rt(RuntimeFn::big_pow, args)
                } else {
                    let args = [self.coerce(args[0], Types::ANY), self.coerce(args[1], Types::ANY)];
                    let unbounded = self.unbounded();
                    let unbounded = self.b().bool(unbounded);
                    self.std_value("pow_any", &[], &[args[0], args[1], unbounded])
                }
            }
            B::Str => self.text_of(args[0]),
            B::Int => self.cast(args[0], ty),
            B::Float => self.cast(args[0], Types::F64),
            B::Bigint => self.cast_to_big(args[0], "bigint"),
            B::Num => self.std_any("num", args),
            B::Denom => self.std_any("denom", args),
            B::ParseIntStr => {
                let base = match args.get(1) {
                    Some(&base) => base,
                    None => self.b().int(10),
                };
                if self.unbounded() {
                    let base = self.coerce(base, Types::I64);
                    self.std_value("parse_big", &[], &[args[0], base])
                } else {
                    self.rt(RuntimeFn::str_to_int, &[args[0], base])
                }
            }
            B::Upper => {
                let s = self.coerce(args[0], Types::STR);
                self.rt(RuntimeFn::str_upper, &[s])
            }
            B::Lower => {
                let s = self.text_of(args[0]);
                self.rt(RuntimeFn::str_lower, &[s])
            }
            B::Trim => self.std_str("trim", args),
            B::IndexOf => {
                let zero = self.b().int(0);
                let args = [self.coerce(args[0], Types::STR), self.coerce(args[1], Types::STR), zero];
                self.rt(RuntimeFn::str_find, &args)
            }
            B::Contains => self.contains(args[0], args[1]),
            B::Split => self.std_str("split", args),
            B::Join => self.join_strings(args),
            B::Repeat => {
                let args = [self.coerce(args[0], Types::STR), self.coerce(args[1], Types::I64)];
                self.std_value("repeat", &[], &args)
            }
            B::PadStart => {
                let args = [
                    self.coerce(args[0], Types::STR),
                    self.coerce(args[1], Types::I64),
                    self.coerce(args[2], Types::STR),
                ];
                self.std_value("pad_start", &[], &args)
            }
            B::StartsWith => self.std_str("starts_with", args),
            B::MapGet => self.map_get(args, ty),
            B::Sha256 => {
                let any = self.coerce(args[0], Types::ANY);
                self.std_value("sha256", &[], &[any])
            }
            B::Json => {
                let any = self.coerce(args[0], Types::ANY);
                self.std("json", &[], &[any]);
                return None;
            }
            B::ToJson => {
                let any = self.coerce(args[0], Types::ANY);
                self.std_value("to_json", &[], &[any])
            }
            B::Input => self.rt(RuntimeFn::in_line, &[]),
            B::Now => self.rt(RuntimeFn::clock_now, &[]),
            B::Mem => self.rt(RuntimeFn::heap_bytes, &[]),
            B::Eval => self.rt(RuntimeFn::eval, args),
            B::Panic => {
                let text = self.text_of(args[0]);
                self.runtime(RuntimeFn::panic, &[text]);
                if ty == Types::UNIT {
                    return None;
                }
                self.zero(ty)
            }
            B::Load => self.load(args, ty),
            B::Foreign(symbol) => {
                // The library's ints are words, whatever those of the program are.
                let func = self.lowering.std_func(symbol.library());
                let params = self.lowering.module.funcs[func].params.clone();
                let args: Vec<Value> =
                    args.iter().zip(params).map(|(&arg, ty)| self.coerce(arg, ty)).collect();
                self.std_value(symbol.library(), &[], &args)
            }
            B::Save => {
                self.std("save_rows", &[], args);
                return None;
            }
            B::Fetch => self.fetch(args, ty),
            B::Generate => self.generate(args, ty),
            B::LogicFact => {
                self.std("logic_fact", &[], args);
                return None;
            }
            B::LogicGrow => {
                self.std("logic_grow", &[], args);
                return None;
            }
            B::LogicQuery => self.std_value("logic_query", &[], args),
            B::And => self.op(Op::And, args, Types::I64),
            B::Or => self.op(Op::Or, args, Types::I64),
            B::Xor => self.op(Op::Xor, args, Types::I64),
            B::Shl => self.op(Op::Shl, args, Types::I64),
            B::Shr => self.op(Op::Shr, args, Types::I64),
            B::WrappingAdd => self.op(Op::AddWrap, args, Types::I64),
            B::WrappingMul => self.op(Op::MulWrap, args, Types::I64),
        };
        Some(value)
    }

    /// A std function of strings.
    fn std_str(&mut self, name: &str, args: &[Value]) -> Value {
        let args: Vec<Value> = args.iter().map(|&a| self.coerce(a, Types::STR)).collect();
        self.std_value(name, &[], &args)
    }

    /// A std function of `any`.
    fn std_any(&mut self, name: &str, args: &[Value]) -> Value {
        let args: Vec<Value> = args.iter().map(|&a| self.coerce(a, Types::ANY)).collect();
        self.std_value(name, &[], &args)
    }

    /// The value as a list, with its element type: what is no list by type is iterated.
    fn as_list(&mut self, value: Value) -> (Value, Ty) {
        match self.kind(self.func.ty(value)) {
            TyKind::List(elem) => (value, elem),
            _ => {
                let any = self.coerce(value, Types::ANY);
                (self.std_value("iterate", &[], &[any]), Types::ANY)
            }
        }
    }

    /// A generic std function of one list.
    fn list_std(&mut self, name: &str, args: &[Value]) -> Value {
        let (list, elem) = self.as_list(args[0]);
        self.std_value(name, &[elem], &[list])
    }

    fn len(&mut self, value: Value) -> Value {
        match self.kind(self.func.ty(value)) {
            TyKind::Str => self.op(Op::StrLen, &[value], Types::I64),
            TyKind::List(_) => self.op(Op::ListLen, &[value], Types::I64),
            TyKind::Map(..) => self.op(Op::MapLen, &[value], Types::I64),
            _ => {
                let any = self.coerce(value, Types::ANY);
                self.rt(RuntimeFn::any_len, &[any])
            }
        }
    }

    fn concat(&mut self, args: &[Value], ty: Ty) -> Value {
        let list = match self.kind(ty) {
            TyKind::List(_) => ty,
            _ => self.lowering.module.types.list(Types::ANY),
        };
        let mut all = self.op(Op::ListNew, &[], list);
        for &arg in args {
            let arg = self.coerce(arg, list);
            all = self.op(Op::ListConcat, &[all, arg], list);
        }
        all
    }

    fn aggregate(&mut self, builtin: Builtin, value: Value, elem: Option<Ty>) -> Value {
        let name = match builtin {
            Builtin::Sum => "sum",
            Builtin::Min => "min",
            Builtin::Max => "max",
            _ => "avg",
        };
        let suffix = match elem {
            Some(Types::I64) => "int",
            Some(Types::F64) => "float",
            Some(Types::BIGINT) if builtin != Builtin::Avg => "big",
            Some(Types::STR) if matches!(builtin, Builtin::Min | Builtin::Max) => "str",
            _ => "any",
        };
        let list = if suffix == "any" {
            let (list, _) = self.as_list(value);
            let any = self.lowering.module.types.list(Types::ANY);
            self.coerce(list, any)
        } else {
            value
        };
        if (name, suffix) == ("sum", "any") {
            let add = self.arith_code(BinaryOp::Add);
            return self.std_value("sum_any", &[], &[list, add]);
        }
        self.std_value(&format!("{name}_{suffix}"), &[], &[list])
    }

    fn reduce(&mut self, args: &[Value]) -> Value {
        let (list, elem) = self.as_list(args[0]);
        match self.kind(self.func.ty(args[1])) {
            TyKind::Fn(params, result) if params.len() == 2 && result != Types::UNIT => {
                let want = self.lowering.module.types.function(vec![result, elem], result);
                let f = self.coerce(args[1], want);
                let init = self.coerce(args[2], result);
                self.std_value("reduce", &[elem, result], &[list, f, init])
            }
            _ => {
                let want = self.lowering.module.types.function(vec![Types::ANY, elem], Types::ANY);
                let f = self.coerce(args[1], want);
                let init = self.coerce(args[2], Types::ANY);
                self.std_value("reduce", &[elem, Types::ANY], &[list, f, init])
            }
        }
    }

    fn round(&mut self, args: &[Value]) -> Value {
        match (self.func.ty(args[0]), args.get(1)) {
            (Types::F64, None) => self.rt(RuntimeFn::float_round, &[args[0]]),
            (Types::I64 | Types::BIGINT, None) => args[0],
            (Types::F64, Some(&digits)) => {
                let digits = self.coerce(digits, Types::I64);
                self.std_value("round_digits", &[], &[args[0], digits])
            }
            (_, digits) => {
                let any = self.coerce(args[0], Types::ANY);
                let digits = match digits {
                    Some(&digits) => self.coerce(digits, Types::I64),
                    None => self.b().int(0),
                };
                self.std_value("round_any", &[], &[any, digits])
            }
        }
    }

    fn join_strings(&mut self, args: &[Value]) -> Value {
        let (list, elem) = self.as_list(args[0]);
        let sep = self.text_of(args[1]);
        if elem == Types::STR {
            return self.std_value("join", &[], &[list, sep]);
        }
        let any = self.lowering.module.types.list(Types::ANY);
        let list = self.coerce(list, any);
        self.std_value("join_any", &[], &[list, sep])
    }

    /// `m.get(k)` and `m.get(k, default)`.
    fn map_get(&mut self, args: &[Value], ty: Ty) -> Value {
        match (self.kind(self.func.ty(args[0])), args.get(2)) {
            (TyKind::Map(key, elem), Some(&default)) if self.func.ty(default) == elem && ty == elem => {
                let k = self.coerce(args[1], key);
                self.op(Op::MapGetOr, &[args[0], k, default], elem)
            }
            (_, default) => {
                let found = self.index(args[0], args[1]);
                match default {
                    None => found,
                    Some(&default) => {
                        let found = self.coerce(found, Types::ANY);
                        let default = self.coerce(default, Types::ANY);
                        let absent = self.op(Op::IsNone, &[found], Types::BOOL);
                        self.op(Op::Select, &[absent, default, found], Types::ANY)
                    }
                }
            }
        }
    }

    /// `print(...)` (4.10): with three or more arguments the line is trimmed.
    fn print(&mut self, args: &[Value]) {
        let may_have_space = |cx: &Self, v: Value| {
            matches!(cx.kind(cx.func.ty(v)), TyKind::Str | TyKind::Any | TyKind::Option(_) | TyKind::Var(_))
        };
        let trims =
            args.len() >= 3 && [args[0], args[args.len() - 1]].iter().any(|&v| may_have_space(self, v));
        if trims {
            let mut parts = Vec::new();
            for (i, &arg) in args.iter().enumerate() {
                if i > 0 {
                    parts.push(self.str(" "));
                }
                parts.push(self.show(arg));
            }
            let line = self.concat_all(&parts);
            let line = self.std_value("trim", &[], &[line]);
            self.runtime(RuntimeFn::out_str, &[line]);
        } else {
            for (i, &arg) in args.iter().enumerate() {
                if i > 0 {
                    let space = self.str(" ");
                    self.runtime(RuntimeFn::out_str, &[space]);
                }
                match self.func.ty(arg) {
                    Types::I64 => self.runtime(RuntimeFn::out_int, &[arg]),
                    Types::F64 => self.runtime(RuntimeFn::out_float, &[arg]),
                    _ => {
                        let text = self.show(arg);
                        self.runtime(RuntimeFn::out_str, &[text])
                    }
                };
            }
        }
        self.runtime(RuntimeFn::out_newline, &[]);
    }

    /// The show form (4.10).
    fn show(&mut self, value: Value) -> Value {
        match self.func.ty(value) {
            Types::I64 | Types::F64 | Types::STR | Types::BOOL | Types::BIGINT => self.text_of(value),
            _ => {
                let any = self.coerce(value, Types::ANY);
                self.std_value("show", &[], &[any])
            }
        }
    }
}
