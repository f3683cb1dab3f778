//! The signal that would end a process for writing a file beyond the limit of the system (`ulimit -f`).

/// From now on such a write fails like any other, so that it is told and nothing is left behind.
pub fn outlive_full_files() {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGXFSZ;

        /// What `signal` takes and gives for a signal that is ignored.
        const IGNORED: usize = 1;
        unsafe extern "C" {
            fn signal(number: i32, handler: usize) -> usize;
        }
        extern "C" fn nothing(_: i32) {}
        // SAFETY: a handler that does nothing may run at any time. A handler, since commands would inherit that a signal is
        // ignored; they do if it was.
        unsafe {
            if signal(SIGXFSZ, nothing as *const () as usize) == IGNORED {
                signal(SIGXFSZ, IGNORED);
            }
        }
    }
}
