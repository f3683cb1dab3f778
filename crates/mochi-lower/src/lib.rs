//! Typed tree to SSA: how variables are stored, what closures capture, and which ops, runtime functions and std functions
//! an operation of the language becomes. Nothing here reports errors: the checker has proved what is needed.
//!
//! Storage of a variable ([`storage`]): an SSA value where no other function mentions it; a copy in the closure when it
//! is captured but never assigned; a `ref<T>` box when it is captured and assigned; a global when it is declared in the
//! outermost scope and some function mentions it.
//!
//! Start reading at [`lower`], then [`body`] for statements and [`expr`] for expressions.
#![forbid(unsafe_code)]

mod blocks;
mod body;
mod builtin;
mod convert;
mod coverage;
mod data;
mod env;
mod expr;
mod glue;
mod iterate;
mod member;
mod number;
mod operator;
mod pattern;
mod query;
mod quiet;
mod storage;
mod types;

use mochi_abi::TrapKind;
use mochi_base::{IdVec, Interner, Name, SourceMap, Span};
use mochi_ir::func::Origin;
use mochi_ir::{Block, Builder, Func, FuncId, GlobalId, Imm, Module, Op, Types, Value};
use mochi_types::blocks::BlockKind;
use mochi_types::typed::{ExprId, FunId, FunKind, LocalId, Program};
use rustc_hash::FxHashMap;

pub use coverage::Place;
pub use types::runtime_signatures;

use env::Env;
use storage::{Globals, Storage};

/// Where std functions are found while a program is lowered.
pub trait Std {
    /// Declares the std function with this name (without its prefix) in the module, if there is one.
    fn declare(&self, name: &str, module: &mut Module) -> Option<FuncId>;
}

/// Prefix of the names of std functions in the IR; no name of a user's program contains it.
pub const STD_PREFIX: &str = "std::";

/// What is lowered.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The checked program, without errors.
    pub program: &'a Program,
    /// The names in it.
    pub names: &'a Interner,
    /// Its sources, for the text of `expect`.
    pub sources: &'a SourceMap,
    /// The library; `None` when the program is the library.
    pub std: Option<&'a dyn Std>,
    /// What the program's `int` is.
    pub int: IntRange,
}

/// What the values of the type `int` of a program are (4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IntRange {
    /// 64 bits: an operation that overflows is a run-time error.
    #[default]
    Word,
    /// Unbounded, as `bigint`.
    Unbounded,
}

/// Names of nested functions leave out the middle beyond: those of deep nests would take quadratic space.
const MAX_QUALIFIED: usize = 200;

/// The name of a function with that of the function around it.
fn qualified(parent: &str, own: &str) -> String {
    if parent.len() <= MAX_QUALIFIED {
        return format!("{parent}.{own}");
    }
    let first: String = parent.chars().take_while(|&c| c != '.').take(MAX_QUALIFIED / 4).collect();
    format!("{first}...{own}")
}

/// Lowers a program. Functions of std that it uses are declarations in the result.
pub fn lower(input: &Input<'_>) -> Module {
    let mut state = Lowered::default();
    state.add(input);
    state.module
}

/// A program that grows: what was lowered so far. Ids of everything stay as they are.
#[derive(Default)]
pub struct Lowered {
    /// The code. Its entry is the top-level code of what was added last.
    pub module: Module,
    /// IR type of each checked type, filled on demand.
    types: types::TypeMap,
    /// IR function of each function.
    funcs: IdVec<FunId, FuncId>,
    which: Globals,
    /// Variables of the top-level code that are globals.
    globals: FxHashMap<LocalId, GlobalId>,
    /// Glue made so far.
    glue: FxHashMap<glue::Key, FuncId>,
    /// What finds members of values of unknown type.
    finders: member::Finders,
    /// How often a name was given to functions, for those that are numbered.
    repeated: FxHashMap<String, u32>,
    /// What functions capture and how variables are stored.
    known: storage::Known,
    /// Without values.
    env: Env,
}

impl Lowered {
    /// Nothing yet, of a program that will be added to more than once.
    pub fn for_growing() -> Self {
        Self { which: Globals::All, ..Self::default() }
    }

    /// The global of a variable of the top-level code.
    pub fn global(&self, local: LocalId) -> Option<GlobalId> {
        self.globals.get(&local).copied()
    }

    /// The function of a checked function.
    pub fn func(&self, fun: FunId) -> Option<FuncId> {
        self.funcs.get(fun).copied()
    }

    /// The top-level code that was added last cannot be run.
    pub fn not_run(&mut self) {
        self.finders.not_run();
    }

    /// Lowers what a program has beyond what was lowered before, and its top-level code.
    pub fn add(&mut self, input: &Input<'_>) {
        let known = self.funcs.len();
        let lowering = Lowering::new(input, std::mem::take(self));
        *self = run(lowering, known).finish();
    }
}

/// Lowers a program so that it counts how often its places are executed; the places by their numbers.
pub fn lower_counting(input: &Input<'_>) -> (Module, Vec<Place>) {
    let mut lowering = Lowering::new(input, Lowered::default());
    lowering.places = Some(Vec::new());
    let lowering = run(lowering, 0);
    (lowering.module, lowering.places.unwrap_or_default())
}

/// Lowers the top-level code and the functions that are not known.
fn run<'a>(mut lowering: Lowering<'a>, known: usize) -> Lowering<'a> {
    for fun in storage::new_funs(lowering.program, known) {
        lowering.lower_fun(fun);
    }
    lowering.renew_finders(known);
    lowering.choose_block();
    for (func, uniform) in std::mem::take(&mut lowering.uniform) {
        lowering.module.funcs[func].uniform = Some(uniform);
    }
    lowering
}

/// State of one program.
struct Lowering<'a> {
    input: Input<'a>,
    program: &'a Program,
    module: Module,
    /// IR type of each checked type, filled on demand.
    types: types::TypeMap,
    /// IR function of each function.
    funcs: IdVec<FunId, FuncId>,
    /// What each function captures, in order.
    captures: IdVec<FunId, Vec<LocalId>>,
    /// How each variable is stored.
    storage: IdVec<LocalId, Storage>,
    which: Globals,
    /// Globals of the module before.
    old_globals: usize,
    /// Globals of earlier code.
    known_globals: FxHashMap<LocalId, GlobalId>,
    /// Glue made so far.
    glue: FxHashMap<glue::Key, FuncId>,
    /// [`Func::uniform`] of functions, set when all code is there.
    uniform: FxHashMap<FuncId, FuncId>,
    /// Functions that do more than compute a value; found when a query asks.
    loud: Option<quiet::Loud>,
    /// Methods by name; found when a member of an `any` asks.
    methods: Option<member::Methods>,
    /// What finds members of values of unknown type, in a program that grows.
    finders: member::Finders,
    /// By name: the last number given to one of several functions with it.
    repeated: FxHashMap<String, u32>,
    /// Values of variables, lent to the function being lowered.
    env: Env,
    /// Places that are counted, when they are.
    places: Option<Vec<Place>>,
}

impl<'a> Lowering<'a> {
    fn new(input: &Input<'a>, state: Lowered) -> Self {
        let program = input.program;
        let Lowered {
            mut module,
            mut types,
            funcs,
            which,
            globals,
            glue,
            finders,
            repeated,
            mut known,
            mut env,
        } = state;
        types.extend(input, &mut module);
        let old_locals = known.storage.len();
        known.extend(program, which);
        env.resize(program.locals.len());
        let storage::Known { captures, storage } = known;
        let mut lowering = Self {
            input: *input,
            program,
            old_globals: module.globals.len(),
            module,
            types,
            funcs,
            captures,
            storage,
            which,
            known_globals: globals,
            glue,
            repeated,
            uniform: FxHashMap::default(),
            loud: None,
            methods: None,
            finders,
            env,
            places: None,
        };
        lowering.declare_globals(old_locals);
        lowering.declare_funs();
        lowering
    }

    fn finish(self) -> Lowered {
        let Self {
            module,
            types,
            funcs,
            which,
            known_globals,
            glue,
            finders,
            repeated,
            captures,
            storage,
            env,
            ..
        } = self;
        let known = storage::Known { captures, storage };
        Lowered { module, types, funcs, which, globals: known_globals, glue, finders, repeated, known, env }
    }

    pub(crate) fn name(&self, name: Name) -> &'a str {
        self.input.names.get(name)
    }

    /// Declares the globals among the variables from the first of this number on.
    fn declare_globals(&mut self, first: usize) {
        for id in self.program.locals.ids_from(first) {
            if matches!(self.storage[id], Storage::Global(_)) {
                let local = &self.program.locals[id];
                let ty = self.ty(local.ty);
                let name = self.name(local.name).to_string();
                let global = self.module.globals.push(mochi_ir::module::Global { name, ty });
                self.known_globals.insert(id, global);
                self.storage[id] = Storage::Global(global);
            }
        }
    }

    /// Declares an IR function for each function, with unique names: `outer.inner`, `Type.method`, `outer.lambda1`.
    fn declare_funs(&mut self) {
        let mut lambdas: FxHashMap<String, u32> = FxHashMap::default();
        let std = self.input.std.is_none();
        let known = self.funcs.len();
        for id in storage::new_funs(self.program, known) {
            let fun = &self.program.funs[id];
            let parent = fun.parent.filter(|&p| p != Program::MAIN).map(|p| {
                let parent: &Func = &self.module.funcs[self.funcs[p]];
                (parent.name.clone(), parent.shown.clone())
            });
            let own = match (fun.kind, fun.name) {
                (FunKind::Main, _) => "main".to_string(),
                // Not a name of the language: `test` is reserved.
                (FunKind::Block(_), _) => format!("test.{}", id.0),
                (FunKind::Method(_), Some(name)) => {
                    let receiver = fun.params.first().map(|&p| self.program.locals[p].ty);
                    let receiver = receiver.and_then(|ty| self.struct_name(ty)).unwrap_or_default();
                    format!("{receiver}.{}", self.name(name))
                }
                (_, Some(name)) => self.name(name).to_string(),
                (_, None) => {
                    let key = parent.as_ref().map_or(String::new(), |(name, _)| name.clone());
                    let n = lambdas.entry(key).or_default();
                    *n += 1;
                    format!("lambda{n}")
                }
            };
            let shown = match &parent {
                Some((_, shown)) => qualified(shown, &own),
                None => {
                    std.then(|| mochi_types::foreign::shown(&own)).flatten().unwrap_or_else(|| own.clone())
                }
            };
            let mut name = match parent {
                Some((parent, _)) => qualified(&parent, &own),
                None if std && fun.kind != FunKind::Main => format!("{STD_PREFIX}{own}"),
                None => own,
            };
            if self.module.func_named(&name).is_some() {
                let n = self.repeated.entry(name.clone()).or_insert(1);
                loop {
                    *n += 1;
                    let next = format!("{name}.{n}");
                    if self.module.func_named(&next).is_none() {
                        name = next;
                        break;
                    }
                }
            }
            let captured = self.captures[id].clone();
            let mut params: Vec<_> = captured.into_iter().map(|l| self.captured_ty(l)).collect();
            let captures = params.len() as u32;
            params.extend(fun.params.iter().map(|&p| self.ty(self.program.locals[p].ty)));
            let result = match fun.kind {
                FunKind::Main => Types::UNIT,
                FunKind::Block(_) => Types::UNIT,
                FunKind::Named | FunKind::Lambda | FunKind::Method(_) => self.result_ty(fun.result),
            };
            let type_params = self.types.effective_vars(self.program, id);
            let mut func = Func::declaration(name, type_params, params, result);
            func.shown = if matches!(fun.kind, FunKind::Block(_)) {
                fun.name.map_or(shown, |n| self.name(n).to_string())
            } else {
                shown
            };
            func.captures = captures;
            func.span = fun.span;
            func.origin = if std { Origin::Std } else { Origin::User };
            let func = self.module.add_func(func);
            if (id.0 as usize) < known {
                self.funcs[id] = func;
            } else {
                let pushed = self.funcs.push(func);
                debug_assert_eq!(pushed, id);
            }
            if fun.kind == FunKind::Main && !std {
                self.module.entry = Some(func);
            }
        }
    }

    /// The type of a captured variable as a closure holds it.
    fn captured_ty(&mut self, local: LocalId) -> mochi_ir::Ty {
        let ty = self.ty(self.program.locals[local].ty);
        match self.storage[local] {
            Storage::Boxed => self.module.types.reference(ty),
            Storage::Value | Storage::Global(_) => ty,
        }
    }

    fn lower_fun(&mut self, id: FunId) {
        let program = self.program;
        let fun = &program.funs[id];
        let func_id = self.funcs[id];
        let func = self.module.funcs[func_id].clone();
        let mut cx = Cx::new(self, func, Some(id));
        let params = cx.func.blocks[Func::ENTRY].params.clone();
        let captures = cx.lowering.captures[id].clone();
        let (captured, own) = params.split_at(captures.len());
        for (&local, &value) in captures.iter().zip(captured) {
            cx.set(local, value);
        }
        cx.span = fun.span;
        if fun.kind == FunKind::Main {
            cx.init_globals();
        }
        for (&local, &value) in fun.params.iter().zip(own) {
            cx.declare(local, value);
        }
        cx.cover_function(fun.kind, fun.span);
        cx.find_loops(&fun.body);
        match fun.kind {
            FunKind::Block(BlockKind::Bench) => cx.bench_body(&fun.body),
            _ => cx.stmts(&fun.body),
        }
        cx.span = fun.span;
        cx.finish_body();
        let func = cx.finish();
        self.module.funcs[func_id] = func;
    }

    /// The std function with this name.
    fn std_func(&mut self, name: &str) -> FuncId {
        let full = format!("{STD_PREFIX}{name}");
        if let Some(id) = self.module.func_named(&full) {
            return id;
        }
        let std = self.input.std;
        std.and_then(|std| std.declare(name, &mut self.module))
            .unwrap_or_else(|| panic!("std has no function `{name}` (lowering)"))
    }
}

/// A loop that `break` and `continue` may leave.
struct Loop {
    /// Target of `continue`.
    next: Block,
    /// Target of `break`.
    exit: Block,
    /// Variables that the loop assigns; both targets have a parameter for each.
    vars: Vec<LocalId>,
}

/// State of one function.
struct Cx<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    program: &'a Program,
    func: Func,
    block: Block,
    span: Span,
    env: Env,
    loops: Vec<Loop>,
    /// Variables assigned inside each loop statement, by the statement's address.
    loop_vars: FxHashMap<*const mochi_types::typed::Stmt, std::ops::Range<usize>>,
    /// Variables assigned inside each query.
    query_vars: FxHashMap<ExprId, std::ops::Range<usize>>,
    /// What parts of queries mention that were met inside of another query, by their `select`.
    query_uses: FxHashMap<ExprId, query::Uses>,
    /// Variables that hold a group, or a row of one, that keeps one field of its rows: the type of that.
    narrowed: FxHashMap<LocalId, mochi_ir::Ty>,
    assigned: Vec<LocalId>,
    /// `None` for glue.
    fun: Option<FunId>,
}

impl<'l, 'a> Cx<'l, 'a> {
    /// A context at the entry of a function that is still a declaration.
    fn new(lowering: &'l mut Lowering<'a>, mut func: Func, fun: Option<FunId>) -> Self {
        let entry = func.add_block();
        for ty in func.params.clone() {
            func.add_param(entry, ty);
        }
        let env = if fun.is_some() { std::mem::take(&mut lowering.env) } else { Env::default() };
        Self {
            program: lowering.program,
            lowering,
            func,
            block: entry,
            span: Span::NONE,
            env,
            loops: Vec::new(),
            loop_vars: FxHashMap::default(),
            query_vars: FxHashMap::default(),
            query_uses: FxHashMap::default(),
            narrowed: FxHashMap::default(),
            assigned: Vec::new(),
            fun,
        }
    }

    /// The finished function without its unreachable blocks.
    fn finish(mut self) -> Func {
        if self.fun.is_some() {
            self.env.clear();
            self.lowering.env = std::mem::take(&mut self.env);
        }
        let mut reached = vec![false; self.func.blocks.len()];
        let mut work = vec![Func::ENTRY];
        while let Some(block) = work.pop() {
            if !std::mem::replace(&mut reached[block.0 as usize], true) {
                work.extend(self.func.successors(block));
            }
        }
        for block in self.func.blocks.ids() {
            if !reached[block.0 as usize] {
                self.func.blocks[block] = Default::default();
            }
        }
        self.func
    }

    /// A builder at the cursor.
    fn b(&mut self) -> Builder<'_> {
        let mut b = Builder::new(&mut self.func, self.block);
        b.span = self.span;
        b
    }
    fn op(&mut self, op: Op, args: &[Value], ty: mochi_ir::Ty) -> Value {
        self.b().op(op, args, ty)
    }
    fn effect(&mut self, op: Op, args: &[Value]) {
        self.b().effect(op, args, Imm::None);
    }
    fn new_block(&mut self) -> Block {
        self.func.add_block()
    }
    fn switch_to(&mut self, block: Block) {
        self.block = block;
    }
    /// Goes on in a block that nothing reaches, after a terminator in the middle of an expression.
    fn unreachable(&mut self) {
        self.block = self.func.add_block();
    }
    fn str(&mut self, text: &str) -> Value {
        let id = self.lowering.module.intern_str(text);
        self.b().value(Op::ConstStr, &[], Imm::Str(id), Types::STR)
    }
    /// A call of a runtime function.
    fn runtime(&mut self, f: mochi_abi::RuntimeFn, args: &[Value]) -> Option<Value> {
        let ty = self.lowering.runtime_ty(f.result());
        self.b().inst(Op::CallRuntime, args, Imm::Runtime(f), ty)
    }
    /// A call of a runtime function that has a result.
    fn rt(&mut self, f: mochi_abi::RuntimeFn, args: &[Value]) -> Value {
        self.runtime(f, args).expect("the runtime function has a result")
    }
    /// A call of a std function.
    fn std(&mut self, name: &str, type_args: &[mochi_ir::Ty], args: &[Value]) -> Option<Value> {
        let func = self.lowering.std_func(name);
        let module = &mut self.lowering.module;
        let result = module.funcs[func].result;
        let result = module.types.substitute(result, type_args);
        self.b().inst(Op::Call, args, Imm::Func(func, type_args.into()), result)
    }
    /// A call of a std function that has a result.
    fn std_value(&mut self, name: &str, type_args: &[mochi_ir::Ty], args: &[Value]) -> Value {
        self.std(name, type_args, args).expect("the std function has a result")
    }
    /// Ends the block with a run-time error and goes on in an unreachable one.
    fn trap(&mut self, kind: TrapKind, message: &str) {
        let text = self.lowering.module.intern_str(message);
        self.b().effect(Op::Trap, &[], Imm::Trap(kind, text));
        self.unreachable();
    }
    fn global(&self, local: LocalId) -> Option<GlobalId> {
        match self.lowering.storage[local] {
            Storage::Global(id) => Some(id),
            Storage::Value | Storage::Boxed => None,
        }
    }
}
