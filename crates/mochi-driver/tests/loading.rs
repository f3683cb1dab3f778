//! The loaders never panic and lose nothing: the seeds of the fuzz target, the malformed data of the corpus and the data
//! of the examples go through all of them, as they are and damaged.

mod support {
    pub mod loading;
}

use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["fuzz/seeds/load", "tests/load", "examples/data"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder exists");
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.retain(|path| path.extension().is_some_and(|e| e != "err" && e != "md"));
    files.sort();
    assert!(files.len() > 80, "{} files", files.len());
    files
}

#[test]
fn seeds_and_corpora_are_loaded_or_refused() {
    for file in files() {
        support::loading::load(&std::fs::read(&file).expect("a readable file"));
    }
}

#[test]
fn damaged_data_is_loaded_or_refused() {
    const DAMAGE: &[u8] = b"\"\n,:-{[&*\t\xff";
    for (i, file) in files().into_iter().enumerate().step_by(4) {
        let data = std::fs::read(&file).expect("a readable file");
        // One place in some files: there are many, and each goes through all loaders.
        let at = i * 37 % data.len().max(1);
        support::loading::load(&data[..at]);
        let mut damaged = data.clone();
        if let Some(byte) = damaged.get_mut(at) {
            *byte = DAMAGE[i % DAMAGE.len()];
        }
        support::loading::load(&damaged);
    }
}
