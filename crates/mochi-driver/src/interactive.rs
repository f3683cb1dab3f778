//! A program that grows while it runs: the inputs of `mochi repl`.
//!
//! Every stage keeps what it made and is asked for what is new only, and everything keeps its number: the checker its
//! types, variables and functions, lowering and linker their functions, structs and globals, the interpreter all of
//! them, so that objects and function values of earlier inputs stay what they are. Each input is a top-level function that
//! runs once and is then removed. `docs/decisions/growing-programs.md` has the reasons.

mod complete;
mod history;

pub use history::history_file;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use mochi_abi::TrapKind;
use mochi_base::{FileId, Sink};
use mochi_emit::bytecode::Emitted;
use mochi_ir::FuncId;
use mochi_ir::link::Linker;
use mochi_lower::Lowered;
use mochi_runtime::Trap;
use mochi_runtime::host::Host;
use mochi_syntax::Tree;
use mochi_types::typed::{ExprId, StmtKind};
use mochi_types::{Last, Past, Program};
use mochi_vm::trace::Trace;
use mochi_vm::vm::{RuntimeError, Vm};
use mochi_vm::{Interrupt, Interrupter};

use crate::compile::{Failure, Options, Session, Source};
use crate::host::{BrokenPipe, Process};
use crate::library::StdLibrary;
use crate::run::{self, Limits};

/// A program that takes one input after the other.
pub struct Interactive {
    session: Session,
    limits: Limits,
    past: Past,
    lowered: Lowered,
    linker: Linker<'static>,
    emitted: Emitted,
    vm: Vm,
    /// The top-level code of the last input, in the linked module, where nothing else mentions it.
    entry: Option<FuncId>,
}

/// Why an input did not come to its end.
#[derive(Debug)]
pub enum Rejected {
    /// It was not run: the session's sink has errors, or the message says why. Everything is as before.
    NotRun(Failure),
    /// It ended with a run-time error, which this describes. What it did until then stays.
    Failed(String),
}

impl Interactive {
    /// A program without anything, in the process that `mochi` runs in, and what tells whether its output is read.
    pub fn in_process(options: Options, limits: Limits) -> Result<(Self, BrokenPipe), Failure> {
        let (root, _) = crate::project::module_root(&Source::Stdin);
        let policy = run::policy(&limits, Some(&root)).map_err(Failure::Message)?;
        let mut host = Process::new(policy);
        let interrupter = host.set_outer(&options, &limits);
        let broken_pipe = host.broken_pipe();
        let this = Self::new(options, limits, Box::new(host))?;
        let _ = interrupter.set(this.interrupter());
        Ok((this, broken_pipe))
    }

    /// A program without anything.
    pub fn new(options: Options, limits: Limits, host: Box<dyn Host>) -> Result<Self, Failure> {
        let mut session = Session::new(options);
        let mut past = Past::default();
        let mut lowered = Lowered::for_growing();
        let mut linker = StdLibrary::shared().linker();
        let mut emitted = Emitted::default();
        // The empty input gives every stage an entry.
        let file = session.load(&Source::Inline(String::new()))?;
        let tree = session.parse(file);
        check(&mut session, &mut past, &tree, Last::Dropped);
        lower(&session, &past, &mut lowered);
        past.reserve_structs(lowered.module.types.structs.len());
        linker.add(&mut lowered.module).map_err(|e| session.not_linked(&e))?;
        let mut program = mochi_vm::Program::default();
        let added = emitted.add(&linker.module, &mut program);
        added.map_err(|e| Failure::Message(e.to_string()))?;
        let vm = run::start_with(program, host, &limits).map_err(|(message, _)| Failure::Message(message))?;
        let entry = linker.module.entry;
        Ok(Self { session, limits, past, lowered, linker, emitted, vm, entry })
    }

    /// The session, for its diagnostics.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// A handle that ends the input that runs, from another thread.
    pub fn interrupter(&self) -> Interrupter {
        self.vm.interrupter()
    }

    /// Runs one input; how long it ran.
    pub fn input(&mut self, source: &Source, last: Last) -> Result<Duration, Rejected> {
        self.session.sink = Sink::new();
        let file = self.session.load(source).map_err(Rejected::NotRun)?;
        let compiled = self.compile(source, file, last);
        self.session.imported.keep(self.past.packages());
        compiled.map_err(Rejected::NotRun)?;
        let start = Instant::now();
        let ended = self.run();
        let took = start.elapsed();
        match &ended {
            Ok(()) => self.clear_hidden(),
            Err(error) => self.past.forget_variables_after(reached(error)),
        }
        let flushed = self.vm.runtime.flush();
        let describe = |message: &str, trace: &Trace| {
            Rejected::Failed(run::error_text(&self.session.sources, message, trace))
        };
        ended.map_err(|e| describe(&e.message, &e.trace))?;
        flushed.map_err(|trap: Box<Trap>| describe(&trap.message, &Trace::default()))?;
        Ok(took)
    }

    /// Leads an input through all stages.
    fn compile(&mut self, source: &Source, file: FileId, last: Last) -> Result<(), Failure> {
        let tree = self.parse(source, file)?;
        if !check(&mut self.session, &mut self.past, &tree, last) {
            return Err(Failure::Diagnostics);
        }
        self.add_code().inspect_err(|_| {
            self.past.restore_names();
            self.lowered.not_run();
        })
    }

    fn parse(&mut self, source: &Source, file: FileId) -> Result<Tree, Failure> {
        self.session.imported.names = self.past.package_names().collect();
        let tree = self.session.parse_program(source, file);
        if self.session.sink.errors() > 0 { Err(Failure::Diagnostics) } else { Ok(tree) }
    }

    /// Compiles what was checked, in place of the top-level code of the last input.
    fn add_code(&mut self) -> Result<(), Failure> {
        let Self { session, past, lowered, linker, emitted, vm, entry, .. } = self;
        if let Some(old) = entry.take() {
            linker.remove_from(old);
            let removed = vm.change_program(|program| emitted.remove_entry(program));
            removed.map_err(|trap| Failure::Message(trap.message))?;
        }
        if let Some(main) = lowered.module.entry {
            lowered.module.funcs[main] = lowered.module.funcs[main].as_declaration();
        }
        lower(session, past, lowered);
        past.reserve_structs(lowered.module.types.structs.len());
        let first = linker.module.funcs.next_id();
        linker.add(&mut lowered.module).map_err(|e| session.not_linked(&e))?;
        session.optimise(&mut linker.module);
        let added = vm.change_program(|program| emitted.add(&linker.module, program));
        let failure = match added {
            Ok(Ok(())) => None,
            Ok(Err(e)) => Some(format!("`{}` cannot be run: {}", e.func, e.reason)),
            Err(trap) => Some(trap.message),
        };
        if let Some(message) = failure {
            linker.remove_from(first);
            return Err(Failure::Message(message));
        }
        linker.module.take_bodies_from(first);
        *entry = linker.module.entry;
        Ok(())
    }

    /// Runs the top-level code, within the time that an input has.
    fn run(&mut self) -> Result<(), RuntimeError> {
        let interrupter = self.vm.interrupter();
        interrupter.clear();
        let Some(timeout) = self.limits.timeout else { return self.vm.run() };
        let millis = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX - 1);
        std::thread::scope(|scope| {
            // Dropped when the input has ended, which wakes the other side.
            let (_running, ended) = mpsc::channel::<()>();
            let watch = move || {
                if ended.recv_timeout(timeout) == Err(mpsc::RecvTimeoutError::Timeout) {
                    interrupter.interrupt(Interrupt::Timeout(millis));
                }
            };
            match std::thread::Builder::new().spawn_scoped(scope, watch) {
                Ok(_) => self.vm.run(),
                Err(error) => {
                    let (kind, message) = (TrapKind::Io, crate::run::no_watch(&error));
                    Err(RuntimeError { kind, message, trace: Trace::default() })
                }
            }
        })
    }

    /// Lets go of values that nothing can mention any more.
    fn clear_hidden(&mut self) {
        for local in self.past.hidden_variables() {
            let global = self.lowered.global(local).and_then(|global| self.linker.global(global));
            if let Some(global) = global {
                self.vm.clear_global(global.0 as usize);
            }
        }
    }

    /// The type of the value of an input, in the syntax of the language; `unit` if it has none. It is not run.
    pub fn type_of(&mut self, source: &Source) -> Result<String, Failure> {
        self.session.sink = Sink::new();
        let file = self.session.load(source)?;
        let tree = self.parse(source, file)?;
        if !check(&mut self.session, &mut self.past, &tree, Last::Examined) {
            return Err(Failure::Diagnostics);
        }
        let program = &self.past.program;
        let shown = match last_expr(program) {
            Some(e) => mochi_types::show_type(&program.types, &self.session.names, program.exprs[e].ty),
            None => "unit".to_string(),
        };
        self.past.forget_input();
        Ok(shown)
    }

    /// The optimised IR of a function, or of the top-level code of the last input.
    pub fn ir(&self, function: Option<&str>) -> Result<String, Failure> {
        let mut module = self.lowered.module.clone();
        if let Some(text) = function {
            let fun = self.session.names.lookup(text).and_then(|name| self.past.function(name));
            let Some(func) = fun.and_then(|fun| self.lowered.func(fun)) else {
                return Err(Failure::Message(format!("there is no function `{text}`")));
            };
            if module.funcs[func].type_params > 0 {
                // Code is made for its uses only.
                return Ok(mochi_ir::print::print_func(&module, &module.funcs[func]));
            }
            module.entry = Some(func);
        }
        let Some(entry) = module.entry else { return Ok(String::new()) };
        let name = module.funcs[entry].name.clone();
        let mut linker = StdLibrary::shared().linker();
        linker.add(&mut module).map_err(|e| Failure::Message(e.to_string()))?;
        let mut linked = linker.module;
        mochi_ir::passes::run_pipeline(&mut linked, &mut Default::default());
        let func = linked.func_named(&name).expect("the entry is linked under its name");
        Ok(mochi_ir::print::print_func(&linked, &linked.funcs[func]))
    }
}

/// Checks an input; whether it may be run.
fn check(session: &mut Session, past: &mut Past, tree: &Tree, last: Last) -> bool {
    let options = session.options.checker(last);
    mochi_types::check_input(past, tree, &mut session.names, &options, &mut session.sink)
}

fn lower(session: &Session, past: &Past, lowered: &mut Lowered) {
    lowered.add(&mochi_lower::Input {
        program: &past.program,
        names: &session.names,
        sources: &session.sources,
        std: Some(StdLibrary::shared()),
        int: session.options.int,
    });
}

/// The last expression of the top-level code.
fn last_expr(program: &Program) -> Option<ExprId> {
    match program.funs[Program::MAIN].body.last()?.kind {
        StmtKind::Expr(e) => Some(e),
        _ => None,
    }
}

/// The position in the source that the top-level code had come to at an error.
fn reached(error: &RuntimeError) -> u32 {
    let trace = &error.trace;
    trace.outermost.last().or(trace.innermost.last()).map_or(0, |frame| frame.span.lo)
}
