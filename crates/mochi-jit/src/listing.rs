//! What the compiler makes of a function, for people: each instruction with the stencils that it became and their bytes.

use std::fmt::Write as _;

use mochi_vm::code::Program;
use mochi_vm::frame::Callee;
use mochi_vm::native::Subject;
use mochi_vm::seen::Seen;

use crate::Settings;
use crate::jit::Jit;
use crate::manifest::{Place, Stencil};

/// A stencil that was copied.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Whether it is in the cold part.
    pub cold: bool,
    /// Where its part has it, in bytes.
    pub at: usize,
    /// Its length in bytes.
    pub len: usize,
    /// What it is.
    pub stencil: Stencil,
    /// Where its operands are.
    pub places: Vec<Place>,
    /// The instruction that it is for.
    pub instruction: u32,
}

impl Piece {
    /// Where it starts in the code, whose hot part has so many bytes.
    pub fn distance(&self, hot: usize) -> usize {
        self.at + if self.cold { hot } else { 0 }
    }
}

/// The code of a function of which this was seen, the hot part first. `line` is what is shown for the source at a word of the function. `None` when
/// the system does not allow code to be made.
pub fn list(
    program: &Program,
    seen: &Seen,
    index: u32,
    line: &dyn Fn(u32) -> Option<String>,
) -> Option<String> {
    let mut callees: Vec<Callee> = Vec::with_capacity(program.funcs.len());
    let words = program.words.as_ptr();
    callees.extend((0..).zip(&program.funcs).map(|(i, f)| Callee::new(i, f, words)));
    let mut jit = Jit::new(Settings::default()).ok()?;
    let made = jit.list(Subject { program, seen, callees: &mut callees }, index)?;
    let mut text = String::new();
    let f = &program.funcs[index as usize];
    let (hot, cold) = (made.hot, made.bytes.len() - made.hot);
    let _ = writeln!(text, "func {} {{ {} instructions, {hot} bytes hot, {cold} cold", f.name, made.count);
    let pins: Vec<String> =
        made.pins.iter().map(|(slot, place)| format!("r{slot} {}", place.name())).collect();
    if !pins.is_empty() {
        let _ = writeln!(text, "  registers: {}", pins.join(", "));
    }
    let mut shown = None;
    let mut source = None;
    for piece in &made.pieces {
        if shown != Some((piece.cold, piece.instruction)) {
            if piece.cold && shown.is_none_or(|(cold, _)| !cold) {
                let _ = writeln!(text, "cold:");
            }
            shown = Some((piece.cold, piece.instruction));
            let (word, instruction) = &made.instructions[piece.instruction as usize];
            let here = line(*word);
            if here != source && !piece.cold {
                if let Some(here) = &here {
                    let _ = writeln!(text, "  ; {here}");
                }
                source = here;
            }
            let _ = writeln!(text, "{word:6}  {instruction}");
        }
        let start = piece.distance(made.hot);
        let bytes = made.bytes[start..start + piece.len].iter().map(|byte| format!("{byte:02x}"));
        let places: Vec<String> = piece.places.iter().map(|place| place.name()).collect();
        let name = format!("{} {}", piece.stencil.row().name, places.join(" "));
        let _ = writeln!(text, "          {start:5x}  {name:22} {}", bytes.collect::<Vec<_>>().join(" "));
    }
    let _ = writeln!(text, "}}");
    Some(text)
}
