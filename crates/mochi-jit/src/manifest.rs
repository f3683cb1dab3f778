//! The table of stencils: every piece of machine code that the compiler puts together, once.
//!
//! A row is a C macro of `stencils/` of the same name, dots being underscores, and the places that each of its operands
//! may have. It stands for one stencil per combination of places, its *variants*. From the rows derive the C functions that
//! `cargo xtask stencils` compiles, the index of the committed library, and [`Stencil`], by which the compiler names them.
//! Operands of the C macro are the result D first, then the inputs in order of their letters; the hole of an operand
//! is `HOLE_d`, `HOLE_a` and so on. Rows of assembly have one variant.

use std::fmt;

/// Where an operand may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Places {
    /// An int: a pin or a slot.
    Int,
    /// An int that is read: a pin, a slot or a number.
    IntOrNumber,
    /// An int that is read: a pin, a slot, a number or the second temporary.
    IntOrAny,
    /// A number.
    Number,
    /// A float: a pin or a slot.
    Float,
    /// A slot of a cell.
    Slot,
    /// An int that is written: a pin, a slot or the second temporary.
    IntOrTemp,
}

/// Pins for ints.
pub const INT_PINS: u8 = 6;
/// Pins for floats.
pub const FLOAT_PINS: u8 = 8;

/// Where an operand is: pins for ints, pins for floats, then the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(u8);

/// A place taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlaceKind {
    /// A pin for ints.
    R(u8),
    /// A pin for floats.
    F(u8),
    /// A slot of the frame.
    S,
    /// A number in the code.
    I,
    /// The second temporary.
    T,
}

impl Place {
    /// A slot of the frame.
    pub const S: Place = Place(INT_PINS + FLOAT_PINS);
    /// A number in the code.
    pub const I: Place = Place(INT_PINS + FLOAT_PINS + 1);
    /// The second temporary.
    pub const T: Place = Place(INT_PINS + FLOAT_PINS + 2);

    /// How many there are.
    const COUNT: usize = (INT_PINS + FLOAT_PINS) as usize + 3;

    /// A pin for ints.
    pub const fn int(pin: u8) -> Place {
        debug_assert!(pin < INT_PINS);
        Place(pin)
    }
    /// A pin for floats.
    pub const fn float(pin: u8) -> Place {
        debug_assert!(pin < FLOAT_PINS);
        Place(INT_PINS + pin)
    }
    /// A pin by its number among all, those for ints first.
    pub const fn numbered(pin: u8) -> Place {
        debug_assert!(pin < INT_PINS + FLOAT_PINS);
        Place(pin)
    }
    /// What it is.
    pub const fn kind(self) -> PlaceKind {
        match self {
            Place::S => PlaceKind::S,
            Place::I => PlaceKind::I,
            Place::T => PlaceKind::T,
            Place(pin) if pin < INT_PINS => PlaceKind::R(pin),
            Place(pin) => PlaceKind::F(pin - INT_PINS),
        }
    }
    /// Whether it is a pin for floats.
    #[inline]
    pub const fn is_float(self) -> bool {
        matches!(self.kind(), PlaceKind::F(_))
    }
    /// Its position among all.
    const fn position(self) -> usize {
        self.0 as usize
    }
    /// As stencils write it.
    pub fn name(self) -> String {
        match self.kind() {
            PlaceKind::R(n) => format!("R{n}"),
            PlaceKind::F(n) => format!("F{n}"),
            PlaceKind::S => "S".into(),
            PlaceKind::I => "I".into(),
            PlaceKind::T => "T".into(),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Places {
    const ALL: [Places; 7] = [
        Places::Int,
        Places::IntOrNumber,
        Places::IntOrAny,
        Places::Number,
        Places::Float,
        Places::Slot,
        Places::IntOrTemp,
    ];

    /// How many there are.
    pub const fn count(self) -> u32 {
        match self {
            Places::Int => INT_PINS as u32 + 1,
            Places::IntOrNumber | Places::IntOrTemp => INT_PINS as u32 + 2,
            Places::IntOrAny => INT_PINS as u32 + 3,
            Places::Float => FLOAT_PINS as u32 + 1,
            Places::Number | Places::Slot => 1,
        }
    }
    /// The place with a number below [`count`](Places::count).
    pub const fn place(self, number: u32) -> Place {
        let pins = match self {
            Places::Float => FLOAT_PINS as u32,
            Places::Int | Places::IntOrNumber | Places::IntOrAny | Places::IntOrTemp => INT_PINS as u32,
            Places::Number | Places::Slot => 0,
        };
        if number < pins {
            return match self {
                Places::Float => Place::float(number as u8),
                _ => Place::int(number as u8),
            };
        }
        match (self, number - pins) {
            (Places::Number, 0) => Place::I,
            (_, 0) => Place::S,
            (Places::IntOrTemp, _) => Place::T,
            (_, 1) => Place::I,
            _ => Place::T,
        }
    }
    /// The number of a place; `None` when the operand cannot be there.
    #[inline]
    pub fn number(self, place: Place) -> Option<u32> {
        let number = NUMBERS[self as usize][place.position()];
        (number != NO_NUMBER).then_some(u32::from(number))
    }
}

const NO_NUMBER: u8 = u8::MAX;

/// By kind of places: how many there are.
static COUNTS: [u32; Places::ALL.len()] = {
    let mut counts = [0; Places::ALL.len()];
    let mut i = 0;
    while i < Places::ALL.len() {
        counts[Places::ALL[i] as usize] = Places::ALL[i].count();
        i += 1;
    }
    counts
};

/// By kind of places and place: its number.
static NUMBERS: [[u8; Place::COUNT]; Places::ALL.len()] = {
    let mut numbers = [[NO_NUMBER; Place::COUNT]; Places::ALL.len()];
    let mut i = 0;
    while i < Places::ALL.len() {
        let places = Places::ALL[i];
        let mut number = 0;
        while number < places.count() {
            numbers[places as usize][places.place(number).position()] = number as u8;
            number += 1;
        }
        i += 1;
    }
    numbers
};

/// Calls `$each!` with one row per stencil: doc, variant, name, file, operands.
#[macro_export]
macro_rules! for_each_stencil {
    ($each:ident) => {
        $each! {
            Add "add" "int.c" (Int, Int, IntOrNumber);
            Sub "sub" "int.c" (Int, Int, IntOrNumber);
            Mul "mul" "int.c" (Int, Int, IntOrAny);
            AddWrap "add_wrap" "int.c" (Int, Int, IntOrNumber);
            SubWrap "sub_wrap" "int.c" (Int, Int, IntOrNumber);
            MulWrap "mul_wrap" "int.c" (Int, Int, IntOrAny);
            And "and" "int.c" (Int, Int, IntOrAny);
            Or "or" "int.c" (Int, Int, IntOrAny);
            Xor "xor" "int.c" (Int, Int, IntOrAny);
            Shl "shl" "int.c" (Int, Int, Int);
            Shr "shr" "int.c" (Int, Int, Int);
            ShlBy "shl_by" "int.c" (Int, Int, Number);
            ShrBy "shr_by" "int.c" (Int, Int, Number);
            Div "div" "int.c" (Int, Int, Int);
            Rem "rem" "int.c" (Int, Int, Int);
            DivSafe "div_safe" "int.c" (Int, Int, IntOrAny);
            RemSafe "rem_safe" "int.c" (Int, Int, IntOrAny);
            DivKnown "div_known" "int.c" (Int, Int);
            DivKnownMore "div_known_more" "int.c" (Int, Int);
            RemKnown "rem_known" "int.c" (Int, Int);
            RemKnownMore "rem_known_more" "int.c" (Int, Int);
            DivPow2 "div_pow2" "int.c" (Int, Int, Number);
            RemPow2 "rem_pow2" "int.c" (Int, Int, Number);
            Neg "neg" "int.c" (Int, Int);
            Eq "eq" "int.c" (Int, Int, IntOrAny);
            Ne "ne" "int.c" (Int, Int, IntOrAny);
            Lt "lt" "int.c" (Int, Int, IntOrNumber);
            Le "le" "int.c" (Int, Int, IntOrNumber);
            Gt "gt" "int.c" (Int, Int, Number);
            Ge "ge" "int.c" (Int, Int, Number);
            Select "select" "int.c" (Int, Int, Int);
            Move "move" "int.c" (IntOrTemp, IntOrNumber);

            BrEq "br_eq" "branch.c" (Int, IntOrAny);
            BrNe "br_ne" "branch.c" (Int, IntOrAny);
            BrLt "br_lt" "branch.c" (Int, IntOrNumber);
            BrLe "br_le" "branch.c" (Int, IntOrNumber);
            BrGt "br_gt" "branch.c" (Int, Number);
            BrGe "br_ge" "branch.c" (Int, Number);
            BrTrue "br_true" "branch.c" (Int);
            BrFalse "br_false" "branch.c" (Int);
            BrNone "br_none" "branch.c" (Slot);
            BrSome "br_some" "branch.c" (Slot);
            Jump "jump" "branch.c" ();
            Poll "poll" "branch.c" ();

            FAdd "fadd" "float.c" (Float, Float, Float);
            FSub "fsub" "float.c" (Float, Float, Float);
            FMul "fmul" "float.c" (Float, Float, Float);
            FDiv "fdiv" "float.c" (Float, Float, Float);
            FNeg "fneg" "float.c" (Float, Float);
            FEq "feq" "float.c" (Int, Float, Float);
            FNe "fne" "float.c" (Int, Float, Float);
            FLt "flt" "float.c" (Int, Float, Float);
            FLe "fle" "float.c" (Int, Float, Float);
            BrFEq "br_feq" "float.c" (Float, Float);
            BrFNe "br_fne" "float.c" (Float, Float);
            BrFLt "br_flt" "float.c" (Float, Float);
            BrFLe "br_fle" "float.c" (Float, Float);
            BrFNlt "br_fnlt" "float.c" (Float, Float);
            BrFNle "br_fnle" "float.c" (Float, Float);
            IntToFloat "int_to_float" "float.c" (Float, Int);
            FloatToInt "float_to_int" "float.c" (Int, Float);
            FSelect "fselect" "float.c" (Float, Int, Float);
            FMove "fmove" "float.c" (Float, Float);
            FMoveTemp "fmove_t" "float.c" (Float);

            Object "object" "memory.c" (Slot);
            ObjectKeep "object_keep" "memory.c" (Int);
            ObjectKept "object_kept" "memory.c" (Int);
            ObjectAgain "object_again" "memory.c" (Int, Slot);
            Load "load" "memory.c" (Int);
            FLoad "fload" "memory.c" (Float);
            Store "store" "memory.c" (IntOrNumber);
            FStore "fstore" "memory.c" (Float);
            ListGet "list_get" "memory.c" (Int, Int);
            ListFGet "list_fget" "memory.c" (Float, Int);
            ListGetBool "list_get_bool" "memory.c" (Int, Int);
            ListSet "list_set" "memory.c" (IntOrNumber, Int);
            ListFSet "list_fset" "memory.c" (Float, Int);
            ListSetBool "list_set_bool" "memory.c" (IntOrNumber, Int);
            ListRoom "list_room" "memory.c" ();
            ListPush "list_push" "memory.c" (IntOrNumber);
            ListFPush "list_fpush" "memory.c" (Float);
            ListPushBool "list_push_bool" "memory.c" (IntOrNumber);
            Bound "bound" "memory.c" (Int, Int);
            ViewGet "view_get" "memory.c" (Int, Int, Int);
            ViewFGet "view_fget" "memory.c" (Float, Int, Int);
            ViewGetBool "view_get_bool" "memory.c" (Int, Int, Int);
            ViewSet "view_set" "memory.c" (Int, Int, IntOrNumber);
            ViewFSet "view_fset" "memory.c" (Int, Int, Float);
            ViewSetBool "view_set_bool" "memory.c" (Int, Int, IntOrNumber);
            GlobalGet "global_get" "memory.c" (Int);
            GlobalFGet "global_fget" "memory.c" (Float);
            GlobalSet "global_set" "memory.c" (IntOrNumber);
            GlobalFSet "global_fset" "memory.c" (Float);
            ConstStr "const_str" "memory.c" (Slot);
            IsNone "is_none" "memory.c" (Int, Slot);
            GetOr "get_or" "memory.c" (Slot, Slot, Slot);
            GetOrFloat "get_or_float" "memory.c" (Float, Slot, Float);
            BoxInt "box_int" "memory.c" (Slot, Int);
            BoxFloat "box_float" "memory.c" (Slot, Float);
            BoxBool "box_bool" "memory.c" (Slot, Int);
            UnboxInt "unbox_int" "memory.c" (Int, Slot);
            UnboxFloat "unbox_float" "memory.c" (Float, Slot);
            UnboxBool "unbox_bool" "memory.c" (Int, Slot);
            AsBool "as_bool" "memory.c" (Int, Slot);
            GetOrInt "get_or_int" "memory.c" (Int, Slot, Int);
            GetOrBool "get_or_bool" "memory.c" (Int, Slot, Int);
            VariantTag "variant_tag" "memory.c" (Int);
            StrText "str_text" "memory.c" (Slot);
            StrIndex "str_index" "memory.c" (Slot, Int);
            StrSlice "str_slice" "memory.c" (Slot, Int, Int);
            StrChars "str_chars" "memory.c" (Int, Slot);
            StrBytes "str_bytes" "memory.c" (Int, Slot);
            StrChar "str_char" "memory.c" (Slot, Slot, Int);
            StrWords "str_words" "memory.c" (Slot);
            StrFind "str_find" "memory.c" (Int, Slot, Int);
            StrRoom "str_room" "memory.c" (Slot);
            StrPush "str_push" "memory.c" (Slot);
            StrEq "str_eq" "memory.c" (Int, Slot, Slot);
            StrLt "str_lt" "memory.c" (Int, Slot, Slot);
            StrLe "str_le" "memory.c" (Int, Slot, Slot);
            BrStrEq "br_str_eq" "memory.c" (Slot, Slot);
            BrStrNe "br_str_ne" "memory.c" (Slot, Slot);
            MapKey "map_key" "memory.c" (Slot);
            MapInt "map_int" "memory.c" (Int);
            MapDirect "map_direct" "memory.c" ();
            MapIntOr0 "map_int_or_0" "memory.c" ();
            MapValue "map_value" "memory.c" ();
            MapValueOr0 "map_value_or_0" "memory.c" ();
            MapAbsent "map_absent" "memory.c" (Slot);

            AnyAdd "any_add" "any.c" (Slot, Slot, Slot);
            AnySub "any_sub" "any.c" (Slot, Slot, Slot);
            AnyMul "any_mul" "any.c" (Slot, Slot, Slot);
            AnyDiv "any_div" "any.c" (Slot, Slot, Slot);
            AnyRem "any_rem" "any.c" (Slot, Slot, Slot);
            AnyEqual "any_equal" "any.c" (Int, Slot, Slot);
            AnyCompare "any_compare" "any.c" (Int, Slot, Slot);
            ListShare "list_share" "any.c" (Slot);
            ListOfCells "list_of_cells" "any.c" ();

            ClosureRow "closure_row" "closure.c" (Slot);
            ClosureIs "closure_is" "closure.c" ();
            TailCheck "tail_check" "closure.c" ();
            ClosureOpen "closure_open" "closure.c" (Slot);
            ClosureRaw "closure_raw" "closure.c" (Slot);
            ClosureCells "closure_cells" "closure.c" (Slot);
            Argument "argument" "closure.c" (Int);
            FArgument "fargument" "closure.c" (Float);

            Return "ret" "returns.c" (IntOrNumber);
            FReturn "fret" "returns.c" (Float);
            Zero "zero" "returns.c" ();

            Mask "mask" "harden.c" (Int, Int, Int);
            ListMask "list_mask" "harden.c" (Int, Int);
            StrMask "str_mask" "harden.c" (Int, Int);

            Const "constant" "wide.c" (IntOrTemp);
            FConst "fconstant" "wide.c" (Float);

            Landing "landing" "calls" ();
            Stub "stub" "calls" ();
            Call "call" "calls" ();
            CallOpened "call_opened" "calls" ();
            CallFound "call_found" "calls" ();
            TailFound "tail_found" "calls" ();
            Tail "tail" "calls" ();
            Out "out" "calls" ();
            OutOfLine "out_of_line" "calls" ();
            Saving "saving" "calls" ();
            Find "find" "calls" ();
            Lazy "lazy" "calls" ();
            Give "give" "calls" ();
            BrAnswer "br_answer" "calls" ();
            Enter "enter" "calls" ();
            Leave "leave" "calls" ();
            Result "result" "calls" (Int);
            FResult "fresult" "calls" (Float);
        }
    };
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The C macro.
    pub name: &'static str,
    /// The file below `stencils/`; assembly without its architecture.
    pub file: &'static str,
    /// Where operands may be, in order of the macro's parameters.
    pub operands: &'static [Places],
    /// Its first variant in the library.
    pub first: u32,
}

macro_rules! define {
    ($($stencil:ident $name:literal $file:literal ($($places:ident),*);)*) => {
        /// A stencil, all variants together.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        #[allow(missing_docs)] // The rows say what they are.
        pub enum Stencil { $($stencil,)* }

        impl Stencil {
            /// All, in order of the library.
            pub const ALL: &'static [Stencil] = &[$(Stencil::$stencil,)*];
        }

        static ROWS: [Row; Stencil::ALL.len()] = {
            let mut rows = [$(Row { name: $name, file: $file, operands: &[$(Places::$places),*], first: 0 },)*];
            let mut at = 0;
            let mut i = 0;
            while i < rows.len() {
                rows[i].first = at;
                at += variants(rows[i].operands);
                i += 1;
            }
            rows
        };
    };
}
for_each_stencil!(define);

const fn variants(operands: &[Places]) -> u32 {
    let mut count = 1;
    let mut i = 0;
    while i < operands.len() {
        count *= operands[i].count();
        i += 1;
    }
    count
}

/// How many stencils there are, variants counted.
pub const COUNT: u32 = {
    let last = &ROWS[ROWS.len() - 1];
    last.first + variants(last.operands)
};

impl Stencil {
    /// Its row.
    #[inline]
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
    /// The position in the library of the variant with operands in these places; `None` when there is none.
    #[inline]
    pub fn variant(self, places: &[Place]) -> Option<u32> {
        let row = self.row();
        debug_assert_eq!(row.operands.len(), places.len(), "{self:?}");
        let mut number = 0;
        for (&of, &place) in row.operands.iter().zip(places) {
            number = number * COUNTS[of as usize] + of.number(place)?;
        }
        Some(row.first + number)
    }
    /// The places of the operands of each variant, in order of the library.
    pub fn variants(self) -> impl Iterator<Item = Vec<Place>> {
        let operands = self.row().operands;
        (0..variants(operands)).map(move |mut number| {
            let mut places: Vec<Place> = Vec::new();
            for of in operands.iter().rev() {
                places.push(of.place(number % of.count()));
                number /= of.count();
            }
            places.reverse();
            places
        })
    }
}

/// The name of a variant in object files: that of the macro, then a line and its places.
pub fn symbol(stencil: Stencil, places: &[Place]) -> String {
    let places: Vec<String> = places.iter().map(|place| place.name()).collect();
    format!("{}_{}", stencil.row().name, places.join("_"))
}
