//! Places of run-time errors: each is a function, a position in it, and where that function was inlined.

use std::fmt::Write;

use mochi_base::{SourceMap, Span};
use mochi_ir::Func;
use mochi_ir::func::Scope;
use rustc_hash::FxHashMap;

use super::names;

/// Longest part of a source line that traces show, in characters.
const LINE_CHARS: usize = 120;

/// The tables of places, filled as code mentions them. Number 0 of sites and lines is none.
#[derive(Default)]
pub(super) struct Sites {
    sites: Vec<Site>,
    known: FxHashMap<Site, u32>,
    funcs: Vec<(String, bool)>,
    known_funcs: FxHashMap<(String, bool), u32>,
    lines: Vec<(u32, u32, String)>,
    known_lines: FxHashMap<(u32, u32), u32>,
    files: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Site {
    func: u32,
    line: u32,
    column: u32,
    up: u32,
}

impl Sites {
    /// The number of a place.
    pub fn site(&mut self, sources: &SourceMap, func: &Func, span: Span, scope: Scope) -> u32 {
        let frames: Vec<(String, bool, Span)> =
            func.frames(span, scope).map(|f| (f.shown.to_owned(), f.origin.is_shown(), f.span)).collect();
        let mut up = 0;
        for (name, shown, span) in frames.into_iter().rev() {
            let next = self.funcs.len() as u32;
            let func = *self.known_funcs.entry((name.clone(), shown)).or_insert(next);
            if func == next {
                self.funcs.push((name, shown));
            }
            let (line, column) = self.line(sources, span);
            let site = Site { func, line, column, up };
            let next = self.sites.len() as u32 + 1;
            up = *self.known.entry(site).or_insert(next);
            if up == next {
                self.sites.push(site);
            }
        }
        up
    }

    fn line(&mut self, sources: &SourceMap, span: Span) -> (u32, u32) {
        if span.is_none() {
            return (0, 0);
        }
        let at = sources.location(span.lo);
        let file = sources.file(at.file);
        let file_number = match self.files.iter().position(|name| *name == file.name) {
            Some(known) => known as u32,
            None => {
                self.files.push(file.name.clone());
                self.files.len() as u32 - 1
            }
        };
        let next = self.lines.len() as u32 + 1;
        let line = *self.known_lines.entry((file_number, at.line)).or_insert(next);
        if line == next {
            let text = file.line(at.line).trim().chars().take(LINE_CHARS).collect();
            self.lines.push((file_number, at.line, text));
        }
        (line, at.column)
    }

    /// Writes the tables.
    pub fn write(&self, out: &mut String) {
        out.push_str("\nconst mo_site mo_sites[] = {\n    {0, 0, 0, 0},\n");
        for Site { func, line, column, up } in &self.sites {
            let _ = writeln!(out, "    {{{func}, {line}, {column}, {up}}},");
        }
        out.push_str("};\nconst mo_func mo_funcs[] = {\n");
        for (name, shown) in &self.funcs {
            let _ = writeln!(out, "    {{{}, {shown}}},", names::string(name));
        }
        if self.funcs.is_empty() {
            out.push_str("    {\"\", false},\n");
        }
        out.push_str("};\nconst char *const mo_files[] = {\n");
        for file in &self.files {
            let _ = writeln!(out, "    {},", names::string(file));
        }
        out.push_str("    \"\",\n};\nconst mo_line mo_lines[] = {\n");
        for (file, line, text) in &self.lines {
            let _ = writeln!(out, "    {{{file}, {line}, {}}},", names::string(text));
        }
        let _ =
            writeln!(out, "    {{0, 0, \"\"}},\n}};\nconst uint32_t mo_lines_len = {};", self.lines.len());
    }
}
