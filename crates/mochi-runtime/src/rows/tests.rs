//! Runs the shared vectors: `vectors/ROW.txt` holds one call per line, `ARGUMENT, ... -> RESULT`. Values are written as
//! Mochi prints them inside of collections; a result of `! TEXT` is a trap with that message. With `BLESS=1` the results
//! are written anew.

use std::fmt::Write as _;
use std::path::Path;

use mochi_abi::{Cell, ElemKind, RuntimeFn, RuntimeTy, TypeId};

use super::call;
use crate::host::Memory;
use crate::runtime::{Limits, Runtime};
use crate::testing::runtime;
use crate::{format, parse};

/// Rows without a vector file: they act on the world or on structs, or tell objects apart.
const WITHOUT: &[RuntimeFn] = &[
    RuntimeFn::out_str,
    RuntimeFn::out_int,
    RuntimeFn::out_float,
    RuntimeFn::out_newline,
    RuntimeFn::in_line,
    RuntimeFn::env_all,
    RuntimeFn::shell_run,
    RuntimeFn::eval,
    RuntimeFn::host_lookup,
    RuntimeFn::file_open,
    RuntimeFn::file_line,
    RuntimeFn::file_rest,
    RuntimeFn::file_close,
    RuntimeFn::save_open,
    RuntimeFn::save_write,
    RuntimeFn::save_commit,
    RuntimeFn::http_request,
    RuntimeFn::env_get,
    RuntimeFn::llm_setting,
    RuntimeFn::trap_data,
    RuntimeFn::clock_now,
    RuntimeFn::heap_bytes,
    RuntimeFn::heap_allow,
    RuntimeFn::clock_monotonic,
    RuntimeFn::panic,
    RuntimeFn::expect_failed,
    RuntimeFn::block_index,
    RuntimeFn::block_next,
    RuntimeFn::block_keep,
    RuntimeFn::cover,
    RuntimeFn::any_set_index,
    RuntimeFn::struct_name,
    RuntimeFn::struct_len,
    RuntimeFn::struct_field_name,
    RuntimeFn::struct_field_item,
    RuntimeFn::any_field,
    RuntimeFn::any_set_field,
    RuntimeFn::any_is_bigint,
    RuntimeFn::any_same,
    RuntimeFn::any_id,
    RuntimeFn::trap_cast,
    RuntimeFn::trap_operand,
    RuntimeFn::trap_iterator,
    RuntimeFn::trap_step,
];

/// Reads values from the text of a vector.
struct Reader<'a> {
    rt: &'a mut Runtime,
    text: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self, token: &str) -> bool {
        self.text = self.text.trim_start();
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn string(&mut self) -> String {
        let mut out = String::new();
        let mut chars = self.text.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.text = &self.text[at + 1..];
                    return out;
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

    fn value(&mut self) -> Cell {
        self.text = self.text.trim_start();
        for (word, cell) in [("none", Cell::NONE), ("true", Cell::TRUE), ("false", Cell::FALSE)] {
            if self.skip(word) {
                return cell;
            }
        }
        if self.skip("\"") {
            let text = self.string();
            return self.rt.heap.new_str(&text).expect("memory");
        }
        if self.skip("[") {
            let list = self.rt.heap.list_new(ElemKind::Cell, 0).expect("memory");
            while !self.skip("]") {
                let item = self.value();
                self.rt.heap.list_push(list, item.0, ElemKind::Cell).expect("memory");
                self.skip(",");
            }
            return list;
        }
        if self.skip("{") {
            let map = self.rt.heap.map_new(ElemKind::Cell, ElemKind::Cell, 0).expect("memory");
            while !self.skip("}") {
                let key = self.value();
                assert!(self.skip(":"));
                let value = self.value();
                self.rt.heap.map_set(map, key.0, ElemKind::Cell, value.0, ElemKind::Cell).expect("memory");
                self.skip(",");
            }
            return map;
        }
        let end = self.text.find([',', ' ', ']', '}', ':']).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        if let Some((num, den)) = word.split_once('/') {
            let [num, den] = [num, den].map(|part| part.parse().expect("an integer"));
            let ratio = crate::ratio::Ratio::new(num, den).expect("a denominator that is not zero");
            return self.rt.heap.box_ratio(ratio).expect("memory");
        }
        match parse::integer(word, 10) {
            Some(parse::Parsed::Int(value)) => self.rt.heap.box_int(value).expect("memory"),
            Some(parse::Parsed::Big(value)) => self.rt.heap.box_big(value).expect("memory"),
            None => Cell::from_f64(word.parse().unwrap_or_else(|_| panic!("no value: {word}"))),
        }
    }

    fn word(&mut self, ty: RuntimeTy) -> u64 {
        let cell = self.value();
        let kind = match ty {
            RuntimeTy::I64 => ElemKind::I64,
            RuntimeTy::F64 => ElemKind::F64,
            RuntimeTy::Bool => ElemKind::Bool,
            RuntimeTy::Str
            | RuntimeTy::Any
            | RuntimeTy::Bigint
            | RuntimeTy::Bigrat
            | RuntimeTy::ListAny
            | RuntimeTy::ListStr
            | RuntimeTy::Unit => ElemKind::Cell,
        };
        self.rt
            .heap
            .unbox_word(cell, kind)
            .unwrap_or_else(|| panic!("no {ty:?}: {}", self.rt.heap.describe(cell)))
    }
}

fn result(rt: &mut Runtime, function: RuntimeFn, args: &[u64]) -> String {
    let word = match call(rt, function, args) {
        Ok(word) => word,
        Err(trap) => return format!("! {}", trap.message),
    };
    match function.result() {
        RuntimeTy::I64 => (word as i64).to_string(),
        RuntimeTy::Bool => (word != 0).to_string(),
        RuntimeTy::Unit => String::new(),
        RuntimeTy::F64 => {
            let mut text = String::new();
            format::fixed(&mut text, f64::from_bits(word));
            text
        }
        RuntimeTy::Str
        | RuntimeTy::Any
        | RuntimeTy::Bigint
        | RuntimeTy::Bigrat
        | RuntimeTy::ListAny
        | RuntimeTy::ListStr => rt.heap.nested_form(Cell(word)),
    }
}

#[test]
fn all_bodies_pass_their_vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    for &function in RuntimeFn::ALL {
        let path = folder.join(format!("{}.txt", function.name()));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text.is_empty(), WITHOUT.contains(&function), "vectors of {}", function.name());
        let mut rt = runtime();
        let mut blessed = String::new();
        for line in text.lines() {
            let (call, expected) = line.split_once(" ->").unwrap_or_else(|| panic!("no result: {line}"));
            let mut reader = Reader { rt: &mut rt, text: call };
            let mut args = Vec::new();
            for &ty in function.params() {
                args.push(reader.word(ty));
                reader.skip(",");
            }
            assert_eq!(reader.text, "", "in {line}");
            let found = result(&mut rt, function, &args);
            let _ = writeln!(blessed, "{call} -> {found}");
            if std::env::var_os("BLESS").is_none() {
                assert_eq!(found, expected.trim_start(), "{}({call})", function.name());
            }
        }
        if std::env::var_os("BLESS").is_some() && !text.is_empty() {
            std::fs::write(&path, blessed).expect("a writable folder");
        }
    }
}

#[test]
fn every_vector_file_belongs_to_a_row() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")).expect("the folder")
    {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        assert!(RuntimeFn::from_name(name).is_some(), "{name} is no row");
    }
}

#[test]
fn the_world_is_reached_through_the_host() {
    let host = Memory {
        input: b"first\r\nsec\xFFond\n\nlast".to_vec(),
        env: vec![("MOCHI_NOW_SEED".into(), "0".into())],
        ..Memory::default()
    };
    let mut rt = Runtime::new(Box::new(host), Limits::default()).expect("memory");
    for expected in ["first", "sec\u{FFFD}ond", "", "last", ""] {
        let line = Cell(call(&mut rt, RuntimeFn::in_line, &[]).expect("input"));
        assert_eq!(rt.heap.str(&line), expected);
    }
    assert_eq!(call(&mut rt, RuntimeFn::clock_now, &[]), Ok(1_013_904_223));
    assert_eq!(call(&mut rt, RuntimeFn::clock_now, &[]), Ok(1_197_221_644));
    let text = rt.heap.new_str("value ").expect("memory");
    for (function, word) in [
        (RuntimeFn::out_str, text.0),
        (RuntimeFn::out_int, -5i64 as u64),
        (RuntimeFn::out_float, 2.5f64.to_bits()),
    ] {
        assert_eq!(call(&mut rt, function, &[word]), Ok(0));
    }
    assert_eq!(call(&mut rt, RuntimeFn::out_newline, &[]), Ok(0));
    let trap = call(&mut rt, RuntimeFn::panic, &[text.0]).unwrap_err();
    assert_eq!(trap.message, "value ");
    let trap = call(&mut rt, RuntimeFn::trap_operand, &[text.0, text.0]).unwrap_err();
    assert_eq!(trap.message, "value  expects value ");
}

#[test]
fn output_arrives_in_order_and_whole() {
    use std::cell::RefCell;
    use std::io;
    use std::rc::Rc;

    struct Shared(Rc<RefCell<Vec<u8>>>);
    impl crate::host::Host for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
            let mut out = self.0.borrow_mut();
            if out.len() > 200_000 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            out.extend_from_slice(bytes);
            Ok(())
        }
        fn read_line(&mut self, _: &mut Vec<u8>) -> io::Result<usize> {
            Ok(0)
        }
        fn now(&mut self) -> i64 {
            42
        }
        fn env(&self, _: &str) -> Option<String> {
            None
        }
    }
    let out = Rc::new(RefCell::new(Vec::new()));
    let mut rt = Runtime::new(Box::new(Shared(out.clone())), Limits::default()).expect("memory");
    assert_eq!(call(&mut rt, RuntimeFn::clock_now, &[]), Ok(42));
    let mut expected = String::new();
    for i in 0..20_000 {
        call(&mut rt, RuntimeFn::out_int, &[i]).expect("output");
        call(&mut rt, RuntimeFn::out_newline, &[]).expect("output");
        let _ = writeln!(expected, "{i}");
    }
    rt.flush().expect("output");
    assert!(out.borrow().as_slice() == expected.as_bytes());
    let text = rt.heap.new_str(&"x".repeat(150_000)).expect("memory");
    rt.write_str(text).expect("output");
    let trap = rt.write_str(text).and_then(|()| rt.flush()).unwrap_err();
    assert_eq!(trap.kind, mochi_abi::TrapKind::Output);
}

#[test]
fn structs_are_read_by_position_and_name() {
    let mut rt = runtime();
    let fields = [("b".to_owned(), TypeId::FLOAT), ("a".to_owned(), TypeId::INT)];
    let shape = rt.heap.register_struct("Pair", &fields).expect("memory");
    let pair = rt.heap.alloc_struct(shape).expect("memory");
    rt.heap.words_mut(pair).copy_from_slice(&[1.5f64.to_bits(), 3]);
    let mut show = |function: RuntimeFn, args: &[u64]| result(&mut rt, function, args);
    assert_eq!(show(RuntimeFn::struct_name, &[pair.0]), "\"Pair\"");
    assert_eq!(show(RuntimeFn::struct_field_name, &[pair.0, 0]), "\"a\"");
    assert_eq!(show(RuntimeFn::struct_field_item, &[pair.0, 0]), "3");
    assert_eq!(show(RuntimeFn::struct_field_item, &[pair.0, 1]), "1.5");
    assert_eq!(show(RuntimeFn::any_same, &[pair.0, pair.0]), "true");
    for value in [5, 1 << 50] {
        let int = rt.heap.box_int(value).expect("memory");
        let bigint = rt.heap.box_bigint(value).expect("memory");
        let mut show = |function: RuntimeFn, args: &[u64]| result(&mut rt, function, args);
        assert_eq!(show(RuntimeFn::any_is_bigint, &[int.0]), "false");
        assert_eq!(show(RuntimeFn::any_is_bigint, &[bigint.0]), "true");
        assert_eq!(show(RuntimeFn::any_equal, &[bigint.0, int.0]), "true");
        assert_eq!(show(RuntimeFn::any_kind, &[bigint.0]), show(RuntimeFn::any_kind, &[int.0]));
    }
    let mut show = |function: RuntimeFn, args: &[u64]| result(&mut rt, function, args);
    assert_eq!(show(RuntimeFn::any_kind, &[pair.0]), "8");
    assert_eq!(show(RuntimeFn::any_len, &[pair.0]), "2");
}
