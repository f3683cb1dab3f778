//! Speed of the compiler of native code: a generated program whose functions are all called, each compiled before that.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::Part;
use crate::failure::{Context, Result, failed};
use crate::process;

/// Instructions per second, with bytes of code per instruction.
pub fn measure(mochi: &Path, quick: bool, limit: Duration, scratch: &Path) -> Result<Part> {
    let file = scratch.join("native_code.mochi");
    fs::create_dir_all(scratch)
        .and_then(|()| fs::write(&file, source(if quick { 50 } else { 2_000 })))
        .context(|| format!("write {}", file.display()))?;
    let mut best: Option<Compiled> = None;
    let mut expected: Option<String> = None;
    for _ in 0..if quick { 1 } else { 5 } {
        let mut command = Command::new(mochi);
        command.args(["run", "--jit=always", "--time-passes"]).arg(&file);
        let outcome = process::measure(&mut command, scratch, limit).context(|| "run mochi".into())?;
        if let Some(complaint) = outcome.complaint() {
            return failed(format!("mochi run --jit=always {}: {complaint}", file.display()));
        }
        let printed = String::from_utf8_lossy(&outcome.stdout).into_owned();
        if *expected.get_or_insert_with(|| printed.clone()) != printed {
            return failed(format!(
                "mochi run --jit=always {} prints something else each time",
                file.display()
            ));
        }
        let said = String::from_utf8_lossy(&outcome.stderr);
        let Some(compiled) = said.lines().find_map(Compiled::read) else {
            return Ok(Part { text: "\nNative code\nnone is made here\n".into(), rows: json!([]) });
        };
        if best.as_ref().is_none_or(|best| compiled.milliseconds < best.milliseconds) {
            best = Some(compiled);
        }
    }
    let Some(Compiled { milliseconds, functions, instructions, bytes }) = best else {
        return failed("nothing was measured");
    };
    let speed = instructions / (milliseconds / 1e3).max(1e-9);
    let text = format!(
        "\nNative code (mochi run --jit=always)\n{functions:.0} functions, {instructions:.0} instructions: \
         {milliseconds:.2} ms, {:.2} M instructions/s, {:.1} bytes each\n",
        speed / 1e6,
        bytes / instructions
    );
    let row = json!({
        "functions": functions,
        "instructions": instructions,
        "bytes": bytes,
        "seconds_min": milliseconds / 1e3,
        "instructions_per_second": speed.round(),
    });
    Ok(Part { text, rows: json!([row]) })
}

/// What `--time-passes` says of native code.
#[derive(Debug, PartialEq)]
struct Compiled {
    milliseconds: f64,
    functions: f64,
    instructions: f64,
    bytes: f64,
}

impl Compiled {
    /// `native code      1.234 ms  2 functions, 345 instructions, 6789 bytes`
    fn read(line: &str) -> Option<Compiled> {
        let (milliseconds, what) = line.trim().strip_prefix("native code")?.split_once(" ms ")?;
        let mut numbers = what
            .split(", ")
            .map(|part| part.split_whitespace().next().and_then(|number| number.parse().ok()));
        Some(Compiled {
            milliseconds: milliseconds.trim().parse().ok()?,
            functions: numbers.next()??,
            instructions: numbers.next()??,
            bytes: numbers.next()??,
        })
    }
}

/// A program with so many functions, of some fifty instructions each, none of which is inlined: ints, floats, lists,
/// structs, strings and calls in the proportions of ordinary code.
fn source(functions: usize) -> String {
    let mut text = String::from("type Point { x: int, y: int, weight: float }\n");
    for i in 0..functions {
        let (a, b) = (i % 7 + 2, i % 11 + 3);
        let callee = match i {
            0 => "depth".to_owned(),
            _ => format!("work_{}(depth - 1, xs, p)", i - 1),
        };
        let _ = write!(
            text,
            "fun work_{i}(depth: int, xs: list<int>, p: Point): int {{
  var sum = 0
  var mean = 0.5
  for i in 0..len(xs) {{
    let x = xs[i] * {a} + i
    if x % {b} == 0 {{ sum = sum + x }} else if x > {a}00 {{ sum = sum - p.x }} else {{ sum = sum + p.y * {a} }}
    mean = mean * 0.75 + (x as float) / {b}.5
    xs[i] = (xs[i] + sum) % 1009
  }}
  p.x = p.x + {a}
  p.weight = p.weight + mean
  var k = {b}
  while k > 0 {{
    if xs[k % len(xs)] < {b}7 && sum > {a} {{ sum = sum - k * {a} }}
    k = k - 1
  }}
  let name = str(sum) + \"-{i}\"
  if depth <= 0 {{ return sum + len(name) }}
  return (sum + {callee}) % 1000003
}}
"
        );
    }
    text.push_str("let p = Point{x: 1, y: 2, weight: 0.0}\nvar total = 0\n");
    for i in 0..functions {
        let _ = writeln!(text, "total = total + work_{i}(1, [1, 2, {i}], p)");
    }
    text.push_str("print(total, p.x)\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mochi_says_is_read() {
        let line = "     native code      1.250 ms  2 functions, 345 instructions, 6789 bytes";
        let read = Compiled { milliseconds: 1.25, functions: 2.0, instructions: 345.0, bytes: 6789.0 };
        assert_eq!(Compiled::read(line), Some(read));
        assert_eq!(Compiled::read("            emit      0.087 ms"), None);
    }
}
