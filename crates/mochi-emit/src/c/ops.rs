//! The dictionary: what each operation is in C.

use mochi_abi::{ElemKind, RuntimeFn};
use mochi_ir::{Imm, Inst, Op, Ty, TyKind, Types, Value};

use super::expr::{Expr, Level};
use super::func::{Writer, len_var, root, value_var};
use super::names::{self, as_word, kind_name, suffix};
use super::texts;
use crate::Unsupported;

/// Most operands of a new list or map that are passed as one array; more are added one by one.
pub(super) const ARRAY_MAX: usize = 64;

/// Runtime functions without a body in C, and why.
fn missing(function: RuntimeFn) -> Option<&'static str> {
    Some(match function {
        RuntimeFn::eval => "`eval` needs the compiler at run time",
        RuntimeFn::http_request => "requests over the network need the interpreter",
        RuntimeFn::block_index | RuntimeFn::block_next | RuntimeFn::cover => {
            "tests are run by the interpreter"
        }
        _ => return None,
    })
}

impl Writer<'_, '_> {
    /// Writes an instruction that is no terminator.
    pub fn op(&mut self, inst: Inst) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        if let Some(result) = data.result
            && root(self.types(), self.func, result) != Some(result)
        {
            // A constant or the word of its operand: written where it is used.
            return Ok(());
        }
        match data.op {
            Op::ConstInt | Op::ConstFloat | Op::ConstBool | Op::ConstStr | Op::None | Op::Retype => {
                unreachable!("no code of its own")
            }

            Op::Add => self.checked(inst, "mo_add"),
            Op::Sub => self.checked(inst, "mo_sub"),
            Op::Mul => self.checked(inst, "mo_mul"),
            Op::Div => self.checked(inst, "mo_div"),
            Op::Rem => self.checked(inst, "mo_rem"),
            Op::Neg => self.checked(inst, "mo_neg"),
            Op::AddWrap => self.plain(inst, "mo_wrap_add"),
            Op::SubWrap => self.plain(inst, "mo_wrap_sub"),
            Op::MulWrap => self.plain(inst, "mo_wrap_mul"),
            Op::DivSafe => match self.func.const_int(self.func.insts[inst].args[1]) {
                Some(_) => self.infix(inst, "/", Level::Product),
                None => self.plain(inst, "mo_div_safe"),
            },
            Op::RemSafe => self.plain(inst, "mo_rem_safe"),
            Op::And => self.bits(inst, "&"),
            Op::Or => self.bits(inst, "|"),
            Op::Xor => self.bits(inst, "^"),
            Op::Shl => self.plain(inst, "mo_shl"),
            Op::Shr => self.plain(inst, "mo_shr"),
            Op::Eq | Op::FEq | Op::BoolEq => self.compare(inst, "==", Some("!=")),
            Op::Ne | Op::FNe => self.compare(inst, "!=", Some("==")),
            Op::Lt => self.compare(inst, "<", Some(">=")),
            Op::Le => self.compare(inst, "<=", Some(">")),
            Op::Gt => self.compare(inst, ">", Some("<=")),
            Op::Ge => self.compare(inst, ">=", Some("<")),
            // The opposites do not hold for NaN either.
            Op::FLt => self.compare(inst, "<", None),
            Op::FLe => self.compare(inst, "<=", None),
            Op::FGt => self.compare(inst, ">", None),
            Op::FGe => self.compare(inst, ">=", None),
            Op::FAdd => self.infix(inst, "+", Level::Sum),
            Op::FSub => self.infix(inst, "-", Level::Sum),
            Op::FMul => self.infix(inst, "*", Level::Product),
            Op::FDiv => self.checked(inst, "mo_fdiv"),
            Op::FRem => self.checked(inst, "mo_frem"),
            Op::FNeg => {
                let a = self.operand(inst, 0).at(Level::Primary);
                self.define(inst, Expr::new(format!("-{a}"), Level::Prefix));
            }
            Op::IntToFloat => {
                let a = self.operand(inst, 0).at(Level::Prefix);
                self.define(inst, Expr::new(format!("(double){a}"), Level::Prefix));
            }
            Op::FloatToInt => self.checked(inst, "mo_float_to_int"),
            Op::Not => {
                let opposite = self.operand(inst, 0).not();
                self.define(inst, opposite);
            }
            Op::Select => self.select(inst),

            Op::StrLen => self.plain(inst, "mo_str_len"),
            Op::StrBytes => self.plain(inst, "mo_str_bytes"),
            Op::StrConcat => {
                let (parts, len, here) = (self.args(inst), data.args.len(), self.here(inst));
                let concat = format!("mo_str_concat((const mo_cell[]){{{parts}}}, {len}, {here})");
                self.define(inst, Expr::primary(concat));
            }
            Op::StrIndex => self.str_index(inst),
            Op::StrChar => self.plain(inst, "mo_str_char"),
            Op::StrSlice => self.checked(inst, "mo_str_slice"),
            Op::StrEq if self.are_short(inst).contains(&true) => self.compare(inst, "==", Some("!=")),
            Op::StrEq => self.plain(inst, "mo_str_eq"),
            Op::StrLt if self.are_short(inst) == [true; 2] => self.plain(inst, "mo_short_lt"),
            Op::StrLt => self.plain(inst, "mo_str_lt"),
            Op::StrLe if self.are_short(inst) == [true; 2] => self.plain(inst, "mo_short_le"),
            Op::StrLe => self.plain(inst, "mo_str_le"),

            Op::ListNew => self.list_new(inst),
            Op::ListLen => {
                let xs = self.arg(inst, 0);
                self.define(inst, Expr::primary(format!("mo_list_len({xs})")));
            }
            Op::ListGet => {
                let name = self.by_elem(inst, "mo_list_get");
                self.checked(inst, &name);
            }
            Op::ListSet => {
                let name = self.by_elem(inst, "mo_list_set");
                self.checked(inst, &name);
            }
            Op::ListPush => {
                let name = self.by_elem(inst, "mo_list_push");
                self.checked(inst, &name);
            }
            Op::ListReserve => {
                let args = self.args(inst);
                self.line(&format!("mo_rt_list_reserve({args}, 0);"));
            }
            Op::ListRepeat => {
                let args = self.args(inst);
                self.define(inst, Expr::primary(format!("mo_rt_list_repeat({args}, 0)")));
            }
            Op::ListAppend => {
                let (xs, value) = (self.arg(inst, 0), self.arg(inst, 1));
                let kind = self.kind(data.args[1]);
                let (word, here) = (as_word(kind, value), self.here(inst));
                let append = format!("mo_list_append({xs}, {word}, {}, {here})", kind_name(kind));
                self.define(inst, Expr::primary(append));
            }
            Op::ListShare => {
                if self.kind(data.args[0]) == ElemKind::Cell {
                    let xs = self.arg(inst, 0);
                    self.line(&format!("mo_list_share({xs});"));
                }
            }
            Op::ListSlice => self.checked(inst, "mo_list_slice"),
            Op::ListConcat => self.checked(inst, "mo_list_concat"),
            Op::ListView => self.list_view(inst)?,
            Op::ViewLen => {
                let len = self.view_len(data.args[0]);
                self.define(inst, len);
            }
            Op::ViewGet => {
                let (view, kind) = (data.args[0], self.types().elem_kind(self.elem(data.args[0])));
                let (view, len) = (self.view_data(view).text, self.view_len(view).text);
                let (at, here, get) = (self.arg(inst, 1), self.here(inst), suffix(kind));
                self.define(inst, Expr::primary(format!("mo_view_get_{get}({view}, {len}, {at}, {here})")));
            }
            Op::ViewGetIn => {
                let (view, at) = (self.view_data(data.args[0]).text, self.arg(inst, 1));
                self.define(inst, Expr::primary(format!("{view}[{at}]")));
            }
            Op::ViewSetIn => {
                let view = self.view_data(data.args[0]).text;
                let (at, value) = (self.arg(inst, 1), self.arg(inst, 2));
                self.line(&format!("{view}[{at}] = {value};"));
            }

            Op::MapNew => self.map_new(inst),
            Op::MapLen => self.plain(inst, "mo_map_len"),
            Op::MapGet => {
                let (map, key) = (self.arg(inst, 0), self.key(inst));
                let here = self.here(inst);
                let get = format!("mo_map_get_or({map}, {key}, MO_NONE, MO_CELL, {here})");
                self.define(inst, Expr::primary(get));
            }
            Op::MapGetOr => {
                let (map, key, other) = (self.arg(inst, 0), self.key(inst), self.arg(inst, 2));
                let kind = self.kind(data.args[2]);
                let (other, here) = (as_word(kind, other), self.here(inst));
                let want = kind_name(kind);
                let word = format!("mo_map_get_or({map}, {key}, {other}, {want}, {here})");
                let value = names::from_word(kind, &word);
                self.define(inst, value);
            }
            Op::MapHas => {
                let (map, key) = (self.arg(inst, 0), self.key(inst));
                self.define(inst, Expr::primary(format!("mo_map_has({map}, {key})")));
            }
            Op::MapSet => {
                let (map, key) = (self.arg(inst, 0), self.key(inst));
                let kind = self.kind(data.args[2]);
                let (value, here) = (as_word(kind, self.arg(inst, 2)), self.here(inst));
                let (key_ty, elem_ty) = self.map_parts(data.args[0]);
                let dynamic = self.types().dynamic_elem(key_ty) || self.types().dynamic_elem(elem_ty);
                let name = if dynamic { "mo_map_set_any" } else { "mo_map_set" };
                self.line(&format!("{name}({map}, {key}, {value}, {}, {here});", kind_name(kind)));
            }
            Op::MapKeys => {
                let ty = self.tables.type_id(self.elem(data.result.expect("a list")));
                let (map, here) = (self.arg(inst, 0), self.here(inst));
                self.define(inst, Expr::primary(format!("mo_map_keys({map}, {ty}, {here})")));
            }

            Op::StructNew => {
                let Imm::Struct(id) = data.imm else { unreachable!("verified") };
                let (args, name) = (self.args(inst), self.tables.struct_name(id));
                self.define(inst, Expr::primary(format!("new_{name}({args})")));
            }
            Op::FieldGet => {
                let (place, kind) = self.field(inst, "read")?;
                let value = match kind {
                    ElemKind::Bool => Expr::new(format!("{place} != 0"), Level::Compare),
                    _ => Expr::primary(place),
                };
                self.define(inst, value);
            }
            Op::FieldSet => {
                let (place, _) = self.field(inst, "set")?;
                let value = self.arg(inst, 1);
                self.line(&format!("{place} = {value};"));
            }
            Op::VariantTag => self.plain(inst, "mo_variant_tag"),

            Op::IsNone => {
                let a = self.operand(inst, 0);
                self.define(inst, Expr::with_opposite(&a, "==", "!=", &Expr::primary("MO_NONE")));
            }
            Op::GetOr => {
                let (a, b) = (self.arg(inst, 0), self.operand(inst, 1).at(Level::Compare));
                let present = unboxed(self.kind(data.args[1]), &a).at(Level::Compare);
                self.define(inst, Expr::new(format!("{a} == MO_NONE ? {b} : {present}"), Level::Mixed));
            }
            Op::Some | Op::AnyBox => {
                let name = match self.kind(data.args[0]) {
                    ElemKind::I64 => "mo_from_i64",
                    ElemKind::F64 => "mo_from_f64",
                    ElemKind::Bool => "mo_from_bool",
                    ElemKind::Cell => unreachable!("its own box"),
                };
                self.plain(inst, name);
            }
            Op::AnyUnbox => {
                let result = data.result.expect("a value");
                let name = match self.kind(result) {
                    ElemKind::I64 => "mo_unbox_i64",
                    ElemKind::F64 => "mo_unbox_f64",
                    ElemKind::Bool => "mo_unbox_bool",
                    ElemKind::Cell if self.func.ty(result) == Types::BIGINT => "mo_unbox_big",
                    ElemKind::Cell => "mo_unbox_str",
                };
                self.checked(inst, name);
            }
            Op::AnyIs => {
                let Imm::Ty(ty) = data.imm else { unreachable!("verified") };
                let cell = self.arg(inst, 0);
                let test = self.tables.is(ty, &cell);
                self.define(inst, test);
            }
            Op::AnyAs => {
                let a = self.arg(inst, 0);
                let value = unboxed(self.kind(data.result.expect("a value")), &a);
                self.define(inst, value);
            }

            Op::RefNew => {
                let kind = self.kind(data.args[0]);
                let word = as_word(kind, self.arg(inst, 0));
                let flag = if kind == ElemKind::Cell { "MO_FLAG_CELL" } else { "0" };
                self.define(inst, Expr::primary(format!("mo_ref_new({word}, {flag})")));
            }
            Op::RefGet => {
                let kind = self.kind(data.result.expect("a value"));
                let word = format!("mo_words({})[0]", self.arg(inst, 0));
                self.define(inst, names::from_word(kind, &word));
            }
            Op::RefSet => {
                let (r, kind) = (self.arg(inst, 0), self.kind(data.args[1]));
                let word = as_word(kind, self.arg(inst, 1));
                self.line(&format!("mo_words({r})[0] = {word};"));
            }
            Op::GlobalGet | Op::GlobalFixed => {
                let Imm::Global(id) = data.imm else { unreachable!("verified") };
                let kind = self.kind(data.result.expect("a value"));
                let value = names::from_word(kind, &self.tables.global(id));
                self.define(inst, value);
            }
            Op::GlobalSet => {
                let Imm::Global(id) = data.imm else { unreachable!("verified") };
                let word = as_word(self.kind(data.args[0]), self.arg(inst, 0));
                let global = self.tables.global(id);
                self.line(&format!("{global} = {word};"));
            }

            Op::ClosureNew => {
                let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
                let ty = self.func.ty(data.result.expect("a value"));
                let (number, len, here) = (self.tables.closure(id, ty), data.args.len(), self.here(inst));
                let words = self.array(&data.args);
                let new = format!("mo_closure_new({number}, {words}, {len}, {here})");
                self.define(inst, Expr::primary(new));
            }
            Op::Call => {
                let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
                let site = self.site(inst);
                let args = self.more_args(&data.args);
                let call = format!("{}(MO_AT({site}){args})", self.tables.func_name(id));
                self.define(inst, Expr::primary(call));
            }
            Op::CallClosure => {
                let call = self.closure_call(inst, false)?;
                self.define(inst, Expr::primary(call));
            }
            Op::CallAny => {
                let call = self.dynamic_call(inst, false);
                self.define(inst, Expr::primary(call));
            }
            Op::CallRuntime => {
                let Imm::Runtime(function) = data.imm else { unreachable!("verified") };
                if let Some(reason) = missing(function) {
                    return Err(self.unsupported(reason));
                }
                self.checked(inst, &format!("mo_rt_{}", function.name()));
            }

            Op::Jump
            | Op::Branch
            | Op::Switch
            | Op::Return
            | Op::TailCall
            | Op::TailCallClosure
            | Op::TailCallAny
            | Op::Trap => unreachable!("terminators are in `flow`"),
        }
        Ok(())
    }

    fn args(&mut self, inst: Inst) -> String {
        let args: Vec<String> = self.func.insts[inst].args.iter().map(|&arg| self.value(arg).text).collect();
        args.join(", ")
    }
    /// Values after other arguments of a call.
    pub fn more_args(&mut self, args: &[Value]) -> String {
        args.iter().map(|&arg| format!(", {}", self.value(arg).text)).collect()
    }
    /// A function of the operands.
    fn plain(&mut self, inst: Inst, name: &str) {
        let args = self.args(inst);
        self.define(inst, Expr::primary(format!("{name}({args})")));
    }
    /// A function of the operands and the place.
    fn checked(&mut self, inst: Inst, name: &str) {
        let (args, here) = (self.args(inst), self.here(inst));
        let comma = if args.is_empty() { "" } else { ", " };
        self.define(inst, Expr::primary(format!("{name}({args}{comma}{here})")));
    }
    /// An operator of arithmetic: from left to right, what binds as tightly included.
    fn infix(&mut self, inst: Inst, operator: &str, level: Level) {
        let (a, b) = (self.operand(inst, 0), self.operand(inst, 1));
        let tighter = if level == Level::Sum { Level::Product } else { Level::Prefix };
        let text = format!("{} {operator} {}", a.at(level), b.at(tighter));
        self.define(inst, Expr::new(text, level));
    }
    fn bits(&mut self, inst: Inst, operator: &str) {
        let (a, b) = (self.operand(inst, 0).at(Level::Prefix), self.operand(inst, 1).at(Level::Prefix));
        self.define(inst, Expr::new(format!("{a} {operator} {b}"), Level::Mixed));
    }
    fn compare(&mut self, inst: Inst, operator: &str, opposite: Option<&str>) {
        let (a, b) = (self.operand(inst, 0), self.operand(inst, 1));
        let expr = match opposite {
            Some(opposite) => Expr::with_opposite(&a, operator, opposite, &b),
            None => Expr::compare(&a, operator, &b),
        };
        self.define(inst, expr);
    }
    fn select(&mut self, inst: Inst) {
        let args = &self.func.insts[inst].args;
        let constant = |value: Value| match self.func.def_inst(value).map(|data| &data.imm) {
            Some(Imm::Bool(known)) => Some(*known),
            _ => None,
        };
        let (yes, no) = (constant(args[1]), constant(args[2]));
        let part = |this: &mut Self, at| this.operand(inst, at).at(Level::Compare);
        let condition = part(self, 0);
        let text = match (yes, no) {
            (None, Some(false)) => format!("{condition} && {}", part(self, 1)),
            (Some(true), None) => format!("{condition} || {}", part(self, 2)),
            _ => format!("{condition} ? {} : {}", part(self, 1), part(self, 2)),
        };
        self.define(inst, Expr::new(text, Level::Mixed));
    }
    /// A character of a string, taken from its bytes where they are known.
    fn str_index(&mut self, inst: Inst) {
        let text = root(self.types(), self.func, self.func.insts[inst].args[0]);
        let Some(text) = text.filter(|text| self.texts.contains(text)) else {
            return self.checked(inst, "mo_str_index");
        };
        let (bytes, len) = self.text_bytes(text);
        let (bytes, len, here) = (bytes.text, len.text, self.here(inst));
        let (text, index) = (self.arg(inst, 0), self.arg(inst, 1));
        self.define(inst, Expr::primary(format!("mo_text_index({bytes}, {len}, {text}, {index}, {here})")));
    }
    /// Which of two strings are sure to be short.
    fn are_short(&self, inst: Inst) -> [bool; 2] {
        let args = &self.func.insts[inst].args;
        [args[0], args[1]].map(|arg| texts::is_short(self.tables.module, self.func, arg))
    }
    /// The function for the elements of the list that comes first.
    fn by_elem(&mut self, inst: Inst, name: &str) -> String {
        let elem = self.elem(self.func.insts[inst].args[0]);
        if self.types().dynamic_elem(elem) {
            return format!("{name}_any");
        }
        format!("{name}_{}", suffix(self.types().elem_kind(elem)))
    }
    /// An array of words; a null pointer for none.
    fn array(&mut self, values: &[Value]) -> String {
        if values.is_empty() {
            return "NULL".to_owned();
        }
        let words = self.words(values);
        format!("(const uint64_t[]){{{words}}}")
    }
    /// The key operand of a map operation and how it is stored.
    fn key(&mut self, inst: Inst) -> String {
        let kind = self.kind(self.func.insts[inst].args[1]);
        let key = self.arg(inst, 1);
        format!("{}, {}", as_word(kind, key), kind_name(kind))
    }

    fn map_parts(&self, map: Value) -> (Ty, Ty) {
        match self.types().kind(self.func.ty(map)) {
            TyKind::Map(key, value) => (*key, *value),
            other => unreachable!("{other:?} is no map"),
        }
    }

    fn list_new(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let result = data.result.expect("a list");
        let elem = self.elem(result);
        let (kind, ty, here) = (self.types().elem_kind(elem), self.tables.type_id(elem), self.here(inst));
        let (first, rest) = data.args.split_at(data.args.len().min(ARRAY_MAX));
        let words = self.array(first);
        self.define(inst, Expr::primary(format!("mo_list_new({ty}, {words}, {}, {here})", first.len())));
        for &arg in rest {
            // A list that nobody shares is the same after a push; what is pushed is still needed until then.
            let (list, value) = (self.value(result).text, self.value(arg).text);
            self.line(&format!("mo_list_push_{}({list}, {value}, {here});", suffix(kind)));
        }
    }

    fn map_new(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let result = data.result.expect("a map");
        let (key, value) = self.map_parts(result);
        let (keys, values) = (self.types().elem_kind(key), self.types().elem_kind(value));
        let ty = self.tables.map_type(key, value);
        let here = self.here(inst);
        let (first, rest) = data.args.split_at(data.args.len().min(ARRAY_MAX));
        let words = self.array(first);
        let (k, v) = (kind_name(keys), kind_name(values));
        self.define(inst, Expr::primary(format!("mo_map_new({ty}, {words}, {}, {here})", first.len())));
        for pair in rest.chunks(2) {
            let key = as_word(keys, self.value(pair[0]).text);
            let value = as_word(values, self.value(pair[1]).text);
            let map = self.value(result).text;
            self.line(&format!("mo_map_set({map}, {key}, {k}, {value}, {v}, {here});"));
        }
    }

    fn list_view(&mut self, inst: Inst) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        let elem = self.elem(data.args[0]);
        if self.types().dynamic_elem(elem) {
            return Err(self.unsupported("it takes a view of a list whose elements vary in form"));
        }
        let (xs, view) = (self.arg(inst, 0), data.result.expect("a view"));
        if self.folds.is_used(view) {
            self.body.assign(value_var(view), format!("mo_list({xs})->data"));
        }
        if self.folds.is_len_used(view) {
            self.body.assign(len_var(view), format!("mo_list_len({xs})"));
        }
        Ok(())
    }

    /// A field as a place, and how it is stored.
    fn field(&mut self, inst: Inst, action: &str) -> Result<(String, ElemKind), Unsupported> {
        let data = &self.func.insts[inst];
        let Imm::Field(field) = data.imm else { unreachable!("verified") };
        let TyKind::Struct(id) = self.types().kind(self.func.ty(data.args[0])) else {
            return Err(self.unsupported("it reads a field of something that is no struct"));
        };
        let (name, ty) = &self.types().structs[*id].fields[field as usize];
        let kind = self.types().elem_kind(*ty);
        let (object, here) = (self.arg(inst, 0), self.here(inst));
        let (c_struct, member) = (self.tables.struct_name(*id), self.tables.member(*id, field as usize));
        let name = names::string(name);
        let place = format!("(({c_struct} *)mo_object({object}, {here}, \"{action}\", {name}))->{member}");
        Ok((place, kind))
    }

    /// A call of an `any`. Who is called is asked at the place of the call, so the frame need not be told it again.
    pub fn dynamic_call(&mut self, inst: Inst, tail: bool) -> String {
        let data = &self.func.insts[inst];
        let (function, args) = data.args.split_first().expect("verified");
        let (function, site, len) = (self.value(*function).text, self.site(inst), args.len());
        let list: Vec<String> = args.iter().map(|&arg| self.value(arg).text).collect();
        let list = if list.is_empty() { "0".to_owned() } else { list.join(", ") };
        let up = if tail { "up" } else { "MO_FRAME" };
        format!(
            "mo_callee_any({function}, {len}, MO_HERE({site}))->dynamic({up}, {function}, (mo_cell[]){{{list}}})"
        )
    }

    /// A call of a function value.
    pub fn closure_call(&mut self, inst: Inst, tail: bool) -> Result<String, Unsupported> {
        let data = &self.func.insts[inst];
        let (function, args) = data.args.split_first().expect("verified");
        let pointer = self.tables.code_pointer(self.func.ty(*function));
        let pointer = pointer.ok_or_else(|| self.unsupported("it calls something that is no function"))?;
        let (function, site) = (self.value(*function).text, self.site(inst));
        let args = self.more_args(args);
        let up = if tail { "up" } else { "MO_FRAME" };
        Ok(format!("(({pointer})mo_callee({function}, MO_HERE({site}))->code)({up}, {function}{args})"))
    }
}

/// An expression for the value in the cell of a name.
fn unboxed(kind: ElemKind, cell: &str) -> Expr {
    match kind {
        ElemKind::Cell => Expr::primary(cell),
        ElemKind::I64 => Expr::primary(format!("mo_as_i64({cell})")),
        ElemKind::F64 => Expr::primary(format!("mo_bits_f64({cell})")),
        ElemKind::Bool => Expr::new(format!("(bool)({cell} & 1)"), Level::Prefix),
    }
}
