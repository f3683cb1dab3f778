//! What makes native code hard to misuse: nothing is writable and executable, code is entered where it says so, and indexes
//! can be masked. And what tools rely on: stacks can be walked by frame pointers.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use mochi_driver::{Options, Session, Source};
use mochi_jit::Settings;
use mochi_jit::analyse::addresses::object_of;
use mochi_jit::analyse::{Space, analyse};
use mochi_jit::jit::Jit;
use mochi_jit::watch::{Made, Watch};
use mochi_runtime::host::Host;
use mochi_runtime::{Limits, Runtime};
use mochi_vm::code::Program;
use mochi_vm::native::{Compiler, Effort, Enter, Subject, Tiering};
use mochi_vm::vm::{self, Vm};

/// A world whose clock looks at the process.
struct World {
    output: Rc<RefCell<Vec<u8>>>,
    looks: Rc<Cell<u32>>,
}

impl Host for World {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }
    fn read_line(&mut self, _: &mut Vec<u8>) -> io::Result<usize> {
        Ok(0)
    }
    fn now(&mut self) -> i64 {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("the kernel tells");
        for line in maps.lines() {
            let rights = line.split_whitespace().nth(1).unwrap_or_default();
            assert!(!(rights.contains('w') && rights.contains('x')), "{line}");
        }
        self.looks.set(self.looks.get() + 1);
        0
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

/// A compiler whose code is looked at where it is entered.
struct Entered {
    jit: Jit,
    entries: Rc<Cell<u32>>,
}

const ENDBR64: [u8; 4] = [0xf3, 0x0f, 0x1e, 0xfa];

impl Entered {
    fn look(&self, code: *const u8) -> *const u8 {
        if !code.is_null() {
            // SAFETY: what the compiler answers is code, which may be read.
            assert_eq!(unsafe { code.cast::<[u8; 4]>().read() }, ENDBR64);
            self.entries.set(self.entries.get() + 1);
        }
        code
    }
}

impl Compiler for Entered {
    fn enter(&self) -> Enter {
        let enter = self.jit.enter();
        self.look(enter as *const u8);
        enter
    }
    fn function(&mut self, subject: Subject<'_>, index: u32, stack: &[u64]) -> *const u8 {
        let code = self.jit.function(subject, index, stack);
        self.look(code)
    }
    fn waits_for_heat(&self, index: u32) -> bool {
        self.jit.waits_for_heat(index)
    }
    fn loop_start(&mut self, subject: Subject<'_>, index: u32, at: u32) -> *const u8 {
        let code = self.jit.loop_start(subject, index, at);
        self.look(code)
    }
    fn give(&self) -> *const u8 {
        self.look(self.jit.give())
    }
    fn forget(&mut self) {
        self.jit.forget();
    }
    fn effort(&self) -> Effort {
        self.jit.effort()
    }
}

/// The code that there was: where, how much, of what.
#[derive(Clone, Default)]
struct All(Rc<RefCell<Vec<(u64, usize, String)>>>);

impl All {
    fn bytes(&self) -> usize {
        self.0.borrow().iter().map(|code| code.1).sum()
    }
    fn named(&self, address: u64) -> Option<String> {
        let all = self.0.borrow();
        let found = all.iter().find(|code| (code.0..code.0 + code.1 as u64).contains(&address));
        found.map(|code| code.2.clone())
    }
}

impl Watch for All {
    fn made(&mut self, made: &Made<'_>) {
        self.0.borrow_mut().push((made.address, made.code.len(), made.name.to_owned()));
    }
    fn gone(&mut self, _: u64) {}
}

/// What a run showed.
#[derive(Debug)]
struct Seen {
    printed: String,
    /// Times that the clock was asked.
    looks: u32,
    entries: u32,
    bytes: usize,
}

fn run(source: &str, settings: Settings, tiering: Tiering) -> Seen {
    let program = program(source);
    let (output, looks, entries, all) = (Rc::default(), Rc::default(), Rc::default(), All::default());
    let world = World { output: Rc::clone(&output), looks: Rc::clone(&looks) };
    let runtime = Runtime::new(Box::new(world), Limits::default()).expect("memory");
    let mut vm = Vm::new(program, runtime, vm::Limits::default()).expect("memory");
    let mut jit = Jit::new(settings).expect("memory for code");
    jit.watch(Box::new(all.clone()));
    let entered = Entered { jit, entries: Rc::clone(&entries) };
    vm.compile_with(Box::new(|| Some(Box::new(entered))), tiering, 1 << 20);
    let error = vm.run().err().map_or(String::new(), |error| error.message);
    vm.runtime.flush().expect("the world takes everything");
    let printed = String::from_utf8(output.borrow().clone()).expect("text") + &error;
    Seen { printed, looks: looks.get(), entries: entries.get(), bytes: all.bytes() }
}

fn program(source: &str) -> Program {
    let mut session = Session::new(Options::default());
    let compiled = session.compile(&Source::Inline(source.into()));
    compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program
}

/// Calls of all kinds, loops, and looks at the process in between.
const PROGRAM: &str = "
fun even(n: int): bool { if n == 0 { return now() == 0 } return odd(n - 1) }
fun odd(n: int): bool { if n == 0 { return false } return even(n - 1) }
fun twice(f: fun(int): int, n: int): int { return f(f(n)) }
fun more(n: any): any { return n }
fun pair(a: any, b: any): any { return [a, b] }
var total = 0
for i in 0..200 {
  let add = fun(n: int): int => n + i
  total = total + twice(add, i)
  if even(i % 10) { total = total + 1 }
  if now() != 0 { print(\"late\") }
}
let dynamic: list<any> = [more, pair]
for f in dynamic { let g: any = f(1) }
print(total)
";

#[test]
fn nothing_is_writable_and_executable_at_any_time() {
    for in_no_file in [false, true] {
        for tiering in [Tiering::Always, Tiering::After(1)] {
            let seen = run(PROGRAM, Settings { in_no_file, ..Settings::default() }, tiering);
            assert!(seen.looks > 100, "{seen:?}");
            assert!(seen.printed.ends_with("\n") && !seen.printed.contains("late"), "{seen:?}");
        }
    }
}

#[test]
fn code_is_entered_where_it_says_so() {
    for tiering in [Tiering::Always, Tiering::After(1)] {
        let seen = run(PROGRAM, Settings::default(), tiering);
        assert!(seen.entries > 5, "{seen:?}");
    }
}

/// Indexes of lists, views and strings, right ones and wrong ones.
const INDEXES: &str = "
fun at(xs: list<int>, i: int): int { return xs[i] }
fun put(xs: list<float>, i: int, x: float): float { xs[i] = x return xs[i] }
fun is(bs: list<bool>, i: int): bool { return bs[i] }
fun char(s: string, i: int): string { return s[i] }
fun sum(xs: list<int>): int { var s = 0 for i in 0..len(xs) { s = s + xs[i] * xs[len(xs) - 1 - i] } return s }
var grid = [[1, 2, 3], [4, 5, 6]]
var t = 0
for i in 0..2 { for j in 0..3 { grid[i][j] = grid[i][j] * 2 t = t + grid[i][j] } }
let s = \"a longer string\"
print(at([1, 2, 3], 2), at([1, 2, 3], -1), put([1.5, 2.5], 1, 7.0), is([true, false], 0), char(s, 3), char(s, -1), sum([3, 4, 5]), t)
";

#[test]
fn masked_indexes_are_the_same() {
    let ends =
        ["", "print(at([1], 1))", "print(put([], 0, 1.0))", "print(char(s, 15))", "print(is([true], 5))"];
    for end in ends {
        let source = format!("{INDEXES}{end}\n");
        let expected = run(&source, Settings::default(), Tiering::After(u32::MAX)).printed;
        let plain = run(&source, Settings::default(), Tiering::Always);
        let masked = run(&source, Settings { harden: true, ..Settings::default() }, Tiering::Always);
        assert_eq!((&plain.printed, &masked.printed), (&expected, &expected));
        assert!(masked.bytes > plain.bytes, "{} and {} bytes", masked.bytes, plain.bytes);
    }
}

/// Handles, with the generation of their objects, are only in the frame: no register has one from one instruction to the
/// next, for whoever reads registers. What a register has for a cell is the address of its object, for instructions that go there.
#[test]
fn no_cell_is_in_a_register() {
    for source in [PROGRAM, INDEXES] {
        let program = program(source);
        for (index, f) in (0..).zip(&program.funcs) {
            let analysis = analyse(&program, index, &mut Space::default());
            let cells = f.cells_start()..f.cells_end;
            let used =
                analysis.list.iter().flat_map(|ins| [analysis.reads(ins), analysis.writes(ins)].concat());
            for held in used.filter_map(|used| used.held()) {
                assert!(!cells.contains(&held.slot), "{}: slot {} of {cells:?}", f.name, held.slot);
            }
            let addresses: Vec<(Option<u16>, u8)> = analysis
                .list
                .iter()
                .filter_map(|ins| Some((object_of(&ins.code), ins.address?.register)))
                .collect();
            for held in (0..analysis.starts.len()).flat_map(|block| analysis.held(block)) {
                let is_address = addresses.contains(&(Some(held.slot), held.register));
                assert!(
                    is_address || !cells.contains(&held.slot),
                    "{}: slot {} of {cells:?}",
                    f.name,
                    held.slot
                );
            }
        }
    }
}

/// A world whose clock walks the native stack.
struct Walks {
    all: All,
    seen: Rc<RefCell<Vec<Vec<String>>>>,
}

impl Host for Walks {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
    fn read_line(&mut self, _: &mut Vec<u8>) -> io::Result<usize> {
        Ok(0)
    }
    fn now(&mut self) -> i64 {
        let mark = 0u64;
        let mut at = std::hint::black_box(&raw const mark);
        // SAFETY: the stack of this thread, from here towards its start, as far as native code is on it: that ends where Rust
        // entered it.
        let word = |at: *const u64| unsafe { at.read() };
        // Rust keeps no frame pointers, so the first frame is found by its return address.
        while self.all.named(word(at)).is_none() {
            at = at.wrapping_add(1);
        }
        let mut names = vec![self.all.named(word(at)).unwrap_or_default()];
        // What called Rust had pushed its frame pointer and the registers that it keeps; the frame pointer is first above
        // those that points to a frame whose return address is code.
        let is_frame = |frame: u64| {
            frame > at as u64
                && frame.is_multiple_of(16)
                && self.all.named(word((frame + 8) as *const u64)).is_some()
        };
        let mut frame = at.wrapping_add(1);
        while !is_frame(word(frame)) || self.all.named(word(frame.wrapping_add(1))).is_none() {
            frame = frame.wrapping_add(1);
        }
        while let Some(name) = self.all.named(word(frame.wrapping_add(1))) {
            names.push(name);
            frame = word(frame) as *const u64;
        }
        self.seen.borrow_mut().push(names);
        0
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

/// From a function of the runtime through all native functions to where Rust entered them, by frame pointers alone.
#[test]
fn stacks_can_be_walked_by_frame_pointers() {
    let source = "fun low(n: int): int { return now() + n }\n\
        fun middle(n: int): int { if n == 0 { return low(1) + 1 } return middle(n - 1) + 1 }\n\
        fun high(f: fun(int): int): int { return f(2) + 1 }\n\
        print(high(middle))\n";
    let options = Options { disabled_passes: vec!["inline".into()], ..Options::default() };
    let mut session = Session::new(options);
    let compiled = session.compile(&Source::Inline(source.into()));
    let program = compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program;
    let (all, seen) = (All::default(), Rc::default());
    let world = Walks { all: all.clone(), seen: Rc::clone(&seen) };
    let runtime = Runtime::new(Box::new(world), Limits::default()).expect("memory");
    let mut vm = Vm::new(program, runtime, vm::Limits::default()).expect("memory");
    let mut jit = Jit::new(Settings::default()).expect("memory for code");
    jit.watch(Box::new(all));
    let entered = Entered { jit, entries: Rc::default() };
    vm.compile_with(Box::new(|| Some(Box::new(entered))), Tiering::Always, 1 << 20);
    vm.run().expect("the program ends well");
    let mut names = seen.borrow()[0].clone();
    // What is between a function and the runtime is one of several.
    assert!(names.remove(0).starts_with("mochi:"));
    assert_eq!(names, ["low", "middle", "middle", "middle", "high", "main", "mochi:enter"]);
}
