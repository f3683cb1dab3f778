//! The commands and their options, once: the parser of arguments, the help texts, `docs/commands.md` and the completions
//! of shells all read [`COMMANDS`]. An option that is not there is not accepted.

pub mod completions;
pub mod help;
mod options;
mod table;

pub use options::Opt;
pub use table::COMMANDS;

/// A command.
pub struct CommandRow {
    /// Its name.
    pub name: &'static str,
    /// The forms it is used in, without `mochi NAME`; the first one is for the overview.
    pub usage: &'static [&'static str],
    /// What it does, in one line.
    pub about: &'static str,
    /// What it does, in full.
    pub text: &'static str,
    /// The options in the order they are shown. All commands have `--help`.
    pub options: &'static [Opt],
    /// What its other arguments are.
    pub operands: Words,
    /// Further sections of the help text, each a title and its lines.
    pub sections: &'static [(&'static str, &'static str)],
}

/// What may stand for an argument.
#[derive(Clone, Copy)]
pub enum Words {
    /// There is none.
    None,
    /// Anything.
    Any,
    /// A path of a program or folder.
    Programs,
    /// A path.
    Path,
    /// A folder.
    Folder,
    /// One of these.
    OneOf(fn() -> Vec<&'static str>),
}

/// An option.
pub struct OptionRow {
    /// The letter of its short form.
    pub short: Option<char>,
    /// Its name, without dashes. Empty when there is only a letter.
    pub long: &'static str,
    /// Whether there is a value.
    pub value: Value,
    /// What it does; nothing when another option's text says so. Further lines are indented below.
    pub about: &'static str,
}

/// Whether an option has a value.
#[derive(Clone, Copy)]
pub enum Value {
    /// It has none.
    None,
    /// It has: what it is called, and what it may be.
    Needed(&'static str, Words),
    /// It may have one after `=`.
    Optional(&'static str, Words),
}

impl Words {
    /// The words that may stand here; empty when they cannot be listed.
    #[cfg(test)]
    pub fn list(self) -> Vec<&'static str> {
        match self {
            Words::OneOf(list) => list(),
            Words::None | Words::Any | Words::Programs | Words::Path | Words::Folder => Vec::new(),
        }
    }
}

impl CommandRow {
    /// The command with a name.
    pub fn named(name: &str) -> Option<&'static CommandRow> {
        COMMANDS.iter().find(|row| row.name == name)
    }

    /// Its options, `--help` last.
    pub fn all_options(&self) -> impl Iterator<Item = Opt> + '_ {
        self.options.iter().copied().chain([Opt::Help])
    }
}

/// The names of all commands.
pub fn command_names() -> Vec<&'static str> {
    COMMANDS.iter().map(|row| row.name).collect()
}

/// The forms of an option with dashes.
pub fn spellings(row: &OptionRow) -> Vec<String> {
    let short = row.short.map(|c| format!("-{c}"));
    let long = (!row.long.is_empty()).then(|| format!("--{}", row.long));
    short.into_iter().chain(long).collect()
}
