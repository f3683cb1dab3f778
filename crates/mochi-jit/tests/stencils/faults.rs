//! The test of the test: a flipped bit in a stencil of any row is noticed. What is broken may do anything, so it runs in a
//! process of its own, which says how far it came.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mochi_jit::manifest::{Place, Stencil};

use crate::machine::Fault;
use crate::{interpreter, run, stencils};

/// The fault to begin with, for the process that tries them.
const FROM: &str = "MOCHI_STENCIL_FAULTS_FROM";

/// Faults of a stencil.
const EACH: usize = 4;

/// All faults: of a variant in the middle of each row, in four places.
fn faults() -> Vec<(Stencil, Vec<Place>, Fault)> {
    let of = |stencil: Stencil| {
        let middle = stencil.variants().count() / 2;
        let places = stencil.variants().nth(middle).expect("there is one");
        let at = [20, 90, 160, 240];
        (0..EACH).map(move |i| {
            (stencil, places.clone(), Fault { at: at[i], bits: 1 << ((i * 3 + stencil as usize) % 8) })
        })
    };
    stencils().flat_map(of).collect()
}

#[test]
fn a_flipped_bit_is_noticed() {
    let faults = faults();
    let mut noticed = vec![false; faults.len()];
    let mut from = 0;
    while from < faults.len() {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "faults::the_process_of_faults", "--nocapture", "--test-threads=1"])
            .env(FROM, from.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test again");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        // What ended without a word was noticed by its end.
        let mut trying = None;
        for line in lines.map_while(Result::ok) {
            let mut words = line.split_whitespace();
            match (words.next(), words.next().and_then(|number| number.parse::<usize>().ok())) {
                (Some("try"), Some(number)) => trying = Some(number),
                (Some("noticed"), Some(number)) => (noticed[number], trying, from) = (true, None, number + 1),
                (Some("missed"), Some(number)) => (trying, from) = (None, number + 1),
                _ => {}
            }
        }
        child.wait().expect("it was started");
        if let Some(number) = trying {
            noticed[number] = true;
            from = number + 1;
        }
    }
    let missed: Vec<&(Stencil, Vec<Place>, Fault)> =
        faults.iter().zip(&noticed).filter(|(_, noticed)| !**noticed).map(|(fault, _)| fault).collect();
    // Some bits of instructions mean nothing.
    for stencil in stencils() {
        let of_row = missed.iter().filter(|fault| fault.0 == stencil).count();
        assert!(of_row < EACH, "{stencil:?} can be broken: {missed:?}");
    }
    assert!(10 * missed.len() < faults.len(), "{} of {}: {missed:?}", missed.len(), faults.len());
}

#[test]
fn the_process_of_faults() {
    let Some(from) = std::env::var(FROM).ok().and_then(|from| from.parse().ok()) else { return };
    interpreter::with(move |interpreter| {
        static TRYING: AtomicUsize = AtomicUsize::new(usize::MAX);
        std::thread::spawn(|| {
            let mut last = usize::MAX;
            loop {
                std::thread::sleep(Duration::from_millis(300));
                if TRYING.load(Ordering::Relaxed) == last {
                    // A loop without end is noticed, too.
                    std::process::abort();
                }
                last = TRYING.load(Ordering::Relaxed);
            }
        });
        let mut bench = run::Bench::new(interpreter);
        for (number, (stencil, places, fault)) in faults().into_iter().enumerate().skip(from) {
            TRYING.store(number, Ordering::Relaxed);
            println!("\ntry {number}");
            let word =
                if bench.variant(stencil, &places, Some(fault)).is_err() { "noticed" } else { "missed" };
            println!("\n{word} {number}");
        }
    });
}
