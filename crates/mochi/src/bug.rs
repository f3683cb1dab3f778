//! What happens when mochi itself is wrong: a panic ends in a message that says so and in an exit code of its own.

use std::panic::{PanicHookInfo, UnwindSafe};

use mochi_driver::{EXIT_INTERNAL, report};

use crate::cli::help::VERSION;

/// From now on a panic prints a request to report it instead of Rust's own message.
pub fn announce_panics() {
    std::panic::set_hook(Box::new(|info| report::to_stderr(&message(info))));
}

/// Exit code of `work`, which is that of an internal error when it panics.
pub fn exit_code(work: impl FnOnce() -> u8 + UnwindSafe) -> u8 {
    std::panic::catch_unwind(work).unwrap_or(EXIT_INTERNAL)
}

fn message(info: &PanicHookInfo) -> String {
    let what = info.payload_as_str().unwrap_or("unknown");
    let at = info.location().map_or(String::new(), |at| format!(" ({}:{})", at.file(), at.line()));
    format!(
        "mochi: internal error: {what}{at}\n\
         This is a bug in mochi {VERSION}, not in your program. Please report it.\n"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_panic_ends_in_a_message_and_exit_code_70() {
        let said = Arc::new(Mutex::new(String::new()));
        let hears = Arc::clone(&said);
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| hears.lock().unwrap().push_str(&message(info))));
        let code = exit_code(|| panic!("the stack of block {} is empty", 7));
        std::panic::set_hook(before);
        assert_eq!(code, 70);
        let said = said.lock().unwrap();
        assert!(
            said.starts_with(
                "mochi: internal error: the stack of block 7 is empty (crates/mochi/src/bug.rs:"
            ),
            "{said}"
        );
        assert!(said.contains("This is a bug in mochi") && said.ends_with("Please report it.\n"), "{said}");
    }

    #[test]
    fn other_exit_codes_are_the_work_s_own() {
        assert_eq!(exit_code(|| 3), 3);
    }
}
