//! How instructions use lists: which operands they keep, where their results come from, which places they load and store.

use mochi_abi::RuntimeTy;

use crate::analysis::memory::Classes;
use crate::func::{Def, Func, InstData, Value};
use crate::module::GlobalId;
use crate::op::{Imm, Op, effect};
use crate::ty::{Ty, TyKind, Types};

/// What an instruction does with an operand that is a list or may hold one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Looks at it.
    Read,
    /// Hands it to a call, which gives it back.
    Argument,
    /// Its result is the same object.
    Derive,
    /// Puts it where it may be found later.
    Keep,
}

/// The role of an operand.
pub fn role(data: &InstData, operand: usize) -> Role {
    let keep = match data.op {
        Op::ListNew
        | Op::MapNew
        | Op::StructNew
        | Op::RefNew
        | Op::ClosureNew
        | Op::Return
        | Op::GlobalSet => true,
        Op::ListSet | Op::ViewSetIn | Op::MapGetOr => operand == 2,
        Op::ListAppend | Op::ListPush | Op::FieldSet | Op::RefSet => operand == 1,
        Op::MapSet | Op::Select => operand > 0,
        Op::AnyBox | Op::Some | Op::Retype | Op::AnyAs | Op::AnyUnbox => return Role::Derive,
        Op::GetOr => {
            return if operand == 0 { Role::Derive } else { Role::Keep };
        }
        op if is_call(op) => return Role::Argument,
        // Those that write put what they are given into their first operand.
        Op::CallRuntime => operand > 0 && data.effects().intersects(effect::WRITES),
        _ => false,
    };
    if keep { Role::Keep } else { Role::Read }
}

/// Who else may hold the object of a value, as long as nobody has marked it as shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Nobody.
    Owned,
    /// Whoever called this function, who waits.
    Stable,
    /// A place in this memory.
    Loaded(Classes),
}

/// The origin of a result; `of` is that of operands, `reads` the memory that the instruction reads.
pub fn origin(data: &InstData, reads: Classes, of: impl Fn(Value) -> Origin) -> Origin {
    match data.op {
        Op::AnyBox | Op::Some | Op::Retype | Op::AnyAs | Op::AnyUnbox | Op::GetOr => of(data.args[0]),
        Op::ListGet
        | Op::ViewGet
        | Op::ViewGetIn
        | Op::MapGet
        | Op::MapGetOr
        | Op::FieldGet
        | Op::RefGet
        | Op::GlobalGet
        | Op::GlobalFixed => Origin::Loaded(reads),
        Op::CallRuntime => match &data.imm {
            Imm::Runtime(f) if f.result() == RuntimeTy::Any => Origin::Loaded(Classes::ALL),
            _ => Origin::Owned,
        },
        _ => Origin::Owned,
    }
}

/// A place that holds one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A global.
    Global(GlobalId),
    /// A shared variable.
    Ref(Value),
    /// A field of a struct.
    Field(Value, u32),
    /// A position of a list or view.
    Elem(Value, Value),
    /// A key of a map.
    Entry(Value, Value),
}

/// The place that an instruction loads.
pub fn loaded_place(data: &InstData) -> Option<Place> {
    Some(match (data.op, &data.args[..], &data.imm) {
        (Op::GlobalGet, _, Imm::Global(id)) => Place::Global(*id),
        (Op::RefGet, &[r], _) => Place::Ref(r),
        (Op::FieldGet, &[o], Imm::Field(n)) => Place::Field(o, *n),
        (Op::ListGet | Op::ViewGet | Op::ViewGetIn, &[l, i], _) => Place::Elem(l, i),
        (Op::MapGet | Op::MapGetOr, &[m, k, ..], _) => Place::Entry(m, k),
        _ => return None,
    })
}

/// The place that an instruction stores to, and what it stores there.
pub fn stored_place(data: &InstData) -> Option<(Place, Value)> {
    Some(match (data.op, &data.args[..], &data.imm) {
        (Op::GlobalSet, &[v], Imm::Global(id)) => (Place::Global(*id), v),
        (Op::RefSet, &[r, v], _) => (Place::Ref(r), v),
        (Op::FieldSet, &[o, v], Imm::Field(n)) => (Place::Field(o, *n), v),
        (Op::ListSet | Op::ViewSetIn, &[l, i, v], _) => (Place::Elem(l, i), v),
        (Op::MapSet, &[m, k, v], _) => (Place::Entry(m, k), v),
        _ => return None,
    })
}

/// The kinds of lists that a value of a type may be, as bits of [`Classes`]; none for a type that is no list and holds
/// none directly.
pub fn list_kinds(types: &Types, ty: Ty) -> Classes {
    match types.kind(ty) {
        TyKind::List(elem) => Classes::of_lists(types, *elem),
        TyKind::Option(inner) => match types.kind(*inner) {
            TyKind::List(elem) => Classes::of_lists(types, *elem),
            _ => Classes::NONE,
        },
        TyKind::Any => Classes::LENGTHS,
        _ => Classes::NONE,
    }
}

/// The kinds of lists that a value may be, looking at its definition too.
pub fn kinds_of(func: &Func, types: &Types, value: Value) -> Classes {
    let kinds = list_kinds(types, func.ty(value));
    if kinds.is_none() {
        return kinds;
    }
    if let Def::Inst(inst) = func.values[value].def {
        let data = &func.insts[inst];
        match data.op {
            Op::None => return Classes::NONE,
            Op::AnyBox => return list_kinds(types, func.ty(data.args[0])),
            _ => {}
        }
    }
    kinds
}

/// Whether a call may come to run code of the program.
pub fn is_call(op: Op) -> bool {
    matches!(
        op,
        Op::Call | Op::CallClosure | Op::CallAny | Op::TailCall | Op::TailCallClosure | Op::TailCallAny
    )
}

/// Whether nothing but the result holds the new object.
pub fn is_fresh(data: &InstData) -> bool {
    matches!(data.op, Op::ListNew | Op::ListAppend | Op::ListConcat | Op::ListSlice | Op::MapKeys)
}
