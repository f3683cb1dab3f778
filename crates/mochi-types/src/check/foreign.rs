//! Foreign modules: what a program says of their symbols, and uses of them (6.2).
//!
//! A call is one of the library function behind the symbol, between conversions from and to the types that the program
//! declared. As a value, a symbol is a function made for the place.

use std::rc::Rc;

use mochi_base::diag::codes::{M009, M012, M013, T006};
use mochi_base::suggest::closest;
use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, Extern, StmtKind as Written};

use super::Checker;
use super::packages::Module;
use crate::foreign::{self, Kind, MODULES, Meaning, SymbolId};
use crate::ty::{Ty, Types};
use crate::typed::*;

/// A symbol with the types that the program sees.
#[derive(Clone)]
pub(super) enum Foreign {
    Function {
        id: SymbolId,
        params: Rc<[Ty]>,
        result: Ty,
        /// Not declared by the program: ints go where floats are wanted.
        auto: bool,
    },
    Constant {
        id: SymbolId,
        ty: Ty,
    },
}

/// A foreign module under the name that a program gives it.
#[derive(Clone, Copy)]
pub(super) struct ForeignImport {
    pub module: u8,
    pub alias: Name,
    /// Symbols need no declaration.
    pub auto: bool,
}

impl<'a> Checker<'a> {
    /// The types, values and functions that a package declares with `extern`.
    pub(super) fn declare_externs(&mut self, top: &[tree::StmtId]) {
        let tree = self.tree;
        for &stmt in top {
            let Written::Extern(decl) = &tree.stmts[stmt].kind else { continue };
            match &**decl {
                // Checked before.
                Extern::Type(_) => {}
                Extern::Object(name) => {
                    let text = self.names.get(name.name).to_string();
                    self.report(M012 { name: text }.at(tree.stmts[stmt].span));
                }
                Extern::Var { path, ty } => {
                    let ty = self.written_type(*ty);
                    self.declare_extern(path, None, ty);
                }
                Extern::Fun { path, params, result } => {
                    let params = params.iter().map(|param| match param.ty {
                        Some(ty) => self.written_type(ty),
                        None => Types::ANY,
                    });
                    let params = params.collect();
                    let result = result.map_or(Types::ANY, |result| self.written_type(result));
                    self.declare_extern(path, Some(params), result);
                }
            }
        }
    }

    fn declare_extern(&mut self, path: &[tree::Ident], params: Option<Rc<[Ty]>>, ty: Ty) {
        let Some(&first) = path.first() else { return };
        let span = path.last().map_or(first.span, |last| first.span.to(last.span));
        let module = self.module_at(first.name, first.span.lo);
        let (import, symbol) = match (module, path) {
            (Some(Module::Foreign(import)), &[_, symbol]) => (import, symbol),
            (Some(Module::Missing), _) => return,
            _ => {
                let name: Vec<&str> = path.iter().map(|part| self.names.get(part.name)).collect();
                let name = name.join(".");
                let help = "Only symbols of an imported foreign module can be declared: `extern fun math.sqrt(...)`.";
                return self.report(M009 { name, help }.at(span));
            }
        };
        let key = (import.alias, symbol.name);
        let text = self.names.get(symbol.name).to_string();
        let mut found = None;
        for id in foreign::symbols(import.module, &text) {
            let fits = match (id.get().meaning, &params) {
                (Meaning::Function { params: takes, .. }, Some(given)) => takes.len() == given.len(),
                (Meaning::Float(_) | Meaning::Int(_), None) => true,
                _ => false,
            };
            if fits || found.is_none() {
                found = Some((id, fits));
            }
        }
        let Some((id, fits)) = found else { return self.no_symbol(import, &text, span) };
        if !fits || !self.extern_fits(id, params.as_deref(), ty) {
            let declared = self.show_symbol(id);
            self.report(M013 { name: text, declared }.at(span));
        }
        let foreign = match params {
            Some(params) => Foreign::Function { id, params, result: ty, auto: false },
            None => Foreign::Constant { id, ty },
        };
        self.declared.externs.insert(key, foreign);
    }

    /// Whether values of declared types become those of a symbol, and its result the declared one.
    fn extern_fits(&mut self, id: SymbolId, given: Option<&[Ty]>, result: Ty) -> bool {
        let mut pairs = Vec::new();
        match id.get().meaning {
            Meaning::Function { params, result: gives, .. } => {
                pairs.extend(given.unwrap_or_default().iter().copied().zip(params.iter().copied()));
                pairs.push((result, gives));
            }
            Meaning::Float(_) => pairs.push((result, Kind::Float)),
            Meaning::Int(_) => pairs.push((result, Kind::Int)),
        }
        pairs.into_iter().all(|(declared, kind)| {
            let own = self.kind_type(kind);
            let numbers = self.types.kind(declared).is_numeric() && self.types.kind(own).is_numeric();
            let lists = kind == Kind::Strs && declared == self.types.list(Types::ANY);
            matches!(declared, Types::ANY | Types::ERROR) || declared == own || numbers || lists
        })
    }

    fn kind_type(&mut self, kind: Kind) -> Ty {
        match kind {
            Kind::Int => Types::INT,
            Kind::Float => Types::FLOAT,
            Kind::Bool => Types::BOOL,
            Kind::Str => Types::STR,
            Kind::Strs => self.types.list(Types::STR),
        }
    }

    /// A symbol as a declaration would write it.
    fn show_symbol(&mut self, id: SymbolId) -> String {
        let symbol = id.get();
        match symbol.meaning {
            Meaning::Float(_) => format!("let {}: float", symbol.name),
            Meaning::Int(_) => format!("let {}: int", symbol.name),
            Meaning::Function { params, result, .. } => {
                let types: Vec<Ty> = params.iter().map(|&kind| self.kind_type(kind)).collect();
                let shown: Vec<String> =
                    types.iter().zip('a'..).map(|(&ty, name)| format!("{name}: {}", self.show(ty))).collect();
                let result = self.kind_type(result);
                format!("fun {}({}): {}", symbol.name, shown.join(", "), self.show(result))
            }
        }
    }

    #[cold]
    fn no_symbol(&mut self, import: ForeignImport, name: &str, span: Span) {
        let module = &MODULES[import.module as usize];
        let help = match closest(name, module.symbols.iter().map(|symbol| symbol.name)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "See docs/language.md for what is built in.".into(),
        };
        let name = format!("{}.{name}", self.names.get(import.alias));
        self.report(M009 { name, help }.at(span));
    }

    /// `module.name`, for a call with so many arguments where it is one.
    fn symbol(
        &mut self,
        import: ForeignImport,
        name: tree::Ident,
        args: Option<usize>,
        span: Span,
    ) -> Option<Foreign> {
        if let Some(foreign) = self.declared.externs.get(&(import.alias, name.name)) {
            return Some(foreign.clone());
        }
        let text = self.names.get(name.name).to_string();
        let mut found = None;
        for id in foreign::symbols(import.module, &text) {
            let exact = match id.get().meaning {
                Meaning::Function { params, .. } => Some(params.len()) == args,
                Meaning::Float(_) | Meaning::Int(_) => true,
            };
            if exact || found.is_none() {
                found = Some(id);
            }
        }
        let Some(id) = found else {
            self.no_symbol(import, &text, span);
            return None;
        };
        if !import.auto {
            let alias = self.names.get(import.alias);
            let name = format!("{alias}.{text}");
            let shown = self.show_symbol(id).replacen(&text, &name, 1);
            let help = format!("Declare it: `extern {shown}`; or import the module with `auto`.");
            self.report(M009 { name, help }.at(span));
            return None;
        }
        Some(match id.get().meaning {
            Meaning::Function { params, result, .. } => {
                let params = params.iter().map(|&kind| self.kind_type(kind)).collect();
                Foreign::Function { id, params, result: self.kind_type(result), auto: true }
            }
            Meaning::Float(_) => Foreign::Constant { id, ty: Types::FLOAT },
            Meaning::Int(_) => Foreign::Constant { id, ty: Types::INT },
        })
    }

    /// `module.name` as a value.
    pub(super) fn foreign_value(&mut self, import: ForeignImport, name: tree::Ident, span: Span) -> ExprId {
        match self.symbol(import, name, None, span) {
            Some(Foreign::Constant { id, ty }) => self.symbol_constant(id, ty, span),
            Some(Foreign::Function { id, params, result, .. }) => {
                self.symbol_value(id, &params, result, span)
            }
            None => self.error_expr(span),
        }
    }

    fn symbol_constant(&mut self, id: SymbolId, ty: Ty, span: Span) -> ExprId {
        let e = match id.get().meaning {
            Meaning::Float(value) => self.push(ExprKind::Float(value), Types::FLOAT, span),
            Meaning::Int(value) => self.push(ExprKind::Int(value), Types::INT, span),
            Meaning::Function { .. } => self.error_expr(span),
        };
        self.cast_to(e, ty, span, span)
    }

    /// A symbol's function as a value: a new function around its call.
    fn symbol_value(&mut self, id: SymbolId, params: &[Ty], result: Ty, span: Span) -> ExprId {
        let name = self.names.intern(id.get().name);
        let fun = self
            .made_function(name, params, result, span, |this, args| this.symbol_call(id, args, result, span));
        let ty = self.types.fun(params.to_vec(), result);
        self.push(ExprKind::Fun(fun, Vec::new()), ty, span)
    }

    /// The call of a library function; arguments and result are converted.
    fn symbol_call(&mut self, id: SymbolId, args: Vec<ExprId>, result: Ty, span: Span) -> ExprId {
        let Meaning::Function { params, result: gives, .. } = id.get().meaning else {
            return self.error_expr(span);
        };
        let mut typed = Vec::with_capacity(args.len());
        for (arg, &kind) in args.into_iter().zip(params) {
            let ty = self.kind_type(kind);
            typed.push(self.cast_to(arg, ty, span, span));
        }
        let ty = self.kind_type(gives);
        let call = self.push(ExprKind::Builtin(Builtin::Foreign(id), typed), ty, span);
        self.cast_to(call, result, span, span)
    }

    /// `module.name(args)`.
    pub(super) fn call_foreign(
        &mut self,
        import: ForeignImport,
        name: tree::Ident,
        args: &[tree::ExprId],
        span: Span,
    ) -> ExprId {
        let (id, params, result, auto) = match self.symbol(import, name, Some(args.len()), span) {
            Some(Foreign::Function { id, params, result, auto }) => (id, params, result, auto),
            Some(Foreign::Constant { id, ty }) => {
                let callee = self.symbol_constant(id, ty, span);
                return self.call_value(callee, args, span);
            }
            None => {
                self.silent_args(args);
                return self.error_expr(span);
            }
        };
        if args.len() > params.len() {
            let (expected, found) = (params.len(), args.len());
            self.report(T006 { name: id.get().name, expected, found }.at(span));
            self.silent_args(args);
            return self.error_expr(span);
        }
        let mut typed = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(params.iter()) {
            typed.push(self.foreign_arg(arg, param, auto, span));
        }
        if typed.len() < params.len() {
            let callee = self.symbol_value(id, &params, result, span);
            return self.partial(callee, typed, &params, result, span);
        }
        self.symbol_call(id, typed, result, span)
    }

    /// An argument. What a program did not declare it cannot know to want a float: an int, or an `any`, will do.
    fn foreign_arg(&mut self, arg: tree::ExprId, param: Ty, auto: bool, span: Span) -> ExprId {
        if !auto || param != Types::FLOAT {
            return self.value_for(arg, param, span);
        }
        let e = self.expr(arg, None);
        let plain = self.unwrapped(e);
        let ty = self.ty(plain);
        let loose = ty == Types::ANY || self.types.kind(ty).is_numeric();
        if loose { self.cast_to(plain, param, span, span) } else { self.coerced_value(e, param, arg) }
    }

    /// A checked argument as a parameter's type.
    fn coerced_value(&mut self, e: ExprId, param: Ty, arg: tree::ExprId) -> ExprId {
        let at = self.tree.exprs[arg].span;
        self.fit_or(e, param, at, |[expected, found]| {
            mochi_base::diag::codes::T008 { expected, found }.at(at)
        })
    }
}
