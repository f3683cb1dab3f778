//! Threads that compile files and run their tests. Tests of files that are compiled come before further files, so that
//! few compiled programs are kept at a time.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use mochi_runtime::runtime::SelectedBlock;

use super::Request;
use crate::blocks::prepare::{Action, Prepared, prepare};
use crate::blocks::{Execution, Unit, Watch, execute};
use crate::{run, stack};

/// Something to be reported, in the order of files and tests.
pub enum Event<'a> {
    /// A file is compiled; its tests follow.
    File(&'a Prepared),
    /// A block of the unit ended.
    Test(&'a Unit, usize, Execution),
}

/// A test to be run.
struct Task {
    file: usize,
    /// Position among the tests of the file.
    position: usize,
    unit: Arc<Unit>,
    block: usize,
}

/// What a thread found out.
enum Found {
    File(usize, Prepared),
    Test { file: usize, position: usize, ended: Execution },
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Task>,
    next_file: usize,
    /// Files being compiled.
    compiling: usize,
    stopped: bool,
}

struct Pool<'a> {
    request: &'a Request,
    files: &'a [PathBuf],
    queue: Mutex<Queue>,
    more: Condvar,
    watch: Watch,
}

/// Compiles the files and runs their tests. Events come in order; when one is answered with `false`, it was the last.
/// Fails with a message when nobody could keep the time that tests have.
pub fn run(
    request: &Request,
    files: &[PathBuf],
    mut event: impl FnMut(usize, Event<'_>) -> bool,
) -> Result<(), String> {
    let (queue, more, watch) = Default::default();
    let pool = Pool { request, files, queue, more, watch };
    let jobs = request.jobs.or_else(|| std::thread::available_parallelism().ok().map(usize::from));
    let (send, results) = mpsc::channel();
    std::thread::scope(|scope| {
        // Also when reporting panics: nobody would wait for the keeper of time otherwise.
        let _closed = pool.watch.close_at_end();
        if request.limits.timeout.is_some() {
            let keeper = thread::Builder::new().spawn_scoped(scope, || pool.watch.keep_time());
            keeper.map_err(|error| run::no_watch(&error))?;
        }
        for job in 0..jobs.unwrap_or(1).max(1) {
            let (pool, own) = (&pool, send.clone());
            let work = move || stack::with_large_stack(|| pool.work(&own));
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                // Fewer threads do it too, and without any this one does it all before the first report.
                if job == 0 {
                    stack::with_large_stack(|| pool.work(&send));
                }
                break;
            }
        }
        drop(send);
        let mut order = Order::new(files.len(), request.action);
        for found in &results {
            order.add(found);
            if !order.report(&mut event) {
                pool.stop();
                break;
            }
        }
        // Threads that still run have nobody to report to, and end.
        drop(results);
        Ok(())
    })
}

impl Pool<'_> {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.more.notify_all();
        self.watch.stop();
    }

    fn work(&self, send: &mpsc::Sender<Found>) {
        let mut queue = self.lock();
        while !queue.stopped {
            if let Some(task) = queue.tasks.pop_front() {
                drop(queue);
                let block = SelectedBlock::once(task.block as i64);
                let ended = execute(&task.unit, block, &self.request.limits, &self.watch);
                let Task { file, position, .. } = task;
                // It fails when nobody listens any more.
                let _ = send.send(Found::Test { file, position, ended });
                queue = self.lock();
            } else if let Some(path) = self.files.get(queue.next_file) {
                let file = queue.next_file;
                queue.next_file += 1;
                queue.compiling += 1;
                drop(queue);
                let prepared = prepare(&self.request.wanted(), path);
                let tasks = self.tasks(file, &prepared);
                let _ = send.send(Found::File(file, prepared));
                queue = self.lock();
                queue.tasks.extend(tasks);
                queue.compiling -= 1;
                self.more.notify_all();
            } else if queue.compiling > 0 {
                queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
            } else {
                return;
            }
        }
    }

    fn tasks(&self, file: usize, prepared: &Prepared) -> Vec<Task> {
        let Prepared::Ready(unit, tests) = prepared else { return Vec::new() };
        if self.request.action == Action::List {
            return Vec::new();
        }
        let task = |(position, &block)| Task { file, position, unit: Arc::clone(unit), block };
        tests.iter().enumerate().map(task).collect()
    }
}

/// Puts what threads find into order.
struct Order {
    action: Action,
    files: Vec<Option<FileResults>>,
    /// The next to be reported.
    file: usize,
    position: usize,
    announced: bool,
}

struct FileResults {
    prepared: Prepared,
    ended: Vec<Option<Execution>>,
}

impl Order {
    fn new(files: usize, action: Action) -> Self {
        let files = (0..files).map(|_| None).collect();
        Self { action, files, file: 0, position: 0, announced: false }
    }

    fn add(&mut self, found: Found) {
        match found {
            Found::File(file, prepared) => {
                let tests = match &prepared {
                    Prepared::Ready(_, tests) if self.action == Action::Run => tests.len(),
                    Prepared::Ready(..) | Prepared::Nothing | Prepared::Broken(_) => 0,
                };
                let ended = (0..tests).map(|_| None).collect();
                self.files[file] = Some(FileResults { prepared, ended });
            }
            Found::Test { file, position, ended } => {
                if let Some(results) = &mut self.files[file] {
                    results.ended[position] = Some(ended);
                }
            }
        }
    }

    /// Reports what is next, as far as it is known; `false` when nothing more is wanted.
    fn report(&mut self, event: &mut impl FnMut(usize, Event<'_>) -> bool) -> bool {
        while let Some(Some(results)) = self.files.get_mut(self.file) {
            if !std::mem::replace(&mut self.announced, true)
                && !event(self.file, Event::File(&results.prepared))
            {
                return false;
            }
            if let Prepared::Ready(unit, tests) = &results.prepared {
                while let Some(ended) = results.ended.get_mut(self.position) {
                    let Some(ended) = ended.take() else { return true };
                    let block = tests[self.position];
                    self.position += 1;
                    if !event(self.file, Event::Test(unit, block, ended)) {
                        return false;
                    }
                }
            }
            // The program is not needed any more.
            self.files[self.file] = None;
            (self.file, self.position, self.announced) = (self.file + 1, 0, false);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use super::*;
    use crate::run::Limits;

    #[test]
    fn a_panic_while_reporting_ends_the_run() {
        let path = std::env::temp_dir().join(format!("mochi-pool-{}.mochi", std::process::id()));
        std::fs::write(&path, "test \"passes\" { expect true }").unwrap();
        let limits = Limits { timeout: Some(Duration::from_secs(1000)), ..Limits::default() };
        let request = Request { limits, ..Request::default() };
        let files = [path.clone()];
        let ran = catch_unwind(AssertUnwindSafe(|| run(&request, &files, |_, _| panic!("cannot report"))));
        std::fs::remove_file(path).unwrap();
        assert!(ran.is_err());
    }
}
