//! Intervals of ints and what operations make of them.
//!
//! Arithmetic is done in 128 bits, where no operation on 64-bit bounds overflows. [`Exact`] is the interval of the
//! mathematical results; cut to 64 bits it is that of the results that do not trap.

/// A set of ints without gaps; empty when `lo > hi`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    /// The least int.
    pub lo: i64,
    /// The greatest int.
    pub hi: i64,
}

/// An interval before it is known whether it fits 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exact {
    lo: i128,
    hi: i128,
}

impl Exact {
    /// Whether each of these results is an int.
    pub fn fits(self) -> bool {
        self.lo >= i128::from(i64::MIN) && self.hi <= i128::from(i64::MAX)
    }
    /// The results that are ints.
    pub fn cut(self) -> Interval {
        let (min, max) = (i128::from(i64::MIN), i128::from(i64::MAX));
        if self.lo > max || self.hi < min {
            return Interval::EMPTY;
        }
        Interval { lo: self.lo.max(min) as i64, hi: self.hi.min(max) as i64 }
    }
    /// The results that are not below a bound.
    pub fn at_least(self, bound: i64) -> Exact {
        Exact { lo: self.lo.max(bound.into()), hi: self.hi.max(bound.into()) }
    }
    /// The results modulo 2^64.
    pub fn wrapped(self) -> Interval {
        if self.fits() { self.cut() } else { Interval::ALL }
    }
}

impl Interval {
    /// All ints.
    pub const ALL: Interval = Interval { lo: i64::MIN, hi: i64::MAX };
    /// No int.
    pub const EMPTY: Interval = Interval { lo: i64::MAX, hi: i64::MIN };

    /// The ints from `lo` to `hi`.
    pub const fn new(lo: i64, hi: i64) -> Self {
        Self { lo, hi }
    }
    /// One int.
    pub const fn one(n: i64) -> Self {
        Self { lo: n, hi: n }
    }
    /// Whether there is no int in it.
    pub const fn is_empty(self) -> bool {
        self.lo > self.hi
    }
    /// The int, when it is the only one.
    pub fn single(self) -> Option<i64> {
        (self.lo == self.hi).then_some(self.lo)
    }
    /// Whether an int is in it.
    pub const fn contains(self, n: i64) -> bool {
        self.lo <= n && n <= self.hi
    }
    /// Whether all of this is in `other`.
    pub const fn is_in(self, other: Interval) -> bool {
        self.is_empty() || (other.lo <= self.lo && self.hi <= other.hi)
    }
    /// What is in both.
    pub fn meet(self, other: Interval) -> Interval {
        Interval { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }
    /// The smallest interval with both in it.
    pub fn join(self, other: Interval) -> Interval {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Interval { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }
    /// This, with the bounds that `new` goes beyond moved to where they can go no further.
    pub fn widen(self, new: Interval) -> Interval {
        let lo = if new.lo < self.lo { i64::MIN } else { self.lo };
        let hi = if new.hi > self.hi { i64::MAX } else { self.hi };
        Interval { lo, hi }
    }

    fn wide(self) -> (i128, i128) {
        (i128::from(self.lo), i128::from(self.hi))
    }
    /// Sums.
    pub fn sum(self, other: Interval) -> Exact {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        Exact { lo: a + c, hi: b + d }
    }
    /// Differences.
    pub fn difference(self, other: Interval) -> Exact {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        Exact { lo: a - d, hi: b - c }
    }
    /// Products.
    pub fn product(self, other: Interval) -> Exact {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        let corners = [a * c, a * d, b * c, b * d];
        Exact {
            lo: corners.into_iter().fold(i128::MAX, i128::min),
            hi: corners.into_iter().fold(i128::MIN, i128::max),
        }
    }
    /// Squares of its ints.
    pub fn square(self) -> Exact {
        let Exact { lo, hi } = self.product(self);
        Exact { lo: if self.contains(0) { 0 } else { lo.max(0) }, hi }
    }
    /// Quotients, rounded toward zero, by the divisors that are not zero.
    pub fn quotient(self, by: Interval) -> Exact {
        let (a, b) = self.wide();
        // Quotients grow toward small divisors, of which there are up to four kinds.
        let divisors = [by.lo, by.hi, -1, 1];
        let corners = divisors
            .into_iter()
            .filter(|&d| d != 0 && by.contains(d))
            .flat_map(|d| [a / i128::from(d), b / i128::from(d)]);
        let mut exact = Exact { lo: i128::MAX, hi: i128::MIN };
        for q in corners {
            exact = Exact { lo: exact.lo.min(q), hi: exact.hi.max(q) };
        }
        if self.contains(0) && !by.is_empty() {
            exact = Exact { lo: exact.lo.min(0), hi: exact.hi.max(0) };
        }
        exact
    }
    /// Remainders with the sign of the dividend, by the divisors that are not zero.
    pub fn remainder(self, by: Interval) -> Interval {
        let largest = by.lo.unsigned_abs().max(by.hi.unsigned_abs()).saturating_sub(1);
        let largest = i64::try_from(largest).unwrap_or(i64::MAX);
        let lo = if self.lo >= 0 { 0 } else { self.lo.max(-largest) };
        let hi = if self.hi <= 0 { 0 } else { self.hi.min(largest) };
        Interval { lo, hi }
    }
    /// Bitwise and.
    pub fn and(self, other: Interval) -> Interval {
        match (self.lo >= 0, other.lo >= 0) {
            (true, true) => Interval::new(0, self.hi.min(other.hi)),
            (true, false) => Interval::new(0, self.hi),
            (false, true) => Interval::new(0, other.hi),
            (false, false) => Interval::ALL,
        }
    }
    /// Bitwise or and exclusive or.
    pub fn or(self, other: Interval) -> Interval {
        if self.lo < 0 || other.lo < 0 {
            return Interval::ALL;
        }
        let bits = 64 - (self.hi | other.hi).leading_zeros();
        Interval::new(0, if bits >= 63 { i64::MAX } else { (1 << bits) - 1 })
    }
    /// Shifts right that fill with zeros, by the low six bits of the other.
    pub fn shifted_right(self, by: Interval) -> Interval {
        match by.single().map(|n| n & 63) {
            Some(n) if self.lo >= 0 => Interval::new(self.lo >> n, self.hi >> n),
            Some(n) if n > 0 => Interval::new(0, ((u64::MAX) >> n) as i64),
            _ if self.lo >= 0 => Interval::new(0, self.hi),
            _ => Interval::ALL,
        }
    }
    /// Shifts left by the low six bits of the other.
    pub fn shifted_left(self, by: Interval) -> Interval {
        match by.single().map(|n| n & 63) {
            Some(n) if n < 63 => self.product(Interval::one(1 << n)).wrapped(),
            _ => Interval::ALL,
        }
    }
}

/// The greatest int whose square is not greater; `n` is not negative.
pub fn square_root(n: i64) -> i64 {
    let mut root = (n as f64).sqrt() as i64;
    while i128::from(root) * i128::from(root) > i128::from(n) {
        root -= 1;
    }
    while i128::from(root + 1) * i128::from(root + 1) <= i128::from(n) {
        root += 1;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: &[(i64, i64)] = &[(-7, -3), (-3, 4), (0, 0), (0, 9), (2, 5), (-1, -1), (1, 1), (-9, 0)];

    /// Every result for ints of the intervals is in the interval of results.
    fn check(
        name: &str,
        exact: impl Fn(Interval, Interval) -> Interval,
        op: impl Fn(i64, i64) -> Option<i64>,
    ) {
        for &(a, b) in SAMPLES {
            for &(c, d) in SAMPLES {
                let range = exact(Interval::new(a, b), Interval::new(c, d));
                for x in a..=b {
                    for y in c..=d {
                        let Some(r) = op(x, y) else { continue };
                        assert!(range.contains(r), "{name}: {x} and {y} give {r}, not in {range:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn results_of_operations_are_in_their_intervals() {
        check("add", |a, b| a.sum(b).cut(), i64::checked_add);
        check("sub", |a, b| a.difference(b).cut(), i64::checked_sub);
        check("mul", |a, b| a.product(b).cut(), i64::checked_mul);
        check("div", |a, b| a.quotient(b).cut(), i64::checked_div);
        check("rem", Interval::remainder, i64::checked_rem);
        check("and", Interval::and, |a, b| Some(a & b));
        check("or", Interval::or, |a, b| Some(a | b));
        check("xor", Interval::or, |a, b| Some(a ^ b));
        check("shr", Interval::shifted_right, |a, b| Some(((a as u64) >> (b & 63)) as i64));
        check("shl", Interval::shifted_left, |a, b| Some(a.wrapping_shl((b & 63) as u32)));
        check("square", |a, _| a.square().cut(), |a, _| Some(a * a));
    }

    #[test]
    fn overflow_shows() {
        let top = Interval::new(0, i64::MAX);
        assert!(!top.sum(Interval::one(1)).fits());
        assert!(Interval::new(0, i64::MAX - 1).sum(Interval::one(1)).fits());
        assert!(!Interval::ALL.quotient(Interval::one(-1)).fits());
        assert_eq!(Interval::ALL.product(Interval::one(2)).wrapped(), Interval::ALL);
    }

    #[test]
    fn roots_are_exact() {
        for n in [0, 1, 2, 3, 4, 99, 100, 101, i64::MAX] {
            let r = i128::from(square_root(n));
            assert!(r * r <= i128::from(n) && (r + 1) * (r + 1) > i128::from(n), "{n}");
        }
    }
}
