//! What was not checked, and whether that is acceptable.
//!
//! At a desk a missing tool is a remark. Under `CI=true` it is a failure unless `xtask/skips.txt` lists it, so that a
//! machine that lost a tool cannot turn checks off unnoticed.

use std::path::Path;

use crate::failure::{Context, Result};

/// The checks left out so far.
#[derive(Default)]
pub struct Skips {
    found: Vec<(String, String)>,
}

impl Skips {
    /// Says that the check `id` is left out because of `reason`.
    pub fn add(&mut self, id: impl Into<String>, reason: impl Into<String>) {
        let (id, reason) = (id.into(), reason.into());
        eprintln!("skipped: {id}: {reason}");
        self.found.push((id, reason));
    }

    /// One line for each skip; the ones that must not happen here are returned.
    pub fn summary(&self, listed: &[String], strict: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        for (id, reason) in &self.found {
            let known = listed.contains(id);
            println!("  skipped  {id}: {reason}{}", if known { "" } else { " (not in xtask/skips.txt)" });
            if strict && !known {
                wrong.push(format!("skipped {id}, which xtask/skips.txt does not list"));
            }
        }
        wrong
    }
}

/// The ids in `xtask/skips.txt`.
pub fn listed(root: &Path) -> Result<Vec<String>> {
    let path = root.join("xtask/skips.txt");
    let text = std::fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
    Ok(ids(&text))
}

/// One id per line, up to the first blank; `#` starts a comment.
fn ids(text: &str) -> Vec<String> {
    let ids =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_whitespace().next());
    ids.map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_end_at_the_first_blank() {
        assert_eq!(ids("# why\n\npeer.go   needs a download\npeer.lua\n"), ["peer.go", "peer.lua"]);
    }

    #[test]
    fn only_unlisted_skips_are_wrong_and_only_where_it_is_strict() {
        let mut skips = Skips::default();
        skips.add("a", "no a");
        skips.add("b", "no b");
        assert_eq!(skips.summary(&["a".into()], true).len(), 1);
        assert_eq!(skips.summary(&["a".into()], false).len(), 0);
    }
}
