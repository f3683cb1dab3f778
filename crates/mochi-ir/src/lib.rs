//! The typed SSA IR: the boundary between the language and every back end.
//!
//! [`op`] is the table of operations, [`func`] and [`module`] hold code, [`ty`] its types, [`build`] makes it. [`mod@print`] and
//! [`parse`] are its text form, [`codec`] its binary one; [`verify`] says what is valid, [`mod@link`] makes a program whole.
//! [`analysis`] finds facts, [`passes`] improve; [`generate`] makes modules for tests.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod build;
pub mod codec;
pub mod func;
pub mod generate;
pub mod link;
pub mod module;
pub mod op;
pub mod parse;
pub mod passes;
pub mod print;
pub mod ty;
pub mod verify;

pub use build::Builder;
pub use codec::{Library, decode, encode};
pub use func::{Block, Func, Inst, InstData, Scope, Target, Value};
pub use link::{LinkError, link};
pub use module::{FuncId, GlobalId, Module, StrId};
pub use op::{Effects, Imm, ImmKind, Op};
pub use parse::{ParseError, parse_module};
pub use print::{print_func, print_module};
pub use ty::{StructId, Ty, TyKind, Types, UnionId};
pub use verify::{Violation, verify_func, verify_module};
