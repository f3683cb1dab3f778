//! Output, input, clock, memory, and the end of a program.

use mochi_abi::{Cell, TrapKind};

use crate::format;
use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// Writes a string to standard output.
pub fn out_str(rt: &mut Runtime, text: Cell) -> Outcome<()> {
    rt.write_str(text)
}

/// Writes an int in decimal to standard output.
pub fn out_int(rt: &mut Runtime, value: i64) -> Outcome<()> {
    rt.write(format::digits(&mut [0; 20], value))
}

/// Writes a float in general format (A.1) to standard output.
pub fn out_float(rt: &mut Runtime, value: f64) -> Outcome<()> {
    let mut text = String::new();
    format::general(&mut text, value);
    rt.write(&text)
}

/// Ends a line of standard output.
pub fn out_newline(rt: &mut Runtime) -> Outcome<()> {
    rt.end_line()
}

/// The next line of standard input without its ending; empty at the end.
pub fn in_line(rt: &mut Runtime) -> Outcome<Cell> {
    rt.read_line()
}

/// Nanoseconds since the epoch, or the next number of the seeded sequence.
pub fn clock_now(rt: &mut Runtime) -> Outcome<i64> {
    Ok(rt.now())
}

/// Bytes of heap in use.
pub fn heap_bytes(rt: &mut Runtime) -> Outcome<i64> {
    Ok(rt.heap.account.in_use() as i64)
}

/// Nothing, where so many bytes of data are allowed.
pub fn heap_allow(rt: &mut Runtime, bytes: f64) -> Outcome<()> {
    let limit = rt.heap.account.limit;
    if bytes > limit as f64 { Err(Trap::memory(limit)) } else { Ok(()) }
}

/// Ends the program with a message.
pub fn panic(rt: &mut Runtime, message: Cell) -> Outcome<()> {
    Err(Trap::new(TrapKind::Panic, rt.heap.str(&message)))
}

/// Nanoseconds since some moment in the past.
pub fn clock_monotonic(rt: &mut Runtime) -> Outcome<i64> {
    Ok(rt.host().monotonic())
}

/// Ends the program with the message of an `expect` that failed.
pub fn expect_failed(rt: &mut Runtime, message: Cell) -> Outcome<()> {
    Err(Trap::new(TrapKind::Expect, rt.heap.str(&message)))
}

/// Position of the block that this run is for.
pub fn block_index(rt: &mut Runtime) -> Outcome<i64> {
    Ok(rt.block.index)
}

/// Whether that block is to be executed, once more after the first time.
pub fn block_next(rt: &mut Runtime) -> Outcome<bool> {
    Ok(rt.next_round())
}

/// Does nothing with a value that a `bench` block computes.
pub fn block_keep(_: &mut Runtime, _: Cell) -> Outcome<()> {
    Ok(())
}

/// Counts one execution of a place.
pub fn cover(rt: &mut Runtime, place: i64) -> Outcome<()> {
    if let Some(count) = usize::try_from(place).ok().and_then(|place| rt.coverage.get_mut(place)) {
        *count = count.saturating_add(1);
    }
    Ok(())
}

/// The value of the last statement of a program that runs in an environment of its own.
pub fn eval(rt: &mut Runtime, source: Cell) -> Outcome<Cell> {
    rt.eval(source)
}

/// A trap of `NAME expects WHAT`.
pub fn trap_operand(rt: &mut Runtime, name: Cell, what: Cell) -> Outcome<()> {
    Err(Trap::operand(rt.heap.str(&name), rt.heap.str(&what)))
}

/// A trap of `invalid iterator`.
pub fn trap_iterator(_: &mut Runtime) -> Outcome<()> {
    Err(Trap::iterator())
}

/// A trap of `step must not be zero`.
pub fn trap_step(_: &mut Runtime) -> Outcome<()> {
    Err(Trap::step())
}
