//! Text forms of whole values. Programs print through std, which is written in Mochi; what is here serves error messages
//! and the conversion of an operand of `+` with a string (4.1).

use mochi_abi::Cell;
use rustc_hash::FxHashSet;

use crate::equal::Item;
use crate::format;
use crate::heap::Heap;
use crate::value::Kind;

/// Values in messages are cut after so many bytes.
const DESCRIPTION: usize = 120;

/// Which of the forms of 4.10.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As `print` shows parts of collections.
    Nested,
    /// As `str` makes.
    Str,
}

/// A container that is being written, and how far.
struct Frame {
    cell: Cell,
    at: usize,
    /// Positions of the entries of a map in order.
    order: Vec<u32>,
}

struct Writer<'a> {
    heap: &'a Heap,
    form: Form,
    out: String,
    frames: Vec<Frame>,
    /// Containers that are being written.
    open: FxHashSet<u32>,
}

impl Heap {
    /// A value as messages show it: as `print` would, but strings quoted, and cut when it is long.
    pub fn describe(&self, cell: Cell) -> String {
        let form = if cell.is_f64() { Form::Str } else { Form::Nested };
        let mut text = self.write(cell, form, DESCRIPTION);
        if text.len() > DESCRIPTION {
            let end = (0..=DESCRIPTION).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            text.truncate(end);
            text.push_str("...");
        }
        text
    }

    /// The *str* form of a value (4.10).
    pub fn str_form(&self, cell: Cell) -> String {
        self.write(cell, Form::Str, usize::MAX)
    }

    /// A value as printed collections show it (4.10).
    pub fn nested_form(&self, cell: Cell) -> String {
        self.write(cell, Form::Nested, usize::MAX)
    }

    fn write(&self, cell: Cell, form: Form, limit: usize) -> String {
        let mut writer =
            Writer { heap: self, form, out: String::new(), frames: Vec::new(), open: FxHashSet::default() };
        writer.item(Item::Cell(cell));
        while !writer.frames.is_empty() && writer.out.len() <= limit {
            writer.step();
        }
        writer.out
    }
}

impl Writer<'_> {
    /// Writes a value, or begins it when it has parts.
    fn item(&mut self, item: Item) {
        let cell = match item {
            Item::Int(value) => return format::int(&mut self.out, value),
            Item::Cell(cell) => cell,
        };
        match self.heap.kind(cell) {
            Kind::None => self.out.push_str(if self.form == Form::Str { "<nil>" } else { "nil" }),
            Kind::Bool => self.out.push_str(if cell.as_bool() { "true" } else { "false" }),
            Kind::Int => format::int(&mut self.out, self.heap.unbox_int(cell).unwrap_or(0)),
            Kind::Bigint => {
                if let Some(crate::number::Num::Big(number)) = self.heap.num(cell) {
                    self.out.push_str(&number.to_string());
                }
            }
            Kind::Bigrat => {
                if let Some(ratio) = self.heap.ratio(cell) {
                    self.out.push_str(&format!("{}/{}", ratio.num(), ratio.den()));
                }
            }
            Kind::Float if self.form == Form::Str => format::general(&mut self.out, cell.as_f64()),
            Kind::Float => format::fixed(&mut self.out, cell.as_f64()),
            Kind::Str => self.text(cell),
            Kind::Function => self.out.push_str("<function>"),
            Kind::List => self.begin(cell, "[", "[", "[...]"),
            Kind::Map | Kind::Struct => self.begin(cell, "{", "map[", "{...}"),
        }
    }

    fn text(&mut self, cell: Cell) {
        let text = self.heap.str(&cell);
        if self.form == Form::Str { self.out.push_str(text) } else { format::quoted(&mut self.out, text) }
    }

    fn begin(&mut self, cell: Cell, nested: &str, str: &str, again: &str) {
        if !self.open.insert(cell.index()) {
            return self.out.push_str(again);
        }
        self.out.push_str(if self.form == Form::Str { str } else { nested });
        let order =
            if self.heap.is_map(cell) { self.heap.sorted_positions(self.heap.map(cell)) } else { Vec::new() };
        self.frames.push(Frame { cell, at: 0, order });
    }

    /// Writes the next part of the innermost container, or ends it.
    fn step(&mut self) {
        let heap = self.heap;
        let Some(frame) = self.frames.last_mut() else { return };
        let (cell, at) = (frame.cell, frame.at);
        frame.at += 1;
        let kind = heap.kind(cell);
        let (key, value) = match kind {
            Kind::List if at < heap.list_len(cell) => {
                (None, Item::new(heap.list_word(cell, at), heap.list_kind(cell)))
            }
            Kind::Map if at < frame.order.len() => {
                let map = heap.map(cell);
                let entry = map.entry(frame.order[at] as usize);
                (Some(Item::new(entry.key, map.keys())), Item::new(entry.value, map.values()))
            }
            Kind::Struct if at < self.members(cell) => {
                let shape = &heap.shapes.structs[heap.payload(cell) as usize];
                // The name of the type, if it has one, stands among the fields, in sorted order.
                let before =
                    |&f: &u32| shape.name.is_empty() || shape.fields[f as usize].0.as_str() < "__name";
                let name_at = shape.sorted.partition_point(before);
                if at == name_at {
                    self.separate(at);
                    self.out.push_str(if self.form == Form::Str { "__name:" } else { "\"__name\": " });
                    return self.text(shape.name_cell);
                }
                let i = at - usize::from(at > name_at);
                let field = shape.sorted[i] as usize;
                (
                    Some(Item::Cell(shape.name_cells[i])),
                    Item::new(heap.words(cell)[field], shape.fields[field].1.kind()),
                )
            }
            _ => {
                self.frames.pop();
                self.open.remove(&cell.index());
                let brace = kind != Kind::List && self.form == Form::Nested;
                return self.out.push(if brace { '}' } else { ']' });
            }
        };
        self.separate(at);
        if let Some(key) = key {
            self.key(key);
        }
        self.item(value);
    }

    /// Number of fields of a struct, with the name of its type.
    fn members(&self, cell: Cell) -> usize {
        let shape = &self.heap.shapes.structs[self.heap.payload(cell) as usize];
        shape.fields.len() + usize::from(!shape.name.is_empty())
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.out.push_str(if self.form == Form::Str { " " } else { ", " });
        }
    }

    /// A key; printed collections show all keys quoted.
    fn key(&mut self, key: Item) {
        match (self.form, key) {
            (Form::Nested, Item::Cell(cell)) if self.heap.is_str(cell) => self.text(cell),
            (Form::Nested, key) => {
                let text = match key {
                    Item::Int(value) => value.to_string(),
                    Item::Cell(cell) => self.heap.write(cell, Form::Str, DESCRIPTION),
                };
                format::quoted(&mut self.out, &text);
            }
            (Form::Str, Item::Int(value)) => format::int(&mut self.out, value),
            (Form::Str, Item::Cell(cell)) => self.out.push_str(&self.heap.write(cell, Form::Str, usize::MAX)),
        }
        self.out.push_str(if self.form == Form::Str { ":" } else { ": " });
    }
}

#[cfg(test)]
mod tests;
