//! `mochi doctor`: what this machine has of what mochi needs or can use, and the commands that mend what is missing.
//!
//! Everything is tried rather than looked up: compilers build a program, folders are written to. Nothing is changed but
//! the build cache, and nothing is asked of the network.

use std::fmt::Write as _;

use mochi_base::render::json_string;

mod machine;
mod mend;
mod setup;
mod toolchain;
mod tools;

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// As it should be.
    Ok,
    /// Something cannot be used that many programs do without.
    Warn,
    /// Something is needed and does not work.
    Fail,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "fail",
        }
    }
}

/// The answer to one question.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was looked at; other programs may rely on it.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub found: String,
    /// The command, or else the advice, that mends it or brings what is missing.
    pub mend: Option<String>,
}

impl Check {
    fn new(name: &'static str, state: State, found: impl Into<String>) -> Check {
        Check { name, state, found: found.into(), mend: None }
    }
    fn ok(name: &'static str, found: impl Into<String>) -> Check {
        Check::new(name, State::Ok, found)
    }
    fn warn(name: &'static str, found: impl Into<String>) -> Check {
        Check::new(name, State::Warn, found)
    }
    fn fail(name: &'static str, found: impl Into<String>) -> Check {
        Check::new(name, State::Fail, found)
    }
    fn mend(self, mend: impl Into<String>) -> Check {
        Check { mend: Some(mend.into()), ..self }
    }
}

/// Looks at everything, in the order in which it is shown.
pub fn examine() -> Vec<Check> {
    let mut checks = setup::checks();
    checks.extend(machine::checks());
    checks.extend(toolchain::checks());
    checks
}

/// Whether nothing that is needed fails.
pub fn is_well(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.state != State::Fail)
}

/// The checks for people.
pub fn text(checks: &[Check]) -> String {
    let mut out = String::new();
    for check in checks {
        let mut lines = check.found.lines();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(out, "  {:5} {:18} {first}", check.state.name(), check.name);
        for line in lines {
            let _ = writeln!(out, "{:27}{line}", "");
        }
        if let Some(mend) = &check.mend {
            let _ = writeln!(out, "{:27}-> {mend}", "");
        }
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let counts =
        [State::Ok, State::Warn, State::Fail].map(|state| format!("{} {}", count(state), state.name()));
    let _ = writeln!(out, "\n{} checks: {}", checks.len(), counts.join(", "));
    out
}

/// The checks for programs: one JSON object per line.
pub fn json(checks: &[Check]) -> String {
    let mut out = String::new();
    for check in checks {
        let mut field = |name: &str, value: &str| {
            let _ = write!(out, "{}\"{name}\":", if name == "check" { '{' } else { ',' });
            json_string(&mut out, value);
        };
        field("check", check.name);
        field("state", check.state.name());
        field("found", &check.found);
        if let Some(mend) = &check.mend {
            field("mend", mend);
        }
        out.push_str("}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_say_the_same() {
        let checks = [
            Check::ok("git", "2.40"),
            Check::fail("folder", "is \"full\"\nby 3").mend("rm -r x"),
            Check::warn("gdb", ""),
        ];
        let shown = text(&checks);
        assert_eq!(
            shown,
            "  ok    git                2.40\n  fail  folder             is \"full\"\n                           by 3\n\
             \x20                          -> rm -r x\n  warn  gdb                \n\n3 checks: 1 ok, 1 warn, 1 fail\n"
        );
        let lines = json(&checks);
        assert_eq!(
            lines.lines().nth(1),
            Some(r#"{"check":"folder","state":"fail","found":"is \"full\"\nby 3","mend":"rm -r x"}"#)
        );
        assert!(!is_well(&checks) && is_well(&checks[..1]) && is_well(&checks[2..]));
    }
}
