//! Apple systems: pages that were mapped for code (`MAP_JIT`) are writable or executable by a switch of the thread.
//! Not tried yet: no compiler makes code for these systems.

use std::ffi::{c_int, c_void};
use std::{io, ptr};

use super::{GUARD, Refusal, publish};

const PROT_NONE: c_int = 0;
const PROT_READ: c_int = 1;
const PROT_WRITE: c_int = 2;
const PROT_EXEC: c_int = 4;
const MAP_PRIVATE: c_int = 0x2;
const MAP_FIXED: c_int = 0x10;
const MAP_ANON: c_int = 0x1000;
const MAP_JIT: c_int = 0x800;

unsafe extern "C" {
    fn mmap(
        at: *mut c_void,
        len: usize,
        rights: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn munmap(at: *mut c_void, len: usize) -> c_int;
    #[cfg(target_arch = "aarch64")]
    fn pthread_jit_write_protect_np(protected: c_int);
    #[cfg(not(target_arch = "aarch64"))]
    fn mprotect(at: *mut c_void, len: usize, rights: c_int) -> c_int;
}

/// Pages for code.
#[derive(Debug)]
pub struct Pages {
    /// The start of the reserved range, the first guard page.
    reserved: *mut u8,
    size: usize,
}

impl Pages {
    /// Reserves so many bytes, a multiple of the size of guard pages.
    pub fn reserve(size: usize, _in_no_file: bool) -> Result<Pages, Refusal> {
        let map = |at: *mut u8, len, rights, flags, tried| {
            let flags = flags | MAP_PRIVATE | MAP_ANON;
            // SAFETY: a new mapping, at an address that the system chooses or over one that is ours and unused.
            let mapped = unsafe { mmap(at.cast(), len, rights, flags, -1, 0) };
            match mapped as isize {
                -1 => Err(Refusal(vec![(tried, io::Error::last_os_error())])),
                _ => Ok(mapped.cast::<u8>()),
            }
        };
        let all = size + 2 * GUARD;
        let reserved = map(ptr::null_mut(), all, PROT_NONE, 0, "address space")?;
        let pages = Pages { reserved, size };
        // Intel machines have the rights of the mapping, others those of the switch.
        let rights = PROT_READ | PROT_EXEC | if cfg!(target_arch = "aarch64") { PROT_WRITE } else { 0 };
        map(pages.start(), size, rights, MAP_FIXED | MAP_JIT, "memory for code")?;
        Ok(pages)
    }

    fn start(&self) -> *mut u8 {
        self.reserved.wrapping_add(GUARD)
    }
    /// How code is written.
    pub fn way(&self) -> &'static str {
        "memory for code, switched by the thread"
    }
    /// Where the first byte runs.
    pub fn base(&self) -> *const u8 {
        self.start()
    }
    /// Writes bytes, which are in bounds.
    pub fn write(&mut self, at: usize, code: &[u8]) {
        let to = self.start().wrapping_add(at);
        self.protect(false);
        // SAFETY: in bounds by the caller's promise, and writable now.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), to, code.len()) };
        self.protect(true);
        publish(to, to, code.len());
    }

    #[cfg(target_arch = "aarch64")]
    fn protect(&self, protected: bool) {
        // SAFETY: the switch concerns pages for code only, and this thread runs none of them meanwhile.
        unsafe { pthread_jit_write_protect_np(c_int::from(protected)) };
    }
    #[cfg(not(target_arch = "aarch64"))]
    fn protect(&self, protected: bool) {
        let rights = PROT_READ | if protected { PROT_EXEC } else { PROT_WRITE };
        // SAFETY: all pages between the guards, none of which runs meanwhile.
        let turned = unsafe { mprotect(self.start().cast(), self.size, rights) };
        assert_eq!(turned, 0, "pages that had a right get it again");
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and no code runs any more: whoever runs it borrows its owner.
        unsafe { munmap(self.reserved.cast(), self.size + 2 * GUARD) };
    }
}
