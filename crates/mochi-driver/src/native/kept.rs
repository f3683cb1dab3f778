//! The runtime's object: from the cache, or compiled and kept there.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::cannot;
use super::key::{Key, is_closed};
use super::make::Making;
use crate::compile::Failure;

/// The runtime's object of a build.
pub(super) struct Runtime<'a> {
    making: &'a Making<'a>,
    folder: &'a Path,
    args: Vec<OsString>,
    key: Option<String>,
}

impl<'a> Runtime<'a> {
    pub fn new(making: &'a Making<'a>, folder: &'a Path) -> Self {
        let (compiler, request) = (making.compiler, making.request);
        let mut args = compiler.flags(request.mode);
        args.extend(request.flags.iter().cloned());
        // Who makes objects for a machine of their own has a start for it.
        args.extend(compiler.board().map(|_| "-DMOCHI_START".into()));
        let key = is_closed(&request.flags).then(|| Key::new("runtime", compiler, &args).name());
        Runtime { making, folder, args, key }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("mochi.o")
    }

    /// The object, if it is in the cache.
    pub fn load(&self) -> Result<Option<PathBuf>, Failure> {
        let Some(bytes) = self.key.as_ref().and_then(|key| self.making.cache.load(key)) else {
            return Ok(None);
        };
        let object = self.path();
        fs::write(&object, bytes).map_err(|error| cannot("write", &object, &error))?;
        Ok(Some(object))
    }

    /// Compiles it. One build at a time does; others wait for that.
    pub fn make(&self) -> Result<PathBuf, Failure> {
        let Making { compiler, request, cache, .. } = *self.making;
        let _claim = self.key.as_ref().map(|key| cache.claim(key));
        if let Some(object) = self.load()? {
            return Ok(object);
        }
        let object = self.path();
        let mut args = self.args.clone();
        // What differs from build to build, and is not in the object.
        args.extend(compiler.path_flags(request.mode, self.folder));
        args.extend(["-c".into(), self.folder.join("mochi.c").into(), "-o".into(), object.clone().into()]);
        compiler.run(&args, request, self.folder)?;
        if let (Some(key), Ok(bytes)) = (&self.key, fs::read(&object)) {
            cache.store(key, &bytes);
        }
        Ok(object)
    }
}
