//! The two files, as `perf` wants them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use mochi_base::SourceMap;
use mochi_jit::watch::{Made, Watch};

use super::Perf;

/// Begins to write a file.
pub fn start(perf: Perf, sources: SourceMap) -> io::Result<Box<dyn Watch>> {
    let file = create(Path::new(&perf.file()))?;
    Ok(match perf {
        Perf::Map => Box::new(Map { file }),
        Perf::Dump => Box::new(Dump::start(file, sources)?),
    })
}

/// A file of our own: nobody else can have put one there for us to write to.
fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// A line for each function: address, size, name.
struct Map {
    file: File,
}

impl Watch for Map {
    fn made(&mut self, made: &Made<'_>) {
        let line = format!("{:x} {:x} {}\n", made.address, made.code.len(), made.name);
        // A profile without some names is better than none.
        let _ = self.file.write_all(line.as_bytes());
    }
    fn gone(&mut self, _: u64) {}
}

/// The format that `perf` calls jitdump: records with the time at which they became true.
struct Dump {
    file: File,
    sources: SourceMap,
    /// Records of code so far.
    count: u64,
}

/// Records.
const LOAD: u32 = 0;
const LINES: u32 = 2;
const CLOSE: u32 = 3;
/// Bytes that all records start with.
const RECORD: usize = 16;

impl Dump {
    fn start(file: File, sources: SourceMap) -> io::Result<Dump> {
        let machine: u32 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
        let mut header: Vec<u8> = Vec::new();
        for number in [0x4a69_5444, 1, 40, machine, 0, std::process::id()] {
            header.extend(number.to_le_bytes());
        }
        header.extend(now().to_le_bytes());
        header.extend(0u64.to_le_bytes());
        let mut dump = Dump { file, sources, count: 0 };
        dump.file.write_all(&header)?;
        dump.mark()?;
        Ok(dump)
    }

    /// Maps the file to where code could run, which is how `perf record` learns of it.
    fn mark(&self) -> io::Result<()> {
        use rustix::mm::{MapFlags, ProtFlags, mmap};
        let rights = ProtFlags::READ | ProtFlags::EXEC;
        let page = rustix::param::page_size();
        // SAFETY: a new mapping at an address that the system chooses; it stays, and nobody looks at it.
        unsafe { mmap(std::ptr::null_mut(), page, rights, MapFlags::PRIVATE, &self.file, 0) }?;
        Ok(())
    }

    fn record(&mut self, kind: u32, body: &[u8]) {
        let mut record = Vec::with_capacity(RECORD + body.len());
        record.extend(kind.to_le_bytes());
        record.extend(((RECORD + body.len()) as u32).to_le_bytes());
        record.extend(now().to_le_bytes());
        record.extend(body);
        // A profile without some names is better than none.
        let _ = self.file.write_all(&record);
    }
}

impl Watch for Dump {
    fn made(&mut self, made: &Made<'_>) {
        let places: Vec<_> = made.places.iter().filter(|&&(_, at)| at != 0).collect();
        if !places.is_empty() {
            let mut body: Vec<u8> = Vec::new();
            body.extend(made.address.to_le_bytes());
            body.extend((places.len() as u64).to_le_bytes());
            for &&(distance, at) in &places {
                let place = self.sources.location(at);
                body.extend((made.address + u64::from(distance)).to_le_bytes());
                body.extend(place.line.to_le_bytes());
                body.extend(0u32.to_le_bytes());
                body.extend(self.sources.file(place.file).name.as_bytes());
                body.push(0);
            }
            self.record(LINES, &body);
        }
        let process = std::process::id();
        let mut body: Vec<u8> = Vec::new();
        // The thread does not matter: its place in the record is for the process again.
        body.extend(process.to_le_bytes());
        body.extend(process.to_le_bytes());
        for number in [made.address, made.address, made.code.len() as u64, self.count] {
            body.extend(number.to_le_bytes());
        }
        body.extend(made.name.as_bytes());
        body.push(0);
        body.extend(made.code);
        self.count += 1;
        self.record(LOAD, &body);
    }
    fn gone(&mut self, _: u64) {}
}

impl Drop for Dump {
    fn drop(&mut self) {
        self.record(CLOSE, &[]);
    }
}

/// Nanoseconds of the clock that `perf record -k mono` uses.
fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}
