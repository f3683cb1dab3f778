//! The C of the programs in `tests/emit/c` is what lies beside them, so that a change of it is seen. `BLESS=1` writes it.

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_c_of_programs_is_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/emit/c");
    let entries = std::fs::read_dir(&folder).expect("the folder exists").flatten().map(|entry| entry.path());
    let mut programs: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "mochi")).collect();
    programs.sort();
    assert!(!programs.is_empty());
    let mut stale = Vec::new();
    for program in programs {
        let output = Command::new(env!("CARGO_BIN_EXE_mochi"))
            .args(["dump", "--stage=c"])
            .arg(program.file_name().expect("a file"))
            .current_dir(&folder)
            .output()
            .expect("mochi starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (found, path) = (String::from_utf8_lossy(&output.stdout), program.with_extension("c"));
        if std::fs::read_to_string(&path).is_ok_and(|known| known == found) {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, found.as_bytes()).expect("the folder is writable");
        } else {
            stale.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(stale.is_empty(), "the C has changed; BLESS=1 writes it:\n{}", stale.join("\n"));
}
