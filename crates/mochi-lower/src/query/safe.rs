//! Which expressions are safe: they can neither fail nor be noticed, so it does not matter whether they are evaluated.
//!
//! What is not listed is not safe, calls and nested queries among it. Reading a field fails where the struct is none,
//! which only the caller can exclude.

use mochi_ir::{Ty, Types};
use mochi_types::TyKind;
use mochi_types::typed::{BinaryOp, Builtin, Conversion, ExprId, ExprKind, LocalId, UnaryOp};
use rustc_hash::FxHashSet;

use crate::Cx;

/// What is known of variables.
#[derive(Default)]
pub(super) struct Safety {
    /// Variables that hold no none.
    pub present: FxHashSet<LocalId>,
    /// Those of them that something was found to be safe for.
    pub relied: FxHashSet<LocalId>,
}

impl Cx<'_, '_> {
    /// Whether an expression is safe.
    pub(super) fn is_safe(&mut self, e: ExprId, safety: &mut Safety) -> bool {
        let program = self.program;
        let mut todo = vec![e];
        while let Some(e) = todo.pop() {
            let ty = self.type_of(e);
            let kind = &program.exprs[e].kind;
            let is_safe = match kind {
                ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Str(_)
                | ExprKind::Bool(_)
                | ExprKind::None
                | ExprKind::Local(_)
                | ExprKind::List(_)
                | ExprKind::Struct(..)
                | ExprKind::If(..)
                | ExprKind::Unary(UnaryOp::Not, _)
                | ExprKind::Convert(_, Conversion::Retype | Conversion::Box | Conversion::Widen) => true,
                ExprKind::Unary(UnaryOp::Neg, _) => ty == Types::F64,
                ExprKind::Binary(op, a, b) => {
                    let (left, right) = (self.type_of(*a), self.type_of(*b));
                    match op {
                        BinaryOp::And | BinaryOp::Or => true,
                        BinaryOp::Eq
                        | BinaryOp::Ne
                        | BinaryOp::Lt
                        | BinaryOp::Le
                        | BinaryOp::Gt
                        | BinaryOp::Ge => is_scalar(left) && is_scalar(right),
                        BinaryOp::Add => matches!(ty, Types::F64 | Types::STR),
                        BinaryOp::Sub | BinaryOp::Mul => ty == Types::F64,
                        // Not -1: the least int has no negative.
                        BinaryOp::Div | BinaryOp::Rem => {
                            ty == Types::I64 && matches!(program.exprs[*b].kind, ExprKind::Int(1..))
                        }
                        _ => false,
                    }
                }
                ExprKind::Field(of, _) => match program.exprs[*of].kind {
                    ExprKind::Local(var) => {
                        let is_group = matches!(program.types.kind(program.exprs[*of].ty), TyKind::Group(..));
                        let is_present = !is_group && safety.present.contains(&var);
                        if is_present {
                            safety.relied.insert(var);
                        }
                        is_group || is_present
                    }
                    _ => false,
                },
                ExprKind::Builtin(Builtin::Len | Builtin::Count, args) => {
                    let of = self.type_of(args[0]);
                    of == Types::STR
                        || matches!(self.kind(of), mochi_ir::TyKind::List(_) | mochi_ir::TyKind::Map(..))
                }
                _ => false,
            };
            if !is_safe {
                return false;
            }
            todo.extend(kind.children());
        }
        true
    }

    /// Adds the variables that hold no none after an expression was evaluated without an error.
    pub(super) fn add_present(&self, e: ExprId, safety: &mut Safety) {
        let mut todo = vec![e];
        while let Some(e) = todo.pop() {
            match self.program.exprs[e].kind {
                ExprKind::Field(of, _) => match self.program.exprs[of].kind {
                    ExprKind::Local(var) => {
                        safety.present.insert(var);
                    }
                    _ => todo.push(of),
                },
                ExprKind::Convert(inner, _) | ExprKind::Unary(_, inner) => todo.push(inner),
                ExprKind::Binary(op, a, b) => {
                    todo.push(a);
                    if !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce) {
                        todo.push(b);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether values of a type are compared without looking at parts.
fn is_scalar(ty: Ty) -> bool {
    matches!(ty, Types::I64 | Types::F64 | Types::BOOL | Types::STR | Types::BIGINT)
}
