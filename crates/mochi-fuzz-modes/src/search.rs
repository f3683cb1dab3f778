//! Program after program, until the time is over or something differs.

use std::path::PathBuf;
use std::time::Instant;

use crate::counters::Counters;
use crate::generate::{bytes, generate};
use crate::modes::{Checked, Mode, Outcome, Passes, Runner};
use crate::options::Options;
use crate::reduce;
use crate::supervise::Progress;

/// A program that a mode runs in another way.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The mode.
    pub mode: Mode,
    /// What the mode did that it is compared with.
    pub expected: Outcome,
    /// What it did.
    pub got: Outcome,
}

/// How long a program is: most are short, since many short ones find more than few long ones.
fn length(seed: u64) -> usize {
    match seed % 16 {
        0..=13 => 70 + (seed / 16 % 120) as usize,
        14 => 400,
        _ => 1000,
    }
}

/// The bytes of the program with a number.
pub fn bytes_of(seed: u64) -> Vec<u8> {
    bytes(seed, length(seed))
}

/// Compares modes on a program, each with the one that is expected to do the same; the first that differs.
pub fn compare(
    runner: &Runner,
    checked: &Checked,
    modes: &[Mode],
    mut count: impl FnMut(&Mode),
) -> Result<(), Box<Difference>> {
    let run = |mode: &Mode| match runner.compile(checked, mode) {
        Ok(program) => runner.run(program, mode, ""),
        Err(why) => panic!("{} does not compile it: {why}", mode.name()),
    };
    let oracle = run(&Mode::Oracle);
    // All limits are far away from what programs take; where one is met, it need not be met elsewhere.
    if oracle.is_limited() {
        return Ok(());
    }
    let mut interpreted = vec![(Mode::Oracle, oracle)];
    for mode in modes.iter().flat_map(|mode| [mode.interpreted(), mode.clone()]) {
        let known = |mode: &Mode| interpreted.iter().find(|(known, _)| known == mode);
        if known(&mode).is_some() {
            continue;
        }
        let (other, expected) = known(&mode.expected()).expect("what interprets comes first");
        if expected.is_limited() {
            continue;
        }
        let got = run(&mode);
        count(&mode);
        let passes = if mode.interpreted() == *other { Passes::Same } else { Passes::Others };
        if !got.is_limited() && !got.agrees(expected, passes) {
            return Err(Box::new(Difference { mode, expected: expected.clone(), got }));
        }
        if mode.interpreted() == mode {
            interpreted.push((mode, got));
        }
    }
    Ok(())
}

/// Whether the text is a program that some mode runs in another way.
pub fn differs(runner: &Runner, text: &str, modes: &[Mode]) -> Option<Box<Difference>> {
    let checked = runner.check(text).ok()?;
    compare(runner, &checked, modes, |_| ()).err()
}

/// Searches; the files of what was found.
pub fn search(runner: &Runner, options: &Options, progress: &mut Progress) -> Vec<PathBuf> {
    let (begun, mut counters, mut found) = (Instant::now(), Counters::default(), Vec::new());
    let mut seed = options.seed;
    while begun.elapsed() < options.time && found.len() < options.most {
        progress.at(seed, &counters);
        let choices = bytes_of(seed);
        let text = generate(&choices, "").text();
        match runner.check(&text) {
            Err(why) => {
                counters.refused += 1;
                eprintln!("program {seed} is refused:\n{why}");
            }
            Ok(checked) => {
                counters.programs += 1;
                let compared = compare(runner, &checked, &options.modes, |mode| counters.count(mode));
                if let Err(difference) = compared {
                    eprintln!("program {seed} differs in {}", difference.mode.name());
                    let modes = [difference.mode.clone()];
                    let small = reduce::bytes(&choices, |choices| {
                        differs(runner, &generate(choices, "").text(), &modes).is_some()
                    });
                    let small = generate(&small, "").text();
                    let small = reduce::lines(&small, |text| differs(runner, text, &modes).is_some());
                    found.extend(write(seed, &small, differs(runner, &small, &modes)));
                }
            }
        }
        seed = seed.wrapping_add(1);
    }
    progress.end(seed, &counters);
    if let Some(seconds) = processor_time() {
        eprintln!("{:.0} programs in a second of processor time", counters.programs as f64 / seconds);
    }
    found
}

/// Seconds that the processor spent on this process, which other work on the machine does not change.
#[cfg(unix)]
fn processor_time() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}
#[cfg(not(unix))]
fn processor_time() -> Option<f64> {
    None
}

/// Writes what was found to a file, in a form that can become a test.
pub fn write(seed: u64, text: &str, difference: Option<Box<Difference>>) -> Option<PathBuf> {
    let folder = PathBuf::from("target/fuzz-modes");
    let file = folder.join(format!("{seed}.mochi"));
    let told = difference.map_or_else(
        || "the process ended".to_owned(),
        |d| format!("{}\n--- expected\n{}--- got\n{}", d.mode.name(), d.expected.text(), d.got.text()),
    );
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, text));
    match written {
        Ok(()) => eprintln!("{}\n{text}--- differs in {told}", file.display()),
        Err(error) => eprintln!("cannot write {}: {error}\n{text}--- differs in {told}", file.display()),
    }
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modes::Wrong;

    #[test]
    fn what_a_limit_ends_is_not_compared() {
        mochi_driver::stack::with_large_stack(|| {
            let runner = Runner::new(Wrong::default());
            let compared = |text: &str| {
                let mut count = 0;
                compare(&runner, &runner.check(text).unwrap(), &Mode::MAIN, |_| count += 1).unwrap();
                count
            };
            assert_eq!(compared("fun f(n: int): int { return 1 + f(n + 1) }\nprint(f(0))\n"), 0);
            assert_eq!(compared("print([1] + [2])\n"), Mode::MAIN.len());
        });
    }
}
