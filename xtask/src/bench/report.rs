//! `cargo xtask bench report`: `bench/history` as a page and two plots that need nothing but themselves.
//!
//! [`past`] reads the history, [`ratios`] and [`trend`] draw, [`html`] writes the page around the drawings and the tables. The same
//! history makes the same bytes: nothing here asks for the time, the machine or the state of the checkout.

mod html;
mod past;
mod plot;
mod ratios;
mod trend;

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::Arg;

use crate::failure::{Context, Result};
use crate::workspace;
use past::Past;

const HELP: &str = "\
cargo xtask bench report [OPTIONS]

Writes bench/report: index.html, ratios.svg and trend.svg, made from bench/history. `cargo xtask bench --record` does it, too.

  --history DIR  read another history
  --out DIR      write into another folder
";

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let root = workspace::root()?;
    let (mut history, mut out) = (root.join("bench/history"), root.join("bench/report"));
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("history") => history = PathBuf::from(args.value()?),
            Arg::Long("out") => out = PathBuf::from(args.value()?),
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    write(&history, &out)
}

/// Writes the report of a history into a folder.
pub fn write(history: &Path, out: &Path) -> Result<()> {
    let files = files(&Past::read(history)?);
    fs::create_dir_all(out).context(|| format!("create {}", out.display()))?;
    for (name, text) in files {
        let file = out.join(name);
        fs::write(&file, text).context(|| format!("write {}", file.display()))?;
    }
    eprintln!("the report is in {}", out.display());
    Ok(())
}

/// The files of the report by name.
fn files(past: &Past) -> [(&'static str, String); 3] {
    let (ratios, trend) = (ratios::draw(past), trend::draw(past));
    let page = html::render(past, &ratios, &trend);
    [("index.html", page), ("ratios.svg", ratios), ("trend.svg", trend)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is in `folder` is the report of `history`.
    fn compare(history: &Path, folder: &Path, remedy: &str) {
        for (name, text) in files(&Past::read(history).unwrap()) {
            let file = folder.join(name);
            if std::env::var_os("BLESS").is_some() {
                fs::write(&file, &text).unwrap();
            }
            let kept = fs::read_to_string(&file).unwrap_or_default();
            assert!(kept == text, "{} is stale: {remedy}", file.display());
        }
    }

    #[test]
    fn a_small_history_makes_the_same_bytes() {
        let fixture = workspace::root().unwrap().join("xtask/tests/report");
        compare(&fixture.join("history"), &fixture, "BLESS=1 cargo test -p xtask, and look at it");
    }

    #[test]
    fn the_report_is_that_of_the_history() {
        let bench = workspace::root().unwrap().join("bench");
        compare(&bench.join("history"), &bench.join("report"), "run `cargo xtask bench report`");
    }

    #[test]
    fn an_empty_history_makes_a_page_that_says_so() {
        let [(_, page), ..] = files(&Past::default());
        assert!(page.contains("Nothing has been recorded"), "{page}");
    }
}
