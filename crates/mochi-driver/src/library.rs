//! The library, written in Mochi under `std/`, compiled to IR by the build script and embedded here.

use std::sync::OnceLock;

use mochi_ir::codec::Library;
use mochi_ir::link::{LinkError, Linker};
use mochi_ir::{FuncId, Module};
use mochi_lower::{STD_PREFIX, Std};

/// Std in compact form; a function is decoded when a program reaches it.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/std.bin"));

/// The embedded library.
pub struct StdLibrary {
    library: Library<'static>,
}

impl StdLibrary {
    /// Reads the index of the embedded library.
    fn embedded() -> Self {
        let library = Library::open(EMBEDDED).expect("the build script wrote a library of this version");
        Self { library }
    }

    /// The library for as long as the process lives.
    pub fn shared() -> &'static StdLibrary {
        static SHARED: OnceLock<StdLibrary> = OnceLock::new();
        SHARED.get_or_init(Self::embedded)
    }

    /// A linker for a program that grows.
    pub fn linker(&'static self) -> Linker<'static> {
        Linker::for_growing(&self.library)
    }

    /// Links a program with the library: a closed module without type parameters.
    pub fn link(&self, module: Module) -> Result<Module, LinkError> {
        mochi_ir::link::link(module, &self.library)
    }
}

impl Std for StdLibrary {
    fn declare(&self, name: &str, module: &mut Module) -> Option<FuncId> {
        let full = format!("{STD_PREFIX}{name}");
        mochi_ir::link::declare(&self.library, &full, module).expect("the embedded library is well-formed")
    }
}
