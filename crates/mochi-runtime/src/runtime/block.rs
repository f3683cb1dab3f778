//! The one `test` or `bench` block that a run is for, and how often it is executed.

/// A block with the times at which its executions began.
#[derive(Clone, Debug)]
pub struct SelectedBlock {
    /// Its position among the blocks of the program.
    pub index: i64,
    /// Most executions.
    pub max_rounds: usize,
    /// Executions that take place however long they take.
    pub min_rounds: usize,
    /// Nanoseconds after which no further execution begins.
    pub budget: i64,
    /// When each execution began, and when the last one ended. In nanoseconds.
    pub times: Vec<i64>,
}

impl Default for SelectedBlock {
    /// The first block, executed once.
    fn default() -> Self {
        Self { index: 0, max_rounds: 1, min_rounds: 1, budget: 0, times: Vec::new() }
    }
}

impl SelectedBlock {
    /// Whether to execute the block (again) at this time.
    pub fn next(&mut self, now: i64) -> bool {
        let rounds = self.times.len();
        self.times.push(now);
        let in_time = rounds < self.min_rounds || now.saturating_sub(self.times[0]) < self.budget;
        rounds < self.max_rounds && in_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_runs_once_unless_asked_otherwise() {
        let mut block = SelectedBlock::default();
        assert_eq!([block.next(5), block.next(6)], [true, false]);
    }

    #[test]
    fn rounds_end_with_the_budget_but_not_before_the_least_number() {
        let mut block = SelectedBlock { max_rounds: 10, min_rounds: 2, budget: 100, ..Default::default() };
        assert_eq!([0, 200, 400].map(|now| block.next(now)), [true, true, false]);
        let mut block = SelectedBlock { max_rounds: 2, min_rounds: 1, budget: 100, ..Default::default() };
        assert_eq!([0, 1, 2].map(|now| block.next(now)), [true, true, false]);
    }
}
