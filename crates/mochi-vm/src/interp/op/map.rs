//! Maps.

use mochi_abi::{Cell, ElemKind, MapType, TypeId};
use mochi_runtime::trap::Outcome;

use super::super::at::At;
use super::safepoint;
use crate::vm::Vm;

/// Key and value kinds, as `Ext::Kinds` codes them.
fn kinds(bits: u16) -> (ElemKind, ElemKind) {
    let kind = |bits| ElemKind::from_bits(bits).unwrap_or(ElemKind::Cell);
    (kind(u32::from(bits) & 15), kind(u32::from(bits) >> 4))
}

/// `map.new`
#[inline(never)]
pub fn new(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let ty = MapType(at.wide());
    let heap = &mut vm.runtime.heap;
    let (keys, values) = heap.types.map(ty);
    let (key_kind, value_kind) = (keys.kind(), values.kind());
    let map = heap.map_of(ty, at.count() / 2)?;
    let mut words = at.listed();
    while let (Some(key), Some(value)) = (words.next(), words.next()) {
        heap.map_set(map, key, key_kind, value, value_kind)?;
    }
    at.set(map.0);
    Ok(())
}

fn get_as(vm: &mut Vm, at: At, key_kind: ElemKind) -> Outcome<()> {
    safepoint(vm, at)?;
    let value = vm.runtime.heap.map_get(at.cell(2), at.word(3), key_kind, ElemKind::Cell)?;
    at.set(value.unwrap_or(Cell::NONE.0));
    Ok(())
}

/// `map.get.int`
#[inline(never)]
pub fn get_int(vm: &mut Vm, at: At) -> Outcome<()> {
    get_as(vm, at, ElemKind::I64)
}

/// `map.get`
#[inline(never)]
pub fn get(vm: &mut Vm, at: At) -> Outcome<()> {
    get_as(vm, at, ElemKind::Cell)
}

/// `map.get.or`
#[inline(never)]
pub fn get_or(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let (key_kind, want) = kinds(at.field(5));
    let value = vm.runtime.heap.map_get(at.cell(2), at.word(3), key_kind, want)?;
    at.set(value.unwrap_or_else(|| at.word(4)));
    Ok(())
}

/// `map.has.int`
#[inline(never)]
pub fn has_int(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(u64::from(vm.runtime.heap.map_has(at.cell(2), at.word(3), ElemKind::I64)));
    Ok(())
}

/// `map.has`
#[inline(never)]
pub fn has(vm: &mut Vm, at: At) -> Outcome<()> {
    at.set(u64::from(vm.runtime.heap.map_has(at.cell(2), at.word(3), ElemKind::Cell)));
    Ok(())
}

/// `map.set`
#[inline(never)]
pub fn set(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let (key_kind, value_kind) = kinds(at.field(4));
    vm.runtime.heap.map_set(at.cell(1), at.word(2), key_kind, at.word(3), value_kind)
}

/// `map.set.any`
#[inline(never)]
pub fn set_any(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    let (key_kind, value_kind) = kinds(at.field(4));
    vm.runtime.heap.map_set_any(at.cell(1), at.word(2), key_kind, at.word(3), value_kind)
}

/// `map.keys`
#[inline(never)]
pub fn keys(vm: &mut Vm, at: At) -> Outcome<()> {
    safepoint(vm, at)?;
    at.set(vm.runtime.heap.map_keys(at.cell(2), TypeId(u32::from(at.field(3))))?.0);
    Ok(())
}
