//! The op table: every operation of the IR, once.
//!
//! From the rows derive [`Op`], mnemonics, the parser's lookup, signatures for the verifier, effects for verifier and
//! passes, and `docs/ir/ops.md`. An operation that every back end would lower to a call is not here but a runtime
//! function (`mochi_abi::runtime`).
//!
//! Columns: doc comment, variant, mnemonic, immediate, operands, result, effects. Operand and result patterns are
//! [`Pat`]s; `A` and `B` stand for any type, the same one throughout a row. An op whose types follow from its immediate
//! has the pattern `Custom` and is checked by a rule of its own. Every instruction carries its result type.

use mochi_abi::{RuntimeFn, TrapKind};

use crate::module::{FuncId, GlobalId, StrId};
use crate::ty::{StructId, Ty};

/// A type pattern of the op table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Pat {
    I64,
    F64,
    Bool,
    Unit,
    Str,
    Any,
    /// Any type, the same throughout a row.
    A,
    /// Any other type, the same throughout a row.
    B,
    /// `list<A>`.
    ListA,
    /// `view<A>`.
    ViewA,
    /// `map<A, B>`.
    MapAB,
    /// `option<A>`, flattened.
    OptA,
    /// `option<B>`, flattened.
    OptB,
    /// `ref<A>`.
    RefA,
    /// A union.
    Union,
    /// A type that none is a value of.
    Nullable,
    /// Any number of operands of type `A`; last in a row.
    ManyA,
    /// Any number of strings; last in a row.
    ManyStr,
    /// Any number of operands, checked by a rule of the op; last in a row.
    Custom,
}

/// What an instruction carries besides its operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImmKind {
    /// Nothing.
    None,
    /// An int.
    Int,
    /// A float.
    Float,
    /// A bool.
    Bool,
    /// A string constant.
    Str,
    /// A function with type arguments.
    Func,
    /// A runtime function.
    Runtime,
    /// A field position.
    Field,
    /// A global.
    Global,
    /// A struct.
    Struct,
    /// A type.
    Ty,
    /// A trap with its message.
    Trap,
    /// The values of a switch's cases.
    Cases,
}

/// The immediate of an instruction.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Imm {
    /// Nothing.
    #[default]
    None,
    /// An int.
    Int(i64),
    /// A float; compared by its bits where instructions are compared.
    Float(f64),
    /// A bool.
    Bool(bool),
    /// A string constant.
    Str(StrId),
    /// A function with its type arguments; none outside of generics.
    Func(FuncId, Box<[Ty]>),
    /// A runtime function.
    Runtime(RuntimeFn),
    /// A field position.
    Field(u32),
    /// A global.
    Global(GlobalId),
    /// A struct.
    Struct(StructId),
    /// A type.
    Ty(Ty),
    /// A trap with its message.
    Trap(TrapKind, StrId),
    /// The values of a switch's cases, one per target but the last, which is the default.
    Cases(Box<[i64]>),
}

impl Imm {
    /// The kind of this immediate.
    pub fn kind(&self) -> ImmKind {
        match self {
            Imm::None => ImmKind::None,
            Imm::Int(_) => ImmKind::Int,
            Imm::Float(_) => ImmKind::Float,
            Imm::Bool(_) => ImmKind::Bool,
            Imm::Str(_) => ImmKind::Str,
            Imm::Func(..) => ImmKind::Func,
            Imm::Runtime(_) => ImmKind::Runtime,
            Imm::Field(_) => ImmKind::Field,
            Imm::Global(_) => ImmKind::Global,
            Imm::Struct(_) => ImmKind::Struct,
            Imm::Ty(_) => ImmKind::Ty,
            Imm::Trap(..) => ImmKind::Trap,
            Imm::Cases(_) => ImmKind::Cases,
        }
    }
}

/// A set of effects.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects(pub u16);

/// The single effects. Memory is divided into regions that never overlap.
#[allow(missing_docs)]
pub mod effect {
    use super::Effects;
    macro_rules! bits {
        ($($(#[$meta:meta])* $name:ident = $bit:expr;)*) => { $($(#[$meta])* pub const $name: Effects = Effects($bit);)* };
    }
    bits! {
        /// Reads lengths or data pointers of lists.
        READS_LEN = 1 << 0;
        /// Reads elements of lists.
        READS_ELEM = 1 << 1;
        READS_MAP = 1 << 2;
        READS_FIELD = 1 << 3;
        READS_REF = 1 << 4;
        READS_GLOBAL = 1 << 5;
        /// Changes lengths or data pointers of lists: ends the life of every view.
        WRITES_LEN = 1 << 6;
        WRITES_ELEM = 1 << 7;
        WRITES_MAP = 1 << 8;
        WRITES_FIELD = 1 << 9;
        WRITES_REF = 1 << 10;
        WRITES_GLOBAL = 1 << 11;
        /// Input, output, the clock; order is observable.
        IO = 1 << 12;
        /// Makes an object with an identity, or may collect.
        ALLOCATES = 1 << 13;
        /// May end the program.
        TRAPS = 1 << 14;
        /// Ends a block.
        TERMINATES = 1 << 15;
        READS = 0x3F;
        WRITES = 0x3F << 6;
        /// Everything a call of unknown code may do.
        CALLS = 0x7FFF;
    }
}

impl Effects {
    /// No effect.
    pub const NONE: Effects = Effects(0);
    /// Both sets together.
    pub const fn or(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }
    /// Whether all of `other` is in this set.
    pub const fn contains(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }
    /// Whether something of `other` is in this set.
    pub const fn intersects(self, other: Effects) -> bool {
        self.0 & other.0 != 0
    }
    /// Whether this set is empty.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
    /// Whether an op with these effects may be dropped when its result is unused.
    pub const fn removable(self) -> bool {
        !self.intersects(effect::WRITES.or(effect::IO).or(effect::TRAPS).or(effect::TERMINATES))
    }
    /// Whether what this set reads may be changed by what `other` writes.
    pub const fn reads_what_writes(self, other: Effects) -> bool {
        self.0 & 0x3F & (other.0 >> 6) != 0
    }
}

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Effects({:#06x})", self.0)
    }
}

/// Calls `$each!` with one row per op.
#[macro_export]
macro_rules! for_each_op {
    ($each:ident) => { $each! {
        /// An int constant.
        ConstInt "const.int" Int () -> I64 [];
        /// A float constant.
        ConstFloat "const.float" Float () -> F64 [];
        /// A bool constant.
        ConstBool "const.bool" Bool () -> Bool [];
        /// A string constant.
        ConstStr "const.str" Str () -> Str [];
        /// The absent value of a nullable type.
        None "none" None () -> Nullable [];

        /// Sum. Traps: overflow.
        Add "add" None (I64, I64) -> I64 [TRAPS];
        /// Difference. Traps: overflow.
        Sub "sub" None (I64, I64) -> I64 [TRAPS];
        /// Product. Traps: overflow.
        Mul "mul" None (I64, I64) -> I64 [TRAPS];
        /// Quotient, rounded toward zero. Traps: division by zero, overflow.
        Div "div" None (I64, I64) -> I64 [TRAPS];
        /// Remainder with the sign of the dividend. Traps: division by zero.
        Rem "rem" None (I64, I64) -> I64 [TRAPS];
        /// Negation. Traps: overflow.
        Neg "neg" None (I64) -> I64 [TRAPS];
        /// Sum modulo 2^64; where ranges prove that nothing overflows, the sum.
        AddWrap "add.wrap" None (I64, I64) -> I64 [];
        /// Difference modulo 2^64.
        SubWrap "sub.wrap" None (I64, I64) -> I64 [];
        /// Product modulo 2^64.
        MulWrap "mul.wrap" None (I64, I64) -> I64 [];
        /// Quotient by a divisor that is neither 0 nor -1.
        DivSafe "div.safe" None (I64, I64) -> I64 [];
        /// Remainder by a divisor that is not 0; by -1 it is 0.
        RemSafe "rem.safe" None (I64, I64) -> I64 [];
        /// Bitwise and.
        And "and" None (I64, I64) -> I64 [];
        /// Bitwise or.
        Or "or" None (I64, I64) -> I64 [];
        /// Bitwise exclusive or.
        Xor "xor" None (I64, I64) -> I64 [];
        /// Shift left by the low six bits of the right operand.
        Shl "shl" None (I64, I64) -> I64 [];
        /// Shift right by the low six bits of the right operand, filling with zeros.
        Shr "shr" None (I64, I64) -> I64 [];

        /// Whether ints are equal.
        Eq "eq" None (I64, I64) -> Bool [];
        /// Whether ints differ.
        Ne "ne" None (I64, I64) -> Bool [];
        /// Whether the left int is less.
        Lt "lt" None (I64, I64) -> Bool [];
        /// Whether the left int is less or equal.
        Le "le" None (I64, I64) -> Bool [];
        /// Whether the left int is greater.
        Gt "gt" None (I64, I64) -> Bool [];
        /// Whether the left int is greater or equal.
        Ge "ge" None (I64, I64) -> Bool [];

        /// Float sum.
        FAdd "fadd" None (F64, F64) -> F64 [];
        /// Float difference.
        FSub "fsub" None (F64, F64) -> F64 [];
        /// Float product.
        FMul "fmul" None (F64, F64) -> F64 [];
        /// Float quotient. Traps: division by zero.
        FDiv "fdiv" None (F64, F64) -> F64 [TRAPS];
        /// Float remainder with the sign of the dividend. Traps: division by zero.
        FRem "frem" None (F64, F64) -> F64 [TRAPS];
        /// Float negation.
        FNeg "fneg" None (F64) -> F64 [];
        /// Whether floats are equal; NaN is not.
        FEq "feq" None (F64, F64) -> Bool [];
        /// Whether floats differ; NaN does.
        FNe "fne" None (F64, F64) -> Bool [];
        /// Whether the left float is less.
        FLt "flt" None (F64, F64) -> Bool [];
        /// Whether the left float is less or equal.
        FLe "fle" None (F64, F64) -> Bool [];
        /// Whether the left float is greater.
        FGt "fgt" None (F64, F64) -> Bool [];
        /// Whether the left float is greater or equal.
        FGe "fge" None (F64, F64) -> Bool [];
        /// The nearest float of an int.
        IntToFloat "int.to.float" None (I64) -> F64 [];
        /// A float cut toward zero. Traps: does not fit.
        FloatToInt "float.to.int" None (F64) -> I64 [TRAPS];

        /// Logical not.
        Not "not" None (Bool) -> Bool [];
        /// Whether bools are equal.
        BoolEq "bool.eq" None (Bool, Bool) -> Bool [];
        /// The second operand when the first holds, else the third.
        Select "select" None (Bool, A, A) -> A [];

        /// Length in code points.
        StrLen "str.len" None (Str) -> I64 [];
        /// Length in bytes.
        StrBytes "str.bytes" None (Str) -> I64 [];
        /// Concatenation of two or more.
        StrConcat "str.concat" None (Str, Str, ManyStr) -> Str [];
        /// One-character string at a position; negative counts from the end. Traps: out of range.
        StrIndex "str.index" None (Str, I64) -> Str [TRAPS];
        /// The one-character string that starts at a byte offset, which must be one of a character.
        StrChar "str.char" None (Str, I64) -> Str [];
        /// Part between two positions; negative counts from the end, then clamped.
        StrSlice "str.slice" None (Str, I64, I64) -> Str [];
        /// Whether strings are equal.
        StrEq "str.eq" None (Str, Str) -> Bool [];
        /// Whether the left string is less by code points.
        StrLt "str.lt" None (Str, Str) -> Bool [];
        /// Whether the left string is less or equal.
        StrLe "str.le" None (Str, Str) -> Bool [];

        /// A new list of the operands.
        ListNew "list.new" None (ManyA) -> ListA [ALLOCATES];
        /// Number of elements.
        ListLen "list.len" None (ListA) -> I64 [READS_LEN];
        /// Element at an index; negative counts from the end. Traps: out of range.
        ListGet "list.get" None (ListA, I64) -> A [READS_LEN, READS_ELEM, TRAPS];
        /// Replaces an element; at the length it appends. Traps: out of range.
        ListSet "list.set" None (ListA, I64, A) -> Unit [READS_LEN, WRITES_LEN, WRITES_ELEM, TRAPS];
        /// A new list with one more element.
        ListAppend "list.append" None (ListA, A) -> ListA [READS_LEN, READS_ELEM, ALLOCATES];
        /// The list with one more element, in place when nobody shares the list. The operand is dead afterwards.
        ListPush "list.push" None (ListA, A) -> ListA [READS_LEN, READS_ELEM, WRITES_LEN, WRITES_ELEM, ALLOCATES];
        /// Makes room for so many elements more, which may move the elements, if that is a sensible number.
        ListReserve "list.reserve" None (ListA, I64) -> Unit [READS_LEN, WRITES_LEN];
        /// Appends the last element again, so many times at most, as often as there is room in a list that nobody shares. How
        /// often.
        ListRepeat "list.repeat" None (ListA, I64) -> I64 [READS_LEN, READS_ELEM, WRITES_LEN, WRITES_ELEM];
        /// Marks a list as held by more than one place, so that `list.push` copies it. Nobody else looks at the mark, so
        /// views stay as they are; but it may be neither moved nor removed.
        ListShare "list.share" None (A) -> Unit [IO];
        /// A new list of the elements between two positions; negative counts from the end, then clamped.
        ListSlice "list.slice" None (ListA, I64, I64) -> ListA [READS_LEN, READS_ELEM, ALLOCATES];
        /// A new list of the elements of both.
        ListConcat "list.concat" None (ListA, ListA) -> ListA [READS_LEN, READS_ELEM, ALLOCATES];
        /// Data pointer and length of a list.
        ListView "list.view" None (ListA) -> ViewA [READS_LEN];
        /// Number of elements of a view.
        ViewLen "view.len" None (ViewA) -> I64 [];
        /// Element of a view; negative counts from the end. Traps: out of range.
        ViewGet "view.get" None (ViewA, I64) -> A [READS_ELEM, TRAPS];
        /// Element of a view at an index that is proved to be in `0..len`.
        ViewGetIn "view.get.in" None (ViewA, I64) -> A [READS_ELEM];
        /// Replaces an element of a view at an index that is proved to be in `0..len`.
        ViewSetIn "view.set.in" None (ViewA, I64, A) -> Unit [WRITES_ELEM];

        /// A new map of keys and values in turn.
        MapNew "map.new" None (Custom) -> MapAB [ALLOCATES];
        /// Number of entries.
        MapLen "map.len" None (MapAB) -> I64 [READS_MAP];
        /// The value of a key, or none.
        MapGet "map.get" None (MapAB, A) -> OptB [READS_MAP];
        /// The value of a key, or the last operand.
        MapGetOr "map.get.or" None (MapAB, A, B) -> B [READS_MAP];
        /// Whether a key is there.
        MapHas "map.has" None (MapAB, A) -> Bool [READS_MAP];
        /// Inserts or replaces.
        MapSet "map.set" None (MapAB, A, B) -> Unit [READS_MAP, WRITES_MAP, TRAPS];
        /// A new list of the keys in ascending order.
        MapKeys "map.keys" None (MapAB) -> ListA [READS_MAP, ALLOCATES];

        /// A new struct or variant with values for all fields.
        StructNew "struct.new" Struct (Custom) -> Custom [ALLOCATES];
        /// A field. Traps: the struct is none.
        FieldGet "field.get" Field (Custom) -> Custom [READS_FIELD, TRAPS];
        /// Replaces a field. Traps: the struct is none.
        FieldSet "field.set" Field (Custom) -> Unit [WRITES_FIELD, TRAPS];
        /// Position of the variant that a union value is; -1 for none.
        VariantTag "variant.tag" None (Union) -> I64 [];
        /// The same word as another type: variant and union, a container and one of `any`, a struct proved to be of its
        /// type. See rule I020 of the verifier.
        Retype "retype" None (A) -> Custom [];

        /// Whether the value is none.
        IsNone "is.none" None (Nullable) -> Bool [];
        /// A present value as an option.
        Some "some" None (A) -> OptA [];
        /// The value of an option, or the last operand when it is none.
        GetOr "get.or" None (OptA, A) -> A [];

        /// Any value as `any`.
        AnyBox "any.box" None (A) -> Any [];
        /// The value of an `any` as int, float, bool, string or bigint; none gives their zero value. Traps: another kind.
        AnyUnbox "any.unbox" None (Any) -> Custom [TRAPS];
        /// Whether an `any` is represented like the type, not looking into elements.
        AnyIs "any.is" Ty (Any) -> Bool [];
        /// An `any` that was tested to be represented like the result type.
        AnyAs "any.as" None (Any) -> Custom [];

        /// A new shared variable.
        RefNew "ref.new" None (A) -> RefA [ALLOCATES];
        /// The value of a shared variable.
        RefGet "ref.get" None (RefA) -> A [READS_REF];
        /// Assigns a shared variable.
        RefSet "ref.set" None (RefA, A) -> Unit [WRITES_REF];
        /// The value of a global.
        GlobalGet "global.get" Global () -> Custom [READS_GLOBAL];
        /// The value of a global that nothing assigns once something may read it.
        GlobalFixed "global.fixed" Global () -> Custom [];
        /// Assigns a global.
        GlobalSet "global.set" Global (A) -> Unit [WRITES_GLOBAL];

        /// A function value: the function with its leading parameters bound to the operands.
        ClosureNew "closure.new" Func (Custom) -> Custom [ALLOCATES];
        /// Calls a known function.
        Call "call" Func (Custom) -> Custom [CALLS];
        /// Calls a function value, the first operand. Traps: it is none.
        CallClosure "call.closure" None (Custom) -> Custom [CALLS];
        /// Calls an `any`, the first operand, with `any` arguments; of too few it makes a function of the rest. Traps: not a
        /// function, too many arguments.
        CallAny "call.any" None (Any, Custom) -> Any [CALLS];
        /// Calls a runtime function; effects by its row.
        CallRuntime "call.rt" Runtime (Custom) -> Custom [CALLS];

        /// Goes to the target.
        Jump "jump" None () -> Unit [TERMINATES];
        /// Goes to the first target when the operand holds, else to the second.
        Branch "branch" None (Bool) -> Unit [TERMINATES];
        /// Goes to the target of the case that equals the operand, else to the last.
        Switch "switch" Cases (I64) -> Unit [TERMINATES];
        /// Returns the operand, if the function has a result.
        Return "return" None (Custom) -> Unit [TERMINATES];
        /// Returns what the call returns, in constant space.
        TailCall "tail.call" Func (Custom) -> Unit [CALLS, TERMINATES];
        /// Returns what the call of a function value returns, in constant space.
        TailCallClosure "tail.call.closure" None (Custom) -> Unit [CALLS, TERMINATES];
        /// Returns what the call of an `any`, the first operand, returns, in constant space. Traps: as `call.any`.
        TailCallAny "tail.call.any" None (Any, Custom) -> Unit [CALLS, TERMINATES];
        /// Ends the program with a run-time error.
        Trap "trap" Trap () -> Unit [TRAPS, TERMINATES];
    }};
}

macro_rules! define {
    ($($(#[doc = $doc:literal])* $op:ident $mnemonic:literal $imm:ident ($($arg:ident),*) -> $result:ident [$($effect:ident),*];)*) => {
        /// An operation.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])* $op,)* }

        impl Op {
            /// All ops in table order.
            pub const ALL: &'static [Op] = &[$(Op::$op,)*];
            /// The op in text form.
            pub const fn mnemonic(self) -> &'static str {
                match self { $(Op::$op => $mnemonic,)* }
            }
            /// The op with this mnemonic.
            pub fn from_mnemonic(text: &str) -> Option<Op> {
                match text { $($mnemonic => Some(Op::$op),)* _ => None }
            }
            /// What the instruction carries besides operands.
            pub const fn imm(self) -> ImmKind {
                match self { $(Op::$op => ImmKind::$imm,)* }
            }
            /// The operands' patterns.
            pub const fn args(self) -> &'static [Pat] {
                match self { $(Op::$op => &[$(Pat::$arg),*],)* }
            }
            /// The result's pattern.
            pub const fn result(self) -> Pat {
                match self { $(Op::$op => Pat::$result,)* }
            }
            /// What the op may do. For `call.rt` see [`crate::func::InstData::effects`].
            pub const fn effects(self) -> Effects {
                match self { $(Op::$op => Effects(0 $(| effect::$effect.0)*),)* }
            }
            /// The description of the row, as markdown.
            pub const fn doc(self) -> &'static str {
                match self { $(Op::$op => concat!($($doc, "\n"),*),)* }
            }
        }
    };
}
for_each_op!(define);

impl Op {
    /// Whether the op ends a block.
    pub const fn is_terminator(self) -> bool {
        self.effects().intersects(effect::TERMINATES)
    }
    /// Whether swapping the two operands changes nothing.
    pub const fn commutes(self) -> bool {
        matches!(
            self,
            Op::Add
                | Op::Mul
                | Op::AddWrap
                | Op::MulWrap
                | Op::And
                | Op::Or
                | Op::Xor
                | Op::Eq
                | Op::Ne
                | Op::FAdd
                | Op::FMul
                | Op::FEq
                | Op::FNe
                | Op::BoolEq
                | Op::StrEq
        )
    }
}

const _: () =
    assert!(Op::ALL.len() < 150, "the op table is to stay small: is the new row a runtime function?");
