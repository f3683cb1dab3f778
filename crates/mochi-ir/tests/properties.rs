//! Laws of the text form, the binary form, the linker and the verifier, on generated modules.

#[path = "properties/faults.rs"]
mod faults;
#[path = "support/reached.rs"]
mod reached;
#[path = "properties/renumber.rs"]
mod renumber;

use mochi_ir::generate::{Choices, generate, scramble};
use mochi_ir::verify::{Rule, report};
use mochi_ir::{
    Library, Module, Op, TyKind, decode, encode, link, parse_module, print_module, verify_module,
};

/// How many modules each law is tried on; all together take about two seconds.
const MODULES: u64 = 300;

fn modules() -> impl Iterator<Item = (u64, Module)> {
    (0..MODULES).map(|seed| (seed, generate(&mut Choices::of_seed(seed))))
}

#[track_caller]
fn assert_valid(seed: u64, module: &Module) {
    if let Err(violations) = verify_module(module) {
        panic!("seed {seed}:\n{}", report(module, &violations));
    }
}

#[test]
fn generated_modules_are_valid() {
    for (seed, module) in modules() {
        assert_valid(seed, &module);
    }
}

#[test]
fn generated_modules_use_every_op() {
    let mut used = vec![false; Op::ALL.len()];
    for module in (0..2 * MODULES).map(|seed| generate(&mut Choices::of_seed(seed))) {
        for func in module.funcs.values() {
            func.insts.values().for_each(|data| used[data.op as usize] = true);
        }
    }
    let unused: Vec<Op> = Op::ALL.iter().copied().filter(|&op| !used[op as usize]).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn the_text_form_reads_back_as_the_module() {
    for (seed, module) in modules() {
        let text = print_module(&module);
        let again = parse_module(&text).unwrap_or_else(|e| panic!("seed {seed}: {}\n{text}", e[0]));
        assert_eq!(print_module(&again), text, "seed {seed}");
        assert_valid(seed, &again);
    }
}

#[test]
fn the_binary_form_reads_back_as_the_module_renumbered() {
    for (seed, module) in modules() {
        let again = decode(&encode(&module)).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let expected = renumber::renumbered(&print_module(&reached::reached(module)));
        assert_eq!(print_module(&again), expected, "seed {seed}");
    }
}

#[test]
fn damaged_bytes_are_an_error_or_a_module() {
    for (seed, module) in modules().take(60) {
        let good = encode(&module);
        let mut choices = Choices::of_seed(seed);
        for _ in 0..20 {
            let mut bytes = good.clone();
            for _ in 0..1 + choices.below(3) {
                // The digest would refuse everything.
                let at = 16 + choices.below(bytes.len() - 16);
                bytes[at] = choices.below(256) as u8;
            }
            if choices.chance(20) {
                bytes.truncate(choices.below(bytes.len()));
            }
            if let Ok(module) = decode(&bytes) {
                let _ = print_module(&module);
                let _ = verify_module(&module);
            }
        }
    }
}

#[test]
fn a_library_gives_what_decoding_all_gives() {
    for (seed, module) in modules().take(60) {
        let bytes = encode(&module);
        let (library, all) = (Library::open(&bytes).unwrap(), decode(&bytes).unwrap());
        assert_eq!(library.func_count(), all.funcs.len());
        for (id, func) in all.funcs.iter() {
            assert_eq!(library.find(&func.name), Ok(Some(id)), "seed {seed}");
            let found = library.func(id).unwrap();
            assert_eq!(
                (&found.name, &found.params, found.values.len()),
                (&func.name, &func.params, func.values.len())
            );
        }
        assert_eq!(library.find("no such function"), Ok(None));
    }
}

#[test]
fn linked_modules_are_valid_and_know_no_type_parameters() {
    let empty = encode(&Module::new());
    let library = Library::open(&empty).unwrap();
    for (seed, module) in modules() {
        let linked = link(module, &library).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        assert_valid(seed, &linked);
        assert!(linked.types.ids().all(|ty| !matches!(linked.types.kind(ty), TyKind::Var(_))), "seed {seed}");
        assert!(linked.funcs.values().all(|f| f.type_params == 0 && !f.is_declaration()), "seed {seed}");
        // Nothing is left to do.
        let again = link(linked.clone(), &library).unwrap();
        let names = |m: &Module| m.funcs.values().map(|f| f.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&again), names(&linked), "seed {seed}");
    }
}

#[test]
fn the_verifier_finds_every_planted_fault() {
    for &rule in Rule::ALL {
        let mut planted = 0;
        for (seed, mut module) in modules() {
            if !faults::plant(rule, &mut module, &mut Choices::of_seed(seed)) {
                continue;
            }
            planted += 1;
            let violations = verify_module(&module).err().unwrap_or_default();
            assert!(
                violations.iter().any(|v| v.rule == rule),
                "seed {seed}: {} is not found:\n{}\nin\n{}",
                rule.id(),
                report(&module, &violations),
                print_module(&module)
            );
            if planted == 10 {
                break;
            }
        }
        assert!(planted > 0, "no module has a place for a fault of {}", rule.id());
    }
}

#[test]
fn the_verifier_copes_with_anything() {
    for (seed, good) in modules() {
        for n in 0..5 {
            let mut module = good.clone();
            scramble(&mut module, &mut Choices::of_seed(seed * 5 + n));
            match verify_module(&module) {
                Err(violations) => drop(report(&module, &violations)),
                // What is valid in spite of it can be written and read.
                Ok(()) => {
                    assert!(decode(&encode(&module)).is_ok(), "seed {seed}.{n}");
                    let text = print_module(&reached::reached(module));
                    let again = parse_module(&text).unwrap_or_else(|e| panic!("{}\n{text}", e[0]));
                    assert_eq!(print_module(&again), text, "seed {seed}.{n}");
                }
            }
        }
    }
}
