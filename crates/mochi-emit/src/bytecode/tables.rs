//! What the functions of a program share: its tables, filled as functions refer to them.

use mochi_abi::ElemKind;
use mochi_base::id::Id;
use mochi_ir::func::Origin;
use mochi_ir::{Func, FuncId, GlobalId, Module, StrId, Ty, TyKind, Types};
use mochi_vm::Program;
use mochi_vm::code::{self, Closure, Code, Inlined, Shape, Span, Test};
use rustc_hash::FxHashMap;

use crate::Unsupported;

use super::has_code;

/// The tables of a program in the making.
pub(super) struct Tables<'a> {
    /// The module that is emitted.
    pub module: &'a Module,
    program: Program,
    funcs: Vec<Option<u32>>,
    strs: FxHashMap<StrId, u32>,
    closures: FxHashMap<FuncId, u32>,
    tests: FxHashMap<Ty, u32>,
    names: FxHashMap<&'a str, u32>,
}

/// Positions of operands with raw words, then of those with cells: the order of parameters in a frame.
pub(super) fn raw_first(types: &Types, tys: impl Iterator<Item = Ty> + Clone) -> impl Iterator<Item = usize> {
    let is_cell = |ty: Ty| types.elem_kind(ty) == ElemKind::Cell;
    let kinds: Vec<bool> = tys.map(is_cell).collect();
    let raws: Vec<usize> = (0..kinds.len()).filter(|&i| !kinds[i]).collect();
    let cells: Vec<usize> = (0..kinds.len()).filter(|&i| kinds[i]).collect();
    raws.into_iter().chain(cells)
}

impl<'a> Tables<'a> {
    /// Tables of a module, with its structs and globals.
    pub fn new(module: &'a Module) -> Result<Tables<'a>, Unsupported> {
        let types = &module.types;
        let mut next = 0;
        let funcs: Vec<Option<u32>> = module
            .funcs
            .ids()
            .map(|id| {
                has_code(module, id).then(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        let shapes = types.structs.values().map(|def| Shape {
            name: def.name.clone(),
            fields: def.fields.iter().map(|(name, ty)| (name.clone(), types.elem_kind(*ty))).collect(),
            variant: def.variant_of.map(|(_, position)| position),
        });
        let mut program = Program {
            globals: module.globals.values().map(|g| types.elem_kind(g.ty)).collect(),
            shapes: shapes.collect(),
            ..Program::default()
        };
        let entry = module.entry.and_then(|id| funcs[id.index()]);
        program.entry = entry.ok_or_else(|| Unsupported {
            target: "bytecode",
            func: "the program".to_owned(),
            reason: "it has no entry function".to_owned(),
            span: mochi_base::Span::NONE,
        })?;
        Ok(Tables {
            module,
            program,
            funcs,
            strs: FxHashMap::default(),
            closures: FxHashMap::default(),
            tests: FxHashMap::default(),
            names: FxHashMap::default(),
        })
    }

    /// The program.
    pub fn finish(self) -> Program {
        self.program
    }

    /// The number of a function with code.
    pub fn func_index(&self, id: FuncId) -> Option<u32> {
        self.funcs[id.index()]
    }
    /// The number of a string constant.
    pub fn str(&mut self, id: StrId) -> u32 {
        *self.strs.entry(id).or_insert_with(|| {
            self.program.strs.push(self.module.str(id).into());
            self.program.strs.len() as u32 - 1
        })
    }
    /// The number of a field's name.
    pub fn name(&mut self, name: &'a str) -> u32 {
        *self.names.entry(name).or_insert_with(|| {
            self.program.names.push(name.into());
            self.program.names.len() as u32 - 1
        })
    }
    /// The number of a global.
    pub fn global(&self, id: GlobalId) -> u32 {
        id.0
    }
    /// The number of the way to make function values from a function with code.
    pub fn closure(&mut self, id: FuncId) -> Option<u32> {
        let index = self.func_index(id)?;
        Some(*self.closures.entry(id).or_insert_with(|| {
            let func = &self.module.funcs[id];
            let captured = &func.params[..func.captures as usize];
            let captures = raw_first(&self.module.types, captured.iter().copied())
                .map(|i| self.module.types.elem_kind(captured[i]))
                .collect();
            self.program.closures.push(Closure { func: index, captures });
            self.program.closures.len() as u32 - 1
        }))
    }
    /// The number of the test whether a dynamic value is represented like a type.
    pub fn test(&mut self, ty: Ty) -> u32 {
        if let Some(&known) = self.tests.get(&ty) {
            return known;
        }
        self.program.tests.push(test(&self.module.types, ty));
        let id = self.program.tests.len() as u32 - 1;
        self.tests.insert(ty, id);
        id
    }
    /// Adds the inlined calls of a function; the number that its first gets, as in [`code::Place::inlined`].
    pub fn inlined(&mut self, func: &Func) -> u32 {
        let first = self.program.inlined.len() as u32 + 1;
        self.program.inlined.extend(func.inlined.iter().map(|call| Inlined {
            name: call.shown.to_string(),
            shown: call.origin != Origin::Glue,
            call: Span { lo: call.call_span.lo, hi: call.call_span.hi },
            parent: match call.parent.0 {
                0 => 0,
                n => first + n - 1,
            },
        }));
        first
    }
    /// Adds a function; they come in order of their numbers.
    pub fn add(&mut self, mut code: Code, words: &[code::Word]) {
        code.start = self.program.words.len() as u32;
        self.program.words.extend_from_slice(words);
        code.end = self.program.words.len() as u32;
        self.program.funcs.push(code);
    }
}

/// How values of a type are represented.
fn test(types: &Types, ty: Ty) -> Test {
    match types.kind(ty) {
        TyKind::I64 => Test::Int,
        TyKind::F64 => Test::Float,
        TyKind::Bool => Test::Bool,
        TyKind::Str => Test::Str,
        TyKind::Bigint => Test::Bigint,
        TyKind::Bigrat => Test::Bigrat,
        TyKind::Unit => Test::None,
        TyKind::List(elem) if types.dynamic_elem(*elem) => Test::AnyList,
        TyKind::List(elem) => Test::List(types.elem_kind(*elem)),
        TyKind::Map(key, value) => {
            let (k, v) = (types.elem_kind(*key), types.elem_kind(*value));
            match (types.dynamic_elem(*key), types.dynamic_elem(*value)) {
                (false, false) => Test::Map(Some(k), Some(v)),
                (true, true) => Test::Map(None, None),
                (true, false) => Test::Map(None, Some(v)),
                (false, true) => Test::Map(Some(k), None),
            }
        }
        TyKind::Option(inner) => Test::Option(Box::new(test(types, *inner))),
        TyKind::Struct(id) => Test::Struct(vec![id.0]),
        TyKind::Union(id) => Test::Struct(types.unions[*id].variants.iter().map(|v| v.0).collect()),
        TyKind::Fn(params, _) => Test::Function(params.len() as u32),
        TyKind::Any | TyKind::Ref(_) | TyKind::View(_) | TyKind::Var(_) => Test::Any,
    }
}
