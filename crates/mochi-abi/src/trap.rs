//! The ways a program ends with a run-time error. Messages are those of the language reference, 4.15; every mode
//! prints the same text and exits with status 1.

/// What went wrong. The doc comment shows the message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum TrapKind {
    /// `integer overflow: A OP B`
    Overflow,
    /// `list index out of range: I (len N)`
    ListIndex,
    /// `string index out of range: I (len N)`
    StringIndex,
    /// `string index must be int`
    StringIndexType,
    /// `invalid index target`
    IndexTarget,
    /// `division by zero`
    DivideByZero,
    /// `cannot cast VALUE to TYPE`
    Cast,
    /// `expect condition failed at FILE:LINE: SOURCE`
    Expect,
    /// `call stack exceeded N frames`
    StackOverflow,
    /// `NAME expects WHAT`
    Operand,
    /// `invalid iterator`
    Iterator,
    /// `cannot read field F of none` and other uses of none.
    None,
    /// The text given to `panic`.
    Panic,
    /// `out of memory: limit N MiB`
    Memory,
    /// `timeout: exceeded N s`
    Timeout,
    /// `interrupted`
    Interrupt,
    /// The output could not be written.
    Output,
}
