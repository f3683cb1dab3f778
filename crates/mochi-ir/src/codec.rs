//! The binary form of a module, in which std is embedded.
//!
//! [`encode`] writes a valid module, [`Library`] opens it and decodes what is asked for, [`decode`] reads all of it. Values,
//! blocks and instructions are renumbered in the order in which blocks list them, so a decoded module has no removed
//! entries and no blocks that are not reached; its types keep their ids. The form is no interchange format: a digest of the tables whose positions it stores must match, so
//! only the build of `mochi` that wrote it reads it.
//!
//! ```text
//! header      magic "mochi-ir", digest: u64, length: u32, entry: u32 (one more than the function; 0 for none),
//!             offsets of the sections in this order: u32 each
//! strings     count: u32, ends: [u32], bytes; names and constants together
//! types       count, then each but the fixed ones: kind, parts
//! structs     count, then each: name, fields (name, type), variant (union, position)
//! unions      count, then each: name, variants
//! globals     count, then each: name, type
//! functions   count: u32, offsets: [u32], by name: [u32], then each: head, body
//! ```
//!
//! Words of a fixed size are little-endian; all other numbers are LEB128, signed ones zigzag. Reading any bytes gives a
//! module whose ids are all in range, or an error, never a panic; whether the module is valid is for the verifier to say.
//! No count is believed that is larger than the bytes that are left.

mod bytes;
mod decode;
mod encode;
mod library;

use crate::module::Module;
use crate::op::Op;
use mochi_abi::{RuntimeFn, TrapKind};

pub use encode::encode;
pub use library::Library;

/// Why bytes cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// They do not start as the binary form does.
    NotIr,
    /// They were written by another build.
    OtherBuild,
    /// They are damaged; near this offset.
    Damaged(usize),
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DecodeError::NotIr => write!(f, "this is no IR in binary form"),
            DecodeError::OtherBuild => write!(f, "the IR was written by another build of mochi"),
            DecodeError::Damaged(at) => write!(f, "the IR is damaged near byte {at}"),
        }
    }
}

impl std::error::Error for DecodeError {}

type Decoded<T> = Result<T, DecodeError>;

/// Reads a whole module.
pub fn decode(bytes: &[u8]) -> Result<Module, DecodeError> {
    Library::open(bytes)?.module()
}

const MAGIC: [u8; 8] = *b"mochi-ir";
/// Bytes of the header.
const HEADER: usize = 16 + 4 * (2 + SECTIONS);
const SECTIONS: usize = 6;

/// Sections in the order of their offsets in the header.
#[derive(Clone, Copy)]
enum Section {
    Strings,
    Types,
    Structs,
    Unions,
    Globals,
    Funcs,
}

/// Digest of everything whose position or number is stored: ops, runtime functions, traps, and the form itself.
const DIGEST: u64 = {
    /// Counts changes of the form that the tables do not show.
    const FORM: u64 = 1;
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ FORM;
    let mut i = 0;
    while i < Op::ALL.len() {
        hash = fnv(hash, Op::ALL[i].mnemonic().as_bytes());
        hash = (hash ^ Op::ALL[i].imm() as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    i = 0;
    while i < RuntimeFn::ALL.len() {
        hash = fnv(hash, RuntimeFn::ALL[i].name().as_bytes());
        i += 1;
    }
    i = 0;
    while i < TrapKind::ALL.len() {
        hash = fnv(hash, TrapKind::ALL[i].name().as_bytes());
        i += 1;
    }
    hash
};

/// FNV-1a over some bytes and an end mark.
const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    (hash ^ 0xFF).wrapping_mul(0x0100_0000_01b3)
}

/// Flags in the second byte of an instruction; the rest of it is the number of operands, [`MANY`] if more follow.
mod flag {
    pub(super) const RESULT: u8 = 1 << 7;
    pub(super) const SPAN: u8 = 1 << 6;
    pub(super) const SCOPE: u8 = 1 << 5;
    pub(super) const TARGETS: u8 = 1 << 4;
}
/// Operand counts of this and more are stored apart.
const MANY: usize = 15;
