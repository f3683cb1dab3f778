//! How a running program is asked to end.
//!
//! Code looks at a word of its own at every loop and call, so that it is where it costs least: in the context that native
//! code has in a register. Who asks knows only the [`Interrupter`], which writes all words that *follow* it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why somebody outside wants the program to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interrupt {
    /// Its time is over; the limit in milliseconds.
    Timeout(u32),
    /// The user asked for it.
    User,
}

impl Interrupt {
    fn word(self) -> u64 {
        match self {
            Interrupt::User => u64::MAX,
            Interrupt::Timeout(millis) => u64::from(millis) + 1,
        }
    }
    fn of(word: u64) -> Option<Interrupt> {
        match word {
            0 => None,
            u64::MAX => Some(Interrupt::User),
            millis => Some(Interrupt::Timeout((millis - 1) as u32)),
        }
    }
}

/// Ends a running program from another thread.
#[derive(Clone, Default, Debug)]
pub struct Interrupter {
    shared: Arc<Shared>,
}

#[derive(Default, Debug)]
struct Shared {
    /// 0 while nobody asks.
    word: AtomicU64,
    followers: Mutex<Vec<Word>>,
}

/// The word of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Word(*const AtomicU64);

// SAFETY: an atomic may be written by any thread; it lives until its `Following` is dropped, which takes it out of the list.
unsafe impl Send for Word {}

impl Interrupter {
    /// Asks the program to end; it does so at the next call or loop.
    pub fn interrupt(&self, why: Interrupt) {
        self.write(why.word());
    }
    /// Whether the program has been asked to end, and has not yet done so.
    pub fn is_requested(&self) -> bool {
        self.shared.word.load(Ordering::Relaxed) != 0
    }
    /// Takes the request back, so that the next run goes on to its end.
    pub fn clear(&self) {
        self.write(0);
    }
    /// Takes the request, if there is one.
    pub(crate) fn take(&self) -> Option<Interrupt> {
        Interrupt::of(self.write(0))
    }

    /// Lets a word have what is asked.
    ///
    /// # Safety
    /// The word lives at least as long as the result.
    pub(crate) unsafe fn follow(&self, word: *const AtomicU64) -> Following {
        let mut followers = self.followers();
        // SAFETY: it lives.
        unsafe { (*word).store(self.shared.word.load(Ordering::Relaxed), Ordering::Relaxed) };
        followers.push(Word(word));
        Following { interrupter: self.clone(), word: Word(word) }
    }

    /// Writes all words; what was there.
    fn write(&self, word: u64) -> u64 {
        let followers = self.followers();
        let before = self.shared.word.swap(word, Ordering::Relaxed);
        for follower in &*followers {
            // SAFETY: who is in the list lives.
            unsafe { (*follower.0).store(word, Ordering::Relaxed) };
        }
        before
    }
    fn followers(&self) -> MutexGuard<'_, Vec<Word>> {
        self.shared.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While this lives, a word follows.
#[derive(Debug)]
pub(crate) struct Following {
    pub interrupter: Interrupter,
    word: Word,
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut followers = self.interrupter.followers();
        if let Some(at) = followers.iter().position(|word| *word == self.word) {
            followers.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_as_long_as_they_are_wanted() {
        let (a, b) = (AtomicU64::new(0), AtomicU64::new(0));
        let interrupter = Interrupter::default();
        // SAFETY: both words outlive what follows.
        let first = unsafe { interrupter.follow(&raw const a) };
        interrupter.interrupt(Interrupt::Timeout(7));
        // SAFETY: the same.
        let second = unsafe { first.interrupter.follow(&raw const b) };
        let words = || (a.load(Ordering::Relaxed), b.load(Ordering::Relaxed));
        assert_eq!(words(), (8, 8));
        drop(second);
        assert_eq!(interrupter.take(), Some(Interrupt::Timeout(7)));
        assert_eq!((words(), interrupter.is_requested()), ((0, 8), false));
        interrupter.interrupt(Interrupt::User);
        assert_eq!((words(), interrupter.is_requested()), ((u64::MAX, 8), true));
        interrupter.clear();
        drop(first);
        interrupter.interrupt(Interrupt::User);
        assert_eq!((words(), interrupter.take()), ((0, 8), Some(Interrupt::User)));
        assert_eq!(interrupter.take(), None);
    }
}
