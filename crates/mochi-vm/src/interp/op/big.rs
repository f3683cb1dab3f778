//! Bigints that are not all inline ints.

use std::cmp::Ordering;

use mochi_abi::Cell;
use mochi_runtime::arith::Arith;
use mochi_runtime::rows;
use mochi_runtime::trap::Outcome;

use super::super::at::At;
use super::safepoint;
use crate::vm::Vm;

fn arith(vm: &mut Vm, at: At, op: Arith) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.big_arith(op, at.cell(2), at.cell(3))?.0);
    Ok(())
}

/// `big.add`
#[inline(never)]
pub fn add(vm: &mut Vm, at: At) -> Outcome<()> {
    arith(vm, at, Arith::Add)
}

/// `big.sub`
#[inline(never)]
pub fn sub(vm: &mut Vm, at: At) -> Outcome<()> {
    arith(vm, at, Arith::Sub)
}

/// `big.mul`
#[inline(never)]
pub fn mul(vm: &mut Vm, at: At) -> Outcome<()> {
    arith(vm, at, Arith::Mul)
}

/// `big.div`
#[inline(never)]
pub fn div(vm: &mut Vm, at: At) -> Outcome<()> {
    arith(vm, at, Arith::Div)
}

/// `big.rem`
#[inline(never)]
pub fn rem(vm: &mut Vm, at: At) -> Outcome<()> {
    arith(vm, at, Arith::Rem)
}

/// Order of two bigints.
#[inline(never)]
pub fn order(vm: &Vm, a: Cell, b: Cell) -> Ordering {
    vm.runtime.heap.big_order(a, b)
}

/// `big.to.int`
#[cold]
#[inline(never)]
pub fn to_int(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(rows::bigint::big_to_int(&mut vm.runtime, at.cell(2))? as u64);
    Ok(())
}

/// `big.to.index`
#[cold]
#[inline(never)]
pub fn to_index(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(rows::bigint::big_to_index(&mut vm.runtime, at.cell(2), at.cell(3))? as u64);
    Ok(())
}
