//! Environment, commands and network.

use std::io;

use mochi_abi::{Cell, ElemKind};

use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// All environment variables as `NAME=VALUE`, in order of their names.
pub fn env_all(rt: &mut Runtime) -> Outcome<Cell> {
    let all = rt.host().variables().map_err(|error| Trap::io("read the environment", &error))?;
    strings(rt, all.iter().map(|(name, value)| format!("{name}={value}")))
}

/// What a command of the system's shell writes to both outputs.
pub fn shell_run(rt: &mut Runtime, command: Cell) -> Outcome<Cell> {
    let command = rt.heap.str(&command).to_string();
    // What the program printed comes before what the command does.
    rt.flush()?;
    let output = rt.host().shell(&command).map_err(|error| Trap::io("run a command", &error))?;
    rt.heap.new_str(&String::from_utf8_lossy(&output))
}

/// The addresses of a computer.
pub fn host_lookup(rt: &mut Runtime, name: Cell) -> Outcome<Cell> {
    let name = rt.heap.str(&name).to_string();
    let found: io::Result<Vec<String>> = rt.host().lookup(&name);
    let found = found.map_err(|error| Trap::io(format_args!("look up `{name}`"), &error))?;
    strings(rt, found.into_iter())
}

/// A list of new strings. Nothing is collected inside a row, so they live until the list holds them.
fn strings(rt: &mut Runtime, texts: impl Iterator<Item = String>) -> Outcome<Cell> {
    let cells = texts.map(|text| Ok(rt.heap.new_str(&text)?.0)).collect::<Outcome<Vec<u64>>>()?;
    rt.heap.list_from(ElemKind::Cell, &cells)
}
