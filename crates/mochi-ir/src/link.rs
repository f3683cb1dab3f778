//! Links a program with the library: resolves declarations by name, makes an instance of every generic function for every
//! list of type arguments that is reached, and keeps nothing else.
//!
//! The result is a closed world: no declarations, no type parameters, only the functions, types, structs, unions, globals
//! and strings that the entry reaches. Functions of the program come first, in their order, then those of the library. An
//! instance is named after its type arguments: `std::sort<i64>`.
//!
//! - `link/reach.rs` finds the instances, starting from the entry, by looking at calls and closures alone.
//! - `link/copy.rs` makes each instance: replaces ids and types.
//! - `link/specialize.rs` repairs what replacing a type parameter leaves odd, such as boxing an `any`.
//! - `link/translate.rs` carries types from one module into another.
//!
//! Structs and unions are told apart by where they are declared: those of the library are never those of the program. So
//! they cannot be in the head of a library function that a program declares; inside of the library they are as good as any.

mod copy;
mod reach;
mod specialize;
mod translate;

use mochi_base::Span;

use crate::codec::{DecodeError, Library};
use crate::module::{FuncId, GlobalId, Module};
use crate::ty::{Ty, Types};
use translate::Translation;

/// Why a program cannot be linked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// The program has no entry.
    NoEntry,
    /// A declared function is not in the library.
    Missing(String),
    /// The program declares a function otherwise than the library has it, or both define it.
    Mismatch(String),
    /// A function calls itself, perhaps through others, with ever larger type arguments.
    Endless {
        /// The function.
        name: String,
        /// The call that went too far.
        span: Span,
    },
    /// The library cannot be read.
    Library(DecodeError),
    /// An instance has an instruction that makes no sense with its type arguments. The program is not to blame.
    Internal {
        /// The instance.
        func: String,
        /// What makes no sense.
        message: String,
    },
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkError::NoEntry => write!(f, "the program has no entry"),
            LinkError::Missing(name) => write!(f, "the library has no function `{name}`"),
            LinkError::Mismatch(name) => write!(f, "the program and the library differ about `{name}`"),
            LinkError::Endless { name, .. } => {
                write!(f, "`{name}` calls itself with ever larger type arguments")
            }
            LinkError::Library(error) => write!(f, "the library cannot be read: {error}"),
            LinkError::Internal { func, message } => write!(f, "in `{func}`: {message}"),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<DecodeError> for LinkError {
    fn from(error: DecodeError) -> Self {
        LinkError::Library(error)
    }
}

/// Links a program, which is valid, with a library, which is too.
pub fn link(mut program: Module, library: &Library<'_>) -> Result<Module, LinkError> {
    let mut linker = Linker::new(library, Keep::Nothing);
    linker.add(&mut program)?;
    Ok(linker.module)
}

/// Whether functions of the program are linked again, or those of the library for other programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Keep {
    /// The program is used up.
    Nothing,
    /// It grows, and is linked again with a new entry; or what the linker has is copied.
    Program,
}

/// Links a program that grows: what the entry reaches beyond what earlier entries reached is added to the module. The
/// ids of everything stay as they are.
#[derive(Clone)]
pub struct Linker<'a> {
    /// The result. It is open: see [`Module::open`].
    pub module: Module,
    library: &'a Library<'a>,
    keep: Keep,
    translations: [Translation; 2],
    instances: reach::Instances,
    copied: copy::Copied,
}

impl std::fmt::Debug for Linker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Linker").field("module", &self.module).finish_non_exhaustive()
    }
}

impl<'a> Linker<'a> {
    /// A linker for a program that grows.
    pub fn for_growing(library: &'a Library<'a>) -> Self {
        let mut linker = Self::new(library, Keep::Program);
        linker.module.open = true;
        linker
    }

    fn new(library: &'a Library<'a>, keep: Keep) -> Self {
        Self {
            module: Module::new(),
            library,
            keep,
            translations: Default::default(),
            instances: Default::default(),
            copied: Default::default(),
        }
    }

    /// Adds what the entry of the program reaches. In a program that grows the entry comes last, so that it can be
    /// [removed](Self::remove_from) when it has run. After an error the module is as before.
    pub fn add(&mut self, program: &mut Module) -> Result<(), LinkError> {
        let before = self.module.funcs.next_id();
        let added = self.try_add(program);
        if added.is_err() {
            self.remove_from(before);
        }
        added
    }

    fn try_add(&mut self, program: &mut Module) -> Result<(), LinkError> {
        let entry = program.entry.ok_or(LinkError::NoEntry)?;
        let Self { module, library, keep, translations, instances, copied } = self;
        let mut units = Units { program, library, keep: *keep, translations };
        reach::reach(&mut units, instances, entry, module)?;
        copy::copy(&mut units, instances, copied, module)
    }

    /// A linker for another program, which has what this one has of the library. All functions of the program so far have
    /// been [removed](Self::remove_from).
    pub fn for_another(&self) -> Self {
        let mut other = self.clone();
        other.translations[Unit::Program as usize] = Translation::default();
        other.instances.forget_program();
        other.copied.forget_program();
        other
    }

    /// What a global of the program is in the result, if anything mentions it.
    pub fn global(&self, id: GlobalId) -> Option<GlobalId> {
        self.copied.global(id)
    }

    /// Forgets a function and all after it, which nothing else may mention.
    pub fn remove_from(&mut self, first: FuncId) {
        self.instances.forget_from(first, &self.copied);
        self.module.remove_funcs_from(first);
    }
}

/// Adds the library's function of this name to a module as a declaration, if there is one.
pub fn declare(library: &Library<'_>, name: &str, module: &mut Module) -> Result<Option<FuncId>, LinkError> {
    if let Some(id) = module.func_named(name) {
        return Ok(Some(id));
    }
    let Some(id) = library.find(name)? else { return Ok(None) };
    let mut head = library.head(id)?;
    let (from, to) = (library.types()?, &mut module.types);
    let mut translation = Translation::default();
    for param in &mut head.params {
        *param = translation.ty(from, to, *param, &[]);
    }
    head.result = translation.ty(from, to, head.result, &[]);
    head.uniform = None;
    translation.finish(from, to);
    Ok(Some(module.add_func(head)))
}

/// A function of the program or of the library. Those of the program are less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Source {
    unit: Unit,
    id: FuncId,
}

/// The two modules that are linked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Unit {
    Program,
    Library,
}

/// The modules that are linked, with what has become of their types.
struct Units<'a, 'b> {
    program: &'a mut Module,
    library: &'a Library<'b>,
    keep: Keep,
    /// By [`Unit`].
    translations: &'a mut [Translation; 2],
}

impl Units<'_, '_> {
    fn types(&self, unit: Unit) -> Result<&Types, LinkError> {
        Ok(match unit {
            Unit::Program => &self.program.types,
            Unit::Library => self.library.types()?,
        })
    }
    /// The types of a unit and what has become of them.
    fn translation(&mut self, unit: Unit) -> Result<(&Types, &mut Translation), LinkError> {
        let from = match unit {
            Unit::Program => &self.program.types,
            Unit::Library => self.library.types()?,
        };
        Ok((from, &mut self.translations[unit as usize]))
    }
    /// A type of a unit in the result, with type parameters replaced by types of the result.
    fn ty(&mut self, unit: Unit, out: &mut Module, ty: Ty, args: &[Ty]) -> Result<Ty, LinkError> {
        let (from, translation) = self.translation(unit)?;
        Ok(translation.ty(from, &mut out.types, ty, args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Builder;
    use crate::codec::encode;
    use crate::func::Func;
    use crate::op::{Imm, Op};
    use crate::ty::TyKind;
    use crate::verify::verify_module;

    /// A type whose text would take more bytes than there are atoms.
    #[test]
    fn types_of_astronomical_text_are_linked() {
        let mut module = Module::new();
        let ty = (0..200).fold(Types::I64, |ty, _| module.types.map(ty, ty));
        let var = module.types.intern(TyKind::Var(0));
        let mut id = Func::declaration("id", 1, vec![var], var);
        id.add_block();
        let param = id.add_param(Func::ENTRY, var);
        Builder::new(&mut id, Func::ENTRY).ret(Some(param));
        let id = module.add_func(id);
        let mut main = Func::declaration("main", 0, vec![], Types::UNIT);
        main.add_block();
        let mut b = Builder::new(&mut main, Func::ENTRY);
        let map = b.op(Op::MapNew, &[], ty);
        b.value(Op::Call, &[map], Imm::Func(id, [ty].into()), ty);
        b.ret(None);
        module.entry = Some(module.add_func(main));
        assert_eq!(verify_module(&module), Ok(()));

        let empty = encode(&Module::new());
        let linked = link(module, &Library::open(&empty).unwrap()).unwrap();
        assert_eq!(verify_module(&linked), Ok(()));
        let mut names: Vec<&str> = linked.funcs.values().map(|f| f.name.as_str()).collect();
        names.sort_unstable();
        assert!(names[0].starts_with("id<#") && names[1] == "main", "{names:?}");
    }
}
