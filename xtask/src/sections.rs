//! The sections of the language reference, and which of them a test is about.

/// Number and title of each section that a program can observe, in order.
pub const SECTIONS: &[(&str, &str)] = &[
    ("1.1", "Source text"),
    ("1.2", "Comments"),
    ("1.3", "Identifiers"),
    ("1.4", "Keywords"),
    ("1.5", "Literals"),
    ("1.6", "Operators and punctuation"),
    ("2.1", "Programs and statements"),
    ("2.2", "Types"),
    ("2.3", "Expressions"),
    ("2.4", "Queries"),
    ("2.5", "Logic"),
    ("2.6", "Modules, foreign code, streams, agents, models"),
    ("2.7", "Where free-form layout bites"),
    ("2.8", "Syntax diagnostics"),
    ("3.1", "Two profiles"),
    ("3.2", "Kinds of type"),
    ("3.3", "Relations"),
    ("3.4", "Scopes and bindings"),
    ("3.5", "Typing rules"),
    ("3.6", "Type diagnostics"),
    ("3.7", "Signatures of built-ins"),
    ("4.1", "Values"),
    ("4.2", "Variables, scopes, zero values"),
    ("4.3", "Aggregates are references"),
    ("4.4", "Control flow"),
    ("4.5", "Functions and closures"),
    ("4.6", "Indexing and slicing"),
    ("4.7", "Maps"),
    ("4.8", "Order of maps"),
    ("4.9", "Structs, unions, methods"),
    ("4.10", "Text forms"),
    ("4.11", "Membership and set operators"),
    ("4.12", "Queries"),
    ("4.13", "Casts"),
    ("4.14", "Tests, expectations, benchmarks"),
    ("4.15", "Errors"),
    ("5", "Built-in functions"),
    ("6.1", "Packages"),
    ("6.2", "Foreign imports"),
    ("6.3", "Streams, agents, logic, fetch, models"),
    ("6.4", "Load and save"),
    ("6.5", "Command line"),
    ("8", "Contradictions and their resolution"),
    ("9", "Reference defects not copied"),
    ("A.1", "General format"),
    ("A.2", "Fixed format"),
    ("A.3", "JSON format"),
    ("A.4", "Quoting"),
    ("B", "Conformance vectors"),
];

/// The section that a file under `tests/` is named for, and what its name says beyond: `s04_05_deep_recursion` is about
/// 4.5. `None` for other names.
pub fn of_name(stem: &str) -> Option<(&'static str, &str)> {
    if let Some(rest) = stem.strip_prefix("appendix_b_") {
        return Some(("B", rest.split_once('_').map_or(rest, |(_, words)| words)));
    }
    let rest = stem.strip_prefix('s')?;
    let (chapter, rest) = rest.split_once('_')?;
    let (number, words) = rest.split_once('_').unwrap_or((rest, ""));
    let chapter = match chapter {
        "a" => "A".to_string(),
        digits => digits.parse::<u32>().ok()?.to_string(),
    };
    let known = |name: &str| SECTIONS.iter().map(|(section, _)| *section).find(|section| *section == name);
    match number.parse::<u32>() {
        // A row of a table in a chapter without sections counts for the chapter.
        Ok(number) => Some((known(&format!("{chapter}.{number}")).or_else(|| known(&chapter))?, words)),
        Err(_) => Some((known(&chapter)?, rest)),
    }
}

/// The sections that the words before the first case of a file of cases name; `case` begins one.
pub fn of_header(text: &str, case: &str) -> Vec<&'static str> {
    let header = text.split(case).next().unwrap_or_default();
    let words: Vec<&str> = header
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .map(|word| word.trim_end_matches('.'))
        .collect();
    SECTIONS.iter().map(|(section, _)| *section).filter(|section| words.contains(section)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_section() {
        assert_eq!(of_name("s04_05_deep_recursion"), Some(("4.5", "deep_recursion")));
        assert_eq!(of_name("s04_12_joins"), Some(("4.12", "joins")));
        assert_eq!(of_name("s05_pad_start"), Some(("5", "pad_start")));
        assert_eq!(of_name("sa_03_json_format"), Some(("A.3", "json_format")));
        assert_eq!(of_name("appendix_b_01_print_of_each_kind"), Some(("B", "print_of_each_kind")));
        assert_eq!(of_name("s08_12_bound_names"), Some(("8", "bound_names")));
        assert_eq!(of_name("s04_99_unknown"), None);
        assert_eq!(of_name("sum"), None);
        assert_eq!(of_name("shebang"), None);
    }

    #[test]
    fn headers_name_their_sections() {
        assert_eq!(of_header("Relations (3.2, 3.3).\n\n=== 4.5", "\n=== "), ["3.2", "3.3"]);
        assert!(of_header("Several errors in one file.", "\n=== ").is_empty());
    }
}
