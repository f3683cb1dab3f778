//! A new project: `mochi init`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::compile::describe;
use crate::project::MODULE_FILE;

const MAIN: &str = r#"import "./greet"

print(greet.greeting("world"))
"#;

const GREET: &str = r#"/// What to say to somebody.
export fun greeting(name: string): string {
  return "Hello, " + name + "!"
}
"#;

const TEST: &str = r#"import "src/greet"

test "greets by name" {
  expect greet.greeting("Ann") == "Hello, Ann!"
}
"#;

/// Makes a project in a folder, which is made if it is not there; the files made. Nothing is written when one of them
/// is there already.
pub fn init(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let whole = std::path::absolute(folder).map_err(|error| describe(&error))?;
    let name = whole.file_name().map_or("main".into(), |name| name.to_string_lossy().into_owned());
    let quoted: String = name.chars().flat_map(escaped).collect();
    let manifest = format!("name = \"{quoted}\"\nversion = \"0.1.0\"\n# strict = true\n# int = \"big\"\n");
    let files = [
        (MODULE_FILE, manifest.as_str()),
        ("src/main.mochi", MAIN),
        ("src/greet.mochi", GREET),
        ("tests/greet_test.mochi", TEST),
        (".gitignore", "/build/\n"),
    ];
    for (name, _) in &files {
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(format!("`{}` is there already; nothing was written", path.display()));
        }
    }
    let mut made = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        write(&path, text)
            .map_err(|error| format!("cannot write `{}`: {}", path.display(), describe(&error)))?;
        made.push(path);
    }
    Ok(made)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Whatever appeared meanwhile stays.
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// A character inside a TOML string.
fn escaped(c: char) -> Vec<char> {
    match c {
        '"' | '\\' => vec!['\\', c],
        c if c.is_control() => format!("\\u{:04x}", c as u32).chars().collect(),
        c => vec![c],
    }
}
