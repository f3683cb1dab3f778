//! The examples in `docs/errors`, as far as the checker decides them, in the profile that their fence names.

mod corpus;

use mochi_base::Code;
use mochi_base::diag::Example;
use mochi_types::Options;

/// The codes of an example; warnings count, so that an unknown type name is seen in either profile.
fn codes(example: Example) -> Vec<&'static str> {
    let strict = example.options.split_whitespace().any(|option| option == "strict");
    let checked = corpus::check(
        "example",
        example.source,
        Options { strict, lints: false, std: false, ..Default::default() },
    );
    checked.diagnostics.iter().map(|diagnostic| diagnostic.code.name()).collect()
}

fn is_type_code(code: Code) -> bool {
    code.name().starts_with('T') || code == Code::P065
}

/// A construct that is not checked yet says nothing about its example.
fn is_unsupported(codes: &[&str]) -> bool {
    codes.contains(&"E001")
}

#[test]
fn wrong_examples_give_their_code() {
    let mut wrong = Vec::new();
    for &code in Code::ALL.iter().filter(|&&code| is_type_code(code)) {
        let Some(example) = code.wrong_example() else { continue };
        let found = codes(example);
        let seen_when_run = example.options.split_whitespace().any(|option| option == "run");
        if !seen_when_run && !is_unsupported(&found) && !found.contains(&code.name()) {
            wrong.push(format!("{}: {found:?}\n{}", code.name(), example.source));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn right_examples_are_accepted() {
    let mut wrong = Vec::new();
    for &code in Code::ALL {
        let Some(example) = code.right_example() else { continue };
        let found = codes(example);
        if !is_unsupported(&found) && !found.is_empty() {
            wrong.push(format!("{}: {found:?}\n{}", code.name(), example.source));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
