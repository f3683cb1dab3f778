//! Diagnostics as data: a code, filled-in fields, spans. Words exist only in the [`diagnostics!`] table, rendering
//! only in [`render`](crate::render).
//!
//! A stage reports into a [`Sink`] and goes on; it never prints and never stops a program itself.

use crate::source::Span;

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Severity {
    /// The program cannot run.
    Error,
    /// The program runs; `check` and editors show this.
    Warning,
}

/// A further place that a diagnostic points at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// One report to the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The code, such as `T008`.
    pub code: Code,
    /// Error, or warning when the profile tolerates it.
    pub severity: Severity,
    /// What was expected and what was found.
    pub message: String,
    /// The likely fix.
    pub help: String,
    /// The place; only its start is part of the contract.
    pub span: Span,
    /// Further places.
    pub notes: Vec<Note>,
}

impl Diagnostic {
    /// Adds a further place.
    #[must_use]
    pub fn note(mut self, span: Span, text: impl Into<String>) -> Self {
        self.notes.push(Note { span, text: text.into() });
        self
    }
    /// The same report as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

/// Collects diagnostics in the order they are found.
#[derive(Default, Debug)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
    errors: usize,
}

impl Sink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }
    /// Takes a diagnostic.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.diagnostics.push(diagnostic);
    }
    /// Number of errors so far.
    pub fn errors(&self) -> usize {
        self.errors
    }
    /// All diagnostics so far.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
    /// All diagnostics.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// The table of all diagnostics: for each code its fields, severity, message and help.
///
/// Each row makes a struct named like the code, with `at(span)` to turn it into a [`Diagnostic`], and a variant of
/// [`Code`]. Fields may be anything that implements `Display`.
macro_rules! diagnostics {
    ($($(#[$meta:meta])* $code:ident $({ $($field:ident),* })? $severity:ident $message:literal help $help:literal;)*) => {
        /// The code of a diagnostic; see `docs/errors`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code { $($(#[$meta])* $code,)* }

        impl Code {
            /// All codes in table order.
            pub const ALL: &'static [Code] = &[$(Code::$code,)*];
            /// The code as people write it.
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => stringify!($code),)* }
            }
            /// The message with its fields unfilled, for indexes.
            pub fn template(self) -> &'static str {
                match self { $(Code::$code => $message,)* }
            }
        }

        $(diagnostics!(@row $(#[$meta])* $code [$($($field)*)?] $severity $message $help);)*
    };
    (@row $(#[$meta:meta])* $code:ident [$($field:ident)*] $severity:ident $message:literal $help:literal) => {
        $(#[$meta])*
        #[allow(missing_docs, non_snake_case)]
        pub struct $code<$($field = ()),*> { $(pub $field: $field),* }
        #[allow(non_camel_case_types)]
        impl<$($field: std::fmt::Display),*> $code<$($field),*> {
            /// The diagnostic at a place.
            pub fn at(self, span: Span) -> Diagnostic {
                #[allow(unused_variables)]
                let Self { $($field),* } = self;
                Diagnostic {
                    code: Code::$code,
                    severity: diagnostics!(@severity $severity),
                    message: format!($message),
                    help: format!($help),
                    span,
                    notes: Vec::new(),
                }
            }
        }
    };
    (@severity error) => { Severity::Error };
    (@severity warning) => { Severity::Warning };
}

/// The rows of [`diagnostics!`], one struct per code.
pub mod codes {
    #![allow(non_camel_case_types)]
    use super::{Diagnostic, Severity, Span};
    diagnostics! {
        /// Unclosed or missing block.
        P001 { found } error "expected `{{`, found {found}"
             help "Blocks are written in braces: `if ready {{ ... }}`.";
        /// Undefined variable.
        T002 { name } error "undefined variable `{name}`"
             help "Declare it first: `let {name} = ...`.";
    }
}

pub use codes::Code;
