//! Expressions and patterns.

use std::fmt::Write;

use super::Printer;
use crate::tree::*;

impl Printer<'_> {
    pub(super) fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        match &tree.exprs[id].kind {
            ExprKind::Int(value) => drop(write!(self.out, "{value}")),
            ExprKind::Float(value) => drop(write!(self.out, "{value:?}")),
            ExprKind::Str(text) => self.string(text),
            ExprKind::Bool(value) => drop(write!(self.out, "{value}")),
            ExprKind::None => self.word("none"),
            ExprKind::Name(name) => self.name(*name),
            ExprKind::Field { recv, name, .. } => self.selected("(. ", *recv, name),
            ExprKind::OptField { recv, name, .. } => self.selected("(?. ", *recv, name),
            ExprKind::Index { recv, index, .. } => self.form("index", &[*recv, *index]),
            ExprKind::OptIndex { recv, index, .. } => self.form("?index", &[*recv, *index]),
            ExprKind::Slice { recv, parts, .. } => {
                self.word("(slice ");
                self.expr(*recv);
                for part in parts {
                    self.word(" ");
                    match part {
                        Some(part) => self.expr(*part),
                        None => self.word("_"),
                    }
                }
                self.word(")");
            }
            ExprKind::Call { callee, args, .. } => {
                self.word("(call ");
                self.expr(*callee);
                self.each(args);
                self.word(")");
            }
            ExprKind::Cast { expr, ty, .. } => {
                self.word("(as ");
                self.expr(*expr);
                self.word(" ");
                self.ty(*ty);
                self.word(")");
            }
            ExprKind::Unary { op: UnaryOp::Neg, expr } => self.form("neg", &[*expr]),
            ExprKind::Unary { op: UnaryOp::Not, expr } => self.form("not", &[*expr]),
            ExprKind::Binary { op, left, right, .. } => self.form(op.text(), &[*left, *right]),
            ExprKind::Paren(inner) => self.form("paren", &[*inner]),
            ExprKind::List(items) => self.form("list", items),
            ExprKind::Map(entries) => {
                self.word("(map");
                self.entries(entries);
                self.word(")");
            }
            ExprKind::Struct { name, inits } => {
                self.word("(struct ");
                self.name(name.name);
                self.inits(inits);
                self.word(")");
            }
            ExprKind::Lambda(fun) => self.function("fun", fun),
            ExprKind::If { cond, then, otherwise } => {
                self.word("(if ");
                self.expr(*cond);
                self.each(&[*then]);
                self.each(otherwise.as_slice());
                self.word(")");
            }
            ExprKind::Match { scrutinee, arms } => {
                self.word("(match ");
                self.expr(*scrutinee);
                self.indent += 1;
                arms.iter().for_each(|arm| self.arm(arm));
                self.indent -= 1;
                self.word(")");
            }
            ExprKind::Query(query) => self.query(query),
            ExprKind::LogicQuery(pred) => {
                self.word("(query ");
                self.pred(pred);
                self.word(")");
            }
            ExprKind::Generate { target, inits } => {
                self.word("(generate ");
                self.name(target.name);
                self.inits(inits);
                self.word(")");
            }
            ExprKind::Fetch { url, with } => {
                self.word("(fetch ");
                self.expr(*url);
                self.clause("with", *with);
                self.word(")");
            }
            ExprKind::Load { path, ty, with } => {
                self.word("(load ");
                if let Some(path) = path {
                    self.string(&path.value);
                    self.word(" ");
                }
                self.word("as ");
                self.ty(*ty);
                self.clause("with", *with);
                self.word(")");
            }
            ExprKind::Save { value, path, with } => {
                self.word("(save ");
                self.expr(*value);
                if let Some(path) = path {
                    self.word(" to ");
                    self.string(&path.value);
                }
                self.clause("with", *with);
                self.word(")");
            }
            ExprKind::Error => self.word("<error>"),
        }
    }

    /// `(word a b)`.
    pub(super) fn form(&mut self, word: &str, exprs: &[ExprId]) {
        self.word("(");
        self.word(word);
        self.each(exprs);
        self.word(")");
    }

    /// Each expression with a space before it.
    pub(super) fn each(&mut self, exprs: &[ExprId]) {
        for &expr in exprs {
            self.word(" ");
            self.expr(expr);
        }
    }

    fn selected(&mut self, open: &str, recv: ExprId, name: &Ident) {
        self.word(open);
        self.expr(recv);
        self.word(" ");
        self.name(name.name);
        self.word(")");
    }

    /// ` (key value)` for each entry.
    pub(super) fn entries(&mut self, entries: &[(ExprId, ExprId)]) {
        for &(key, value) in entries {
            self.word(" (");
            self.expr(key);
            self.each(&[value]);
            self.word(")");
        }
    }

    /// ` (name value)` for each field.
    pub(super) fn inits(&mut self, inits: &[FieldInit]) {
        for init in inits {
            self.word(" (");
            self.name(init.name.name);
            self.each(&[init.value]);
            self.word(")");
        }
    }

    /// ` (word value)`, if there is a value.
    pub(super) fn clause(&mut self, word: &str, value: Option<ExprId>) {
        if let Some(value) = value {
            self.word(" ");
            self.form(word, &[value]);
        }
    }

    fn query(&mut self, query: &Query) {
        self.word("(query");
        for (var, source) in &query.sources {
            self.word(" (from ");
            self.name(var.name);
            self.each(&[*source]);
            self.word(")");
        }
        for join in &query.joins {
            self.word(match join.kind {
                JoinKind::Inner => " (join ",
                JoinKind::Left => " (left-join ",
                JoinKind::Right => " (right-join ",
                JoinKind::Outer => " (outer-join ",
            });
            self.name(join.var.name);
            self.each(&[join.source, join.cond]);
            self.word(")");
        }
        self.clause("where", query.cond);
        if let Some(group) = &query.group {
            self.word(" (group");
            self.each(&group.keys);
            self.word(" into ");
            self.name(group.var.name);
            self.clause("having", group.having);
            self.word(")");
        }
        self.clause("sort", query.sort);
        self.clause("skip", query.skip);
        self.clause("take", query.take);
        self.word(" ");
        self.form(if query.distinct { "select-distinct" } else { "select" }, &[query.select]);
        self.word(")");
    }

    fn arm(&mut self, arm: &Arm) {
        self.new_line();
        self.word("(");
        self.pattern(arm.pattern);
        match &arm.body {
            ArmBody::Expr(expr) => {
                self.word(" => ");
                self.expr(*expr);
            }
            ArmBody::Block(block) => {
                self.word(" do");
                self.body(block);
            }
        }
        self.word(")");
    }

    fn pattern(&mut self, id: PatId) {
        let tree = self.tree;
        match &tree.pats[id].kind {
            PatternKind::Literal(expr) => self.expr(*expr),
            PatternKind::Name(name) => self.name(*name),
            PatternKind::Variant(name, inner) => {
                self.name(name.name);
                self.word("(");
                for (i, &pattern) in inner.iter().enumerate() {
                    self.word(if i > 0 { ", " } else { "" });
                    self.pattern(pattern);
                }
                self.word(")");
            }
            PatternKind::Error => self.word("<error>"),
        }
    }
}
