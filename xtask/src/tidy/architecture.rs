//! `ARCHITECTURE.md` against the disk.

use std::collections::BTreeSet;

use super::Tree;

/// The page, where there is one, names every crate and no crate that is gone.
pub fn crates_match(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text("ARCHITECTURE.md") else { return Vec::new() };
    let named: BTreeSet<&str> =
        page.split('`').skip(1).step_by(2).filter(|word| is_crate_name(word)).collect();
    let missing = tree.crates.iter().filter(|name| !named.contains(name.as_str()));
    let missing = missing.map(|name| format!("ARCHITECTURE.md: does not mention `{name}`"));
    let gone = named.iter().filter(|name| !tree.crates.iter().any(|on_disk| on_disk == *name));
    let gone = gone.map(|name| format!("ARCHITECTURE.md: mentions `{name}`, but there is no crates/{name}"));
    missing.chain(gone).collect()
}

fn is_crate_name(word: &str) -> bool {
    let tail = word.strip_prefix("mochi");
    tail.is_some_and(|tail| {
        tail.is_empty()
            || tail.strip_prefix('-').is_some_and(|tail| {
                let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
                tail.split('-').all(is_word)
            })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::*;

    #[test]
    fn both_directions_are_checked() {
        let tree = tree_of(&[
            ("ARCHITECTURE.md", "Start in `mochi-ir`, run `mochi run x`; `mochi-gone` went."),
            ("crates/mochi-base/src/lib.rs", ""),
            ("crates/mochi-ir/src/lib.rs", ""),
        ]);
        assert_eq!(
            crates_match(&tree),
            [
                "ARCHITECTURE.md: does not mention `mochi-base`",
                "ARCHITECTURE.md: mentions `mochi-gone`, but there is no crates/mochi-gone"
            ]
        );
    }

    #[test]
    fn without_a_page_there_is_nothing_to_say() {
        assert!(crates_match(&tree_of(&[("crates/mochi-ir/src/lib.rs", "")])).is_empty());
    }
}
