//! The steps of a build behind the C: compiling program and runtime, and linking.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::board::{self, Board};
use super::cache::Cache;
use super::compiler::Compiler;
use super::kept::Runtime;
use super::key::{Key, is_closed};
use super::linker::Chosen;
use super::progress::Progress;
use super::{Emit, Folder, Mode, RUNTIME, Request, cannot, debugger, say};
use crate::compile::Failure;

/// Whether an executable keeps the names of its functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbols {
    /// As the mode says.
    ByMode,
    Kept,
}

/// All that is known before something is compiled.
#[derive(Clone, Copy)]
pub(super) struct Making<'a> {
    pub request: &'a Request,
    pub compiler: &'a Compiler,
    pub linker: &'a Chosen,
    pub cache: &'a Cache,
    pub progress: &'a Progress,
    /// The program in C.
    pub unit: &'a str,
    /// What the result is called.
    pub output: &'a Path,
    /// What is said of a machine without an operating system.
    pub board: &'a Board,
    /// Files that are linked too.
    pub linked: &'a [PathBuf],
}

impl Making<'_> {
    /// The bytes of the result, from the cache if they are there.
    pub fn result(&self) -> Result<Vec<u8>, Failure> {
        let key = self.key();
        let start = Instant::now();
        if let Some(bytes) = key.as_ref().and_then(|key| self.cache.load(key)) {
            if self.request.verbose {
                say("taken from the build cache", start.elapsed());
            }
            return Ok(bytes);
        }
        let bytes = self.compiled(Symbols::ByMode)?;
        if let Some(key) = key {
            self.cache.store(&key, &bytes);
        }
        Ok(bytes)
    }

    /// The bytes of the result, compiled now.
    pub fn compiled(&self, symbols: Symbols) -> Result<Vec<u8>, Failure> {
        let folder = Folder::new(self.output.file_name().unwrap_or_default())?;
        for (name, text) in RUNTIME {
            folder.write(name, text)?;
        }
        folder.write("program.c", &self.source())?;
        let made = self.compile(&folder, symbols)?;
        fs::read(&made).map_err(|error| cannot("read", &made, &error))
    }

    /// What is compiled: the program, and what debuggers are to find in executables for them, or the runtime in objects that
    /// are all that a machine gets.
    fn source(&self) -> Cow<'_, str> {
        match (self.request.mode, self.request.emit) {
            (_, Emit::Obj) if self.compiler.board().is_some() => board::with_runtime(self.unit),
            (Mode::Dev, Emit::Exe) => Cow::Owned(self.unit.to_owned() + &debugger::section()),
            _ => Cow::Borrowed(self.unit),
        }
    }

    /// The name of the result in the cache; `None` when it cannot be known beforehand what is made.
    fn key(&self) -> Option<String> {
        (is_closed(&self.request.flags) && self.linked.is_empty() && self.board.script.is_none()).then(|| {
            let mut key = Key::new("result", self.compiler, &self.args());
            key.add(format!("{:?}", self.request.emit).as_bytes());
            self.link_args(Symbols::ByMode).iter().for_each(|arg| key.add(arg.as_encoded_bytes()));
            key.add(self.linker.identity().as_bytes());
            key.add(format!("{:?}", self.board).as_bytes());
            key.add(self.source().as_bytes());
            // Signed executables know their name.
            key.add(self.output.file_name().unwrap_or_default().as_encoded_bytes());
            key.name()
        })
    }

    /// The options before all files.
    fn args(&self) -> Vec<OsString> {
        let hardening: &[&str] = match self.request.emit {
            Emit::Exe => self.compiler.hardening(),
            Emit::C | Emit::Obj | Emit::Asm => &[],
        };
        let mut args = self.compiler.flags(self.request.mode);
        args.extend(hardening.iter().map(OsString::from));
        args.extend(self.request.flags.iter().cloned());
        args
    }

    /// The options after all files.
    fn link_args(&self, symbols: Symbols) -> Vec<OsString> {
        let mut args = self.compiler.link_flags(self.request.mode);
        if self.request.mode == Mode::Release && symbols == Symbols::ByMode {
            args.extend(self.compiler.strip_flags());
        }
        args
    }

    fn run(&self, args: &[OsString], folder: &Folder) -> Result<(), Failure> {
        self.compiler.run(args, self.request, folder.path())
    }

    /// Compiles what is in the folder, to a file in it that has the name of the output.
    fn compile(&self, folder: &Folder, symbols: Symbols) -> Result<PathBuf, Failure> {
        let results = folder.path().join("made");
        fs::create_dir(&results).map_err(|error| cannot("make the folder", &results, &error))?;
        let made = results.join(self.output.file_name().unwrap_or_default());
        let (mut args, files) = match self.request.emit {
            Emit::Exe => {
                let files = self.objects(folder)?;
                let linker = self.linker.flags(folder.path());
                let mut args = self.args();
                args.extend(linker.map_err(|error| cannot("make the folder", folder.path(), &error))?);
                args.extend(self.script(folder)?);
                (args, files.into_iter().chain(self.linked.iter().cloned()).collect())
            }
            Emit::Obj => (with(self.args(), "-c"), vec![folder.path().join("program.c")]),
            Emit::Asm | Emit::C => (with(self.args(), "-S"), vec![folder.path().join("program.c")]),
        };
        args.extend(self.compiler.path_flags(self.request.mode, folder.path()));
        args.extend(["-I".into(), folder.path().into()]);
        args.extend(files.into_iter().map(OsString::from));
        args.extend(["-o".into(), made.clone().into()]);
        if self.request.emit == Emit::Exe {
            self.progress.step("linking the program");
            args.extend(self.link_args(symbols));
        } else {
            self.progress.step("compiling the program");
        }
        self.run(&args, folder)?;
        Ok(made)
    }

    /// The option that names the linker script, where there is one.
    fn script(&self, folder: &Folder) -> Result<Option<OsString>, Failure> {
        let file = match &self.board.script {
            Some(file) => file.clone(),
            None if self.compiler.board().is_some() => {
                folder.write("board.ld", &self.board.linker_script().map_err(Failure::Message)?)?;
                folder.path().join("board.ld")
            }
            None => return Ok(None),
        };
        let mut option = OsString::from("-Wl,-T,");
        option.push(file);
        Ok(Some(option))
    }

    /// What is linked: the objects of the program and of the runtime. The program is compiled by a command of its own in any
    /// case, since some compilers make other code of it in the command that links. Where the runtime must be compiled, the
    /// program is at the same time.
    fn objects(&self, folder: &Folder) -> Result<[PathBuf; 2], Failure> {
        let runtime = Runtime::new(self, folder.path());
        let program = folder.path().join("program.c");
        if let Some(object) = runtime.load()? {
            self.progress.step("compiling the program");
            return Ok([self.object(folder, &program)?, object]);
        }
        self.progress.step("compiling the runtime, which is kept for later builds");
        if self.request.jobs == Some(1) {
            return Ok([self.object(folder, &program)?, runtime.make()?]);
        }
        std::thread::scope(|scope| {
            let made = std::thread::Builder::new().spawn_scoped(scope, || runtime.make());
            let object = self.object(folder, &program);
            let made = match made {
                Ok(made) => made.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // Without a thread one comes after the other.
                Err(_) => runtime.make(),
            };
            Ok([object?, made?])
        })
    }

    fn object(&self, folder: &Folder, program: &Path) -> Result<PathBuf, Failure> {
        let object = folder.path().join("program.o");
        let mut args = self.compiler.flags(self.request.mode);
        args.extend(self.request.flags.iter().cloned());
        args.push("-c".into());
        args.extend(self.compiler.path_flags(self.request.mode, folder.path()));
        args.extend(["-I".into(), folder.path().into(), program.into(), "-o".into(), object.clone().into()]);
        self.run(&args, folder)?;
        Ok(object)
    }
}

fn with(mut args: Vec<OsString>, arg: &str) -> Vec<OsString> {
    args.push(arg.into());
    args
}
