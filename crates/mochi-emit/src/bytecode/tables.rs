//! What the functions of a program share: its tables, filled as functions refer to them.

use mochi_abi::{ElemKind, MapType, TypeId};
use mochi_base::id::Id;
use mochi_ir::func::Origin;
use mochi_ir::{Func, FuncId, GlobalId, Module, StrId, Ty, Types};
use mochi_vm::Program;
use mochi_vm::code::{self, Closure, Code, Inlined, Shape, Span};
use rustc_hash::FxHashMap;

use crate::Unsupported;
use crate::types::TypeNumbers;

use super::has_code;

/// What of a module is in a program, and where. A module that grows is emitted piece by piece: see [`Emitted::add`].
///
/// [`Emitted::add`]: super::Emitted::add
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// By function: its number, if it has code.
    funcs: Vec<Option<u32>>,
    strs: FxHashMap<StrId, u32>,
    closures: FxHashMap<FuncId, u32>,
    types: TypeNumbers,
    names: FxHashMap<Box<str>, u32>,
}

/// The tables of a program in the making.
pub(super) struct Tables<'a> {
    /// The module that is emitted.
    pub module: &'a Module,
    program: &'a mut Program,
    known: &'a mut Known,
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
    /// Tables of a module: the program gets structs and globals that are new, and numbers for functions that are.
    pub fn new(
        module: &'a Module,
        program: &'a mut Program,
        known: &'a mut Known,
    ) -> Result<Tables<'a>, Unsupported> {
        let types = &module.types;
        let mut next = program.funcs.len() as u32;
        for id in module.funcs.ids_from(known.funcs.len()) {
            let number = has_code(module, id).then_some(next);
            next += u32::from(number.is_some());
            known.funcs.push(number);
        }
        let globals = module.globals.values().skip(program.globals.len()).map(|g| types.elem_kind(g.ty));
        program.globals.extend(globals);
        let entry = module.entry.and_then(|id| known.funcs[id.index()]);
        program.entry = entry.ok_or_else(|| Unsupported {
            target: "bytecode",
            func: "the program".to_owned(),
            reason: "it has no entry function".to_owned(),
            span: mochi_base::Span::NONE,
        })?;
        let mut tables = Tables { module, program, known };
        for def in types.structs.values().skip(tables.program.shapes.len()) {
            let fields = def.fields.iter().map(|(name, ty)| (name.clone(), tables.type_id(*ty))).collect();
            let variant = def.variant_of.map(|(_, position)| position);
            tables.program.shapes.push(Shape { name: def.name.clone(), fields, variant });
        }
        Ok(tables)
    }

    /// The number of a function with code.
    pub fn func_index(&self, id: FuncId) -> Option<u32> {
        self.known.funcs[id.index()]
    }
    /// The number of a string constant.
    pub fn str(&mut self, id: StrId) -> u32 {
        *self.known.strs.entry(id).or_insert_with(|| {
            self.program.strs.push(self.module.str(id).into());
            self.program.strs.len() as u32 - 1
        })
    }
    /// The number of a field's name.
    pub fn name(&mut self, name: &str) -> u32 {
        if let Some(&known) = self.known.names.get(name) {
            return known;
        }
        self.program.names.push(name.into());
        let id = self.program.names.len() as u32 - 1;
        self.known.names.insert(name.into(), id);
        id
    }
    /// The number of a global.
    pub fn global(&self, id: GlobalId) -> u32 {
        id.0
    }
    /// The number of the way to make function values, of a type, from a function with code.
    pub fn closure(&mut self, id: FuncId, ty: Ty) -> Option<u32> {
        let index = self.func_index(id)?;
        Some(*self.known.closures.entry(id).or_insert_with(|| {
            let func = &self.module.funcs[id];
            let captured = &func.params[..func.captures as usize];
            let captures = raw_first(&self.module.types, captured.iter().copied())
                .map(|i| self.module.types.elem_kind(captured[i]))
                .collect();
            let uniform = func.uniform.and_then(|id| self.known.funcs[id.index()]);
            let adapter = func.origin == Origin::Adapter;
            self.program.closures.push(Closure { func: index, captures, ty: ty.0, uniform, adapter });
            self.program.closures.len() as u32 - 1
        }))
    }
    /// The number of a type.
    pub fn type_id(&mut self, ty: Ty) -> TypeId {
        let id = self.known.types.type_id(&self.module.types, ty);
        self.add_types();
        id
    }
    /// The number of the types of the keys and values of a map.
    pub fn map_type(&mut self, key: Ty, value: Ty) -> MapType {
        let number = self.known.types.map_type(&self.module.types, key, value);
        self.add_types();
        number
    }
    fn add_types(&mut self) {
        let (program, known) = (&mut *self.program, &self.known.types);
        program.types.extend_from_slice(&known.types[program.types.len()..]);
        program.map_types.extend_from_slice(&known.maps[program.map_types.len()..]);
    }
    /// How many inlined calls the functions so far have.
    pub fn inlined_calls(&self) -> usize {
        self.program.inlined.len()
    }
    /// Adds the inlined calls of a function; the number that its first gets, as in [`code::Place::inlined`].
    pub fn inlined(&mut self, func: &Func) -> u32 {
        let first = self.program.inlined.len() as u32 + 1;
        self.program.inlined.extend(func.inlined.iter().map(|call| Inlined {
            name: call.shown.to_string(),
            shown: call.origin.is_shown(),
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

impl Known {
    /// Forgets what is not before the ends of a program's tables, which were cut back.
    pub fn cut_back(&mut self, funcs: usize, program: &Program) {
        self.funcs.truncate(funcs);
        self.strs.retain(|_, n| (*n as usize) < program.strs.len());
        self.closures.retain(|_, n| (*n as usize) < program.closures.len());
        self.types.truncate(program.types.len(), program.map_types.len());
        self.names.retain(|_, n| (*n as usize) < program.names.len());
    }
    /// How many functions of the module were looked at.
    pub fn funcs(&self) -> usize {
        self.funcs.len()
    }
    /// Forgets a function, which is the last, and its code.
    pub fn remove_last(&mut self) {
        self.funcs.pop();
    }
}
