//! Binary operators (3.5).
//!
//! A chain like `a + b + c` nests to the left as deep as it is long, so the left spine is walked by a loop.

use mochi_base::Span;
use mochi_base::diag::codes::{T013, T020, T059};
use mochi_syntax::tree::{self, ExprKind as Written};

use super::Checker;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// A binary operator, with all the operators on its left.
    #[inline(never)]
    pub(super) fn binary(&mut self, id: tree::ExprId, expected: Option<Ty>) -> ExprId {
        let base = self.spine.len();
        let mut at = id;
        while let Written::Binary { left, .. } = self.tree.exprs[at].kind {
            self.spine.push(at);
            at = left;
        }
        // An expected list type says something about `[] + xs`, no other type about an operand.
        let hint = expected.filter(|&ty| matches!(self.kind(ty), TyKind::List(_)));
        let mut value = self.expr(at, hint);
        while self.spine.len() > base {
            let node = self.spine.pop().expect("longer than the base");
            value = self.binary_step(node, value);
        }
        value
    }

    fn binary_step(&mut self, node: tree::ExprId, left: ExprId) -> ExprId {
        let Written::Binary { op, op_span, left: written, right } = self.tree.exprs[node].kind else {
            unreachable!("the spine holds binary operators");
        };
        match op {
            BinaryOp::And | BinaryOp::Or => self.logic(op, op_span, written, left, right),
            BinaryOp::Coalesce => self.coalesce(op_span, left, right),
            BinaryOp::Eq | BinaryOp::Ne => self.equality(op, op_span, left, right),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.order(op, op_span, left, right),
            BinaryOp::In => self.membership(op_span, left, right),
            BinaryOp::Union | BinaryOp::UnionAll | BinaryOp::Except | BinaryOp::Intersect => {
                self.set_operator(op, op_span, left, right)
            }
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                self.arithmetic(op, op_span, left, right)
            }
        }
    }

    /// The right operand, with the left one's type as a hint where it is a collection.
    fn right_operand(&mut self, left: ExprId, right: tree::ExprId) -> ExprId {
        let ty = self.ty(left);
        let hint = match self.types.kind(ty) {
            TyKind::List(_) | TyKind::Map(..) if self.is_empty_literal(right) => Some(ty),
            _ => None,
        };
        self.expr(right, hint)
    }

    /// `[]` or `{}`.
    pub(super) fn is_empty_literal(&self, id: tree::ExprId) -> bool {
        match &self.tree.exprs[id].kind {
            Written::List(items) => items.is_empty(),
            Written::Map(entries) => entries.is_empty(),
            Written::Paren(inner) => match &self.tree.exprs[*inner].kind {
                Written::List(items) => items.is_empty(),
                Written::Map(entries) => entries.is_empty(),
                _ => false,
            },
            _ => false,
        }
    }

    #[inline(never)]
    fn logic(
        &mut self,
        op: BinaryOp,
        at: Span,
        written: tree::ExprId,
        left: ExprId,
        right: tree::ExprId,
    ) -> ExprId {
        let facts = self.narrowed.mark();
        self.learn_from(written, op == BinaryOp::And);
        let right = self.expr(right, None);
        self.narrowed.forget(facts);
        // An any on either side makes it a bool, whatever the other is.
        let any = self.is_some_any(left) || self.is_some_any(right);
        let (left, right) = (self.truth(op, at, left, any), self.truth(op, at, right, any));
        self.push(ExprKind::Binary(op, left, right), Types::BOOL, at)
    }

    fn truth(&mut self, op: BinaryOp, at: Span, e: ExprId, any: bool) -> ExprId {
        if any && !matches!(self.types.kind(self.ty(e)), TyKind::Bool | TyKind::Error | TyKind::Var(_)) {
            return self.truth_of(e);
        }
        self.bool_or(e, |[operands]| T020 { op: op.text(), operands }.at(at))
    }

    /// Whether an operand is an `any`. `none` is an option, although its type is any as long as nothing is known.
    fn is_some_any(&self, e: ExprId) -> bool {
        self.ty(e) == Types::ANY && !self.is_none(e)
    }

    // ---------------------------------------------------------------------------------------------- arithmetic

    fn arithmetic(&mut self, op: BinaryOp, at: Span, left: ExprId, right: tree::ExprId) -> ExprId {
        let right = self.right_operand(left, right);
        let (a, b) = (self.ty(left), self.ty(right));
        // By far the most frequent case.
        if a == b && matches!(self.types.kind(a), TyKind::Int | TyKind::Float) {
            return self.push(ExprKind::Binary(op, left, right), a, at);
        }
        self.mixed_arithmetic(op, at, left, right)
    }

    #[inline(never)]
    fn mixed_arithmetic(&mut self, op: BinaryOp, at: Span, left: ExprId, right: ExprId) -> ExprId {
        let text = op == BinaryOp::Add && (self.is_text(left) || self.is_text(right));
        let written = (left, right);
        let (left, right) = match text {
            // What is absent has a text of its own.
            true => (self.text_operand(left), self.text_operand(right)),
            false => self.unwrapped_operands(op, at, left, right),
        };
        let (a, b) = (self.ty(left), self.ty(right));
        let (ka, kb) = (self.types.kind(a), self.types.kind(b));
        if *ka == TyKind::Error || *kb == TyKind::Error {
            return self.error_expr(at);
        }
        let either = |kind: TyKind| *ka == kind || *kb == kind;
        let string = either(TyKind::Str);
        let strings = text && (string || !self.strict());
        if strings && *ka == TyKind::Str && *kb == TyKind::Str {
            return self.push(ExprKind::Binary(op, left, right), Types::STR, at);
        }
        let unit = either(TyKind::Unit);
        let lists = matches!((ka, kb), (TyKind::List(_), TyKind::List(_)));
        let any = either(TyKind::Any);
        let numeric = ka.is_numeric() && kb.is_numeric();
        if strings && !unit {
            if !string {
                self.option_lint(op, at, left, right);
            }
            let (left, right) = (self.as_text(left), self.as_text(right));
            return self.push(ExprKind::Binary(op, left, right), Types::STR, at);
        }
        if op == BinaryOp::Add && lists {
            return self.concatenation(op, at, left, right);
        }
        let (a, b) = (self.known_now(a), self.known_now(b));
        if a == Types::ERROR || b == Types::ERROR {
            return self.error_expr(at);
        }
        if numeric {
            let ty = self.numeric_join(a, b);
            if self.may_be_absent(written.0) || self.may_be_absent(written.1) {
                return self.absent_arithmetic(op, at, written, ty);
            }
            // A float makes the value one, although the type is bigrat.
            let (left, right) = match ty {
                Types::BIGRAT => (left, right),
                _ => (self.widen(left, ty), self.widen(right, ty)),
            };
            return self.push(ExprKind::Binary(op, left, right), ty, at);
        }
        if any && !unit {
            let (left, right) = (self.boxed(left), self.boxed(right));
            return self.push(ExprKind::Binary(op, left, right), Types::ANY, at);
        }
        if a == b && self.is_own_param(a) {
            return self.push(ExprKind::Binary(op, left, right), a, at);
        }
        self.operator_error(op, at, a, b)
    }

    /// Arithmetic on numbers of which one may be none, and then so is the result.
    fn absent_arithmetic(&mut self, op: BinaryOp, at: Span, operands: (ExprId, ExprId), ty: Ty) -> ExprId {
        let (left, right) = self.as_compared(operands);
        let e = self.push(ExprKind::Binary(op, left, right), Types::ANY, at);
        self.as_option_of(e, ty)
    }

    /// A dynamic number or none as an option; of bigrat it stays an `any`, since a float operand makes it a float.
    pub(super) fn as_option_of(&mut self, e: ExprId, ty: Ty) -> ExprId {
        if ty == Types::BIGRAT {
            return e;
        }
        let ty = self.types.option(ty);
        self.convert(e, Conversion::Unbox, ty)
    }

    /// Two operands as values of `any`: options as they are, what maps gave as the values (L1).
    fn as_compared(&mut self, operands: (ExprId, ExprId)) -> (ExprId, ExprId) {
        let mut dynamic = |e| {
            let e = if self.may_be_absent(e) { e } else { self.unwrapped(e) };
            self.boxed(e)
        };
        (dynamic(operands.0), dynamic(operands.1))
    }

    fn operator_error(&mut self, op: BinaryOp, at: Span, a: Ty, b: Ty) -> ExprId {
        self.type_error([a, b], |[a, b]| {
            T020 { op: op.text(), operands: format_args!("{a} and {b}") }.at(at)
        });
        self.error_expr(at)
    }

    fn concatenation(&mut self, op: BinaryOp, at: Span, left: ExprId, right: ExprId) -> ExprId {
        let (a, b) = (self.ty(left), self.ty(right));
        match self.coerce_operand(right, a) {
            Some(right) => self.push(ExprKind::Binary(op, left, right), a, at),
            None => self.operator_error(op, at, a, b),
        }
    }

    /// Operands as the values inside of options. Strict refuses options here: by T013 in comparisons, else by T020.
    fn unwrapped_operands(
        &mut self,
        op: BinaryOp,
        at: Span,
        left: ExprId,
        right: ExprId,
    ) -> (ExprId, ExprId) {
        let plain = (self.unwrapped(left), self.unwrapped(right));
        // `none` is an option of any.
        let loose = self.is_loose_use(left, plain.0) || self.is_loose_use(right, plain.1);
        if loose || self.is_none(left) || self.is_none(right) {
            self.option_lint(op, at, left, right);
        }
        plain
    }

    fn option_lint(&mut self, op: BinaryOp, at: Span, left: ExprId, right: ExprId) {
        if self.lints() {
            let compares = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
            let (a, b) = (self.ty(left), self.ty(right));
            if compares && [a, b].iter().all(|&ty| matches!(self.types.kind(ty), TyKind::Option(_))) {
                // They unify.
                return;
            }
            self.type_lint([a, b], |[left, right]| match compares {
                true => T013 { op: op.text(), left, right }.at(at),
                false => T020 { op: op.text(), operands: format_args!("{left} and {right}") }.at(at),
            });
        }
    }

    /// Whether a value is a string, perhaps an optional one.
    fn is_text(&self, e: ExprId) -> bool {
        match *self.types.kind(self.ty(e)) {
            TyKind::Option(inner) => self.resolve(inner) == Types::STR,
            TyKind::Str => true,
            _ => false,
        }
    }

    /// An operand of a concatenation of strings: what a map gave as a string (L1), other options as they are.
    fn text_operand(&mut self, e: ExprId) -> ExprId {
        if self.is_text(e) && !self.may_be_absent(e) { self.unwrapped(e) } else { e }
    }

    fn as_text(&mut self, e: ExprId) -> ExprId {
        if self.ty(e) == Types::STR { e } else { self.convert(e, Conversion::ToStr, Types::STR) }
    }

    pub(super) fn boxed(&mut self, e: ExprId) -> ExprId {
        self.coerce(e, Types::ANY).expect("everything fits any")
    }

    fn widen(&mut self, e: ExprId, to: Ty) -> ExprId {
        let from = self.ty(e);
        if from == to {
            return e;
        }
        let same_words = from == Types::INT && to == Types::INT64;
        self.convert(e, if same_words { Conversion::Retype } else { Conversion::Widen }, to)
    }

    /// The type of arithmetic on two numbers (3.3).
    pub(super) fn numeric_join(&self, a: Ty, b: Ty) -> Ty {
        let rank = |ty| match ty {
            Types::INT => 0,
            Types::INT64 => 1,
            Types::BIGINT => 2,
            _ => 3,
        };
        match (a, b) {
            (Types::FLOAT, Types::FLOAT | Types::INT | Types::INT64) => Types::FLOAT,
            (Types::INT | Types::INT64, Types::FLOAT) => Types::FLOAT,
            (Types::FLOAT, _) | (_, Types::FLOAT) => Types::BIGRAT,
            _ if rank(a) >= rank(b) => a,
            _ => b,
        }
    }

    // ---------------------------------------------------------------------------------------------- comparison

    fn order(&mut self, op: BinaryOp, at: Span, left: ExprId, right: tree::ExprId) -> ExprId {
        let right = self.right_operand(left, right);
        let (a, b) = (self.ty(left), self.ty(right));
        if a == b && matches!(self.types.kind(a), TyKind::Int | TyKind::Float | TyKind::Str) {
            return self.push(ExprKind::Binary(op, left, right), Types::BOOL, at);
        }
        self.mixed_order(op, at, left, right)
    }

    #[inline(never)]
    fn mixed_order(&mut self, op: BinaryOp, at: Span, left: ExprId, right: ExprId) -> ExprId {
        if let Some(e) = self.order_of_options(op, at, left, right) {
            return e;
        }
        let written = (left, right);
        let (left, right) = self.unwrapped_operands(op, at, left, right);
        let (a, b) = (self.ty(left), self.ty(right));
        match self.comparable(left, right) {
            Some((left, right)) => {
                let (a, b) = (self.ty(left), self.ty(right));
                if self.is_ordered(a) && self.is_ordered(b) {
                    let (left, right) = match self.may_be_absent(written.0) || self.may_be_absent(written.1) {
                        // Nothing is less or greater than none.
                        true => self.as_compared(written),
                        false => (left, right),
                    };
                    return self.push(ExprKind::Binary(op, left, right), Types::BOOL, at);
                }
                self.comparison_error(op, at, a, b)
            }
            None => self.comparison_error(op, at, a, b),
        }
    }

    /// Strict: two options unify when what they hold does.
    fn order_of_options(&mut self, op: BinaryOp, at: Span, left: ExprId, right: ExprId) -> Option<ExprId> {
        let (a, b) = (self.ty(left), self.ty(right));
        let (&TyKind::Option(inner), TyKind::Option(_)) = (self.types.kind(a), self.types.kind(b)) else {
            return None;
        };
        if !self.strict() || !self.is_ordered(inner) || self.join_options(a, b).is_none() {
            return None;
        }
        let (left, right) = (self.boxed(left), self.boxed(right));
        Some(self.push(ExprKind::Binary(op, left, right), Types::BOOL, at))
    }

    fn comparison_error(&mut self, op: BinaryOp, at: Span, a: Ty, b: Ty) -> ExprId {
        self.type_error([a, b], |[left, right]| T013 { op: op.text(), left, right }.at(at));
        self.push(ExprKind::Error, Types::BOOL, at)
    }

    /// Whether `<` means something (3.3).
    pub(super) fn is_ordered(&self, ty: Ty) -> bool {
        match *self.kind(ty) {
            TyKind::List(elem) => self.is_ordered(elem),
            TyKind::Str | TyKind::Bool | TyKind::Any | TyKind::Error | TyKind::Var(_) => true,
            ref kind => kind.is_numeric(),
        }
    }

    #[inline(never)]
    fn equality(&mut self, op: BinaryOp, at: Span, left: ExprId, right: tree::ExprId) -> ExprId {
        let right = self.right_operand(left, right);
        let (a, b) = (self.ty(left), self.ty(right));
        if self.is_none(left) || self.is_none(right) {
            return self.none_test(op, at, left, right);
        }
        if a == b && a != Types::UNIT {
            return self.push(ExprKind::Binary(op, left, right), Types::BOOL, at);
        }
        match self.comparable(left, right) {
            Some((left, right)) => {
                let is_option = |ty| matches!(self.types.kind(ty), TyKind::Option(_));
                if self.lints() && is_option(a) != is_option(b) {
                    let plain = if is_option(a) { b } else { a };
                    self.type_lint([plain], |[found]| T059 { found }.at(at));
                }
                self.push(ExprKind::Binary(op, left, right), Types::BOOL, at)
            }
            None => self.comparison_error(op, at, a, b),
        }
    }

    /// `x == none`: of x's type when that has none, else of `any` (L8).
    fn none_test(&mut self, op: BinaryOp, at: Span, left: ExprId, right: ExprId) -> ExprId {
        let left_is_none = matches!(self.exprs[left.0 as usize].kind, ExprKind::None);
        let (value, none) = if left_is_none { (right, left) } else { (left, right) };
        // A narrowed variable is compared as it is declared.
        let value = match self.exprs[value.0 as usize].kind {
            ExprKind::Convert(inner, Conversion::Unbox)
                if matches!(self.exprs[inner.0 as usize].kind, ExprKind::Local(_)) =>
            {
                inner
            }
            _ => value,
        };
        let ty = self.ty(value);
        if !matches!(self.types.kind(ty), TyKind::Option(_) | TyKind::Any) {
            self.type_lint([ty], |[found]| T059 { found }.at(at));
        }
        let ty = if self.can_be_none(ty) { ty } else { Types::ANY };
        let value = self.coerce(value, ty).expect("the same or any");
        self.exprs[none.0 as usize].ty = ty;
        let (left, right) = if left_is_none { (none, value) } else { (value, none) };
        self.push(ExprKind::Binary(op, left, right), Types::BOOL, at)
    }

    /// Two operands of a comparison, of equal types or two numbers that are compared as they are.
    fn comparable(&mut self, left: ExprId, right: ExprId) -> Option<(ExprId, ExprId)> {
        let (a, b) = (self.ty(left), self.ty(right));
        let (ka, kb) = (self.types.kind(a), self.types.kind(b));
        if *ka == TyKind::Unit || *kb == TyKind::Unit {
            return None;
        }
        if ka.is_numeric() && kb.is_numeric() {
            let ty = self.numeric_join(a, b);
            if matches!(ty, Types::FLOAT | Types::BIGRAT) {
                return Some((left, right));
            }
            return Some((self.widen(left, ty), self.widen(right, ty)));
        }
        if *ka == TyKind::Any || *kb == TyKind::Any {
            return Some((self.boxed(left), self.boxed(right)));
        }
        let ty = match (ka, kb) {
            (TyKind::Option(_), _) | (_, TyKind::Option(_)) => self.join_options(a, b)?,
            _ => match self.join(a, b) {
                Some(ty) => ty,
                // Collections of numbers that only a copy would make equal in type.
                None if self.fits(a, b).is_some() || self.fits(b, a).is_some() => Types::ANY,
                None => return None,
            },
        };
        Some((self.coerce(left, ty)?, self.coerce(right, ty)?))
    }

    /// The option type of two operands of which at least one is an option; numbers inside are not converted.
    fn join_options(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        let inside = |this: &Self, ty| match *this.types.kind(ty) {
            TyKind::Option(inner) => this.resolve(inner),
            _ => ty,
        };
        let (a, b) = (inside(self, a), inside(self, b));
        match self.join(a, b) {
            Some(inner) => Some(self.types.option(inner)),
            None if self.types.kind(a).is_numeric() && self.types.kind(b).is_numeric() => Some(Types::ANY),
            None => None,
        }
    }

    // -------------------------------------------------------------------------------------------------- others

    #[inline(never)]
    fn membership(&mut self, at: Span, left: ExprId, right: tree::ExprId) -> ExprId {
        let right = self.expr(right, None);
        let plain = self.unwrapped(right);
        if plain != right && !self.is_some_any(left) {
            self.option_lint(BinaryOp::In, at, left, right);
        }
        let right = self.group_as_list(plain);
        let (a, b) = (self.ty(left), self.known_now(self.exprs[right.0 as usize].ty));
        let element = match *self.types.kind(b) {
            TyKind::Any => Some(left),
            TyKind::Error => return self.push(ExprKind::Error, Types::BOOL, at),
            // A value of another kind is not in there; that is no reason to stop.
            TyKind::Map(..) | TyKind::List(_) if a == Types::ANY => {
                let (left, right) = (self.boxed(left), self.boxed(right));
                return self.push(ExprKind::Binary(BinaryOp::In, left, right), Types::BOOL, at);
            }
            TyKind::List(elem) if self.are_unlike_numbers(a, elem) => {
                let (left, right) = (self.boxed(left), self.boxed(right));
                return self.push(ExprKind::Binary(BinaryOp::In, left, right), Types::BOOL, at);
            }
            TyKind::Map(key, _) => self.coerce_operand(left, key),
            TyKind::List(elem) => self.coerce_element(left, elem),
            TyKind::Str if self.is_some_any(left) => Some(self.convert(left, Conversion::Unbox, Types::STR)),
            TyKind::Str => self.coerce(left, Types::STR),
            TyKind::Unit => None,
            _ if self.is_some_any(left) => {
                let right = self.boxed(right);
                return self.push(ExprKind::Binary(BinaryOp::In, left, right), Types::BOOL, at);
            }
            _ => None,
        };
        match element {
            Some(left) => self.push(ExprKind::Binary(BinaryOp::In, left, right), Types::BOOL, at),
            None => {
                self.operator_error(BinaryOp::In, at, a, b);
                self.push(ExprKind::Error, Types::BOOL, at)
            }
        }
    }

    /// Whether these are two types of numbers of which the first does not widen to the second. `==` compares such values,
    /// and so does the search for one.
    pub(super) fn are_unlike_numbers(&self, a: Ty, b: Ty) -> bool {
        let (a, b) = (self.kind(a), self.kind(b));
        a.is_numeric() && b.is_numeric() && a != b && (*a != TyKind::Int || *b != TyKind::Float)
    }

    /// The left side of `x in xs` as an element; numbers widen, as they do in `==`.
    fn coerce_element(&mut self, e: ExprId, elem: Ty) -> Option<ExprId> {
        let (from, to) = (self.ty(e), self.resolve(elem));
        if from == Types::INT && to == Types::FLOAT {
            return Some(self.convert(e, Conversion::Widen, to));
        }
        self.coerce_operand(e, elem)
    }

    #[inline(never)]
    fn set_operator(&mut self, op: BinaryOp, at: Span, left: ExprId, right: tree::ExprId) -> ExprId {
        let right = self.right_operand(left, right);
        let (left, right) = self.unwrapped_operands(op, at, left, right);
        let (left, right) = (self.group_as_list(left), self.group_as_list(right));
        let (a, b) = (self.ty(left), self.ty(right));
        match (self.types.kind(a), self.types.kind(b)) {
            (TyKind::Error, _) | (_, TyKind::Error) => self.error_expr(at),
            (TyKind::List(_), TyKind::List(_)) => self.concatenation(op, at, left, right),
            (TyKind::Any, TyKind::List(_) | TyKind::Any) | (TyKind::List(_), TyKind::Any) => {
                let ty = self.types.list(Types::ANY);
                match (self.coerce(left, ty), self.coerce(right, ty)) {
                    (Some(left), Some(right)) => self.push(ExprKind::Binary(op, left, right), ty, at),
                    _ => self.operator_error(op, at, a, b),
                }
            }
            _ => self.operator_error(op, at, a, b),
        }
    }

    /// `a ?? b`: the value of the option, else `b`.
    #[inline(never)]
    fn coalesce(&mut self, at: Span, left: ExprId, right: tree::ExprId) -> ExprId {
        let a = self.ty(left);
        let inner = match *self.types.kind(a) {
            TyKind::Option(inner) => inner,
            TyKind::Any => Types::ANY,
            TyKind::Error => {
                self.expr(right, None);
                return self.error_expr(at);
            }
            _ => {
                self.type_lint([a], |[found]| T020 { op: "??", operands: found }.at(at));
                a
            }
        };
        let right = self.expr(right, Some(inner));
        let (inner, b) = (self.resolve(inner), self.ty(right));
        let fallback = match *self.types.kind(b) {
            TyKind::Option(fallback) => self.resolve(fallback),
            _ => b,
        };
        let numeric = self.types.kind(inner).is_numeric() && self.types.kind(fallback).is_numeric();
        let value = match matches!(self.exprs[right.0 as usize].kind, ExprKind::None) {
            true => Some(inner),
            false if numeric => Some(self.numeric_join(inner, fallback)),
            false => self.join(inner, fallback),
        };
        let Some(value) = value else { return self.operator_error(BinaryOp::Coalesce, at, a, b) };
        let option = self.types.option(value);
        let right_is_option = fallback != b || matches!(self.exprs[right.0 as usize].kind, ExprKind::None);
        let result = if right_is_option { option } else { value };
        let left = self.option_widened(left, inner, value, option);
        let right = if numeric && !right_is_option {
            Some(self.widen(right, value))
        } else {
            self.coerce(right, result)
        };
        match (left, right) {
            (Some(left), Some(right)) => {
                self.push(ExprKind::Binary(BinaryOp::Coalesce, left, right), result, at)
            }
            _ => self.operator_error(BinaryOp::Coalesce, at, a, b),
        }
    }

    /// The left side of `??` as an option of the result; a number inside is widened through a chain.
    fn option_widened(&mut self, e: ExprId, inner: Ty, value: Ty, option: Ty) -> Option<ExprId> {
        if inner == value || !self.types.kind(value).is_numeric() {
            return self.coerce(e, option);
        }
        let span = self.span(e);
        let recv = self.types.option(inner);
        let recv = self.coerce(e, recv)?;
        let var = self.new_local(self.known.underscore, inner, span);
        let body = self.push(ExprKind::Local(var), inner, span);
        let body = self.widen(body, value);
        let body = self.coerce(body, option)?;
        Some(self.push(ExprKind::OptChain { recv, var, body }, option, span))
    }
}
