//! The committed library: every variant of every stencil is there, and makes sense.

#![cfg(compiles)]

use mochi_jit::library::{Symbol, variant};
use mochi_jit::manifest::{COUNT, Stencil};

#[test]
fn every_variant_is_in_the_library_under_its_own_number() {
    let mut next = 0;
    for &stencil in Stencil::ALL {
        for places in stencil.variants() {
            assert_eq!(stencil.variant(&places), Some(next), "{stencil:?} {places:?}");
            assert!(variant(stencil, &places).is_some(), "{stencil:?} {places:?}");
            next += 1;
        }
    }
    assert_eq!(next, COUNT);
}

#[test]
fn holes_lie_within_the_bytes_and_do_not_overlap() {
    for &stencil in Stencil::ALL {
        for places in stencil.variants() {
            let variant = variant(stencil, &places).unwrap();
            let mut taken = vec![false; variant.bytes.len()];
            for hole in variant.holes() {
                let start = usize::from(hole.at);
                for taken in &mut taken[start..start + hole.kind.bytes()] {
                    assert!(!std::mem::replace(taken, true), "{stencil:?} {places:?} {hole:?}");
                }
            }
        }
    }
}

#[test]
fn only_what_ends_does_not_fall() {
    use Stencil::*;
    for &stencil in Stencil::ALL {
        for places in stencil.variants() {
            let variant = variant(stencil, &places).unwrap();
            let ends = matches!(
                stencil,
                Jump | Return
                    | FReturn
                    | Stub
                    | Tail
                    | TailFound
                    | OutOfLine
                    | Saving
                    | Find
                    | Lazy
                    | Give
                    | Enter
                    | Leave
            );
            // A word is equal to itself and not below itself: there is only the jump then.
            let jumps = variant.holes().any(|hole| matches!(hole.symbol, Symbol::Taken | Symbol::Cold));
            assert!(variant.falls != ends || !ends && jumps, "{stencil:?} {places:?}");
        }
    }
}
