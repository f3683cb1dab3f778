//! What callers call: one jump per function, at the end of the region. It goes to the code of the function, or to what
//! asks for code while there is none, so that code can come and go under its callers.
//!
//! A stub is there as long as there is code that calls it.

/// Bytes of a stub.
pub const SIZE: usize = 16;

/// A function's stub.
#[derive(Clone, Copy, Debug)]
struct Stub {
    /// Its distance from the start of the region.
    at: usize,
    /// How many functions have code that calls it.
    users: u32,
}

/// All of them.
#[derive(Debug)]
pub struct Stubs {
    start: usize,
    most: usize,
    /// How many have ever been there at once.
    used: usize,
    free: Vec<usize>,
    /// By function.
    of: Vec<Option<Stub>>,
}

impl Stubs {
    /// None yet, of those that fit into a part of the region.
    pub fn new(start: usize, end: usize) -> Stubs {
        Stubs { start, most: end.saturating_sub(start) / SIZE, used: 0, free: Vec::new(), of: Vec::new() }
    }
    /// Forgets all, for so many functions.
    pub fn clear(&mut self) {
        (self.used, self.free, self.of) = (0, Vec::new(), Vec::new());
    }
    /// There are so many functions.
    pub fn resize(&mut self, functions: usize) {
        self.of.resize(functions, None);
    }
    /// Where the stub of a function is.
    pub fn at(&self, function: u32) -> Option<usize> {
        self.of[function as usize].map(|stub| stub.at)
    }
    /// How many more there may be.
    pub fn room(&self) -> usize {
        self.most - self.used + self.free.len()
    }
    /// Notes one more user; the place of a stub that has to be made. There is room.
    pub fn add_user(&mut self, function: u32) -> Option<usize> {
        if let Some(stub) = &mut self.of[function as usize] {
            stub.users += 1;
            return None;
        }
        let at = self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.start + (self.used - 1) * SIZE
        });
        self.of[function as usize] = Some(Stub { at, users: 1 });
        Some(at)
    }
    /// Notes one user less; nobody calls a stub without users.
    pub fn remove_user(&mut self, function: u32) {
        let of = &mut self.of[function as usize];
        let Some(stub) = of else { return };
        stub.users -= 1;
        if stub.users == 0 {
            self.free.push(stub.at);
            *of = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_is_there_as_long_as_it_has_users() {
        let mut stubs = Stubs::new(0x100, 0x12f);
        stubs.resize(4);
        assert_eq!((stubs.room(), stubs.add_user(3), stubs.add_user(3)), (2, Some(0x100), None));
        assert_eq!((stubs.add_user(0), stubs.room()), (Some(0x110), 0));
        stubs.remove_user(3);
        assert_eq!((stubs.at(3), stubs.room()), (Some(0x100), 0));
        stubs.remove_user(3);
        assert_eq!((stubs.at(3), stubs.room(), stubs.add_user(1)), (None, 1, Some(0x100)));
    }
}
