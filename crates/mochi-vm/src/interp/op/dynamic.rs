//! Dynamic values: boxing, unboxing and type tests.

use mochi_abi::{Arena, Cell, ElemKind};
use mochi_runtime::trap::Outcome;

use super::super::at::At;
use super::safepoint;
use crate::code::Test;
use crate::vm::Vm;

/// `box.int` of an int that is not small.
#[cold]
#[inline(never)]
pub fn box_int(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.box_int(at.int(2))?.0);
    Ok(())
}

/// `as.int` and `get.or.int` of an int that is not small.
#[cold]
#[inline(never)]
pub fn as_int(vm: &mut Vm, at: At) -> Outcome<()> {
    let cell = at.cell(2);
    // Anything else comes here only when a pass executes `as.int` before its test; nobody uses the result then.
    at.set(vm.runtime.heap.unbox_int(cell).unwrap_or(0) as u64);
    Ok(())
}

/// `unbox.int` of anything but a small int.
#[cold]
#[inline(never)]
pub fn unbox_int(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.any_unbox(at.cell(2), ElemKind::I64)?);
    Ok(())
}

/// `unbox.float` of anything but a float.
#[cold]
#[inline(never)]
pub fn unbox_float(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.any_unbox(at.cell(2), ElemKind::F64)?);
    Ok(())
}

/// `unbox.bool` of anything but a bool.
#[cold]
#[inline(never)]
pub fn unbox_bool(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.any_unbox(at.cell(2), ElemKind::Bool)?);
    Ok(())
}

/// `unbox.str`
#[inline(never)]
pub fn unbox_str(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.any_unbox_str(at.cell(2))?.0);
    Ok(())
}

/// `unbox.big` of anything but a small int.
#[cold]
#[inline(never)]
pub fn unbox_big(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.any_unbox_big(at.cell(2))?.0);
    Ok(())
}

/// `is`
#[inline(never)]
pub fn is(vm: &mut Vm, at: At) -> Outcome<()> {
    let holds = passes(vm, at.cell(2), &vm.program.tests[usize::from(at.field(3))]);
    at.set(u64::from(holds));
    Ok(())
}

fn passes(vm: &Vm, cell: Cell, test: &Test) -> bool {
    let heap = &vm.runtime.heap;
    match test {
        Test::Any => true,
        Test::None => cell.is_none(),
        Test::Int => cell.is_small_int() || heap.unbox_int(cell).is_some(),
        Test::Float => cell.is_f64(),
        Test::Bool => cell.is_bool(),
        Test::Str => heap.is_str(cell),
        Test::Bigint => heap.is_int(cell),
        Test::Bigrat => cell.arena() == Some(Arena::Bigrat),
        Test::List(kind) => cell.arena() == Some(kind.list_arena()),
        Test::AnyList => heap.is_list(cell),
        Test::Map(keys, values) => {
            // A map whose keys are floats or bools stores them as cells.
            let keys = keys.map(|keys| if keys == ElemKind::I64 { ElemKind::I64 } else { ElemKind::Cell });
            heap.is_map(cell)
                && keys.is_none_or(|keys| heap.map_key_kind(cell) == keys)
                && values.is_none_or(|values| heap.map_value_kind(cell) == values)
        }
        Test::Struct(shapes) => cell.arena() == Some(Arena::Struct) && shapes.contains(&heap.payload(cell)),
        Test::Function(ty) => {
            // One that waits for arguments has no type: it is called as an `any`.
            cell.arena() == Some(Arena::Closure)
                && vm.program.closures.get(heap.payload(cell) as usize).is_some_and(|made| made.ty == *ty)
        }
        Test::Option(inner) => cell.is_none() || passes(vm, cell, inner),
    }
}
