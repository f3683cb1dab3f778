//! The numbers of the types that a program needs at run time: what values are tested for, and what containers and fields
//! are made for.

use mochi_abi::{MapType, TypeId};
use mochi_ir::{Ty, TyKind, Types};
use mochi_runtime::types::{Test, Type};
use rustc_hash::FxHashMap;

/// Types and pairs of types, in the order in which they were first asked for.
#[derive(Clone, Debug, Default)]
pub struct TypeNumbers {
    /// From [`TypeId::FIRST`] on.
    pub types: Vec<Type>,
    /// Keys and values of maps, from [`MapType::FIRST`] on.
    pub maps: Vec<(TypeId, TypeId)>,
    known: FxHashMap<Ty, TypeId>,
    known_maps: FxHashMap<(TypeId, TypeId), MapType>,
}

impl TypeNumbers {
    /// The number of a type.
    pub fn type_id(&mut self, types: &Types, ty: Ty) -> TypeId {
        match types.kind(ty) {
            TyKind::I64 => return TypeId::INT,
            TyKind::F64 => return TypeId::FLOAT,
            TyKind::Bool => return TypeId::BOOL,
            TyKind::Str => return TypeId::STR,
            TyKind::Any | TyKind::Ref(_) | TyKind::View(_) | TyKind::Var(_) => return TypeId::ANY,
            _ => {}
        }
        if let Some(&known) = self.known.get(&ty) {
            return known;
        }
        let (test, name) = (self.test(types, ty), types.name_of(ty, "bigint"));
        let id = TypeId(TypeId::FIRST.0 + self.types.len() as u32);
        self.types.push(Type { name: name.into(), test });
        self.known.insert(ty, id);
        id
    }

    /// How a value of a type is known.
    pub fn test(&mut self, types: &Types, ty: Ty) -> Test {
        match types.kind(ty) {
            TyKind::I64 => Test::Int,
            TyKind::F64 => Test::Float,
            TyKind::Bool => Test::Bool,
            TyKind::Str => Test::Str,
            TyKind::Bigint => Test::Bigint,
            TyKind::Bigrat => Test::Bigrat,
            TyKind::Unit => Test::None,
            TyKind::List(elem) if types.dynamic_elem(*elem) => Test::AnyList,
            TyKind::List(elem) => Test::List(self.type_id(types, *elem)),
            TyKind::Map(key, value) => {
                // A map of this type may have to be made where one is missing.
                self.map_type(types, *key, *value);
                let mut part = |ty| (!types.dynamic_elem(ty)).then(|| self.type_id(types, ty));
                Test::Map(part(*key), part(*value))
            }
            TyKind::Option(inner) => Test::Option(Box::new(self.test(types, *inner))),
            TyKind::Struct(id) => Test::Struct(vec![id.0]),
            TyKind::Union(id) => Test::Struct(types.unions[*id].variants.iter().map(|v| v.0).collect()),
            TyKind::Fn(..) => Test::Function(ty.0),
            TyKind::Any | TyKind::Ref(_) | TyKind::View(_) | TyKind::Var(_) => Test::Any,
        }
    }

    /// The number of the types of the keys and values of a map.
    pub fn map_type(&mut self, types: &Types, key: Ty, value: Ty) -> MapType {
        let pair = (self.type_id(types, key), self.type_id(types, value));
        if pair.0.0.max(pair.1.0) <= TypeId::BOOL.0 {
            return MapType::of_kinds(pair.0.kind(), pair.1.kind());
        }
        let next = MapType(MapType::FIRST.0 + self.maps.len() as u32);
        let number = *self.known_maps.entry(pair).or_insert(next);
        if number == next {
            self.maps.push(pair);
        }
        number
    }

    /// The number of a pair that has one.
    pub fn known_map(&self, pair: (TypeId, TypeId)) -> MapType {
        match self.known_maps.get(&pair) {
            Some(&number) => number,
            None => MapType::of_kinds(pair.0.kind(), pair.1.kind()),
        }
    }

    /// Forgets all but so many types and pairs.
    pub fn truncate(&mut self, types: usize, maps: usize) {
        self.types.truncate(types);
        self.maps.truncate(maps);
        self.known.retain(|_, id| ((id.0 - TypeId::FIRST.0) as usize) < types);
        self.known_maps.retain(|_, id| ((id.0 - MapType::FIRST.0) as usize) < maps);
    }
}
