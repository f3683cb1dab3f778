//! Copies that happen at once, as a sequence.

use super::fold::Const;

/// Where a copy reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// A slot.
    Slot(u16),
    /// A constant.
    Const(Const),
}

/// A copy to a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Move {
    pub to: u16,
    pub from: Source,
}

/// Orders copies so that none overwrites what a later one reads; a cycle goes through the slot that `scratch` gives for
/// one of its slots. Copies to the same slot do not occur, nor are there copies of a slot to itself afterwards.
pub(super) fn sequence(mut moves: Vec<Move>, scratch: impl Fn(u16) -> u16, mut emit: impl FnMut(Move)) {
    moves.retain(|m| m.from != Source::Slot(m.to));
    // Constants read nothing, so they come last.
    let mut constants = moves.clone();
    constants.retain(|m| matches!(m.from, Source::Const(_)));
    moves.retain(|m| matches!(m.from, Source::Slot(_)));
    while !moves.is_empty() {
        let is_read = |slot: u16| moves.iter().any(|m| m.from == Source::Slot(slot));
        match moves.iter().position(|m| !is_read(m.to)) {
            Some(free) => emit(moves.swap_remove(free)),
            None => {
                // Only cycles are left. What the first is to overwrite is saved.
                let slot = moves[0].to;
                let saved = scratch(slot);
                emit(Move { to: saved, from: Source::Slot(slot) });
                for m in &mut moves {
                    if m.from == Source::Slot(slot) {
                        m.from = Source::Slot(saved);
                    }
                }
            }
        }
    }
    constants.into_iter().for_each(emit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(u16, u16)]) {
        let moves = pairs.iter().map(|&(to, from)| Move { to, from: Source::Slot(from) }).collect();
        let mut slots: Vec<u16> = (0..10).collect();
        sequence(
            moves,
            |_| 9,
            |m| {
                let Source::Slot(from) = m.from else { unreachable!() };
                slots[usize::from(m.to)] = slots[usize::from(from)];
            },
        );
        let mut expected: Vec<u16> = (0..9).collect();
        pairs.iter().for_each(|&(to, from)| expected[usize::from(to)] = from);
        assert_eq!(slots[..9], expected, "{pairs:?}");
    }

    #[test]
    fn copies_happen_as_if_at_once() {
        check(&[]);
        check(&[(1, 1), (2, 3)]);
        check(&[(1, 2), (2, 3), (3, 4)]);
        check(&[(4, 3), (3, 2), (2, 1)]);
        check(&[(1, 2), (2, 1)]);
        check(&[(1, 2), (2, 3), (3, 1), (4, 1), (5, 6), (6, 5)]);
        check(&[(1, 0), (2, 0), (0, 1)]);
    }
}
