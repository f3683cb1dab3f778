//! Mistakes on purpose, to test that they are noticed. Not in release builds.

use mochi_ir::func::Func;
use mochi_ir::op::Op;
use mochi_ir::passes::{Changed, Context, Pass, Run};
use mochi_vm::Opcode;
use mochi_vm::code::{Program, Word};
use mochi_vm::decode::Instr;

use crate::modes::Wrong;

/// The mistake with a name.
pub fn wrong(name: &str) -> Option<Wrong> {
    let pass = |run| {
        Some(Wrong { pass: Some(Pass { name: "wrong", required: true, run: Run::Func(run) }), native: None })
    };
    match name {
        "fold" => pass(fold),
        "bounds" => pass(bounds),
        "stencil" => Some(Wrong { pass: None, native: Some(stencil) }),
        _ => None,
    }
}

fn replace(func: &mut Func, from: &[Op], to: Op) -> Changed {
    let mut changed = false;
    for inst in func.insts.ids().collect::<Vec<_>>() {
        if from.contains(&func.insts[inst].op) {
            func.insts[inst].op = to;
            changed = true;
        }
    }
    Changed::insts_if(changed)
}

/// `a <= b` as `a < b`.
fn fold(func: &mut Func, _: &mut Context<'_>) -> Changed {
    replace(func, &[Op::Le], Op::Lt)
}

/// Every index is said to be in range.
fn bounds(func: &mut Func, _: &mut Context<'_>) -> Changed {
    replace(func, &[Op::ViewGet], Op::ViewGetIn)
}

/// Native code that adds where it should subtract.
fn stencil(program: &Program) -> Program {
    let mut program = program.clone();
    for index in 0..program.funcs.len() {
        let start = program.funcs[index].start as usize;
        let mut at = 0;
        while let Ok(instr) = Instr::decode(program.code(index as u32), at) {
            let (op, word, len) = (instr.op, instr.word, instr.len());
            if op == Opcode::Sub {
                program.words[start + at as usize] =
                    Word::instr(Opcode::Add, word.field(1), word.field(2), word.field(3));
            }
            at += len;
        }
    }
    program
}
