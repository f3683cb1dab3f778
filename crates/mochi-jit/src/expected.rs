//! The functions that a call of a function value expects: those that it called when it was interpreted.
//!
//! Native code compares the row of the function with theirs, and calls the one it is as if by name. Code comes and goes
//! behind the stubs of the functions, so what is expected never has to be put right.

use mochi_vm::code::{Closure, Program, Word};
use mochi_vm::decode::Instr;
use mochi_vm::seen::{MOST, Seen};
use smallvec::SmallVec;

/// What is known of a program that has run for a while.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub program: &'a Program,
    pub seen: &'a Seen,
}

impl<'a> Expected<'a> {
    /// The functions that the call at an address expects, with their rows.
    pub fn of(&self, at: *const Word, call: &Instr) -> SmallVec<[(u32, &'a Closure); MOST]> {
        let all = self.seen.rows(at).iter();
        all.filter_map(|&row| Some((row, self.program.closures.get(row as usize)?)))
            .filter(|(_, function)| self.takes(function, call))
            .collect()
    }

    /// Whether a function has as many parameters as the call makes room for.
    fn takes(&self, function: &Closure, call: &Instr) -> bool {
        let Some(f) = self.program.funcs.get(function.func as usize) else { return false };
        let raw = u32::from(function.raw_captures()) + u32::from(call.word.field(3));
        let all = function.captures.len() + call.ext_slots().count();
        (u32::from(f.raw_params), f.params()) == (raw, all as u32)
    }
}
