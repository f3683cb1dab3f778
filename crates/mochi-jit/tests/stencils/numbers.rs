//! Values and numbers: the edges of what there is, and random ones.

use mochi_abi::Cell;

use crate::interpreter::World;
use crate::spec::Domain;

/// Numbers for holes: around the limits of every way to write one.
pub const WORDS: [i64; 16] = [
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    2,
    i32::MAX as i64,
    i32::MIN as i64,
    u32::MAX as i64,
    1 << 32,
    i64::MAX,
    i64::MIN,
    0x1234_5678_9abc_def0,
    -3,
];

const INTS: [i64; 24] = [
    0,
    1,
    -1,
    2,
    -2,
    63,
    64,
    127,
    128,
    -128,
    255,
    i32::MAX as i64,
    i32::MIN as i64,
    1 << 31,
    u32::MAX as i64,
    1 << 32,
    (1 << 47) - 1,
    1 << 47,
    -(1 << 47),
    -(1 << 47) - 1,
    i64::MAX,
    i64::MAX - 1,
    i64::MIN,
    i64::MIN + 1,
];

const FLOATS: [u64; 20] = [
    0,
    1 << 63,
    0x3ff0_0000_0000_0000,
    0xbff8_0000_0000_0000,
    f64::INFINITY.to_bits(),
    f64::NEG_INFINITY.to_bits(),
    f64::NAN.to_bits(),
    0xfff8_0000_0000_0000,
    0x7ff8_0000_dead_beef,
    // Denormals and what is next to them.
    1,
    0x8000_0000_0000_0001,
    0x000f_ffff_ffff_ffff,
    f64::MIN_POSITIVE.to_bits(),
    f64::MAX.to_bits(),
    f64::MIN.to_bits(),
    // 2^63, -2^63, and their neighbours.
    0x43e0_0000_0000_0000,
    0x43df_ffff_ffff_ffff,
    0xc3e0_0000_0000_0000,
    0xc3e0_0000_0000_0001,
    0x4340_0000_0000_0001,
];

pub struct Random {
    state: u64,
    /// The last ints and floats.
    last: [u64; 2],
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, last: [0; 2] }
    }
    pub fn word(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    pub fn below(&mut self, n: usize) -> usize {
        ((self.word() >> 32) as usize * n) >> 32
    }
    pub fn of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    /// A value of a domain. `data` and `len` are those of the list or string that may be reached.
    pub fn value(&mut self, domain: Domain, world: &World, data: u64, len: u64) -> u64 {
        match domain {
            // The same one again, or its neighbour, is interesting to whoever compares.
            Domain::Int => {
                let int = match self.below(8) {
                    0..4 => self.of(&INTS) as u64,
                    4 => (self.below(256) as u64).wrapping_sub(128),
                    5 => self.word(),
                    6 => self.last[0].wrapping_add(self.below(3) as u64).wrapping_sub(1),
                    _ => self.last[0],
                };
                self.last[0] = int;
                int
            }
            Domain::Divisor => loop {
                let int = self.value(Domain::Int, world, data, len);
                if !matches!(int as i64, 0 | -1) {
                    return int;
                }
            },
            Domain::Float => {
                let bits = match self.below(8) {
                    0..4 => self.of(&FLOATS),
                    4 => (self.below(1000) as f64 / 8.0 - 60.0).to_bits(),
                    5 => (self.word() as i64 as f64).to_bits(),
                    6 => self.word(),
                    _ => self.last[1],
                };
                self.last[1] = bits;
                bits
            }
            Domain::Cell => self.of(&world.cells),
            Domain::Number => match self.below(8) {
                0 => self.of(&world.cells),
                1..5 => {
                    let int = self.value(Domain::Int, world, data, len) as i64;
                    // Those that fit, and those that do when they are cut.
                    Cell::from_small_int(int).or(Cell::from_small_int(int << 16 >> 16)).expect("48 bits").0
                }
                _ => Cell::from_f64(f64::from_bits(self.value(Domain::Float, world, data, len))).0,
            },
            Domain::Str => match self.below(3) {
                0 => self.of(&world.short).0,
                _ => self.of(&world.strings).0,
            },
            Domain::NotEmpty => match self.value(Domain::Str, world, data, len) {
                empty if empty == Cell::EMPTY_STR.0 => self.of(&world.strings).0,
                text => text,
            },
            Domain::Part => match self.below(4) {
                0 => self.value(Domain::Str, world, data, len),
                _ => short(&[self.of(b"agcnrz ")]).0,
            },
            Domain::Key => match self.below(8) {
                0 => self.of(&world.short).0,
                number => short(format!("{}", 20 * number + self.below(30)).as_bytes()).0,
            },
            Domain::IntKey => match self.below(3) {
                0 => self.value(Domain::Int, world, data, len),
                1 => (self.below(150) as u64).wrapping_sub(70),
                _ => (self.below(150) as u64).wrapping_sub(70) << 40,
            },
            Domain::Start => self.of(&[0, 0, 0, 1]),
            Domain::Builder => self.of(&world.builders).0,
            Domain::IntCell | Domain::FloatCell | Domain::BoolCell => loop {
                let cell = Cell(self.of(&world.cells));
                let is = match domain {
                    Domain::IntCell => cell.is_small_int() || cell.arena() == Some(mochi_abi::Arena::Bigint),
                    Domain::FloatCell => cell.is_f64(),
                    _ => cell.is_bool(),
                };
                if is || cell.is_none() {
                    return cell.0;
                }
            },
            Domain::Bool => self.word() & 1,
            Domain::Shift | Domain::Power | Domain::Multiplier => unreachable!("these are in the code"),
            Domain::Index => match self.below(4) {
                0 => self.of(&[len, len + 1, u64::MAX, 1 << 63, 1 << 32]),
                _ => self.below(len as usize) as u64,
            },
            Domain::Data => data,
            Domain::Inside => self.below(len as usize) as u64,
        }
    }
}

/// A string of at most five bytes.
pub fn short(text: &[u8]) -> Cell {
    Cell::from_short_str(text).expect("at most five bytes")
}

/// A number in the code for an operand of a domain.
pub fn number(domain: Domain, round: usize) -> i64 {
    match domain {
        Domain::Shift => [0, 1, 31, 32, 63, 7][round % 6],
        Domain::Power => [1, 2, 31, 32, 62, 8][round % 6],
        Domain::Bool => [0, 1][round % 2],
        Domain::Divisor => {
            let number = WORDS[round % WORDS.len()];
            if matches!(number, 0 | -1) { 3 - number } else { number }
        }
        _ => WORDS[round % WORDS.len()],
    }
}
