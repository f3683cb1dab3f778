//! Interned names: equal text, equal `Name`, compared and hashed as one word.

use rustc_hash::FxHashMap;

crate::id_type! {
    /// An interned string of one [`Interner`].
    Name
}

/// Hands out one [`Name`] per distinct text. All text lives in one buffer.
#[derive(Default, Clone)]
pub struct Interner {
    text: String,
    /// Byte range of each name in `text`.
    ranges: Vec<(u32, u32)>,
    /// Hash of the text to the names with that hash.
    names: FxHashMap<u64, Vec<Name>>,
}

impl Interner {
    /// An interner without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> Name {
        let hash = hash(text);
        let bucket = self.names.entry(hash).or_default();
        for &name in bucket.iter() {
            let (lo, hi) = self.ranges[name.0 as usize];
            if &self.text[lo as usize..hi as usize] == text {
                return name;
            }
        }
        let name = Name(self.ranges.len() as u32);
        let lo = self.text.len() as u32;
        self.text.push_str(text);
        self.ranges.push((lo, self.text.len() as u32));
        bucket.push(name);
        name
    }

    /// The name of `text` if it was interned before.
    pub fn lookup(&self, text: &str) -> Option<Name> {
        self.names.get(&hash(text))?.iter().copied().find(|&name| self.get(name) == text)
    }

    /// The text of a name of this interner.
    pub fn get(&self, name: Name) -> &str {
        let (lo, hi) = self.ranges[name.0 as usize];
        &self.text[lo as usize..hi as usize]
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_text_gives_equal_names() {
        let mut names = Interner::new();
        let a = names.intern("alpha");
        let b = names.intern("beta");
        assert_ne!(a, b);
        assert_eq!(names.intern("alpha"), a);
        assert_eq!(names.get(b), "beta");
        assert_eq!(names.lookup("beta"), Some(b));
        assert_eq!(names.lookup("gamma"), None);
    }
}
