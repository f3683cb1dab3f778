//! What each stencil means: which instruction does the same on which operands, and when it may leave that to the slow path.

use mochi_abi::layout::{
    BUFFER_BYTES, BUFFER_CAPACITY, BUFFER_USED, CAPACITY, DATA, FLAG_ASCII, FLAG_BUFFER, FLAG_DIRECT,
    FLAG_SHARED, LEN, MAP_VALUE_SHIFT, META_SHIFT, STR_BUFFER,
};
use mochi_abi::{Arena, Cell, RuntimeFn};
use mochi_jit::division::factor;
use mochi_jit::manifest::{Place, PlaceKind, Stencil};
use mochi_vm::Opcode;

use crate::interpreter::{ASKED_FIELDS, ASKED_NUMBERS, Did, Interpreter, UNMADE, meta, word_at};
use crate::machine::Exit;

/// The values that an operand may have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Domain {
    /// Anything.
    Int,
    Float,
    Cell,
    /// A cell, mostly with a small int or a float.
    Number,
    /// Neither 0 nor -1.
    Divisor,
    /// A distance of bits, in the code.
    Shift,
    /// A power of two that is not 1, in the code.
    Power,
    /// What multiplies instead of a number, in the code, that something is divided by.
    Multiplier,
    Str,
    /// Such that the first two bytes start characters, or the first does.
    NotEmpty,
    Start,
    /// What is looked for, mostly a character.
    Part,
    /// A string that is made longer.
    Builder,
    /// A short string, mostly of a number.
    Key,
    /// A small int, or a multiple of a large one.
    IntKey,
    /// A cell of this kind or none.
    IntCell,
    FloatCell,
    BoolCell,
    /// An index into a list or string, perhaps beyond it.
    Index,
    /// The elements of a list, and an index of one of them.
    Data,
    Inside,
    Bool,
}

/// The object that is in the first temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Object {
    None,
    Large,
    /// A list of ints, floats or bools by number; whether all kinds of room are tried.
    List(usize, bool),
    Variant,
    /// A string of ASCII in a cell or slot: the address of its bytes, and its length in the second temporary.
    Text,
    /// A string that may be made longer, and its end in the second temporary.
    Builder,
    /// Any map.
    Map,
    /// One whose keys are cells.
    MapOfCells,
    /// One whose keys are ints.
    MapOfInts,
}

/// One use of a stencil.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// By letter: a, b, c, d; what a result had before.
    pub values: [u64; 4],
    /// Numbers in holes.
    pub numbers: [i64; 4],
    /// The object in the first temporary.
    pub cell: u64,
    pub object: *mut u8,
    pub temps: [u64; 2],
    /// Where the result goes.
    pub result: Option<Place>,
    /// The frame.
    pub frame: *const u64,
    /// Whether a collection is due.
    pub is_due: bool,
    /// Whether somebody wants the program to end.
    pub interrupted: bool,
}

/// What must be there afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// The same as before.
    Kept,
    /// Anything.
    Lost,
    Bits(u64),
    /// The bits of a float; of NaN any.
    Float(u64),
}

impl Want {
    pub fn allows(self, before: u64, after: u64) -> bool {
        match self {
            Want::Kept => before == after,
            Want::Lost => true,
            Want::Bits(bits) => bits == after,
            Want::Float(bits) => {
                bits == after || f64::from_bits(bits).is_nan() && f64::from_bits(after).is_nan()
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub exit: Exit,
    pub result: Want,
    pub temps: [Want; 2],
    /// What is returned.
    pub answer: Option<u64>,
}

type Law = Box<dyn Fn(&mut Interpreter, &Case) -> Expected>;

pub struct Spec {
    /// The letters of the operands, in order of the row.
    pub letters: &'static str,
    /// By letter; that of a result is not looked at.
    pub domains: [Domain; 4],
    pub object: Object,
    /// Whether memory is written, which has to be compared.
    pub writes: bool,
    /// A hole that is no operand, and what it is filled with.
    pub extra: Option<(usize, Vec<i64>)>,
    /// What the second temporary has.
    pub second: Option<Domain>,
    pub law: Law,
}

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;
const D: usize = 3;

fn next(result: Want) -> Expected {
    Expected { exit: Exit::Next, result, temps: [Want::Lost; 2], answer: None }
}
fn cold() -> Expected {
    Expected { exit: Exit::Cold, result: Want::Kept, temps: [Want::Lost; 2], answer: None }
}
fn branch(did: Did) -> Expected {
    let exit = if did == Did::Taken { Exit::Taken } else { Exit::Next };
    Expected { exit, ..next(Want::Kept) }
}

/// An index that is below a length is kept, another leaves; the object stays found.
fn masked(len: fn(&Case) -> u64) -> Law {
    Box::new(move |_, case| {
        if case.values[A] >= len(case) {
            return cold();
        }
        Expected { temps: [Want::Kept, Want::Lost], ..next(Want::Bits(case.values[A])) }
    })
}

fn spec(letters: &'static str, domains: [Domain; 3], law: Law) -> Spec {
    let [a, b, c] = domains;
    Spec {
        letters,
        domains: [a, b, c, Domain::Int],
        object: Object::None,
        writes: false,
        extra: None,
        second: None,
        law,
    }
}

impl Spec {
    fn of(self, object: Object) -> Spec {
        Spec { object, ..self }
    }
    fn writing(self) -> Spec {
        Spec { writes: true, ..self }
    }
    fn with(self, hole: usize, numbers: impl IntoIterator<Item = i64>) -> Spec {
        Spec { extra: Some((hole, numbers.into_iter().collect())), ..self }
    }
    fn second(self, domain: Domain) -> Spec {
        Spec { second: Some(domain), ..self }
    }
}

/// `D = A op B`, where the interpreter traps or has a slow path the cold one.
fn value_unless(op: Opcode, float: bool, slow: fn(&Interpreter, &Case) -> bool) -> Law {
    Box::new(move |interpreter, case| {
        let [a, b, ..] = case.values;
        let did = interpreter.step(op, 0, [0, a, b, 0]);
        match did == Did::Trapped || slow(interpreter, case) {
            true => cold(),
            false if float => next(Want::Float(interpreter.result(op))),
            false => next(Want::Bits(interpreter.result(op))),
        }
    })
}
fn value(op: Opcode) -> Law {
    value_unless(op, false, |_, _| false)
}
fn float(op: Opcode) -> Law {
    value_unless(op, true, |_, _| false)
}
/// The same with operands exchanged.
fn swapped(op: Opcode) -> Law {
    let law = value(op);
    Box::new(move |interpreter, case| {
        let [a, b, c, d] = case.values;
        law(interpreter, &Case { values: [b, a, c, d], ..*case })
    })
}
/// A register has the result modulo 2^64 before the slow path, which takes it back.
fn early(op: Opcode, wrap: Opcode) -> Law {
    let law = value(op);
    Box::new(move |interpreter, case| {
        let expected = law(interpreter, case);
        if expected.exit == Exit::Next || !matches!(case.result.map(Place::kind), Some(PlaceKind::R(_))) {
            return expected;
        }
        interpreter.step(wrap, 0, [0, case.values[A], case.values[B], 0]);
        Expected { result: Want::Bits(interpreter.result(wrap)), ..expected }
    })
}
/// `D = A op n`
fn by(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        interpreter.step(op, case.numbers[B] as u16, [0, case.values[A], 0, 0]);
        next(Want::Bits(interpreter.result(op)))
    })
}
fn jump(op: Opcode) -> Law {
    Box::new(move |interpreter, case| branch(interpreter.step(op, 0, case.values)))
}
fn jump_swapped(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        let [a, b, ..] = case.values;
        branch(interpreter.step(op, 0, [b, a, 0, 0]))
    })
}
fn select(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        interpreter.step(op, 0, [0, case.values[C], case.temps[1], case.values[B]]);
        next(Want::Bits(interpreter.result(op)))
    })
}
/// The object in the first temporary stays there.
fn keeping(law: Law) -> Law {
    Box::new(move |interpreter, case| {
        let expected = law(interpreter, case);
        Expected { temps: [Want::Kept, Want::Lost], ..expected }
    })
}
/// An instruction on the object and B.
fn of_object(op: Opcode, slow: fn(&Interpreter, &Case) -> bool) -> Law {
    Box::new(move |interpreter, case| {
        let did = interpreter.step(op, 0, [0, case.cell, case.values[B], 0]);
        let is_slow = did == Did::Trapped || slow(interpreter, case);
        if is_slow { cold() } else { next(Want::Bits(interpreter.result(op))) }
    })
}
/// Whether an index is not one of the list's. A negative one counts from the end, on the slow path.
fn is_beyond(_: &Interpreter, case: &Case) -> bool {
    // SAFETY: a live list.
    case.values[B] >= unsafe { word_at(case.object, LEN) }
}
fn set(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        if is_beyond(interpreter, case) {
            return cold();
        }
        interpreter.step(op, 0, [case.cell, case.values[B], case.values[A], 0]);
        next(Want::Kept)
    })
}
fn push(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        interpreter.step(op, 0, [0, case.cell, case.values[A], 0]);
        next(Want::Kept)
    })
}
fn view_get(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        interpreter.step(op, 0, [0, case.values[A], case.values[B], 0]);
        next(Want::Bits(interpreter.result(op)))
    })
}
fn view_set(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        let [a, b, c, _] = case.values;
        interpreter.step(op, 0, [a, b, c, 0]);
        next(Want::Kept)
    })
}
fn unbox(op: Opcode, has_kind: fn(Cell) -> bool) -> Law {
    Box::new(move |interpreter, case| {
        let cell = case.values[A];
        let did = interpreter.step(op, 0, [0, cell, 0, 0]);
        if !has_kind(Cell(cell)) {
            // The slow path writes the result, whatever it was.
            let result = if case.result == Some(Place::S) { Want::Kept } else { Want::Lost };
            return Expected { result, ..cold() };
        }
        assert_eq!(did, Did::Next, "{cell:#x}");
        next(Want::Bits(interpreter.result(op)))
    })
}
/// A length of a string, of which a short one may have to be of ASCII.
fn str_length(op: Opcode, is_quick: fn(Cell) -> bool) -> Law {
    Box::new(move |interpreter, case| {
        let text = Cell(case.values[A]);
        if text.is_short_str() && !is_quick(text) {
            let result = if case.result == Some(Place::S) { Want::Kept } else { Want::Lost };
            return Expected { result, ..cold() };
        }
        interpreter.step(op, 0, [0, text.0, 0, 0]);
        next(Want::Bits(interpreter.result(op)))
    })
}
/// An operator on cells, which has an int or a float for a result; `applies` to two numbers.
fn any_arith(operator: u64, applies: fn(Cell, Cell) -> bool) -> Law {
    let is_number = |cell: Cell| cell.is_small_int() || cell.is_f64();
    Box::new(move |interpreter, case| {
        let (a, b) = (Cell(case.values[A]), Cell(case.values[B]));
        let did = interpreter.step(Opcode::CallRuntime, RuntimeFn::any_arith as u16, [0, a.0, b.0, operator]);
        let result = Cell(interpreter.cell_result());
        let is_nan = result.is_f64() && result.as_f64().is_nan();
        if did == Did::Trapped
            || !is_number(a)
            || !is_number(b)
            || !applies(a, b)
            || !is_number(result)
            || is_nan
        {
            return cold();
        }
        next(Want::Bits(result.0))
    })
}
/// A relation of two small ints, two floats that are no NaN, or two of another kind.
fn any_relation(function: RuntimeFn, is_other: fn(Cell) -> bool) -> Law {
    Box::new(move |interpreter, case| {
        let (a, b) = (Cell(case.values[A]), Cell(case.values[B]));
        let both = |is: fn(Cell) -> bool| is(a) && is(b);
        let is_float = |cell: Cell| cell.is_f64() && !cell.as_f64().is_nan();
        if !both(Cell::is_small_int) && !both(is_float) && !both(is_other) {
            return cold();
        }
        interpreter.step(Opcode::CallRuntime, function as u16, [0, a.0, b.0, 0]);
        next(Want::Bits(interpreter.result(Opcode::CallRuntime)))
    })
}
fn is_ascii(text: Cell) -> bool {
    let (bytes, len) = text.short_str();
    bytes[..len].is_ascii()
}
/// Where the bytes of a string of ASCII are and how many, in the temporaries; its object must have no other one of some flags.
fn text(flags: u32) -> Law {
    Box::new(move |interpreter, case| {
        let cell = Cell(case.values[A]);
        let (data, is_quick) = match interpreter.world.object(cell.0).filter(|_| cell.is_handle()) {
            // SAFETY: a live string.
            Some(object) => unsafe { (word_at(object, DATA), meta(object) & flags == FLAG_ASCII) },
            None => (case.frame as u64 + case.numbers[A] as u64, is_ascii(cell)),
        };
        if !is_quick {
            return cold();
        }
        interpreter.step(Opcode::StrLen, 0, [0, cell.0, 0, 0]);
        let len = interpreter.result(Opcode::StrLen);
        Expected { temps: [Want::Bits(data), Want::Bits(len)], ..next(Want::Kept) }
    })
}
/// Where the text of a builder ends that may be made longer, and what is there.
pub fn end_of(builder: *mut u8) -> Option<u64> {
    // SAFETY: a live string, and its buffer if it has one.
    unsafe {
        if meta(builder) & FLAG_BUFFER == 0 {
            return None;
        }
        let buffer = word_at(builder, STR_BUFFER) as *const u8;
        let half = |object: *const u8, at: usize| object.add(at).cast::<u32>().read();
        let (capacity, used) = (half(buffer, BUFFER_CAPACITY), half(buffer, BUFFER_USED));
        let end = buffer as u64 + BUFFER_BYTES as u64 + u64::from(used);
        let own = word_at(builder, DATA) + u64::from(half(builder, LEN));
        (capacity - used >= 8 && own == end).then_some(end)
    }
}
/// Where the value of a key is in a map, 0 when it is absent.
fn value_of(interpreter: &mut Interpreter, case: &Case) -> u64 {
    // SAFETY: a live map.
    let (entries, len, kinds) = unsafe {
        let kinds = meta(case.object) >> META_SHIFT;
        let kinds = kinds & 1 | (kinds >> MAP_VALUE_SHIFT & 3) << 4;
        (word_at(case.object, DATA) as *const u8, word_at(case.object, LEN) as usize, kinds as u16)
    };
    // SAFETY: entries below the length.
    let found = (0..len).find(|at| unsafe { word_at(entries, 16 * at) } == case.temps[1]);
    let value = found.map(|at| entries.wrapping_add(16 * at + 8));
    interpreter.step(Opcode::MapGetOr, kinds, [0, case.cell, case.temps[1], 0x1234]);
    // SAFETY: a value that is there.
    let word = value.map_or(0x1234, |value| unsafe { word_at(value, 0) });
    assert_eq!(interpreter.result(Opcode::MapGetOr), word);
    value.map_or(0, |value| value as u64)
}
fn are_long(case: &Case) -> bool {
    let [a, b, ..] = case.values;
    a != b && Cell(a).is_handle() && Cell(b).is_handle()
}
fn are_short(case: &Case) -> bool {
    let [a, b, ..] = case.values;
    Cell(a).is_short_str() && Cell(b).is_short_str()
}
fn jump_strings(op: Opcode) -> Law {
    Box::new(move |interpreter, case| {
        let did = interpreter.step(op, 0, case.values);
        if are_long(case) { cold() } else { branch(did) }
    })
}
fn always(expected: Expected) -> Law {
    Box::new(move |_, _| expected)
}

/// The meaning of a stencil.
#[rustfmt::skip]
pub fn of(stencil: Stencil) -> Spec {
    use Domain::*;
    use Opcode as O;
    use Stencil as S;
    let int3 = |law| spec("dab", [Int, Int, Int], law);
    let int2 = |law| spec("da", [Int, Int, Int], law);
    let br = |op| spec("ab", [Int, Int, Int], jump(op));
    let float3 = |op| spec("dab", [Float, Float, Float], float(op));
    let compare = |op| spec("dab", [Float, Float, Float], value(op));
    let fbr = |op| spec("ab", [Float, Float, Float], jump(op));
    let distances = || ASKED_FIELDS.map(|field| 8 + 8 * i64::from(field));
    let words = || ASKED_NUMBERS.map(|number| 8 * i64::from(number));
    match stencil {
        S::Add => int3(early(O::Add, O::AddWrap)),
        S::Sub => int3(early(O::Sub, O::SubWrap)),
        S::Mul => int3(value(O::Mul)),
        S::AddWrap => int3(value(O::AddWrap)),
        S::SubWrap => int3(value(O::SubWrap)),
        S::MulWrap => int3(value(O::MulWrap)),
        S::And => int3(value(O::And)),
        S::Or => int3(value(O::Or)),
        S::Xor => int3(value(O::Xor)),
        S::Shl => int3(value(O::Shl)),
        S::Shr => int3(value(O::Shr)),
        S::ShlBy => spec("dab", [Int, Shift, Int], by(O::ShlImm)),
        S::ShrBy => spec("dab", [Int, Shift, Int], by(O::ShrImm)),
        S::Div => int3(value_unless(O::Div, false, |_, case| matches!(case.values[B] as i64, 0 | -1))),
        S::Rem => int3(value_unless(O::Rem, false, |_, case| matches!(case.values[B] as i64, 0 | -1))),
        S::DivSafe => spec("dab", [Int, Divisor, Int], value(O::DivSafe)),
        S::RemSafe => spec("dab", [Int, Divisor, Int], value(O::RemSafe)),
        S::DivKnown | S::DivKnownMore | S::RemKnown | S::RemKnownMore => {
            let more = matches!(stencil, S::DivKnownMore | S::RemKnownMore);
            let op = if matches!(stencil, S::DivKnown | S::DivKnownMore) { O::DivSafe } else { O::RemSafe };
            let divisors = [3, 5, 6, 7, 10, 641, 1009, 1_000_003, 1_000_000_007, i64::from(i32::MAX)];
            let divisors = divisors.into_iter().filter(|&divisor| factor(divisor).is_some_and(|f| f.more == more));
            spec("da", [Int, Int, Int], Box::new(move |interpreter, case| {
                interpreter.step(op, 0, [0, case.values[A], case.numbers[B] as u64, 0]);
                next(Want::Bits(interpreter.result(op)))
            })).with(B, divisors).second(Multiplier)
        }
        S::DivPow2 => spec("dab", [Int, Power, Int], by(O::DivPow2)),
        S::RemPow2 => spec("dab", [Int, Power, Int], by(O::RemPow2)),
        S::Neg => int2(value(O::Neg)),
        S::Eq => int3(value(O::Eq)),
        S::Ne => int3(value(O::Ne)),
        S::Lt => int3(value(O::Lt)),
        S::Le => int3(value(O::Le)),
        S::Gt => int3(swapped(O::Lt)),
        S::Ge => int3(swapped(O::Le)),
        S::Select => spec("dcb", [Int, Int, Bool], select(O::Select)).second(Int),
        S::Move => int2(Box::new(|interpreter, case| {
            interpreter.step(O::Move, 0, [0, case.values[A], 0, 0]);
            let moved = Want::Bits(interpreter.result(O::Move));
            let second = if case.result == Some(Place::T) { moved } else { Want::Kept };
            Expected { temps: [Want::Lost, second], ..next(moved) }
        })),

        S::BrEq => br(O::BrEq),
        S::BrNe => br(O::BrNe),
        S::BrLt => br(O::BrLt),
        S::BrLe => br(O::BrLe),
        S::BrGt => spec("ab", [Int, Int, Int], jump_swapped(O::BrLt)),
        S::BrGe => spec("ab", [Int, Int, Int], jump_swapped(O::BrLe)),
        S::BrTrue => spec("a", [Bool, Int, Int], jump(O::BrTrue)),
        S::BrFalse => spec("a", [Bool, Int, Int], jump(O::BrFalse)),
        S::BrNone => spec("a", [Cell, Int, Int], jump(O::BrNone)),
        S::BrSome => spec("a", [Cell, Int, Int], jump(O::BrSome)),
        S::Jump => spec("", [Int, Int, Int], always(Expected { exit: Exit::Taken, ..next(Want::Kept) })),
        S::Poll => spec("", [Int, Int, Int], Box::new(|_, case| {
            if case.interrupted { cold() } else { next(Want::Kept) }
        })),

        S::FAdd => float3(O::FAdd),
        S::FSub => float3(O::FSub),
        S::FMul => float3(O::FMul),
        S::FDiv => float3(O::FDiv),
        S::FNeg => spec("da", [Float, Int, Int], float(O::FNeg)),
        S::FEq => compare(O::FEq),
        S::FNe => compare(O::FNe),
        S::FLt => compare(O::FLt),
        S::FLe => compare(O::FLe),
        S::BrFEq => fbr(O::BrFEq),
        S::BrFNe => fbr(O::BrFNe),
        S::BrFLt => fbr(O::BrFLt),
        S::BrFLe => fbr(O::BrFLe),
        S::BrFNlt => fbr(O::BrFNlt),
        S::BrFNle => fbr(O::BrFNle),
        S::IntToFloat => int2(value(O::IntToFloat)),
        S::FloatToInt => spec("da", [Float, Int, Int], value(O::FloatToInt)),
        S::FSelect => spec("dcb", [Int, Float, Bool], select(O::Select)).second(Float),
        S::FMove => spec("da", [Float, Int, Int], value(O::Move)),
        S::FMoveTemp => spec("a", [Float, Int, Int], Box::new(|interpreter, case| {
            interpreter.step(O::Move, 0, [0, case.values[A], 0, 0]);
            let temps = [Want::Lost, Want::Bits(interpreter.result(O::Move))];
            Expected { temps, ..next(Want::Kept) }
        })),

        S::Object => spec("a", [Cell, Int, Int], Box::new(|interpreter, case| {
            let object = interpreter.world.object(case.values[A]);
            // Of a dead handle the interpreter says that it is our fault.
            if object.is_some() || mochi_abi::Cell(case.values[A]).is_none() {
                let did = interpreter.step(O::FieldGet, 0, [0, case.values[A], 0, 0]);
                assert_eq!(did == Did::Trapped, object.is_none());
            }
            let Some(object) = object else { return cold() };
            Expected { temps: [Want::Bits(object as u64), Want::Lost], ..next(Want::Kept) }
        })),
        S::ObjectKeep => spec("d", [Int, Int, Int], Box::new(|_, case| {
            let object = case.object as u64;
            Expected { temps: [Want::Bits(object), Want::Lost], ..next(Want::Bits(object)) }
        })).of(Object::Large),
        S::ObjectKept => spec("a", [Int, Int, Int], Box::new(|_, case| {
            Expected { temps: [Want::Bits(case.values[A]), Want::Lost], ..next(Want::Kept) }
        })),
        // Only for objects that were found before.
        S::ObjectAgain => spec("da", [Cell, Int, Int], Box::new(|interpreter, case| {
            next(interpreter.world.object(case.values[A]).map_or(Want::Lost, |object| Want::Bits(object as u64)))
        })),
        S::Load | S::FLoad => {
            spec("d", [Int, Int, Int], keeping(Box::new(|interpreter, case| {
                let field = (case.numbers[A] - 8) / 8;
                interpreter.step(O::FieldGet, field as u16, [0, case.cell, 0, 0]);
                next(Want::Bits(interpreter.result(O::FieldGet)))
            }))).of(Object::Large).with(A, distances())
        }
        S::Store | S::FStore => {
            let domain = if stencil == S::Store { Int } else { Float };
            spec("a", [domain, Int, Int], keeping(Box::new(|interpreter, case| {
                let field = (case.numbers[D] - 8) / 8;
                interpreter.step(O::FieldSet, field as u16, [case.cell, 0, case.values[A], 0]);
                next(Want::Kept)
            }))).of(Object::Large).with(D, distances()).writing()
        }
        S::ListGet => spec("db", [Int, Index, Int], of_object(O::ListGet, is_beyond)).of(Object::List(0, false)),
        S::ListFGet => spec("db", [Int, Index, Int], of_object(O::ListGet, is_beyond)).of(Object::List(1, false)),
        S::ListGetBool => spec("db", [Int, Index, Int], of_object(O::ListGetBool, is_beyond)).of(Object::List(2, false)),
        S::ListSet => spec("ab", [Int, Index, Int], set(O::ListSet)).of(Object::List(0, false)).writing(),
        S::ListFSet => spec("ab", [Float, Index, Int], set(O::ListSet)).of(Object::List(1, false)).writing(),
        S::ListSetBool => spec("ab", [Bool, Index, Int], set(O::ListSetBool)).of(Object::List(2, false)).writing(),
        S::ListRoom => spec("", [Int, Int, Int], Box::new(|_, case| {
            // SAFETY: a live list.
            let (flags, len, capacity) =
                unsafe { (meta(case.object), word_at(case.object, LEN), word_at(case.object, CAPACITY)) };
            if flags & FLAG_SHARED != 0 || len >= capacity {
                return cold();
            }
            Expected { temps: [Want::Kept, Want::Bits(len)], ..next(Want::Kept) }
        })).of(Object::List(0, true)),
        S::ListPush => spec("a", [Int, Int, Int], push(O::ListPush)).of(Object::List(0, false)).second(Index).writing(),
        S::ListFPush => spec("a", [Float, Int, Int], push(O::ListPush)).of(Object::List(1, false)).second(Index).writing(),
        S::ListPushBool => spec("a", [Bool, Int, Int], push(O::ListPushBool)).of(Object::List(2, false)).second(Index).writing(),
        S::Bound => spec("ab", [Int, Int, Int], Box::new(|interpreter, case| {
            let (index, len) = (case.values[A], case.values[B]);
            let beyond = index >= len;
            // The interpreter reads what is there, from the end for negative indices.
            if len <= interpreter.world.roomy[0].len {
                let data = interpreter.world.roomy[0].data as u64;
                let did = interpreter.step(O::ViewGet, 0, [0, data, index, len]);
                let from_end = (index as i64) < 0 && index.wrapping_add(len) < len;
                assert_eq!(did == Did::Trapped, beyond && !from_end);
            }
            if beyond { cold() } else { next(Want::Kept) }
        })),
        S::ViewGet => spec("dab", [Data, Inside, Int], view_get(O::ViewGetIn)).of(Object::List(0, false)),
        S::ViewFGet => spec("dab", [Data, Inside, Int], view_get(O::ViewGetIn)).of(Object::List(1, false)),
        S::ViewGetBool => spec("dab", [Data, Inside, Int], view_get(O::ViewGetInBool)).of(Object::List(2, false)),
        S::ViewSet => spec("abc", [Data, Inside, Int], view_set(O::ViewSetIn)).of(Object::List(0, false)).writing(),
        S::ViewFSet => spec("abc", [Data, Inside, Float], view_set(O::ViewSetIn)).of(Object::List(1, false)).writing(),
        S::ViewSetBool => spec("abc", [Data, Inside, Int], view_set(O::ViewSetInBool)).of(Object::List(2, false)).writing(),
        S::GlobalGet | S::GlobalFGet => spec("d", [Int, Int, Int], Box::new(|interpreter, case| {
            let number = case.numbers[A] / 8;
            interpreter.step(O::GlobalGet, number as u16, [0; 4]);
            next(Want::Bits(interpreter.result(O::GlobalGet)))
        })).with(A, words()),
        S::GlobalSet | S::GlobalFSet => {
            let domain = if stencil == S::GlobalSet { Int } else { Float };
            spec("a", [domain, Int, Int], Box::new(|interpreter, case| {
                let number = case.numbers[D] / 8;
                interpreter.step(O::GlobalSet, number as u16, [case.values[A], 0, 0, 0]);
                next(Want::Kept)
            })).with(D, words()).writing()
        }
        S::ConstStr => spec("d", [Int, Int, Int], Box::new(|interpreter, case| {
            let number = (case.numbers[A] / 8) as u16;
            if number == UNMADE {
                assert_eq!(interpreter.string(number), 0);
                return cold();
            }
            interpreter.step(O::ConstStr, number, [0; 4]);
            next(Want::Bits(interpreter.result(O::ConstStr)))
        })).with(A, words()),
        S::IsNone => spec("da", [Cell, Int, Int], value(O::IsNone)),
        S::GetOr => spec("dab", [Cell, Cell, Int], value(O::GetOr)),
        S::GetOrFloat => spec("dab", [FloatCell, Float, Int], value(O::GetOrFloat)),
        S::GetOrInt => spec("dab", [IntCell, Int, Int], value_unless(O::GetOrInt, false, |_, case| {
            let cell = mochi_abi::Cell(case.values[A]);
            !cell.is_none() && !cell.is_small_int()
        })),
        S::GetOrBool => spec("dab", [BoolCell, Bool, Int], value(O::GetOrBool)),
        S::BoxInt => int2(value_unless(O::BoxInt, false, |_, case| {
            mochi_abi::Cell::from_small_int(case.values[A] as i64).is_none()
        })),
        S::BoxFloat => spec("da", [Float, Int, Int], value_unless(O::BoxFloat, false, |_, case| {
            f64::from_bits(case.values[A]).is_nan()
        })),
        S::BoxBool => spec("da", [Bool, Int, Int], value(O::BoxBool)),
        S::UnboxInt => spec("da", [Cell, Int, Int], unbox(O::UnboxInt, |cell| cell.is_small_int())),
        S::UnboxFloat => spec("da", [Cell, Int, Int], unbox(O::UnboxFloat, |cell| cell.is_f64())),
        S::UnboxBool => spec("da", [Cell, Int, Int], unbox(O::UnboxBool, |cell| cell.is_bool())),
        S::AsBool => spec("da", [BoolCell, Int, Int], value(O::AsBool)),
        S::VariantTag => spec("d", [Int, Int, Int], of_object(O::VariantTag, |_, _| false)).of(Object::Variant),
        S::StrText => spec("a", [Str, Int, Int], text(FLAG_ASCII)),
        S::StrWords => spec("a", [Str, Int, Int], text(FLAG_ASCII | FLAG_BUFFER)),
        S::StrIndex => spec("db", [Int, Index, Int], of_object(O::StrIndex, |_, case| case.values[B] >= case.temps[1]))
            .of(Object::Text),
        S::StrSlice => spec("dbc", [Int, Index, Index], Box::new(|interpreter, case| {
            let [_, from, to, _] = case.values;
            let len = case.temps[1];
            if from >= len || len - from < 8 || to.wrapping_sub(from) > 5 {
                return cold();
            }
            interpreter.step(O::StrSlice, 0, [0, case.cell, from, to]);
            next(Want::Bits(interpreter.result(O::StrSlice)))
        })).of(Object::Text),
        S::StrFind => spec("dbc", [Int, Part, Start], Box::new(|interpreter, case| {
            let part = mochi_abi::Cell(case.values[B]);
            if !part.is_short_str() || !is_ascii(part) || part.short_str().1 != 1 || case.values[C] != 0 {
                return cold();
            }
            interpreter.step(O::CallRuntime, RuntimeFn::str_find as u16, [0, case.cell, part.0, 0]);
            next(Want::Bits(interpreter.result(O::CallRuntime)))
        })).of(Object::Text),
        S::StrChars => spec("da", [Str, Int, Int], str_length(O::StrLen, is_ascii)),
        S::StrBytes => spec("da", [Str, Int, Int], str_length(O::StrBytes, |_| true)),
        S::StrChar => spec("dab", [NotEmpty, Start, Int], Box::new(|interpreter, case| {
            let [text, at, ..] = case.values;
            if interpreter.byte(text, at) >= 0x80 {
                return cold();
            }
            interpreter.step(O::StrChar, 0, [0, text, at, 0]);
            next(Want::Bits(interpreter.result(O::StrChar)))
        })),
        S::StrRoom => spec("a", [Builder, Int, Int], Box::new(|interpreter, case| {
            let Some(object) = interpreter.world.object(case.values[A]) else { return cold() };
            let Some(end) = end_of(object) else { return cold() };
            Expected { temps: [Want::Bits(object as u64), Want::Bits(end)], ..next(Want::Kept) }
        })),
        S::StrPush => spec("b", [Int, Str, Int], Box::new(|interpreter, case| {
            let part = mochi_abi::Cell(case.values[B]);
            if case.is_due || !part.is_short_str() || !is_ascii(part) {
                return cold();
            }
            interpreter.step(O::CallRuntime, RuntimeFn::str_push as u16, [0, case.cell, part.0, 0]);
            next(Want::Kept)
        })).of(Object::Builder).writing(),
        S::MapKey => spec("a", [Cell, Int, Int], Box::new(|_, case| {
            // SAFETY: a live map.
            let kinds = i64::from(unsafe { meta(case.object) } >> META_SHIFT & 7);
            if !mochi_abi::Cell(case.values[A]).is_short_str() || kinds != case.numbers[C] {
                return cold();
            }
            Expected { temps: [Want::Kept, Want::Bits(case.values[A])], ..next(Want::Kept) }
        })).of(Object::Map).with(C, [0, 2, 4, 6]),
        S::MapInt => spec("a", [Int, Int, Int], Box::new(|_, case| {
            // SAFETY: a live map.
            if i64::from(unsafe { meta(case.object) } >> META_SHIFT & 7) != case.numbers[C] {
                return cold();
            }
            Expected { temps: [Want::Kept, Want::Bits(case.values[A])], ..next(Want::Kept) }
        })).of(Object::Map).with(C, [1, 3, 5, 7]),
        S::MapDirect => spec("", [Int, Int, Int], Box::new(|interpreter, case| {
            // SAFETY: a live map.
            let is_direct = unsafe { meta(case.object) } & FLAG_DIRECT != 0;
            let value = if is_direct { value_of(interpreter, case) + 1 } else { case.temps[0] };
            Expected { temps: [Want::Bits(value), Want::Kept], ..next(Want::Kept) }
        })).of(Object::MapOfInts).second(IntKey),
        S::MapIntOr0 => spec("", [Int, Int, Int], Box::new(|interpreter, case| {
            let is_done = case.temps[0] & 1 != 0;
            let value = if is_done { case.temps[0] - 1 } else { value_of(interpreter, case) };
            Expected { temps: [Want::Bits(value), Want::Lost], ..next(Want::Kept) }
        })).of(Object::MapOfInts).second(IntKey),
        S::MapValue | S::MapValueOr0 => spec("", [Int, Int, Int], Box::new(move |interpreter, case| {
            match value_of(interpreter, case) {
                0 if stencil == S::MapValue => cold(),
                value => Expected { temps: [Want::Bits(value), Want::Lost], ..next(Want::Kept) },
            }
        })).of(Object::MapOfCells).second(Key),
        S::MapAbsent => spec("a", [Int, Int, Int], Box::new(|_, case| {
            let slot = case.frame as u64 + case.numbers[A] as u64;
            let value = if case.temps[0] == 0 { slot } else { case.temps[0] };
            Expected { temps: [Want::Bits(value), Want::Lost], ..next(Want::Kept) }
        })),
        S::StrEq => spec("dab", [Str, Str, Int], value_unless(O::StrEq, false, |_, case| are_long(case))),
        S::StrLt => spec("dab", [Str, Str, Int], value_unless(O::StrLt, false, |_, case| !are_short(case))),
        S::StrLe => spec("dab", [Str, Str, Int], value_unless(O::StrLe, false, |_, case| !are_short(case))),
        S::BrStrEq => spec("ab", [Str, Str, Int], jump_strings(O::BrStrEq)),
        S::BrStrNe => spec("ab", [Str, Str, Int], jump_strings(O::BrStrNe)),

        S::AnyAdd => spec("dab", [Number, Number, Int], any_arith(0, |_, _| true)),
        S::AnySub => spec("dab", [Number, Number, Int], any_arith(1, |_, _| true)),
        S::AnyMul => spec("dab", [Number, Number, Int], any_arith(2, |_, _| true)),
        S::AnyDiv => spec("dab", [Number, Number, Int], any_arith(3, |a, b| a.is_small_int() == b.is_small_int())),
        S::AnyRem => spec("dab", [Number, Number, Int], any_arith(4, |a, b| a.is_small_int() && b.is_small_int())),
        S::AnyEqual => spec("dab", [Number, Number, Int], any_relation(RuntimeFn::any_equal, |cell| cell.is_short_str())),
        S::AnyCompare => spec("dab", [Number, Number, Int], any_relation(RuntimeFn::any_compare, |_| false)),
        S::ListShare => spec("a", [Cell, Int, Int], Box::new(|interpreter, case| {
            let cell = mochi_abi::Cell(case.values[A]);
            if cell.arena().is_some_and(Arena::is_list) && interpreter.world.object(cell.0).is_none() {
                return cold();
            }
            interpreter.step(O::ListShare, 0, [cell.0, 0, 0, 0]);
            next(Want::Kept)
        })).writing(),
        S::Return | S::FReturn => {
            let domain = if stencil == S::Return { Int } else { Float };
            spec("a", [domain, Int, Int], Box::new(|_, case| {
                Expected { exit: Exit::Returned, answer: Some(case.values[A]), ..next(Want::Kept) }
            }))
        }
        S::Zero => spec("d", [Int, Int, Int], always(next(Want::Bits(0)))),
        S::Const => {
            spec("d", [Int, Int, Int], Box::new(|_, case| {
                let number = Want::Bits(case.numbers[A] as u64);
                let second = if case.result == Some(Place::T) { number } else { Want::Kept };
                Expected { temps: [Want::Lost, second], ..next(number) }
            })).with(A, crate::numbers::WORDS)
        }
        S::FConst => spec("d", [Int, Int, Int], Box::new(|_, case| next(Want::Bits(case.numbers[A] as u64))))
            .with(A, crate::numbers::WORDS),

        // What its instruction does with an index: nothing, when it is right.
        S::Mask => spec("dab", [Int, Int, Int], Box::new(|_, case| {
            let (index, len) = (case.values[A], case.values[B]);
            next(Want::Bits(if index < len { index } else { 0 }))
        })),
        // SAFETY: a live list.
        S::ListMask => spec("da", [Index, Int, Int], masked(|case| unsafe { word_at(case.object, LEN) }))
            .of(Object::List(0, false)),
        S::StrMask => {
            let law = masked(|case| case.temps[1]);
            spec("da", [Index, Int, Int], Box::new(move |interpreter, case| {
                let expected = law(interpreter, case);
                let temps = [expected.temps[0], expected.temps[0]];
                Expected { temps, ..expected }
            })).of(Object::Text)
        }

        S::Landing | S::Stub | S::Call | S::CallOpened | S::CallFound | S::TailFound | S::Tail | S::Out | S::OutOfLine | S::Saving | S::Find | S::Lazy
        | S::Give | S::BrAnswer | S::Enter | S::Leave | S::Result | S::FResult => unreachable!("tested by `around`"),
        S::ListOfCells => unreachable!("tested by `lists`"),
        S::ClosureRow | S::ClosureIs | S::TailCheck | S::ClosureOpen | S::ClosureRaw | S::ClosureCells | S::Argument | S::FArgument => unreachable!("tested by `closures`"),
    }
}
