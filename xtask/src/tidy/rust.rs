//! Rules about Rust sources: nothing unfinished, unsafe code only where it belongs.

use super::Tree;
use crate::rust_code::{code_only, lines_with_word};

/// Crates that may contain unsafe code: they manage memory, code and processes.
const MAY_BE_UNSAFE: &[&str] = &["mochi-runtime", "mochi-vm", "mochi-jit", "mochi-driver"];

/// Placeholders that must not be committed.
const UNFINISHED: &[&str] = &["todo!", "unimplemented!"];

fn is_rust_of_a_crate(path: &str) -> bool {
    path.starts_with("crates/") && path.ends_with(".rs")
}

/// Calls of the placeholder macros.
pub fn unfinished(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(is_rust_of_a_crate) {
        let code = code_only(text);
        for word in UNFINISHED {
            let lines = lines_with_word(&code, word);
            found.extend(lines.iter().map(|line| format!("{path}:{line}: {word}")));
        }
    }
    found
}

/// Unsafe code outside the crates that may have it, and crate roots that do not forbid it.
pub fn unsafe_code(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(is_rust_of_a_crate) {
        let name = path.split('/').nth(1).unwrap_or_default();
        if MAY_BE_UNSAFE.contains(&name) {
            continue;
        }
        let code = code_only(text);
        let lines = lines_with_word(&code, "unsafe");
        found.extend(lines.iter().map(|line| format!("{path}:{line}: unsafe code in {name}")));
        let inside = path.split('/').skip(2).collect::<Vec<_>>().join("/");
        let is_root = inside == "src/lib.rs" || inside == "src/main.rs";
        if is_root && !code.contains("#![forbid(unsafe_code)]") {
            found.push(format!("{path}:1: lacks #![forbid(unsafe_code)]"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::*;

    #[test]
    fn placeholders_are_found_in_code_only() {
        let tree = tree_of(&[("crates/mochi-ir/src/a.rs", "// todo!()\nfn f() { todo!(\"later\") }\n")]);
        assert_eq!(unfinished(&tree), ["crates/mochi-ir/src/a.rs:2: todo!"]);
    }

    #[test]
    fn unsafe_is_allowed_by_crate() {
        let tree = tree_of(&[
            ("crates/mochi-vm/src/lib.rs", "unsafe fn f() {}"),
            ("crates/mochi-ir/src/lib.rs", "#![forbid(unsafe_code)]\nunsafe fn f() {}"),
        ]);
        assert_eq!(unsafe_code(&tree), ["crates/mochi-ir/src/lib.rs:2: unsafe code in mochi-ir"]);
    }

    #[test]
    fn a_crate_root_must_forbid_it() {
        let tree = tree_of(&[("crates/mochi-ir/src/lib.rs", "// #![forbid(unsafe_code)]\n")]);
        assert_eq!(unsafe_code(&tree), ["crates/mochi-ir/src/lib.rs:1: lacks #![forbid(unsafe_code)]"]);
    }
}
