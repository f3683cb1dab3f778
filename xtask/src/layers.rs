//! Which crate may depend on which, as data, and the comparison with what Cargo says.
//!
//! A crate may use what its row names and what those rows name in turn. Rows for crates that do not exist yet are
//! fine; a crate without a row is not. Development dependencies are free: a test may look at its crate from above.
//! xtask may use everything and is used by nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::failure::{Context, Result, failed};
use crate::workspace;

/// One crate: its name and the crates it may use directly.
pub struct Layer {
    name: &'static str,
    uses: &'static [&'static str],
}

const fn layer(name: &'static str, uses: &'static [&'static str]) -> Layer {
    Layer { name, uses }
}

/// Bottom to top; every `uses` names rows further up in the text.
pub const LAYERS: &[Layer] = &[
    layer("mochi-base", &[]),
    layer("mochi-syntax", &["mochi-base"]),
    layer("mochi-types", &["mochi-syntax"]),
    layer("mochi-abi", &[]),
    layer("mochi-ir", &["mochi-base", "mochi-abi"]),
    layer("mochi-lower", &["mochi-types", "mochi-ir"]),
    layer("mochi-runtime", &["mochi-abi"]),
    layer("mochi-vm", &["mochi-runtime"]),
    layer("mochi-jit", &["mochi-vm"]),
    layer("mochi-emit", &["mochi-ir", "mochi-vm"]),
    layer("mochi-object", &[]),
    layer("mochi-driver", &["mochi-lower", "mochi-emit", "mochi-jit", "mochi-object"]),
    layer("mochi-lsp", &["mochi-driver"]),
    layer("mochi", &["mochi-driver", "mochi-lsp"]),
    layer("mochi-fuzz-modes", &["mochi-driver"]),
];

/// Dependencies between our crates: for each crate the ones it names, development dependencies aside.
pub type Edges = BTreeMap<String, BTreeSet<String>>;

/// Asks Cargo for the edges of this workspace, xtask left out.
pub fn edges(root: &Path) -> Result<Edges> {
    let output = workspace::cargo(root)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .context(|| "start cargo".into())?;
    if !output.status.success() {
        return failed(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context(|| "read cargo metadata".into())?;
    Ok(edges_of(&metadata))
}

fn edges_of(metadata: &Value) -> Edges {
    let packages = || metadata["packages"].as_array().into_iter().flatten();
    let names: BTreeSet<&str> = packages().filter_map(|package| package["name"].as_str()).collect();
    let mut edges = Edges::new();
    for package in packages() {
        let Some(name) = package["name"].as_str().filter(|name| *name != "xtask") else { continue };
        let uses = package["dependencies"].as_array().into_iter().flatten();
        let uses = uses
            .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| names.contains(dependency))
            .map(str::to_string);
        edges.insert(name.to_string(), uses.collect());
    }
    edges
}

/// Everything `name` may use, directly or not; `None` without a row.
fn allowed(layers: &[Layer], name: &str) -> Option<BTreeSet<&'static str>> {
    let row = layers.iter().find(|layer| layer.name == name)?;
    let mut all = BTreeSet::new();
    let mut open: Vec<&'static str> = row.uses.to_vec();
    while let Some(next) = open.pop() {
        if all.insert(next) {
            open.extend(layers.iter().filter(|layer| layer.name == next).flat_map(|layer| layer.uses));
        }
    }
    Some(all)
}

/// One message for each edge that the table does not allow and each crate it does not know.
pub fn violations(layers: &[Layer], edges: &Edges) -> Vec<String> {
    let mut found = Vec::new();
    for (name, uses) in edges {
        let Some(allowed) = allowed(layers, name) else {
            found.push(format!("crates/{name}: no row in xtask/src/layers.rs"));
            continue;
        };
        for used in uses.iter().filter(|used| !allowed.contains(used.as_str())) {
            let may = if allowed.is_empty() {
                "nothing".into()
            } else {
                Vec::from_iter(allowed.clone()).join(", ")
            };
            found.push(format!("crates/{name}: uses {used}, but may use {may}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(list: &[(&str, &[&str])]) -> Edges {
        list.iter()
            .map(|(name, uses)| (name.to_string(), uses.iter().map(|u| u.to_string()).collect()))
            .collect()
    }

    #[test]
    fn the_workspace_obeys_the_table() {
        let root = workspace::root().unwrap();
        assert_eq!(violations(LAYERS, &super::edges(&root).unwrap()), Vec::<String>::new());
    }

    #[test]
    fn rows_only_name_earlier_rows() {
        for (at, row) in LAYERS.iter().enumerate() {
            for used in row.uses {
                assert!(LAYERS[..at].iter().any(|earlier| earlier.name == *used), "{} uses {used}", row.name);
            }
        }
    }

    #[test]
    fn an_edge_through_two_rows_is_allowed() {
        assert!(violations(LAYERS, &edges(&[("mochi-types", &["mochi-base"])])).is_empty());
    }

    #[test]
    fn an_edge_upwards_is_reported() {
        let found = violations(LAYERS, &edges(&[("mochi-syntax", &["mochi-types"])]));
        assert_eq!(found, ["crates/mochi-syntax: uses mochi-types, but may use mochi-base"]);
    }

    #[test]
    fn a_crate_without_a_row_is_reported() {
        let found = violations(LAYERS, &edges(&[("mochi-magic", &[])]));
        assert_eq!(found, ["crates/mochi-magic: no row in xtask/src/layers.rs"]);
    }

    #[test]
    fn development_dependencies_are_free() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "mochi-ir", "dependencies": [
                { "name": "mochi-base", "kind": null },
                { "name": "mochi-driver", "kind": "dev" },
                { "name": "rustc-hash", "kind": null } ] },
            { "name": "mochi-base", "dependencies": [] },
            { "name": "mochi-driver", "dependencies": [] },
            { "name": "xtask", "dependencies": [{ "name": "mochi-driver", "kind": null }] } ] });
        let found = edges_of(&metadata);
        assert_eq!(found["mochi-ir"], BTreeSet::from(["mochi-base".to_string()]));
        assert!(!found.contains_key("xtask"));
    }

    /// README begins with `cargo run`, which must know what to run.
    #[test]
    fn cargo_run_runs_mochi() {
        let root = workspace::root().unwrap();
        let mut cargo = workspace::cargo(&root);
        let output =
            cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).output().unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = metadata["packages"].as_array().unwrap().iter();
        let runs: Vec<&str> = packages.filter_map(|package| package["default_run"].as_str()).collect();
        assert_eq!(runs, ["mochi"]);
    }
}
