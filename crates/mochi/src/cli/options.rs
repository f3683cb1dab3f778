//! The options of all commands.

use mochi_driver::dump::Stage;
use mochi_driver::policy::Area;
use mochi_driver::tier::{JitMode, Perf};
use mochi_driver::{Format, bench, coverage, native, test};

use super::{OptionRow, Value, Words};

macro_rules! options {
    ($($(#[doc = $doc:literal])* $name:ident: $short:expr, $long:literal, $value:expr, $about:literal;)*) => {
        /// An option. Those of the same name that differ in what they do or take are different ones.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Opt {
            $($(#[doc = $doc])* $name,)*
        }

        impl Opt {
            /// All options.
            #[cfg(test)]
            pub const ALL: &'static [Opt] = &[$(Opt::$name),*];

            /// The option's row.
            pub fn row(self) -> OptionRow {
                match self {
                    $(Opt::$name => OptionRow { short: $short, long: $long, value: $value, about: $about },)*
                }
            }
        }
    };
}

const INT_RANGE: Words = Words::OneOf(|| vec!["64", "big"]);
const JIT_MODE: Words = Words::OneOf(|| JitMode::NAMES.map(|(name, _)| name).to_vec());
const PERF: Words = Words::OneOf(|| Perf::NAMES.map(|(name, _)| name).to_vec());
const DIAGNOSTIC_FORMAT: Words = Words::OneOf(|| Format::NAMES.map(|(name, _)| name).to_vec());
const TEST_FORMAT: Words = Words::OneOf(|| test::Format::NAMES.map(|(name, _)| name).to_vec());
const BENCH_FORMAT: Words = Words::OneOf(|| bench::Format::NAMES.map(|(name, _)| name).to_vec());
const COVERAGE_FORMAT: Words = Words::OneOf(|| coverage::Format::NAMES.map(|(name, _)| name).to_vec());
const AREA: Words = Words::OneOf(|| Area::ALL.map(Area::name).to_vec());
const PASS: Words = Words::OneOf(mochi_driver::compile::pass_names);
const BUILD_MODE: Words = Words::OneOf(|| native::Mode::NAMES.map(|(name, _)| name).to_vec());
const EMIT: Words = Words::OneOf(|| native::Emit::NAMES.map(|(name, _)| name).to_vec());
const TARGET: Words = Words::OneOf(|| native::target::TARGETS.iter().map(|row| row.name).collect());
const STAGE: Words = Words::OneOf(|| Stage::ALL.map(Stage::name).to_vec());

options! {
    /// `-e`.
    Inline: Some('e'), "", Value::Needed("SOURCE", Words::Any), "the program itself";
    /// `--strict`.
    Strict: None, "strict", Value::None, "the strict rules are errors";
    /// `--int`.
    Int: None, "int", Value::Needed("RANGE", INT_RANGE), "what the type int is: 64 bits, or big (unbounded)";
    /// `--format` of diagnostics.
    Diagnostics: None, "format", Value::Needed("FORMAT", DIAGNOSTIC_FORMAT),
        "how diagnostics are written: human, short, json";
    /// `--diagnostics`, where `--format` is something else.
    DiagnosticsToo: None, "diagnostics", Value::Needed("FORMAT", DIAGNOSTIC_FORMAT),
        "how diagnostics are written: human, short, json";
    /// `--timeout`.
    Timeout: None, "timeout", Value::Needed("SECONDS", Words::Any), "end what runs after so long (fractions are fine)";
    /// `--max-memory`.
    MaxMemory: None, "max-memory", Value::Needed("MIB", Words::Any), "end what runs when its data grows larger (fractions too)";
    /// `--max-depth`.
    MaxDepth: None, "max-depth", Value::Needed("FRAMES", Words::Any), "deepest recursion (1048576)";
    /// `--jit`.
    Jit: None, "jit", Value::Needed("MODE", JIT_MODE),
        "what is compiled while it runs: off, auto (what runs often), always (everything)";
    /// `--jit-harden`.
    JitHarden: None, "jit-harden", Value::None, "compiled code masks indexes, so that none is read beyond the end by speculation";
    /// `--jit-debug`.
    JitDebug: None, "jit-debug", Value::None, "tell GDB of compiled code: names, lines, callers";
    /// `--perf`.
    Perf: None, "perf", Value::Needed("FORMAT", PERF),
        "tell `perf` of compiled code: map (names, in /tmp/perf-PID.map),\n\
         dump (lines too, in /tmp/jit-PID.dump)";
    /// `--verbose` of `run`.
    VerboseRun: Some('v'), "verbose", Value::None, "say why nothing is compiled, where that is so";
    /// `--root`.
    Root: None, "root", Value::Needed("DIR", Words::Folder),
        "programs' files are those in DIR, whatever links say; no commands";
    /// `--deny`.
    Deny: None, "deny", Value::Needed("AREA,...", AREA),
        "keep programs from files (fs), network (net), commands (run), environment (env);\n\
         also --deny-fs, --deny-net, --deny-run, --deny-env";
    /// `--deny-fs`.
    DenyFs: None, "deny-fs", Value::None, "";
    /// `--deny-net`.
    DenyNet: None, "deny-net", Value::None, "";
    /// `--deny-run`.
    DenyRun: None, "deny-run", Value::None, "";
    /// `--deny-env`.
    DenyEnv: None, "deny-env", Value::None, "";
    /// `--disable-pass`.
    DisablePass: None, "disable-pass", Value::Needed("NAME", PASS), "leave out an optimisation; may be repeated";
    /// `--time-passes`.
    TimePasses: None, "time-passes", Value::None, "print how long each stage took";
    /// `--ast`.
    Ast: None, "ast", Value::None, "print the tree of the program first";
    /// `--ir`.
    Ir: None, "ir", Value::None, "print the interpreter's code of the program first";
    /// `--dump-ir`.
    DumpIr: None, "dump-ir", Value::Needed("after:NAME", Words::Any), "print the IR after a pass";
    /// `--stage`.
    Stage: None, "stage", Value::Needed("STAGE", STAGE), "the stage";
    /// `--function`.
    Function: None, "function", Value::Needed("NAME", Words::Any), "only this function (ir, ir-opt)";
    /// `--filter`.
    Filter: Some('k'), "filter", Value::Needed("TEXT", Words::Any), "only blocks whose name contains TEXT";
    /// `--list`.
    List: None, "list", Value::None, "show the blocks and run none";
    /// `--fail-fast`.
    FailFast: None, "fail-fast", Value::None, "stop at the first failure";
    /// `--shuffle`.
    Shuffle: None, "shuffle", Value::Needed("SEED", Words::Any),
        "run files and blocks in a random order that the number SEED decides";
    /// `--format` of `test`.
    TestFormat: None, "format", Value::Needed("FORMAT", TEST_FORMAT),
        "how results are written: human, json (one object per line), junit";
    /// `--format` of `bench`.
    BenchFormat: None, "format", Value::Needed("FORMAT", BENCH_FORMAT),
        "how results are written: human, json (one object per line)";
    /// `--json`.
    Json: None, "json", Value::None, "short for --format json";
    /// `--json`, where there is no other format.
    JsonLines: None, "json", Value::None, "one JSON object per line";
    /// `--time`.
    Time: None, "time", Value::Needed("SECONDS", Words::Any), "how long each block is measured (0.5)";
    /// `--output`.
    Output: Some('o'), "output", Value::Needed("FILE", Words::Path),
        "write them to FILE, and lines for people to standard output";
    /// `--output` of `build`.
    BuildOutput: Some('o'), "output", Value::Needed("FILE", Words::Path), "write the result to FILE";
    /// `--mode`.
    Mode: None, "mode", Value::Needed("MODE", BUILD_MODE),
        "release (fast), dev (whole stack traces, for debuggers), embedded (small, for boards)";
    /// `--emit`.
    Emit: None, "emit", Value::Needed("KIND", EMIT), "what is made: exe, c, obj, asm";
    /// `--target`.
    Target: None, "target", Value::Needed("NAME", TARGET), "what to build for (this machine); `mochi targets` lists them";
    /// `--portable`.
    Portable: None, "portable", Value::None, "a static executable for any Linux of this machine's architecture";
    /// `--no-libc`.
    NoLibc: None, "no-libc", Value::None, "without a C library, by calls of the Linux kernel alone: small, and needs nothing but that";
    /// `--memory`.
    Memory: None, "memory", Value::Needed("SIZE", Words::Any),
        "memory of a machine without an operating system: data, heap and stack (64K)";
    /// `--stack`.
    Stack: None, "stack", Value::Needed("SIZE", Words::Any), "how much of that is stack (a quarter, 4K at least)";
    /// `--linker-script`.
    LinkerScript: None, "linker-script", Value::Needed("FILE", Words::Path),
        "where everything is on such a machine, instead of code at 0 and memory at 0x20000000";
    /// `--link`.
    Link: None, "link", Value::Needed("FILE", Words::Path), "link a file of C, an object or a library too (may be repeated)";
    /// `--cc`.
    Cc: None, "cc", Value::Needed("COMPILER", Words::Path), "the C compiler: a name or a path";
    /// `--linker`.
    Linker: None, "linker", Value::Needed("LINKER", Words::Path),
        "what links: lld, system, a name or a path (LLD where it is there)";
    /// `--jobs` of `build`.
    BuildJobs: Some('j'), "jobs", Value::Needed("N", Words::Any),
        "commands that run at the same time (as many as are useful)";
    /// `--bundle`.
    Bundle: None, "bundle", Value::None,
        "put mochi itself and the program into one file, without a C compiler; it keeps to\n\
         the limits that are given here, as for `mochi run`";
    /// `--verify`.
    Verify: None, "verify", Value::None, "build twice, without the cache, and fail when the results differ";
    /// `--size`.
    Size: None, "size", Value::None, "show where the bytes of the executable come from";
    /// `--verbose`.
    Verbose: Some('v'), "verbose", Value::None, "show each command and how long it took";
    /// `--show-output`.
    ShowOutput: None, "show-output", Value::None, "show what failing tests printed";
    /// `--jobs`.
    Jobs: Some('j'), "jobs", Value::Needed("N", Words::Any),
        "blocks that run at the same time (as many as there are processors)";
    /// `--coverage`.
    Coverage: None, "coverage", Value::Optional("FORMAT", COVERAGE_FORMAT),
        "show which lines were executed: text, lcov";
    /// `--coverage-out`.
    CoverageOut: None, "coverage-out", Value::Needed("FILE", Words::Path), "write that to FILE";
    /// `--check`.
    Check: None, "check", Value::None, "list the files that are not in the style, and change none";
    /// `--diff`.
    Diff: None, "diff", Value::None, "show what would change, and change nothing";
    /// `--help`.
    Help: Some('h'), "help", Value::None, "print the help text of the command";
}
