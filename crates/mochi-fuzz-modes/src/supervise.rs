//! Two processes: one works, the other notices when it dies, and what of.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::counters::Counters;
use crate::generate::generate;
use crate::options::Options;
use crate::{reduce, search};

/// How far the process that works is: a file that the other one reads.
#[derive(Debug)]
pub struct Progress {
    file: File,
    told: Instant,
    /// How often something was said.
    count: u64,
}

/// Programs after which counters are written: what dies takes fewer with it.
const COUNTED: u64 = 50;

impl Progress {
    /// Writes to a file from now on.
    pub fn to(path: &str) -> io::Result<Progress> {
        Ok(Progress { file: File::create(path)?, told: Instant::now(), count: 0 })
    }
    /// All is done.
    pub fn end(&mut self, seed: u64, counters: &Counters) {
        self.count = 0;
        self.at(seed, counters);
    }
    /// The program that is tried next.
    pub fn at(&mut self, seed: u64, counters: &Counters) {
        let text = match self.count % COUNTED {
            // Counters change in length only to become longer.
            0 => format!("{seed:020}\n{}", counters.print()),
            _ => format!("{seed:020}"),
        };
        let written = self.file.rewind().and_then(|()| self.file.write_all(text.as_bytes()));
        if let Err(error) = written {
            eprintln!("cannot say how far it is: {error}");
        }
        self.count += 1;
        if self.told.elapsed() > Duration::from_secs(10) {
            self.told = Instant::now();
            eprintln!("program {seed}, {} so far", counters.programs);
        }
    }
}

fn read(path: &Path) -> io::Result<(u64, Counters)> {
    let mut text = String::new();
    File::open(path)?.read_to_string(&mut text)?;
    let (seed, counters) = text.split_once('\n').unwrap_or_default();
    Ok((seed.trim().parse().unwrap_or_default(), Counters::parse(counters)))
}

/// How a working process ended.
enum Ended {
    Well,
    Found,
    Died,
}

/// Waits for a process; kills it when it takes longer.
pub(crate) fn wait(child: &mut Child, most: Duration) -> io::Result<ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begun.elapsed() > most {
            child.kill()?;
            return child.wait();
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn work(arguments: &[String], most: Duration, said: Stdio) -> io::Result<Ended> {
    let mut command = Command::new(std::env::current_exe()?);
    // What is built once is not kept for the user.
    command.env("MOCHI_CACHE_DIR", "target/fuzz-modes/cache").stdin(Stdio::null());
    command.stderr(said);
    let status = wait(&mut command.args(arguments).spawn()?, most)?;
    Ok(match status.code() {
        Some(0) => Ended::Well,
        Some(1) => Ended::Found,
        _ => Ended::Died,
    })
}

/// Has a process of its own search, and another when it dies. Whether nothing was found, and what was compared.
pub fn supervise(options: &Options) -> io::Result<(bool, Counters)> {
    let folder = PathBuf::from("target/fuzz-modes");
    std::fs::create_dir_all(&folder)?;
    let progress = folder.join(format!("progress-{}", std::process::id()));
    let end = Instant::now() + options.time;
    let (mut all, mut seed, mut well) = (Counters::default(), options.seed, true);
    let common = |options: &Options| {
        let modes = options.modes.iter().flat_map(|mode| ["--mode".to_owned(), mode.name()]);
        let wrong = options.wrong.iter().flat_map(|wrong| ["--wrong".to_owned(), wrong.clone()]);
        let c = options.c.iter().flat_map(|(name, _)| ["--mode".to_owned(), (*name).to_owned()]);
        let most = ["--most".to_owned(), options.most.to_string()];
        modes.chain(wrong).chain(c).chain(most).collect::<Vec<String>>()
    };
    let mut deaths = 0;
    loop {
        let seconds = end.saturating_duration_since(Instant::now()).as_secs();
        if seconds == 0 || deaths == options.most.min(3) {
            break;
        }
        let mut arguments = common(options);
        arguments.extend(["--seconds".into(), seconds.to_string(), "--seed".into(), seed.to_string()]);
        arguments.extend(["--progress".into(), progress.display().to_string()]);
        // Longer than it takes to make something smaller.
        let ended = work(&arguments, Duration::from_secs(seconds + 600), Stdio::inherit())?;
        let (reached, counters) = read(&progress)?;
        all.add(&counters);
        match ended {
            Ended::Well => break,
            Ended::Found => {
                well = false;
                break;
            }
            Ended::Died => {
                well = false;
                deaths += 1;
                eprintln!("program {reached} ended the process");
                let text = generate(&search::bytes_of(reached), "").text();
                let file = folder.join(format!("try-{}.mochi", std::process::id()));
                let small = reduce::lines_in(&text, Duration::from_secs(60), |text| {
                    let mut arguments = common(options);
                    arguments.extend(["--try".into(), file.display().to_string()]);
                    let tried = std::fs::write(&file, text)
                        .and_then(|()| work(&arguments, Duration::from_secs(10), Stdio::null()));
                    matches!(tried, Ok(Ended::Died))
                });
                let _ = std::fs::remove_file(&file);
                search::write(reached, &small, None);
                seed = reached.wrapping_add(1);
            }
        }
    }
    let _ = std::fs::remove_file(&progress);
    Ok((well, all))
}
