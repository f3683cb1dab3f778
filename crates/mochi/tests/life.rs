//! "Life of a program" in ARCHITECTURE.md shows what `mochi dump` prints today. `BLESS=1` rewrites the section.

use std::path::Path;
use std::process::Command;

const BEGIN: &str = "<!-- life of a program: made by crates/mochi/tests/life.rs -->\n";
const END: &str = "<!-- end of life -->\n";

/// Stage, its heading, and the line that starts the part of its listing that is shown.
const STAGES: &[(&str, &str, &str)] = &[
    ("tree", "The parser makes a tree; every node has its place.", ""),
    ("types", "The checker resolves names and makes types and conversions explicit.", ""),
    ("ir", "Lowering makes SSA. `list.get` checks its index, `add` checks for overflow.", "func total"),
    (
        "ir-opt",
        "The optimiser proves the index to be in range and reads through a view of the list. (Inlining is left out here.)",
        "func total",
    ),
    ("bytecode", "The emitter chooses slots and fuses comparison and branch.", "func total"),
];

#[test]
fn the_life_of_a_program_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("ARCHITECTURE.md");
    let page = std::fs::read_to_string(&path).expect("ARCHITECTURE.md exists");
    let (before, rest) = page.split_once(BEGIN).expect("the page has the marker of its beginning");
    let (section, after) = rest.split_once(END).expect("the page has the marker of its end");
    let source = std::fs::read_to_string(root.join("tests/life/sum.mochi")).expect("the program exists");
    let mut text = format!("\n```mochi\n{source}```\n");
    for (stage, heading, start) in STAGES {
        let listing = dump(&root, stage);
        text.push_str(&format!("\n{heading}\n\n```\n{}```\n", part(&listing, start)));
    }
    text.push('\n');
    if text == section {
        return;
    }
    assert!(std::env::var_os("BLESS").is_some(), "ARCHITECTURE.md is stale; BLESS=1 rewrites it:\n{text}");
    std::fs::write(path, format!("{before}{BEGIN}{text}{END}{after}")).expect("the page is writable");
}

fn dump(root: &Path, stage: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .args(["dump", &format!("--stage={stage}"), "--disable-pass", "inline", "tests/life/sum.mochi"])
        .current_dir(root)
        .output()
        .expect("mochi starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The lines from the one that begins with `start` to the next empty one.
fn part(listing: &str, start: &str) -> String {
    let lines = listing.lines().skip_while(|line| !line.starts_with(start));
    let lines = lines.take_while(|line| start.is_empty() || !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}
