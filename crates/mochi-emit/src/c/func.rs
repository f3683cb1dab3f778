//! One function: its prototype, its locals and its blocks.

use std::fmt::Write;

use mochi_abi::ElemKind;
use mochi_base::Span;
use mochi_base::id::Id;
use mochi_ir::analysis::{Dominators, Loops, Preds};
use mochi_ir::{Block, Func, FuncId, Imm, Inst, Op, Ty, TyKind, Types, Value};
use rustc_hash::FxHashSet;

use super::inline;
use super::keep::{self, Kept};
use super::lines::{self, Lines};
use super::names::{self, c_type};
use super::tables::Tables;
use super::texts;
use crate::Unsupported;
use crate::layout::{Layout, Place};

/// The type of cells that the collector must find.
const ROOT: &str = "mo_root";

/// The parameters of a function after the first, each with a comma before.
pub(super) fn params(types: &Types, tys: &[Ty], name: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for (at, &ty) in tys.iter().enumerate() {
        let name = name(at);
        let space = if name.is_empty() { "" } else { " " };
        let _ = write!(text, ", {}{space}{name}", c_type(types.elem_kind(ty)));
    }
    text
}

/// The declaration of a function, without the semicolon.
pub(super) fn prototype(tables: &Tables<'_>, id: FuncId) -> String {
    definition(tables, id, &Kept::default())
}

/// The same where it is defined.
fn definition(tables: &Tables<'_>, id: FuncId, kept: &Kept) -> String {
    let (types, func) = (&tables.module.types, &tables.module.funcs[id]);
    let mut list = String::new();
    for (&param, &ty) in func.blocks[Func::ENTRY].params.iter().zip(&func.params) {
        let ty = if kept.roots.contains(&param) { ROOT } else { c_type(types.elem_kind(ty)) };
        let _ = write!(list, ", {ty} v{}", param.index());
    }
    let inline = if inline::is_wanted(func, id) { "inline " } else { "" };
    format!("static {inline}{} {}(MO_UP{list})", result_type(types, func), tables.func_name(id))
}

/// The declaration of the code of a function value.
pub(super) fn closure_prototype(types: &Types, func: &Func, name: &str) -> String {
    let own = &func.params[func.captures as usize..];
    let list = params(types, own, |at| format!("a{at}"));
    format!("{} {name}(MO_UP, mo_cell self{list})", result_type(types, func))
}

fn result_type(types: &Types, func: &Func) -> &'static str {
    if func.result == Types::UNIT { "void" } else { c_type(types.elem_kind(func.result)) }
}

/// Writes a function.
pub(super) fn write(tables: &mut Tables<'_>, id: FuncId, out: &mut String) -> Result<(), Unsupported> {
    let module = tables.module;
    let func = &module.funcs[id];
    let dominators = Dominators::compute(func);
    let preds = Preds::compute(func, &dominators);
    let loops = Loops::compute(func, &dominators, &preds);
    let layout = Layout::new(func, &dominators, &loops, &preds);
    let kept = keep::find(module, func, &layout, &|value| root(&module.types, func, value));
    let texts = texts::find(func, &loops, &|value| root(&module.types, func, value));
    let prototype = definition(tables, id, &kept);
    let mentioned = vec![false; func.values.len()];
    let mut writer = Writer {
        tables,
        func,
        layout: &layout,
        kept,
        texts,
        out,
        last_line: None,
        mentioned,
        defined: Vec::new(),
    };
    if writer.tables.lines == Lines::Directives && !func.span.is_none() {
        writer.at_line(func.span);
    }
    let _ = writeln!(writer.out, "{prototype} {{");
    writer.out.push_str("    MO_ENTER;\n");
    let start = writer.out.len();
    writer.declare_params();
    for place in 0..layout.order.len() as Place {
        writer.block(place)?;
    }
    writer.mark_unused(start);
    writer.out.push_str("}\n\n");
    Ok(())
}

/// The value whose word a value is; `None` for constants, which are written where they are used.
pub(super) fn root(types: &Types, func: &Func, mut value: Value) -> Option<Value> {
    loop {
        let Some(data) = func.def_inst(value) else { return Some(value) };
        match data.op {
            Op::ConstInt | Op::ConstFloat | Op::ConstBool | Op::ConstStr | Op::None => return None,
            Op::Retype => value = data.args[0],
            Op::Some | Op::AnyBox if types.elem_kind(func.ty(data.args[0])) == ElemKind::Cell => {
                value = data.args[0];
            }
            Op::AnyAs if types.elem_kind(func.ty(value)) == ElemKind::Cell => value = data.args[0],
            _ => return Some(value),
        }
    }
}

/// Writes the code of a function.
pub(super) struct Writer<'a, 'b> {
    pub tables: &'b mut Tables<'a>,
    pub func: &'a Func,
    pub layout: &'b Layout,
    kept: Kept,
    /// Strings whose bytes are looked up where they are defined.
    pub texts: FxHashSet<Value>,
    pub out: &'b mut String,
    /// The line of the source that was shown last.
    last_line: Option<(u32, u32)>,
    /// Whether a value is read somewhere, by number; of a view, its length.
    mentioned: Vec<bool>,
    /// Where in the text values are defined.
    defined: Vec<(usize, Value)>,
}

impl<'a> Writer<'a, '_> {
    /// The types of the module.
    pub fn types(&self) -> &'a Types {
        &self.tables.module.types
    }
    /// How a value is stored.
    pub fn kind(&self, value: Value) -> ElemKind {
        self.types().elem_kind(self.func.ty(value))
    }
    /// The element type of a list or view.
    pub fn elem(&self, container: Value) -> Ty {
        match self.types().kind(self.func.ty(container)) {
            TyKind::List(elem) | TyKind::View(elem) => *elem,
            other => unreachable!("{other:?} is no list"),
        }
    }
    /// The place of a run-time error, as an expression that also notes it for the stack trace.
    pub fn here(&mut self, inst: Inst) -> String {
        format!("MO_HERE({})", self.site(inst))
    }
    /// The number of the place of an instruction.
    pub fn site(&mut self, inst: Inst) -> u32 {
        let data = &self.func.insts[inst];
        self.tables.sites.site(self.tables.sources, self.func, data.span, data.scope)
    }
    /// A cause why C cannot express the function.
    pub fn unsupported(&self, reason: impl Into<String>) -> Unsupported {
        let (func, span) = (self.func.shown.clone(), self.func.span);
        Unsupported { target: "C", func, reason: reason.into(), span }
    }

    /// A value as an expression without side effects.
    pub fn value(&mut self, value: Value) -> String {
        let Some(root) = root(self.types(), self.func, value) else { return self.constant(value) };
        self.mentioned[root.index()] = true;
        format!("v{}", root.index())
    }
    fn constant(&mut self, value: Value) -> String {
        let data = self.func.def_inst(value).expect("constants are instructions");
        match (data.op, &data.imm) {
            (Op::ConstInt, Imm::Int(n)) => names::int(*n),
            (Op::ConstFloat, Imm::Float(x)) => names::float(*x),
            (Op::ConstBool, Imm::Bool(b)) => b.to_string(),
            (Op::ConstStr, Imm::Str(id)) => self.tables.str(*id),
            (Op::None, _) => "MO_NONE".to_owned(),
            _ => self.value(data.args[0]),
        }
    }
    /// An operand.
    pub fn arg(&mut self, inst: Inst, at: usize) -> String {
        self.value(self.func.insts[inst].args[at])
    }
    /// Values as words of containers, with commas between.
    pub fn words(&mut self, values: &[Value]) -> String {
        let words: Vec<String> =
            values.iter().map(|&v| names::as_word(self.kind(v), &self.value(v))).collect();
        words.join(", ")
    }

    /// A line of code.
    pub fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "    {text}");
    }
    /// The type of the variable that holds a value.
    fn local_type(&self, value: Value) -> &'static str {
        if self.kept.roots.contains(&value) { ROOT } else { c_type(self.kind(value)) }
    }
    /// Defines the result of an instruction.
    pub fn define(&mut self, inst: Inst, expression: &str) {
        let Some(result) = self.func.insts[inst].result else {
            return self.line(&format!("{expression};"));
        };
        let ty = self.local_type(result);
        self.defined.push((self.out.len(), result));
        self.line(&format!("const {ty} v{} = {expression};", result.index()));
        self.define_text(result);
    }
    /// Says where the bytes of a string are, if a loop takes characters of it.
    fn define_text(&mut self, value: Value) {
        if self.texts.contains(&value) {
            let text = self.value(value);
            self.line(&format!("const unsigned char *const {text}_bytes = mo_ascii_bytes({text});"));
            self.line(&format!("const uint64_t {text}_len = mo_ascii_len({text});"));
        }
    }
    /// The length of a view.
    pub fn view_len(&mut self, view: Value) -> String {
        self.mentioned[view.index()] = true;
        format!("v{}_len", view.index())
    }
    /// Defines the length of a view, if it is read.
    pub fn define_view_len(&mut self, view: Value, expression: &str) {
        self.defined.push((self.out.len(), view));
        self.line(&format!("const int64_t v{}_len = {expression};", view.index()));
    }
    /// Tells the C compiler which values are not read, so that it does not tell us, and takes lengths of views that are not.
    /// `start` is where statements begin.
    fn mark_unused(&mut self, start: usize) {
        for (at, value) in std::mem::take(&mut self.defined).into_iter().rev() {
            if self.mentioned[value.index()] {
                continue;
            }
            if matches!(self.types().kind(self.func.ty(value)), TyKind::View(_)) {
                let end = self.out[at..].find('\n').map_or(self.out.len(), |len| at + len + 1);
                self.out.replace_range(at..end, "");
            } else {
                self.out.insert_str(at + "    ".len(), "MO_UNUSED ");
            }
        }
        for &param in self.func.blocks[Func::ENTRY].params.iter().rev() {
            if !self.mentioned[param.index()] {
                self.out.insert_str(start, &format!("    (void)v{};\n", param.index()));
            }
        }
    }

    /// Block parameters are variables, assigned where control comes from.
    fn declare_params(&mut self) {
        for place in 0..self.layout.order.len() {
            let block = self.layout.order[place];
            if block == Func::ENTRY {
                continue;
            }
            for &param in &self.func.blocks[block].params {
                match self.types().kind(self.func.ty(param)) {
                    TyKind::View(_) => {
                        let elem = c_type(self.types().elem_kind(self.elem(param)));
                        self.line(&format!("{elem} *v{0}_data;", param.index()));
                        self.line(&format!("int64_t v{}_len;", param.index()));
                    }
                    _ => {
                        let ty = self.local_type(param);
                        self.line(&format!("{ty} v{};", param.index()));
                    }
                }
            }
        }
    }

    fn block(&mut self, place: Place) -> Result<(), Unsupported> {
        let block = self.layout.order[place as usize];
        if self.needs_label(place, block) {
            let _ = writeln!(self.out, "b{}:;", block.index());
        }
        for &param in &self.func.blocks[block].params {
            self.define_text(param);
        }
        for &inst in &self.func.blocks[block].insts {
            self.source_line(inst);
            if self.func.insts[inst].op.is_terminator() {
                self.terminator(inst, place)?;
                continue;
            }
            self.op(inst)?;
            if let Some(cells) = self.kept.after.remove(&inst) {
                for cell in cells {
                    let cell = self.value(cell);
                    self.line(&format!("MO_KEEP({cell});"));
                }
            }
        }
        Ok(())
    }

    /// Whether somebody jumps to a block: not when all that come to it fall through.
    fn needs_label(&self, place: Place, block: Block) -> bool {
        self.layout.preds(place).iter().any(|&pred| {
            let before = self.func.terminator(self.layout.order[pred as usize]);
            let falls = pred + 1 == place
                && before.is_some_and(|t| matches!(t.op, Op::Jump | Op::Branch))
                && before.is_some_and(|t| t.targets.iter().filter(|to| to.block == block).count() == 1);
            !falls
        })
    }

    /// Notes the line of the source that an instruction is of, where that changes.
    fn source_line(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let span = data.span;
        if span.is_none()
            || matches!(data.op, Op::ConstInt | Op::ConstFloat | Op::ConstBool | Op::ConstStr | Op::None)
        {
            return;
        }
        self.at_line(span);
    }
    fn at_line(&mut self, span: Span) {
        let at = self.tables.sources.location(span.lo);
        let line = (at.file.index() as u32, at.line);
        if self.last_line.replace(line) != Some(line) {
            let file = self.tables.sources.file(at.file);
            match self.tables.lines {
                Lines::Comments => {
                    let text = names::comment(file.line(at.line).trim());
                    let _ = writeln!(self.out, "    /* {}: {text} */", at.line);
                }
                Lines::Directives => {
                    self.out.push_str(&lines::directive(at.line, &names::string(&file.name)));
                }
            }
        }
    }
}
