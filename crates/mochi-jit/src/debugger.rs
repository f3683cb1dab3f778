//! The interface by which GDB and LLDB learn of code: a list of object files at a symbol they know, and a function on
//! which they put a breakpoint.

use std::ptr;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use crate::object::{Lines, build};
use crate::watch::{Made, Watch};

/// An object file in the list.
#[repr(C)]
struct Entry {
    next: *mut Entry,
    previous: *mut Entry,
    file: *const u8,
    size: u64,
}

/// The list, as debuggers read it.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Entry,
    first: *mut Entry,
}

const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

// SAFETY: the names that debuggers look for; nobody else has them.
#[unsafe(no_mangle)]
static mut __jit_debug_descriptor: Descriptor =
    Descriptor { version: 1, action: 0, relevant: ptr::null_mut(), first: ptr::null_mut() };

// SAFETY: as above.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // SAFETY: does nothing, and keeps the calls.
    unsafe { std::arch::asm!("", options(nostack)) };
}

/// Who changes the list.
static CHANGES: Mutex<()> = Mutex::new(());

/// Tells debuggers of code.
pub struct Debugger {
    lines: Box<dyn Fn(&Made<'_>) -> Lines>,
    /// By address: the entry, and the file that it refers to.
    known: FxHashMap<u64, (*mut Entry, Box<[u8]>)>,
}

impl Debugger {
    /// One that asks for lines of code.
    pub fn new(lines: Box<dyn Fn(&Made<'_>) -> Lines>) -> Debugger {
        Debugger { lines, known: FxHashMap::default() }
    }
}

impl Watch for Debugger {
    fn made(&mut self, made: &Made<'_>) {
        let file = build(made, &(self.lines)(made)).into_boxed_slice();
        let _changes = CHANGES.lock();
        // SAFETY: the list is changed by one thread at a time, and its entries live until they are taken out of it.
        unsafe {
            let list = &raw mut __jit_debug_descriptor;
            let (next, size) = ((*list).first, file.len() as u64);
            let entry =
                Box::into_raw(Box::new(Entry { next, previous: ptr::null_mut(), file: file.as_ptr(), size }));
            if !next.is_null() {
                (*next).previous = entry;
            }
            ((*list).first, (*list).relevant, (*list).action) = (entry, entry, REGISTER);
            __jit_debug_register_code();
            self.known.insert(made.address, (entry, file));
        }
    }

    fn gone(&mut self, address: u64) {
        let Some((entry, _file)) = self.known.remove(&address) else { return };
        let _changes = CHANGES.lock();
        // SAFETY: as above; the entry is in the list, and nobody refers to it afterwards.
        unsafe {
            let list = &raw mut __jit_debug_descriptor;
            let Entry { next, previous, .. } = *entry;
            match previous.is_null() {
                true => (*list).first = next,
                false => (*previous).next = next,
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            ((*list).relevant, (*list).action) = (entry, UNREGISTER);
            __jit_debug_register_code();
            drop(Box::from_raw(entry));
        }
    }
}

impl Drop for Debugger {
    fn drop(&mut self) {
        let addresses: Vec<u64> = self.known.keys().copied().collect();
        addresses.into_iter().for_each(|address| self.gone(address));
    }
}
