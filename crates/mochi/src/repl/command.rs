//! The commands of the loop: lines that start with `:`.

use mochi_base::suggest::closest;

/// A command.
#[derive(Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// Print [`HELP`].
    Help,
    /// Print the type of an expression.
    Type(&'a str),
    /// Run a file.
    Load(&'a str),
    /// Print the IR of a function, or of the last input.
    Ir(Option<&'a str>),
    /// Run an input and print how long it took.
    Time(&'a str),
    /// Forget everything.
    Reset,
    /// End.
    Exit,
}

/// The names of the commands with what follows them.
pub const NAMES: [&str; 8] = ["exit", "help", "ir", "load", "quit", "reset", "time", "type"];

/// What `:help` prints.
pub const HELP: &str = "\
An input is a part of a program: declarations, statements, or an expression, whose value is shown. It goes on in the
next line while something is open. What it declares stays until something else takes the name.

  :type EXPR    the type of an expression, which is not evaluated
  :load FILE    run a file as if it were typed
  :time EXPR    run an input and say how long that took
  :ir [FUN]     the intermediate code of a function, or of the last input
  :reset        forget everything
  :help         this text
  :exit         end, as do :quit and Ctrl-D

Ctrl-C stops the input that runs, and clears one that is being typed.
";

/// The command in a line without its `:`.
pub fn parse(line: &str) -> Result<Command<'_>, String> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let wants = |what: &str| if rest.is_empty() { Err(format!("`:{name}` wants {what}")) } else { Ok(rest) };
    let alone = |command| if rest.is_empty() { Ok(command) } else { Err(format!("`:{name}` stands alone")) };
    match name {
        "help" | "h" | "?" => alone(Command::Help),
        "type" | "t" => Ok(Command::Type(wants("an expression")?)),
        "load" | "l" => Ok(Command::Load(wants("a file")?)),
        "ir" => Ok(Command::Ir((!rest.is_empty()).then_some(rest))),
        "time" => Ok(Command::Time(wants("an input")?)),
        "reset" => alone(Command::Reset),
        "exit" | "quit" | "q" => alone(Command::Exit),
        _ => {
            let hint =
                closest(name, NAMES).map_or(String::new(), |near| format!("; did you mean `:{near}`?"));
            Err(format!("unknown command `:{name}`{hint} (`:help` lists the commands)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_apart() {
        assert_eq!(parse("type  1 + 2 "), Ok(Command::Type("1 + 2")));
        assert_eq!(parse("ir"), Ok(Command::Ir(None)));
        assert_eq!(parse("ir f"), Ok(Command::Ir(Some("f"))));
        assert_eq!(parse("q"), Ok(Command::Exit));
        assert_eq!(parse("load"), Err("`:load` wants a file".into()));
        assert_eq!(parse("reset now"), Err("`:reset` stands alone".into()));
        assert!(parse("tpye 1").is_err_and(|e| e.contains("did you mean `:type`")));
        assert!(
            NAMES.iter().all(|name| parse(&format!("{name} x")).is_ok_and(|_| true) || parse(name).is_ok())
        );
    }
}
