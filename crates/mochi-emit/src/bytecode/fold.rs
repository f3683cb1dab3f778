//! Decides what becomes an instruction of its own and what is part of another: immediates, comparisons fused with
//! branches, words that are the same under another type, values that nobody uses.
//!
//! Constants are never instructions here: an operand is an immediate, or a *pooled* constant that [`super::pool`] puts
//! where it is cheap, or is made on an edge.

use mochi_abi::{Cell, ElemKind, RuntimeFn};
use mochi_base::id::Id;
use mochi_ir::analysis::Dominators;
use mochi_ir::func::Def;
use mochi_ir::{Func, Imm, Inst, Module, Op, StrId, Types, Value};
use rustc_hash::FxHashMap;

/// How an instruction of the IR is emitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Form {
    /// Not at all: nobody needs it, or its users do its work.
    #[default]
    Skip,
    /// With all operands in slots.
    Plain,
    /// With the second operand as an immediate.
    Imm,
    /// With the first operand as an immediate.
    ImmLeft,
    /// As a new container and one insertion per operand, since there are many.
    Chunked,
    /// A comparison of `big_compare` with zero, on the operands of that call.
    Big,
}

/// A constant that needs a slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Const {
    /// A raw word.
    Raw(u64),
    /// A cell that is no handle.
    Cell(u64),
    /// A longer string.
    Str(StrId),
}

impl Const {
    /// The kind of slot that it needs.
    pub fn kind(self) -> ElemKind {
        match self {
            Const::Raw(_) => ElemKind::I64,
            Const::Cell(_) | Const::Str(_) => ElemKind::Cell,
        }
    }
}

/// A constant of a function, each value once.
pub(super) type ConstId = u32;

/// Containers with more operands than this are made piece by piece: operands of one instruction need slots at once.
const MOST_OPERANDS: usize = 24;

/// What [`fold`] decided about a function.
#[derive(Default)]
pub(super) struct Folded {
    /// By instruction.
    pub form: Vec<Form>,
    /// Comparisons and negations that are part of the branch of their block.
    in_branch: Vec<bool>,
    /// By value: the value whose word it is.
    roots: Vec<Value>,
    /// By value: the constant that it is, plus one.
    const_of: Vec<u32>,
    /// The constants.
    pub consts: Vec<Const>,
}

impl Folded {
    /// The value whose word this is.
    #[inline]
    pub fn root(&self, value: Value) -> Value {
        self.roots[value.index()]
    }
    /// The constant that a value is.
    #[inline]
    pub fn constant(&self, value: Value) -> Option<ConstId> {
        self.const_of[self.root(value).index()].checked_sub(1)
    }
    /// The int that a value is, when it is a raw constant.
    pub fn raw(&self, value: Value) -> Option<i64> {
        match self.consts[self.constant(value)? as usize] {
            Const::Raw(word) => Some(word as i64),
            Const::Cell(_) | Const::Str(_) => None,
        }
    }
    /// The cell of a boxed constant, which may be a bigint. Small ones only: others need a slot of the heap.
    fn boxed(&self, func: &Func, inst: Inst) -> Option<Const> {
        let data = &func.insts[inst];
        if data.op == Op::AnyUnbox && data.result.is_some_and(|v| func.ty(v) == Types::BIGINT) {
            let Const::Cell(word) = self.consts[self.constant(data.args[0])? as usize] else { return None };
            let cell = Cell(word);
            return cell.is_small_integer().then(|| Const::Cell(cell.as_bigint().0));
        }
        if data.op != Op::AnyBox || func.ty(data.args[0]) != Types::I64 {
            return None;
        }
        Cell::from_small_int(self.raw(data.args[0])?).map(|cell| Const::Cell(cell.0))
    }
    /// The immediate that a value fits.
    pub fn imm(&self, value: Value) -> Option<i16> {
        i16::try_from(self.raw(value)?).ok()
    }
    /// What a branch tests: the instruction that makes its condition, when that is part of the branch, and whether
    /// the condition is to be negated.
    pub fn test(&self, func: &Func, cond: Value) -> (Option<Inst>, bool) {
        let (mut cond, mut negated) = (self.root(cond), false);
        loop {
            let Def::Inst(inst) = func.values[cond].def else { return (None, negated) };
            if !self.in_branch[inst.index()] {
                return (None, negated);
            }
            if func.insts[inst].op != Op::Not {
                return (Some(inst), negated);
            }
            negated = !negated;
            cond = self.root(func.insts[inst].args[0]);
        }
    }
    /// The value that a branch tests when its condition is in a slot: the innermost of the negations in the branch.
    pub fn tested_value(&self, func: &Func, cond: Value) -> Value {
        let mut cond = self.root(cond);
        while let Def::Inst(inst) = func.values[cond].def
            && self.in_branch[inst.index()]
            && func.insts[inst].op == Op::Not
        {
            cond = self.root(func.insts[inst].args[0]);
        }
        cond
    }
    /// Calls `each` with every value that an emitted instruction wants in a slot; not the arguments of its targets.
    pub fn slot_operands(&self, func: &Func, inst: Inst, each: &mut impl FnMut(Value)) {
        let data = &func.insts[inst];
        match self.form[inst.index()] {
            Form::Skip => {}
            Form::Plain if data.op == Op::Branch => match self.test(func, data.args[0]) {
                (Some(test), _) => self.slot_operands(func, test, each),
                (None, _) => each(self.tested_value(func, data.args[0])),
            },
            Form::Plain => data.args.iter().for_each(|&arg| each(self.root(arg))),
            Form::Big => compared(func, inst).iter().for_each(|&arg| each(self.root(arg))),
            Form::Imm => each(self.root(data.args[0])),
            Form::ImmLeft => each(self.root(data.args[1])),
            Form::Chunked => {
                data.args
                    .iter()
                    .filter(|&&arg| self.constant(arg).is_none())
                    .for_each(|&arg| each(self.root(arg)));
            }
        }
    }
}

/// Decides for all reached blocks of a function.
pub(super) fn fold(module: &Module, func: &Func, dominators: &Dominators) -> Folded {
    let mut folded = Folded {
        form: vec![Form::Skip; func.insts.len()],
        in_branch: vec![false; func.insts.len()],
        roots: (0..func.values.len()).map(Value::from_index).collect(),
        const_of: vec![0; func.values.len()],
        consts: Vec::new(),
    };
    let mut ids = FxHashMap::default();
    for &block in dominators.order() {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            let Some(result) = data.result else { continue };
            if let Some(constant) = constant(module, &data.imm, data.op).or_else(|| folded.boxed(func, inst))
            {
                let next = folded.consts.len() as u32;
                let id = *ids.entry(constant).or_insert(next);
                if id == next {
                    folded.consts.push(constant);
                }
                folded.const_of[result.index()] = id + 1;
            } else if is_same_word(&module.types, func, inst) {
                folded.roots[result.index()] = folded.root(data.args[0]);
            }
        }
    }

    // Users come after what they use, but for the arguments of back edges, so one walk backwards sees all users of a
    // removable instruction when the parameters' uses are counted first.
    let mut uses = vec![0u32; func.values.len()];
    for &block in dominators.order() {
        if let Some(end) = func.terminator(block) {
            end.targets.iter().flat_map(|t| &t.args).for_each(|&arg| uses[folded.root(arg).index()] += 1);
        }
    }
    for &block in dominators.order().iter().rev() {
        let insts = &func.blocks[block].insts;
        for &inst in insts.iter().rev() {
            let data = &func.insts[inst];
            let used = data.result.is_some_and(|r| uses[r.index()] > 0);
            let is_alias = data.result.is_some_and(|r| folded.root(r) != r);
            let is_const = data.result.is_some_and(|r| folded.const_of[r.index()] != 0);
            if is_alias || is_const || !used && data.result.is_some() && data.effects().removable() {
                continue;
            }
            let tested =
                data.result.is_some_and(|r| uses[r.index()] == 1 && is_tested(&folded, func, insts, r));
            if tested && data.op == Op::Not {
                // The branch tests what is negated here.
                folded.in_branch[inst.index()] = true;
                uses[folded.root(data.args[0]).index()] += 1;
                continue;
            }
            folded.in_branch[inst.index()] = tested && is_fusible(data.op);
            folded.form[inst.index()] = choose(&folded, func, inst);
            if data.op == Op::Branch {
                uses[folded.root(data.args[0]).index()] += 1;
            } else {
                folded.slot_operands(func, inst, &mut |value| uses[value.index()] += 1);
            }
        }
    }
    folded
}

impl Folded {
    /// Whether an instruction is emitted where it stands.
    pub fn is_emitted(&self, inst: Inst) -> bool {
        self.form[inst.index()] != Form::Skip && !self.in_branch[inst.index()]
    }
}

/// Whether the branch that ends these instructions tests a value, directly or negated.
fn is_tested(folded: &Folded, func: &Func, insts: &[Inst], value: Value) -> bool {
    let Some(&last) = insts.last() else { return false };
    let end = &func.insts[last];
    if end.op != Op::Branch {
        return false;
    }
    folded.tested_value(func, end.args[0]) == value
}

/// Whether a branch can do the comparison.
fn is_fusible(op: Op) -> bool {
    matches!(
        op,
        Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::FEq
            | Op::FNe
            | Op::FLt
            | Op::FLe
            | Op::FGt
            | Op::FGe
            | Op::StrEq
            | Op::IsNone
            | Op::BoolEq
    )
}

/// Whether a result is the same word as the first operand.
fn is_same_word(types: &Types, func: &Func, inst: Inst) -> bool {
    let data = &func.insts[inst];
    match data.op {
        Op::Retype => true,
        Op::AnyBox | Op::Some => types.elem_kind(func.ty(data.args[0])) == ElemKind::Cell,
        Op::AnyAs => data.result.is_some_and(|r| types.elem_kind(func.ty(r)) == ElemKind::Cell),
        _ => false,
    }
}

fn constant(module: &Module, imm: &Imm, op: Op) -> Option<Const> {
    Some(match (op, imm) {
        (Op::ConstInt, Imm::Int(value)) => Const::Raw(*value as u64),
        (Op::ConstFloat, Imm::Float(value)) => Const::Raw(value.to_bits()),
        (Op::ConstBool, Imm::Bool(value)) => Const::Raw(u64::from(*value)),
        (Op::ConstStr, Imm::Str(id)) => match Cell::from_short_str(module.str(*id).as_bytes()) {
            Some(cell) => Const::Cell(cell.0),
            None => Const::Str(*id),
        },
        (Op::None, _) => Const::Cell(Cell::NONE.0),
        _ => return None,
    })
}

/// Whether this compares the result of `big_compare` with zero. The call has no effect, so it may be executed here.
fn is_big_comparison(folded: &Folded, func: &Func, inst: Inst) -> bool {
    let data = &func.insts[inst];
    matches!(data.op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
        && folded.raw(data.args[1]) == Some(0)
        && func.def_inst(data.args[0]).is_some_and(|call| {
            call.op == Op::CallRuntime && call.imm == Imm::Runtime(RuntimeFn::big_compare)
        })
}

/// The bigints that an instruction of the form [`Form::Big`] compares.
pub(super) fn compared(func: &Func, inst: Inst) -> &[Value] {
    func.def_inst(func.insts[inst].args[0]).map_or(&[], |call| &call.args)
}

/// The form of an instruction that has immediates; `Plain` for all others.
fn choose(folded: &Folded, func: &Func, inst: Inst) -> Form {
    let data = &func.insts[inst];
    let left = || folded.imm(data.args[0]).is_some();
    let right = || folded.imm(data.args[1]);
    let form = |holds: bool| if holds { Form::Imm } else { Form::Plain };
    if is_big_comparison(folded, func, inst) {
        return Form::Big;
    }
    match data.op {
        // What overflows shows its operands in order.
        Op::Add | Op::Mul => form(right().is_some()),
        Op::AddWrap
        | Op::MulWrap
        | Op::And
        | Op::Or
        | Op::Xor
        | Op::Eq
        | Op::Ne
        | Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::BoolEq => match right() {
            Some(_) => Form::Imm,
            None if left() => Form::ImmLeft,
            None => Form::Plain,
        },
        Op::Sub => form(right().is_some()),
        // Emitted as a sum with the negated number.
        Op::SubWrap => form(right().is_some_and(|n| n != i16::MIN)),
        Op::Div | Op::Rem | Op::DivSafe | Op::RemSafe => {
            let power = folded.raw(data.args[1]).is_some_and(|n| n > 0 && (n as u64).is_power_of_two());
            form(power || right().is_some_and(|n| !matches!(n, 0 | -1)))
        }
        Op::Shl | Op::Shr => form(folded.raw(data.args[1]).is_some()),
        Op::ListNew | Op::MapNew if data.args.len() > MOST_OPERANDS => Form::Chunked,
        _ => Form::Plain,
    }
}
