//! Objects of the runtime that are kept between builds.
//!
//! An object's name is a digest of everything that it depends on, and it appears under that name only when it is whole,
//! so builds at the same time do not disturb each other. A cache that cannot be used costs time, nothing else.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::compiler::Compiler;
use super::{RUNTIME, Request};
use crate::compile::Failure;

/// Bytes that the cache may have; the oldest objects go first.
const MOST_BYTES: u64 = 64 << 20;

/// The object of the runtime for a build: from the cache, or compiled into `folder`.
pub(super) fn runtime_object(
    compiler: &Compiler,
    request: &Request,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    let mut args = compiler.flags(request.mode);
    args.extend(request.flags.iter().cloned());
    let kept = cache_folder().map(|cache| cache.join(format!("{}.o", digest(compiler, &args))));
    if let Some(kept) = kept.as_ref().filter(|kept| kept.is_file()) {
        return Ok(kept.clone());
    }
    let object = folder.join("mochi.o");
    // What differs from build to build, and is not in the object.
    args.extend(compiler.path_flags(request.mode, folder));
    args.extend(["-c".into(), folder.join("mochi.c").into(), "-o".into(), object.clone().into()]);
    compiler.run(&args, request, folder).map_err(Failure::Message)?;
    if let Some(kept) = kept
        && let Err(error) = keep(&object, &kept)
    {
        eprintln!("mochi: warning: the build cache cannot be used: {}", crate::compile::describe(&error));
    }
    Ok(object)
}

/// `MOCHI_CACHE_DIR`, else `mochi` in the user's folder for caches.
fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("MOCHI_CACHE_DIR")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("mochi")))
        .or_else(|| set("HOME").map(|folder| folder.join(".cache/mochi")))
}

fn digest(compiler: &Compiler, args: &[OsString]) -> String {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    add(compiler.identity().as_bytes());
    args.iter().for_each(|arg| add(arg.as_encoded_bytes()));
    for (name, text) in RUNTIME {
        add(name.as_bytes());
        add(text.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn keep(object: &Path, kept: &Path) -> std::io::Result<()> {
    let Some(folder) = kept.parent() else { return Ok(()) };
    fs::create_dir_all(folder)?;
    let draft = kept.with_extension(format!("{}", std::process::id()));
    let done = fs::copy(object, &draft).and_then(|_| fs::rename(&draft, kept));
    if done.is_err() {
        let _ = fs::remove_file(&draft);
    }
    done?;
    prune(folder, kept);
    Ok(())
}

/// Removes the oldest files until the cache is small enough.
fn prune(folder: &Path, newest: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let data = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((data.modified().ok()?, data.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut total: u64 = files.iter().map(|(_, len, _)| len).sum();
    for (_, len, path) in files {
        if total <= MOST_BYTES {
            return;
        }
        if path != newest && fs::remove_file(&path).is_ok() {
            total -= len;
        }
    }
}
