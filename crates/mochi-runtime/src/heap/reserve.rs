//! Address ranges, such as that of the heap: reserved once and committed by the system as pages are touched.
//!
//! Pages that were never touched read as zero, which is the header of no live handle; so a handle with any index below
//! the length of the range can be looked up safely.

/// Smallest range that is worth running with.
const SMALLEST: usize = 16 << 20;

/// A reserved range of zeroed memory, readable and writable, given back when dropped.
pub struct Range {
    base: *mut u8,
    len: usize,
}

impl Range {
    /// A range of this length, or of the largest halving of it that the system grants; `None` when that would be
    /// too small.
    pub fn reserve(len: usize) -> Option<Range> {
        let mut len = if cfg!(miri) { SMALLEST } else { len.next_multiple_of(64 << 10) };
        loop {
            if let Some(base) = system::map(len) {
                return Some(Range { base, len });
            }
            len /= 2;
            if len < SMALLEST {
                return None;
            }
        }
    }
    /// Its first byte, aligned to 64 KiB.
    pub fn base(&self) -> *mut u8 {
        self.base
    }
    /// Its length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }
    /// Gives the pages of a part back to the system; the part reads as zero afterwards.
    ///
    /// # Safety
    /// The part lies in the range, is aligned to 64 KiB, and nobody holds a reference into it.
    pub unsafe fn discard(&mut self, offset: usize, len: usize) {
        debug_assert!(offset.checked_add(len).is_some_and(|end| end <= self.len));
        // SAFETY: inside the range by the caller's promise.
        unsafe { system::discard(self.base.add(offset), len) }
    }
}

impl Drop for Range {
    fn drop(&mut self) {
        // SAFETY: `base` and `len` come from `map`, and the heap that owned the range is gone.
        unsafe { system::unmap(self.base, self.len) }
    }
}

/// Unix: an anonymous private mapping that reserves no swap.
#[cfg(all(unix, not(miri)))]
mod system {
    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

    const ALIGN: usize = 64 << 10;

    pub fn map(len: usize) -> Option<*mut u8> {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping at an address that the system chooses touches nobody's memory.
        let start = unsafe {
            mmap_anonymous(std::ptr::null_mut(), len + ALIGN, ProtFlags::READ | ProtFlags::WRITE, flags)
                .ok()?
        };
        let start = start.cast::<u8>();
        let lead = start.align_offset(ALIGN);
        // SAFETY: the parts before and after the aligned range belong to the new mapping, and nobody uses them.
        unsafe {
            if lead > 0 {
                let _ = munmap(start.cast(), lead);
            }
            let _ = munmap(start.add(lead + len).cast(), ALIGN - lead);
            Some(start.add(lead))
        }
    }

    pub unsafe fn unmap(base: *mut u8, len: usize) {
        // SAFETY: the caller passes a range that `map` returned and nobody uses.
        let _ = unsafe { munmap(base.cast(), len) };
    }

    pub unsafe fn discard(base: *mut u8, len: usize) {
        // On Linux, private anonymous pages read as zero after this; elsewhere they may keep their contents.
        if cfg!(target_os = "linux") {
            // SAFETY: the caller passes pages of the mapping into which nobody holds references.
            let _ = unsafe { madvise(base.cast(), len, Advice::LinuxDontNeed) };
        } else {
            // SAFETY: as above.
            unsafe { base.write_bytes(0, len) };
        }
    }
}

/// Elsewhere (and under Miri): memory from the allocator, so a modest amount.
#[cfg(not(all(unix, not(miri))))]
mod system {
    use std::alloc::{GlobalAlloc, Layout, System};

    const MOST: usize = 256 << 20;
    const ALIGN: usize = 64 << 10;

    pub fn map(len: usize) -> Option<*mut u8> {
        if len > MOST {
            return None;
        }
        let layout = Layout::from_size_align(len, ALIGN).ok()?;
        // SAFETY: the layout is not empty.
        let base = unsafe { System.alloc_zeroed(layout) };
        (!base.is_null()).then_some(base)
    }

    pub unsafe fn unmap(base: *mut u8, len: usize) {
        if let Ok(layout) = Layout::from_size_align(len, ALIGN) {
            // SAFETY: the caller passes what `map` returned, and this is the layout it was made with.
            unsafe { System.dealloc(base, layout) }
        }
    }

    pub unsafe fn discard(base: *mut u8, len: usize) {
        // SAFETY: the caller passes a part of the range into which nobody holds references.
        unsafe { base.write_bytes(0, len) }
    }
}
