//! What ratios of pairs say: their median, where it is likely to be, and whether it is another than 1.
//!
//! The interval is that of the order statistics around the median, which assumes nothing about how times are spread; it
//! leaves 1 out exactly when the sign test does. It is there from [`ENOUGH`] pairs on.

use super::super::stats::median;

/// How unlikely a difference must be to count when there is none.
const LEVEL: f64 = 0.01;

/// With fewer pairs even all of them on one side would not be unlikely enough: 2 / 2^8 is 0.008.
pub const ENOUGH: usize = 8;

/// What is said of a task.
#[derive(Debug)]
pub struct Judgement {
    /// The median.
    pub ratio: f64,
    /// It is not below this.
    pub low: f64,
    /// Nor above that.
    pub high: f64,
    pub verdict: Verdict,
}

/// Whether a difference is beyond noise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Faster,
    Slower,
    Noise,
}

impl Verdict {
    /// For machines.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::Noise => "noise",
        }
    }
}

/// Judges ratios new to old.
pub fn judge(ratios: &[f64]) -> Judgement {
    let mut sorted = ratios.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ratio = median(ratios).unwrap_or(f64::NAN);
    let out = outside(sorted.len());
    let (low, high) = match out {
        Some(out) => (sorted[out], sorted[sorted.len() - 1 - out]),
        None => (0.0, f64::INFINITY),
    };
    let verdict = if high < 1.0 {
        Verdict::Faster
    } else if low > 1.0 {
        Verdict::Slower
    } else {
        Verdict::Noise
    };
    Judgement { ratio, low, high, verdict }
}

/// How many of `count` values can lie outside on each side: as many as the true median leaves there by chance in less than
/// [`LEVEL`] of all cases. `None` when not even none can.
fn outside(count: usize) -> Option<usize> {
    // The chance of exactly `k` heads of `count` coins, from k to k + 1.
    let (mut chance, mut both_tails, mut out) = (0.5_f64.powi(count as i32), 0.0, None);
    for k in 0..count {
        both_tails += 2.0 * chance;
        if both_tails >= LEVEL {
            break;
        }
        out = Some(k);
        chance *= (count - k) as f64 / (k + 1) as f64;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_can_lie_outside() {
        // From the tables of the sign test at 1 %.
        for (count, out) in
            [(7, None), (8, Some(0)), (11, Some(0)), (12, Some(1)), (20, Some(3)), (30, Some(7))]
        {
            assert_eq!(outside(count), out, "{count}");
        }
        assert_eq!(outside(ENOUGH - 1), None);
    }

    #[test]
    fn a_difference_needs_enough_pairs() {
        assert_eq!(judge(&[0.5; 7]).verdict, Verdict::Noise);
        assert_eq!(judge(&[0.5; 8]).verdict, Verdict::Faster);
        assert_eq!(judge(&[1.5; 8]).verdict, Verdict::Slower);
    }

    #[test]
    fn one_pair_that_was_disturbed_changes_nothing() {
        let mut ratios = vec![0.9; 12];
        ratios[3] = 7.0;
        let said = judge(&ratios);
        assert_eq!((said.ratio, said.high, said.verdict), (0.9, 0.9, Verdict::Faster));
    }

    /// With the same time on both sides and noise that has long tails, one in a hundred may be called different.
    #[test]
    fn noise_is_called_noise() {
        let mut state = 1_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut time = || 1.0 + 0.02 * uniform() + if uniform() < 0.1 { uniform() } else { 0.0 };
        let wrong = (0..2000).filter(|_| {
            let ratios: Vec<f64> = (0..12).map(|_| time() / time()).collect();
            judge(&ratios).verdict != Verdict::Noise
        });
        let wrong = wrong.count();
        assert!(wrong < 30, "{wrong} of 2000");
    }
}
