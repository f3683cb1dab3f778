//! Linux: the region is two views of one memory file, one that is written and one that runs. Where the system has no
//! such files or does not let them run, there is one view, whose pages lose the right to run while they are written.

use std::ptr;

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::io::Errno;
use rustix::mm::{
    Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap, mmap_anonymous, mprotect, munmap,
};

use super::{GUARD, Refusal, publish};

/// What pages that run are asked for in addition on aarch64, where processors and systems that do not know it ignore it:
/// that code is entered by its address only where it says so.
const LANDING: ProtFlags = ProtFlags::from_bits_retain(if cfg!(target_arch = "aarch64") { 0x10 } else { 0 });

/// Pages for code.
#[derive(Debug)]
pub struct Pages {
    /// The start of the reserved range, the first guard page.
    reserved: *mut u8,
    size: usize,
    /// Where it is written; null when the pages that run are written.
    writable: *mut u8,
    /// Up to here pages have memory.
    ready: usize,
}

/// The system gives memory to pages in steps of at most so many bytes: it takes longer to ask for them one by one, by writing.
const STEP: usize = 128 << 10;

impl Pages {
    /// Reserves so many bytes, a multiple of the size of guard pages.
    pub fn reserve(size: usize, in_no_file: bool) -> Result<Pages, Refusal> {
        let all = size + 2 * GUARD;
        // SAFETY: a new mapping at an address that the system chooses.
        let reserved = unsafe { mmap_anonymous(ptr::null_mut(), all, ProtFlags::empty(), MapFlags::PRIVATE) };
        let reserved = reserved.map_err(|e| Refusal(vec![("address space", e.into())]))?;
        let mut pages = Pages { reserved: reserved.cast(), size, writable: ptr::null_mut(), ready: 0 };
        type Way = (&'static str, fn(&mut Pages) -> Result<(), Errno>);
        let mut ways: [Way; 2] =
            [("a memory file that runs", Pages::two_views), ("changed rights", Pages::one_view)];
        if in_no_file {
            ways.reverse();
        }
        let mut refusal = Refusal(Vec::new());
        for (tried, way) in ways {
            match way(&mut pages) {
                Ok(()) => return Ok(pages),
                Err(error) => refusal.0.push((tried, error.into())),
            }
        }
        Err(refusal)
    }

    fn one_view(&mut self) -> Result<(), Errno> {
        // The right that pages without any get shows whether they may ever run.
        let runs = MprotectFlags::READ | MprotectFlags::EXEC;
        // SAFETY: the pages between the guards are ours, and nobody uses them.
        unsafe { mprotect(self.start().cast(), self.size, runs) }
    }

    fn two_views(&mut self) -> Result<(), Errno> {
        let file = memfd_create("mochi-code", MemfdFlags::CLOEXEC)?;
        ftruncate(&file, self.size as u64)?;
        let writes = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address that the system chooses, and one over the pages between the guards, which
        // are ours and which nobody uses.
        unsafe {
            let writable = mmap(ptr::null_mut(), self.size, writes, MapFlags::SHARED, &file, 0)?;
            let fixed = MapFlags::SHARED | MapFlags::FIXED;
            let reads = ProtFlags::READ | ProtFlags::EXEC;
            let runs = |rights| mmap(self.start().cast(), self.size, rights, fixed, &file, 0);
            if let Err(error) = runs(reads | LANDING).or_else(|_| runs(reads)) {
                let _ = munmap(writable, self.size);
                return Err(error);
            }
            self.writable = writable.cast();
        }
        Ok(())
    }

    /// Lets pages have memory up to a distance that is written next after another. Where code is put together in order, all
    /// of it is; what is far ahead (a stub) waits for its turn.
    fn make_ready(&mut self, start: usize, end: usize) {
        let from = self.ready;
        if end <= from || start > from + STEP {
            return;
        }
        // As much again as there is: small programs need little. The system takes whole pages only.
        let ready = (end + from.min(STEP)).next_multiple_of(rustix::param::page_size());
        self.ready = ready.min(self.size);
        for (view, advice) in
            [(self.writable, Advice::LinuxPopulateWrite), (self.start(), Advice::LinuxPopulateRead)]
        {
            // SAFETY: pages of the view. Systems that do not know how give memory when it is used.
            let _ = unsafe { madvise(view.add(from).cast(), self.ready - from, advice) };
        }
    }

    fn start(&self) -> *mut u8 {
        self.reserved.wrapping_add(GUARD)
    }
    /// How code is written.
    pub fn way(&self) -> &'static str {
        if self.writable.is_null() { "one view whose rights change" } else { "two views of one memory file" }
    }
    /// Where the first byte runs.
    pub fn base(&self) -> *const u8 {
        self.start()
    }
    /// Writes bytes, which are in bounds.
    pub fn write(&mut self, at: usize, code: &[u8]) {
        let runs = self.start().wrapping_add(at);
        if !self.writable.is_null() {
            self.make_ready(at, at + code.len());
            // SAFETY: the caller knows the size of both views, which live as long as `self`.
            unsafe { ptr::copy_nonoverlapping(code.as_ptr(), self.writable.add(at), code.len()) };
            return publish(self.writable.wrapping_add(at), runs, code.len());
        }
        let page = rustix::param::page_size();
        let first = at / page * page;
        let len = (at + code.len()).next_multiple_of(page) - first;
        let turn = |rights| {
            // SAFETY: whole pages between the guards; nothing runs there while `self` is borrowed, but for what waits
            // for its callee.
            let turned = unsafe { mprotect(self.start().add(first).cast(), len, rights) };
            turned.expect("pages that had a right get it again");
        };
        turn(MprotectFlags::READ | MprotectFlags::WRITE);
        // SAFETY: in bounds, and writable now.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), runs, code.len()) };
        turn(MprotectFlags::READ | MprotectFlags::EXEC);
        publish(runs, runs, code.len());
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: both mappings are ours, and no code runs any more: whoever runs it borrows its owner.
        unsafe {
            let _ = munmap(self.reserved.cast(), self.size + 2 * GUARD);
            if !self.writable.is_null() {
                let _ = munmap(self.writable.cast(), self.size);
            }
        }
    }
}
