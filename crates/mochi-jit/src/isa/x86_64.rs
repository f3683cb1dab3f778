//! x86-64: numbers and distances are bytes of their own in instructions.

use super::Jump;
use crate::library::{Kind, Symbol, Variant};

/// What `cargo xtask stencils` made.
pub static LIBRARY: &[u8] = include_bytes!("../../library/x86_64.bin");

/// Whether stubs go to an address that they load.
pub const STUBS_LOAD: bool = false;

/// Appends a stencil with its numbers; nothing, and `false`, when one does not fit.
#[inline(always)]
pub fn copy(variant: Variant, numbers: &[i64; 4], code: &mut Vec<u8>, mut jump: impl FnMut(Jump)) -> bool {
    let start = code.len();
    variant.append(code);
    let bytes = &mut code[start..];
    for hole in variant.holes() {
        let at = usize::from(hole.at);
        let bytes = &mut bytes[at..];
        match hole.symbol {
            Symbol::Hole(n) => {
                let number = numbers[usize::from(n & 3)].wrapping_add(i64::from(hole.more as i8));
                if !write(bytes, hole.kind, number) {
                    code.truncate(start);
                    return false;
                }
            }
            Symbol::Next => {
                let distance = bytes.len() as i64;
                set_distance(bytes, hole.kind, distance);
            }
            symbol => jump(Jump { at: (start + at) as u32, kind: hole.kind, symbol }),
        }
    }
    true
}

/// Writes a number in a way; whether it fits.
#[inline]
fn write(bytes: &mut [u8], kind: Kind, number: i64) -> bool {
    let fits = match kind {
        Kind::Signed32 | Kind::Jump32 => number == i64::from(number as i32),
        Kind::Unsigned32 => number == i64::from(number as u32),
        Kind::Byte => {
            bytes[0] = number as u8;
            return (0..=127).contains(&number);
        }
        Kind::Word64 => {
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            return true;
        }
        _ => false,
    };
    bytes[..4].copy_from_slice(&(number as u32).to_le_bytes());
    fits
}

/// Writes the distance of a jump, counted from where it is written; whether it reaches so far.
pub fn set_distance(code: &mut [u8], _: Kind, distance: i64) -> bool {
    let Ok(distance) = i32::try_from(distance - 4) else { return false };
    code[..4].copy_from_slice(&distance.to_le_bytes());
    true
}

/// The address in a word of the native stack, if it is one to return to.
pub fn return_address(word: u64) -> u64 {
    word
}
