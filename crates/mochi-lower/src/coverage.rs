//! Counting how often places of a program are executed: a call of the runtime before each statement, match arm and branch
//! of an `if` expression, and at the start of each function. Nothing is counted unless it was asked for.

use mochi_abi::RuntimeFn;
use mochi_base::Span;
use mochi_types::typed::FunKind;

use crate::Cx;

/// A place that is counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its text; the line of its start is the line that counts.
    pub span: Span,
    /// The function that starts here.
    pub function: Option<String>,
}

impl Cx<'_, '_> {
    /// Counts what follows.
    pub fn cover(&mut self, span: Span) {
        self.count(span, None);
    }

    /// Counts the calls of the function being lowered. Neither the top-level code nor a block is called.
    pub fn cover_function(&mut self, kind: FunKind, span: Span) {
        if self.lowering.places.is_some() && !matches!(kind, FunKind::Main | FunKind::Block(_)) {
            let name = self.func.shown.clone();
            self.count(span, Some(name));
        }
    }

    fn count(&mut self, span: Span, function: Option<String>) {
        let Some(places) = &mut self.lowering.places else { return };
        if span.is_none() {
            return;
        }
        let number = places.len() as i64;
        places.push(Place { span, function });
        let number = self.b().int(number);
        self.runtime(RuntimeFn::cover, &[number]);
    }
}
