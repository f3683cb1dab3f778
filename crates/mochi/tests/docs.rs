//! Every Mochi example in README.md and docs/language.md runs, and prints what its comments say.

use std::path::Path;
use std::process::Command;

#[test]
fn examples_in_the_docs_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut count = 0;
    for page in ["README.md", "docs/language.md"] {
        let text = std::fs::read_to_string(root.join(page)).expect("the page exists");
        for block in text.split("```mochi\n").skip(1) {
            let source = block.split("```").next().unwrap_or_default();
            let output = Command::new(env!("CARGO_BIN_EXE_mochi"))
                .args(["run", "-e", source])
                .output()
                .expect("mochi starts");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && errors.is_empty(), "{page}:\n{source}\n{errors}");
            // `print(...)  // text` on one line promises that text as a line of output.
            let stdout = String::from_utf8_lossy(&output.stdout);
            for line in source.lines().filter(|line| line.trim_start().starts_with("print(")) {
                if let Some((_, promise)) = line.split_once("// ") {
                    assert!(
                        stdout.lines().any(|l| l == promise.trim()),
                        "{page}: {line}\nprinted:\n{stdout}"
                    );
                }
            }
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} examples");
}
