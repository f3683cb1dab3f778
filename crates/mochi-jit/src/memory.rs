//! Memory for code: one reserved region, seen twice. What writes sees it without the right to execute, what runs sees it
//! without the right to write, so that no byte is ever both.

use std::ptr;

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// A page without rights on either side of what is executed, in bytes.
const GUARD: usize = 4096;

/// A region of code that grows.
#[derive(Debug)]
pub struct CodeMemory {
    writable: *mut u8,
    /// The start of the reserved range, the first guard page.
    reserved: *mut u8,
    size: usize,
    used: usize,
}

impl CodeMemory {
    /// Reserves a region; `None` when the system does not allow it.
    pub fn reserve(size: usize) -> Option<CodeMemory> {
        // Jumps reach 2 GiB.
        let size = size.min(1 << 30).next_multiple_of(GUARD);
        let file = memfd_create("mochi-code", MemfdFlags::CLOEXEC).ok()?;
        ftruncate(&file, size as u64).ok()?;
        // SAFETY: new mappings at addresses that the system chooses; the second is laid over the middle of the reserved
        // range, which nobody else knows.
        unsafe {
            let all = size + 2 * GUARD;
            let reserved = mmap_anonymous(ptr::null_mut(), all, ProtFlags::empty(), MapFlags::PRIVATE)
                .ok()?
                .cast::<u8>();
            let fixed = MapFlags::SHARED | MapFlags::FIXED;
            let runs = ProtFlags::READ | ProtFlags::EXEC;
            let writes = ProtFlags::READ | ProtFlags::WRITE;
            let executable = mmap(reserved.add(GUARD).cast(), size, runs, fixed, &file, 0);
            let writable = mmap(ptr::null_mut(), size, writes, MapFlags::SHARED, &file, 0);
            match (executable, writable) {
                (Ok(_), Ok(writable)) => {
                    Some(CodeMemory { writable: writable.cast(), reserved, size, used: 0 })
                }
                (_, writable) => {
                    let _ = munmap(reserved.cast(), all);
                    if let Ok(writable) = writable {
                        let _ = munmap(writable, size);
                    }
                    None
                }
            }
        }
    }

    /// Where the next code will be.
    pub fn next(&self) -> *const u8 {
        self.at(self.used)
    }
    /// The address at which code that was written at a distance from the start runs.
    pub fn at(&self, distance: usize) -> *const u8 {
        self.reserved.wrapping_add(GUARD + distance)
    }
    /// Bytes that are left.
    pub fn room(&self) -> usize {
        self.size - self.used
    }
    /// Appends code; where it runs. `None` when it is too long.
    pub fn append(&mut self, code: &[u8]) -> Option<*const u8> {
        let start = self.used;
        if code.len() > self.room() {
            return None;
        }
        self.used += code.len().next_multiple_of(16).min(self.room());
        self.write(start, code);
        Some(self.at(start))
    }
    /// Replaces bytes of code that runs at an address.
    pub fn replace(&mut self, address: *const u8, code: &[u8]) {
        self.write(address as usize - self.at(0) as usize, code);
    }
    /// Gives all memory after an address back.
    pub fn truncate(&mut self, address: *const u8) {
        self.used = address as usize - self.at(0) as usize;
    }

    fn write(&mut self, at: usize, code: &[u8]) {
        assert!(at + code.len() <= self.size, "code memory is written out of bounds");
        // SAFETY: the range was just compared with the size of the mapping, which lives as long as `self`.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), self.writable.add(at), code.len()) };
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: both mappings are ours, and no code runs any more: whoever runs it borrows its owner.
        unsafe {
            let _ = munmap(self.reserved.cast(), self.size + 2 * GUARD);
            let _ = munmap(self.writable.cast(), self.size);
        }
    }
}
