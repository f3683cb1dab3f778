//! What the functions of a unit share, filled as they refer to it.

use std::fmt::Write;

use mochi_abi::cell::SHORT_STR_MAX;
use mochi_abi::{Cell, ElemKind, TypeId};
use mochi_base::SourceMap;
use mochi_base::id::Id;
use mochi_ir::analysis::Summaries;
use mochi_ir::func::Origin;
use mochi_ir::{Func, FuncId, GlobalId, Imm, Module, Op, StrId, StructId, Ty, TyKind, Types};
use mochi_runtime::types::{Test, Type};
use rustc_hash::{FxHashMap, FxHashSet};

use super::expr::{Expr, Level};
use super::func::{closure_prototype, params};
use super::lines::Lines;
use super::names::{self, c_type, kind_name};
use super::sites::Sites;
use crate::types::TypeNumbers;

/// String literals longer than C99 promises are written as lists of bytes.
const LITERAL_MAX: usize = 2000;
/// The tables of a unit in the making.
pub(super) struct Tables<'a> {
    pub module: &'a Module,
    pub sources: &'a SourceMap,
    pub lines: Lines,
    /// What calls may do.
    pub summaries: Summaries,
    pub sites: Sites,
    strs: Vec<StrId>,
    known_strs: FxHashMap<StrId, u32>,
    closures: Vec<(FuncId, Ty)>,
    known_closures: FxHashMap<FuncId, u32>,
    sets: Vec<Vec<u32>>,
    known_sets: FxHashMap<Vec<u32>, u32>,
    types: TypeNumbers,
}

impl<'a> Tables<'a> {
    pub fn new(module: &'a Module, sources: &'a SourceMap, lines: Lines) -> Self {
        Tables {
            module,
            sources,
            lines,
            summaries: Summaries::compute(module),
            sites: Sites::default(),
            strs: Vec::new(),
            known_strs: FxHashMap::default(),
            closures: Vec::new(),
            known_closures: FxHashMap::default(),
            sets: Vec::new(),
            known_sets: FxHashMap::default(),
            types: TypeNumbers::default(),
        }
    }

    /// The functions that the unit has, in order: those that the entry reaches. A function is called by cells, through its
    /// uniform one, only if values are made of it.
    pub fn reached(&self, entry: FuncId) -> Vec<FuncId> {
        let mut reached = FxHashSet::default();
        let mut work = vec![entry];
        while let Some(id) = work.pop() {
            if !self.has_code(id) || !reached.insert(id) {
                continue;
            }
            let func = &self.module.funcs[id];
            for inst in func.blocks.values().flat_map(|block| &block.insts) {
                let data = &func.insts[*inst];
                let Imm::Func(callee, _) = data.imm else { continue };
                work.push(callee);
                let callee = &self.module.funcs[callee];
                if data.op == Op::ClosureNew && !is_dynamic(callee) {
                    work.extend(callee.uniform);
                }
            }
        }
        let mut reached: Vec<FuncId> = reached.into_iter().collect();
        reached.sort();
        reached
    }
    /// Whether a function is written: declarations and generic functions are not.
    pub fn has_code(&self, id: FuncId) -> bool {
        let func = &self.module.funcs[id];
        !func.is_declaration() && func.type_params == 0
    }
    /// The name of a function in C.
    pub fn func_name(&self, id: FuncId) -> String {
        format!("f{}_{}", id.index(), names::part(&self.module.funcs[id].shown))
    }
    /// The name of the C struct of a struct.
    pub fn struct_name(&self, id: StructId) -> String {
        format!("s{}_{}", id.index(), names::part(&self.module.types.structs[id].name))
    }
    /// The member for a field.
    pub fn member(&self, id: StructId, field: usize) -> String {
        names::member(&self.module.types.structs[id].fields[field].0, field)
    }
    /// A string constant as an expression.
    pub fn str(&mut self, id: StrId) -> String {
        let text = self.module.str(id);
        if text.len() <= SHORT_STR_MAX {
            let cell = Cell::from_short_str(text.as_bytes()).expect("it is short");
            // The word says nothing to people.
            return match text {
                "" => names::cell(cell),
                _ => format!("{} /* {} */", names::cell(cell), names::comment(&names::string(text))),
            };
        }
        let next = self.strs.len() as u32;
        let number = *self.known_strs.entry(id).or_insert(next);
        if number == next {
            self.strs.push(id);
        }
        format!("mo_strs[{number}]")
    }
    /// A global as a place.
    pub fn global(&self, id: GlobalId) -> String {
        format!("mo_globals[{}]", id.index())
    }
    /// The number of a function, whose values are of a type, among those that are values.
    pub fn closure(&mut self, id: FuncId, ty: Ty) -> u32 {
        let next = self.closures.len() as u32;
        let number = *self.known_closures.entry(id).or_insert(next);
        if number == next {
            self.closures.push((id, ty));
        }
        number
    }

    /// The number of a type.
    pub fn type_id(&mut self, ty: Ty) -> u32 {
        self.types.type_id(&self.module.types, ty).0
    }
    /// The number of the types of the keys and values of a map.
    pub fn map_type(&mut self, key: Ty, value: Ty) -> u32 {
        self.types.map_type(&self.module.types, key, value).0
    }
    /// The expression that says whether a cell is of a type.
    pub fn is(&mut self, ty: Ty, cell: &str) -> Expr {
        let test = self.types.test(&self.module.types, ty);
        self.test(&test, cell)
    }
    fn test(&mut self, test: &Test, cell: &str) -> Expr {
        match test {
            Test::Any => Expr::primary("true"),
            Test::None => Expr::new(format!("{cell} == MO_NONE"), Level::Compare),
            Test::Int => Expr::primary(format!("mo_is_i64({cell})")),
            Test::Float => Expr::primary(format!("mo_is_f64({cell})")),
            Test::Bool => Expr::primary(format!("mo_is_bool({cell})")),
            Test::Str => Expr::primary(format!("mo_is_str({cell})")),
            Test::Bigint => Expr::primary(format!("mo_is_int({cell})")),
            Test::Bigrat => Expr::new(format!("mo_arena_of({cell}) == MO_BIGRAT"), Level::Compare),
            Test::Function(ty) => Expr::primary(format!("mo_is_fn({cell}, {ty})")),
            Test::AnyList => Expr::primary(format!("mo_is_list({cell})")),
            Test::List(elem) => Expr::primary(format!("mo_is_list_of({cell}, {})", elem.0)),
            Test::Map(keys, values) => {
                let number = |ty: &Option<TypeId>| ty.map_or(-1, |ty| i64::from(ty.0));
                Expr::primary(format!("mo_is_map({cell}, {}, {})", number(keys), number(values)))
            }
            Test::Struct(shapes) => self.struct_test(shapes.clone(), cell),
            Test::Option(inner) => {
                let inner = self.test(inner, cell).at(Level::Compare);
                Expr::new(format!("{cell} == MO_NONE || {inner}"), Level::Mixed)
            }
        }
    }
    fn struct_test(&mut self, shapes: Vec<u32>, cell: &str) -> Expr {
        let (next, len) = (self.sets.len() as u32, shapes.len());
        let number = *self.known_sets.entry(shapes.clone()).or_insert(next);
        if number == next {
            self.sets.push(shapes);
        }
        Expr::primary(format!("mo_is_struct({cell}, shapes_{number}, {len})"))
    }

    /// Writes the C structs of structs and the functions that make them.
    pub fn write_structs(&self, out: &mut String) {
        let types = &self.module.types;
        for (id, def) in types.structs.iter() {
            let name = self.struct_name(id);
            let _ = writeln!(out, "typedef struct {name} {{\n    mo_head head;");
            for (at, (_, ty)) in def.fields.iter().enumerate() {
                let _ = writeln!(out, "    {} {};", member_type(types.elem_kind(*ty)), self.member(id, at));
            }
            let _ = writeln!(out, "}} {name};");
            self.write_constructor(out, id);
        }
        out.push('\n');
    }
    fn write_constructor(&self, out: &mut String, id: StructId) {
        let types = &self.module.types;
        let (name, fields) = (self.struct_name(id), &types.structs[id].fields);
        let kinds: Vec<ElemKind> = fields.iter().map(|(_, ty)| types.elem_kind(*ty)).collect();
        let params: Vec<String> =
            kinds.iter().enumerate().map(|(at, &kind)| format!("{} v{at}", c_type(kind))).collect();
        let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
        let granules = fields.len() + 1;
        let shape = id.0 << mochi_abi::layout::META_SHIFT;
        let _ = writeln!(out, "MO_UNUSED static mo_cell new_{name}({params}) {{\n    mo_cell cell;");
        if !fields.is_empty() {
            let _ = writeln!(out, "    {name} *slot;");
        }
        let _ = writeln!(
            out,
            "    mo_safepoint();\n    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, {granules}u), {shape});"
        );
        if !fields.is_empty() {
            let _ = writeln!(out, "    slot = ({name} *)(void *)mo_at_index((uint32_t)cell);");
        }
        for at in 0..kinds.len() {
            let _ = writeln!(out, "    slot->{} = v{at};", self.member(id, at));
        }
        let _ = writeln!(out, "    return cell;\n}}");
    }

    /// Writes the tables that the runtime reads, and the adapters of functions that are values.
    pub fn write(&mut self, out: &mut String) {
        self.write_closures(out);
        let types = &self.module.types;
        for (id, def) in types.structs.iter() {
            let _ = write!(out, "static const mo_field fields_{}[] = {{", id.index());
            for (name, ty) in &def.fields {
                let ty = self.types.type_id(types, *ty).0;
                let _ = write!(out, "{{{}, {ty}}}, ", names::string(name));
            }
            out.push_str("{\"\", 0}};\n");
        }
        out.push_str("const mo_shape mo_shapes[] = {\n");
        for (id, def) in types.structs.iter() {
            let variant = def.variant_of.map_or(-1, |(_, position)| i64::from(position));
            let (name, len) = (names::string(&def.name), def.fields.len());
            let _ = writeln!(out, "    {{{name}, fields_{}, {len}, {variant}}},", id.index());
        }
        let _ = writeln!(
            out,
            "    {{\"\", 0, 0, 0}},\n}};\nconst uint32_t mo_shapes_len = {};",
            types.structs.ids().len()
        );
        self.write_texts(out);
        out.push_str("const uint8_t mo_global_kinds[] = {");
        for global in self.module.globals.values() {
            let _ = write!(out, "{}, ", kind_name(types.elem_kind(global.ty)));
        }
        let globals = self.module.globals.ids().len();
        let _ = writeln!(
            out,
            "0}};\nuint64_t mo_globals[{}];\nconst uint32_t mo_globals_len = {globals};",
            globals + 1
        );
        self.sites.write(out);
    }
    /// The types, with what stands for none where a value of the type must be. To be asked for once all functions are
    /// written, since what they mention is in it, and before [`Tables::write_sets`], since it mentions sets.
    pub fn types(&mut self) -> String {
        for ty in self.module.types.structs.values().flat_map(|def| &def.fields).map(|(_, ty)| *ty) {
            self.type_id(ty);
        }
        let (mut out, mut rows) = (String::new(), String::new());
        // Writing a type adds no others: its parts came before it.
        for at in 0..self.types.types.len() {
            let Type { name, test } = self.types.types[at].clone();
            let expr = self.test(&test, "cell").text;
            let _ = writeln!(out, "static bool is_{at}(mo_cell cell) {{\n    return {expr};\n}}");
            let absent = match test {
                Test::Struct(_) | Test::Function(_) => "MO_ABSENT_NONE, 0".to_owned(),
                Test::Bigint => "MO_ABSENT_BIGINT, 0".to_owned(),
                Test::AnyList => "MO_ABSENT_LIST, 0".to_owned(),
                Test::List(elem) => format!("MO_ABSENT_LIST, {}", elem.0),
                Test::Map(keys, values) => {
                    let pair = (keys.unwrap_or(TypeId::ANY), values.unwrap_or(TypeId::ANY));
                    format!("MO_ABSENT_MAP, {}", self.types.known_map(pair).0)
                }
                _ => "MO_ABSENT_TRAPS, 0".to_owned(),
            };
            let _ = writeln!(rows, "    {{{}, is_{at}, {absent}}},", names::string(&name));
        }
        let _ = writeln!(out, "const mo_type mo_types[] = {{\n{rows}    {{\"\", 0, 0, 0}},\n}};");
        out.push_str("const mo_map_type mo_map_types[] = {");
        for (keys, values) in &self.types.maps {
            let _ = write!(out, "{{{}, {}}}, ", keys.0, values.0);
        }
        out.push_str("{0, 0}};\n");
        out
    }

    /// Declarations of what functions mention before it is defined.
    pub fn write_sets(&self, out: &mut String) {
        for (number, shapes) in self.sets.iter().enumerate() {
            let list: Vec<String> = shapes.iter().map(u32::to_string).collect();
            let _ = writeln!(out, "static const uint32_t shapes_{number}[] = {{{}}};", list.join(", "));
        }
    }

    fn write_texts(&self, out: &mut String) {
        for (number, &id) in self.strs.iter().enumerate() {
            let text = self.module.str(id);
            if text.len() > LITERAL_MAX {
                let _ = write!(out, "static const char text_{number}[] = {{");
                for (at, byte) in text.bytes().enumerate() {
                    out.push_str(if at % 32 == 0 { "\n    " } else { "" });
                    let _ = write!(out, "{},", byte as i8);
                }
                out.push_str("\n};\n");
            }
        }
        out.push_str("const mo_text mo_texts[] = {\n");
        for (number, &id) in self.strs.iter().enumerate() {
            let text = self.module.str(id);
            let bytes = if text.len() > LITERAL_MAX { format!("text_{number}") } else { names::string(text) };
            let _ = writeln!(out, "    {{{bytes}, {}}},", text.len());
        }
        let len = self.strs.len();
        let _ = writeln!(
            out,
            "    {{\"\", 0}},\n}};\nmo_cell mo_strs[{}];\nconst uint32_t mo_texts_len = {len};",
            len + 1
        );
    }

    fn write_closures(&self, out: &mut String) {
        let types = &self.module.types;
        for (number, &(id, _)) in self.closures.iter().enumerate() {
            self.write_adapter(out, number, id);
            let func = &self.module.funcs[id];
            let captured = &func.params[..func.captures as usize];
            let _ = write!(out, "static const uint8_t cells_{number}[] = {{");
            for &ty in captured {
                let _ = write!(out, "{}, ", u8::from(types.elem_kind(ty) == ElemKind::Cell));
            }
            out.push_str("0};\n");
        }
        out.push_str("const mo_fn mo_fns[] = {\n");
        for (number, &(id, ty)) in self.closures.iter().enumerate() {
            let func = &self.module.funcs[id];
            let dynamic = if is_dynamic(func) || self.uniform(func).is_some() {
                format!("d{number}")
            } else {
                "0".to_owned()
            };
            let (name, captures) = (names::string(&func.shown), func.captures);
            let own = func.params.len() - captures as usize;
            let _ = writeln!(
                out,
                "    {{{name}, (void (*)(void))c{number}, {dynamic}, {own}, {captures}, {}, cells_{number}, {}}},",
                ty.0,
                func.origin == Origin::Adapter
            );
        }
        // What waits for more arguments is made of function values, and its code refers to most of the runtime.
        let partial = if self.closures.is_empty() {
            "0, 0, 0, 0, 0"
        } else {
            "mo_partial_call, 0, 2, UINT32_MAX, mo_partial_cells"
        };
        let _ = writeln!(
            out,
            "    {{\"\", 0, {partial}, false}},\n}};\nconst uint32_t mo_fns_len = {};",
            self.closures.len()
        );
    }

    /// The function that takes the function value and its own arguments, and with cells only the one that takes a list.
    fn write_adapter(&self, out: &mut String, number: usize, id: FuncId) {
        let types = &self.module.types;
        let func = &self.module.funcs[id];
        let (captured, own) = func.params.split_at(func.captures as usize);
        let mut args = vec!["up".to_owned()];
        for (at, &ty) in captured.iter().enumerate() {
            args.push(names::from_word(types.elem_kind(ty), &format!("words[{at}]")).text);
        }
        args.extend((0..own.len()).map(|at| format!("a{at}")));
        let prototype = closure_prototype(types, func, &format!("c{number}"));
        let _ = writeln!(out, "static {prototype} {{");
        if captured.is_empty() {
            out.push_str("    (void)self;\n");
        } else {
            out.push_str("    const uint64_t *words = mo_words(self);\n");
        }
        let call = format!("{}({})", self.func_name(id), args.join(", "));
        let unit = func.result == Types::UNIT;
        let _ = writeln!(out, "    {}{call};\n}}", if unit { "" } else { "return " });
        // Those that are called with cells take them as they are; others through a function that converts.
        let target = match self.uniform(func) {
            _ if is_dynamic(func) => format!("c{number}"),
            Some(uniform) => self.func_name(uniform),
            None => return,
        };
        let list: String = (0..own.len()).map(|at| format!(", args[{at}]")).collect();
        let _ = writeln!(
            out,
            "static mo_cell d{number}(MO_UP, mo_cell self, const mo_cell *args) {{\n    (void)args;\n    return {target}(up, self{list});\n}}"
        );
    }
    /// The function that calls values of a function with cells.
    fn uniform(&self, func: &Func) -> Option<FuncId> {
        func.uniform.filter(|&id| self.has_code(id))
    }

    /// The type of a pointer to the code of function values of a type.
    pub fn code_pointer(&self, ty: Ty) -> Option<String> {
        let types = &self.module.types;
        let TyKind::Fn(own, result) = types.kind(ty) else { return None };
        let result = if *result == Types::UNIT { "void" } else { c_type(types.elem_kind(*result)) };
        Some(format!("{result} (*)(MO_UP, mo_cell{})", params(types, own, |_| String::new())))
    }
}

/// Whether a function can be called without knowing its type.
fn is_dynamic(func: &Func) -> bool {
    let own = &func.params[func.captures as usize..];
    own.iter().all(|&ty| ty == Types::ANY) && func.result == Types::ANY
}

/// The member of a C struct that holds a field: a word each.
fn member_type(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Bool => "uint64_t",
        ElemKind::Cell | ElemKind::I64 | ElemKind::F64 => c_type(kind),
    }
}
