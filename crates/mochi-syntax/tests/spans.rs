//! The places that the checker and the run-time errors report: every span is shown by the text that it covers.

use mochi_base::{Interner, Sink, SourceMap, Span};
use mochi_syntax::tree::*;

/// The tree of a text, and a function from spans to text.
fn with_tree(source: &str, test: impl FnOnce(&Tree, &dyn Fn(Span) -> (u32, String))) {
    let mut map = SourceMap::new();
    map.add("before", "x").unwrap();
    let file = map.add("spans.mochi", source).unwrap();
    let mut sink = Sink::new();
    let tree = mochi_syntax::parse(&map, file, &mut Interner::new(), &mut sink);
    assert_eq!(sink.errors(), 0);
    test(&tree, &|span| (map.location(span.lo).column, map.text(span).to_string()))
}

/// Whole text and marked place, with its column, of the last expression that has one.
fn check(source: &str, whole: &str, column: u32, mark: &str) {
    with_tree(source, |tree, text| {
        let mut marked = tree.exprs.values().filter_map(|expr| match &expr.kind {
            ExprKind::Binary { op_span, .. } => Some((expr.span, *op_span)),
            ExprKind::Index { bracket, .. } | ExprKind::Slice { bracket, .. } => Some((expr.span, *bracket)),
            ExprKind::OptField { mark, .. } | ExprKind::OptIndex { mark, .. } => Some((expr.span, *mark)),
            ExprKind::Call { paren, .. } => Some((expr.span, *paren)),
            ExprKind::Cast { keyword, .. } => Some((expr.span, *keyword)),
            ExprKind::Field { name, .. } | ExprKind::Struct { name, .. } => Some((expr.span, name.span)),
            ExprKind::Lambda(fun) => Some((expr.span, fun.head)),
            _ => None,
        });
        let (span, place) = marked.next_back().expect("a marked expression");
        assert_eq!((text(span).1.as_str(), text(place)), (whole, (column, mark.to_string())), "{source}");
    });
}

#[test]
fn expressions_know_their_operators() {
    check("let x = a.b + f(1) * 2", "a.b + f(1) * 2", 13, "+");
    check("let x = -a union all b", "-a union all b", 12, "union all");
    check("let x = (a)[1]", "(a)[1]", 12, "[");
    check("let x = a[1:2]", "a[1:2]", 10, "[");
    check("let x = a?.b", "a?.b", 10, "?");
    check("let x = a?[b]", "a?[b]", 10, "?");
    check("let x = f (1)", "f (1)", 11, "(");
    check("let x = a as list<int>?", "a as list<int>?", 11, "as");
    check("let x = a . b", "a . b", 13, "b");
    check("let x = P {a: 1}", "P {a: 1}", 9, "P");
    check("let x = fun(a: int): int => a", "fun(a: int): int => a", 9, "fun(a: int)");
}

#[test]
fn statements_cover_their_text() {
    let source = "fun f(a: int): int { return a }\nif a { b() } else if c { } else { d() } // end\nx[0] = 1";
    with_tree(source, |tree, text| {
        let texts: Vec<String> = tree.body.stmts.iter().map(|&stmt| text(tree.stmts[stmt].span).1).collect();
        let expected =
            ["fun f(a: int): int { return a }", "if a { b() } else if c { } else { d() }", "x[0] = 1"];
        assert_eq!(texts, expected);
        let StmtKind::Fun(fun) = &tree.stmts[tree.body.stmts[0]].kind else { panic!() };
        assert_eq!(text(fun.head).1, "fun f(a: int)");
        let StmtKind::If { then, otherwise: Some(otherwise), .. } = &tree.stmts[tree.body.stmts[1]].kind
        else {
            panic!()
        };
        assert_eq!(text(then.span).1, "{ b() }");
        assert_eq!(text(otherwise.span).1, "if c { } else { d() }");
    });
}
