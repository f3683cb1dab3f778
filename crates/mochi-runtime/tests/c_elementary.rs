//! Elementary functions in C have the bits of those in Rust, for special, edge and many random arguments, however the C
//! is optimised. `CC` names a compiler other than the system's, with options behind it, such as `zig cc -target wasm32-wasi`,
//! and `MOCHI_RUNNER` what runs what it makes, such as an emulator.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use mochi_runtime::elementary::{FUNCTIONS, Function};

/// Random arguments of each function; fewer where something stands between the program and the processor.
fn rounds() -> usize {
    if std::env::var_os("MOCHI_RUNNER").is_some() { 10_000 } else { 100_000 }
}

/// Arguments at which something begins or ends: for every function that has such, and for their inverses.
const EDGES: &[f64] = &[
    0.0,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::INFINITY,
    1.0,
    2.0,
    0.5,
    3.0,
    10.0,
    0.25,
    0.84375,
    1.25,
    1.0 / 0.35,
    6.0,
    8.0,
    22.0,
    28.0,
    171.0,
    172.0,
    184.0,
    512.0,
    709.75,
    709.782712893384,
    710.475,
    745.1332191019411,
    928.0,
    1024.0,
    1075.0,
    0.9,
    1.2316,
    1.7316,
    0.6744,
    0.975,
    0.4375,
    0.6875,
    1.1875,
    2.4375,
    0.34657,
    1.0397,
    38.8,
    std::f64::consts::FRAC_1_SQRT_2,
    std::f64::consts::SQRT_2,
    0.2554,
    0.5493,
    67_108_864.0,
    2.220446049250313e-16,
    1.1102230246251565e-16,
    3.725290298461914e-9,
    1.4901161193847656e-8,
    1_647_099.33,
    9_007_199_254_740_992.0,
];

/// The program that has the functions in a table, reads arguments and writes results, all as eight bytes.
fn program() -> String {
    let mut rows = String::new();
    for (name, function) in FUNCTIONS {
        rows += &match function {
            Function::One(_) => format!("    {{\"{name}\", mo_rt_float_{name}, 0}},\n"),
            Function::Two(_) => format!("    {{\"{name}\", 0, mo_rt_float_{name}}},\n"),
        };
    }
    format!(
        "#include \"roots.c\"
#include \"exponential.c\"
#include \"trigonometric.c\"
#include \"gamma.c\"
#include <stdio.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif
static const struct {{
    const char *name;
    double (*one)(double, uint32_t);
    double (*two)(double, double, uint32_t);
}} functions[] = {{
{rows}}};
static double buffer[8192];
int main(int argc, char **argv) {{
    size_t i, k, n;
#ifdef _WIN32
    _setmode(0, _O_BINARY);
    _setmode(1, _O_BINARY);
#endif
    for (k = 0; argc > 1 && strcmp(argv[1], functions[k].name); k++) {{
    }}
    while ((n = fread(buffer, 16, 4096, stdin)) > 0) {{
        for (i = 0; i < n; i++) {{
            double x = buffer[2 * i], y = buffer[2 * i + 1];
            buffer[i] = functions[k].one ? functions[k].one(x, 0) : functions[k].two(x, y, 0);
        }}
        fwrite(buffer, 8, n, stdout);
    }}
    return 0;
}}
"
    )
}

/// Builds the program; nothing without a C compiler.
fn build(optimise: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("elementary");
    fs::create_dir_all(&folder).expect("a folder");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    // Only Windows cares about how its name ends.
    let (source, made) =
        (folder.join(format!("main{optimise}.c")), folder.join(format!("main{optimise}.exe")));
    fs::write(&source, program()).expect("a source");
    let mut words = compiler.split_whitespace();
    let output = Command::new(words.next()?)
        .args(words)
        .args(["-std=c99", "-fno-strict-aliasing", "-ffp-contract=off", optimise, "-I"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runtime/c"))
        .arg(&source)
        .arg("-o")
        .arg(&made)
        .output()
        .ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(made)
}

/// What the program makes of arguments.
fn run(program: &Path, name: &str, arguments: &[(f64, f64)]) -> Vec<f64> {
    let bytes: Vec<u8> =
        arguments.iter().flat_map(|(x, y)| [x.to_le_bytes(), y.to_le_bytes()]).flatten().collect();
    let mut command = match std::env::var_os("MOCHI_RUNNER") {
        Some(runner) => {
            let mut command = Command::new(runner);
            command.arg(program);
            command
        }
        None => Command::new(program),
    };
    let mut child =
        command.arg(name).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program");
    let mut stdin = child.stdin.take().expect("its input");
    let writer = thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().expect("its output");
    writer.join().expect("no panic").expect("all was read");
    output.stdout.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight"))).collect()
}

/// Random arguments, the same in every run.
struct Draw {
    state: u64,
}

impl Draw {
    fn bits(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
    fn argument(&mut self) -> f64 {
        let kind = self.bits() % 8;
        let x = match kind {
            0 | 1 => f64::from_bits(self.bits()),
            2 | 3 => f64::from_bits((self.bits() % (72 << 52)).wrapping_add((1023 - 60) << 52)),
            4 => 60.0 * self.unit(),
            5 => 1100.0 * self.unit(),
            6 => {
                let eighths = (self.bits() % (1 << 22)) as f64;
                self.beside(eighths * std::f64::consts::FRAC_PI_4)
            }
            _ => {
                let edge = EDGES[self.bits() as usize % EDGES.len()];
                self.beside(edge)
            }
        };
        if self.bits().is_multiple_of(2) { x } else { -x }
    }
    /// A number close to one, or that itself.
    fn beside(&mut self, x: f64) -> f64 {
        let room = self.bits() % 50;
        let bits = self.bits() % (1 << room);
        if self.bits().is_multiple_of(2) {
            f64::from_bits(x.to_bits() + bits)
        } else {
            f64::from_bits(x.to_bits().saturating_sub(bits))
        }
    }
    /// A second argument: any, one of the size of the first, or a small integer.
    fn second(&mut self, x: f64) -> f64 {
        match self.bits() % 4 {
            0 => self.argument(),
            1 => x * (4.0 * self.unit() - 2.0),
            2 => (self.bits() % 64) as f64 - 32.0,
            // An exponent that makes a power which is a double.
            _ => (2100.0 * self.unit() - 1075.0) / x.abs().log2(),
        }
    }
}

fn arguments(two: bool, seed: u64) -> Vec<(f64, f64)> {
    let edges: Vec<f64> = EDGES.iter().flat_map(|&x| [x, -x]).chain([f64::NAN]).collect();
    let mut all: Vec<(f64, f64)> = match two {
        true => edges.iter().flat_map(|&x| edges.iter().map(move |&y| (x, y))).collect(),
        false => edges.iter().map(|&x| (x, 0.0)).collect(),
    };
    let mut draw = Draw { state: 0x9E37_79B9_7F4A_7C15 ^ (seed << 32) };
    all.extend((0..rounds()).map(|_| {
        let x = draw.argument();
        (x, if two { draw.second(x) } else { 0.0 })
    }));
    all
}

#[test]
fn functions_in_c_have_the_bits_of_those_in_rust() {
    let Some(programs) = ["-O0", "-O2"].into_iter().map(build).collect::<Option<Vec<_>>>() else {
        return;
    };
    let mut wrong = String::new();
    for (seed, (name, function)) in FUNCTIONS.iter().enumerate() {
        let arguments = arguments(matches!(function, Function::Two(_)), seed as u64);
        let expected: Vec<f64> = arguments
            .iter()
            .map(|&(x, y)| match function {
                Function::One(function) => function(x),
                Function::Two(function) => function(x, y),
            })
            .collect();
        for program in &programs {
            let found = run(program, name, &arguments);
            assert_eq!(found.len(), expected.len(), "results of {name}");
            let differs = |a: f64, b: f64| a.to_bits() != b.to_bits() && !(a.is_nan() && b.is_nan());
            let mut all = (0..found.len()).filter(|&i| differs(found[i], expected[i]));
            if let Some(i) = all.next() {
                let ((x, y), found, expected) = (arguments[i], found[i], expected[i]);
                let more = all.count();
                wrong += &format!("{name}({x:?}, {y:?}): {found:?}, in Rust {expected:?}, and {more} more\n");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
