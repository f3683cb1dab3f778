//! The ways a program ends with a run-time error. Messages are those of the language reference, 4.15; every mode
//! prints the same text and exits with status 1.

macro_rules! traps {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// What went wrong. The doc comment shows the message.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum TrapKind { $($(#[$meta])* $name,)* }

        impl TrapKind {
            /// All kinds in order of their numbers.
            pub const ALL: &'static [TrapKind] = &[$(TrapKind::$name,)*];
            /// The name of the kind.
            pub const fn name(self) -> &'static str {
                match self { $(TrapKind::$name => stringify!($name),)* }
            }
            /// The kind with this name.
            pub fn from_name(name: &str) -> Option<TrapKind> {
                match name { $(stringify!($name) => Some(TrapKind::$name),)* _ => None }
            }
        }
    };
}

traps! {
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
    /// `expected TYPE, got TYPE`: a dynamic value of another type than its place demands.
    Type,
    /// `` `OP` does not apply to TYPE and TYPE ``
    Operator,
    /// `cannot call TYPE`
    Call,
    /// `` TYPE has no field `NAME` ``
    Field,
    /// `step must not be zero`
    Step,
    /// `cannot read TEXT as an integer in base BASE`
    Parse,
    /// `VALUE has no JSON form`
    Json,
    /// `cannot WHAT: REASON`, of files, addresses and other things outside the program.
    Io,
    /// `malformed FORMAT at PLACE: REASON` and `cannot load PLACE: REASON`, of data from outside the program.
    Data,
    /// `eval: WHAT`, of the program that `eval` was given.
    Eval,
}
