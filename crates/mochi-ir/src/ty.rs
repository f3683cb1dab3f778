//! Types of the IR, interned per module: equal types have equal [`Ty`] ids.
//!
//! Which types may be none: `any`, options, structs, unions and functions. Ints, floats, bools, strings, lists and
//! maps never are.

use mochi_abi::ElemKind;
use mochi_base::{IdVec, id_type};
use rustc_hash::FxHashMap;

id_type! {
    /// A type of a [`Types`] table.
    Ty
}
id_type! {
    /// A struct or a variant of a union.
    StructId
}
id_type! {
    /// A union.
    UnionId
}

/// How deep the parts of a type are that its name in messages shows.
const MAX_DEPTH_IN_NAME: u32 = 6;

/// What a type is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    /// `i64`.
    I64,
    /// `f64`.
    F64,
    /// `bool`.
    Bool,
    /// `unit`: no value.
    Unit,
    /// `str`.
    Str,
    /// `bigint`.
    Bigint,
    /// `bigrat`.
    Bigrat,
    /// `any`.
    Any,
    /// `list<T>`.
    List(Ty),
    /// `map<K, V>`.
    Map(Ty, Ty),
    /// `option<T>`; never of an option or of `any`.
    Option(Ty),
    /// `struct#N`.
    Struct(StructId),
    /// `union#N`.
    Union(UnionId),
    /// `fn(A, B) -> R`.
    Fn(Box<[Ty]>, Ty),
    /// `ref<T>`: a variable shared by closures.
    Ref(Ty),
    /// `view<T>`: data pointer and length of a list, valid while nothing reallocates or frees it.
    View(Ty),
    /// `$N`: a type parameter of the function; gone after linking.
    Var(u32),
}

/// A struct or variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StructDef {
    /// The name that programs print; empty for inline structs.
    pub name: String,
    /// Fields in order of declaration.
    pub fields: Vec<(String, Ty)>,
    /// The union and position when this is a variant.
    pub variant_of: Option<(UnionId, u32)>,
}

/// A union.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnionDef {
    /// The name.
    pub name: String,
    /// Variants in order.
    pub variants: Vec<StructId>,
}

/// The types of a module.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: IdVec<Ty, TyKind>,
    ids: FxHashMap<TyKind, Ty>,
    /// Whether each type mentions a type parameter.
    has_vars: IdVec<Ty, bool>,
    /// All structs.
    pub structs: IdVec<StructId, StructDef>,
    /// All unions.
    pub unions: IdVec<UnionId, UnionDef>,
}

impl Default for Types {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! fixed {
    ($($const:ident = $index:literal $kind:ident;)*) => {
        impl Types {
            $(#[doc = concat!("The type `", stringify!($kind), "`.")] pub const $const: Ty = Ty($index);)*

            /// A table of the types without parts.
            pub fn new() -> Self {
                let mut types = Self {
                    kinds: IdVec::new(),
                    ids: FxHashMap::default(),
                    has_vars: IdVec::new(),
                    structs: IdVec::new(),
                    unions: IdVec::new(),
                };
                $(let id = types.intern(TyKind::$kind); debug_assert_eq!(id, Self::$const);)*
                types
            }
        }
    };
}
fixed! {
    I64 = 0 I64;
    F64 = 1 F64;
    BOOL = 2 Bool;
    UNIT = 3 Unit;
    STR = 4 Str;
    BIGINT = 5 Bigint;
    ANY = 6 Any;
    BIGRAT = 7 Bigrat;
}

impl Types {
    /// The id of a type.
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        if let Some(&id) = self.ids.get(&kind) {
            return id;
        }
        let has_vars = match &kind {
            TyKind::Var(_) => true,
            TyKind::List(t) | TyKind::Option(t) | TyKind::Ref(t) | TyKind::View(t) => self.has_vars(*t),
            TyKind::Map(k, v) => self.has_vars(*k) || self.has_vars(*v),
            TyKind::Fn(params, result) => params.iter().any(|&p| self.has_vars(p)) || self.has_vars(*result),
            TyKind::I64
            | TyKind::F64
            | TyKind::Bool
            | TyKind::Unit
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Any
            | TyKind::Struct(_)
            | TyKind::Union(_) => false,
        };
        self.has_vars.push(has_vars);
        let id = self.kinds.push(kind.clone());
        self.ids.insert(kind, id);
        id
    }
    /// The id of a type that is in the table.
    pub fn lookup(&self, kind: &TyKind) -> Option<Ty> {
        self.ids.get(kind).copied()
    }
    /// What a type is.
    pub fn kind(&self, ty: Ty) -> &TyKind {
        &self.kinds[ty]
    }
    /// All types, parts before what they are parts of.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = Ty> + use<> {
        self.kinds.ids()
    }
    /// The types from the first of this number on.
    pub fn ids_from(&self, first: usize) -> impl Iterator<Item = Ty> + use<> {
        self.kinds.ids_from(first)
    }
    /// Number of types.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }
    /// Whether there is no type; there always is.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Whether an id is of this table.
    pub fn contains(&self, ty: Ty) -> bool {
        self.kinds.get(ty).is_some()
    }
    /// `list<T>`.
    pub fn list(&mut self, elem: Ty) -> Ty {
        self.intern(TyKind::List(elem))
    }
    /// `map<K, V>`.
    pub fn map(&mut self, key: Ty, value: Ty) -> Ty {
        self.intern(TyKind::Map(key, value))
    }
    /// `option<T>`, flattened: an option of an option or of `any` is that type itself.
    pub fn option(&mut self, inner: Ty) -> Ty {
        match self.kind(inner) {
            TyKind::Option(_) | TyKind::Any => inner,
            _ => self.intern(TyKind::Option(inner)),
        }
    }
    /// `ref<T>`.
    pub fn reference(&mut self, inner: Ty) -> Ty {
        self.intern(TyKind::Ref(inner))
    }
    /// `view<T>`.
    pub fn view(&mut self, elem: Ty) -> Ty {
        self.intern(TyKind::View(elem))
    }
    /// `fn(params) -> result`.
    pub fn function(&mut self, params: Vec<Ty>, result: Ty) -> Ty {
        self.intern(TyKind::Fn(params.into(), result))
    }

    /// How a value of this type is stored in containers, fields and registers. Views are two words and nowhere but in
    /// registers; unit is nowhere. Type parameters count as cells.
    pub fn elem_kind(&self, ty: Ty) -> ElemKind {
        match self.kind(ty) {
            TyKind::I64 => ElemKind::I64,
            TyKind::F64 => ElemKind::F64,
            TyKind::Bool => ElemKind::Bool,
            TyKind::Unit
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Any
            | TyKind::List(_)
            | TyKind::Map(..)
            | TyKind::Option(_)
            | TyKind::Struct(_)
            | TyKind::Union(_)
            | TyKind::Fn(..)
            | TyKind::Ref(_)
            | TyKind::View(_)
            | TyKind::Var(_) => ElemKind::Cell,
        }
    }

    /// Whether none is a value of this type.
    pub fn nullable(&self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            TyKind::Any | TyKind::Option(_) | TyKind::Struct(_) | TyKind::Union(_) | TyKind::Fn(..)
        )
    }

    /// Whether containers typed with this element type may, at run time, be ones of another: `list<any>` code may be
    /// handed a `list<int>`, which is stored in another way and takes nothing but ints.
    pub fn dynamic_elem(&self, ty: Ty) -> bool {
        ty == Types::ANY
    }

    /// The name of a type in messages, where the one for bigints is given: an int may be one. What is deep in a type is
    /// left out.
    pub fn name_of(&self, ty: Ty, bigint: &str) -> String {
        self.name_to_depth(ty, bigint, MAX_DEPTH_IN_NAME)
    }
    fn name_to_depth(&self, ty: Ty, bigint: &str, depth: u32) -> String {
        let Some(depth) = depth.checked_sub(1) else { return "...".into() };
        let name = |ty| self.name_to_depth(ty, bigint, depth);
        match self.kind(ty) {
            TyKind::I64 => "int".into(),
            TyKind::F64 => "float".into(),
            TyKind::Bool => "bool".into(),
            TyKind::Unit => "unit".into(),
            TyKind::Str => "string".into(),
            TyKind::Bigint => bigint.into(),
            TyKind::Bigrat => "bigrat".into(),
            TyKind::Any => "any".into(),
            TyKind::Var(_) => "the type that is asked for".into(),
            &TyKind::List(t) => format!("list<{}>", name(t)),
            &TyKind::Map(k, v) => format!("map<{}, {}>", name(k), name(v)),
            &TyKind::Option(t) | &TyKind::Ref(t) | &TyKind::View(t) => format!("{}?", name(t)),
            TyKind::Struct(id) => {
                let name = &self.structs[*id].name;
                if name.is_empty() { "struct".into() } else { name.clone() }
            }
            TyKind::Union(id) => self.unions[*id].name.clone(),
            TyKind::Fn(params, result) => {
                let params: Vec<String> = params.iter().map(|&p| name(p)).collect();
                format!("fun({}): {}", params.join(", "), name(*result))
            }
        }
    }

    /// The type with its parameters replaced.
    pub fn substitute(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        if args.is_empty() {
            return ty;
        }
        match self.kind(ty).clone() {
            TyKind::Var(n) => args.get(n as usize).copied().unwrap_or(ty),
            TyKind::List(t) => {
                let t = self.substitute(t, args);
                self.list(t)
            }
            TyKind::Map(k, v) => {
                let (k, v) = (self.substitute(k, args), self.substitute(v, args));
                self.map(k, v)
            }
            TyKind::Option(t) => {
                let t = self.substitute(t, args);
                self.option(t)
            }
            TyKind::Ref(t) => {
                let t = self.substitute(t, args);
                self.reference(t)
            }
            TyKind::View(t) => {
                let t = self.substitute(t, args);
                self.view(t)
            }
            TyKind::Fn(params, result) => {
                let params = params.iter().map(|&p| self.substitute(p, args)).collect();
                let result = self.substitute(result, args);
                self.function(params, result)
            }
            TyKind::I64
            | TyKind::F64
            | TyKind::Bool
            | TyKind::Unit
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Any
            | TyKind::Struct(_)
            | TyKind::Union(_) => ty,
        }
    }

    /// The id of a type of another table. Structs and unions keep their numbers.
    pub fn import(&mut self, from: &Types, ty: Ty) -> Ty {
        let kind = match from.kind(ty).clone() {
            TyKind::List(t) => TyKind::List(self.import(from, t)),
            TyKind::Map(k, v) => TyKind::Map(self.import(from, k), self.import(from, v)),
            TyKind::Option(t) => TyKind::Option(self.import(from, t)),
            TyKind::Ref(t) => TyKind::Ref(self.import(from, t)),
            TyKind::View(t) => TyKind::View(self.import(from, t)),
            TyKind::Fn(params, result) => {
                let params = params.iter().map(|&p| self.import(from, p)).collect();
                TyKind::Fn(params, self.import(from, result))
            }
            kind @ (TyKind::I64
            | TyKind::F64
            | TyKind::Bool
            | TyKind::Unit
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Any
            | TyKind::Struct(_)
            | TyKind::Union(_)
            | TyKind::Var(_)) => kind,
        };
        self.intern(kind)
    }

    /// Whether the type mentions a type parameter.
    pub fn has_vars(&self, ty: Ty) -> bool {
        self.has_vars[ty]
    }
}
