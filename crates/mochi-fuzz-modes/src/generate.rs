//! Makes well-typed programs: the same bytes, the same program.
//!
//! Every choice takes bytes, and bytes that are used up choose the simplest, so a program is made smaller by making its
//! bytes fewer. Programs end: loops are counted, functions call earlier ones or themselves with less fuel, and the
//! product of all is bounded. What grows is cut. Some end with a run-time error, as real ones do.
//!
//! [`types`] has what values there are, [`expr`] and [`query`] make expressions, [`stmt`] statements and functions, [`declared`]
//! what else is declared.

mod declared;
mod expr;
mod query;
mod stmt;
mod types;

use mochi_ir::generate::Choices;

use declared::Declared;
use types::{Function, Struct, Ty, Union, Variable};

/// Steps that a program may take, nearly.
const BUDGET: u64 = 3000;

/// A program. Its names end in a tag, so that several fit into one.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Types, variables and functions.
    pub declarations: String,
    /// Statements.
    pub body: String,
}

impl Generated {
    /// The program by itself.
    pub fn text(&self) -> String {
        format!("{}{}", self.declarations, self.body)
    }
}

/// So many random bytes that follow from a number.
pub fn bytes(seed: u64, len: usize) -> Vec<u8> {
    // splitmix64
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut bytes: Vec<u8> =
        std::iter::repeat_with(|| word().to_le_bytes()).take(len / 8 + 1).flatten().collect();
    bytes.truncate(len);
    bytes
}

/// The program that bytes choose.
pub fn generate(bytes: &[u8], tag: &str) -> Generated {
    let mut generator = Generator {
        c: Choices::of_bytes(bytes),
        tag: tag.to_owned(),
        out: String::new(),
        indent: 0,
        names: 0,
        structs: Vec::new(),
        unions: Vec::new(),
        functions: Vec::new(),
        declared: Declared::default(),
        scope: Vec::new(),
        cost: 0,
        times: 1,
        loops: 0,
        nested: 0,
        function: None,
    };
    generator.program()
}

/// The function whose body is being made.
struct Current {
    result: Option<Ty>,
    /// Its name and parameters when it may call itself: how often it still may.
    recursion: Option<(Function, u32)>,
}

struct Generator<'c> {
    c: Choices<'c>,
    tag: String,
    out: String,
    indent: usize,
    names: u32,
    structs: Vec<Struct>,
    unions: Vec<Union>,
    functions: Vec<Function>,
    declared: Declared,
    /// Variables that are visible, innermost last.
    scope: Vec<Variable>,
    /// Steps that what was made so far takes.
    cost: u64,
    /// How often what is being made is executed.
    times: u64,
    /// Loops around it, as far as `break` sees.
    loops: u32,
    /// Function values around it.
    nested: u32,
    function: Option<Current>,
}

impl Generator<'_> {
    /// A name that nothing has.
    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}{}", self.names, self.tag)
    }
    /// The int variable that is 0, as only who runs the program knows.
    fn zero(&self) -> String {
        format!("zero{}", self.tag)
    }
    /// The string variable that is empty.
    fn empty(&self) -> String {
        format!("empty{}", self.tag)
    }
    fn line(&mut self, text: &str) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }
    /// Counts something that takes so many steps each time.
    fn spend(&mut self, steps: u64) {
        self.cost = self.cost.saturating_add(self.times.saturating_mul(steps));
    }
    /// Whether there is room for something that takes so many steps each time.
    fn affords(&self, steps: u64) -> bool {
        self.cost.saturating_add(self.times.saturating_mul(steps)) <= BUDGET
    }

    fn program(&mut self) -> Generated {
        // What no pass knows: 0 and "".
        let (zero, empty) = (self.zero(), self.empty());
        self.line(&format!("var {zero}: int = len(input())"));
        self.line(&format!("var {empty}: string = input()"));
        self.declare_types();
        self.declare_more();
        for _ in 0..self.c.below(3) {
            self.global();
        }
        for _ in 0..self.c.below(4) {
            self.declare_function();
        }
        let declarations = std::mem::take(&mut self.out);
        self.cost = 0;
        let first = self.scope.len();
        self.use_declared();
        for _ in 0..3 + self.c.below(6) {
            self.statement(3);
        }
        // All that is left is shown.
        let shown: Vec<String> =
            self.scope.iter().filter(|v| v.ty.is_shown()).map(|v| v.name.clone()).collect();
        for name in shown {
            self.line(&format!("print({name})"));
        }
        self.scope.truncate(first);
        Generated { declarations, body: std::mem::take(&mut self.out) }
    }
}
