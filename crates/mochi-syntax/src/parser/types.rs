//! Types as written (language reference, 2.2).

use super::Parser;
use super::literals::Trailing;
use super::recover::NAMES;
use crate::token::{KindSet, TokenKind};
use crate::tree::*;

/// Tokens that a type can start with.
const TYPE_STARTS: KindSet = KindSet::of(&[TokenKind::Fun, TokenKind::LBrace]).and(NAMES);

impl Parser<'_> {
    /// `: type`, if it is there.
    #[inline]
    pub(super) fn type_annotation(&mut self) -> Option<TypeId> {
        self.eat(TokenKind::Colon).then(|| self.ty())
    }

    /// A type, or a report that it is missing.
    pub(super) fn ty(&mut self) -> TypeId {
        let generic = self.kind.is_name() && self.peek(1) == TokenKind::Lt;
        let dotted = self.peek(1) == TokenKind::Dot && self.peek(2).is_name();
        self.nested_type(generic, dotted)
    }

    /// The type after `as`, where a `<` may also compare.
    pub(super) fn cast_type(&mut self) -> TypeId {
        let generic = self.kind.is_name() && self.peek(1) == TokenKind::Lt && self.type_arguments_follow();
        // A dot may also read a field of the result.
        self.nested_type(generic, self.at_package_name())
    }

    fn nested_type(&mut self, generic: bool, dotted: bool) -> TypeId {
        let start = self.start();
        if !self.enter() {
            self.leave();
            return self.make_type(start, TypeKind::Error);
        }
        let kind = match self.kind {
            TokenKind::Fun => self.function_type(),
            TokenKind::LBrace => {
                let mut fields = Vec::new();
                self.list(TokenKind::RBrace, Trailing::Allowed, NAMES, |parser| {
                    fields.push(parser.field_decl())
                });
                TypeKind::Struct(fields)
            }
            kind if dotted && kind.is_name() => TypeKind::Name(self.package_name().name),
            _ => match self.name() {
                Some(name) if generic => self.type_arguments(name),
                Some(name) => TypeKind::Name(name.name),
                None => {
                    self.unexpected("a type");
                    TypeKind::Error
                }
            },
        };
        let mut ty = self.make_type(start, kind);
        if self.eat(TokenKind::Question) {
            ty = self.make_type(start, TypeKind::Option(ty));
        }
        self.leave();
        ty
    }

    /// `<A, B>` after a name.
    fn type_arguments(&mut self, name: Ident) -> TypeKind {
        self.bump();
        let mut args = vec![self.ty()];
        while self.eat(TokenKind::Comma) {
            args.push(self.ty());
        }
        self.expect_gt();
        TypeKind::Generic(name, args)
    }

    /// The `>` that closes type arguments or parameters. In `list<int>= xs` it is the first half of a token.
    pub(super) fn expect_gt(&mut self) {
        if self.kind == TokenKind::Ge {
            self.tokens.kinds[self.at] = TokenKind::Assign;
            self.tokens.starts[self.at] += 1;
            self.prev_end = self.tokens.starts[self.at];
            self.resume();
            return;
        }
        self.expect(TokenKind::Gt);
    }

    /// `fun(A, B): R`.
    fn function_type(&mut self) -> TypeKind {
        self.bump();
        let mut params = Vec::new();
        if self.kind == TokenKind::LParen {
            self.list(TokenKind::RParen, Trailing::Refused, TYPE_STARTS, |parser| params.push(parser.ty()));
        } else {
            self.expected_token(TokenKind::LParen);
        }
        TypeKind::Fun(params, self.type_annotation())
    }

    /// `name: type`.
    pub(super) fn field_decl(&mut self) -> FieldDecl {
        let name = self.expect_name("a field name");
        self.expect(TokenKind::Colon);
        FieldDecl { name, ty: self.ty() }
    }

    /// Whether the name and the `<` that stand here start a type with arguments, rather than a comparison: whether
    /// tokens that can be types, in balanced brackets, lead to the closing `>`. Looks no further than the next `as`,
    /// so all these looks together are linear in the text.
    fn type_arguments_follow(&self) -> bool {
        let mut open = vec![TokenKind::Gt];
        let mut before = TokenKind::Lt;
        for &kind in &self.tokens.kinds[self.at + 2..] {
            // A type follows these and nothing else.
            let wants_type = matches!(
                before,
                TokenKind::Lt | TokenKind::Comma | TokenKind::Colon | TokenKind::LParen | TokenKind::LBrace
            );
            let fits = match kind {
                TokenKind::As => false,
                TokenKind::Fun | TokenKind::LBrace => wants_type,
                TokenKind::Lt | TokenKind::Dot => before.is_name(),
                TokenKind::LParen => before == TokenKind::Fun,
                TokenKind::Comma | TokenKind::Question => !wants_type,
                TokenKind::Colon => before.is_name() || before == TokenKind::RParen,
                TokenKind::Gt => !wants_type && open.last() == Some(&TokenKind::Gt),
                TokenKind::RParen | TokenKind::RBrace => open.last() == Some(&kind),
                kind => kind.is_name() && (wants_type || before == TokenKind::Dot),
            };
            if !fits {
                return false;
            }
            match kind {
                TokenKind::Lt => open.push(TokenKind::Gt),
                TokenKind::LParen => open.push(TokenKind::RParen),
                TokenKind::LBrace => open.push(TokenKind::RBrace),
                TokenKind::Gt | TokenKind::RParen | TokenKind::RBrace => {
                    open.pop();
                }
                _ => {}
            }
            if open.is_empty() {
                return true;
            }
            before = kind;
        }
        false
    }
}
