//! Numbers as bytes.

use super::{DecodeError, Decoded};

/// Bytes being written.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }
    /// A 32-bit word; what does not fit is a module that no machine holds.
    pub(super) fn word(&mut self, word: usize) {
        let word = u32::try_from(word).expect("a module of more than 4 GiB");
        self.bytes.extend(word.to_le_bytes());
    }
    /// Overwrites a word.
    pub(super) fn set_word(&mut self, at: usize, word: usize) {
        let word = u32::try_from(word).expect("a module of more than 4 GiB");
        self.bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    pub(super) fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }
    pub(super) fn index(&mut self, n: usize) {
        self.number(n as u64);
    }
    pub(super) fn signed(&mut self, n: i64) {
        self.number((n << 1 ^ n >> 63) as u64);
    }
}

/// A place in bytes being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn damaged<T>(&self) -> Decoded<T> {
        Err(DecodeError::Damaged(self.at))
    }
    pub(super) fn byte(&mut self) -> Decoded<u8> {
        let Some(&byte) = self.bytes.get(self.at) else { return self.damaged() };
        self.at += 1;
        Ok(byte)
    }
    pub(super) fn word(&mut self) -> Decoded<u32> {
        let word = self.bytes.get(self.at..self.at.saturating_add(4)).and_then(|b| b.try_into().ok());
        let Some(word) = word else { return self.damaged() };
        self.at += 4;
        Ok(u32::from_le_bytes(word))
    }
    pub(super) fn number(&mut self) -> Decoded<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                return self.damaged();
            }
            n |= bits << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        self.damaged()
    }
    pub(super) fn signed(&mut self) -> Decoded<i64> {
        let n = self.number()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }
    pub(super) fn u32(&mut self) -> Decoded<u32> {
        let n = self.number()?;
        if let Ok(n) = u32::try_from(n) { Ok(n) } else { self.damaged() }
    }
    /// A number below a limit.
    pub(super) fn below(&mut self, limit: usize) -> Decoded<u32> {
        let n = self.u32()?;
        if (n as usize) < limit { Ok(n) } else { self.damaged() }
    }
    /// How many things follow, each of which takes at least a byte.
    pub(super) fn count(&mut self) -> Decoded<usize> {
        let n = self.u32()? as usize;
        if n <= self.bytes.len() - self.at { Ok(n) } else { self.damaged() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back() {
        let numbers = [0, 1, -1, 63, -64, 64, 300, i64::MAX, i64::MIN, 1 << 31];
        let mut w = Writer::default();
        for n in numbers {
            w.signed(n);
            w.number(n as u64);
        }
        let mut r = Reader { bytes: &w.bytes, at: 0 };
        for n in numbers {
            assert_eq!((r.signed(), r.number()), (Ok(n), Ok(n as u64)));
        }
        assert_eq!(r.byte(), Err(DecodeError::Damaged(w.bytes.len())));
    }

    #[test]
    fn numbers_beyond_64_bits_are_damage() {
        for bytes in
            [&[0xFF; 11][..], &[0x80; 10], &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2]]
        {
            assert!(Reader { bytes, at: 0 }.number().is_err(), "{bytes:?}");
        }
    }
}
