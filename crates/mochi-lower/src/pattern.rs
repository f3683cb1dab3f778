//! `match`: arms are tested from top to bottom, each by a chain of tests that falls through to the next arm.

use mochi_base::Span;
use mochi_ir::{Block, Imm, Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{Arm, ExprId, Pattern};

use crate::Cx;
use crate::body::Branch;

impl Cx<'_, '_> {
    /// The value of a match of type `ty`; `None` when that is unit.
    pub fn match_(&mut self, scrutinee: ExprId, arms: &[Arm], ty: Ty, span: Span) -> Option<Value> {
        let value = self.value(scrutinee);
        self.span = span;
        let unit = ty == Types::UNIT;
        let mut branches: Vec<(Branch, Vec<Value>)> = Vec::new();
        let tag = self.tag_of(value, arms);
        for arm in arms {
            let otherwise = self.new_block();
            // Tests change no variables, and those that patterns bind belong to the arm.
            let mark = self.env.mark();
            self.test(&arm.pattern, value, tag, otherwise);
            let mut result = Vec::new();
            if let Some(value) = arm.value {
                self.cover(self.program.exprs[value].span);
            }
            self.stmts(&arm.block);
            let last = arm.value.and_then(|e| self.expr(e));
            if !unit {
                let last = match last {
                    Some(last) => self.coerce(last, ty),
                    None => self.zero(ty),
                };
                result.push(last);
            }
            let end = self.block;
            branches.push((Branch { end, changed: self.env.rollback(mark) }, result));
            self.switch_to(otherwise);
        }
        let mark = self.env.mark();
        let result = if unit { vec![] } else { vec![self.zero(ty)] };
        branches.push((Branch { end: self.block, changed: self.env.rollback(mark) }, result));
        let tys = [ty];
        self.join(branches, if unit { &[] } else { &tys }).first().copied()
    }

    /// The variant number of a scrutinee, computed once, when some arm asks for it.
    fn tag_of(&mut self, value: Value, arms: &[Arm]) -> Option<Value> {
        let ty = self.func.ty(value);
        let union = matches!(self.lowering.module.types.kind(ty), TyKind::Union(_));
        (union && arms.iter().any(|arm| matches!(arm.pattern, Pattern::Variant(..))))
            .then(|| self.op(Op::VariantTag, &[value], Types::I64))
    }

    /// Tests a pattern: goes on in a new block where it matches, with its variables bound, and jumps to `otherwise`
    /// where it does not.
    fn test(&mut self, pattern: &Pattern, value: Value, tag: Option<Value>, otherwise: Block) {
        match pattern {
            Pattern::Wildcard => {}
            Pattern::Bind(local) => {
                let want = self.lowering.ty(self.program.locals[*local].ty);
                let value = self.coerce(value, want);
                self.declare(*local, value);
            }
            Pattern::None => {
                let ty = self.func.ty(value);
                let test = if self.lowering.module.types.nullable(ty) {
                    self.op(Op::IsNone, &[value], Types::BOOL)
                } else {
                    self.b().bool(false)
                };
                self.require(test, otherwise);
            }
            Pattern::Equal(e) => {
                let with = self.value(*e);
                let test = self.equal(value, with);
                self.require(test, otherwise);
            }
            Pattern::Variant(variant, parts) => {
                let id = mochi_ir::StructId(variant.0);
                let ty = self.lowering.module.types.intern(TyKind::Struct(id));
                let from = self.func.ty(value);
                let payload = match self.lowering.module.types.kind(from).clone() {
                    TyKind::Union(_) => {
                        let tag = tag.unwrap_or_else(|| self.op(Op::VariantTag, &[value], Types::I64));
                        let number = self.lowering.module.types.structs[id].variant_of.map_or(0, |v| v.1);
                        let number = self.b().int(i64::from(number));
                        let test = self.op(Op::Eq, &[tag, number], Types::BOOL);
                        self.require(test, otherwise);
                        (!parts.is_empty()).then(|| self.op(Op::Retype, &[value], ty))
                    }
                    TyKind::Struct(_) => {
                        let absent = self.op(Op::IsNone, &[value], Types::BOOL);
                        let test = self.op(Op::Not, &[absent], Types::BOOL);
                        self.require(test, otherwise);
                        Some(value)
                    }
                    _ => {
                        let boxed = self.coerce(value, Types::ANY);
                        let test = self.b().value(Op::AnyIs, &[boxed], Imm::Ty(ty), Types::BOOL);
                        self.require(test, otherwise);
                        (!parts.is_empty()).then(|| self.op(Op::AnyAs, &[boxed], ty))
                    }
                };
                let Some(payload) = payload else { return };
                for (i, part) in parts.iter().enumerate() {
                    if matches!(part, Pattern::Wildcard) {
                        continue;
                    }
                    let field = self.lowering.module.types.structs[id].fields[i].1;
                    let field = self.b().value(Op::FieldGet, &[payload], Imm::Field(i as u32), field);
                    self.test(part, field, None, otherwise);
                }
            }
        }
    }

    fn require(&mut self, test: Value, otherwise: Block) {
        let matched = self.new_block();
        self.b().branch(test, matched, &[], otherwise, &[]);
        self.switch_to(matched);
    }
}
