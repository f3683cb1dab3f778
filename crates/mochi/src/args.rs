//! The command line.

mod fmt;
mod test;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;
use mochi_base::suggest::closest;
use mochi_driver::dump::Stage;
use mochi_driver::policy::Area;
use mochi_driver::run::Limits;
use mochi_driver::{Format, IntRange, Options, Source};

/// What to do.
pub enum Command {
    /// Run a program.
    Run {
        /// The program.
        source: Source,
        /// Choices.
        options: Options,
        /// How diagnostics are written.
        format: Format,
        /// Limits of the run.
        limits: Limits,
    },
    /// Check programs.
    Check {
        /// The programs.
        sources: Vec<Source>,
        /// Choices.
        options: Options,
        /// How diagnostics are written.
        format: Format,
    },
    /// Read inputs and run them.
    Repl {
        /// Choices.
        options: Options,
        /// Limits of each input.
        limits: Limits,
    },
    /// Explain a diagnostic, or list all.
    Explain(Option<String>),
    /// Make a project in a folder.
    Init(PathBuf),
    /// Print a stage.
    Dump {
        /// The program.
        source: Source,
        /// Choices.
        options: Options,
        /// The stage.
        stage: Stage,
        /// Only this function.
        function: Option<String>,
    },
    /// Format programs.
    Fmt(mochi_driver::fmt::Request),
    /// Run tests.
    Test(Box<mochi_driver::test::Request>),
    /// Print a text.
    Print(&'static str),
    /// Print the version.
    Version,
}

const COMMANDS: &[&str] = &["run", "check", "test", "repl", "fmt", "init", "explain", "dump", "help"];

/// Parses the arguments after the program's name.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = lexopt::Parser::from_args(args);
    let first = match parser.next().map_err(text)? {
        None => return Ok(Command::Print(crate::help::OVERVIEW)),
        Some(Short('h') | Long("help")) => return Ok(Command::Print(crate::help::OVERVIEW)),
        Some(Short('V') | Long("version")) => return Ok(Command::Version),
        Some(Value(word)) => word,
        Some(other) => {
            let arg = shown(&other);
            return Err(match other {
                Short('e') => format!("`{arg}` belongs to a command: `mochi run -e 'print(1)'`"),
                _ => format!("unknown option `{arg}`; see `mochi --help`"),
            });
        }
    };
    match first.to_str() {
        Some("run") => run(parser, None),
        Some("check") => check(parser),
        Some("test") => test::parse(parser),
        Some("fmt") => fmt::parse(parser),
        Some("repl") => repl(parser),
        Some("explain") => explain(parser),
        Some("dump") => dump(parser),
        Some("init") => init(parser),
        Some("help") => help(parser),
        Some(word) if word == "-" || word.ends_with(".mochi") || std::path::Path::new(word).is_file() => {
            run(parser, Some(first))
        }
        Some(word) => {
            let hint = closest(word, COMMANDS.iter().copied())
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            Err(format!("unknown command `{word}`{hint} (`mochi --help` lists the commands)"))
        }
        None => run(parser, Some(first)),
    }
}

fn text(error: lexopt::Error) -> String {
    error.to_string()
}

fn shown(arg: &lexopt::Arg<'_>) -> String {
    match arg {
        Short(c) => format!("-{c}"),
        Long(name) => format!("--{name}"),
        Value(value) => value.to_string_lossy().into_owned(),
    }
}

fn unknown(command: &str, arg: &lexopt::Arg<'_>, known: &[&str]) -> String {
    let arg = shown(arg);
    let hint = closest(&arg, known.iter().copied())
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("unknown option `{arg}` of `mochi {command}`{hint} (see `mochi help {command}`)")
}

fn source(word: OsString) -> Source {
    if word == "-" { Source::Stdin } else { Source::File(PathBuf::from(word)) }
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser.value().map_err(text)?.into_string().map_err(|v| format!("`{}` is not UTF-8", v.to_string_lossy()))
}

fn format(parser: &mut lexopt::Parser) -> Result<Format, String> {
    let name = value(parser)?;
    let found = Format::NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f);
    found.ok_or_else(|| choice("format", &name, &Format::NAMES.map(|(n, _)| n)))
}

fn int_range(parser: &mut lexopt::Parser) -> Result<IntRange, String> {
    let name = value(parser)?;
    match name.as_str() {
        "64" => Ok(IntRange::Word),
        "big" => Ok(IntRange::Unbounded),
        _ => Err(choice("range of ints", &name, &["64", "big"])),
    }
}

fn choice(what: &str, given: &str, known: &[&str]) -> String {
    let hint = closest(given, known.iter().copied())
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("unknown {what} `{given}`{hint} (one of: {})", known.join(", "))
}

fn positive<T: std::str::FromStr + PartialOrd + Default>(
    option: &str,
    what: &str,
    parser: &mut lexopt::Parser,
) -> Result<T, String> {
    let given = value(parser)?;
    match given.parse::<T>() {
        Ok(n) if n > T::default() => Ok(n),
        _ => Err(format!("`--{option}` wants {what}, not `{given}`")),
    }
}

/// Whether an option bounds a run.
fn is_limit(option: &str) -> bool {
    matches!(option, "timeout" | "max-memory" | "max-depth" | "root" | "deny") || denied(option).is_some()
}

/// Takes an option that bounds a run.
fn limit(option: &str, limits: &mut Limits, parser: &mut lexopt::Parser) -> Result<(), String> {
    match option {
        "timeout" => {
            let seconds: f64 = positive("timeout", "seconds above 0", parser)?;
            limits.timeout = Duration::try_from_secs_f64(seconds).ok();
        }
        "max-memory" => {
            let mib: usize = positive("max-memory", "a number of MiB above 0", parser)?;
            limits.max_memory = mib.checked_mul(1 << 20);
        }
        "max-depth" => {
            limits.max_depth = Some(positive("max-depth", "a number of frames above 0", parser)?);
        }
        "root" => limits.access.root = Some(PathBuf::from(parser.value().map_err(text)?)),
        "deny" => limits.access.denied.extend(areas(&value(parser)?)?),
        _ => limits.access.denied.extend(denied(option)),
    }
    Ok(())
}

fn pass_name(parser: &mut lexopt::Parser) -> Result<String, String> {
    let name = value(parser)?;
    let known = mochi_driver::compile::pass_names();
    if known.contains(&name.as_str()) { Ok(name) } else { Err(choice("pass", &name, &known)) }
}

/// The area of an option such as `deny-fs`.
fn denied(option: &str) -> Option<Area> {
    option.strip_prefix("deny-").and_then(Area::from_name)
}

/// The areas of a list such as `fs,net`.
fn areas(list: &str) -> Result<Vec<Area>, String> {
    list.split(',')
        .map(|name| Area::from_name(name).ok_or_else(|| choice("area", name, &Area::ALL.map(Area::name))))
        .collect()
}

fn repl(mut parser: lexopt::Parser) -> Result<Command, String> {
    const KNOWN: &[&str] =
        &["--strict", "--int", "--timeout", "--max-memory", "--max-depth", "--root", "--deny", "--help"];
    let mut options = Options::default();
    let mut limits = Limits::default();
    while let Some(arg) = parser.next().map_err(text)? {
        match arg {
            Short('h') | Long("help") => return Ok(Command::Print(crate::help::REPL)),
            Long("strict") => options.strict = true,
            Long("int") => options.int = int_range(&mut parser)?,
            Long(name) if is_limit(name) => {
                let name = name.to_string();
                limit(&name, &mut limits, &mut parser)?;
            }
            other => return Err(unknown("repl", &other, KNOWN)),
        }
    }
    options.root = limits.access.root.clone();
    Ok(Command::Repl { options, limits })
}

fn run(mut parser: lexopt::Parser, file: Option<OsString>) -> Result<Command, String> {
    const KNOWN: &[&str] = &[
        "--strict",
        "--int",
        "--format",
        "--timeout",
        "--max-memory",
        "--max-depth",
        "--root",
        "--deny",
        "--deny-fs",
        "--deny-net",
        "--deny-run",
        "--deny-env",
        "--disable-pass",
        "--time-passes",
        "--dump-ir",
        "--help",
    ];
    let mut from = file.map(source);
    let mut options = Options::default();
    let mut how = Format::default();
    let mut limits = Limits::default();
    while from.is_none() {
        match parser.next().map_err(text)? {
            None => return Err("`mochi run` wants a file, `-e SOURCE` or `-` (see `mochi help run`)".into()),
            Some(Value(word)) => from = Some(source(word)),
            Some(Short('e')) => from = Some(Source::Inline(value(&mut parser)?)),
            Some(Short('h') | Long("help")) => return Ok(Command::Print(crate::help::RUN)),
            Some(Long("strict")) => options.strict = true,
            Some(Long("int")) => options.int = int_range(&mut parser)?,
            Some(Long("format")) => how = format(&mut parser)?,
            Some(Long(name)) if is_limit(name) => {
                let name = name.to_string();
                limit(&name, &mut limits, &mut parser)?;
            }
            Some(Long("disable-pass")) => options.disabled_passes.push(pass_name(&mut parser)?),
            Some(Long("time-passes")) => options.time_passes = true,
            Some(Long("dump-ir")) => {
                let which = value(&mut parser)?;
                let Some(pass) = which.strip_prefix("after:") else {
                    return Err(format!("`--dump-ir` wants `after:PASS`, not `{which}`"));
                };
                let known = mochi_driver::compile::pass_names();
                if !known.contains(&pass) {
                    return Err(choice("pass", pass, &known));
                }
                options.dump_after = Some(pass.to_string());
            }
            Some(other) => return Err(unknown("run", &other, KNOWN)),
        }
    }
    let source = from.ok_or("`mochi run` wants a program")?;
    options.root = limits.access.root.clone();
    // What follows belongs to the program.
    Ok(Command::Run { source, options, format: how, limits })
}

fn check(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut sources = Vec::new();
    let mut options = Options { lints: true, ..Options::default() };
    let mut how = Format::default();
    loop {
        match parser.next().map_err(text)? {
            None if sources.is_empty() => {
                return Err("`mochi check` wants files, `-e SOURCE` or `-` (see `mochi help check`)".into());
            }
            None => return Ok(Command::Check { sources, options, format: how }),
            Some(Value(word)) => sources.push(source(word)),
            Some(Short('e')) => sources.push(Source::Inline(value(&mut parser)?)),
            Some(Short('h') | Long("help")) => return Ok(Command::Print(crate::help::CHECK)),
            Some(Long("strict")) => options.strict = true,
            Some(Long("int")) => options.int = int_range(&mut parser)?,
            Some(Long("format")) => how = format(&mut parser)?,
            Some(other) => {
                return Err(unknown("check", &other, &["--strict", "--int", "--format", "--help", "-e"]));
            }
        }
    }
}

fn explain(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut code = None;
    while let Some(arg) = parser.next().map_err(text)? {
        match arg {
            Short('h') | Long("help") => return Ok(Command::Print(crate::help::EXPLAIN)),
            Value(word) if code.is_none() => code = Some(word.to_string_lossy().into_owned()),
            other => return Err(unknown("explain", &other, &["--help"])),
        }
    }
    Ok(Command::Explain(code))
}

fn init(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut folder = None;
    while let Some(arg) = parser.next().map_err(text)? {
        match arg {
            Short('h') | Long("help") => return Ok(Command::Print(crate::help::INIT)),
            Value(word) if folder.is_none() => folder = Some(PathBuf::from(word)),
            other => return Err(unknown("init", &other, &["--help"])),
        }
    }
    Ok(Command::Init(folder.unwrap_or_else(|| PathBuf::from("."))))
}

fn dump(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut from = None;
    let mut options = Options::default();
    let mut stage = Stage::IrOpt;
    let mut function = None;
    while let Some(arg) = parser.next().map_err(text)? {
        match arg {
            Short('h') | Long("help") => return Ok(Command::Print(crate::help::DUMP)),
            Long("stage") => {
                let name = value(&mut parser)?;
                let found = Stage::ALL.iter().find(|s| s.name() == name);
                stage = *found.ok_or_else(|| choice("stage", &name, &Stage::ALL.map(Stage::name)))?;
            }
            Long("function") => function = Some(value(&mut parser)?),
            Long("disable-pass") => options.disabled_passes.push(pass_name(&mut parser)?),
            Long("strict") => options.strict = true,
            Long("int") => options.int = int_range(&mut parser)?,
            Short('e') if from.is_none() => from = Some(Source::Inline(value(&mut parser)?)),
            Value(word) if from.is_none() => from = Some(source(word)),
            other => {
                let known = ["--stage", "--function", "--disable-pass", "--strict", "--int", "--help"];
                return Err(unknown("dump", &other, &known));
            }
        }
    }
    let source = from.ok_or("`mochi dump` wants a file, `-e SOURCE` or `-` (see `mochi help dump`)")?;
    Ok(Command::Dump { source, options, stage, function })
}

fn help(mut parser: lexopt::Parser) -> Result<Command, String> {
    use crate::help;
    let Some(arg) = parser.next().map_err(text)? else { return Ok(Command::Print(help::OVERVIEW)) };
    let word = shown(&arg);
    Ok(Command::Print(match word.as_str() {
        "run" => help::RUN,
        "check" => help::CHECK,
        "test" => help::TEST,
        "fmt" => help::FMT,
        "repl" => help::REPL,
        "explain" => help::EXPLAIN,
        "dump" => help::DUMP,
        "init" => help::INIT,
        "help" => help::OVERVIEW,
        _ => return Err(choice("command", &word, COMMANDS)),
    }))
}
