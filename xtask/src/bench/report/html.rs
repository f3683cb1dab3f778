//! The page: what is measured and how, the plots, and the figures behind them as tables.

use std::fmt::Write;

use serde_json::Value;

use super::past::{BASE, Past, Run, number, text, whole};
use super::plot::{LOOKS, OURS};
use crate::page::{Page, escaped};

/// Of what is measured in each run, so many of the newest are shown.
const SHOWN: usize = 12;

const STYLE: &str = "
figure svg { width: 100%; min-width: 34rem; height: auto; display: block }
figcaption { font-size: .9rem }
td.mine { font-weight: 600 }
";

const INTRODUCTION: &str = "
<h1>Mochi benchmarks</h1>
<p>Mochi is a small statically typed language; <code>mochi</code> interprets its programs, compiles them to machine code
while they run, or builds them through C. Each benchmark is one program, written in Mochi and five other languages with the
same algorithm and the same data structures, and every version must print the same bytes before its time counts. Measured is
the CPU time of the whole process, so starting up and compiling while running is in it, compiling beforehand is not. The
contenders take turns, and the median of their runs counts. <strong>Less is better everywhere</strong> but where a unit is
“per second”. Times are shown as multiples of what Go takes, since such ratios depend less on the machine; figures of
different machines are never mixed. <a href=../README.md>How the benchmarks are written</a>;
<code>cargo xtask bench --provision</code> runs them on your machine.</p>
";

/// The page with its plots.
pub fn render(past: &Past, ratios: &str, trend: &str) -> String {
    let mut body = INTRODUCTION.to_owned();
    match past.latest() {
        Some(run) => {
            machine(&mut body, run);
            figure(&mut body, ratios, "ratios.svg", "Filled marks are Mochi's ways to run a program.");
            times(&mut body, run);
            memory(&mut body, run);
            body += "<h2>Over time</h2>\n";
            let caption =
                "Runs on the machine above, each on the same benchmarks and against Go at that time.";
            figure(&mut body, trend, "trend.svg", caption);
        }
        None => body += "<p>Nothing has been recorded yet.\n",
    }
    startup(&mut body, &newest(past, &past.startup));
    frontend(&mut body, &newest(past, &past.frontend));
    native_code(&mut body, &newest(past, &past.native_code));
    building(&mut body, &newest(past, &past.building));
    body += "<p class=faint>Made from <a href=../history>the history</a>.</p>\n";
    Page { command: "cargo xtask bench report", title: "Mochi benchmarks", style: STYLE, body: &body }
        .render()
}

fn figure(body: &mut String, drawing: &str, file: &str, caption: &str) {
    let _ = writeln!(
        body,
        "<figure><div class=wide>{drawing}</div><figcaption>{caption} <a href={file}>The picture by itself</a>.</figcaption></figure>"
    );
}

/// Where, when and with what the latest run was made.
fn machine(body: &mut String, run: &Run) {
    let most = run.figures.values().flatten().map(|(_, figure)| figure.runs).max().unwrap_or(0);
    let _ = writeln!(
        body,
        "<h2>The latest run</h2>\n<p>Commit <code>{}</code>, {}, on {}; {most} runs of each.\n<ul>",
        escaped(&run.commit),
        escaped(&run.date),
        escaped(&run.machine)
    );
    let versions = run.contenders();
    for name in contenders(run) {
        let version = versions.get(name).unwrap_or(&"?");
        let (name, label) = (escaped(name), escaped(label(name)));
        let _ = writeln!(body, "<li><strong>{name}</strong>: {label} ({})", escaped(version));
    }
    *body += "</ul>\n";
}

fn label(contender: &str) -> &str {
    match LOOKS.iter().find(|look| look.name == contender) {
        Some(look) => look.label,
        None if contender == BASE => "Go",
        None => contender,
    }
}

/// Contenders in the order of the plot, the base behind ours.
fn contenders(run: &Run) -> Vec<&str> {
    let here = run.contenders();
    let (ours, others) = LOOKS.split_at(OURS.len());
    let names = ours.iter().map(|look| look.name).chain([BASE]).chain(others.iter().map(|look| look.name));
    let mut names: Vec<&str> = names.filter(|name| here.contains_key(name)).collect();
    let known = names.clone();
    names.extend(here.keys().filter(|name| !known.contains(name)));
    names
}

fn heads(body: &mut String, first: &str, names: &[&str]) {
    let _ = write!(body, "<div class=wide><table><thead><tr><th>{first}");
    for name in names {
        let _ = write!(body, "<th class=number>{}", escaped(name));
    }
    *body += "</thead>\n";
}

/// Seconds of each kernel, and means of ratios by medians and by minima.
fn times(body: &mut String, run: &Run) {
    let names = contenders(run);
    *body += "<h2>Seconds</h2>\n<p>CPU time, median. The first number is the size of the problem. Without a \
              figure it took too long, or was not run.\n";
    heads(body, "benchmark<th class=number>n", &names);
    for (kernel, figures) in &run.figures {
        let n = figures.values().map(|figure| figure.n).next().unwrap_or(0);
        let name = escaped(kernel);
        let _ = write!(body, "<tr><td><a href=../kernels/{name}/>{name}</a><td class=number>{n}");
        row(body, &names, |name| run.figure(kernel, name).map(|figure| figure.median), 3);
    }
    let kernels: Vec<&str> = run.kernels().filter(|kernel| run.figure(kernel, BASE).is_some()).collect();
    *body += "<tr><td>mean, × Go<td>";
    row(body, &names, |name| run.mean(kernels.iter().copied(), name), 2);
    *body += "<tr><td>the same of minima<td>";
    row(body, &names, |name| run.mean_of_minima(kernels.iter().copied(), name), 2);
    *body += "</table></div>\n";
}

/// Peak memory of each kernel.
fn memory(body: &mut String, run: &Run) {
    let names = contenders(run);
    *body += "<h2>Memory</h2>\n<p>Largest resident set of the process in MiB.\n";
    heads(body, "benchmark", &names);
    for kernel in run.kernels() {
        let _ = write!(body, "<tr><td>{}", escaped(kernel));
        row(body, &names, |name| run.figure(kernel, name).map(|figure| figure.peak_kib as f64 / 1024.0), 1);
    }
    *body += "</table></div>\n";
}

/// A row of numbers, ours in bold.
fn row(body: &mut String, names: &[&str], value: impl Fn(&str) -> Option<f64>, digits: usize) {
    for name in names {
        let mine = if OURS.iter().any(|look| look.name == *name) { " mine" } else { "" };
        let shown = value(name).map_or("–".to_owned(), |value| format!("{value:.digits$}"));
        let _ = write!(body, "<td class='number{mine}'>{shown}");
    }
    body.push('\n');
}

fn newest<'a>(past: &Past, rows: &'a [Value]) -> Vec<&'a Value> {
    past.of_machine(rows).take(SHOWN).collect()
}

/// A table of a part: commit, date and what `cells` has to say.
fn table(
    body: &mut String,
    (title, note): (&str, &str),
    heads: &[&str],
    rows: &[&Value],
    cells: impl Fn(&Value) -> Vec<String>,
) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(body, "<h2>{title}</h2>\n<p>{note}\n<div class=wide><table><thead><tr><th>commit<th>date");
    for head in heads {
        let _ = write!(body, "<th class=number>{head}");
    }
    *body += "</thead>\n";
    for row in rows {
        let (commit, date) = (escaped(&text(row, "commit")), escaped(&text(row, "date")));
        let _ = write!(body, "<tr><td><code>{commit}</code><td>{date}");
        for cell in cells(row) {
            let _ = write!(body, "<td class=number>{}", escaped(&cell));
        }
        body.push('\n');
    }
    *body += "</table></div>\n";
}

fn startup(body: &mut String, rows: &[&Value]) {
    let note = "Wall time and memory of a program that prints one line, beside <code>true</code>, which does nothing: what the \
                system itself takes to start a process.";
    let heads = ["program", "median, ms", "minimum, ms", "memory, MiB"];
    table(body, ("Starting up", note), &heads, rows, |row| {
        vec![
            text(row, "program"),
            format!("{:.2}", number(row, "wall_median") * 1e3),
            format!("{:.2}", number(row, "wall_min") * 1e3),
            format!("{:.1}", number(row, "peak_kib") / 1024.0),
        ]
    });
}

fn frontend(body: &mut String, rows: &[&Value]) {
    let note = "Parsing and checking a generated program (<code>mochi check</code>): lines per second, more is better. Twice the \
                lines should take twice the time.";
    table(body, ("Checking", note), &["lines", "s", "lines/s", "memory, MiB"], rows, |row| {
        vec![
            whole(row, "lines").to_string(),
            format!("{:.3}", number(row, "cpu_min")),
            format!("{:.0}", number(row, "lines_per_second")),
            format!("{:.1}", number(row, "peak_kib") / 1024.0),
        ]
    });
}

fn native_code(body: &mut String, rows: &[&Value]) {
    let note = "The compiler that makes machine code while a program runs, on a generated program of which every function is \
                compiled: instructions of the interpreter per second, more is better.";
    let heads = ["instructions", "ms", "million instructions/s", "bytes of code each"];
    table(body, ("Compiling while running", note), &heads, rows, |row| {
        let instructions = number(row, "instructions");
        vec![
            format!("{instructions:.0}"),
            format!("{:.1}", number(row, "seconds_min") * 1e3),
            format!("{:.2}", number(row, "instructions_per_second") / 1e6),
            format!("{:.1}", number(row, "bytes") / instructions.max(1.0)),
        ]
    });
}

fn building(body: &mut String, rows: &[&Value]) {
    let note = "<code>mochi build</code> of a program that prints one line, by each C compiler, wall time: with nothing known \
                before, and with Mochi's runtime compiled already. Size of the executable, with symbols.";
    let heads = ["compiler", "mode", "first, ms", "then, ms", "size, KiB"];
    table(body, ("Building", note), &heads, rows, |row| {
        vec![
            text(row, "compiler"),
            text(row, "mode"),
            format!("{:.0}", number(row, "wall_first") * 1e3),
            format!("{:.0}", number(row, "wall_median") * 1e3),
            format!("{:.0}", number(row, "bytes") / 1024.0),
        ]
    });
}
