//! Facts about functions that passes and the verifier share. Each is computed from scratch and holds until the function
//! changes.

pub mod dominators;

pub use dominators::Dominators;
