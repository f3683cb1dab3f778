//! What there is to tell of code (see [`watch`](crate::watch)), found out from the stencils that it was made of.

use mochi_vm::code::{Code, Program};

use crate::analyse::Analysis;
use crate::library::variant;
use crate::listing::Piece;
use crate::manifest::{Place, Stencil};
use crate::watch::Caller;

/// Where the source of pieces of a function begins.
pub(crate) fn places(
    program: &Program,
    index: u32,
    analysis: &Analysis<'_>,
    pieces: &[Piece],
    hot: usize,
) -> Vec<(u32, u32)> {
    let f: &Code = &program.funcs[index as usize];
    let mut places: Vec<(u32, u32)> = Vec::new();
    for piece in pieces {
        let word = analysis.list.get(piece.instruction as usize).map_or(0, |ins| ins.code.at);
        let at = f.place(word).map_or(0, |place| place.span.lo);
        places.push((piece.distance(hot) as u32, at));
    }
    places.sort_by_key(|&(distance, _)| distance);
    places.dedup_by_key(|&mut (_, at)| at);
    places
}

/// How callers are found in pieces of a function.
pub(crate) fn callers(pieces: &[Piece], hot: usize) -> Vec<(u32, Caller)> {
    let mut callers = vec![(0, Caller::Called(0))];
    for piece in pieces {
        let start = piece.distance(hot) as u32;
        callers.extend(of_stencil(piece.stencil, &piece.places).iter().map(|&(at, c)| (start + at, c)));
    }
    callers.sort_by_key(|&(distance, _)| distance);
    callers
}

/// Where a stencil changes how the caller is found. Only assembly does.
pub(crate) fn of_stencil(stencil: Stencil, places: &[Place]) -> Vec<(u32, Caller)> {
    let mut changes = Vec::new();
    // On other processors no debugger is told.
    if cfg!(not(target_arch = "x86_64")) {
        return changes;
    }
    let Some(variant) = variant(stencil, places).filter(|_| stencil.row().file == "calls") else {
        return changes;
    };
    // Numbers are not filled in here, so that no part of one looks like an instruction.
    let code = variant.bytes;
    let framed = if stencil == Stencil::Enter { Caller::Entered } else { Caller::Framed };
    for at in 0..code.len() {
        let (len, caller) = match code[at..] {
            // push rbp; mov rbp, rsp
            [0x55, 0x48, 0x89, 0xe5, ..] => {
                changes.push((at as u32 + 1, Caller::Pushed));
                (4, framed)
            }
            // pop rbp, but for the second byte of `pop r13`
            [0x5d, ..] if at == 0 || code[at - 1] != 0x41 => (1, Caller::Called(0)),
            // sub rsp, 8; add rsp, 8
            [0x48, 0x83, 0xec, 0x08, ..] if stencil == Stencil::Lazy => (4, Caller::Called(8)),
            [0x48, 0x83, 0xc4, 0x08, ..] if stencil == Stencil::Lazy => (4, Caller::Called(0)),
            _ => continue,
        };
        changes.push((at as u32 + len, caller));
    }
    changes
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    /// Every call is made with the caller's frame pointer saved.
    #[test]
    fn frames_are_around_calls() {
        use Stencil::{Call, CallFound, CallOpened, Enter, Find, OutOfLine};
        for stencil in [Call, CallFound, CallOpened, OutOfLine, Find, Enter] {
            let code = variant(stencil, &[]).unwrap().bytes;
            let changes = of_stencil(stencil, &[]);
            let is_call = |at: &usize| matches!(code[*at..], [0xe8, ..] | [0xff, 0xd0 | 0xd2 | 0x50, ..]);
            let call =
                (0..code.len()).rev().find(is_call).unwrap_or_else(|| panic!("{stencil:?} calls nothing"));
            let at_call = changes.iter().rev().find(|&&(at, _)| at as usize <= call).unwrap();
            assert!(matches!(at_call.1, Caller::Framed | Caller::Entered), "{stencil:?} {changes:?}");
            assert_eq!(changes.last().unwrap().1, Caller::Called(0), "{stencil:?} {changes:?}");
        }
        let lazy = of_stencil(Stencil::Lazy, &[]);
        assert_eq!(
            lazy.iter().map(|change| change.1).collect::<Vec<_>>(),
            [Caller::Called(8), Caller::Called(0)]
        );
    }
}
