//! What depends on the processor: the library of its stencils, how their holes are filled, how far jumps reach.
//!
//! Each processor has a module with the same functions; the rest of the compiler knows none by name.

// Tests of one run on the other.
#[cfg(any(target_arch = "aarch64", test))]
#[cfg_attr(not(target_arch = "aarch64"), allow(dead_code))]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

use crate::library::{Kind, Symbol};

/// A jump of a stencil that was copied, whose target is not known yet.
#[derive(Clone, Copy, Debug)]
pub struct Jump {
    /// Where its instruction has the distance.
    pub at: u32,
    /// How it is written there.
    pub kind: Kind,
    /// Where it goes: taken or cold.
    pub symbol: Symbol,
}
