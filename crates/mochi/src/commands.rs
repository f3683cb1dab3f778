//! What each command does.

use std::io::Write;

use mochi_base::Code;
use mochi_driver::compile::{Failure, describe};
use mochi_driver::native::cache::Cache;
use mochi_driver::report::Listing;
use mochi_driver::{
    EXIT_FAILURE, EXIT_INTERNAL, EXIT_PIPE, Format, Options, Session, doctor, dump, report, run, stack,
};

use crate::args::{CacheAction, Command};

/// Executes a command; the exit status.
pub fn execute(command: Command) -> u8 {
    match command {
        Command::Print(text) => print(&text),
        Command::Init(folder) => init(&folder),
        Command::Repl { options, limits } => {
            stack::with_large_stack(move || crate::repl::run(options, limits))
        }
        Command::Explain(code) => explain(code.as_deref()),
        Command::Run { source, options, format, limits } => stack::with_large_stack(move || {
            let mut session = Session::new(options);
            let compiled = session.compile(&source);
            let printed = print(&session.shown);
            match compiled {
                Ok(compiled) if printed == 0 => run::run(&session, compiled, &limits),
                Ok(_) => printed,
                Err(failure) => failed(&session, &failure, format, Listing::Headed),
            }
        }),
        Command::Check { sources, options, format } => stack::with_large_stack(move || {
            let mut status = 0;
            for source in &sources {
                let mut session = Session::new(options.clone());
                match session.front_end(source) {
                    Ok(_) => report::diagnostics(&session, format, Listing::Everything),
                    Err(failure) => status = failed(&session, &failure, format, Listing::Everything),
                }
            }
            status
        }),
        Command::Build { request, options, format } => stack::with_large_stack(move || {
            let mut session = Session::new(options);
            match mochi_driver::native::build(&mut session, &request) {
                Ok(report) => print(&report),
                Err(failure) => failed(&session, &failure, format, Listing::Errors),
            }
        }),
        Command::Bundle { request, options, format } => stack::with_large_stack(move || {
            let mut session = Session::new(options);
            match mochi_driver::bundle::build(&mut session, &request) {
                Ok(report) => print(&report),
                Err(failure) => failed(&session, &failure, format, Listing::Errors),
            }
        }),
        Command::Targets { json, format } => {
            let mut session = Session::new(Options::default());
            match mochi_driver::native::targets(&mut session, json) {
                Ok(text) => print(&text),
                Err(failure) => failed(&session, &failure, format, Listing::Errors),
            }
        }
        Command::Doctor { json } => stack::with_large_stack(move || doctor(json)),
        Command::Cache(action) => cache(action),
        Command::Fmt(request) => stack::with_large_stack(|| mochi_driver::fmt::run(&request)),
        Command::Test(request) => mochi_driver::test::run(&request),
        Command::Bench(request) => stack::with_large_stack(move || mochi_driver::bench::run(&request)),
        Command::Dump { source, options, stage, function } => stack::with_large_stack(move || {
            let mut session = Session::new(options);
            match dump::dump(&mut session, &source, stage, function.as_deref()) {
                Ok(text) => print(&text),
                Err(failure) => failed(&session, &failure, Format::Human, Listing::Errors),
            }
        }),
    }
}

fn failed(session: &Session, failure: &Failure, format: Format, listing: Listing) -> u8 {
    match failure {
        Failure::Diagnostics => report::diagnostics(session, format, listing),
        Failure::Message(message) => report::complain(message),
        Failure::Bug(message) => {
            report::complain(format_args!("internal error: {message}"));
            return EXIT_INTERNAL;
        }
    }
    EXIT_FAILURE
}

/// Writes to standard output; the exit status.
pub(crate) fn print(text: &str) -> u8 {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => 0,
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => EXIT_PIPE,
        Err(e) => {
            report::complain(format_args!("cannot write output: {}", describe(&e)));
            EXIT_FAILURE
        }
    }
}

fn doctor(json: bool) -> u8 {
    let checks = doctor::examine();
    let printed = print(&if json { doctor::json(&checks) } else { doctor::text(&checks) });
    match doctor::is_well(&checks) {
        true => printed,
        false => EXIT_FAILURE,
    }
}

fn cache(action: CacheAction) -> u8 {
    let cache = Cache::of_user();
    let Some(folder) = cache.folder() else { return print("nothing is kept\n") };
    match action {
        CacheAction::Show => {
            let found = cache.examine();
            print(&format!(
                "{}\n{} entries, {:.1} of {} MiB, {} damaged\n",
                folder.display(),
                found.entries,
                found.bytes as f64 / f64::from(1 << 20),
                cache.most() >> 20,
                found.damaged
            ))
        }
        CacheAction::Clear => match cache.clear() {
            Ok(freed) => print(&format!("removed {:.1} MiB\n", freed as f64 / f64::from(1 << 20))),
            Err(error) => {
                let why = describe(&error);
                report::complain(format_args!("cannot clear `{}`: {why}", folder.display()));
                EXIT_FAILURE
            }
        },
    }
}

fn init(folder: &std::path::Path) -> u8 {
    match mochi_driver::init::init(folder) {
        Ok(made) => print(&made.iter().map(|path| format!("made {}\n", path.display())).collect::<String>()),
        Err(message) => {
            report::complain(message);
            EXIT_FAILURE
        }
    }
}

fn explain(code: Option<&str>) -> u8 {
    let Some(code) = code else {
        let list: String = Code::ALL.iter().map(|c| format!("{}  {}\n", c.name(), c.template())).collect();
        return print(&list);
    };
    let upper = code.to_ascii_uppercase();
    if let Some(page) = mochi_base::diag::explain(&upper) {
        return print(page);
    }
    let names = Code::ALL.iter().map(|c| c.name());
    let hint = mochi_base::suggest::closest(&upper, names)
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    report::complain(format_args!("no diagnostic has the code `{code}`{hint} (`mochi explain` lists all)"));
    EXIT_FAILURE
}
