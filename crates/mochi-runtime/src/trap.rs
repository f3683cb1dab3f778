//! Run-time errors as values. Every message of the language reference (4.15) that the runtime can raise is put
//! together here, so that the words exist once; position and stack trace are added by whoever runs the program.

use std::fmt::Display;

use mochi_abi::TrapKind;

/// A run-time error that ends the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trap {
    /// What went wrong.
    pub kind: TrapKind,
    /// The message as printed.
    pub message: String,
}

/// A result or a run-time error. The error is boxed so that results stay in registers.
pub type Outcome<T> = Result<T, Box<Trap>>;

impl Trap {
    /// A trap with this message.
    #[cold]
    pub fn new(kind: TrapKind, message: impl Into<String>) -> Box<Trap> {
        Box::new(Trap { kind, message: message.into() })
    }
    /// An int result that does not fit.
    #[cold]
    pub fn overflow(left: impl Display, op: &str, right: impl Display) -> Box<Trap> {
        Trap::new(TrapKind::Overflow, format!("integer overflow: {left} {op} {right}"))
    }
    /// An index outside of a list.
    #[cold]
    pub fn list_index(index: impl Display, len: usize) -> Box<Trap> {
        Trap::new(TrapKind::ListIndex, format!("list index out of range: {index} (len {len})"))
    }
    /// An index outside of a string.
    #[cold]
    pub fn string_index(index: impl Display, len: usize) -> Box<Trap> {
        Trap::new(TrapKind::StringIndex, format!("string index out of range: {index} (len {len})"))
    }
    /// An index of a string that is no int.
    #[cold]
    pub fn string_index_type() -> Box<Trap> {
        Trap::new(TrapKind::StringIndexType, "string index must be int")
    }
    /// An index or store into something without elements.
    #[cold]
    pub fn index_target() -> Box<Trap> {
        Trap::new(TrapKind::IndexTarget, "invalid index target")
    }
    /// A zero divisor.
    #[cold]
    pub fn divide_by_zero() -> Box<Trap> {
        Trap::new(TrapKind::DivideByZero, "division by zero")
    }
    /// A cast that is not possible.
    #[cold]
    pub fn cast(value: impl Display, ty: &str) -> Box<Trap> {
        Trap::new(TrapKind::Cast, format!("cannot cast {value} to {ty}"))
    }
    /// A wrong operand of a built-in function.
    #[cold]
    pub fn operand(name: impl Display, what: impl Display) -> Box<Trap> {
        Trap::new(TrapKind::Operand, format!("{name} expects {what}"))
    }
    /// A slice or range that would not move.
    #[cold]
    pub fn step() -> Box<Trap> {
        Trap::new(TrapKind::Step, "step must not be zero")
    }
    /// A loop over something without elements.
    #[cold]
    pub fn iterator() -> Box<Trap> {
        Trap::new(TrapKind::Iterator, "invalid iterator")
    }
    /// A field of none.
    #[cold]
    pub fn field_of_none(action: &str, field: &str) -> Box<Trap> {
        Trap::new(TrapKind::None, format!("cannot {action} field {field} of none"))
    }
    /// A field that a value does not have.
    #[cold]
    pub fn no_field(found: impl Display, field: &str) -> Box<Trap> {
        Trap::new(TrapKind::Field, format!("{found} has no field `{field}`"))
    }
    /// A dynamic value of another type than its place demands.
    #[cold]
    pub fn expected(expected: &str, found: impl Display) -> Box<Trap> {
        Trap::new(TrapKind::Type, format!("expected {expected}, got {found}"))
    }
    /// An operator on values that it does not apply to.
    #[cold]
    pub fn operator(op: &str, left: impl Display, right: impl Display) -> Box<Trap> {
        Trap::new(TrapKind::Operator, format!("`{op}` does not apply to {left} and {right}"))
    }
    /// Text that is no number in a base.
    #[cold]
    pub fn parse(text: impl Display, base: i64) -> Box<Trap> {
        Trap::new(TrapKind::Parse, format!("cannot read {text} as an integer in base {base}"))
    }
    /// A float that JSON cannot express.
    #[cold]
    pub fn json(value: impl Display) -> Box<Trap> {
        Trap::new(TrapKind::Json, format!("{value} has no JSON form"))
    }
    /// More memory than allowed; `limit` in bytes.
    #[cold]
    pub fn memory(limit: usize) -> Box<Trap> {
        let limit = match limit >> 20 {
            0 => format!("{} KiB", limit >> 10),
            mib => format!("{mib} MiB"),
        };
        Trap::new(TrapKind::Memory, format!("out of memory: limit {limit}"))
    }
    /// Output that could not be written.
    #[cold]
    pub fn output(error: impl Display) -> Box<Trap> {
        Trap::new(TrapKind::Output, format!("cannot write output: {error}"))
    }
    /// A file, an address or a command that could not be used; `what` as in "read `data.csv`".
    #[cold]
    pub fn io(what: impl Display, error: &std::io::Error) -> Box<Trap> {
        if crate::host::is_stopped(error) {
            return Trap::new(TrapKind::Interrupt, "interrupted");
        }
        Trap::new(TrapKind::Io, format!("cannot {what}: {}", crate::host::describe(error)))
    }
}
