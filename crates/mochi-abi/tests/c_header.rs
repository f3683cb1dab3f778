//! `runtime/c/rows.h`, the prototypes of the C bodies of the runtime functions, follows from the table.

use std::fmt::Write;

use mochi_abi::{RuntimeFn, RuntimeTy};

fn c_type(ty: RuntimeTy) -> &'static str {
    match ty {
        RuntimeTy::I64 => "int64_t",
        RuntimeTy::F64 => "double",
        RuntimeTy::Bool => "bool",
        RuntimeTy::Unit => "void",
        RuntimeTy::Str
        | RuntimeTy::Any
        | RuntimeTy::Bigint
        | RuntimeTy::Bigrat
        | RuntimeTy::ListAny
        | RuntimeTy::ListStr => "mo_cell",
    }
}

fn header() -> String {
    let mut text = String::from(
        "/* The runtime functions of mochi-abi. Written by `BLESS=1 cargo test -p mochi-abi`; do not edit.\n\
         \x20* The last argument is the place of the call, for run-time errors. Those that allocate may collect. */\n",
    );
    for &function in RuntimeFn::ALL {
        let params: String = function.params().iter().map(|&ty| format!("{}, ", c_type(ty))).collect();
        let _ =
            writeln!(text, "{} mo_rt_{}({params}uint32_t site);", c_type(function.result()), function.name());
    }
    text
}

#[test]
fn the_header_of_the_c_runtime_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime/c/rows.h");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, header()).expect("a writable header");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == header(), "runtime/c/rows.h is out of date: run `BLESS=1 cargo test -p mochi-abi`");
}
