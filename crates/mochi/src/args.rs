//! The command line: which command, and the meaning of its options.

mod bench;
mod build;
mod fmt;
mod shared;
mod test;

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::Arg::{Long, Short, Value};
use mochi_base::suggest::closest;
use mochi_driver::dump::Stage;
use mochi_driver::run::Limits;
use mochi_driver::{Format, Options, Source};

use crate::cli::completions::{Shell, script};
use crate::cli::{self, CommandRow, Opt, command_names, spellings};
use shared::{Shared, choice, pass_name};

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
    /// Measure benchmarks.
    Bench(Box<mochi_driver::bench::Request>),
    /// Make an executable.
    Build {
        /// What and how.
        request: Box<mochi_driver::native::Request>,
        /// Choices.
        options: Options,
        /// How diagnostics are written.
        format: Format,
    },
    /// Put interpreter and program into one file.
    Bundle {
        /// What and how.
        request: mochi_driver::bundle::Request,
        /// Choices.
        options: Options,
        /// How diagnostics are written.
        format: Format,
    },
    /// List the targets of `build`.
    Targets {
        /// One object per line.
        json: bool,
        /// How diagnostics are written.
        format: Format,
    },
    /// Say what is missing on this machine.
    Doctor {
        /// For programs: one JSON object per line.
        json: bool,
    },
    /// Show or clear the build cache.
    Cache(CacheAction),
    /// Print a text.
    Print(String),
}

/// What to do with the build cache.
#[derive(Clone, Copy)]
pub enum CacheAction {
    /// Say where it is and how large.
    Show,
    /// Remove everything.
    Clear,
}

impl CacheAction {
    /// The actions by name.
    pub const NAMES: [(&'static str, CacheAction); 2] =
        [("show", CacheAction::Show), ("clear", CacheAction::Clear)];
}

/// Why there is no command.
enum Stop {
    /// A help text is wanted instead.
    Help,
    /// The command line makes no sense.
    Wrong(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Wrong(message)
    }
}

impl From<&str> for Stop {
    fn from(message: &str) -> Self {
        Stop::Wrong(message.to_string())
    }
}

/// Parses the arguments after the program's name.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = lexopt::Parser::from_args(args);
    let first = match parser.next().map_err(text)? {
        None => return Ok(Command::Print(cli::help::overview())),
        Some(Short('h') | Long("help")) => return Ok(Command::Print(cli::help::overview())),
        Some(Short('V') | Long("version")) => {
            return Ok(Command::Print(format!("mochi {}\n", cli::help::VERSION)));
        }
        Some(Value(word)) => word,
        Some(other) => {
            let arg = shown(&other);
            return Err(match other {
                Short('e') => format!("`{arg}` belongs to a command: `mochi run -e 'print(1)'`"),
                _ => format!("unknown option `{arg}`; see `mochi --help`"),
            });
        }
    };
    let (name, file) = match first.to_str() {
        Some(word) if CommandRow::named(word).is_some() => (word, None),
        Some(word) if word != "-" && !word.ends_with(".mochi") && !std::path::Path::new(word).is_file() => {
            let hint = near(word, command_names());
            return Err(format!("unknown command `{word}`{hint} (`mochi --help` lists the commands)"));
        }
        _ => ("run", Some(first.clone())),
    };
    let row = CommandRow::named(name).ok_or("there is no such command")?;
    match command(&mut Args { parser, row }, file) {
        Ok(command) => Ok(command),
        Err(Stop::Help) => Ok(Command::Print(cli::help::command(row))),
        Err(Stop::Wrong(message)) => Err(message),
    }
}

fn command(args: &mut Args, file: Option<OsString>) -> Result<Command, Stop> {
    match args.row.name {
        "run" => run(args, file),
        "check" => check(args),
        "test" => test::parse(args),
        "bench" => bench::parse(args),
        "build" => build::parse(args),
        "targets" => targets(args),
        "fmt" => fmt::parse(args),
        "repl" => repl(args),
        "explain" => Ok(Command::Explain(args.operand()?.map(|code| code.to_string_lossy().into_owned()))),
        "dump" => dump(args),
        "init" => Ok(Command::Init(args.operand()?.map_or_else(|| PathBuf::from("."), PathBuf::from))),
        "doctor" => doctor(args),
        "cache" => cache(args),
        "completions" => completions(args),
        _ => help(args),
    }
}

/// The arguments of a command.
struct Args {
    parser: lexopt::Parser,
    row: &'static CommandRow,
}

/// One of them.
enum Arg {
    /// An option of the command, whose value has not been taken yet.
    Option(Opt),
    /// Something else.
    Operand(OsString),
}

impl Args {
    /// The next argument. Fails on one that the command does not have.
    fn next(&mut self) -> Result<Option<Arg>, Stop> {
        let Some(arg) = self.parser.next().map_err(text)? else { return Ok(None) };
        let found = match &arg {
            Value(word) => return Ok(Some(Arg::Operand(word.clone()))),
            Short(c) => self.row.all_options().find(|option| option.row().short == Some(*c)),
            Long(name) => self.row.all_options().find(|option| option.row().long == *name),
        };
        match found {
            Some(Opt::Help) => Err(Stop::Help),
            Some(option) => Ok(Some(Arg::Option(option))),
            None => {
                let arg = shown(&arg);
                Err(Stop::Wrong(self.unknown(&arg)))
            }
        }
    }

    fn unknown(&self, arg: &str) -> String {
        let name = self.row.name;
        let known: Vec<String> = self.row.all_options().flat_map(|option| spellings(&option.row())).collect();
        let hint = near(arg, known.iter().map(String::as_str));
        format!("unknown option `{arg}` of `mochi {name}`{hint} (see `mochi help {name}`)")
    }

    /// The only argument of a command without options.
    fn operand(&mut self) -> Result<Option<OsString>, Stop> {
        let mut found = None;
        while let Some(arg) = self.next()? {
            match arg {
                Arg::Operand(word) if found.is_none() => found = Some(word),
                Arg::Operand(word) => return Err(Stop::Wrong(self.unknown(&word.to_string_lossy()))),
                Arg::Option(option) => return Err(self.unexpected(option)),
            }
        }
        Ok(found)
    }

    /// An option that the table gives to a command which does not know it: a test sees to it that there is none.
    fn unexpected(&self, option: Opt) -> Stop {
        Stop::Wrong(format!("`mochi {}` does nothing with {option:?}", self.row.name))
    }

    /// All arguments after `--`, when that comes next.
    fn after_dashes(&mut self) -> Option<Vec<OsString>> {
        let rest = self.parser.try_raw_args()?;
        (rest.peek()? == "--").then(|| rest.skip(1).collect())
    }

    /// The value of the current option, as it is.
    fn raw_value(&mut self) -> Result<OsString, String> {
        self.parser.value().map_err(text)
    }

    /// The value of the current option.
    fn value(&mut self) -> Result<String, String> {
        self.raw_value()?.into_string().map_err(|v| format!("`{}` is not UTF-8", v.to_string_lossy()))
    }

    /// The value of the current option when there is one after `=`.
    fn optional_value(&mut self) -> Option<String> {
        self.parser.optional_value().map(|value| value.to_string_lossy().into_owned())
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

fn near<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(given, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

fn source(word: OsString) -> Source {
    if word == "-" { Source::Stdin } else { Source::File(PathBuf::from(word)) }
}

fn repl(args: &mut Args) -> Result<Command, Stop> {
    let mut shared = Shared::default();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(word) => return Err(args.unknown(&word.to_string_lossy()).into()),
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    let Shared { options, limits, .. } = shared.finish();
    Ok(Command::Repl { options, limits })
}

fn run(args: &mut Args, file: Option<OsString>) -> Result<Command, Stop> {
    let mut from = file.map(source);
    let mut shared = Shared::default();
    // What follows the program belongs to it.
    while from.is_none() {
        match args.next()? {
            None => return Err("`mochi run` wants a file, `-e SOURCE` or `-` (see `mochi help run`)".into()),
            Some(Arg::Operand(word)) => from = Some(source(word)),
            Some(Arg::Option(Opt::Inline)) => from = Some(Source::Inline(args.value()?)),
            Some(Arg::Option(Opt::Ast)) => shared.options.show_tree = true,
            Some(Arg::Option(Opt::Ir)) => shared.options.show_bytecode = true,
            Some(Arg::Option(Opt::TimePasses)) => shared.options.time_passes = true,
            Some(Arg::Option(Opt::DumpIr)) => {
                let which = args.value()?;
                let pass = which.strip_prefix("after:");
                let pass = pass.ok_or_else(|| format!("`--dump-ir` wants `after:PASS`, not `{which}`"))?;
                shared.options.dump_after = Some(pass_name(pass)?);
            }
            Some(Arg::Option(option)) if shared.take(option, args)? => {}
            Some(Arg::Option(option)) => return Err(args.unexpected(option)),
        }
    }
    let source = from.ok_or("`mochi run` wants a program")?;
    let Shared { options, diagnostics: format, limits } = shared.finish();
    Ok(Command::Run { source, options, format, limits })
}

fn check(args: &mut Args) -> Result<Command, Stop> {
    let mut sources = Vec::new();
    let mut shared = Shared::default();
    shared.options.lints = true;
    shared.options.whole_package = true;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(word) => sources.push(source(word)),
            Arg::Option(Opt::Inline) => sources.push(Source::Inline(args.value()?)),
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    if sources.is_empty() {
        return Err("`mochi check` wants files, `-e SOURCE` or `-` (see `mochi help check`)".into());
    }
    let Shared { options, diagnostics: format, .. } = shared.finish();
    Ok(Command::Check { sources, options, format })
}

fn dump(args: &mut Args) -> Result<Command, Stop> {
    let mut from = None;
    let mut shared = Shared::default();
    let mut stage = Stage::IrOpt;
    let mut function = None;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(word) if from.is_none() => from = Some(source(word)),
            Arg::Operand(word) => return Err(args.unknown(&word.to_string_lossy()).into()),
            Arg::Option(Opt::Inline) => from = Some(Source::Inline(args.value()?)),
            Arg::Option(Opt::Stage) => {
                let name = args.value()?;
                let found = Stage::ALL.iter().find(|s| s.name() == name);
                stage = *found.ok_or_else(|| choice("stage", &name, &Stage::ALL.map(Stage::name)))?;
            }
            Arg::Option(Opt::Function) => function = Some(args.value()?),
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    let source = from.ok_or("`mochi dump` wants a file, `-e SOURCE` or `-` (see `mochi help dump`)")?;
    Ok(Command::Dump { source, options: shared.finish().options, stage, function })
}

fn targets(args: &mut Args) -> Result<Command, Stop> {
    let mut json = false;
    let mut shared = Shared::default();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(word) => return Err(args.unknown(&word.to_string_lossy()).into()),
            Arg::Option(Opt::Json) => json = true,
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    Ok(Command::Targets { json, format: shared.finish().diagnostics })
}

fn doctor(args: &mut Args) -> Result<Command, Stop> {
    let mut json = false;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Option(Opt::JsonLines) => json = true,
            Arg::Operand(word) => return Err(args.unknown(&word.to_string_lossy()).into()),
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    Ok(Command::Doctor { json })
}

fn cache(args: &mut Args) -> Result<Command, Stop> {
    let Some(word) = args.operand()? else { return Ok(Command::Cache(CacheAction::Show)) };
    Ok(Command::Cache(shared::named("action", &CacheAction::NAMES, &word.to_string_lossy())?))
}

fn completions(args: &mut Args) -> Result<Command, Stop> {
    let names = Shell::NAMES.map(|(name, _)| name);
    let Some(word) = args.operand()? else {
        return Err(format!("`mochi completions` wants a shell: {}", names.join(", ")).into());
    };
    let word = word.to_string_lossy();
    let found = Shell::NAMES.iter().find(|(name, _)| *name == word);
    let (_, shell) = found.ok_or_else(|| choice("shell", &word, &names))?;
    Ok(Command::Print(script(*shell)))
}

fn help(args: &mut Args) -> Result<Command, Stop> {
    let Some(word) = args.operand()? else { return Ok(Command::Print(cli::help::overview())) };
    let word = word.to_string_lossy();
    let row = CommandRow::named(&word).ok_or_else(|| choice("command", &word, &command_names()))?;
    Ok(Command::Print(cli::help::command(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that the option accepts.
    fn sample(option: Opt) -> Option<String> {
        let cli::Value::Needed(name, words) = option.row().value else { return None };
        Some(match words.list().first() {
            Some(word) => (*word).to_string(),
            None if name == "after:NAME" => "after:fold".to_string(),
            None if name == "SIZE" => "64K".to_string(),
            None => "1".to_string(),
        })
    }

    #[test]
    fn commands_accept_the_options_that_the_table_gives_them() {
        for row in cli::COMMANDS {
            for option in row.options {
                for spelling in spellings(&option.row()) {
                    // Limits are those of a bundle.
                    let others = !matches!(row.name, "run" | "test" | "bench" | "repl");
                    let bounds = "timeout max-memory max-depth deny deny-fs deny-net deny-run deny-env";
                    let bundle = others && bounds.split(' ').any(|name| name == option.row().long);
                    let bundle = bundle.then(|| "--bundle".to_string());
                    let line = [Some(row.name.to_string()), bundle, Some(spelling.clone()), sample(*option)];
                    // What is not an option of `run` ends its options.
                    let line = line.into_iter().flatten().chain(["x.mochi".to_string()]);
                    let operand =
                        !matches!(row.name, "repl" | "targets" | "doctor") && *option != Opt::Inline;
                    let count = if operand { usize::MAX } else { line.clone().count() - 1 };
                    let parsed = parse(line.take(count).map(OsString::from));
                    assert!(
                        parsed.is_ok(),
                        "mochi {} {spelling}: {}",
                        row.name,
                        parsed.err().unwrap_or_default()
                    );
                }
            }
        }
    }

    #[test]
    fn commands_refuse_the_options_that_the_table_does_not_give_them() {
        for row in cli::COMMANDS {
            for option in Opt::ALL.iter().filter(|option| !option.row().long.is_empty()) {
                let name = option.row().long;
                if row.all_options().any(|own| own.row().long == name) {
                    continue;
                }
                let error =
                    parse([row.name.to_string(), format!("--{name}")].into_iter().map(OsString::from));
                let error = error.err().unwrap_or_default();
                assert!(error.starts_with("unknown option"), "mochi {} --{name}: {error}", row.name);
            }
        }
    }

    #[test]
    fn every_command_has_a_help_text() {
        for name in command_names() {
            let asked = [vec![name, "--help"], vec!["help", name]];
            for words in asked {
                let parsed = parse(words.into_iter().map(OsString::from));
                assert!(
                    matches!(parsed, Ok(Command::Print(text)) if text.contains("Usage: mochi")),
                    "{name}"
                );
            }
        }
    }
}
