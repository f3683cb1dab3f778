//! Help texts.

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `mochi help`.
pub const OVERVIEW: &str = "\
mochi - run Mochi programs

Usage: mochi COMMAND [options] [arguments]

Commands:
  run FILE [ARGS]     check a program and run it; `mochi FILE` is short for it
  check FILE...       check programs without running them
  test PATH...        run the test blocks of programs
  repl                type programs and see what they do
  fmt PATH...         write programs in the one style
  init [NAME]         make a new project
  explain CODE        what a diagnostic means and how to fix it
  dump FILE           print a program at one stage of compilation
  help [COMMAND]      this text, or that of a command

Options:
  --version           print the version
  --help, -h          print this text

Examples:
  mochi run examples/hello.mochi
  mochi run -e 'print(6 * 7)'
  echo 'print(\"hi\")' | mochi run -
  mochi check --format short src/*.mochi
  mochi explain T008

Exit status: the program's own (0), 1 for diagnostics, run-time errors and failed tests, 2 for a wrong command line,
4 when `mochi test` has no test to run, 70 for a bug in mochi.
";

/// `mochi help run`.
pub const RUN: &str = "\
Usage: mochi run [options] FILE [ARGS]
       mochi run [options] -e SOURCE
       mochi run [options] -

Checks a program and runs it. `-` reads it from standard input. A file may start with `#!/usr/bin/env mochi`.
Arguments after the file are accepted; the language has no way to read them.

Options:
  -e SOURCE             the program itself
  --strict              the strict rules are errors
  --int RANGE           what the type int is: 64 bits, or big (unbounded)
  --format FORMAT       how diagnostics are written: human, short, json
  --timeout SECONDS     end the program after so long (fractions are fine)
  --max-memory MIB      end the program when its data grows larger
  --max-depth FRAMES    deepest recursion (1048576)
  --root DIR            the program's files are those in DIR, whatever links say; no commands
  --deny AREA,...       keep the program from files (fs), network (net), commands (run), environment (env);
                        also --deny-fs, --deny-net, --deny-run, --deny-env
  --disable-pass NAME   leave out an optimisation; may be repeated
  --time-passes         print how long each stage took
  --dump-ir=after:NAME  print the IR after a pass

Environment:
  MOCHI_NOW_SEED        a number: now() yields a fixed sequence
  MOCHI_GC_STRESS=1     collect garbage at every allocation
  NO_COLOR              no colours in diagnostics

Examples:
  mochi run examples/hello.mochi
  mochi run --timeout 2.5 --max-memory 64 script.mochi
";

/// `mochi help check`.
pub const CHECK: &str = "\
Usage: mochi check [options] FILE...
       mochi check [options] -e SOURCE
       mochi check [options] -

Checks programs without running them. What only `--strict` refuses is shown as a warning.

Options:
  --strict              the strict rules are errors
  --int RANGE           what the type int is: 64 bits, or big (unbounded)
  --format FORMAT       how diagnostics are written: human, short, json

Examples:
  mochi check main.mochi
  mochi check --strict --format json main.mochi
";

/// `mochi help test`.
pub const TEST: &str = "\
Usage: mochi test [options] [PATH...]

Runs the `test` blocks of programs: of files, and of all `.mochi` files below folders (`DIR` or `DIR/...`). Without a
path: of the current folder. Each block runs by itself, after all other top-level statements of its file, with an empty
standard input. What programs print is discarded.

Options:
  -k, --filter TEXT     only tests whose name contains TEXT
  --list                show the tests and run none
  --fail-fast           stop at the first failure
  --shuffle SEED        run files and tests in a random order that the number SEED decides
  --format FORMAT       how results are written: human, json (one object per line), junit
  -o, --output FILE     write them to FILE, and lines for people to standard output
  --show-output         show what failing tests printed
  -j, --jobs N          tests that run at the same time (as many as there are processors)
  --coverage[=FORMAT]   show which lines were executed: text, lcov
  --coverage-out FILE   write that to FILE
  --diagnostics FORMAT  how diagnostics are written: human, short, json
  --strict              the strict rules are errors
  --int RANGE           what the type int is: 64 bits, or big (unbounded)
  --timeout SECONDS     end a test after so long
  --max-memory MIB      end a test when its data grows larger
  --max-depth FRAMES    deepest recursion (1048576)
  --root, --deny        keep tests inside bounds, as for `mochi run`

Exit status: 0 when all tests pass, 1 when one fails or a file does not compile, 4 when there is no test.

Examples:
  mochi test tests/
  mochi test --filter parser --fail-fast src/...
  mochi test --coverage=lcov --coverage-out cover.info .
";

/// `mochi help fmt`.
pub const FMT: &str = "\
Usage: mochi fmt [options] PATH...
       mochi fmt [options] -

Writes programs in the one style: files, and all `.mochi` files below folders. `-` reads standard input and writes to
standard output. Only white space changes, and commas at the ends of lists; comments stay where they are. A file with
syntax errors is left as it is.

Options:
  --check               list the files that are not in the style, and change none
  --diff                show what would change, and change nothing
  --format FORMAT       how diagnostics are written: human, short, json

Exit status: 1 for syntax errors, and with --check or --diff when something is not in the style.

Examples:
  mochi fmt src/
  mochi fmt --check .
  mochi fmt - < draft.mochi
";

/// `mochi help init`.
pub const INIT: &str = "\
Usage: mochi init [NAME]

Makes a project in the folder NAME, by default the current one: mochi.toml, src/main.mochi with a package beside it, a
test, .gitignore. Nothing is written when one of these is there already.

Example:
  mochi init hello && mochi run hello/src/main.mochi
";

/// `mochi help repl`.
pub const REPL: &str = "\
Usage: mochi repl [options]

Reads a program input by input and runs each at once. What an input declares stays; the value of an expression is
shown unless it is none. An input goes on in the next line while a bracket, string or comment is open or something is
missing at its end; put `else` behind the `}`. An input with an error changes nothing.

On a terminal lines can be edited, recalled with the arrow keys and completed with Tab; Ctrl-C stops an input that
runs. Otherwise standard input is read without prompts; input() reads from it too.

Commands:
  :help :type EXPR :load FILE :time EXPR :ir [FUN] :reset :exit

Options:
  --strict              the strict rules are errors
  --int RANGE           what the type int is: 64 bits, or big (unbounded)
  --timeout SECONDS     end an input after so long (fractions are fine)
  --max-memory MIB      end an input when the data of all grows larger
  --max-depth FRAMES    deepest recursion (1048576)

Environment:
  MOCHI_HISTORY         the file that remembers inputs; empty for none

Example:
  printf 'let x = 20\\nx * 2 + 2\\n' | mochi repl
";

/// `mochi help explain`.
pub const EXPLAIN: &str = "\
Usage: mochi explain CODE

Prints what a diagnostic means, with a wrong and a right example. `mochi explain` alone lists all codes.

Example:
  mochi explain T008
";

/// `mochi help dump`.
pub const DUMP: &str = "\
Usage: mochi dump [--stage=STAGE] FILE
       mochi dump [--stage=STAGE] -e SOURCE

Prints a program at one stage of compilation.

Stages:
  tokens      after the lexer
  tree        after the parser
  types       after the checker
  ir          after lowering and linking
  ir-opt      after the optimiser (the default)
  bytecode    what the interpreter runs

Options:
  --stage=STAGE         the stage
  --function NAME       only this function (ir, ir-opt)
  --disable-pass NAME   leave out an optimisation; may be repeated
  --int RANGE           what the type int is: 64 bits, or big (unbounded)

Example:
  mochi dump --stage=bytecode -e 'print(1 + 2)'
";
