//! Arguments of built-in functions: converted to the shapes of their row, which decides what the row leaves open.

use mochi_base::diag::codes::{T007, T008, T027, T036, T037, T038, T041};
use mochi_base::{Diagnostic, Span};

use super::{Decided, Known, Row, Shape};
use crate::check::Checker;
use crate::ty::{TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// Converts an argument to its shape, deciding letters on the way.
    pub(super) fn argument(
        &mut self,
        row: &'static Row,
        shape: Shape,
        e: ExprId,
        decided: &mut Decided,
        at: Span,
        span: Span,
    ) -> ExprId {
        match shape {
            Shape::Value => {
                self.check_exists(row, e, at);
                self.as_value(e)
            }
            Shape::Int => self.fit(e, Types::INT, at),
            Shape::Float => self.fit(e, Types::FLOAT, at),
            Shape::Str => self.fit(e, Types::STR, at),
            Shape::Text => self.text_argument(e),
            Shape::A => match decided.a {
                // Found by `==`, which compares all numbers.
                Some(ty)
                    if row.builtin == Builtin::Contains
                        && self.ty(e) != self.resolve(ty)
                        && self.kind(ty).is_numeric()
                        && self.kind(self.exprs[e.0 as usize].ty).is_numeric() =>
                {
                    e
                }
                Some(ty) => {
                    let element = self.fit(e, ty, at);
                    self.check_shared_argument(e, element, span);
                    element
                }
                None => self.as_value(e),
            },
            Shape::B => match decided.b {
                Some(ty) => self.fit(e, ty, at),
                None => {
                    let ty = self.presumed(e);
                    let ty = self.widened(ty);
                    decided.b = Some(ty);
                    self.fit(e, ty, at)
                }
            },
            Shape::OptionB => self.default_argument(e, decided),
            Shape::ListA => {
                let list = self.list_argument(e, decided, at);
                self.check_text_elements(row, e, decided, at);
                self.check_shared_argument(e, list, span);
                list
            }
            Shape::Numbers | Shape::Ordered => self.number_list(row, shape, e, decided, at, span),
            Shape::MapAB => self.map_argument(e, decided, at),
            Shape::Fold => self.fold_argument(e, decided, at),
            Shape::Number => {
                let e = self.number_argument(row, e, at);
                self.check_rounded(row, e, at);
                e
            }
            Shape::AsFloat => {
                let e = self.number_argument(row, e, at);
                self.as_float(e)
            }
            Shape::Sequence | Shape::Sized | Shape::Countable | Shape::Container => {
                self.collection_argument(row, shape, e, decided, at, span)
            }
            Shape::Int64
            | Shape::Bool
            | Shape::Bigint
            | Shape::Unit
            | Shape::Any
            | Shape::OptionA
            | Shape::ListB
            | Shape::ListInt
            | Shape::ListStr
            | Shape::First
            | Shape::Rounded
            | Shape::Joined => unreachable!("a shape of results"),
        }
    }

    /// Anything, with a type that values have.
    fn as_value(&mut self, e: ExprId) -> ExprId {
        if self.ty(e) == Types::UNIT { self.boxed(e) } else { e }
    }

    fn text_argument(&mut self, e: ExprId) -> ExprId {
        let ty = self.ty(e);
        if ty == Types::STR || ty == Types::ERROR {
            return e;
        }
        let e = self.as_value(e);
        self.convert(e, Conversion::ToStr, Types::STR)
    }

    /// The second argument of `m.get(k, default)`: a value, or none.
    fn default_argument(&mut self, e: ExprId, decided: &mut Decided) -> ExprId {
        let value = decided.b.unwrap_or(Types::ANY);
        if matches!(self.exprs[e.0 as usize].kind, ExprKind::None) {
            let ty = self.types.option(value);
            decided.b = Some(ty);
            return self.coerce(e, ty).unwrap_or(e);
        }
        let found = self.ty(e);
        match self.coerce(e, value) {
            Some(e) => {
                decided.has_default = true;
                e
            }
            None if self.refute_all(&[value, found]) => self.error_expr(self.span(e)),
            None => {
                decided.b = Some(Types::ANY);
                self.boxed(e)
            }
        }
    }

    fn list_argument(&mut self, e: ExprId, decided: &mut Decided, at: Span) -> ExprId {
        let e = self.group_as_list(e);
        if let Some(elem) = decided.a {
            let ty = self.types.list(elem);
            return self.fit(e, ty, at);
        }
        let e = self.inside_argument(e, |found| T008 { expected: "a list", found }.at(at));
        let e = self.group_as_list(e);
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        match *self.types.kind(ty) {
            TyKind::List(elem) => {
                decided.a = Some(elem);
                e
            }
            _ => {
                decided.a = Some(if ty == Types::ERROR { ty } else { Types::ANY });
                let list = self.types.list(Types::ANY);
                self.fit(e, list, at)
            }
        }
    }

    /// Strict joins strings only (3.7); section 5 converts what is none.
    fn check_text_elements(&mut self, row: &Row, e: ExprId, decided: &Decided, at: Span) {
        let elem = self.resolve(decided.a.unwrap_or(Types::ERROR));
        if row.builtin == Builtin::Join
            && !matches!(elem, Types::STR | Types::ANY | Types::ERROR)
            && !self.is_free(elem)
        {
            let (expected, found) = ("list<string>", self.ty(e));
            self.type_lint([found], |[found]| T008 { expected, found }.at(at));
        }
    }

    /// Strict rounds floats only (3.7); section 5 says what becomes of others.
    fn check_rounded(&mut self, row: &Row, e: ExprId, at: Span) {
        let ty = self.ty(e);
        if row.builtin == Builtin::Round
            && !matches!(ty, Types::FLOAT | Types::ANY | Types::ERROR)
            && !self.is_free(ty)
        {
            self.type_lint([ty], |[found]| T008 { expected: "float", found }.at(at));
        }
    }

    /// Strict asks whether something exists of collections only (3.7); of others nothing does.
    fn check_exists(&mut self, row: &Row, e: ExprId, at: Span) {
        let ty = self.ty(e);
        let countable = match self.types.kind(ty) {
            TyKind::Any if self.is_none(e) => false,
            TyKind::Any
            | TyKind::List(_)
            | TyKind::Map(..)
            | TyKind::Str
            | TyKind::Group(..)
            | TyKind::Error => true,
            _ => false,
        };
        if row.builtin == Builtin::Exists && !countable && !self.is_free(ty) {
            let expected = "a list, map, string or group";
            self.type_lint([ty], |[found]| T007 { name: row.name, expected, found }.at(at));
        }
    }

    /// An argument that is stored or passed on as a collection of other elements (T052).
    fn check_shared_argument(&mut self, e: ExprId, fitting: ExprId, span: Span) {
        if fitting != e && self.lints() {
            self.check_sharing(e, fitting, span);
        }
    }

    fn map_argument(&mut self, e: ExprId, decided: &mut Decided, at: Span) -> ExprId {
        let e = self.inside_argument(e, |found| T008 { expected: "a map", found }.at(at));
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        if let TyKind::Map(key, value) = *self.types.kind(ty) {
            (decided.a, decided.b) = (Some(key), Some(value));
            return e;
        }
        let part = if ty == Types::ERROR { ty } else { Types::ANY };
        (decided.a, decided.b) = (Some(part), Some(part));
        let map = self.types.map(Types::ANY, Types::ANY);
        self.fit(e, map, at)
    }

    fn fold_argument(&mut self, e: ExprId, decided: &mut Decided, at: Span) -> ExprId {
        let a = decided.a.unwrap_or(Types::ANY);
        let b = match (decided.b, self.kind(self.exprs[e.0 as usize].ty)) {
            (Some(b), _) => b,
            // A constructor gives a variant, but what it is given is any of the union.
            (None, &TyKind::Fun(_, result)) => self.widened(result),
            (None, _) => Types::ANY,
        };
        decided.b = Some(b);
        let ty = self.types.fun(vec![b, a], b);
        self.fit(e, ty, at)
    }

    /// A list of numbers (or strings) for `sum` and the like. Options inside are read as what they hold.
    fn number_list(
        &mut self,
        row: &'static Row,
        shape: Shape,
        e: ExprId,
        decided: &mut Decided,
        at: Span,
        span: Span,
    ) -> ExprId {
        let e = self.inside_argument(e, |found| wrong_operand(row, found, span));
        if self.is_none(e) {
            self.lint(wrong_operand(row, "none".to_string(), span));
            decided.a = Some(Types::ANY);
            let list = self.types.list(Types::ANY);
            return self.coerce(e, list).unwrap_or_else(|| self.error_expr(at));
        }
        let e = self.group_as_list(e);
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        if !matches!(self.types.kind(ty), TyKind::List(_) | TyKind::Any | TyKind::Error) {
            self.type_error([ty], |[found]| wrong_operand(row, found, span));
            return self.error_expr(at);
        }
        let e = self.list_argument(e, decided, at);
        let elem = self.known_now(decided.a.unwrap_or(Types::ERROR));
        let inner = match *self.types.kind(elem) {
            TyKind::Option(inner) if !self.strict() => self.resolve(inner),
            _ => elem,
        };
        decided.a = Some(inner);
        let kind = self.types.kind(inner);
        let fine = match kind {
            TyKind::Any | TyKind::Error => true,
            TyKind::Bool => shape == Shape::Numbers,
            TyKind::Str => shape == Shape::Ordered,
            _ => kind.is_numeric() || self.is_own_param(inner),
        };
        if !fine {
            let list = self.ty(e);
            self.type_error([list], |[found]| wrong_operand(row, found, span));
            return self.error_expr(at);
        }
        if inner == Types::BOOL {
            decided.a = Some(Types::INT);
        }
        if inner != elem {
            // Summed with what is absent left out.
            if row.result == Shape::A {
                decided.unboxed = Some(inner);
            }
            decided.a = Some(Types::ANY);
            let list = self.types.list(Types::ANY);
            return self.fit(e, list, at);
        }
        e
    }

    fn number_argument(&mut self, row: &'static Row, e: ExprId, at: Span) -> ExprId {
        let e = self.inside_argument(e, |found| T007 { name: row.name, expected: "a number", found }.at(at));
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        if self.is_none(e) {
            self.lint(T007 { name: row.name, expected: "a number", found: "none" }.at(at));
        }
        let kind = self.types.kind(ty);
        if kind.is_numeric() || matches!(kind, TyKind::Any | TyKind::Error) || self.is_own_param(ty) {
            return e;
        }
        self.type_error([ty], |[found]| T007 { name: row.name, expected: "a number", found }.at(at));
        self.error_expr(at)
    }

    pub(super) fn as_float(&mut self, e: ExprId) -> ExprId {
        let conversion = match self.ty(e) {
            Types::FLOAT | Types::ERROR => return e,
            Types::INT | Types::INT64 => Conversion::Widen,
            _ => Conversion::Cast,
        };
        self.convert(e, conversion, Types::FLOAT)
    }

    fn collection_argument(
        &mut self,
        row: &'static Row,
        shape: Shape,
        e: ExprId,
        decided: &mut Decided,
        at: Span,
        span: Span,
    ) -> ExprId {
        let e = self.inside_argument(e, |found| wrong_collection(row, shape, found, at, span));
        let e = self.group_as_list(e);
        if self.is_none(e) {
            self.lint(wrong_collection(row, shape, "none".to_string(), at, span));
            return e;
        }
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        let (list, map, text, structs) = match *self.types.kind(ty) {
            TyKind::Any if shape == Shape::Sized => {
                self.type_lint([ty], |[found]| wrong_operand(row, found, span));
                return e;
            }
            TyKind::Any | TyKind::Error => return e,
            TyKind::List(elem) => {
                decided.a = Some(elem);
                (true, false, false, false)
            }
            TyKind::Map(key, _) => {
                decided.a = Some(key);
                (false, true, false, false)
            }
            TyKind::Str => {
                decided.a = Some(Types::STR);
                (false, false, true, false)
            }
            TyKind::Struct(_) | TyKind::Union(_) => (false, false, false, true),
            _ => (false, false, false, false),
        };
        let fine = match shape {
            Shape::Sequence => list || text,
            Shape::Container => {
                if list || map {
                    // Strict knows it for strings only (3.7).
                    self.type_lint([ty], |[found]| match row.known {
                        Known::Method => T027 { name: row.name, ty: found }.at(span),
                        _ => T008 { expected: "string", found }.at(at),
                    });
                }
                list || map || text
            }
            Shape::Countable => list || !self.strict() && (map || text),
            _ => list || map || text || structs && !self.strict(),
        };
        if fine {
            return e;
        }
        self.type_error([ty], |[found]| wrong_collection(row, shape, found, at, span));
        self.error_expr(at)
    }

    /// An optional argument as the value inside (L15), with a lint that strict makes an error.
    fn inside_argument(&mut self, e: ExprId, make: impl FnOnce(String) -> Diagnostic) -> ExprId {
        let plain = self.unwrapped(e);
        if self.is_loose_use(e, plain) {
            let found = self.ty(e);
            self.type_lint([found], |[found]| make(found));
        }
        plain
    }
}

/// The diagnostic of a function of collections about another argument.
fn wrong_collection(row: &Row, shape: Shape, found: String, at: Span, span: Span) -> Diagnostic {
    match shape {
        Shape::Sized | Shape::Countable => wrong_operand(row, found, span),
        Shape::Sequence => T007 { name: row.name, expected: "a list or string", found }.at(at),
        _ => T007 { name: row.name, expected: "a list, map or string", found }.at(at),
    }
}

/// The diagnostic of a function with one of its own.
fn wrong_operand(row: &Row, found: String, at: Span) -> Diagnostic {
    match row.builtin {
        Builtin::Len => T036 { found }.at(at),
        Builtin::Count => T037 { found }.at(at),
        Builtin::Avg => T038 { found }.at(at),
        Builtin::Sum => T041 { found }.at(at),
        _ => T007 { name: row.name, expected: "a list of numbers or strings", found }.at(at),
    }
}
