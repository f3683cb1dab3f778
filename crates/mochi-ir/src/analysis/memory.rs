//! Which memory an instruction touches: the regions of the op table, divided by type.
//!
//! Memory of different classes never overlaps. Lists are divided by how they store elements, as that is fixed when a list
//! is made; code typed `list<any>` or `list<option<T>>` may be handed any list. Fields are divided by struct and
//! position, refs by type, globals by name; more of these than there are bits share some.

use mochi_base::IdVec;
use smallvec::{SmallVec, smallvec};

use crate::analysis::{Flow, Loop, Summaries};
use crate::func::{Func, InstData, Value};
use crate::op::{Effects, Imm, Op, effect};
use crate::ty::{Ty, TyKind, Types};

/// A set of classes of memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Classes(pub u64);

/// Bits of a class of memory: how many, and the lowest.
#[derive(Clone, Copy)]
struct Part {
    first: u32,
    count: u32,
}

const LEN: Part = Part { first: 0, count: 4 };
const ELEM: Part = Part { first: 4, count: 4 };
const MAP: Part = Part { first: 8, count: 1 };
const FIELD: Part = Part { first: 9, count: 23 };
const REF: Part = Part { first: 32, count: 8 };
const GLOBAL: Part = Part { first: 40, count: 23 };
/// No memory: what views stand for. Calls end views whatever their summaries say, since rule I028 of the verifier knows none.
const VIEW: Part = Part { first: 63, count: 1 };

impl Part {
    const fn all(self) -> Classes {
        Classes((u64::MAX >> (64 - self.count)) << self.first)
    }
    const fn one(self, index: u32) -> Classes {
        Classes(1 << (self.first + index % self.count))
    }
}

impl Classes {
    /// No memory.
    pub const NONE: Classes = Classes(0);
    /// All memory.
    pub const ALL: Classes = Classes(u64::MAX);
    /// Lengths and data pointers of all lists.
    pub const LENGTHS: Classes = LEN.all();
    /// What is not a place that holds a word: lengths and views.
    pub const NO_PLACES: Classes = LEN.all().or(VIEW.all());

    /// Elements of all lists.
    pub const ELEMENTS: Classes = ELEM.all();

    /// Elements of the lists that code with this element type may be handed.
    pub fn of_elements(types: &Types, elem: Ty) -> Classes {
        list_classes(types, elem).and(Self::ELEMENTS)
    }
    /// Lengths and data pointers of the lists that code with this element type may be handed.
    pub fn of_lists(types: &Types, elem: Ty) -> Classes {
        list_classes(types, elem).and(Self::LENGTHS)
    }

    /// Both sets together.
    pub const fn or(self, other: Classes) -> Classes {
        Classes(self.0 | other.0)
    }
    /// What is in both sets.
    pub const fn and(self, other: Classes) -> Classes {
        Classes(self.0 & other.0)
    }
    /// Whether the sets have a class in common.
    pub const fn overlaps(self, other: Classes) -> bool {
        self.0 & other.0 != 0
    }
    /// Whether this is no memory but what views stand for: nothing that a program can see.
    pub const fn is_hidden(self) -> bool {
        self.0 & !VIEW.all().0 == 0
    }
    /// Whether this is no memory.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
    /// The classes as bit positions.
    pub fn bits(self) -> impl Iterator<Item = u32> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros());
            left &= left.wrapping_sub(1);
            bit
        })
    }

    fn of_regions(bits: u16) -> Classes {
        let parts = [LEN, ELEM, MAP, FIELD, REF, GLOBAL];
        let touched = parts.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0);
        touched.fold(Classes::NONE, |all, (_, part)| all.or(part.all()))
    }
    fn read_by(effects: Effects) -> Classes {
        Self::of_regions(effects.0 & effect::READS.0)
    }
    fn written_by(effects: Effects) -> Classes {
        Self::of_regions((effects.0 & effect::WRITES.0) >> 6)
    }
}

/// What an instruction reads and writes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Access {
    /// The memory it may read.
    pub reads: Classes,
    /// The memory it may write.
    pub writes: Classes,
}

/// What an instruction reads and writes.
pub fn access(func: &Func, types: &Types, summaries: &Summaries, data: &InstData) -> Access {
    let effects = summaries.effects(data);
    let mut access = Access { reads: Classes::read_by(effects), writes: Classes::written_by(effects) };
    if data.op == Op::ListView {
        return Access { reads: VIEW.all(), writes: Classes::NONE };
    }
    if access != Access::default()
        && let Some(only) = classes_of(func, types, data)
    {
        access.reads.0 &= only.0;
        access.writes.0 &= only.0;
    }
    if data.effects().intersects(effect::WRITES_LEN) {
        access.writes = access.writes.or(VIEW.all());
    }
    access
}

/// The memory that an instruction's operands confine it to.
fn classes_of(func: &Func, types: &Types, data: &InstData) -> Option<Classes> {
    let operand = || Some(types.kind(func.ty(*data.args.first()?)));
    match data.op {
        Op::ListLen
        | Op::ListGet
        | Op::ListSet
        | Op::ListAppend
        | Op::ListPush
        | Op::ListReserve
        | Op::ListRepeat
        | Op::ListShare
        | Op::ListSlice
        | Op::ListConcat
        | Op::ViewGet
        | Op::ViewGetIn
        | Op::ViewSetIn => match operand()? {
            TyKind::List(elem) | TyKind::View(elem) => Some(list_classes(types, *elem)),
            _ => None,
        },
        Op::FieldGet | Op::FieldSet => match (operand()?, &data.imm) {
            // A variant's fields are reached through the variant's own type.
            (TyKind::Struct(id), Imm::Field(field)) => {
                Some(FIELD.one(id.0.wrapping_mul(7).wrapping_add(*field)))
            }
            _ => None,
        },
        Op::RefGet | Op::RefSet => match operand()? {
            TyKind::Ref(of) => Some(REF.one(of.0)),
            _ => None,
        },
        Op::GlobalGet | Op::GlobalSet => match &data.imm {
            Imm::Global(id) => Some(GLOBAL.one(id.0)),
            _ => None,
        },
        _ => None,
    }
}

fn list_classes(types: &Types, elem: Ty) -> Classes {
    if types.dynamic_elem(elem) {
        return LEN.all().or(ELEM.all());
    }
    let kind = types.elem_kind(elem) as u32;
    LEN.one(kind).or(ELEM.one(kind))
}

/// What the blocks of each loop write, inner loops included.
pub fn loop_writes(func: &Func, types: &Types, summaries: &Summaries, flow: &Flow) -> IdVec<Loop, Classes> {
    let mut writes: IdVec<Loop, Classes> = IdVec::new();
    writes.resize(flow.loops.ids().count(), Classes::NONE);
    for &block in flow.dominators.order() {
        let Some(l) = flow.loops.innermost(block) else { continue };
        for &inst in &func.blocks[block].insts {
            writes[l] = writes[l].or(access(func, types, summaries, &func.insts[inst]).writes);
        }
    }
    for l in flow.loops.ids().rev() {
        if let Some(parent) = flow.loops.get(l).parent {
            writes[parent] = writes[parent].or(writes[l]);
        }
    }
    writes
}

/// A load, with the value that it would give.
pub type KnownLoad = (Op, Imm, SmallVec<[Value; 3]>, Value);

/// Loads whose results are known right after an instruction, because it stores them.
pub fn loads_known_after(func: &Func, types: &Types, data: &InstData) -> SmallVec<[KnownLoad; 1]> {
    // What is written to a list of another make may be read back in another form.
    let keeps_form = |list: Value| match types.kind(func.ty(list)) {
        TyKind::List(elem) | TyKind::View(elem) => !types.dynamic_elem(*elem),
        _ => false,
    };
    let one = |op, imm: &Imm, args: &[Value], v| smallvec![(op, imm.clone(), SmallVec::from_slice(args), v)];
    match (data.op, &data.args[..], data.result) {
        (Op::RefSet, &[r, v], _) => one(Op::RefGet, &Imm::None, &[r], v),
        (Op::RefNew, &[v], Some(r)) => one(Op::RefGet, &Imm::None, &[r], v),
        (Op::GlobalSet, &[v], _) => one(Op::GlobalGet, &data.imm, &[], v),
        (Op::FieldSet, &[o, v], _) => one(Op::FieldGet, &data.imm, &[o], v),
        (Op::ListSet, &[l, i, v], _) if keeps_form(l) => one(Op::ListGet, &Imm::None, &[l, i], v),
        (Op::ViewSetIn, &[l, i, v], _) if keeps_form(l) => one(Op::ViewGetIn, &Imm::None, &[l, i], v),
        (Op::StructNew, fields, Some(o)) => {
            let load = |(i, &v)| (Op::FieldGet, Imm::Field(i as u32), smallvec![o], v);
            fields.iter().enumerate().map(load).collect()
        }
        _ => SmallVec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_disjoint_and_fit() {
        let parts = [LEN, ELEM, MAP, FIELD, REF, GLOBAL, VIEW];
        let sum: u32 = parts.iter().map(|p| p.all().0.count_ones()).sum();
        let all = parts.iter().fold(0, |all, p| all | p.all().0);
        assert_eq!((sum, all), (64, u64::MAX));
        assert_eq!(Classes::of_regions(effect::READS.0).0, all & !VIEW.all().0);
    }

    #[test]
    fn lists_of_other_elements_are_other_memory() {
        let mut types = Types::new();
        let optional = types.option(Types::I64);
        let ints = list_classes(&types, Types::I64);
        assert!(!ints.overlaps(list_classes(&types, Types::F64)));
        assert!(ints.overlaps(list_classes(&types, Types::ANY)));
        assert!(!ints.overlaps(list_classes(&types, optional)));
        assert!(list_classes(&types, Types::STR).overlaps(list_classes(&types, optional)));
    }
}
