//! From a source to bytecode, through all stages.

use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mochi_base::diag::codes::E002;
use mochi_base::{FileId, Interner, Sink, SourceMap};
use mochi_emit::c::Lines;
use mochi_ir::link::LinkError;
use mochi_ir::{FuncId, Module, passes};
use mochi_lower::Place;
pub use mochi_runtime::host::describe;
use mochi_syntax::Tree;
use mochi_types::Program;
use mochi_types::blocks::{Block, BlockKind, separate};

use crate::library::StdLibrary;
use crate::origin::Origin;
use crate::packages::Imported;
use crate::project::Manifest;

pub use mochi_lower::IntRange;

/// Where a program comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Text from the command line.
    Inline(String),
    /// Text that somebody typed.
    Input {
        /// Which of the inputs.
        number: u32,
        /// The text.
        text: String,
    },
    /// Standard input.
    Stdin,
}

/// A source that could not be read.
#[derive(Debug)]
pub struct ReadError {
    /// What went wrong, with the source's name.
    pub message: String,
}

impl Source {
    /// The name shown to people.
    pub fn name(&self) -> String {
        match self {
            Source::File(path) => path.display().to_string(),
            Source::Inline(_) => "<command line>".into(),
            Source::Input { number, .. } => format!("<input {number}>"),
            Source::Stdin => "<stdin>".into(),
        }
    }

    fn read(&self, origin: &Origin) -> Result<String, ReadError> {
        let fail = |what: String| ReadError { message: format!("cannot read `{}`: {what}", self.name()) };
        let bytes = match self {
            Source::File(path) => origin.read(path).map_err(|e| fail(describe(&e)))?,
            Source::Inline(text) | Source::Input { text, .. } => return Ok(text.clone()),
            Source::Stdin => {
                let mut bytes = Vec::new();
                std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| fail(describe(&e)))?;
                bytes
            }
        };
        decode(bytes).map_err(fail)
    }
}

/// The text of a source file, or why it is none.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        format!("line {line} is not UTF-8 (byte {at} of the file)")
    })
}

/// Choices that hold for a whole compilation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Every rule of the language reference, section 3, is an error.
    pub strict: bool,
    /// Report as warnings what only the strict profile refuses.
    pub lints: bool,
    /// What the type `int` is.
    pub int: IntRange,
    /// Passes that are left out, by name.
    pub disabled_passes: Vec<String>,
    /// Print the time of each stage and pass to standard error.
    pub time_passes: bool,
    /// Collect the text of the tree in [`Session::shown`].
    pub show_tree: bool,
    /// Collect that of the bytecode there.
    pub show_bytecode: bool,
    /// Print the IR after the pass with this name to standard error.
    pub dump_after: Option<String>,
    /// Packages come from this folder only, links followed.
    pub root: Option<PathBuf>,
    /// A file with a `package` clause is taken together with the other files of that package in its folder.
    pub whole_package: bool,
}

impl Options {
    /// The choices of the checker.
    pub(crate) fn checker(&self, last: mochi_types::Last) -> mochi_types::Options {
        mochi_types::Options { strict: self.strict, lints: self.lints, std: false, last }
    }
}

/// The state that all stages of one run share.
#[derive(Default)]
pub struct Session {
    /// Sources.
    pub sources: SourceMap,
    /// Names.
    pub names: Interner,
    /// Diagnostics.
    pub sink: Sink,
    /// Choices.
    pub options: Options,
    /// The module root of the main source, once that is read.
    pub module_root: Option<PathBuf>,
    /// What the module file there says.
    pub manifest: Manifest,
    /// The text of the stages that were asked for, in order.
    pub shown: String,
    /// Where its files are.
    pub(crate) origin: Origin,
    /// What earlier inputs of a program that grows imported.
    pub(crate) imported: Imported,
}

/// A program ready to run.
pub struct Compiled {
    /// Its bytecode.
    pub program: mochi_vm::Program,
}

/// A program whose `test` or `bench` blocks can be run one by one.
#[derive(Default)]
pub struct CompiledBlocks {
    /// Its bytecode. Which block it executes is chosen in the runtime.
    pub program: mochi_vm::Program,
    /// Places whose executions it counts, by number; empty unless asked for.
    pub places: Vec<Place>,
}

/// Whether a program counts how often its places are executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counting {
    /// It does not.
    Off,
    /// It does.
    On,
}

/// Why there is nothing to run.
#[derive(Debug)]
pub enum Failure {
    /// The session's sink has errors.
    Diagnostics,
    /// The source could not be read, or something a back end cannot do.
    Message(String),
    /// A mistake of mochi's own.
    Bug(String),
}

impl Session {
    /// A session with choices.
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// Reads a source.
    pub fn load(&mut self, source: &Source) -> Result<FileId, Failure> {
        let text = source.read(&self.origin).map_err(|e| Failure::Message(e.message))?;
        let file = self
            .sources
            .add(source.name(), text)
            .map_err(|_| Failure::Message(format!("`{}` is larger than 4 GiB", source.name())))?;
        self.join_project(source)?;
        Ok(file)
    }

    /// Parses a file.
    pub fn parse(&mut self, file: FileId) -> Tree {
        self.timed("parse", |s| mochi_syntax::parse(&s.sources, file, &mut s.names, &mut s.sink))
    }

    /// Checks a tree. The result is meaningful when there are no errors.
    pub fn check(&mut self, tree: &Tree) -> Program {
        self.check_for(tree, mochi_types::Last::Dropped)
    }

    /// Checks a tree whose last value something becomes of.
    pub(crate) fn check_for(&mut self, tree: &Tree, last: mochi_types::Last) -> Program {
        self.timed("check", |s| {
            let options = s.options.checker(last);
            mochi_types::check(tree, &mut s.names, &options, |_| Vec::new(), &mut s.sink)
        })
    }

    /// Lowers a checked program and links it with std: a closed module without type parameters.
    pub fn lower(&mut self, program: &Program) -> Result<Module, Failure> {
        Ok(self.lower_and_count(program, Counting::Off)?.0)
    }

    fn lower_and_count(
        &mut self,
        program: &Program,
        counting: Counting,
    ) -> Result<(Module, Vec<Place>), Failure> {
        let (module, places) = self.lower_unlinked(program, counting);
        Ok((self.link(module)?, places))
    }

    /// Lowers a checked program; functions of std that it uses are declarations.
    pub fn lower_unlinked(&mut self, program: &Program, counting: Counting) -> (Module, Vec<Place>) {
        self.timed("lower", |s| {
            let std: Option<&dyn mochi_lower::Std> = Some(StdLibrary::shared());
            let int = s.options.int;
            let input = mochi_lower::Input { program, names: &s.names, sources: &s.sources, std, int };
            match counting {
                Counting::Off => (mochi_lower::lower(&input), Vec::new()),
                Counting::On => mochi_lower::lower_counting(&input),
            }
        })
    }

    /// Links a lowered program with std: a closed module without type parameters.
    pub fn link(&mut self, module: Module) -> Result<Module, Failure> {
        let module = self.timed("link", |_| StdLibrary::shared().link(module));
        module.map_err(|e| self.not_linked(&e))
    }

    /// Why a module could not be linked.
    pub(crate) fn not_linked(&mut self, error: &LinkError) -> Failure {
        let LinkError::Endless { name, span } = error else { return Failure::Message(error.to_string()) };
        self.sink.report(E002 { name }.at(*span));
        Failure::Diagnostics
    }

    /// Optimises a module.
    pub fn optimise(&mut self, module: &mut Module) {
        let disabled: Vec<&str> = self.options.disabled_passes.iter().map(String::as_str).collect();
        let wanted = self.options.dump_after.as_deref();
        let mut print = |pass: &'static str, module: &Module, func: Option<FuncId>| {
            if wanted == Some(pass) {
                crate::report::to_stderr(&match func {
                    Some(id) => mochi_ir::print::print_func(module, &module.funcs[id]),
                    None => mochi_ir::print::print_module(module),
                });
            }
        };
        let start = Instant::now();
        let clock = || start.elapsed().as_nanos() as u64;
        let mut options = passes::Options { disabled: &disabled, ..Default::default() };
        if wanted.is_some() {
            options.after = Some(&mut print);
        }
        if self.options.time_passes {
            options.clock = Some(&clock);
        }
        for report in passes::run_pipeline(module, &mut options) {
            if self.options.time_passes {
                report_time(report.name, Duration::from_nanos(report.nanos));
            }
        }
    }

    /// Leads a source through all stages.
    pub fn compile(&mut self, source: &Source) -> Result<Compiled, Failure> {
        let module = self.compile_to_ir(source)?;
        let program = self.emit(&module)?;
        if self.options.show_bytecode {
            self.shown.push_str(&mochi_vm::print::print(&program));
        }
        Ok(Compiled { program })
    }

    fn emit(&mut self, module: &Module) -> Result<mochi_vm::Program, Failure> {
        let program = self.timed("emit", |_| mochi_emit::bytecode::emit(module));
        program.map_err(|e| Failure::Message(format!("`{}` cannot be run: {}", e.func, e.reason)))
    }

    /// Takes the blocks of one kind out of a checked program, in order, each as a function.
    pub fn separate_blocks(&mut self, program: &mut Program, kind: BlockKind) -> Vec<Block> {
        separate(program, kind, &mut self.names)
    }

    /// Leads a checked program whose blocks were taken out through the other stages.
    pub fn compile_blocks(
        &mut self,
        program: &Program,
        counting: Counting,
    ) -> Result<CompiledBlocks, Failure> {
        let (mut module, places) = self.lower_and_count(program, counting)?;
        self.optimise(&mut module);
        Ok(CompiledBlocks { program: self.emit(&module)?, places })
    }

    /// Leads a source to optimised IR.
    pub fn compile_to_ir(&mut self, source: &Source) -> Result<Module, Failure> {
        let program = self.front_end(source)?;
        let mut module = self.lower(&program)?;
        self.optimise(&mut module);
        Ok(module)
    }

    /// Leads a source through all stages to one unit of C.
    pub fn compile_to_c(&mut self, source: &Source, lines: Lines) -> Result<String, Failure> {
        let module = self.compile_to_ir(source)?;
        self.emit_c(&module, lines)
    }

    /// Writes optimised IR as one unit of C.
    pub(crate) fn emit_c(&mut self, module: &Module, lines: Lines) -> Result<String, Failure> {
        let sources = std::mem::take(&mut self.sources);
        let unit = self.timed("emit", |_| mochi_emit::c::emit(module, &sources, lines));
        self.sources = sources;
        unit.map_err(|e| {
            let instead = "`mochi build --bundle` makes a file that can do it, with the interpreter in it";
            Failure::Message(format!("`{}` cannot be built: {}; {instead}", e.func, e.reason))
        })
    }

    /// Leads a source through parser and checker; errors are in the sink.
    pub fn front_end(&mut self, source: &Source) -> Result<Program, Failure> {
        let file = self.load(source)?;
        let tree = self.parse_program(source, file);
        if self.sink.errors() > 0 {
            return Err(Failure::Diagnostics);
        }
        if self.options.show_tree {
            self.shown.push_str(&mochi_syntax::print::print_tree(&tree, &self.names));
        }
        let program = self.check(&tree);
        if self.sink.errors() > 0 {
            return Err(Failure::Diagnostics);
        }
        Ok(program)
    }

    /// The module root as a path to be shown: relative to the working directory where it lies below.
    pub(crate) fn shown_module_root(&self) -> PathBuf {
        if let Origin::Archive(archive) = &self.origin {
            return archive.root.clone();
        }
        let Some(root) = &self.module_root else { return PathBuf::new() };
        let below =
            std::env::current_dir().ok().and_then(|here| root.strip_prefix(here).ok().map(PathBuf::from));
        below.unwrap_or_else(|| root.clone())
    }

    /// Whether a real path lies outside of the folder that packages come from.
    pub(crate) fn is_outside(&self, real: &std::path::Path) -> bool {
        let Some(root) = self.options.root.as_ref().filter(|_| matches!(self.origin, Origin::Disk)) else {
            return false;
        };
        root.canonicalize().map_or(true, |root| !real.starts_with(root))
    }

    pub(crate) fn timed<T>(&mut self, stage: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        if !self.options.time_passes {
            return work(self);
        }
        let start = Instant::now();
        let result = work(self);
        report_time(stage, start.elapsed());
        result
    }
}

fn report_time(name: &str, time: Duration) {
    report_effort(name, time, "");
}

/// Prints how long a stage took, and what it did.
pub(crate) fn report_effort(name: &str, time: Duration, what: &str) {
    crate::report::to_stderr(&format!("{name:>16} {:>10.3} ms{what}\n", time.as_secs_f64() * 1e3));
}

/// The names of the optimisations, in the order they run.
pub fn pass_names() -> Vec<&'static str> {
    passes::names()
}
