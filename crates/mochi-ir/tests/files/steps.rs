//! The steps that a test file can ask for.

use std::path::Path;

use mochi_ir::passes::{Options, PIPELINE, run_passes};
use mochi_ir::verify::{Rule, report};
use mochi_ir::{
    Library, LinkError, Module, Violation, decode, encode, link, parse_module, print_module, verify_module,
};

use crate::case::Case;

/// Runs the steps of a file below `root`. What comes out is compared with what the file expects; nothing does unless a step
/// transforms the module or it is one that is to be rejected.
pub fn run(case: &Case<'_>, root: &Path) -> Result<Option<String>, String> {
    let mut module = match parse_module(case.input) {
        Ok(module) => module,
        Err(errors) => {
            let errors: String = errors.iter().map(|e| format!("{e}\n")).collect();
            return match case.steps[..] {
                [("parse-error", _)] => Ok(Some(errors)),
                _ => Err(errors),
            };
        }
    };
    let mut output = None;
    for (name, args) in &case.steps {
        match *name {
            "verify" => {
                if let Some(report) = verify(&module, case.expect)? {
                    return Ok(Some(report));
                }
            }
            "round-trip" => round_trip(&module)?,
            "print" => output = Some(print_module(&module)),
            "link" => match link_with(module, root, args)? {
                Ok(linked) => {
                    output = Some(print_module(&linked));
                    module = linked;
                }
                Err(error) => return Ok(Some(format!("error: {error}\n"))),
            },
            "opt" => {
                optimise(&mut module, args)?;
                output = Some(print_module(&module));
            }
            "open" => module.open = true,
            "parse-error" => return Err("the text is well-formed".into()),
            other => return Err(format!("no step `{other}` (arguments {args:?}); see tests/ir/readme.ir")),
        }
    }
    match case.expect {
        Some(rule) => Err(format!("expected a violation of {rule}, but nothing is verified")),
        None => Ok(output),
    }
}

/// Verifies a module. What is to break a rule must break that one alone, in each function named `bad...` or in
/// something that is no function; the report about it is returned.
fn verify(module: &Module, expect: Option<&str>) -> Result<Option<String>, String> {
    let violations = match (verify_module(module), expect) {
        (Ok(()), None) => return Ok(None),
        (Ok(()), Some(rule)) => return Err(format!("{rule} is not violated")),
        (Err(violations), None) => return Err(report(module, &violations)),
        (Err(violations), Some(_)) => violations,
    };
    let rule = expect.unwrap_or_default();
    if !Rule::ALL.iter().any(|r| r.id() == rule) {
        return Err(format!("there is no rule {rule}"));
    }
    let is_other = |v: &&Violation| v.rule.id() != rule;
    if let Some(v) = violations.iter().find(is_other) {
        return Err(format!(
            "expected only violations of {rule}, found {v} in\n{}",
            report(module, &violations)
        ));
    }
    for func in module.funcs.values() {
        let found = violations.iter().any(|v| v.func == func.name);
        if found != func.name.starts_with("bad") {
            let which = if found { "a" } else { "no" };
            return Err(format!(
                "{which} violation in `{}`; which ones have some is in their names",
                func.name
            ));
        }
    }
    Ok(Some(report(module, &violations)))
}

/// Links a module with the files of `tests/ir/library` of these names; without names with a library of nothing.
fn link_with(module: Module, root: &Path, names: &[&str]) -> Result<Result<Module, LinkError>, String> {
    let mut text = String::new();
    for name in names {
        let path = root.join("library").join(name).with_extension("ir");
        text += &std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let library = parse_module(&text).map_err(|errors| format!("library: {}", errors[0]))?;
    verify_module(&library).map_err(|violations| report(&library, &violations))?;
    let bytes = encode(&library);
    let library = Library::open(&bytes).map_err(|e| e.to_string())?;
    Ok(link(module, &library))
}

/// Runs passes, all of the pipeline without names, verifying after each.
fn optimise(module: &mut Module, names: &[&str]) -> Result<(), String> {
    let named = |name: &&str| {
        PIPELINE.iter().find(|pass| pass.name == *name).copied().ok_or_else(|| format!("no pass `{name}`"))
    };
    let passes = match names {
        [] => PIPELINE.to_vec(),
        names => names.iter().map(named).collect::<Result<_, _>>()?,
    };
    for pass in passes {
        run_passes(module, &[pass], &mut Options::default());
        verify_module(module)
            .map_err(|violations| format!("after {}:\n{}", pass.name, report(module, &violations)))?;
    }
    Ok(())
}

/// That the text and the binary form of a module read back as the module.
fn round_trip(module: &Module) -> Result<(), String> {
    let text = print_module(module);
    let again = parse_module(&text).map_err(|errors| format!("{} in\n{text}", errors[0]))?;
    same(&text, &print_module(&again))?;
    // The binary form renumbers, the second time to what it was.
    let once = decode(&encode(module)).map_err(|e| e.to_string())?;
    let twice = decode(&encode(&once)).map_err(|e| e.to_string())?;
    same(&print_module(&once), &print_module(&twice))
}

fn same(a: &str, b: &str) -> Result<(), String> {
    if a == b { Ok(()) } else { Err(crate::case::difference(a, b)) }
}
