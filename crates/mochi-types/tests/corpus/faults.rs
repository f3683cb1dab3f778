//! Violations of the contract of `typed.rs`, expression by expression: what lowering relies on.

use mochi_types::Program;
use mochi_types::ty::{StructId, Ty, TyKind, TypeVar, Types};
use mochi_types::typed::*;

/// What is wrong with a program that checked without errors.
pub fn faults(program: &Program, name: &str) -> Vec<String> {
    let mut faults = Faults { program, name, found: Vec::new() };
    faults.program();
    faults.found
}

struct Faults<'a> {
    program: &'a Program,
    name: &'a str,
    found: Vec<String>,
}

impl Faults<'_> {
    fn fault(&mut self, what: String) {
        let typed = format!("{what} in {}", self.name);
        self.found.push(typed);
    }

    fn kind(&self, ty: Ty) -> &TyKind {
        self.program.types.kind(ty)
    }

    fn ty(&self, e: ExprId) -> Ty {
        self.program.exprs[e].ty
    }

    fn same(&mut self, what: &str, at: ExprId, expected: Ty, found: Ty) {
        if expected != found {
            let (a, b) = (format!("{:?}", self.kind(expected)), format!("{:?}", self.kind(found)));
            let kind = format!("{:?}", self.program.exprs[at].kind);
            self.fault(format!("{what}: {a} and {b} at {kind}"));
        }
    }

    fn holds(&mut self, what: &str, at: ExprId, condition: bool) {
        if !condition {
            let kind = format!("{:?}", self.program.exprs[at].kind);
            self.fault(format!("{what} at {kind}"));
        }
    }

    fn program(&mut self) {
        let program = self.program;
        for (_, fun) in program.funs.iter() {
            let own = self.type_params_of(fun);
            self.stmts(&fun.body, fun, &own);
        }
    }

    /// The type parameters that may occur in a function: its own and those of the functions around it.
    fn type_params_of(&self, fun: &Fun) -> Vec<TypeVar> {
        let mut all = fun.type_params.clone();
        let mut parent = fun.parent;
        while let Some(id) = parent {
            all.extend(&self.program.funs[id].type_params);
            parent = self.program.funs[id].parent;
        }
        all
    }

    fn stmts(&mut self, stmts: &[Stmt], fun: &Fun, own: &[TypeVar]) {
        for stmt in stmts {
            self.stmt(stmt, fun, own);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, fun: &Fun, own: &[TypeVar]) {
        let program = self.program;
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                if let Some(value) = *value {
                    self.expr(value, fun, own);
                    self.same("let", value, program.locals[*local].ty, self.ty(value));
                }
            }
            StmtKind::Assign { place, value } => {
                self.expr(*place, fun, own);
                self.expr(*value, fun, own);
                let wanted = self.place_type(*place);
                self.same("assignment", *value, wanted, self.ty(*value));
            }
            StmtKind::Expr(e) => self.expr(*e, fun, own),
            StmtKind::Return(Some(e)) => {
                self.expr(*e, fun, own);
                self.same("return", *e, fun.result, self.ty(*e));
            }
            StmtKind::If { cond, then, otherwise } => {
                self.boolean(*cond, fun, own);
                self.stmts(then, fun, own);
                self.stmts(otherwise, fun, own);
            }
            StmtKind::While { cond, body } => {
                self.boolean(*cond, fun, own);
                self.stmts(body, fun, own);
            }
            StmtKind::ForRange { var, from, to, body } => {
                for bound in [*from, *to] {
                    self.expr(bound, fun, own);
                    self.same("range bound", bound, Types::INT, self.ty(bound));
                }
                self.same("loop variable", *from, Types::INT, program.locals[*var].ty);
                self.stmts(body, fun, own);
            }
            StmtKind::ForEach { var, source, body } => {
                self.expr(*source, fun, own);
                self.source("for source", *source, *var);
                self.stmts(body, fun, own);
            }
            StmtKind::Block(body) | StmtKind::Test { body, .. } | StmtKind::Bench { body, .. } => {
                self.stmts(body, fun, own);
            }
            StmtKind::Expect(e) => self.boolean(*e, fun, own),
            StmtKind::Fun(_) | StmtKind::Return(None) | StmtKind::Break | StmtKind::Continue => {}
        }
    }

    fn source(&mut self, what: &str, source: ExprId, var: LocalId) {
        let elem = match *self.kind(self.ty(source)) {
            TyKind::List(elem) | TyKind::Map(elem, _) => Some(elem),
            TyKind::Str => Some(Types::STR),
            TyKind::Any => Some(Types::ANY),
            _ => None,
        };
        self.holds(what, source, elem == Some(self.program.locals[var].ty));
    }

    fn query(&mut self, id: ExprId, query: &Query) {
        let program = self.program;
        let mut conditions: Vec<ExprId> = Vec::new();
        self.holds("starts with from", id, matches!(query.clauses[0].kind, ClauseKind::From));
        for clause in &query.clauses {
            self.source("query source", clause.source, clause.var);
            conditions.extend(clause.on());
            for &(from, to) in &clause.optional {
                let (from, to) = (program.locals[from].ty, program.locals[to].ty);
                let optional = match *self.kind(to) {
                    TyKind::Option(inner) => inner == from || to == from,
                    TyKind::Any => true,
                    _ => to == Types::ERROR,
                };
                self.holds("optional variable", id, optional);
            }
        }
        conditions.extend(query.cond);
        if let Some(group) = &query.group {
            let of = TyKind::Group(self.ty(group.key), self.ty(group.item));
            self.holds("group variable", id, *self.kind(program.locals[group.var].ty) == of);
            conditions.extend(group.having);
        }
        for cond in conditions {
            self.same("condition of a query", cond, Types::BOOL, self.ty(cond));
        }
        for count in query.skip.into_iter().chain(query.take) {
            self.same("number of rows", count, Types::INT, self.ty(count));
        }
        let ty = self.ty(query.select);
        self.holds("select", id, *self.kind(self.ty(id)) == TyKind::List(ty));
    }

    fn boolean(&mut self, e: ExprId, fun: &Fun, own: &[TypeVar]) {
        self.expr(e, fun, own);
        self.same("condition", e, Types::BOOL, self.ty(e));
    }

    fn place_type(&mut self, place: ExprId) -> Ty {
        let e = &self.program.exprs[place];
        match e.kind {
            ExprKind::Index(recv, _) => match *self.kind(self.ty(recv)) {
                TyKind::Map(_, value) => value,
                _ => e.ty,
            },
            ExprKind::Local(_) | ExprKind::Field(..) => e.ty,
            ExprKind::DynField(recv, _) => {
                self.same("place", place, Types::ANY, self.ty(recv));
                e.ty
            }
            _ => {
                self.holds("place", place, false);
                e.ty
            }
        }
    }

    /// No inference variable and no error is left in a type.
    fn settled(&mut self, at: ExprId, ty: Ty, own: &[TypeVar]) {
        let mut todo = vec![ty];
        while let Some(ty) = todo.pop() {
            match *self.kind(ty) {
                TyKind::Error => self.holds("error type", at, false),
                TyKind::Var(var) => self.holds("type parameter of another function", at, own.contains(&var)),
                TyKind::Option(inner) => {
                    let flat = !matches!(self.kind(inner), TyKind::Option(_) | TyKind::Any | TyKind::Unit);
                    self.holds("layered option", at, flat);
                    todo.push(inner);
                }
                ref kind => kind.for_each_part(|part| todo.push(part)),
            }
        }
    }

    fn expr(&mut self, id: ExprId, fun: &Fun, own: &[TypeVar]) {
        let program = self.program;
        let e = &program.exprs[id];
        self.settled(id, e.ty, own);
        for child in e.kind.children() {
            self.expr(child, fun, own);
        }
        match &e.kind {
            ExprKind::Error => self.holds("no error", id, false),
            ExprKind::Local(local) => self.same("variable", id, program.locals[*local].ty, e.ty),
            ExprKind::Convert(inner, conversion) => self.conversion(id, *inner, *conversion),
            ExprKind::Unary(UnaryOp::Not, a) => self.same("operand", id, Types::BOOL, self.ty(*a)),
            ExprKind::Unary(UnaryOp::Neg, a) => self.same("operand", id, e.ty, self.ty(*a)),
            ExprKind::Binary(op, a, b) => self.binary(id, *op, *a, *b),
            ExprKind::Index(recv, index) => {
                let (key, elem) = match *self.kind(self.ty(*recv)) {
                    // Desugared code counts in machine words.
                    TyKind::List(elem) if self.ty(*index) == Types::WORD => (Types::WORD, elem),
                    TyKind::List(elem) => (Types::INT, elem),
                    TyKind::Str => (Types::INT, Types::STR),
                    TyKind::Any => (Types::ANY, Types::ANY),
                    // Maps give options; of types that have none already, themselves.
                    TyKind::Map(key, _) => (key, e.ty),
                    _ => (Types::ERROR, Types::ERROR),
                };
                self.same("index", id, key, self.ty(*index));
                self.same("element", id, elem, e.ty);
            }
            ExprKind::Slice(recv, parts) => {
                self.same("slice", id, e.ty, self.ty(*recv));
                for part in parts.iter().flatten() {
                    self.same("slice bound", id, Types::INT, self.ty(*part));
                }
            }
            ExprKind::Field(recv, field) => match *self.kind(self.ty(*recv)) {
                TyKind::Struct(of) => {
                    let ty = program.types.structs[of].fields[*field as usize].1;
                    self.same("field", id, ty, e.ty);
                }
                TyKind::Group(key, _) if *field == 0 => self.same("key of a group", id, key, e.ty),
                TyKind::Group(_, item) => {
                    self.holds("items of a group", id, *self.kind(e.ty) == TyKind::List(item));
                }
                _ => self.holds("field of a struct", id, false),
            },
            ExprKind::DynField(recv, _) => {
                let fine = matches!(self.kind(self.ty(*recv)), TyKind::Any | TyKind::Map(..));
                self.holds("field of a map or any", id, fine);
            }
            ExprKind::DynMethod(recv, _) => {
                self.same("receiver of a member", id, Types::ANY, self.ty(*recv));
                self.same("member", id, Types::ANY, e.ty);
            }
            ExprKind::OptChain { recv, var, body } => {
                let inner = match *self.kind(self.ty(*recv)) {
                    TyKind::Option(inner) => inner,
                    TyKind::Any => Types::ANY,
                    _ => Types::ERROR,
                };
                self.same("chain variable", id, inner, program.locals[*var].ty);
                self.same("chain", id, e.ty, self.ty(*body));
            }
            ExprKind::List(items) => {
                let elem = match *self.kind(e.ty) {
                    TyKind::List(elem) => elem,
                    _ => Types::ERROR,
                };
                for &item in items {
                    self.same("element", item, elem, self.ty(item));
                }
            }
            ExprKind::Map(entries) => {
                let (key, value) = match *self.kind(e.ty) {
                    TyKind::Map(key, value) => (key, value),
                    _ => (Types::ERROR, Types::ERROR),
                };
                for &(k, v) in entries {
                    self.same("key", k, key, self.ty(k));
                    self.same("value", v, value, self.ty(v));
                }
            }
            ExprKind::Struct(of, inits) => {
                self.holds("struct type", id, *self.kind(e.ty) == TyKind::Struct(*of));
                for &(field, value) in inits {
                    let ty = program.types.structs[*of].fields[field as usize].1;
                    self.same("initialiser", value, ty, self.ty(value));
                }
            }
            ExprKind::Call(callee, types, args) => self.call(id, *callee, types, args),
            ExprKind::CallValue(callee, args) | ExprKind::Partial(callee, args) => {
                self.call_value(id, *callee, args)
            }
            ExprKind::If(cond, a, b) => {
                self.same("condition", id, Types::BOOL, self.ty(*cond));
                self.same("branch", id, e.ty, self.ty(*a));
                self.same("branch", id, e.ty, self.ty(*b));
            }
            ExprKind::Match { scrutinee, arms } => self.arms(id, *scrutinee, arms, fun, own),
            ExprKind::Query(query) => self.query(id, query),
            ExprKind::None => {
                let has_none = matches!(
                    self.kind(e.ty),
                    TyKind::Any | TyKind::Option(_) | TyKind::Struct(_) | TyKind::Union(_) | TyKind::Fun(..)
                );
                self.holds("none", id, has_none);
            }
            ExprKind::Builtin(..) => self.builtin_args(id),
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::Fun(..)
            | ExprKind::BoundMethod(..)
            | ExprKind::Lambda(_)
            | ExprKind::Runtime(..) => {}
        }
    }

    fn builtin_args(&mut self, id: ExprId) {
        for arg in self.program.exprs[id].kind.children() {
            self.holds("an argument has a value", arg, self.ty(arg) != Types::UNIT);
        }
    }

    fn conversion(&mut self, id: ExprId, inner: ExprId, conversion: Conversion) {
        let (from, to) = (self.ty(inner), self.ty(id));
        let fine = match conversion {
            Conversion::Box => {
                to == Types::ANY || matches!(*self.kind(to), TyKind::Option(inner) if inner == from)
            }
            Conversion::Truthy => to == Types::BOOL,
            Conversion::ToStr => to == Types::STR,
            Conversion::AdaptFun => {
                matches!((self.kind(from), self.kind(to)), (TyKind::Fun(..), TyKind::Fun(..)))
            }
            Conversion::Widen => self.kind(from).is_numeric() && self.kind(to).is_numeric(),
            Conversion::Unbox => {
                let whole = matches!(*self.kind(from), TyKind::Option(inner) if inner == to);
                let parts = matches!(
                    (self.kind(from), self.kind(to)),
                    (TyKind::List(_), TyKind::List(_))
                        | (TyKind::Map(..), TyKind::Map(..))
                        | (TyKind::Option(_), TyKind::Option(_))
                        | (TyKind::Union(_), TyKind::Struct(_))
                );
                from == Types::ANY || whole || parts
            }
            Conversion::Retype | Conversion::Cast => true,
        };
        self.holds("conversion", id, fine);
        if from == to && conversion != Conversion::Cast {
            self.holds("a conversion changes something", id, false);
        }
    }

    fn binary(&mut self, id: ExprId, op: BinaryOp, a: ExprId, b: ExprId) {
        use BinaryOp::*;
        let (ta, tb) = (self.ty(a), self.ty(b));
        let result = self.ty(id);
        match op {
            In => {
                let fine = match *self.kind(tb) {
                    TyKind::Any => true,
                    TyKind::List(part) | TyKind::Map(part, _) => part == ta,
                    TyKind::Str => ta == Types::STR,
                    _ => false,
                };
                self.holds("in", id, fine);
            }
            And | Or => {
                self.same("operand", id, Types::BOOL, ta);
                self.same("operand", id, Types::BOOL, tb);
            }
            Coalesce => {
                self.same("fallback", id, result, tb);
                let fine = ta == result || matches!(*self.kind(ta), TyKind::Option(inner) if inner == result);
                self.holds("left of ??", id, fine);
            }
            Eq | Ne | Lt | Le | Gt | Ge => {
                // Two numbers are compared as they are.
                if !(self.kind(ta).is_numeric() && self.kind(tb).is_numeric()) {
                    self.same("compared", id, ta, tb);
                }
                self.same("comparison", id, Types::BOOL, result);
            }
            // Operands of rational arithmetic keep their types: a float among them makes the value one.
            Add | Sub | Mul | Div | Rem if result == Types::BIGRAT => {
                let numeric = self.kind(ta).is_numeric() && self.kind(tb).is_numeric();
                self.holds("operands of rational arithmetic", id, numeric);
            }
            Add | Sub | Mul | Div | Rem | Union | UnionAll | Except | Intersect => {
                self.same("operands", id, ta, tb);
                self.same("result", id, ta, result);
            }
        }
    }

    fn call(&mut self, id: ExprId, callee: FunId, types: &[Ty], args: &[ExprId]) {
        let fun = &self.program.funs[callee];
        self.holds("type arguments", id, types.len() == fun.type_params.len());
        self.holds("arguments", id, args.len() == fun.params.len());
        for (&arg, &param) in args.iter().zip(&fun.params) {
            let wanted = self.program.locals[param].ty;
            if types.is_empty() {
                self.same("argument", arg, wanted, self.ty(arg));
            } else {
                let fine = self.instance_of(wanted, self.ty(arg), &fun.type_params, types);
                self.holds("generic argument", arg, fine);
            }
        }
        if types.is_empty() {
            self.same("call", id, fun.result, self.ty(id));
        } else {
            let fine = self.instance_of(fun.result, self.ty(id), &fun.type_params, types);
            self.holds("generic result", id, fine);
        }
    }

    /// Whether a type is another one with type arguments put in.
    fn instance_of(&self, general: Ty, found: Ty, params: &[TypeVar], args: &[Ty]) -> bool {
        match (self.kind(general), self.kind(found)) {
            (TyKind::Var(var), _) => match params.iter().position(|param| param == var) {
                Some(i) => args[i] == found,
                None => general == found,
            },
            (&TyKind::List(a), &TyKind::List(b)) => self.instance_of(a, b, params, args),
            (&TyKind::Option(a), &TyKind::Option(b)) => self.instance_of(a, b, params, args),
            // An option of what is an option already.
            (&TyKind::Option(a), _) => self.instance_of(a, found, params, args),
            (&TyKind::Map(k1, v1), &TyKind::Map(k2, v2)) => {
                self.instance_of(k1, k2, params, args) && self.instance_of(v1, v2, params, args)
            }
            (TyKind::Fun(p1, r1), TyKind::Fun(p2, r2)) => {
                p1.len() == p2.len()
                    && p1.iter().zip(p2).all(|(&a, &b)| self.instance_of(a, b, params, args))
                    && self.instance_of(*r1, *r2, params, args)
            }
            _ => general == found,
        }
    }

    fn call_value(&mut self, id: ExprId, callee: ExprId, args: &[ExprId]) {
        match self.kind(self.ty(callee)) {
            TyKind::Fun(params, result) => {
                let (params, result) = (params.clone(), *result);
                for (&arg, &param) in args.iter().zip(&params) {
                    self.same("argument", arg, param, self.ty(arg));
                }
                match self.program.exprs[id].kind {
                    ExprKind::CallValue(..) => {
                        self.holds("arguments", id, args.len() == params.len());
                        self.same("call", id, result, self.ty(id));
                    }
                    _ => self.holds("fewer arguments", id, args.len() < params.len()),
                }
            }
            TyKind::Any => {
                for &arg in args {
                    self.same("argument", arg, Types::ANY, self.ty(arg));
                }
                self.same("call", id, Types::ANY, self.ty(id));
            }
            _ => self.holds("callee", id, false),
        }
    }

    fn arms(&mut self, id: ExprId, scrutinee: ExprId, arms: &[Arm], fun: &Fun, own: &[TypeVar]) {
        for arm in arms {
            self.pattern(id, &arm.pattern, self.ty(scrutinee));
            self.stmts(&arm.block, fun, own);
            if let Some(value) = arm.value {
                self.same("arm", value, self.ty(id), self.ty(value));
            }
        }
    }

    fn pattern(&mut self, at: ExprId, pattern: &Pattern, ty: Ty) {
        let inner = match *self.kind(ty) {
            TyKind::Option(inner) => inner,
            _ => ty,
        };
        match pattern {
            Pattern::Wildcard => {}
            Pattern::None => {}
            Pattern::Equal(e) => {
                let fine = self.ty(*e) == ty || self.ty(*e) == Types::ANY;
                self.holds("literal pattern", *e, fine);
            }
            Pattern::Bind(local) => self.same("bound name", at, ty, self.program.locals[*local].ty),
            Pattern::Variant(variant, parts) => {
                let of: Option<StructId> = match *self.kind(inner) {
                    TyKind::Union(union) => {
                        self.program.types.unions[union].variants.iter().copied().find(|v| v == variant)
                    }
                    TyKind::Any => Some(*variant),
                    TyKind::Struct(id) => Some(id),
                    _ => None,
                };
                self.holds("variant pattern", at, of == Some(*variant));
                let fields = self.program.types.structs[*variant].fields.clone();
                for (part, (_, ty)) in parts.iter().zip(fields) {
                    self.pattern(at, part, ty);
                }
            }
        }
    }
}
