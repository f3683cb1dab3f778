//! Hashing of words and bytes: a multiplication whose halves are folded together, as in wyhash.
//!
//! The order of a map's entries is never observable, so hashes need no seed and may differ between back ends.

/// Odd numbers without structure: digits of the golden ratio and of pi.
const A: u64 = 0x9E37_79B9_7F4A_7C15;
const B: u64 = 0x2436_A885_A308_D313;

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
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    if len >= 8 {
        let mut state = A ^ len as u64;
        let mut at = 0;
        while at + 16 < len {
            state = fold(word(at) ^ state, word(at + 8) ^ B);
            at += 16;
        }
        // The last 16 bytes, or all of 8 to 16, as two words that may overlap.
        let (first, last) =
            if len >= 16 { (word(len - 16), word(len - 8)) } else { (word(0), word(len - 8)) };
        return fold(fold(first ^ state, last ^ B), A);
    }
    let mut tail = [0; 8];
    tail[..len].copy_from_slice(bytes);
    fold(u64::from_le_bytes(tail) ^ B, A ^ (len as u64) << 56)
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
    fn upper_bits_of_neighbours_spread() {
        let tops: HashSet<u64> = (0..1000).map(|n| mix(n) >> 48).collect();
        assert!(tops.len() > 950);
        let tops: HashSet<u64> = (0..1000u64).map(|n| mix(n << 40) >> 48).collect();
        assert!(tops.len() > 950);
    }
}
