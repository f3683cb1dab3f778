//! The world as a running program sees it: standard streams, clock, files, environment, commands, network.

use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, IsTerminal, Read, Write};
use std::net::ToSocketAddrs;
use std::path::Path;
use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mochi_runtime::host::{Host, HttpRequest, HttpResponse, Replacement};

use mochi_runtime::Outcome;
use mochi_runtime::detach::Detached;
use mochi_vm::Interrupter;

use crate::compile::Options;
use crate::eval::{self, Outer};
use crate::policy::{Area, Policy};
use crate::run::Limits;
use crate::shell::{self, Group};
use crate::{http, wait};

/// The environment variable that tells programs their module root (language reference, 6.5).
const ROOT_VARIABLE: &str = "MOCHI_ROOT";

/// The process that `mochi` runs in, within the bounds of a policy.
pub struct Process {
    policy: Rc<Policy>,
    output: Output,
    interactive: bool,
    broken: BrokenPipe,
    start: Instant,
    outer: Outer,
}

/// Where a program's output goes.
enum Output {
    Stdout(io::Stdout),
    Kept(KeptOutput),
    /// Nowhere, and input is standard input: for programs of `eval`.
    Nowhere,
}

/// Output of a program that nobody watches, and that reads an empty standard input; shared with whoever runs it.
#[derive(Clone)]
pub struct KeptOutput {
    /// The first bytes.
    bytes: Rc<RefCell<Vec<u8>>>,
    /// Most bytes that are kept.
    most: usize,
}

impl KeptOutput {
    /// Keeps so many bytes and drops the rest.
    pub fn up_to(most: usize) -> Self {
        Self { bytes: Rc::default(), most }
    }

    /// What was written.
    pub fn take(&self) -> Vec<u8> {
        self.bytes.take()
    }

    fn write(&self, bytes: &[u8]) {
        let mut kept = self.bytes.borrow_mut();
        let room = self.most.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// Whether nobody reads the output any more; shared with whoever reports the end of the program.
#[derive(Clone, Default)]
pub struct BrokenPipe(Rc<Cell<bool>>);

impl BrokenPipe {
    /// Whether it has happened.
    pub fn happened(&self) -> bool {
        self.0.get()
    }
}

impl Process {
    /// The current process.
    pub fn new(policy: Policy) -> Self {
        let stdout = io::stdout();
        let interactive = stdout.is_terminal();
        Self { interactive, ..Self::with_output(policy, Output::Stdout(stdout)) }
    }

    /// The current process, with output and input of its own.
    pub fn unwatched(policy: Policy, output: KeptOutput) -> Self {
        Self::with_output(policy, Output::Kept(output))
    }

    fn with_output(policy: Policy, output: Output) -> Self {
        Self {
            policy: Rc::new(policy),
            output,
            interactive: false,
            broken: BrokenPipe::default(),
            start: Instant::now(),
            outer: Outer::default(),
        }
    }

    /// Says what programs of `eval` inherit, and returns where to put what ends them.
    pub fn set_outer(&mut self, options: &Options, limits: &Limits) -> Rc<OnceCell<Interrupter>> {
        self.outer.options = options.clone();
        self.outer.limits = limits.clone();
        Rc::clone(&self.outer.interrupter)
    }

    /// The same process for a program of `eval`.
    fn inner(&self) -> Self {
        let output = match self.output {
            Output::Stdout(_) | Output::Nowhere => Output::Nowhere,
            Output::Kept(_) => Output::Kept(KeptOutput::up_to(0)),
        };
        Self {
            policy: Rc::clone(&self.policy),
            output,
            interactive: false,
            broken: BrokenPipe::default(),
            start: self.start,
            outer: Outer { depth: self.outer.depth + 1, ..self.outer.clone() },
        }
    }

    /// What ends the program, once it runs.
    fn interrupter(&self) -> Option<&Interrupter> {
        self.outer.interrupter.get()
    }

    /// Tells later whether the output's reader has gone.
    pub fn broken_pipe(&self) -> BrokenPipe {
        self.broken.clone()
    }
}

impl Host for Process {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = match &self.output {
            Output::Stdout(stdout) => {
                let mut out = stdout.lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Output::Kept(kept) => {
                kept.write(bytes);
                Ok(())
            }
            Output::Nowhere => Ok(()),
        };
        if written.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            self.broken.0.set(true);
        }
        written
    }
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        match self.output {
            Output::Stdout(_) | Output::Nowhere => wait::read_line(self.interrupter(), line),
            Output::Kept(_) => Ok(0),
        }
    }
    fn read_input(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.output {
            Output::Stdout(_) | Output::Nowhere => wait::read(self.interrupter(), buffer),
            Output::Kept(_) => Ok(0),
        }
    }
    fn now(&mut self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }
    fn monotonic(&mut self) -> i64 {
        i64::try_from(self.start.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
    fn eval(&mut self, source: &str, room: usize) -> Outcome<Detached> {
        let inner = self.inner();
        let outer = inner.outer.clone();
        eval::evaluate(source, inner, &outer, room)
    }
    fn interactive(&self) -> bool {
        self.interactive
    }
    fn open_read(&mut self, path: &str) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(self.policy.open_read(Path::new(path))?))
    }
    fn open_write(&mut self, path: &str) -> io::Result<Box<dyn Replacement>> {
        self.policy.open_write(Path::new(path))
    }
    fn variable(&self, name: &str) -> io::Result<Option<String>> {
        self.policy.allow(Area::Environment)?;
        // Such names cannot be set, and asking the system for them panics or fails.
        if name.is_empty() || name.contains(['=', '\0']) {
            return Ok(None);
        }
        if name == ROOT_VARIABLE {
            return Ok(Some(self.policy.module_root().display().to_string()));
        }
        Ok(std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }
    fn variables(&self) -> io::Result<Vec<(String, String)>> {
        self.policy.allow(Area::Environment)?;
        let mut all: Vec<(String, String)> = std::env::vars_os()
            .filter(|(name, _)| name != ROOT_VARIABLE)
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect();
        all.push((ROOT_VARIABLE.into(), self.policy.module_root().display().to_string()));
        all.sort();
        Ok(all)
    }
    fn shell(&mut self, command: &str) -> io::Result<Vec<u8>> {
        self.policy.allow(Area::Commands)?;
        // Without a timeout, Ctrl-C at a terminal is all that ends it, and reaches those of the same group.
        let group = if self.outer.limits.timeout.is_some() { Group::Own } else { Group::Same };
        shell::run(command, self.interrupter(), group)
    }
    fn lookup(&mut self, name: &str) -> io::Result<Vec<String>> {
        self.policy.allow(Area::Network)?;
        let mut found: Vec<String> = Vec::new();
        let owned = name.to_string();
        let addresses = wait::apart(self.interrupter(), move || (owned.as_str(), 0).to_socket_addrs())??;
        for address in addresses {
            let text = address.ip().to_string();
            if !found.contains(&text) {
                found.push(text);
            }
        }
        Ok(found)
    }
    fn http(&mut self, request: &HttpRequest<'_>) -> io::Result<HttpResponse> {
        self.policy.allow(Area::Network)?;
        let (method, url) = (request.method.to_string(), request.url.to_string());
        let header = |&(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let headers: Vec<(String, String)> = request.headers.iter().map(header).collect();
        let (body, timeout, most) = (request.body.to_vec(), request.timeout, request.most);
        wait::apart(self.interrupter(), move || {
            let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let (method, url) = (method.as_str(), url.as_str());
            http::send(&HttpRequest { method, url, headers, body: &body, timeout, most })
        })?
    }
}
