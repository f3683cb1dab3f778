//! One function: gathers what needs slots, then writes the code block by block.

use mochi_abi::{Cell, ElemKind};
use mochi_base::id::Id;
use mochi_ir::analysis::{Dominators, Loops, Preds};
use mochi_ir::func::Def;
use mochi_ir::verify::view_lists;
use mochi_ir::{Block, Func, FuncId, Inst, Op, Ty, TyKind, Types, Value};
use mochi_vm::code::{Code, FRAME_HEADER};
use mochi_vm::instr::Opcode;
use rustc_hash::FxHashMap;

use super::asm::{Asm, Label, OutOfReach};
use super::flow::Increment;
use super::fold::{Const, Folded, Form, fold};
use super::live::{self, Entity, Ranges, Uses};
use super::pool::Pool;
use super::slots::{self, Bank, Copy, Scratch, Slots, TooManySlots, Wanted};
use super::tables::{Tables, raw_first};
use crate::Unsupported;
use crate::layout::{Layout, Place};

/// How far jumps of the code reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// Conditional jumps have 16 bits.
    Short,
    /// All jumps have 32 bits.
    Long,
}

/// Emits a function and adds it to the program.
pub(super) fn emit(tables: &mut Tables<'_>, id: FuncId) -> Result<(), Unsupported> {
    let module = tables.module;
    let func = &module.funcs[id];
    let dominators = Dominators::compute(func);
    let preds = Preds::compute(func, &dominators);
    let loops = Loops::compute(func, &dominators, &preds);
    let layout = Layout::new(func, &dominators, &loops, &preds);
    let folded = fold(module, func, &dominators);
    let mut pool = Pool::new(&layout, &dominators, &loops);
    let gathered = gather(tables, func, &layout, &folded, &mut pool);
    let ranges = Ranges::compute(&layout, &loops, &gathered.uses);
    let slots =
        slots::assign(&ranges, &gathered.wanted, gathered.scratch).map_err(|TooManySlots(count)| {
            unsupported(
                func,
                format!("it needs {count} slots at once; {} are allowed", mochi_vm::code::MAX_SLOTS),
            )
        })?;
    let inlined = if func.inlined.is_empty() { 0 } else { tables.inlined(func) };

    let mut reach = Reach::Short;
    loop {
        let mut writer = Writer {
            tables: &mut *tables,
            func,
            layout: &layout,
            folded: &folded,
            pool: &pool,
            loops: &loops,
            slots: &slots,
            asm: Asm::default(),
            labels: Vec::new(),
            fields: Vec::new(),
            here: 0,
            inlined,
            reach,
            copied: 0,
            increment: None,
        };
        writer.function()?;
        match writer.asm.resolve() {
            Ok(()) => {
                let Writer { asm, fields, .. } = writer;
                let code = Code {
                    slots: slots.count,
                    raw_params: slots.raw_params,
                    cell_params: slots.cell_params,
                    cells_end: slots.cells_end,
                    places: asm.places,
                    fields,
                    ..signature(&module.types, func)
                };
                tables.add(code, &asm.words);
                return Ok(());
            }
            Err(OutOfReach) => reach = Reach::Long,
        }
    }
}

pub(super) fn unsupported(func: &Func, reason: impl Into<String>) -> Unsupported {
    Unsupported { target: "bytecode", func: func.shown.clone(), reason: reason.into(), span: func.span }
}

fn signature(types: &Types, func: &Func) -> Code {
    let own = &func.params[func.captures as usize..];
    Code {
        name: func.shown.clone(),
        shown: func.origin.is_shown(),
        result: (func.result != Types::UNIT).then(|| types.elem_kind(func.result)),
        dynamic: own.iter().all(|&ty| ty == Types::ANY) && func.result == Types::ANY,
        ..Code::default()
    }
}

struct Gathered {
    uses: Uses,
    wanted: Wanted,
    scratch: Scratch,
}

/// Finds what needs slots: where it is defined and used, and what is copied to what.
fn gather(tables: &Tables<'_>, func: &Func, layout: &Layout, folded: &Folded, pool: &mut Pool) -> Gathered {
    let types = &tables.module.types;
    let bank = |ty: Ty| match types.kind(ty) {
        TyKind::View(_) => Bank::View,
        _ if types.elem_kind(ty) == ElemKind::Cell => Bank::Cell,
        _ => Bank::Raw,
    };
    let mut uses = Uses { defs: vec![None; func.values.len()], uses: Vec::new() };
    let mut banks: Vec<Bank> = func.values.values().map(|value| bank(value.ty)).collect();
    let mut copies = Vec::new();
    let mut scratch = Scratch::default();
    let has_views = banks.contains(&Bank::View);
    let lists: FxHashMap<Value, Value> =
        if has_views { view_lists(tables.module, func) } else { FxHashMap::default() };
    let mut wanted_constants: Vec<(Entity, Place, u32)> = Vec::new();

    for (place, &block) in (0..).zip(&layout.order) {
        let first = layout.first(place);
        for &param in &func.blocks[block].params {
            uses.defs[param.index()] = Some((place, live::start(first)));
        }
        for (number, &inst) in (first..).zip(&func.blocks[block].insts) {
            let data = &func.insts[inst];
            if !folded.is_emitted(inst) {
                continue;
            }
            if let Some(result) = data.result {
                uses.defs[result.index()] = Some((place, live::result(number)));
            }
            let chunked = folded.form[inst.index()] == Form::Chunked;
            // What is made piece by piece must not overwrite its pieces.
            let until = if chunked { live::end(number) } else { live::result(number) };
            folded.slot_operands(func, inst, &mut |value| match folded.constant(value) {
                Some(id) => {
                    let entry = pool.want(layout, id, folded.consts[id as usize], place, number);
                    wanted_constants.push((entry, place, until));
                }
                None => {
                    uses.uses.push((value.index() as Entity, place, until));
                    if has_views && let Some(list) = lists.get(&value) {
                        uses.uses.push((folded.root(*list).index() as Entity, place, until));
                    }
                }
            });
            needs_scratch(types, func, inst, chunked, &mut scratch);
            for target in &data.targets {
                let params = &func.blocks[target.block].params;
                for (&arg, &param) in target.args.iter().zip(params) {
                    let arg = folded.root(arg);
                    if folded.constant(arg).is_some() {
                        continue;
                    }
                    uses.uses.push((arg.index() as Entity, place, live::end(number)));
                    if has_views && let Some(list) = lists.get(&arg) {
                        uses.uses.push((folded.root(*list).index() as Entity, place, live::end(number)));
                    }
                    let depth = layout.depth[place as usize];
                    copies.push(Copy { from: arg.index() as Entity, to: param.index() as Entity, depth });
                }
                if params.len() > 1 {
                    let cells = params.iter().filter(|p| banks[p.index()] == Bank::Cell).count();
                    scratch.need(1, u16::from(cells > 1));
                }
            }
        }
    }
    pool.finish();
    let values = func.values.len() as Entity;
    for entry in &pool.entries {
        uses.defs.push(Some((entry.home, live::pooled(entry.before))));
        banks.push(if entry.value.kind() == ElemKind::Cell { Bank::Cell } else { Bank::Raw });
    }
    uses.uses
        .extend(wanted_constants.into_iter().map(|(entry, place, until)| (values + entry, place, until)));

    let params = &func.blocks[Func::ENTRY].params;
    let entities = |bank: Bank| {
        params.iter().map(|p| p.index() as Entity).filter(|&p| banks[p as usize] == bank).collect::<Vec<_>>()
    };
    let (raw_params, cell_params) = (entities(Bank::Raw), entities(Bank::Cell));
    Gathered { uses, wanted: Wanted { banks, raw_params, cell_params, copies }, scratch }
}

/// Notes the scratch slots that the code of an instruction uses.
fn needs_scratch(types: &Types, func: &Func, inst: Inst, chunked: bool, scratch: &mut Scratch) {
    let data = &func.insts[inst];
    match data.op {
        Op::ListNew | Op::MapNew if chunked => scratch.need(2, 2),
        Op::MapGet | Op::MapHas if types.elem_kind(func.ty(data.args[1])) != ElemKind::Cell => {
            scratch.need(0, 1)
        }
        Op::Switch => scratch.need(1, 0),
        _ => {}
    }
}

/// Writes the code of a function.
pub(super) struct Writer<'a, 'b> {
    pub tables: &'b mut Tables<'a>,
    pub func: &'a Func,
    pub layout: &'b Layout,
    pub folded: &'b Folded,
    pub pool: &'b Pool,
    pub loops: &'b Loops,
    pub slots: &'b Slots,
    pub asm: Asm,
    /// By place: the start of the block.
    pub labels: Vec<Label>,
    /// Fields that messages name, as in [`Code::fields`].
    pub fields: Vec<(u32, u32)>,
    /// The block whose instructions are written, which may happen at the end of another.
    pub here: Place,
    inlined: u32,
    pub reach: Reach,
    /// How many blocks deep the writer is in copies.
    pub copied: u32,
    /// The increment that was written last.
    pub increment: Option<Increment>,
}

impl<'a> Writer<'a, '_> {
    fn function(&mut self) -> Result<(), Unsupported> {
        self.labels = self.layout.order.iter().map(|_| self.asm.label()).collect();
        for place in 0..self.layout.order.len() as Place {
            self.asm.bind(self.labels[place as usize]);
            self.block(place, place + 1)?;
        }
        Ok(())
    }

    /// Writes the instructions of a block; the block at `next` comes after it.
    pub fn block(&mut self, place: Place, next: Place) -> Result<(), Unsupported> {
        let outer = std::mem::replace(&mut self.here, place);
        let (func, first) = (self.func, self.layout.first(place));
        let block = self.layout.order[place as usize];
        for (number, &inst) in (first..).zip(&func.blocks[block].insts) {
            for &entry in self.pool.made_before(number) {
                let slot = self.slots.of(func.values.len() as Entity + entry);
                self.constant(slot, self.pool.entries[entry as usize].value);
            }
            if !self.folded.is_emitted(inst) {
                continue;
            }
            let data = &func.insts[inst];
            let effects = data.effects();
            if !effects.removable() || effects.intersects(mochi_ir::op::effect::ALLOCATES) {
                let inlined = if data.scope.0 == 0 { 0 } else { self.inlined + data.scope.0 - 1 };
                self.asm.place(data.span, data.scope, inlined);
            }
            if data.op.is_terminator() {
                self.terminator(inst, next)?;
            } else {
                self.select(inst)?;
            }
        }
        self.here = outer;
        Ok(())
    }

    /// The block at a place.
    pub fn block_at(&self, place: Place) -> Block {
        self.layout.order[place as usize]
    }
    /// The slot of a value that an instruction of the current block reads.
    pub fn slot(&self, value: Value) -> u16 {
        match self.folded.constant(value) {
            Some(id) => {
                let entry = self.pool.get(id, self.here);
                self.slots.of(self.func.values.len() as Entity + entry)
            }
            None => self.slots.of(self.folded.root(value).index() as Entity),
        }
    }
    /// The slot of an operand.
    pub fn arg(&self, inst: Inst, i: usize) -> u16 {
        self.slot(self.func.insts[inst].args[i])
    }
    /// The slot of the result; that of something unused when the instruction has none.
    pub fn result(&self, inst: Inst) -> u16 {
        self.func.insts[inst].result.map_or(mochi_vm::code::NO_SLOT, |r| self.slots.of(r.index() as Entity))
    }
    /// How a value is stored.
    pub fn kind(&self, value: Value) -> ElemKind {
        self.types().elem_kind(self.func.ty(value))
    }
    /// The types of the module.
    pub fn types(&self) -> &'a Types {
        &self.tables.module.types
    }
    /// The distance between the frames of caller and callee.
    pub fn advance(&self) -> u16 {
        self.slots.count + FRAME_HEADER
    }
    /// Whether a value is a parameter of a block.
    pub fn is_param_of(&self, value: Value, block: Block) -> bool {
        matches!(self.func.values[value].def, Def::Param(of, _) if of == block)
    }
    /// The operands that are raw, then those that are cells.
    pub fn raw_first(&self, args: &[Value]) -> Vec<Value> {
        raw_first(self.types(), args.iter().map(|&arg| self.func.ty(arg))).map(|i| args[i]).collect()
    }

    /// Writes a constant to a slot.
    pub fn constant(&mut self, slot: u16, value: Const) {
        match value {
            Const::Raw(word) => match i32::try_from(word as i64) {
                Ok(int) => self.asm.wide(Opcode::ConstInt, slot, int as u32),
                Err(_) => {
                    self.asm.instr(Opcode::ConstRaw, slot, 0, 0);
                    self.asm.word(word);
                }
            },
            Const::Cell(word) if word == Cell::NONE.0 => self.asm.instr(Opcode::ConstNone, slot, 0, 0),
            Const::Cell(word) => {
                self.asm.instr(Opcode::ConstCell, slot, 0, 0);
                self.asm.word(word);
            }
            Const::Str(id) => {
                let number = self.tables.str(id);
                self.asm.wide(Opcode::ConstStr, slot, number);
            }
        }
    }
}
