//! What profilers read: a map of names that `perf report` looks for, or a dump of code with lines for `perf inject`.

use std::io;

use mochi_base::SourceMap;
use mochi_jit::watch::Watch;

#[cfg(target_os = "linux")]
mod files;

/// What profilers are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Perf {
    /// Names, in `/tmp/perf-PID.map`.
    Map,
    /// Names, code and lines, in `/tmp/jit-PID.dump`.
    Dump,
}

impl Perf {
    /// As options have them.
    pub const NAMES: [(&'static str, Perf); 2] = [("map", Perf::Map), ("dump", Perf::Dump)];

    /// Where it is written. `perf` looks for the one there, and for names like the other.
    pub fn file(self) -> String {
        let process = std::process::id();
        match self {
            Perf::Map => format!("/tmp/perf-{process}.map"),
            Perf::Dump => format!("/tmp/jit-{process}.dump"),
        }
    }

    /// Begins to write it.
    #[cfg(target_os = "linux")]
    pub(super) fn start(self, sources: SourceMap) -> io::Result<Box<dyn Watch>> {
        files::start(self, sources)
    }
    /// There is no such profiler here.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn start(self, _: SourceMap) -> io::Result<Box<dyn Watch>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
