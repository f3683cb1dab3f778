//! Options that several commands have.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use mochi_driver::policy::Area;
use mochi_driver::run::Limits;
use mochi_driver::tier::{JitMode, Perf};
use mochi_driver::{Format, IntRange, Options};

use super::{Args, near};
use crate::cli::Opt;

/// What they say.
#[derive(Default)]
pub struct Shared {
    /// Choices of the compiler.
    pub options: Options,
    /// How diagnostics are written.
    pub diagnostics: Format,
    /// What bounds a run.
    pub limits: Limits,
}

impl Shared {
    /// Takes an option with its value; `false` when it is none of these.
    pub fn take(&mut self, option: Opt, args: &mut Args) -> Result<bool, String> {
        let denied = &mut self.limits.access.denied;
        match option {
            Opt::Strict => self.options.strict = true,
            Opt::Int => self.options.int = int_range(&args.value()?)?,
            Opt::Diagnostics | Opt::DiagnosticsToo => {
                self.diagnostics = named("format", &Format::NAMES, &args.value()?)?;
            }
            Opt::DisablePass => self.options.disabled_passes.push(pass_name(&args.value()?)?),
            Opt::Timeout => self.limits.timeout = seconds("timeout", args)?,
            Opt::MaxMemory => {
                let mib: f64 = positive("max-memory", "a number of MiB above 0", args)?;
                let bytes = mib * f64::from(1 << 20);
                self.limits.max_memory = (bytes < usize::MAX as f64).then_some(bytes as usize);
            }
            Opt::MaxDepth => {
                self.limits.max_depth = Some(positive("max-depth", "a number of frames above 0", args)?);
            }
            Opt::Jit => self.limits.jit.mode = named("mode", &JitMode::NAMES, &args.value()?)?,
            Opt::JitHarden => self.limits.jit.harden = true,
            Opt::JitDebug => self.limits.jit.debug = true,
            Opt::Perf => self.limits.jit.perf = Some(named("format", &Perf::NAMES, &args.value()?)?),
            Opt::VerboseRun => self.limits.jit.verbose = true,
            Opt::Root => self.limits.access.root = Some(PathBuf::from(args.raw_value()?)),
            Opt::Deny => denied.extend(areas(&args.value()?)?),
            Opt::DenyFs => denied.push(Area::Files),
            Opt::DenyNet => denied.push(Area::Network),
            Opt::DenyRun => denied.push(Area::Commands),
            Opt::DenyEnv => denied.push(Area::Environment),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// All of it, once there are no more options.
    pub fn finish(mut self) -> Self {
        self.options.root.clone_from(&self.limits.access.root);
        self
    }
}

/// A message about a word that is none of those known.
pub fn choice(what: &str, given: &str, known: &[&str]) -> String {
    let hint = near(given, known.iter().copied());
    format!("unknown {what} `{given}`{hint} (one of: {})", known.join(", "))
}

/// The thing with a name.
pub fn named<T: Copy, const N: usize>(
    what: &str,
    names: &[(&'static str, T); N],
    name: &str,
) -> Result<T, String> {
    let found = names.iter().find(|(n, _)| *n == name).map(|&(_, value)| value);
    found.ok_or_else(|| choice(what, name, &names.map(|(n, _)| n)))
}

/// The name of a pass, if there is such a one.
pub fn pass_name(name: &str) -> Result<String, String> {
    let known = mochi_driver::compile::pass_names();
    if known.contains(&name) { Ok(name.to_string()) } else { Err(choice("pass", name, &known)) }
}

/// The value of an option that wants a number above 0.
pub fn positive<T: FromStr + PartialOrd + Default>(
    option: &str,
    what: &str,
    args: &mut Args,
) -> Result<T, String> {
    let given = args.value()?;
    match given.parse::<T>() {
        Ok(n) if n > T::default() => Ok(n),
        _ => Err(format!("`--{option}` wants {what}, not `{given}`")),
    }
}

/// The value of an option that wants a time. More than there can be is none.
pub fn seconds(option: &str, args: &mut Args) -> Result<Option<Duration>, String> {
    let seconds: f64 = positive(option, "seconds above 0", args)?;
    Ok(Duration::try_from_secs_f64(seconds).ok())
}

fn int_range(name: &str) -> Result<IntRange, String> {
    named("range of ints", &[("64", IntRange::Word), ("big", IntRange::Unbounded)], name)
}

/// The areas of a list such as `fs,net`.
fn areas(list: &str) -> Result<Vec<Area>, String> {
    list.split(',')
        .map(|name| Area::from_name(name).ok_or_else(|| choice("area", name, &Area::ALL.map(Area::name))))
        .collect()
}
