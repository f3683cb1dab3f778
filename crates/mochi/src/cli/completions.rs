//! Scripts that complete command lines, made from the table.

use std::fmt::Write;

use super::{COMMANDS, CommandRow, OptionRow, Value, Words, spellings};

/// A shell that there are completions for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shell {
    /// GNU bash.
    Bash,
    /// The Z shell.
    Zsh,
    /// The friendly interactive shell.
    Fish,
}

impl Shell {
    /// The shells by name.
    pub const NAMES: [(&'static str, Shell); 3] =
        [("bash", Shell::Bash), ("zsh", Shell::Zsh), ("fish", Shell::Fish)];
}

/// The script for a shell.
pub fn script(shell: Shell) -> String {
    match shell {
        Shell::Bash => bash(),
        Shell::Zsh => zsh(),
        Shell::Fish => fish(),
    }
}

fn options(row: &CommandRow) -> impl Iterator<Item = OptionRow> + '_ {
    row.all_options().map(|option| option.row())
}

/// What the value of an option may be, when the option takes the next word for one.
fn next_word(option: &OptionRow) -> Option<Words> {
    match option.value {
        Value::Needed(_, words) => Some(words),
        Value::None | Value::Optional(..) => None,
    }
}

/// What every script for bash begins with: the word to complete, and what it may be.
const BASH_START: &str = r#"# Completions of mochi for bash: mochi completions bash

_mochi_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word"); }
_mochi_paths() { mapfile -t COMPREPLY < <(compgen "$@" -- "$word"); }
_mochi_programs() { mapfile -t COMPREPLY < <(compgen -f -X '!*.mochi' -- "$word"; compgen -d -- "$word"); }

_mochi() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    if [[ $word == '=' ]]; then
        word=
    elif [[ $before == '=' ]]; then
        before=${COMP_WORDS[COMP_CWORD-2]}
    fi
    COMPREPLY=()
"#;

fn bash() -> String {
    let mut out = BASH_START.to_string();
    let names = super::command_names().join(" ");
    let _ = writeln!(out, "    if [[ $COMP_CWORD -eq 1 && $word != */* && $word != *.* ]]; then");
    let _ = writeln!(out, "        _mochi_words '{names} --version --help'\n        return\n    fi");
    out.push_str("    case ${COMP_WORDS[1]}:$before in\n");
    for row in COMMANDS {
        for option in options(row) {
            let Some(words) = next_word(&option) else { continue };
            let patterns: Vec<String> =
                spellings(&option).iter().map(|s| format!("{}:{s}", row.name)).collect();
            let _ = writeln!(out, "    {}) {}; return ;;", patterns.join("|"), bash_action(words));
        }
    }
    out.push_str("    esac\n    case ${COMP_WORDS[1]}:$word in\n");
    for row in COMMANDS {
        let all: Vec<String> = options(row).flat_map(|option| spellings(&option)).collect();
        let _ = writeln!(out, "    {}:-*) _mochi_words '{}' ;;", row.name, all.join(" "));
        let _ = writeln!(out, "    {}:*) {} ;;", row.name, bash_action(row.operands));
    }
    out.push_str("    *) _mochi_programs ;;\n    esac\n}\n\ncomplete -o filenames -F _mochi mochi\n");
    out
}

fn bash_action(words: Words) -> String {
    match words {
        Words::None | Words::Any => "true".to_string(),
        Words::Programs => "_mochi_programs".to_string(),
        Words::Path => "_mochi_paths -f".to_string(),
        Words::Folder => "_mochi_paths -d".to_string(),
        Words::OneOf(list) => format!("_mochi_words '{}'", list().join(" ")),
    }
}

fn zsh() -> String {
    let mut out =
        String::from("#compdef mochi\n# Completions of mochi for zsh: mochi completions zsh\n\n_mochi() {\n");
    out.push_str("    local -a commands\n    commands=(\n");
    for row in COMMANDS {
        let _ = writeln!(out, "        '{}:{}'", row.name, quoted(row.about));
    }
    out.push_str(
        "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        _files -g '*.mochi'\n        \
         return\n    fi\n    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n",
    );
    for row in COMMANDS {
        let _ = write!(out, "    {}) _arguments -s", row.name);
        for option in options(row) {
            for spelling in spellings(&option) {
                let _ = write!(out, " \\\n        '{}'", zsh_option(&spelling, &option));
            }
        }
        let _ = writeln!(out, " \\\n        '*:{}' ;;", zsh_action("argument", row.operands));
    }
    out.push_str("    esac\n}\n\n_mochi \"$@\"\n");
    out
}

fn zsh_option(spelling: &str, option: &OptionRow) -> String {
    let about = quoted(option.about.lines().next().unwrap_or_default()).replace('[', "(").replace(']', ")");
    let about = about.replace(':', "\\:");
    match option.value {
        Value::None => format!("{spelling}[{about}]"),
        Value::Needed(name, words) => format!("{spelling}[{about}]:{}", zsh_action(name, words)),
        Value::Optional(name, words) => format!("{spelling}=-[{about}]::{}", zsh_action(name, words)),
    }
}

fn zsh_action(name: &str, words: Words) -> String {
    let name = name.replace(':', " ");
    match words {
        Words::None | Words::Any => format!("{name}:"),
        Words::Programs => format!("{name}:_files -g \"*.mochi\""),
        Words::Path => format!("{name}:_files"),
        Words::Folder => format!("{name}:_files -/"),
        Words::OneOf(list) => format!("{name}:({})", list().join(" ")),
    }
}

fn fish() -> String {
    let mut out =
        String::from("# Completions of mochi for fish: mochi completions fish\n\ncomplete -c mochi -f\n");
    let first = "complete -c mochi -n __fish_use_subcommand";
    let _ = writeln!(out, "{first} -l version -s V -d 'print the version'");
    let _ = writeln!(out, "{first} -a '(__fish_complete_suffix .mochi)'");
    for row in COMMANDS {
        let _ = writeln!(out, "{first} -a {} -d '{}'", row.name, quoted(row.about));
    }
    for row in COMMANDS {
        let here = format!("complete -c mochi -n '__fish_seen_subcommand_from {}'", row.name);
        for option in options(row) {
            let mut line = here.clone();
            if let Some(short) = option.short {
                let _ = write!(line, " -s {short}");
            }
            if !option.long.is_empty() {
                let _ = write!(line, " -l {}", option.long);
            }
            let about = quoted(option.about.lines().next().unwrap_or_default());
            if !about.is_empty() {
                let _ = write!(line, " -d '{about}'");
            }
            match option.value {
                Value::None => {}
                Value::Needed(_, words) => {
                    let _ = write!(line, " -x{}", fish_words(words));
                }
                Value::Optional(_, words) => line.push_str(&fish_words(words)),
            }
            out.push_str(&line);
            out.push('\n');
        }
        let operands = fish_words(row.operands);
        if !operands.is_empty() {
            let _ = writeln!(out, "{here}{operands}");
        }
    }
    out
}

fn fish_words(words: Words) -> String {
    match words {
        Words::None | Words::Any => String::new(),
        Words::Programs => " -a '(__fish_complete_suffix .mochi)'".to_string(),
        Words::Path => " -a '(__fish_complete_path)'".to_string(),
        Words::Folder => " -a '(__fish_complete_directories)'".to_string(),
        Words::OneOf(list) => format!(" -a '{}'", list().join(" ")),
    }
}

/// Text between single quotes. No text of the table has such a quote or a backslash.
fn quoted(text: &str) -> String {
    text.replace(['\'', '\\'], "")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn shells_accept_the_scripts() {
        for (name, shell) in Shell::NAMES {
            let child = Command::new(name).arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
            let Ok(mut child) = child else {
                eprintln!("left out: {name} is not installed");
                continue;
            };
            child.stdin.take().unwrap().write_all(script(shell).as_bytes()).unwrap();
            let output = child.wait_with_output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && errors.is_empty(), "{name}: {errors}");
        }
    }

    #[test]
    fn scripts_have_all_commands_and_options() {
        for (name, shell) in Shell::NAMES {
            let text = script(shell);
            for row in COMMANDS {
                assert!(text.contains(row.name), "{name}: {}", row.name);
                for option in options(row).filter(|option| !option.long.is_empty()) {
                    let wanted = match shell {
                        Shell::Fish => format!("-l {}", option.long),
                        Shell::Bash | Shell::Zsh => format!("--{}", option.long),
                    };
                    assert!(text.contains(&wanted), "{name}: {wanted}");
                }
            }
        }
    }

    /// What bash offers for a command line whose last word is being typed.
    fn offered(words: &[&str]) -> Option<Vec<String>> {
        let mut program = bash();
        let list: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let _ = write!(
            program,
            "\nCOMP_WORDS=({}) COMP_CWORD={}\n_mochi\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            list.join(" "),
            words.len() - 1
        );
        let output = Command::new("bash").args(["--norc", "-c", &program]).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).lines().map(String::from).collect())
    }

    #[test]
    fn bash_completes_commands_options_and_values() {
        let Some(commands) = offered(&["mochi", "ru"]) else { return };
        assert_eq!(commands, ["run"]);
        assert_eq!(offered(&["mochi", "run", "--ti"]).unwrap(), ["--timeout", "--time-passes"]);
        assert_eq!(offered(&["mochi", "test", "--format", "j"]).unwrap(), ["json", "junit"]);
        assert_eq!(offered(&["mochi", "dump", "--stage", "=", "ir"]).unwrap(), ["ir", "ir-opt"]);
        assert_eq!(offered(&["mochi", "completions", "z"]).unwrap(), ["zsh"]);
        assert_eq!(offered(&["mochi", "repl", "--deny", "n"]).unwrap(), ["net"]);
    }
}
