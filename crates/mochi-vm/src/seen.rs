//! What calls of function values called so far, as the interpreter saw it whenever it looked at what is hot: native code of
//! such a call expects the same functions again, and calls them without looking anything up.

use crate::code::Word;

/// Functions that one call is remembered with.
pub const MOST: usize = 3;

/// Calls that are remembered, a power of two. A place may be wanted by several, of which the last one gets it.
const PLACES: usize = 256;

/// What calls of function values called: positions in [`Program::closures`](crate::code::Program::closures).
#[derive(Debug, Default)]
pub struct Seen {
    /// Empty until there is something to remember.
    places: Vec<Place>,
}

/// A call.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Its instruction.
    at: *const Word,
    rows: [u32; MOST],
    /// How many of the rows there are; more than [`MOST`] when it called more.
    count: usize,
}

const NOBODY: Place = Place { at: std::ptr::null(), rows: [0; MOST], count: 0 };

fn place(at: *const Word) -> usize {
    at as usize / size_of::<Word>() % PLACES
}

impl Seen {
    /// A call calls a function.
    pub fn note(&mut self, at: *const Word, row: u32) {
        if self.places.is_empty() {
            self.places.resize(PLACES, NOBODY);
        }
        let known = &mut self.places[place(at)];
        if known.at != at {
            *known = Place { at, rows: [row; MOST], count: 1 };
        } else if known.count <= MOST && !known.rows[..known.count].contains(&row) {
            if let Some(free) = known.rows.get_mut(known.count) {
                *free = row;
            }
            known.count += 1;
        }
    }

    /// What a call called so far, the first one first; nothing when that is unknown or too much.
    pub fn rows(&self, at: *const Word) -> &[u32] {
        match self.places.get(place(at)) {
            Some(known) if known.at == at => known.rows.get(..known.count).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Forgets all: other instructions are at these addresses.
    pub fn clear(&mut self) {
        self.places.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: usize) -> *const Word {
        (8 * number) as *const Word
    }

    #[test]
    fn few_functions_are_remembered() {
        let mut seen = Seen::default();
        assert_eq!(seen.rows(call(5)), [0; 0]);
        for row in [7, 0, 7, 0, 9] {
            seen.note(call(5), row);
        }
        assert_eq!(seen.rows(call(5)), [7, 0, 9]);
        seen.note(call(5), 1);
        assert_eq!(seen.rows(call(5)), [0; 0], "who calls many functions may call any");
        seen.note(call(5), 7);
        assert_eq!(seen.rows(call(5)), [0; 0]);
    }

    #[test]
    fn calls_are_told_apart() {
        let mut seen = Seen::default();
        seen.note(call(5), 7);
        seen.note(call(6), 8);
        assert_eq!((seen.rows(call(5)), seen.rows(call(6))), (&[7][..], &[8][..]));
        seen.note(call(5 + PLACES), 9);
        assert_eq!((seen.rows(call(5)), seen.rows(call(5 + PLACES))), (&[][..], &[9][..]));
        seen.clear();
        assert_eq!(seen.rows(call(6)), [0; 0]);
    }
}
