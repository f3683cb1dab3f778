//! I020: which types `retype` goes between.
//!
//! Types are related when every value of one is, as a word, a value of the other. Going up is always sound. Going down
//! (union to variant, option to what it is of, `list<any>` to `list<i64>`) needs a proof, such as a test of the tag, that
//! stays outside of the verifier.

use crate::ty::{Ty, TyKind, Types};
use mochi_abi::ElemKind;

/// Whether one of the types is the other, or is one of its values, in the same representation.
pub fn related(types: &Types, a: Ty, b: Ty) -> bool {
    widens(types, a, b) || widens(types, b, a)
}

/// Whether every value of `from` is one of `to` as it is.
fn widens(types: &Types, from: Ty, to: Ty) -> bool {
    if from == to {
        return true;
    }
    match (types.kind(from), types.kind(to)) {
        (TyKind::Struct(id), TyKind::Union(union)) => {
            types.structs.get(*id).and_then(|s| s.variant_of).is_some_and(|(u, _)| u == *union)
        }
        (TyKind::List(a), TyKind::List(b)) => element_widens(types, *a, *b),
        (TyKind::Map(k, v), TyKind::Map(l, w)) => {
            element_widens(types, *k, *l) && element_widens(types, *v, *w)
        }
        (TyKind::Option(a), TyKind::Option(b)) => cell_widens(types, *a, *b),
        (_, TyKind::Option(b)) => cell_widens(types, from, *b),
        _ => false,
    }
}

/// Whether a container of `from` may pass for one of `to`. One of `any` or options finds out at run time how its
/// elements are stored; all others must be stored the same way.
fn element_widens(types: &Types, from: Ty, to: Ty) -> bool {
    match types.kind(to) {
        _ if from == to => true,
        TyKind::Any => true,
        TyKind::Option(inner) if from == *inner => true,
        _ => cell_widens(types, from, to),
    }
}

/// Whether both are stored as cells and the one widens to the other. How a type parameter is stored is not known.
fn cell_widens(types: &Types, from: Ty, to: Ty) -> bool {
    let cell = |ty| types.elem_kind(ty) == ElemKind::Cell && !matches!(types.kind(ty), TyKind::Var(_));
    cell(from) && cell(to) && widens(types, from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse_module;

    /// Checks types that are the parameters of a function.
    #[track_caller]
    fn check(a: &str, b: &str, expected: bool) {
        let text = format!(
            "struct#0 A {{ x: i64 }}\nstruct#1 B {{ }}\nunion#0 U {{ struct#0 }}\ndeclare f<1>({a}, {b})\n"
        );
        let module = parse_module(&text).unwrap();
        let params = &module.funcs.values().next().unwrap().params;
        assert_eq!(related(&module.types, params[0], params[1]), expected, "{a} and {b}");
        assert_eq!(related(&module.types, params[1], params[0]), expected, "{b} and {a}");
    }

    #[test]
    fn types_of_one_word_are_related() {
        check("i64", "i64", true);
        check("struct#0", "union#0", true);
        check("list<i64>", "list<any>", true);
        check("list<i64>", "list<option<i64>>", true);
        check("list<list<i64>>", "list<list<any>>", true);
        check("list<struct#0>", "list<option<union#0>>", true);
        check("map<str, i64>", "map<any, any>", true);
        check("option<str>", "str", true);
        check("option<struct#0>", "union#0", false);
        check("option<struct#0>", "option<union#0>", true);
        check("list<$0>", "list<option<$0>>", true);
    }

    #[test]
    fn types_of_two_words_or_nothing_in_common_are_not() {
        check("i64", "f64", false);
        check("i64", "any", false);
        check("option<i64>", "i64", false);
        check("struct#1", "union#0", false);
        check("struct#0", "struct#1", false);
        check("list<i64>", "list<f64>", false);
        check("list<i64>", "list<option<f64>>", false);
        check("list<i64>", "map<i64, any>", false);
        check("fn(i64) -> i64", "fn(any) -> any", false);
        check("ref<i64>", "ref<any>", false);
        check("option<$0>", "$0", false);
        check("list<list<$0>>", "list<list<i64>>", false);
    }
}
