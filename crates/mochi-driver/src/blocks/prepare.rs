//! Which blocks there are: a file is checked, its blocks are chosen by name, and only then compiled further.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use mochi_base::FileId;
use mochi_types::blocks::{Block, BlockKind};

use super::{Unit, panic_message};
use crate::compile::{CompiledBlocks, Counting, Failure, Options, Session};
use crate::report::Listing;
use crate::{Source, report};

/// Whether blocks are run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Action {
    /// They are.
    #[default]
    Run,
    /// Only their names are shown.
    List,
}

/// Which blocks are wanted, and what becomes of them.
pub struct Wanted<'a> {
    /// Their kind.
    pub kind: BlockKind,
    /// Only those whose name contains this.
    pub filter: Option<&'a str>,
    /// They come in a random order that this number decides.
    pub shuffle: Option<u64>,
    /// Run or list.
    pub action: Action,
    /// Whether executions of their places are counted.
    pub counting: Counting,
    /// Choices of the compiler.
    pub options: &'a Options,
    /// How diagnostics are written.
    pub diagnostics: crate::Format,
}

/// A file that was compiled, or why it was not.
pub enum Prepared {
    /// It has no block that was asked for.
    Nothing,
    /// Its blocks: positions in the unit's blocks, in the order they are to be shown.
    Ready(Arc<Unit>, Vec<usize>),
    /// The text of its diagnostics.
    Broken(String),
}

/// Compiles a file for its blocks. A bug of ours that shows as a panic concerns this file only.
pub fn prepare(wanted: &Wanted<'_>, path: &Path) -> Prepared {
    catch_unwind(AssertUnwindSafe(|| prepare_file(wanted, path))).unwrap_or_else(|panic| {
        let what = panic_message(panic.as_ref());
        Prepared::Broken(format!("mochi: internal error in `{}`: {what}\n", path.display()))
    })
}

fn prepare_file(wanted: &Wanted<'_>, path: &Path) -> Prepared {
    let mut session = Session::new(Options { whole_package: true, ..wanted.options.clone() });
    match try_prepare(wanted, path, &mut session) {
        Ok(None) => Prepared::Nothing,
        Ok(Some((compiled, blocks, chosen))) => {
            let CompiledBlocks { program, places } = compiled;
            let Session { sources, options, module_root: root, .. } = session;
            let unit = Unit { sources, program: Arc::new(program), blocks, places, root, options };
            Prepared::Ready(Arc::new(unit), chosen)
        }
        Err(Failure::Diagnostics) => {
            Prepared::Broken(report::diagnostics_text(&session, wanted.diagnostics, Listing::Errors))
        }
        Err(Failure::Message(message) | Failure::Bug(message)) => Prepared::Broken(format!("{message}\n")),
    }
}

type Found = (CompiledBlocks, Vec<Block>, Vec<usize>);

/// The file that a session loads first.
const MAIN_FILE: FileId = FileId(0);

fn try_prepare(wanted: &Wanted<'_>, path: &Path, session: &mut Session) -> Result<Option<Found>, Failure> {
    let mut program = session.front_end(&Source::File(path.to_path_buf()))?;
    let blocks = session.separate_blocks(&mut program, wanted.kind);
    // Blocks of imported packages belong to their own files.
    let own = |block: &Block| session.sources.file_at(block.span.lo) == MAIN_FILE;
    let named = |block: &Block| wanted.filter.is_none_or(|filter| block.name.contains(filter));
    let mut chosen: Vec<usize> =
        (0..blocks.len()).filter(|&i| own(&blocks[i]) && named(&blocks[i])).collect();
    if chosen.is_empty() {
        return Ok(None);
    }
    if let Some(seed) = wanted.shuffle {
        shuffle(&mut chosen, seed);
    }
    let compiled = match wanted.action {
        Action::Run => session.compile_blocks(&program, wanted.counting)?,
        Action::List => CompiledBlocks::default(),
    };
    Ok(Some((compiled, blocks, chosen)))
}

/// Puts items into a random order that the seed decides (Fisher and Yates, over splitmix64).
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    let mut random = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for last in (1..items.len()).rev() {
        let other = (random() % (last as u64 + 1)) as usize;
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_the_order_and_loses_nothing() {
        let shuffled = |seed| {
            let mut items: Vec<u32> = (0..50).collect();
            shuffle(&mut items, seed);
            items
        };
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
        let mut sorted = shuffled(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<u32>>());
    }
}
