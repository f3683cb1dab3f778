//! Programs against columns, each cell with its reason.

use std::collections::BTreeMap;

use super::column::Column;
use super::outcome::{Outcome, Record};

/// What is known of a program in a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// It does what it should.
    Same,
    /// It does not: the first thing that is different.
    Differs(String),
    /// The program itself says why it is left out.
    LeftOut(String),
    /// It was not tried, and why.
    NotRun(String),
    /// It should have been tried, and the runner does not say how that ended.
    Unknown,
}

/// What a cell is, without its reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Same,
    Differs,
    Unknown,
    LeftOut,
    NotRun,
}

/// Every kind with its name, in the order in which they are shown.
pub const KINDS: &[(Kind, &str)] = &[
    (Kind::Same, "same"),
    (Kind::Differs, "differs"),
    (Kind::Unknown, "unknown"),
    (Kind::LeftOut, "left out"),
    (Kind::NotRun, "not run"),
];

impl Cell {
    /// What it is.
    pub fn kind(&self) -> Kind {
        match self {
            Cell::Same => Kind::Same,
            Cell::Differs(_) => Kind::Differs,
            Cell::LeftOut(_) => Kind::LeftOut,
            Cell::NotRun(_) => Kind::NotRun,
            Cell::Unknown => Kind::Unknown,
        }
    }

    /// Why it is not `Same`.
    pub fn reason(&self) -> &str {
        match self {
            Cell::Same => "",
            Cell::Differs(why) | Cell::LeftOut(why) | Cell::NotRun(why) => why,
            Cell::Unknown => "the runner ended before it said how the program did, or was not started",
        }
    }
}

/// The whole.
pub struct Matrix {
    /// Rows, sorted.
    pub programs: Vec<String>,
    /// Columns with their cells, one for each program.
    pub columns: Vec<(Column, Vec<Cell>)>,
}

impl Matrix {
    /// The cells of columns, from what is known of each.
    pub fn new(programs: Vec<String>, records: Vec<(Column, Record)>) -> Matrix {
        let columns = records.into_iter().map(|(column, record)| {
            let cells = programs.iter().map(|program| cell(&record, program)).collect();
            (column, cells)
        });
        Matrix { columns: columns.collect(), programs }
    }

    /// How many cells of a column are of a kind.
    pub fn count(&self, column: usize, kind: Kind) -> usize {
        self.columns[column].1.iter().filter(|cell| cell.kind() == kind).count()
    }

    /// Cells that must not be: what differs, and what nobody knows of.
    pub fn wrong(&self) -> usize {
        let of = |column| self.count(column, Kind::Differs) + self.count(column, Kind::Unknown);
        (0..self.columns.len()).map(of).sum()
    }

    /// The cells of a kind by column and reason, with their programs.
    pub fn reasons(&self, kind: Kind) -> BTreeMap<(usize, &str), Vec<&str>> {
        let mut reasons: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
        for (at, (_, cells)) in self.columns.iter().enumerate() {
            for (program, cell) in self.programs.iter().zip(cells).filter(|(_, cell)| cell.kind() == kind) {
                reasons.entry((at, cell.reason())).or_default().push(program);
            }
        }
        reasons
    }
}

fn cell(record: &Record, program: &str) -> Cell {
    match record {
        Record::Missing(why) => Cell::NotRun(why.clone()),
        Record::Ran { share, only, outcomes } => match outcomes.get(program) {
            Some(Outcome::Same) => Cell::Same,
            Some(Outcome::Differs(why)) => Cell::Differs(why.clone()),
            Some(Outcome::LeftOut(why)) => Cell::LeftOut(why.clone()),
            None if !program.contains(only) => {
                Cell::NotRun(format!("only programs with `{only}` were taken"))
            }
            None if *share > 1 => Cell::NotRun(format!("one program in {share} was taken")),
            None => Cell::Unknown,
        },
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::{column, outcome};
    use super::*;

    /// A matrix of the given columns and what the runner wrote for each.
    pub fn planted(records: &[(&str, &str)]) -> Matrix {
        let programs =
            ["bench/kernels/fib_rec", "examples/hello", "tests/run/s04_05_a", "tests/run/s04_05_b"];
        let record = |&(name, text): &(&str, &str)| (column::find(name).unwrap(), outcome::parse(text));
        Matrix::new(programs.map(str::to_owned).to_vec(), records.iter().map(record).collect())
    }

    /// All programs but the last are as they should be.
    pub const MOSTLY: &str =
        "share 1\npassed bench/kernels/fib_rec\npassed examples/hello\npassed tests/run/s04_05_a\n";

    #[test]
    fn each_cell_has_a_reason() {
        let differs = format!("{MOSTLY}failed tests/run/s04_05_b: exit status Some(70), expected 0\n");
        let left_out = format!("{MOSTLY}skipped tests/run/s04_05_b: no network\n");
        let matrix = planted(&[
            ("vm", &differs),
            ("c", &left_out),
            ("c-clang", "share 3\npassed bench/kernels/fib_rec\npassed tests/run/s04_05_b\n"),
            ("c-zig", "missing there is no zig\n"),
            ("jit", MOSTLY),
            ("jit-soon", ""),
        ]);
        let last = |column: usize| matrix.columns[column].1.last().unwrap().clone();
        assert_eq!(last(0), Cell::Differs("exit status Some(70), expected 0".into()));
        assert_eq!(last(1), Cell::LeftOut("no network".into()));
        assert_eq!(last(2), Cell::Same);
        assert_eq!(matrix.columns[2].1[1], Cell::NotRun("one program in 3 was taken".into()));
        assert_eq!(last(3), Cell::NotRun("there is no zig".into()));
        assert_eq!(last(4), Cell::Unknown);
        assert_eq!(
            matrix.count(5, Kind::Unknown),
            4,
            "a runner that wrote nothing says nothing of any program"
        );
        assert_eq!(matrix.wrong(), 1 + 1 + 4);
    }

    #[test]
    fn what_was_not_asked_for_is_not_unknown() {
        let matrix = planted(&[("vm", "share 1\nonly s04\npassed tests/run/s04_05_a\n")]);
        let cells = &matrix.columns[0].1;
        assert_eq!(cells[0], Cell::NotRun("only programs with `s04` were taken".into()));
        assert_eq!((&cells[2], &cells[3]), (&Cell::Same, &Cell::Unknown));
    }

    #[test]
    fn what_is_left_out_or_not_run_is_not_wrong() {
        let left_out = format!("{MOSTLY}skipped tests/run/s04_05_b: no network\n");
        assert_eq!(planted(&[("c", &left_out), ("c-zig", "missing there is no zig\n")]).wrong(), 0);
    }

    #[test]
    fn reasons_gather_programs() {
        let matrix = planted(&[("c-zig", "missing there is no zig\n")]);
        assert_eq!(matrix.reasons(Kind::NotRun)[&(0, "there is no zig")].len(), 4);
        assert!(matrix.reasons(Kind::Differs).is_empty());
    }
}
