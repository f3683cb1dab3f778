//! Errors and the way back from them.
//!
//! A production that cannot go on calls one of the functions here. The first report of a cause is kept; then the
//! current kind becomes [`TokenKind::Nothing`], which no production accepts, so all open productions finish at once
//! without consuming anything, up to one that knows how to go on:
//! - a list in brackets skips to its next comma or its end ([`Parser::recover_in_list`]);
//! - a block skips to its next statement ([`Parser::sync_statement`]);
//! - a statement whose header is wrong skips to its block ([`Parser::skip_to_block`]).
//!
//! Only here do line ends and indentation count: they tell where the author meant a statement to start.
//!
//! A closing bracket whose opening one was abandoned in this way is dropped silently when it turns up.

use mochi_base::diag::codes;
use mochi_base::{Diagnostic, Span};

use super::Parser;
use crate::lexer::MAX_REPORTS;
use crate::token::{KindSet, TokenKind};
use crate::tree::Ident;

/// Words that start a statement and never stand inside an expression; `fun` with a name does too.
const STATEMENT_WORDS: KindSet = {
    use TokenKind::*;
    KindSet::of(&[
        Agent, Break, Continue, Emit, Expect, Export, Extern, Fact, For, Import, Intent, Let, On, Package,
        Return, Rule, Stream, Test, Type, Var, While,
    ])
};

/// How far, in bytes, to look for the start or indentation of a line, so that long lines cost nothing.
const LOOK_BACK: usize = 400;

/// Tokens that an expression can start with.
pub(super) const EXPR_STARTS: KindSet = {
    use TokenKind::*;
    KindSet::of(&[
        BadLiteral, Int, Float, Str, True, False, None, LParen, LBracket, LBrace, Minus, Not, Fun, If, Match,
        Generate, Fetch, Load, Save,
    ])
    .and(NAMES)
};

/// Tokens that can be names.
pub(super) const NAMES: KindSet = {
    let mut set = KindSet::of(&[]);
    let mut i = 0;
    while i < TokenKind::ALL.len() {
        if TokenKind::ALL[i].is_name() {
            set = set.and(KindSet::of(&[TokenKind::ALL[i]]));
        }
        i += 1;
    }
    set
};

/// After a reserved word in the place of a name, these say that it was meant as one.
const AFTER_NAME: KindSet = {
    use TokenKind::*;
    KindSet::of(&[Assign, Colon, Comma, RParen, LParen, In, Dot, RBracket, LBrace])
};

/// How many opened brackets of each kind were given up before their closing one was seen.
#[derive(Default)]
pub(super) struct Abandoned {
    parens: u32,
    brackets: u32,
    braces: u32,
}

impl Abandoned {
    fn count(&mut self, close: TokenKind) -> &mut u32 {
        match close {
            TokenKind::RParen => &mut self.parens,
            TokenKind::RBracket => &mut self.brackets,
            _ => &mut self.braces,
        }
    }
}

impl Parser<'_> {
    // ------------------------------------------------------------------------------------------------ reporting

    /// Whether an error was met and nobody has found the way back yet.
    #[inline]
    pub(super) fn recovering(&self) -> bool {
        self.kind == TokenKind::Nothing
    }

    /// Goes on parsing at the current token.
    pub(super) fn resume(&mut self) {
        self.kind = self.tokens.kinds[self.at];
    }

    /// Reports something that parsing goes on after.
    #[cold]
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.muted == 0 && self.errors.len() < MAX_REPORTS {
            self.errors.push(diagnostic);
        }
    }

    /// Reports the cause for which the current token is not accepted, unless it is known, and starts to recover.
    #[cold]
    pub(super) fn fail(&mut self, make: impl FnOnce(&Self) -> Diagnostic) {
        if self.recovering() {
            return;
        }
        if self.last_error != self.at && self.tokens.after_dropped.binary_search(&(self.at as u32)).is_err() {
            let diagnostic = make(self);
            self.report(diagnostic);
        }
        self.last_error = self.at;
        self.kind = TokenKind::Nothing;
    }

    /// The current token cannot stand where `expected` should.
    #[cold]
    pub(super) fn unexpected(&mut self, expected: &str) {
        self.fail(|parser| {
            let span = parser.token_span();
            match parser.kind {
                TokenKind::Star => codes::P050 { expected }.at(span),
                TokenKind::RParen => codes::P052 { expected, found: parser.found() }.at(span),
                TokenKind::RBrace => codes::P053 { expected }.at(span),
                TokenKind::Colon => codes::P054 { expected }.at(span),
                TokenKind::Dot => codes::P055 { expected }.at(span),
                TokenKind::Let => codes::P056 { expected }.at(span),
                _ => codes::P999 { expected, found: parser.found() }.at(span),
            }
        });
    }

    /// A token of this kind is missing.
    #[cold]
    pub(super) fn expected_token(&mut self, kind: TokenKind) {
        let expected = format!("`{}`", kind.text());
        match kind {
            TokenKind::LBrace | TokenKind::RBrace => {
                self.fail(|parser| codes::P001 { expected, found: parser.found() }.at(parser.token_span()));
            }
            TokenKind::LParen | TokenKind::RParen => {
                self.fail(|parser| codes::P052 { expected, found: parser.found() }.at(parser.token_span()));
            }
            _ => self.unexpected(&expected),
        }
    }

    /// A name is missing; `what` says of what.
    #[cold]
    pub(super) fn missing_name(&mut self, what: &str) -> Ident {
        self.fail(|parser| codes::P030 { what, found: parser.found() }.at(parser.token_span()));
        self.replace_name()
    }

    /// Something in the place of a name that has just been reported: takes a reserved word for the name when that is
    /// what was meant, else makes up an empty name.
    #[cold]
    pub(super) fn replace_name(&mut self) -> Ident {
        let meant = self.tokens.kinds[self.at].is_reserved()
            && AFTER_NAME.has(self.peek(1))
            && !self.starts_line(self.at);
        let span = if meant {
            self.resume();
            self.bump()
        } else {
            Span::new(self.start(), self.start())
        };
        Ident { name: self.names.intern(self.slice(span)), span }
    }

    /// The current token, for people.
    pub(super) fn found(&self) -> String {
        let kind = self.tokens.kinds[self.at];
        match kind {
            TokenKind::Eof | TokenKind::Str | TokenKind::Nothing | TokenKind::BadLiteral => {
                kind.text().to_string()
            }
            _ => {
                let text = self.slice(self.token_span());
                match text.char_indices().nth(40) {
                    Some((cut, _)) => format!("`{}...`", &text[..cut]),
                    None => format!("`{text}`"),
                }
            }
        }
    }

    // -------------------------------------------------------------------------------------------------- layout

    /// Whether this token is the first on its line.
    pub(super) fn starts_line(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        self.slice(Span::new(self.tokens.ends[before], self.tokens.starts[at])).contains('\n')
    }

    /// Number of blanks that the line of this position starts with; 0 when the line starts too far away to look.
    fn indent(&self, position: u32) -> usize {
        if self.errors.len() >= MAX_REPORTS {
            return 0;
        }
        let before = &self.text.as_bytes()[..(position - self.base) as usize];
        let window = &before[before.len().saturating_sub(LOOK_BACK)..];
        let Some(line) = window.iter().rposition(|&b| b == b'\n') else {
            return if before.len() <= LOOK_BACK { blanks(self.text.as_bytes()) } else { 0 };
        };
        blanks(&self.text.as_bytes()[before.len() - window.len() + line + 1..])
    }

    /// Whether this token starts a line that is not indented more than the line of `open`.
    pub(super) fn outdented(&self, at: usize, open: u32) -> bool {
        self.starts_line(at) && self.indent(self.tokens.starts[at]) <= self.indent(open)
    }

    /// Whether a statement starts here for sure.
    pub(super) fn starts_statement(&self, at: usize) -> bool {
        match self.tokens.kinds[at] {
            TokenKind::Fun => self.names_function(at + 1),
            kind => STATEMENT_WORDS.has(kind),
        }
    }

    /// Whether a token after `fun` is a name, perhaps a reserved one, so that this is a declaration.
    pub(super) fn names_function(&self, at: usize) -> bool {
        match self.tokens.kinds.get(at) {
            Some(kind) if kind.is_reserved() => self.tokens.kinds.get(at + 1) == Some(&TokenKind::LParen),
            kind => kind.is_some_and(|kind| kind.is_name()),
        }
    }

    // ------------------------------------------------------------------------------------------------- skipping

    /// Skips tokens, brackets with their contents, to the first from index `from` on that `stop` accepts, that starts
    /// a statement, or that closes a brace opened before.
    fn skip_until(&mut self, from: usize, mut stop: impl FnMut(&Self, TokenKind) -> bool) {
        let mut open = Vec::new();
        let mut braces = 0_u32;
        loop {
            let kind = self.tokens.kinds[self.at];
            let may_stop = self.at >= from;
            if kind == TokenKind::Eof || (may_stop && open.is_empty() && stop(self, kind)) {
                return;
            }
            match kind {
                TokenKind::LParen => open.push(TokenKind::RParen),
                TokenKind::LBracket => open.push(TokenKind::RBracket),
                TokenKind::LBrace => {
                    open.push(TokenKind::RBrace);
                    braces += 1;
                }
                TokenKind::RBrace if braces == 0 => return,
                TokenKind::RBrace => {
                    braces -= 1;
                    while open.pop().is_some_and(|close| close != TokenKind::RBrace) {}
                }
                TokenKind::RParen | TokenKind::RBracket if open.last() == Some(&kind) => {
                    open.pop();
                }
                _ if may_stop && braces == 0 && self.starts_statement(self.at) => return,
                _ => {}
            }
            self.advance();
        }
    }

    /// Skips to the next comma or the end of the list that was opened at `open`. Whether one was found; if not, the
    /// list is abandoned.
    #[cold]
    pub(super) fn recover_in_list(&mut self, open: u32, close: TokenKind) -> bool {
        self.skip_until(self.at, |parser, kind| {
            let closes = matches!(kind, TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace);
            kind == TokenKind::Comma || closes || parser.outdented(parser.at, open)
        });
        let kind = self.tokens.kinds[self.at];
        let found = kind == TokenKind::Comma || kind == close;
        if found {
            self.resume();
        } else {
            *self.abandoned.count(close) += 1;
        }
        found
    }

    /// Skips to what looks like the start of the statement after the one that started at token `first`.
    #[cold]
    pub(super) fn sync_statement(&mut self, first: usize) {
        self.skip_until(first + 1, |parser, kind| {
            let can_start = EXPR_STARTS.has(kind) || kind == TokenKind::Else;
            can_start && parser.starts_line(parser.at)
        });
        self.resume();
    }

    /// Skips to a `{` that may open the block of the current statement, on this line or first on the next.
    #[cold]
    pub(super) fn skip_to_block(&mut self) {
        let mut at = self.at;
        loop {
            let kind = self.tokens.kinds[at];
            if kind == TokenKind::LBrace {
                while self.at < at {
                    self.advance();
                }
                return self.resume();
            }
            let leaves = matches!(kind, TokenKind::Eof | TokenKind::RBrace) || self.starts_statement(at);
            if leaves || (at > self.at && self.starts_line(at)) {
                *self.abandoned.count(TokenKind::RBrace) += 1;
                return;
            }
            at += 1;
        }
    }

    /// Skips to the next match arm, at token `from` or later.
    #[cold]
    pub(super) fn skip_in_match(&mut self, from: usize) {
        self.skip_until(from, |parser, kind| kind == TokenKind::Comma || parser.starts_line(parser.at));
        self.resume();
    }

    /// Skips to the arrow of the current match arm, at most to its end.
    #[cold]
    pub(super) fn skip_to_arrow(&mut self) {
        self.skip_until(self.at, |parser, kind| {
            matches!(kind, TokenKind::Arrow | TokenKind::Comma) || parser.starts_line(parser.at)
        });
        self.resume();
    }

    /// Whether the current closing bracket belongs to one that was abandoned; then it is consumed.
    #[cold]
    pub(super) fn forgive(&mut self) -> bool {
        let kind = self.kind;
        if !matches!(kind, TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace) {
            return false;
        }
        let count = self.abandoned.count(kind);
        let known = *count > 0;
        if known {
            *count -= 1;
            self.bump();
        }
        known
    }

    // ---------------------------------------------------------------------------------------------------- lists

    /// After an element of a list that is followed by neither comma nor end: whether to go on with another element.
    #[cold]
    pub(super) fn after_element(&mut self, open: u32, close: TokenKind, starts: KindSet) -> bool {
        let ends_here = self.starts_statement(self.at)
            || (self.starts_line(self.at)
                && (self.peek(1) == TokenKind::Assign
                    || (close == TokenKind::RParen && self.outdented(self.at, open))));
        if starts.has(self.kind) && !ends_here {
            // As if the comma were there.
            self.fail(|parser| codes::P051 { found: parser.found() }.at(parser.token_span()));
            self.resume();
            return true;
        }
        self.missing_close(open, close);
        if ends_here || self.tokens.kinds[self.at] == TokenKind::Eof {
            // As if the bracket were closed.
            *self.abandoned.count(close) += 1;
            self.resume();
            return false;
        }
        self.recover_in_list(open, close)
    }

    /// The `}` after members or match arms, or a report that it is missing; then parsing goes on as if it were there.
    pub(super) fn close_members(&mut self, open: u32) {
        if self.eat(TokenKind::RBrace) {
            return;
        }
        self.missing_close(open, TokenKind::RBrace);
        self.expect_stray_brace();
        self.resume();
    }

    /// A `}` that closes nothing will follow, for a reason that has been reported.
    pub(super) fn expect_stray_brace(&mut self) {
        self.abandoned.braces += 1;
    }

    /// The end of the list that was opened at `open` is missing.
    #[cold]
    pub(super) fn missing_close(&mut self, open: u32, close: TokenKind) {
        let expected = format!("`{}`", close.text());
        let note = (Span::new(open, open + 1), "opened here");
        self.fail(|parser| {
            let found = parser.found();
            let span = parser.token_span();
            let diagnostic = match close {
                TokenKind::RBrace => codes::P001 { expected, found }.at(span),
                TokenKind::RParen => codes::P052 { expected, found }.at(span),
                _ => codes::P999 { expected, found }.at(span),
            };
            diagnostic.note(note.0, note.1)
        });
    }
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take(LOOK_BACK).take_while(|&&b| b == b' ' || b == b'\t').count()
}
