//! Diagnostics as data: a code, filled-in fields, spans. Words exist only in the `diagnostics!` table, rendering
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
    cut: bool,
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
    /// Says that a stage left further diagnostics out: nobody reads thousands, and their texts take time.
    pub fn cut(&mut self) {
        self.cut = true;
    }
    /// Whether a stage left diagnostics out.
    pub fn is_cut(&self) -> bool {
        self.cut
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

/// Longest message or help, in bytes: names and types of any length may stand in them.
const LONGEST_TEXT: usize = 2000;

/// The text, cut where it is too long to read.
fn bounded(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push_str(" ...");
    }
    text
}

/// Declares the table of all diagnostics: for each code its condition (the doc comment), fields, severity, message and
/// help.
///
/// A row `T002 { name } error "..." help "...";` makes
/// - a struct `T002 { name }` whose `at(span)` gives the [`Diagnostic`]; a field is anything that implements
///   `Display`, and message and help name it as in `format!`;
/// - a variant of [`Code`] with its name, severity, message template and page.
///
/// A row without `docs/errors/<CODE>.md` does not compile.
macro_rules! diagnostics {
    ($(
        $(#[doc = $doc:literal])+
        $code:ident $({ $($field:ident),* })? $severity:ident $message:literal
            help $help:literal;
    )*) => {
        /// The code of a diagnostic; `docs/errors` has a page for each.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code { $($(#[doc = $doc])+ $code,)* }

        impl Code {
            /// All codes in table order.
            pub const ALL: &'static [Code] = &[$(Code::$code,)*];
            /// The code as people write it.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$code => stringify!($code),)* }
            }
            /// When the diagnostic is reported, in one line.
            pub fn condition(self) -> &'static str {
                match self { $(Code::$code => concat!($($doc),+).trim_start(),)* }
            }
            /// The message as a `format!` template, for indexes.
            pub const fn template(self) -> &'static str {
                match self { $(Code::$code => $message,)* }
            }
            /// The page of `docs/errors`: what the code means, a wrong and a right example. In Markdown.
            pub const fn page(self) -> &'static str {
                match self {
                    $(Code::$code => include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"), "/../../docs/errors/", stringify!($code), ".md"
                    )),)*
                }
            }
        }

        $(diagnostics!(@row [$(#[doc = $doc])+] $code [$($($field)*)?] $severity $message $help);)*
    };
    (@row [$(#[$meta:meta])*] $code:ident [$($field:ident)*] $severity:ident $message:literal $help:literal) => {
        $(#[$meta])*
        #[allow(missing_docs)]
        #[derive(Clone, Debug)]
        pub struct $code<$($field = ()),*> { $(pub $field: $field),* }

        impl<$($field: std::fmt::Display),*> $code<$($field),*> {
            /// The diagnostic at a place.
            pub fn at(self, span: Span) -> Diagnostic {
                #[allow(unused_variables)]
                let Self { $($field),* } = self;
                Diagnostic {
                    code: Code::$code,
                    severity: diagnostics!(@severity $severity),
                    message: $crate::diag::bounded(format!($message)),
                    help: $crate::diag::bounded(format!($help)),
                    span,
                    notes: Vec::new(),
                }
            }
        }
    };
    (@severity error) => { Severity::Error };
    (@severity warning) => { Severity::Warning };
}

pub mod codes;
mod explain;

pub use codes::Code;
pub use explain::{Example, explain};
