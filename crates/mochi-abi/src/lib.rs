//! The contract between compiled code and the runtime, which both sides obey and neither owns: how a [`cell`] is coded,
//! how heap objects are laid out ([`layout`]), which runtime functions exist ([`runtime`]), and the kinds of
//! [`trap`].
//!
//! Everything here is data or arithmetic on words: no memory is touched.
#![forbid(unsafe_code)]

pub mod cell;
pub mod layout;
pub mod native;
pub mod runtime;
pub mod trap;

pub use cell::Cell;
pub use layout::{Arena, ElemKind, GROUP_NAME, MapType, TypeId};
pub use runtime::{RuntimeFn, RuntimeTy};
pub use trap::TrapKind;
