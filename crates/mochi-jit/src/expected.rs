//! The functions that a call of a function value expects: those that it called when it was interpreted. Where nothing was, as
//! with `--jit=always`, a small program has few that take such arguments at all.
//!
//! Native code compares the row of the function with theirs, and calls the one it is as if by name. Code comes and goes
//! behind the stubs of the functions, so what is expected never has to be put right.

use mochi_vm::code::{Closure, Program, Word};
use mochi_vm::decode::Instr;
use mochi_vm::seen::{MOST, Seen};
use smallvec::SmallVec;

/// Functions that are looked at for each call that was not interpreted.
const LOOKED_AT: usize = 64;

/// What is known of a program that has run for a while.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub program: &'a Program,
    pub seen: &'a Seen,
}

impl<'a> Expected<'a> {
    /// The functions that the call at an address expects, with their rows: those that it called, or without any the few that
    /// it can call at all.
    pub fn of(&self, at: *const Word, call: &Instr) -> SmallVec<[(u32, &'a Closure); MOST]> {
        let all = &self.program.closures;
        let fits = |&(_, function): &(u32, &Closure)| self.takes(function, call);
        let seen = self.seen.rows(at);
        if !seen.is_empty() {
            let rows = seen.iter().filter_map(|&row| Some((row, all.get(row as usize)?)));
            return rows.filter(fits).collect();
        }
        let mut possible = SmallVec::new();
        if all.len() <= LOOKED_AT {
            possible.extend((0..).zip(all).filter(fits).take(MOST + 1));
        }
        if possible.len() > MOST { SmallVec::new() } else { possible }
    }

    /// Whether a function has as many parameters as the call makes room for.
    fn takes(&self, function: &Closure, call: &Instr) -> bool {
        let Some(f) = self.program.funcs.get(function.func as usize) else { return false };
        let raw = u32::from(function.raw_captures()) + u32::from(call.word.field(3));
        let all = function.captures.len() + call.ext_slots().count();
        (u32::from(f.raw_params), f.params()) == (raw, all as u32)
    }
}
