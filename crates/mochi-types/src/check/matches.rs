//! `match`: patterns, arms, and which values are covered (3.5, 8.1 no. 12).

use mochi_base::Span;
use mochi_base::diag::codes::{T008, T050, T054};
use mochi_syntax::tree::{self, PatternKind};
use rustc_hash::FxHashSet;

use super::Checker;
use super::names::Meaning;
use super::scopes::Binding;
use crate::show::show_names;
use crate::ty::{StructId, Ty, TyKind, Types};
use crate::typed::*;

/// What the arms so far have covered.
#[derive(Default)]
struct Covered {
    /// Everything.
    all: bool,
    none: bool,
    /// Variants with an arm.
    variants: FxHashSet<StructId>,
    /// Variants of which every value has an arm.
    whole_variants: FxHashSet<StructId>,
    literals: FxHashSet<Literal>,
}

#[derive(PartialEq, Eq, Hash)]
enum Literal {
    Int(i64),
    Float(u64),
    Str(Box<str>),
    Bool(bool),
}

/// Where a pattern stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// It is all of the arm's pattern: a name may be a variable to compare with.
    Whole,
    /// Inside a variant pattern: a name stands for the field.
    Part,
}

/// A typed arm before the common type of all is known.
struct OpenArm {
    /// The place of the arm, where a result that does not unify is reported.
    at: Span,
    pattern: Pattern,
    block: Vec<Stmt>,
    value: Option<ExprId>,
}

impl<'a> Checker<'a> {
    /// `match scrutinee { arms }`.
    #[inline(never)]
    pub(super) fn match_expr(
        &mut self,
        scrutinee: tree::ExprId,
        arms: &'a [tree::Arm],
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let written = scrutinee;
        let scrutinee = self.scrutinee(scrutinee, arms);
        let ty = self.known_now(self.exprs[scrutinee.0 as usize].ty);
        let mut covered = Covered::default();
        let mut open = Vec::with_capacity(arms.len());
        for arm in arms {
            let facts = self.narrowed.mark();
            if covered.none
                && let Some(local) = self.plain_local(written)
            {
                self.learn_present(local);
            }
            let arm = self.arm(arm, ty, expected, &mut covered);
            self.narrowed.forget(facts);
            open.push(arm);
        }
        self.check_coverage(ty, &covered, span);
        self.close_match(scrutinee, open, expected, self.is_total(ty, &covered), span)
    }

    /// The scrutinee. An option is read as the value inside when no arm asks for `none`.
    fn scrutinee(&mut self, id: tree::ExprId, arms: &[tree::Arm]) -> ExprId {
        let e = self.expr(id, None);
        let asks_none = arms.iter().any(|arm| match self.tree.pats[arm.pattern].kind {
            PatternKind::Literal(literal) => matches!(self.tree.exprs[literal].kind, tree::ExprKind::None),
            PatternKind::Name(name) => self.is_none_synonym(name),
            _ => false,
        });
        let e = if asks_none { e } else { self.opened(e, arms) };
        // A variable of a variant's type may still be asked for the other variants.
        let ty = self.ty(e);
        let wide = self.widened(ty);
        if wide == ty { e } else { self.convert(e, Conversion::Retype, wide) }
    }

    /// An option as the value inside, with lints about the values that strict does not compare with an option.
    fn opened(&mut self, e: ExprId, arms: &[tree::Arm]) -> ExprId {
        let plain = self.unwrapped(e);
        if plain != e && self.lints() {
            let (option, value) = (self.ty(e), self.ty(plain));
            let is_value =
                |arm: &&tree::Arm| matches!(self.tree.pats[arm.pattern].kind, PatternKind::Literal(_));
            let places: Vec<Span> = arms.iter().filter(is_value).map(|arm| arm.span).collect();
            for at in places {
                self.type_lint([option, value], |[expected, found]| T008 { expected, found }.at(at));
            }
        }
        plain
    }

    #[inline(never)]
    fn arm(
        &mut self,
        arm: &'a tree::Arm,
        scrutinee: Ty,
        expected: Option<Ty>,
        covered: &mut Covered,
    ) -> OpenArm {
        let scope = self.scopes.open();
        if covered.all {
            self.report(T054 {}.at(arm.span));
        }
        let pattern = self.pattern(arm.pattern, scrutinee, arm.span, Depth::Whole);
        if let (true, &Pattern::Bind(local)) = (covered.none, &pattern) {
            self.learn_present(local);
        }
        self.cover(&pattern, scrutinee, arm.span, covered);
        let at = arm.span;
        let arm = match &arm.body {
            tree::ArmBody::Expr(e) => {
                OpenArm { at, pattern, block: Vec::new(), value: Some(self.expr(*e, expected)) }
            }
            tree::ArmBody::Block(block) => OpenArm { at, pattern, block: self.block(block), value: None },
        };
        self.scopes.close(scope);
        arm
    }

    // -------------------------------------------------------------------------------------------------- patterns

    /// A pattern for a value of a type. What does not fit is reported at the arm.
    fn pattern(&mut self, id: tree::PatId, ty: Ty, arm: Span, depth: Depth) -> Pattern {
        let tree = self.tree;
        let node = &tree.pats[id];
        match &node.kind {
            PatternKind::Literal(literal) => self.literal_pattern(*literal, ty, arm),
            PatternKind::Name(name) if *name == self.known.underscore => Pattern::Wildcard,
            PatternKind::Name(name) => self.name_pattern(*name, node.span, ty, arm, depth),
            PatternKind::Variant(name, parts) => self.variant_pattern(*name, parts, ty, arm),
            PatternKind::Error => Pattern::Wildcard,
        }
    }

    fn literal_pattern(&mut self, literal: tree::ExprId, ty: Ty, arm: Span) -> Pattern {
        let e = self.expr(literal, None);
        if self.is_none(e) {
            if !matches!(self.kind(ty), TyKind::Option(_) | TyKind::Any | TyKind::Error) {
                self.type_lint([ty], |[expected]| T008 { expected, found: "none" }.at(arm));
            }
            return Pattern::None;
        }
        self.equal_pattern(e, ty, arm)
    }

    /// `==` with a value, in the scrutinee's type.
    fn equal_pattern(&mut self, e: ExprId, ty: Ty, arm: Span) -> Pattern {
        let found = self.ty(e);
        if found == Types::ANY || self.resolve(ty) == Types::ANY {
            return Pattern::Equal(self.boxed(e));
        }
        let whole = matches!(found, Types::INT | Types::INT64) && self.resolve(ty) == Types::FLOAT;
        // Compared all the same, but the two do not unify (3.3).
        if whole
            || matches!(self.kind(ty), TyKind::Option(_)) && !matches!(self.kind(found), TyKind::Option(_))
        {
            self.type_lint([ty, found], |[expected, found]| T008 { expected, found }.at(arm));
        }
        let typed =
            if whole { Some(self.convert(e, Conversion::Widen, Types::FLOAT)) } else { self.coerce(e, ty) };
        match typed {
            Some(e) => Pattern::Equal(e),
            None => {
                self.type_error([ty, found], |[expected, found]| T008 { expected, found }.at(arm));
                Pattern::Equal(self.error_expr(arm))
            }
        }
    }

    /// A name: a variant if there is one, else a variable declared before to compare with (not inside a variant
    /// pattern), else a new name for the value.
    fn name_pattern(&mut self, name: mochi_base::Name, at: Span, ty: Ty, arm: Span, depth: Depth) -> Pattern {
        if let Some(variant) = self.variant_of(name, ty) {
            return Pattern::Variant(variant, Vec::new());
        }
        match self.meaning(name, at) {
            None if self.is_none_synonym(name) => return Pattern::None,
            Some(Meaning::Variant(variant)) => return self.known_variant_pattern(variant, &[], ty, arm),
            Some(Meaning::Local(local))
                if depth == Depth::Whole && self.locals[local.0 as usize].span < at =>
            {
                let e = self.local_value(local, at);
                return self.equal_pattern(e, ty, arm);
            }
            Some(Meaning::Field(..)) if depth == Depth::Whole => {
                let e = self.name(name, at);
                return self.equal_pattern(e, ty, arm);
            }
            _ => {}
        }
        let local = self.new_local(name, ty, at);
        self.scopes.bind(name, Binding::Local(local));
        Pattern::Bind(local)
    }

    /// The variant of the scrutinee's union that has a name.
    fn variant_of(&self, name: mochi_base::Name, ty: Ty) -> Option<StructId> {
        let TyKind::Union(union) = *self.kind(self.inside(ty)) else { return None };
        let variants = &self.types.unions[union].variants;
        variants.iter().copied().find(|&variant| self.types.structs[variant].name == Some(name))
    }

    /// The type inside an option; patterns other than `none`, `_` and names look there.
    fn inside(&self, ty: Ty) -> Ty {
        match *self.kind(ty) {
            TyKind::Option(inner) => self.resolve(inner),
            _ => self.resolve(ty),
        }
    }

    fn variant_pattern(&mut self, name: tree::Ident, parts: &'a [tree::PatId], ty: Ty, arm: Span) -> Pattern {
        let variant = self.variant_of(name.name, ty).or_else(|| self.struct_named(name));
        match variant {
            Some(variant) => self.known_variant_pattern(variant, parts, ty, arm),
            None => {
                let expected = ty;
                let found = self.names.get(name.name).to_string();
                self.type_error([expected], |[expected]| T008 { expected, found }.at(arm));
                for &part in parts {
                    self.pattern(part, Types::ERROR, arm, Depth::Part);
                }
                Pattern::Equal(self.error_expr(arm))
            }
        }
    }

    fn known_variant_pattern(
        &mut self,
        variant: StructId,
        parts: &'a [tree::PatId],
        ty: Ty,
        arm: Span,
    ) -> Pattern {
        let own = self.types.intern(TyKind::Struct(variant));
        let inner = self.inside(ty);
        let fits = match *self.types.kind(inner) {
            TyKind::Union(union) => self.types.structs[variant].variant_of.is_some_and(|(of, _)| of == union),
            TyKind::Any | TyKind::Error => true,
            _ => inner == own,
        };
        if !fits {
            self.type_error([ty, own], |[expected, found]| T008 { expected, found }.at(arm));
        }
        let fields: Vec<Ty> = self.types.structs[variant].fields.iter().map(|field| field.1).collect();
        if !parts.is_empty() && parts.len() != fields.len() {
            let (expected, found) = (fields.len(), parts.len());
            let name = self.show(own);
            let expected = format!("{expected} parts of `{name}`");
            self.report(T008 { expected, found }.at(arm));
        }
        let mut typed = Vec::with_capacity(parts.len());
        for (i, &part) in parts.iter().enumerate() {
            let field = fields.get(i).copied().unwrap_or(Types::ERROR);
            typed.push(self.pattern(part, field, arm, Depth::Part));
        }
        typed.truncate(fields.len());
        Pattern::Variant(variant, typed)
    }

    // -------------------------------------------------------------------------------------------------- coverage

    fn cover(&mut self, pattern: &Pattern, ty: Ty, arm: Span, covered: &mut Covered) {
        let repeated = match pattern {
            Pattern::Wildcard | Pattern::Bind(_) => {
                covered.all = true;
                false
            }
            Pattern::None => std::mem::replace(&mut covered.none, true),
            Pattern::Variant(variant, parts) => {
                let whole = parts.iter().all(|part| matches!(part, Pattern::Wildcard | Pattern::Bind(_)));
                let repeated = covered.whole_variants.contains(variant);
                covered.variants.insert(*variant);
                if whole {
                    covered.whole_variants.insert(*variant);
                    // A struct that is no variant has no other form.
                    covered.all |= matches!(*self.kind(ty), TyKind::Struct(id) if id == *variant);
                }
                repeated
            }
            Pattern::Equal(e) => match self.literal(*e) {
                Some(literal) => !covered.literals.insert(literal),
                None => false,
            },
        };
        if repeated {
            self.report(T054 {}.at(arm));
        }
    }

    fn literal(&self, e: ExprId) -> Option<Literal> {
        match &self.exprs[e.0 as usize].kind {
            ExprKind::Int(value) => Some(Literal::Int(*value)),
            ExprKind::Float(value) => Some(Literal::Float(value.to_bits())),
            ExprKind::Str(text) => Some(Literal::Str(text.clone())),
            ExprKind::Bool(value) => Some(Literal::Bool(*value)),
            ExprKind::Convert(inner, _) => self.literal(*inner),
            _ => None,
        }
    }

    /// Every variant of a union needs an arm (T050).
    fn check_coverage(&mut self, ty: Ty, covered: &Covered, span: Span) {
        let inner = self.inside(ty);
        let TyKind::Union(union) = *self.types.kind(inner) else { return };
        if covered.all {
            return;
        }
        let variants = &self.types.unions[union].variants;
        let missing: Vec<_> = variants
            .iter()
            .filter(|variant| !covered.variants.contains(variant))
            .filter_map(|&variant| self.types.structs[variant].name)
            .collect();
        if !missing.is_empty() {
            let missing = show_names(self.names, missing.into_iter());
            self.report(T050 { missing }.at(span));
        }
    }

    /// Whether every value has an arm, as far as heads of patterns show.
    fn is_total(&self, ty: Ty, covered: &Covered) -> bool {
        let heads = |ty: Ty| match *self.types.kind(ty) {
            TyKind::Union(_) | TyKind::Error => true,
            TyKind::Bool => {
                let both = [Literal::Bool(true), Literal::Bool(false)];
                both.iter().all(|value| covered.literals.contains(value))
            }
            _ => false,
        };
        match *self.types.kind(ty) {
            _ if covered.all => true,
            TyKind::Option(inner) => covered.none && heads(self.resolve(inner)),
            _ => heads(ty),
        }
    }

    // ---------------------------------------------------------------------------------------------------- result

    fn close_match(
        &mut self,
        scrutinee: ExprId,
        open: Vec<OpenArm>,
        expected: Option<Ty>,
        total: bool,
        span: Span,
    ) -> ExprId {
        let values: Vec<(ExprId, Span)> = open.iter().filter_map(|arm| Some((arm.value?, arm.at))).collect();
        let blocks = values.len() < open.len();
        let mut ty = match values.is_empty() {
            true => Types::UNIT,
            false => self.common_type(&values, expected),
        };
        // A block arm and no arm at all yield none (4.4).
        if (blocks || !total && !self.strict()) && expected.is_none() {
            ty = self.or_none(ty);
        }
        let mut arms = Vec::with_capacity(open.len());
        for arm in open {
            let value = arm.value.map(|value| self.fit(value, ty, arm.at));
            arms.push(Arm { pattern: arm.pattern, block: arm.block, value });
        }
        self.push(ExprKind::Match { scrutinee, arms }, ty, span)
    }
}
