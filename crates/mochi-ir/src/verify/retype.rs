//! I020: which types `retype` goes between.
//!
//! Types are related when every value of one is, as a word, a value of the other. Going up is always sound. Going down
//! (union to variant, option to what it is of) needs a proof, such as a test of the tag, that stays outside of the
//! verifier. A container goes up to one of `any` and never down: only `any.is` tells what it was made for.

use crate::ty::{Ty, TyKind, Types};
use mochi_abi::ElemKind;

/// Whether a value of `from` may be used as one of `to`, in the same representation.
pub fn related(types: &Types, from: Ty, to: Ty) -> bool {
    widens(types, from, to) || narrows(types, from, to)
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
        (TyKind::List(a), TyKind::List(b)) => element_widens(*a, *b),
        (TyKind::Map(k, v), TyKind::Map(l, w)) => element_widens(*k, *l) && element_widens(*v, *w),
        (TyKind::Option(a), TyKind::Option(b)) => cell_widens(types, *a, *b),
        (_, TyKind::Option(b)) => cell_widens(types, from, *b),
        _ => false,
    }
}

/// Whether a container of `from` may pass for one of `to`: one of `any` finds out at run time what it was made for.
fn element_widens(from: Ty, to: Ty) -> bool {
    from == to || to == Types::ANY
}

/// Whether both are stored as cells and the one widens to the other. How a type parameter is stored is not known.
fn cell_widens(types: &Types, from: Ty, to: Ty) -> bool {
    let cell = |ty| types.elem_kind(ty) == ElemKind::Cell && !matches!(types.kind(ty), TyKind::Var(_));
    cell(from) && cell(to) && widens(types, from, to)
}

/// Whether a value of `from` may have been made one by widening one of `to`, for all that the types say. Of containers
/// nothing but a test at run time proves that.
fn narrows(types: &Types, from: Ty, to: Ty) -> bool {
    let bare = |ty| match types.kind(ty) {
        TyKind::Option(inner) => *inner,
        _ => ty,
    };
    let container = matches!(types.kind(bare(to)), TyKind::List(_) | TyKind::Map(..));
    !(container && bare(from) != bare(to)) && widens(types, to, from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse_module;

    /// Whether a value of the one type may be used as one of the other, and back.
    #[track_caller]
    fn check(a: &str, b: &str, there: bool, back: bool) {
        let text = format!(
            "struct#0 A {{ x: i64 }}\nstruct#1 B {{ }}\nunion#0 U {{ struct#0 }}\ndeclare f<1>({a}, {b})\n"
        );
        let module = parse_module(&text).unwrap();
        let params = &module.funcs.values().next().unwrap().params;
        assert_eq!(related(&module.types, params[0], params[1]), there, "{a} as {b}");
        assert_eq!(related(&module.types, params[1], params[0]), back, "{b} as {a}");
    }

    #[test]
    fn types_of_one_word_are_related() {
        check("i64", "i64", true, true);
        check("struct#0", "union#0", true, true);
        check("option<str>", "str", true, true);
        check("option<list<i64>>", "list<i64>", true, true);
        check("option<struct#0>", "option<union#0>", true, true);
    }

    #[test]
    fn containers_become_ones_of_any_and_no_others() {
        check("list<i64>", "list<any>", true, false);
        check("map<str, i64>", "map<any, any>", true, false);
        check("map<str, i64>", "map<any, i64>", true, false);
        check("option<list<i64>>", "option<list<any>>", true, false);
        check("list<$0>", "list<any>", true, false);
        check("list<i64>", "list<option<i64>>", false, false);
        check("list<list<i64>>", "list<list<any>>", false, false);
        check("list<struct#0>", "list<union#0>", false, false);
        check("list<$0>", "list<option<$0>>", false, false);
        check("list<any>", "option<list<str>>", false, false);
    }

    #[test]
    fn types_of_two_words_or_nothing_in_common_are_not() {
        check("i64", "f64", false, false);
        check("i64", "any", false, false);
        check("option<i64>", "i64", false, false);
        check("struct#1", "union#0", false, false);
        check("struct#0", "struct#1", false, false);
        check("list<i64>", "list<f64>", false, false);
        check("list<i64>", "map<i64, any>", false, false);
        check("option<struct#0>", "union#0", false, false);
        check("fn(i64) -> i64", "fn(any) -> any", false, false);
        check("ref<i64>", "ref<any>", false, false);
        check("option<$0>", "$0", false, false);
        check("list<list<$0>>", "list<list<i64>>", false, false);
    }
}
