//! Runs one child process and measures it: CPU time of the whole process, wall time, peak memory.
//!
//! The kernel counts a child's peak memory from the moment it is forked, so the peak of this process is a floor to
//! every figure. It stays at a few MiB because nothing here holds large data: outputs go to files.
//!
//! Unix only; elsewhere measuring is an error that says so.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// What a child used.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// User plus system time.
    pub cpu: Duration,
    /// From just before the start until the end.
    pub wall: Duration,
    /// Largest resident set in KiB.
    pub peak_kib: u64,
}

/// How a child ended and what it printed.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code or signal.
    pub status: ExitStatus,
    /// It was killed because it ran into the time limit.
    pub timed_out: bool,
    /// What it used.
    pub usage: Usage,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Outcome {
    /// `None` after a clean exit, else a sentence with the last line of standard error.
    pub fn complaint(&self) -> Option<String> {
        if self.timed_out {
            return Some(format!("killed after {:.0} s", self.usage.wall.as_secs_f64()));
        }
        if self.status.success() {
            return None;
        }
        let stderr = String::from_utf8_lossy(&self.stderr);
        let last = stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no message");
        Some(format!("{}: {last}", self.status))
    }
}

/// Runs `command` to its end, or until `limit` of wall time is over. Output passes through two files in `scratch`.
pub fn measure(command: &mut Command, scratch: &Path, limit: Duration) -> io::Result<Outcome> {
    fs::create_dir_all(scratch)?;
    let (out, err) = (scratch.join("stdout"), scratch.join("stderr"));
    command.stdin(Stdio::null()).stdout(File::create(&out)?).stderr(File::create(&err)?);
    let (status, timed_out, usage) = unix::run(command, limit)?;
    Ok(Outcome { status, timed_out, usage, stdout: fs::read(&out)?, stderr: fs::read(&err)? })
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::Usage;

    pub fn run(command: &mut Command, limit: Duration) -> io::Result<(ExitStatus, bool, Usage)> {
        let start = Instant::now();
        let pid = command.spawn()?.id() as libc::pid_t;
        let ended = Mutex::new(false);
        let changed = Condvar::new();
        let (end, timed_out) = thread::scope(|scope| {
            let watchdog = scope.spawn(|| {
                let guard = ended.lock().unwrap_or_else(PoisonError::into_inner);
                let wait = changed.wait_timeout_while(guard, limit, |ended| !*ended);
                let (ended, _) = wait.unwrap_or_else(PoisonError::into_inner);
                if !*ended {
                    // SAFETY: no memory is involved. The child is not reaped before this thread is joined, so the
                    // id still names it.
                    unsafe { libc::kill(pid, libc::SIGKILL) };
                }
                !*ended
            });
            let end = wait_for_end(pid).map(|()| start.elapsed());
            *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
            changed.notify_one();
            (end, watchdog.join().unwrap_or(false))
        });
        let wall = end?;
        let (status, usage) = reap(pid)?;
        let cpu = duration(usage.ru_utime) + duration(usage.ru_stime);
        // The unit is a KiB everywhere but on Apple's systems, where it is a byte.
        let unit = if cfg!(target_vendor = "apple") { 1024 } else { 1 };
        Ok((status, timed_out, Usage { cpu, wall, peak_kib: usage.ru_maxrss as u64 / unit }))
    }

    /// Waits until the child has ended, and leaves it to be reaped.
    fn wait_for_end(pid: libc::pid_t) -> io::Result<()> {
        loop {
            let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
            // SAFETY: `info` is a valid place for one `siginfo_t`; nothing is read from it.
            let result = unsafe {
                libc::waitid(libc::P_PID, pid as libc::id_t, info.as_mut_ptr(), libc::WEXITED | libc::WNOWAIT)
            };
            match retry(result)? {
                Some(_) => return Ok(()),
                None => continue,
            }
        }
    }

    fn reap(pid: libc::pid_t) -> io::Result<(ExitStatus, libc::rusage)> {
        loop {
            let mut status = 0;
            let mut usage = MaybeUninit::<libc::rusage>::zeroed();
            // SAFETY: both pointers are to places of the right type, and zero is a valid `rusage`.
            let (result, usage) =
                unsafe { (libc::wait4(pid, &mut status, 0, usage.as_mut_ptr()), usage.assume_init()) };
            if retry(result)?.is_some() {
                return Ok((ExitStatus::from_raw(status), usage));
            }
        }
    }

    /// `None` when a signal interrupted the call.
    fn retry(result: libc::c_int) -> io::Result<Option<libc::c_int>> {
        if result >= 0 {
            return Ok(Some(result));
        }
        let error = io::Error::last_os_error();
        if error.kind() == io::ErrorKind::Interrupted { Ok(None) } else { Err(error) }
    }

    fn duration(time: libc::timeval) -> Duration {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    }
}

#[cfg(not(unix))]
mod unix {
    use std::io;
    use std::process::{Command, ExitStatus};
    use std::time::Duration;

    use super::Usage;

    pub fn run(_: &mut Command, _: Duration) -> io::Result<(ExitStatus, bool, Usage)> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "measuring processes needs a Unix system"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Outcome {
        let scratch =
            std::env::temp_dir().join(format!("xtask-process-{}-{}", std::process::id(), script.len()));
        let outcome = measure(Command::new("sh").args(["-c", script]), &scratch, limit).unwrap();
        fs::remove_dir_all(scratch).unwrap();
        outcome
    }

    #[test]
    fn output_and_status_arrive() {
        let outcome = shell("echo out; echo err >&2; exit 3", Duration::from_secs(60));
        assert_eq!((outcome.stdout.as_slice(), outcome.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(outcome.complaint().as_deref(), Some("exit status: 3: err"));
        assert!(outcome.usage.peak_kib > 0);
    }

    #[test]
    fn cpu_time_is_not_wall_time() {
        let usage = shell("sleep 0.2", Duration::from_secs(60)).usage;
        assert!(usage.wall >= Duration::from_millis(200) && usage.cpu < usage.wall / 2, "{usage:?}");
    }

    #[test]
    fn the_limit_kills() {
        let outcome = shell("exec sleep 600", Duration::from_millis(50));
        assert!(outcome.timed_out && outcome.complaint().unwrap().starts_with("killed"));
    }
}
