//! What native code made at run time finds where: the fields of the context that it carries in a register, in bytes from
//! its start. The stencils are compiled with these numbers, and `mochi-vm` lays out its context to them.

macro_rules! fields {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Position { $($name,)* }
        $($(#[doc = $doc])* pub const $name: usize = Position::$name as usize * 8;)*
        /// All fields, as the sources of stencils name them.
        pub const FIELDS: &[(&str, usize)] = &[$((stringify!($name), $name),)*];
    };
}

fields! {
    /// The word that is not 0 when somebody wants the program to end.
    INTERRUPT;
    /// Address of the heap.
    HEAP;
    /// Address of the globals.
    GLOBALS;
    /// Address of the string constants.
    STRS;
    /// One past the last word that a frame may use.
    STACK_END;
    /// Native stack pointer at and below which no function may be called.
    LOWEST;
    /// The same if only the number of frames counts.
    DEPTH;
    /// The same if only the native stack counts.
    FLOOR;
    /// Native stack pointer of the function that was left.
    LEFT_AT;
    /// The frame of the function that was found for a call, or where the interpreter goes on.
    FRAME;
    /// The function that makes code for functions that have none.
    RESOLVE;
    /// Native stack pointer where native code was entered.
    ENTERED;
    /// Why native code ended; 0 when its function returned.
    STATE;
    /// The value of a call that needed no function.
    VALUE;
    /// Address of the positions of variants, by shape.
    VARIANTS;
    /// Address of the entries of function values, by row.
    CLOSURES;
    /// Address of what counts the bytes in use.
    ACCOUNT;
}

/// Distances in the entry of a function value, in what it says of the function, and in what counts bytes, in bytes, as the
/// sources of stencils name them.
pub const PARTS: &[(&str, usize)] = &[
    ("CLOSURE_CALLEE", CLOSURE_CALLEE),
    ("CLOSURE_RAW", CLOSURE_RAW),
    ("CLOSURE_CELLS", CLOSURE_CELLS),
    ("CLOSURE_SIZE", CLOSURE_SIZE),
    ("CALLEE_SLOTS", CALLEE_SLOTS),
    ("CALLEE_NATIVE", CALLEE_NATIVE),
    ("ACCOUNT_ALLOCATED", ACCOUNT_ALLOCATED),
    ("ACCOUNT_THRESHOLD", ACCOUNT_THRESHOLD),
    ("ACCOUNT_BUFFERS", ACCOUNT_BUFFERS),
];

/// An entry's function.
pub const CLOSURE_CALLEE: usize = 0;
/// How many raw words its values capture.
pub const CLOSURE_RAW: usize = 16;
/// How many cells they capture, in objects after the raw words.
pub const CLOSURE_CELLS: usize = 18;
/// The size of an entry.
pub const CLOSURE_SIZE: usize = 40;
/// How many slots the frame of a function has.
pub const CALLEE_SLOTS: usize = 8;
/// The native code of a function; null while there is none.
pub const CALLEE_NATIVE: usize = 32;
/// Bytes handed out since the last collection.
pub const ACCOUNT_ALLOCATED: usize = 0;
/// How many of them make a collection due.
pub const ACCOUNT_THRESHOLD: usize = 8;
/// Bytes of buffers.
pub const ACCOUNT_BUFFERS: usize = 16;
