//! Memory for code: one reserved region between pages without rights. No byte is ever both writable and executable.
//!
//! How that is done is the system's: [`Pages`] is one type per system, with the same functions. It reserves, writes at a
//! distance from the start, and says where that runs. What lies where in the region is not its business.

use std::fmt;
use std::io;

#[cfg(target_os = "linux")]
#[path = "memory/linux.rs"]
mod pages;
#[cfg(target_vendor = "apple")]
#[path = "memory/apple.rs"]
mod pages;
#[cfg(windows)]
#[path = "memory/windows.rs"]
mod pages;

pub use pages::Pages;

/// A page without rights on either side of what is executed, in bytes: as large as pages are anywhere.
const GUARD: usize = 64 << 10;

/// Jumps of every machine reach that far, in bytes.
const LARGEST: usize = if cfg!(target_arch = "aarch64") { 128 << 20 } else { 1 << 30 };

/// Why there is no memory for code: what was tried, and what the system said.
#[derive(Debug)]
pub struct Refusal(pub Vec<(&'static str, io::Error)>);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (tried, error)) in self.0.iter().enumerate() {
            // The number that the library adds says nothing to people.
            let error = error.to_string();
            let error = error.split(" (os error").next().unwrap_or_default();
            write!(f, "{}{tried}: {error}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// A region of code.
#[derive(Debug)]
pub struct CodeMemory {
    pages: Pages,
    size: usize,
}

impl CodeMemory {
    /// Reserves a region of at most so many bytes. Debuggers and profilers know code best in memory that is in no file, so
    /// that may be asked for first.
    pub fn reserve(size: usize, in_no_file: bool) -> Result<CodeMemory, Refusal> {
        let size = size.clamp(GUARD, LARGEST) / GUARD * GUARD;
        Ok(CodeMemory { pages: Pages::reserve(size, in_no_file)?, size })
    }
    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.size
    }
    /// How code is written: for people.
    pub fn way(&self) -> &'static str {
        self.pages.way()
    }
    /// The address at which code that is written at a distance from the start runs.
    pub fn at(&self, distance: usize) -> *const u8 {
        self.pages.base().wrapping_add(distance)
    }
    /// The distance from the start of an address, when it lies in the region.
    pub fn distance(&self, address: u64) -> Option<usize> {
        let distance = (address as usize).wrapping_sub(self.at(0) as usize);
        (distance < self.size).then_some(distance)
    }
    /// What was written.
    pub fn read(&self, at: usize, len: usize) -> &[u8] {
        assert!(at.checked_add(len).is_some_and(|end| end <= self.size), "code memory is read out of bounds");
        // SAFETY: in bounds of pages that may always be read, and that nobody writes while `self` is borrowed.
        unsafe { std::slice::from_raw_parts(self.at(at), len) }
    }
    /// Writes code, which must not be running.
    pub fn write(&mut self, at: usize, code: &[u8]) {
        assert!(
            at.checked_add(code.len()).is_some_and(|end| end <= self.size),
            "code memory is written out of bounds"
        );
        self.pages.write(at, code);
    }
}

/// Makes the processor see code that was written at one address and runs at another.
fn publish(written: *const u8, runs: *const u8, len: usize) {
    #[cfg(target_arch = "aarch64")]
    {
        // The smallest line that any processor has, in bytes.
        const LINE: usize = 16;
        let lines = |start: *const u8| (start as usize / LINE * LINE..start as usize + len).step_by(LINE);
        for line in lines(written) {
            // SAFETY: cleans a line of memory that is mapped.
            unsafe { std::arch::asm!("dc cvau, {}", in(reg) line, options(nostack, preserves_flags)) };
        }
        // SAFETY: a barrier.
        unsafe { std::arch::asm!("dsb ish", options(nostack, preserves_flags)) };
        for line in lines(runs) {
            // SAFETY: drops a line of the instruction cache.
            unsafe { std::arch::asm!("ic ivau, {}", in(reg) line, options(nostack, preserves_flags)) };
        }
        // SAFETY: barriers.
        unsafe { std::arch::asm!("dsb ish", "isb", options(nostack, preserves_flags)) };
    }
    // Other processors that there is a compiler for look by themselves.
    let _ = (written, runs, len);
}
