//! The rules that a program obeys so that the interpreter may run it without looking: it does no check of its own on
//! opcodes, slots, jumps or references. Run by tests and debug builds on everything that the emitter makes.
//!
//! - B001 all words of a function are instructions with their extensions
//! - B002 frames: parameters and cell slots lie in the frame, and the frame is not too large
//! - B003 slots lie in the frame; cells are in cell slots and raw words are not
//! - B004 jumps go to instructions of the function; those of `loop` instructions back, all others forward
//! - B005 control does not run off the end of a function
//! - B006 functions, strings, globals, shapes, closures, tests, kinds and runtime functions exist
//! - B007 calls move by the size of the frame and pass what the callee takes, in its order
//! - B008 functions return what they say
//! - B009 constant cells are no handles, and constant operands are in the range that their instruction wants
//! - B010 fields lie in some shape, captured values and fields are given in full

use std::fmt;

use mochi_abi::{Cell, ElemKind, MapType, RuntimeFn, RuntimeTy, TrapKind, TypeId};

use crate::code::{Closure, Code, FRAME_HEADER, MAX_SLOTS, NO_SLOT, Program};
use crate::decode::{Instr, instrs};
use crate::instr::{Ext, Flow, Opcode, Operand};

/// A broken rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The rule, such as `B003`.
    pub rule: &'static str,
    /// The function.
    pub func: u32,
    /// The word, counted from the start of the function.
    pub at: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} function {} word {}: {}", self.rule, self.func, self.at, self.message)
    }
}

/// All broken rules of a program.
pub fn check(program: &Program) -> Vec<Violation> {
    let mut found = Vec::new();
    for func in 0..program.funcs.len() as u32 {
        Checker { program, func, f: &program.funcs[func as usize], at: 0, found: &mut found }.func();
    }
    match program.funcs.get(program.entry as usize) {
        Some(entry) if entry.params() == 0 => {}
        _ => found.push(Violation {
            rule: "B006",
            func: program.entry,
            at: 0,
            message: "the entry is no function without parameters".to_owned(),
        }),
    }
    found
}

struct Checker<'a> {
    program: &'a Program,
    func: u32,
    f: &'a Code,
    at: u32,
    found: &'a mut Vec<Violation>,
}

impl Checker<'_> {
    fn fail(&mut self, rule: &'static str, message: impl Into<String>) {
        self.found.push(Violation { rule, func: self.func, at: self.at, message: message.into() });
    }
    fn require(&mut self, holds: bool, rule: &'static str, message: &str) {
        if !holds {
            self.fail(rule, message);
        }
    }

    /// The uniform function of function values takes such a value and a cell for each of their arguments.
    fn uniform(&mut self, closure: &Closure) {
        let Some(index) = closure.uniform else { return };
        let own = self.program.funcs.get(closure.func as usize).map(Code::params);
        let fits = self.program.funcs.get(index as usize).zip(own).is_some_and(|(uniform, params)| {
            uniform.raw_params == 0
                && uniform.params() + closure.captures.len() as u32 == params + 1
                && uniform.result == Some(ElemKind::Cell)
        });
        self.require(fits, "B007", "a uniform function takes a function value and its arguments as cells");
    }

    fn func(&mut self) {
        let f = self.f;
        let fits = f.start <= f.end && f.end as usize <= self.program.words.len();
        self.require(fits, "B001", "the code lies outside of the program");
        if !fits {
            return;
        }
        let frame = u32::from(f.cells_start()) + u32::from(f.cell_params) <= u32::from(f.cells_end)
            && f.cells_end <= f.slots
            && u32::from(f.slots) <= MAX_SLOTS;
        self.require(frame, "B002", "the frame is malformed");

        let code = self.program.code(self.func);
        let mut starts = vec![false; code.len() + 1];
        let mut all = Vec::new();
        for instr in instrs(code) {
            match instr {
                Ok(instr) => {
                    starts[instr.at as usize] = true;
                    all.push(instr);
                }
                Err(malformed) => self.fail("B001", format!("{malformed:?}")),
            }
        }
        for instr in &all {
            self.at = instr.at;
            self.operands(instr);
            self.jumps(instr, &starts);
            self.rules_of(instr);
        }
        let ends = all.last().is_some_and(|last| last.op.flow() == Flow::Ends);
        self.require(ends, "B005", "control runs off the end");
    }

    fn is_cell(&self, slot: u16) -> bool {
        (self.f.cells_start()..self.f.cells_end).contains(&slot)
    }
    fn raw(&mut self, slot: u16) {
        let ok = slot < self.f.slots && !self.is_cell(slot);
        self.require(ok, "B003", &format!("slot {slot} is not raw"));
    }
    fn cell(&mut self, slot: u16) {
        let ok = self.is_cell(slot);
        self.require(ok, "B003", &format!("slot {slot} is no cell"));
    }
    fn any(&mut self, slot: u16) {
        let ok = slot < self.f.slots;
        self.require(ok, "B003", &format!("slot {slot} is outside of the frame"));
    }
    fn of_kind(&mut self, slot: u16, kind: ElemKind) {
        match kind {
            ElemKind::Cell => self.cell(slot),
            ElemKind::I64 | ElemKind::F64 | ElemKind::Bool => self.raw(slot),
        }
    }

    fn operands(&mut self, instr: &Instr<'_>) {
        for (operand, value) in instr.operands() {
            let p = self.program;
            let below = |len: usize| (value as usize) < len;
            let slot = value as u16;
            match operand {
                Operand::InRaw | Operand::OutRaw | Operand::InOutRaw => self.raw(slot),
                Operand::InCell | Operand::OutCell => self.cell(slot),
                Operand::In | Operand::Out => self.any(slot),
                Operand::InView | Operand::OutView => {
                    self.raw(slot);
                    self.raw(slot.saturating_add(1));
                }
                Operand::Int16 | Operand::Uint16 | Operand::Int32 | Operand::Near | Operand::Far => {}
                Operand::Advance => {
                    let frame = i64::from(self.f.slots) + i64::from(FRAME_HEADER);
                    self.require(value == frame, "B007", "a call moves by another size than the frame's");
                }
                Operand::Kind => {
                    let ok = ElemKind::from_bits(value as u32).is_some();
                    self.require(ok, "B006", "no such kind");
                }
                Operand::MapType => {
                    let ok = p.map_type(MapType(value as u32)).is_some();
                    self.require(ok, "B006", "no such type of a map");
                }
                Operand::Runtime => {
                    self.require(below(RuntimeFn::ALL.len()), "B006", "no such runtime function")
                }
                Operand::Type | Operand::ElemType => {
                    self.require(p.has_type(TypeId(value as u32)), "B006", "no such type")
                }
                Operand::TrapKind => self.require(below(TrapKind::ALL.len()), "B006", "no such kind of trap"),
                Operand::Func => self.require(below(p.funcs.len()), "B006", "no such function"),
                Operand::Closure => {
                    let ok =
                        p.closures.get(value as usize).is_some_and(|c| (c.func as usize) < p.funcs.len());
                    self.require(ok, "B006", "no such closure");
                }
                Operand::Str => self.require(below(p.strs.len()), "B006", "no such string"),
                Operand::Global => self.require(below(p.globals.len()), "B006", "no such global"),
                Operand::Shape => self.require(below(p.shapes.len()), "B006", "no such shape"),
            }
        }
        for slot in instr.ext_slots() {
            self.any(slot);
        }
        if let Some(slot) = instr.result_slot()
            && slot != NO_SLOT
        {
            self.any(slot);
        }
    }

    fn jumps(&mut self, instr: &Instr<'_>, starts: &[bool]) {
        let back = matches!(instr.op, Opcode::Loop) || instr.op.mnemonic().starts_with("loop.");
        for target in instr.jumps() {
            let ok = usize::try_from(target).is_ok_and(|t| t < starts.len() && starts[t]);
            self.require(ok, "B004", &format!("a jump to {target}, which is no instruction"));
            let goes_back = target <= i64::from(instr.at);
            self.require(goes_back == back, "B004", &format!("a jump to {target} in the wrong direction"));
        }
    }

    fn call(&mut self, instr: &Instr<'_>, callee: Option<&Code>) {
        let Some(callee) = callee else { return };
        let args: Vec<u16> = instr.ext_slots().collect();
        let count = args.len() == callee.params() as usize;
        self.require(count, "B007", &format!("{} takes {} arguments", callee.name, callee.params()));
        for (i, &arg) in args.iter().enumerate() {
            if i < usize::from(callee.raw_params) { self.raw(arg) } else { self.cell(arg) }
        }
    }
    fn result(&mut self, instr: &Instr<'_>, kind: Option<ElemKind>) {
        match (instr.result_slot(), kind) {
            (Some(NO_SLOT), None) | (None, _) => {}
            (Some(slot), Some(kind)) => self.of_kind(slot, kind),
            (Some(_), None) => self.fail("B007", "a result of a call without one"),
        }
    }
    fn words(&mut self, instr: &Instr<'_>, kinds: &[ElemKind]) {
        let given: Vec<u16> = instr.ext_slots().collect();
        self.require(given.len() == kinds.len(), "B010", &format!("{} words are wanted", kinds.len()));
        for (&slot, &kind) in given.iter().zip(kinds) {
            self.of_kind(slot, kind);
        }
    }

    fn rules_of(&mut self, instr: &Instr<'_>) {
        let p = self.program;
        let wide = instr.word.wide_operand() as usize;
        let (a, b, c) = (instr.word.field(1), instr.word.field(2), instr.word.field(3));
        match instr.op {
            Opcode::Move => {
                let same = self.is_cell(a) == self.is_cell(b);
                self.require(same, "B003", "a move between banks");
            }
            Opcode::ConstCell => {
                let plain = !Cell(instr.ext[0].0).is_handle();
                self.require(plain, "B009", "a constant cell that is a handle");
            }
            Opcode::DivImm | Opcode::RemImm => {
                self.require(!matches!(c as i16, 0 | -1), "B009", "a divisor of 0 or -1");
            }
            Opcode::DivPow2 | Opcode::RemPow2 => self.require(c < 63, "B009", "a power beyond an int"),
            Opcode::ShlImm | Opcode::ShrImm => self.require(c < 64, "B009", "a shift of more than 63"),
            Opcode::Call0 | Opcode::Call1 | Opcode::Call2 | Opcode::Call3 | Opcode::CallMany => {
                self.call(instr, p.funcs.get(wide));
                if let Some(callee) = p.funcs.get(wide) {
                    self.result(instr, callee.result);
                }
            }
            Opcode::TailCall => {
                self.call(instr, p.funcs.get(wide));
                let same = p.funcs.get(wide).is_none_or(|callee| callee.result == self.f.result);
                self.require(same, "B008", "a tail call with another result");
            }
            Opcode::CallClosure | Opcode::TailCallClosure => {
                for (i, slot) in instr.ext_slots().enumerate() {
                    if i < usize::from(c) { self.raw(slot) } else { self.cell(slot) }
                }
            }
            Opcode::CallAny => instr.ext_slots().for_each(|slot| self.cell(slot)),
            Opcode::TailCallAny => {
                instr.ext_slots().for_each(|slot| self.cell(slot));
                let same = self.f.result == Some(ElemKind::Cell);
                self.require(same, "B008", "a tail call with another result");
            }
            Opcode::CallRuntime => {
                let Some(f) = RuntimeFn::ALL.get(usize::from(a)) else { return };
                let args: Vec<u16> = instr.ext_slots().collect();
                self.require(args.len() == f.params().len(), "B007", "wrong number of arguments");
                for (&slot, &ty) in args.iter().zip(f.params()) {
                    if let Some(kind) = runtime_kind(ty) {
                        self.of_kind(slot, kind);
                    }
                }
                self.result(instr, runtime_kind(f.result()));
            }
            Opcode::Return => match self.f.result {
                Some(kind) => self.of_kind(a, kind),
                None => self.fail("B008", "a result of a function without one"),
            },
            Opcode::ReturnUnit => {
                let none = self.f.result.is_none();
                self.require(none, "B008", "no result of a function with one");
            }
            Opcode::StructNew => {
                if let Some(shape) = p.shapes.get(wide) {
                    let kinds: Vec<ElemKind> = shape.fields.iter().map(|f| f.1.kind()).collect();
                    self.words(instr, &kinds);
                }
            }
            Opcode::ClosureNew => {
                if let Some(closure) = p.closures.get(wide) {
                    self.words(instr, &closure.captures);
                    self.uniform(closure);
                }
            }
            Opcode::StrConcatAll => {
                instr.ext_slots().for_each(|slot| self.cell(slot));
                let some = instr.ext_slots().next().is_some();
                self.require(some, "B010", "a concatenation of nothing");
            }
            Opcode::ListNew => {
                let kind = TypeId(wide as u32).kind();
                instr.ext_slots().for_each(|slot| self.of_kind(slot, kind));
            }
            Opcode::MapNew => {
                if let Some((key, value)) = p.map_type(MapType(wide as u32)) {
                    for (i, slot) in instr.ext_slots().enumerate() {
                        self.of_kind(slot, if i % 2 == 0 { key.kind() } else { value.kind() });
                    }
                }
                let pairs = instr.ext_slots().count().is_multiple_of(2);
                self.require(pairs, "B010", "a key without a value");
            }
            Opcode::MapSet | Opcode::MapSetAny | Opcode::MapGetOr => {
                let ext = instr.ext[0];
                let set = instr.op != Opcode::MapGetOr;
                let (kinds, key, value) =
                    if set { (ext.field(0), b, c) } else { (ext.field(1), c, ext.field(0)) };
                match [u32::from(kinds) & 15, u32::from(kinds) >> 4].map(ElemKind::from_bits) {
                    [Some(key_kind), Some(value_kind)] => {
                        self.of_kind(key, key_kind);
                        self.of_kind(value, value_kind);
                        if !set {
                            self.of_kind(a, value_kind);
                        }
                    }
                    _ => self.fail("B006", "no such kinds of a map"),
                }
            }
            Opcode::FieldGet | Opcode::FieldSet => {
                let field = if instr.op == Opcode::FieldGet { c } else { b };
                let exists = p.shapes.iter().any(|s| usize::from(field) < s.fields.len());
                self.require(exists, "B010", "no shape has so many fields");
            }
            Opcode::StrSlice | Opcode::ListSlice => instr.ext_slots().for_each(|slot| self.raw(slot)),
            Opcode::RefNew => {
                if let Some(kind) = ElemKind::from_bits(u32::from(c)) {
                    self.of_kind(b, kind);
                }
            }
            Opcode::GlobalGet | Opcode::GlobalSet => {
                if let Some(&kind) = p.globals.get(wide) {
                    self.of_kind(a, kind);
                }
            }
            _ => debug_assert!(!matches!(instr.op.ext(), Ext::Args), "calls have rules of their own"),
        }
    }
}

/// How a value of a runtime function's type is stored; `None` for unit.
pub fn runtime_kind(ty: RuntimeTy) -> Option<ElemKind> {
    Some(match ty {
        RuntimeTy::I64 => ElemKind::I64,
        RuntimeTy::F64 => ElemKind::F64,
        RuntimeTy::Bool => ElemKind::Bool,
        RuntimeTy::Str
        | RuntimeTy::Any
        | RuntimeTy::Bigint
        | RuntimeTy::Bigrat
        | RuntimeTy::ListAny
        | RuntimeTy::ListStr => ElemKind::Cell,
        RuntimeTy::Unit => return None,
    })
}
