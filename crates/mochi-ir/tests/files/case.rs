//! The form of a test file: directives, input, and what is expected after `; ----`.

/// A test file.
pub struct Case<'a> {
    /// What to do, in order: the name of a step and its arguments.
    pub steps: Vec<(&'a str, Vec<&'a str>)>,
    /// The rule that the input breaks.
    pub expect: Option<&'a str>,
    /// The module.
    pub input: &'a str,
    /// What is to come out.
    pub expected: Option<&'a str>,
}

/// Separates the input from what is expected.
const SEPARATOR: &str = "; ----\n";

impl<'a> Case<'a> {
    pub fn read(text: &'a str) -> Result<Self, String> {
        let at = text.find(SEPARATOR).filter(|&at| at == 0 || text[..at].ends_with('\n'));
        let (input, expected) = match at {
            Some(at) => (&text[..at], Some(&text[at + SEPARATOR.len()..])),
            None => (text, None),
        };
        let mut case = Case { steps: Vec::new(), expect: None, input, expected };
        for line in input.lines() {
            if let Some(steps) = line.strip_prefix("; check:") {
                case.read_steps(steps)?;
            } else if let Some(rule) = line.strip_prefix("; expect:") {
                case.expect = Some(rule.trim());
            }
        }
        if case.steps.is_empty() {
            return Err("the file says nothing to check: `; check: verify`".into());
        }
        Ok(case)
    }

    /// `verify, opt(fold gvn)`
    fn read_steps(&mut self, text: &'a str) -> Result<(), String> {
        for step in text.split(',') {
            let (name, args) = match step.trim().split_once('(') {
                Some((name, args)) => {
                    (name, args.strip_suffix(')').ok_or(format!("no `)` in `{step}`"))?.split_whitespace())
                }
                None => (step.trim(), "".split_whitespace()),
            };
            self.steps.push((name, args.collect()));
        }
        Ok(())
    }

    /// The file with another expectation.
    pub fn with_expected(&self, expected: Option<&str>) -> String {
        match expected {
            Some(expected) => format!("{}{SEPARATOR}{expected}", self.input),
            None => self.input.to_string(),
        }
    }
}

/// What differs, with the lines around the first difference.
pub fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let same_end = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut out = format!("the output differs from line {} on (BLESS=1 accepts it)\n", same + 1);
    let mut lines = |sign: char, lines: &[&str]| {
        for line in lines {
            out.push_str(&format!("{sign} {line}\n"));
        }
    };
    lines(' ', &old[same.saturating_sub(3)..same]);
    lines('-', &old[same..old.len() - same_end]);
    lines('+', &new[same..new.len() - same_end]);
    lines(' ', &old[old.len() - same_end..(old.len() - same_end + 3).min(old.len())]);
    out
}
