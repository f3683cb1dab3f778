//! Lowers std and every program of the corpora and verifies the IR.

use std::path::Path;

use mochi_base::{Interner, Sink, SourceMap};
use mochi_ir::{Func, FuncId, Module, verify};
use mochi_lower::{Input, IntRange, STD_PREFIX, Std, lower, runtime_signatures};
use mochi_types::typed::Program;

struct Checked {
    program: Program,
    names: Interner,
    sources: SourceMap,
}

fn check(name: &str, text: String, std: bool) -> Result<Checked, String> {
    let (mut sources, mut names, mut sink) = (SourceMap::new(), Interner::new(), Sink::new());
    let file = sources.add(name, text).map_err(|_| "too large")?;
    let tree = mochi_syntax::parse(&sources, file, &mut names, &mut sink);
    let options = mochi_types::Options { strict: false, lints: false, std, ..Default::default() };
    let program = mochi_types::check(&tree, &mut names, &options, runtime_signatures, &mut sink);
    if sink.errors() == 0 {
        return Ok(Checked { program, names, sources });
    }
    let lines = sink.diagnostics().iter().map(|d| {
        let at = sources.location(d.span.lo);
        format!("{name}:{}: {}: {}", at.line, d.code.name(), d.message)
    });
    Err(lines.collect::<Vec<_>>().join("\n"))
}

/// Std as a module in memory.
struct InMemory(Module);

impl Std for InMemory {
    fn declare(&self, name: &str, module: &mut Module) -> Option<FuncId> {
        let std = &self.0;
        let func = &std.funcs[std.func_named(&format!("{STD_PREFIX}{name}"))?];
        let params = func.params.iter().map(|&p| module.types.import(&std.types, p)).collect();
        let result = module.types.import(&std.types, func.result);
        Some(module.add_func(Func::declaration(func.name.clone(), func.type_params, params, result)))
    }
}

fn verified(name: &str, module: &Module) {
    if let Err(violations) = verify::verify_module(module) {
        let lines: Vec<String> = violations.iter().take(5).map(ToString::to_string).collect();
        panic!("{name}:\n{}", lines.join("\n"));
    }
}

fn std_module() -> Module {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mochi-driver/std");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    let text: String = files.iter().map(|f| std::fs::read_to_string(f).unwrap() + "\n").collect();
    let checked = check("std", text, true).unwrap_or_else(|e| panic!("{e}"));
    lower(&Input {
        program: &checked.program,
        names: &checked.names,
        sources: &checked.sources,
        std: None,
        int: IntRange::Word,
    })
}

#[test]
fn everything_that_checks_lowers_to_valid_ir() {
    let std = InMemory(std_module());
    verified("std", &std.0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut lowered = 0;
    for folder in ["tests/run", "examples", "bench/kernels"] {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(root.join(folder)).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                let name = entry.file_name();
                files.push(path.join(name).with_extension("mochi"));
            } else {
                files.push(path);
            }
        }
        files.retain(|f| f.extension().is_some_and(|e| e == "mochi") && f.is_file());
        files.sort();
        for file in files {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(&file).unwrap();
            if text.contains("import \"") {
                // Only the driver finds packages.
                continue;
            }
            let checked = match check(&name, text, false) {
                Ok(checked) => checked,
                Err(errors) => {
                    let expected = file.with_extension("exit").exists();
                    assert!(expected, "{errors}");
                    continue;
                }
            };
            for int in [IntRange::Word, IntRange::Unbounded] {
                let input = Input {
                    program: &checked.program,
                    names: &checked.names,
                    sources: &checked.sources,
                    std: Some(&std),
                    int,
                };
                verified(&format!("{name} ({int:?})"), &lower(&input));
            }
            lowered += 1;
        }
    }
    assert!(lowered > 200, "{lowered} programs");
}

/// Instructions and what they are given, of the program alone.
fn size(std: &InMemory, name: &str, text: String) -> usize {
    let checked = check(name, text, false).unwrap_or_else(|e| panic!("{e}"));
    let module = lower(&Input {
        program: &checked.program,
        names: &checked.names,
        sources: &checked.sources,
        std: Some(std),
        int: IntRange::Word,
    });
    let of_func = |func: &Func| -> usize {
        let params: usize = func.blocks.values().map(|block| block.params.len()).sum();
        let insts: usize = func.insts.values().map(|inst| 1 + inst.args.len()).sum();
        params + insts
    };
    module.funcs.values().map(of_func).sum()
}

#[test]
fn the_code_of_a_query_grows_as_the_query_does() {
    let std = InMemory(std_module());
    let joins = |kind: &str, end: &str, n: usize| {
        let joins: String = (1..=n)
            .map(|i| format!(" {kind} join a{i} in rs on a{i}.k == a{}?.k && a{i}.k != {i}", i - 1))
            .collect();
        format!("type R {{ k: int }} let rs = [R {{ k: 1 }}] print(from a0 in rs{joins} {end})")
    };
    let nested =
        |before: &str, after: &str, n: usize| format!("print({}[1]{})", before.repeat(n), after.repeat(n));
    let programs: [(&str, &dyn Fn(usize) -> String); 8] = [
        ("inner joins", &|n| joins("", "select a0.k", n)),
        ("left joins", &|n| joins("left", "sort by a0.k select a0.k", n)),
        ("right joins", &|n| joins("right", "select 1", n)),
        ("outer joins", &|n| joins("outer", "select 1", n)),
        ("sources", &|n| {
            let sources: String = (0..n).map(|i| format!(" from b{i} in [a.k]")).collect();
            format!("type R {{ k: int }} print(from a in [R {{ k: 1 }}]{sources} select a.k)")
        }),
        ("queries as sources", &|n| nested("(from x in ", " where len(str(x)) > 0 select x)", n)),
        ("queries as results", &|n| nested("(from x in [1] join y in [1] on x == y select ", ")", n)),
        ("queries that are joined", &|n| nested("(from x in [1] join y in ", " on x == y select x)", n)),
    ];
    for (name, program) in programs {
        let [base, once, twice] = [50, 150, 250].map(|n| size(&std, name, program(n)));
        let (first, second) = (once - base, twice - once);
        assert!(second <= first + first / 10, "{name}: {base}, {once}, {twice}");
    }
}
