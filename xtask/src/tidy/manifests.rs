//! A reason beside every third-party dependency.

use super::Tree;

/// Dependencies on crates of others, in any manifest, without a comment on the line above.
pub fn reasons(tree: &Tree) -> Vec<String> {
    let manifests = tree.texts(|path| path == "Cargo.toml" || path.ends_with("/Cargo.toml"));
    manifests
        .flat_map(|(path, text)| without_reason(text).map(move |finding| format!("{path}:{finding}")))
        .collect()
}

fn without_reason(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut in_dependencies = false;
    let mut above = "";
    text.lines().enumerate().filter_map(move |(index, line)| {
        let explained = above.trim_start().starts_with('#');
        above = line;
        if line.starts_with('[') {
            in_dependencies = line.trim_end().ends_with("dependencies]");
            return None;
        }
        let (name, value) = line.split_once('=')?;
        // `x.workspace = true` has its reason in the root manifest; a path is one of ours.
        let ours = name.trim_end().ends_with(".workspace")
            || value.contains("workspace = true")
            || value.contains("path =");
        let third_party = in_dependencies && !line.starts_with('#') && !line.starts_with(' ') && !ours;
        (third_party && !explained).then(|| format!("{}: no reason above `{}`", index + 1, name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::*;

    #[test]
    fn only_third_party_dependencies_need_a_reason() {
        let manifest = "[package]\nname = \"x\"\n[workspace.dependencies]\nown = { path = \"own\" }\n# Why.\n\
                        good = \"1\"\nbad = \"2\"\n[dependencies]\ngood.workspace = true\n";
        let found = reasons(&tree_of(&[("Cargo.toml", manifest)]));
        assert_eq!(found, ["Cargo.toml:7: no reason above `bad`"]);
    }
}
