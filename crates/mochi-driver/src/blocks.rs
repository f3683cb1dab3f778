//! Running one `test` or `bench` block of a program: the top-level code, then the block, in a VM of its own.

pub mod prepare;
pub mod show;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mochi_base::SourceMap;
use mochi_lower::Place;
use mochi_runtime::runtime::SelectedBlock;
use mochi_types::blocks::Block;
use mochi_vm::Interrupt;
use mochi_vm::Interrupter;

use crate::compile::Options;
use crate::host::{KeptOutput, Process};
use crate::run::{self, Limits};

/// A compiled file whose blocks can be run, by several threads at once.
pub struct Unit {
    /// The sources, for places.
    pub sources: SourceMap,
    /// The code.
    pub program: Arc<mochi_vm::Program>,
    /// The blocks in the order of the source; a block's position is its index in the runtime.
    pub blocks: Vec<Block>,
    /// The places that the code counts.
    pub places: Vec<Place>,
    /// The module root.
    pub root: Option<PathBuf>,
    /// Choices of the compiler, also for programs of `eval`.
    pub options: Options,
}

/// How a block ended.
#[derive(Default)]
pub struct Execution {
    /// What went wrong.
    pub fault: Option<Fault>,
    /// How long the top-level code and the block took.
    pub time: Duration,
    /// The first bytes that the program wrote.
    pub output: Vec<u8>,
    /// Executions by place.
    pub counts: Vec<u64>,
    /// The block with what was measured.
    pub block: SelectedBlock,
}

impl Execution {
    /// It did not run, for this reason.
    pub fn refused(message: String) -> Execution {
        Execution { fault: Some(Fault { message, place: String::new() }), ..Execution::default() }
    }
}

/// A run-time error.
pub struct Fault {
    /// The message; the first line is what happened, further ones are details.
    pub message: String,
    /// Place and stack, or nothing where the message says all.
    pub place: String,
}

/// Bytes of output that are kept for those who want to see them.
const MOST_OUTPUT: usize = 1 << 20;

/// Runs one block. A bug of ours that shows as a panic ends this block only.
pub fn execute(unit: &Unit, block: SelectedBlock, limits: &Limits, watch: &Watch) -> Execution {
    let run = AssertUnwindSafe(|| execute_in_vm(unit, block, limits, watch));
    catch_unwind(run).unwrap_or_else(|panic| {
        Execution::refused(format!("internal error: {}", panic_message(panic.as_ref())))
    })
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

fn execute_in_vm(unit: &Unit, block: SelectedBlock, limits: &Limits, watch: &Watch) -> Execution {
    let output = KeptOutput::up_to(MOST_OUTPUT);
    let vm = run::policy(limits, unit.root.as_deref()).and_then(|policy| {
        let mut host = Process::unwatched(policy, output.clone());
        let interrupter = host.set_outer(&unit.options, limits);
        let vm = run::start(Arc::clone(&unit.program), host, limits).map_err(|(message, _)| message)?;
        // What `eval` runs ends with the block.
        let _ = interrupter.set(vm.interrupter());
        Ok(vm)
    });
    let mut vm = match vm {
        Ok(vm) => vm,
        Err(message) => return Execution::refused(message),
    };
    vm.runtime.block = block;
    vm.runtime.coverage = vec![0; unit.places.len()];
    let watched = watch.enter(vm.interrupter(), limits.timeout);
    let start = Instant::now();
    let ended = vm.run();
    let time = start.elapsed();
    drop(watched);
    // What is kept in memory can be written.
    let _ = vm.runtime.flush();
    Execution {
        fault: ended.err().map(|error| {
            // The place of an `expect` is in its message; inside of functions the way there matters too.
            let told = error.kind == mochi_abi::TrapKind::Expect && error.trace.innermost.len() <= 1;
            let place = if told { String::new() } else { run::place_and_trace(&unit.sources, &error.trace) };
            Fault { message: error.message, place }
        }),
        time,
        output: output.take(),
        counts: std::mem::take(&mut vm.runtime.coverage),
        block: std::mem::take(&mut vm.runtime.block),
    }
}

/// Ends blocks whose time is over, and all of them when nobody wants their results any more.
#[derive(Default)]
pub struct Watch {
    state: Mutex<Watched>,
    changed: Condvar,
}

#[derive(Default)]
struct Watched {
    running: Vec<Running>,
    next: u64,
    stopped: bool,
    closed: bool,
}

struct Running {
    id: u64,
    /// When its time is over, and how long that was.
    deadline: Option<(Instant, Duration)>,
    interrupter: Interrupter,
}

/// A block that is being watched.
struct Entered<'a> {
    watch: &'a Watch,
    id: u64,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, interrupter: Interrupter, timeout: Option<Duration>) -> Entered<'_> {
        let mut state = self.lock();
        if state.stopped {
            interrupter.interrupt(Interrupt::User);
        }
        let id = state.next;
        state.next += 1;
        let deadline = timeout.and_then(|t| Some((Instant::now().checked_add(t)?, t)));
        state.running.push(Running { id, deadline, interrupter });
        self.changed.notify_all();
        Entered { watch: self, id }
    }

    /// Ends all blocks, those to come included.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        state.running.iter().for_each(|running| running.interrupter.interrupt(Interrupt::User));
    }

    /// Lets [`keep_time`](Self::keep_time) return when the result is dropped, even by a panic.
    pub fn close_at_end(&self) -> impl Drop + '_ {
        struct Close<'a>(&'a Watch);
        impl Drop for Close<'_> {
            fn drop(&mut self) {
                self.0.lock().closed = true;
                self.0.changed.notify_all();
            }
        }
        Close(self)
    }

    /// Interrupts blocks at their deadlines until the watch is closed; for a thread of its own.
    pub fn keep_time(&self) {
        let mut state = self.lock();
        while !state.closed {
            let now = Instant::now();
            let mut next = None;
            state.running.retain(|running| match running.deadline {
                Some((deadline, after)) if deadline <= now => {
                    running.interrupter.interrupt(run::timed_out(after));
                    false
                }
                Some((deadline, _)) => {
                    next = Some(next.map_or(deadline, |next: Instant| next.min(deadline)));
                    true
                }
                None => true,
            });
            let poisoned = PoisonError::into_inner;
            state = match next {
                Some(next) => {
                    let wait = next.saturating_duration_since(now);
                    self.changed
                        .wait_timeout(state, wait)
                        .map(|woken| woken.0)
                        .unwrap_or_else(|e| e.into_inner().0)
                }
                None => self.changed.wait(state).unwrap_or_else(poisoned),
            };
        }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.watch.lock().running.retain(|running| running.id != self.id);
    }
}
