//! What the targets that read sources share: a stack that is deep enough.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A thread with a stack for trees as deep as an input is long: texts go in, a unit comes back for each.
struct Worker {
    texts: SyncSender<String>,
    done: Mutex<Receiver<()>>,
}

/// Has `check` look at a text; it panics, which ends the process, when it finds a defect. Each target has one check.
pub fn run(check: fn(&str), text: String) {
    static WORKER: OnceLock<Worker> = OnceLock::new();
    let worker = WORKER.get_or_init(|| {
        let (texts, inbox) = sync_channel::<String>(0);
        let (outbox, done) = sync_channel(0);
        let work = move || {
            for text in inbox {
                check(&text);
                outbox.send(()).expect("the fuzzer waits");
            }
        };
        std::thread::Builder::new().stack_size(1 << 30).spawn(work).expect("a thread");
        Worker { texts, done: Mutex::new(done) }
    });
    worker.texts.send(text).expect("the worker lives");
    worker.done.lock().unwrap_or_else(PoisonError::into_inner).recv().expect("the worker lives");
}
