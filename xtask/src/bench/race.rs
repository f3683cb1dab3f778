//! One kernel under all contenders: they take turns, and must print the same.

use std::path::Path;

use super::contenders::Contender;
use super::kernels::{Kernel, Size};
use super::options::Options;
use super::stats::Samples;
use crate::failure::{Context, Failure, Result};
use crate::process;

/// One kernel under one contender.
pub struct Cell {
    pub(super) samples: Samples,
    /// Why there is no figure, or why it must not be believed.
    pub(super) trouble: Option<String>,
    /// Whether all that is wrong is that it took too long.
    pub(super) late: bool,
}

/// One kernel under all contenders, in their order.
pub struct Row {
    pub(super) kernel: Kernel,
    pub(super) cells: Vec<Cell>,
}

/// Runs `kernel` under all contenders in turn, `options.runs()` times, and compares what they print.
pub fn race(
    kernel: Kernel,
    field: &[Contender],
    size: Size,
    options: &Options,
    scratch: &Path,
) -> Result<Row> {
    let mut cells: Vec<Cell> =
        field.iter().map(|_| Cell { samples: Samples::default(), trouble: None, late: false }).collect();
    let mut commands = Vec::new();
    for (contender, cell) in field.iter().zip(&mut cells) {
        match contender.prepare(&kernel, size, scratch) {
            Ok(command) => commands.push(Some(command)),
            Err(Failure::Failed(why) | Failure::Usage(why)) => {
                cell.trouble = Some(why);
                commands.push(None);
            }
        }
    }
    let mut outputs: Vec<Option<Vec<u8>>> = vec![None; field.len()];
    for _ in 0..options.runs() {
        for (at, contender) in field.iter().enumerate() {
            let cell = &mut cells[at];
            let Some(command) = commands[at].as_mut().filter(|_| cell.trouble.is_none()) else { continue };
            let outcome = process::measure(command, scratch, options.limit)
                .context(|| format!("run {} under {}", kernel.name, contender.name))?;
            cell.trouble = outcome.complaint();
            cell.late = outcome.timed_out;
            if cell.trouble.is_none() {
                cell.samples.push(outcome.usage);
                let first = outputs[at].get_or_insert_with(|| outcome.stdout.clone());
                cell.trouble = difference("the run before", first, &outcome.stdout);
            }
        }
    }
    if let Some((reference, expected)) = reference(field, &outputs) {
        for (cell, output) in cells.iter_mut().zip(&outputs) {
            if let (None, Some(output)) = (&cell.trouble, output) {
                cell.trouble = difference(reference, expected, output);
            }
        }
    }
    Ok(Row { kernel, cells })
}

/// Whose output the others are compared with, and that output: a peer, so that a wrong `mochi` is what gets blamed.
fn reference<'a>(field: &[Contender], outputs: &'a [Option<Vec<u8>>]) -> Option<(&'static str, &'a [u8])> {
    let with_output =
        || field.iter().zip(outputs).filter_map(|(who, output)| Some((who, output.as_deref()?)));
    let peer = with_output().find(|(who, _)| who.is_peer()).or_else(|| with_output().next());
    peer.map(|(who, output)| (who.name, output))
}

/// Where two outputs part, if they do.
fn difference(first: &str, expected: &[u8], found: &[u8]) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut left, mut right) = (expected.split(|byte| *byte == b'\n'), found.split(|byte| *byte == b'\n'));
    let mut line = 1;
    loop {
        let (expected, found) = (left.next(), right.next());
        if expected != found {
            let show = |text: Option<&[u8]>| {
                text.map_or("missing".to_string(), |text| format!("`{}`", String::from_utf8_lossy(text)))
            };
            return Some(format!(
                "line {line} of the output is {}, under {first} it is {}",
                show(found),
                show(expected)
            ));
        }
        line += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_line() {
        assert_eq!(difference("c", b"1\n2\n", b"1\n2\n"), None);
        let found = difference("c", b"1\n2\n", b"1\n3\n").unwrap();
        assert_eq!(found, "line 2 of the output is `3`, under c it is `2`");
    }

    #[test]
    fn a_missing_newline_at_the_end_is_a_difference() {
        assert_eq!(
            difference("c", b"1\n", b"1").unwrap(),
            "line 2 of the output is missing, under c it is ``"
        );
    }
}
