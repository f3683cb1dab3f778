//! How a command ended, and whether that is right.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::scenario::{Fault, Kind, Scenario};

/// A folder and all that is in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    entries: BTreeMap<PathBuf, Entry>,
}

#[derive(Clone, PartialEq, Eq)]
enum Entry {
    Folder,
    File { bytes: Vec<u8>, mode: u32 },
}

impl Snapshot {
    pub fn of(folder: &Path) -> io::Result<Snapshot> {
        let mut entries = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(at) = folders.pop() {
            for entry in fs::read_dir(at)? {
                let path = entry?.path();
                let name = path.strip_prefix(folder).expect("it is inside").to_owned();
                let data = fs::symlink_metadata(&path)?;
                let what = if data.is_dir() {
                    Entry::Folder
                } else {
                    Entry::File { bytes: fs::read(&path)?, mode: data.permissions().mode() }
                };
                if what == Entry::Folder {
                    folders.push(path);
                }
                entries.insert(name, what);
            }
        }
        Ok(Snapshot { entries })
    }

    /// Makes the folder what it was.
    pub fn restore(&self, folder: &Path) -> io::Result<()> {
        let now = Snapshot::of(folder)?;
        for name in now.entries.keys().rev().filter(|name| !self.entries.contains_key(*name)) {
            let path = folder.join(name);
            if path.is_dir() { fs::remove_dir(path)? } else { fs::remove_file(path)? }
        }
        for (name, entry) in self.entries.iter().filter(|(name, entry)| now.entries.get(*name) != Some(entry))
        {
            let path = folder.join(name);
            match entry {
                Entry::Folder => fs::create_dir(path)?,
                Entry::File { bytes, mode } => {
                    let _ = fs::remove_file(&path);
                    fs::write(&path, bytes)?;
                    fs::set_permissions(path, fs::Permissions::from_mode(*mode))?;
                }
            }
        }
        Ok(())
    }
}

/// How a command ended.
pub struct Outcome {
    /// Its exit status; 128 and the signal that ended it.
    pub status: i32,
    stdout: String,
    stderr: String,
    after: Snapshot,
}

impl Outcome {
    pub fn of(output: Output, folder: &Path) -> io::Result<Outcome> {
        let status = output.status.code().or(output.status.signal().map(|signal| 128 + signal));
        Ok(Outcome {
            status: status.unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            after: Snapshot::of(folder)?,
        })
    }

    pub fn shown(&self) -> String {
        let cut = |text: &str| text.chars().take(600).collect::<String>();
        format!(
            "status {}\n  output: {:?}\n  errors: {:?}",
            self.status,
            cut(&self.stdout),
            cut(&self.stderr)
        )
    }
}

/// What no message may have in it.
const NEVER: [&str; 4] = ["internal error", "panicked", "stack overflow", "AddressSanitizer"];

/// What is said before an abort that nobody but the C library or the standard library could prevent. The latter takes the
/// handles of threads from the system's allocator, and says so where there is no memory for one.
const ABORTS: [&str; 3] =
    ["Fatal glibc error", "failed to allocate an alternative stack", "memory allocation of 48 bytes failed"];

/// What the system says of a program that it could not start, before anything of ours runs.
const NOT_STARTED: [&str; 5] = [
    "error while loading shared libraries",
    "cannot execute",
    "Cannot allocate memory",
    "not found",
    "failed to map segment",
];

/// Whether a command ended as it should, given how it ends with nothing refused.
pub fn judge(
    scenario: &Scenario,
    fault: &Fault,
    before: &Snapshot,
    plain: &Outcome,
    outcome: &Outcome,
) -> Result<(), String> {
    let Outcome { status, stdout, stderr, .. } = outcome;
    // What is not ours: the C library's ends and those of threads before they begin.
    let aborted = ABORTS.iter().any(|words| stderr.contains(words));
    if aborted {
        return Ok(());
    }
    if let Some(word) = NEVER.iter().find(|word| stderr.contains(**word) || stdout.contains(**word)) {
        return Err(format!("it says `{word}`"));
    }
    let expected = plain.status;
    let not_started = matches!(status, 126 | 127) && NOT_STARTED.iter().any(|words| stderr.contains(words))
        || matches!(fault.kind, Kind::Shell { .. }) && matches!(status, 2 | 127) && stderr.contains("sh: ");
    let starved = matches!(fault.kind, Kind::Shell { .. }) && *status == 128 + 9 && stderr.is_empty();
    if not_started || starved {
        return Ok(());
    }
    if *status != expected && *status != 1 {
        return Err(format!("its status is {status}"));
    }
    let is_told = !stderr.is_empty() || stdout.contains("fail") || fault.silent || is_told_in_vain(fault);
    if *status == 1 && expected == 0 && !is_told {
        return Err("it does not say why it failed".to_owned());
    }
    if *status == 0 && !scenario.varies && *stdout != plain.stdout {
        return Err("its output differs".to_owned());
    }
    files(before, plain, outcome, scenario)
}

/// Whether the message that something cannot be written may be refused too.
fn is_told_in_vain(fault: &Fault) -> bool {
    matches!(&fault.kind, Kind::Calls { calls, .. } if calls.contains("write"))
}

/// Every file is as before or as it is to be, but for numbers where they vary; and as it is to be when nothing failed.
fn files(before: &Snapshot, plain: &Outcome, outcome: &Outcome, scenario: &Scenario) -> Result<(), String> {
    let (plain, after, all) = (&plain.after, &outcome.after, outcome.status == 0);
    let names = before.entries.keys().chain(plain.entries.keys()).chain(after.entries.keys());
    for name in names {
        let (old, new, now) = (before.entries.get(name), plain.entries.get(name), after.entries.get(name));
        let shown = name.display();
        if name.starts_with(".cache") {
            // What is kept there is checked when it is used; names that are no entry are left over.
            let text = name.file_name().unwrap_or_default().to_string_lossy();
            if now.is_some() && text.contains('.') && text != ".cache" {
                return Err(format!("`{shown}` is left over"));
            }
            continue;
        }
        let is_new = now == new || scenario.varies && is_same_but_for_numbers(now, new);
        let report = scenario.reports.iter().find(|report| name.as_os_str() == report.0.as_str());
        let is_report = matches!((report, now), (Some((_, end)), Some(Entry::File { bytes, .. })) if bytes.ends_with(end.as_bytes()));
        if is_new || !all && (now == old || is_report) {
            continue;
        }
        return Err(match now {
            None => format!("`{shown}` is gone"),
            Some(_) if old.is_none() && new.is_none() => format!("`{shown}` is left over"),
            Some(_) => format!("`{shown}` is neither as before nor as it is to be"),
        });
    }
    Ok(())
}

fn is_same_but_for_numbers(a: Option<&Entry>, b: Option<&Entry>) -> bool {
    let text = |entry: Option<&Entry>| match entry {
        Some(Entry::File { bytes, .. }) => {
            Some(bytes.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect::<Vec<u8>>())
        }
        Some(Entry::Folder) | None => None,
    };
    a.is_some() && text(a) == text(b)
}
