//! Deep, long and wide sources are checked in time and stack proportional to their size.

mod corpus;

use mochi_syntax::parser::MAX_NESTING;
use mochi_types::Options;

/// Levels of the deep sources. One level of source may be two levels of the tree.
const DEEP: usize = MAX_NESTING as usize / 2 - 10;

/// Checks a source on a thread with the stack that the driver promises per level, and returns its error codes.
fn codes(text: String) -> Vec<&'static str> {
    let work = move || {
        let checked = corpus::check("limits", &text, Options::default());
        let codes = checked.diagnostics.iter().map(|d| d.code.name()).collect();
        // Dropping a deep tree recurses as well.
        drop(checked);
        codes
    };
    std::thread::Builder::new().stack_size(2 << 30).spawn(work).unwrap().join().unwrap()
}

fn nested(open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(DEEP), close.repeat(DEEP))
}

#[test]
fn sources_of_any_depth_are_checked() {
    for text in [
        format!("let x = {}", nested("(", "1", ")")),
        format!("let x = {}", nested("[", "1", "]")),
        format!("let x = {}", nested("[1, ", "\"a\"", "]")),
        format!("let x = {}", nested("{\"k\": ", "1", "}")),
        format!("let x = {}", nested("1 + (", "1", ")")),
        format!("let x = {}", nested("1 + ", "1", "")),
        format!("let x = {}", nested("- ", "1", "")),
        format!("let a = none\nlet x = {}", nested("a != none && ", "true", "")),
        format!("let x = {}", nested("fun(x: int) => ", "1", "")),
        format!("let x = {}", nested("if true then ", "1", " else 2")),
        format!("fun f(x: int): int {{ return x }}\nlet x = {}", nested("f(", "1", ")")),
        format!("let a: any = 1\nlet x = a{}", nested(".b", "", "")),
        format!("fun f(x: {}) {{ print(x) }}", nested("list<", "int", ">")),
        nested("if true { ", "print(1)", " }"),
        format!("if false {{ }}{}", nested(" else if true { print(1) }", "", "")),
        format!("var a: int? = none\n{}", nested("if a != none { a = 1 ", "", " }")),
    ] {
        let found = codes(text.clone());
        assert!(found.is_empty(), "{found:?}: {}...", &text[..60]);
    }
}

#[test]
fn types_that_share_parts_are_compared_in_bounded_time() {
    let mut text = String::from("type A0 = fun(int): int\ntype B0 = fun(any): any\n");
    for i in 1..60 {
        let j = i - 1;
        text += &format!("type A{i} = fun(A{j}): A{j}\ntype B{i} = fun(B{j}): B{j}\n");
    }
    text += "fun f(a: A59): B59 { return a }";
    codes(text);

    let mut text = String::from("fun f() {\nvar a0 = []\n");
    for i in 1..60 {
        let j = i - 1;
        text += &format!("var a{i} = {{}}\na{i}[a{j}] = a{j}\n");
    }
    text += "return a59\n}\nprint(f())";
    assert!(codes(text).is_empty());
}

#[test]
fn chains_of_functions_without_result_types_need_little_stack() {
    let mut text = String::new();
    for i in 0..20_000 {
        text += &format!("fun f{i}(x) {{ return f{}(x) }}\n", i + 1);
    }
    text += "fun f20000(x) { return 1 }\nprint(f0(1))";
    assert!(codes(text).is_empty());
}

#[test]
fn thousands_of_equal_names_are_found_quickly() {
    let text = "let x = 1\n".repeat(50_000) + "fun f(): int { return x }\nprint(x)";
    assert!(codes(text).is_empty());
    let text = (0..50_000).map(|i| format!("print(missing{i})\n")).collect::<String>();
    let found = codes(text);
    assert!(found.len() > 100 && found.iter().all(|&code| code == "T002"));
}
