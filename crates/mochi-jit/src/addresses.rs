//! Which objects keep their address in a register.
//!
//! Finding the object of a handle takes eight instructions, and programs go to the same object again and again. What was
//! found stays found: objects never move, and an object is alive as long as its handle is in a cell of a live frame. So a
//! *run* of instructions of one block that go to the object of a cell, which nobody writes in between, can share
//! the address. Only instructions count that end the program when the handle is not of a live object.

use mochi_vm::decode::Instr;
use mochi_vm::instr::Opcode;

use crate::analyse::Analysis;
use crate::lower::is_out_of_line;

/// What is saved by an address that is known, in accesses of the frame.
const SAVED: i64 = 4;
/// What it takes to compute it again after something that loses registers.
const AGAIN: i64 = 2;

/// Instructions that go to one object.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The cell with the handle.
    pub slot: u16,
    /// The instruction that finds the object.
    pub first: u32,
    /// The last one that goes to it.
    pub last: u32,
    /// What a register would save, in accesses of the frame.
    pub gain: i64,
    /// What computing it again costs if it is used once more.
    lost: i64,
}

/// The cell with the handle of the object that an instruction goes to.
pub fn object_of(code: &Instr<'_>) -> Option<u16> {
    let operand = match code.op {
        Opcode::ListView | Opcode::MapGetOr => Some(2),
        Opcode::MapSet => Some(1),
        op => operand(op),
    };
    operand.map(|operand| code.word.field(operand))
}

/// The operand with that handle of an instruction that ends the program when the handle is not of a live object.
fn operand(op: Opcode) -> Option<usize> {
    use Opcode as O;
    match op {
        O::FieldGet | O::RefGet | O::ListGet | O::ListGetBool | O::ListLen | O::MapLen | O::ListPush => {
            Some(2)
        }
        O::ListPushBool | O::VariantTag => Some(2),
        O::FieldSet | O::RefSet | O::ListSet | O::ListSetBool => Some(1),
        _ => None,
    }
}

/// The runs of a function that save something.
pub fn find(analysis: &Analysis<'_>) -> Vec<Run> {
    let mut found = Vec::new();
    let mut open: Vec<Run> = Vec::new();
    let close = |run: &Run, found: &mut Vec<Run>| {
        if run.gain > 0 {
            found.push(*run);
        }
    };
    for (i, ins) in (0..).zip(&analysis.list) {
        if ins.block().is_some() {
            open.drain(..).for_each(|run| close(&run, &mut found));
        }
        let weight = ins.weight();
        if let Some(slot) = operand(ins.code.op).map(|operand| ins.code.word.field(operand)) {
            match open.iter_mut().find(|run| run.slot == slot) {
                Some(run) => {
                    run.gain += SAVED * weight - std::mem::take(&mut run.lost);
                    run.last = i;
                }
                None => open.push(Run { slot, first: i, last: i, gain: 0, lost: 0 }),
            }
        }
        if is_out_of_line(&ins.code) {
            open.iter_mut().for_each(|run| run.lost += AGAIN * weight);
        }
        for written in analysis.writes(ins) {
            if let Some(at) = open.iter().position(|run| run.slot == written.slot) {
                close(&open.swap_remove(at), &mut found);
            }
        }
    }
    open.iter().for_each(|run| close(run, &mut found));
    found
}
