//! The plot of the latest run: each kernel under each contender, as a multiple of the time of the base language.

use super::past::{BASE, Past, Run};
use super::plot::{LOOKS, Look, Plot, Scale};

const WIDTH: f64 = 820.0;
const LEFT: f64 = 160.0;
const RIGHT: f64 = 20.0;
const ROW: f64 = 21.0;

/// The drawing; without a run, one that says so.
pub fn draw(past: &Past) -> String {
    match past.latest() {
        Some(run) => draw_run(run),
        None => {
            let mut plot = Plot::new(WIDTH, 40.0, "Nothing has been recorded");
            plot.text(10.0, 25.0, "start", "", "Nothing has been recorded.");
            plot.finish()
        }
    }
}

fn draw_run(run: &Run) -> String {
    let contenders = run.contenders();
    let looks: Vec<&Look> = LOOKS.iter().filter(|look| contenders.contains_key(look.name)).collect();
    let rows = rows(run);
    let values = rows.iter().flat_map(|kernel| looks.iter().filter_map(|look| run.ratio(kernel, look.name)));
    let scale = Scale::of(values, LEFT + 10.0, WIDTH - RIGHT);
    let top = 50.0 + 20.0 * legend_lines(&looks);
    let bottom = top + (rows.len() as f64 + 1.6) * ROW;

    let mut plot = Plot::new(
        WIDTH,
        bottom + 50.0,
        "CPU time of each benchmark under each contender, as a multiple of the time that Go takes; less is better",
    );
    plot.text(
        10.0,
        22.0,
        "start",
        "p-strong",
        "CPU time as a multiple of Go's (log scale; further left is faster)",
    );
    plot.legend(&looks, 10.0, 46.0);
    for tick in scale.ticks() {
        let x = scale.place(tick);
        let class = if tick == 1.0 { "p-base" } else { "p-line" };
        plot.line((x, top), (x, bottom), class);
        plot.text(x, bottom + 18.0, "middle", "p-faint", &format!("{tick}×"));
    }
    let one = scale.place(1.0);
    plot.text(one - 8.0, bottom + 38.0, "end", "p-faint", "← faster than Go");
    plot.text(one + 8.0, bottom + 38.0, "start", "p-faint", "slower than Go →");

    let mut y = top + ROW * 0.8;
    plot.text(LEFT, y + 4.5, "end", "p-strong", "geometric mean");
    for look in looks.iter().rev() {
        if let Some(mean) = run.mean(rows.iter().copied(), look.name) {
            plot.mark(look, (scale.place(mean), y), &format!("{}: {mean:.2} times Go", look.label));
        }
    }
    plot.line((10.0, y + ROW * 0.7), (WIDTH - RIGHT, y + ROW * 0.7), "p-line");
    y += ROW * 1.3;
    for kernel in rows {
        plot.text(LEFT, y + 4.5, "end", "", kernel);
        for look in looks.iter().rev() {
            if let Some(ratio) = run.ratio(kernel, look.name) {
                let note = format!("{kernel}, {}: {ratio:.2} times Go", look.label);
                plot.mark(look, (scale.place(ratio), y), &note);
            }
        }
        y += ROW;
    }
    plot.finish()
}

/// Lines that the legend takes, which is as wide as the plot.
fn legend_lines(looks: &[&Look]) -> f64 {
    Plot::new(WIDTH, 1.0, "").legend(looks, 10.0, 0.0) / 20.0
}

/// Kernels that the base language has, where ours is fastest first.
fn rows(run: &Run) -> Vec<&str> {
    let mut rows: Vec<&str> = run.kernels().filter(|kernel| run.figure(kernel, BASE).is_some()).collect();
    let key = |kernel: &str| LOOKS.iter().find_map(|look| run.ratio(kernel, look.name)).unwrap_or(f64::MAX);
    rows.sort_by(|a, b| key(a).total_cmp(&key(b)));
    rows
}
