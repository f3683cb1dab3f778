//! Tokens: the table of their kinds, sets of kinds, and the compact list that the lexer makes.
//!
//! A kind is one byte. Contextual words (`as`, `select`, ...) have kinds of their own, so the parser recognises them
//! without looking at text, and are names everywhere else: [`TokenKind::is_name`].

/// Expands a row list into [`TokenKind`] and the functions that map kinds to text.
macro_rules! tokens {
    (
        special { $($(#[$special_doc:meta])* $special:ident $special_text:literal)* }
        contextual { $($contextual:ident $contextual_text:literal)* }
        reserved { $($reserved:ident $reserved_text:literal)* }
        punctuation { $($mark:ident $mark_text:literal)* }
    ) => {
        /// What a token is.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum TokenKind {
            $($(#[$special_doc])* $special,)*
            $($contextual,)*
            $($reserved,)*
            $($mark,)*
        }

        impl TokenKind {
            /// All kinds in order of their numbers.
            pub const ALL: &'static [TokenKind] = &[
                $(TokenKind::$special,)* $(TokenKind::$contextual,)* $(TokenKind::$reserved,)* $(TokenKind::$mark,)*
            ];

            /// The word or mark itself, or what the token is called.
            pub const fn text(self) -> &'static str {
                match self {
                    $(TokenKind::$special => $special_text,)*
                    $(TokenKind::$contextual => $contextual_text,)*
                    $(TokenKind::$reserved => $reserved_text,)*
                    $(TokenKind::$mark => $mark_text,)*
                }
            }
        }

        /// All words with a kind of their own.
        pub(crate) const WORDS: &[TokenKind] = &[$(TokenKind::$contextual,)* $(TokenKind::$reserved,)*];
        const FIRST_RESERVED: u8 = [$(TokenKind::$reserved as u8),*][0];
        const FIRST_MARK: u8 = [$(TokenKind::$mark as u8),*][0];
    };
}

tokens! {
    special {
        /// The end of the file.
        Eof "the end of the file"
        /// Not in any file: what the parser sees while it recovers from an error. Matches nothing.
        Nothing "nothing"
        /// A malformed literal that the lexer has reported.
        BadLiteral "a malformed literal"
        /// An integer literal.
        Int "a number"
        /// A float literal.
        Float "a number"
        /// A string literal.
        Str "a string"
        /// A name that is no contextual word.
        Ident "a name"
    }
    contextual {
        As "as" Auto "auto" Bench "bench" By "by" Distinct "distinct" Except "except" From "from" Group "group"
        Having "having" Intersect "intersect" Into "into" Join "join" Left "left" Model "model" Object "object"
        Order "order" Outer "outer" Query "query" Right "right" Select "select" Set "set" Skip "skip" Sort "sort"
        Take "take" To "to" Union "union" Update "update" Where "where" With "with"
    }
    reserved {
        Agent "agent" All "all" Break "break" Continue "continue" Else "else" Emit "emit" Expect "expect"
        Export "export" Extern "extern" Fact "fact" False "false" For "for" Fetch "fetch" Fun "fun"
        Generate "generate" If "if" Import "import" In "in" Intent "intent" Let "let" Load "load" Match "match"
        None "none" On "on" Package "package" Return "return" Rule "rule" Save "save" Stream "stream" Test "test"
        Then "then" True "true" Type "type" Var "var" While "while"
    }
    punctuation {
        EqEq "==" NotEq "!=" Le "<=" Ge ">=" AndAnd "&&" OrOr "||" Arrow "=>" DotDot ".." Coalesce "??"
        Plus "+" Minus "-" Star "*" Slash "/" Percent "%" Assign "=" Lt "<" Gt ">" Not "!" Bar "|"
        LBrace "{" RBrace "}" LBracket "[" RBracket "]" LParen "(" RParen ")" Comma "," Dot "." Colon ":"
        Question "?"
    }
}

/// The words that are never names.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    TokenKind::ALL.iter().filter(|kind| kind.is_reserved()).map(|kind| kind.text())
}

impl TokenKind {
    /// Whether the token can be a name: an identifier or a contextual word.
    #[inline]
    pub const fn is_name(self) -> bool {
        let kind = self as u8;
        TokenKind::Ident as u8 <= kind && kind < FIRST_RESERVED
    }

    /// Whether the token is a reserved word.
    #[inline]
    pub const fn is_reserved(self) -> bool {
        let kind = self as u8;
        FIRST_RESERVED <= kind && kind < FIRST_MARK
    }
}

/// A set of token kinds, one bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KindSet(u128);

const _: () = assert!(TokenKind::ALL.len() <= 128, "KindSet has one bit per kind");

impl KindSet {
    /// The empty set.
    pub const NONE: KindSet = KindSet(0);

    /// The set of these kinds.
    pub const fn of(kinds: &[TokenKind]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < kinds.len() {
            bits |= 1 << kinds[i] as u8;
            i += 1;
        }
        KindSet(bits)
    }

    /// The union of two sets.
    pub const fn and(self, other: KindSet) -> Self {
        KindSet(self.0 | other.0)
    }

    /// Whether the set has this kind.
    #[inline]
    pub const fn has(self, kind: TokenKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// The tokens of one file, [`TokenKind::Eof`] last. Positions are absolute, as in [`mochi_base::Span`].
#[derive(Default, Debug)]
pub struct Tokens {
    pub(crate) kinds: Vec<TokenKind>,
    pub(crate) starts: Vec<u32>,
    pub(crate) ends: Vec<u32>,
    /// Indices, ascending, of tokens right after text that the lexer dropped with a report. An error at such a token
    /// has the same cause.
    pub(crate) after_dropped: Vec<u32>,
}

impl Tokens {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Tokens {
            kinds: Vec::with_capacity(capacity),
            starts: Vec::with_capacity(capacity),
            ends: Vec::with_capacity(capacity),
            after_dropped: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, kind: TokenKind, start: u32, end: u32) {
        self.kinds.push(kind);
        self.starts.push(start);
        self.ends.push(end);
    }

    /// Number of tokens, the end of the file included.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there is no token at all, which is never so after lexing.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Kinds and spans in order.
    pub fn iter(&self) -> impl Iterator<Item = (TokenKind, mochi_base::Span)> {
        let spans = self.starts.iter().zip(&self.ends).map(|(&lo, &hi)| mochi_base::Span::new(lo, hi));
        self.kinds.iter().copied().zip(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_reserved_words_are_told_apart() {
        assert!(TokenKind::Ident.is_name() && TokenKind::As.is_name() && TokenKind::With.is_name());
        assert!(!TokenKind::Agent.is_name() && !TokenKind::Str.is_name() && !TokenKind::EqEq.is_name());
        assert!(TokenKind::Agent.is_reserved() && TokenKind::While.is_reserved());
        assert!(!TokenKind::With.is_reserved() && !TokenKind::EqEq.is_reserved());
    }
}
