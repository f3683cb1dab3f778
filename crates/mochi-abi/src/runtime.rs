//! The runtime functions: one row each, from which the callee enum, the signatures, the address tables, the prototypes of
//! the C runtime and the imports of Wasm derive.
//!
//! Std, written in Mochi, calls a row `str_upper` as `__str_upper(...)`. A row never calls back into compiled code and
//! never collects: collections happen between instructions only, so bodies may hold cells in locals.

/// Type of a parameter or result of a runtime function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuntimeTy {
    /// A 64-bit int.
    I64,
    /// A double.
    F64,
    /// A bool, as a word of 0 or 1.
    Bool,
    /// A string cell.
    Str,
    /// Any cell.
    Any,
    /// A bigint cell (arena Bigint, or an inline int).
    Bigint,
    /// A rational cell; also a float, where one took part in the arithmetic that made it.
    Bigrat,
    /// A list of cells.
    ListAny,
    /// A list of strings.
    ListStr,
    /// Nothing.
    Unit,
}

/// What a call may do, for the optimiser.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RuntimeEffects {
    /// May read mutable memory (lists, maps, structs, refs).
    pub reads: bool,
    /// May write memory or the outside world.
    pub writes: bool,
    /// May allocate.
    pub allocates: bool,
    /// May end the program.
    pub traps: bool,
}

/// Calls `$each!` with one row per runtime function.
///
/// Columns: doc comment, name, parameters, result, effects (any of `READS WRITES ALLOCATES TRAPS`).
#[macro_export]
macro_rules! for_each_runtime_fn {
    ($each:ident) => {
        $each! {
            /// Writes a string to standard output.
            out_str(Str) -> Unit [WRITES, TRAPS];
            /// Writes an int in decimal to standard output.
            out_int(I64) -> Unit [WRITES, TRAPS];
            /// Writes a float in general format (A.1) to standard output.
            out_float(F64) -> Unit [WRITES, TRAPS];
            /// Ends a line of standard output.
            out_newline() -> Unit [WRITES, TRAPS];
            /// The next line of standard input without its ending; empty at the end.
            in_line() -> Str [WRITES, ALLOCATES, TRAPS];
            /// Opens a text file for reading, `-` or the empty path being standard input: its number. Traps: cannot be opened.
            file_open(Str) -> I64 [WRITES, ALLOCATES, TRAPS];
            /// The next line of a file with its ending; empty at the end. Traps: cannot be read, not UTF-8, NUL bytes.
            file_line(I64) -> Str [WRITES, ALLOCATES, TRAPS];
            /// Everything that is left of a file. Traps: as for a line.
            file_rest(I64) -> Str [WRITES, ALLOCATES, TRAPS];
            /// Ends the reading of a file.
            file_close(I64) -> Unit [WRITES];
            /// Begins a file that takes the place of the one with this path when it is complete: its number. Traps: cannot
            /// be made.
            save_open(Str) -> I64 [WRITES, ALLOCATES, TRAPS];
            /// Adds text to such a file. Traps: cannot be written.
            save_write(I64, Str) -> Unit [WRITES, TRAPS];
            /// Puts such a file in its place. Traps: cannot be written.
            save_commit(I64) -> Unit [WRITES, TRAPS];
            /// Sends a request over HTTP: method, URL, lines of `name: value`, body (none when empty), seconds until it fails.
            /// The status of the answer and its body. Traps: no answer, the answer is no text.
            http_request(Str, Str, Str, Str, F64) -> ListAny [WRITES, ALLOCATES, TRAPS];
            /// An environment variable; none when it is not set. Traps: refused.
            env_get(Str) -> Any [WRITES, ALLOCATES, TRAPS];
            /// A setting of language models from the environment, whose name starts with `MOCHI_LLM_`; none when it is not
            /// set.
            llm_setting(Str) -> Any [WRITES, ALLOCATES, TRAPS];
            /// All environment variables as `NAME=VALUE`, in order of their names. Traps: denied.
            env_all() -> ListAny [WRITES, ALLOCATES, TRAPS];
            /// What a command of the system's shell writes to both outputs. Traps: denied, cannot be started.
            shell_run(Str) -> Str [WRITES, ALLOCATES, TRAPS];
            /// The addresses of a computer. Traps: denied, not known.
            host_lookup(Str) -> ListAny [WRITES, ALLOCATES, TRAPS];
            /// Nanoseconds since the epoch, or the next number of the seeded sequence.
            clock_now() -> I64 [WRITES];
            /// Bytes of heap in use.
            heap_bytes() -> I64 [READS];
            /// Nothing, where so many bytes of data are allowed; to be asked before they are made bit by bit. Traps: more than
            /// the limit of memory.
            heap_allow(F64) -> Unit [WRITES, TRAPS];
            /// Nanoseconds since some moment in the past, never less than before.
            clock_monotonic() -> I64 [WRITES];
            /// Ends the program with a message.
            panic(Str) -> Unit [WRITES, TRAPS];
            /// Ends the program with the message of an `expect` that failed.
            expect_failed(Str) -> Unit [WRITES, TRAPS];
            /// Position of the `test` or `bench` block that this run is for.
            block_index() -> I64 [READS];
            /// Whether that block is to be executed, once more after the first time.
            block_next() -> Bool [WRITES];
            /// Nothing; but a value that a `bench` block computes counts as used, so that the work for it is done.
            block_keep(Any) -> Unit [WRITES];
            /// Counts one execution of a place of the program, when coverage is measured.
            cover(I64) -> Unit [WRITES];
            /// Runs a program in an environment of its own; the value of its last statement. Traps: it has errors.
            eval(Str) -> Any [WRITES, ALLOCATES, TRAPS];

            /// An int in decimal.
            int_to_str(I64) -> Str [ALLOCATES];
            /// A float in general format (A.1).
            float_to_str(F64) -> Str [ALLOCATES];
            /// A float in fixed format (A.2).
            float_to_fixed(F64) -> Str [ALLOCATES];
            /// A float in JSON format (A.3). Traps on infinities and NaN.
            float_to_json(F64) -> Str [ALLOCATES, TRAPS];
            /// A float cut toward zero. Traps: does not fit.
            float_to_int(F64) -> I64 [TRAPS];
            /// Parses an integer in a base from 2 to 36. Traps: not a number, does not fit.
            str_to_int(Str, I64) -> I64 [TRAPS];
            /// Parses a float. Traps: not a number.
            str_to_float(Str) -> F64 [TRAPS];

            /// Largest integral value not above.
            float_floor(F64) -> F64 [];
            /// Smallest integral value not below.
            float_ceil(F64) -> F64 [];
            /// Nearest integral value, halves away from zero.
            float_round(F64) -> F64 [];
            /// Square root.
            float_sqrt(F64) -> F64 [];
            /// Power.
            float_pow(F64, F64) -> F64 [];
            /// Sine of radians.
            float_sin(F64) -> F64 [];
            /// Cosine of radians.
            float_cos(F64) -> F64 [];
            /// Tangent of radians.
            float_tan(F64) -> F64 [];
            /// Inverse sine in radians.
            float_asin(F64) -> F64 [];
            /// Inverse cosine in radians.
            float_acos(F64) -> F64 [];
            /// Inverse tangent in radians.
            float_atan(F64) -> F64 [];
            /// Hyperbolic sine.
            float_sinh(F64) -> F64 [];
            /// Hyperbolic cosine.
            float_cosh(F64) -> F64 [];
            /// Hyperbolic tangent.
            float_tanh(F64) -> F64 [];
            /// Inverse hyperbolic sine.
            float_asinh(F64) -> F64 [];
            /// Inverse hyperbolic cosine.
            float_acosh(F64) -> F64 [];
            /// Inverse hyperbolic tangent.
            float_atanh(F64) -> F64 [];
            /// Power of e.
            float_exp(F64) -> F64 [];
            /// Power of two.
            float_exp2(F64) -> F64 [];
            /// Power of e minus one, exact near zero.
            float_expm1(F64) -> F64 [];
            /// Natural logarithm.
            float_log(F64) -> F64 [];
            /// Logarithm to base two.
            float_log2(F64) -> F64 [];
            /// Logarithm to base ten.
            float_log10(F64) -> F64 [];
            /// Natural logarithm of one more, exact near zero.
            float_log1p(F64) -> F64 [];
            /// Cube root.
            float_cbrt(F64) -> F64 [];
            /// Error function.
            float_erf(F64) -> F64 [];
            /// Complement of the error function.
            float_erfc(F64) -> F64 [];
            /// Gamma function.
            float_gamma(F64) -> F64 [];
            /// Logarithm of the absolute gamma function.
            float_lgamma(F64) -> F64 [];
            /// Angle in radians of the point with these y and x.
            float_atan2(F64, F64) -> F64 [];
            /// Length of the vector with these sides.
            float_hypot(F64, F64) -> F64 [];
            /// Remainder with the sign of the dividend; the divisor is not zero.
            float_rem(F64, F64) -> F64 [];
            /// Power of ints. Traps: overflow. A negative exponent gives 1.
            int_pow(I64, I64) -> I64 [TRAPS];

            /// Compares by code points: negative, zero or positive.
            str_compare(Str, Str) -> I64 [];
            /// Bytes of the UTF-8 form.
            str_byte_len(Str) -> I64 [];
            /// The byte at a byte offset; 0 outside.
            str_byte(Str, I64) -> I64 [];
            /// First code point position in the first string, at or after a position, of the second; -1 when absent.
            str_find(Str, Str, I64) -> I64 [];
            /// First byte offset in the first string, at or after an offset, of a byte that is in the second one, which is
            /// ASCII; the number of bytes when there is none.
            str_until(Str, I64, Str) -> I64 [];
            /// First byte offset in the first string, at or after an offset, of a byte that is not in the second one, which
            /// is ASCII; the number of bytes when there is none.
            str_while(Str, I64, Str) -> I64 [];
            /// Part of a string by byte offsets, cut to the string and down to where characters start.
            str_part(Str, I64, I64) -> Str [ALLOCATES];
            /// A number written in decimal: an int, a bigint beyond 64 bits, a float with a point or exponent; none when the
            /// text is none of them or beyond the range of a double.
            str_number(Str) -> Any [ALLOCATES, TRAPS];
            /// The pieces of the first string between occurrences of the second; its characters when that is empty.
            str_split(Str, Str) -> ListStr [ALLOCATES];
            /// Makes room for so many elements more, of any kind, in a list that nobody shares, if that is a sensible number. What
            /// `list.reserve` does.
            list_reserve(ListAny, I64) -> Unit [WRITES];
            /// Appends the last element of a list again, so many times at most, as often as there is room already, unless
            /// somebody shares the list. How often. What `list.repeat` does.
            list_repeat(ListAny, I64) -> I64 [READS, WRITES];
            /// The strings of a list one after the other, the second string between them.
            str_join(ListStr, Str) -> Str [READS, ALLOCATES];
            /// The first string with the second behind it: the same object made longer, which nobody else may refer to, or
            /// a new one, but never the second. Made by the optimiser only.
            str_push(Str, Str) -> Str [WRITES, ALLOCATES];
            /// The string as an object that nobody else refers to.
            str_own(Str) -> Str [WRITES, ALLOCATES];
            /// Full Unicode upper case, code point by code point.
            str_upper(Str) -> Str [ALLOCATES];
            /// Full Unicode lower case, code point by code point.
            str_lower(Str) -> Str [ALLOCATES];
            /// A one-character string from a code point; U+FFFD for numbers that are none.
            str_from_code(I64) -> Str [ALLOCATES];
            /// The code point at a position, -1 past the end.
            str_code(Str, I64) -> I64 [];

            /// Sum of unbounded ints.
            big_add(Bigint, Bigint) -> Bigint [ALLOCATES];
            /// Difference of unbounded ints.
            big_sub(Bigint, Bigint) -> Bigint [ALLOCATES];
            /// Product of unbounded ints. Traps: no memory.
            big_mul(Bigint, Bigint) -> Bigint [ALLOCATES, TRAPS];
            /// Quotient of unbounded ints, cut toward zero. Traps: division by zero.
            big_div(Bigint, Bigint) -> Bigint [ALLOCATES, TRAPS];
            /// Remainder of unbounded ints with the sign of the dividend. Traps: division by zero.
            big_rem(Bigint, Bigint) -> Bigint [ALLOCATES, TRAPS];
            /// Minus an unbounded int.
            big_neg(Bigint) -> Bigint [ALLOCATES];
            /// Power of unbounded ints. A negative exponent gives 1. Traps: no memory.
            big_pow(Bigint, Bigint) -> Bigint [ALLOCATES, TRAPS];
            /// Compares unbounded ints: negative, zero or positive.
            big_compare(Bigint, Bigint) -> I64 [];
            /// An int as an unbounded int.
            big_from_int(I64) -> Bigint [ALLOCATES];
            /// A float cut toward zero. Traps: infinities and NaN.
            big_from_float(F64) -> Bigint [ALLOCATES, TRAPS];
            /// Parses an unbounded int in a base from 2 to 36; none when the text is no number. Traps: another base.
            big_from_str(Str, I64) -> Any [ALLOCATES, TRAPS];
            /// An unbounded int that fits 64 bits. Traps: does not fit.
            big_to_int(Bigint) -> I64 [TRAPS];
            /// The nearest float.
            big_to_float(Bigint) -> F64 [];
            /// An unbounded int in decimal.
            big_to_str(Bigint) -> Str [ALLOCATES];
            /// An unbounded int as a list index. Traps: beyond 64 bits, with the length of the list or string indexed.
            big_to_index(Any, Bigint) -> I64 [READS, TRAPS];

            /// The rational of a numerator and a denominator, in lowest terms. Traps: division by zero.
            rat_new(Bigint, Bigint) -> Bigrat [ALLOCATES, TRAPS];
            /// A float as a rational, exactly. Traps: infinities and NaN.
            rat_from_float(F64) -> Bigrat [ALLOCATES, TRAPS];
            /// The numerator of a number in lowest terms. Traps: infinities, NaN, and what is no number.
            rat_num(Any) -> Bigint [ALLOCATES, TRAPS];
            /// The positive denominator of a number in lowest terms. Traps: infinities, NaN, and what is no number.
            rat_denom(Any) -> Bigint [ALLOCATES, TRAPS];

            /// Whether a code point is shown as it is inside quotes (A.4).
            code_is_printable(I64) -> Bool [];
            /// Whether a code point is white space.
            code_is_space(I64) -> Bool [];

            /// What an `any` holds: 0 none, 1 bool, 2 int, 3 bigint, 4 float, 5 string, 6 list, 7 map, 8 struct,
            /// 9 function, 10 bigrat.
            any_kind(Any) -> I64 [READS];
            /// Number of elements of a list, entries of a map, fields of a struct, items of a group, code points of a string;
            /// 0 of none. Traps: anything else.
            any_len(Any) -> I64 [READS, TRAPS];
            /// Element of a list by a position that is in range.
            any_item(Any, I64) -> Any [READS, ALLOCATES];
            /// `x[i]` of the language. Traps as there.
            any_index(Any, Any) -> Any [READS, ALLOCATES, TRAPS];
            /// `x[i] = v` of the language. Traps as there.
            any_set_index(Any, Any, Any) -> Unit [WRITES, ALLOCATES, TRAPS];
            /// `x[a:b]` of the language; none stands for a missing bound. Traps: not a list or string.
            any_slice(Any, Any, Any) -> Any [READS, ALLOCATES, TRAPS];
            /// Keys of a map in ascending order, as cells.
            any_keys(Any) -> ListAny [READS, ALLOCATES, TRAPS];
            /// Name of a struct's type.
            struct_name(Any) -> Str [READS];
            /// Number of fields of a struct.
            struct_len(Any) -> I64 [READS];
            /// Name of a field of a struct by position in sorted order of names.
            struct_field_name(Any, I64) -> Str [READS];
            /// Value of a field of a struct by position in sorted order of names.
            struct_field_item(Any, I64) -> Any [READS, ALLOCATES];
            /// `x.f` of the language for maps and structs. Traps as there.
            any_field(Any, Str) -> Any [READS, ALLOCATES, TRAPS];
            /// `x.f = v` of the language for maps and structs. Traps as there.
            any_set_field(Any, Str, Any) -> Unit [WRITES, ALLOCATES, TRAPS];
            /// Whether a value is a bigint, also one that an int could hold.
            any_is_bigint(Any) -> Bool [];
            /// Whether two values are the same object.
            any_same(Any, Any) -> Bool [];
            /// A number that no other list, map or struct has while this one lives; 0 for anything else.
            any_id(Any) -> I64 [];
            /// `==` of the language.
            any_equal(Any, Any) -> Bool [READS, TRAPS];
            /// Order of two values: negative, zero, positive; 2 when there is none (none in one of them). Traps: kinds that
            /// have no order.
            any_compare(Any, Any) -> I64 [READS, TRAPS];
            /// The order of `sort by`: -1, 0 or 1. None and NaN come last. Traps: kinds that have no order.
            any_order(Any, Any) -> I64 [READS, TRAPS];
            /// The list of items of a group of a query; none of anything else.
            group_items(Any) -> Any [READS];
            /// Truthiness (4.4).
            any_truthy(Any) -> Bool [READS];
            /// `x in y` of the language (4.11).
            any_in(Any, Any) -> Bool [READS, TRAPS];
            /// Arithmetic on two cells (4.1): 0 `+`, 1 `-`, 2 `*`, 3 `/`, 4 `%`; 5 to 9 the same where ints are unbounded.
            /// Traps as there. Strings and lists only with `+`.
            any_arith(Any, Any, I64) -> Any [READS, ALLOCATES, TRAPS];
            /// Unary minus on a cell. Traps: not a number.
            any_neg(Any) -> Any [READS, ALLOCATES, TRAPS];
            /// Cast to int (4.13) as an int that fits. Traps: not possible.
            any_to_int(Any) -> I64 [READS, TRAPS];
            /// Cast to float (4.13). Traps: not possible.
            any_to_float(Any) -> F64 [READS, TRAPS];
            /// Cast to string: the same. Traps: not a string.
            any_to_str(Any) -> Str [TRAPS];
            /// Cast to bool: the same. Traps: not a bool.
            any_to_bool(Any) -> Bool [TRAPS];
            /// Exact order of an int and a float: -1, 0, 1, or 2 with NaN.
            int_float_compare(I64, F64) -> I64 [];
            /// A trap of `cannot cast VALUE to TYPE`.
            trap_cast(Any, Str) -> Unit [WRITES, TRAPS];
            /// A trap of `NAME expects WHAT`.
            trap_operand(Str, Str) -> Unit [WRITES, TRAPS];
            /// A trap of data from outside that is not as it should be, with this message.
            trap_data(Str) -> Unit [WRITES, TRAPS];
            /// A trap of `invalid iterator`.
            trap_iterator() -> Unit [WRITES, TRAPS];
            /// A trap of `step must not be zero`.
            trap_step() -> Unit [WRITES, TRAPS];
        }
    };
}

macro_rules! define {
    ($($(#[doc = $doc:literal])* $name:ident($($param:ident),*) -> $result:ident [$($effect:ident),*];)*) => {
        /// A runtime function.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[allow(non_camel_case_types)]
        #[repr(u16)]
        pub enum RuntimeFn { $($(#[doc = $doc])* $name,)* }

        impl RuntimeFn {
            /// All runtime functions in table order.
            pub const ALL: &'static [RuntimeFn] = &[$(RuntimeFn::$name,)*];
            /// The name of the row.
            pub const fn name(self) -> &'static str {
                match self { $(RuntimeFn::$name => stringify!($name),)* }
            }
            /// The row with this name.
            pub fn from_name(name: &str) -> Option<RuntimeFn> {
                match name { $(stringify!($name) => Some(RuntimeFn::$name),)* _ => None }
            }
            /// What it does.
            pub const fn doc(self) -> &'static str {
                match self { $(RuntimeFn::$name => concat!($($doc),*).trim_ascii_start(),)* }
            }
            /// The types of the parameters.
            pub const fn params(self) -> &'static [RuntimeTy] {
                match self { $(RuntimeFn::$name => &[$(RuntimeTy::$param),*],)* }
            }
            /// The type of the result.
            pub const fn result(self) -> RuntimeTy {
                match self { $(RuntimeFn::$name => RuntimeTy::$result,)* }
            }
            /// What a call may do.
            pub const fn effects(self) -> RuntimeEffects {
                match self {
                    $(RuntimeFn::$name => {
                        #[allow(unused_mut)]
                        let mut e = RuntimeEffects { reads: false, writes: false, allocates: false, traps: false };
                        $(define!(@effect e $effect);)*
                        e
                    })*
                }
            }
        }
    };
    (@effect $e:ident READS) => { $e.reads = true; };
    (@effect $e:ident WRITES) => { $e.writes = true; };
    (@effect $e:ident ALLOCATES) => { $e.allocates = true; };
    (@effect $e:ident TRAPS) => { $e.traps = true; };
}
for_each_runtime_fn!(define);

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// The table of `docs/abi.md`.
    fn table() -> String {
        let mut text = String::from("| function | effects | what it does |\n|---|---|---|\n");
        for &function in RuntimeFn::ALL {
            let params: Vec<String> = function.params().iter().map(|ty| format!("{ty:?}")).collect();
            let RuntimeEffects { reads, writes, allocates, traps } = function.effects();
            let effects: String = [(reads, 'R'), (writes, 'W'), (allocates, 'A'), (traps, 'T')]
                .iter()
                .filter_map(|&(has, letter)| has.then_some(letter))
                .collect();
            let (name, result) = (function.name(), function.result());
            let doc = function.doc().replace('|', "\\|");
            let _ = writeln!(text, "| `{name}({}) -> {result:?}` | {effects} | {doc} |", params.join(", "));
        }
        text
    }

    #[test]
    fn docs_list_all_runtime_functions() {
        const BEGIN: &str = "<!-- runtime functions: written by `BLESS=1 cargo test -p mochi-abi` -->\n";
        const END: &str = "<!-- end -->";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/abi.md");
        let page = std::fs::read_to_string(path).expect("docs/abi.md");
        let (before, rest) = page.split_once(BEGIN).expect("the beginning of the table");
        let (found, after) = rest.split_once(END).expect("the end of the table");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table())).expect("a writable page");
        } else {
            assert!(found == table(), "docs/abi.md is out of date: run `BLESS=1 cargo test -p mochi-abi`");
        }
    }

    #[test]
    fn names_read_back() {
        for (i, &function) in RuntimeFn::ALL.iter().enumerate() {
            assert_eq!(RuntimeFn::from_name(function.name()), Some(function));
            assert_eq!(function as usize, i);
            assert!(function.doc().ends_with('.'), "the documentation of {}", function.name());
        }
    }
}
