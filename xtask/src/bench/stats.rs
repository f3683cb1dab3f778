//! Samples of one program, and means of ratios.

use crate::process::Usage;

/// What several runs of one program used.
#[derive(Default)]
pub struct Samples {
    runs: Vec<Usage>,
}

impl Samples {
    /// Adds a run.
    pub fn push(&mut self, usage: Usage) {
        self.runs.push(usage);
    }

    /// CPU seconds of each run, in the order they were made.
    pub fn cpu(&self) -> Vec<f64> {
        self.runs.iter().map(|usage| usage.cpu.as_secs_f64()).collect()
    }

    /// Wall seconds of each run, in the order they were made.
    pub fn wall(&self) -> Vec<f64> {
        self.runs.iter().map(|usage| usage.wall.as_secs_f64()).collect()
    }

    /// Median CPU seconds, if there was a run.
    pub fn cpu_median(&self) -> Option<f64> {
        median(&self.cpu())
    }

    /// Largest peak of memory in KiB, if there was a run.
    pub fn peak_kib(&self) -> Option<u64> {
        self.runs.iter().map(|usage| usage.peak_kib).max()
    }
}

/// The smallest.
pub fn minimum(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::min)
}

/// The middle one, or the mean of the middle two.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 { Some(upper) } else { Some((sorted[sorted.len() / 2 - 1] + upper) / 2.0) }
}

/// The right mean for ratios; `None` of nothing.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let sum: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (!ratios.is_empty()).then(|| (sum / ratios.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn a_half_and_a_double_cancel() {
        assert_eq!(geometric_mean(&[0.5, 2.0]), Some(1.0));
        assert_eq!(geometric_mean(&[]), None);
    }
}
