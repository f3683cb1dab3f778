//! The interpreter as an oracle: one instruction at a time, on slots that are given, in a program that runs.
//!
//! The program that runs is one function with every instruction that anybody asks for. It never executes it: a compiler
//! without code takes its place, and asks for single steps.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use mochi_abi::layout::{CAPACITY, DATA, LEN, META, WORDS};
use mochi_abi::{Cell, ElemKind, RuntimeFn, TypeId, native as fields};
use mochi_jit::manifest::Stencil;
use mochi_runtime::host::Memory;
use mochi_runtime::{Heap, Runtime};
use mochi_vm::code::{Code, Program, Shape, Word};
use mochi_vm::instr::{Ext, Operand};
use mochi_vm::native::{Compiler, Context, Effort, Enter, Subject, Tiering, step};
use mochi_vm::{Interrupter, Limits, Opcode, Vm};

use crate::numbers::{self, short};

/// Cell slots of the function: some for operands, the rest keeps objects alive.
const CELLS: u16 = 96;
const ROOTS: u16 = 8;
const SLOTS: u16 = CELLS + 16;
/// Fields of the large struct.
pub const FIELDS: usize = 5000;
/// Fields that are asked for: around the limits of short distances, and the ends.
pub const ASKED_FIELDS: [u16; 7] = [0, 1, 14, 15, 16, 39, FIELDS as u16 - 1];
/// Globals and string constants that are asked for.
pub const ASKED_NUMBERS: [u16; 6] = [0, 1, 14, 15, 16, 2999];
const NUMBERS: usize = 3000;
/// Runtime functions that are asked for.
pub const ASKED_FUNCTIONS: [u16; 5] = [
    RuntimeFn::str_find as u16,
    RuntimeFn::str_push as u16,
    RuntimeFn::any_arith as u16,
    RuntimeFn::any_equal as u16,
    RuntimeFn::any_compare as u16,
];
/// The kinds of cells and ints as keys and ints or floats as values.
pub const KINDS: [u16; 4] = [
    (ElemKind::I64 as u16) << 4,
    (ElemKind::F64 as u16) << 4,
    ElemKind::I64 as u16 | (ElemKind::I64 as u16) << 4,
    ElemKind::I64 as u16 | (ElemKind::F64 as u16) << 4,
];
/// The string constant that was never made.
pub const UNMADE: u16 = 1;

/// What an instruction did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Did {
    Next,
    Taken,
    Trapped,
}

/// A list and where its elements are.
#[derive(Clone, Copy)]
pub struct List {
    pub cell: Cell,
    pub object: *mut u8,
    pub data: *mut u8,
    pub len: u64,
}

/// Objects to work on.
pub struct World {
    /// Of ints, floats and bools; with five elements and room for more.
    pub roomy: [List; 3],
    /// The same without room.
    pub full: [List; 3],
    /// The same, shared.
    pub shared: [List; 3],
    /// The large struct.
    pub large: Cell,
    /// Structs that are variants, and one that is none.
    pub variants: Vec<Cell>,
    /// A string of ASCII, one equal to it, one that is not, one that is not of ASCII, and one of ASCII in a buffer.
    pub strings: [Cell; 5],
    /// Short strings, of ASCII and not.
    pub short: [Cell; 7],
    /// Strings that are made longer: one that can be, the same before, one without room, and one without a buffer.
    pub builders: [Cell; 4],
    /// Maps with and without an index: with strings as keys and ints or floats as values, and one with cells.
    pub maps: Vec<Cell>,
    /// The same with ints as keys, last one whose index is an array.
    pub maps_of_ints: Vec<Cell>,
    /// Values of all kinds, dead handles too.
    pub cells: Vec<u64>,
    heap: *mut u8,
}

impl World {
    fn new(heap: &mut Heap) -> World {
        let dead = heap.list_from(ElemKind::I64, &[1, 2, 3]).unwrap();
        heap.collect(|_| ()).unwrap();
        let base = heap.base();
        let kinds = [ElemKind::I64, ElemKind::F64, ElemKind::Bool];
        let elements = |kind| match kind {
            ElemKind::F64 => [0.0f64, -1.5, f64::INFINITY, 1e300, 5e-324].map(f64::to_bits),
            ElemKind::Bool => [0, 1, 1, 0, 1],
            ElemKind::I64 | ElemKind::Cell => [7, u64::MAX, 1 << 63, 0, 0x1234_5678_9abc_def0],
        };
        let mut list = |kind: ElemKind, room: usize| {
            let cell = heap.list_new(kind, 5).unwrap();
            for word in elements(kind) {
                heap.list_push(cell, word, kind).unwrap();
            }
            heap.list_reserve(cell, room).unwrap();
            let object = base.wrapping_add(8 * cell.index() as usize);
            // SAFETY: a live list.
            let (data, len) = unsafe { (word_at(object, DATA) as *mut u8, word_at(object, LEN)) };
            List { cell, object, data, len }
        };
        let roomy = kinds.map(|kind| list(kind, 11));
        let full = kinds.map(|kind| list(kind, 0));
        let shared = kinds.map(|kind| list(kind, 11));
        for list in full {
            // SAFETY: less room than there is, in a list that is emptied before it grows again.
            unsafe { list.object.add(CAPACITY).cast::<u64>().write(list.len) };
        }
        for list in shared {
            heap.list_share(list.cell);
        }
        let large = heap.alloc_struct(0).unwrap();
        for (i, word) in heap.words_mut(large).iter_mut().enumerate() {
            *word = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        let variants = (1..4).map(|shape| heap.alloc_struct(shape).unwrap()).collect::<Vec<_>>();
        let buffered = "a string ".repeat(30);
        let strings = ["a long string", "a long string", "another string", "a löng string", &buffered]
            .map(|text| heap.new_str(text).unwrap());
        let short = ["", "abc", "abcde", "abcdf", "abcda", "é", "aé"].map(|text| short(text.as_bytes()));
        let mut last = strings[4];
        let [_, before, builder] = [(); 3].map(|()| {
            last = heap.str_concat(last, strings[0]).unwrap();
            last
        });
        let builders = [builder, before, strings[4], strings[0]];
        let mut maps = Vec::new();
        for (entries, values) in [
            (0, ElemKind::I64),
            (6, ElemKind::I64),
            (100, ElemKind::I64),
            (100, ElemKind::F64),
            (100, ElemKind::Cell),
        ] {
            let map = heap.map_new(ElemKind::Cell, values, 0).unwrap();
            for i in 0..entries {
                let key = numbers::short(format!("{}", i + 100).as_bytes());
                let value = Cell::from_small_int(1000 + i).unwrap_or(Cell::NONE);
                heap.map_set(map, key.0, ElemKind::Cell, value.0, values).unwrap();
            }
            maps.push(map);
        }
        let mut maps_of_ints = Vec::new();
        for (entries, spread, values) in [
            (0, 1, ElemKind::I64),
            (6, 1, ElemKind::I64),
            (100, 1 << 40, ElemKind::I64),
            (100, 1, ElemKind::F64),
        ] {
            let map = heap.map_new(ElemKind::I64, values, 0).unwrap();
            for i in 0..entries {
                heap.map_set(map, (spread * (i - 50i64)) as u64, ElemKind::I64, 2000 + i as u64, values)
                    .unwrap();
            }
            maps_of_ints.push(map);
        }
        let boxed = [i64::MAX, i64::MIN, 1 << 47].map(|n| heap.box_int(n).unwrap());
        let mut cells = vec![Cell::NONE, Cell::FALSE, Cell::TRUE, Cell::EMPTY_STR, dead, large];
        cells.extend([0, 1, -1, (1 << 47) - 1, -(1 << 47)].map(|n| Cell::from_small_int(n).unwrap()));
        cells
            .extend([0.0, -0.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324].map(Cell::from_f64));
        cells.extend([&b"a"[..], b"abcde", "é".as_bytes()].map(|text| Cell::from_short_str(text).unwrap()));
        cells.extend(Cell::from_small_bigint(5));
        cells.extend(boxed.iter().chain(&strings).chain(&variants));
        cells.extend([roomy, full].as_flattened().iter().map(|list| list.cell));
        let cells = cells.iter().map(|cell| cell.0).collect();
        World {
            roomy,
            full,
            shared,
            large,
            variants,
            strings,
            short,
            builders,
            maps,
            maps_of_ints,
            cells,
            heap: base,
        }
    }

    /// What must stay alive.
    fn roots(&self) -> impl Iterator<Item = u64> {
        let lists = [self.roomy, self.full, self.shared];
        let lists: Vec<u64> = lists.as_flattened().iter().map(|list| list.cell.0).collect();
        let others = self.builders.iter().chain(&self.maps).chain(&self.maps_of_ints).map(|cell| cell.0);
        self.cells.iter().copied().filter(|&cell| self.object(cell).is_some()).chain(lists).chain(others)
    }

    /// The address of a live object.
    pub fn object(&self, cell: u64) -> Option<*mut u8> {
        let object = self.heap.wrapping_add(8 * Cell(cell).index() as usize);
        // SAFETY: any handle may be looked up.
        let live = unsafe { object.cast::<u32>().read() } == Cell(cell).header();
        live.then_some(object)
    }
    /// The words of the large struct.
    pub fn fields(&self, fields: usize) -> (*mut u8, usize) {
        (self.object(self.large.0).expect("it is kept alive"), WORDS + 8 * fields)
    }
}

/// A word of an object.
///
/// # Safety
/// The object has one there.
pub unsafe fn word_at(object: *const u8, at: usize) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { object.add(at).cast::<u64>().read() }
}

/// The meta word of an object.
///
/// # Safety
/// The object lives.
pub unsafe fn meta(object: *const u8) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { object.add(META).cast::<u32>().read() }
}

pub struct Interpreter {
    pub world: World,
    pub interrupter: Interrupter,
    context: *mut Context,
    fp: *mut u64,
    words: *const Word,
    instructions: HashMap<(Opcode, u16), u32>,
}

impl Interpreter {
    /// The context that native code carries.
    pub fn context(&self) -> u64 {
        self.context as u64
    }
    /// A field of the context.
    pub fn field(&self, offset: usize) -> u64 {
        // SAFETY: the context lives as long as the program runs.
        unsafe { word_at(self.context.cast(), offset) }
    }
    /// The globals that are asked for.
    pub fn globals(&self) -> (*mut u8, usize) {
        (self.field(fields::GLOBALS) as *mut u8, 8 * NUMBERS)
    }
    /// The cell of a string constant, 0 when it has not been made.
    pub fn string(&self, number: u16) -> u64 {
        // SAFETY: there are so many constants.
        unsafe { word_at(self.field(fields::STRS) as *const u8, 8 * usize::from(number)) }
    }

    /// Executes an instruction on these inputs, by field, the last one being that of the extension. `number` tells
    /// instructions apart that have one.
    pub fn step(&mut self, op: Opcode, number: u16, inputs: [u64; 4]) -> Did {
        let at = self.instructions[&(op, number)];
        // SAFETY: the frame is live, and the instruction is of its function.
        unsafe {
            for (i, &operand) in op.operands().iter().enumerate() {
                let slot = usize::from(slot(op, number, i));
                match operand {
                    Operand::InRaw | Operand::InCell | Operand::In => self.fp.add(slot).write(inputs[i]),
                    Operand::InView => {
                        self.fp.add(slot).write(inputs[i]);
                        self.fp.add(slot + 1).write(inputs[3]);
                    }
                    _ => {}
                }
            }
            if op == Opcode::CallRuntime {
                self.fp.add(1).write(inputs[1]);
                self.fp.add(2).write(inputs[2]);
            }
            if matches!(op.ext(), Ext::Slot | Ext::ManyArgs) {
                self.fp.add(usize::from(raw(3))).write(inputs[3]);
            }
            let pc = self.words.add(at as usize);
            match step(self.context, pc, self.fp) {
                0 => Did::Next,
                1 => Did::Taken,
                _ => Did::Trapped,
            }
        }
    }
    /// A byte of a string.
    pub fn byte(&self, text: u64, at: u64) -> u8 {
        match self.world.object(text).filter(|_| Cell(text).is_handle()) {
            // SAFETY: a live string of so many bytes.
            Some(object) => unsafe { (word_at(object, DATA) as *const u8).add(at as usize).read() },
            None => Cell(text).short_str().0[at as usize],
        }
    }
    /// What counts the bytes in use.
    pub fn account(&self) -> *mut u8 {
        self.field(fields::ACCOUNT) as *mut u8
    }
    /// The result of the last step, which was the call of a function that gives a cell.
    pub fn cell_result(&self) -> u64 {
        // SAFETY: a slot of the live frame.
        unsafe { self.fp.read() }
    }
    /// The result of the last step, which was this instruction.
    pub fn result(&self, op: Opcode) -> u64 {
        let slot = slot(op, 0, 0);
        // SAFETY: a slot of the live frame.
        unsafe { self.fp.add(usize::from(slot)).read() }
    }
}

/// The slot of an operand by position.
fn slot(op: Opcode, number: u16, i: usize) -> u16 {
    match op.operands()[i] {
        Operand::InCell | Operand::OutCell => i as u16,
        // A key that is a cell.
        Operand::In if op == Opcode::MapGetOr && number & 15 == ElemKind::Cell as u16 => i as u16,
        _ => raw(i as u16),
    }
}

/// A raw slot with another one behind it.
fn raw(i: u16) -> u16 {
    CELLS + 2 * i
}

/// Every instruction, with the numbers that it is asked with.
fn instructions() -> Vec<(Opcode, u16)> {
    use Opcode as O;
    let mut list = Vec::new();
    for &op in Opcode::ALL {
        let takes_slots = op.operands().iter().all(|operand| {
            use Operand as P;
            matches!(
                operand,
                P::InRaw
                    | P::InCell
                    | P::In
                    | P::OutRaw
                    | P::OutCell
                    | P::Out
                    | P::InView
                    | P::OutView
                    | P::Near
                    | P::Far
            )
        });
        let back = op.mnemonic().starts_with("loop");
        let ends = matches!(op, O::Jump | O::Return | O::ReturnUnit | O::Halt);
        match op {
            O::DivPow2 | O::RemPow2 => list.extend((0..63).map(|n| (op, n))),
            O::ShlImm | O::ShrImm => list.extend((0..64).map(|n| (op, n))),
            O::FieldGet | O::FieldSet => list.extend(ASKED_FIELDS.map(|n| (op, n))),
            O::GlobalGet | O::GlobalSet | O::ConstStr => list.extend(ASKED_NUMBERS.map(|n| (op, n))),
            O::CallRuntime => list.extend(ASKED_FUNCTIONS.map(|n| (op, n))),
            O::MapGetOr => list.extend(KINDS.map(|n| (op, n))),
            O::StrSlice => list.push((op, 0)),
            _ if takes_slots && !back && !ends && (op.ext() == Ext::None || op == O::Select) => {
                list.push((op, 0))
            }
            _ => {}
        }
    }
    list
}

fn program(instructions: &mut HashMap<(Opcode, u16), u32>) -> Program {
    let mut words = Vec::new();
    for (op, number) in self::instructions() {
        instructions.insert((op, number), words.len() as u32);
        let mut parts = [op as u16, 0, 0, 0];
        for (i, &operand) in op.operands().iter().enumerate() {
            match operand {
                Operand::Uint16 | Operand::Global | Operand::Str | Operand::Runtime => parts[1 + i] = number,
                // Over the instruction that follows.
                Operand::Near | Operand::Far => parts[1 + i] = 2,
                _ => parts[1 + i] = slot(op, number, i),
            }
        }
        words.push(Word::fields(parts));
        match op.ext() {
            Ext::Slot => words.push(Word::fields([raw(3), number, 0, 0])),
            Ext::ManyArgs if number == RuntimeFn::str_push as u16 => words.push(Word::fields([2, 1, 2, 0])),
            Ext::ManyArgs if number == RuntimeFn::any_arith as u16 => {
                words.push(Word::fields([3, 1, 2, raw(3)]));
                words.push(Word::fields([0, 0, 0, 0]));
            }
            Ext::ManyArgs if number != RuntimeFn::str_find as u16 => {
                words.push(Word::fields([2, 1, 2, raw(0)]))
            }
            Ext::ManyArgs => {
                words.push(Word::fields([3, 1, 2, raw(3)]));
                words.push(Word::fields([0, 0, 0, raw(0)]));
            }
            _ => {}
        }
        words.push(Word::instr(Opcode::Move, raw(0), raw(0), 0));
    }
    words.push(Word::instr(Opcode::ReturnUnit, 0, 0, 0));
    let shape = |name: &str, fields, variant| Shape {
        name: name.to_owned(),
        fields: (0..fields).map(|i| (format!("f{i}"), TypeId::INT)).collect(),
        variant,
    };
    let code = Code {
        name: "main".to_owned(),
        end: words.len() as u32,
        slots: SLOTS,
        cells_end: CELLS,
        ..Code::default()
    };
    Program {
        words,
        funcs: vec![code],
        strs: (0..NUMBERS).map(|i| format!("constant {i}").into()).collect(),
        globals: vec![ElemKind::I64; NUMBERS],
        shapes: vec![
            shape("Large", FIELDS, None),
            shape("None", 1, None),
            shape("First", 1, Some(0)),
            shape("Last", 1, Some(70_000)),
        ],
        ..Program::default()
    }
}

type Work = Box<dyn FnOnce(*mut Context, *mut u64)>;

thread_local! {
    static WORK: RefCell<Option<Work>> = RefCell::default();
}

/// Has no code: whoever enters it finds [`WORK`].
struct Instead;

unsafe extern "C" fn enter(context: *mut Context, fp: *mut u64, _: *const u8, _: u64) -> u64 {
    let work = WORK.take().expect("there is work");
    work(context, fp);
    // SAFETY: the context is that of the program that runs; the function returned.
    unsafe { context.cast::<u8>().add(fields::STATE).cast::<u64>().write(0) };
    0
}

impl Compiler for Instead {
    fn enter(&self) -> Enter {
        enter
    }
    fn function(&mut self, subject: Subject<'_>, index: u32, _: &[u64]) -> *const u8 {
        subject.callees[index as usize].native = enter as *const u8;
        enter as *const u8
    }
    fn waits_for_heat(&self, _: u32) -> bool {
        false
    }
    fn loop_start(&mut self, _: Subject<'_>, _: u32, _: u32) -> *const u8 {
        std::ptr::null()
    }
    fn give(&self) -> *const u8 {
        std::ptr::null()
    }
    fn forget(&mut self) {}
    fn effort(&self) -> Effort {
        Effort::default()
    }
}

/// Does something with an interpreter that runs.
pub fn with<T: 'static>(work: impl FnOnce(&mut Interpreter) -> T + 'static) -> T {
    let mut instructions = HashMap::new();
    let program = program(&mut instructions);
    let runtime = Runtime::new(Box::new(Memory::default()), mochi_runtime::Limits::default()).unwrap();
    let mut vm = Vm::new(program, runtime, Limits::default()).unwrap();
    let world = World::new(&mut vm.runtime.heap);
    let (words, interrupter) = (vm.program().words.as_ptr(), vm.interrupter());
    vm.compile_with(Box::new(|| Some(Box::new(Instead))), Tiering::Always, 1 << 20);
    type Done<T> = Result<T, Box<dyn Any + Send>>;
    let done: std::rc::Rc<RefCell<Option<Done<T>>>> = std::rc::Rc::default();
    let answer = done.clone();
    WORK.set(Some(Box::new(move |context, fp| {
        for (slot, root) in (ROOTS..).zip(world.roots()) {
            assert!(slot < CELLS, "room for roots");
            // SAFETY: a cell slot of the frame.
            unsafe { fp.add(usize::from(slot)).write(root) };
        }
        let mut interpreter = Interpreter { world, interrupter, context, fp, words, instructions };
        *answer.borrow_mut() = Some(catch_unwind(AssertUnwindSafe(|| work(&mut interpreter))));
    })));
    // The last trap that somebody asked for is no matter.
    let _ = vm.run();
    let done = done.take().expect("the program ran");
    done.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Whether a stencil is code around the others, which goes by rules of its own.
pub fn is_around(stencil: Stencil) -> bool {
    matches!(stencil.row().file, "calls" | "closure.c") || stencil == Stencil::ListOfCells
}
