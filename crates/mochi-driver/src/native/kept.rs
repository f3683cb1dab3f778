//! What a build takes from the cache instead of making it, and keeps there for others.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::compiler::Compiler;
use super::key::{Key, is_closed};
use super::{Request, cannot};
use crate::compile::Failure;

/// The object of the runtime for a build, in `folder`. One build at a time compiles it; others wait for that.
pub(super) fn runtime_object(
    cache: &Cache,
    compiler: &Compiler,
    request: &Request,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    let object = folder.join("mochi.o");
    let mut args = compiler.flags(request.mode);
    args.extend(request.flags.iter().cloned());
    let key = is_closed(&request.flags).then(|| Key::new("runtime", compiler, &args).name());
    let load = || key.as_ref().and_then(|key| cache.load(key));
    let mut claim = None;
    let found = load().or_else(|| {
        claim = key.as_ref().map(|key| cache.claim(key));
        load()
    });
    if let Some(bytes) = found {
        fs::write(&object, bytes).map_err(|error| cannot("write", &object, &error))?;
        return Ok(object);
    }
    // What differs from build to build, and is not in the object.
    args.extend(compiler.path_flags(request.mode, folder));
    args.extend(["-c".into(), folder.join("mochi.c").into(), "-o".into(), object.clone().into()]);
    compiler.run(&args, request, folder).map_err(Failure::Message)?;
    if let (Some(key), Ok(bytes)) = (&key, fs::read(&object)) {
        cache.store(key, &bytes);
    }
    drop(claim);
    Ok(object)
}

/// The name of a build's result in the cache; `None` when it cannot be known beforehand what is made.
pub(super) fn result_key(
    compiler: &Compiler,
    request: &Request,
    args: &[OsString],
    unit: &str,
    output: &Path,
) -> Option<String> {
    is_closed(&request.flags).then(|| {
        let mut key = Key::new("result", compiler, args);
        key.add(format!("{:?}", request.emit).as_bytes());
        compiler.link_flags(request.mode).iter().for_each(|arg| key.add(arg.as_encoded_bytes()));
        key.add(unit.as_bytes());
        // Signed executables know their name.
        key.add(output.file_name().unwrap_or_default().as_encoded_bytes());
        key.name()
    })
}
