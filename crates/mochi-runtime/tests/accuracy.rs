//! How far elementary functions are from what is right, in units of the last place, at the points of
//! `accuracy/points.txt` (made by `accuracy/make.py`).

use std::collections::BTreeMap;

use mochi_runtime::elementary::{FUNCTIONS, Function};

/// Error allowed for each function; half a unit would be correct rounding.
const ALLOWED: &[(&str, f64)] = &[
    ("exp", 0.52),
    ("exp2", 0.52),
    ("log", 0.51),
    ("log2", 0.51),
    ("log10", 0.51),
    ("pow", 0.52),
    ("cbrt", 0.5),
    ("sin", 0.55),
    ("cos", 0.55),
    ("tan", 0.6),
    ("asin", 0.6),
    ("acos", 0.65),
    ("atan", 0.6),
    ("atan2", 0.6),
    ("expm1", 0.75),
    ("log1p", 0.75),
    ("hypot", 0.75),
    ("sinh", 1.1),
    ("cosh", 1.0),
    ("tanh", 1.2),
    ("asinh", 1.2),
    ("acosh", 1.5),
    ("atanh", 1.2),
    ("erf", 0.7),
    ("erfc", 1.6),
    ("lgamma", 1.6),
    ("gamma", 5.0),
];

#[test]
fn no_function_is_further_from_right_than_allowed() {
    let points = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/accuracy/points.txt"));
    let mut worst: BTreeMap<&str, (f64, &str)> = BTreeMap::new();
    let points = points.expect("the points");
    for line in points.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let error = error_at(line);
        let entry = worst.entry(name).or_insert((error, line));
        if error > entry.0 {
            *entry = (error, line);
        }
    }
    assert_eq!(worst.len(), FUNCTIONS.len(), "every function has points");
    for (name, (error, line)) in worst {
        let allowed = ALLOWED.iter().find(|(known, _)| *known == name).expect("a bound").1;
        assert!(error <= allowed, "{error:.4} units, {allowed} are allowed: {line}");
    }
}

/// The error of a function at the point of a line.
fn error_at(line: &str) -> f64 {
    let words: Vec<&str> = line.split(' ').collect();
    let double = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("bits"));
    let name = words[0];
    let (_, function) = FUNCTIONS.iter().find(|(known, _)| *known == name).expect("a function");
    let found = match function {
        Function::One(function) => function(double(words[1])),
        Function::Two(function) => function(double(words[1]), double(words[2])),
    };
    let nearest = double(words[words.len() - 2]);
    let offset: f64 = words[words.len() - 1].parse().expect("a distance");
    ((found - nearest) / unit(nearest) - offset).abs()
}

/// The distance to the next double away from zero.
fn unit(x: f64) -> f64 {
    f64::from_bits(x.abs().to_bits() + 1) - x.abs()
}
