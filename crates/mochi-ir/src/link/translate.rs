//! Types of one module in another.

use crate::ty::{StructDef, StructId, Ty, TyKind, Types, UnionDef, UnionId};
use rustc_hash::FxHashMap;

/// How the types of a module have become those of another so far.
#[derive(Clone, Default)]
pub(super) struct Translation {
    /// By type, without type parameters replaced.
    types: Vec<Option<Ty>>,
    /// The last type arguments, and what types with type parameters have become with them.
    instance: (Box<[Ty]>, FxHashMap<Ty, Ty>),
    structs: FxHashMap<StructId, StructId>,
    unions: FxHashMap<UnionId, UnionId>,
    /// Structs whose fields are still to come. Structs contain each other, so this cannot be done at once.
    pending: Vec<StructId>,
}

impl Translation {
    /// The type in the other table, with type parameters replaced by types of that table; without arguments they stay.
    pub(super) fn ty(&mut self, from: &Types, to: &mut Types, ty: Ty, args: &[Ty]) -> Ty {
        if !args.is_empty() && from.has_vars(ty) {
            return self.instance_of(from, to, ty, args);
        }
        let index = ty.0 as usize;
        if let Some(&Some(known)) = self.types.get(index) {
            return known;
        }
        let new = self.compute(from, to, ty, &[]);
        if self.types.len() <= index {
            self.types.resize(index + 1, None);
        }
        self.types[index] = Some(new);
        new
    }

    fn instance_of(&mut self, from: &Types, to: &mut Types, ty: Ty, args: &[Ty]) -> Ty {
        if *self.instance.0 != *args {
            self.instance = (args.into(), FxHashMap::default());
        }
        if let Some(&known) = self.instance.1.get(&ty) {
            return known;
        }
        let new = self.compute(from, to, ty, args);
        self.instance.1.insert(ty, new);
        new
    }

    fn compute(&mut self, from: &Types, to: &mut Types, ty: Ty, args: &[Ty]) -> Ty {
        match from.kind(ty) {
            TyKind::I64
            | TyKind::F64
            | TyKind::Bool
            | TyKind::Unit
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Any => ty,
            &TyKind::List(t) => {
                let t = self.ty(from, to, t, args);
                to.list(t)
            }
            &TyKind::Map(k, v) => {
                let (k, v) = (self.ty(from, to, k, args), self.ty(from, to, v, args));
                to.map(k, v)
            }
            &TyKind::Option(t) => {
                let t = self.ty(from, to, t, args);
                to.option(t)
            }
            &TyKind::Ref(t) => {
                let t = self.ty(from, to, t, args);
                to.reference(t)
            }
            &TyKind::View(t) => {
                let t = self.ty(from, to, t, args);
                to.view(t)
            }
            TyKind::Fn(params, result) => {
                let params = params.iter().map(|&p| self.ty(from, to, p, args)).collect();
                let result = self.ty(from, to, *result, args);
                to.function(params, result)
            }
            &TyKind::Struct(id) => {
                let id = self.struct_id(from, to, id);
                to.intern(TyKind::Struct(id))
            }
            &TyKind::Union(id) => {
                let id = self.union_id(from, to, id);
                to.intern(TyKind::Union(id))
            }
            &TyKind::Var(n) => args.get(n as usize).copied().unwrap_or_else(|| to.intern(TyKind::Var(n))),
        }
    }

    /// The struct in the other table.
    pub(super) fn struct_id(&mut self, from: &Types, to: &mut Types, id: StructId) -> StructId {
        *self.structs.entry(id).or_insert_with(|| {
            self.pending.push(id);
            let name = from.structs[id].name.clone();
            to.structs.push(StructDef { name, fields: Vec::new(), variant_of: None })
        })
    }

    /// The union in the other table, which has all its variants.
    fn union_id(&mut self, from: &Types, to: &mut Types, id: UnionId) -> UnionId {
        if let Some(&new) = self.unions.get(&id) {
            return new;
        }
        let def = &from.unions[id];
        let new = to.unions.push(UnionDef { name: def.name.clone(), variants: Vec::new() });
        self.unions.insert(id, new);
        let variants = def.variants.iter().map(|&v| self.struct_id(from, to, v)).collect();
        to.unions[new].variants = variants;
        new
    }

    /// Gives structs that are new in the other table their fields. Comes after the last type.
    pub(super) fn finish(&mut self, from: &Types, to: &mut Types) {
        while let Some(id) = self.pending.pop() {
            let (def, new) = (&from.structs[id], self.structs[&id]);
            let fields =
                def.fields.iter().map(|(name, ty)| (name.clone(), self.ty(from, to, *ty, &[]))).collect();
            to.structs[new].fields = fields;
            to.structs[new].variant_of =
                def.variant_of.map(|(union, position)| (self.union_id(from, to, union), position));
        }
    }
}

/// Whether types of two tables are the same. Structs and unions of two tables never are.
pub(super) fn same(a: &Types, x: Ty, b: &Types, y: Ty) -> bool {
    match (a.kind(x), b.kind(y)) {
        (TyKind::List(s), TyKind::List(t))
        | (TyKind::Option(s), TyKind::Option(t))
        | (TyKind::Ref(s), TyKind::Ref(t))
        | (TyKind::View(s), TyKind::View(t)) => same(a, *s, b, *t),
        (TyKind::Map(k, v), TyKind::Map(l, w)) => same(a, *k, b, *l) && same(a, *v, b, *w),
        (TyKind::Fn(ps, p), TyKind::Fn(qs, q)) => {
            ps.len() == qs.len() && ps.iter().zip(qs).all(|(&p, &q)| same(a, p, b, q)) && same(a, *p, b, *q)
        }
        (TyKind::Struct(_) | TyKind::Union(_), _) => false,
        (s, t) => s == t,
    }
}
