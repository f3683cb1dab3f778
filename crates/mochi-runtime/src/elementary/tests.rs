//! Special cases, the tables, and the C that is made from them.

#[path = "../../tests/shared/c_array.rs"]
mod c_array;

use std::fmt::Write;

use c_array::rows;

use super::tables::{
    FIRST, INTERVAL_BITS, INTERVALS, LN2_PARTS, LN2_SHORT, LOG2_E_PARTS, LOG10_E_PARTS, LOGS, POWERS,
};
use super::*;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// Fails where a function does not have the value that C99's Annex F demands.
fn check(name: &str, found: f64, expected: f64) {
    let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
    assert!(same, "{name}: {found:?}, not {expected:?}");
}

/// A power of two, subnormal ones included.
fn two_to(n: i32) -> f64 {
    if n < -1022 { f64::from_bits(1 << (n + 1074)) } else { f64::from_bits(((n + 1023) as u64) << 52) }
}

#[test]
fn special_cases_of_exponentials() {
    for (name, function) in [("exp", exp as fn(f64) -> f64), ("exp2", exp2)] {
        for (x, expected) in
            [(0.0, 1.0), (-0.0, 1.0), (-INF, 0.0), (INF, INF), (NAN, NAN), (5000.0, INF), (-5000.0, 0.0)]
        {
            check(&format!("{name}({x})"), function(x), expected);
        }
    }
    for n in -1074..1024 {
        check(&format!("exp2({n})"), exp2(f64::from(n)), two_to(n));
    }
    check("exp2 at the end of the subnormals", exp2(-1075.0), 0.0);
    check("exp2 just above", exp2(-1074.999), f64::from_bits(1));
}

#[test]
fn special_cases_of_logarithms() {
    for (name, function) in [("log", log as fn(f64) -> f64), ("log2", log2), ("log10", log10)] {
        for (x, expected) in
            [(0.0, -INF), (-0.0, -INF), (1.0, 0.0), (-1.0, NAN), (-INF, NAN), (INF, INF), (NAN, NAN)]
        {
            check(&format!("{name}({x})"), function(x), expected);
        }
    }
    for n in -1074..1024 {
        check(&format!("log2(2^{n})"), log2(two_to(n)), f64::from(n));
    }
    for n in 0..23 {
        check(&format!("log10(10^{n})"), log10(10f64.powi(n)), f64::from(n));
    }
}

#[test]
fn special_cases_of_powers() {
    let cases = [
        (0.0, -3.0, INF),
        (-0.0, -3.0, -INF),
        (0.0, -2.0, INF),
        (-0.0, -2.0, INF),
        (-0.0, -2.5, INF),
        (0.0, -INF, INF),
        (-0.0, 3.0, -0.0),
        (0.0, 3.0, 0.0),
        (-0.0, 4.0, 0.0),
        (-0.0, 2.5, 0.0),
        (-1.0, INF, 1.0),
        (-1.0, -INF, 1.0),
        (1.0, NAN, 1.0),
        (NAN, 0.0, 1.0),
        (NAN, -0.0, 1.0),
        (NAN, 1.0, NAN),
        (2.0, NAN, NAN),
        (-8.0, 1.0 / 3.0, NAN),
        (0.5, -INF, INF),
        (2.0, -INF, 0.0),
        (0.5, INF, 0.0),
        (-2.0, INF, INF),
        (-INF, -3.0, -0.0),
        (-INF, -2.0, 0.0),
        (-INF, 3.0, -INF),
        (-INF, 2.5, INF),
        (INF, -0.5, 0.0),
        (INF, 0.5, INF),
        (-2.0, 3.0, -8.0),
        (-2.0, 1023.0, -f64::from_bits(0x7FE0_0000_0000_0000)),
        (-2.0, 1025.0, -INF),
        (-2.0, -1075.0, -0.0),
        (-2.0, 1e300, INF),
        (0.5, 1e300, 0.0),
        (-1.0, 1e300, 1.0),
        (-1.0, 9_007_199_254_740_991.0, -1.0),
        (3.0, 1e-300, 1.0),
        (f64::from_bits(1), 1.0, f64::from_bits(1)),
        (f64::MAX, 1.0, f64::MAX),
    ];
    for (x, y, expected) in cases {
        check(&format!("pow({x}, {y})"), pow(x, y), expected);
    }
}

#[test]
fn special_cases_of_what_is_made_of_them() {
    type Case = (&'static str, fn(f64) -> f64, &'static [(f64, f64)]);
    let cases: &[Case] = &[
        ("sinh", sinh, &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (NAN, NAN), (-800.0, -INF)]),
        ("cosh", cosh, &[(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, INF), (NAN, NAN), (800.0, INF)]),
        ("asinh", asinh, &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (NAN, NAN)]),
        ("acosh", acosh, &[(1.0, 0.0), (0.5, NAN), (-1e10, NAN), (-INF, NAN), (INF, INF), (NAN, NAN)]),
        ("erf", erf, &[(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)]),
        ("erfc", erfc, &[(0.0, 1.0), (INF, 0.0), (-INF, 2.0), (NAN, NAN)]),
        (
            "gamma",
            gamma,
            &[
                (0.0, INF),
                (-0.0, -INF),
                (-1.0, NAN),
                (-INF, NAN),
                (INF, INF),
                (NAN, NAN),
                (5.0, 24.0),
                (23.0, 1.124_000_727_777_607_7e21),
                (172.0, INF),
                (-200.5, -0.0),
                (-201.5, 0.0),
            ],
        ),
        (
            "lgamma",
            lgamma,
            &[
                (1.0, 0.0),
                (2.0, 0.0),
                (0.0, INF),
                (-0.0, INF),
                (-3.0, INF),
                (INF, INF),
                (-INF, INF),
                (NAN, NAN),
            ],
        ),
    ];
    for (name, function, values) in cases {
        for &(x, expected) in *values {
            check(&format!("{name}({x})"), function(x), expected);
        }
    }
}

#[test]
fn reduced_arguments_of_logarithms_are_small_enough_to_be_exact() {
    for (i, interval) in LOGS.iter().enumerate() {
        let end = |i: usize| f64::from_bits(FIRST + ((i as u64) << (52 - INTERVAL_BITS)));
        for z in [end(i), end(i + 1)] {
            let r = z * interval.inverse - 1.0;
            assert!(r.abs() < 1.0 / 128.0, "interval {i}: {r}");
        }
        assert_eq!(interval.inverse * 256.0 % 1.0, 0.0, "interval {i}");
    }
    let around_one = (1.0f64.to_bits() - FIRST) >> (52 - INTERVAL_BITS);
    assert_eq!(LOGS[around_one as usize].log, 0.0);
}

/// The tables of the C runtime: what this runtime has computed or written down.
fn tables() -> String {
    let mut out = String::from(
        "/* Tables and coefficients of elementary functions. Written by `BLESS=1 cargo test -p mochi-runtime`; do not\n\
         \x20* edit. */\n",
    );
    let _ = writeln!(out, "#define INTERVAL_BITS {INTERVAL_BITS}\n#define INTERVALS {INTERVALS}");
    let _ = writeln!(out, "#define FIRST UINT64_C({FIRST:#X})");
    let pairs = [
        ("LN2_HI", LN2_PARTS.0),
        ("LN2_LO", LN2_PARTS.1),
        ("PART_HI", LN2_SHORT.0 / INTERVALS as f64),
        ("PART_LO", LN2_SHORT.1 / INTERVALS as f64),
        ("PARTS_PER_E", std::f64::consts::LOG2_E * INTERVALS as f64),
        ("LOG2_E_HI", LOG2_E_PARTS.0),
        ("LOG2_E_LO", LOG2_E_PARTS.1),
        ("LOG10_E_HI", LOG10_E_PARTS.0),
        ("LOG10_E_LO", LOG10_E_PARTS.1),
    ];
    for (name, value) in pairs {
        let _ = writeln!(out, "#define {name} {value:?}");
    }
    let powers = POWERS.iter().map(|power| format!("{{{:?}, UINT64_C({:#x})}}", power.tail, power.bits));
    rows(&mut out, "power", "powers", powers);
    let logs = LOGS.iter().map(|c| format!("{{{:?}, {:?}, {:?}}}", c.inverse, c.log, c.tail));
    rows(&mut out, "interval", "logs", logs);
    for (name, ratio) in [
        ("erf_small", (&error::SMALL.over[..], &error::SMALL.under[..])),
        ("erf_middle", (&error::MIDDLE.over, &error::MIDDLE.under)),
        ("erf_large", (&error::LARGE.over, &error::LARGE.under)),
        ("erf_huge", (&error::HUGE.over, &error::HUGE.under)),
        ("lanczos", (&gamma::LANCZOS.over, &gamma::LANCZOS.under)),
        ("near_one", (&gamma::NEAR_ONE.over, &gamma::NEAR_ONE.under)),
        ("below_eight", (&gamma::BELOW_EIGHT.over, &gamma::BELOW_EIGHT.under)),
    ] {
        doubles(&mut out, &format!("{name}_over"), ratio.0);
        doubles(&mut out, &format!("{name}_under"), ratio.1);
    }
    doubles(&mut out, "near_two_even", &gamma::NEAR_TWO_EVEN);
    doubles(&mut out, "near_two_odd", &gamma::NEAR_TWO_ODD);
    doubles(&mut out, "near_minimum_0", &gamma::NEAR_MINIMUM_0);
    doubles(&mut out, "near_minimum_1", &gamma::NEAR_MINIMUM_1);
    doubles(&mut out, "near_minimum_2", &gamma::NEAR_MINIMUM_2);
    doubles(&mut out, "stirling", &gamma::STIRLING);
    doubles(&mut out, "factorials", &gamma::FACTORIALS);
    out
}

fn doubles(out: &mut String, name: &str, values: &[f64]) {
    rows(out, "double", name, values.iter().map(|value| format!("{value:?}")));
}

#[test]
fn the_tables_of_the_c_runtime_are_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime/c/elementary.inc");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, tables()).expect("writable tables");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == tables(),
        "runtime/c/elementary.inc is out of date: run `BLESS=1 cargo test -p mochi-runtime`"
    );
}
