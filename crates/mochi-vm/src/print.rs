//! Listings of programs for people.

use std::fmt::Write;

use mochi_abi::{ElemKind, MapType, RuntimeFn, TrapKind, TypeId};

use crate::code::{Code, NO_SLOT, Program};
use crate::decode::{Instr, instrs};
use crate::instr::{Ext, Operand};

/// A listing of all functions.
pub fn print(program: &Program) -> String {
    let mut out = String::new();
    for (i, kind) in program.globals.iter().enumerate() {
        let _ = writeln!(out, "global @{i}: {}", kind_name(*kind));
    }
    for func in 0..program.funcs.len() as u32 {
        if !out.is_empty() {
            out.push('\n');
        }
        print_func(program, func, &mut out);
    }
    out
}

/// A listing of one function.
pub fn print_func(program: &Program, func: u32, out: &mut String) {
    let f = &program.funcs[func as usize];
    let _ = writeln!(
        out,
        "func {} ({} raw, {} cell) {} slots, cells {}..{} {{",
        f.name,
        f.raw_params,
        f.cell_params,
        f.slots,
        f.cells_start(),
        f.cells_end
    );
    let code = program.code(func);
    let mut is_target = vec![false; code.len() + 1];
    for instr in instrs(code).flatten() {
        for target in instr.jumps() {
            if let Some(mark) = usize::try_from(target).ok().and_then(|t| is_target.get_mut(t)) {
                *mark = true;
            }
        }
    }
    for found in instrs(code) {
        match found {
            Ok(instr) => {
                let mark = if is_target[instr.at as usize] { '>' } else { ' ' };
                let _ = writeln!(out, "{mark}{:5}  {}", instr.at, text(program, f, &instr));
            }
            Err(malformed) => {
                let _ = writeln!(out, "       {malformed:?}");
            }
        }
    }
    out.push_str("}\n");
}

/// One instruction.
pub fn text(program: &Program, func: &Code, instr: &Instr<'_>) -> String {
    let mut out = format!("{:<16}", instr.op.mnemonic());
    let slot = |n: u16| {
        let bank = if (func.cells_start()..func.cells_end).contains(&n) { 'c' } else { 'r' };
        format!("{bank}{n}")
    };
    let mut first = true;
    let mut add = |part: String| {
        out.push_str(if std::mem::take(&mut first) { " " } else { ", " });
        out.push_str(&part);
    };
    for (operand, value) in instr.operands() {
        add(match operand {
            Operand::InRaw
            | Operand::InCell
            | Operand::In
            | Operand::OutRaw
            | Operand::OutCell
            | Operand::Out
            | Operand::InOutRaw
            | Operand::InView
            | Operand::OutView => slot(value as u16),
            Operand::Int16 | Operand::Uint16 | Operand::Int32 => value.to_string(),
            Operand::Near | Operand::Far => format!("-> {}", i64::from(instr.at) + value),
            Operand::Advance => format!("+{value}"),
            Operand::Kind => ElemKind::from_bits(value as u32).map_or("?", kind_name).to_owned(),
            Operand::Type | Operand::ElemType => type_name(program, TypeId(value as u32)).to_owned(),
            Operand::MapType => match program.map_type(MapType(value as u32)) {
                Some((key, elem)) => format!("{}:{}", type_name(program, key), type_name(program, elem)),
                None => "?".to_owned(),
            },
            Operand::Runtime => RuntimeFn::ALL.get(value as usize).map_or("?", |f| f.name()).to_owned(),
            Operand::TrapKind => {
                TrapKind::ALL.get(value as usize).map_or_else(|| "?".to_owned(), |kind| format!("{kind:?}"))
            }
            Operand::Func => program.funcs.get(value as usize).map_or("?", |f| &f.name).to_owned(),
            Operand::Closure => {
                let func = program.closures.get(value as usize).map(|c| c.func as usize);
                func.and_then(|f| program.funcs.get(f)).map_or("?", |f| &f.name).to_owned()
            }
            Operand::Str => {
                program.strs.get(value as usize).map_or_else(|| "?".to_owned(), |s| format!("{s:?}"))
            }
            Operand::Global => format!("@{value}"),
            Operand::Shape => program.shapes.get(value as usize).map_or("?", |s| &s.name).to_owned(),
        });
    }
    match instr.op.ext() {
        Ext::Wide => add(format!("{:#x}", instr.ext[0].0)),
        Ext::Slot | Ext::Slots => instr.ext_slots().for_each(|s| add(slot(s))),
        Ext::Args | Ext::ManyArgs => {
            let args: Vec<String> = instr.ext_slots().map(slot).collect();
            let result = instr
                .result_slot()
                .filter(|&s| s != NO_SLOT)
                .map_or(String::new(), |s| format!(" -> {}", slot(s)));
            add(format!("({}){result}", args.join(", ")));
        }
        Ext::Jumps => {
            let targets: Vec<String> = instr.jumps().map(|t| t.to_string()).collect();
            add(format!("from {} -> {}", instr.ext[0].0 as i64, targets.join(", ")));
        }
        Ext::Kinds => add(map_kinds(instr.ext[0].field(0))),
        Ext::None => {}
    }
    out
}

fn type_name(program: &Program, ty: TypeId) -> &str {
    match ty.0.checked_sub(TypeId::FIRST.0) {
        Some(at) => program.types.get(at as usize).map_or("?", |ty| &ty.name),
        None => ["any", "int", "float", "bool", "string"][ty.0 as usize],
    }
}

fn map_kinds(bits: u16) -> String {
    let name = |bits| ElemKind::from_bits(bits).map_or("?", kind_name);
    format!("{}:{}", name(u32::from(bits) & 15), name(u32::from(bits) >> 4))
}

fn kind_name(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Cell => "cell",
        ElemKind::I64 => "i64",
        ElemKind::F64 => "f64",
        ElemKind::Bool => "bool",
    }
}
