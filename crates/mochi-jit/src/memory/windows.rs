//! Windows: pages are reserved, committed, and lose the right to run while they are written.
//! Not tried yet: no compiler makes code for this system.

use std::ffi::c_void;
use std::{io, ptr};

use super::{GUARD, Refusal};

const MEM_COMMIT: u32 = 0x1000;
const MEM_RESERVE: u32 = 0x2000;
const MEM_RELEASE: u32 = 0x8000;
const PAGE_NOACCESS: u32 = 0x01;
const PAGE_READWRITE: u32 = 0x04;
const PAGE_EXECUTE_READ: u32 = 0x20;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn VirtualAlloc(at: *mut c_void, len: usize, kind: u32, rights: u32) -> *mut c_void;
    fn VirtualProtect(at: *mut c_void, len: usize, rights: u32, before: *mut u32) -> i32;
    fn VirtualFree(at: *mut c_void, len: usize, kind: u32) -> i32;
    fn FlushInstructionCache(process: *mut c_void, at: *const c_void, len: usize) -> i32;
    fn GetCurrentProcess() -> *mut c_void;
}

/// Pages for code.
#[derive(Debug)]
pub struct Pages {
    /// The start of the reserved range, the first guard page.
    reserved: *mut u8,
}

impl Pages {
    /// Reserves so many bytes, a multiple of the size of guard pages.
    pub fn reserve(size: usize, _in_no_file: bool) -> Result<Pages, Refusal> {
        let refused = |tried| Refusal(vec![(tried, io::Error::last_os_error())]);
        // SAFETY: a new range at an address that the system chooses.
        let reserved = unsafe { VirtualAlloc(ptr::null_mut(), size + 2 * GUARD, MEM_RESERVE, PAGE_NOACCESS) };
        if reserved.is_null() {
            return Err(refused("address space"));
        }
        let pages = Pages { reserved: reserved.cast() };
        // SAFETY: the pages between the guards are ours, and nobody uses them.
        let committed = unsafe { VirtualAlloc(pages.start().cast(), size, MEM_COMMIT, PAGE_EXECUTE_READ) };
        if committed.is_null() { Err(refused("pages that run")) } else { Ok(pages) }
    }

    fn start(&self) -> *mut u8 {
        self.reserved.wrapping_add(GUARD)
    }
    /// How code is written.
    pub fn way(&self) -> &'static str {
        "one view whose rights change"
    }
    /// Where the first byte runs.
    pub fn base(&self) -> *const u8 {
        self.start()
    }
    /// Writes bytes, which are in bounds.
    pub fn write(&mut self, at: usize, code: &[u8]) {
        let to = self.start().wrapping_add(at);
        let turn = |rights| {
            let mut before = 0;
            // SAFETY: the pages of a range between the guards; nothing runs there while `self` is borrowed, but for what
            // waits for its callee.
            let turned = unsafe { VirtualProtect(to.cast(), code.len(), rights, &mut before) };
            assert_ne!(turned, 0, "pages that had a right get it again");
        };
        turn(PAGE_READWRITE);
        // SAFETY: in bounds by the caller's promise, and writable now.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), to, code.len()) };
        turn(PAGE_EXECUTE_READ);
        // SAFETY: the range was just written.
        unsafe { FlushInstructionCache(GetCurrentProcess(), to.cast(), code.len()) };
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the range is ours, and no code runs any more: whoever runs it borrows its owner.
        unsafe { VirtualFree(self.reserved.cast(), 0, MEM_RELEASE) };
    }
}
