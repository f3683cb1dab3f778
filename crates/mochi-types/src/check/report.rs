//! Reporting: errors, lints, and errors about types, which first look for a wrong guess of ours.

use mochi_base::diag::codes::{T005, T008, T052};
use mochi_base::{Code, Diagnostic, Severity, Sink, Span};
use mochi_syntax::tree;

use super::Checker;
use crate::show;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::{Conversion, ExprId, ExprKind};

/// Errors beyond are not kept, nor warnings: nobody reads them, and their texts take time.
const MAX_REPORTS: usize = 1000;

/// Diagnostics in the order found.
#[derive(Default)]
pub(super) struct Reports {
    list: Vec<Diagnostic>,
    warnings: usize,
    cut: bool,
    suggestions: u32,
}

impl Reports {
    pub fn len(&self) -> usize {
        self.list.len()
    }
    pub fn truncate(&mut self, len: usize) {
        self.warnings -=
            self.list.drain(len.min(self.list.len())..).filter(|d| d.severity == Severity::Warning).count();
    }
    /// Whether there is room for one more. Many warnings must not hide an error.
    fn has_room(&mut self, severity: Severity) -> bool {
        let kept = match severity {
            Severity::Error => self.list.len() - self.warnings,
            Severity::Warning => self.warnings,
        };
        self.cut |= kept >= MAX_REPORTS;
        kept < MAX_REPORTS
    }
    /// Whether a misspelt name is still worth a search for similar ones.
    pub fn may_suggest(&mut self) -> bool {
        const MOST: u32 = 50;
        self.suggestions += 1;
        self.suggestions <= MOST
    }
}

impl Checker<'_> {
    /// Reports.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.reports.has_room(diagnostic.severity) {
            self.reports.warnings += usize::from(diagnostic.severity == Severity::Warning);
            self.reports.list.push(diagnostic);
        }
    }

    /// Whether [`lint`](Self::lint) will do anything.
    #[inline]
    pub(super) fn lints(&self) -> bool {
        self.options.strict || self.options.lints
    }

    /// Reports what only the strict profile refuses.
    pub(super) fn lint(&mut self, diagnostic: Diagnostic) {
        if self.options.strict {
            self.report(diagnostic);
        } else if self.options.lints {
            self.report(diagnostic.warning());
        }
    }

    /// Reports a diagnostic about some types, unless one of them is a guess, which is then refuted.
    pub(super) fn type_error<const N: usize>(
        &mut self,
        types: [Ty; N],
        make: impl FnOnce([String; N]) -> Diagnostic,
    ) {
        if types.iter().any(|&ty| self.resolve(ty) == Types::ERROR) || self.refute_all(&types) {
            return;
        }
        let texts = types.map(|ty| self.show(ty));
        self.report(make(texts));
    }

    /// The same for what only the strict profile refuses; in the lenient one, guesses stay.
    pub(super) fn type_lint<const N: usize>(
        &mut self,
        types: [Ty; N],
        make: impl FnOnce([String; N]) -> Diagnostic,
    ) {
        if self.strict() {
            self.type_error(types, make);
        } else if self.options.lints && self.reports.has_room(Severity::Warning) {
            let texts = types.map(|ty| self.show(ty));
            self.report(make(texts).warning());
        }
    }

    /// A type in the syntax of the language.
    pub(super) fn show(&mut self, ty: Ty) -> String {
        let ty = self.final_type(ty);
        show::show_type(&self.types, self.names, ty)
    }

    /// The expression as a value of a type, or T008 at `at`.
    #[inline]
    pub(super) fn fit(&mut self, e: ExprId, expected: Ty, at: Span) -> ExprId {
        self.fit_or(e, expected, at, |[expected, found]| T008 { expected, found }.at(at))
    }

    /// The expression as a value of a type, or the diagnostic that is made of expected and found type.
    #[inline]
    pub(super) fn fit_or(
        &mut self,
        e: ExprId,
        expected: Ty,
        at: Span,
        make: impl FnOnce([String; 2]) -> Diagnostic,
    ) -> ExprId {
        if self.exprs[e.0 as usize].ty == expected && !self.options.lints {
            return e;
        }
        self.fit_other(e, expected, at, make)
    }

    /// Whether strict takes a value for an `any` of which we know more: the result of a function that declares none.
    pub(super) fn is_any_in_strict(&self, e: ExprId) -> bool {
        match self.exprs[e.0 as usize].kind {
            ExprKind::Call(fun, ..) => !self.strict() && self.signatures[fun.0 as usize].inferred,
            _ => false,
        }
    }

    /// The same where the two types only have to unify (3.3): an `any` is checked when the program runs.
    pub(super) fn unified_or(
        &mut self,
        e: ExprId,
        expected: Ty,
        at: Span,
        make: impl FnOnce([String; 2]) -> Diagnostic,
    ) -> ExprId {
        let wanted = self.resolve(expected);
        if self.ty(e) == Types::ANY && !self.is_none(e) && self.free_var(wanted).is_none() {
            return if wanted == Types::ANY { e } else { self.convert(e, Conversion::Unbox, wanted) };
        }
        if let TyKind::Option(_) = self.types.kind(self.ty(e)) {
            return self.fit_or(e, expected, at, make);
        }
        match self.coerce_operand(e, expected) {
            Some(e) => e,
            None => self.fit_or(e, expected, at, make),
        }
    }

    /// An index, bound or number of rows: any whole number that fits an int, or the diagnostic.
    #[inline]
    pub(super) fn int_or(
        &mut self,
        e: ExprId,
        at: Span,
        make: impl FnOnce([String; 2]) -> Diagnostic,
    ) -> ExprId {
        match self.ty(e) {
            Types::INT => e,
            Types::INT64 => self.convert(e, Conversion::Retype, Types::INT),
            Types::BIGINT => self.convert(e, Conversion::Cast, Types::INT),
            _ => self.unified_or(e, Types::INT, at, make),
        }
    }

    fn fit_other(
        &mut self,
        e: ExprId,
        expected: Ty,
        at: Span,
        make: impl FnOnce([String; 2]) -> Diagnostic,
    ) -> ExprId {
        let found = self.exprs[e.0 as usize].ty;
        let is_none = matches!(self.exprs[e.0 as usize].kind, ExprKind::None);
        // The type of `none` is no help to anybody.
        let make = |[expected, found]: [String; 2]| {
            make([expected, if is_none { "none".to_string() } else { found }])
        };
        self.loose = false;
        let any = self.options.lints && self.is_any_in_strict(e) && self.resolve(expected) != Types::ANY;
        let found = if any { Types::ANY } else { found };
        match self.coerce(e, expected) {
            Some(e) => {
                if (self.loose || any) && self.options.lints {
                    self.type_lint([expected, found], make);
                }
                e
            }
            None => {
                self.type_error([expected, found], make);
                self.error_expr(at)
            }
        }
    }

    /// Checks an expression that goes to a place of a known type.
    #[inline]
    pub(super) fn value_of_type(&mut self, id: tree::ExprId, expected: Ty) -> ExprId {
        self.value_for(id, expected, self.tree.exprs[id].span)
    }

    /// The same, for a place that belongs to the statement or call at `site`.
    pub(super) fn value_for(&mut self, id: tree::ExprId, expected: Ty, site: Span) -> ExprId {
        let e = self.expr(id, Some(expected));
        let fitting = self.fit(e, expected, self.tree.exprs[id].span);
        if fitting != e && self.lints() {
            self.check_sharing(e, fitting, site);
        }
        fitting
    }

    /// An existing collection in a place of another element type (T052, strict): two names for one object.
    #[inline(never)]
    pub(super) fn check_sharing(&mut self, e: ExprId, fitting: ExprId, site: Span) {
        let existing = matches!(
            self.exprs[e.0 as usize].kind,
            ExprKind::Local(_) | ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::DynField(..)
        );
        let (from, to) = (self.ty(e), self.ty(fitting));
        let same_kind = matches!(
            (self.types.kind(from), self.types.kind(to)),
            (TyKind::List(_), TyKind::List(_)) | (TyKind::Map(..), TyKind::Map(..))
        );
        if existing && same_kind {
            // A warning is about what strict would see, which guesses nothing.
            let from = if self.strict() { from } else { self.type_in_strict(from) };
            self.type_lint([to, from], |[expected, found]| T052 { expected, found }.at(site));
        }
    }

    pub(super) fn untyped_method_param(&mut self, param: &tree::Param) {
        let name = self.names.get(param.name.name).to_string();
        self.report(T005 { name }.at(param.name.span));
    }

    /// Hands the diagnostics over in the order of the source; those about names of types (T025) come last (3.4). In
    /// the strict profile a top-level statement ends with its first error.
    pub(super) fn deliver(&mut self, sink: &mut Sink) {
        let stmts = &self.tree.body.stmts;
        let statements: Vec<u32> = stmts.iter().map(|&stmt| self.tree.stmts[stmt].span.lo).collect();
        let statement = |d: &Diagnostic| statements.partition_point(|&lo| lo <= d.span.lo);
        // Types are checked before all other statements.
        let of_type = |statement: usize| {
            let stmt = statement.checked_sub(1).map(|i| &self.tree.stmts[stmts[i]].kind);
            matches!(stmt, Some(tree::StmtKind::Type(_)))
        };
        let mut list = std::mem::take(&mut self.reports.list);
        let mut last_error = None;
        if self.options.strict {
            let key = |d: &Diagnostic| (d.code == Code::T025, !of_type(statement(d)), statement(d));
            list.sort_by_key(key);
            list.retain(|d| {
                let key = Some(key(d));
                d.severity != Severity::Error || std::mem::replace(&mut last_error, key) != key
            });
        } else {
            list.sort_by_key(|d| (d.code == Code::T025, d.span.lo));
        }
        // Both operands of one operator may be wrong in the same way. An error is not hidden by a warning.
        list.dedup_by(|later, earlier| {
            let same = (later.code, later.span) == (earlier.code, earlier.span);
            if same && later.severity == Severity::Error {
                std::mem::swap(later, earlier);
            }
            same
        });
        list.into_iter().for_each(|d| sink.report(d));
        if self.reports.cut {
            sink.cut();
        }
    }
}
