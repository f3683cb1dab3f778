//! Names and literals of C.

use std::fmt::Write;

use mochi_abi::{Cell, ElemKind};

/// Words that are no identifiers in C99 or that `mochi.h` and C libraries may define as macros.
const RESERVED: &[&str] = &[
    "auto", "bool", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "errno", "extern", "false", "float", "for", "goto", "head", "if", "inline", "int", "long", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "true", "typedef",
    "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "linux", "unix", "NULL", "stdin",
    "stdout", "stderr",
];

/// A name as part of an identifier: what C cannot spell becomes `_`.
pub(super) fn part(name: &str) -> String {
    name.chars().take(40).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The member of a C struct for a field.
pub(super) fn member(name: &str, position: usize) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !RESERVED.contains(&name);
    if plain { name.to_owned() } else { format!("{}_{position}", format_args!("f{}", part(name))) }
}

/// The C type of values.
pub(super) fn c_type(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Cell => "mo_cell",
        ElemKind::I64 => "int64_t",
        ElemKind::F64 => "double",
        ElemKind::Bool => "bool",
    }
}

/// The suffix of runtime functions by how elements are stored.
pub(super) fn suffix(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Cell => "cell",
        ElemKind::I64 => "i64",
        ElemKind::F64 => "f64",
        ElemKind::Bool => "bool",
    }
}

/// The constant of the runtime for how elements are stored.
pub(super) fn kind_name(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Cell => "MO_CELL",
        ElemKind::I64 => "MO_I64",
        ElemKind::F64 => "MO_F64",
        ElemKind::Bool => "MO_BOOL",
    }
}

/// An expression as the word that containers store.
pub(super) fn as_word(kind: ElemKind, text: &str) -> String {
    match kind {
        ElemKind::Cell => text.to_owned(),
        ElemKind::I64 | ElemKind::Bool => format!("(uint64_t){text}"),
        ElemKind::F64 => format!("mo_f64_bits({text})"),
    }
}

/// A word of a container as a value.
pub(super) fn from_word(kind: ElemKind, text: &str) -> String {
    match kind {
        ElemKind::Cell => text.to_owned(),
        ElemKind::I64 => format!("(int64_t){text}"),
        ElemKind::Bool => format!("({text} != 0)"),
        ElemKind::F64 => format!("mo_bits_f64({text})"),
    }
}

/// An int literal.
pub(super) fn int(value: i64) -> String {
    match value {
        i64::MIN => "INT64_MIN".to_owned(),
        _ if i32::try_from(value).is_ok() && value >= 0 => value.to_string(),
        _ if i32::try_from(value).is_ok_and(|v| v != i32::MIN) => format!("({value})"),
        _ if value < 0 => format!("(-INT64_C({}))", value.unsigned_abs()),
        _ => format!("INT64_C({value})"),
    }
}

/// A float literal; its digits read back as the same double.
pub(super) fn float(value: f64) -> String {
    if !value.is_finite() {
        return format!("mo_bits_f64(UINT64_C({:#x}))", Cell::from_f64(value).0);
    }
    let text = format!("{value:?}");
    if value.is_sign_negative() { format!("({text})") } else { text }
}

/// A cell literal.
pub(super) fn cell(value: Cell) -> String {
    match value {
        Cell::NONE => "MO_NONE".to_owned(),
        Cell::EMPTY_STR => "MO_EMPTY".to_owned(),
        Cell(word) => format!("UINT64_C({word:#x})"),
    }
}

/// A string literal. Octal escapes, which end after three digits; no trigraphs.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b' '..=b'~' if byte != b'?' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push('"');
    out
}

/// Text that may stand in a comment.
pub(super) fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *").replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_read_back() {
        assert_eq!(int(5), "5");
        assert_eq!(int(-5), "(-5)");
        assert_eq!(int(i64::MIN), "INT64_MIN");
        assert_eq!(int(i64::MIN + 1), "(-INT64_C(9223372036854775807))");
        assert_eq!(float(2.0), "2.0");
        assert_eq!(float(-0.0), "(-0.0)");
        assert_eq!(float(1e300), "1e300");
        assert_eq!(string("a\"b\\?\né"), "\"a\\\"b\\\\\\077\\n\\303\\251\"");
    }

    #[test]
    fn fields_become_members() {
        assert_eq!(member("width", 0), "width");
        assert_eq!(member("double", 3), "fdouble_3");
        assert_eq!(member("größe", 1), "fgr__e_1");
        assert_eq!(member("_", 2), "f__2");
    }
}
