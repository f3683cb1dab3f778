//! Help texts, made from the table.

use std::fmt::Write;

use super::{COMMANDS, CommandRow, OptionRow, Value, spellings};

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where explanations begin.
const COLUMN: usize = 24;

/// The text of `mochi help`.
pub fn overview() -> String {
    let mut out = String::from(
        "mochi - run Mochi programs\n\nUsage: mochi COMMAND [options] [arguments]\n\nCommands:\n",
    );
    for row in COMMANDS {
        let form = row.usage[0].trim_start_matches("[options]").trim_start();
        entry(&mut out, &format!("{} {form}", row.name), row.about);
    }
    out.push_str("\nOptions:\n");
    entry(&mut out, "-V, --version", "print the version");
    entry(&mut out, "-h, --help", "print this text");
    out.push_str(
        "
Examples:
  mochi run examples/hello.mochi
  mochi run -e 'print(6 * 7)'
  echo 'print(\"hi\")' | mochi run -
  mochi check --format short src/*.mochi
  mochi explain T008

Exit status: the program's own (0), 1 for diagnostics, run-time errors, failed tests and a wrong command line, 4 when
there is nothing to test or measure, 70 for a bug in mochi.
",
    );
    out
}

/// The text of `mochi help COMMAND`.
pub fn command(row: &CommandRow) -> String {
    if row.name == "help" {
        return overview();
    }
    let mut out = String::new();
    for (i, usage) in row.usage.iter().enumerate() {
        let start = if i == 0 { "Usage:" } else { "      " };
        let _ = writeln!(out, "{start} mochi {} {usage}", row.name);
    }
    let _ = write!(out, "\n{}\nOptions:\n", row.text);
    for option in row.all_options().map(|option| option.row()) {
        if !option.about.is_empty() {
            entry(&mut out, &form(&option), option.about);
        }
    }
    for (title, lines) in row.sections {
        let _ = write!(out, "\n{title}:\n{lines}");
    }
    out
}

/// An option with its value, as in `-o, --output FILE`.
fn form(option: &OptionRow) -> String {
    let mut text = spellings(option).join(", ");
    match option.value {
        Value::None => {}
        Value::Needed(name, _) => {
            let _ = write!(text, " {name}");
        }
        Value::Optional(name, _) => {
            let _ = write!(text, "[={name}]");
        }
    }
    text
}

fn entry(out: &mut String, form: &str, about: &str) {
    let mut lines = about.lines();
    let first = lines.next().unwrap_or_default();
    let _ = writeln!(out, "  {form:width$}{first}", width = COLUMN - 2);
    for line in lines {
        let _ = writeln!(out, "{:COLUMN$}{line}", "");
    }
}

/// The page `docs/commands.md`.
#[cfg(test)]
fn page() -> String {
    let mut out = String::from(
        "<!-- made from the table of commands: BLESS=1 cargo test -p mochi -->\n# Commands\n\nWhat `mochi help` and `mochi \
         help COMMAND` print.\n",
    );
    let _ = write!(out, "\n```\n{}```\n", overview());
    for row in COMMANDS.iter().filter(|row| row.name != "help") {
        let _ = write!(out, "\n## mochi {}\n\n```\n{}```\n", row.name, command(row));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_commands_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap_or_default() == page(),
            "BLESS=1 renews {}",
            path.display()
        );
    }

    #[test]
    fn lines_fit() {
        let wide: Vec<String> =
            page().lines().filter(|line| line.chars().count() > 120).map(String::from).collect();
        assert_eq!(wide, Vec::<String>::new());
    }
}
