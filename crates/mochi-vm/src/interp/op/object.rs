//! Structs, shared variables and function values.

use mochi_abi::ElemKind;
use mochi_runtime::trap::{Outcome, Trap};

use super::super::at::At;
use super::safepoint;
use crate::vm::Vm;

/// `struct.new`
#[inline(never)]
pub fn new_struct(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let cell = vm.runtime.heap.alloc_struct(at.wide())?;
    let words = vm.heap_base.wrapping_add(cell.index() as usize * 8 + mochi_abi::layout::WORDS).cast::<u64>();
    for (i, word) in at.listed().enumerate() {
        // SAFETY: the new struct has a word per field of its shape, and all fields are given (rule B010).
        unsafe { words.add(i).write(word) };
    }
    at.set(cell.0);
    Ok(())
}

/// Ends the run: a field of none.
#[cold]
#[inline(never)]
pub fn field_of_none(vm: &mut Vm, at: At, action: &str) {
    let cell = at.cell(if action == "set" { 1 } else { 2 });
    assert!(cell.is_none(), "internal error: the interpreter met the stale handle {cell:?}");
    // SAFETY: the frame is live (`At::new`).
    let callee = unsafe { crate::frame::Frame { base: at.fp() }.callee() };
    let f = &vm.program.funcs[callee.index as usize];
    let word = (at.pc() as usize - callee.entry as usize) / 8;
    let name = f.field_name(word as u32).map_or("", |name| &vm.program.names[name as usize]);
    let trap = Trap::field_of_none(action, name);
    // SAFETY: `At::new`.
    unsafe { vm.fail(trap, at.pc(), at.fp()) }
}

/// `ref.new`
#[inline(never)]
pub fn new_ref(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let kind = ElemKind::from_bits(u32::from(at.field(3))).unwrap_or(ElemKind::Cell);
    at.set(vm.runtime.heap.alloc_ref(at.word(2), kind)?.0);
    Ok(())
}

/// `closure.new`
#[inline(never)]
pub fn new_closure(vm: &mut Vm, at: At) -> Outcome<()> {
    let number = at.wide();
    let entry = &vm.closures[number as usize];
    let captures_nothing = entry.raw == 0 && entry.cells == 0;
    if let (true, Some(made)) = (captures_nothing, entry.made) {
        // The same function is the same value.
        at.set(made.0);
        return Ok(());
    }
    safepoint(vm, at)?;
    let cell = vm.runtime.heap.alloc_closure(number)?;
    for (word, value) in vm.runtime.heap.words_mut(cell).iter_mut().zip(at.listed()) {
        *word = value;
    }
    if captures_nothing {
        vm.closures[number as usize].made = Some(cell);
    }
    at.set(cell.0);
    Ok(())
}
