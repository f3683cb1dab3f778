//! Names and literals of C.

use std::fmt::Write;

use mochi_abi::{Cell, ElemKind};
use mochi_base::id::Id;
use mochi_ir::{Func, Value};

use super::expr::{Expr, Level};

/// Words that are no identifiers in C99 or that `mochi.h` and C libraries may define as macros.
const RESERVED: &[&str] = &[
    "auto", "bool", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "errno", "extern", "false", "float", "for", "goto", "head", "if", "inline", "int", "long", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "true", "typedef",
    "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "linux", "unix", "NULL", "stdin",
    "stdout", "stderr",
];

/// Names that tables have with a number, which functions mention.
const TABLES: &[&str] = &["shapes"];

/// A name as part of an identifier: what C cannot spell becomes `_`.
pub(super) fn part(name: &str) -> String {
    name.chars().take(40).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The variable of a value: its number tells it from others of its name, and from what C and the runtime define.
pub(super) fn value(func: &Func, value: Value) -> String {
    match func.names.get(value) {
        Some(name) if TABLES.contains(&name) => format!("{name}_v{}", value.index()),
        Some(name) => format!("{}_{}", part(name), value.index()),
        None => format!("v{}", value.index()),
    }
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

/// The same of what is not written.
pub(super) fn const_type(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Cell => "const mo_cell",
        ElemKind::I64 => "const int64_t",
        ElemKind::F64 => "const double",
        ElemKind::Bool => "const bool",
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

/// An expression as the word that containers store, where C converts ints and bools by itself.
pub(super) fn as_word(kind: ElemKind, text: String) -> String {
    match kind {
        ElemKind::Cell | ElemKind::I64 | ElemKind::Bool => text,
        ElemKind::F64 => format!("mo_f64_bits({text})"),
    }
}

/// A word of a container, a primary expression, as a value.
pub(super) fn from_word(kind: ElemKind, text: &str) -> Expr {
    match kind {
        ElemKind::Cell => Expr::primary(text),
        ElemKind::I64 => Expr::new(format!("(int64_t){text}"), Level::Prefix),
        ElemKind::Bool => Expr::new(format!("{text} != 0"), Level::Compare),
        ElemKind::F64 => Expr::primary(format!("mo_bits_f64({text})")),
    }
}

/// An int literal.
pub(super) fn int(value: i64) -> Expr {
    let level = if value < 0 && value != i64::MIN { Level::Prefix } else { Level::Primary };
    let text = match value {
        i64::MIN => "INT64_MIN".to_owned(),
        i64::MAX => "INT64_MAX".to_owned(),
        _ if i32::try_from(value).is_ok_and(|v| v != i32::MIN) => value.to_string(),
        _ if value < 0 => format!("-INT64_C({})", value.unsigned_abs()),
        _ => format!("INT64_C({value})"),
    };
    Expr::new(text, level)
}

/// A float literal; its digits read back as the same double.
pub(super) fn float(value: f64) -> Expr {
    if !value.is_finite() {
        return Expr::primary(format!("mo_bits_f64(UINT64_C({:#x}))", Cell::from_f64(value).0));
    }
    let level = if value.is_sign_negative() { Level::Prefix } else { Level::Primary };
    Expr::new(format!("{value:?}"), level)
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
        assert_eq!(int(5).text, "5");
        assert_eq!(int(-5).at(Level::Primary), "(-5)");
        assert_eq!(int(i64::MIN).at(Level::Primary), "INT64_MIN");
        assert_eq!(int(i64::MIN + 1).text, "-INT64_C(9223372036854775807)");
        assert_eq!(float(2.0).text, "2.0");
        assert_eq!(float(-0.0).at(Level::Primary), "(-0.0)");
        assert_eq!(float(1e300).text, "1e300");
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
