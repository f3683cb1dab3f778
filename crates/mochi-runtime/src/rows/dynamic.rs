//! Values of type `any`, structs by field.

use mochi_abi::{Cell, TypeId};

use crate::arith::Arith;
use crate::runtime::Runtime;
use crate::shape::Shape;
use crate::trap::{Outcome, Trap};

/// What an `any` holds, by the numbers of [`Kind`](crate::value::Kind).
pub fn any_kind(rt: &mut Runtime, value: Cell) -> Outcome<i64> {
    Ok(rt.heap.kind(value) as i64)
}

/// Number of elements of a list, entries of a map, fields of a struct, items of a group, code points of a string; 0 of
/// none.
pub fn any_len(rt: &mut Runtime, value: Cell) -> Outcome<i64> {
    Ok(rt.heap.any_len(value)? as i64)
}

/// Element of a list by a position that is in range.
pub fn any_item(rt: &mut Runtime, list: Cell, at: i64) -> Outcome<Cell> {
    rt.heap.list_item(list, at as usize)
}

/// `x[i]` of the language.
pub fn any_index(rt: &mut Runtime, value: Cell, index: Cell) -> Outcome<Cell> {
    rt.heap.any_index(value, index)
}

/// `x[i] = v` of the language.
pub fn any_set_index(rt: &mut Runtime, target: Cell, index: Cell, value: Cell) -> Outcome<()> {
    rt.heap.any_set_index(target, index, value)
}

/// `x[a:b]` of the language; none stands for a missing bound.
pub fn any_slice(rt: &mut Runtime, value: Cell, from: Cell, to: Cell) -> Outcome<Cell> {
    rt.heap.any_slice(value, from, to)
}

/// Keys of a map in ascending order, as cells.
pub fn any_keys(rt: &mut Runtime, map: Cell) -> Outcome<Cell> {
    if !rt.heap.is_map(map) {
        return Err(Trap::operand("keys", "a map"));
    }
    rt.heap.map_keys(map, TypeId::ANY)
}

fn shape(rt: &Runtime, value: Cell) -> &Shape {
    &rt.heap.shapes.structs[rt.heap.payload(value) as usize]
}

/// Name of a struct's type.
pub fn struct_name(rt: &mut Runtime, value: Cell) -> Outcome<Cell> {
    Ok(shape(rt, value).name_cell)
}

/// Number of fields of a struct.
pub fn struct_len(rt: &mut Runtime, value: Cell) -> Outcome<i64> {
    Ok(rt.heap.words(value).len() as i64)
}

/// Name of a field of a struct by position in sorted order of names.
pub fn struct_field_name(rt: &mut Runtime, value: Cell, at: i64) -> Outcome<Cell> {
    Ok(shape(rt, value).name_cells[at as usize])
}

/// Value of a field of a struct by position in sorted order of names.
pub fn struct_field_item(rt: &mut Runtime, value: Cell, at: i64) -> Outcome<Cell> {
    let shape = shape(rt, value);
    let field = shape.sorted[at as usize] as usize;
    let kind = shape.fields[field].1.kind();
    let word = rt.heap.words(value)[field];
    rt.heap.box_word(word, kind)
}

/// `x.f` of the language for maps and structs.
pub fn any_field(rt: &mut Runtime, value: Cell, name: Cell) -> Outcome<Cell> {
    rt.heap.any_field(value, name)
}

/// `x.f = v` of the language for maps and structs.
pub fn any_set_field(rt: &mut Runtime, target: Cell, name: Cell, value: Cell) -> Outcome<()> {
    rt.heap.any_set_field(target, name, value)
}

/// Whether a value is a bigint, also one that an int could hold.
pub fn any_is_bigint(rt: &mut Runtime, value: Cell) -> Outcome<bool> {
    Ok(rt.heap.is_bigint(value))
}

/// Whether two values are the same object.
pub fn any_same(_: &mut Runtime, a: Cell, b: Cell) -> Outcome<bool> {
    Ok(a == b)
}

/// A number that no other list, map or struct has while this one lives; 0 for anything else.
pub fn any_id(_: &mut Runtime, value: Cell) -> Outcome<i64> {
    Ok(if value.is_handle() { i64::from(value.index()) + 1 } else { 0 })
}

/// `==` of the language.
pub fn any_equal(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<bool> {
    Ok(rt.heap.equal(a, b))
}

/// Order of two values: negative, zero, positive; 2 when there is none.
pub fn any_compare(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<i64> {
    Ok(rt.heap.compare(a, b)?.map_or(2, |order| order as i64))
}

/// The order of `sort by`: -1, 0 or 1.
pub fn any_order(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<i64> {
    Ok(rt.heap.sort_order(a, b)? as i64)
}

/// The list of items of a group of a query; none of anything else.
pub fn group_items(rt: &mut Runtime, value: Cell) -> Outcome<Cell> {
    Ok(rt.heap.group_items(value).unwrap_or(Cell::NONE))
}

/// Truthiness (4.4).
pub fn any_truthy(rt: &mut Runtime, value: Cell) -> Outcome<bool> {
    Ok(rt.heap.truthy(value))
}

/// `x in y` of the language (4.11).
pub fn any_in(rt: &mut Runtime, item: Cell, container: Cell) -> Outcome<bool> {
    rt.heap.any_in(item, container)
}

/// Arithmetic on two cells (4.1), by the numbers of [`Arith`]; with more than these, on unbounded ints.
pub fn any_arith(rt: &mut Runtime, a: Cell, b: Cell, op: i64) -> Outcome<Cell> {
    match (op as usize).checked_sub(Arith::ALL.len()) {
        None => rt.heap.arith(Arith::ALL[op as usize], a, b),
        Some(op) => rt.heap.arith_unbounded(Arith::ALL[op], a, b),
    }
}

/// Unary minus on a cell.
pub fn any_neg(rt: &mut Runtime, value: Cell) -> Outcome<Cell> {
    rt.heap.neg(value)
}

/// Cast to int (4.13) as an int that fits.
pub fn any_to_int(rt: &mut Runtime, value: Cell) -> Outcome<i64> {
    rt.heap.any_to_int(value)
}

/// Cast to float (4.13).
pub fn any_to_float(rt: &mut Runtime, value: Cell) -> Outcome<f64> {
    rt.heap.any_to_float(value)
}

/// Cast to string: the same.
pub fn any_to_str(rt: &mut Runtime, value: Cell) -> Outcome<Cell> {
    if rt.heap.is_str(value) { Ok(value) } else { Err(rt.heap.bad_cast(value, "string")) }
}

/// Cast to bool: the same.
pub fn any_to_bool(rt: &mut Runtime, value: Cell) -> Outcome<bool> {
    if value.is_bool() { Ok(value.as_bool()) } else { Err(rt.heap.bad_cast(value, "bool")) }
}

/// A trap of `cannot cast VALUE to TYPE`.
pub fn trap_cast(rt: &mut Runtime, value: Cell, ty: Cell) -> Outcome<()> {
    Err(rt.heap.bad_cast(value, rt.heap.str(&ty)))
}
