//! The project that a program belongs to: its module root and what `mochi.toml` there says.

use std::path::{Path, PathBuf};

use crate::compile::Source;

/// The name of the module file.
pub const MODULE_FILE: &str = "mochi.toml";

/// The module root of a source (language reference, 6.1): the nearest parent folder with a module file, else the folder
/// of the source. Text from elsewhere than a file belongs to the working directory.
pub fn module_root(source: &Source) -> PathBuf {
    let folder = match source {
        Source::File(path) => path.parent().filter(|parent| !parent.as_os_str().is_empty()),
        Source::Inline(_) | Source::Stdin => None,
    };
    let folder = folder.unwrap_or(Path::new("."));
    // Parents of a relative path end at the working directory.
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let found = whole.ancestors().find(|parent| parent.join(MODULE_FILE).is_file());
    found.unwrap_or(&whole).to_path_buf()
}
