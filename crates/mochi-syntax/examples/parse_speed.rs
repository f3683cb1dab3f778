//! Measures lexing and parsing on a generated program: `cargo run --release -p mochi-syntax --example parse_speed`.
//! Arguments: number of lines (default 200000), or a file to parse instead.

use std::time::Instant;

use mochi_base::{Interner, Sink, SourceMap};

/// The best of so many runs is shown, since other work on the machine only ever slows a run down.
const RUNS: usize = 20;

/// Twenty lines of ordinary code with different names each time.
fn piece(i: usize) -> String {
    format!(
        r#"// Order {i} and what is computed from it.
type Order{i} {{ id: int, customer: string, total: float }}

fun discount_{i}(total: float, rate: float): float {{
  let limit = 100.0 + {i}.5
  if total > limit && rate < 0.5 {{
    return total * (1.0 - rate)
  }} else if total == 0.0 {{
    return 0.0
  }}
  return total
}}

var orders_{i} = [Order{i} {{id: {i}, customer: "Ann {i}", total: 120.5}}]
for k in 0..len(orders_{i}) {{
  let order = orders_{i}[k]
  orders_{i}[k].total = discount_{i}(order.total, 0.1) + 2.5
}}
let big_{i} = from o in orders_{i} where o.total > 50.0 sort by -o.total select {{id: o.id, total: o.total}}
print("orders", len(big_{i}), orders_{i}[0].customer)
"#
    )
}

fn main() {
    let argument = std::env::args().nth(1);
    let text = match argument.as_deref().map(|a| (a, a.parse::<usize>())) {
        Some((path, Err(_))) => std::fs::read_to_string(path).expect("a readable file"),
        other => {
            let lines = other.map_or(200_000, |(_, lines)| lines.unwrap_or(200_000));
            (0..lines / 20).map(piece).collect()
        }
    };
    let lines = text.bytes().filter(|&b| b == b'\n').count();
    println!("{lines} lines, {:.1} MB", text.len() as f64 / 1e6);
    let mut map = SourceMap::new();
    let file = map.add("generated.mochi", text).expect("below 4 GiB");
    let rate =
        |seconds: f64| format!("{:7.1} ms, {:.2} M lines/s", seconds * 1e3, lines as f64 / seconds / 1e6);
    let run = || {
        let (mut lexed, mut parsed) = (f64::MAX, f64::MAX);
        for _ in 0..RUNS {
            let start = Instant::now();
            let tokens = mochi_syntax::tokens(&map, file, &mut Sink::new());
            lexed = start.elapsed().as_secs_f64().min(lexed);
            drop(tokens);
            let (mut names, mut sink) = (Interner::new(), Sink::new());
            let start = Instant::now();
            let tree = mochi_syntax::parse(&map, file, &mut names, &mut sink);
            parsed = start.elapsed().as_secs_f64().min(parsed);
            assert!(argument.is_some() || sink.errors() == 0);
            drop(tree);
        }
        println!("lex           {}", rate(lexed));
        println!("lex and parse {}", rate(parsed));
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(1 << 30).spawn_scoped(scope, run).expect("a thread");
    });
}
