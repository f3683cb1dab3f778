//! The commands, in the order the overview has them.

use super::{CommandRow, Opt, Words};

/// Options that bound what runs.
macro_rules! with_limits {
    ($($opt:ident)* | $($more:ident)*) => {
        &[
            $(Opt::$opt,)*
            Opt::Timeout, Opt::MaxMemory, Opt::MaxDepth, Opt::Jit, Opt::JitHarden, Opt::Root,
            Opt::Deny, Opt::DenyFs, Opt::DenyNet, Opt::DenyRun, Opt::DenyEnv,
            $(Opt::$more,)*
        ]
    };
}

/// All commands.
pub const COMMANDS: &[CommandRow] = &[
    CommandRow {
        name: "run",
        usage: &["[options] FILE [ARGS]", "[options] -e SOURCE", "[options] -"],
        about: "check a program and run it; `mochi FILE` is short for it",
        text: "\
Checks a program and runs it. `-` reads it from standard input. A file may start with `#!/usr/bin/env mochi`.
Arguments after the file are accepted; the language has no way to read them.
",
        options: with_limits!(Inline Strict Int Diagnostics | VerboseRun JitDebug Perf Ast Ir DisablePass TimePasses DumpIr),
        operands: Words::Programs,
        sections: &[
            (
                "Environment",
                "  \
  MOCHI_NOW_SEED        a number: now() yields a fixed sequence
  MOCHI_GC_STRESS=1     collect garbage at every allocation
  MOCHI_JIT_THRESHOLD   jumps back, a call counting for four, after which a function is compiled (1500)
  MOCHI_JIT_CACHE_MB    most MiB of native code (64)
  NO_COLOR              no colours in diagnostics
",
            ),
            (
                "Examples",
                "  \
  mochi run examples/hello.mochi
  mochi run --timeout 2.5 --max-memory 64 script.mochi
",
            ),
        ],
    },
    CommandRow {
        name: "build",
        usage: &["[options] FILE", "[options] FILE -- CFLAGS"],
        about: "make an executable of a program, through C",
        text: "\
Makes an executable of a program with the C compiler of the system: the first of zig, cc, clang and gcc that is there.
What comes after `--` is passed on to it. The result behaves as under `mochi run`; in release mode run-time errors show
their place, but not the callers. Programs that use `eval` or the network need the
interpreter: `--bundle` puts it into the file.
",
        options: &[
            Opt::BuildOutput, Opt::Target, Opt::Portable, Opt::NoLibc, Opt::Mode, Opt::Emit, Opt::Cc, Opt::Linker, Opt::BuildJobs,
            Opt::Link, Opt::Memory, Opt::Stack, Opt::LinkerScript, Opt::Verify, Opt::Size, Opt::Verbose, Opt::Strict, Opt::Int, Opt::Diagnostics,
            Opt::DisablePass, Opt::TimePasses, Opt::Bundle, Opt::Timeout, Opt::MaxMemory, Opt::MaxDepth, Opt::Root,
            Opt::Deny, Opt::DenyFs, Opt::DenyNet, Opt::DenyRun, Opt::DenyEnv,
        ],
        operands: Words::Programs,
        sections: &[
            (
                "Environment",
                "  \
  MOCHI_CACHE_DIR       where results and objects of the runtime are kept (see `mochi help cache`)
  MOCHI_CACHE_MB        most MiB that this may have (256); 0 for none
",
            ),
            (
                "Environment of what was built",
                "  \
  MOCHI_MAX_MEMORY      most memory for data, in bytes or with K, M or G
  MOCHI_MAX_DEPTH       deepest recursion
  MOCHI_NOW_SEED        a number: now() yields a fixed sequence
  MOCHI_GC_STRESS=1     collect garbage at every allocation
",
            ),
            (
                "Examples",
                "  \
  mochi build examples/hello.mochi -o hello
  mochi build --mode dev --cc clang main.mochi -- -fsanitize=address
  mochi build --verify --size main.mochi
  mochi build --bundle --deny-run --root data main.mochi
  mochi build --target aarch64-linux-musl main.mochi
  mochi build --no-libc main.mochi
  mochi build --mode=embedded --memory 20K --link uart.c main.mochi
",
            ),
        ],
    },
    CommandRow {
        name: "targets",
        usage: &["[options]"],
        about: "list what programs can be built for",
        text: "\
Lists the targets of `mochi build --target`, and those that `mochi.toml` adds: how well each is tested, and with what.
With --json one object per line.
",
        options: &[Opt::Json, Opt::Diagnostics],
        operands: Words::None,
        sections: &[("Example", "  mochi targets --json\n")],
    },
    CommandRow {
        name: "check",
        usage: &["[options] FILE...", "[options] -e SOURCE", "[options] -"],
        about: "check programs without running them",
        text: "Checks programs without running them. What only `--strict` refuses is shown as a warning.\n",
        options: &[Opt::Inline, Opt::Strict, Opt::Int, Opt::Diagnostics],
        operands: Words::Programs,
        sections: &[(
            "Examples",
            "  \
  mochi check main.mochi
  mochi check --strict --format json main.mochi
",
        )],
    },
    CommandRow {
        name: "test",
        usage: &["[options] [PATH...]"],
        about: "run the test blocks of programs",
        text: "\
Runs the `test` blocks of programs: of files, and of all `.mochi` files below folders (`DIR` or `DIR/...`). Without a
path: of the current folder. Each block runs by itself, after all other top-level statements of its file, with an empty
standard input. What programs print is discarded.
",
        options: with_limits!(
            Filter List FailFast Shuffle TestFormat Json Output ShowOutput Jobs Coverage CoverageOut DiagnosticsToo
            Strict Int |
        ),
        operands: Words::Programs,
        sections: &[
            (
                "Exit status",
                "  0 when all tests pass, 1 when one fails or a file does not compile, 4 when there is no test\n",
            ),
            (
                "Examples",
                "  \
  mochi test tests/
  mochi test --filter parser --fail-fast src/...
  mochi test --coverage=lcov --coverage-out cover.info .
",
            ),
        ],
    },
    CommandRow {
        name: "bench",
        usage: &["[options] [PATH...]"],
        about: "measure the bench blocks of programs",
        text: "\
Measures how long the `bench` blocks of programs take: of files, and of all `.mochi` files below folders (`DIR` or
`DIR/...`). Without a path: of the current folder. Blocks run one after the other, each by itself: first all other
top-level statements of its file once, then the block again and again, to warm up and then to be measured. What one
execution changes outside of the block the next one finds changed. What programs print is discarded.

The table shows the median and the least time of one execution, the spread (half the distance between the quartiles)
and how many executions that is from. The values of the block's own expressions and variables count as used.
",
        options: with_limits!(Filter List Time BenchFormat Json DiagnosticsToo Strict Int |),
        operands: Words::Programs,
        sections: &[
            (
                "Exit status",
                "  0 when all blocks ran, 1 when one failed or a file does not compile, 4 when there is no block\n",
            ),
            (
                "Examples",
                "  \
  mochi bench sorting.mochi
  mochi bench --filter join --time 2 bench/...
  mochi bench --json . > before.json
",
            ),
        ],
    },
    CommandRow {
        name: "repl",
        usage: &["[options]"],
        about: "type programs and see what they do",
        text: "\
Reads a program input by input and runs each at once. What an input declares stays; the value of an expression is
shown unless it is none. An input goes on in the next line while a bracket, string or comment is open or something is
missing at its end; put `else` behind the `}`. An input with an error changes nothing.

On a terminal lines can be edited, recalled with the arrow keys and completed with Tab; Ctrl-C stops an input that
runs. Otherwise standard input is read without prompts; input() reads from it too.
",
        options: with_limits!(Strict Int |),
        operands: Words::None,
        sections: &[
            ("Commands", "  :help :type EXPR :load FILE :time EXPR :ir [FUN] :reset :exit\n"),
            ("Environment", "  MOCHI_HISTORY         the file that remembers inputs; empty for none\n"),
            ("Example", "  printf 'let x = 20\\nx * 2 + 2\\n' | mochi repl\n"),
        ],
    },
    CommandRow {
        name: "fmt",
        usage: &["[options] PATH...", "[options] -"],
        about: "write programs in the one style",
        text: "\
Writes programs in the one style: files, and all `.mochi` files below folders. `-` reads standard input and writes to
standard output. Only white space changes, and commas at the ends of lists; comments stay where they are. A file with
syntax errors is left as it is.
",
        options: &[Opt::Check, Opt::Diff, Opt::Diagnostics],
        operands: Words::Programs,
        sections: &[
            (
                "Exit status",
                "  1 for syntax errors, and with --check or --diff when something is not in the style\n",
            ),
            (
                "Examples",
                "  \
  mochi fmt src/
  mochi fmt --check .
  mochi fmt - < draft.mochi
",
            ),
        ],
    },
    CommandRow {
        name: "init",
        usage: &["[NAME]"],
        about: "make a new project",
        text: "\
Makes a project in the folder NAME, by default the current one: mochi.toml, src/main.mochi with a package beside it, a
test, .gitignore. Nothing is written when one of these is there already.
",
        options: &[],
        operands: Words::Folder,
        sections: &[("Example", "  mochi init hello && mochi run hello/src/main.mochi\n")],
    },
    CommandRow {
        name: "explain",
        usage: &["CODE"],
        about: "what a diagnostic means and how to fix it",
        text: "\
Prints what a diagnostic means, with a wrong and a right example. `mochi explain` alone lists all codes.
",
        options: &[],
        operands: Words::OneOf(|| mochi_base::Code::ALL.iter().map(|code| code.name()).collect()),
        sections: &[("Example", "  mochi explain T008\n")],
    },
    CommandRow {
        name: "dump",
        usage: &["[options] FILE", "[options] -e SOURCE"],
        about: "print a program at one stage of compilation",
        text: "Prints a program at one stage of compilation.\n",
        options: &[Opt::Inline, Opt::Stage, Opt::Function, Opt::DisablePass, Opt::Strict, Opt::Int],
        operands: Words::Programs,
        sections: &[
            (
                "Stages",
                "  \
  tokens                after the lexer
  tree                  after the parser
  types                 after the checker
  ir                    after lowering and linking
  ir-opt                after the optimiser (the default)
  bytecode              what the interpreter runs
",
            ),
            ("Example", "  mochi dump --stage=bytecode -e 'print(1 + 2)'\n"),
        ],
    },
    CommandRow {
        name: "doctor",
        usage: &["[options]"],
        about: "say what is missing on this machine, and what brings it",
        text: "\
Looks at what mochi needs or can use: the configuration, folders, limits, C compilers, which have to build a program,
linker, debugger and more. Each check is ok, warn (something optional cannot be used) or fail (something needed does
not work), and names the command that mends it.
",
        options: &[Opt::JsonLines],
        operands: Words::None,
        sections: &[
            ("Exit status", "  0 when nothing that is needed fails, otherwise 1\n"),
            (
                "Examples",
                "  \
  mochi doctor
  mochi doctor --json | grep '\"fail\"'
",
            ),
        ],
    },
    CommandRow {
        name: "cache",
        usage: &["[show | clear]"],
        about: "show or clear what builds keep",
        text: "\
Shows where the build cache is and how large, or removes all that builds put there. It never grows beyond its limit:
what was not used for longest goes first. Changed headers or libraries of the system are a reason to clear it.
",
        options: &[],
        operands: Words::OneOf(|| crate::args::CacheAction::NAMES.map(|(name, _)| name).to_vec()),
        sections: &[
            (
                "Environment",
                "  \
  MOCHI_CACHE_DIR       where it is (mochi in the user's folder for caches)
  MOCHI_CACHE_MB        most MiB that it may have (256); 0 for none
",
            ),
            ("Example", "  mochi cache clear\n"),
        ],
    },
    CommandRow {
        name: "completions",
        usage: &["SHELL"],
        about: "print completions for a shell",
        text: "\
Prints a script that completes commands, options and their values in a shell: bash, zsh or fish.
",
        options: &[],
        operands: Words::OneOf(|| super::completions::Shell::NAMES.map(|(name, _)| name).to_vec()),
        sections: &[(
            "Examples",
            "  \
  source <(mochi completions bash)                      # in ~/.bashrc
  mochi completions zsh > ~/.zfunc/_mochi               # a folder of $fpath
  mochi completions fish > ~/.config/fish/completions/mochi.fish
",
        )],
    },
    CommandRow {
        name: "help",
        usage: &["[COMMAND]"],
        about: "this text, or that of a command",
        text: "Prints an overview, or the help text of a command.\n",
        options: &[],
        operands: Words::OneOf(super::command_names),
        sections: &[],
    },
];
