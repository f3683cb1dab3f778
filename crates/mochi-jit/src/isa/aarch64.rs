//! aarch64: numbers are parts of instructions, which the stencils leave open.
//!
//! A hole for a number stands where the C compiler put the number into a register. When the one instruction that uses the
//! register has room for the number, it gets it; else the number is made in the register by one to four instructions more.
//! So there is no number that does not fit, and the usual ones cost nothing.

use super::Jump;
use crate::library::{Hole, Kind, Symbol, Variant};

/// What `cargo xtask stencils` made.
pub static LIBRARY: &[u8] = include_bytes!("../../library/aarch64.bin");

/// Whether stubs go to an address that they load.
pub const STUBS_LOAD: bool = true;

/// The register of a number.
fn register(hole: Hole) -> u32 {
    u32::from(hole.more & 31)
}

/// Where a stencil has the instructions that make a number.
fn made_at(hole: Hole) -> usize {
    usize::from(hole.at) - 4 * usize::from(hole.more >> 5)
}

/// The instruction with a number in it instead of in a register; `None` when it has no room for it.
fn folded(kind: Kind, instr: u32, number: i64) -> Option<u32> {
    const BASE_AND_TARGET: u32 = 0x3ff;
    match kind {
        Kind::Offset => {
            let scale = instr >> 30;
            let scaled = number >> scale;
            let fits = (0..4096).contains(&scaled) && scaled << scale == number;
            fits.then_some(instr & (0xfcc0_0000 | BASE_AND_TARGET) | 1 << 24 | (scaled as u32) << 10)
        }
        Kind::Sum => {
            // A sum with -n is a difference with n, flags for signed comparison included.
            let (flip, size) = if number < 0 { (1 << 30, number.checked_neg()?) } else { (0, number) };
            let (shift, value) = match size {
                0..4096 => (0, size),
                _ if size & 0xfff == 0 && size < 1 << 24 => (1 << 22, size >> 12),
                _ => return None,
            };
            let kept = instr & (0xe000_0000 | BASE_AND_TARGET) ^ flip;
            Some(kept | 0x1100_0000 | shift | (value as u32) << 10)
        }
        Kind::Shift => {
            let by = u32::try_from(number).ok().filter(|by| *by < 64)?;
            // lsl, lsr, asr are moves of bit fields.
            let (op, from, to) = match instr >> 10 & 3 {
                0 => (0xd340_0000, (64 - by) & 63, 63 - by),
                1 => (0xd340_0000, by, 63),
                _ => (0x9340_0000, by, 63),
            };
            Some(op | from << 16 | to << 10 | instr & BASE_AND_TARGET)
        }
        Kind::Logic => {
            let pattern = pattern(number as u64)?;
            Some(instr & (0xe000_0000 | BASE_AND_TARGET) | 0x1200_0000 | pattern << 10)
        }
        _ => None,
    }
}

/// The 13 bits that stand for a number in logic instructions: a run of ones, rotated and repeated.
fn pattern(number: u64) -> Option<u32> {
    if number == 0 || number == u64::MAX {
        return None;
    }
    let mut size = 64;
    while size > 2 {
        let half = size / 2;
        let mask = (1u64 << half) - 1;
        if number & mask != number >> half & mask {
            break;
        }
        size = half;
    }
    let mask = u64::MAX >> (64 - size);
    let element = number & mask;
    let ones = element.count_ones();
    let run = (1u64 << ones) - 1;
    // The element is the run rotated right by so much.
    let by = (0..size).find(|&by| rotate_right(run, by, size) == element)?;
    let n = u32::from(size == 64);
    let sizes = !(2 * size - 1) & 0x3f;
    Some(n << 12 | by << 6 | sizes | (ones - 1))
}

fn rotate_right(value: u64, by: u32, size: u32) -> u64 {
    if by == 0 {
        return value;
    }
    (value >> by | value << (size - by)) & (u64::MAX >> (64 - size))
}

/// Appends the instructions that make a number in a register, as few as there can be.
fn make(code: &mut Vec<u8>, register: u32, number: i64) {
    let mut push = |instr: u32| code.extend_from_slice(&(instr | register).to_le_bytes());
    let part = |value: u64, i: u32| (value >> (16 * i)) as u16;
    let number = number as u64;
    let least = |value: u64| (0..4).filter(|&i| part(value, i) != 0).count();
    if least(number).min(least(!number)) > 1
        && let Some(pattern) = pattern(number)
    {
        // orr register, xzr, pattern
        return push(0xb200_03e0 | pattern << 10);
    }
    // movz, or movn when most parts are ones; then movk for each part that differs.
    let inverted = least(!number) < least(number);
    let (rest, first) = if inverted { (!number, 0x9280_0000) } else { (number, 0xd280_0000) };
    let start = (0..4).find(|&i| part(rest, i) != 0).unwrap_or(0);
    push(first | start << 21 | u32::from(part(rest, start)) << 5);
    for i in start + 1..4 {
        if part(rest, i) != 0 {
            push(0xf280_0000 | i << 21 | u32::from(part(number, i)) << 5);
        }
    }
}

/// Appends a stencil with its numbers, of which all fit.
pub fn copy(variant: Variant, numbers: &[i64; 4], code: &mut Vec<u8>, mut jump: impl FnMut(Jump)) -> bool {
    let start = code.len();
    let bytes = variant.bytes;
    let instr = |at: u8| {
        let at = usize::from(at);
        u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    };
    // Where instructions were put in, ascending, and by how much what follows has moved.
    let mut moved: [(usize, usize); 8] = [(0, 0); 8];
    let mut count = 0;
    let mut copied = 0;
    for hole in variant.holes() {
        let Symbol::Hole(n) = hole.symbol else { continue };
        let number = numbers[usize::from(n)];
        let inside = hole.kind == Kind::Word64
            || hole.kind != Kind::Number && folded(hole.kind, instr(hole.at), number).is_some();
        if !inside {
            let at = made_at(hole);
            code.extend_from_slice(&bytes[copied..at]);
            copied = at;
            make(code, register(hole), number);
            moved[count] = (at, code.len() - start - at);
            count += 1;
        }
    }
    code.extend_from_slice(&bytes[copied..]);
    let end = code.len();
    let place = |at: u8| {
        let at = usize::from(at);
        let shift = moved[..count].iter().rev().find(|(from, _)| *from <= at).map_or(0, |(_, by)| *by);
        start + at + shift
    };
    for hole in variant.holes() {
        let at = place(hole.at);
        match hole.symbol {
            Symbol::Hole(n) => {
                let number = numbers[usize::from(n)];
                if hole.kind == Kind::Word64 {
                    code[at..at + 8].copy_from_slice(&number.to_le_bytes());
                } else if hole.kind != Kind::Number
                    && let Some(instr) = folded(hole.kind, instr(hole.at), number)
                {
                    code[at..at + 4].copy_from_slice(&instr.to_le_bytes());
                }
            }
            Symbol::Next => {
                set_distance(&mut code[at..], hole.kind, (end - at) as i64);
            }
            symbol => jump(Jump { at: at as u32, kind: hole.kind, symbol }),
        }
    }
    true
}

/// Writes the distance of a jump into its instruction; whether it reaches so far.
pub fn set_distance(code: &mut [u8], kind: Kind, distance: i64) -> bool {
    let (bits, shift) = match kind {
        Kind::Jump19 => (19, 5),
        Kind::Jump14 => (14, 5),
        _ => (26, 0),
    };
    let steps = distance >> 2;
    if steps >> (bits - 1) != 0 && steps >> (bits - 1) != -1 {
        return false;
    }
    let mask = ((1u32 << bits) - 1) << shift;
    let instr = u32::from_le_bytes([code[0], code[1], code[2], code[3]]);
    let instr = instr & !mask | (steps as u32) << shift & mask;
    code[..4].copy_from_slice(&instr.to_le_bytes());
    true
}

/// The address in a word of the native stack, if it is one to return to: without its signature.
#[cfg(target_arch = "aarch64")]
pub fn return_address(word: u64) -> u64 {
    let address;
    // SAFETY: `xpaclri` changes nothing but its register. Older processors do nothing.
    unsafe { std::arch::asm!("hint #7", inout("x30") word => address, options(pure, nomem, nostack)) };
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_fit_become_part_of_the_instruction() {
        let cases = [
            (Kind::Sum, 0x8b08_02f6, 5, Some(0x9100_16f6)),
            (Kind::Sum, 0x8b08_02f6, -5, Some(0xd100_16f6)),
            (Kind::Sum, 0x8b08_02f6, 0x5000, Some(0x9140_16f6)),
            (Kind::Sum, 0x8b08_02f6, 0x5001, None),
            (Kind::Sum, 0x8b08_02f6, i64::MIN, None),
            (Kind::Sum, 0xeb08_02df, 7, Some(0xf100_1edf)),
            (Kind::Sum, 0xeb08_02df, -7, Some(0xb100_1edf)),
            (Kind::Offset, 0xf868_6a89, 16, Some(0xf940_0a89)),
            (Kind::Offset, 0xf868_6a89, 4095 * 8, Some(0xf97f_fe89)),
            (Kind::Offset, 0xf868_6a89, 4096 * 8, None),
            (Kind::Offset, 0xf868_6a89, 12, None),
            (Kind::Offset, 0xf868_6a89, -8, None),
            (Kind::Offset, 0xfc28_6a80, 8, Some(0xfd00_0680)),
            (Kind::Offset, 0x3868_6b49, 3, Some(0x3940_0f49)),
            (Kind::Logic, 0x8a08_02f6, 0xff, Some(0x9240_1ef6)),
            (Kind::Logic, 0xca08_02f6, 1, Some(0xd240_02f6)),
            (Kind::Logic, 0xca08_02f6, 5, None),
            (Kind::Logic, 0xca08_02f6, 0, None),
            (Kind::Logic, 0xca08_02f6, -1, None),
            (Kind::Shift, 0x9ac8_22f6, 3, Some(0xd37d_f2f6)),
            (Kind::Shift, 0x9ac8_26f6, 3, Some(0xd343_fef6)),
            (Kind::Shift, 0x9ac8_2af6, 3, Some(0x9343_fef6)),
            (Kind::Shift, 0x9ac8_22f6, 64, None),
        ];
        for (kind, instr, number, expected) in cases {
            assert_eq!(folded(kind, instr, number), expected, "{kind:?} {instr:x} {number}");
        }
    }

    /// What the processor makes of the bits of a logic instruction, as its manual says; `None` for what is reserved.
    fn decoded(pattern: u32) -> Option<u64> {
        let (n, by, sizes) = (pattern >> 12, pattern >> 6 & 63, pattern & 63);
        let combined = n << 6 | !sizes & 63;
        let length = combined.checked_ilog2().filter(|length| *length > 0)?;
        let size = 1 << length;
        let ones = (sizes & (size - 1)) + 1;
        if ones == size {
            return None;
        }
        let element = rotate_right((1 << ones) - 1, by & (size - 1), size);
        Some((0..64 / size).fold(0, |value, i| value | element << (i * size)))
    }

    #[test]
    fn patterns_are_those_that_the_processor_has() {
        let mut known = std::collections::HashSet::new();
        for bits in 0..1 << 13 {
            let Some(value) = decoded(bits) else { continue };
            known.insert(value);
            assert_eq!(pattern(value).and_then(decoded), Some(value), "{value:x}");
        }
        assert_eq!(known.len(), 5334);
        for value in (0..5000).chain([0x1234_5678_9abc_def0, 0xff00_ff00_ff00_fe00]) {
            assert_eq!(pattern(value).is_some(), known.contains(&value), "{value:x}");
        }
    }

    /// The value that instructions leave in register 5.
    fn executed(code: &[u8]) -> u64 {
        let mut value = 0u64;
        for instr in code.chunks(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        {
            assert_eq!(instr & 31, 5);
            let (part, shift) = (u64::from(instr >> 5 & 0xffff), instr >> 21 & 3);
            let moved = part << (16 * shift);
            value = match instr & 0xff80_0000 {
                0xd280_0000 => moved,
                0x9280_0000 => !moved,
                0xf280_0000 => value & !(0xffff << (16 * shift)) | moved,
                0xb200_0000 => decoded(instr >> 10 & 0x1fff).unwrap(),
                _ => panic!("{instr:x}"),
            };
        }
        value
    }

    #[test]
    fn numbers_are_made_with_few_instructions() {
        let cases = [
            (0, 1),
            (1, 1),
            (-1, 1),
            (-2, 1),
            (0xffff, 1),
            (-0x10000, 1),
            (0x12340000, 1),
            (0x12345678, 2),
            (-0x12345678, 2),
            (0x00ff_00ff_00ff_00ff, 1),
            (0x7fff_ffff_ffff_ffff, 1),
            (i64::MIN, 1),
            (0x5555_aaaa_1234, 3),
            (0x1234_5678_9abc_def0, 4),
            (4607182418800017408, 1),
        ];
        for (number, instructions) in cases {
            let mut code = Vec::new();
            make(&mut code, 5, number);
            assert_eq!(executed(&code), number as u64, "{number:x}");
            assert_eq!(code.len(), 4 * instructions, "{number:x}");
        }
    }

    #[test]
    fn distances_reach_as_far_as_they_say() {
        for (instr, kind) in
            [(0x1400_0000_u32, Kind::Jump26), (0x5400_0000, Kind::Jump19), (0x3600_0000, Kind::Jump14)]
        {
            let range = kind.range().map_or(128 << 20, i64::from);
            let set = |distance| set_distance(&mut instr.to_le_bytes(), kind, distance);
            assert!(set(range - 4) && set(-range), "{kind:?}");
            assert!(!set(range) && !set(-range - 4), "{kind:?}");
        }
    }
}
