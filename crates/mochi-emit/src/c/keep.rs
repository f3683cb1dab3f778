//! Which cells are still needed after an instruction that may collect.
//!
//! The collector finds roots on the native stack, but a C compiler is free to keep only the parts of a cell that it needs, or
//! a pointer that it derived. Where such an instruction ends, the cells that later code uses are named once more, so
//! that they were whole and somewhere on the stack while it ran. A view needs its list.

use mochi_abi::{ElemKind, RuntimeFn};
use mochi_base::id::Id;
use mochi_ir::verify::view_lists;
use mochi_ir::{Func, Imm, Inst, Module, Op, TyKind, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::layout::{Layout, Place};

/// What the collector must find.
#[derive(Default)]
pub(super) struct Kept {
    /// By instruction that may collect: the cells that are needed after it, in order.
    pub after: FxHashMap<Inst, Vec<Value>>,
    /// All of them, and what such instructions themselves need after they collected.
    pub roots: FxHashSet<Value>,
}

/// A set of values.
#[derive(Clone, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn new(len: usize) -> Set {
        Set(vec![0; len.div_ceil(64)])
    }
    fn insert(&mut self, value: Value) {
        self.0[value.index() / 64] |= 1 << (value.index() % 64);
    }
    fn remove(&mut self, value: Value) {
        self.0[value.index() / 64] &= !(1 << (value.index() % 64));
    }
    /// Adds all of another set; whether that changed this one.
    fn add(&mut self, other: &Set) -> bool {
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }
    fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.0.iter().enumerate().flat_map(|(word, &bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| Value::from_index(word * 64 + bit))
        })
    }
}

/// Whether an instruction may collect.
pub(super) fn may_collect(module: &Module, func: &Func, inst: Inst) -> bool {
    let data = &func.insts[inst];
    let kind = |value: Value| module.types.elem_kind(func.ty(value));
    match data.op {
        Op::StrConcat
        | Op::StrSlice
        | Op::ListNew
        | Op::ListSet
        | Op::ListAppend
        | Op::ListPush
        | Op::ListSlice
        | Op::ListConcat
        | Op::MapNew
        | Op::MapGet
        | Op::MapGetOr
        | Op::MapSet
        | Op::MapKeys
        | Op::StructNew
        | Op::RefNew
        | Op::ClosureNew
        | Op::Call
        | Op::CallClosure
        | Op::CallAny => true,
        Op::ListGet => match module.types.kind(func.ty(data.args[0])) {
            TyKind::List(elem) => module.types.dynamic_elem(*elem),
            _ => true,
        },
        Op::Some | Op::AnyBox => kind(data.args[0]) == ElemKind::I64,
        Op::CallRuntime => match &data.imm {
            Imm::Runtime(function) => row_may_collect(*function),
            _ => true,
        },
        _ => false,
    }
}

fn row_may_collect(function: RuntimeFn) -> bool {
    function.effects().allocates
}

/// Finds the cells that are needed after each instruction that may collect.
pub(super) fn find(
    module: &Module,
    func: &Func,
    layout: &Layout,
    root: &impl Fn(Value) -> Option<Value>,
) -> Kept {
    let views = view_lists(module, func);
    let len = func.values.len();
    // The values that keep an operand alive: the cell that it is, the list that it is a view of.
    let cells_of = |value: Value| -> Option<Value> {
        let value = match module.types.kind(func.ty(value)) {
            TyKind::View(_) => *views.get(&value)?,
            _ => value,
        };
        let value = root(value)?;
        (module.types.elem_kind(func.ty(value)) == ElemKind::Cell).then_some(value)
    };
    let places = layout.order.len();
    let mut at_start = vec![Set::new(len); places];
    let live_out = |at_start: &[Set], place: Place| {
        let mut live = Set::new(len);
        let block = layout.order[place as usize];
        if let Some(last) = func.terminator(block) {
            for target in &last.targets {
                live.add(&at_start[layout.place(target.block) as usize]);
                for &arg in &target.args {
                    if let Some(cell) = cells_of(arg) {
                        live.insert(cell);
                    }
                }
            }
        }
        live
    };
    let step = |live: &mut Set, inst: Inst| {
        let data = &func.insts[inst];
        if let Some(result) = data.result {
            live.remove(result);
        }
        for &arg in &data.args {
            if let Some(cell) = cells_of(arg) {
                live.insert(cell);
            }
        }
    };
    let mut changed = true;
    while changed {
        changed = false;
        for place in (0..places as Place).rev() {
            let mut live = live_out(&at_start, place);
            let block = &func.blocks[layout.order[place as usize]];
            for &inst in block.insts.iter().rev() {
                step(&mut live, inst);
            }
            for &param in &block.params {
                live.remove(param);
            }
            changed |= at_start[place as usize].add(&live);
        }
    }
    let mut kept = Kept::default();
    for place in 0..places as Place {
        let mut live = live_out(&at_start, place);
        for &inst in func.blocks[layout.order[place as usize]].insts.iter().rev() {
            if may_collect(module, func, inst) {
                let result = func.insts[inst].result;
                let cells: Vec<Value> = live.iter().filter(|&value| Some(value) != result).collect();
                kept.roots.extend(&cells);
                if !cells.is_empty() {
                    kept.after.insert(inst, cells);
                }
                // Functions of the program keep what they are given.
                if !matches!(func.insts[inst].op, Op::Call | Op::CallClosure | Op::CallAny) {
                    kept.roots.extend(func.insts[inst].args.iter().filter_map(|&arg| cells_of(arg)));
                }
            }
            step(&mut live, inst);
        }
    }
    kept
}
