//! `docs/ir/ops.md` is the op table as a page. `BLESS=1` writes it.

use std::fmt::Write;
use std::path::Path;

use mochi_ir::op::{Pat, effect};
use mochi_ir::{Effects, ImmKind, Op};

const HEAD: &str = "\
<!-- Generated from crates/mochi-ir/src/op.rs by `BLESS=1 cargo test -p mochi-ir --test ops_page`. Do not edit. -->

# Operations of the IR

One row per operation, in the order of the table. `A` and `B` stand for any type, the same one throughout a row; `...` is
what the immediate or a rule of the verifier decides. The immediate comes first, operands follow
([grammar](grammar.md)). An operation without effects is moved, merged and dropped freely; one that traps is kept in order
with what can be seen from outside.

| operation | operands | result | effects | |
|---|---|---|---|---|
";

#[test]
fn the_page_shows_the_table() {
    let mut page = HEAD.to_string();
    for &op in Op::ALL {
        let mut operands: Vec<String> = imm(op.imm()).into_iter().map(|imm| format!("*{imm}*")).collect();
        operands.extend(op.args().iter().map(|&p| pat(p).to_string()));
        let result = if op.result() == Pat::Unit { "" } else { pat(op.result()) };
        let doc = op.doc().split_whitespace().collect::<Vec<_>>().join(" ");
        // Links are for the compiler's own documentation.
        let doc = doc.replace("[`", "`").replace("`]", "`").replace('|', "\\|");
        let (name, effects) = (op.mnemonic(), effects(op.effects()));
        let _ = writeln!(page, "| `{name}` | {} | {result} | {effects} | {doc} |", operands.join(", "));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ir/ops.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/ir/ops.md is stale: BLESS=1 cargo test -p mochi-ir --test ops_page");
}

fn pat(pat: Pat) -> &'static str {
    match pat {
        Pat::I64 => "i64",
        Pat::F64 => "f64",
        Pat::Bool => "bool",
        Pat::Unit => "unit",
        Pat::Str => "str",
        Pat::Any => "any",
        Pat::A => "A",
        Pat::B => "B",
        Pat::ListA => "list<A>",
        Pat::ViewA => "view<A>",
        Pat::MapAB => "map<A, B>",
        Pat::OptA => "option<A>",
        Pat::OptB => "option<B>",
        Pat::RefA => "ref<A>",
        Pat::Union => "a union",
        Pat::Nullable => "a type with none",
        Pat::ManyA => "A...",
        Pat::ManyStr => "str...",
        Pat::Custom => "...",
    }
}

fn imm(kind: ImmKind) -> Option<&'static str> {
    Some(match kind {
        ImmKind::None => return None,
        ImmKind::Int => "int",
        ImmKind::Float => "float",
        ImmKind::Bool => "bool",
        ImmKind::Str => "string",
        ImmKind::Func => "function",
        ImmKind::Runtime => "runtime function",
        ImmKind::Field => "field",
        ImmKind::Global => "global",
        ImmKind::Struct => "struct",
        ImmKind::Ty => "type",
        ImmKind::Trap => "trap, message",
        ImmKind::Cases => "cases",
    })
}

fn effects(effects: Effects) -> String {
    if effects.contains(effect::CALLS) {
        let rest = if effects.contains(effect::TERMINATES) { ", ends the block" } else { "" };
        return format!("any{rest}");
    }
    let names = [
        (effect::READS_LEN, "reads lengths"),
        (effect::READS_ELEM, "reads elements"),
        (effect::READS_MAP, "reads maps"),
        (effect::READS_FIELD, "reads fields"),
        (effect::READS_REF, "reads refs"),
        (effect::READS_GLOBAL, "reads globals"),
        (effect::WRITES_LEN, "writes lengths"),
        (effect::WRITES_ELEM, "writes elements"),
        (effect::WRITES_MAP, "writes maps"),
        (effect::WRITES_FIELD, "writes fields"),
        (effect::WRITES_REF, "writes refs"),
        (effect::WRITES_GLOBAL, "writes globals"),
        (effect::IO, "input and output"),
        (effect::ALLOCATES, "allocates"),
        (effect::TRAPS, "traps"),
        (effect::TERMINATES, "ends the block"),
    ];
    let set: Vec<&str> = names.iter().filter(|(e, _)| effects.contains(*e)).map(|(_, name)| *name).collect();
    set.join(", ")
}

#[test]
fn every_op_is_in_the_file_that_shows_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ir/text/ops.ir");
    let text = std::fs::read_to_string(path).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let missing: Vec<&str> = Op::ALL.iter().map(|op| op.mnemonic()).filter(|m| !words.contains(m)).collect();
    assert!(missing.is_empty(), "tests/ir/text/ops.ir lacks {missing:?}");
}
