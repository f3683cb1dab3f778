//! Which tests there are: a file is checked, its blocks are chosen by name, and only then compiled further.

use std::path::Path;
use std::sync::Arc;

use mochi_base::FileId;
use mochi_types::blocks::{Block, BlockKind};

use super::{Action, Prepared, Request};
use crate::blocks::Unit;
use crate::compile::{CompiledBlocks, Counting, Failure, Session};
use crate::{Source, report};

/// Compiles a file for its tests.
pub fn prepare(request: &Request, path: &Path) -> Prepared {
    let mut session = Session::new(request.options.clone());
    match try_prepare(request, path, &mut session) {
        Ok(None) => Prepared::Nothing,
        Ok(Some((compiled, blocks, tests))) => {
            let CompiledBlocks { program, places } = compiled;
            let Session { sources, module_root: root, .. } = session;
            let unit = Unit { sources, program: Arc::new(program), blocks, places, root };
            Prepared::Ready(Arc::new(unit), tests)
        }
        Err(Failure::Diagnostics) => {
            Prepared::Broken(report::diagnostics_text(&session, request.diagnostics, false))
        }
        Err(Failure::Message(message)) => Prepared::Broken(format!("{message}\n")),
    }
}

type Found = (CompiledBlocks, Vec<Block>, Vec<usize>);

/// The file that a session loads first.
const MAIN_FILE: FileId = FileId(0);

fn try_prepare(request: &Request, path: &Path, session: &mut Session) -> Result<Option<Found>, Failure> {
    let mut program = session.front_end(&Source::File(path.to_path_buf()))?;
    let blocks = session.separate_blocks(&mut program, BlockKind::Test);
    let wanted = |name: &str| request.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()));
    // Blocks of imported packages are tests of their own files.
    let own = |block: &Block| session.sources.file_at(block.span.lo) == MAIN_FILE;
    let chosen = |&i: &usize| own(&blocks[i]) && wanted(&blocks[i].name);
    let mut tests: Vec<usize> = (0..blocks.len()).filter(chosen).collect();
    if tests.is_empty() {
        return Ok(None);
    }
    if let Some(seed) = request.shuffle {
        shuffle(&mut tests, seed);
    }
    let counting = if request.coverage.is_some() { Counting::On } else { Counting::Off };
    let compiled = match request.action {
        Action::Run => session.compile_blocks(&program, counting)?,
        Action::List => CompiledBlocks::default(),
    };
    Ok(Some((compiled, blocks, tests)))
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
