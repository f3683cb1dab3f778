//! Native code and what surrounds it.

use std::io;
use std::panic::AssertUnwindSafe;

use mochi_driver::{Options, Session, Source};
use mochi_jit::Settings;
use mochi_runtime::host::Host;
use mochi_runtime::{Limits, Runtime};
use mochi_vm::native::Tiering;
use mochi_vm::vm::{self, Vm};

/// A world that fails as only a bug of ours can.
struct Panics;

impl Host for Panics {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
    fn read_line(&mut self, _: &mut Vec<u8>) -> io::Result<usize> {
        panic!("a bug")
    }
    fn now(&mut self) -> i64 {
        panic!("a bug")
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

/// A panic in what native code calls goes through it, for whoever reports bugs, and does not end the process.
#[test]
fn panics_go_through_native_code() {
    let source = "fun f(n: int): int { if n == 0 { return now() } return f(n - 1) + 1 } print(f(100))";
    let mut session = Session::new(Options::default());
    let compiled = session.compile(&Source::Inline(source.into()));
    let program = compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program;
    let runtime = Runtime::new(Box::new(Panics), Limits::default()).expect("there is memory");
    let mut vm = Vm::new(program, runtime, vm::Limits::default()).expect("there is memory");
    let compiler = || mochi_jit::compiler(Settings::default(), Vec::new()).ok();
    vm.compile_with(Box::new(compiler), Tiering::Always, 1 << 18);
    let panic = std::panic::catch_unwind(AssertUnwindSafe(|| vm.run())).expect_err("the world panics");
    assert_eq!(panic.downcast_ref(), Some(&"a bug"));
}

/// The hot part of the code of a function, for people, after the program was interpreted.
fn hot_code(source: &str, function: &str) -> Option<String> {
    let options = Options { disabled_passes: vec!["inline".into()], ..Options::default() };
    let mut session = Session::new(options);
    let compiled = session.compile(&Source::Inline(source.into()));
    let program = compiled.unwrap_or_else(|_| panic!("{:?}", session.sink.diagnostics())).program;
    let index = program.funcs.iter().position(|f| f.name == function).expect("it is there");
    let runtime = Runtime::new(Box::new(Panics), Limits::default()).expect("there is memory");
    let mut vm = Vm::new(program, runtime, vm::Limits::default()).expect("there is memory");
    vm.run().unwrap_or_else(|error| panic!("{error:?}"));
    let listing = mochi_jit::list(vm.program(), vm.seen(), index as u32, &|_| None)?;
    let end = listing.find("\ncold:").unwrap_or(listing.len());
    Some(listing[..end].to_owned())
}

/// An object is found once, as long as its handle is in the same cell on all ways.
#[test]
fn objects_are_found_once() {
    let source = |change: &str| {
        format!(
            "type Node {{ value: int, next: int }}
             fun f(node: Node, other: Node, n: int): int {{
               var at = node
               var sum = at.value
               for i in 0..n {{
                 if sum > i {{ sum = sum - at.value }} else {{ sum = sum + at.next }}
                 {change}
                 at.value = sum
               }}
               return sum
             }}
             print(f(Node{{value: 1, next: 2}}, Node{{value: 3, next: 4}}, 10))"
        )
    };
    let found = |change| Some(hot_code(&source(change), "f")?.matches("  object S ").count());
    let Some(once) = found("") else { return };
    assert_eq!(once, 1);
    assert!(found("if sum % 2 == 0 { at = other }").is_some_and(|found| found > 1));
}

/// A call of a function value expects what it called when it was interpreted, up to three functions.
#[test]
fn calls_expect_what_they_called() {
    let source = |functions: &str, last: &str| {
        format!(
            "fun adder(k: int): fun(int): int {{
               return fun(x: int): int {{ if x < -1000 {{ return g(adder(k), x) }} return x + k }}
             }}
             fun scaler(x: float): fun(int): int {{ return fun(n: int): int => int(float(n) * x) }}
             fun namer(s: string): fun(int): int {{ return fun(n: int): int => n + len(s) }}
             fun plain(n: int): int {{ return n - 1 }}
             fun g(f: fun(int): int, n: int): int {{ {last} }}
             fun f(fs: list<fun(int): int>, n: int): int {{
               var sum = 0
               for i in 0..n {{ for one in fs {{ sum = one(sum) % 1000 + g(one, i) }} }}
               return sum
             }}
             print(f([{functions}], 1000))"
        )
    };
    let count = |code: &str, stencil: &str| code.matches(&format!(" {stencil} ")).count();
    for (functions, expected) in [
        ("adder(1)", 1),
        ("adder(1), adder(2)", 1),
        ("adder(1), plain", 2),
        ("adder(1), scaler(2.0), namer(\"abc\")", 3),
        ("adder(1), scaler(2.0), namer(\"abc\"), plain", 0),
    ] {
        let source = source(functions, "return f(n)");
        let Some(code) = hot_code(&source, "f") else { return };
        let counts =
            (count(&code, "closure_row S"), count(&code, "closure_is"), count(&code, "closure_open S"));
        assert_eq!(counts, (expected.min(1), expected, 1), "{functions}\n{code}");
        let code = hot_code(&source, "g").expect("it can be made");
        let counts = (count(&code, "closure_is"), count(&code, "tail_check"), count(&code, "tail"));
        assert_eq!(counts, (expected, expected, expected), "{functions}\n{code}");
    }
    let by_name = source(
        "plain",
        "if n < -2000 { return n } return h(f, n) }
         fun h(f: fun(int): int, n: int): int { if n > 5000 { return g(f, n - 1) } return f(n)",
    );
    let code = hot_code(&by_name, "g").expect("it can be made");
    assert_eq!(count(&code, "tail"), 1, "{code}");
}

/// Operators of values of any type are known, also where several functions share them.
#[test]
fn operators_of_any_are_known() {
    let source = "fun f(xs: list<any>, start: any): any {
            var sum: any = start
            for x in xs { if x < 5 { sum = sum + x * 2 } else if x == 7 { sum = sum - x } else { sum = sum % 5 / x } }
            return sum
        }
        print(f([1, 2, 7, 9], 3))";
    let Some(code) = hot_code(source, "f") else { return };
    for stencil in ["add", "sub", "mul", "div", "rem"] {
        assert_eq!(code.matches(&format!("  any_{stencil} S S S ")).count(), 1, "{stencil}\n{code}");
    }
    for stencil in ["any_compare", "any_equal", "list_of_cells"] {
        assert!(code.contains(&format!("  {stencil} ")), "{stencil}\n{code}");
    }
}
