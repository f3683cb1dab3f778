//! Laws of the passes, on generated modules. That they keep what programs do is for those who can run programs; see
//! `crates/mochi-emit/tests`.

use mochi_ir::generate::{Choices, generate};
use mochi_ir::passes::{Options, PIPELINE, names, run_passes, run_pipeline};
use mochi_ir::verify::report;
use mochi_ir::{Library, Module, encode, link, print_module, verify_module};

/// How many modules each law is tried on.
const MODULES: u64 = 200;

/// Linked modules.
fn modules() -> impl Iterator<Item = (u64, Module)> {
    let bytes = encode(&Module::new());
    (0..MODULES).map(move |seed| {
        let library = Library::open(&bytes).expect("it was just written");
        let module = link(generate(&mut Choices::of_seed(seed)), &library);
        (seed, module.unwrap_or_else(|error| panic!("seed {seed}: {error}")))
    })
}

#[track_caller]
fn assert_valid(what: &str, seed: u64, module: &Module) {
    if let Err(violations) = verify_module(module) {
        panic!("{what}, seed {seed}:\n{}", report(module, &violations));
    }
}

#[test]
fn each_pass_alone_keeps_modules_valid() {
    for (seed, module) in modules() {
        for pass in PIPELINE {
            let mut module = module.clone();
            run_passes(&mut module, &[*pass], &mut Options::default());
            assert_valid(pass.name, seed, &module);
        }
    }
}

#[test]
fn the_pipeline_keeps_modules_valid() {
    for (seed, mut module) in modules() {
        run_pipeline(&mut module, &mut Options::default());
        assert_valid("the pipeline", seed, &module);
    }
}

#[test]
fn the_pipeline_does_without_any_optional_pass() {
    for (seed, module) in modules().take(40) {
        for name in names() {
            let mut module = module.clone();
            run_pipeline(&mut module, &mut Options { disabled: &[name], ..Options::default() });
            assert_valid(name, seed, &module);
        }
    }
}

#[test]
fn the_pipeline_gives_the_same_module_every_time() {
    for (seed, mut module) in modules().take(40) {
        let mut again = module.clone();
        run_pipeline(&mut module, &mut Options::default());
        run_pipeline(&mut again, &mut Options::default());
        assert_eq!(print_module(&module), print_module(&again), "seed {seed}");
    }
}
