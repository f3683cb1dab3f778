//! Makes valid modules for tests: the same choices, the same module.
//!
//! What is made obeys the verifier and, beyond it, the promises that an op makes to who runs it (an index that is proved to
//! be in range is, a value taken for a type is of it), and comes to an end: loops are counted, and calls go to functions
//! of higher numbers only, unless through function values. So a module can be run before and after a pass.
//!
//! [`scramble`] breaks a module at random, for those who must cope with anything.

mod func;
mod inst;
mod scramble;
mod value;

use crate::func::Func;
use crate::module::{FuncId, Global, Module};
use crate::ty::{StructDef, StructId, Ty, TyKind, Types, UnionDef, UnionId};

pub use scramble::scramble;

/// Where choices come from.
#[derive(Debug)]
pub struct Choices<'a> {
    /// The bytes that decide; `None` for the random numbers of `state`.
    bytes: Option<&'a [u8]>,
    state: u64,
}

impl<'a> Choices<'a> {
    /// Random choices that follow from a number.
    pub fn of_seed(seed: u64) -> Self {
        Self { bytes: None, state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }
    /// Choices that bytes make. After the last byte every choice is the first one, which ends what is made soon.
    pub fn of_bytes(bytes: &'a [u8]) -> Self {
        Self { bytes: Some(bytes), state: 0 }
    }
    /// Whether all bytes are used up.
    pub fn exhausted(&self) -> bool {
        self.bytes.is_some_and(<[u8]>::is_empty)
    }

    /// A number below `n`, which is not zero.
    pub fn below(&mut self, n: usize) -> usize {
        debug_assert!(n > 0);
        if n == 1 { 0 } else { self.number(n <= 256) as usize % n }
    }
    /// Whether something of this chance in a hundred happens.
    pub fn chance(&mut self, percent: usize) -> bool {
        // Not the first choice: bytes that are used up decide against.
        self.below(100) >= 100 - percent
    }
    /// One of some things.
    pub fn of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }
    /// An int: mostly small, sometimes at the edges.
    pub fn int(&mut self) -> i64 {
        match self.below(8) {
            0 => 0,
            1..=5 => self.below(256) as i64 - 128,
            6 => self.of(&[i64::MAX, i64::MIN, 1 << 47, -(1 << 47) - 1, u32::MAX as i64 + 1, -1]),
            _ => (self.number(false) as i64) << 32 | self.number(false) as i64,
        }
    }

    fn number(&mut self, small: bool) -> u32 {
        let Some(bytes) = &mut self.bytes else {
            // xorshift64*
            self.state ^= self.state >> 12;
            self.state ^= self.state << 25;
            self.state ^= self.state >> 27;
            return (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as u32;
        };
        let take = if small { 1 } else { 4 };
        let (head, rest) = bytes.split_at(take.min(bytes.len()));
        *bytes = rest;
        head.iter().fold(0, |n, &b| n << 8 | u32::from(b))
    }
}

/// A valid module with an entry.
pub fn generate(choices: &mut Choices<'_>) -> Module {
    let mut g = Generator { c: choices, module: Module::new(), types: Vec::new() };
    g.structs();
    g.globals();
    g.heads();
    for id in g.module.funcs.ids() {
        g.body(id);
    }
    g.module
}

struct Generator<'c, 'a> {
    c: &'c mut Choices<'a>,
    module: Module,
    /// Types without type parameters that are in use.
    types: Vec<Ty>,
}

/// Types without parts that values have.
const SCALARS: [Ty; 6] = [Types::I64, Types::F64, Types::BOOL, Types::STR, Types::ANY, Types::BIGINT];

impl Generator<'_, '_> {
    fn structs(&mut self) {
        let structs = self.c.below(4) as u32;
        for n in 0..structs {
            let ty = self.module.types.intern(TyKind::Struct(StructId(n)));
            self.types.push(ty);
        }
        for n in 0..structs {
            let fields = (0..self.c.below(4)).map(|i| (format!("f{i}"), self.some_ty(2))).collect();
            self.module.types.structs.push(StructDef { name: format!("S{n}"), fields, variant_of: None });
        }
        if structs > 1 {
            let variants: Vec<StructId> = (0..2).map(StructId).collect();
            for (i, &id) in variants.iter().enumerate() {
                self.module.types.structs[id].variant_of = Some((UnionId(0), i as u32));
            }
            self.module.types.unions.push(UnionDef { name: "U".into(), variants });
            let ty = self.module.types.intern(TyKind::Union(UnionId(0)));
            self.types.push(ty);
        }
    }

    fn globals(&mut self) {
        for i in 0..self.c.below(3) {
            let ty = self.some_ty(2);
            self.module.globals.push(Global { name: format!("g{i}"), ty });
        }
    }

    fn heads(&mut self) {
        for n in 0..1 + self.c.below(6) {
            let mut func = Func::declaration(format!("f{n}"), 0, Vec::new(), Types::UNIT);
            if n == 0 {
                self.module.entry = Some(FuncId(0));
            } else {
                func.type_params = [0, 0, 0, 1, 2][self.c.below(5)];
                let vars: Vec<Ty> =
                    (0..func.type_params).map(|n| self.module.types.intern(TyKind::Var(n))).collect();
                for _ in 0..self.c.below(4) {
                    let ty = self.ty_of(2, &vars);
                    let ty = if self.c.chance(10) { self.module.types.reference(ty) } else { ty };
                    func.params.push(ty);
                }
                // What is a ref is captured: nothing else passes one.
                let refs = |ty: &Ty| matches!(self.module.types.kind(*ty), TyKind::Ref(_));
                func.captures = func.params.iter().rposition(refs).map_or(0, |i| i as u32 + 1);
                if self.c.chance(70) {
                    func.result = self.ty_of(2, &vars);
                }
            }
            if self.c.chance(20) {
                func.shown = format!("shown {n}");
            }
            self.module.add_func(func);
        }
    }

    /// A type of values without type parameters.
    fn some_ty(&mut self, depth: u32) -> Ty {
        self.ty_of(depth, &[])
    }

    /// A type of values with these type parameters.
    fn ty_of(&mut self, depth: u32, vars: &[Ty]) -> Ty {
        let shapes = if depth == 0 { 3 } else { 8 };
        match self.c.below(shapes) {
            0 => self.c.of(&SCALARS),
            1 if !vars.is_empty() => self.c.of(vars),
            1 => Types::I64,
            2 if !self.types.is_empty() => self.c.of(&self.types),
            2 => Types::STR,
            3 | 4 => {
                let elem = self.ty_of(depth - 1, vars);
                self.module.types.list(elem)
            }
            5 => {
                let key = self.c.of(&[Types::STR, Types::I64, Types::ANY, Types::BOOL]);
                let value = self.ty_of(depth - 1, vars);
                self.module.types.map(key, value)
            }
            6 => {
                let inner = self.ty_of(depth - 1, vars);
                self.module.types.option(inner)
            }
            _ => {
                let params = (0..self.c.below(3)).map(|_| self.ty_of(depth - 1, vars)).collect();
                let result = if self.c.chance(20) { Types::UNIT } else { self.ty_of(depth - 1, vars) };
                self.module.types.function(params, result)
            }
        }
    }
}
