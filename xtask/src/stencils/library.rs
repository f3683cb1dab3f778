//! Writes the library that `mochi-jit` reads.
//!
//! ```text
//! magic: 8 bytes   digest: 32 bytes   count: u32   where each variant is: u32 ...   variants
//! variant   length: u8   holes: u8 (number | 128 when control reaches the end)   hole ...   bytes
//! hole      offset: u8   kind: u8 (kind | symbol << 4)   addend: i8 (or what the processor makes of it)
//! ```
//!
//! Variants with equal bytes and holes are there once.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Made;
use super::cut::{Kind, Piece, Pieces};
use super::manifest::{self, Stencil, symbol};
use crate::failure::{Result, failed};

const MAGIC: &[u8; 8] = b"stencil\n";

/// The digest of what a library was made from.
#[cfg(test)]
pub fn digest_of(library: &[u8]) -> Option<[u8; 32]> {
    library.strip_prefix(MAGIC)?.get(..32)?.try_into().ok()
}

/// The library and its listing.
pub(super) fn build(digest: &[u8; 32], pieces: &Pieces) -> Result<Made> {
    let mut index: Vec<u32> = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut listing = String::new();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let _ = writeln!(listing, "made by `cargo xtask stencils` from {hex}");
    let mut code = 0;
    for &stencil in Stencil::ALL {
        let variants: Vec<String> = stencil.variants().map(|places| symbol(stencil, &places)).collect();
        for (number, name) in variants.iter().enumerate() {
            let Some(piece) = pieces.0.get(name) else { return failed(format!("there is no {name}")) };
            let entry = match encode(piece) {
                Some(entry) => entry,
                None => {
                    return failed(format!("{name} does not fit the format:\n{}", piece.listing.join("\n")));
                }
            };
            code += piece.bytes.len();
            let at = *known.entry(entry.clone()).or_insert_with(|| {
                let at = data.len() as u32;
                data.extend(entry);
                at
            });
            index.push(at);
            if [0, variants.len() / 2, variants.len() - 1].contains(&number) {
                let _ =
                    writeln!(listing, "\n{name}: {} bytes\n{}", piece.bytes.len(), piece.listing.join("\n"));
            }
        }
    }
    if index.len() as u32 != manifest::COUNT {
        return failed("the manifest counts its variants wrongly");
    }
    let mut library = MAGIC.to_vec();
    library.extend(digest);
    library.extend((index.len() as u32).to_le_bytes());
    index.iter().for_each(|at| library.extend(at.to_le_bytes()));
    library.extend(data);
    let summary =
        format!("{} stencils, {code} bytes of code, library of {} bytes", index.len(), library.len());
    Ok(Made { library, listing: listing.into_bytes(), summary })
}

fn encode(piece: &Piece) -> Option<Vec<u8>> {
    let holes = u8::try_from(piece.relocs.len()).ok().filter(|&holes| holes < 128)?;
    let mut entry = vec![u8::try_from(piece.bytes.len()).ok()?, holes | if piece.falls { 128 } else { 0 }];
    for reloc in &piece.relocs {
        // A wide hole may be that of an instruction that adds.
        let addend = i8::try_from(reloc.addend).map(i8::cast_unsigned).or(u8::try_from(reloc.addend)).ok()?;
        let kind: Kind = reloc.kind;
        entry.extend([u8::try_from(reloc.at).ok()?, kind as u8 | (reloc.symbol as u8) << 4, addend]);
    }
    entry.extend(&piece.bytes);
    Some(entry)
}
