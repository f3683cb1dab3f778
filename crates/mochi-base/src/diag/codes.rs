//! The table of all diagnostics, one row per code: `P` syntax, `T` types, `R` run time, `M` packages and
//! foreign modules, `E` emitting and linking.
//!
//! Codes and conditions of `P` and `T` are those of the language reference (2.8 and 3.6); the words are ours. Messages
//! say what was expected and what was found, helps say what to write instead. A code is never reused.
#![allow(non_camel_case_types)]

use super::{Diagnostic, Severity, Span};

diagnostics! {
    // ----------------------------------------------------------------------------------------------------- syntax

    /// A block or another part in braces is missing or not closed.
    P001 { expected, found } error "expected {expected}, found {found}"
        help "Blocks are written in braces, also around a single statement: `if ready {{ start() }}`.";
    /// Reserved: a bracket or parenthesis is missing.
    P002 { expected, found } error "expected {expected}, found {found}"
        help "Close every `[` and `(` that is open here.";
    /// Reserved: a function body is missing.
    P010 { found } error "expected a function body, found {found}"
        help "Write the body in braces, or `=>` and an expression after a `fun` that is a value.";
    /// Reserved: a loop body is missing.
    P011 { found } error "expected a loop body, found {found}"
        help "Write the body in braces: `for x in xs {{ ... }}`.";
    /// Reserved: the body of a declaration is missing.
    P020 { found } error "expected a declaration body, found {found}"
        help "Write the members in braces: `type Point {{ x: int y: int }}`.";
    /// A name was expected.
    P030 { what, found } error "expected {what}, found {found}"
        help "A name starts with a letter or `_`. Reserved words such as `in` or `load` cannot be names.";
    /// `let` is not followed by a name.
    P031 { found } error "expected a name after `let`, found {found}"
        help "Write `let name = value`. Reserved words such as `in` or `load` cannot be names.";
    /// A string that is never closed, or a character that the language does not use.
    P040 { what } error "{what}"
        help "A string starts and ends with `\"`; there are no single-quoted strings, and `@ ' & ^ ~ $ \\` mean nothing outside of one.";
    /// An escape that strings do not have.
    P041 { escape } error "unknown escape `{escape}` in a string"
        help "Escapes are \\\\ \\\" \\n \\r \\t \\b \\f \\v \\a, \\xHH, \\uHHHH, \\UHHHHHHHH and three octal digits. Write \\\\ for a backslash.";
    /// A block comment that is never closed.
    P042 error "this block comment is never closed"
        help "Close it with `*/`. Block comments do not nest.";
    /// A literal that runs straight into a name.
    P043 { literal, tail } error "`{tail}` is glued to the literal `{literal}`"
        help "Put a space or an operator between them. Numbers have no digit separators and no suffixes.";
    /// An integer literal beyond 64 bits.
    P045 { literal } error "`{literal}` does not fit a 64-bit integer"
        help "The largest integer literal is 9223372036854775807. Write larger ones as a float, or compute them as `bigint`.";
    /// A base prefix without digits.
    P046 { prefix } error "`{prefix}` has no digits"
        help "Write at least one digit after the prefix: `0xFF`, `0b101`, `0o17`.";
    /// A `*` where none fits, such as without a left operand.
    P050 { expected } error "expected {expected}, found `*`"
        help "`*` multiplies two values and needs one on each side. There are no pointers and no `**`.";
    /// A comma is missing between two elements.
    P051 { found } error "expected `,` before {found}"
        help "Separate the elements by commas.";
    /// A parenthesis that is not closed or not opened.
    P052 { expected, found } error "expected {expected}, found {found}"
        help "Every `(` needs its `)`. Arguments and parameters take no trailing comma.";
    /// A `}` that closes nothing, or closes too early.
    P053 { expected } error "expected {expected}, found `}}`"
        help "Remove it, or open the block that it should close.";
    /// A `:` where none fits.
    P054 { expected } error "expected {expected}, found `:`"
        help "A `:` stands between a name and its type, a key and its value, or the bounds of a slice.";
    /// A `.` where none fits.
    P055 { expected } error "expected {expected}, found `.`"
        help "Write a field as `value.name`, a fraction with digits on both sides (`0.5`), a range as `for i in a..b`.";
    /// A `let` where none fits, such as inside an expression.
    P056 { expected } error "expected {expected}, found `let`"
        help "`let` starts a statement and has no value; put it before the expression that needs the name.";
    /// An index with nothing inside.
    P060 error "this index is empty"
        help "Write an index (`xs[0]`), or at least one bound of a slice (`xs[1:]`, `xs[:n]`).";
    /// A match arm with neither value nor block.
    P061 error "this match arm has no result"
        help "Write a value or a block after the pattern: `1 => \"one\"`.";
    /// An empty path in `load` or `save`.
    P062 { keyword } error "the path of `{keyword}` is empty"
        help "Leave the path out for standard input or output: `load as T`, `save xs`.";
    /// Something that is no pattern to the left of `=>`.
    P063 error "this is not a pattern"
        help "A pattern is a literal, a name, `Variant(patterns)` or `_`. Use `if` for other conditions.";
    /// An import from a language that is not known.
    P064 { lang } error "unknown import language `{lang}`"
        help "Known are go, python, typescript, zig, lua, clj and clojure. Leave it out to import a Mochi package.";
    /// A statement without effect.
    P065 error "this expression is computed and thrown away"
        help "Assign it (`let x = ...`), return it, or remove it. Only calls and data access stand alone.";
    /// The tree breaks one of its own rules.
    P070 { what } error "internal error: {what}"
        help "This is a defect of the compiler. Please report it with the source that shows it.";
    /// Deeper nesting than the compiler can take.
    P071 { limit } error "nested too deeply: more than {limit} levels"
        help "Name an inner part with `let`, or move it into a function. Generated data is better loaded from a file.";
    /// Anything else that the grammar does not allow.
    P999 { expected, found } error "expected {expected}, found {found}"
        help "Check the text just before this place for a missing operator, comma or bracket.";

    // ------------------------------------------------------------------------------------------------------ types

    /// A declaration with neither a type nor a value.
    T000 { name } error "`{name}` has neither a type nor a value"
        help "Give it a value (`let {name} = 0`) or a type (`let {name}: int`).";
    /// Assignment to a name that is not declared.
    T001 { name } error "assignment to `{name}`, which is not declared"
        help "Declare it first: `var {name} = ...`.";
    /// A variable that is not declared, or not yet.
    T002 { name } error "undefined variable `{name}`"
        help "Declare it before this line, or check the spelling.";
    /// A call of a function that does not exist.
    T003 { name } error "undefined function `{name}`"
        help "Define it with `fun {name}(...)`, or check the spelling.";
    /// A call of something that is not a function.
    T004 { found } error "a value of type {found} cannot be called"
        help "Only functions can be called. Write an operator if this is no call: line ends do not separate `a` and `(b)`.";
    /// A method parameter without a type.
    T005 { name } error "parameter `{name}` of a method has no type"
        help "Write its type: `{name}: int`.";
    /// More arguments than parameters.
    T006 { name, expected, found } error "too many arguments for `{name}`: expected {expected}, got {found}"
        help "Remove the extra arguments. (Fewer arguments give a function that waits for the rest.)";
    /// An argument of the wrong type.
    T007 { name, expected, found } error "argument of `{name}`: expected {expected}, got {found}"
        help "Pass a value of the parameter's type, or convert it: `value as {expected}`.";
    /// A value of another type than its place demands.
    T008 { expected, found } error "type mismatch: expected {expected}, got {found}"
        help "Change the value or the declared type, or convert it: `value as {expected}`.";
    /// An assigned value that does not fit the variable.
    T009 { name, expected, found } error "cannot assign {found} to `{name}` of type {expected}"
        help "Assign a value of type {expected}, or convert it: `value as {expected}`.";
    /// A returned value that does not fit the result type.
    T010 { expected, found } error "this function returns {expected}, not {found}"
        help "Return a value of type {expected}, or change the result type of the function.";
    /// An `expect` of something that is no bool.
    T011 { found } error "`expect` needs a bool, got {found}"
        help "Write a comparison: `expect f(1) == 2`.";
    /// Operands that cannot be compared.
    T013 { op, left, right } error "`{op}` cannot compare {left} with {right}"
        help "Compare values of one type, or convert one side with `as`.";
    /// An expression that the parser could not complete.
    T014 error "this expression is malformed"
        help "Write a literal, a name, a call or a value in parentheses.";
    /// An index that is not an integer.
    T015 { found } error "an index must be int, got {found}"
        help "Index lists and strings with an int: `xs[i]`, `xs[i as int]`.";
    /// An index expression that is missing.
    T016 error "the index is missing"
        help "Write an index or at least one bound: `xs[0]`, `xs[1:]`.";
    /// A slice of a map.
    T017 error "a map cannot be sliced"
        help "Read one entry with `m[key]`, or slice the list `keys(m)`.";
    /// An index into something without elements.
    T018 { found } error "a value of type {found} cannot be indexed"
        help "Only lists, maps and strings have elements. Check first that the value is not `none`.";
    /// A map key of the wrong type.
    T019 { expected, found } error "the keys of this map are {expected}, got {found}"
        help "Use a key of type {expected}. In a literal, parenthesise a variable that is the key: `{{(k): v}}`.";
    /// An operator that does not apply to its operands.
    T020 { op, operands } error "`{op}` does not apply to {operands}"
        help "Convert one side with `as`, or to text with `str(...)`.";
    /// An operator that does not exist.
    T021 { op } error "unknown operator `{op}`"
        help "See the operators in docs/language.md.";
    /// A loop over something that has no elements.
    T022 { found } error "cannot iterate over {found}"
        help "`for` takes a list, a map (its keys), a string (its characters) or a range `a..b`.";
    /// A range bound that is not an integer.
    T023 { found } error "the bounds of a range must be int, got {found}"
        help "Convert the bound: `x as int`.";
    /// Assignment to a name that does not change.
    T024 { name } error "cannot assign to `{name}`, which is declared with `let`"
        help "Declare it with `var` if it is to change.";
    /// A type name that is not declared.
    T025 { name } error "unknown type `{name}`"
        help "Declare it with `type {name} {{ ... }}`, or check the spelling.";
    /// A field that the type does not have.
    T026 { name, ty, fields } error "{ty} has no field `{name}`"
        help "Its fields are: {fields}.";
    /// A field of something that has no fields.
    T027 { name, ty } error "a value of type {ty} has no field `{name}`"
        help "Only structs and maps with string keys have fields. Check first that the value is not `none`.";
    /// A URL that is not a string.
    T028 { found } error "the URL of `fetch` must be string, got {found}"
        help "Write `fetch \"https://...\" into name`.";
    /// Options of `fetch` that are not a map.
    T029 { what, found } error "the options of `{what}` must be a map, got {found}"
        help "Write `with {{method: \"POST\", body: data}}`.";
    /// An option of `fetch` with the wrong type.
    T030 { what, name, expected, found } error "the option `{name}` of `{what}` must be {expected}, got {found}"
        help "See docs/language.md for the options of `{what}`.";
    /// A stream that is not declared.
    T031 { name } error "unknown stream `{name}`"
        help "Declare it first: `stream {name} {{ ... }}`.";
    /// A query over something that is not a list.
    T032 { found } error "cannot query {found}"
        help "`from x in xs` takes a list, a group, a map (its keys) or a string.";
    /// A `where` that is not a bool.
    T033 { found } error "`where` needs a bool, got {found}"
        help "Write a comparison: `where p.age > 18`.";
    /// A join with something that is not a list.
    T034 { found } error "cannot join {found}"
        help "`join y in ys` takes a list, a group, a map (its keys) or a string.";
    /// An `on` that is not a bool.
    T035 { found } error "`on` needs a bool, got {found}"
        help "Write a comparison of the two sides: `on a.id == b.owner`.";
    /// `len` of something without a length.
    T036 { found } error "`len` does not apply to {found}"
        help "`len` takes a list, a map, a string or a group.";
    /// `count` of something without elements.
    T037 { found } error "`count` does not apply to {found}"
        help "`count` takes a list or a group.";
    /// `avg` of something that is no list of numbers.
    T038 { found } error "`avg` does not apply to {found}"
        help "`avg` takes a list or a group of numbers.";
    /// A built-in function with the wrong number of arguments.
    T039 { name, expected, found } error "`{name}` takes {expected} argument(s), got {found}"
        help "Built-in functions need all of their arguments.";
    /// A condition that is not a bool.
    T040 { found } error "a condition must be bool, got {found}"
        help "Write a comparison: `x != 0`, `len(xs) > 0`, `x != none`.";
    /// `sum` of something that is no list of numbers.
    T041 { found } error "`sum` does not apply to {found}"
        help "`sum` takes a list or a group of numbers.";
    /// A `having` that is not a bool.
    T042 { found } error "`having` needs a bool, got {found}"
        help "Write a comparison on the group: `having count(g) > 1`.";
    /// Reserved.
    T043 error "reserved"
        help "This code is not in use.";
    /// A call with effects inside a query's condition.
    T044 { name } error "`{name}` has effects and cannot be called in `where` or `having`"
        help "Call it before the query and use the result in the condition.";
    /// `break` or `continue` outside of a loop.
    T045 { what } error "`{what}` outside of a loop"
        help "Use `return` to leave a function.";
    /// A cast between types that have no conversion.
    T046 { from, to } error "cannot cast {from} to {to}"
        help "Casts go between numbers, from `any`, from a union to a variant, and from a map to a struct.";
    /// A type parameter that would stand for two types at once.
    T047 { name, first, second } error "`{name}` cannot be both {first} and {second}"
        help "Arguments for the same type parameter must have one type; convert one of them.";
    /// A result type that no argument decides.
    T048 { name } error "nothing decides the type `{name}` of this result"
        help "Mention `{name}` in a parameter, or write the result type out.";
    /// The wrong number of type arguments.
    T049 { name, expected, found } error "`{name}` takes {expected} type argument(s), got {found}"
        help "`list` takes one type, `map` two.";
    /// A match that leaves variants out.
    T050 { missing } error "this match does not handle {missing}"
        help "Add an arm for each of them, or a last arm `_ => ...`.";
    /// A second, mutable name for a value declared with `let`.
    T051 { name } error "`{name}` is declared with `let` and would become changeable through this name"
        help "Declare the new name with `let` too, or make a copy.";
    /// A second name for a list, map or struct under a wider type.
    T052 { expected, found } error "{found} would be shared as {expected}"
        help "Both names would hold the same object, so its type must not change. Make a copy, or declare it as {expected} from the start.";
    /// A struct literal that leaves fields out.
    T053 { name, missing } error "`{name}` needs a value for {missing}"
        help "Give every field of the struct: `{name}{{field: value, ...}}`.";
    /// A match arm that no value reaches.
    T054 error "this arm is never reached"
        help "Remove it, or move it before the arm that catches the same values.";
    /// `skip` or `take` with something that is not an integer.
    T055 { what, found } error "`{what}` needs an int, got {found}"
        help "Write a number of rows: `{what} 10`.";
    /// `sort by` something without an order.
    T056 { found } error "values of type {found} have no order"
        help "Sort by numbers, strings, bools, or lists of those: `sort by [p.age, p.name]`.";
    /// `select distinct` of something that cannot be compared.
    T057 { found } error "values of type {found} cannot be told apart"
        help "`select distinct` takes anything but functions and groups.";
    /// An optional value used as if it were present.
    T058 { found } error "this value may be `none`: it has type {found}"
        help "Test it first (`if x != none {{ ... }}`), use `?.` or `?[`, or give a default: `x ?? other`.";
    /// A comparison with `none` of something that is never absent.
    T059 { found } error "a value of type {found} is never `none`"
        help "Remove the comparison, or declare the value as {found}?.";
    /// `?.` on something that is not optional.
    T060 { found } error "`?.` needs an option, got {found}"
        help "Write `.` instead.";
    /// `?.` on an option of something without fields.
    T061 { found } error "`?.` does not apply to {found}"
        help "It takes an option of a struct or of a map with string keys.";
    /// `?[` on something that is not optional.
    T062 { found } error "`?[` needs an option, got {found}"
        help "Write `[` instead.";
    /// `?[` on an option of something without elements.
    T063 { found } error "`?[` does not apply to {found}"
        help "It takes an option of a list or map.";
    /// An effect label that does not exist.
    T064 { name } error "unknown effect `{name}`"
        help "Effects are io, fs, net, time and meta.";
    /// A function with more effects than it declares.
    T065 { name, label } error "`{name}` has the effect `{label}`, which it does not declare"
        help "Add it to the signature (`! {label}`), or remove the call that brings it in.";
    /// Reserved.
    T066 error "reserved"
        help "This code is not in use.";
    /// An option of `load`, `save` or `fetch` that does not exist.
    T067 { what, name, known } error "`{what}` has no option `{name}`"
        help "Its options are {known}.";

    /// Fields given to an agent, whose state is its own.
    T070 { name } error "the agent `{name}` takes no values"
        help "Write `{name} {{}}`; an agent sets its variables itself, and intents change them.";
    /// A predicate that no fact and no rule is about.
    T071 { name } error "unknown predicate `{name}`"
        help "Nothing can be derived for it. Add a fact `fact {name}(...)` or a rule `rule {name}(...) :- ...`.";
    /// A predicate with different numbers of terms.
    T072 { name, expected, found } error "`{name}` has {expected} terms, not {found}"
        help "All facts, rules and queries of a predicate have the same number of terms; `_` stands for anything.";
    /// A variable of a fact, a head or a `!=` that has no value.
    T073 { name } error "no condition gives `{name}` a value"
        help "Facts hold constants only (strings and integers); a variable in the head or beside `!=` must be a term of some condition.";

    // --------------------------------------------------------------------------------------------------- run time

    /// An int operation whose result does not fit 64 bits.
    R001 { left, op, right } error "integer overflow: {left} {op} {right}"
        help "Use `bigint`, or run with `--int=big`.";
    /// A list index below or beyond the list.
    R002 { index, len } error "list index out of range: {index} (len {len})"
        help "Valid indices go from 0 to the length minus 1; negative ones count from the end.";
    /// A string index below or beyond the string.
    R003 { index, len } error "string index out of range: {index} (len {len})"
        help "Valid indices go from 0 to the length minus 1; negative ones count from the end.";
    /// An index of a string that is not an int.
    R004 error "string index must be int"
        help "Convert the index with `as int`.";
    /// A store into something that is no list, map or struct.
    R005 error "invalid index target"
        help "Only elements of lists and entries of maps can be assigned; strings never change.";
    /// Division or remainder by zero.
    R006 error "division by zero"
        help "Check the divisor first. This holds for floats too.";
    /// A cast of a value that cannot be converted.
    R007 { value, ty } error "cannot cast {value} to {ty}"
        help "Check the value before the cast.";
    /// An `expect` that does not hold.
    R008 { place, source } error "expect condition failed at {place}: {source}"
        help "The condition was false.";
    /// Recursion beyond the limit.
    R009 { limit } error "call stack exceeded {limit} frames"
        help "Look for a recursion that never ends. `--max-depth` sets the limit; calls in `return f(...)` take no frame.";
    /// A built-in function with an operand of the wrong kind.
    R010 { name, what } error "{name} expects {what}"
        help "Convert the argument, or check first that it is not `none`.";
    /// A loop over something that has no elements.
    R011 error "invalid iterator"
        help "`for` takes a list, a map, a string or a range.";
    /// A call of `panic`.
    R012 { message } error "{message}"
        help "The program stopped itself with `panic`.";
    /// `none` where a value is needed.
    R013 { what } error "{what} of none"
        help "Test the value first (`x != none`), or give a default: `x ?? other`.";
    /// A dynamic value of another type than its place demands.
    R014 { expected, found } error "expected {expected}, got {found}"
        help "A value of type `any` is checked where it meets a known type; convert it with `as` before.";
    /// An operator on dynamic values that it does not apply to.
    R015 { op, left, right } error "`{op}` does not apply to {left} and {right}"
        help "Convert one side with `as`, or to text with `str(...)`.";
    /// A call of a dynamic value that is not a function.
    R016 { found } error "cannot call {found}"
        help "Only functions can be called.";
    /// A field that a dynamic value does not have.
    R017 { name, found } error "{found} has no field `{name}`"
        help "Check the spelling, or test first that the value is not `none`.";
    /// A slice or range with step zero.
    R018 error "step must not be zero"
        help "Use a positive step to go up, a negative one to go down.";
    /// Text that is not a number.
    R019 { text, base } error "cannot read {text} as an integer in base {base}"
        help "Only digits of the base with an optional sign are read.";
    /// More memory than allowed or available.
    R020 { limit } error "out of memory: more than {limit} in use"
        help "`--max-memory` sets the limit.";
    /// More time than allowed.
    R021 { limit } error "timeout after {limit}"
        help "`--timeout` sets the limit.";
    /// A file, URL or stream that could not be read or written.
    R022 { what, reason } error "cannot {what}: {reason}"
        help "Check the path or address and its permissions.";
    /// Data that is not in the format it should have.
    R023 { what, reason } error "malformed {what}: {reason}"
        help "Check the input, or the `format` given after `with`.";
    /// A feature that this build cannot run.
    R024 { what } error "{what} is not supported at run time"
        help "The program checks, but nothing here can run this part.";
    /// A foreign module or symbol that does not exist.
    R025 { name } error "foreign symbol `{name}` is not available"
        help "See docs/language.md for the foreign modules that are built in.";
    /// A float that JSON cannot express.
    R026 { value } error "{value} has no JSON form"
        help "Replace infinities and NaN before writing JSON.";
    /// Stopped from outside.
    R027 error "interrupted"
        help "The program was stopped by a signal.";

    // ----------------------------------------------------------------------------- packages and foreign modules

    /// A package that is not there or cannot be read.
    M001 { path, places } error "cannot find package `{path}`"
        help "{places}";
    /// Packages that import each other in a circle.
    M002 { chain } error "import cycle: {chain}"
        help "Move what both need into a package of its own, and import that from both.";
    /// A name that a package does not offer.
    M003 { package, name, help } error "package `{package}` exports no `{name}`"
        help "{help}";
    /// An import or `extern` that is not at top level.
    M004 { what } error "`{what}` stands inside a block"
        help "Move it to the top of the file: it holds for the whole file.";
    /// An import whose path gives no name.
    M005 { path } error "`{path}` does not end in a name"
        help "Give the import one: `import \"{path}\" as name`.";
    /// Files of one folder that say to be of different packages.
    M015 { name, first } error "this file is of package `{name}`, others of its folder are of `{first}`"
        help "A folder is one package: write the same clause in all its files, or move the file to a folder of its own.";
    /// A `return` among the statements of a package, which would end the program that imports it.
    M014 error "`return` at the top level of a package"
        help "Only the main file may end the program. Put the statements into a function, or the rest into an `if`.";
    /// The name of a package or module where a value is needed.
    M006 { name } error "`{name}` is the name of an import, not a value"
        help "Use what it offers: `{name}.something`.";
    /// Assignment to a variable of another package.
    M007 { name } error "`{name}` can only be assigned inside its package"
        help "Export a function from there that changes it.";
    /// A foreign module that is not built in.
    M008 { lang, path, known } error "no {lang} module `{path}` is built in"
        help "There are {known}.";
    /// A foreign symbol that is not there or not declared.
    M009 { name, help } error "foreign symbol `{name}` is not available"
        help "{help}";
    /// An `extern object`, which nothing here registers.
    M012 { name } error "no host object `{name}` is registered"
        help "`extern object` declares something that a program around Mochi would offer; there is none here.";
    /// A declaration of a foreign symbol that does not fit it.
    M013 { name, declared } error "`{name}` is declared with other types than it has"
        help "The built-in symbol is: `{declared}`. Numbers and `any` convert, other types must be the same.";
    /// A mistake in `mochi.toml`.
    M010 { what } error "{what}"
        help "`mochi.toml` has the keys name and version (text), strict (true or false), int (\"big\" or \"64\") and the tables [target.NAME].";
    /// A key of `mochi.toml` that means nothing.
    M011 { key, hint } warning "unknown key `{key}` in mochi.toml{hint}"
        help "The keys are name, version, strict, int and target. This one is ignored.";

    // --------------------------------------------------------------------------------------- emitting and linking

    /// A part of the language that is not implemented.
    E001 { what } error "{what} is not supported yet"
        help "This part of the language is still to come.";
    /// Instances of generic functions without end.
    E002 { name } error "`{name}` calls itself with ever larger type arguments"
        help "Give the parameter the type any where it grows: list<any> in the place of list<T>.";
    /// Something that a target of `mochi build` does not have.
    E003 { name, what, target } error "`{name}` needs {what}, which programs for {target} do not have"
        help "Leave it out of what is built for this target, or build for one that has it: `mochi targets` lists them.";
}
