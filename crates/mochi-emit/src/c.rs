//! SSA to C99 that people can read: one function per function, one struct per struct, `const` locals for values.
//!
//! [`func`] writes a function, with the dictionary of operations in [`ops`] and control in [`flow`]; [`keep`] finds which
//! cells the collector must still see after an instruction that may collect, [`texts`] which strings loops take characters
//! of, [`restrict`] which views nothing else reaches; [`names`] has names and literals, [`sites`] the places of run-time
//! errors, [`tables`] what functions share. The code calls the runtime in `runtime/c`.

use std::fmt::Write;

use mochi_base::SourceMap;
use mochi_ir::Module;

use crate::Unsupported;
pub use lines::Lines;
use tables::Tables;

mod body;
mod expr;
mod flow;
mod fold;
mod func;
mod inline;
mod keep;
mod lines;
mod names;
mod ops;
mod restrict;
mod shape;
mod sites;
mod tables;
mod texts;

/// The unit of a program: linked, verified, without type parameters, with an entry function. It includes `mochi.h`.
pub fn emit(module: &Module, sources: &SourceMap, lines: Lines) -> Result<String, Unsupported> {
    let entry = module.entry.ok_or_else(|| unsupported_program("it has no entry function"))?;
    let mut tables = Tables::new(module, sources, lines);
    let ids = tables.reached(entry);
    let mut bodies = String::new();
    for &id in &ids {
        func::write(&mut tables, id, &mut bodies)?;
    }
    let types = tables.types();
    let mut out = String::from("/* Made by mochi. */\n#include \"mochi.h\"\n\n");
    tables.write_structs(&mut out);
    for &id in &ids {
        let _ = writeln!(out, "{};", func::prototype(&tables, id));
    }
    tables.write_sets(&mut out);
    out.push('\n');
    out.push_str(&bodies);
    out.push_str(&types);
    tables.write(&mut out);
    let _ = writeln!(out, "void mo_program(MO_UP) {{\n    {}(up);\n}}", tables.func_name(entry));
    Ok(match lines {
        Lines::Comments => out,
        Lines::Directives => lines::spread(&out),
    })
}

fn unsupported_program(reason: &str) -> Unsupported {
    Unsupported {
        target: "C",
        func: "the program".to_owned(),
        reason: reason.to_owned(),
        span: mochi_base::Span::NONE,
    }
}
