//! Ways to run a program in process, and what comes of it.

use std::cell::{OnceCell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mochi_driver::compile::Counting;
use mochi_driver::library::StdLibrary;
use mochi_driver::report::{Listing, diagnostics_text};
use mochi_driver::{Format, Session};
use mochi_ir::Module;
use mochi_ir::passes::{self, Pass};
use mochi_jit::Settings;
use mochi_runtime::host::Host;
use mochi_runtime::{Limits as Bounds, Runtime};
use mochi_vm::code::Program;
use mochi_vm::native::{Compiler, Enter, Subject, Tiering};
use mochi_vm::trace::{FrameInfo, Trace};
use mochi_vm::{Interrupt, Interrupter, Limits, RuntimeError, Vm};

use crate::library::Compiled;

/// A way to run programs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Interpreted, with required passes only: what the others are compared with.
    Oracle,
    /// Interpreted, with all passes.
    Optimised,
    /// Interpreted, with the passes of a build for debugging through C.
    Debugged,
    /// Interpreted, with one optional pass.
    Pass(&'static str),
    /// All functions compiled to native code, with all passes.
    Jit,
    /// The same, but functions only once they are hot, as users have it: from the interpreter into loops and back.
    JitHot,
    /// The same with required passes only.
    JitPlain,
    /// Interpreted, with all passes, as what is typed into `mochi repl`: the library was there before, and passes know
    /// nothing of code elsewhere.
    Open,
    /// The same compiled to native code.
    JitOpen,
}

impl Mode {
    /// All modes but those of single passes.
    pub const MAIN: [Mode; 6] =
        [Mode::Optimised, Mode::Jit, Mode::JitHot, Mode::JitPlain, Mode::Open, Mode::JitOpen];

    /// The optional passes, each by itself.
    pub fn passes() -> Vec<Mode> {
        let optional = |name: &&str| passes::PIPELINE.iter().any(|pass| pass.name == *name && !pass.required);
        passes::names().into_iter().filter(optional).map(Mode::Pass).collect()
    }
    /// As options and counters have it.
    pub fn name(&self) -> String {
        match self {
            Mode::Oracle => "oracle".into(),
            Mode::Optimised => "optimised".into(),
            Mode::Debugged => "debugged".into(),
            Mode::Pass(name) => format!("pass-{name}"),
            Mode::Jit => "jit".into(),
            Mode::JitHot => "jit-hot".into(),
            Mode::JitPlain => "jit-plain".into(),
            Mode::Open => "open".into(),
            Mode::JitOpen => "jit-open".into(),
        }
    }
    /// The mode that interprets the same code.
    pub fn interpreted(&self) -> Mode {
        match self {
            Mode::Jit | Mode::JitHot => Mode::Optimised,
            Mode::JitPlain => Mode::Oracle,
            Mode::JitOpen => Mode::Open,
            mode => mode.clone(),
        }
    }
    /// The mode that it is compared with: what is native with the interpreter of the same code, which is compared with the
    /// oracle.
    pub fn expected(&self) -> Mode {
        if self.is_native() { self.interpreted() } else { Mode::Oracle }
    }
    fn is_native(&self) -> bool {
        matches!(self, Mode::Jit | Mode::JitHot | Mode::JitPlain | Mode::JitOpen)
    }
}

/// What a program did.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// What it wrote, as far as that is kept.
    pub output: Vec<u8>,
    /// The error that ended it.
    pub error: Option<RuntimeError>,
}

impl Outcome {
    /// Whether a limit ended the program, which may be reached elsewhere in other modes.
    pub fn is_limited(&self) -> bool {
        use mochi_abi::TrapKind::{Interrupt, Memory, StackOverflow, Timeout};
        self.error
            .as_ref()
            .is_some_and(|error| matches!(error.kind, Interrupt | Memory | StackOverflow | Timeout))
    }
    /// Whether it is what another run of the program did. Where other passes ran, one of the two stack traces may lack frames
    /// that are neither innermost nor outermost: what may come to call its caller is a tail call, and passes find out that it may not.
    pub fn agrees(&self, expected: &Outcome, passes: Passes) -> bool {
        let errors = match (&self.error, &expected.error) {
            (Some(got), Some(expected)) if passes == Passes::Others => {
                let is_same = (got.kind, &got.message) == (expected.kind, &expected.message);
                is_same
                    && (lacks_calls(&got.trace, &expected.trace) || lacks_calls(&expected.trace, &got.trace))
            }
            (got, expected) => got == expected,
        };
        errors && self.output == expected.output
    }
    /// Output and error for people.
    pub fn text(&self) -> String {
        let output = String::from_utf8_lossy(&self.output);
        match &self.error {
            None => output.into_owned(),
            Some(error) => format!("{output}error: {}\n{:?}\n", error.message, error.trace),
        }
    }
}

/// Which passes two modes run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passes {
    /// The same: they run the same code.
    Same,
    /// Others.
    Others,
}

/// Whether a trace is another one, or that without some frames that are neither innermost nor outermost.
fn lacks_calls(fewer: &Trace, all: &Trace) -> bool {
    // Where frames are left out already, it is not known which.
    if fewer == all || fewer.omitted > 0 || all.omitted > 0 {
        return fewer == all;
    }
    let frames = |trace: &Trace| -> Vec<FrameInfo> {
        trace.innermost.iter().chain(&trace.outermost).cloned().collect()
    };
    let (fewer, all) = (frames(fewer), frames(all));
    let mut rest = all.iter();
    fewer.first() == all.first()
        && fewer.last() == all.last()
        && fewer.iter().all(|frame| rest.any(|other| other == frame))
}

/// Output of a program, shared with whoever runs it.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>);

/// Most bytes of output.
const OUTPUT: usize = 1 << 20;

struct Outside {
    output: Output,
    input: io::Cursor<Vec<u8>>,
}

impl Host for Outside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut output = self.output.0.borrow_mut();
        let room = OUTPUT.saturating_sub(output.len());
        output.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(())
    }
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        io::BufRead::read_until(&mut self.input, b'\n', line)
    }
    fn now(&mut self) -> i64 {
        0
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

/// A compiler that many programs use one after the other.
#[derive(Clone)]
struct Shared {
    jit: Rc<RefCell<Box<dyn Compiler>>>,
    /// Changes what the compiler reads, to test who compares.
    wrong: Option<fn(&Program) -> Program>,
    read: Option<Rc<Program>>,
}

impl Shared {
    /// What the compiler reads in place of a program.
    fn instead<'a>(&'a self, subject: Subject<'a>) -> Subject<'a> {
        Subject { program: self.read.as_deref().unwrap_or(subject.program), ..subject }
    }
}

impl Compiler for Shared {
    fn enter(&self) -> Enter {
        self.jit.borrow().enter()
    }
    fn function(&mut self, subject: Subject<'_>, index: u32, stack: &[u64]) -> *const u8 {
        if let (Some(wrong), None) = (self.wrong, &self.read) {
            self.read = Some(Rc::new(wrong(subject.program)));
        }
        self.jit.borrow_mut().function(self.instead(subject), index, stack)
    }
    fn waits_for_heat(&self, index: u32) -> bool {
        self.jit.borrow().waits_for_heat(index)
    }
    fn loop_start(&mut self, subject: Subject<'_>, index: u32, at: u32) -> *const u8 {
        self.jit.borrow_mut().loop_start(self.instead(subject), index, at)
    }
    fn give(&self) -> *const u8 {
        self.jit.borrow().give()
    }
    fn forget(&mut self) {
        self.jit.borrow_mut().forget();
    }
}

/// What is wrong on purpose, to test whether it is noticed.
#[derive(Clone, Copy, Default)]
pub struct Wrong {
    /// A pass that runs after the others.
    pub pass: Option<Pass>,
    /// What the native compiler reads instead of a program.
    pub native: Option<fn(&Program) -> Program>,
}

/// Compiles and runs programs.
pub struct Runner {
    /// The library with required passes only.
    plain: Compiled,
    /// The same with all passes, once that is asked for.
    optimised: OnceCell<Compiled>,
    jit: Option<Shared>,
    wrong: Wrong,
    watched: Arc<Mutex<Option<(Instant, Interrupter)>>>,
}

/// How long a program may run. Generated ones take no time; what is made smaller may do so for ever.
const TIME: Duration = Duration::from_secs(1);

/// Ends programs that run for too long, as long as somebody runs them.
fn watch(watched: &Arc<Mutex<Option<(Instant, Interrupter)>>>) {
    let watched = Arc::downgrade(watched);
    std::thread::spawn(move || {
        while let Some(watched) = watched.upgrade() {
            if let Ok(watched) = watched.lock()
                && let Some((since, interrupter)) = &*watched
                && since.elapsed() > TIME
            {
                interrupter.interrupt(Interrupt::Timeout(1000));
            }
            drop(watched);
            std::thread::sleep(Duration::from_millis(100));
        }
    });
}

/// A program that was compiled as far as all modes agree.
pub struct Checked {
    /// Lowered.
    module: Module,
    /// Linked with the library as a whole, once that is asked for.
    linked: OnceCell<Module>,
    /// What was made of it.
    made: RefCell<Vec<(Mode, Arc<Program>)>>,
    /// Its sources, for the places of errors.
    pub session: Session,
}

impl Checked {
    fn linked(&self) -> Result<&Module, String> {
        if let Some(linked) = self.linked.get() {
            return Ok(linked);
        }
        let linked = StdLibrary::shared().link(self.module.clone()).map_err(|error| error.to_string())?;
        Ok(self.linked.get_or_init(|| linked))
    }
}

/// Room for native code, in bytes.
const CODE: usize = 4 << 20;

impl Runner {
    /// Where there is no native compiler, its modes interpret.
    pub fn new(wrong: Wrong) -> Runner {
        let settings = Settings { room: CODE, ..Settings::default() };
        let jit = mochi_jit::compiler(settings, Vec::new()).ok();
        let jit = jit.map(|jit| Shared { jit: Rc::new(RefCell::new(jit)), wrong: wrong.native, read: None });
        let watched = Arc::default();
        watch(&watched);
        Runner { plain: library(Mode::Oracle, wrong), optimised: OnceCell::new(), jit, wrong, watched }
    }

    /// Leads a text through the front end; its diagnostics if it is no program.
    pub fn check(&self, text: &str) -> Result<Checked, String> {
        self.check_as("generated.mochi", text)
    }
    /// The same for a file with a name.
    pub fn check_as(&self, name: &str, text: &str) -> Result<Checked, String> {
        let mut session = Session::default();
        let file = session.sources.add(name, text.to_owned()).map_err(|_| "it is too large")?;
        let tree = session.parse(file);
        let program = (session.sink.errors() == 0).then(|| session.check(&tree));
        let module = match program {
            Some(program) if session.sink.errors() == 0 => session.lower_unlinked(&program, Counting::Off).0,
            _ => return Err(diagnostics_text(&session, Format::Human, Listing::Errors)),
        };
        // The oracle is always asked. No pass that it leaves out looks into the library, so that is compiled already.
        let required = |module: &mut Module| optimise(module, &Mode::Oracle, self.wrong);
        let oracle = self.plain.with(module.clone(), required)?;
        let made = RefCell::new(vec![(Mode::Oracle, Arc::new(oracle))]);
        Ok(Checked { module, linked: OnceCell::new(), made, session })
    }

    /// The code of a program for a mode. What several modes run is made once.
    pub fn compile(&self, checked: &Checked, mode: &Mode) -> Result<Arc<Program>, String> {
        let interpreted = mode.interpreted();
        let mut made = checked.made.borrow_mut();
        if let Some((_, program)) = made.iter().find(|(mode, _)| *mode == interpreted) {
            return Ok(Arc::clone(program));
        }
        let passes = |module: &mut Module| optimise(module, &interpreted, self.wrong);
        let program = match interpreted {
            Mode::Open => {
                let library = self.optimised.get_or_init(|| library(Mode::Open, self.wrong));
                library.with(checked.module.clone(), passes)?
            }
            _ => {
                let mut module = checked.linked()?.clone();
                passes(&mut module);
                mochi_emit::bytecode::emit(&module)
                    .map_err(|error| format!("{}: {}", error.func, error.reason))?
            }
        };
        let program = Arc::new(program);
        made.push((interpreted, Arc::clone(&program)));
        Ok(program)
    }

    /// Runs a program in a mode.
    pub fn run(&self, program: Arc<Program>, mode: &Mode, input: &str) -> Outcome {
        let output = Output::default();
        let outside = Outside { output: output.clone(), input: io::Cursor::new(input.as_bytes().to_vec()) };
        let runtime = Runtime::new(Box::new(outside), Bounds { memory: 256 << 20 });
        let mut runtime = match runtime {
            Ok(runtime) => runtime,
            Err(trap) => panic!("no memory for a program: {}", trap.message),
        };
        if std::env::var_os("MOCHI_GC_STRESS").is_some_and(|value| value == "1") {
            runtime.heap.set_stress(mochi_runtime::Stress::On);
        }
        let limits = Limits { max_depth: 10_000, max_stack: 64 << 20 };
        let mut vm = Vm::new(program, runtime, limits).unwrap_or_else(|trap| panic!("{}", trap.message));
        if let (true, Some(jit)) = (mode.is_native(), &self.jit) {
            let mut jit = jit.clone();
            jit.forget();
            let tiering = if *mode == Mode::JitHot { Tiering::After(1) } else { Tiering::Always };
            vm.compile_with(Box::new(|| Some(Box::new(jit))), tiering, 8 << 20);
        }
        let watch = |program| {
            if let Ok(mut watched) = self.watched.lock() {
                *watched = program;
            }
        };
        watch(Some((Instant::now(), vm.interrupter())));
        let ended = vm.run();
        watch(None);
        let flushed = vm.runtime.flush();
        debug_assert!(flushed.is_ok());
        let output = output.0.take();
        Outcome { output, error: ended.err() }
    }
}

fn library(mode: Mode, wrong: Wrong) -> Compiled {
    let compiled = Compiled::new(|module| optimise(module, &mode, wrong));
    compiled.unwrap_or_else(|why| panic!("the library is not compiled: {why}"))
}

fn optimise(module: &mut Module, mode: &Mode, wrong: Wrong) {
    let mut list: Vec<Pass> = match mode {
        Mode::Optimised | Mode::Jit | Mode::JitHot | Mode::Open | Mode::JitOpen => passes::PIPELINE.to_vec(),
        Mode::Debugged => {
            let left_out = mochi_driver::native::Mode::Dev.disabled_passes();
            passes::PIPELINE.iter().copied().filter(|pass| !left_out.contains(&pass.name)).collect()
        }
        Mode::Oracle | Mode::JitPlain => {
            passes::PIPELINE.iter().copied().filter(|pass| pass.required).collect()
        }
        Mode::Pass(name) => {
            passes::PIPELINE.iter().copied().filter(|pass| pass.required || pass.name == *name).collect()
        }
    };
    if *mode != Mode::Oracle {
        list.extend(wrong.pass);
    }
    passes::run_passes(module, &list, &mut passes::Options::default());
}

#[cfg(test)]
mod tests {
    use mochi_abi::TrapKind;

    use super::*;

    /// What ends with an error has these frames, innermost first: names and where they are.
    fn failed(frames: &[(&str, u32)]) -> Outcome {
        let innermost = frames
            .iter()
            .map(|&(name, at)| FrameInfo {
                name: name.to_owned(),
                span: mochi_vm::Span { lo: at, hi: at + 1 },
            })
            .collect();
        let trace = Trace { innermost, ..Trace::default() };
        let error = RuntimeError { kind: TrapKind::DivideByZero, message: "division by zero".into(), trace };
        Outcome { output: b"1\n".to_vec(), error: Some(error) }
    }

    fn check(got: &Outcome, expected: &Outcome, same: bool, others: bool) {
        for (a, b) in [(got, expected), (expected, got)] {
            assert_eq!(a.agrees(b, Passes::Same), same, "{}{}", a.text(), b.text());
            assert_eq!(a.agrees(b, Passes::Others), others, "{}{}", a.text(), b.text());
        }
    }

    const ALL: [(&str, u32); 4] = [("f", 9), ("g", 5), ("g", 7), ("main", 1)];

    #[test]
    fn other_passes_may_drop_frames_between_the_first_and_the_last() {
        check(&failed(&ALL), &failed(&ALL), true, true);
        check(&failed(&[ALL[0], ALL[2], ALL[3]]), &failed(&ALL), false, true);
        check(&failed(&[ALL[0], ALL[3]]), &failed(&ALL), false, true);
    }

    #[test]
    fn no_pass_may_drop_or_change_other_frames() {
        for wrong in [&ALL[1..], &ALL[..3], &[ALL[0]], &[]] {
            check(&failed(wrong), &failed(&ALL), false, false);
        }
        // Another place, another name, another order, and each lacks one of the other.
        let changed: [&[(&str, u32)]; 5] = [
            &[("f", 8), ALL[1], ALL[2], ALL[3]],
            &[ALL[0], ("g", 6), ALL[3]],
            &[ALL[0], ("h", 5), ALL[2], ALL[3]],
            &[ALL[0], ALL[2], ALL[1], ALL[3]],
            &[ALL[0], ("h", 3), ALL[2], ALL[3]],
        ];
        for wrong in changed {
            check(&failed(wrong), &failed(&ALL), false, false);
        }
    }

    #[test]
    fn no_pass_may_change_message_or_output() {
        let (mut message, mut output) = (failed(&ALL), failed(&ALL));
        message.error.as_mut().unwrap().message.push('!');
        output.output.push(b'2');
        let well = Outcome { error: None, ..failed(&ALL) };
        for wrong in [message, output, well] {
            check(&wrong, &failed(&ALL), false, false);
        }
    }

    #[test]
    fn what_may_not_come_back_is_no_tail_call() {
        let text = "fun apply(f: fun(int): int, x: int): int { return f(x) }\n\
                    print(apply(fun(x: int): int { return apply(fun(y: int): int { return 1 / y }, x) }, 0))\n";
        mochi_driver::stack::with_large_stack(|| {
            let runner = Runner::new(Wrong::default());
            let checked = runner.check(text).unwrap();
            let run = |mode: Mode| runner.run(runner.compile(&checked, &mode).unwrap(), &mode, "");
            check(&run(Mode::Optimised), &run(Mode::Oracle), false, true);
            check(&run(Mode::JitPlain), &run(Mode::Oracle), true, true);
            check(&run(Mode::Jit), &run(Mode::Optimised), true, true);
        });
    }
}
