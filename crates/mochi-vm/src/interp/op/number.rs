//! Arithmetic that traps.

use mochi_abi::Cell;
use mochi_runtime::trap::{Outcome, Trap};

use super::super::at::At;
use crate::instr::Opcode;
use crate::vm::Vm;

/// Ends the run: an int result that does not fit.
#[cold]
#[inline(never)]
pub fn overflow(vm: &mut Vm, at: At) {
    let op = Opcode::from_bits(at.field(0)).expect("an instruction");
    let (left, right) = (at.int(2), at.field(3));
    let trap = match op {
        Opcode::AddImm => Trap::overflow(left, "+", at.imm()),
        Opcode::SubImm => Trap::overflow(left, "-", at.imm()),
        Opcode::MulImm => Trap::overflow(left, "*", at.imm()),
        Opcode::Add => Trap::overflow(left, "+", at.int(3)),
        Opcode::Sub => Trap::overflow(left, "-", at.int(3)),
        Opcode::Mul => Trap::overflow(left, "*", at.int(3)),
        Opcode::Neg => Trap::overflow(0, "-", left),
        _ => unreachable!("{op:?} {right} does not overflow"),
    };
    // SAFETY: `At::new`.
    unsafe { vm.fail(trap, at.pc(), at.fp()) }
}

/// Ends the run: a zero divisor.
#[cold]
#[inline(never)]
pub fn divide_by_zero(vm: &mut Vm, at: At) {
    // SAFETY: `At::new`.
    unsafe { vm.fail(Trap::divide_by_zero(), at.pc(), at.fp()) }
}

/// `div` by 0 or -1.
#[cold]
#[inline(never)]
pub fn div(_: &mut Vm, at: At) -> Outcome<()> {
    let (left, right) = (at.int(2), at.int(3));
    if right == 0 {
        return Err(Trap::divide_by_zero());
    }
    at.set(left.checked_div(right).ok_or_else(|| Trap::overflow(left, "/", right))? as u64);
    Ok(())
}

/// `rem` by 0 or -1.
#[cold]
#[inline(never)]
pub fn rem(_: &mut Vm, at: At) -> Outcome<()> {
    if at.int(3) == 0 {
        return Err(Trap::divide_by_zero());
    }
    at.set(0);
    Ok(())
}

/// `frem`.
#[inline(never)]
pub fn float_rem(_: &mut Vm, at: At) -> Outcome<()> {
    if at.float(3) == 0.0 {
        return Err(Trap::divide_by_zero());
    }
    at.set((at.float(2) % at.float(3)).to_bits());
    Ok(())
}

/// `float.to.int` of a float beyond the ints.
#[cold]
#[inline(never)]
pub fn float_to_int(vm: &mut Vm, at: At) -> Outcome<()> {
    Err(vm.runtime.heap.bad_cast(Cell::from_f64(at.float(2)), "int"))
}
