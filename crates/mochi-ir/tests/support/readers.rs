//! What the readers of IR and the verifier must do with any bytes. The fuzz targets `ir_*` call this, and
//! `tests/seeds.rs` without a fuzzer.

use crate::reached::reached;
use mochi_ir::generate::{Choices, generate, scramble};
use mochi_ir::passes::{Options, run_pipeline};
use mochi_ir::verify::report;
use mochi_ir::{Library, Module, decode, encode, link, parse_module, print_module, verify_module};

/// Text: errors, or a module whose text is a fixed point.
pub fn text(text: &str) {
    if let Ok(module) = parse_module(text) {
        check_forms(&module);
    }
}

/// Bytes behind a good header: an error, or a module.
pub fn binary(bytes: &[u8]) {
    let mut file = encode(&Module::new())[..16].to_vec();
    let len = file.len() + 4 + bytes.len();
    file.extend((len as u32).to_le_bytes());
    file.extend(bytes);
    if let Ok(module) = decode(&file) {
        check_forms(&module);
    }
}

/// A valid module that the bytes choose and break.
pub fn broken(bytes: &[u8]) {
    let mut choices = Choices::of_bytes(bytes);
    let mut module = generate(&mut choices);
    if let Err(violations) = verify_module(&module) {
        panic!("generated, but not valid:\n{}", report(&module, &violations));
    }
    scramble(&mut module, &mut choices);
    match verify_module(&module) {
        Ok(()) => {
            decode(&encode(&module)).expect("a valid module reads back");
            check_forms(&reached(module));
        }
        // The report shows even what has no text form.
        Err(violations) => drop(report(&module, &violations)),
    }
}

/// A valid module that the bytes choose, linked and optimised.
pub fn optimised(bytes: &[u8]) {
    let module = generate(&mut Choices::of_bytes(bytes));
    let empty = encode(&Module::new());
    let library = Library::open(&empty).expect("it was just written");
    let mut module = link(module, &library).unwrap_or_else(|error| panic!("{error}"));
    run_pipeline(&mut module, &mut Options::default());
    if let Err(violations) = verify_module(&module) {
        panic!("optimised, but not valid:\n{}", report(&module, &violations));
    }
}

fn check_forms(module: &Module) {
    let text = print_module(module);
    match parse_module(&text) {
        Ok(again) => assert_eq!(print_module(&again), text),
        Err(errors) => panic!("{} in\n{text}", errors[0]),
    }
    match verify_module(module) {
        Ok(()) => drop(decode(&encode(module)).expect("a valid module reads back")),
        Err(violations) => drop(report(module, &violations)),
    }
}
