//! What the syntax targets check.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};

use mochi_base::{Interner, Sink, SourceMap};

/// A thread with a stack for trees as deep as an input is long: texts go in, a unit comes back for each.
struct Worker {
    texts: SyncSender<String>,
    done: Mutex<Receiver<()>>,
}

/// Parses and verifies; panics, which ends the process, when an invariant is broken.
pub fn parse(text: String) {
    static WORKER: OnceLock<Worker> = OnceLock::new();
    let worker = WORKER.get_or_init(|| {
        let (texts, inbox) = sync_channel::<String>(0);
        let (outbox, done) = sync_channel(0);
        let work = move || inbox.iter().for_each(|text| check(&text, &outbox));
        std::thread::Builder::new().stack_size(1 << 30).spawn(work).expect("a thread");
        Worker { texts, done: Mutex::new(done) }
    });
    worker.texts.send(text).expect("the worker lives");
    worker.done.lock().unwrap_or_else(PoisonError::into_inner).recv().expect("the worker lives");
}

fn check(text: &str, done: &SyncSender<()>) {
    let mut map = SourceMap::new();
    let file = map.add("fuzz.mochi", text).expect("inputs are small");
    let (mut names, mut sink) = (Interner::new(), Sink::new());
    let tree = mochi_syntax::parse(&map, file, &mut names, &mut sink);
    if let Err(broken) = mochi_syntax::verify::verify(&tree, map.file(file), sink.errors() == 0) {
        panic!("{broken}");
    }
    // Rendering takes part: a span that no excerpt can be cut for is a defect too.
    for diagnostic in sink.diagnostics().iter().take(3) {
        let format = mochi_base::render::Format::Human(mochi_base::render::Color::Never);
        mochi_base::render::render(&map, diagnostic, format);
    }
    mochi_syntax::print::print_tree(&tree, &names);
    done.send(()).expect("the fuzzer waits");
}
