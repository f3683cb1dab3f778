//! Interned names: equal text, equal `Name`, compared and hashed as one word.

use std::hash::Hasher;

use rustc_hash::FxHasher;

crate::id_type! {
    /// An interned string of one [`Interner`].
    Name
}

/// Hands out one [`Name`] per distinct text, numbered from 0 in the order of first appearance.
///
/// All text lives in one buffer. The table is open-addressed with linear probing; a slot is a name and the upper half
/// of its hash, so that a probe reads text only where the text is almost certainly the one wanted.
#[derive(Default, Clone)]
pub struct Interner {
    text: String,
    /// Byte range of each name in `text`.
    ranges: Vec<(u32, u32)>,
    /// A power of two long, or empty; never more than three quarters full.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Slot {
    name: u32,
    hash: u32,
}

impl Slot {
    const FREE: Slot = Slot { name: u32::MAX, hash: 0 };

    fn is_free(self) -> bool {
        self.name == u32::MAX
    }
}

impl Interner {
    /// An interner without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name of `text`, new or known.
    #[inline]
    pub fn intern(&mut self, text: &str) -> Name {
        let hash = hash(text);
        match self.find(text, hash) {
            Some(Ok(name)) => name,
            Some(Err(free)) if (self.ranges.len() + 1) * 4 <= self.slots.len() * 3 => {
                self.add(text, hash, free)
            }
            _ => self.grow_and_add(text, hash),
        }
    }

    /// The name of `text` if it was interned before.
    pub fn lookup(&self, text: &str) -> Option<Name> {
        self.find(text, hash(text))?.ok()
    }

    /// The text of a name of this interner.
    #[inline]
    pub fn get(&self, name: Name) -> &str {
        let (lo, hi) = self.ranges[name.0 as usize];
        &self.text[lo as usize..hi as usize]
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether nothing was interned yet.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The name of `text`, or the free slot where it belongs; `None` while there is no table.
    #[inline]
    fn find(&self, text: &str, hash: u64) -> Option<Result<Name, usize>> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.is_free() {
                return Some(Err(at));
            }
            if slot.hash == (hash >> 32) as u32 && self.get(Name(slot.name)) == text {
                return Some(Ok(Name(slot.name)));
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, text: &str, hash: u64, free: usize) -> Name {
        let name = self.ranges.len() as u32;
        let lo = self.text.len() as u32;
        self.text.push_str(text);
        self.ranges.push((lo, self.text.len() as u32));
        self.slots[free] = Slot { name, hash: (hash >> 32) as u32 };
        Name(name)
    }

    #[cold]
    fn grow_and_add(&mut self, text: &str, new_hash: u64) -> Name {
        let len = (self.slots.len() * 2).max(64);
        let mut slots = vec![Slot::FREE; len];
        let free_slot = |slots: &[Slot], hash: u64| {
            let mut at = hash as usize & (len - 1);
            while !slots[at].is_free() {
                at = (at + 1) & (len - 1);
            }
            at
        };
        for name in 0..self.ranges.len() as u32 {
            let hash = hash(self.get(Name(name)));
            let at = free_slot(&slots, hash);
            slots[at] = Slot { name, hash: (hash >> 32) as u32 };
        }
        let free = free_slot(&slots, new_hash);
        self.slots = slots;
        self.add(text, new_hash, free)
    }
}

#[inline]
fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_text_gives_equal_names() {
        let mut names = Interner::new();
        assert_eq!(names.lookup("alpha"), None);
        let a = names.intern("alpha");
        let b = names.intern("beta");
        assert_ne!(a, b);
        assert_eq!(names.intern("alpha"), a);
        assert_eq!(names.get(b), "beta");
        assert_eq!(names.lookup("beta"), Some(b));
        assert_eq!(names.lookup("gamma"), None);
    }

    #[test]
    fn names_survive_growth_and_keep_their_order() {
        let mut names = Interner::new();
        let made: Vec<Name> = (0..10_000).map(|i| names.intern(&format!("name{i}"))).collect();
        assert!(made.iter().enumerate().all(|(i, name)| name.0 == i as u32));
        for (i, &name) in made.iter().enumerate() {
            assert_eq!(names.get(name), format!("name{i}"));
            assert_eq!(names.intern(&format!("name{i}")), name);
        }
        assert_eq!(names.len(), 10_000);
    }
}
