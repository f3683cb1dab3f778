//! Buffers behind strings, lists, maps and bigints: memory of the system's allocator, counted against the limit, checked
//! before it is asked for. An allocator of the process would not do, since one may end it where the system has no more.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::NonNull;

use mochi_abi::native;

use super::Heap;
use crate::trap::{Outcome, Trap};

/// Alignment of all buffers.
const ALIGN: usize = 8;
/// A heap does not collect before it allocated this much, unless the limit is lower.
const LEAST: usize = 2 << 20;
/// What a heap near its limit may allocate at least between collections.
const LEAST_AT_LIMIT: usize = 256 << 10;

/// Whether a collection is due at every safepoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stress {
    /// Collect when enough was allocated.
    Off,
    /// Collect at every safepoint, to find roots that are missing.
    On,
}

/// Bytes in use, and when to collect. Native code counts the text that it adds to strings, in the first fields.
#[derive(Debug)]
#[repr(C)]
pub struct Account {
    /// Bytes of slots and buffers handed out since the last collection.
    pub allocated: usize,
    /// A collection is due when `allocated` reaches this.
    pub threshold: usize,
    /// Bytes of buffers, those of dead objects that were not swept yet included.
    pub buffer_bytes: usize,
    /// Bytes found live by the last collection.
    pub live: usize,
    /// Those of them in buffers without cells and in the text of strings.
    pub flat: usize,
    /// Bytes of slots carved so far, free ones included.
    pub slot_bytes: usize,
    /// Most bytes that may be in use.
    pub limit: usize,
    /// Whether every safepoint collects.
    pub stress: Stress,
    /// Collections so far.
    pub collections: u64,
}

const _: () = {
    assert!(std::mem::offset_of!(Account, allocated) == native::ACCOUNT_ALLOCATED);
    assert!(std::mem::offset_of!(Account, threshold) == native::ACCOUNT_THRESHOLD);
    assert!(std::mem::offset_of!(Account, buffer_bytes) == native::ACCOUNT_BUFFERS);
};

impl Account {
    pub(crate) fn new(limit: usize) -> Account {
        let mut account = Account {
            allocated: 0,
            threshold: 0,
            buffer_bytes: 0,
            live: 0,
            flat: 0,
            slot_bytes: 0,
            limit,
            stress: Stress::Off,
            collections: 0,
        };
        account.set_threshold();
        account
    }
    /// Bytes in use: live at the last collection or allocated since.
    pub fn in_use(&self) -> usize {
        self.live + self.allocated
    }
    /// Counts bytes of a buffer that come into use.
    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize) {
        self.buffer_bytes += bytes;
        self.allocated += bytes;
    }
    /// Decides when the next collection is due: after as much allocation as there is to look through, so that the cost
    /// of collecting stays in proportion, and a quarter of what need not be looked through; earlier near the limit.
    pub(crate) fn set_threshold(&mut self) {
        let room = self.limit.saturating_sub(self.live).max(LEAST_AT_LIMIT);
        let due = self.live - self.flat + self.flat / 4;
        self.threshold = match self.stress {
            Stress::Off => due.max(LEAST).min(room),
            Stress::On => 0,
        };
    }
    /// Checks that so many more bytes may be asked for. Garbage is not held against the program: it would be collected
    /// at the next safepoint.
    #[inline]
    pub fn check(&self, bytes: usize) -> Outcome<()> {
        if bytes > self.limit.saturating_sub(self.live) || bytes > isize::MAX as usize / 2 {
            return Err(Trap::memory(self.limit));
        }
        Ok(())
    }
}

impl Heap {
    /// Whether a collection is due; to be asked at safepoints.
    #[inline]
    pub fn should_collect(&self) -> bool {
        self.account.allocated >= self.account.threshold
    }
    /// Turns stress on or off.
    pub fn set_stress(&mut self, stress: Stress) {
        self.account.stress = stress;
        self.account.set_threshold();
    }

    /// A buffer of uninitialised bytes; `bytes` is not zero. Traps: no memory.
    pub(crate) fn new_buffer(&mut self, bytes: usize) -> Outcome<NonNull<u8>> {
        self.account.check(bytes)?;
        let buffer = raw_buffer(bytes).ok_or_else(|| Trap::memory(self.account.limit))?;
        self.account.charge(bytes);
        Ok(buffer)
    }

    /// Changes the size of a buffer, keeping its contents. Traps: no memory; the buffer is unchanged then.
    ///
    /// # Safety
    /// `buffer` came from `new_buffer` or `grow_buffer` with size `old`, and nobody holds references into it.
    pub(crate) unsafe fn grow_buffer(
        &mut self,
        buffer: *mut u8,
        old: usize,
        new: usize,
    ) -> Outcome<NonNull<u8>> {
        debug_assert!(new >= old);
        self.account.check(new)?;
        // SAFETY: by the caller's promise; `new` is bounded by `check`.
        let moved = unsafe { System.realloc(buffer, Layout::from_size_align_unchecked(old, ALIGN), new) };
        let moved = NonNull::new(moved).ok_or_else(|| Trap::memory(self.account.limit))?;
        self.account.charge(new - old);
        Ok(moved)
    }

    /// Gives a buffer back.
    ///
    /// # Safety
    /// As for `grow_buffer`; the buffer is not used again.
    pub(crate) unsafe fn release_buffer(&mut self, buffer: *mut u8, bytes: usize) {
        self.account.buffer_bytes -= bytes;
        // SAFETY: by the caller's promise.
        unsafe { free_raw_buffer(buffer, bytes) }
    }
}

/// A buffer that is not counted; `None` when there is no memory. `bytes` is not zero and far below `isize::MAX`.
pub(crate) fn raw_buffer(bytes: usize) -> Option<NonNull<u8>> {
    assert!(bytes > 0 && bytes < isize::MAX as usize / 2, "a buffer of {bytes} bytes");
    // SAFETY: the size is not zero and in range, just checked; the alignment is a power of two.
    NonNull::new(unsafe { System.alloc(Layout::from_size_align_unchecked(bytes, ALIGN)) })
}

/// Gives back a buffer that is not counted.
///
/// # Safety
/// It came from `raw_buffer` with this size and is not used again.
pub(crate) unsafe fn free_raw_buffer(buffer: *mut u8, bytes: usize) {
    // SAFETY: by the caller's promise.
    unsafe { System.dealloc(buffer, Layout::from_size_align_unchecked(bytes, ALIGN)) }
}
