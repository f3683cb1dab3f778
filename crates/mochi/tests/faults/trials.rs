//! The scenarios as tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Failed, Trial};

use crate::outcome::{Outcome, Snapshot, judge};
use crate::scenario::{Fault, Kind, Scenario, Scenarios};

/// Calls that are tried: by default, and by the tests that are ignored.
const FEW: usize = 2;
const MANY: usize = 12;
/// The same where each takes long.
const SLOW: usize = 2;

/// What `refuse` and `timeout` exit with.
const CANNOT_REFUSE: i32 = 99;
const HANGS: i32 = 124;
/// Seconds that no command takes, even on a machine with other things to do.
const PATIENCE: &str = "60";

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults")
}

/// All tests: one for each fault of each scenario, and one that is ignored by default.
pub fn trials() -> Vec<Trial> {
    let all = Arc::new(Scenarios::read(&source_folder().join("scenarios.toml")));
    let most = std::env::var("FAULTS_MOST").ok().and_then(|text| text.parse().ok());
    let mut trials = Vec::new();
    for at in 0..all.scenarios.len() {
        for fault in all.faults_of(at) {
            let slow = all.scenarios[at].slow;
            for (tries, is_many) in [(FEW, false), (if slow { SLOW } else { MANY }, true)] {
                // All values of a shell are tried anyway.
                let once = slow || matches!(all.faults[fault].kind, Kind::Shell { .. });
                if once && is_many != slow {
                    continue;
                }
                let own = Arc::clone(&all);
                let name = format!("{}, {}", all.scenarios[at].name, all.faults[fault].name);
                let name = if is_many { format!("{name} (many)") } else { name };
                let tries = most.unwrap_or(tries);
                let run = move || try_all(&own, &own.scenarios[at], &own.faults[fault], tries, is_many);
                trials.push(Trial::test(name, run).with_ignored_flag(is_many));
            }
        }
    }
    trials
}

/// Tries a fault of a scenario at some of its calls, or with all of its values.
fn try_all(
    all: &Scenarios,
    scenario: &Scenario,
    fault: &Fault,
    tries: usize,
    is_many: bool,
) -> Result<(), Failed> {
    let Some(tools) = tools() else { return Ok(()) };
    let name = format!("{}-{}-{}", scenario.name, fault.name, u8::from(is_many)).replace(' ', "_");
    let place = Place::new(all, scenario, &folder().join(name))?;
    let Some(plain) = place.run(tools, &Injected::Nothing)? else { return Ok(()) };
    let before = place.before.clone();
    if scenario.status.is_some_and(|status| status != plain.status) {
        return Err(format!("with nothing refused: {}", plain.shown()).into());
    }
    let mut wrong = Vec::new();
    let mut attempt = |injected: Injected<'_>| -> Result<(), Failed> {
        place.restore()?;
        let Some(outcome) = place.run(tools, &injected)? else { return Ok(()) };
        if let Err(why) = judge(scenario, fault, &before, &plain, &outcome) {
            wrong.push(format!("{injected}: {why}\n{}", outcome.shown()));
        }
        Ok(())
    };
    match &fault.kind {
        Kind::Shell { before, values } => {
            for value in values {
                attempt(Injected::Shell(before.replace("{}", value)))?;
            }
        }
        Kind::Memory | Kind::Calls { .. } => {
            place.restore()?;
            let total = place.count(tools, fault)?;
            for number in some_of(total, tries) {
                for onward in [false, true].into_iter().take(if fault.once { 1 } else { 2 }) {
                    attempt(Injected::Nth { fault, number, onward })?;
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n\n").into());
    }
    place.remove();
    Ok(())
}

/// Some of the numbers from 1 to `total`, the first and the last among them.
fn some_of(total: usize, most: usize) -> Vec<usize> {
    if total <= most {
        return (1..=total).collect();
    }
    (0..most).map(|at| 1 + at * (total - 1) / (most - 1).max(1)).collect()
}

/// What is done to a command.
enum Injected<'a> {
    Nothing,
    Shell(String),
    Nth { fault: &'a Fault, number: usize, onward: bool },
}

impl std::fmt::Display for Injected<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Injected::Nothing => write!(f, "nothing refused"),
            Injected::Shell(before) => write!(f, "after `{before}`"),
            Injected::Nth { fault, number, onward } => {
                write!(f, "{} {number}{}", fault.name, if *onward { " and all after it" } else { "" })
            }
        }
    }
}

/// The two ways to refuse: a library that is preloaded, and a command that asks the kernel.
struct Tools {
    memory: PathBuf,
    refuse: PathBuf,
}

/// Made once, by the C compiler; without one nothing is tested, which is said.
fn tools() -> Option<&'static Tools> {
    static TOOLS: OnceLock<Option<Tools>> = OnceLock::new();
    TOOLS
        .get_or_init(|| {
            let made = folder().join("tools");
            std::fs::create_dir_all(&made).expect("a folder for tests");
            let tools = Tools { memory: made.join("memory.so"), refuse: made.join("refuse") };
            let compile = |name: &str, args: &[&str], output: &Path| {
                let mut cc = Command::new("cc");
                cc.args(["-O1", "-Wall", "-Wextra"]).args(args).arg(source_folder().join(name)).arg("-o");
                cc.arg(output).status().is_ok_and(|status| status.success())
            };
            let is_made = compile("memory.c", &["-shared", "-fPIC"], &tools.memory)
                && compile("refuse.c", &[], &tools.refuse);
            let works = is_made && {
                let mut refuse = Command::new(&tools.refuse);
                refuse.arg(made.join("count")).args(["execve", "openat", "5", "0", "/bin/true"]);
                refuse.status().is_ok_and(|status| status.success())
            };
            if !works {
                eprintln!("left out: no C compiler, or a system that lets nobody refuse system calls");
            }
            works.then_some(tools)
        })
        .as_ref()
}

/// A folder in which a scenario is played again and again.
struct Place<'a> {
    scenario: &'a Scenario,
    folder: PathBuf,
    /// The folder as it is before each time.
    before: Snapshot,
}

impl<'a> Place<'a> {
    fn new(all: &Scenarios, scenario: &'a Scenario, folder: &Path) -> Result<Self, Failed> {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder.join("box/.tmp"))?;
        for (name, text) in &all.files {
            std::fs::write(folder.join("box").join(name), text)?;
        }
        let mut place = Place { scenario, folder: folder.to_owned(), before: Snapshot::default() };
        if let Some(before) = &scenario.before {
            let output = place.shell(before).env("MOCHI_CACHE_DIR", self::folder().join("cache")).output()?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
            }
        }
        place.before = Snapshot::of(&place.inside())?;
        Ok(place)
    }

    fn inside(&self) -> PathBuf {
        self.folder.join("box")
    }

    fn report(&self) -> PathBuf {
        self.folder.join("report")
    }

    fn restore(&self) -> Result<(), Failed> {
        Ok(self.before.restore(&self.inside())?)
    }

    /// Only what passed is removed: the rest is to be looked at.
    fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// A line of the shell in the folder, with nothing of the environment that could matter.
    fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("timeout");
        let named = format!(" {line}").replace(" mochi ", &format!(" {} ", env!("CARGO_BIN_EXE_mochi")));
        command.args([PATIENCE, "sh", "-c", &named]).current_dir(self.inside());
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("MOCHI_")) {
            command.env_remove(name);
        }
        command.env("TMPDIR", self.inside().join(".tmp"));
        command.env("MOCHI_CACHE_DIR", self.inside().join(".cache"));
        command
    }

    /// Runs the command; `None` when nothing could be refused after all, as when the system has no room for another process.
    fn run(&self, tools: &Tools, injected: &Injected<'_>) -> Result<Option<Outcome>, Failed> {
        let command = &self.scenario.command;
        let mut shell = match injected {
            Injected::Nothing => self.shell(&format!("exec {command}")),
            Injected::Shell(before) => self.shell(&format!("{before}; exec {command}")),
            Injected::Nth { fault, number, onward } => {
                let number = format!("{number}{}", if *onward { "+" } else { "" });
                self.refusing(tools, fault, &number)
            }
        };
        let output = shell.stdin(std::process::Stdio::null()).output()?;
        let outcome = Outcome::of(output, &self.inside())?;
        if outcome.status == HANGS {
            return Err(format!("{injected}: it does not end\n{}", outcome.shown()).into());
        }
        Ok((outcome.status != CANNOT_REFUSE).then_some(outcome))
    }

    /// The command with calls refused: none for the number 0.
    fn refusing(&self, tools: &Tools, fault: &Fault, number: &str) -> Command {
        let (command, report) = (&self.scenario.command, self.report());
        match &fault.kind {
            Kind::Memory => {
                let library = tools.memory.display();
                let line = format!(
                    "exec env LD_PRELOAD={library} FAULT_NTH={number} FAULT_REPORT={} {command}",
                    report.display()
                );
                self.shell(&line)
            }
            Kind::Calls { calls, error } => {
                let start = &self.scenario.start;
                let line = format!(
                    "exec {} {} {start} {calls} {error} {number} {command}",
                    tools.refuse.display(),
                    report.display()
                );
                self.shell(&line)
            }
            Kind::Shell { .. } => unreachable!("no call of it is counted"),
        }
    }

    /// How many calls of a fault there are.
    fn count(&self, tools: &Tools, fault: &Fault) -> Result<usize, Failed> {
        self.refusing(tools, fault, "0").stdin(std::process::Stdio::null()).output()?;
        let report = std::fs::read_to_string(self.report())?;
        let dots = report.bytes().filter(|byte| *byte == b'.').count();
        Ok(report.trim().parse().unwrap_or(dots))
    }
}
