//! The tokens of a file in order, with the comments and line breaks between them.

use std::ops::Range;

use mochi_base::Span;

use super::doc::Item;
use crate::token::{TokenKind, Tokens};

/// A comment between two tokens, or several that one line has without anything between them.
#[derive(Clone, Debug)]
struct Comment<'a> {
    text: &'a str,
    /// Where it is in the source.
    span: Range<usize>,
    /// Line breaks between what comes before and this.
    breaks: usize,
    /// Whether a line break follows before the next token or comment, or it reaches the end of the line by itself.
    ends_line: bool,
}

/// Turns tokens into items, one after the other.
pub struct Source<'a> {
    text: &'a str,
    /// Offset of the file.
    base: u32,
    /// Positions of the line breaks in the text.
    line_ends: Vec<usize>,
    tokens: Vec<(TokenKind, Span)>,
    /// Bytes of all tokens before each.
    bytes_before: Vec<u32>,
    next: usize,
    /// Comments before the next token that are not written yet, in order.
    comments: Vec<Comment<'a>>,
    /// Line breaks between the last of them, or the token before, and the next token.
    breaks: usize,
    /// The kind of the token written last.
    last: Option<TokenKind>,
    /// Nothing was written since a block began: no empty line may follow.
    pub block_start: bool,
    pub items: Vec<Item<'a>>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str, base: u32, tokens: &Tokens) -> Self {
        let mut this = Self {
            text,
            base,
            line_ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            tokens: tokens.iter().collect(),
            bytes_before: Vec::new(),
            next: 0,
            comments: Vec::new(),
            breaks: 0,
            last: None,
            block_start: true,
            items: Vec::new(),
        };
        let mut bytes = 0;
        this.bytes_before.reserve(this.tokens.len());
        for (_, span) in &this.tokens {
            this.bytes_before.push(bytes);
            bytes += span.hi - span.lo;
        }
        this.scan_gap(0);
        this
    }

    fn at(&self, position: u32) -> usize {
        (position - self.base) as usize
    }

    pub fn slice(&self, span: Span) -> &'a str {
        &self.text[self.at(span.lo)..self.at(span.hi)]
    }

    /// The kind of the next token.
    pub fn kind(&self) -> TokenKind {
        self.peek(0)
    }

    /// The kind of a token further on.
    pub fn peek(&self, ahead: usize) -> TokenKind {
        self.tokens.get(self.next + ahead).map_or(TokenKind::Eof, |token| token.0)
    }

    /// Where the next token starts.
    pub fn start(&self) -> u32 {
        self.tokens.get(self.next).map_or(u32::MAX, |token| token.1.lo)
    }

    /// How long the tokens up to a position are, without what is between them.
    pub fn columns_until(&self, end: u32) -> usize {
        let last = self.tokens.partition_point(|token| token.1.lo < end);
        let before = |at: usize| self.bytes_before.get(at).copied().unwrap_or_default();
        before(last).saturating_sub(before(self.next)) as usize
    }

    /// Whether there is a line break in the text of a span.
    pub fn has_break(&self, span: Span) -> bool {
        let next = self.line_ends.partition_point(|&at| at < self.at(span.lo));
        self.line_ends.get(next).is_some_and(|&at| at < self.at(span.hi))
    }

    /// Whether the source ends the line after the next token.
    pub fn break_after_next(&self) -> bool {
        let end = self.tokens.get(self.next).map_or(self.base, |token| token.1.hi);
        let next = self.tokens.get(self.next + 1).map_or(end, |token| token.1.lo);
        self.text[self.at(end)..self.at(next)].contains('\n')
    }

    /// Whether the line ends before the next token.
    pub fn breaks_next(&self) -> bool {
        self.comments.first().map_or(self.breaks, |comment| comment.breaks) > 0 || self.ended_by_comment()
    }

    /// Whether the last item is a comment that ends its line.
    pub fn ended_by_comment(&self) -> bool {
        matches!(self.items.last(), Some(Item::Behind(_) | Item::Own { .. }))
    }

    /// Whether comments stand before the next token.
    pub fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }

    /// Whether an empty line or more stands before what is written next.
    pub fn blank(&self) -> bool {
        self.comments.first().map_or(self.breaks, |comment| comment.breaks) > 1 && !self.block_start
    }

    pub fn push(&mut self, item: Item<'a>) {
        self.items.push(item);
    }

    pub fn space(&mut self) {
        self.push(Item::Space);
    }

    /// Ends the line; keeps one empty line of those in the source.
    pub fn hard(&mut self) {
        let blank = self.blank();
        self.push(Item::Hard { blank });
    }

    /// Writes the comments before the next token.
    pub fn comments(&mut self) {
        for comment in std::mem::take(&mut self.comments) {
            // One that code follows stays with it, wherever the line begins: that may be our doing.
            if comment.ends_line {
                let blank = comment.breaks > 1 && !self.block_start;
                self.push(Item::Own { text: comment.text, blank });
            } else {
                self.push(Item::Inline(comment.text));
            }
            self.block_start = false;
        }
    }

    /// Writes the next token, with the comments before it and those behind it.
    pub fn token(&mut self) {
        self.comments();
        let Some(&(kind, span)) = self.tokens.get(self.next) else { return };
        let word = |kind: TokenKind| {
            kind.is_name() || kind.is_reserved() || matches!(kind, TokenKind::Int | TokenKind::Float)
        };
        if word(kind) && self.last.is_some_and(word) {
            self.space();
        }
        let text = self.slice(span);
        self.push(Item::Text(text));
        self.last = Some(kind);
        self.block_start = false;
        self.advance();
    }

    /// A space and the next token.
    pub fn spaced(&mut self) {
        self.space();
        self.token();
    }

    /// Leaves out the next token, but not the comments around it.
    pub fn skip(&mut self) {
        self.comments();
        self.advance();
    }

    fn advance(&mut self) {
        let end = self.tokens[self.next].1.hi;
        self.next += 1;
        self.scan_gap(self.at(end));
        let behind = |c: &Comment<'_>| c.breaks == 0 && c.ends_line;
        while self.comments.first().is_some_and(behind) {
            let comment = self.comments.remove(0);
            self.push(Item::Behind(comment.text));
            if let Some(next) = self.comments.first_mut() {
                next.breaks = next.breaks.max(1);
            }
        }
    }

    /// Writes all tokens up to a position with the spaces that types, patterns and lists of names have.
    pub fn plain_until(&mut self, end: u32) {
        while self.start() < end {
            let (kind, span) = self.tokens[self.next];
            if kind == TokenKind::Ge && span.hi > end {
                self.half();
            } else {
                self.plain();
            }
        }
    }

    /// Writes the `>` that ends type arguments; of its token, `>=`, the `=` is left.
    fn half(&mut self) {
        self.comments();
        self.push(Item::Text(">"));
        self.last = Some(TokenKind::Gt);
        let (kind, span) = &mut self.tokens[self.next];
        *kind = TokenKind::Assign;
        span.lo += 1;
    }

    /// The same up to the next token of a kind, which must be there.
    pub fn plain_before(&mut self, kind: TokenKind) {
        while self.kind() != kind && self.kind() != TokenKind::Eof {
            self.plain();
        }
    }

    fn plain(&mut self) {
        use TokenKind::{Colon, Comma, RBrace};
        // The comma before a closing brace is optional.
        if self.kind() == Comma && self.peek(1) == RBrace {
            self.skip();
            return;
        }
        if matches!(self.last, Some(Comma | Colon)) {
            self.space();
        }
        self.token();
    }

    fn add_comment(&mut self, start: usize, end: usize, breaks: usize, ends_line: bool) {
        let (mut start, mut breaks) = (start, breaks);
        if let Some(before) = self.comments.last()
            && breaks == 0
            && self.text[before.span.end..start].trim().is_empty()
        {
            (start, breaks) = (before.span.start, before.breaks);
            self.comments.pop();
        }
        let text = self.text[start..end].trim_end();
        self.comments.push(Comment { text, span: start..end, breaks, ends_line });
    }

    /// Looks at the text between the end of a token and the next one.
    fn scan_gap(&mut self, from: usize) {
        let to = self.tokens.get(self.next).map_or(self.text.len(), |token| self.at(token.1.lo));
        let bytes = self.text.as_bytes();
        let (mut at, mut breaks) = (from, 0);
        self.comments.clear();
        while at < to {
            let start = at;
            match bytes[at] {
                b'\n' => {
                    breaks += 1;
                    at += 1;
                }
                b'#' | b'/' => {
                    let block = bytes[at] == b'/' && bytes.get(at + 1) == Some(&b'*');
                    let rest = &self.text[at..to];
                    let len = if block {
                        rest[2..].find("*/").map_or(rest.len(), |len| len + 4)
                    } else {
                        rest.find('\n').unwrap_or(rest.len())
                    };
                    at += len;
                    self.add_comment(start, at, breaks, !block);
                    breaks = 0;
                }
                _ => at += 1,
            }
            if breaks > 0
                && let Some(last) = self.comments.last_mut()
            {
                last.ends_line = true;
            }
        }
        // What reaches the end of the file ends its line too.
        if self.tokens.get(self.next).is_none_or(|token| token.0 == TokenKind::Eof)
            && let Some(last) = self.comments.last_mut()
        {
            last.ends_line = true;
        }
        self.breaks = breaks;
    }
}
