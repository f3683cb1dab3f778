//! A thread with a stack large enough for sources of any depth that the parser accepts.
//!
//! The stack is reserved address space, committed page by page as it is used, so its size costs nothing. Where the
//! system refuses the full reservation a smaller one is tried.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::thread;

/// Reservations in MiB, tried in order.
const SIZES_MIB: [usize; 4] = [2048, 1024, 512, 128];

/// MiB of the largest stack that the system reserves; `None` when it refuses the smallest.
pub(crate) fn largest_mib() -> Option<usize> {
    SIZES_MIB.into_iter().find(|mib| {
        let thread = thread::Builder::new().stack_size(mib << 20).spawn(|| {});
        thread.is_ok_and(|thread| thread.join().is_ok())
    })
}

thread_local! {
    /// The address where the stack of the thread ends, when it is one of ours.
    static END: Cell<Option<usize>> = const { Cell::new(None) };
}

/// An address on the stack.
fn here() -> usize {
    let mark = 0u8;
    std::hint::black_box(&raw const mark) as usize
}

/// Bytes that the stack of this thread has left, at least.
pub(crate) fn room() -> usize {
    // What threads of the standard library have, less what may be in use.
    const OTHERS: usize = 256 << 10;
    END.get().map_or(OTHERS, |end| here().saturating_sub(end))
}

/// Runs `work` on a thread with a large stack. A panic in `work` is passed on.
pub fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let mut work = Some(work);
    thread::scope(|scope| {
        for mib in SIZES_MIB {
            let slot = std::sync::Mutex::new(work.take());
            let slot = std::sync::Arc::new(slot);
            let taken = std::sync::Arc::clone(&slot);
            let spawned = thread::Builder::new().name("mochi".into()).stack_size(mib << 20).spawn_scoped(
                scope,
                move || {
                    END.set(Some(here().saturating_sub((mib - 1) << 20)));
                    let work = taken.lock().ok().and_then(|mut slot| slot.take());
                    work.map(|work| std::panic::catch_unwind(AssertUnwindSafe(work)))
                },
            );
            match spawned {
                Ok(handle) => match handle.join() {
                    Ok(Some(Ok(value))) => return value,
                    Ok(Some(Err(panic))) | Err(panic) => std::panic::resume_unwind(panic),
                    Ok(None) => unreachable!("the work is taken once"),
                },
                Err(_) => work = slot.lock().ok().and_then(|mut slot| slot.take()),
            }
        }
        let work = work.take().expect("no thread took the work");
        work()
    })
}
