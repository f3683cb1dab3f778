//! Reading the list of scenarios.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Value<'a> = Spanned<DeValue<'a>>;
type Row<'a> = DeTable<'a>;

/// Everything in the list.
pub struct Scenarios {
    pub faults: Vec<Fault>,
    pub scenarios: Vec<Scenario>,
    /// Names and texts of the files in the folder of every scenario.
    pub files: Vec<(String, String)>,
}

/// Something that is refused.
pub struct Fault {
    pub name: String,
    pub kind: Kind,
    /// Whether nobody can be told.
    pub silent: bool,
    /// Whether it is no use to refuse all calls from one on.
    pub once: bool,
}

/// How it is refused.
pub enum Kind {
    Memory,
    Calls { calls: String, error: String },
    Shell { before: String, values: Vec<String> },
}

/// Something that is done meanwhile.
pub struct Scenario {
    pub name: String,
    pub before: Option<String>,
    pub command: String,
    /// The exit status with nothing refused; none where it depends on the machine.
    pub status: Option<i32>,
    /// Whether output differs from run to run.
    pub varies: bool,
    /// Whether it takes long.
    pub slow: bool,
    /// The call after which others count.
    pub start: String,
    /// Files that say what failed too, and how they end.
    pub reports: Vec<(String, String)>,
    faults: Vec<String>,
}

impl Scenarios {
    pub fn read(path: &Path) -> Scenarios {
        let text = std::fs::read_to_string(path).expect("the list is there");
        let all = DeTable::parse(&text).expect("the list is TOML").into_inner();
        Scenarios {
            faults: list(&all["fault"]).map(|row| fault(table(row))).collect(),
            scenarios: list(&all["scenario"]).map(|row| scenario(table(row))).collect(),
            files: pairs(table(&all["files"])),
        }
    }

    /// The faults of a scenario, as positions.
    pub fn faults_of(&self, scenario: usize) -> Vec<usize> {
        let find = |name: &String| self.faults.iter().position(|fault| fault.name == *name);
        let scenario = &self.scenarios[scenario];
        let known = |name| find(name).unwrap_or_else(|| panic!("{}: no fault `{name}`", scenario.name));
        scenario.faults.iter().map(known).collect()
    }
}

fn table<'a, 'i>(value: &'a Value<'i>) -> &'a Row<'i> {
    value.get_ref().as_table().expect("a table")
}

fn list<'a, 'i>(value: &'a Value<'i>) -> impl Iterator<Item = &'a Value<'i>> {
    value.get_ref().as_array().expect("a list").iter()
}

/// A text, or a number as one.
fn text_of(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        other => panic!("a text or a number, not a {}", other.type_str()),
    }
}

fn pairs(row: &Row<'_>) -> Vec<(String, String)> {
    row.iter().map(|(name, value)| (name.get_ref().to_string(), text_of(value))).collect()
}

fn texts(value: &Value<'_>) -> Vec<String> {
    list(value).map(text_of).collect()
}

fn fault(row: &Row<'_>) -> Fault {
    let kind = match (row.get("calls"), row.get("shell")) {
        (Some(calls), None) => Kind::Calls { calls: text_of(calls), error: text_of(&row["error"]) },
        (None, Some(before)) => Kind::Shell { before: text_of(before), values: texts(&row["values"]) },
        _ => Kind::Memory,
    };
    Fault {
        name: text_of(&row["name"]),
        kind,
        silent: row.contains_key("silent"),
        once: row.contains_key("once"),
    }
}

fn scenario(row: &Row<'_>) -> Scenario {
    let status = row.get("status").map(text_of);
    Scenario {
        name: text_of(&row["name"]),
        before: row.get("before").map(text_of),
        command: text_of(&row["command"]),
        status: match status {
            Some(status) => Some(status.parse().expect("a small number")),
            None => (!row.contains_key("varies")).then_some(0),
        },
        varies: row.contains_key("varies"),
        slow: row.contains_key("slow"),
        start: row.get("start").map_or_else(|| "sigaltstack:2".to_owned(), text_of),
        reports: row.get("reports").map(|files| pairs(table(files))).unwrap_or_default(),
        faults: texts(&row["faults"]),
    }
}
