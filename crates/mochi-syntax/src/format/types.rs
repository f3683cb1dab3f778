//! Types.

use super::Formatter;
use super::doc::{Item, WIDTH};
use super::stmts::Commas;
use crate::tree::*;

/// Columns of a type that may be broken. A shorter one is not why a line is too long.
const LONG: usize = WIDTH / 2;

impl Formatter<'_> {
    /// A type. When it is long its lines may end behind brackets and commas.
    pub fn ty(&mut self, id: TypeId) {
        let tree = self.tree;
        let ty = &tree.types[id];
        if self.src.columns_until(ty.span.hi) > LONG {
            self.long_type(&ty.kind, ty.span.hi);
        }
        self.src.plain_until(ty.span.hi);
    }

    fn long_type(&mut self, kind: &TypeKind, end: u32) {
        match kind {
            TypeKind::Generic(name, args) => {
                self.src.plain_until(name.span.hi);
                self.src.push(Item::Open);
                self.src.token();
                self.src.push(Item::Indent);
                self.src.push(Item::Line { space: false });
                for (at, &arg) in args.iter().enumerate() {
                    if at > 0 {
                        self.src.token();
                        self.src.push(Item::Line { space: true });
                    }
                    self.ty(arg);
                }
                self.src.comments();
                self.src.push(Item::Dedent);
                self.src.push(Item::Line { space: false });
                self.src.plain_until(end);
                self.src.push(Item::Close);
            }
            TypeKind::Fun(params, result) => {
                self.src.token();
                self.list(params, Commas::Between, |this, &param| this.ty(param));
                if let Some(result) = result {
                    self.src.token();
                    self.src.space();
                    self.ty(*result);
                }
            }
            TypeKind::Struct(fields) => self.list(fields, Commas::Trailing, |this, field| this.field(field)),
            TypeKind::Option(inner) => self.ty(*inner),
            TypeKind::Name(_) | TypeKind::Error => {}
        }
    }
}
