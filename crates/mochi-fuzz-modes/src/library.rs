//! What programs use most of the library, linked and compiled once: a program is added to a copy, as what is typed into
//! `mochi repl` is to what came before.

use mochi_driver::library::StdLibrary;
use mochi_driver::{Session, compile::Counting};
use mochi_emit::bytecode::Emitted;
use mochi_ir::link::Linker;
use mochi_ir::{FuncId, Module};
use mochi_vm::Program;

/// Reaches it. Functions with type parameters are not meant: programs have their own of most.
const USES: &str = r#"
fact p(1, 2)
rule r(x, y) :- p(x, y)
print(query r(x, y))
print([1], str([1]), 1 as bigint)
print(min([1]), max([1]), sum([1]), abs(1), range(1), sum([1.5]), abs(1.5), avg([1]), avg([1.5]))
print(trim("a"), repeat("a", 2), "abc"[0:1], "abc"[0:2:1], padStart("a", 2, " "), reverse("a"), split("a", ","), join(["a"], ","))
print(from x in [2, 1] sort by x select x)
print(from x in ["b", "a"] sort by x select x)
print(from x in [2, 1] sort by [x] select x)
"#;

/// The library as far as it is compiled.
pub struct Compiled {
    linker: Linker<'static>,
    emitted: Emitted,
    program: Program,
}

impl Compiled {
    /// Compiles it, with `passes`.
    pub fn new(passes: impl FnOnce(&mut Module)) -> Result<Compiled, String> {
        let mut session = Session::default();
        let file = session.sources.add("library.mochi", USES.to_owned()).map_err(|_| "it is too large")?;
        let tree = session.parse(file);
        let program = session.check(&tree);
        if session.sink.errors() > 0 {
            return Err(format!("{:?}", session.sink.diagnostics()));
        }
        let (mut module, _) = session.lower_unlinked(&program, Counting::Off);
        let mut linker = StdLibrary::shared().linker();
        linker.add(&mut module).map_err(|error| error.to_string())?;
        passes(&mut linker.module);
        let (mut emitted, mut program) = (Emitted::default(), Program::default());
        emitted.add(&linker.module, &mut program).map_err(|error| error.to_string())?;
        // Only the library stays.
        if let Some(entry) = linker.module.entry {
            linker.remove_from(entry);
            emitted.remove_entry(&mut program);
        }
        linker.module.take_bodies_from(FuncId(0));
        Ok(Compiled { linker: linker.for_another(), emitted, program })
    }

    /// A program that was lowered, with what it uses of the library, after `passes`.
    pub fn with(&self, mut module: Module, passes: impl FnOnce(&mut Module)) -> Result<Program, String> {
        let (mut linker, mut emitted, mut program) =
            (self.linker.clone(), self.emitted.clone(), self.program.clone());
        linker.add(&mut module).map_err(|error| error.to_string())?;
        passes(&mut linker.module);
        emitted.add(&linker.module, &mut program).map_err(|error| error.to_string())?;
        Ok(program)
    }
}

#[cfg(test)]
mod tests {
    use mochi_vm::Code;

    use super::*;
    use crate::generate::generate;
    use crate::search::bytes_of;

    /// The functions that a program has beyond those that are compiled.
    fn added(compiled: &Compiled, text: &str) -> Vec<Code> {
        let mut session = Session::default();
        let file = session.sources.add("test.mochi", text.to_owned()).unwrap();
        let tree = session.parse(file);
        let program = session.check(&tree);
        let (module, _) = session.lower_unlinked(&program, Counting::Off);
        compiled.with(module, |_| ()).unwrap().funcs.split_off(compiled.program.funcs.len())
    }

    #[test]
    fn what_is_compiled_is_not_compiled_again() {
        mochi_driver::stack::with_large_stack(|| {
            let compiled = Compiled::new(|_| ()).unwrap();
            let check = |text: &str, count: usize| assert_eq!(added(&compiled, text).len(), count, "{text}");
            check(USES, 1);
            check("fun f(x: int): list<int> { return [x] }\nprint(f(1))\n", 2);
            // Nothing of the one before is left.
            check("fun f(x: string): string { return x }\nprint([f(\"a\")])\n", 2);
        });
    }

    #[test]
    fn most_of_what_programs_use_is_compiled() {
        mochi_driver::stack::with_large_stack(|| {
            let compiled = Compiled::new(|_| ()).unwrap();
            let (mut own, mut other) = (0, 0);
            for seed in 0..300 {
                let text = generate(&bytes_of(seed), "").text();
                for code in added(&compiled, &text) {
                    *(if code.shown { &mut own } else { &mut other }) += code.end - code.start;
                }
            }
            // What is left has type parameters, or is made by the compiler for the program.
            assert!(other < own / 5, "{other} words are not of programs, which have {own}");
        });
    }
}
