//! Types, and what is known about what has them.

use super::Generator;

/// A type of the language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    Int,
    Float,
    Bool,
    Str,
    Big,
    Any,
    List(Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
    Opt(Box<Ty>),
    /// A struct or a union by number.
    Struct(usize),
    Union(usize),
    Fun(Vec<Ty>, Box<Ty>),
}

impl Ty {
    pub fn list(of: Ty) -> Ty {
        Ty::List(Box::new(of))
    }
    /// Whether `print` shows values, and not only that there is a function.
    pub fn is_shown(&self) -> bool {
        !matches!(self, Ty::Fun(..))
    }
    /// Whether values of it grow when they are combined.
    pub fn grows(&self) -> bool {
        matches!(self, Ty::Str | Ty::Big | Ty::List(_))
    }
}

pub struct Struct {
    pub name: String,
    pub fields: Vec<(String, Ty)>,
    /// A method of no parameters that gives an int.
    pub method: Option<String>,
}

pub struct Union {
    pub name: String,
    pub variants: Vec<(String, Vec<(String, Ty)>)>,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    /// The first is fuel when it calls itself.
    pub params: Vec<Ty>,
    pub result: Ty,
    /// Steps that a call takes at most, nearly.
    pub cost: u64,
    pub recursive: bool,
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub ty: Ty,
    /// Whether it may be assigned.
    pub mutable: bool,
}

impl Generator<'_> {
    /// A type without parts.
    pub fn scalar(&mut self) -> Ty {
        self.c.of_types(&[Ty::Int, Ty::Int, Ty::Float, Ty::Bool, Ty::Str])
    }
    /// A type of keys.
    pub fn key(&mut self) -> Ty {
        self.c.of_types(&[Ty::Int, Ty::Str])
    }
    /// Any type of values, with parts so deep.
    pub fn ty(&mut self, depth: u32) -> Ty {
        if depth == 0 {
            return self.scalar();
        }
        match self.c.below(16) {
            0..=6 => self.scalar(),
            7..=8 => Ty::list(self.ty(depth - 1)),
            9 => Ty::Map(Box::new(self.key()), Box::new(self.ty(depth - 1))),
            10 if !self.structs.is_empty() => Ty::Struct(self.c.below(self.structs.len())),
            11 if !self.unions.is_empty() => Ty::Union(self.c.below(self.unions.len())),
            12 => Ty::Opt(Box::new(self.scalar())),
            13 => Ty::Any,
            14 => Ty::Big,
            15 => Ty::Fun((0..1 + self.c.below(2)).map(|_| self.scalar()).collect(), Box::new(self.scalar())),
            _ => Ty::list(Ty::Int),
        }
    }

    /// A type as it is written.
    pub fn written(&self, ty: &Ty) -> String {
        match ty {
            Ty::Int => "int".into(),
            Ty::Float => "float".into(),
            Ty::Bool => "bool".into(),
            Ty::Str => "string".into(),
            Ty::Big => "bigint".into(),
            Ty::Any => "any".into(),
            Ty::List(of) => format!("list<{}>", self.written(of)),
            Ty::Map(key, value) => format!("map<{}, {}>", self.written(key), self.written(value)),
            Ty::Opt(of) => format!("{}?", self.written(of)),
            Ty::Struct(n) => self.structs[*n].name.clone(),
            Ty::Union(n) => self.unions[*n].name.clone(),
            Ty::Fun(params, result) => {
                let params: Vec<String> = params.iter().map(|ty| self.written(ty)).collect();
                format!("fun({}): {}", params.join(", "), self.written(result))
            }
        }
    }

    pub fn declare_types(&mut self) {
        for _ in 0..self.c.below(3) {
            let name = self.name("S");
            let fields: Vec<(String, Ty)> = (0..1 + self.c.below(4))
                .map(|_| {
                    let ty = self.ty(1);
                    (self.name("f"), if matches!(ty, Ty::Fun(..)) { Ty::Int } else { ty })
                })
                .collect();
            self.line(&format!("type {name} {{"));
            for (field, ty) in &fields {
                let ty = self.written(ty);
                self.line(&format!("  {field}: {ty}"));
            }
            let counted = fields.iter().find(|(_, ty)| *ty == Ty::Int).map(|(field, _)| field.clone());
            let mut method = None;
            if let Some(field) = counted
                && self.c.chance(60)
            {
                let name = self.name("m");
                self.line(&format!("  fun {name}(): int {{"));
                self.line(&format!("    {field} = {field} + 1"));
                self.line(&format!("    return {field}"));
                self.line("  }");
                method = Some(name);
            }
            self.line("}");
            self.structs.push(Struct { name, fields, method });
        }
        if self.c.chance(50) {
            let name = self.name("U");
            let mut variants = Vec::new();
            for n in 0..2 + self.c.below(3) {
                let variant = self.name("V");
                let mut fields = Vec::new();
                // The first ends what contains itself.
                for _ in 0..self.c.below(3) {
                    let ty = if n > 0 && self.c.chance(25) { Ty::Union(0) } else { self.scalar() };
                    fields.push((self.name("u"), ty));
                }
                variants.push((variant, fields));
            }
            self.unions.push(Union { name: name.clone(), variants: variants.clone() });
            let shown: Vec<String> = variants
                .iter()
                .map(|(variant, fields)| {
                    let fields: Vec<String> =
                        fields.iter().map(|(field, ty)| format!("{field}: {}", self.written(ty))).collect();
                    if fields.is_empty() {
                        variant.clone()
                    } else {
                        format!("{variant}({})", fields.join(", "))
                    }
                })
                .collect();
            self.line(&format!("type {name} = {}", shown.join(" | ")));
        }
    }
}

/// Choices among what is not `Copy`.
pub trait Chooses {
    fn of_types(&mut self, types: &[Ty]) -> Ty;
}

impl Chooses for mochi_ir::generate::Choices<'_> {
    fn of_types(&mut self, types: &[Ty]) -> Ty {
        types[self.below(types.len())].clone()
    }
}
