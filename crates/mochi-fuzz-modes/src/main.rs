//! See `--help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Instant;

use mochi_fuzz_modes::c;
use mochi_fuzz_modes::generate::generate;
use mochi_fuzz_modes::modes::{Mode, Runner, Wrong};
use mochi_fuzz_modes::options::{self, HELP, Options};
use mochi_fuzz_modes::search::{self, bytes_of};
use mochi_fuzz_modes::supervise::{Progress, supervise};

fn main() -> ExitCode {
    let options = match options::parse() {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if options.show || options.file.is_some() || options.progress.is_some() {
        let well = mochi_driver::stack::with_large_stack(|| here(&options));
        return ExitCode::from(u8::from(!well));
    }
    let begun = Instant::now();
    match supervise(&options) {
        Ok((well, counters)) => {
            let seconds = begun.elapsed().as_secs_f64();
            println!("{}{:.0} programs a second", counters.print(), counters.programs as f64 / seconds);
            if options.record
                && let Err(error) = counters.record(".".as_ref())
            {
                eprintln!("cannot record: {error}");
                return ExitCode::from(2);
            }
            ExitCode::from(u8::from(!well))
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What is done in this process; whether nothing was found.
fn here(options: &Options) -> bool {
    let runner = Runner::new(wrong(options));
    if let Some(progress) = &options.progress {
        let mut progress = match Progress::to(progress) {
            Ok(progress) => progress,
            Err(error) => {
                eprintln!("cannot write {progress}: {error}");
                return false;
            }
        };
        return match options.c {
            Some((_, ways)) => c::search(&runner, options, ways, &mut progress),
            None => search::search(&runner, options, &mut progress).is_empty(),
        };
    }
    let text = match &options.file {
        Some(file) => std::fs::read_to_string(file).unwrap_or_else(|error| {
            eprintln!("cannot read {file}: {error}");
            String::new()
        }),
        None => generate(&bytes_of(options.seed), "").text(),
    };
    if options.show {
        print!("{text}");
    }
    let checked = match runner.check(&text) {
        Ok(checked) => checked,
        Err(why) => {
            eprintln!("{why}");
            return false;
        }
    };
    if options.show
        && let Ok(program) = runner.compile(&checked, &Mode::Oracle)
    {
        print!("--- does\n{}", runner.run(program, &Mode::Oracle, "").text());
    }
    match search::compare(&runner, &checked, &options.modes, |_| ()) {
        Ok(()) => true,
        Err(difference) => {
            let (name, got) = (difference.mode.name(), difference.got.text());
            print!("--- differs in {name}\n{}--- got\n{got}", difference.expected.text());
            false
        }
    }
}

#[cfg(debug_assertions)]
fn wrong(options: &Options) -> Wrong {
    options.wrong.as_deref().and_then(mochi_fuzz_modes::wrong::wrong).unwrap_or_default()
}
#[cfg(not(debug_assertions))]
fn wrong(_: &Options) -> Wrong {
    Wrong::default()
}
