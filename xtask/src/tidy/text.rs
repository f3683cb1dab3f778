//! Rules about any text file: what must not be in it, what its first line must say, how long it is.

use super::Tree;

/// Names of package registries; a checkout works with whatever sources a machine is set up for. The names are in two
/// halves so that this file passes its own rule.
const REGISTRIES: &[&str] = &[
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("debian", ".org"),
    concat!("ubuntu", ".com"),
    concat!("golang", ".org"),
    concat!("rubygems", ".org"),
];

/// Where people keep their files.
const PLACES: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Written by Cargo, with the registry of each package.
const EXEMPT: &[&str] = &["Cargo.lock", "fuzz/Cargo.lock"];

/// Ends of the phrase that a generator of ours leaves in its output.
const GENERATED: &str = concat!("enerated by `cargo ", "xtask");

/// Longer files are worth a second look.
const LONG: usize = 1200;

/// Registries and absolute paths.
pub fn places(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(|path| !EXEMPT.contains(&path)) {
        for (index, line) in text.lines().enumerate() {
            for name in REGISTRIES.iter().filter(|name| line.contains(**name)) {
                found.push(format!("{path}:{}: names the registry {name}", index + 1));
            }
            for place in PLACES.iter().filter(|place| starts_absolute_path(line, place)) {
                found.push(format!("{path}:{}: a path below {place} exists on one machine only", index + 1));
            }
        }
    }
    found
}

/// `a/b/` is not absolute, `"/b/` is.
fn starts_absolute_path(line: &str, place: &str) -> bool {
    let is_part_of_path = |c: char| c.is_alphanumeric() || "._-~*}$".contains(c);
    line.match_indices(place).any(|(start, _)| !line[..start].ends_with(is_part_of_path))
}

/// Files that say they are generated, but not on line one where a reader would see it.
pub fn generated(tree: &Tree) -> Vec<String> {
    let late = tree.texts(|_| true).filter_map(|(path, text)| {
        let line = text.lines().take(10).position(|line| line.contains(GENERATED))?;
        (line > 0).then(|| format!("{path}:{}: this belongs on line one", line + 1))
    });
    late.collect()
}

/// Source files beyond [`LONG`] lines with their lengths; long data is fine.
pub fn long_files(tree: &Tree) -> Vec<(&str, usize)> {
    let sources = tree.texts(|path| path.ends_with(".rs") || path.ends_with(".c") || path.ends_with(".md"));
    sources.map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > LONG).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::*;

    #[test]
    fn registries_and_absolute_paths_are_found() {
        let text = format!("see {}\ncd {}x\nin a{}b", REGISTRIES[0], PLACES[0], PLACES[0]);
        let found = places(&tree_of(&[("README.md", &text), ("Cargo.lock", &text)]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("README.md:1:") && found[1].starts_with("README.md:2:"));
    }

    #[test]
    fn the_generated_line_comes_first() {
        let first = format!("// G{GENERATED} codegen`.\n");
        let late = format!("# Title\n{first}");
        let found = generated(&tree_of(&[("good.rs", &first), ("late.md", &late)]));
        assert_eq!(found, ["late.md:2: this belongs on line one"]);
    }
}
