//! A limit of time for a whole step, with all the processes that it started.
//!
//! What hangs is often far down: a step starts Cargo, which starts a runner of tests, which starts an emulator. So everything
//! that descends from this process is ended, and whoever waits for it goes on. What has lost its parent before is not found;
//! nobody waits for that.
//!
//! Linux only; elsewhere a step takes as long as it takes.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Between two rounds of ending processes.
const PAUSE: Duration = Duration::from_millis(100);

/// What a step came to, and whether its processes had to be ended.
pub fn within<T>(limit: Duration, work: impl FnOnce() -> T) -> (T, bool) {
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watchdog = scope.spawn(move || {
            let is_late = wait.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            let mut has_ended = !is_late;
            // Whatever the step would go on with is late, too.
            while !has_ended {
                system::end_descendants();
                has_ended = wait.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout);
            }
            is_late
        });
        let result = work();
        drop(done);
        (result, watchdog.join().unwrap_or(false))
    })
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::process;
    use std::thread;
    use std::time::Duration;

    /// Kills until nothing is left: what is killed may have started something just before.
    pub fn end_descendants() {
        for _ in 0..20 {
            let all = descendants();
            if all.is_empty() {
                return;
            }
            for pid in all {
                // SAFETY: no memory is involved.
                unsafe { libc::kill(pid, libc::SIGKILL) };
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What runs and descends from this process, in no order.
    pub fn descendants() -> Vec<libc::pid_t> {
        let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
        let all: Vec<Process> = folder
            .flatten()
            .filter_map(|entry| Process::parse(&fs::read_to_string(entry.path().join("stat")).ok()?))
            .collect();
        let mut family = vec![process::id() as libc::pid_t];
        let mut next = 0;
        while next < family.len() {
            let parent = family[next];
            family.extend(all.iter().filter(|process| process.parent == parent).map(|process| process.pid));
            next += 1;
        }
        let runs = |pid: &libc::pid_t| all.iter().any(|process| process.pid == *pid && !process.is_dead);
        family.into_iter().skip(1).filter(runs).collect()
    }

    /// A line of `/proc/PID/stat`.
    struct Process {
        pid: libc::pid_t,
        parent: libc::pid_t,
        is_dead: bool,
    }

    impl Process {
        /// `PID (NAME) STATE PARENT ...`, where the name may have anything in it.
        fn parse(line: &str) -> Option<Process> {
            let (pid, rest) = line.split_once(' ')?;
            let mut words = rest.rsplit_once(')')?.1.split_whitespace();
            let is_dead = matches!(words.next()?, "Z" | "X");
            Some(Process { pid: pid.parse().ok()?, parent: words.next()?.parse().ok()?, is_dead })
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub fn end_descendants() {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Read;
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use super::*;

    /// Ends descendants of the whole process, so it must not be one that runs other tests: it starts itself again.
    #[test]
    fn all_that_descends_is_ended() {
        if std::env::var_os("MOCHI_WATCH_TEST").is_none() {
            let mut again = Command::new(std::env::current_exe().unwrap());
            again.args(["--exact", "watch::tests::all_that_descends_is_ended"]).env("MOCHI_WATCH_TEST", "1");
            assert!(again.stdout(Stdio::null()).status().unwrap().success());
            return;
        }
        let begun = Instant::now();
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]).stdout(Stdio::piped());
            shell
        };
        let (text, is_late) = within(Duration::from_millis(300), || {
            let mut child = shell("sh -c 'setsid sleep 600 & echo started; wait' & wait").spawn().unwrap();
            let mut text = String::new();
            child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            child.wait().unwrap();
            text
        });
        assert_eq!((text.as_str(), is_late), ("started\n", true));
        assert!(system::descendants().is_empty());

        let (codes, is_late) = within(Duration::from_millis(100), || {
            [(); 3].map(|()| shell("sleep 600").status().unwrap().code())
        });
        assert_eq!((codes, is_late), ([None; 3], true));

        let (status, is_late) = within(Duration::from_secs(600), || shell("exit 3").status().unwrap().code());
        assert_eq!((status, is_late), (Some(3), false));
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}
