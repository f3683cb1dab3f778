//! The rules that every module obeys, checked after every pass in tests and debug builds, once in release builds.
//!
//! Modules:
//! - I001 the parts of a type exist; unit is only a result, refs and views are no parts of other types
//! - I002 a union and its variants name each other
//! - I003 a type mentions only type parameters that its function has; a field or global mentions none
//! - I004 the entry function has a body, no parameters and no type parameters
//!
//! Functions and blocks:
//! - I005 the parameters of the entry block are those of the function
//! - I006 a function captures no more than its parameters
//! - I007 an inlined call exists and comes after the call that it was in
//! - I008 a block ends with its only terminator
//! - I009 a value is defined at the one place that it names
//! - I010 a definition dominates its uses
//!
//! Instructions:
//! - I011 operands match the patterns of the op table
//! - I012 the result matches the pattern of the op table
//! - I013 the immediate is of the kind in the op table and names something that exists
//! - I014 a terminator has as many targets as its op wants
//! - I015 a target is a block with instructions and not the entry
//! - I016 arguments of a target match the parameters of its block
//! - I017 what is returned is of the function's result type
//! - I018 type arguments, operands and result of a call match the function
//! - I019 a new closure binds exactly what its function captures and has the type of the rest
//! - I020 a retype is between types of one representation that are related (`verify/retype.rs`)
//! - I021 operands and result of the call of a function value match its type
//! - I022 operands and result of a runtime call match its row
//! - I023 structs are made and used with the fields that they have
//! - I024 a new map has keys and values of its type in turn
//! - I025 a global is read and written with its type
//! - I026 conversions to and from `any` are between types that have them
//! - I027 the cases of a switch are distinct
//!
//! Memory, which is rule E of the design and the reason why in-place updates are sound:
//! - I028 no view lives across an instruction that may move or free its elements
//! - I029 a view is of one list, whichever way it was reached
//! - I030 the list given to `list.push` is dead afterwards
//! - I031 a uniform function takes a value of the function that has it and any values, and gives any value
//! - I032 an adapter captures one value, a function
//!
//! What "lives" means: a value is live where control may still reach an instruction that uses it. Lengths and data pointers
//! of lists change only by instructions with the effect `WRITES_LEN`, which all calls have, so I028 is about those; `list.push`
//! and `list.set` change only the list they are given, which is no list that was there before it was made.
//! Collections may happen at any instruction that allocates and at loop back edges, and keep what is live. That a list is
//! alive while there is a view of it cannot be demanded of passes, who have no way to keep it alive; instead **a use of a
//! view counts as a use of its list** for every back end, and I029 makes sure that there is one such list, which
//! [`view_lists`] finds.
//!
//! Blocks that the entry does not reach are no part of the function: passes leave them behind in any state, nobody runs or
//! emits them, and no rule is about them, but that an instruction is in one place.
//!
//! All violations are reported, as far as one does not stand on another: a function is checked for types and dominance when
//! its ids are in order (I007 to I009, I013 to I015), for memory when nothing else is wrong with it. What a rule needs is
//! computed only when something is there for it to check: a function without branches needs no dominators, one without
//! views and pushes no liveness, and a message is worded when it is reported.

mod calls;
mod ids;
mod items;
mod memory;
mod ops;
mod retype;
mod types;

use crate::analysis::Dominators;
use crate::func::{Block, Def, Func, Inst, InstData, Value};
use crate::module::Module;
use crate::op::Op;
use crate::print::{Notes, Place, print_func_with_notes, print_ty};
use crate::ty::Ty;

pub use memory::{Lengthens, lengthens, view_lists};
pub use retype::related;

macro_rules! rules {
    ($($id:ident $name:ident $text:literal;)*) => {
        /// A rule of the verifier.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Rule { $(#[doc = $text] $name,)* }

        impl Rule {
            /// All rules in order of their ids.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];
            /// The id, such as `I010`.
            pub const fn id(self) -> &'static str {
                match self { $(Rule::$name => stringify!($id),)* }
            }
            /// What the rule demands.
            pub const fn text(self) -> &'static str {
                match self { $(Rule::$name => $text,)* }
            }
        }
    };
}
rules! {
    I001 WholeTypes "the parts of a type exist; unit is only a result, refs and views are no parts of other types";
    I002 Unions "a union and its variants name each other";
    I003 TypeParams "a type mentions only type parameters that its function has; a field or global mentions none";
    I004 Entry "the entry function has a body, no parameters and no type parameters";
    I005 EntryParams "the parameters of the entry block are those of the function";
    I006 Captures "a function captures no more than its parameters";
    I007 Scopes "an inlined call exists and comes after the call that it was in";
    I008 Terminators "a block ends with its only terminator";
    I009 Definitions "a value is defined at the one place that it names";
    I010 Dominance "a definition dominates its uses";
    I011 Operands "operands match the patterns of the op table";
    I012 Results "the result matches the pattern of the op table";
    I013 Immediates "the immediate is of the kind in the op table and names something that exists";
    I014 TargetCount "a terminator has as many targets as its op wants";
    I015 Targets "a target is a block with instructions and not the entry";
    I016 TargetArgs "arguments of a target match the parameters of its block";
    I017 Returns "what is returned is of the function's result type";
    I018 Calls "type arguments, operands and result of a call match the function";
    I019 Closures "a new closure binds exactly what its function captures and has the type of the rest";
    I020 Retypes "a retype is between types of one representation that are related (`verify/retype.rs`)";
    I021 ClosureCalls "operands and result of the call of a function value match its type";
    I022 RuntimeCalls "operands and result of a runtime call match its row";
    I023 Structs "structs are made and used with the fields that they have";
    I024 Maps "a new map has keys and values of its type in turn";
    I025 Globals "a global is read and written with its type";
    I026 Anys "conversions to and from `any` are between types that have them";
    I027 Cases "the cases of a switch are distinct";
    I028 ViewLives "no view lives across an instruction that may move or free its elements";
    I029 ViewLists "a view is of one list, whichever way it was reached";
    I030 Pushes "the list given to `list.push` is dead afterwards";
    I031 Uniforms "a uniform function takes a value of the function that has it and any values, and gives any value";
    I032 Adapters "an adapter captures one value, a function";
}

/// A rule that is broken.
#[derive(Clone, PartialEq, Debug)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The function; empty when it is about the module.
    pub func: String,
    /// Where in the function.
    pub place: Place,
    /// The offending value.
    pub value: Option<Value>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.rule.id(), self.message)
    }
}

/// Checks a module and all its functions.
pub fn verify_module(module: &Module) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    items::check(module, &mut violations);
    // Functions are checked against structs and the heads of each other, which must therefore be in order.
    if violations.is_empty() {
        let mut facts = types::Facts::default();
        for func in module.funcs.values() {
            check_func(module, func, &mut facts, &mut violations);
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

/// Checks a function against its module, whose own parts are taken to be in order.
pub fn verify_func(module: &Module, func: &Func) -> Result<(), Vec<Violation>> {
    let (mut violations, mut facts) = (Vec::new(), types::Facts::default());
    items::check_head(module, func, &mut facts, &mut violations);
    check_func(module, func, &mut facts, &mut violations);
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

/// The violations of a module for people: each function that has some, with the offending values marked.
pub fn report(module: &Module, violations: &[Violation]) -> String {
    let mut out = String::new();
    for v in violations.iter().filter(|v| v.func.is_empty()) {
        out.push_str(&format!("{v}\n"));
    }
    for func in module.funcs.values() {
        if violations.iter().any(|v| v.func == func.name) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&report_func(module, func, violations));
        }
    }
    out
}

/// The violations of a function, which need not be in the module, for people.
pub fn report_func(module: &Module, func: &Func, violations: &[Violation]) -> String {
    let mut notes = Notes::default();
    for v in violations.iter().filter(|v| v.func == func.name) {
        notes.add(v.place, v.to_string(), v.value);
    }
    print_func_with_notes(module, func, &notes)
}

/// Checks the body of a function.
fn check_func(module: &Module, func: &Func, facts: &mut types::Facts, violations: &mut Vec<Violation>) {
    if func.is_declaration() {
        return;
    }
    let before = violations.len();
    let Some(places) = ids::check(module, func, facts, violations) else { return };
    let mut cx = Cx { module, func, places, violations, before, reached: None };
    if !cx.is_fine() {
        return;
    }
    for (block, data) in func.blocks.iter() {
        if cx.is_left_out(block) {
            continue;
        }
        for &inst in &data.insts {
            cx.check_inst(inst);
        }
        cx.check_targets(block);
        cx.check_dominance(block);
    }
    if cx.is_fine() {
        memory::check(&mut cx);
    }
}

/// State of checking one function whose ids are in order.
struct Cx<'a> {
    module: &'a Module,
    func: &'a Func,
    places: ids::Places,
    violations: &'a mut Vec<Violation>,
    /// How many violations there were in other functions.
    before: usize,
    /// The dominator tree, once somebody has asked for it.
    reached: Option<Dominators>,
}

impl<'a> Cx<'a> {
    fn tree(&mut self) -> &Dominators {
        self.reached.get_or_insert_with(|| Dominators::compute(self.func))
    }

    /// Whether no rule is broken so far, having forgotten what is about blocks that are not reached.
    fn is_fine(&mut self) -> bool {
        if self.violations.len() == self.before {
            return true;
        }
        self.tree();
        let (tree, places) = (&self.reached, &self.places);
        let reached = |block| tree.as_ref().is_none_or(|tree| tree.reached(block));
        let mut index = 0;
        self.violations.retain(|v| {
            index += 1;
            index <= self.before
                || match v.place {
                    Place::Func => true,
                    Place::Block(block) => reached(block),
                    Place::Inst(inst) => reached(places.of(inst).0),
                }
        });
        self.violations.len() == self.before
    }

    /// Whether a block is known not to be reached. As long as all blocks are in order it does not matter.
    fn is_left_out(&self, block: Block) -> bool {
        self.reached.as_ref().is_some_and(|tree| !tree.reached(block))
    }

    fn report(
        &mut self,
        rule: Rule,
        place: impl Into<Place>,
        value: Option<Value>,
        message: impl Into<String>,
    ) {
        self.violations.push(Violation {
            rule,
            func: self.func.name.clone(),
            place: place.into(),
            value,
            message: message.into(),
        });
    }
    fn ty_name(&self, ty: Ty) -> String {
        print_ty(&self.module.types, ty)
    }

    /// The arguments of the targets of a block's terminator.
    fn check_targets(&mut self, block: Block) {
        let func = self.func;
        let Some(&inst) = func.blocks[block].insts.last() else { return };
        for target in &func.insts[inst].targets {
            let params = &func.blocks[target.block].params;
            let name = target.block.0;
            if params.len() != target.args.len() {
                let (has, given) = (params.len(), target.args.len());
                let message = format!("b{name} has {}, not {given}", counted(has, "parameter"));
                self.report(Rule::TargetArgs, inst, None, message);
                continue;
            }
            for (&param, &arg) in params.iter().zip(&target.args) {
                let (want, have) = (func.ty(param), func.ty(arg));
                if want != have {
                    let (want, have) = (self.ty_name(want), self.ty_name(have));
                    let message =
                        format!("v{} is {have}, parameter v{} of b{name} is {want}", arg.0, param.0);
                    self.report(Rule::TargetArgs, inst, Some(arg), message);
                }
            }
        }
    }

    fn check_dominance(&mut self, block: Block) {
        let func = self.func;
        for (index, &inst) in func.blocks[block].insts.iter().enumerate() {
            for value in func.uses(inst) {
                let (at, before) = match func.values[value].def {
                    Def::Inst(def) => {
                        let (at, number) = self.places.of(def);
                        (at, number < index)
                    }
                    Def::Param(at, _) => (at, true),
                    Def::Gone => unreachable!("ids are checked before dominance"),
                };
                // Most uses are in the block of their definition and need no tree.
                if at == block && !before {
                    let message = format!("v{} is used before it is defined", value.0);
                    self.report(Rule::Dominance, inst, Some(value), message);
                } else if at != block && !self.tree().dominates(at, block) {
                    let message =
                        format!("b{}, which defines v{}, does not dominate this use", at.0, value.0);
                    self.report(Rule::Dominance, inst, Some(value), message);
                }
            }
        }
    }
}

impl From<Inst> for Place {
    fn from(inst: Inst) -> Self {
        Place::Inst(inst)
    }
}
impl From<Block> for Place {
    fn from(block: Block) -> Self {
        Place::Block(block)
    }
}

/// How many targets an op wants, given the instruction.
fn target_count(data: &InstData) -> usize {
    match (data.op, &data.imm) {
        (Op::Jump, _) => 1,
        (Op::Branch, _) => 2,
        (Op::Switch, crate::op::Imm::Cases(cases)) => cases.len() + 1,
        _ => 0,
    }
}

/// `1 operand`, `2 operands`.
fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
