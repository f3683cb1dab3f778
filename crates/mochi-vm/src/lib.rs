//! The bytecode, and the interpreter that runs it.
//!
//! [`instr`] is the table of instructions, [`code`] what a program consists of, [`decode`], [`mod@print`] and [`check`]
//! read programs, [`vm`] runs them. How frames look and what the decisions were: `docs/vm.md`.

pub mod check;
pub mod code;
pub mod decode;
pub mod frame;
pub mod instr;
mod interp;
mod interrupt;
pub mod native;
pub mod print;
pub mod seen;
pub mod trace;
pub mod vm;

pub use code::{Code, Program, Span, Word};
pub use instr::Opcode;
pub use interrupt::{Interrupt, Interrupter};
pub use trace::{FrameInfo, Trace};
pub use vm::{Limits, RuntimeError, Vm};
