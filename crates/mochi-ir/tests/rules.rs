//! The rules of the verifier are listed in its header, in its code and by one rejecting file each; the lists agree.

use std::path::Path;

use mochi_ir::verify::Rule;

fn source(path: &Path, text: &mut String) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            source(&entry.unwrap().path(), text);
        }
    } else {
        text.push_str(&std::fs::read_to_string(path).unwrap());
    }
}

#[test]
fn the_header_lists_the_rules_of_the_code() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify.rs");
    let text = std::fs::read_to_string(src).unwrap();
    let header = text.lines().filter_map(|line| line.strip_prefix("//! - I"));
    let header: Vec<String> = header.map(|line| format!("I{line}")).collect();
    let code: Vec<String> = Rule::ALL.iter().map(|r| format!("{} {}", r.id(), r.text())).collect();
    assert_eq!(header, code);
}

#[test]
fn each_rule_is_in_the_code_once_and_checked_somewhere() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut text = String::new();
    source(&src.join("verify.rs"), &mut text);
    source(&src.join("verify"), &mut text);
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    for rule in Rule::ALL {
        let uses = code.iter().filter(|line| line.contains(rule.id())).count();
        assert_eq!(uses, 1, "{} is to be in the table alone", rule.id());
        let name = format!("Rule::{rule:?}");
        assert!(code.iter().any(|line| line.contains(&name)), "nothing checks {}", rule.id());
    }
}

#[test]
fn each_rule_has_one_rejecting_file() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ir/reject");
    let mut found: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let expect = text.lines().find_map(|line| line.strip_prefix("; expect: ")).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        assert!(name.starts_with(&expect.to_lowercase()), "{name} is about {expect}");
        found.push(expect.to_string());
    }
    found.sort();
    let rules: Vec<&str> = Rule::ALL.iter().map(|r| r.id()).collect();
    assert_eq!(found, rules);
}
