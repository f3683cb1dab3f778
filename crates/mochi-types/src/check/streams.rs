//! Streams and agents (2.6, 6.3), made of what the typed tree has already.
//!
//! A stream is a struct for its events and a hidden variable of the top-level code with the list of its handlers.
//! `on` adds a function to the list, `emit` makes an event and calls those that are in the list by then, in order.
//!
//! An agent is a struct whose fields are the variables and whose methods are the intents. `A{}` calls a hidden
//! constructor: it makes the struct, runs what the body of the agent says, and adds the handlers, which see the
//! struct as the receiver.

use std::ops::Range;

use mochi_base::diag::codes::{self, T000, T031};
use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, StmtKind as Written};
use rustc_hash::{FxHashMap, FxHashSet};

use super::declare::TypeName;
use super::functions::{Outcome, Signature};
use super::packages::Own;
use super::scopes::Binding;
use super::{Checker, Context};
use crate::ty::{StructDef, StructId, Ty, TyKind, Types};
use crate::typed::*;

/// A declared stream.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    /// The type of its events.
    event: StructId,
    /// The handlers, in the order in which they were added.
    handlers: LocalId,
}

/// A declared agent.
#[derive(Clone, Copy)]
pub(super) struct Agent<'a> {
    /// Its state.
    state: StructId,
    /// What `A{}` calls.
    constructor: FunId,
    body: &'a tree::Block,
}

/// The streams and agents of all packages.
#[derive(Clone, Default)]
pub(super) struct Reactive<'a> {
    /// The declarations, each with its struct, in the order of the source within each package.
    list: Vec<(StructId, &'a Written)>,
    streams: FxHashMap<StructId, Stream>,
    pub agents: FxHashMap<StructId, Agent<'a>>,
    /// The agent that each hidden constructor makes.
    pub constructors: FxHashMap<FunId, Agent<'a>>,
    /// Fields that were declared with `let`.
    pub fixed_fields: FxHashSet<(StructId, u32)>,
}

impl Reactive<'_> {
    /// The streams and agents without what refers to a tree.
    pub fn settled(self) -> Reactive<'static> {
        static CHECKED: tree::Block = tree::Block { stmts: Vec::new(), span: Span::NONE };
        let agents = self.agents.into_iter().map(|(id, agent)| {
            let Agent { state, constructor, .. } = agent;
            (id, Agent { state, constructor, body: &CHECKED })
        });
        Reactive {
            list: Vec::new(),
            streams: self.streams,
            agents: agents.collect(),
            constructors: FxHashMap::default(),
            fixed_fields: self.fixed_fields,
        }
    }
}

impl<'a> Checker<'a> {
    // --------------------------------------------------------------------------------------------- declarations

    /// Makes the names of streams and agents known as types; where they are in the list.
    pub(super) fn declare_stream_types(&mut self, own: &Own<'a>) -> Range<usize> {
        let first = self.reactive.list.len();
        for stmt in own.stmts {
            let (Written::Stream { name, export, .. } | Written::Agent { name, export, .. }) = stmt.kind
            else {
                continue;
            };
            let def =
                StructDef { name: Some(name.name), fields: Vec::new(), variant_of: None, span: stmt.span };
            let id = self.types.structs.push(def);
            let key = self.type_key(name.name, name.span.lo);
            self.declared.types.insert(key, TypeName::Struct(id));
            if export {
                self.declared.exports.insert(name.name);
            }
            self.reactive.list.push((id, &stmt.kind));
        }
        first..self.reactive.list.len()
    }

    /// Fields and handler lists of streams, intents and constructors of agents.
    pub(super) fn declare_streams(&mut self, range: Range<usize>) {
        for i in range {
            match self.reactive.list[i] {
                (event, Written::Stream { name, fields, .. }) => {
                    self.set_fields(event, fields);
                    let handlers = self.handler_list(event, *name);
                    self.reactive.streams.insert(event, Stream { event, handlers });
                }
                (state, Written::Agent { name, body, .. }) => self.declare_agent(state, *name, body),
                _ => {}
            }
        }
    }

    /// The hidden variable with the handlers of a stream.
    fn handler_list(&mut self, event: StructId, name: tree::Ident) -> LocalId {
        let handler = self.handler_type(event);
        let ty = self.types.list(handler);
        let hidden = self.hidden_name(name.name);
        let local = self.new_local(hidden, ty, name.span);
        self.locals[local.0 as usize].top_level = true;
        local
    }

    fn handler_type(&mut self, event: StructId) -> Ty {
        let event = self.types.intern(TyKind::Struct(event));
        self.types.fun(vec![event], Types::UNIT)
    }

    /// `on.Name`, which no program can say.
    fn hidden_name(&mut self, name: Name) -> Name {
        let text = format!("on.{}", self.names.get(name));
        self.names.intern(&text)
    }

    fn declare_agent(&mut self, state: StructId, name: tree::Ident, body: &'a tree::Block) {
        let ty = self.types.intern(TyKind::Struct(state));
        let constructor = self.push_fun(
            Fun {
                name: Some(name.name),
                kind: FunKind::Named,
                parent: None,
                type_params: Vec::new(),
                params: Vec::new(),
                result: ty,
                body: Vec::new(),
                span: name.span,
            },
            false,
        );
        let agent = Agent { state, constructor, body };
        self.reactive.agents.insert(state, agent);
        self.reactive.constructors.insert(constructor, agent);
        let tree = self.tree;
        for &stmt in &body.stmts {
            if let Written::Intent(decl) = &tree.stmts[stmt].kind {
                let fun = self.declare_fun(decl, Some(state));
                if let Some(name) = decl.name {
                    self.declared.methods.insert((state, name.name), fun);
                }
            }
        }
    }

    /// A function without a declaration in the tree.
    fn push_fun(&mut self, fun: Fun, checked: bool) -> FunId {
        let id = FunId(self.funs.len() as u32);
        self.add_signature(
            None,
            Signature {
                params: fun.params.iter().map(|&param| self.locals[param.0 as usize].ty).collect(),
                type_params: [].into(),
                result: Outcome::Known(fun.result),
                inferred: false,
                package: self.packages.current(),
                exported: false,
                checked,
            },
        );
        self.funs.push(fun);
        id
    }

    /// The types of the variables of agents. Those that are not written are those of the initial values, which are
    /// looked at for that, in order; what that reports comes again when the constructor is checked.
    pub(super) fn declare_agent_fields(&mut self, range: Range<usize>) {
        for i in range {
            let (state, Written::Agent { body, .. }) = self.reactive.list[i] else { continue };
            let tree = self.tree;
            for &stmt in &body.stmts {
                let Written::Let(binding) = &tree.stmts[stmt].kind else { continue };
                let ty = match (binding.ty, binding.value) {
                    (Some(ty), _) => self.written_type(ty),
                    (None, Some(value)) => self.literal_type(value).unwrap_or_else(|| {
                        let constructor = self.reactive.agents[&state].constructor;
                        self.preview(constructor, |this| this.initial_type(state, value, binding.mutable))
                    }),
                    (None, None) => Types::ERROR,
                };
                let fields = &mut self.types.structs[state].fields;
                if !binding.mutable {
                    self.reactive.fixed_fields.insert((state, fields.len() as u32));
                }
                fields.push((binding.name.name, ty));
                self.index_fields(state);
            }
        }
    }

    fn initial_type(&mut self, state: StructId, value: tree::ExprId, mutable: bool) -> Ty {
        self.open_state(state);
        let e = self.expr(value, None);
        let ty = self.variable_type(e, mutable);
        self.final_type(ty)
    }

    /// The hidden variables of streams get their empty lists before anything else runs.
    pub(super) fn streams_prologue(&mut self, body: &mut Vec<Stmt>) {
        for &(id, kind) in &self.reactive.list {
            if let (Written::Stream { name, .. }, Some(stream)) = (kind, self.reactive.streams.get(&id)) {
                body.push(Stmt { kind: StmtKind::Let(stream.handlers, None), span: name.span });
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- handlers

    /// `on Stream as event { }`.
    #[inline(never)]
    pub(super) fn on_handler(
        &mut self,
        name: tree::Ident,
        alias: tree::Ident,
        body: &'a tree::Block,
        span: Span,
    ) -> Option<StmtKind> {
        let stream = self.stream_named(name);
        let event = match stream {
            Some(stream) => self.types.intern(TyKind::Struct(stream.event)),
            None => {
                self.unknown_stream(name, span);
                Types::ERROR
            }
        };
        let fun = self.handler(name, alias, event, body);
        let stream = stream?;
        let ty = self.handler_type(stream.event);
        let value = self.push(ExprKind::Lambda(fun), ty, span);
        // A store at the end appends (4.6), and a loop over the list that runs right now does not see it (4.4).
        let handlers = self.local(stream.handlers, span);
        let end = self.push(ExprKind::Builtin(Builtin::Len, vec![handlers]), Types::INT, span);
        let handlers = self.local(stream.handlers, span);
        let place = self.push(ExprKind::Index(handlers, end), ty, span);
        Some(StmtKind::Assign { place, value })
    }

    /// The function of a handler. Like a lambda it sees the variables around it.
    fn handler(
        &mut self,
        stream: tree::Ident,
        alias: tree::Ident,
        event: Ty,
        body: &'a tree::Block,
    ) -> FunId {
        let name = self.hidden_name(stream.name);
        let fun = Fun {
            name: Some(name),
            kind: FunKind::Lambda,
            parent: Some(self.cx.fun),
            type_params: Vec::new(),
            params: Vec::new(),
            result: Types::UNIT,
            body: Vec::new(),
            span: stream.span.to(alias.span),
        };
        let fun = self.push_fun(fun, true);
        let outer = self.cx;
        let outer_facts = std::mem::take(&mut self.narrowed);
        let scope = self.scopes.open();
        self.cx = Context { fun, result: Types::UNIT, loops: 0, this: outer.this };
        let param = self.new_local(alias.name, event, alias.span);
        self.scopes.bind(alias.name, Binding::Local(param));
        let body = self.block(body);
        self.scopes.close(scope);
        self.cx = outer;
        self.narrowed = outer_facts;
        let f = &mut self.funs[fun.0 as usize];
        f.params = vec![param];
        f.body = body;
        fun
    }

    /// `emit Stream { field: value }`.
    #[inline(never)]
    pub(super) fn emit(
        &mut self,
        name: tree::Ident,
        inits: &'a [tree::FieldInit],
        span: Span,
    ) -> Option<StmtKind> {
        let Some(stream) = self.stream_named(name) else {
            self.unknown_stream(name, span);
            for init in inits {
                self.expr(init.value, None);
            }
            return None;
        };
        let event = self.struct_of(stream.event, inits, span);
        let ty = self.exprs[event.0 as usize].ty;
        let held = self.new_local(self.known.underscore, ty, span);
        let handler_ty = self.handler_type(stream.event);
        let handler = self.new_local(self.known.underscore, handler_ty, span);
        let callee = self.local(handler, span);
        let arg = self.local(held, span);
        let call = self.push(ExprKind::CallValue(callee, vec![arg]), Types::UNIT, span);
        let source = self.local(stream.handlers, span);
        let calls = vec![Stmt { kind: StmtKind::Expr(call), span }];
        let each = StmtKind::ForEach { var: handler, source, body: calls };
        let made = StmtKind::Let(held, Some(event));
        Some(StmtKind::Block(vec![Stmt { kind: made, span }, Stmt { kind: each, span }]))
    }

    fn stream_named(&self, name: tree::Ident) -> Option<Stream> {
        match self.declared.types.get(&self.type_key(name.name, name.span.lo)) {
            Some(TypeName::Struct(id)) => self.reactive.streams.get(id).copied(),
            _ => None,
        }
    }

    /// T031.
    fn unknown_stream(&mut self, name: tree::Ident, span: Span) {
        if matches!(self.declared.types.get(&name.name), Some(TypeName::Opaque)) {
            // A name that a package does not offer.
            return;
        }
        let text = self.names.get(name.name).to_string();
        let known: Vec<Name> = self
            .reactive
            .list
            .iter()
            .filter_map(|(_, kind)| match kind {
                Written::Stream { name, .. } => Some(name.name),
                _ => None,
            })
            .collect();
        let diagnostic = T031 { name: text }.at(span);
        let diagnostic = self.with_similar_field(diagnostic, name.name, &known, name.span);
        self.report(diagnostic);
    }

    // --------------------------------------------------------------------------------------------------- agents

    /// `A{}` of an agent.
    pub(super) fn new_agent(&mut self, agent: Agent<'a>, inits: &[tree::FieldInit], span: Span) -> ExprId {
        if let Some(init) = inits.first() {
            let name = self.types.structs[agent.state].name.map_or("", |name| self.names.get(name));
            self.report(codes::T070 { name: name.to_string() }.at(init.name.span));
            for init in inits {
                self.expr(init.value, None);
            }
        }
        let ty = self.types.intern(TyKind::Struct(agent.state));
        self.push(ExprKind::Call(agent.constructor, Vec::new(), Vec::new()), ty, span)
    }

    /// Checks a constructor as a unit.
    pub(super) fn agent_constructor(&mut self, fun: FunId, agent: Agent<'a>) {
        self.cx = Context { fun, result: Types::UNIT, loops: 0, this: None };
        let span = self.funs[fun.0 as usize].span;
        let scope = self.scopes.open();
        let this = self.open_state(agent.state);
        let ty = self.locals[this.0 as usize].ty;
        let made = self.push(ExprKind::Struct(agent.state, Vec::new()), ty, span);
        let mut body = vec![Stmt { kind: StmtKind::Let(this, Some(made)), span }];
        let tree = self.tree;
        let mut field = 0;
        for &id in &agent.body.stmts {
            let stmt = &tree.stmts[id];
            let kind = match &stmt.kind {
                Written::Let(binding) => {
                    field += 1;
                    self.initial_field(agent.state, field - 1, binding, stmt.span)
                }
                Written::Assign { place, value } => self.assign(*place, *value, stmt.span),
                _ => None,
            };
            body.extend(kind.map(|kind| Stmt { kind, span: stmt.span }));
        }
        for &id in &agent.body.stmts {
            if matches!(tree.stmts[id].kind, Written::On { .. }) {
                self.stmt(id, &mut body);
            }
        }
        let result = self.this(span);
        body.push(Stmt { kind: StmtKind::Return(Some(result)), span });
        self.scopes.close(scope);
        self.funs[fun.0 as usize].body = body;
    }

    /// The receiver in a constructor, or in the preview of one.
    fn open_state(&mut self, state: StructId) -> LocalId {
        let ty = self.types.intern(TyKind::Struct(state));
        let this = self.new_local(self.known.underscore, ty, self.types.structs[state].span);
        self.cx.this = Some((state, this));
        this
    }

    /// `let` or `var` of an agent: an assignment to the field.
    fn initial_field(
        &mut self,
        state: StructId,
        field: u32,
        binding: &'a tree::LetStmt,
        span: Span,
    ) -> Option<StmtKind> {
        let Some(value) = binding.value else {
            if binding.ty.is_none() {
                let name = self.names.get(binding.name.name).to_string();
                self.report(T000 { name }.at(span));
            }
            return None;
        };
        let ty = self.types.structs[state].fields[field as usize].1;
        let value = self.value_for(value, ty, span);
        let this = self.this(binding.name.span);
        let place = self.push(ExprKind::Field(this, field), ty, binding.name.span);
        Some(StmtKind::Assign { place, value })
    }
}
