//! `mochi repl`: reads inputs, hands them to [`Interactive`], and shows what comes of them.
//!
//! On a terminal lines are edited, remembered and completed ([`terminal`]); otherwise they are read from standard input
//! and nothing but what the inputs print is written to standard output.

mod command;
mod terminal;

use std::cell::RefCell;
use std::io::IsTerminal;
use std::rc::Rc;
use std::time::Duration;

use mochi_driver::compile::{Failure, describe};
use mochi_driver::host::BrokenPipe;
use mochi_driver::interactive::{Interactive, Rejected};
use mochi_driver::interrupt::CtrlC;
use mochi_driver::report::Listing;
use mochi_driver::run::Limits;
use mochi_driver::{EXIT_FAILURE, EXIT_PIPE, Format, Incomplete, Last, Options, Source, report};

use crate::commands::print;
use command::{Command, HELP};
use terminal::{Terminal, Typed};

/// The prompts of an input's first line and of those that follow.
const PROMPTS: [&str; 2] = [">>> ", "... "];

/// Runs the loop to its end; the exit status.
pub fn run(options: Options, limits: Limits) -> u8 {
    let ctrl_c = CtrlC::default();
    let mut repl = match Repl::new(options, limits, ctrl_c.clone()) {
        Ok(repl) => repl,
        Err(failure) => return failed(&failure),
    };
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return repl.read_all();
    }
    ctrl_c.listen();
    match Terminal::new(Rc::clone(&repl.program)) {
        Ok(terminal) => repl.talk(terminal),
        Err(error) => failed(&Failure::Message(format!("cannot use the terminal: {error}"))),
    }
}

fn failed(failure: &Failure) -> u8 {
    if let Failure::Message(message) = failure {
        report::complain(message);
    }
    EXIT_FAILURE
}

/// Whether there is more to read.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    Stop,
}

struct Repl {
    program: Rc<RefCell<Interactive>>,
    options: Options,
    limits: Limits,
    ctrl_c: CtrlC,
    broken_pipe: BrokenPipe,
    inputs: u32,
    open: Incomplete,
    /// The exit status, when something could not be shown.
    shown: u8,
}

impl Repl {
    fn new(options: Options, limits: Limits, ctrl_c: CtrlC) -> Result<Self, Failure> {
        let (program, broken_pipe) = Interactive::in_process(options.clone(), limits.clone())?;
        ctrl_c.aim_at(program.interrupter());
        Ok(Self {
            program: Rc::new(RefCell::new(program)),
            options,
            limits,
            ctrl_c,
            broken_pipe,
            inputs: 0,
            open: Incomplete::default(),
            shown: 0,
        })
    }

    /// Reads standard input to its end.
    fn read_all(&mut self) -> u8 {
        let mut line = Vec::new();
        loop {
            line.clear();
            // The inputs may read from it too.
            match mochi_driver::wait::read_line(None, &mut line) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    report::complain(format_args!("cannot read standard input: {}", describe(&error)));
                    return EXIT_FAILURE;
                }
            }
            let text = String::from_utf8_lossy(&line);
            if self.line(text.trim_end_matches(['\n', '\r'])) == Next::Stop {
                return self.status();
            }
        }
        if !self.open.text().is_empty() {
            self.finish_input();
        }
        self.status()
    }

    /// Prompts for lines until there are no more.
    fn talk(&mut self, mut terminal: Terminal) -> u8 {
        let mut next = self
            .show(&format!("mochi {}; :help lists the commands, Ctrl-D ends\n", crate::cli::help::VERSION));
        while next == Next::Go {
            let is_first = self.open.text().is_empty();
            match terminal.read(PROMPTS[usize::from(!is_first)]) {
                Ok(Typed::Line(line)) => {
                    let before = self.open.text().to_string();
                    next = self.line(&line);
                    if self.open.text().is_empty() {
                        let whole = if is_first { line } else { format!("{before}\n{line}") };
                        terminal.remember(&whole);
                    }
                }
                Ok(Typed::Cleared) => self.open = Incomplete::default(),
                Ok(Typed::End) if is_first => break,
                Ok(Typed::End) => self.finish_input(),
                Err(error) => {
                    report::complain(format_args!("cannot read the terminal: {error}"));
                    return EXIT_FAILURE;
                }
            }
        }
        self.status()
    }

    fn status(&self) -> u8 {
        if self.broken_pipe.happened() { EXIT_PIPE } else { self.shown }
    }

    /// Shows something that is no output of the program.
    fn show(&mut self, text: &str) -> Next {
        self.shown = print(text);
        if self.shown == 0 { Next::Go } else { Next::Stop }
    }

    /// Takes one line: a command, or a part of an input, which runs when it is complete.
    fn line(&mut self, line: &str) -> Next {
        if self.open.text().is_empty() {
            if line.trim().is_empty() {
                return Next::Go;
            }
            if let Some(command) = line.trim().strip_prefix(':') {
                return self.command(command);
            }
        }
        self.open.add_line(line);
        if !self.open.is_incomplete() {
            self.finish_input();
        }
        if self.broken_pipe.happened() { Next::Stop } else { Next::Go }
    }

    fn finish_input(&mut self) {
        let text = std::mem::take(&mut self.open).text().to_string();
        let source = self.typed(text);
        self.evaluate(&source, Last::Shown);
    }

    fn typed(&mut self, text: String) -> Source {
        self.inputs += 1;
        Source::Input { number: self.inputs, text }
    }

    /// Runs an input; how long it ran if it came to its end.
    fn evaluate(&mut self, source: &Source, last: Last) -> Option<Duration> {
        let running = self.ctrl_c.running();
        let ended = self.program.borrow_mut().input(source, last);
        drop(running);
        match ended {
            Ok(took) => return Some(took),
            Err(Rejected::NotRun(failure)) => self.show_failure(&failure),
            Err(Rejected::Failed(_)) if self.broken_pipe.happened() => {}
            Err(Rejected::Failed(text)) => report::to_stderr(&text),
        }
        None
    }

    fn show_failure(&self, failure: &Failure) {
        match failure {
            Failure::Diagnostics => {
                report::diagnostics(self.program.borrow().session(), Format::Human, Listing::Errors);
            }
            Failure::Message(message) | Failure::Bug(message) => report::complain(message),
        }
    }

    fn command(&mut self, text: &str) -> Next {
        match command::parse(text) {
            Ok(Command::Help) => return self.show(HELP),
            Ok(Command::Exit) => return Next::Stop,
            Ok(Command::Reset) => {
                match Self::new(self.options.clone(), self.limits.clone(), self.ctrl_c.clone()) {
                    Ok(fresh) => {
                        let Ok(program) = Rc::try_unwrap(fresh.program) else { return Next::Go };
                        *self.program.borrow_mut() = program.into_inner();
                        self.broken_pipe = fresh.broken_pipe;
                    }
                    Err(failure) => self.show_failure(&failure),
                }
            }
            Ok(Command::Load(path)) => {
                self.evaluate(&Source::File(path.into()), Last::Dropped);
            }
            Ok(Command::Time(text)) => {
                let source = self.typed(text.to_string());
                if let Some(took) = self.evaluate(&source, Last::Shown) {
                    return self.show(&format!("{:.3} ms\n", took.as_secs_f64() * 1e3));
                }
            }
            Ok(Command::Type(text)) => {
                let source = self.typed(text.to_string());
                let ty = self.program.borrow_mut().type_of(&source);
                match ty {
                    Ok(ty) => return self.show(&format!("{ty}\n")),
                    Err(failure) => self.show_failure(&failure),
                }
            }
            Ok(Command::Ir(function)) => {
                let ir = self.program.borrow().ir(function);
                match ir {
                    Ok(text) => return self.show(&text),
                    Err(failure) => self.show_failure(&failure),
                }
            }
            Err(message) => report::complain(message),
        }
        Next::Go
    }
}
