//! Strings.

use mochi_abi::Cell;
use mochi_runtime::trap::Outcome;
use smallvec::SmallVec;

use super::super::at::At;
use super::safepoint;
use crate::vm::Vm;

/// `const.str` for the first time.
#[cold]
#[inline(never)]
pub fn constant(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let number = at.wide() as usize;
    let cell = vm.runtime.heap.new_str(&vm.program.strs[number])?;
    vm.strs[number] = cell.0;
    at.set(cell.0);
    Ok(())
}

/// `str.len`
#[inline(never)]
pub fn len(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.str_len(at.cell(2)) as u64);
    Ok(())
}

/// `str.bytes`
#[inline(never)]
pub fn bytes(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.str_bytes(at.cell(2)) as u64);
    Ok(())
}

/// `str.concat`
#[inline(never)]
pub fn concat(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.str_concat(at.cell(2), at.cell(3))?.0);
    Ok(())
}

/// `str.concat.all`
#[inline(never)]
pub fn concat_all(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let parts: SmallVec<[Cell; 16]> = at.listed().map(Cell).collect();
    at.set(vm.runtime.heap.str_concat_all(&parts)?.0);
    Ok(())
}

/// `str.index`
#[inline(never)]
pub fn index(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.str_index(at.cell(2), at.int(3))?.0);
    Ok(())
}

/// `str.char`
#[inline(never)]
pub fn char_at(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(vm.runtime.heap.str_char(at.cell(2), at.word(3) as usize).0);
    Ok(())
}

/// `str.slice`
#[inline(never)]
pub fn slice(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.str_slice(at.cell(2), at.int(3), at.int(4))?.0);
    Ok(())
}

/// `str.lt`
#[inline(never)]
pub fn less(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(u64::from(vm.runtime.heap.str_cmp(at.cell(2), at.cell(3)).is_lt()));
    Ok(())
}

/// `str.le`
#[inline(never)]
pub fn less_equal(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(u64::from(vm.runtime.heap.str_cmp(at.cell(2), at.cell(3)).is_le()));
    Ok(())
}

/// Whether two strings that are not short are equal.
#[inline(never)]
pub fn equal(vm: &Vm, a: Cell, b: Cell) -> bool {
    vm.runtime.heap.str_eq(a, b)
}
