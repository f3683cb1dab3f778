//! Commands that must end.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a command may print, in bytes: one that prints without end must not fill the disk.
const MOST: u64 = 256 << 20;

/// Runs a command with `input` and gives what came of it; `None` when it takes longer than `limit` or prints without end,
/// after it was killed with all that it started.
///
/// Output passes through files: the other end of a pipe may be held by a server that the command left behind.
pub fn output(command: &mut Command, input: &[u8], limit: Duration) -> io::Result<Option<Output>> {
    let (mut stdout, mut stderr) = (Kept::new()?, Kept::new()?);
    command.stdin(Stdio::piped()).stdout(stdout.file.try_clone()?).stderr(stderr.file.try_clone()?);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let end = Instant::now() + limit;
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input closes it early.
        let _ = stdin.write_all(input);
    }
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(Output { status, stdout: stdout.read()?, stderr: stderr.read()? }));
        }
        if Instant::now() > end || stdout.len()?.max(stderr.len()?) > MOST {
            kill(&mut child)?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(unix)]
fn kill(child: &mut Child) -> io::Result<()> {
    let group = rustix::process::Pid::from_child(child);
    Ok(rustix::process::kill_process_group(group, rustix::process::Signal::KILL)?)
}

#[cfg(not(unix))]
fn kill(child: &mut Child) -> io::Result<()> {
    child.kill()
}

/// A file that is there as long as this.
struct Kept {
    path: PathBuf,
    file: File,
}

impl Kept {
    fn new() -> io::Result<Kept> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("output-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let file = File::options().read(true).append(true).create_new(true).open(&path)?;
        Ok(Kept { path, file })
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
