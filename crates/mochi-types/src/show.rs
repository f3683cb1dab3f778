//! Types as people write them, for messages and dumps.

use std::fmt::Write;

use mochi_base::{Interner, Name};

use crate::ty::{StructId, Ty, TyKind, Types};

/// Levels that are written out; deeper parts become `...`.
const MAX_DEPTH: u32 = 8;

/// A type in the syntax of the language: `list<int>`, `map<string, int?>`, `fun(int): bool`.
pub fn show_type(types: &Types, names: &Interner, ty: Ty) -> String {
    let mut out = String::new();
    write_type(&mut out, types, names, ty, 0);
    out
}

fn write_type(out: &mut String, types: &Types, names: &Interner, ty: Ty, depth: u32) {
    if depth == MAX_DEPTH {
        out.push_str("...");
        return;
    }
    let list = |out: &mut String, parts: &[Ty]| {
        for (i, &part) in parts.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            write_type(out, types, names, part, depth + 1);
        }
    };
    match types.kind(ty) {
        TyKind::Int => out.push_str("int"),
        TyKind::Int64 => out.push_str("int64"),
        TyKind::Float => out.push_str("float"),
        TyKind::Bool => out.push_str("bool"),
        TyKind::Str => out.push_str("string"),
        TyKind::Word => out.push_str("int"),
        TyKind::Bigint => out.push_str("bigint"),
        TyKind::Bigrat => out.push_str("bigrat"),
        TyKind::Unit => out.push_str("unit"),
        TyKind::Any => out.push_str("any"),
        TyKind::Error => out.push_str("<error>"),
        TyKind::List(elem) => {
            out.push_str("list<");
            list(out, &[*elem]);
            out.push('>');
        }
        TyKind::Map(key, value) => {
            out.push_str("map<");
            list(out, &[*key, *value]);
            out.push('>');
        }
        TyKind::Group(key, item) => {
            out.push_str("group<");
            list(out, &[*key, *item]);
            out.push('>');
        }
        TyKind::Option(inner) => {
            list(out, &[*inner]);
            out.push('?');
        }
        TyKind::Fun(params, result) => {
            out.push_str("fun(");
            list(out, params);
            out.push(')');
            if *result != Types::UNIT {
                out.push_str(": ");
                list(out, &[*result]);
            }
        }
        TyKind::Struct(id) => write_struct(out, types, names, *id, depth),
        TyKind::Union(id) => out.push_str(names.get(types.unions[*id].name)),
        TyKind::Var(var) => out.push_str(names.get(types.vars[*var])),
    }
}

fn write_struct(out: &mut String, types: &Types, names: &Interner, id: StructId, depth: u32) {
    let def = &types.structs[id];
    if let Some(name) = def.name {
        out.push_str(names.get(name));
        return;
    }
    out.push('{');
    for (i, &(name, ty)) in def.fields.iter().enumerate() {
        let _ = write!(out, "{}{}: ", if i > 0 { ", " } else { "" }, names.get(name));
        write_type(out, types, names, ty, depth + 1);
    }
    out.push('}');
}

/// Names as an enumeration: `a, b, c`, cut after some.
pub fn show_names(names: &Interner, list: impl ExactSizeIterator<Item = Name>) -> String {
    const MOST: usize = 12;
    let total = list.len();
    let mut out = list.take(MOST).map(|name| names.get(name)).collect::<Vec<_>>().join(", ");
    if total == 0 {
        out.push_str("none at all");
    } else if total > MOST {
        let _ = write!(out, " and {} more", total - MOST);
    }
    out
}
