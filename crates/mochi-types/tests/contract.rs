//! The typed tree keeps the promises of `typed.rs` in every program of the corpora that checks without errors.

mod corpus;

use mochi_types::Options;

#[test]
fn clean_programs_obey_the_contract() {
    let mut clean = 0;
    for folder in ["tests/run", "tests/check", "examples", "bench"] {
        for file in corpus::sources(folder) {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(&file).expect("a readable file");
            let checked = corpus::check(&name, &text, Options::default());
            if checked.is_clean() {
                clean += 1;
                let found = corpus::faults::faults(&checked.program, &name);
                assert!(found.is_empty(), "{}", found.join("\n"));
            }
        }
    }
    assert!(clean > 100, "the corpora are missing: {clean}");
}
