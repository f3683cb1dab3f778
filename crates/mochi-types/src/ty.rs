//! Types of the language, interned: equal types have equal [`Ty`] ids.

use mochi_base::{IdVec, Name, Span, id_type};
use rustc_hash::FxHashMap;

id_type! {
    /// A type of a [`Types`] table.
    Ty
}
id_type! {
    /// A struct: declared, inline, or a variant of a union.
    StructId
}
id_type! {
    /// A declared union.
    UnionId
}
id_type! {
    /// A type parameter of a generic function.
    TypeVar
}

/// What a type is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    /// `int`; with `--int=big` it is unbounded.
    Int,
    /// `int64`: the same values as `int`.
    Int64,
    /// `float`.
    Float,
    /// `bool`.
    Bool,
    /// `string`.
    Str,
    /// `bigint`.
    Bigint,
    /// `bigrat`.
    Bigrat,
    /// The type of functions without a result.
    Unit,
    /// The top type.
    Any,
    /// `list<T>`.
    List(Ty),
    /// `map<K, V>`.
    Map(Ty, Ty),
    /// `T?`; never an option of an option, of `any` or of unit.
    Option(Ty),
    /// `fun(A, B): R`.
    Fun(Box<[Ty]>, Ty),
    /// A struct, or one variant of a union.
    Struct(StructId),
    /// A union.
    Union(UnionId),
    /// The group of a query: key type, item type.
    Group(Ty, Ty),
    /// A type parameter.
    Var(TypeVar),
    /// A machine int of hidden code, also where `int` is unbounded.
    Word,
    /// The type of expressions that already have a diagnostic; fits everywhere silently.
    Error,
}

impl TyKind {
    /// Calls `each` with the types that this one is made of. Structs and unions are names and have no parts.
    pub fn for_each_part(&self, mut each: impl FnMut(Ty)) {
        match self {
            TyKind::List(part) | TyKind::Option(part) => each(*part),
            TyKind::Map(a, b) | TyKind::Group(a, b) => {
                each(*a);
                each(*b);
            }
            TyKind::Fun(params, result) => {
                params.iter().for_each(|&param| each(param));
                each(*result);
            }
            TyKind::Int
            | TyKind::Int64
            | TyKind::Float
            | TyKind::Bool
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Word
            | TyKind::Unit
            | TyKind::Any
            | TyKind::Struct(_)
            | TyKind::Union(_)
            | TyKind::Var(_)
            | TyKind::Error => {}
        }
    }
    /// Whether the type is made of other types.
    pub fn has_parts(&self) -> bool {
        matches!(
            self,
            TyKind::List(_) | TyKind::Option(_) | TyKind::Map(..) | TyKind::Group(..) | TyKind::Fun(..)
        )
    }
    /// Whether this is a type of numbers.
    pub fn is_numeric(&self) -> bool {
        matches!(self, TyKind::Int | TyKind::Int64 | TyKind::Float | TyKind::Bigint | TyKind::Bigrat)
    }
}

/// A struct type.
#[derive(Clone, Debug)]
pub struct StructDef {
    /// The declared name; `None` for inline structs.
    pub name: Option<Name>,
    /// Fields in order of declaration.
    pub fields: Vec<(Name, Ty)>,
    /// The union and position when this is a variant.
    pub variant_of: Option<(UnionId, u32)>,
    /// Its declaration.
    pub span: Span,
}

/// A union type.
#[derive(Clone, Debug)]
pub struct UnionDef {
    /// The declared name.
    pub name: Name,
    /// Variants in order of declaration.
    pub variants: Vec<StructId>,
    /// Its declaration.
    pub span: Span,
}

/// All types of a program.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: IdVec<Ty, TyKind>,
    /// For each type, whether a [`TyKind::Var`] occurs in it.
    mentions_var: Vec<bool>,
    ids: FxHashMap<TyKind, Ty>,
    /// All structs.
    pub structs: IdVec<StructId, StructDef>,
    /// All unions.
    pub unions: IdVec<UnionId, UnionDef>,
    /// Names of the type parameters.
    pub vars: IdVec<TypeVar, Name>,
}

/// How much there is in a table of [`Types`].
#[derive(Clone, Copy, Default, Debug)]
pub struct TypesSize {
    kinds: usize,
    structs: usize,
    unions: usize,
    vars: usize,
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
                    mentions_var: Vec::new(),
                    ids: FxHashMap::default(),
                    structs: IdVec::new(),
                    unions: IdVec::new(),
                    vars: IdVec::new(),
                };
                $(let id = types.intern(TyKind::$kind); assert_eq!(id, Self::$const);)*
                let again = types.kinds.push(TyKind::Any);
                assert_eq!(again, Self::AGAIN);
                types.mentions_var.push(false);
                types
            }
        }
    };
}
fixed! {
    INT = 0 Int;
    INT64 = 1 Int64;
    FLOAT = 2 Float;
    BOOL = 3 Bool;
    STR = 4 Str;
    BIGINT = 5 Bigint;
    BIGRAT = 6 Bigrat;
    UNIT = 7 Unit;
    ANY = 8 Any;
    ERROR = 9 Error;
    WORD = 10 Word;
}

impl Types {
    /// Where an alias mentions itself, while checking: an `any` that fits whatever is wanted in either profile.
    pub(crate) const AGAIN: Ty = Ty(11);

    /// The id of a type.
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        if let Some(&id) = self.ids.get(&kind) {
            return id;
        }
        let mut mentions = matches!(kind, TyKind::Var(_));
        kind.for_each_part(|part| mentions |= self.mentions_var[part.0 as usize]);
        self.mentions_var.push(mentions);
        let id = self.kinds.push(kind.clone());
        self.ids.insert(kind, id);
        id
    }
    /// Whether a type parameter (or, while checking, an inference variable) occurs in a type.
    pub fn mentions_var(&self, ty: Ty) -> bool {
        self.mentions_var[ty.0 as usize]
    }
    /// What a type is.
    pub fn kind(&self, ty: Ty) -> &TyKind {
        &self.kinds[ty]
    }
    /// How much there is.
    pub fn size(&self) -> TypesSize {
        TypesSize {
            kinds: self.kinds.len(),
            structs: self.structs.len(),
            unions: self.unions.len(),
            vars: self.vars.len(),
        }
    }
    /// Forgets everything that came after; nobody may keep an id of it.
    pub fn cut_back(&mut self, size: &TypesSize) {
        for kind in self.kinds.values().skip(size.kinds) {
            self.ids.remove(kind);
        }
        self.kinds.truncate(size.kinds);
        self.mentions_var.truncate(size.kinds);
        self.structs.truncate(size.structs);
        self.unions.truncate(size.unions);
        self.vars.truncate(size.vars);
    }
    /// Number of distinct types.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }
    /// Never: some types always exist.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// `list<T>`.
    pub fn list(&mut self, elem: Ty) -> Ty {
        self.intern(TyKind::List(elem))
    }
    /// `map<K, V>`.
    pub fn map(&mut self, key: Ty, value: Ty) -> Ty {
        self.intern(TyKind::Map(key, value))
    }
    /// `T?`, flattened: an option of an option is that option, an option of `any` is `any`.
    pub fn option(&mut self, inner: Ty) -> Ty {
        match self.kind(inner) {
            TyKind::Option(_) | TyKind::Any | TyKind::Error => inner,
            TyKind::Unit => Self::ANY,
            _ => self.intern(TyKind::Option(inner)),
        }
    }
    /// `fun(params): result`.
    pub fn fun(&mut self, params: Vec<Ty>, result: Ty) -> Ty {
        self.intern(TyKind::Fun(params.into(), result))
    }
}
