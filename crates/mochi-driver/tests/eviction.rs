//! Native code in little memory: what is not used goes, what is waited in stays, and programs do not notice.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io;
use std::rc::Rc;

use mochi_driver::{Options, Session, Source};
use mochi_jit::Settings;
use mochi_jit::jit::Jit;
use mochi_runtime::host::Host;
use mochi_runtime::{Limits, Runtime, Stress};
use mochi_vm::native::{Compiler, Effort, Enter, Subject, Tiering};
use mochi_vm::vm::{self, Vm};

/// A world of which only the output is kept.
struct World(Rc<RefCell<Vec<u8>>>);

impl Host for World {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }
    fn read_line(&mut self, _: &mut Vec<u8>) -> io::Result<usize> {
        Ok(0)
    }
    fn now(&mut self) -> i64 {
        0
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

/// What a compiler was asked for, and what became of it.
#[derive(Clone, Copy, Default, Debug)]
struct Counts {
    /// Functions that got code or had it.
    given: u64,
    /// Functions that got none.
    refused: u64,
    evicted: u64,
    /// Times that more of the stack than one function waited for code.
    deep: u64,
}

/// A compiler that is watched.
struct Counted {
    jit: Jit,
    counts: Rc<RefCell<Counts>>,
}

impl Counted {
    fn count(&self, code: *const u8) -> *const u8 {
        let mut counts = self.counts.borrow_mut();
        counts.given += u64::from(!code.is_null());
        counts.refused += u64::from(code.is_null());
        counts.evicted = self.jit.evicted;
        code
    }
}

impl Compiler for Counted {
    fn enter(&self) -> Enter {
        self.jit.enter()
    }
    fn function(&mut self, subject: Subject<'_>, index: u32, stack: &[u64]) -> *const u8 {
        let code = self.jit.function(subject, index, stack);
        self.counts.borrow_mut().deep += u64::from(stack.len() > 100);
        self.count(code)
    }
    fn waits_for_heat(&self, index: u32) -> bool {
        self.jit.waits_for_heat(index)
    }
    fn loop_start(&mut self, subject: Subject<'_>, index: u32, at: u32) -> *const u8 {
        let code = self.jit.loop_start(subject, index, at);
        self.count(code)
    }
    fn give(&self) -> *const u8 {
        self.jit.give()
    }
    fn forget(&mut self) {
        self.jit.forget();
    }
    fn effort(&self) -> Effort {
        self.jit.effort()
    }
}

/// Runs a program with as much room for code as the smallest region has; what it prints.
fn run(source: &str, tiering: Tiering, stress: Stress) -> (String, Counts) {
    let options = Options { disabled_passes: vec!["inline".into()], ..Options::default() };
    let mut session = Session::new(options);
    let compiled = session.compile(&Source::Inline(source.into()));
    let program = compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program;
    let output = Rc::default();
    let mut runtime = Runtime::new(Box::new(World(Rc::clone(&output))), Limits::default()).expect("memory");
    runtime.heap.set_stress(stress);
    let mut vm = Vm::new(program, runtime, vm::Limits::default()).expect("memory");
    let counts: Rc<RefCell<Counts>> = Rc::default();
    let jit = Jit::new(Settings { room: 1, ..Settings::default() }).expect("memory for code");
    let counted = Counted { jit, counts: Rc::clone(&counts) };
    vm.compile_with(Box::new(|| Some(Box::new(counted))), tiering, 32 << 20);
    vm.run().expect("the program ends well");
    vm.runtime.flush().expect("the world takes everything");
    let printed = String::from_utf8(output.borrow().clone()).expect("text");
    (printed, *counts.borrow())
}

/// The same, interpreted.
fn interpreted(source: &str) -> String {
    // Nothing gets that hot.
    run(source, Tiering::After(u32::MAX), Stress::Off).0
}

/// So many functions that differ, each with a loop.
fn functions(count: usize) -> String {
    let mut text = String::new();
    for i in 0..count {
        let _ = writeln!(
            text,
            "fun f{i}(n: int): int {{ var s = {i} for j in 0..n {{ s = (s * {} + j) % 1000003 if s % 7 == {} {{ s = s + n }} }} return s }}",
            i % 50 + 3,
            i % 7
        );
    }
    text
}

/// A program that calls all functions, again and again.
fn rounds(count: usize, rounds: usize, n: usize) -> String {
    let mut text = functions(count);
    let calls: Vec<String> = (0..count).map(|i| format!("f{i}(n)")).collect();
    // A function for some of them, so that none is too large.
    for (i, calls) in calls.chunks(10).enumerate() {
        let _ = writeln!(text, "fun g{i}(n: int): int {{ return {} }}", calls.join(" + "));
    }
    let all: Vec<String> =
        (0..count.div_ceil(10)).map(|i| format!("total = (total + g{i}({n})) % 1000003")).collect();
    let _ = writeln!(text, "var total = 0 for r in 0..{rounds} {{ {} }} print(total)", all.join("\n"));
    text
}

#[test]
fn functions_come_and_go() {
    let source = rounds(400, 6, 20);
    let expected = interpreted(&source);
    for tiering in [Tiering::Always, Tiering::After(1)] {
        let (printed, counts) = run(&source, tiering, Stress::Off);
        assert_eq!(printed, expected, "{tiering:?} {counts:?}");
        assert!(counts.given > 700 && counts.evicted > 500, "{tiering:?} {counts:?}");
    }
}

/// What is used all the time stays, however much else comes and goes.
#[test]
fn what_is_used_stays() {
    let mut source = rounds(400, 3, 3);
    source.push_str("var more = 0 for i in 0..20000 { more = (more + f7(3)) % 1000003 } print(more)");
    let (printed, counts) = run(&source, Tiering::After(1500), Stress::Off);
    assert_eq!(printed, interpreted(&source));
    assert!(counts.given < 500 && counts.refused < 500, "{counts:?}");
}

/// Functions that call each other deeply, each waiting in the next.
fn deep(count: usize, depth: usize) -> String {
    let mut text = String::new();
    for i in 0..count {
        let next = (i + 1) % count;
        let _ = writeln!(
            text,
            "fun f{i}(n: int, s: string): int {{ if n == 0 {{ return len(s) }} \
             let t = \"${{n % 10}}\" let x = f{next}(n - 1, t) if x % 2 == 0 {{ return x + len(t) + {i} }} return x + n % {} + len(s) }}",
            i + 2
        );
    }
    let _ = writeln!(text, "for r in 0..4 {{ print(f0({depth} + r, \"abc\")) }}");
    text.replace("\"${n % 10}\"", "str(n % 10)")
}

#[test]
fn what_is_waited_in_stays() {
    // More functions than fit, and some that fit but for little.
    for count in [20, 60, 150, 500] {
        let source = deep(count, 3000);
        let expected = interpreted(&source);
        for tiering in [Tiering::Always, Tiering::After(1), Tiering::After(100)] {
            let (printed, counts) = run(&source, tiering, Stress::Off);
            assert_eq!(printed, expected, "{count} {tiering:?} {counts:?}");
            assert!(count < 150 || counts.deep > 0, "{count} {tiering:?} {counts:?}");
            assert!(count < 500 || tiering != Tiering::Always || counts.evicted > 100, "{count} {counts:?}");
        }
    }
}

/// Closures, tail calls and dynamic calls find code that went and came again.
#[test]
fn all_kinds_of_calls() {
    let mut source = functions(150);
    let list: Vec<String> = (0..150).map(|i| format!("f{i}")).collect();
    let _ = write!(
        source,
        "let fs: list<fun(int): int> = [{}]\n\
         fun tail(f: fun(int): int, n: int): int {{ return f(n) }}\n\
         let dynamic: list<any> = [{}]\n\
         var total = 0\n\
         for r in 0..5 {{\n\
           for f in fs {{ let g = fun(n: int): int => f(n) + r total = (total + f(5) + tail(f, 6) + g(3)) % 1000003 }}\n\
           for f in dynamic {{ total = (total + (f(4) as int)) % 1000003 }}\n\
         }}\n\
         print(total)\n",
        list.join(", "),
        list.join(", ")
    );
    let expected = interpreted(&source);
    for tiering in [Tiering::Always, Tiering::After(1)] {
        let (printed, counts) = run(&source, tiering, Stress::Off);
        assert_eq!(printed, expected, "{tiering:?} {counts:?}");
        assert!(tiering != Tiering::Always || counts.evicted > 100, "{tiering:?} {counts:?}");
    }
}

#[test]
fn collections_do_not_matter() {
    let source = deep(150, 300);
    let expected = interpreted(&source);
    for tiering in [Tiering::Always, Tiering::After(1)] {
        let (printed, counts) = run(&source, tiering, Stress::On);
        assert_eq!(printed, expected, "{tiering:?} {counts:?}");
    }
}

/// A program that grows, as in `mochi repl`, takes no more room each time.
#[test]
fn what_is_forgotten_takes_no_room() {
    let options = Options { disabled_passes: vec!["inline".into()], ..Options::default() };
    let mut session = Session::new(options);
    let compiled = session.compile(&Source::Inline(rounds(30, 2, 5)));
    let program = compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program;
    let runtime = Runtime::new(Box::new(World(Rc::default())), Limits::default()).expect("memory");
    let mut vm = Vm::new(program, runtime, vm::Limits::default()).expect("memory");
    let counts: Rc<RefCell<Counts>> = Rc::default();
    let jit = Jit::new(Settings { room: 1, ..Settings::default() }).expect("memory for code");
    let counted = Counted { jit, counts: Rc::clone(&counts) };
    vm.compile_with(Box::new(|| Some(Box::new(counted))), Tiering::Always, 32 << 20);
    for _ in 0..50 {
        vm.run().expect("the program ends well");
        vm.change_program(|_| ()).expect("memory");
    }
    let counts = *counts.borrow();
    assert!(counts.given > 1000 && counts.evicted == 0, "{counts:?}");
}
