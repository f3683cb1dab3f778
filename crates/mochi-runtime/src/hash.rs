//! Hashing of words and bytes: a multiplication whose halves are folded together, as in wyhash.
//!
//! The order of a map's entries is never observable, so hashes need no seed and may differ between back ends.

use mochi_abi::layout::{HASH_FACTOR as A, HASH_MASK as B};

/// Multiplies to 128 bits and folds the halves.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// Hash of a word.
#[inline]
pub fn mix(word: u64) -> u64 {
    fold(word ^ B, A)
}

/// Hash of bytes.
#[inline]
pub fn bytes(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    let word = |chunk: &[u8; 8]| u64::from_le_bytes(*chunk);
    let half = |chunk: &[u8; 4]| u64::from(u32::from_le_bytes(*chunk));
    let mut state = A ^ len as u64;
    // Two words that cover all bytes but those of the loop; they may overlap.
    let (first, last) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        if len <= 16 {
            (word(first), word(last))
        } else {
            let (mut pairs, _) = bytes[..len - 1].as_chunks::<16>();
            while let Some((pair, rest)) = pairs.split_first() {
                let [low, high] = [0, 8].map(|at| word(pair[at..at + 8].try_into().expect("eight bytes")));
                state = fold(low ^ state, high ^ B);
                pairs = rest;
            }
            let tail: &[u8; 16] = bytes.last_chunk().expect("more than 16 bytes");
            let [low, high] = [0, 8].map(|at| word(tail[at..at + 8].try_into().expect("eight bytes")));
            (low, high)
        }
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        (half(first), half(last))
    } else {
        let byte = |at: usize| u64::from(bytes.get(at).copied().unwrap_or(0));
        (byte(0) | byte(1) << 8, byte(2))
    };
    fold(fold(first ^ state, last ^ B), A)
}

/// Whether bytes are equal: up to 16 by words that cover all and may overlap, without a call.
#[inline]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        bytes.first_chunk().zip(bytes.last_chunk())
    }
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        4..8 => ends::<4>(a) == ends::<4>(b),
        8..=16 => ends::<8>(a) == ends::<8>(b),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn bytes_of_all_lengths_differ() {
        let text: Vec<u8> = (0..200).collect();
        let hashes: HashSet<u64> = (0..=text.len()).map(|n| bytes(&text[..n])).collect();
        assert_eq!(hashes.len(), text.len() + 1);
        let zeros = [0; 200];
        let hashes: HashSet<u64> = (0..=zeros.len()).map(|n| bytes(&zeros[..n])).collect();
        assert_eq!(hashes.len(), zeros.len() + 1);
    }

    #[test]
    fn bytes_are_the_same_when_all_of_them_are() {
        let text: Vec<u8> = (0..40).collect();
        for len in 0..=text.len() {
            let other = text[..len].to_vec();
            assert!(same(&text[..len], &other));
            assert!(len == 0 || !same(&text[..len], &other[1..]));
            for at in 0..len {
                let mut other = other.clone();
                other[at] ^= 0x80;
                assert!(!same(&text[..len], &other));
            }
        }
    }

    #[test]
    fn upper_bits_of_neighbours_spread() {
        let tops: HashSet<u64> = (0..1000).map(|n| mix(n) >> 48).collect();
        assert!(tops.len() > 950);
        let tops: HashSet<u64> = (0..1000u64).map(|n| mix(n << 40) >> 48).collect();
        assert!(tops.len() > 950);
    }
}
