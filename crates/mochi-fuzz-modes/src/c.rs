//! Programs built through C: many in one, of which its input chooses one. The same text is interpreted with the passes of the
//! build, so places and traces are the same, too; and that is compared with the oracle.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use mochi_driver::native::{Mode as Optimisation, Request, build};
use mochi_driver::run::error_text;
use mochi_driver::{Session, Source};

use crate::counters::Counters;
use crate::generate::generate;
use crate::modes::{Mode, Passes, Runner};
use crate::options::Options;
use crate::reduce;
use crate::search::bytes_of;
use crate::supervise::{Progress, wait};

/// Programs in one.
const BATCH: u64 = 100;

/// Several programs as one, and how many they are.
fn together(programs: &[String]) -> String {
    let mut text = format!("let which = int(input())\n{}", programs.concat());
    for number in 0..programs.len() {
        let _ = writeln!(text, "if which == {number} {{ only{number}() }}");
    }
    text
}

/// A program whose statements are a function.
fn alone(choices: &[u8], number: usize) -> String {
    let tag = format!("n{number}");
    let program = generate(choices, &tag);
    let body: String = program.body.lines().map(|line| format!("  {line}\n")).collect();
    format!("{}fun only{number}() {{\n{body}}}\n", program.declarations)
}

/// What a process did.
struct Done {
    output: Vec<u8>,
    error: String,
    status: Option<i32>,
}

fn execute(program: &Path, input: usize, way: &Way) -> std::io::Result<Done> {
    let mut command = Command::new(program);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.envs(way.env.iter().copied()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        writeln!(stdin, "{input}")?;
    }
    // Outputs are small: they fit into the pipes.
    let status = wait(&mut child, Duration::from_secs(10))?.code();
    let (mut output, mut error) = (Vec::new(), String::new());
    child.stdout.take().map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut output))?;
    child.stderr.take().map_or(Ok(0), |mut pipe| pipe.read_to_string(&mut error))?;
    Ok(Done { output, error, status })
}

/// What a build tells of an error: one for release the message and its place, since it does not know who called.
fn told(error: &str, optimisation: Optimisation) -> &str {
    match optimisation {
        Optimisation::Dev => error,
        Optimisation::Release | Optimisation::Embedded => error.split("call graph:").next().unwrap_or(error),
    }
}

/// A way to build programs through C.
#[derive(Debug)]
pub struct Way {
    /// As counters have it.
    name: &'static str,
    optimisation: Optimisation,
    /// Options for the C compiler.
    flags: &'static [&'static str],
    /// What programs find in their environment.
    env: &'static [(&'static str, &'static str)],
    /// The mode that interprets what the same passes leave.
    interpreted: Mode,
}

/// What is read before it is written is not zero by chance: the C library fills what it gives.
const FILLED: &[(&str, &str)] = &[("MALLOC_PERTURB_", "165")];

/// As users build them.
const PLAIN: &[Way] = &[
    Way {
        name: "c-dev",
        optimisation: Optimisation::Dev,
        flags: &[],
        env: FILLED,
        interpreted: Mode::Debugged,
    },
    Way {
        name: "c-release",
        optimisation: Optimisation::Release,
        flags: &[],
        env: FILLED,
        interpreted: Mode::Optimised,
    },
];

/// With everything that GCC can check at run time, and a collection at every allocation.
const SANITISED: &[Way] = &[Way {
    name: "c-sanitised",
    optimisation: Optimisation::Dev,
    flags: &["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"],
    env: &[
        ("MOCHI_GC_STRESS", "1"),
        // Handles are looked for on the stack, so locals must be there; what is in use at the end was not lost.
        ("ASAN_OPTIONS", "detect_stack_use_after_return=0:detect_leaks=0:allocator_may_return_null=1"),
    ],
    interpreted: Mode::Debugged,
}];

/// The modes that build through C, by name, and the ways that each compares.
pub const MODES: [(&str, &[Way]); 2] = [("c", PLAIN), ("c-sanitised", SANITISED)];

/// A text and the file that it is in.
struct Unit {
    file: PathBuf,
    executable: PathBuf,
}

impl Unit {
    fn new() -> Unit {
        let name = format!("target/fuzz-modes/c-{}", std::process::id());
        Unit { file: format!("{name}.mochi").into(), executable: name.into() }
    }
    fn build(&self, text: &str, way: &Way) -> Result<(), String> {
        std::fs::write(&self.file, text).map_err(|error| error.to_string())?;
        let mut session = Session::default();
        let mut request = Request::new(Source::File(self.file.clone()));
        request.output = Some(self.executable.clone());
        request.mode = way.optimisation;
        request.flags = way.flags.iter().map(Into::into).collect();
        build(&mut session, &request).map(drop).map_err(|failure| format!("{failure:?}"))
    }
    /// The first of the programs in a text that the executable runs in another way, and how.
    fn compare(
        &self,
        runner: &Runner,
        text: &str,
        numbers: std::ops::Range<usize>,
        way: &Way,
        mut count: impl FnMut(&str),
    ) -> Result<(), (usize, String)> {
        let name = self.file.display().to_string();
        let checked = runner.check_as(&name, text).map_err(|why| (0, why))?;
        let compile = |mode: &Mode| runner.compile(&checked, mode).map_err(|why| (0, why));
        let (oracle, program) = (compile(&Mode::Oracle)?, compile(&way.interpreted)?);
        for number in numbers {
            let input = format!("{number}\n");
            let expected = runner.run(oracle.clone(), &Mode::Oracle, &input);
            let interpreted = runner.run(program.clone(), &way.interpreted, &input);
            if expected.is_limited() || interpreted.is_limited() {
                continue;
            }
            count(&way.interpreted.name());
            if !interpreted.agrees(&expected, Passes::Others) {
                let (expected, got) = (expected.text(), interpreted.text());
                let name = way.interpreted.name();
                return Err((number, format!("--- expected\n{expected}--- got by {name}\n{got}")));
            }
            let error = interpreted.error.as_ref().map_or_else(String::new, |error| {
                error_text(&checked.session.sources, &error.message, &error.trace)
            });
            let status = i32::from(interpreted.error.is_some());
            let done = execute(&self.executable, number, way).map_err(|error| (number, error.to_string()))?;
            count(way.name);
            let is_same = told(&done.error, way.optimisation) == told(&error, way.optimisation);
            if done.output != interpreted.output || !is_same || done.status != Some(status) {
                let shown = |output: &[u8]| String::from_utf8_lossy(output).into_owned();
                let (expected, got) = (shown(&interpreted.output), shown(&done.output));
                let status = done.status;
                return Err((
                    number,
                    format!(
                        "--- expected\n{expected}{error}--- got\n{got}{}--- status {status:?}\n",
                        done.error
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Searches for programs that builds of some ways run in another way; whether none was found.
pub fn search(runner: &Runner, options: &Options, ways: &[Way], progress: &mut Progress) -> bool {
    let (begun, mut counters) = (std::time::Instant::now(), Counters::default());
    let unit = Unit::new();
    let (mut seed, mut well) = (options.seed, true);
    while begun.elapsed() < options.time && well {
        progress.end(seed, &counters);
        let mut programs = Vec::new();
        for number in 0..BATCH {
            let text = alone(&bytes_of(seed.wrapping_add(number)), programs.len());
            match runner.check(
                &together(std::slice::from_ref(&text))
                    .replace("only0()", &format!("only{}()", programs.len())),
            ) {
                Ok(_) => programs.push(text),
                Err(_) => counters.refused += 1,
            }
        }
        counters.programs += programs.len() as u64;
        let text = together(&programs);
        for way in ways {
            let name = way.name;
            let count = |name: &str| *counters.comparisons.entry(name.to_owned()).or_default() += 1;
            let compared = unit
                .build(&text, way)
                .map_err(|why| (0, why))
                .and_then(|()| unit.compare(runner, &text, 0..programs.len(), way, count));
            if let Err((number, why)) = compared {
                well = false;
                eprintln!("program {number} of {seed} differs in {name}:\n{why}");
                let differs = |text: &str| {
                    let built = runner.check(text).is_ok().then(|| unit.build(text, way));
                    match built {
                        Some(Ok(())) => unit
                            .compare(runner, text, number..number + 1, way, |_| ())
                            .err()
                            .map(|(_, why)| why),
                        Some(Err(why)) => Some(why),
                        None => None,
                    }
                };
                let one = format!(
                    "let which = int(input())\n{}if which == {number} {{ only{number}() }}\n",
                    programs[number]
                );
                let start = if differs(&one).is_some() { one } else { text.clone() };
                let small = reduce::lines(&start, |text| differs(text).is_some());
                let file = format!("target/fuzz-modes/{name}-{seed}.mochi");
                let _ = std::fs::write(&file, &small);
                eprintln!("{file}\n{small}{}", differs(&small).unwrap_or_default());
                break;
            }
        }
        seed = seed.wrapping_add(BATCH);
    }
    progress.end(seed, &counters);
    let _ = std::fs::remove_file(&unit.file);
    let _ = std::fs::remove_file(&unit.executable);
    well
}
