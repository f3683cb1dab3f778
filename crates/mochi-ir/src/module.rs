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
        self.entry = self.entry.filter(|&entry| entry < first);
    }
    /// Takes the bodies of functions, from one on, that are compiled: they become declarations.
    pub fn take_bodies_from(&mut self, first: FuncId) {
        for func in self.funcs.values_mut().skip(first.index()) {
            *func = func.as_declaration();
        }
    }
    /// The function with this name.
    pub fn func_named(&self, name: &str) -> Option<FuncId> {
        self.by_name.get(name).copied()
    }
}
