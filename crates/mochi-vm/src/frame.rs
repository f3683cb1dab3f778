//! Frames on the stack of the interpreted program. `docs/vm.md`, "Frame", is the contract that compiled code will share.
//!
//! A frame is `slots` words from its base upwards, below it three header words:
//!
//! ```text
//! base - 3   base of the caller's frame
//! base - 2   where the caller goes on: the word after the call
//! base - 1   the function, a `Callee`
//! base       raw parameters | cell parameters | other cells | other raw slots
//! ```
//!
//! The word before the return address has in its last field the slot of the caller that takes the result.

use crate::code::{Code, FRAME_HEADER, Word};

/// What a call needs to know of a function; one per function, at a fixed address while the program runs.
#[derive(Debug)]
#[repr(C)]
pub struct Callee {
    /// Its first instruction.
    pub entry: *const Word,
    /// Slots of its frame.
    pub slots: u16,
    /// First slot that is zeroed on entry: the cell slots after the parameters.
    pub zero_start: u16,
    /// How many slots are zeroed.
    pub zero_len: u16,
    /// First cell slot, and number of raw parameters.
    pub cells_start: u16,
    /// One past the last cell slot.
    pub cells_end: u16,
    /// Number of parameters.
    pub params: u16,
    /// Position in the program.
    pub index: u32,
    /// How hot it is.
    pub heat: u32,
    /// Entry of native code, for a compiler to fill; null while there is none.
    pub native: *const u8,
}

impl Callee {
    /// The callee of a function whose words start at `words`.
    pub fn new(index: u32, f: &Code, words: *const Word) -> Callee {
        let params = f.raw_params + f.cell_params;
        Callee {
            entry: words.wrapping_add(f.start as usize),
            slots: f.slots,
            zero_start: params,
            zero_len: f.cells_end - params,
            cells_start: f.cells_start(),
            cells_end: f.cells_end,
            params,
            index,
            heat: 0,
            native: std::ptr::null(),
        }
    }
}

/// A frame of the running program.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Its base.
    pub base: *mut u64,
}

impl Frame {
    /// The function.
    ///
    /// # Safety
    /// The frame is live: the run that made it has not left it.
    pub unsafe fn callee<'a>(self) -> &'a Callee {
        // SAFETY: the header of a live frame holds the address of a callee, which live as long as the run.
        unsafe { &*(self.base.sub(1).read() as *const Callee) }
    }
    /// Where its caller goes on.
    ///
    /// # Safety
    /// As for `callee`.
    pub unsafe fn return_address(self) -> *const Word {
        // SAFETY: the header of a live frame.
        unsafe { self.base.sub(2).read() as *const Word }
    }
    /// The frame of its caller; of the outermost, one without a function.
    ///
    /// # Safety
    /// As for `callee`.
    pub unsafe fn caller(self) -> Frame {
        // SAFETY: the header of a live frame.
        Frame { base: unsafe { self.base.sub(3).read() as *mut u64 } }
    }
    /// Writes the header of a new frame.
    ///
    /// # Safety
    /// The three words below the base are free stack.
    #[inline(always)]
    pub unsafe fn enter(
        base: *mut u64,
        callee: *const Callee,
        return_address: *const Word,
        caller: *mut u64,
    ) {
        // SAFETY: free stack, by the caller's promise.
        unsafe {
            base.sub(1).write(callee as u64);
            base.sub(2).write(return_address as u64);
            base.sub(3).write(caller as u64);
        }
    }
}

const _: () = assert!(FRAME_HEADER == 3);
