//! Laying out a flat list of items: texts, places where a line may end, and groups of those.
//!
//! A group whose content fits on the line stays on it; else all its [`Item::Line`]s end the line, and its
//! [`Item::Fill`]s those after which the next piece does not fit (Oppen's pretty printer, with consistent and
//! inconsistent breaks). Two walks over the list, without recursion: linear in its length whatever the nesting.

/// Columns that code should not go beyond.
pub const WIDTH: usize = 100;
const INDENT: usize = 2;
/// Levels beyond which lines are not indented further: the text of deep nests would take quadratic space.
const MAX_LEVELS: usize = 30;

/// A part of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item<'a> {
    /// Text as it is; it may have line breaks of its own.
    Text(&'a str),
    /// A space, unless at either end of a line.
    Space,
    /// A space or nothing, or the end of the line when the group does not fit.
    Line { space: bool },
    /// The same, but each decides by itself.
    Fill { space: bool },
    /// The end of the line, and perhaps an empty line.
    Hard { blank: bool },
    /// Only when the group does not fit.
    IfBroken(&'a str),
    /// Only when the group fits.
    IfFlat(&'a str),
    /// A comment with code behind it.
    Inline(&'a str),
    /// A comment behind code, to the end of the line.
    Behind(&'a str),
    /// A comment on lines of its own.
    Own { text: &'a str, blank: bool },
    /// A group begins.
    Open,
    /// It ends.
    Close,
    /// Lines from here on are indented by one more level.
    Indent,
    /// By one less.
    Dedent,
}

/// Wider than any line.
const ENDLESS: usize = usize::MAX / 4;

/// The text of a document, with a line break at its end unless it is empty.
pub fn layout(items: &[Item<'_>]) -> String {
    let items = settle(items);
    let widths = widths(&items);
    let mut out = Out::default();
    // Whether each open group is broken; what is outside of all groups is.
    let mut groups = vec![true];
    for (item, &width) in items.iter().zip(&widths) {
        let broken = groups.last().copied().unwrap_or(true);
        match *item {
            Item::Text(text) => out.text(text),
            Item::Space => out.space = true,
            Item::Line { .. } if broken => out.end_line(false),
            Item::Fill { .. } if broken && out.column() + 1 + width > WIDTH => out.end_line(false),
            Item::Line { space } | Item::Fill { space } => out.space |= space,
            Item::Hard { blank } => out.end_line(blank),
            Item::IfBroken(text) if broken => out.text(text),
            Item::IfFlat(text) if !broken => out.text(text),
            Item::IfBroken(_) | Item::IfFlat(_) => {}
            Item::Inline(text) => {
                out.space = true;
                out.text(text);
                out.space = true;
            }
            Item::Behind(text) => {
                out.space = true;
                out.text(text);
                out.end_line(false);
            }
            Item::Own { text, blank } => {
                out.end_line(blank);
                out.text(text);
                out.end_line(false);
            }
            Item::Open => groups.push(out.column() + usize::from(out.space) + width > WIDTH),
            Item::Close => drop(groups.pop()),
            Item::Indent => out.indent += 1,
            Item::Dedent => out.indent = out.indent.saturating_sub(1),
        }
    }
    if !out.text.is_empty() {
        out.text.push('\n');
    }
    out.text
}

/// Moves comments behind code out of groups that end there, which they must not break, and behind commas.
fn settle<'a>(items: &[Item<'a>]) -> Vec<Item<'a>> {
    let mut settled = Vec::with_capacity(items.len());
    let mut waiting = Vec::new();
    for &item in items {
        match item {
            Item::Behind(_) => waiting.push(item),
            Item::Close | Item::Dedent | Item::IfBroken(_) | Item::IfFlat(_) => settled.push(item),
            _ => {
                settled.append(&mut waiting);
                settled.push(item);
            }
        }
    }
    settled.append(&mut waiting);
    settled
}

/// For a group, the columns of its content on one line and of what follows up to the next place where the line may end;
/// for a fill, those of what follows it.
fn widths(items: &[Item<'_>]) -> Vec<usize> {
    let mut widths = vec![0; items.len()];
    // Columns from here on to the next place where the line may end.
    let mut rest: usize = 0;
    // Of each group that is open, seen from its end: columns so far, and what follows it.
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (at, item) in items.iter().enumerate().rev() {
        let own = match *item {
            Item::Text(text) | Item::IfFlat(text) => columns(text),
            Item::Space => 1,
            Item::Line { space } => usize::from(space),
            Item::Fill { space } => {
                widths[at] = rest;
                usize::from(space)
            }
            Item::Hard { .. } | Item::Behind(_) | Item::Own { .. } => ENDLESS,
            Item::Inline(text) => columns(text) + 2,
            Item::IfBroken(_) | Item::Indent | Item::Dedent => 0,
            Item::Close => {
                groups.push((0, rest));
                0
            }
            Item::Open => {
                let (inside, after) = groups.pop().unwrap_or_default();
                widths[at] = (inside + after).min(ENDLESS);
                inside
            }
        };
        if let Some((inside, _)) = groups.last_mut() {
            *inside = (*inside + own).min(ENDLESS);
        }
        match item {
            Item::Line { .. } | Item::Fill { .. } | Item::Hard { .. } | Item::Own { .. } => rest = 0,
            // Once the line ends behind it, the former is the latter: then they count alike.
            Item::Inline(text) => rest = (rest + 1 + columns(text)).min(ENDLESS),
            Item::Behind(text) if text.ends_with("*/") => rest = 1 + columns(text),
            Item::Behind(_) => rest = 0,
            Item::Open | Item::Close => {}
            _ => rest = (rest + own).min(ENDLESS),
        }
    }
    widths
}

/// Columns of the first line.
fn columns(text: &str) -> usize {
    text.lines().next().map_or(0, |line| line.chars().count())
}

/// The text so far. What is between two texts is decided when the second one comes.
#[derive(Default)]
struct Out {
    text: String,
    /// Line breaks that come before the next text.
    breaks: usize,
    /// Whether a space does.
    space: bool,
    indent: usize,
    /// Columns of the current line.
    columns: usize,
}

impl Out {
    fn end_line(&mut self, blank: bool) {
        self.breaks = self.breaks.max(1 + usize::from(blank));
    }

    /// Where the next text begins, a space left out.
    fn column(&self) -> usize {
        if self.breaks > 0 { self.indentation() } else { self.columns }
    }

    fn indentation(&self) -> usize {
        self.indent.min(MAX_LEVELS) * INDENT
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.breaks > 0 {
            if !self.text.is_empty() {
                (0..self.breaks).for_each(|_| self.text.push('\n'));
            }
            (0..self.indentation()).for_each(|_| self.text.push(' '));
            self.columns = self.indentation();
        } else if self.space && !self.text.is_empty() {
            self.text.push(' ');
            self.columns += 1;
        }
        (self.breaks, self.space) = (0, false);
        self.text.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.columns = text[at + 1..].chars().count(),
            None => self.columns += text.chars().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: usize) -> Vec<Item<'static>> {
        let mut items =
            vec![Item::Text("f"), Item::Open, Item::Text("("), Item::Indent, Item::Line { space: false }];
        for i in 0..args {
            if i > 0 {
                items.extend([Item::Text(","), Item::Line { space: true }]);
            }
            items.push(Item::Text("argument"));
        }
        items.extend([Item::Dedent, Item::Line { space: false }, Item::Text(")"), Item::Close]);
        items
    }

    #[test]
    fn a_group_stays_on_the_line_or_breaks_at_all_its_lines() {
        assert_eq!(layout(&call(2)), "f(argument, argument)\n");
        let broken = layout(&call(11));
        assert_eq!(broken.lines().count(), 13);
        assert!(broken.starts_with("f(\n  argument,\n"), "{broken}");
    }

    #[test]
    fn deep_and_long_documents_take_linear_time() {
        let n = 200_000;
        let mut items = vec![Item::Open; n];
        items.push(Item::Text("x"));
        items.extend(std::iter::repeat_n(Item::Close, n));
        assert_eq!(layout(&items), "x\n");
    }
}
