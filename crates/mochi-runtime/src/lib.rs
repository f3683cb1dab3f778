//! The runtime of Mochi programs in the interpreter and the JIT: heap and collector, strings, lists, maps, numbers,
//! equality and order, and the bodies of the runtime functions of `mochi_abi`.
//!
//! Start at [`Runtime`], then [`heap`]. What always holds:
//!
//! - No global state: everything hangs off a [`Runtime`].
//! - Nothing collects but [`Runtime::collect`]; between two safepoints cells may be held in locals.
//! - Objects are laid out as `mochi_abi::layout` says; compiled code reads and writes them directly.
//! - Run-time errors are values ([`Trap`]). A panic is our bug, such as a handle whose object is gone.
//! - The world outside is reached through [`Host`] alone.

pub mod arith;
pub mod detach;
pub mod dynamic;
pub mod elementary;
mod equal;
mod files;
pub mod format;
mod hash;
pub mod heap;
pub mod host;
mod list;
mod map;
pub mod number;
mod order;
mod parse;
mod quotient;
pub mod ratio;
pub mod rows;
pub mod runtime;
pub mod shape;
mod string;
#[cfg(test)]
mod testing;
mod text;
pub mod trap;
pub mod types;
pub mod value;

pub use heap::Heap;
pub use heap::buffer::Stress;
pub use heap::collect::Marker;
pub use host::Host;
pub use runtime::{Limits, Runtime};
pub use trap::{Outcome, Trap};
pub use value::Kind;
