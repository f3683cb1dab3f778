//! Where inputs are remembered.

use std::env;
use std::path::PathBuf;

/// The file with the inputs of earlier sessions; its folder exists. `None` when there is no place for it, or when
/// `MOCHI_HISTORY` is set to nothing. `MOCHI_HISTORY` names another file.
pub fn history_file() -> Option<PathBuf> {
    if let Some(path) = env::var_os("MOCHI_HISTORY") {
        return (!path.is_empty()).then(|| path.into());
    }
    let folder = state_folder()?.join("mochi");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// Where programs keep what they remember of the user.
fn state_folder() -> Option<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return absolute("LOCALAPPDATA");
    }
    absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))
}
