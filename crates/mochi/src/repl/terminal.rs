//! Lines from a terminal: edited, with a history that outlives the process, and completion.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use mochi_driver::interactive::{Interactive, history_file};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::command;

/// Inputs that the history keeps.
const HISTORY: usize = 2000;
/// Bytes of an input beyond which it is not kept: the file stays readable.
const MAX_REMEMBERED: usize = 10_000;

/// What somebody typed.
pub enum Typed {
    /// A line; several when an input of the history was recalled.
    Line(String),
    /// Ctrl-C: nothing after all.
    Cleared,
    /// Ctrl-D on an empty line.
    End,
}

/// A terminal.
pub struct Terminal {
    editor: Editor<Names, DefaultHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// The terminal of the process.
    pub fn new(program: Rc<RefCell<Interactive>>) -> rustyline::Result<Self> {
        let config = Config::builder()
            .max_history_size(HISTORY)?
            .history_ignore_dups(true)?
            .completion_type(CompletionType::List)
            .build();
        let mut editor = Editor::with_config(config)?;
        editor.set_helper(Some(Names { program, files: FilenameCompleter::new() }));
        let history = history_file();
        if let Some(path) = &history {
            // There is none at first.
            let _ = editor.load_history(path);
        }
        Ok(Self { editor, history })
    }

    /// Reads a line.
    pub fn read(&mut self, prompt: &str) -> rustyline::Result<Typed> {
        match self.editor.readline(prompt) {
            Ok(line) => Ok(Typed::Line(line)),
            Err(ReadlineError::Interrupted) => Ok(Typed::Cleared),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(error),
        }
    }

    /// Adds an input to the history and its file.
    pub fn remember(&mut self, input: &str) {
        if input.trim().is_empty() || input.len() > MAX_REMEMBERED {
            return;
        }
        let added = self.editor.add_history_entry(input).unwrap_or(false);
        if let (true, Some(path)) = (added, &self.history) {
            // A history that cannot be written is no reason to stop.
            let _ = self.editor.append_history(path);
        }
    }
}

/// Completes names of the program, commands, and paths after `:load`.
struct Names {
    program: Rc<RefCell<Interactive>>,
    files: FilenameCompleter,
}

impl Completer for Names {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..at];
        if before.starts_with(":load ") {
            return self.files.complete(line, at, context);
        }
        let pair = |word: &str| Pair { display: word.to_string(), replacement: word.to_string() };
        if let Some(typed) = before.strip_prefix(':').filter(|typed| !typed.contains(' ')) {
            let names = command::NAMES.iter().filter(|name| name.starts_with(typed));
            return Ok((1, names.map(|name| pair(name)).collect()));
        }
        let (start, words) = self.program.borrow().completions(before);
        Ok((start, words.iter().map(|word| pair(word)).collect()))
    }
}

impl Hinter for Names {
    type Hint = String;
}
impl Highlighter for Names {}
impl Validator for Names {}
impl Helper for Names {}
