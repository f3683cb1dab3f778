//! The formatter: programs under `tests/format`, and the laws that hold for every program of the repository.

mod support;

use std::path::{Path, PathBuf};

use mochi_base::{Interner, Sink, SourceMap};
use mochi_syntax::format::{FormatError, format};
use mochi_syntax::print::print_tree;
use support::on_big_stack;

fn formatted(text: &str) -> Result<String, FormatError> {
    let (mut map, mut names, mut sink) = (SourceMap::new(), Interner::new(), Sink::new());
    let file = map.add("test.mochi", text).expect("not too large");
    format(&map, file, &mut names, &mut sink)
}

fn tree(text: &str) -> String {
    let (mut map, mut names, mut sink) = (SourceMap::new(), Interner::new(), Sink::new());
    let file = map.add("test.mochi", text).expect("not too large");
    let tree = mochi_syntax::parse(&map, file, &mut names, &mut sink);
    print_tree(&tree, &names)
}

/// Formats, and checks what holds for all texts; `None` for those with syntax errors.
fn check(text: &str, name: &str) -> Option<String> {
    let once = match formatted(text) {
        Ok(once) => once,
        Err(FormatError::Syntax) => return None,
        Err(FormatError::Changed) => panic!("{name}: the tokens changed"),
    };
    assert_eq!(formatted(&once).as_deref(), Ok(once.as_str()), "{name}: not idempotent");
    assert!(tree(text) == tree(&once), "{name}: the tree changed");
    for line in once.lines() {
        assert!(!line.ends_with(' ') || line.contains('"') || line.contains('*'), "{name}: {line:?}");
    }
    Some(once)
}

/// All `.mochi` files below a folder.
fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && !name.as_encoded_bytes().starts_with(b".") {
            programs(&path, found);
        } else if path.extension().is_some_and(|e| e == "mochi") {
            found.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_program_keeps_its_tree_and_formats_to_itself() {
    on_big_stack(|| {
        let mut found = Vec::new();
        programs(&root(), &mut found);
        let count = found.iter().filter(|path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            check(&text, &path.display().to_string()).is_some()
        });
        assert!(count.count() > 300, "few programs in {}", root().display());
    });
}

/// Programs under `tests` are written as their rules want them.
#[test]
fn programs_for_readers_are_in_the_style() {
    on_big_stack(|| {
        let mut found = Vec::new();
        for folder in ["crates/mochi-driver/std", "examples", "bench"] {
            programs(&root().join(folder), &mut found);
        }
        let differs = |path: &&PathBuf| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            formatted(&text).is_ok_and(|new| new != text)
        };
        let wrong: Vec<String> =
            found.iter().filter(differs).map(|path| path.display().to_string()).collect();
        assert!(wrong.is_empty(), "to be formatted with `mochi fmt`:\n{}", wrong.join("\n"));
    });
}

#[test]
fn programs_look_as_expected() {
    let folder = root().join("tests/format");
    let mut found = Vec::new();
    programs(&folder, &mut found);
    found.sort();
    assert!(!found.is_empty());
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let new = check(&text, &path.display().to_string()).expect("a program without errors");
        let expected = path.with_extension("out");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &new).expect("a writable file");
        }
        let old = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(old == new, "{} differs:\n{new}", expected.display());
    }
}

/// Comments of every kind, on lines of their own, behind code and before it.
const COMMENTS: [&str; 8] = [
    "// c\n",
    "/* c */",
    "\n// c\n",
    "\n\n/* c */\n",
    "# c\n",
    " /* a\n b */ ",
    "/* c */ // d\n",
    "\n/* c */",
];

#[test]
fn comments_survive_between_any_two_tokens() {
    let tokens = "let x = f ( a , [ 1 , 2 ] , { k : v } , fun ( y : int ) : int { return y } ) . z [ 1 : 2 ] \
                  if a { b ( ) } else { c ( ) } match x { 1 => 2 _ => 3 } type T { a : int } \
                  type U = A ( x : int ) | B from q in xs where q > 1 select q";
    let words: Vec<&str> = tokens.split_whitespace().collect();
    for comment in COMMENTS {
        for at in 0..=words.len() {
            let text = format!("{} {comment} {}", words[..at].join(" "), words[at..].join(" "));
            assert!(check(&text, &text).is_some(), "{text}");
        }
    }
}

/// Where lines are broken comments are between other things than on one long line.
#[test]
fn comments_survive_in_programs_with_long_lines() {
    let path = root().join("tests/format/constructs.mochi");
    let whole = std::fs::read_to_string(path).expect("a readable file");
    let (mut map, mut sink) = (SourceMap::new(), Sink::new());
    let file = map.add("", whole.as_str()).expect("not too large");
    let start = map.file(file).start;
    for (at, (_, span)) in mochi_syntax::tokens(&map, file, &mut sink).iter().enumerate() {
        let (before, after) = whole.split_at((span.lo - start) as usize);
        let comment = COMMENTS[at % COMMENTS.len()];
        // Between the halves of a token, or where it hides the rest of a line, it makes another program.
        check(
            &format!("{before} {comment} {after}"),
            &format!("{comment:?} before {}", after.lines().next().unwrap_or_default()),
        );
    }
}

#[test]
fn wrong_programs_have_no_style() {
    assert_eq!(formatted("let = 1"), Err(FormatError::Syntax));
    assert_eq!(formatted("print(\"a"), Err(FormatError::Syntax));
    assert_eq!(formatted(""), Ok(String::new()));
    assert_eq!(formatted("\n\n// only\n\n\n# comments"), Ok("// only\n\n# comments\n".to_string()));
}
