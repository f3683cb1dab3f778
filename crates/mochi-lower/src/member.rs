//! Members of dynamic values. Fields and entries are found by the runtime. Methods are not: objects do not know them, so that
//! only those are compiled that something can call. Which structs have a method of a name is known, and a function that
//! is made once per name ([`crate::glue`]) looks at the kind of struct.

use mochi_abi::RuntimeFn;
use mochi_base::Name;
use mochi_ir::{Imm, Op, StructId, TyKind, Types, Value};
use mochi_types::typed::{FunId, FunKind};
use rustc_hash::FxHashMap;

use crate::glue::Key;
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

impl Lowering<'_> {
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
