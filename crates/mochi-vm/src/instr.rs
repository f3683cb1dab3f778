//! The instruction table: every bytecode instruction, once.
//!
//! An instruction is one [`Word`](crate::code::Word) of 8 bytes: opcode and three operand fields of 16 bits, `a`, `b`
//! and `c`; an operand of 32 bits takes `b` and `c`. Some are followed by extension words. From the rows derive
//! [`Opcode`], mnemonics, the length of instructions, the disassembler, the checker and the interpreter's dispatch.
//!
//! Columns: doc comment, opcode, mnemonic, operands, extension, flow. Operands are [`Operand`]s in order of the fields,
//! the extension is an [`Ext`], the flow a [`Flow`]. Slot numbers count words from the frame base. *Cell* slots are
//! those that the collector looks at; all others are *raw* (`docs/vm.md`, "Frame").

/// What an operand field means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// A raw slot that is read.
    InRaw,
    /// A cell slot that is read.
    InCell,
    /// A slot of any kind that is read.
    In,
    /// A raw slot that is written.
    OutRaw,
    /// A cell slot that is written.
    OutCell,
    /// A slot of any kind that is written.
    Out,
    /// A raw slot that is read, then written.
    InOutRaw,
    /// Two raw slots that are read: data pointer and length of a view.
    InView,
    /// Two raw slots that are written: data pointer and length of a view.
    OutView,
    /// A signed number.
    Int16,
    /// An unsigned number.
    Uint16,
    /// A jump: signed distance in words from this instruction.
    Near,
    /// Words from this frame's base to the next frame's.
    Advance,
    /// The kind of a word ([`mochi_abi::ElemKind`]).
    Kind,
    /// A runtime function.
    Runtime,
    /// A type of the program ([`mochi_abi::TypeId`]).
    Type,
    /// A kind of trap.
    TrapKind,
    /// A signed number of 32 bits.
    Int32,
    /// A jump: signed distance in words from this instruction, of 32 bits.
    Far,
    /// A function of the program.
    Func,
    /// A way to make function values from a function of the program.
    Closure,
    /// A string constant of the program.
    Str,
    /// A global of the program.
    Global,
    /// A struct shape of the program.
    Shape,
    /// The type of a list's elements ([`mochi_abi::TypeId`]).
    ElemType,
    /// The types of a map's keys and values ([`mochi_abi::MapType`]).
    MapType,
}

impl Operand {
    /// Whether the operand takes two fields.
    pub const fn is_wide(self) -> bool {
        matches!(
            self,
            Operand::Int32
                | Operand::Far
                | Operand::Func
                | Operand::Closure
                | Operand::Str
                | Operand::Global
                | Operand::Shape
                | Operand::ElemType
                | Operand::MapType
        )
    }
}

/// The words that follow an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ext {
    /// None.
    None,
    /// One word of 64 bits.
    Wide,
    /// One word; its first field is one more slot that is read.
    Slot,
    /// One word; its first field has the kinds of a key and a value: key kind | value kind << 4.
    Kinds,
    /// Fields: a count, then as many slots that are read.
    Slots,
    /// One word: up to three argument slots that are read, then in the last field the slot that takes the result.
    Args,
    /// Fields: a count, then as many argument slots that are read; the last field of the last word is the slot that
    /// takes the result.
    ManyArgs,
    /// A word with the lowest case; then `b + 1` jumps of 32 bits, two per word: one per case, last the default.
    Jumps,
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the next instruction or to that of its jump.
    Branch,
    /// Elsewhere.
    Ends,
}

/// Calls `$each!` with one row per instruction.
#[macro_export]
macro_rules! for_each_instr {
    ($each:ident) => {
        $each! {
            /// Copies a slot.
            Move "move" (Out, In) None Next;
            /// An int.
            ConstInt "const.int" (OutRaw, Int32) None Next;
            /// A raw word.
            ConstRaw "const.raw" (OutRaw) Wide Next;
            /// A cell that is no handle.
            ConstCell "const.cell" (OutCell) Wide Next;
            /// A string constant. Made when first executed.
            ConstStr "const.str" (OutCell, Str) None Next;
            /// None.
            ConstNone "const.none" (OutCell) None Next;

            /// Sum. Traps: overflow.
            Add "add" (OutRaw, InRaw, InRaw) None Next;
            /// Difference. Traps: overflow.
            Sub "sub" (OutRaw, InRaw, InRaw) None Next;
            /// Product. Traps: overflow.
            Mul "mul" (OutRaw, InRaw, InRaw) None Next;
            /// Quotient. Traps: division by zero, overflow.
            Div "div" (OutRaw, InRaw, InRaw) None Next;
            /// Remainder. Traps: division by zero.
            Rem "rem" (OutRaw, InRaw, InRaw) None Next;
            /// Negation. Traps: overflow.
            Neg "neg" (OutRaw, InRaw) None Next;
            /// Sum modulo 2^64.
            AddWrap "add.wrap" (OutRaw, InRaw, InRaw) None Next;
            /// Difference modulo 2^64.
            SubWrap "sub.wrap" (OutRaw, InRaw, InRaw) None Next;
            /// Product modulo 2^64.
            MulWrap "mul.wrap" (OutRaw, InRaw, InRaw) None Next;
            /// Quotient by a divisor that is neither 0 nor -1.
            DivSafe "div.safe" (OutRaw, InRaw, InRaw) None Next;
            /// Remainder by a divisor that is not 0.
            RemSafe "rem.safe" (OutRaw, InRaw, InRaw) None Next;
            /// Bitwise and.
            And "and" (OutRaw, InRaw, InRaw) None Next;
            /// Bitwise or.
            Or "or" (OutRaw, InRaw, InRaw) None Next;
            /// Bitwise exclusive or.
            Xor "xor" (OutRaw, InRaw, InRaw) None Next;
            /// Shift left by the low six bits of the right operand.
            Shl "shl" (OutRaw, InRaw, InRaw) None Next;
            /// Logical shift right by the low six bits of the right operand.
            Shr "shr" (OutRaw, InRaw, InRaw) None Next;

            /// Sum. Traps: overflow.
            AddImm "add.imm" (OutRaw, InRaw, Int16) None Next;
            /// Difference. Traps: overflow.
            SubImm "sub.imm" (OutRaw, InRaw, Int16) None Next;
            /// Product. Traps: overflow.
            MulImm "mul.imm" (OutRaw, InRaw, Int16) None Next;
            /// Quotient by a number that is neither 0 nor -1.
            DivImm "div.imm" (OutRaw, InRaw, Int16) None Next;
            /// Remainder by a number that is neither 0 nor -1.
            RemImm "rem.imm" (OutRaw, InRaw, Int16) None Next;
            /// Sum modulo 2^64.
            AddWrapImm "add.wrap.imm" (OutRaw, InRaw, Int16) None Next;
            /// Product modulo 2^64.
            MulWrapImm "mul.wrap.imm" (OutRaw, InRaw, Int16) None Next;
            /// Quotient by a power of two.
            DivPow2 "div.pow2" (OutRaw, InRaw, Uint16) None Next;
            /// Remainder by a power of two.
            RemPow2 "rem.pow2" (OutRaw, InRaw, Uint16) None Next;
            /// Bitwise and.
            AndImm "and.imm" (OutRaw, InRaw, Int16) None Next;
            /// Bitwise or.
            OrImm "or.imm" (OutRaw, InRaw, Int16) None Next;
            /// Bitwise exclusive or.
            XorImm "xor.imm" (OutRaw, InRaw, Int16) None Next;
            /// Shift left by 0 to 63.
            ShlImm "shl.imm" (OutRaw, InRaw, Uint16) None Next;
            /// Logical shift right by 0 to 63.
            ShrImm "shr.imm" (OutRaw, InRaw, Uint16) None Next;

            /// Whether raw words are equal: ints or bools.
            Eq "eq" (OutRaw, InRaw, InRaw) None Next;
            /// Whether raw words differ.
            Ne "ne" (OutRaw, InRaw, InRaw) None Next;
            /// Whether the left int is less.
            Lt "lt" (OutRaw, InRaw, InRaw) None Next;
            /// Whether the left int is less or equal.
            Le "le" (OutRaw, InRaw, InRaw) None Next;
            /// Whether the int is the number.
            EqImm "eq.imm" (OutRaw, InRaw, Int16) None Next;
            /// Whether the int is not the number.
            NeImm "ne.imm" (OutRaw, InRaw, Int16) None Next;
            /// Whether the int is less than the number.
            LtImm "lt.imm" (OutRaw, InRaw, Int16) None Next;
            /// Whether the int is less than the number or equal.
            LeImm "le.imm" (OutRaw, InRaw, Int16) None Next;
            /// Whether the int is greater than the number.
            GtImm "gt.imm" (OutRaw, InRaw, Int16) None Next;
            /// Whether the int is greater than the number or equal.
            GeImm "ge.imm" (OutRaw, InRaw, Int16) None Next;

            /// Float sum.
            FAdd "fadd" (OutRaw, InRaw, InRaw) None Next;
            /// Float difference.
            FSub "fsub" (OutRaw, InRaw, InRaw) None Next;
            /// Float product.
            FMul "fmul" (OutRaw, InRaw, InRaw) None Next;
            /// Float quotient. Traps: division by zero.
            FDiv "fdiv" (OutRaw, InRaw, InRaw) None Next;
            /// Float remainder. Traps: division by zero.
            FRem "frem" (OutRaw, InRaw, InRaw) None Next;
            /// Float negation.
            FNeg "fneg" (OutRaw, InRaw) None Next;
            /// Whether floats are equal.
            FEq "feq" (OutRaw, InRaw, InRaw) None Next;
            /// Whether floats differ; NaN does.
            FNe "fne" (OutRaw, InRaw, InRaw) None Next;
            /// Whether the left float is less.
            FLt "flt" (OutRaw, InRaw, InRaw) None Next;
            /// Whether the left float is less or equal.
            FLe "fle" (OutRaw, InRaw, InRaw) None Next;
            /// The nearest float of an int.
            IntToFloat "int.to.float" (OutRaw, InRaw) None Next;
            /// A float cut toward zero. Traps: does not fit.
            FloatToInt "float.to.int" (OutRaw, InRaw) None Next;

            /// Logical not of a bool.
            Not "not" (OutRaw, InRaw) None Next;
            /// `c` when the bool `b` holds, else the slot of the extension.
            Select "select" (Out, InRaw, In) Slot Next;

            /// Goes to the target.
            Jump "jump" (Far) None Ends;
            /// Goes back to the start of a loop.
            Loop "loop" (Far) None Ends;
            /// Jumps when the bool holds.
            BrTrue "br.true" (InRaw, Far) None Branch;
            /// Jumps when the bool does not hold.
            BrFalse "br.false" (InRaw, Far) None Branch;
            /// Jumps when the cell is none.
            BrNone "br.none" (InCell, Far) None Branch;
            /// Jumps when the cell is not none.
            BrSome "br.some" (InCell, Far) None Branch;
            /// Jumps when raw words are equal.
            BrEq "br.eq" (InRaw, InRaw, Near) None Branch;
            /// Jumps when raw words differ.
            BrNe "br.ne" (InRaw, InRaw, Near) None Branch;
            /// Jumps when the first int is less.
            BrLt "br.lt" (InRaw, InRaw, Near) None Branch;
            /// Jumps when the first int is less or equal.
            BrLe "br.le" (InRaw, InRaw, Near) None Branch;
            /// Jumps when the int is the number.
            BrEqImm "br.eq.imm" (InRaw, Int16, Near) None Branch;
            /// Jumps when the int is not the number.
            BrNeImm "br.ne.imm" (InRaw, Int16, Near) None Branch;
            /// Jumps when the int is less than the number.
            BrLtImm "br.lt.imm" (InRaw, Int16, Near) None Branch;
            /// Jumps when the int is less than the number or equal.
            BrLeImm "br.le.imm" (InRaw, Int16, Near) None Branch;
            /// Jumps when the int is greater than the number.
            BrGtImm "br.gt.imm" (InRaw, Int16, Near) None Branch;
            /// Jumps when the int is greater than the number or equal.
            BrGeImm "br.ge.imm" (InRaw, Int16, Near) None Branch;
            /// Jumps when floats are equal.
            BrFEq "br.feq" (InRaw, InRaw, Near) None Branch;
            /// Jumps when floats differ or one is NaN.
            BrFNe "br.fne" (InRaw, InRaw, Near) None Branch;
            /// Jumps when the first float is less.
            BrFLt "br.flt" (InRaw, InRaw, Near) None Branch;
            /// Jumps when the first float is less or equal.
            BrFLe "br.fle" (InRaw, InRaw, Near) None Branch;
            /// Jumps unless the first float is less.
            BrFNlt "br.fnlt" (InRaw, InRaw, Near) None Branch;
            /// Jumps unless the first float is less or equal.
            BrFNle "br.fnle" (InRaw, InRaw, Near) None Branch;
            /// Jumps when strings are equal.
            BrStrEq "br.str.eq" (InCell, InCell, Near) None Branch;
            /// Jumps when strings differ.
            BrStrNe "br.str.ne" (InCell, InCell, Near) None Branch;
            /// Jumps when bigints are equal.
            BrBigEq "br.big.eq" (InCell, InCell, Near) None Branch;
            /// Jumps when bigints differ.
            BrBigNe "br.big.ne" (InCell, InCell, Near) None Branch;
            /// Jumps when the left bigint is less.
            BrBigLt "br.big.lt" (InCell, InCell, Near) None Branch;
            /// Jumps when the left bigint is less or equal.
            BrBigLe "br.big.le" (InCell, InCell, Near) None Branch;
            /// Goes back to the start of a loop when the bool holds.
            LoopTrue "loop.true" (InRaw, Far) None Branch;
            /// Goes back when the bool does not hold.
            LoopFalse "loop.false" (InRaw, Far) None Branch;
            /// Goes back when the cell is none.
            LoopNone "loop.none" (InCell, Far) None Branch;
            /// Goes back when the cell is not none.
            LoopSome "loop.some" (InCell, Far) None Branch;
            /// Goes back when raw words are equal.
            LoopEq "loop.eq" (InRaw, InRaw, Near) None Branch;
            /// Goes back when raw words differ.
            LoopNe "loop.ne" (InRaw, InRaw, Near) None Branch;
            /// Goes back when the first int is less.
            LoopLt "loop.lt" (InRaw, InRaw, Near) None Branch;
            /// Goes back when the first int is less or equal.
            LoopLe "loop.le" (InRaw, InRaw, Near) None Branch;
            /// Goes back when the int is the number.
            LoopEqImm "loop.eq.imm" (InRaw, Int16, Near) None Branch;
            /// Goes back when the int is not the number.
            LoopNeImm "loop.ne.imm" (InRaw, Int16, Near) None Branch;
            /// Goes back when the int is less than the number.
            LoopLtImm "loop.lt.imm" (InRaw, Int16, Near) None Branch;
            /// Goes back when the int is less than the number or equal.
            LoopLeImm "loop.le.imm" (InRaw, Int16, Near) None Branch;
            /// Goes back when the int is greater than the number.
            LoopGtImm "loop.gt.imm" (InRaw, Int16, Near) None Branch;
            /// Goes back when the int is greater than the number or equal.
            LoopGeImm "loop.ge.imm" (InRaw, Int16, Near) None Branch;
            /// Goes back when floats are equal.
            LoopFEq "loop.feq" (InRaw, InRaw, Near) None Branch;
            /// Goes back when floats differ or one is NaN.
            LoopFNe "loop.fne" (InRaw, InRaw, Near) None Branch;
            /// Goes back when the first float is less.
            LoopFLt "loop.flt" (InRaw, InRaw, Near) None Branch;
            /// Goes back when the first float is less or equal.
            LoopFLe "loop.fle" (InRaw, InRaw, Near) None Branch;
            /// Goes back unless the first float is less.
            LoopFNlt "loop.fnlt" (InRaw, InRaw, Near) None Branch;
            /// Goes back unless the first float is less or equal.
            LoopFNle "loop.fnle" (InRaw, InRaw, Near) None Branch;
            /// Goes back when strings are equal.
            LoopStrEq "loop.str.eq" (InCell, InCell, Near) None Branch;
            /// Goes back when strings differ.
            LoopStrNe "loop.str.ne" (InCell, InCell, Near) None Branch;
            /// Jumps back when bigints are equal.
            LoopBigEq "loop.big.eq" (InCell, InCell, Near) None Branch;
            /// Jumps back when bigints differ.
            LoopBigNe "loop.big.ne" (InCell, InCell, Near) None Branch;
            /// Jumps back when the left bigint is less.
            LoopBigLt "loop.big.lt" (InCell, InCell, Near) None Branch;
            /// Jumps back when the left bigint is less or equal.
            LoopBigLe "loop.big.le" (InCell, InCell, Near) None Branch;
            /// Adds one to the first int, modulo 2^64, and goes back when it is then less than the second.
            LoopNext "loop.next" (InOutRaw, InRaw, Near) None Branch;
            /// Goes to the jump of the case `a` - lowest; to the default when there is none. `b` cases.
            Switch "switch" (InRaw, Uint16) Jumps Ends;

            /// Length in code points.
            StrLen "str.len" (OutRaw, InCell) None Next;
            /// Length in bytes.
            StrBytes "str.bytes" (OutRaw, InCell) None Next;
            /// Concatenation. A safepoint.
            StrConcat "str.concat" (OutCell, InCell, InCell) None Next;
            /// Concatenation of at least one string. A safepoint.
            StrConcatAll "str.concat.all" (OutCell) Slots Next;
            /// One-character string at a position. A safepoint. Traps: out of range.
            StrIndex "str.index" (OutCell, InCell, InRaw) None Next;
            /// The one-character string that starts at a byte offset.
            StrChar "str.char" (OutCell, InCell, InRaw) None Next;
            /// Part between two positions, `c` and the slot of the extension. A safepoint.
            StrSlice "str.slice" (OutCell, InCell, InRaw) Slot Next;
            /// Whether strings are equal.
            StrEq "str.eq" (OutRaw, InCell, InCell) None Next;
            /// Whether the left string is less.
            StrLt "str.lt" (OutRaw, InCell, InCell) None Next;
            /// Whether the left string is less or equal.
            StrLe "str.le" (OutRaw, InCell, InCell) None Next;

            /// A new list. A safepoint.
            ListNew "list.new" (OutCell, ElemType) Slots Next;
            /// Number of elements.
            ListLen "list.len" (OutRaw, InCell) None Next;
            /// Word at an index. Traps: out of range.
            ListGet "list.get" (Out, InCell, InRaw) None Next;
            /// Byte at an index. Traps: out of range.
            ListGetBool "list.get.bool" (OutRaw, InCell, InRaw) None Next;
            /// Element of a list of any kind as a cell. A safepoint. Traps: out of range.
            ListGetAny "list.get.any" (OutCell, InCell, InRaw) None Next;
            /// Replaces a word, or appends at the length. A safepoint. Traps: out of range.
            ListSet "list.set" (InCell, InRaw, In) None Next;
            /// Replaces a byte, or appends at the length. A safepoint. Traps: out of range.
            ListSetBool "list.set.bool" (InCell, InRaw, InRaw) None Next;
            /// Replaces an element of a list of any kind by a cell, or appends. A safepoint. Traps: out of range.
            ListSetAny "list.set.any" (InCell, InRaw, InCell) None Next;
            /// A new list with one more element. A safepoint.
            ListAppend "list.append" (OutCell, InCell, In) None Next;
            /// A new list with one more element, a cell, from a list of any kind. A safepoint.
            ListAppendAny "list.append.any" (OutCell, InCell, InCell) None Next;
            /// The list with one more word, in place when nobody shares it. A safepoint.
            ListPush "list.push" (OutCell, InCell, In) None Next;
            /// The list with one more bool, in place when nobody shares it. A safepoint.
            ListPushBool "list.push.bool" (OutCell, InCell, InRaw) None Next;
            /// The list of any kind with one more element, a cell. A safepoint.
            ListPushAny "list.push.any" (OutCell, InCell, InCell) None Next;
            /// Marks a list as shared; other cells are left alone.
            ListShare "list.share" (InCell) None Next;
            /// Part between two positions, `c` and the slot of the extension. A safepoint.
            ListSlice "list.slice" (OutCell, InCell, InRaw) Slot Next;
            /// A new list of the elements of both. A safepoint.
            ListConcat "list.concat" (OutCell, InCell, InCell) None Next;
            /// Data pointer and length.
            ListView "list.view" (OutView, InCell) None Next;
            /// Word at an index of a view. Traps: out of range.
            ViewGet "view.get" (Out, InView, InRaw) None Next;
            /// Byte at an index of a view. Traps: out of range.
            ViewGetBool "view.get.bool" (OutRaw, InView, InRaw) None Next;
            /// Word at an index of a view that is in range.
            ViewGetIn "view.get.in" (Out, InView, InRaw) None Next;
            /// Byte at an index of a view that is in range.
            ViewGetInBool "view.get.in.bool" (OutRaw, InView, InRaw) None Next;
            /// Replaces a word at an index of a view that is in range.
            ViewSetIn "view.set.in" (InView, InRaw, In) None Next;
            /// Replaces a byte at an index of a view that is in range.
            ViewSetInBool "view.set.in.bool" (InView, InRaw, InRaw) None Next;

            /// A new map of keys and values in turn. A safepoint.
            MapNew "map.new" (OutCell, MapType) Slots Next;
            /// Number of entries.
            MapLen "map.len" (OutRaw, InCell) None Next;
            /// The value of an int key or none. A safepoint.
            MapGetInt "map.get.int" (OutCell, InCell, InRaw) None Next;
            /// The value of a key of any kind, as a cell, or none. A safepoint.
            MapGet "map.get" (OutCell, InCell, InCell) None Next;
            /// The value of a key, or the slot of the extension; its second field has the kinds of key and result.
            MapGetOr "map.get.or" (Out, InCell, In) Slot Next;
            /// Whether an int key is there.
            MapHasInt "map.has.int" (OutRaw, InCell, InRaw) None Next;
            /// Whether a key of any kind, as a cell, is there.
            MapHas "map.has" (OutRaw, InCell, InCell) None Next;
            /// Inserts or replaces. A safepoint.
            MapSet "map.set" (InCell, In, In) Kinds Next;
            /// Inserts or replaces in a map of any types. A safepoint. Traps: a key or value of another type.
            MapSetAny "map.set.any" (InCell, In, In) Kinds Next;
            /// A list of the keys in ascending order. A safepoint.
            MapKeys "map.keys" (OutCell, InCell, Type) None Next;

            /// A new struct. A safepoint.
            StructNew "struct.new" (OutCell, Shape) Slots Next;
            /// The word of a field. Traps: the struct is none.
            FieldGet "field.get" (Out, InCell, Uint16) None Next;
            /// Replaces the word of a field. Traps: the struct is none.
            FieldSet "field.set" (InCell, Uint16, In) None Next;
            /// Position of the variant, or -1.
            VariantTag "variant.tag" (OutRaw, InCell) None Next;

            /// Whether the cell is none.
            IsNone "is.none" (OutRaw, InCell) None Next;
            /// The cell, or `c` when it is none.
            GetOr "get.or" (OutCell, InCell, InCell) None Next;
            /// The int of a cell, or `c` when it is none.
            GetOrInt "get.or.int" (OutRaw, InCell, InRaw) None Next;
            /// The float of a cell, or `c` when it is none.
            GetOrFloat "get.or.float" (OutRaw, InCell, InRaw) None Next;
            /// The bool of a cell, or `c` when it is none.
            GetOrBool "get.or.bool" (OutRaw, InCell, InRaw) None Next;
            /// An int as a cell. A safepoint.
            BoxInt "box.int" (OutCell, InRaw) None Next;
            /// A float as a cell.
            BoxFloat "box.float" (OutCell, InRaw) None Next;
            /// A bool as a cell.
            BoxBool "box.bool" (OutCell, InRaw) None Next;
            /// The int of a cell that holds one; 0 of none. Traps: another kind.
            UnboxInt "unbox.int" (OutRaw, InCell) None Next;
            /// The float of a cell that holds one; 0 of none. Traps: another kind.
            UnboxFloat "unbox.float" (OutRaw, InCell) None Next;
            /// The bool of a cell that holds one; false of none. Traps: another kind.
            UnboxBool "unbox.bool" (OutRaw, InCell) None Next;
            /// The cell of a string; the empty one of none. Traps: another kind.
            UnboxStr "unbox.str" (OutCell, InCell) None Next;
            /// The bigint of a dynamic value; none gives 0. Traps: another kind.
            UnboxBig "unbox.big" (OutCell, InCell) None Next;

            /// Sum of bigints.
            BigAdd "big.add" (OutCell, InCell, InCell) None Next;
            /// Difference of bigints.
            BigSub "big.sub" (OutCell, InCell, InCell) None Next;
            /// Product of bigints. Traps: no memory.
            BigMul "big.mul" (OutCell, InCell, InCell) None Next;
            /// Quotient of bigints. Traps: division by zero.
            BigDiv "big.div" (OutCell, InCell, InCell) None Next;
            /// Remainder of bigints. Traps: division by zero.
            BigRem "big.rem" (OutCell, InCell, InCell) None Next;
            /// Whether bigints are equal.
            BigEq "big.eq" (OutRaw, InCell, InCell) None Next;
            /// Whether bigints differ.
            BigNe "big.ne" (OutRaw, InCell, InCell) None Next;
            /// Whether the left bigint is less.
            BigLt "big.lt" (OutRaw, InCell, InCell) None Next;
            /// Whether the left bigint is less or equal.
            BigLe "big.le" (OutRaw, InCell, InCell) None Next;
            /// A bigint as a machine int. Traps: beyond 64 bits.
            BigToInt "big.to.int" (OutRaw, InCell) None Next;
            /// A bigint as an index into the list or string that comes first. Traps: beyond 64 bits.
            BigToIndex "big.to.index" (OutRaw, InCell, InCell) None Next;
            /// The int of a cell that was tested to hold one.
            AsInt "as.int" (OutRaw, InCell) None Next;
            /// The float of a cell that was tested to hold one.
            AsFloat "as.float" (OutRaw, InCell) None Next;
            /// The bool of a cell that was tested to hold one.
            AsBool "as.bool" (OutRaw, InCell) None Next;
            /// Whether a cell is represented like a type.
            Is "is" (OutRaw, InCell, Type) None Next;

            /// A new shared variable. A safepoint.
            RefNew "ref.new" (OutCell, In, Kind) None Next;
            /// The word of a shared variable.
            RefGet "ref.get" (Out, InCell) None Next;
            /// Replaces the word of a shared variable.
            RefSet "ref.set" (InCell, In) None Next;
            /// The word of a global.
            GlobalGet "global.get" (Out, Global) None Next;
            /// Replaces the word of a global.
            GlobalSet "global.set" (In, Global) None Next;

            /// A new function value. A safepoint.
            ClosureNew "closure.new" (OutCell, Closure) Slots Next;

            /// Calls a function without arguments.
            Call0 "call.0" (Advance, Func) Args Next;
            /// Calls a function with one argument.
            Call1 "call.1" (Advance, Func) Args Next;
            /// Calls a function with two arguments, raw ones first.
            Call2 "call.2" (Advance, Func) Args Next;
            /// Calls a function with three arguments, raw ones first.
            Call3 "call.3" (Advance, Func) Args Next;
            /// Calls a function with any number of arguments, raw ones first.
            CallMany "call.many" (Advance, Func) ManyArgs Next;
            /// Calls a function value with `c` raw arguments, which come first. Traps: it is none.
            CallClosure "call.closure" (Advance, InCell, Uint16) ManyArgs Next;
            /// Calls a dynamic value with cells; with too few, gives a function of the rest. Traps: not a function, too many
            /// arguments.
            CallAny "call.any" (Advance, InCell) ManyArgs Next;
            /// Calls a runtime function; a safepoint when it allocates.
            CallRuntime "call.rt" (Runtime) ManyArgs Next;
            /// Returns a value.
            Return "return" (In) None Ends;
            /// Returns nothing.
            ReturnUnit "return.unit" () None Ends;
            /// Continues as another function in this frame.
            TailCall "tail.call" (Advance, Func) ManyArgs Ends;
            /// Continues as a function value in this frame, with `c` raw arguments, which come first. Traps: it is none.
            TailCallClosure "tail.call.closure" (Advance, InCell, Uint16) ManyArgs Ends;
            /// Continues as a dynamic value in this frame, with cells. Traps: as `call.any`.
            TailCallAny "tail.call.any" (Advance, InCell) ManyArgs Ends;
            /// Ends the program with a run-time error.
            Trap "trap" (TrapKind, Str) None Ends;
            /// Ends the run: where the outermost function returns to.
            Halt "halt" () None Ends;
        }
    };
}

macro_rules! define {
    ($($(#[doc = $doc:literal])* $op:ident $mnemonic:literal ($($operand:ident),*) $ext:ident $flow:ident;)*) => {
        /// An instruction code.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Opcode { $($(#[doc = $doc])* $op,)* }

        impl Opcode {
            /// All opcodes in table order.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$op,)*];
            /// The instruction in listings.
            pub const fn mnemonic(self) -> &'static str {
                match self { $(Opcode::$op => $mnemonic,)* }
            }
            /// The operands in order of their fields.
            #[inline]
            pub const fn operands(self) -> &'static [Operand] {
                match self { $(Opcode::$op => &[$(Operand::$operand),*],)* }
            }
            /// What follows the instruction.
            #[inline]
            pub const fn ext(self) -> Ext {
                match self { $(Opcode::$op => Ext::$ext,)* }
            }
            /// Where control goes afterwards.
            #[inline]
            pub const fn flow(self) -> Flow {
                match self { $(Opcode::$op => Flow::$flow,)* }
            }
            /// The description of the row, as markdown.
            pub const fn doc(self) -> &'static str {
                match self { $(Opcode::$op => concat!($($doc, "\n"),*),)* }
            }
        }
    };
}
for_each_instr!(define);

impl Opcode {
    /// The opcode with this number.
    #[inline]
    pub fn from_bits(bits: u16) -> Option<Opcode> {
        Opcode::ALL.get(usize::from(bits)).copied()
    }
}

const _: () = {
    // `from_bits` relies on numbers being positions, and a wide operand takes the last two fields.
    let mut i = 0;
    while i < Opcode::ALL.len() {
        assert!(Opcode::ALL[i] as usize == i);
        let operands = Opcode::ALL[i].operands();
        let mut j = 0;
        while j < operands.len() {
            assert!(j < 3 && (!operands[j].is_wide() || (j < 2 && j + 1 == operands.len())));
            j += 1;
        }
        i += 1;
    }
};
