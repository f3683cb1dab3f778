//! `[target.NAME]` in `mochi.toml`: a target of the project's own, made of a known one.

use std::ops::Range;
use std::path::PathBuf;

use mochi_base::suggest::closest;
use toml::Spanned;
use toml::de::DeValue;

use super::board::{self, Board};
use super::target::{Row, TARGETS, Target};

/// The keys of such a table.
const KEYS: [&str; 7] = ["base", "cc", "flags", "memory", "stack", "linker-script", "link"];

/// A mistake and its place.
pub(crate) type Mistake = (String, Range<usize>);

/// Reads the value of the key `target`: the targets, in order of their names, and every mistake.
pub(crate) fn read(value: &Spanned<DeValue<'_>>) -> (Vec<Target>, Vec<Mistake>) {
    let (mut targets, mut mistakes) = (Vec::new(), Vec::new());
    let DeValue::Table(table) = value.get_ref() else {
        mistakes.push(("`target` must be tables: [target.NAME]".to_owned(), value.span()));
        return (targets, mistakes);
    };
    for (name, value) in table {
        match one(name.get_ref(), value, name.span(), &mut mistakes) {
            Some(target) => targets.push(target),
            None => debug_assert!(!mistakes.is_empty()),
        }
    }
    (targets, mistakes)
}

fn one(
    name: &str,
    value: &Spanned<DeValue<'_>>,
    at: Range<usize>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Target> {
    let DeValue::Table(table) = value.get_ref() else {
        mistakes.push((format!("`target.{name}` must be a table: [target.{name}]"), value.span()));
        return None;
    };
    if Row::named(name).is_some() {
        mistakes.push((format!("the target `{name}` is known already: choose another name"), at));
        return None;
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) || name.is_empty() {
        mistakes.push(("a target's name has letters, digits, `-`, `_` and `.`".to_owned(), at));
        return None;
    }
    let before = mistakes.len();
    let (mut base, mut cc, mut flags, mut link) = (None, None, Vec::new(), Vec::new());
    let mut board = Board::default();
    for (key, value) in table {
        match (&**key.get_ref(), value.get_ref()) {
            ("base", DeValue::String(text)) => match Row::named(text) {
                Some(row) => base = Some(row),
                None => {
                    let hint = hint(text, TARGETS.iter().map(|row| row.name));
                    mistakes.push((
                        format!("unknown target `{text}`{hint} (`mochi targets` lists them)"),
                        value.span(),
                    ));
                }
            },
            ("cc", DeValue::String(text)) => cc = Some(text.to_string()),
            (key @ ("flags" | "link"), DeValue::Array(items)) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) if key == "link" => link.push(PathBuf::from(&**text)),
                        DeValue::String(text) => flags.push(text.to_string()),
                        _ => mistakes.push((format!("`{key}` must be a list of texts"), item.span())),
                    }
                }
            }
            ("linker-script", DeValue::String(text)) => board.script = Some(PathBuf::from(&**text)),
            (key @ ("memory" | "stack"), DeValue::String(text)) => {
                let read = if key == "memory" { board::memory(text) } else { board::size(text) };
                match read {
                    Ok(bytes) if key == "memory" => board.memory = Some(bytes),
                    Ok(bytes) => board.stack = Some(bytes),
                    Err(what) => mistakes.push((what, value.span())),
                }
            }
            (key @ ("base" | "cc" | "memory" | "stack" | "linker-script"), _) => {
                mistakes.push((format!("`{key}` must be a text in quotes"), value.span()));
            }
            (key @ ("flags" | "link"), _) => {
                mistakes.push((format!("`{key}` must be a list of texts"), value.span()));
            }
            (unknown, _) => {
                let hint = hint(unknown, KEYS);
                mistakes.push((format!("a target has no key `{unknown}`{hint}"), key.span()));
            }
        }
    }
    if mistakes.len() > before {
        return None;
    }
    let Some(base) = base else {
        mistakes.push((format!("`target.{name}` lacks `base`, the target that it is made of"), at));
        return None;
    };
    Some(Target { name: name.to_owned().into(), base, cc, flags, board, link })
}

fn hint<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(given, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeTable;

    fn read_text(text: &str) -> (Vec<Target>, Vec<Mistake>) {
        let table = DeTable::parse(text).unwrap().into_inner();
        read(&table["target"])
    }

    #[test]
    fn a_target_has_what_its_table_says() {
        let (targets, mistakes) = read_text(
            "[target.board]\nbase = \"riscv64-linux-musl\"\ncc = \"zig cc\"\nflags = [\"-mcpu=sifive_u74\"]\n",
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let target = &targets[0];
        assert_eq!((&*target.name, target.base.name), ("board", "riscv64-linux-musl"));
        assert_eq!(
            (target.cc.as_deref(), &*target.flags),
            (Some("zig cc"), &["-mcpu=sifive_u74".to_owned()][..])
        );
    }

    #[test]
    fn a_board_has_memory() {
        let (targets, mistakes) = read_text(
            "[target.bluepill]\nbase = \"thumbv7m-none-eabi\"\nmemory = \"20K\"\nstack = \"4K\"\n\
             linker-script = \"board.ld\"\nlink = [\"uart.c\"]\n",
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let board = Board { memory: Some(20480), stack: Some(4096), script: Some("board.ld".into()) };
        assert_eq!((&targets[0].board, &*targets[0].link), (&board, &[PathBuf::from("uart.c")][..]));
    }

    #[test]
    fn every_mistake_has_its_place() {
        let cases = [
            ("target = 1", "`target` must be tables", "1"),
            ("[target]\nx = 1", "`target.x` must be a table", "1"),
            ("[target.x]", "`target.x` lacks `base`", "x"),
            ("[target.x86_64-linux-gnu]", "is known already", "x86_64-linux-gnu"),
            ("[target.\"a b\"]", "a target's name has letters", "\"a b\""),
            ("[target.x]\nbase = \"aarch64-maco\"", "did you mean `aarch64-macos`?", "\"aarch64-maco\""),
            ("[target.x]\nbase = 1", "`base` must be a text", "1"),
            ("[target.x]\nflags = \"-O3\"", "`flags` must be a list", "\"-O3\""),
            ("[target.x]\nflags = [\"\", 2]", "`flags` must be a list", "2"),
            ("[target.x]\nmemory = \"1K\"", "12K of memory at least", "\"1K\""),
            ("[target.x]\nstack = 4096", "`stack` must be a text", "4096"),
            ("[target.x]\nlink = \"a.c\"", "`link` must be a list", "\"a.c\""),
            ("[target.x]\nflag = []", "no key `flag`; did you mean `flags`?", "flag"),
        ];
        for (text, what, place) in cases {
            let (targets, mistakes) = read_text(text);
            assert!(targets.is_empty() && mistakes.len() == 1, "{text}: {mistakes:?}");
            let (said, at) = &mistakes[0];
            assert!(said.contains(what), "{text}: {said}");
            assert_eq!(&text[at.clone()], place, "{text}");
        }
    }
}
