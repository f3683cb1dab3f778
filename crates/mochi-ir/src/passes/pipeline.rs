//! Which passes run, and in what order.

use super::Run::{Func, Module};
use super::{Pass, Run};
use super::{
    checks, copies, dead_code, fold, globals, gvn, inline, inplace, licm, loop_versions, reserve, sccp,
    simplify_cfg, sroa, strings, tail_calls, tail_recursion, unreached, views,
};

const fn optional(name: &'static str, run: Run) -> Pass {
    Pass { name, required: false, run }
}
const fn required(name: &'static str, run: Run) -> Pass {
    Pass { name, required: true, run }
}

const CHECKS: Pass = optional("checks", Func(checks::checks));
const COPIES: Pass = optional("copies", Func(copies::copies));
const DEAD_CODE: Pass = optional("dead-code", Func(dead_code::dead_code));
const FOLD: Pass = optional("fold", Func(fold::fold));
const GLOBALS: Pass = optional("globals", Module(globals::globals));
const GVN: Pass = optional("gvn", Func(gvn::gvn));
const INLINE: Pass = optional("inline", Module(inline::inline));
const INPLACE: Pass = optional("inplace", Module(inplace::inplace));
const LICM: Pass = optional("licm", Func(licm::licm));
const LOOP_VERSIONS: Pass = optional("loop-versions", Func(loop_versions::loop_versions));
const RESERVE: Pass = optional("reserve", Func(reserve::reserve));
const SCCP: Pass = optional("sccp", Func(sccp::sccp));
const SIMPLIFY: Pass = optional("simplify-cfg", Func(simplify_cfg::simplify_cfg));
const SROA: Pass = optional("sroa", Func(sroa::sroa));
const STRINGS: Pass = optional("strings", Func(strings::strings));
const TAIL_CALLS: Pass = required("tail-calls", Func(tail_calls::tail_calls));
const TAIL_RECURSION: Pass = required("tail-recursion", Func(tail_recursion::tail_recursion));
const UNREACHED: Pass = optional("unreached", Module(unreached::unreached));
const VIEWS: Pass = optional("views", Func(views::views));

/// The passes in the order in which they run.
#[rustfmt::skip]
pub const PIPELINE: &[Pass] = &[
    // Each function by itself, so that the inliner sees true sizes.
    SIMPLIFY, COPIES, FOLD, TAIL_RECURSION, SCCP, SIMPLIFY, GVN, DEAD_CODE, SIMPLIFY,
    GLOBALS, INLINE, UNREACHED,
    // What inlining brought together.
    SCCP, SIMPLIFY, COPIES, FOLD, SROA, COPIES, SCCP, GVN, DEAD_CODE, SIMPLIFY,
    CHECKS, FOLD, DEAD_CODE, SIMPLIFY,
    INPLACE, STRINGS,
    LICM, RESERVE, LOOP_VERSIONS, VIEWS, LICM, GVN, CHECKS, DEAD_CODE, SIMPLIFY,
    TAIL_CALLS,
];

/// `(earlier, later, why)`: each run of `later` has a run of `earlier` before it.
pub const ORDER: &[(&str, &str, &str)] = &[
    ("simplify-cfg", "tail-recursion", "a return behind a join is no tail position until it is copied"),
    ("simplify-cfg", "tail-calls", "as for tail-recursion"),
    ("sccp", "gvn", "operands that are known constants have fewer names"),
    ("tail-recursion", "inline", "loops can be inlined, recursion cannot"),
    ("gvn", "globals", "what a global is assigned may be a constant under another name"),
    ("globals", "licm", "what reads a fixed global is the same in each round of a loop"),
    ("dead-code", "inline", "dead instructions would count"),
    ("inline", "unreached", "what is inlined everywhere is called nowhere"),
    ("inline", "tail-calls", "a tail call cannot be inlined without losing what it is for"),
    ("inplace", "views", "an append that copies lengthens no list, but a push does"),
    ("inplace", "reserve", "an append that copies needs no room behind its list"),
    ("licm", "reserve", "a bound that is computed outside of the loop is known at its start"),
    ("licm", "loop-versions", "as for reserve"),
    ("inplace", "loop-versions", "as for views"),
    ("loop-versions", "views", "what a guard proves in bounds needs no check"),
    ("licm", "views", "a list that is loaded outside of the loop is one"),
    ("inline", "sroa", "an object that only goes to a callee stays when the callee is here"),
    ("fold", "sroa", "closures that are called directly keep no shared variable"),
    ("sroa", "inplace", "a list in a variable is easier to follow than one in an object"),
    ("inline", "strings", "a string that only goes to a callee is kept by nobody when the callee is here"),
    ("copies", "strings", "what is only renamed has one owner"),
    ("gvn", "inplace", "a place is known by the names of what it is in"),
    ("dead-code", "inplace", "what is dead keeps no list alive"),
    ("gvn", "checks", "ranges know values by name: equal lengths are to be one value"),
    ("inline", "checks", "the bounds of a loop are often arguments"),
    ("gvn", "dead-code", "what the replaced instructions used may be dead"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pipeline_keeps_the_order() {
        for (earlier, later, why) in ORDER {
            let first = |name: &str| PIPELINE.iter().position(|p| p.name == name);
            let (Some(a), Some(b)) = (first(earlier), first(later)) else {
                panic!("`{earlier}` or `{later}` is no pass");
            };
            assert!(a < b, "`{earlier}` is to come before `{later}`: {why}");
        }
    }
}
