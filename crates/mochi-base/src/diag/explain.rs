//! The pages of `docs/errors`, by code, and the examples in them.

use super::Code;

/// The page of a code given as people write it, in capitals or not.
pub fn explain(name: &str) -> Option<&'static str> {
    Code::from_name(name).map(Code::page)
}

/// A program in a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Example {
    /// The source.
    pub source: &'static str,
    /// The words after `mochi` in the opening fence: `strict` for the strict profile, `run` when only running the
    /// program shows the error, and options of the command line.
    pub options: &'static str,
}

impl Code {
    /// The code with this name, in capitals or not.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name().eq_ignore_ascii_case(name))
    }

    /// The example that gives this diagnostic first of all. `None` when no short program does.
    pub fn wrong_example(self) -> Option<Example> {
        example(self.page(), "## Wrong")
    }

    /// The same program put right.
    pub fn right_example(self) -> Option<Example> {
        example(self.page(), "## Right")
    }
}

/// The first fenced program below a heading.
fn example(page: &'static str, heading: &str) -> Option<Example> {
    let (_, section) = page.split_once(heading)?;
    let (_, fenced) = section.split_once("```mochi")?;
    let (options, fenced) = fenced.split_once('\n')?;
    let (source, _) = fenced.split_once("```")?;
    Some(Example { source, options: options.trim() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write;
    use std::path::{Path, PathBuf};

    use super::*;

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors")
    }

    #[test]
    fn every_page_has_a_code() {
        let entries = std::fs::read_dir(folder()).unwrap();
        let pages: BTreeSet<String> = entries
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.name().to_string()).collect();
        let unknown: Vec<&String> = pages.difference(&codes).filter(|page| *page != "README").collect();
        assert!(unknown.is_empty(), "pages without a code: {unknown:?}");
    }

    #[test]
    fn every_page_has_a_title_a_text_and_both_examples_or_none() {
        for &code in Code::ALL {
            let page = code.page();
            let mut lines = page.lines();
            assert!(lines.next().unwrap().starts_with(&format!("# {}: ", code.name())), "{code:?}");
            assert!(lines.nth(1).is_some_and(|line| !line.is_empty() && !line.starts_with('#')), "{code:?}");
            assert!(page.lines().all(|line| line.len() <= 120), "{code:?} has long lines");
            let (wrong, right) = (code.wrong_example(), code.right_example());
            assert_eq!(
                wrong.map(|example| example.options),
                right.map(|example| example.options),
                "{code:?}"
            );
            assert_ne!(
                wrong.map(|example| example.source),
                right.map(|example| example.source).or(Some("")),
                "{code:?}"
            );
        }
    }

    /// `BLESS=1` rewrites it.
    #[test]
    fn the_index_lists_every_code() {
        let mut index = String::from(
            "<!-- Written by the tests of mochi-base from the table in crates/mochi-base/src/diag/codes.rs. -->\n\n\
             # Diagnostics\n\n\
             `mochi explain CODE` shows the page of a code. `P` is syntax, `T` types, `R` run time, `M` packages, `E` emitting. The wrong example\n\
             of a page gives its code; the words after `mochi` in the fence are the profile and the options that it needs.\n\n\
             | code | reported for |\n|---|---|\n",
        );
        for &code in Code::ALL {
            let _ = writeln!(
                index,
                "| [{0}]({0}.md) | {1} |",
                code.name(),
                code.condition().trim_end_matches('.')
            );
        }
        let path = folder().join("README.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &index).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap_or_default() == index, "BLESS=1 rewrites the index");
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(Code::from_name("t008"), Some(Code::T008));
        assert_eq!(Code::from_name("X1"), None);
        assert!(explain("P001").unwrap().starts_with("# P001: "));
    }
}
