//! Checks of mochi itself and of how it is set up.

use std::path::Path;

use mochi_base::suggest::closest;

use super::tools::{name, real};
use super::{Check, mend};
use crate::compile::{Failure, Options, Session, Source, describe};
use crate::host::{KeptOutput, Process};
use crate::native::cache::Cache;
use crate::native::in_path;
use crate::policy::Policy;
use crate::run::{Limits, start};

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![
        version(),
        command(),
        interpreter(),
        configuration(),
        environment(),
        cache(&Cache::of_user()),
        https(),
        git(),
    ]
}

fn version() -> Check {
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    Check::ok("version", format!("mochi {} for {target}", env!("CARGO_PKG_VERSION")))
}

/// Is it this `mochi` that a shell finds?
fn command() -> Check {
    let Ok(running) = std::env::current_exe().map(|path| real(&path)) else {
        return Check::warn("command", "the path of the running mochi is not known");
    };
    let folder = running.parent().unwrap_or(Path::new("."));
    match in_path("mochi") {
        Some(found) if real(&found) == running => Check::ok("command", found.display().to_string()),
        Some(found) => Check::warn(
            "command",
            format!("`mochi` on the PATH is {}, and this is {}", found.display(), running.display()),
        )
        .mend(put_on_path(folder)),
        None => Check::warn("command", format!("`mochi` is not on the PATH; this is {}", running.display()))
            .mend(put_on_path(folder)),
    }
}

fn put_on_path(folder: &Path) -> String {
    match cfg!(windows) {
        true => format!("setx PATH \"{};%PATH%\"", folder.display()),
        false => format!("export PATH=\"{}:$PATH\"", folder.display()),
    }
}

/// Leads a program through all stages.
fn interpreter() -> Check {
    let output = KeptOutput::up_to(64);
    let run = || -> Result<(), String> {
        let mut session = Session::new(Options::default());
        let source = Source::Inline("print(sum(from x in range(1, 4) select x * 7))".into());
        let compiled = session.compile(&source).map_err(|failure| match failure {
            Failure::Diagnostics => "it does not check".to_owned(),
            Failure::Message(message) | Failure::Bug(message) => message,
        })?;
        let policy =
            Policy::new(&Default::default(), Default::default()).map_err(|error| describe(&error))?;
        let host = Process::unwatched(policy, output.clone());
        let mut vm = start(compiled.program, host, &Limits::default()).map_err(|(message, _)| message)?;
        vm.run().map_err(|error| error.message)?;
        vm.runtime.flush().map_err(|trap| trap.message)
    };
    match run() {
        Ok(()) if output.take() == b"42\n" => Check::ok("interpreter", "runs a program"),
        Ok(()) => {
            Check::fail("interpreter", "a program prints what it should not").mend("install mochi again")
        }
        Err(why) => Check::fail("interpreter", format!("does not run a program: {why}")),
    }
}

/// The module file of the current folder.
fn configuration() -> Check {
    let mut session = Session::new(Options::default());
    let joined = session.join_project(&Source::Stdin);
    let file = session.shown_module_root().join(crate::project::MODULE_FILE);
    match joined {
        Err(Failure::Message(why)) => {
            Check::fail("configuration", why).mend(format!("edit {}", file.display()))
        }
        _ if !session.sink.diagnostics().is_empty() => {
            let found = crate::report::diagnostics_text(
                &session,
                crate::Format::Short,
                crate::report::Listing::Everything,
            );
            let found = found.trim_end().to_owned();
            let state = if session.sink.errors() > 0 { Check::fail } else { Check::warn };
            state("configuration", found).mend(format!("edit {}", file.display()))
        }
        _ if file.is_file() => Check::ok("configuration", file.display().to_string()),
        _ => Check::ok("configuration", "no mochi.toml here: everything is as by default"),
    }
}

/// Variables that mochi and its programs read.
const VARIABLES: [&str; 13] = [
    "MOCHI_CACHE_DIR",
    "MOCHI_CACHE_MB",
    "MOCHI_GC_STRESS",
    "MOCHI_HISTORY",
    "MOCHI_LLM_KEY",
    "MOCHI_LLM_MODEL",
    "MOCHI_LLM_PROVIDER",
    "MOCHI_LLM_URL",
    "MOCHI_MAX_DEPTH",
    "MOCHI_MAX_MEMORY",
    "MOCHI_NOW_SEED",
    "MOCHI_ROOT",
    "MOCHI_TRACE",
];

fn environment() -> Check {
    let mut names: Vec<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with("MOCHI_"))
        .collect();
    names.sort();
    let unknown = names.iter().find(|name| !VARIABLES.contains(&name.as_str()));
    if let Some(unknown) = unknown {
        let near =
            closest(unknown, VARIABLES).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Check::warn("environment", format!("nothing reads {unknown}{near}"))
            .mend(format!("unset {unknown}"));
    }
    match names.is_empty() {
        true => Check::ok("environment", "no MOCHI_ variable is set"),
        false => Check::ok("environment", format!("{} is set", names.join(", "))),
    }
}

fn cache(cache: &Cache) -> Check {
    let Some(folder) = cache.folder() else {
        return Check::warn(
            "build cache",
            "none: neither a folder of the user is known nor MOCHI_CACHE_DIR set, or \
                                           MOCHI_CACHE_MB is 0",
        )
        .mend("export MOCHI_CACHE_DIR=FOLDER");
    };
    let shown = folder.display();
    if let Err(error) = cache.probe() {
        return Check::warn("build cache", format!("`{shown}` cannot be written: {}", describe(&error)))
            .mend("export MOCHI_CACHE_DIR=FOLDER");
    }
    let found = cache.examine();
    let size =
        format!("{shown}: {} of {} MiB, {} entries", found.bytes >> 20, cache.most() >> 20, found.entries);
    match found.damaged {
        0 => Check::ok("build cache", size),
        damaged => {
            Check::warn("build cache", format!("{size}, {damaged} of them damaged")).mend("mochi cache clear")
        }
    }
}

fn https() -> Check {
    match cfg!(feature = "https") {
        true => Check::ok("https", "built in, with the roots of Mozilla"),
        false => Check::warn("https", "this mochi was built without: `fetch` of https addresses fails")
            .mend("cargo build --release --features https"),
    }
}

fn git() -> Check {
    match super::tools::tool("git") {
        Some(git) => Check::ok("git", format!("{} ({})", git.version, name(&git.path))),
        None => Check::warn("git", "not installed").mend(mend::install(mend::Need::Git)),
    }
}
