//! Members of dynamic values. Fields and entries are found by the runtime. Methods are not: objects do not know them, so that
//! only those are compiled that something can call. Which structs have a method of a name is known, and a function that
//! is made once per name ([`crate::glue`]) looks at the kind of struct. In a program that grows, structs with such a
//! method may follow: there a global has that function, and code that brings a method makes it anew.

use mochi_abi::RuntimeFn;
use mochi_base::id::Id;
use mochi_base::{Name, Span};
use mochi_ir::func::{InstData, Origin, Scope};
use mochi_ir::module::{Global, GlobalId};
use mochi_ir::{Func, FuncId, Imm, Op, StructId, Ty, TyKind, Types, Value};
use mochi_types::typed::{FunId, FunKind, Program};
use rustc_hash::FxHashMap;

use crate::glue::Key;
use crate::storage::{self, Globals};
use crate::{Cx, Lowering};

/// The structs that have a method of a name, with the method, in order of declaration.
pub type Methods = FxHashMap<Name, Vec<(StructId, FunId)>>;

/// Which members are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Member {
    /// All; without any it is an error.
    Any,
    /// Those that are functions; without any the result is none.
    Function,
}

/// The globals with the functions that find members, by name.
#[derive(Default)]
pub struct Finders {
    globals: FxHashMap<(Name, Member), GlobalId>,
    /// Those whose function is to be made (anew).
    stale: Vec<(Name, Member)>,
    /// Those that the last top-level code makes.
    renewed: Vec<(Name, Member)>,
}

impl Finders {
    /// The last top-level code does not run.
    pub fn not_run(&mut self) {
        self.stale.append(&mut self.renewed);
    }
}

impl Lowering<'_> {
    fn finder_type(&mut self) -> Ty {
        self.module.types.function(vec![Types::ANY], Types::ANY)
    }

    fn finder(&mut self, name: Name, wanted: Member) -> GlobalId {
        if let Some(&global) = self.finders.globals.get(&(name, wanted)) {
            return global;
        }
        let global = Global { name: format!("member.{}", self.name(name)), ty: self.finder_type() };
        let global = self.module.globals.push(global);
        self.finders.globals.insert((name, wanted), global);
        self.finders.stale.push((name, wanted));
        global
    }

    /// Lets the finders know the methods of the functions from this number on, before the top-level code runs.
    pub fn renew_finders(&mut self, known: usize) {
        if self.finders.globals.is_empty() {
            return;
        }
        for id in storage::new_funs(self.program, known) {
            let fun = &self.program.funs[id];
            let (FunKind::Method(_), Some(name)) = (fun.kind, fun.name) else { continue };
            let both = [Member::Any, Member::Function].map(|wanted| (name, wanted));
            let asked = both.into_iter().filter(|key| self.finders.globals.contains_key(key));
            self.finders.stale.extend(asked);
        }
        self.finders.renewed.clear();
        let mut stale = std::mem::take(&mut self.finders.stale);
        stale.sort_by_key(|key| self.finders.globals[key].index());
        stale.dedup();
        if stale.is_empty() {
            return;
        }
        self.finders.renewed.clone_from(&stale);
        let made: Vec<(GlobalId, FuncId)> = stale
            .into_iter()
            .map(|(name, wanted)| (self.finders.globals[&(name, wanted)], self.member_glue(name, wanted)))
            .collect();
        let mut func =
            Func::declaration(format!("members.{}", self.module.funcs.len()), 0, vec![], Types::UNIT);
        func.origin = Origin::Glue;
        let id = self.module.add_func(func.clone());
        let ty = self.finder_type();
        let mut cx = Cx::new(self, func, None);
        for (global, finder) in made {
            let finder = cx.closure(&[], finder, Box::default(), ty);
            cx.b().effect(Op::GlobalSet, &[finder], Imm::Global(global));
        }
        cx.b().ret(None);
        let func = cx.finish();
        self.module.funcs[id] = func;
        let main = &mut self.module.funcs[self.funcs[Program::MAIN]];
        let call = InstData::new(Op::Call, &[], Imm::Func(id, Box::default()), Span::NONE, Scope::BODY);
        let call = main.insts.push(call);
        main.blocks[Func::ENTRY].insts.insert(0, call);
    }

    /// The function that finds a member among what there is now.
    fn member_glue(&mut self, name: Name, wanted: Member) -> FuncId {
        let key = Key::Member(name, wanted, self.methods_named(name).len());
        self.glue(key, 0, vec![Types::ANY], 0, Types::ANY, |cx, params| {
            cx.member_body(params[0], name, wanted)
        })
    }

    fn methods_named(&mut self, name: Name) -> &[(StructId, FunId)] {
        let program = self.program;
        let methods = self.methods.get_or_insert_with(|| {
            let mut methods = Methods::default();
            for (id, fun) in program.funs.iter() {
                if let (FunKind::Method(of), Some(name)) = (fun.kind, fun.name) {
                    methods.entry(name).or_default().push((StructId(of.0), id));
                }
            }
            methods
        });
        methods.get(&name).map_or(&[], Vec::as_slice)
    }
}

impl Cx<'_, '_> {
    /// A member of an `any`.
    pub fn member(&mut self, any: Value, name: Name, wanted: Member) -> Value {
        if self.lowering.which == Globals::All {
            let (global, ty) = (self.lowering.finder(name, wanted), self.lowering.finder_type());
            let finder = self.b().value(Op::GlobalGet, &[], Imm::Global(global), ty);
            return self.b().value(Op::CallClosure, &[finder, any], Imm::None, Types::ANY);
        }
        match self.lowering.methods_named(name).len() {
            0 => self.stored_member(any, name, wanted),
            methods => self.call_glue(Key::Member(name, wanted, methods), &[any], Types::ANY),
        }
    }

    /// A field or an entry.
    fn stored_member(&mut self, any: Value, name: Name, wanted: Member) -> Value {
        let name = self.lowering.name(name);
        let name = self.str(name);
        match wanted {
            Member::Any => self.rt(RuntimeFn::any_field, &[any, name]),
            Member::Function => self.std_value("function_member", &[], &[any, name]),
        }
    }

    pub fn member_body(&mut self, any: Value, name: Name, wanted: Member) {
        for (of, method) in self.lowering.methods_named(name).to_vec() {
            let ty = self.lowering.module.types.intern(TyKind::Struct(of));
            let test = self.b().value(Op::AnyIs, &[any], Imm::Ty(ty), Types::BOOL);
            self.return_if(test, |cx| {
                let this = cx.op(Op::AnyAs, &[any], ty);
                cx.bound_method(method, this)
            });
        }
        let value = self.stored_member(any, name, wanted);
        self.b().ret(Some(value));
    }

    /// A method bound to a receiver as a function value in an `any`; its type parameters are `any`.
    fn bound_method(&mut self, method: FunId, this: Value) -> Value {
        let func = &self.lowering.module.funcs[self.lowering.funcs[method]];
        let type_args = vec![Types::ANY; func.type_params as usize];
        let params = vec![Types::ANY; func.params.len() - 1];
        let ty = self.lowering.module.types.function(params, Types::ANY);
        let bound = self.bind_fun(method, &type_args, &[this], ty);
        self.op(Op::AnyBox, &[bound], Types::ANY)
    }
}
