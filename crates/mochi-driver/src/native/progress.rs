//! A line on the terminal that says what a build is doing, when that takes long. It is gone when the build ends.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Builds that take less say nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line is renewed.
const BEAT: Duration = Duration::from_millis(100);

/// Back to the start of the line, and nothing in it.
const ERASE: &str = "\r\x1b[K";

/// While this lives, steps are shown.
pub(super) struct Progress {
    shared: Arc<Shared>,
    shows: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// The step, and whether the build has ended.
    state: Mutex<(&'static str, bool)>,
    changed: Condvar,
}

impl Progress {
    /// Shows steps on standard error when that is a terminal.
    pub fn start() -> Progress {
        let shared = Arc::<Shared>::default();
        let is_seen =
            std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let shows = is_seen.then(|| {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().spawn(move || shared.show(&mut std::io::stderr()))
        });
        // Without a thread there is no line.
        Progress { shared, shows: shows.and_then(Result::ok) }
    }

    /// Shows nothing.
    pub fn none() -> Progress {
        Progress { shared: Arc::default(), shows: None }
    }

    /// Says what is done from now on.
    pub fn step(&self, what: &'static str) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).0 = what;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.shared.changed.notify_all();
        if let Some(shows) = self.shows.take() {
            let _ = shows.join();
        }
    }
}

impl Shared {
    fn show(&self, out: &mut dyn Write) {
        let start = Instant::now();
        let mut wait = PATIENCE;
        let mut is_shown = false;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.1 {
            let (next, timeout) =
                self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner);
            state = next;
            if timeout.timed_out() && !state.1 {
                // Nobody is there to tell when the terminal is closed.
                let _ = write!(out, "{ERASE}{} ({:.1} s)", state.0, start.elapsed().as_secs_f64());
                let _ = out.flush();
                is_shown = true;
                wait = BEAT;
            }
        }
        if is_shown {
            let _ = write!(out, "{ERASE}");
            let _ = out.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(after: Duration) -> String {
        let shared = Arc::<Shared>::default();
        shared.state.lock().unwrap().0 = "compiling";
        let ends = Arc::clone(&shared);
        let ending = std::thread::spawn(move || {
            std::thread::sleep(after);
            ends.state.lock().unwrap().1 = true;
            ends.changed.notify_all();
        });
        let mut out = Vec::new();
        shared.show(&mut out);
        ending.join().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quick_builds_say_nothing() {
        assert_eq!(shown(Duration::from_millis(1)), "");
    }

    #[test]
    fn slow_builds_say_what_they_do_and_leave_nothing() {
        let shown = shown(PATIENCE + BEAT);
        assert!(shown.starts_with("\r\x1b[Kcompiling (0.") && shown.ends_with(ERASE), "{shown:?}");
    }
}
