//! `cargo xtask test`: everything that must pass before a change goes in.
//!
//! Steps are rows of a table; each runs even if an earlier one failed, so that one run shows everything that is wrong. One that
//! hangs is ended with all its processes.
//! The quick ones are enough while working; the slow ones repeat the corpus in other modes and on other machines, compare
//! kernel outputs with other languages and watch memory.

use std::path::Path;
use std::time::{Duration, Instant};

use lexopt::Arg;

use crate::failure::{Result, failed};
use crate::parity::{self, column};
use crate::skips::{self, Skips};
use crate::workspace::succeed;
use crate::{bench, compilers, conformance, foreign, fuzz_modes, soak, stencils, tidy, watch, workspace};

const HELP: &str = "\
cargo xtask test [--quick]

Runs every check there is, shows what failed and what was left out and why. With CI=true in the environment, leaving
out something that xtask/skips.txt does not list is a failure.

  --quick  only formatting, lints, the rules of `tidy` and `cargo test`
";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Speed {
    Quick,
    Slow,
}

/// How long a step may take: three times what the longest of them needs on two processors.
const LONGEST: Duration = Duration::from_secs(25 * 60);

type Step = fn(&Path, &mut Skips) -> Result<()>;

/// Every check, in the order in which they run: fast and telling ones first.
const STEPS: &[(&str, Speed, Step)] = &[
    ("formatting", Speed::Quick, formatting),
    ("tidy", Speed::Quick, |root, _| tidy::check(root)),
    ("conformance table is current", Speed::Slow, |root, _| conformance::check(root)),
    ("lints", Speed::Quick, lints),
    ("tests", Speed::Quick, tests),
    ("documentation", Speed::Slow, documentation),
    ("tests of some seconds each", Speed::Slow, long_tests),
    ("encrypted connections", Speed::Slow, encrypted),
    ("tests, collecting at every allocation", Speed::Slow, tests_under_stress),
    ("programs in little memory", Speed::Slow, |root, skips| parity::routine(root, &["vm-little"], skips)),
    ("programs that are not optimised", Speed::Slow, |root, skips| {
        parity::routine(root, &["vm-plain", "jit-plain"], skips)
    }),
    ("programs compiled while they run", Speed::Slow, |root, skips| {
        parity::routine(root, &["jit", "jit-stress", "jit-soon"], skips)
    }),
    ("machine code is that of the stencils", Speed::Slow, stencils::check),
    ("generated programs in all modes", Speed::Slow, |root, _| fuzz_modes::check(root)),
    ("programs built through C", Speed::Slow, |root, skips| parity::routine(root, &["c"], skips)),
    ("programs built for release", Speed::Slow, |root, skips| parity::routine(root, &["c-release"], skips)),
    ("programs linked by LLD", Speed::Slow, |root, skips| parity::routine(root, &["c-lld"], skips)),
    ("programs built by other compilers", Speed::Slow, |root, skips| {
        parity::routine(root, &["c-clang", "c-tcc", "c-zig"], skips)
    }),
    ("programs under the sanitisers", Speed::Slow, |root, skips| {
        parity::routine(root, &["c-sanitised", "c-clang-sanitised"], skips)
    }),
    ("programs without a C library", Speed::Slow, |root, skips| {
        parity::routine(root, &column::names_of(compilers::ALONE), skips)
    }),
    ("programs for other machines", Speed::Slow, other_machines),
    ("mochi for another processor", Speed::Slow, another_processor),
    ("all modes agree", Speed::Slow, |root, _| parity::check(root)),
    ("kernel outputs equal other languages'", Speed::Slow, kernel_outputs),
    ("memory stays flat", Speed::Slow, memory),
];

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let mut quick = false;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("quick") => quick = true,
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::root()?;
    let listed = skips::listed(&root)?;
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut skips = Skips::default();
    let mut results = Vec::new();
    for (title, speed, step) in STEPS {
        if quick && *speed == Speed::Slow {
            continue;
        }
        eprintln!("== {title}");
        let start = Instant::now();
        let (result, is_late) = watch::within(LONGEST, || step(&root, &mut skips));
        let trouble = match result {
            _ if is_late => Some(format!("ended after {} minutes", LONGEST.as_secs() / 60)),
            Ok(()) => None,
            Err(failure) => Some(failure.message()),
        };
        results.push((title, start.elapsed(), trouble));
    }

    println!("\nSummary");
    for (title, time, trouble) in &results {
        let verdict = if trouble.is_none() { "passed" } else { "FAILED" };
        println!("  {verdict}   {:6.1} s  {title}", time.as_secs_f64());
    }
    let mut wrong: Vec<String> = results
        .iter()
        .filter_map(|(title, _, trouble)| Some(format!("{title}: {}", trouble.as_ref()?)))
        .collect();
    wrong.extend(skips.summary(&listed, strict));
    if quick {
        let slow = STEPS.iter().filter(|(_, speed, _)| *speed == Speed::Slow).count();
        println!("  --quick left {slow} slow checks out");
    }
    if wrong.is_empty() { Ok(()) } else { failed(wrong.join("\n  ")) }
}

fn formatting(root: &Path, _: &mut Skips) -> Result<()> {
    succeed(workspace::cargo(root).args(["fmt", "--all", "--check"]))
}

fn lints(root: &Path, _: &mut Skips) -> Result<()> {
    succeed(workspace::cargo(root).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

fn documentation(root: &Path, _: &mut Skips) -> Result<()> {
    let mut command = workspace::cargo(root);
    succeed(
        command
            .args(["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links"),
    )
}

/// With debug assertions, hence with the verifier after every pass.
fn tests(root: &Path, _: &mut Skips) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args(["test", "--workspace", "--no-fail-fast", "--quiet"]);
    parity::keep(root, &column::VM, &mut command)?;
    succeed(&mut command)
}

/// Those marked `#[ignore]`, whose reason says what they cost.
fn long_tests(root: &Path, _: &mut Skips) -> Result<()> {
    succeed(workspace::cargo(root).args(["test", "--workspace", "--quiet", "--tests", "--", "--ignored"]))
}

/// The feature `https`, which must build without a C compiler.
fn encrypted(root: &Path, _: &mut Skips) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args(["test", "--package", "mochi", "--quiet", "--features", "https-test"]);
    succeed(command.args(["--test", "https", "--test", "fetch"]).env("CC", "no-c-compiler"))
}

fn tests_under_stress(root: &Path, _: &mut Skips) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args(["test", "--workspace", "--exclude", "xtask", "--no-fail-fast", "--quiet", "--tests"]);
    parity::keep(root, &column::STRESS, &mut command)?;
    succeed(&mut command)
}

fn other_machines(root: &Path, skips: &mut Skips) -> Result<()> {
    let programs = parity::routine(root, &column::names_of(compilers::ELSEWHERE), skips);
    let rest = [
        ("reading back what was built", compilers::check_outputs(root, skips).is_err()),
        ("without an operating system", compilers::check_board(root, skips).is_err()),
    ];
    let wrong: Vec<&str> = rest.iter().filter(|(_, is_wrong)| *is_wrong).map(|(what, _)| *what).collect();
    programs.and(if wrong.is_empty() { Ok(()) } else { failed(format!("wrong: {}", wrong.join(", "))) })
}

fn another_processor(root: &Path, skips: &mut Skips) -> Result<()> {
    let programs = parity::routine(root, &column::foreign_names(), skips);
    programs.and(foreign::check(root, skips))
}

fn kernel_outputs(root: &Path, skips: &mut Skips) -> Result<()> {
    bench::check_outputs(workspace::build_mochi(root)?, skips)
}

fn memory(root: &Path, skips: &mut Skips) -> Result<()> {
    if !soak::is_possible() {
        skips.add("soak", "this system has no /proc");
        return Ok(());
    }
    soak::check(root, &workspace::build_mochi(root)?, Duration::from_secs(60), "")
}
