//! Tries a variant of a stencil and compares.

use std::collections::HashSet;

use mochi_abi::layout::{BUFFER_BYTES, CHARS, DATA, LEN, STR_BUFFER};
use mochi_abi::native as fields;
use mochi_jit::division::factor;
use mochi_jit::library::{Symbol, variant};
use mochi_jit::manifest::{Place, PlaceKind, Stencil, symbol};
use mochi_vm::Interrupt;
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

use crate::interpreter::{ASKED_NUMBERS, Did, FIELDS, Interpreter, List, UNMADE, word_at};
use crate::machine::{Exit, Fault, Machine, State};
use crate::numbers::{Random, number};
use crate::spec::{self, Case, Domain, Expected, Object, Spec, Want};

/// The frame that stencils see, in words, with one more before it and some behind.
const FRAME: usize = 65_536;
/// Slots for the operands D, A, B, C in each round: around the limits of short distances, and the end of the largest frame.
const SLOTS: [[u16; 4]; 5] =
    [[0, 1, 2, 3], [15, 16, 14, 17], [1, 0, 3, 2], [65_531, 65_530, 65_529, 65_528], [16, 15, 17, 14]];
/// Sets of numbers that a variant gets at least; more when one of them is a number of the program.
const ROUNDS: usize = 7;
/// An address that is its own index: of a word at nine times itself, of a byte at twice itself.
const OWN_INDEX: u64 = 0x10_0000_0000;
/// What fills a frame.
const NOTHING: u64 = 0x5a5a_0000_0000_5a5a;

type Memory = Vec<(*mut u8, usize)>;

pub struct Bench<'a> {
    interpreter: &'a mut Interpreter,
    machine: Machine,
    random: Random,
    frame: Vec<u64>,
    pub variants: usize,
    pub runs: usize,
}

/// Where an operand is, and what is written into its hole.
#[derive(Clone, Copy, Debug)]
struct Operand {
    letter: usize,
    place: Place,
    slot: usize,
}

impl<'a> Bench<'a> {
    pub fn new(interpreter: &'a mut Interpreter) -> Bench<'a> {
        for number in ASKED_NUMBERS.into_iter().filter(|&number| number != UNMADE) {
            assert_eq!(interpreter.step(mochi_vm::Opcode::ConstStr, number, [0; 4]), Did::Next);
        }
        for address in [9 * OWN_INDEX, 2 * OWN_INDEX] {
            let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE;
            let rights = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: a new mapping where there is none.
            let page = unsafe { mmap_anonymous(address as *mut _, 4096, rights, flags) };
            assert_eq!(page.map(|page| page as u64), Ok(address));
            // SAFETY: it was just made.
            unsafe { (address as *mut u64).write(0x7766_5544_3322_1101) };
        }
        Bench {
            interpreter,
            machine: Machine::new(),
            random: Random::new(1),
            frame: vec![NOTHING; FRAME + 2],
            variants: 0,
            runs: 0,
        }
    }

    /// Tries a variant with numbers of all kinds; what is wrong with it.
    pub fn variant(
        &mut self,
        stencil: Stencil,
        places: &[Place],
        fault: Option<Fault>,
    ) -> Result<(), String> {
        let spec = spec::of(stencil);
        let takes = |letter: u8| {
            let code = variant(stencil, places).expect("it is in the library");
            code.holes().any(|hole| hole.symbol == Symbol::Hole(letter))
        };
        let rounds = match spec.extra {
            _ if places.contains(&Place::I) => ROUNDS.max(crate::numbers::WORDS.len()),
            Some((_, ref numbers)) => ROUNDS.max(numbers.len()),
            None => ROUNDS,
        };
        let mut filled = HashSet::new();
        for round in 0..rounds {
            let operands = operands(stencil, &spec, places, round);
            let numbers = holes(&spec, &operands, round);
            let Some(code) = self.machine.piece(stencil, places, numbers, fault) else { continue };
            filled.insert(numbers);
            let times = if spec.writes && spec.object == Object::Large { 3 } else { 10 };
            for _ in 0..times {
                self.once(&spec, stencil, &operands, numbers, code)
                    .map_err(|wrong| format!("{} with {numbers:?}: {wrong}", symbol(stencil, places)))?;
            }
        }
        // A bool has two values.
        let enough = if spec.domains[0] == Domain::Bool && places[0] == Place::I { 2 } else { 3 };
        let has_holes = (0..4).any(takes);
        if has_holes && filled.len() < enough {
            return Err(format!("{} took only {} sets of numbers", symbol(stencil, places), filled.len()));
        }
        self.variants += 1;
        Ok(())
    }

    fn once(
        &mut self,
        spec: &Spec,
        stencil: Stencil,
        operands: &[Operand],
        numbers: [i64; 4],
        code: *const u8,
    ) -> Result<(), String> {
        self.runs += 1;
        let (start, case, list) = self.arrange(spec, stencil, operands, numbers);
        let memory = self.memory(spec, list, &case);
        let before = read(&memory);
        let threshold = self.interpreter.account().wrapping_add(fields::ACCOUNT_THRESHOLD).cast::<u64>();
        // SAFETY: the account lives as long as the program runs.
        let usual = unsafe { threshold.replace(if case.is_due { 0 } else { threshold.read() }) };
        let context = (self.interpreter.context() as *mut u8, fields::CLOSURES + 8);
        let context_before = read(&vec![context]);
        let slots_before: Vec<u64> = watched().map(|slot| self.frame[1 + slot]).collect();
        // SAFETY: the piece is a stencil whose operands are those of the state.
        let end = unsafe { self.machine.run(code, &start) };
        // SAFETY: the same.
        unsafe { threshold.write(usual) };
        let after = read(&memory);
        write(&memory, &before);
        let context_after = read(&vec![context]);
        if case.interrupted {
            self.interpreter.interrupter.clear();
        }
        let expected = (spec.law)(self.interpreter, &case);
        let wanted = read(&memory);
        write(&memory, &before);
        let slots_after: Vec<u64> = watched().map(|slot| self.frame[1 + slot]).collect();
        watched().for_each(|slot| self.frame[1 + slot] = NOTHING);

        let told = || format!("{case:x?}\nexpected {expected:x?}\nfrom {start:x?}\nto   {end:x?}");
        let complain = |what: &str| Err(format!("{what}\n{}", told()));
        if end.exit() != expected.exit {
            return complain(&format!("went to {:?}", end.exit()));
        }
        if !end.stack_is_kept() || end.frame != start.frame || end.context != start.context {
            return complain("stack, frame or context moved");
        }
        if expected.answer.is_some_and(|answer| answer != end.answer) {
            return complain("another answer");
        }
        // Who returns keeps nothing.
        if expected.exit != Exit::Returned {
            compare_registers(&case, &expected, &start, &end).or_else(|what| complain(&what))?;
        }
        let result = operands.iter().find(|operand| operand.letter == 3);
        for ((slot, &before), &after) in watched().zip(&slots_before).zip(&slots_after) {
            let want = match result {
                Some(operand) if operand.place == Place::S && operand.slot == slot => expected.result,
                _ => Want::Kept,
            };
            if !want.allows(before, after) {
                return complain(&format!("slot {slot} had {before:#x} and has {after:#x}"));
            }
        }
        if after != wanted {
            return complain("other memory than the interpreter's");
        }
        if context_before != context_after {
            return complain("the context was written");
        }
        Ok(())
    }

    /// Chooses values and puts them where the operands are.
    fn arrange(
        &mut self,
        spec: &Spec,
        stencil: Stencil,
        operands: &[Operand],
        numbers: [i64; 4],
    ) -> (State, Case, Option<List>) {
        let world = &self.interpreter.world;
        let random = &mut self.random;
        let mut state = State::default();
        let words = state.ints.iter_mut().chain(&mut state.floats).chain(&mut state.temps);
        words.for_each(|word| *word = random.word());
        state.answer = random.word();
        state.context = self.interpreter.context();
        state.frame = (&raw mut self.frame[1]) as u64;

        let mut list = None;
        let (mut data, mut len) = (0, 5);
        let cell = match spec.object {
            Object::None => 0,
            Object::Large => world.large.0,
            Object::Variant => random.of(&world.variants).0,
            Object::Text => random.of(&world.strings[..3]).0,
            Object::Builder => world.builders[0].0,
            Object::Map if random.below(2) == 0 => random.of(&world.maps_of_ints).0,
            Object::Map => random.of(&world.maps).0,
            Object::MapOfInts if stencil == Stencil::MapDirect => random.of(&world.maps_of_ints).0,
            Object::MapOfInts => random.of(&world.maps_of_ints[..world.maps_of_ints.len() - 1]).0,
            Object::MapOfCells => random.of(&world.maps[..world.maps.len() - 1]).0,
            Object::List(kind, all_rooms) => {
                let rooms = [world.roomy, world.full, world.shared];
                let kind = if all_rooms { random.below(3) } else { kind };
                let chosen = rooms[if all_rooms { random.below(3) } else { 0 }][kind];
                list = Some(chosen);
                data = chosen.data as u64;
                chosen.cell.0
            }
        };
        let object = if cell == 0 { std::ptr::null_mut() } else { world.object(cell).expect("it lives") };
        // SAFETY: a live string or list.
        unsafe {
            match spec.object {
                Object::Text => len = u64::from(object.add(CHARS).cast::<u32>().read()),
                Object::List(..) => len = word_at(object, LEN),
                _ => {}
            }
        }
        if cell != 0 {
            state.temps[0] = object as u64;
        }
        if spec.object == Object::Text {
            // SAFETY: a live string.
            state.temps = [unsafe { word_at(object, DATA) }, len];
        }
        if spec.object == Object::Builder {
            state.temps[1] = spec::end_of(object).expect("room");
        }
        if stencil == Stencil::MapAbsent && random.below(2) == 0 {
            state.temps[0] = 0;
        }
        if stencil == Stencil::MapIntOr0 && random.below(4) == 0 {
            state.temps[0] = random.word() | 1;
        }
        match spec.second {
            // An element more.
            Some(Domain::Index) => state.temps[1] = len,
            Some(Domain::Multiplier) => {
                state.temps[1] = factor(numbers[1]).expect("no power of two").multiplier as u64;
            }
            Some(domain) => state.temps[1] = random.value(domain, world, data, len),
            None => {}
        }

        // Who may have fewer values chooses last, since operands may be in one place.
        let mut order = operands.to_vec();
        order.sort_by_key(|operand| (operand.letter != 3, spec.domains[operand.letter]));
        for operand in &order {
            let domain = spec.domains[operand.letter];
            match operand.place.kind() {
                // It is in the code.
                PlaceKind::I => {}
                PlaceKind::R(r) => state.ints[usize::from(r)] = random.value(domain, world, data, len),
                PlaceKind::F(f) => state.floats[usize::from(f)] = random.value(domain, world, data, len),
                PlaceKind::S => self.frame[1 + operand.slot] = random.value(domain, world, data, len),
                PlaceKind::T => state.temps[1] = random.value(domain, world, data, len),
            }
        }
        let place_of = |letter| operands.iter().find(|operand| operand.letter == letter).map(|o| o.place);
        if spec.domains[0] == Domain::Data
            && let (Some(place), Some(other)) = (place_of(0), place_of(1))
            && let PlaceKind::R(r) = place.kind()
            && other == place
        {
            state.ints[usize::from(r)] = OWN_INDEX;
        }
        let mut case = Case {
            values: [0; 4],
            numbers,
            cell,
            object,
            temps: state.temps,
            result: place_of(3),
            frame: &raw const self.frame[1],
            is_due: stencil == Stencil::StrPush && self.random.below(4) == 0,
            interrupted: stencil == Stencil::Poll && self.random.below(2) == 1,
        };
        for operand in operands {
            case.values[operand.letter] = match operand.place.kind() {
                PlaceKind::R(r) => state.ints[usize::from(r)],
                PlaceKind::F(f) => state.floats[usize::from(f)],
                PlaceKind::S => self.frame[1 + operand.slot],
                PlaceKind::I => numbers[operand.letter] as u64,
                PlaceKind::T => state.temps[1],
            };
        }
        if case.interrupted {
            self.interpreter.interrupter.interrupt(Interrupt::User);
        }
        (state, case, list)
    }

    /// The memory that a stencil may write.
    fn memory(&self, spec: &Spec, list: Option<List>, case: &Case) -> Memory {
        if !spec.writes {
            return Memory::new();
        }
        match (list, spec.object) {
            (Some(list), Object::List(kind, _)) => vec![
                (list.object, 32),
                (list.data, if kind == 2 { 16 } else { 16 * 8 }),
                ((9 * OWN_INDEX) as *mut u8, 16),
                ((2 * OWN_INDEX) as *mut u8, 16),
            ],
            (_, Object::Builder) => vec![
                (case.object, 24),
                // SAFETY: the object has a buffer.
                (unsafe { word_at(case.object, STR_BUFFER) } as *mut u8, BUFFER_BYTES),
                (case.temps[1] as *mut u8, 8),
                (self.interpreter.account(), 24),
            ],
            (_, Object::Large) => vec![self.interpreter.world.fields(FIELDS)],
            _ => {
                let object = self
                    .interpreter
                    .world
                    .object(case.values[0])
                    .filter(|_| mochi_abi::Cell(case.values[0]).is_handle());
                let object = object.filter(|_| spec.domains[0] == Domain::Cell);
                let mut memory = vec![self.interpreter.globals()];
                memory.extend(object.map(|object| (object, 8)));
                memory
            }
        }
    }

    /// Whether nobody wrote to slots of the frame that are no operands, since it was made.
    pub fn frame_is_clean(&self) -> bool {
        self.frame.iter().all(|&word| word == NOTHING)
    }
}

fn compare_registers(case: &Case, expected: &Expected, start: &State, end: &State) -> Result<(), String> {
    let wrong = |what: &str, i: usize| Err(format!("{what} {i} is wrong"));
    for i in 0..start.ints.len() {
        let is_result = case.result == Some(Place::int(i as u8));
        let want = if is_result { expected.result } else { Want::Kept };
        if !want.allows(start.ints[i], end.ints[i]) {
            return wrong("pin", i);
        }
    }
    for i in 0..start.floats.len() {
        let is_result = case.result == Some(Place::float(i as u8));
        let want = if is_result { expected.result } else { Want::Kept };
        if !want.allows(start.floats[i], end.floats[i]) {
            return wrong("float pin", i);
        }
    }
    for i in 0..2 {
        if !expected.temps[i].allows(start.temps[i], end.temps[i]) {
            return wrong("temporary", i);
        }
    }
    Ok(())
}

/// The operands of a variant with their slots in a round. In the last rounds the result is where an operand is.
fn operands(stencil: Stencil, spec: &Spec, places: &[Place], round: usize) -> Vec<Operand> {
    // `zero` has its result in a slot, always.
    let places = if stencil == Stencil::Zero { &[Place::S] } else { places };
    assert_eq!(places.len(), spec.letters.len(), "{stencil:?}");
    let slots = SLOTS[round % SLOTS.len()];
    let own = |letter: usize| usize::from(slots[(letter + 1) % 4]);
    let shared = match round % ROUNDS {
        5 => Some(own(0)),
        6 => Some(own(1)),
        _ => None,
    };
    let letters = spec.letters.bytes().map(|letter| usize::from(letter - b'a'));
    let slot = |letter| if letter == 3 { shared.unwrap_or(own(3)) } else { own(letter) };
    letters.zip(places).map(|(letter, &place)| Operand { letter, place, slot: slot(letter) }).collect()
}

/// The numbers for the holes.
fn holes(spec: &Spec, operands: &[Operand], round: usize) -> [i64; 4] {
    let mut numbers = [0; 4];
    for operand in operands {
        numbers[operand.letter] = match operand.place.kind() {
            PlaceKind::S => 8 * operand.slot as i64,
            PlaceKind::I => number(spec.domains[operand.letter], round),
            PlaceKind::R(_) | PlaceKind::F(_) | PlaceKind::T => 0,
        };
    }
    if matches!(spec.domains[1], Domain::Shift | Domain::Power) {
        numbers[2] = 64 - numbers[1];
    }
    if let Some((hole, values)) = &spec.extra {
        numbers[*hole] = values[round % values.len()];
    }
    if spec.second == Some(Domain::Multiplier) {
        numbers[2] = i64::from(factor(numbers[1]).expect("no power of two").shift);
    }
    numbers
}

/// Slots that are compared after every run: those of operands and their neighbours.
fn watched() -> impl Iterator<Item = usize> {
    (0..6).chain(12..20).chain(65_526..65_534)
}

fn read(memory: &Memory) -> Vec<Vec<u8>> {
    // SAFETY: memory of live objects and of the runtime.
    memory.iter().map(|&(at, len)| unsafe { std::slice::from_raw_parts(at, len) }.to_vec()).collect()
}

fn write(memory: &Memory, content: &[Vec<u8>]) {
    for (&(at, len), bytes) in memory.iter().zip(content) {
        // SAFETY: as for `read`.
        unsafe { at.copy_from(bytes.as_ptr(), len) };
    }
}
