//! The bodies of the runtime functions and the table through which they are called.
//!
//! One Rust function per row of `for_each_runtime_fn!`, in modules by area. [`TABLE`] is an expansion of the same rows,
//! so a row without a body, or a body of another signature, does not compile.

use mochi_abi::{Cell, RuntimeFn, for_each_runtime_fn};

use crate::runtime::Runtime;
use crate::trap::Outcome;

pub mod bigint;
pub mod bigrat;
pub mod dynamic;
pub mod files;
pub mod io;
pub mod math;
pub mod net;
pub mod number;
pub mod text;
pub mod world;

/// A runtime function by words: ints as they are, doubles by their bits, bools as 0 or 1, cells by their words. The
/// number of arguments is that of the row's parameters. The result of functions without one is 0.
pub type RawFn = fn(&mut Runtime, &[u64]) -> Outcome<u64>;

/// Calls a runtime function with as many words as it has parameters.
#[inline]
pub fn call(runtime: &mut Runtime, function: RuntimeFn, args: &[u64]) -> Outcome<u64> {
    TABLE[function as usize](runtime, args)
}

/// A type of parameters or results, and how it is stored in a word.
trait Word {
    fn from_word(word: u64) -> Self;
    fn into_word(self) -> u64;
}

impl Word for i64 {
    fn from_word(word: u64) -> i64 {
        word as i64
    }
    fn into_word(self) -> u64 {
        self as u64
    }
}

impl Word for f64 {
    fn from_word(word: u64) -> f64 {
        f64::from_bits(word)
    }
    fn into_word(self) -> u64 {
        self.to_bits()
    }
}

impl Word for bool {
    fn from_word(word: u64) -> bool {
        word != 0
    }
    fn into_word(self) -> u64 {
        u64::from(self)
    }
}

impl Word for Cell {
    fn from_word(word: u64) -> Cell {
        Cell(word)
    }
    fn into_word(self) -> u64 {
        self.0
    }
}

impl Word for () {
    fn from_word(_: u64) {}
    fn into_word(self) -> u64 {
        0
    }
}

/// The bodies under their names.
mod bodies {
    pub use super::bigint::*;
    pub use super::bigrat::*;
    pub use super::dynamic::*;
    pub use super::files::*;
    pub use super::io::*;
    pub use super::math::*;
    pub use super::net::*;
    pub use super::number::*;
    pub use super::text::*;
    pub use super::world::*;
}

/// The Rust type of a `RuntimeTy`.
macro_rules! rust_type {
    (I64) => {
        i64
    };
    (F64) => {
        f64
    };
    (Bool) => {
        bool
    };
    (Unit) => {
        ()
    };
    ($cell:ident) => {
        Cell
    };
}

macro_rules! table {
    ($($(#[$meta:meta])* $name:ident($($param:ident),*) -> $result:ident [$($effect:ident),*];)*) => {
        /// All runtime functions in table order.
        pub static TABLE: [RawFn; RuntimeFn::ALL.len()] = [$(
            |runtime, args| {
                #[allow(unused_mut, unused_variables)]
                let mut args = args.iter();
                let result: rust_type!($result) = bodies::$name(
                    runtime,
                    $(<rust_type!($param) as Word>::from_word(*args.next().expect("an argument per parameter")),)*
                )?;
                Ok(result.into_word())
            },
        )*];
    };
}
for_each_runtime_fn!(table);

#[cfg(test)]
mod tests;
