//! x86-64: numbers and distances are bytes of their own in instructions.

use super::Jump;
use crate::library::{Kind, Symbol, Variant};

/// What `cargo xtask stencils` made.
pub static LIBRARY: &[u8] = include_bytes!("../../library/x86_64.bin");

/// Whether stubs go to an address that they load.
pub const STUBS_LOAD: bool = false;

/// Appends a stencil with its numbers; nothing, and `false`, when one does not fit.
pub fn copy(variant: Variant, numbers: &[i64; 4], code: &mut Vec<u8>, mut jump: impl FnMut(Jump)) -> bool {
    let start = code.len();
    variant.append(code);
    let len = variant.bytes.len();
    for hole in variant.holes() {
        let at = usize::from(hole.at);
        let bytes = &mut code[start + at..];
        match hole.symbol {
            Symbol::Hole(n) => {
                if !write(bytes, hole.kind, numbers[usize::from(n)].wrapping_add(i64::from(hole.more as i8)))
                {
                    code.truncate(start);
                    return false;
                }
            }
            Symbol::Next => {
                set_distance(bytes, hole.kind, (len - at) as i64);
            }
            symbol => jump(Jump { at: (start + at) as u32, kind: hole.kind, symbol }),
        }
    }
    true
}

/// Writes a number in a way; whether it fits.
fn write(bytes: &mut [u8], kind: Kind, number: i64) -> bool {
    let word = match kind {
        Kind::Signed32 | Kind::Jump32 => i32::try_from(number).ok().map(i32::cast_unsigned),
        Kind::Unsigned32 => u32::try_from(number).ok(),
        Kind::Word64 => {
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            return true;
        }
        Kind::Byte => {
            bytes[0] = number as u8;
            return (0..=127).contains(&number);
        }
        _ => None,
    };
    let Some(word) = word else { return false };
    bytes[..4].copy_from_slice(&word.to_le_bytes());
    true
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
