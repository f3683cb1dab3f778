//! The one `test` or `bench` block that a run is for, how often it is executed, and how long that takes.
//!
//! Reading the clock takes longer than a short block does. So executions are timed in batches: the size is found while the
//! block warms up, and is the same for all samples.

/// Samples that a measurement aims at.
const SAMPLES: i64 = 100;
/// Samples that are taken however long they take.
const MIN_SAMPLES: usize = 3;
/// Executions in a batch at most.
const MAX_BATCH: i64 = 1 << 32;

/// A block and what is known about its executions.
#[derive(Clone, Debug, Default)]
pub struct SelectedBlock {
    /// Its position among the blocks of the program.
    pub index: i64,
    /// How long it is measured, in nanoseconds; it is executed once when this is 0.
    pub budget: i64,
    /// Executions that one sample is about.
    pub batch: i64,
    /// How long each batch took, in nanoseconds, warm-up left out.
    pub samples: Vec<i64>,
    phase: Phase,
    /// Executions of this batch that are still to come.
    left: i64,
    /// When this batch began.
    began: i64,
    /// When the phase began.
    phase_began: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Phase {
    #[default]
    NotStarted,
    WarmUp,
    Measured,
    Over,
}

impl SelectedBlock {
    /// The block at a position, executed once.
    pub fn once(index: i64) -> Self {
        Self { index, ..Self::default() }
    }

    /// The block at a position, executed for so many nanoseconds after a warm-up of a fifth of that.
    pub fn measured(index: i64, budget: i64) -> Self {
        Self { index, budget: budget.max(1), ..Self::default() }
    }

    /// Whether to execute the block (again).
    pub fn next(&mut self, clock: impl FnOnce() -> i64) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return true;
        }
        if self.budget == 0 {
            return std::mem::replace(&mut self.phase, Phase::Over) == Phase::NotStarted;
        }
        let now = clock();
        let took = now.saturating_sub(self.began);
        let phase_took = now.saturating_sub(self.phase_began);
        match self.phase {
            Phase::NotStarted => self.enter(Phase::WarmUp, 1, now),
            Phase::WarmUp if phase_took < self.budget / 5 => {
                if took < self.budget / SAMPLES {
                    self.batch = (self.batch * 2).min(MAX_BATCH);
                }
            }
            Phase::WarmUp => {
                let batch =
                    i128::from(self.budget / SAMPLES) * i128::from(self.batch) / i128::from(took.max(1));
                self.enter(Phase::Measured, batch.clamp(1, i128::from(MAX_BATCH)) as i64, now);
            }
            Phase::Measured => {
                self.samples.push(took);
                if self.samples.len() >= MIN_SAMPLES && phase_took >= self.budget {
                    self.phase = Phase::Over;
                }
            }
            Phase::Over => {}
        }
        self.began = now;
        self.left = self.batch - 1;
        if self.phase == Phase::Over {
            self.left = 0;
        }
        self.phase != Phase::Over
    }

    fn enter(&mut self, phase: Phase, batch: i64, now: i64) {
        (self.phase, self.batch, self.phase_began) = (phase, batch, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Executions of a block that takes so long each time, until it is over.
    fn run(block: &mut SelectedBlock, nanos: i64) -> i64 {
        let mut executions = 0;
        while block.next(|| executions * nanos) {
            executions += 1;
        }
        executions
    }

    #[test]
    fn a_block_runs_once_unless_it_is_measured() {
        let mut block = SelectedBlock::once(3);
        assert_eq!([block.next(|| 5), block.next(|| 6), block.next(|| 7)], [true, false, false]);
        assert!(block.samples.is_empty());
    }

    #[test]
    fn short_blocks_are_timed_in_batches_of_one_size() {
        let mut block = SelectedBlock::measured(0, 1_000_000);
        let executions = run(&mut block, 10);
        assert_eq!(block.batch, 1000);
        assert_eq!(block.samples, vec![10_000; 100]);
        assert!((100_000 + 20_000..100_000 + 30_000).contains(&executions), "{executions}");
    }

    #[test]
    fn long_blocks_are_measured_three_times_after_a_warm_up() {
        let mut block = SelectedBlock::measured(0, 1_000_000);
        assert_eq!(run(&mut block, 50_000_000), 4);
        assert_eq!((block.batch, block.samples), (1, vec![50_000_000; 3]));
    }

    #[test]
    fn a_clock_that_stands_still_does_no_harm() {
        let mut block = SelectedBlock::measured(0, 1_000_000);
        // Batches double until there is nothing more to double.
        for _ in 0..1_000_000 {
            assert!(block.next(|| 0));
        }
        assert!(block.batch <= MAX_BATCH);
    }
}
