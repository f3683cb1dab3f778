//! Text files of programs: read by line or whole, and replaced as a whole.

use mochi_abi::{Cell, TrapKind};

use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// Opens a text file for reading, `-` or the empty path being standard input: its number.
pub fn file_open(rt: &mut Runtime, path: Cell) -> Outcome<i64> {
    let path = rt.heap.str(&path).to_string();
    rt.open_text(&path)
}

/// The next line of a file with its ending; empty at the end.
pub fn file_line(rt: &mut Runtime, file: i64) -> Outcome<Cell> {
    rt.read_text_line(file)
}

/// Everything that is left of a file.
pub fn file_rest(rt: &mut Runtime, file: i64) -> Outcome<Cell> {
    rt.read_text_rest(file)
}

/// Ends the reading of a file.
pub fn file_close(rt: &mut Runtime, file: i64) -> Outcome<()> {
    rt.files.close(file);
    Ok(())
}

/// Begins a file that takes the place of the one with this path when it is complete: its number.
pub fn save_open(rt: &mut Runtime, path: Cell) -> Outcome<i64> {
    let path = rt.heap.str(&path).to_string();
    rt.begin_file(&path)
}

/// Adds text to such a file.
pub fn save_write(rt: &mut Runtime, file: i64, text: Cell) -> Outcome<()> {
    rt.files.write(file, rt.heap.str(&text).as_bytes())
}

/// Puts such a file in its place.
pub fn save_commit(rt: &mut Runtime, file: i64) -> Outcome<()> {
    rt.files.commit(file)
}

/// A trap of data from outside that is not as it should be, with this message.
pub fn trap_data(rt: &mut Runtime, message: Cell) -> Outcome<()> {
    Err(Trap::new(TrapKind::Data, rt.heap.str(&message)))
}
