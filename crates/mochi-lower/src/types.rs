//! IR types of checked types.
//!
//! Structs and unions keep their numbers. Unit as the type of a value is `any`, which then holds none. Type parameters
//! are numbered by their position among all those that are visible, so a lambda inside a generic function takes the
//! type arguments of that function first.

use mochi_abi::{GROUP_NAME, RuntimeFn, RuntimeTy};
use mochi_ir::ty::{StructDef, UnionDef};
use mochi_ir::{Module, StructId, Ty, TyKind, Types, UnionId};
use mochi_types::ty as checked;
use mochi_types::typed::{FunId, Program, RuntimeSignature};
use rustc_hash::FxHashMap;

use crate::{Input, IntRange, Lowering};

/// The mapping from checked types to IR types.
pub struct TypeMap {
    types: Vec<Option<Ty>>,
    /// Position of each type parameter.
    vars: FxHashMap<checked::TypeVar, u32>,
    /// Number of type parameters visible in each function.
    visible: Vec<u32>,
    /// The type of `int`.
    int: Ty,
    /// What groups of queries are, once there are any.
    group: Option<StructId>,
}

impl Default for TypeMap {
    fn default() -> Self {
        Self {
            types: Vec::new(),
            vars: FxHashMap::default(),
            visible: Vec::new(),
            int: Types::I64,
            group: None,
        }
    }
}

impl TypeMap {
    /// Takes up what a program has beyond what was seen before.
    pub fn extend(&mut self, input: &Input<'_>, module: &mut Module) {
        let Input { program, names, .. } = *input;
        self.int = if input.int == IntRange::Word { Types::I64 } else { Types::BIGINT };
        for fun in program.funs.values().skip(self.visible.len()) {
            let mut count = fun.parent.map_or(0, |p| self.visible[p.0 as usize]);
            for &var in &fun.type_params {
                self.vars.insert(var, count);
                count += 1;
            }
            self.visible.push(count);
        }
        let name = |n| names.get(n).to_string();
        let known = module.types.structs.len();
        for def in program.types.structs.values().skip(known) {
            module.types.structs.push(StructDef {
                name: def.name.map_or(String::new(), name),
                fields: Vec::new(),
                variant_of: def.variant_of.map(|(u, i)| (UnionId(u.0), i)),
            });
        }
        for def in program.types.unions.values().skip(module.types.unions.len()) {
            let variants = def.variants.iter().map(|v| StructId(v.0)).collect();
            module.types.unions.push(UnionDef { name: name(def.name), variants });
        }
        for id in program.types.structs.ids_from(known) {
            let fields = program.types.structs[id]
                .fields
                .iter()
                .map(|&(field, ty)| (name(field), self.get(program, &mut module.types, ty)))
                .collect();
            module.types.structs[StructId(id.0)].fields = fields;
        }
    }

    /// Number of type parameters that a function's code may mention.
    pub fn effective_vars(&self, _program: &Program, fun: FunId) -> u32 {
        self.visible[fun.0 as usize]
    }

    /// The IR type of a value of a checked type.
    pub fn get(&mut self, program: &Program, types: &mut Types, ty: checked::Ty) -> Ty {
        let index = ty.0 as usize;
        if let Some(Some(ty)) = self.types.get(index) {
            return *ty;
        }
        use checked::TyKind as K;
        let result = match program.types.kind(ty) {
            K::Int | K::Int64 => self.int,
            K::Word => Types::I64,
            K::Float => Types::F64,
            K::Bool => Types::BOOL,
            K::Str => Types::STR,
            K::Bigint => Types::BIGINT,
            K::Bigrat => Types::BIGRAT,
            K::Unit | K::Any | K::Error => Types::ANY,
            &K::List(t) => {
                let t = self.get(program, types, t);
                types.list(t)
            }
            &K::Map(k, v) => {
                let (k, v) = (self.get(program, types, k), self.get(program, types, v));
                types.map(k, v)
            }
            &K::Option(t) => {
                let t = self.get(program, types, t);
                types.option(t)
            }
            K::Fun(params, result) => {
                let params = params.iter().map(|&p| self.get(program, types, p)).collect();
                let result = self.result(program, types, *result);
                types.function(params, result)
            }
            K::Struct(id) => types.intern(TyKind::Struct(StructId(id.0))),
            K::Union(id) => types.intern(TyKind::Union(UnionId(id.0))),
            K::Group(..) => {
                let group = self.group(types);
                types.intern(TyKind::Struct(group))
            }
            K::Var(var) => types.intern(TyKind::Var(self.vars.get(var).copied().unwrap_or(0))),
        };
        if self.types.len() <= index {
            self.types.resize(index + 1, None);
        }
        self.types[index] = Some(result);
        result
    }

    /// The struct of groups. One serves all of them, so key and items are stored as `any`; as the items are a list of
    /// their own type, reading them takes no conversion.
    pub fn group(&mut self, types: &mut Types) -> StructId {
        if let Some(id) = self.group {
            return id;
        }
        let items = types.list(Types::ANY);
        let fields = vec![("key".to_string(), Types::ANY), ("items".to_string(), items)];
        let id = types.structs.push(StructDef { name: GROUP_NAME.into(), fields, variant_of: None });
        self.group = Some(id);
        id
    }

    /// The IR type of a function's result: unit stays unit.
    pub fn result(&mut self, program: &Program, types: &mut Types, ty: checked::Ty) -> Ty {
        match program.types.kind(ty) {
            checked::TyKind::Unit => Types::UNIT,
            _ => self.get(program, types, ty),
        }
    }
}

impl Lowering<'_> {
    /// The IR type of a value of a checked type.
    pub fn ty(&mut self, ty: checked::Ty) -> Ty {
        self.types.get(self.program, &mut self.module.types, ty)
    }
    /// The IR type of a function's result.
    pub fn result_ty(&mut self, ty: checked::Ty) -> Ty {
        self.types.result(self.program, &mut self.module.types, ty)
    }
    /// The name of a struct type.
    pub fn struct_name(&self, ty: checked::Ty) -> Option<&str> {
        match self.program.types.kind(ty) {
            checked::TyKind::Struct(id) => {
                Some(self.program.types.structs[*id].name.map_or("struct", |n| self.name(n)))
            }
            _ => None,
        }
    }
    /// The IR type of a runtime function's parameter or result.
    pub fn runtime_ty(&mut self, ty: RuntimeTy) -> Ty {
        match ty {
            RuntimeTy::I64 => Types::I64,
            RuntimeTy::F64 => Types::F64,
            RuntimeTy::Bool => Types::BOOL,
            RuntimeTy::Str => Types::STR,
            RuntimeTy::Any => Types::ANY,
            RuntimeTy::Bigint => Types::BIGINT,
            RuntimeTy::Bigrat => Types::BIGRAT,
            RuntimeTy::ListAny => self.module.types.list(Types::ANY),
            RuntimeTy::ListStr => self.module.types.list(Types::STR),
            RuntimeTy::Unit => Types::UNIT,
        }
    }
}

/// What std may call as `__name(...)`: every runtime function, for the checker. The order is that of
/// [`RuntimeFn::ALL`], which lowering relies on.
pub fn runtime_signatures(types: &mut checked::Types) -> Vec<RuntimeSignature> {
    use checked::Types as T;
    let mut ty = |ty: RuntimeTy| match ty {
        RuntimeTy::I64 => T::INT,
        RuntimeTy::F64 => T::FLOAT,
        RuntimeTy::Bool => T::BOOL,
        RuntimeTy::Str => T::STR,
        RuntimeTy::Any => T::ANY,
        RuntimeTy::Bigint => T::BIGINT,
        RuntimeTy::Bigrat => T::BIGRAT,
        RuntimeTy::ListAny => types.list(T::ANY),
        RuntimeTy::ListStr => types.list(T::STR),
        RuntimeTy::Unit => T::UNIT,
    };
    let row = |f: &RuntimeFn| RuntimeSignature {
        name: f.name(),
        params: f.params().iter().map(|&p| ty(p)).collect(),
        result: ty(f.result()),
    };
    RuntimeFn::ALL.iter().map(row).collect()
}
