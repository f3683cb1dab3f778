//! What debuggers and profilers are told of code: names, places in the source, and how to get to the caller.

/// Code that was made.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The function, or what all functions share.
    pub name: &'a str,
    /// Where it runs.
    pub address: u64,
    /// The bytes.
    pub code: &'a [u8],
    /// Distances at which other source begins, ascending, and its position in the compiler's source map; 0 when there is
    /// none.
    pub places: &'a [(u32, u32)],
    /// Distances from which the caller is found in another way, ascending. It starts with [`Caller::Called`].
    pub callers: &'a [(u32, Caller)],
}

/// Where the return address is, and what the caller had in the registers that it keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Caller {
    /// On top of the native stack, with so many bytes above it; the frame pointer is the caller's.
    Called(u8),
    /// Below the caller's frame pointer, which is on top of the stack.
    Pushed,
    /// Below the caller's frame pointer, at which the frame pointer points.
    Framed,
    /// The same, and below are the registers that Rust wants back.
    Entered,
}

/// Somebody who is told.
pub trait Watch {
    /// There is new code.
    fn made(&mut self, made: &Made<'_>);
    /// Code at an address will be overwritten.
    fn gone(&mut self, address: u64);
}
