//! A new project: `mochi init`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::compile::describe;
use crate::group::Leftover;
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
    let mut made = Made::default();
    for (name, text) in files {
        let path = folder.join(name);
        write(&path, text, &mut made)
            .map_err(|error| format!("cannot write `{}`: {}", path.display(), describe(&error)))?;
    }
    Ok(made.keep())
}

/// What was made so far: it goes again, the latest first, unless all is made.
#[derive(Default)]
struct Made {
    leftovers: Vec<Leftover>,
    files: Vec<PathBuf>,
}

impl Made {
    fn keep(mut self) -> Vec<PathBuf> {
        self.leftovers.drain(..).for_each(Leftover::keep);
        std::mem::take(&mut self.files)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        while self.leftovers.pop().is_some() {}
    }
}

fn write(path: &Path, text: &str, made: &mut Made) -> io::Result<()> {
    let above: Vec<&Path> =
        path.ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty()).collect();
    let missing = above.iter().take_while(|folder| !folder.exists());
    for folder in missing.collect::<Vec<_>>().into_iter().rev() {
        // Whatever others put there stays.
        let remove = |folder: &Path| drop(fs::remove_dir(folder));
        let (leftover, ()) =
            Leftover::make_with(folder.to_path_buf(), |folder| fs::create_dir(folder), remove)?;
        made.leftovers.push(leftover);
    }
    // Whatever appeared meanwhile stays.
    let create = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
    let (leftover, mut file) = Leftover::make(path.to_path_buf(), create)?;
    made.leftovers.push(leftover);
    file.write_all(text.as_bytes())?;
    made.files.push(path.to_path_buf());
    Ok(())
}

/// A character inside a TOML string.
fn escaped(c: char) -> Vec<char> {
    match c {
        '"' | '\\' => vec!['\\', c],
        c if c.is_control() => format!("\\u{:04x}", c as u32).chars().collect(),
        c => vec![c],
    }
}
