//! The plot over time: the geometric means of runs on one machine, over the kernels that all of them have.

use super::past::{Past, Run};
use super::plot::{LOOKS, Look, OURS, Plot, Scale};

const WIDTH: f64 = 820.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 215.0;
const TOP: f64 = 45.0;
const BOTTOM: f64 = HEIGHT - 55.0;

/// More runs than that do not have a date each.
const DATES: usize = 8;

/// The drawing.
pub fn draw(past: &Past) -> String {
    let (runs, kernels) = past.comparable();
    let mut plot = Plot::new(
        WIDTH,
        HEIGHT,
        "Geometric mean of the CPU time of all benchmarks as a multiple of Go's, over time; less is better",
    );
    let title = format!(
        "Geometric mean of {} benchmarks as a multiple of Go's time (log scale; lower is faster)",
        kernels.len()
    );
    plot.text(10.0, 22.0, "start", "p-strong", &title);
    let mean = |run: &Run, look: &Look| run.mean(kernels.iter().copied(), look.name);
    // C says what is possible.
    let looks: Vec<&Look> = OURS.iter().chain(LOOKS.iter().filter(|look| look.name == "c")).collect();
    let values = runs.iter().flat_map(|run| looks.iter().filter_map(|look| mean(run, look)));
    let scale = Scale::of(values, BOTTOM, TOP);
    for tick in scale.ticks() {
        let y = scale.place(tick);
        let class = if tick == 1.0 { "p-base" } else { "p-line" };
        plot.line((LEFT, y), (WIDTH - RIGHT, y), class);
        plot.text(LEFT - 8.0, y + 4.5, "end", "p-faint", &format!("{tick}×"));
    }
    let step = (WIDTH - RIGHT - LEFT - 60.0) / (runs.len().max(2) - 1) as f64;
    let x = |at: usize| LEFT + 30.0 + step * at as f64;
    for (at, run) in runs.iter().enumerate().rev().step_by(runs.len().div_ceil(DATES).max(1)) {
        let commit: String = run.commit.chars().take(7).collect();
        plot.text(x(at), BOTTOM + 22.0, "middle", "p-faint", &commit);
        plot.text(x(at), BOTTOM + 38.0, "middle", "p-faint", &run.date);
    }
    let mut labels = vec![(scale.place(1.0), "Go".to_owned())];
    for look in looks.iter().rev() {
        let points: Vec<(usize, f64)> =
            runs.iter().enumerate().filter_map(|(at, run)| Some((at, mean(run, look)?))).collect();
        let places: Vec<(f64, f64)> = points.iter().map(|&(at, mean)| (x(at), scale.place(mean))).collect();
        plot.path(look, &places);
        for (&place, (at, mean)) in places.iter().zip(&points) {
            plot.mark(look, place, &format!("{} at {}: {mean:.2} times Go", look.label, runs[*at].commit));
        }
        labels.extend(
            points.last().map(|(_, mean)| (scale.place(*mean), format!("{} {mean:.2}×", short(look)))),
        );
    }
    for (y, label) in apart(labels) {
        plot.text(WIDTH - RIGHT + 8.0, y + 4.5, "start", "", &label);
    }
    plot.finish()
}

/// A label without what is in parentheses.
fn short(look: &Look) -> &'static str {
    look.label.split(" (").next().unwrap_or(look.label)
}

/// Moves labels down until each has a line of its own.
fn apart(mut labels: Vec<(f64, String)>) -> Vec<(f64, String)> {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = f64::MIN;
    for (y, _) in &mut labels {
        *y = y.max(free);
        free = *y + 16.0;
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_overlap() {
        let labels = apart(vec![(20.0, "b".into()), (10.0, "a".into()), (60.0, "c".into())]);
        assert_eq!(labels, [(10.0, "a".into()), (26.0, "b".into()), (60.0, "c".into())]);
    }
}
