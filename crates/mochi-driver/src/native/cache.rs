//! What builds keep for later ones: objects of the runtime, and results.
//!
//! An entry's name is a digest of all that it depends on ([`super::key`]). It appears under that name only when it is
//! whole, and begins with a digest of its bytes, so that a damaged one is noticed and made again. Builds at the same time
//! do not disturb each other. A cache that cannot be used costs time and one warning, nothing else.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::compile::describe;
use crate::group::Leftover;
use crate::report;

/// MiB that the cache may have unless `MOCHI_CACHE_MB` says otherwise; what was not used for longest goes first.
const MOST_MIB: u64 = 256;

/// What entries begin with.
const MAGIC: &[u8] = b"mochi entry\n";
/// Bytes of a digest.
const DIGEST: usize = 32;

/// Files of unfinished entries are removed after this time: whoever made them is gone.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A cache.
pub struct Cache {
    /// `None` when nothing is kept.
    folder: Option<PathBuf>,
    /// In bytes.
    most: u64,
    warned: AtomicBool,
}

/// What is in a cache.
pub struct Contents {
    /// Number of entries.
    pub entries: usize,
    /// Their size.
    pub bytes: u64,
    /// How many of them are not as they were written.
    pub damaged: usize,
}

/// While this lives nobody else makes the same entry, where the system has locks.
pub struct Claim {
    file: Option<(File, Leftover)>,
}

impl Cache {
    /// The cache of the user: in `MOCHI_CACHE_DIR`, else `mochi` in the user's folder for caches.
    pub fn of_user() -> Cache {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = set("MOCHI_CACHE_DIR").map(PathBuf::from).or_else(|| {
            let (base, below) = match cfg!(windows) {
                true => ("LOCALAPPDATA", "mochi/cache"),
                false => {
                    ("HOME", if cfg!(target_os = "macos") { "Library/Caches/mochi" } else { ".cache/mochi" })
                }
            };
            let within = |base: &str, below: &str| set(base).map(|folder| PathBuf::from(folder).join(below));
            within("XDG_CACHE_HOME", "mochi").or_else(|| within(base, below))
        });
        let cache = Cache { folder, most: MOST_MIB << 20, warned: AtomicBool::new(false) };
        match set("MOCHI_CACHE_MB").map(|text| text.to_string_lossy().parse::<u64>()) {
            None => cache,
            Some(Ok(0)) => Cache::none(),
            Some(Ok(mib)) => Cache { most: mib.saturating_mul(1 << 20), ..cache },
            Some(Err(_)) => {
                cache.warn(&format!("MOCHI_CACHE_MB is no number of MiB; the cache has {MOST_MIB}"));
                cache
            }
        }
    }

    /// A cache that keeps nothing.
    pub fn none() -> Cache {
        Cache { folder: None, most: 0, warned: AtomicBool::new(false) }
    }

    /// Where entries are, if any are kept.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Most bytes that it may have.
    pub fn most(&self) -> u64 {
        self.most
    }

    fn warn(&self, what: &str) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            report::complain(format_args!("warning: {what}"));
        }
    }

    /// The bytes of an entry, if there is a sound one.
    pub fn load(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.folder.as_ref()?.join(key);
        let bytes = fs::read(&path).ok()?;
        let Some(content) = content(&bytes) else {
            self.warn(&format!("a damaged entry of the build cache is made again: {}", path.display()));
            let _ = fs::remove_file(&path);
            return None;
        };
        // Says that it is in use. Nothing is lost where that is not possible.
        let _ =
            File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(content.to_vec())
    }

    /// Keeps an entry.
    pub fn store(&self, key: &str, bytes: &[u8]) {
        let Some(folder) = &self.folder else { return };
        if bytes.len() as u64 > self.most {
            return;
        }
        if let Err(error) = write(folder, key, bytes) {
            return self.warn(&format!(
                "the build cache `{}` cannot be used: {} (MOCHI_CACHE_DIR names another folder)",
                folder.display(),
                describe(&error)
            ));
        }
        self.shrink(folder, key);
    }

    /// Waits until nobody else makes an entry.
    pub fn claim(&self, key: &str) -> Claim {
        let file = self.folder.as_ref().and_then(|folder| {
            fs::create_dir_all(folder).ok()?;
            let path = folder.join(format!("{key}.lock"));
            let file = File::options().create(true).append(true).open(&path).ok()?;
            // Without locks both do the work.
            file.lock().ok()?;
            let (leftover, ()) = Leftover::make(path, |_| Ok(())).ok()?;
            Some((file, leftover))
        });
        Claim { file }
    }

    /// Removes what was not used for longest until the rest is small enough.
    fn shrink(&self, folder: &Path, newest: &str) {
        let mut files = files(folder);
        files.sort_by_key(|file| file.used);
        let mut total: u64 = files.iter().map(|file| file.len).sum();
        for file in files {
            let abandoned = !file.is_entry && file.used.elapsed().is_ok_and(|age| age > ABANDONED);
            let superfluous = file.is_entry && total > self.most && file.path != folder.join(newest);
            if (abandoned || superfluous) && fs::remove_file(&file.path).is_ok() {
                total -= file.len;
            }
        }
    }

    /// Looks at all entries.
    pub fn examine(&self) -> Contents {
        let mut found = Contents { entries: 0, bytes: 0, damaged: 0 };
        for file in self.folder.iter().flat_map(|folder| files(folder)) {
            found.bytes += file.len;
            if file.is_entry {
                found.entries += 1;
                let sound = fs::read(&file.path).is_ok_and(|bytes| content(&bytes).is_some());
                found.damaged += usize::from(!sound);
            }
        }
        found
    }

    /// Removes everything that builds put there; the bytes that this freed.
    pub fn clear(&self) -> io::Result<u64> {
        let mut freed = 0;
        for file in self.folder.iter().flat_map(|folder| files(folder)) {
            match fs::remove_file(&file.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => freed += file.len,
            }
        }
        Ok(freed)
    }

    /// Fails when nothing can be kept.
    pub fn probe(&self) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let key = "0".repeat(2 * DIGEST);
        write(folder, &key, b"")?;
        fs::remove_file(folder.join(key))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((file, leftover)) = self.file.take() {
            // Removed before the lock ends: somebody who waits for it finds the entry, or does the work beside another.
            drop(leftover);
            let _ = file.unlock();
        }
    }
}

/// What an entry was made of, if it is sound.
fn content(bytes: &[u8]) -> Option<&[u8]> {
    let (digest, content) = bytes.strip_prefix(MAGIC)?.split_at_checked(DIGEST)?;
    (Sha256::digest(content)[..] == *digest).then_some(content)
}

fn write(folder: &Path, key: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = format!("{key}.{}", std::process::id());
    let (draft, mut file) = Leftover::make(folder.join(name), |path| File::create(path))?;
    file.write_all(MAGIC)?;
    file.write_all(&Sha256::digest(bytes))?;
    file.write_all(bytes)?;
    fs::rename(draft.path(), folder.join(key))?;
    draft.keep();
    Ok(())
}

/// A file that a build put there.
struct Kept {
    path: PathBuf,
    len: u64,
    used: SystemTime,
    /// Otherwise it was to become one, or is a lock.
    is_entry: bool,
}

/// The files of a cache. The folder may have others, which are none of ours.
fn files(folder: &Path) -> Vec<Kept> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let (key, rest) = name.split_at_checked(2 * DIGEST)?;
        let is_key = key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let data = entry.metadata().ok().filter(|data| data.is_file() && is_key)?;
        (rest.is_empty() || rest.starts_with('.')).then_some(())?;
        let used = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Some(Kept { path: entry.path(), len: data.len(), used, is_entry: rest.is_empty() })
    });
    ours.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> (Folder, Cache) {
            let path = std::env::temp_dir().join(format!("mochi-cache-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            let cache = Cache { folder: Some(path.clone()), most: 1 << 20, warned: AtomicBool::new(false) };
            (Folder(path), cache)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn key(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    #[test]
    fn what_was_stored_is_loaded_and_nothing_else() {
        let (_folder, cache) = Folder::new("stored");
        assert_eq!(cache.load(&key('a')), None);
        cache.store(&key('a'), b"object");
        cache.store(&key('b'), b"");
        assert_eq!(cache.load(&key('a')).as_deref(), Some(&b"object"[..]));
        assert_eq!(cache.load(&key('b')).as_deref(), Some(&b""[..]));
        assert_eq!(cache.examine().entries, 2);
        assert!(Cache::none().load(&key('a')).is_none());
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let (folder, cache) = Folder::new("damaged");
        let path = folder.0.join(key('a'));
        cache.store(&key('a'), b"object");
        let sound = fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            fs::write(&path, &bytes).unwrap();
            assert_eq!(cache.examine().damaged, 1, "byte {at}");
            assert_eq!(cache.load(&key('a')), None, "byte {at}");
            assert!(!path.exists());
            fs::write(&path, &sound[..at]).unwrap();
            assert_eq!(cache.load(&key('a')), None, "cut at {at}");
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let (folder, mut cache) = Folder::new("order");
        cache.most = 3 * 1100;
        let long_ago = |digit: char, seconds: u64| {
            let file = File::options().append(true).open(folder.0.join(key(digit))).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        };
        for (digit, age) in [('a', 300), ('b', 200), ('c', 100)] {
            cache.store(&key(digit), &[0; 1000]);
            long_ago(digit, age);
        }
        assert!(cache.load(&key('a')).is_some());
        cache.store(&key('d'), &[0; 1000]);
        let there = ['a', 'b', 'c', 'd'].map(|digit| folder.0.join(key(digit)).exists());
        assert_eq!(there, [true, false, true, true]);
        // One that is too large is not kept.
        cache.store(&key('e'), &[0; 4000]);
        assert_eq!(cache.examine().entries, 3);
    }

    #[test]
    fn only_our_files_are_removed() {
        let (folder, cache) = Folder::new("ours");
        let others = ["notes.txt".to_string(), "é".repeat(32), format!("{}x", key('a')), key('A')];
        others.iter().for_each(|name| fs::write(folder.0.join(name), "mine").unwrap());
        cache.store(&key('a'), b"object");
        fs::write(folder.0.join(format!("{}.77", key('a'))), "half").unwrap();
        assert!(cache.clear().unwrap() > 6);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), others.len());
    }

    #[test]
    fn one_at_a_time_makes_an_entry() {
        let (_folder, cache) = Folder::new("claims");
        let folder = cache.folder.clone();
        let made = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache =
                        Cache { folder: folder.clone(), most: 1 << 20, warned: AtomicBool::new(false) };
                    // A lock whose file was removed may be had twice, so who has it looks again.
                    let _claim = cache.claim(&key('a'));
                    if cache.load(&key('a')).is_none() {
                        made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(20));
                        cache.store(&key('a'), b"object");
                    }
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
        assert_eq!(files(&cache.folder.unwrap()).len(), 1);
    }
}
