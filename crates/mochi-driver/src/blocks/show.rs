//! How blocks and what became of them are shown, in lines for people and in JSON.

use std::fmt::Write as _;
use std::time::Duration;

use mochi_base::render::json_string;

use super::{Fault, Unit};

/// Width that names are padded to.
pub const NAME_WIDTH: usize = 30;

/// A name on one line.
pub fn shown(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}

/// A time as in `12.0µs`, `3.0ms`, `1.25s`.
pub fn shown_time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.001 {
        format!("{:.1}µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.1}ms", seconds * 1e3)
    } else {
        format!("{seconds:.2}s")
    }
}

/// The line that a block begins in.
pub fn line_of(unit: &Unit, block: usize) -> u32 {
    unit.sources.location(unit.blocks[block].span.lo).line
}

/// What is to be said about a failure besides its first line, for people.
pub fn fault_details(fault: &Fault) -> String {
    let mut text = String::new();
    for line in fault.message.lines().skip(1).chain(fault.place.lines()) {
        let _ = writeln!(text, "      {}", line.trim_end());
    }
    text
}

/// The start of a block's JSON object, without the closing brace. `kind` is the field with its name.
pub fn json_head(file: &str, kind: &str, unit: &Unit, block: usize) -> String {
    let mut out = String::from("{\"file\":");
    json_string(&mut out, file);
    let _ = write!(out, ",\"{kind}\":");
    json_string(&mut out, &unit.blocks[block].name);
    let _ = write!(out, ",\"line\":{}", line_of(unit, block));
    out
}

/// The JSON object of a file that was not compiled, as a line.
pub fn json_broken(file: &str, diagnostics: &str) -> String {
    let mut out = String::from("{\"file\":");
    json_string(&mut out, file);
    out.push_str(",\"status\":\"error\",\"message\":");
    json_string(&mut out, diagnostics.trim_end());
    out.push_str("}\n");
    out
}

/// The fields of a failure, each after a comma: the message, both sides of a comparison, and what else there is.
pub fn json_fault(out: &mut String, Fault { message, place }: &Fault) {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let mut field = |name: &str, value: &str| {
        let _ = write!(out, ",\"{name}\":");
        json_string(out, value);
    };
    field("message", first);
    let mut more: Vec<&str> = Vec::new();
    for line in lines {
        match (line.strip_prefix("  left:  "), line.strip_prefix("  right: ")) {
            (Some(left), _) => field("left", left),
            (_, Some(right)) => field("right", right),
            _ => more.push(line),
        }
    }
    more.extend(place.lines());
    if !more.is_empty() {
        field("details", &more.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_fits() {
        let show = |nanos| shown_time(Duration::from_nanos(nanos));
        assert_eq!(show(12_000), "12.0µs");
        assert_eq!(show(3_000_000), "3.0ms");
        assert_eq!(show(1_250_000_000), "1.25s");
    }

    #[test]
    fn names_stay_on_their_line() {
        assert_eq!(shown("a\nb\t\u{7f}"), "a\\nb\\t\\u{7f}");
    }
}
