//! Functions: blocks of instructions in SSA form with block parameters.
//!
//! Blocks, instructions and values are ids into tables of the function; removing an instruction takes it out of its
//! block and leaves its table entry behind. The entry block is block 0; its parameters are the function's. The last
//! instruction of a block, and only that, is a terminator.

use std::sync::Arc;

use mochi_abi::RuntimeTy;
use mochi_base::{IdVec, Span, id_type};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::module::FuncId;
use crate::op::{Effects, Imm, Op, effect};
use crate::ty::Ty;

id_type! {
    /// A block of a [`Func`].
    Block
}
id_type! {
    /// An instruction of a [`Func`].
    Inst
}
id_type! {
    /// A value of a [`Func`]: an instruction's result or a block parameter.
    Value
}

id_type! {
    /// Whose code an instruction is: the function's own, or that of a call inlined into it.
    Scope
}

impl Scope {
    /// The function itself.
    pub const BODY: Scope = Scope(0);
}

/// A call that was inlined, for stack traces.
#[derive(Clone, PartialEq, Debug)]
pub struct ScopeData {
    /// The name of the callee that stack traces show.
    pub shown: Box<str>,
    /// Where the callee comes from.
    pub origin: Origin,
    /// Where the call was.
    pub call_span: Span,
    /// Whose code the call was.
    pub parent: Scope,
}

/// A frame as a stack trace shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    /// The name of the function.
    pub shown: &'a str,
    /// Where the function comes from.
    pub origin: Origin,
    /// Where in it.
    pub span: Span,
}

/// Where control goes, with the values of the block's parameters.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// The block.
    pub block: Block,
    /// One value per parameter of the block.
    pub args: SmallVec<[Value; 4]>,
}

/// An instruction.
#[derive(Clone, PartialEq, Debug)]
pub struct InstData {
    /// The operation.
    pub op: Op,
    /// The operands.
    pub args: SmallVec<[Value; 3]>,
    /// The immediate, of the kind that the op wants.
    pub imm: Imm,
    /// The targets of a terminator.
    pub targets: Vec<Target>,
    /// The result; `None` when the op's result is unit.
    pub result: Option<Value>,
    /// Where in the source, for run-time errors.
    pub span: Span,
    /// Whose code it is, for stack traces.
    pub scope: Scope,
}

impl InstData {
    /// An instruction without targets that is in no function yet.
    pub fn new(op: Op, args: &[Value], imm: Imm, span: Span, scope: Scope) -> Self {
        Self { op, args: SmallVec::from_slice(args), imm, targets: Vec::new(), result: None, span, scope }
    }

    /// The values that it uses: operands, then the arguments of its targets.
    pub fn uses_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.args.iter_mut().chain(self.targets.iter_mut().flat_map(|target| &mut target.args))
    }

    /// What the instruction may do.
    pub fn effects(&self) -> Effects {
        let Imm::Runtime(f) = &self.imm else { return self.op.effects() };
        let e = f.effects();
        // Without an operand that is an object, a function reaches no memory that the program sees.
        let sees_memory =
            f.params().iter().any(|p| matches!(p, RuntimeTy::Any | RuntimeTy::ListAny | RuntimeTy::ListStr));
        let mut set = Effects::NONE;
        if e.reads && sees_memory {
            set = set.or(effect::READS);
        }
        if e.reads && !sees_memory {
            set = set.or(effect::IO);
        }
        if e.writes {
            set = set.or(effect::IO);
        }
        if e.writes && sees_memory {
            set = set.or(effect::WRITES);
        }
        if e.traps {
            set = set.or(effect::TRAPS);
        }
        // Allocation by runtime functions makes strings, numbers or fresh lists; only the latter have an identity.
        if e.allocates && matches!(f.result(), RuntimeTy::Any | RuntimeTy::ListAny | RuntimeTy::ListStr) {
            set = set.or(effect::ALLOCATES);
        }
        set
    }
}

/// How a value is defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Def {
    /// Result of an instruction.
    Inst(Inst),
    /// Parameter of a block, by position.
    Param(Block, u32),
    /// No longer defined.
    Gone,
}

/// A value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ValueData {
    /// Its type.
    pub ty: Ty,
    /// Its definition.
    pub def: Def,
}

/// A block.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BlockData {
    /// The parameters.
    pub params: Vec<Value>,
    /// The instructions; the last is the terminator. Empty for blocks that were removed.
    pub insts: Vec<Inst>,
}

/// The names that values have in the source, for people who read what becomes of a function. Nothing depends on them: they are
/// neither printed nor encoded, and functions that differ in nothing else are equal.
#[derive(Clone, Debug, Default)]
pub struct ValueNames(FxHashMap<Value, Arc<str>>);

impl ValueNames {
    /// The name of a value, if it is known.
    pub fn get(&self, value: Value) -> Option<&str> {
        self.0.get(&value).map(AsRef::as_ref)
    }
    /// Names a value; the first name stays.
    pub fn set(&mut self, value: Value, name: &str) {
        self.0.entry(value).or_insert_with(|| name.into());
    }
    /// Gives a value the name that another one has in a function.
    pub fn copy(&mut self, value: Value, from: &Self, other: Value) {
        if let Some(name) = from.0.get(&other) {
            self.0.entry(value).or_insert_with(|| name.clone());
        }
    }
    /// Gives a value the name of another one.
    pub fn share(&mut self, value: Value, other: Value) {
        if let Some(name) = self.0.get(&other).cloned() {
            self.0.entry(value).or_insert(name);
        }
    }
}

impl PartialEq for ValueNames {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// How a function came to be; passes and traces look at this.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// Written by the user.
    #[default]
    User,
    /// Part of std; left out of stack traces: an error there is one of the call.
    Std,
    /// Made by the compiler; left out of stack traces.
    Glue,
    /// The same, of functions that call the one function value they capture for callers of another type. Values of it are that
    /// function under another type, and equal to it.
    Adapter,
}

impl Origin {
    /// Whether stack traces show the function.
    pub fn is_shown(self) -> bool {
        matches!(self, Origin::User)
    }
}

/// A function. Without blocks it is a declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct Func {
    /// Unique in the module.
    pub name: String,
    /// The name that stack traces show.
    pub shown: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Number of type parameters; their types are `$0`, `$1`, ...
    pub type_params: u32,
    /// Types of the parameters; what a closure captures comes first.
    pub params: Vec<Ty>,
    /// How many leading parameters are captured values.
    pub captures: u32,
    /// Calls a function value of this function, its first parameter, with any values, for callers that do not know its
    /// type. `None` where no such caller finds one, or where the function itself is what they expect.
    pub uniform: Option<FuncId>,
    /// Type of the result; unit for none.
    pub result: Ty,
    /// Where in the source.
    pub span: Span,
    /// Blocks; block 0 is the entry.
    pub blocks: IdVec<Block, BlockData>,
    /// Instructions of all blocks.
    pub insts: IdVec<Inst, InstData>,
    /// Values of all instructions and blocks.
    pub values: IdVec<Value, ValueData>,
    /// What some of them are called in the source.
    pub names: ValueNames,
    /// Calls that were inlined: `Scope(n)` is element `n - 1`, [`Scope::BODY`] is the function itself.
    pub inlined: Vec<ScopeData>,
}

impl Func {
    /// The entry block.
    pub const ENTRY: Block = Block(0);

    /// A declaration.
    pub fn declaration(name: impl Into<String>, type_params: u32, params: Vec<Ty>, result: Ty) -> Self {
        let name = name.into();
        Self {
            shown: name.clone(),
            name,
            origin: Origin::User,
            type_params,
            params,
            captures: 0,
            uniform: None,
            result,
            span: Span::NONE,
            blocks: IdVec::new(),
            insts: IdVec::new(),
            values: IdVec::new(),
            names: ValueNames::default(),
            inlined: Vec::new(),
        }
    }

    /// The function without its body.
    #[must_use]
    pub fn as_declaration(&self) -> Self {
        let mut declaration =
            Self::declaration(self.name.clone(), self.type_params, self.params.clone(), self.result);
        declaration.origin = self.origin;
        declaration.captures = self.captures;
        declaration.uniform = self.uniform;
        declaration
    }

    /// Whether the function has no body here.
    pub fn is_declaration(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Adds an empty block.
    pub fn add_block(&mut self) -> Block {
        self.blocks.push(BlockData::default())
    }
    /// Adds a parameter to a block.
    pub fn add_param(&mut self, block: Block, ty: Ty) -> Value {
        let index = self.blocks[block].params.len() as u32;
        let value = self.values.push(ValueData { ty, def: Def::Param(block, index) });
        self.blocks[block].params.push(value);
        value
    }
    /// Makes an instruction that is in no block yet; `ty` is the type of its result, `None` when it has none.
    pub fn make_inst(&mut self, mut data: InstData, ty: Option<Ty>) -> Inst {
        let inst = self.insts.next_id();
        data.result = ty.map(|ty| self.values.push(ValueData { ty, def: Def::Inst(inst) }));
        self.insts.push(data)
    }
    /// Makes a value that nothing defines yet.
    pub fn add_value(&mut self, ty: Ty) -> Value {
        self.values.push(ValueData { ty, def: Def::Gone })
    }
    /// Appends an instruction whose result, if it has one, was made by [`add_value`](Self::add_value).
    pub fn push_inst(&mut self, block: Block, data: InstData) {
        let result = data.result;
        let inst = self.insts.push(data);
        if let Some(result) = result {
            self.values[result].def = Def::Inst(inst);
        }
        self.blocks[block].insts.push(inst);
    }
    /// The type of a value.
    pub fn ty(&self, value: Value) -> Ty {
        self.values[value].ty
    }
    /// The terminator of a block.
    pub fn terminator(&self, block: Block) -> Option<&InstData> {
        let &last = self.blocks[block].insts.last()?;
        let data = &self.insts[last];
        data.op.is_terminator().then_some(data)
    }
    /// Where a block may go, in order of the terminator's targets.
    pub fn successors(&self, block: Block) -> impl Iterator<Item = Block> + '_ {
        self.terminator(block).map_or(&[][..], |t| &t.targets).iter().map(|t| t.block)
    }
    /// The instruction that defines a value.
    pub fn def_inst(&self, value: Value) -> Option<&InstData> {
        match self.values[value].def {
            Def::Inst(inst) => Some(&self.insts[inst]),
            Def::Param(..) | Def::Gone => None,
        }
    }
    /// The int that a value is, if it is a constant.
    pub fn const_int(&self, value: Value) -> Option<i64> {
        match self.def_inst(value)? {
            InstData { op: Op::ConstInt, imm: Imm::Int(n), .. } => Some(*n),
            _ => None,
        }
    }
    /// The values that an instruction uses: operands, then the arguments of its targets.
    pub fn uses(&self, inst: Inst) -> impl Iterator<Item = Value> + '_ {
        let data = &self.insts[inst];
        data.args.iter().copied().chain(data.targets.iter().flat_map(|t| t.args.iter().copied()))
    }

    /// Adds an inlined call.
    pub fn add_scope(&mut self, data: ScopeData) -> Scope {
        self.inlined.push(data);
        Scope(u32::try_from(self.inlined.len()).expect("more than 2^32 inlined calls"))
    }
    /// The inlined call that a scope stands for; `None` for the function itself.
    pub fn scope(&self, scope: Scope) -> Option<&ScopeData> {
        self.inlined.get((scope.0 as usize).checked_sub(1)?)
    }
    /// The frames that a trace shows for a place in this function, innermost first.
    pub fn frames(&self, span: Span, scope: Scope) -> impl Iterator<Item = Frame<'_>> + '_ {
        let mut next = Some((span, scope));
        std::iter::from_fn(move || {
            let (span, scope) = next?;
            Some(match self.scope(scope) {
                Some(data) => {
                    next = Some((data.call_span, data.parent));
                    Frame { shown: &data.shown, origin: data.origin, span }
                }
                None => {
                    next = None;
                    Frame { shown: &self.shown, origin: self.origin, span }
                }
            })
        })
    }

    /// Marks the result of an instruction that its block no longer lists as gone.
    pub fn forget_inst(&mut self, inst: Inst) {
        if let Some(result) = self.insts[inst].result {
            self.values[result].def = Def::Gone;
        }
    }
    /// Empties a block that nothing goes to any more.
    pub fn remove_block(&mut self, block: Block) {
        let data = std::mem::take(&mut self.blocks[block]);
        for param in data.params {
            self.values[param].def = Def::Gone;
        }
        for inst in data.insts {
            self.forget_inst(inst);
        }
    }
    /// Keeps the parameters of a block for whose position `keep` holds. The caller takes the arguments out of targets.
    pub fn retain_params(&mut self, block: Block, mut keep: impl FnMut(usize) -> bool) {
        let old = std::mem::take(&mut self.blocks[block].params);
        let mut params = Vec::with_capacity(old.len());
        for (i, param) in old.into_iter().enumerate() {
            if keep(i) {
                self.values[param].def = Def::Param(block, params.len() as u32);
                params.push(param);
            } else {
                self.values[param].def = Def::Gone;
            }
        }
        self.blocks[block].params = params;
    }
    /// Number of instructions in blocks.
    pub fn size(&self) -> usize {
        self.blocks.values().map(|b| b.insts.len()).sum()
    }
}
