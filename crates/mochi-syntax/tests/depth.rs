//! Deep and huge sources: an answer or one clean error, never a stack overflow, in time linear in the text.

mod support;

use mochi_syntax::MAX_NESTING;
use support::{on_big_stack, parse};

/// Just below and just above the limit, with room for the levels around the nest.
const DEEP: usize = MAX_NESTING as usize - 10;
const TOO_DEEP: usize = MAX_NESTING as usize + 10;

/// Forms whose tree is one level higher for each repetition: what is repeated before, the core, what is repeated after.
const NESTED: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{a: ", "1", "}"),
    ("P {a: ", "1", "}"),
    ("f(", "1", ")"),
    ("a[", "1", "]"),
    ("-", "1", ""),
    ("!", "1", ""),
    ("", "1", " + 1"),
    ("1 + ", "1", ""),
    ("", "a", ".b"),
    ("", "a", "[0]"),
    ("", "a", "()"),
    ("", "a", "?.b"),
    ("", "a", " as int"),
    ("if a then ", "b", " else c"),
    ("if a { ", "b", " }"),
    ("if a then b else ", "c", ""),
    ("if ", "b", " then c"),
    ("match ", "b", " { }"),
    ("match a { b => ", "c", " }"),
    ("from x in ", "xs", " select x"),
    ("from x in xs select ", "x", ""),
    ("fun() => ", "1", ""),
    ("fetch ", "a", ""),
    ("save ", "a", ""),
    ("load as T with ", "a", ""),
    ("generate T {a: ", "1", "}"),
];

/// The same for statements.
const NESTED_STATEMENTS: &[(&str, &str, &str)] = &[
    ("if a { ", "b()", " }"),
    ("if a { } else { ", "b()", " }"),
    ("if a { } else ", "if b { }", ""),
    ("while a { ", "b()", " }"),
    ("for x in xs { ", "b()", " }"),
    ("fun f() { ", "b()", " }"),
    ("test \"t\" { ", "b()", " }"),
];

/// The same for types.
const NESTED_TYPES: &[(&str, &str, &str)] =
    &[("list<", "int", ">"), ("fun(", "int", ")"), ("fun(): ", "int", ""), ("{a: ", "int", "}")];

/// All forms, repeated so often, in a statement.
fn nests(times: usize) -> impl Iterator<Item = String> {
    let nest = move |(before, core, after): (&str, &str, &str)| {
        format!("{}{core}{}", before.repeat(times), after.repeat(times))
    };
    let exprs = NESTED.iter().map(move |&form| format!("let x = {}", nest(form)));
    let types = NESTED_TYPES.iter().map(move |&form| format!("let x: {}", nest(form)));
    let stmts = NESTED_STATEMENTS.iter().map(move |&form| nest(form));
    exprs.chain(types).chain(stmts)
}

fn start(text: &str) -> &str {
    &text[..text.len().min(50)]
}

#[test]
fn nesting_up_to_the_limit_parses() {
    on_big_stack(|| {
        for text in nests(DEEP) {
            assert_eq!(parse(&text).errors, [""; 0], "{}", start(&text));
        }
    });
}

#[test]
fn more_than_the_limit_is_one_clean_error() {
    on_big_stack(|| {
        for text in nests(TOO_DEEP) {
            let errors = parse(&text).errors;
            assert!(errors.len() == 1 && errors[0].starts_with("P071"), "{}: {errors:?}", start(&text));
        }
    });
}

#[test]
fn patterns_are_limited_too() {
    on_big_stack(|| {
        let form = |times: usize| format!("match x {{ {}y{} => 1 }}", "A(".repeat(times), ")".repeat(times));
        assert_eq!(parse(&form(DEEP)).errors, [""; 0]);
        let errors = parse(&form(TOO_DEEP)).errors;
        assert!(errors.len() == 1 && errors[0].starts_with("P071"), "{errors:?}");
    });
}

#[test]
fn a_million_open_brackets_are_one_clean_error() {
    on_big_stack(|| {
        for open in [
            "(",
            "[",
            "{",
            "if a {",
            "f(",
            "[(",
            "{a:",
            "fun() {",
            "match x { a => {",
            "match x { (",
            "x as T<",
        ] {
            let errors = parse(&open.repeat(1_000_000)).errors;
            assert_eq!(errors.len(), 1, "{open}: {errors:?}");
        }
        for close in ["}", ")", "]", "} ) ]"] {
            assert!(!parse(&close.repeat(1_000_000)).errors.is_empty());
        }
    });
}

/// Texts that a careless parser takes quadratic time for: each must take about four times as long when it is four
/// times as long.
#[test]
fn time_is_linear_also_for_wrong_programs() {
    let forms = [
        "let x = 1\n",
        "x as a < b, ",
        "f(x as a < b as ",
        "if = ",
        "while fun() = ",
        "a + = ",
        "match x { [1, 2] => ",
        "match x { A(b, 1 + ",
        "match x { a.b => match x { ",
        "[ ) ",
        "( } ",
        "{ a ",
        "f(\n",
        "'a ",
        "\"",
        "/* ",
        "/// doc\n",
        "fun f() /// doc\n",
        "@",
        "λ ² ",
        "from x in xs where ",
        "}",
        "let let ",
        "{ if ",
        "else ",
        "[1 2 ",
        "type A = B(",
        "f(1, 2 \n  ",
        " ",
    ];
    on_big_stack(move || {
        for form in forms {
            let short = best_time(form, 20_000);
            let long = best_time(form, 80_000);
            // A linear parser has the ratio 4, a quadratic one 16, or takes many seconds. The rest is for noise.
            let limit = (short * 8).max(std::time::Duration::from_millis(500));
            assert!(long < limit, "{form:?}: {short:?} for 20,000, {long:?} for 80,000");
        }
    });
}

fn best_time(form: &str, times: usize) -> std::time::Duration {
    let text = form.repeat(times);
    (0..2).map(|_| parse(&text).time).min().unwrap_or_default()
}

#[test]
fn nesting_up_to_the_limit_formats() {
    on_big_stack(|| {
        let deepest = ["(", "f(", "if a { "];
        let deepest = nests(DEEP).filter(|text| deepest.iter().any(|form| text.contains(&form.repeat(9))));
        for text in nests(DEEP / 10).chain(deepest) {
            let (mut map, mut names) = (mochi_base::SourceMap::new(), mochi_base::Interner::new());
            let file = map.add("test.mochi", text.as_str()).unwrap();
            let mut sink = mochi_base::Sink::new();
            let formatted = mochi_syntax::format::format(&map, file, &mut names, &mut sink);
            assert!(formatted.is_ok_and(|new| new.len() < text.len() * 100), "{}", start(&text));
        }
    });
}
