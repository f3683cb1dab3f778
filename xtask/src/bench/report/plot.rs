//! What both plots are drawn with: text, marks, and axes on which twice as much is equally far everywhere.

use std::fmt::Write;

use crate::page::escaped;

/// How a contender is drawn: by shape and colour, so that either is enough. Ours are filled.
pub struct Look {
    pub name: &'static str,
    /// For readers.
    pub label: &'static str,
    mark: Mark,
}

#[derive(Clone, Copy)]
enum Mark {
    Square,
    Circle,
    Diamond,
    Triangle,
    Cross,
    Plus,
}

/// Contenders in the order of legends, but for the base. Each has a class in [`STYLE`].
pub const LOOKS: &[Look] = &[
    Look { name: "build", label: "Mochi, built (mochi build)", mark: Mark::Square },
    Look { name: "jit", label: "Mochi, mochi run", mark: Mark::Circle },
    Look { name: "vm", label: "Mochi, interpreter only", mark: Mark::Diamond },
    Look { name: "c", label: "C, gcc -O2", mark: Mark::Square },
    Look { name: "luajit", label: "LuaJIT", mark: Mark::Circle },
    Look { name: "node", label: "Node", mark: Mark::Triangle },
    Look { name: "lua", label: "Lua", mark: Mark::Plus },
    Look { name: "python", label: "CPython", mark: Mark::Cross },
];

/// What is ours.
pub const OURS: &[Look] = {
    let (ours, _) = LOOKS.split_at(3);
    ours
};

/// Colours after Okabe and Ito, which are told apart without seeing red and green as different.
const STYLE: &str = "\
.p-paper { fill: #fff } .p-text { fill: #1c1c1c; font: 13px system-ui, sans-serif } .p-faint { fill: #5f5f5f }
.p-line { stroke: #dcdcdc } .p-base { stroke: #1c1c1c; stroke-width: 1.5 } .p-strong { font-weight: 600 }
.p-mark { stroke-width: 1.6; fill: none } .p-path { fill: none; stroke-width: 2 }
.p-build { stroke: #c65102 } .p-jit { stroke: #0067a8 } .p-vm { stroke: #00805d }
.p-mark.p-build { fill: #c65102 } .p-mark.p-jit { fill: #0067a8 } .p-mark.p-vm { fill: #00805d }
.p-c { stroke: #1c1c1c } .p-luajit { stroke: #2e8fc4 } .p-node { stroke: #b97a00 } .p-lua { stroke: #a64d82 }
.p-python { stroke: #757575 }
@media (prefers-color-scheme: dark) {
.p-paper { fill: #16181b } .p-text { fill: #e6e6e6 } .p-faint { fill: #a5a5a5 }
.p-line { stroke: #36393e } .p-base { stroke: #e6e6e6 }
.p-build { stroke: #ff8a3d } .p-jit { stroke: #4fb0f0 } .p-vm { stroke: #3fc79b }
.p-mark.p-build { fill: #ff8a3d } .p-mark.p-jit { fill: #4fb0f0 } .p-mark.p-vm { fill: #3fc79b }
.p-c { stroke: #e6e6e6 } .p-luajit { stroke: #8fd0f5 } .p-node { stroke: #e8ae3c } .p-lua { stroke: #e08fc0 }
.p-python { stroke: #b0b0b0 }
}";

/// A drawing.
pub struct Plot {
    text: String,
    width: f64,
}

impl Plot {
    /// An empty drawing; `title` is what those hear who do not see it.
    pub fn new(width: f64, height: f64, title: &str) -> Plot {
        let mut plot = Plot { text: String::new(), width };
        let _ = writeln!(
            plot.text,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img'>\n\
             <title>{}</title>\n<style>{STYLE}</style>\n\
             <rect class='p-paper' width='{width}' height='{height}'/>",
            escaped(title)
        );
        plot
    }

    /// Text that starts at a place, or ends or has its middle there.
    pub fn text(&mut self, x: f64, y: f64, anchor: &str, class: &str, text: &str) {
        let _ = writeln!(
            self.text,
            "<text class='p-text {class}' x='{x:.1}' y='{y:.1}' text-anchor='{anchor}'>{}</text>",
            escaped(text)
        );
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = writeln!(
            self.text,
            "<line class='{class}' x1='{x1:.1}' y1='{y1:.1}' x2='{x2:.1}' y2='{y2:.1}'/>"
        );
    }

    /// Lines from point to point.
    pub fn path(&mut self, look: &Look, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ =
            writeln!(self.text, "<polyline class='p-path p-{}' points='{}'/>", look.name, points.join(" "));
    }

    /// A contender's mark; `note` is shown when it is pointed at.
    pub fn mark(&mut self, look: &Look, (x, y): (f64, f64), note: &str) {
        let path = match look.mark {
            Mark::Square => "M-4,-4h8v8h-8z",
            Mark::Circle => "M-4.5,0a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0 -9,0z",
            Mark::Diamond => "M0,-5.5L5.5,0L0,5.5L-5.5,0z",
            Mark::Triangle => "M0,-5L5,4H-5z",
            Mark::Cross => "M-4,-4L4,4M-4,4L4,-4",
            Mark::Plus => "M-5,0H5M0,-5V5",
        };
        let _ = writeln!(
            self.text,
            "<path class='p-mark p-{}' transform='translate({x:.1} {y:.1})' d='{path}'><title>{}</title></path>",
            look.name,
            escaped(note)
        );
    }

    /// Marks with their labels, from left to right in as many lines as they need; where the next thing can be.
    pub fn legend(&mut self, looks: &[&Look], left: f64, top: f64) -> f64 {
        let (mut x, mut y) = (left, top);
        for look in looks {
            // A letter is about 7 wide.
            let width = look.label.len() as f64 * 7.0 + 30.0;
            if x + width > self.width {
                (x, y) = (left, y + 20.0);
            }
            self.mark(look, (x + 6.0, y - 4.5), look.label);
            self.text(x + 17.0, y, "start", "", look.label);
            x += width;
        }
        y + 20.0
    }

    /// The whole file.
    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}

/// An axis from one place to another on which ratios are distances.
pub struct Scale {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

/// Values that an axis has a line for.
const TICKS: &[f64] =
    &[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

impl Scale {
    /// An axis for all of `values` and 1, that begins and ends at ticks.
    pub fn of(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Scale {
        let (mut least, mut most) = (0.5_f64, 2.0_f64);
        for value in values {
            least = least.min(value);
            most = most.max(value);
        }
        let below = TICKS.iter().rev().find(|tick| **tick <= least).unwrap_or(&TICKS[0]);
        let above = TICKS.iter().find(|tick| **tick >= most).unwrap_or(&TICKS[TICKS.len() - 1]);
        Scale { least: *below, most: *above, from, to }
    }

    /// Where a value is.
    pub fn place(&self, value: f64) -> f64 {
        let part = (value.clamp(self.least, self.most) / self.least).ln() / (self.most / self.least).ln();
        self.from + (self.to - self.from) * part
    }

    /// The values that have a line.
    pub fn ticks(&self) -> impl Iterator<Item = f64> {
        TICKS.iter().copied().filter(|tick| (self.least..=self.most).contains(tick))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_begins_and_ends_at_ticks_around_all_values() {
        let scale = Scale::of([0.3, 8.0], 0.0, 100.0);
        assert_eq!(scale.ticks().collect::<Vec<_>>(), [0.2, 0.5, 1.0, 2.0, 5.0, 10.0]);
        assert_eq!((scale.place(0.2), scale.place(10.0)), (0.0, 100.0));
        let middle = scale.place((0.2_f64 * 10.0).sqrt());
        assert!((middle - 50.0).abs() < 1e-9, "{middle}");
        assert_eq!(scale.place(1e9), 100.0, "what is beyond stays on the picture");
    }
}
