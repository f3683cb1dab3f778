//! Strings and code points.

use mochi_abi::Cell;

use crate::runtime::Runtime;
use crate::trap::Outcome;
use crate::{format, parse};

/// Compares by code points: negative, zero or positive.
pub fn str_compare(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<i64> {
    Ok(rt.heap.str_cmp(a, b) as i64)
}

/// Bytes of the UTF-8 form.
pub fn str_byte_len(rt: &mut Runtime, text: Cell) -> Outcome<i64> {
    Ok(rt.heap.str_bytes(text) as i64)
}

/// The byte at a byte offset; 0 outside.
pub fn str_byte(rt: &mut Runtime, text: Cell, offset: i64) -> Outcome<i64> {
    let bytes = rt.heap.str(&text).as_bytes();
    Ok(usize::try_from(offset).ok().and_then(|at| bytes.get(at)).copied().map_or(0, i64::from))
}

/// First code point position in the first string, at or after a position, of the second; -1 when absent.
pub fn str_find(rt: &mut Runtime, text: Cell, part: Cell, from: i64) -> Outcome<i64> {
    Ok(rt.heap.str_find(text, part, from).map_or(-1, |at| at as i64))
}

/// The pieces of the first string between occurrences of the second; its characters when that is empty.
pub fn str_split(rt: &mut Runtime, text: Cell, separator: Cell) -> Outcome<Cell> {
    rt.heap.str_split(text, separator)
}

/// The first string with the second behind it: the same object made longer, which nobody else may refer to, or a new one,
/// but never the second.
pub fn str_push(rt: &mut Runtime, text: Cell, more: Cell) -> Outcome<Cell> {
    rt.heap.str_push(text, more)
}

/// The string as an object that nobody else refers to.
pub fn str_own(rt: &mut Runtime, text: Cell) -> Outcome<Cell> {
    rt.heap.str_own(text)
}

/// The strings of a list one after the other, the second string between them.
pub fn str_join(rt: &mut Runtime, parts: Cell, separator: Cell) -> Outcome<Cell> {
    rt.heap.str_join(parts, separator)
}

/// Makes room for so many elements more, of any kind, in a list that nobody shares, if that is a sensible number. What
/// `list.reserve` does.
pub fn list_reserve(rt: &mut Runtime, list: Cell, more: i64) -> Outcome<()> {
    rt.heap.list_prepare(list, more);
    Ok(())
}

/// Appends the last element of a list again, so many times at most, as often as there is room already, unless somebody shares
/// the list. How often. What `list.repeat` does.
pub fn list_repeat(rt: &mut Runtime, list: Cell, more: i64) -> Outcome<i64> {
    Ok(rt.heap.list_repeat(list, more) as i64)
}

/// A set of ASCII characters as a bit for each.
fn ascii_set(set: &str) -> u128 {
    set.bytes().filter(u8::is_ascii).fold(0, |bits, b| bits | 1 << b)
}

/// First byte offset, at or after an offset, of a byte that is in an ASCII set or, with `inside` false, not in it.
fn find_in_set(rt: &Runtime, text: Cell, from: i64, set: Cell, inside: bool) -> i64 {
    let set = ascii_set(rt.heap.str(&set));
    let bytes = rt.heap.str(&text).as_bytes();
    let from = usize::try_from(from).unwrap_or(0).min(bytes.len());
    let in_set = |b: u8| b.is_ascii() && set >> b & 1 == 1;
    let found = bytes[from..].iter().position(|&b| in_set(b) == inside);
    found.map_or(bytes.len(), |at| from + at) as i64
}

/// First byte offset in the first string, at or after an offset, of a byte that is in the second one, which is ASCII;
/// the number of bytes when there is none.
pub fn str_until(rt: &mut Runtime, text: Cell, from: i64, set: Cell) -> Outcome<i64> {
    Ok(find_in_set(rt, text, from, set, true))
}

/// First byte offset in the first string, at or after an offset, of a byte that is not in the second one, which is ASCII;
/// the number of bytes when there is none.
pub fn str_while(rt: &mut Runtime, text: Cell, from: i64, set: Cell) -> Outcome<i64> {
    Ok(find_in_set(rt, text, from, set, false))
}

/// Part of a string by byte offsets, cut to the string and down to where characters start.
pub fn str_part(rt: &mut Runtime, text: Cell, from: i64, to: i64) -> Outcome<Cell> {
    rt.heap.str_part(text, from, to)
}

/// A number written in decimal: an int, a bigint beyond 64 bits, a float with a point or exponent; none when the text is
/// none of them or beyond the range of a double.
pub fn str_number(rt: &mut Runtime, text: Cell) -> Outcome<Cell> {
    match parse::number(rt.heap.str(&text)) {
        Some(parse::Number::Int(value)) => rt.heap.box_int(value),
        Some(parse::Number::Big(value)) => rt.heap.box_big(value),
        Some(parse::Number::Float(value)) => Ok(Cell::from_f64(value)),
        None => Ok(Cell::NONE),
    }
}

/// Full Unicode upper case, code point by code point.
pub fn str_upper(rt: &mut Runtime, text: Cell) -> Outcome<Cell> {
    if rt.heap.is_ascii(text) {
        return rt.heap.str_map_ascii(text, |bytes| bytes.make_ascii_uppercase());
    }
    let upper: String = rt.heap.str(&text).chars().flat_map(char::to_uppercase).collect();
    rt.heap.new_str(&upper)
}

/// Full Unicode lower case, code point by code point.
pub fn str_lower(rt: &mut Runtime, text: Cell) -> Outcome<Cell> {
    if rt.heap.is_ascii(text) {
        return rt.heap.str_map_ascii(text, |bytes| bytes.make_ascii_lowercase());
    }
    // `str::to_lowercase` would look at the neighbours of a final sigma.
    let lower: String = rt.heap.str(&text).chars().flat_map(char::to_lowercase).collect();
    rt.heap.new_str(&lower)
}

fn char_of(code: i64) -> Option<char> {
    u32::try_from(code).ok().and_then(char::from_u32)
}

/// A one-character string from a code point; U+FFFD for numbers that are none.
pub fn str_from_code(rt: &mut Runtime, code: i64) -> Outcome<Cell> {
    let c = char_of(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    rt.heap.new_str(c.encode_utf8(&mut [0; 4]))
}

/// The code point at a position, -1 past the end.
pub fn str_code(rt: &mut Runtime, text: Cell, at: i64) -> Outcome<i64> {
    Ok(rt.heap.str_code(text, at).map_or(-1, |c| i64::from(c as u32)))
}

/// Whether a code point is shown as it is inside quotes (A.4).
pub fn code_is_printable(_: &mut Runtime, code: i64) -> Outcome<bool> {
    Ok(char_of(code).is_some_and(format::is_printable))
}

/// Whether a code point is white space.
pub fn code_is_space(_: &mut Runtime, code: i64) -> Outcome<bool> {
    Ok(char_of(code).is_some_and(char::is_whitespace))
}
