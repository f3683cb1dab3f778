//! Data through all loaders: it is loaded or refused, and what was loaded survives being saved and loaded again.
//!
//! The loaders are Mochi, so the programs that call them are compiled once and run with the data as their input, in a
//! world that has nothing else.

use std::sync::{Arc, OnceLock};

use mochi_driver::{Options, Session, Source};
use mochi_runtime::host::Memory;
use mochi_runtime::{Limits, Runtime};
use mochi_vm::vm::{self, Vm};

const FORMATS: [&str; 5] = ["csv", "tsv", "json", "jsonl", "yaml"];

/// Of `Row` each kind of field; what a cell or value becomes is decided by them.
const TYPED: &str = "
    type Point { x: int  y: float }
    type Row { id: int  name: string  ok: bool  rate: float?  big: bigint?  tags: list<string>  at: Point?  more: any }
    for row in load \"-\" as Row with { format: \"FORMAT\" } { print(row) }";

/// The message of a failed comparison.
const DIFFERS: &str = "what was saved is loaded differently";

const UNTYPED: &str = "
    let rows = load \"-\" as any with { format: \"FORMAT\" }
    print(rows)
    save rows to \"copy\" with { format: \"jsonl\" }
    let again = load \"copy\" as any with { format: \"jsonl\" }
    if to_json(rows) != to_json(again) { panic(\"MESSAGE\") }";

/// Enough for every input that a fuzzer or a test makes.
const MAX_MEMORY: usize = 256 << 20;

fn programs() -> &'static [Arc<mochi_vm::Program>] {
    static PROGRAMS: OnceLock<Vec<Arc<mochi_vm::Program>>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let sources = FORMATS.iter().flat_map(|format| {
            [TYPED, UNTYPED].map(|text| text.replace("FORMAT", format).replace("MESSAGE", DIFFERS))
        });
        sources
            .map(|text| {
                let mut session = Session::new(Options::default());
                let compiled = session.compile(&Source::Inline(text));
                Arc::new(compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program)
            })
            .collect()
    })
}

/// Loads data in every format, typed and untyped. Panics when something is wrong.
#[allow(dead_code, reason = "the fuzz target takes one format at a time")]
pub fn load(data: &[u8]) {
    (0..FORMATS.len()).for_each(|format| load_as(data, format));
}

/// Loads data in the format with this number, typed and untyped. Panics when something is wrong.
pub fn load_as(data: &[u8], format: usize) {
    let format = format % FORMATS.len();
    for program in &programs()[2 * format..2 * format + 2] {
        let host = Memory { input: data.to_vec(), ..Memory::default() };
        let limits = Limits { memory: MAX_MEMORY };
        let runtime = Runtime::new(Box::new(host), limits).expect("there is memory");
        let mut vm = Vm::new(Arc::clone(program), runtime, vm::Limits::default()).expect("there is memory");
        if let Err(error) = vm.run() {
            assert_ne!(error.message, DIFFERS);
        }
    }
}
