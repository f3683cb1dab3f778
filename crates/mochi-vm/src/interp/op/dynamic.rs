//! Dynamic values: boxing, unboxing and type tests.

use mochi_abi::{ElemKind, TypeId};
use mochi_runtime::trap::Outcome;

use super::super::at::At;
use super::safepoint;
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
    at.set(u64::from(vm.runtime.heap.is(at.cell(2), TypeId(u32::from(at.field(3))))));
    Ok(())
}
