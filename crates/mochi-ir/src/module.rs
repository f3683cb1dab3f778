//! A module: the types, constants, globals and functions of one program or library.

use mochi_base::id::Id;
use mochi_base::{IdVec, id_type};
use rustc_hash::FxHashMap;

use crate::func::Func;
use crate::ty::{Ty, Types};

id_type! {
    /// A function of a [`Module`].
    FuncId
}
id_type! {
    /// A global variable of a [`Module`].
    GlobalId
}
id_type! {
    /// A string constant of a [`Module`].
    StrId
}

/// A variable that lives as long as the program.
#[derive(Clone, PartialEq, Debug)]
pub struct Global {
    /// The name in the source.
    pub name: String,
    /// Its type.
    pub ty: Ty,
}

/// Code and everything it refers to.
#[derive(Clone, Default, Debug)]
pub struct Module {
    /// Types, structs and unions.
    pub types: Types,
    /// Global variables. The entry function assigns each before anything reads it; until then they hold the zero word.
    pub globals: IdVec<GlobalId, Global>,
    /// String constants, each text once.
    strings: IdVec<StrId, Box<str>>,
    string_ids: FxHashMap<Box<str>, StrId>,
    /// Functions. One without blocks is a declaration that linking resolves by name.
    pub funcs: IdVec<FuncId, Func>,
    by_name: FxHashMap<String, FuncId>,
    /// The function that the program starts with.
    pub entry: Option<FuncId>,
    /// Code that is not in the module may use all that is in it: later parts of a program that grows, and earlier ones
    /// whose bodies were taken. Declarations are such code.
    pub open: bool,
    /// How many functions, the first ones, are of earlier parts of a program that grows: declarations whose bodies were
    /// taken. Nothing looks at all of them, so that a part costs what it is long.
    earlier: usize,
}

/// Something for each function of a module but those of earlier parts.
#[derive(Clone, Debug)]
pub struct FuncMap<T> {
    earlier: usize,
    values: Vec<T>,
}

impl<T> Default for FuncMap<T> {
    fn default() -> Self {
        Self { earlier: 0, values: Vec::new() }
    }
}

impl<T> FuncMap<T> {
    /// One for each function of the module.
    pub fn of(module: &Module, value: impl FnMut(FuncId) -> T) -> Self {
        Self { earlier: module.earlier, values: module.own_funcs().map(value).collect() }
    }
    /// How many functions have one.
    pub fn len(&self) -> usize {
        self.values.len()
    }
    /// Whether no function has one.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
    /// Where the function's is among the others; none for functions of earlier parts.
    pub fn position(&self, id: FuncId) -> Option<usize> {
        id.index().checked_sub(self.earlier)
    }
    /// The function's, unless it is of an earlier part.
    pub fn get(&self, id: FuncId) -> Option<&T> {
        self.values.get(self.position(id)?)
    }
    /// As [`get`](Self::get).
    pub fn get_mut(&mut self, id: FuncId) -> Option<&mut T> {
        let position = self.position(id)?;
        self.values.get_mut(position)
    }
    /// All, in the order of functions.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.values.iter()
    }
}

impl<T> std::ops::Index<FuncId> for FuncMap<T> {
    type Output = T;
    fn index(&self, id: FuncId) -> &T {
        &self.values[id.index() - self.earlier]
    }
}

impl<T> std::ops::IndexMut<FuncId> for FuncMap<T> {
    fn index_mut(&mut self, id: FuncId) -> &mut T {
        &mut self.values[id.index() - self.earlier]
    }
}

impl Module {
    /// An empty module.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of a string constant.
    pub fn intern_str(&mut self, text: &str) -> StrId {
        if let Some(&id) = self.string_ids.get(text) {
            return id;
        }
        let id = self.strings.push(text.into());
        self.string_ids.insert(text.into(), id);
        id
    }
    /// A string constant.
    pub fn str(&self, id: StrId) -> &str {
        &self.strings[id]
    }
    /// All string constants in order of their ids.
    pub fn strs(&self) -> &IdVec<StrId, Box<str>> {
        &self.strings
    }

    /// Adds a function. Its name must be new in the module.
    pub fn add_func(&mut self, func: Func) -> FuncId {
        let name = func.name.clone();
        let id = self.funcs.push(func);
        let old = self.by_name.insert(name, id);
        debug_assert!(old.is_none(), "two functions named {}", self.funcs[id].name);
        id
    }
    /// Removes a function and all after it; nothing else may mention them.
    pub fn remove_funcs_from(&mut self, first: FuncId) {
        for func in self.funcs.values().skip(first.index()) {
            self.by_name.remove(&func.name);
        }
        self.funcs.truncate(first.index());
        self.earlier = self.earlier.min(first.index());
        self.entry = self.entry.filter(|&entry| entry < first);
    }
    /// Takes the bodies of functions, from one on, that are compiled: they become declarations of an earlier part.
    pub fn take_bodies_from(&mut self, first: FuncId) {
        for func in self.funcs.values_mut().skip(first.index()) {
            *func = func.as_declaration();
        }
        self.earlier = self.funcs.len();
    }
    /// The functions that are not of earlier parts.
    pub fn own_funcs(&self) -> impl Iterator<Item = FuncId> + use<> {
        self.funcs.ids_from(self.earlier)
    }
    /// The function with this name.
    pub fn func_named(&self, name: &str) -> Option<FuncId> {
        self.by_name.get(name).copied()
    }
}
