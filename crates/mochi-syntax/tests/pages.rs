//! The examples in `docs/errors`, as far as the parser decides them.

mod support;

use mochi_base::Code;
use support::parse;

/// Codes of syntax whose pages have no example: reserved ones, one that wants 150,000 levels, one of ours.
const WITHOUT_EXAMPLE: &[Code] = &[Code::P002, Code::P010, Code::P011, Code::P020, Code::P070, Code::P071];

fn is_syntax(code: Code) -> bool {
    // P065 is the checker's.
    code.name().starts_with('P') && code != Code::P065
}

#[test]
fn the_wrong_example_of_a_syntax_code_gives_that_code_and_no_other() {
    for &code in Code::ALL.iter().filter(|&&code| is_syntax(code)) {
        match code.wrong_example() {
            Some(example) => {
                let errors = parse(example.source).errors;
                assert!(errors.len() == 1 && errors[0].starts_with(code.name()), "{code:?}: {errors:?}");
            }
            None => assert!(WITHOUT_EXAMPLE.contains(&code), "{code:?} has no example"),
        }
    }
}

#[test]
fn all_other_examples_parse() {
    for &code in Code::ALL {
        let wrong = code.wrong_example().filter(|_| !is_syntax(code));
        for example in wrong.into_iter().chain(code.right_example()) {
            assert_eq!(parse(example.source).errors, [""; 0], "{code:?}:\n{}", example.source);
        }
    }
}
