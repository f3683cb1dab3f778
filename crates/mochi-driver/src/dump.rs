//! Prints a program at one stage of compilation.

use crate::compile::{Failure, Session, Source};
use mochi_emit::c::Lines;
use mochi_vm::seen::Seen;

/// A stage that can be printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// After the lexer.
    Tokens,
    /// After the parser.
    Tree,
    /// After the checker.
    Types,
    /// After lowering and linking.
    Ir,
    /// After the optimiser.
    IrOpt,
    /// What the interpreter runs.
    Bytecode,
    /// What a C compiler is given.
    C,
    /// Native code, made as while the program runs.
    Jit,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Stage; 8] = [
        Stage::Tokens,
        Stage::Tree,
        Stage::Types,
        Stage::Ir,
        Stage::IrOpt,
        Stage::Bytecode,
        Stage::C,
        Stage::Jit,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Tokens => "tokens",
            Stage::Tree => "tree",
            Stage::Types => "types",
            Stage::Ir => "ir",
            Stage::IrOpt => "ir-opt",
            Stage::Bytecode => "bytecode",
            Stage::C => "c",
            Stage::Jit => "jit",
        }
    }
}

/// The text of a program at a stage; of one function only, where the stage has functions.
pub fn dump(
    session: &mut Session,
    source: &Source,
    stage: Stage,
    function: Option<&str>,
) -> Result<String, Failure> {
    match stage {
        Stage::Tokens => {
            let file = session.load(source)?;
            let tokens = mochi_syntax::tokens(&session.sources, file, &mut session.sink);
            if session.sink.errors() > 0 {
                return Err(Failure::Diagnostics);
            }
            Ok(mochi_syntax::print::print_tokens(&tokens, &session.sources))
        }
        Stage::Tree => {
            let file = session.load(source)?;
            let tree = session.parse(file);
            if session.sink.errors() > 0 {
                return Err(Failure::Diagnostics);
            }
            Ok(mochi_syntax::print::print_tree(&tree, &session.names))
        }
        Stage::Types => {
            let program = session.front_end(source)?;
            Ok(mochi_types::print::print_typed(&program, &session.names))
        }
        Stage::Ir | Stage::IrOpt => {
            let program = session.front_end(source)?;
            let mut module = session.lower(&program)?;
            if stage == Stage::IrOpt {
                session.optimise(&mut module);
            }
            match function {
                None => Ok(mochi_ir::print::print_module(&module)),
                Some(name) => match module.func_named(name) {
                    Some(id) => Ok(mochi_ir::print::print_func(&module, &module.funcs[id])),
                    None => {
                        Err(Failure::Message(format!("the program has no function `{name}` at this stage")))
                    }
                },
            }
        }
        Stage::Bytecode => {
            let compiled = session.compile(source)?;
            Ok(mochi_vm::print::print(&compiled.program))
        }
        Stage::Jit => {
            let program = session.compile(source)?.program;
            let wanted =
                (0..).zip(&program.funcs).filter(|(_, f)| function.is_none_or(|name| f.name == name));
            let mut text = String::new();
            for (index, f) in wanted {
                let line = |word: u32| {
                    let at = session.sources.location(f.place(word)?.span.lo);
                    let file = session.sources.file(at.file);
                    Some(format!("{}:{}: {}", file.name, at.line, file.line(at.line).trim()))
                };
                let listing = mochi_jit::list(&program, &Seen::default(), index, &line);
                let none = || Failure::Message("there is no native code on this machine".into());
                text.push_str(&listing.ok_or_else(none)?);
            }
            Ok(text)
        }
        Stage::C => session.compile_to_c(source, Lines::Comments),
    }
}
