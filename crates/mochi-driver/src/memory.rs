//! The allocator: the system's, and an end with a message where that has no more.
//!
//! Collections of the standard library cannot fail, so when the system refuses memory the process ends here: not by an
//! abort, which tells nobody why, but with a message, the status of a failure, and without what it would leave behind.
//! Data of programs does not come here: the heap asks the system itself, and what that refuses is an error of the program.
//!
//! What the end needs comes from a reserve. So does what is refused to somebody who must not be stopped at once
//! ([`to_the_end`]); the process ends then as soon as that is done.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::{EXIT_FAILURE, group};

/// The allocator of processes that compile and run programs.
pub struct Allocator;

/// Bytes of the reserve: some paths, and what starting a command takes. Pages that are not touched cost nothing.
const RESERVE: usize = 256 << 10;

#[repr(align(16))]
struct Reserve(UnsafeCell<[u8; RESERVE]>);

// SAFETY: parts are handed out once each, by `NEXT`.
unsafe impl Sync for Reserve {}

static RESERVED: Reserve = Reserve(UnsafeCell::new([0; RESERVE]));
/// Bytes of the reserve that were handed out. What is given back is not used again.
static NEXT: AtomicUsize = AtomicUsize::new(0);
/// Whether a thread ends the process.
static ENDING: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// How many callers of [`to_the_end`] this thread is in.
    static UNSTOPPED: Cell<u32> = const { Cell::new(0) };
    /// Bytes that were refused to one of them.
    static REFUSED: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Does work that nobody may stop half way, and that takes little memory. When the system refused it some, the process ends
/// after it.
pub(crate) fn to_the_end<T>(work: impl FnOnce() -> T) -> T {
    struct Unstopped;
    impl Drop for Unstopped {
        fn drop(&mut self) {
            UNSTOPPED.set(UNSTOPPED.get() - 1);
        }
    }
    UNSTOPPED.set(UNSTOPPED.get() + 1);
    let unstopped = Unstopped;
    let done = work();
    drop(unstopped);
    if UNSTOPPED.get() == 0
        && let Some(bytes) = REFUSED.get()
    {
        end(bytes);
    }
    done
}

/// Zeroed memory of the reserve.
fn reserved(layout: Layout) -> Option<*mut u8> {
    let base = RESERVED.0.get().cast::<u8>();
    let place = |next: usize| {
        let start = next + base.wrapping_add(next).align_offset(layout.align());
        Some((start, start.checked_add(layout.size()).filter(|&end| end <= RESERVE)?))
    };
    let next = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| Some(place(next)?.1)).ok()?;
    Some(base.wrapping_add(place(next)?.0))
}

fn is_reserved(memory: *mut u8) -> bool {
    (memory as usize).wrapping_sub(RESERVED.0.get() as usize) < RESERVE
}

/// What there is instead of memory that the system refuses.
#[cold]
#[inline(never)]
fn refused(layout: Layout) -> *mut u8 {
    if UNSTOPPED.get() == 0 {
        end(layout.size());
    }
    REFUSED.set(Some(layout.size()));
    let Some(memory) = reserved(layout) else {
        // Whoever cleans up waits for this thread, or is it.
        tell(layout.size());
        std::process::abort();
    };
    memory
}

/// Ends the process.
fn end(bytes: usize) -> ! {
    if ENDING.swap(true, Ordering::Relaxed) {
        // Another thread does, and waits for what this one does to the end.
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    to_the_end(|| {
        tell(bytes);
        group::clean_up_and(exit_at_once, EXIT_FAILURE.into())
    })
}

/// Without what the standard library does at an end, which waits for ever where memory was refused to the making of standard
/// output.
#[cfg(unix)]
fn exit_at_once(status: i32) -> ! {
    unsafe extern "C" {
        safe fn _exit(status: i32) -> !;
    }
    _exit(status)
}
#[cfg(not(unix))]
fn exit_at_once(status: i32) -> ! {
    std::process::exit(status)
}

/// Says why the process ends, without memory.
fn tell(bytes: usize) {
    let mut text = [0; 96];
    let mut rest = &mut text[..];
    // It has room, and nobody is there to tell when standard error is closed.
    let _ = writeln!(rest, "mochi: out of memory: the system refuses {bytes} bytes");
    let left = rest.len();
    let _ = write(&text[..text.len() - left]);
}

/// Standard error may be in use by this thread, so it is written to without its lock.
#[cfg(unix)]
fn write(bytes: &[u8]) -> std::io::Result<usize> {
    Ok(rustix::io::write(std::io::stderr(), bytes)?)
}
#[cfg(not(unix))]
fn write(bytes: &[u8]) -> std::io::Result<usize> {
    std::io::stderr().write(bytes)
}

// SAFETY: memory is the system's, or a part of the reserve that nobody else has; blocks keep their size until they are
// given back or moved, and none unwinds.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those of this function.
        let memory = unsafe { System.alloc(layout) };
        if memory.is_null() { refused(layout) } else { memory }
    }
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() { refused(layout) } else { memory }
    }
    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if !is_reserved(memory) {
            // SAFETY: what is not of the reserve came from the system with this layout, by the caller's promise.
            unsafe { System.dealloc(memory, layout) }
        }
    }
    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !is_reserved(memory) {
            // SAFETY: as above.
            let moved = unsafe { System.realloc(memory, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: the size is in range by the caller's promise; both blocks have so many bytes, and are apart.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            std::ptr::copy_nonoverlapping(memory, moved, layout.size().min(size));
            self.dealloc(memory, layout);
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_hands_out_parts_that_are_apart_and_ends() {
        let layout = |size, align| Layout::from_size_align(size, align).unwrap();
        let parts: Vec<(usize, Layout)> = [(1, 1), (10, 8), (100, 64), (3, 1), (4096, 4096)]
            .map(|(size, align)| (reserved(layout(size, align)).unwrap() as usize, layout(size, align)))
            .to_vec();
        for pair in parts.windows(2) {
            assert!(pair[0].0 + pair[0].1.size() <= pair[1].0, "{parts:?}");
        }
        assert!(parts.iter().all(|(at, layout)| at % layout.align() == 0 && is_reserved(*at as *mut u8)));
        assert!(reserved(layout(RESERVE, 1)).is_none());
        assert!(reserved(layout(usize::MAX / 2, 1)).is_none());
        let mut other = 0u8;
        assert!(!is_reserved(&raw mut other));
    }

    #[test]
    fn work_goes_on_without_the_system_and_memory_keeps_its_bytes() {
        UNSTOPPED.set(1);
        let layout = Layout::from_size_align(8, 8).unwrap();
        let memory = refused(layout);
        assert!(is_reserved(memory) && REFUSED.replace(None) == Some(8));
        // SAFETY: the blocks have the sizes that are said.
        let moved = unsafe {
            memory.write_bytes(7, 8);
            let moved = Allocator.realloc(memory, layout, 16);
            let bytes = std::slice::from_raw_parts(moved, 8).to_vec();
            Allocator.dealloc(moved, Layout::from_size_align(16, 8).unwrap());
            (is_reserved(moved), bytes)
        };
        UNSTOPPED.set(0);
        assert_eq!(moved, (false, vec![7; 8]));
    }
}
