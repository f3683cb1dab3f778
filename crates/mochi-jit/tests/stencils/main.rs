//! Every variant of every stencil against the interpreter: the same results, the same exit, and nothing else changed.
//!
//! [`spec`] says which instruction a stencil belongs to and on which values it may be tried; [`interpreter`] executes that
//! instruction, [`machine`] the stencil. Each variant gets several sets of numbers in its holes, at the edges of how
//! they are written, and with each of them several operands.

#![cfg(compiles)]

mod around;
mod closures;
mod far;
mod faults;
mod interpreter;
mod lists;
mod machine;
mod numbers;
mod run;
mod spec;

use mochi_jit::manifest::Stencil;

/// All stencils but those around the others.
fn stencils() -> impl Iterator<Item = Stencil> {
    Stencil::ALL.iter().copied().filter(|&stencil| !interpreter::is_around(stencil))
}

#[test]
fn every_variant_does_what_its_instruction_does() {
    let (variants, runs) = interpreter::with(|interpreter| {
        let mut bench = run::Bench::new(interpreter);
        for stencil in stencils() {
            for places in stencil.variants() {
                if let Err(wrong) = bench.variant(stencil, &places, None) {
                    panic!("{wrong}");
                }
            }
            assert!(bench.frame_is_clean(), "{stencil:?} writes elsewhere");
        }
        (bench.variants, bench.runs)
    });
    let expected: usize = stencils().map(|stencil| stencil.variants().count()).sum();
    assert_eq!(variants, expected);
    println!("{variants} variants, {runs} runs");
}
