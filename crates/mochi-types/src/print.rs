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
    let mut printer = Printer { program, names, out: String::new(), inline: None };
    for (id, fun) in program.funs.iter() {
        printer.fun(id, fun);
    }
    printer.out
}

/// Indentation stops here, so that a deep program gives text of linear size.
const MAX_INDENT: usize = 40;

struct Printer<'a> {
    program: &'a Program,
    names: &'a Interner,
    out: String,
    /// Inside an expression statements are on one line; whether the next one is the first there.
    inline: Option<bool>,
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
            FunKind::Block(_) => "block".to_string(),
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

    /// Starts the line of a statement, or what separates it from the one before.
    fn begin(&mut self, depth: usize) {
        match &mut self.inline {
            Some(first) => {
                if !std::mem::replace(first, false) {
                    self.out.push_str("; ");
                }
            }
            None => (0..depth.min(MAX_INDENT)).for_each(|_| self.out.push_str("  ")),
        }
    }

    fn end(&mut self) {
        if self.inline.is_none() {
            self.out.push('\n');
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.begin(depth);
        self.out.push_str(text);
        self.end();
    }

    fn stmts(&mut self, stmts: &[Stmt], depth: usize) {
        for stmt in stmts {
            self.stmt(stmt, depth);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match &stmt.kind {
            StmtKind::Block(body) => return self.nested("{", body, depth),
            StmtKind::Test { name, body } => return self.nested(&format!("test {name:?} {{"), body, depth),
            StmtKind::Bench { name, body } => return self.nested(&format!("bench {name:?} {{"), body, depth),
            StmtKind::Break => return self.line(depth, "break"),
            StmtKind::Continue => return self.line(depth, "continue"),
            StmtKind::Return(None) => return self.line(depth, "return"),
            _ => self.begin(depth),
        }
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                let declared = self.declared(*local);
                let _ = write!(self.out, "let {declared} = ");
                match value {
                    Some(value) => self.expr(*value),
                    None => self.out.push_str("zero"),
                }
            }
            StmtKind::Assign { place, value } => self.exprs(&["", " = "], &[*place, *value]),
            StmtKind::Expr(e) => self.expr(*e),
            StmtKind::Fun(fun) => {
                let name = self.fun_name(*fun);
                let _ = write!(self.out, "fun {name}");
            }
            StmtKind::Return(value) => self.exprs(&["return "], value.as_slice()),
            StmtKind::If { cond, then, otherwise } => {
                self.exprs(&["if ", " {"], &[*cond]);
                self.end();
                self.stmts(then, depth + 1);
                if !otherwise.is_empty() {
                    self.line(depth, "} else {");
                    self.stmts(otherwise, depth + 1);
                }
                self.begin(depth);
                self.out.push('}');
            }
            StmtKind::While { cond, body } => {
                self.exprs(&["while ", " {"], &[*cond]);
                self.body(body, depth);
            }
            StmtKind::ForRange { var, from, to, body } => {
                let var = self.declared(*var);
                let _ = write!(self.out, "for {var} in ");
                self.exprs(&["", "..", " {"], &[*from, *to]);
                self.body(body, depth);
            }
            StmtKind::ForEach { var, source, body } => {
                let var = self.declared(*var);
                let _ = write!(self.out, "for {var} in ");
                self.exprs(&["", " {"], &[*source]);
                self.body(body, depth);
            }
            StmtKind::Expect(e) => self.exprs(&["expect "], &[*e]),
            StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Block(_)
            | StmtKind::Test { .. }
            | StmtKind::Bench { .. } => unreachable!("handled above"),
        }
        self.end();
    }

    fn nested(&mut self, head: &str, body: &[Stmt], depth: usize) {
        self.begin(depth);
        self.out.push_str(head);
        self.body(body, depth);
        self.end();
    }

    /// The statements of a block after its brace, and the closing brace.
    fn body(&mut self, body: &[Stmt], depth: usize) {
        self.end();
        self.stmts(body, depth + 1);
        self.begin(depth);
        self.out.push('}');
    }

    /// Expressions, each after a text; a further text ends them.
    fn exprs(&mut self, texts: &[&str], exprs: &[ExprId]) {
        for (i, text) in texts.iter().enumerate() {
            self.out.push_str(text);
            if let Some(&e) = exprs.get(i) {
                self.expr(e);
            }
        }
    }

    /// Expressions between commas, and a closing text.
    fn list(&mut self, items: &[ExprId], close: &str) {
        for (i, &item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.expr(item);
        }
        self.out.push_str(close);
    }

    fn type_args(&self, args: &[Ty]) -> String {
        if args.is_empty() {
            return String::new();
        }
        format!("<{}>", args.iter().map(|&arg| self.ty(arg)).collect::<Vec<_>>().join(", "))
    }

    fn expr(&mut self, id: ExprId) {
        let program = self.program;
        let e = &program.exprs[id];
        match &e.kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Local(_)
            | ExprKind::Fun(..)
            | ExprKind::Lambda(_)
            | ExprKind::Error => {
                let text = self.leaf(e);
                self.out.push_str(&text);
            }
            ExprKind::BoundMethod(fun, recv) => {
                self.exprs(&["", "."], &[*recv]);
                let name = self.fun_name(*fun);
                self.out.push_str(&name);
            }
            ExprKind::Convert(inner, conversion) => {
                let head = format!("{}<{}>(", conversion_name(*conversion), self.ty(e.ty));
                self.exprs(&[&head, ")"], &[*inner]);
            }
            ExprKind::Unary(UnaryOp::Neg, inner) => self.exprs(&["-"], &[*inner]),
            ExprKind::Unary(UnaryOp::Not, inner) => self.exprs(&["!"], &[*inner]),
            ExprKind::Binary(op, a, b) => self.exprs(&["(", &format!(" {} ", op.text()), ")"], &[*a, *b]),
            ExprKind::Index(recv, index) => self.exprs(&["", "[", "]"], &[*recv, *index]),
            ExprKind::Slice(recv, parts) => {
                self.exprs(&["", "["], &[*recv]);
                for (i, part) in parts.iter().enumerate() {
                    self.exprs(&[if i > 0 { ":" } else { "" }], part.as_slice());
                }
                self.out.push(']');
            }
            ExprKind::Field(recv, field) => {
                let name = match *program.types.kind(program.exprs[*recv].ty) {
                    TyKind::Struct(id) => self.names.get(program.types.structs[id].fields[*field as usize].0),
                    TyKind::Group(..) => ["key", "items"][*field as usize],
                    _ => "?",
                };
                self.exprs(&["", ".", name], &[*recv]);
            }
            ExprKind::DynField(recv, name) => self.exprs(&["", ".?", self.names.get(*name)], &[*recv]),
            ExprKind::DynMethod(recv, name) => {
                self.exprs(&["", &format!(".?{}()", self.names.get(*name))], &[*recv]);
            }
            ExprKind::OptChain { recv, var, body } => {
                let var = format!(" as {} => ", self.local(*var));
                self.exprs(&["chain(", &var, ")"], &[*recv, *body]);
            }
            ExprKind::List(items) => {
                let head = format!("{}[", self.ty(e.ty));
                self.out.push_str(&head);
                self.list(items, "]");
            }
            ExprKind::Map(entries) => {
                let head = format!("{}{{", self.ty(e.ty));
                self.out.push_str(&head);
                for (i, &(key, value)) in entries.iter().enumerate() {
                    self.exprs(&[if i > 0 { ", " } else { "" }, ": "], &[key, value]);
                }
                self.out.push('}');
            }
            ExprKind::Struct(id, inits) => {
                let head = format!("{}{{", self.struct_name(*id));
                self.out.push_str(&head);
                for (i, &(field, value)) in inits.iter().enumerate() {
                    let name = self.names.get(program.types.structs[*id].fields[field as usize].0);
                    self.exprs(&[&format!("{}{name}: ", if i > 0 { ", " } else { "" })], &[value]);
                }
                self.out.push('}');
            }
            ExprKind::Call(fun, types, args) => {
                let head = format!("{}{}(", self.fun_name(*fun), self.type_args(types));
                self.out.push_str(&head);
                self.list(args, ")");
            }
            ExprKind::CallValue(callee, args) => {
                self.exprs(&["call ", "("], &[*callee]);
                self.list(args, ")");
            }
            ExprKind::Partial(callee, args) => {
                self.exprs(&["partial ", "("], &[*callee]);
                self.list(args, ")");
            }
            ExprKind::Builtin(builtin, args) => {
                let _ = write!(self.out, "{builtin:?}(");
                self.list(args, "): ");
                let ty = self.ty(e.ty);
                self.out.push_str(&ty);
            }
            ExprKind::Runtime(index, args) => {
                let _ = write!(self.out, "runtime {index}(");
                self.list(args, ")");
            }
            ExprKind::If(cond, a, b) => self.exprs(&["if ", " then ", " else "], &[*cond, *a, *b]),
            ExprKind::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms, e.ty),
            ExprKind::Query(query) => self.query(query, e.ty),
        }
    }

    /// An expression without parts.
    fn leaf(&self, e: &Expr) -> String {
        match &e.kind {
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::Str(text) => format!("{text:?}"),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::None => format!("none<{}>", self.ty(e.ty)),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Fun(fun, args) => format!("fun {}{}", self.fun_name(*fun), self.type_args(args)),
            ExprKind::Lambda(fun) => format!("lambda {}", self.fun_name(*fun)),
            _ => "error".to_string(),
        }
    }

    fn match_expr(&mut self, scrutinee: ExprId, arms: &[Arm], ty: Ty) {
        let head = format!("match<{}> ", self.ty(ty));
        self.exprs(&[&head, " {"], &[scrutinee]);
        for arm in arms {
            self.out.push(' ');
            self.pattern(&arm.pattern);
            self.out.push_str(" => ");
            match arm.value {
                Some(value) => self.expr(value),
                None => {
                    self.out.push_str("{ ");
                    let around = self.inline.replace(true);
                    self.stmts(&arm.block, 0);
                    self.inline = around;
                    self.out.push_str(" }");
                }
            }
            self.out.push(',');
        }
        self.out.push_str(" }");
    }

    /// A word and an expression, if there is one.
    fn clause(&mut self, word: &str, e: Option<ExprId>) {
        if let Some(e) = e {
            self.exprs(&[word], &[e]);
        }
    }

    fn query(&mut self, query: &Query, ty: Ty) {
        let head = format!("query<{}>(", self.ty(ty));
        self.out.push_str(&head);
        for (i, clause) in query.clauses.iter().enumerate() {
            self.out.push_str(match clause.kind {
                ClauseKind::From if i == 0 => "from ",
                ClauseKind::From => " from ",
                ClauseKind::Join(JoinKind::Inner, _) => " join ",
                ClauseKind::Join(JoinKind::Left, _) => " left join ",
                ClauseKind::Join(JoinKind::Right, _) => " right join ",
                ClauseKind::Join(JoinKind::Outer, _) => " outer join ",
            });
            let var = self.declared(clause.var);
            self.exprs(&[&format!("{var} in ")], &[clause.source]);
            self.clause(" on ", clause.on());
            for &(from, to) in &clause.optional {
                let (from, to) = (self.local(from), self.declared(to));
                let _ = write!(self.out, " {from} as {to}");
            }
        }
        self.clause(" where ", query.cond);
        if let Some(group) = &query.group {
            self.exprs(&[" group ", " by "], &[group.item, group.key]);
            let var = self.declared(group.var);
            let _ = write!(self.out, " into {var}");
            self.clause(" having ", group.having);
        }
        self.clause(" sort by ", query.sort);
        self.clause(" skip ", query.skip);
        self.clause(" take ", query.take);
        let select = if query.distinct { " select distinct " } else { " select " };
        self.exprs(&[select, ")"], &[query.select]);
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Wildcard => self.out.push('_'),
            Pattern::Equal(e) => self.exprs(&["== "], &[*e]),
            Pattern::None => self.out.push_str("none"),
            Pattern::Bind(local) => {
                let text = self.declared(*local);
                self.out.push_str(&text);
            }
            Pattern::Variant(id, parts) => {
                let name = self.struct_name(*id);
                self.out.push_str(&name);
                for (i, part) in parts.iter().enumerate() {
                    self.out.push_str(if i > 0 { ", " } else { "(" });
                    self.pattern(part);
                }
                if !parts.is_empty() {
                    self.out.push(')');
                }
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
