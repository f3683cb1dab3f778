//! Ctrl-C while an input of an interactive program runs ends the input, and at other times the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use mochi_vm::{Interrupt, Interrupter};

/// What a shell shows for a process that Ctrl-C ended.
pub(crate) const EXIT_INTERRUPTED: i32 = 130;

/// Who is to be told of Ctrl-C.
#[derive(Clone, Default)]
pub struct CtrlC {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    running: AtomicBool,
    program: Mutex<Option<Interrupter>>,
}

/// While this lives an input runs.
pub struct Running<'a> {
    shared: &'a Shared,
}

impl CtrlC {
    /// Names the program whose inputs Ctrl-C ends.
    pub fn aim_at(&self, program: Interrupter) {
        *self.shared.program.lock().unwrap_or_else(PoisonError::into_inner) = Some(program);
    }

    /// Takes Ctrl-C over from the system, for as long as the process lives.
    pub fn listen(&self) {
        let shared = Arc::clone(&self.shared);
        // Where there are no signals, Ctrl-C goes on to end the process.
        let _ = ctrlc::set_handler(move || {
            if !shared.running.load(Ordering::Relaxed) {
                std::process::exit(EXIT_INTERRUPTED);
            }
            if let Some(program) = &*shared.program.lock().unwrap_or_else(PoisonError::into_inner) {
                program.interrupt(Interrupt::User);
            }
        });
    }

    /// An input runs from now on.
    pub fn running(&self) -> Running<'_> {
        self.shared.running.store(true, Ordering::Relaxed);
        Running { shared: &self.shared }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.shared.running.store(false, Ordering::Relaxed);
    }
}
