//! The bodies of runtime functions in C pass the vectors that those in Rust pass (`vectors`), and floats are text and
//! text is floats as in those.
//!
//! The vectors become one C program with a function for each, which runs in a child process, since a run-time error
//! ends the process.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mochi_abi::{RuntimeFn, RuntimeTy};

/// What a program has besides its functions: nothing.
const TABLES: &str = "\
const mo_type mo_types[] = {{\"\", 0, 0, 0}};
const mo_map_type mo_map_types[] = {{0, 0}};
const mo_shape mo_shapes[] = {{\"\", 0, 0, 0}};
const uint32_t mo_shapes_len = 0;
const mo_fn mo_fns[] = {{\"\", 0, 0, 0, 0, 0, 0, false}};
const uint32_t mo_fns_len = 0;
const mo_text mo_texts[] = {{\"\", 0}};
const uint32_t mo_texts_len = 0;
mo_cell mo_strs[1];
uint64_t mo_globals[1];
const uint8_t mo_global_kinds[] = {0};
const uint32_t mo_globals_len = 0;
const mo_site mo_sites[] = {{0, 0, 0, 0}};
const mo_func mo_funcs[] = {{\"\", false}};
const char *const mo_files[] = {\"\"};
const mo_line mo_lines[] = {{0, 0, \"\"}};
const uint32_t mo_lines_len = 0;
";

/// Runs the functions, each after a line with its number.
const RUN: &str = "\
void mo_program(MO_UP) {
    size_t i;
    (void)up;
    for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        int status;
        pid_t child;
        mo_buf line = {0};
        mo_buf_text(&line, \"@ \");
        mo_buf_i64(&line, (int64_t)i);
        mo_buf_char(&line, '\\n');
        mo_os_write(1, line.bytes, line.len);
        child = fork();
        if (child == 0) {
            mo_buf text = {0};
            dup2(1, 2);
            vectors[i](&text);
            mo_os_write(1, text.bytes, text.len);
            _exit(0);
        }
        waitpid(child, &status, 0);
        if (!WIFEXITED(status)) mo_os_write(1, \"killed\", 6);
    }
}
";

/// Reads values from the text of a vector and writes them as C expressions, cells all of them.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self, token: &str) -> bool {
        self.text = self.text.trim_start();
        let rest = self.text.strip_prefix(token);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    /// The bytes of a string up to its closing quote.
    fn string(&mut self) -> Vec<u8> {
        let mut out = String::new();
        let mut chars = self.text.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.text = &self.text[at + 1..];
                    return out.into_bytes();
                }
                '\\' => {
                    let escape = chars.next().expect("an escape").1;
                    let mut code = |digits: usize| {
                        let hex: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
                        char::from_u32(u32::from_str_radix(&hex, 16).expect("hex")).expect("a code point")
                    };
                    out.push(match escape {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'x' => code(2),
                        'u' => code(4),
                        'U' => code(8),
                        other => other,
                    });
                }
                c => out.push(c),
            }
        }
        panic!("a string without end");
    }

    fn word(&mut self) -> String {
        self.text = self.text.trim_start();
        let end = self.text.find([',', ' ', ']', '}', ':']).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word.to_owned()
    }

    fn cell(&mut self) -> String {
        for (word, cell) in [("none", "MO_NONE"), ("true", "MO_TRUE"), ("false", "MO_FALSE")] {
            if self.skip(word) {
                return cell.to_owned();
            }
        }
        if self.skip("\"") {
            let bytes = self.string();
            return format!("mo_str_new({}, {}, 0)", literal(&bytes), bytes.len());
        }
        for (open, close, make) in
            [("[", "]", "mo_list_new(MO_TYPE_ANY, "), ("{", "}", "mo_map_new(MO_TYPE_ANY, ")]
        {
            if self.skip(open) {
                let mut items = Vec::new();
                while !self.skip(close) {
                    items.push(self.cell());
                    let _ = self.skip(",") || self.skip(":");
                }
                let (len, items) = (items.len(), items.join(", "));
                let items =
                    if len == 0 { "NULL".to_owned() } else { format!("(const uint64_t[]){{{items}}}") };
                return format!("{make}{items}, {len}, 0)");
            }
        }
        let word = self.word();
        if let Some((numerator, denominator)) = word.split_once('/') {
            return format!("mo_rt_rat_new({}, {}, 0)", integer(numerator), integer(denominator));
        }
        if word.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) {
            return integer(&word);
        }
        format!("mo_from_f64({})", double(&word))
    }

    /// An argument of a type.
    fn argument(&mut self, ty: RuntimeTy) -> String {
        match ty {
            RuntimeTy::I64 => format!("mo_as_i64({})", self.cell()),
            RuntimeTy::F64 => double(&self.word()),
            RuntimeTy::Bool => self.word(),
            _ => self.cell(),
        }
    }
}

/// An int where one can hold the number, else a bigint.
fn integer(digits: &str) -> String {
    if let Ok(int) = digits.parse::<i64>() {
        return format!("mo_from_i64((int64_t)UINT64_C({:#x}))", int as u64);
    }
    format!("mo_rt_big_from_str({}, 10, 0)", format_args!("mo_str_new(\"{digits}\", {}, 0)", digits.len()))
}

fn double(word: &str) -> String {
    let value: f64 = word.parse().unwrap_or_else(|_| panic!("no value: {word}"));
    format!("mo_bits_f64(UINT64_C({}))", value.to_bits())
}

fn literal(bytes: &[u8]) -> String {
    let text: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
    format!("\"{text}\"")
}

/// The statement that calls a function and writes its result.
fn statement(function: RuntimeFn, args: &[String]) -> String {
    let args: String = args.iter().map(|arg| format!("{arg}, ")).collect();
    let call = format!("mo_rt_{}({args}0)", function.name());
    match function.result() {
        RuntimeTy::I64 => format!("mo_buf_i64(out, {call});"),
        RuntimeTy::Bool => format!("mo_buf_text(out, {call} ? \"true\" : \"false\");"),
        RuntimeTy::F64 => format!("mo_text_fixed(out, {call});"),
        RuntimeTy::Unit => format!("{call};"),
        _ => format!("write_value(out, {call}, true, SIZE_MAX);"),
    }
}

struct Vector {
    function: RuntimeFn,
    call: String,
    expected: String,
}

/// The vectors, and the program that runs them.
fn program() -> (Vec<Vector>, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let (mut vectors, mut program) = (Vec::new(), format!("#include \"mochi.c\"\n{TABLES}"));
    for &function in RuntimeFn::ALL {
        let text =
            std::fs::read_to_string(folder.join(format!("{}.txt", function.name()))).unwrap_or_default();
        for line in text.lines() {
            let (call, expected) = line.split_once(" ->").unwrap_or_else(|| panic!("no result: {line}"));
            let mut reader = Reader { text: call };
            let mut args = Vec::new();
            for &ty in function.params() {
                args.push(reader.argument(ty));
                reader.skip(",");
            }
            assert_eq!(reader.text, "", "in {line}");
            let (number, statement) = (vectors.len(), statement(function, &args));
            let _ = writeln!(
                program,
                "static void vector_{number}(mo_buf *out) {{\n    (void)out;\n    {statement}\n}}"
            );
            vectors.push(Vector {
                function,
                call: call.to_owned(),
                expected: expected.trim_start().to_owned(),
            });
        }
    }
    program.push_str("static void (*const vectors[])(mo_buf *) = {\n");
    for number in 0..vectors.len() {
        let _ = writeln!(program, "    vector_{number},");
    }
    program.push_str("};\n");
    program.push_str(RUN);
    (vectors, program)
}

/// Builds a program with the runtime in it; nothing without a C compiler.
fn build(name: &str, program: &str) -> Option<PathBuf> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vectors");
    std::fs::create_dir_all(&folder).unwrap();
    let (source, made) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&source, program).unwrap();
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runtime/c");
    let built = Command::new(compiler)
        .args(["-std=c99", "-fno-strict-aliasing", "-ffp-contract=off", "-I"])
        .arg(runtime)
        .arg(&source)
        .arg("-o")
        .arg(&made)
        .arg("-lpthread")
        .output()
        .ok()?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(made)
}

#[test]
fn the_bodies_in_c_pass_the_vectors() {
    let (vectors, program) = program();
    let Some(made) = build("vectors", &program) else { return };
    let output = Command::new(&made).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut wrong = String::new();
    for (number, vector) in vectors.iter().enumerate() {
        let (start, end) = (format!("@ {number}\n"), format!("@ {}\n", number + 1));
        let found = text.split_once(&start).map_or("nothing", |(_, rest)| rest);
        let found = found.split_once(&end).map_or(found, |(found, _)| found);
        let found = match found.strip_prefix("error: ") {
            Some(message) => format!("! {}", message.trim_end()),
            None => found.to_owned(),
        };
        if found != vector.expected {
            let (name, call, expected) = (vector.function.name(), &vector.call, &vector.expected);
            let _ = writeln!(wrong, "{name}({call}): expected {expected}, found {found}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Reads a float from every line of the input, and writes its bits and its forms.
const READ_FLOATS: &str = "\
#include <stdio.h>
void mo_program(MO_UP) {
    static char line[4096];
    (void)up;
    while (fgets(line, sizeof line, stdin)) {
        mo_span span;
        mo_buf text = {0};
        double value = 0;
        span.data = (const unsigned char *)line;
        span.bytes = (uint32_t)strlen(line) - 1;
        if (!mo_parse_f64(span, &value)) printf(\"none \");
        mo_text_general(&text, value);
        mo_buf_char(&text, ' ');
        mo_text_fixed(&text, value);
        printf(\"%08lx%08lx %s\\n\", (unsigned long)(mo_f64_bits(value) >> 32),
               (unsigned long)(mo_f64_bits(value) & UINT32_MAX), mo_buf_c(&text));
        mo_buf_free(&text);
    }
    fflush(stdout);
}
";

/// Text of floats: what is special, the middle between two doubles and what is just beside it, and random digits.
fn floats() -> Vec<String> {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    };
    let mut lines: Vec<String> = [
        "0",
        "-0",
        "1e400",
        "-1e400",
        "1e-400",
        "inf",
        "-Infinity",
        "nan",
        "1e99999999999999999999",
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "2.2250738585072011e-308",
        "9007199254740993",
        "9007199254740992.5",
        "0e999999",
        ".5",
        "5.",
        "1E+2",
        "0.000001e6",
        "123456789012345678901234567890",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push(format!("0.{}1e1000", "0".repeat(999)));
    for _ in 0..2000 {
        let x = f64::from_bits(random() >> 1);
        if x.is_finite() && x < f64::MAX {
            // All digits of the middle have one bit more than doubles.
            let (next, exact) = (f64::from_bits(x.to_bits() + 1), |x: f64| format!("{x:.1100e}"));
            lines.extend([exact(x), format!("{x:e}"), middle(&exact(x), &exact(next))]);
        }
    }
    for round in 0..60_000 {
        let bits = random();
        lines.push(match round % 6 {
            0 => format!("{:e}", f64::from_bits(bits)),
            1 => format!("{}", (bits >> 11) as f64 / 1000.0),
            2 => format!("{}", (bits >> 30) as f64 * 2f64.powi((random() % 200) as i32 - 100)),
            3 => format!("{:e}", 2f64.powi((bits % 2046) as i32 - 1022)),
            4 => format!("{}e{}", bits >> (random() % 64), (random() % 640) as i64 - 320),
            _ => format!("{}.{}", bits % 100_000, random() >> (random() % 64)),
        });
    }
    lines
}

/// The middle of two decimal numbers with the same exponent and number of digits; the first where they have not.
fn middle(a: &str, b: &str) -> String {
    let ((a, exponent), (b, b_exponent)) = (a.split_once('e').unwrap(), b.split_once('e').unwrap());
    if exponent != b_exponent {
        return format!("{a}e{exponent}");
    }
    let (mut digits, mut rest): (Vec<u8>, u8) = (Vec::new(), 0);
    for (a, b) in a.bytes().zip(b.bytes()).filter(|(a, _)| *a != b'.') {
        let sum = rest * 10 + (a - b'0') + (b - b'0');
        digits.push(sum / 2);
        rest = sum % 2;
    }
    digits.push(rest * 5);
    for i in (1..digits.len()).rev() {
        digits[i - 1] += digits[i] / 10;
        digits[i] %= 10;
    }
    let digits: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let (first, others) = digits.split_at(1);
    format!("{first}.{others}e{exponent}")
}

#[test]
fn floats_are_read_and_written_as_in_rust() {
    let Some(made) = build("floats", &format!("#include \"mochi.c\"\n{TABLES}{READ_FLOATS}")) else { return };
    let lines = floats();
    let input = lines.join("\n") + "\n";
    let mut child = Command::new(&made).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), lines.len());
    let mut wrong = String::new();
    for (line, found) in lines.iter().zip(text.lines()) {
        let value: f64 = line.parse().unwrap_or_else(|_| panic!("no float: {line}"));
        let (mut general, mut fixed) = (String::new(), String::new());
        mochi_runtime::format::general(&mut general, value);
        mochi_runtime::format::fixed(&mut fixed, value);
        let bits = if value.is_nan() { f64::NAN } else { value }.to_bits();
        let expected = format!("{bits:016x} {general} {fixed}");
        if found != expected && wrong.len() < 4000 {
            let _ = writeln!(wrong, "{line}\n  expected {expected}\n  found    {found}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
