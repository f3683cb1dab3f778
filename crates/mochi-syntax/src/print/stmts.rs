//! Statements and declarations.

use super::Printer;
use crate::tree::*;

impl Printer<'_> {
    pub(super) fn stmt(&mut self, id: StmtId) {
        let tree = self.tree;
        match &tree.stmts[id].kind {
            StmtKind::Let(decl) => {
                self.word(match (decl.export, decl.mutable) {
                    (false, false) => "(let ",
                    (false, true) => "(var ",
                    (true, false) => "(export let ",
                    (true, true) => "(export var ",
                });
                self.name(decl.name.name);
                self.annotation(decl.ty);
                self.each(decl.value.as_slice());
                self.word(")");
            }
            StmtKind::Assign { place, value } => self.form("=", &[*place, *value]),
            StmtKind::Fun(fun) => self.function(if fun.export { "export fun" } else { "fun" }, fun),
            StmtKind::Intent(fun) => self.function("intent", fun),
            StmtKind::Return(value) => self.form("return", value.as_slice()),
            StmtKind::If { cond, then, otherwise } => {
                self.word("(if ");
                self.expr(*cond);
                self.labelled_body("(then", then);
                if let Some(block) = otherwise {
                    self.labelled_body("(else", block);
                }
                self.word(")");
            }
            StmtKind::While { cond, body } => {
                self.word("(while ");
                self.expr(*cond);
                self.body(body);
                self.word(")");
            }
            StmtKind::For { var, source, body } => {
                self.word("(for ");
                self.name(var.name);
                self.word(" ");
                match source {
                    ForSource::Range(from, to) => self.form("range", &[*from, *to]),
                    ForSource::Each(source) => self.expr(*source),
                }
                self.body(body);
                self.word(")");
            }
            StmtKind::Break => self.word("(break)"),
            StmtKind::Continue => self.word("(continue)"),
            StmtKind::Expr(expr) => self.expr(*expr),
            StmtKind::Test { name, body } => self.named_body("(test ", name, body),
            StmtKind::Bench { name, body } => self.named_body("(bench ", name, body),
            StmtKind::Expect(expr) => self.form("expect", &[*expr]),
            StmtKind::Type(decl) => self.type_decl(decl),
            StmtKind::Import(import) => self.import(import),
            StmtKind::Extern(decl) => self.extern_decl(decl),
            StmtKind::Update { target, set, cond } => {
                self.word("(update ");
                self.name(target.name);
                self.entries(set);
                self.clause("where", *cond);
                self.word(")");
            }
            StmtKind::Fetch { url, into, with } => {
                self.word("(fetch ");
                self.expr(*url);
                self.word(" into ");
                self.name(into.name);
                self.clause("with", *with);
                self.word(")");
            }
            StmtKind::Stream { name, fields, export } => {
                self.word(if *export { "(export stream " } else { "(stream " });
                self.name(name.name);
                self.word("(");
                self.field_decls(fields);
                self.word("))");
            }
            StmtKind::On { stream, alias, body } => {
                self.word("(on ");
                self.idents(&[*stream, *alias], " as ");
                self.body(body);
                self.word(")");
            }
            StmtKind::Emit { stream, inits } => {
                self.word("(emit ");
                self.name(stream.name);
                self.inits(inits);
                self.word(")");
            }
            StmtKind::Agent { name, body, export } => {
                self.word(if *export { "(export agent " } else { "(agent " });
                self.name(name.name);
                self.body(body);
                self.word(")");
            }
            StmtKind::Model { name, settings } => {
                self.word("(model ");
                self.name(name.name);
                self.inits(settings);
                self.word(")");
            }
            StmtKind::Fact(pred) => {
                self.word("(fact ");
                self.pred(pred);
                self.word(")");
            }
            StmtKind::Rule { head, conds } => {
                self.word("(rule ");
                self.pred(head);
                for cond in conds {
                    self.word(" ");
                    match cond {
                        Cond::Pred(pred) => self.pred(pred),
                        Cond::NotEqual(left, right) => {
                            self.word("(!= ");
                            self.idents(&[*left, *right], " ");
                            self.word(")");
                        }
                    }
                }
                self.word(")");
            }
            StmtKind::Error => self.word("<error>"),
        }
    }

    fn named_body(&mut self, open: &str, name: &StrLit, body: &Block) {
        self.word(open);
        self.string(&name.value);
        self.body(body);
        self.word(")");
    }

    fn type_decl(&mut self, decl: &TypeDecl) {
        self.word(if decl.export { "(export type " } else { "(type " });
        self.name(decl.name.name);
        if !decl.doc.is_empty() {
            self.word(" doc ");
            self.string(&decl.doc);
        }
        match &decl.body {
            TypeBody::Alias(ty) => {
                self.word(" = ");
                self.ty(*ty);
            }
            TypeBody::Struct { fields, methods } => {
                self.word(" {");
                self.field_decls(fields);
                self.word("}");
                self.indent += 1;
                for method in methods {
                    self.new_line();
                    self.function("method", method);
                }
                self.indent -= 1;
            }
            TypeBody::Union(variants) => {
                for variant in variants {
                    self.word(" | ");
                    self.name(variant.name.name);
                    if !variant.fields.is_empty() {
                        self.word("(");
                        self.field_decls(&variant.fields);
                        self.word(")");
                    }
                }
            }
        }
        self.word(")");
    }

    fn import(&mut self, import: &Import) {
        self.word("(import ");
        if let Some(lang) = import.lang {
            self.name(lang.name);
            self.word(" ");
        }
        self.string(&import.path.value);
        if let Some(alias) = import.alias {
            self.word(" as ");
            self.name(alias.name);
        }
        self.word(if import.auto { " auto)" } else { ")" });
    }

    fn extern_decl(&mut self, decl: &Extern) {
        match decl {
            Extern::Type(name) => {
                self.word("(extern type ");
                self.name(name.name);
            }
            Extern::Object(name) => {
                self.word("(extern object ");
                self.name(name.name);
            }
            Extern::Var { path, ty } => {
                self.word("(extern var ");
                self.idents(path, ".");
                self.annotation(Some(*ty));
            }
            Extern::Fun { path, params, result } => {
                self.word("(extern fun ");
                self.idents(path, ".");
                self.params(params);
                self.annotation(*result);
            }
        }
        self.word(")");
    }

    pub(super) fn pred(&mut self, pred: &Pred) {
        self.word("(");
        self.name(pred.name.name);
        for term in &pred.terms {
            self.word(" ");
            match term {
                Term::Var(name) => self.name(name.name),
                Term::Str(text) => self.string(&text.value),
                Term::Int(value, _) => self.word(&value.to_string()),
            }
        }
        self.word(")");
    }
}
