//! The one style of Mochi programs.
//!
//! The formatter writes the tokens of the source in their order, all comments included, and decides only what is between
//! them: white space and line breaks, which mean nothing in the language, and a few optional commas. So the result is the
//! same program; that it is made of the same tokens is compared in the end, whatever happened before.
//!
//! [`source`] hands out tokens and comments, [`stmts`] and [`exprs`] walk the tree along with them, [`doc`] breaks lines.
//! From the source's own line breaks it keeps: single empty lines, blocks and arms written on one line, and lists whose
//! first item is on a line of its own.

mod doc;
mod exprs;
mod source;
mod stmts;
mod types;

use mochi_base::{FileId, IdVec, Interner, Sink, SourceMap};

use crate::token::TokenKind;
use crate::tree::{ExprId, Tree};
use doc::Item;
use source::Source;

/// Why there is no formatted text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormatError {
    /// The source has syntax errors, which are in the sink.
    Syntax,
    /// The result would not be the same program: a defect of the formatter.
    Changed,
}

/// State of one file.
struct Formatter<'a> {
    tree: &'a Tree,
    src: Source<'a>,
    /// What is known of which expressions end with a bracket to break behind.
    hugs: IdVec<ExprId, Option<bool>>,
}

/// The text of a file in the one style. Recurses over the tree: see [`MAX_NESTING`](crate::MAX_NESTING).
pub fn format(
    map: &SourceMap,
    file: FileId,
    names: &mut Interner,
    sink: &mut Sink,
) -> Result<String, FormatError> {
    let before = sink.errors();
    let tree = crate::parse(map, file, names, sink);
    if sink.errors() > before {
        return Err(FormatError::Syntax);
    }
    let source = map.file(file);
    let tokens = crate::tokens(map, file, &mut Sink::new());
    let mut hugs = IdVec::new();
    hugs.resize(tree.exprs.len(), None);
    let src = Source::new(&source.text, source.start, &tokens);
    let mut formatter = Formatter { tree: &tree, src, hugs };
    formatter.file();
    let text = doc::layout(&formatter.src.items);
    if same(&source.text, &text) { Ok(text) } else { Err(FormatError::Changed) }
}

impl Formatter<'_> {
    fn file(&mut self) {
        let tree = self.tree;
        if tree.package.is_some() {
            self.src.token();
            self.src.spaced();
            self.src.hard();
        }
        self.statements(&tree.body.stmts);
        self.src.comments();
    }

    /// Ends the line where the group is broken.
    fn line(&mut self) {
        self.src.push(Item::Line { space: true });
    }
}

/// Whether two texts have the same tokens and the same comments, commas aside; `>=` may be `>` and `=`, since the first
/// of them may end the type of a variable.
fn same(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        let mut map = SourceMap::new();
        let file = map.add("", text).ok()?;
        let mut sink = Sink::new();
        let tokens = crate::tokens(&map, file, &mut sink);
        let own = map.file(file);
        let (mut words, mut comments, mut end) = (Vec::new(), Vec::new(), 0);
        for (kind, span) in tokens.iter() {
            let (lo, hi) = ((span.lo - own.start) as usize, (span.hi - own.start) as usize);
            let gap = own.text[end..lo].chars().filter(|c| !c.is_whitespace() && !matches!(c, ';' | ','));
            comments.extend(gap);
            if kind == TokenKind::Ge {
                words.extend([(TokenKind::Gt, ">".to_string()), (TokenKind::Assign, "=".to_string())]);
            } else if kind != TokenKind::Comma {
                words.push((kind, own.text[lo..hi].to_string()));
            }
            end = hi;
        }
        Some((words, comments))
    };
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}
