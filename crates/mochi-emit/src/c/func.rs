//! One function: its prototype, its values and its blocks.

use std::fmt::Write;

use mochi_abi::ElemKind;
use mochi_base::Span;
use mochi_base::id::Id;
use mochi_ir::analysis::{Dominators, Loops, Preds};
use mochi_ir::func::{Def, Origin};
use mochi_ir::{Block, Func, FuncId, Imm, Inst, Op, Ty, TyKind, Types, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::body::{Body, Var};
use super::expr::{Expr, Level};
use super::flow;
use super::fold::Folds;
use super::inline;
use super::keep::{self, Kept};
use super::lines::{self, Lines};
use super::names::{self, c_type};
use super::restrict::Touches;
use super::shape;
use super::tables::Tables;
use super::texts;
use crate::Unsupported;
use crate::layout::Layout;

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
        let _ = write!(list, ", {ty} {}", names::value(func, param));
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
    let folds = Folds::find(module, tables.sources, func, &layout, &kept, &texts);
    let code = Decided { types: &module.types, func, folds: &folds };
    let shape = shape::find(func, &dominators, &loops, &code);
    let prototype = definition(tables, id, &kept);
    let mut writer = Writer {
        tables,
        func,
        folds: &folds,
        jumped: &shape.jumped,
        kept,
        texts: &texts,
        body: Body::new(3 * func.values.len()),
        last_line: None,
        folded: FxHashMap::default(),
        reads: Vec::new(),
        touches: Touches::default(),
    };
    writer.declare(&layout);
    if writer.tables.lines == Lines::Directives && !func.span.is_none() {
        writer.at_line(func.span);
    }
    if writer.tables.lines == Lines::Comments {
        writer.body.bare(format!("/* {} */\n", names::comment(&signature(writer.tables, func))));
    }
    writer.body.bare(format!("{prototype} {{\n"));
    writer.body.line("MO_ENTER;");
    writer.skip_unused_params();
    writer.nodes(&shape.body)?;
    writer.body.bare("}\n\n".to_owned());
    let Writer { touches, body, .. } = &mut writer;
    touches.mark(&module.types, func, &dominators, body);
    body.write(out);
    Ok(())
}

/// A function as its program has it, and where.
fn signature(tables: &Tables<'_>, func: &Func) -> String {
    let types = &tables.module.types;
    let name = |ty: Ty| types.name_of(ty, "bigint");
    let own = func.blocks[Func::ENTRY].params.iter().skip(func.captures as usize);
    let params: Vec<String> = own
        .map(|&param| match func.names.get(param) {
            Some(called) => format!("{called}: {}", name(func.ty(param))),
            None => name(func.ty(param)),
        })
        .collect();
    let result = match func.result {
        Types::UNIT => String::new(),
        result => format!(": {}", name(result)),
    };
    let place = match func.origin {
        Origin::User if !func.span.is_none() => tables.sources.location(func.span.lo),
        Origin::Std => return format!("{}({}){result}, of the library", func.shown, params.join(", ")),
        _ => return format!("{}({}){result}", func.shown, params.join(", ")),
    };
    let file = tables.sources.file(place.file);
    format!("{}({}){result}, {}:{}", func.shown, params.join(", "), file.name, place.line)
}

/// What the shape of a function depends on.
struct Decided<'a> {
    types: &'a Types,
    func: &'a Func,
    folds: &'a Folds,
}

impl shape::Code for Decided<'_> {
    fn is_silent(&self, block: Block) -> bool {
        self.folds.is_silent(block)
    }
    fn moves_nothing(&self, block: Block, target: usize) -> bool {
        flow::moves_nothing(self.types, self.func, self.folds, block, target)
    }
}

/// The variable of a value; of a view, its data.
pub(super) fn value_var(value: Value) -> Var {
    3 * value.index()
}
/// The variable of the length of a view or of the bytes of a string.
pub(super) fn len_var(value: Value) -> Var {
    3 * value.index() + 1
}
/// The variable of where the bytes of a string are.
fn bytes_var(text: Value) -> Var {
    3 * text.index() + 2
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
    pub folds: &'b Folds,
    /// By block: whether a jump goes to its label.
    pub jumped: &'b [bool],
    kept: Kept,
    /// Strings whose bytes are looked up where they are defined.
    pub texts: &'b FxHashSet<Value>,
    pub body: Body,
    /// The line of the source that was shown last.
    last_line: Option<(u32, u32)>,
    /// The expressions of values that are written where they are used.
    folded: FxHashMap<Value, Expr>,
    /// The block parameters that the expression in the making reads.
    reads: Vec<Var>,
    /// What touches elements of lists.
    touches: Touches,
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

    /// A value as an expression. What is written where it is used can be asked for once.
    pub fn value(&mut self, value: Value) -> Expr {
        let Some(root) = root(self.types(), self.func, value) else { return self.constant(value) };
        if self.folds.is_folded(root) {
            let expr = self.folded.remove(&root).expect("its one user asks for it");
            self.reads.extend_from_slice(&expr.reads);
            return expr;
        }
        self.variable(value_var(root), self.name(root))
    }
    fn variable(&mut self, var: Var, name: String) -> Expr {
        self.body.mention(var);
        let mut expr = Expr::primary(name);
        if self.body.is_assigned_often(var) {
            expr.reads.push(var);
            self.reads.push(var);
        }
        expr
    }
    /// The name of the variable of a value; of a view, without what tells data and length apart.
    pub fn name(&self, value: Value) -> String {
        names::value(self.func, value)
    }
    fn constant(&mut self, value: Value) -> Expr {
        let data = self.func.def_inst(value).expect("constants are instructions");
        match (data.op, &data.imm) {
            (Op::ConstInt, Imm::Int(n)) => names::int(*n),
            (Op::ConstFloat, Imm::Float(x)) => names::float(*x),
            (Op::ConstBool, Imm::Bool(b)) => Expr::primary(b.to_string()),
            (Op::ConstStr, Imm::Str(id)) => Expr::primary(self.tables.str(*id)),
            (Op::None, _) => Expr::primary("MO_NONE"),
            _ => self.value(data.args[0]),
        }
    }
    /// The text of an operand, where it stands alone or between commas.
    pub fn arg(&mut self, inst: Inst, at: usize) -> String {
        self.operand(inst, at).text
    }
    /// An operand.
    pub fn operand(&mut self, inst: Inst, at: usize) -> Expr {
        self.value(self.func.insts[inst].args[at])
    }
    /// Values as words of containers, with commas between.
    pub fn words(&mut self, values: &[Value]) -> String {
        let words: Vec<String> =
            values.iter().map(|&v| names::as_word(self.kind(v), self.value(v).text)).collect();
        words.join(", ")
    }

    /// A line of code.
    pub fn line(&mut self, text: &str) {
        self.body.line(text);
    }
    /// The type of the variable that holds a value; of a view, of its elements.
    pub fn local_type(&self, value: Value) -> &'static str {
        match self.types().kind(self.func.ty(value)) {
            TyKind::View(elem) if self.folds.is_written(value) => c_type(self.types().elem_kind(*elem)),
            TyKind::View(elem) => names::const_type(self.types().elem_kind(*elem)),
            _ if self.kept.roots.contains(&value) => ROOT,
            _ => c_type(self.kind(value)),
        }
    }
    /// Defines the result of an instruction.
    pub fn define(&mut self, inst: Inst, mut expr: Expr) {
        let reads = std::mem::take(&mut self.reads);
        let Some(result) = self.func.insts[inst].result else {
            return self.body.line(format!("{};", expr.text));
        };
        if self.folds.is_folded(result) {
            expr.reads = reads;
            self.folded.insert(result, expr);
        } else if self.folds.is_used(result) {
            self.body.assign(value_var(result), expr.text);
            self.define_text(result);
        } else if expr.level == Level::Primary && expr.text.ends_with(')') {
            self.body.line(format!("{};", expr.text));
        } else {
            self.body.line(format!("(void){};", expr.at(Level::Prefix)));
        }
    }
    /// Says where the bytes of a string are, if a loop takes characters of it.
    fn define_text(&mut self, value: Value) {
        if self.texts.contains(&value) {
            let text = self.value(value).text;
            self.body.assign(bytes_var(value), format!("mo_ascii_bytes({text})"));
            self.body.assign(len_var(value), format!("mo_ascii_len({text})"));
        }
    }
    /// The bytes of a string that a loop takes characters of, and how many there are.
    pub fn text_bytes(&mut self, text: Value) -> (Expr, Expr) {
        let name = self.name(text);
        let bytes = self.variable(bytes_var(text), format!("{name}_bytes"));
        (bytes, self.variable(len_var(text), format!("{name}_len")))
    }
    /// The data of a view.
    pub fn view_data(&mut self, view: Value) -> Expr {
        self.variable(value_var(view), format!("{}_data", self.name(view)))
    }
    /// The length of a view.
    pub fn view_len(&mut self, view: Value) -> Expr {
        self.variable(len_var(view), format!("{}_len", self.name(view)))
    }

    /// Makes all variables known.
    fn declare(&mut self, layout: &Layout) {
        for &block in &layout.order {
            for &param in &self.func.blocks[block].params {
                self.declare_value(param, block != Func::ENTRY);
            }
            for &inst in &self.func.blocks[block].insts {
                if let Some(result) = self.func.insts[inst].result {
                    self.declare_value(result, false);
                }
            }
        }
    }
    fn declare_value(&mut self, value: Value, often: bool) {
        let (ty, name) = (self.local_type(value), self.name(value));
        if matches!(self.types().kind(self.func.ty(value)), TyKind::View(_)) {
            self.body.declare(value_var(value), ty, true, format!("{name}_data"), often);
            self.body.declare(len_var(value), "int64_t", false, format!("{name}_len"), often);
            return;
        }
        if self.texts.contains(&value) {
            let (bytes, len) = (format!("{name}_bytes"), format!("{name}_len"));
            self.body.declare(bytes_var(value), "const unsigned char", true, bytes, often);
            self.body.declare(len_var(value), "uint64_t", false, len, often);
        }
        // The parameters of the function are declared.
        if !matches!(self.func.values[value].def, Def::Param(Func::ENTRY, _)) {
            self.body.declare(value_var(value), ty, false, name, often);
        }
    }
    /// Tells the C compiler which parameters are not read, so that it does not tell us.
    fn skip_unused_params(&mut self) {
        for &param in &self.func.blocks[Func::ENTRY].params {
            if !self.folds.is_used(param) {
                self.body.line(format!("(void){};", self.name(param)));
            }
        }
    }

    /// The last instruction of a block.
    pub fn last(&self, block: Block) -> Inst {
        *self.func.blocks[block].insts.last().expect("verified")
    }
    /// Writes the instructions of a block but the last.
    pub fn block(&mut self, block: Block) -> Result<(), Unsupported> {
        let scope = self.body.scope();
        for &inst in &self.func.blocks[block].insts {
            self.touches.note(self.tables.module, &self.tables.summaries, self.func, inst, scope);
        }
        let (_, insts) = self.func.blocks[block].insts.split_last().expect("verified");
        for &param in &self.func.blocks[block].params {
            self.define_text(param);
        }
        for &inst in insts {
            let data = &self.func.insts[inst];
            if self.folds.is_dropped(data) {
                continue;
            }
            if data.result.is_none_or(|result| !self.folds.is_folded(result)) {
                self.source_line(inst);
            }
            self.reads.clear();
            self.op(inst)?;
            if let Some(cells) = self.kept.after.remove(&inst) {
                let kept: Vec<String> =
                    cells.iter().map(|&cell| format!("MO_KEEP({});", self.value(cell).text)).collect();
                self.body.line(kept.join(" "));
            }
        }
        Ok(())
    }

    /// Notes the line of the source that an instruction is of, where that changes.
    pub fn source_line(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let span = data.span;
        let free = data.result.is_some_and(|result| root(self.types(), self.func, result) != Some(result));
        if !span.is_none() && !free {
            self.at_line(span);
        }
    }
    fn at_line(&mut self, span: Span) {
        let at = self.tables.sources.location(span.lo);
        let line = (at.file.index() as u32, at.line);
        if self.last_line.replace(line) != Some(line) {
            let file = self.tables.sources.file(at.file);
            match self.tables.lines {
                Lines::Comments => {
                    let text = names::comment(file.line(at.line).trim());
                    self.body.line(format!("/* {}: {text} */", at.line));
                }
                Lines::Directives => {
                    self.body.bare(lines::directive(at.line, &names::string(&file.name)));
                }
            }
        }
    }
}
