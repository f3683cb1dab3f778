//! Lists. Instructions without `any` work on lists whose static type says exactly how they store elements.

use mochi_abi::{ElemKind, TypeId};
use mochi_runtime::trap::{Outcome, Trap};

use super::super::at::At;
use super::safepoint;
use crate::vm::Vm;

/// `list.new`
#[inline(never)]
pub fn new(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let ty = TypeId(at.wide());
    at.set(vm.runtime.heap.list_of_words(ty, at.listed())?.0);
    Ok(())
}

/// `list.get` and `list.get.bool`, when the index is not in `0..len`.
#[cold]
#[inline(never)]
pub fn get(vm: &mut Vm, at: At) -> Outcome<()> {
    let kind = vm.runtime.heap.list_kind(at.cell(2));
    at.set(vm.runtime.heap.list_get(at.cell(2), at.int(3), kind)?);
    Ok(())
}

/// `list.get.any`
#[inline(never)]
pub fn get_any(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.list_get(at.cell(2), at.int(3), ElemKind::Cell)?);
    Ok(())
}

/// `list.set` and `list.set.bool`, when the index is not in `0..len`.
#[cold]
#[inline(never)]
pub fn set(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let kind = vm.runtime.heap.list_kind(at.cell(1));
    vm.runtime.heap.list_set(at.cell(1), at.int(2), at.word(3), kind)
}

/// `list.set.any`
#[inline(never)]
pub fn set_any(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    vm.runtime.heap.list_set(at.cell(1), at.int(2), at.word(3), ElemKind::Cell)
}

/// `list.append`
#[inline(never)]
pub fn append(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let kind = vm.runtime.heap.list_kind(at.cell(2));
    at.set(vm.runtime.heap.list_append(at.cell(2), at.word(3), kind)?.0);
    Ok(())
}

/// `list.append.any`
#[inline(never)]
pub fn append_any(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.list_append(at.cell(2), at.word(3), ElemKind::Cell)?.0);
    Ok(())
}

/// `list.push` and `list.push.bool`, when the list is full or shared.
#[inline(never)]
pub fn push(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let kind = vm.runtime.heap.list_kind(at.cell(2));
    at.set(vm.runtime.heap.list_push_or_copy(at.cell(2), at.word(3), kind)?.0);
    Ok(())
}

/// `list.push.any`
#[inline(never)]
pub fn push_any(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.list_push_or_copy(at.cell(2), at.word(3), ElemKind::Cell)?.0);
    Ok(())
}

/// `list.share`
#[inline(never)]
pub fn share(vm: &mut Vm, at: At) -> Outcome<()> {
    vm.runtime.heap.list_share(at.cell(1));
    Ok(())
}

/// `list.slice`
#[inline(never)]
pub fn slice(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.list_slice(at.cell(2), at.int(3), at.int(4))?.0);
    Ok(())
}

/// `list.concat`
#[inline(never)]
pub fn concat(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.list_concat(at.cell(2), at.cell(3))?.0);
    Ok(())
}

/// `view.get` and `view.get.bool`, when the index is not in `0..len`.
#[cold]
#[inline(never)]
pub fn view_get(_: &mut Vm, at: At) -> Outcome<()> {
    let view = usize::from(at.field(2));
    // SAFETY: a view takes two slots of the frame, the second its length.
    let len = unsafe { at.fp().add(view + 1).read() };
    let index = at.int(3);
    let position = if index < 0 { index.wrapping_add(len as i64) } else { index };
    if position as u64 >= len {
        return Err(Trap::list_index(index, len as usize));
    }
    let is_bool = at.field(0) == crate::instr::Opcode::ViewGetBool as u16;
    // SAFETY: the position is below the length, and the view is valid (verifier rule I028).
    at.set(unsafe {
        if is_bool {
            u64::from((at.word(2) as *const u8).add(position as usize).read())
        } else {
            (at.word(2) as *const u64).add(position as usize).read()
        }
    });
    Ok(())
}
