//! The typed tree as text, for `mochi dump --stage=types` and golden tests.
//!
//! Functions in order, statements indented, every expression in a prefix form without types where they are plain from
//! the parts; conversions are written out: `box<any>(x.3)`. Variables carry their number, since names repeat.

use std::fmt::Write;

use mochi_base::Interner;

use crate::show::show_type;
use crate::ty::{StructId, Ty, TyKind};
use crate::typed::*;

/// A checked program as text.
pub fn print_typed(program: &Program, names: &Interner) -> String {
    let mut printer = Printer { program, names, out: String::new() };
    for (id, fun) in program.funs.iter() {
        printer.fun(id, fun);
    }
    printer.out
}

struct Printer<'a> {
    program: &'a Program,
    names: &'a Interner,
    out: String,
}

impl Printer<'_> {
    fn ty(&self, ty: Ty) -> String {
        show_type(&self.program.types, self.names, ty)
    }

    fn local(&self, id: LocalId) -> String {
        format!("{}.{}", self.names.get(self.program.locals[id].name), id.0)
    }

    fn fun_name(&self, id: FunId) -> String {
        match self.program.funs[id].name {
            Some(name) => format!("{}#{}", self.names.get(name), id.0),
            None => format!("#{}", id.0),
        }
    }

    fn struct_name(&self, id: StructId) -> String {
        match self.program.types.structs[id].name {
            Some(name) => self.names.get(name).to_string(),
            None => "struct".to_string(),
        }
    }

    fn fun(&mut self, id: FunId, fun: &Fun) {
        let kind = match fun.kind {
            FunKind::Main => "main".to_string(),
            FunKind::Named => "fun".to_string(),
            FunKind::Lambda => "lambda".to_string(),
            FunKind::Method(of) => format!("method of {}", self.struct_name(of)),
        };
        let params: Vec<String> = fun.params.iter().map(|&param| self.declared(param)).collect();
        let generics: Vec<&str> =
            fun.type_params.iter().map(|&var| self.names.get(self.program.types.vars[var])).collect();
        let generics = if generics.is_empty() { String::new() } else { format!("<{}>", generics.join(", ")) };
        let parent = fun.parent.map_or(String::new(), |parent| format!(" in {}", self.fun_name(parent)));
        let _ = writeln!(
            self.out,
            "{kind} {}{generics}({}): {}{parent} {{",
            self.fun_name(id),
            params.join(", "),
            self.ty(fun.result)
        );
        self.stmts(&fun.body, 1);
        self.out.push_str("}\n");
    }

    /// A variable with its type and what is known about its use.
    fn declared(&self, id: LocalId) -> String {
        let local = &self.program.locals[id];
        let mut text = format!("{}: {}", self.local(id), self.ty(local.ty));
        for (holds, word) in
            [(local.top_level, "global"), (local.captured, "captured"), (local.assigned, "assigned")]
        {
            if holds {
                text.push(' ');
                text.push_str(word);
            }
        }
        text
    }

    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn stmts(&mut self, stmts: &[Stmt], depth: usize) {
        for stmt in stmts {
            self.stmt(stmt, depth);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                let declared = self.declared(*local);
                let value = value.map_or("zero".to_string(), |value| self.expr(value));
                self.line(depth, &format!("let {declared} = {value}"));
            }
            StmtKind::Assign { place, value } => {
                let text = format!("{} = {}", self.expr(*place), self.expr(*value));
                self.line(depth, &text);
            }
            StmtKind::Expr(e) => {
                let text = self.expr(*e);
                self.line(depth, &text);
            }
            StmtKind::Fun(fun) => {
                let text = format!("fun {}", self.fun_name(*fun));
                self.line(depth, &text);
            }
            StmtKind::Return(None) => self.line(depth, "return"),
            StmtKind::Return(Some(e)) => {
                let text = format!("return {}", self.expr(*e));
                self.line(depth, &text);
            }
            StmtKind::If { cond, then, otherwise } => {
                let head = format!("if {} {{", self.expr(*cond));
                self.line(depth, &head);
                self.stmts(then, depth + 1);
                if !otherwise.is_empty() {
                    self.line(depth, "} else {");
                    self.stmts(otherwise, depth + 1);
                }
                self.line(depth, "}");
            }
            StmtKind::While { cond, body } => {
                let head = format!("while {} {{", self.expr(*cond));
                self.nested(&head, body, depth);
            }
            StmtKind::ForRange { var, from, to, body } => {
                let head =
                    format!("for {} in {}..{} {{", self.declared(*var), self.expr(*from), self.expr(*to));
                self.nested(&head, body, depth);
            }
            StmtKind::ForEach { var, source, body } => {
                let head = format!("for {} in {} {{", self.declared(*var), self.expr(*source));
                self.nested(&head, body, depth);
            }
            StmtKind::Break => self.line(depth, "break"),
            StmtKind::Continue => self.line(depth, "continue"),
            StmtKind::Block(body) => self.nested("{", body, depth),
            StmtKind::Expect(e) => {
                let text = format!("expect {}", self.expr(*e));
                self.line(depth, &text);
            }
        }
    }

    fn nested(&mut self, head: &str, body: &[Stmt], depth: usize) {
        self.line(depth, head);
        self.stmts(body, depth + 1);
        self.line(depth, "}");
    }

    fn list(&self, items: &[ExprId]) -> String {
        items.iter().map(|&e| self.expr(e)).collect::<Vec<_>>().join(", ")
    }

    fn type_args(&self, args: &[Ty]) -> String {
        if args.is_empty() {
            return String::new();
        }
        format!("<{}>", args.iter().map(|&arg| self.ty(arg)).collect::<Vec<_>>().join(", "))
    }

    fn expr(&self, id: ExprId) -> String {
        let e = &self.program.exprs[id];
        match &e.kind {
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::Str(text) => format!("{text:?}"),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::None => format!("none<{}>", self.ty(e.ty)),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Fun(fun, args) => format!("fun {}{}", self.fun_name(*fun), self.type_args(args)),
            ExprKind::BoundMethod(fun, recv) => format!("{}.{}", self.expr(*recv), self.fun_name(*fun)),
            ExprKind::Convert(inner, conversion) => {
                format!("{}<{}>({})", conversion_name(*conversion), self.ty(e.ty), self.expr(*inner))
            }
            ExprKind::Unary(UnaryOp::Neg, inner) => format!("-{}", self.expr(*inner)),
            ExprKind::Unary(UnaryOp::Not, inner) => format!("!{}", self.expr(*inner)),
            ExprKind::Binary(op, a, b) => format!("({} {} {})", self.expr(*a), op.text(), self.expr(*b)),
            ExprKind::Index(recv, index) => format!("{}[{}]", self.expr(*recv), self.expr(*index)),
            ExprKind::Slice(recv, parts) => {
                let parts: Vec<String> =
                    parts.iter().map(|part| part.map_or(String::new(), |part| self.expr(part))).collect();
                format!("{}[{}]", self.expr(*recv), parts.join(":"))
            }
            ExprKind::Field(recv, field) => {
                let name = match *self.program.types.kind(self.program.exprs[*recv].ty) {
                    TyKind::Struct(id) => {
                        self.names.get(self.program.types.structs[id].fields[*field as usize].0)
                    }
                    _ => "?",
                };
                format!("{}.{name}", self.expr(*recv))
            }
            ExprKind::DynField(recv, name) => format!("{}.?{}", self.expr(*recv), self.names.get(*name)),
            ExprKind::OptChain { recv, var, body } => {
                format!("chain({} as {} => {})", self.expr(*recv), self.local(*var), self.expr(*body))
            }
            ExprKind::List(items) => format!("{}[{}]", self.ty(e.ty), self.list(items)),
            ExprKind::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|&(k, v)| format!("{}: {}", self.expr(k), self.expr(v))).collect();
                format!("{}{{{}}}", self.ty(e.ty), entries.join(", "))
            }
            ExprKind::Struct(id, inits) => {
                let fields = &self.program.types.structs[*id].fields;
                let inits: Vec<String> = inits
                    .iter()
                    .map(|&(field, e)| {
                        format!("{}: {}", self.names.get(fields[field as usize].0), self.expr(e))
                    })
                    .collect();
                format!("{}{{{}}}", self.struct_name(*id), inits.join(", "))
            }
            ExprKind::Call(fun, types, args) => {
                format!("{}{}({})", self.fun_name(*fun), self.type_args(types), self.list(args))
            }
            ExprKind::CallValue(callee, args) => {
                format!("call {}({})", self.expr(*callee), self.list(args))
            }
            ExprKind::Partial(callee, args) => {
                format!("partial {}({})", self.expr(*callee), self.list(args))
            }
            ExprKind::Builtin(builtin, args) => {
                format!("{builtin:?}({}): {}", self.list(args), self.ty(e.ty))
            }
            ExprKind::Runtime(index, args) => format!("runtime {index}({})", self.list(args)),
            ExprKind::Lambda(fun) => format!("lambda {}", self.fun_name(*fun)),
            ExprKind::If(cond, a, b) => {
                format!("if {} then {} else {}", self.expr(*cond), self.expr(*a), self.expr(*b))
            }
            ExprKind::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms, e.ty),
            ExprKind::Error => "error".to_string(),
        }
    }

    fn match_expr(&self, scrutinee: ExprId, arms: &[Arm], ty: Ty) -> String {
        let mut text = format!("match<{}> {} {{", self.ty(ty), self.expr(scrutinee));
        for arm in arms {
            let _ = write!(text, " {} => ", self.pattern(&arm.pattern));
            match arm.value {
                Some(value) => text.push_str(&self.expr(value)),
                None => {
                    let mut inner = Printer { program: self.program, names: self.names, out: String::new() };
                    inner.stmts(&arm.block, 0);
                    let lines: Vec<&str> = inner.out.lines().map(str::trim).collect();
                    let _ = write!(text, "{{ {} }}", lines.join("; "));
                }
            }
            text.push(',');
        }
        text.push_str(" }");
        text
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Wildcard => "_".to_string(),
            Pattern::Equal(e) => format!("== {}", self.expr(*e)),
            Pattern::None => "none".to_string(),
            Pattern::Bind(local) => self.declared(*local),
            Pattern::Variant(id, parts) if parts.is_empty() => self.struct_name(*id),
            Pattern::Variant(id, parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.pattern(part)).collect();
                format!("{}({})", self.struct_name(*id), parts.join(", "))
            }
        }
    }
}

fn conversion_name(conversion: Conversion) -> &'static str {
    match conversion {
        Conversion::Retype => "retype",
        Conversion::Widen => "widen",
        Conversion::Box => "box",
        Conversion::Unbox => "unbox",
        Conversion::Truthy => "truthy",
        Conversion::ToStr => "text",
        Conversion::AdaptFun => "adapt",
        Conversion::Cast => "cast",
    }
}
