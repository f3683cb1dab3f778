//! Bytes to types and functions.

use mochi_base::Span;
use smallvec::SmallVec;

use super::bytes::Reader;
use super::{Decoded, MANY, flag};
use crate::func::{Block, Def, Func, Inst, InstData, Origin, Scope, ScopeData, Target, Value, ValueData};
use crate::module::{FuncId, GlobalId, StrId};
use crate::op::{Imm, ImmKind, Op};
use crate::ty::{StructId, Ty, TyKind, Types, UnionId};
use mochi_abi::{RuntimeFn, TrapKind};

/// How many of each there are in a library, so that every id that is read can be checked.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) strings: usize,
    pub(super) types: usize,
    pub(super) structs: usize,
    pub(super) unions: usize,
    pub(super) globals: usize,
    pub(super) funcs: usize,
}

/// The type table, with the types of fields still to come.
pub(super) fn types(r: &mut Reader<'_>, counts: Counts) -> Decoded<Types> {
    let mut types = Types::new();
    let count = r.u32()? as usize;
    let fixed = types.len();
    if count < fixed || count - fixed > r.bytes.len() - r.at {
        return r.damaged();
    }
    for index in fixed..count {
        let kind = r.byte()?;
        // Parts come before what they are parts of, so types have an end.
        let part = |r: &mut Reader<'_>| Ok(Ty(r.below(index)?));
        let kind = match kind {
            0 => TyKind::List(part(r)?),
            1 => TyKind::Map(part(r)?, part(r)?),
            2 => TyKind::Option(part(r)?),
            3 => TyKind::Ref(part(r)?),
            4 => TyKind::View(part(r)?),
            5 => TyKind::Struct(StructId(r.below(counts.structs)?)),
            6 => TyKind::Union(UnionId(r.below(counts.unions)?)),
            7 => TyKind::Var(r.u32()?),
            8 => {
                let n = r.count()?;
                let result = part(r)?;
                let params: Decoded<Vec<Ty>> = (0..n).map(|_| part(r)).collect();
                TyKind::Fn(params?.into(), result)
            }
            _ => return r.damaged(),
        };
        // A type that was there before would get another id than its position.
        if types.intern(kind) != Ty(index as u32) {
            return r.damaged();
        }
    }
    Ok(types)
}

/// A function at a place in the bytes.
pub(super) struct FuncReader<'a> {
    pub(super) r: Reader<'a>,
    pub(super) counts: Counts,
    /// Name and shown name.
    pub(super) names: (StrId, StrId),
}

impl<'a> FuncReader<'a> {
    /// Reads the names.
    pub(super) fn open(mut r: Reader<'a>, counts: Counts) -> Decoded<Self> {
        let names = (StrId(r.below(counts.strings)?), StrId(r.below(counts.strings)?));
        Ok(Self { r, counts, names })
    }

    /// The head, as a declaration.
    pub(super) fn head(&mut self, name: String, shown: String) -> Decoded<Func> {
        let origin = self.origin()?;
        let type_params = self.r.u32()?;
        let captures = self.r.u32()?;
        let uniform = self.r.below(self.counts.funcs + 1)?.checked_sub(1).map(FuncId);
        let result = self.ty()?;
        let count = self.r.count()?;
        let params = (0..count).map(|_| self.ty()).collect::<Decoded<Vec<Ty>>>()?;
        let mut func = Func::declaration(name, type_params, params, result);
        func.shown = shown;
        func.origin = origin;
        func.captures = captures;
        func.uniform = uniform;
        func.span = self.span(0)?;
        Ok(func)
    }

    /// The body. Strings of inlined calls are read through `str`.
    pub(super) fn body<'s>(
        &mut self,
        func: &mut Func,
        str: impl Fn(StrId) -> Decoded<&'s str>,
    ) -> Decoded<()> {
        let blocks = self.r.count()?;
        if blocks == 0 {
            return Ok(());
        }
        for i in 0..self.r.count()? {
            let shown = str(StrId(self.r.below(self.counts.strings)?))?.into();
            let origin = self.origin()?;
            let call_span = self.span(0)?;
            let parent = Scope(self.r.below(i + 1)?);
            func.add_scope(ScopeData { shown, origin, call_span, parent });
        }
        func.blocks.resize(blocks, Default::default());
        let mut last = 0;
        for block in func.blocks.ids() {
            for _ in 0..self.r.count()? {
                let ty = self.ty()?;
                func.add_param(block, ty);
            }
            for _ in 0..self.r.count()? {
                self.inst(func, block, &mut last)?;
            }
        }
        // Operands may come before what defines them, so only now is it known how many values there are.
        let values = func.values.len();
        let bad = |v: Value| v.0 as usize >= values;
        if func.insts.ids().any(|inst| func.uses(inst).any(bad)) {
            return self.r.damaged();
        }
        Ok(())
    }

    fn inst(&mut self, func: &mut Func, block: Block, last: &mut u32) -> Decoded<()> {
        let op = self.r.byte()?;
        let Some(&op) = Op::ALL.get(op as usize) else { return self.r.damaged() };
        let flags = self.r.byte()?;
        let mut count = flags as usize & MANY;
        if count == MANY {
            count = self.r.count()?;
        }
        let defined = func.values.len();
        let args = self.values(count, defined)?;
        let ty = if flags & flag::RESULT != 0 { Some(self.ty()?) } else { None };
        let imm = self.imm(op.imm())?;
        let mut targets = Vec::new();
        if flags & flag::TARGETS != 0 {
            for _ in 0..self.r.count()? {
                let block = Block(self.r.below(func.blocks.len())?);
                let count = self.r.count()?;
                targets.push(Target { block, args: self.values(count, defined)? });
            }
        }
        let mut span = Span::NONE;
        if flags & flag::SPAN != 0 {
            span = self.span(*last)?;
            *last = span.lo;
        }
        let scopes = func.inlined.len() + 1;
        let scope = if flags & flag::SCOPE != 0 { Scope(self.r.below(scopes)?) } else { Scope::BODY };
        let inst: Inst = func.insts.next_id();
        let result = ty.map(|ty| func.values.push(ValueData { ty, def: Def::Inst(inst) }));
        func.insts.push(InstData { op, args, imm, targets, result, span, scope });
        func.blocks[block].insts.push(inst);
        Ok(())
    }

    fn values<A: smallvec::Array<Item = Value>>(
        &mut self,
        count: usize,
        defined: usize,
    ) -> Decoded<SmallVec<A>> {
        let mut values = SmallVec::new();
        for _ in 0..count {
            let value = (defined as i64).checked_sub(self.r.signed()?).and_then(|v| u32::try_from(v).ok());
            match value {
                Some(value) => values.push(Value(value)),
                None => return self.r.damaged(),
            }
        }
        Ok(values)
    }

    fn imm(&mut self, kind: ImmKind) -> Decoded<Imm> {
        let (r, counts) = (&mut self.r, self.counts);
        Ok(match kind {
            ImmKind::None => Imm::None,
            ImmKind::Int => Imm::Int(r.signed()?),
            ImmKind::Float => {
                let (lo, hi) = (r.word()?, r.word()?);
                Imm::Float(f64::from_bits(u64::from(lo) | u64::from(hi) << 32))
            }
            ImmKind::Bool => Imm::Bool(r.byte()? != 0),
            ImmKind::Str => Imm::Str(StrId(r.below(counts.strings)?)),
            ImmKind::Func => {
                let id = FuncId(r.below(counts.funcs)?);
                let count = r.count()?;
                let types = (0..count).map(|_| self.ty()).collect::<Decoded<Vec<Ty>>>()?;
                Imm::Func(id, types.into())
            }
            ImmKind::Runtime => {
                let id = r.below(RuntimeFn::ALL.len())?;
                Imm::Runtime(RuntimeFn::ALL[id as usize])
            }
            ImmKind::Field => Imm::Field(r.u32()?),
            ImmKind::Global => Imm::Global(GlobalId(r.below(counts.globals)?)),
            ImmKind::Struct => Imm::Struct(StructId(r.below(counts.structs)?)),
            ImmKind::Ty => Imm::Ty(self.ty()?),
            ImmKind::Trap => {
                let kind = r.byte()? as usize;
                let Some(&kind) = TrapKind::ALL.get(kind) else { return r.damaged() };
                Imm::Trap(kind, StrId(r.below(counts.strings)?))
            }
            ImmKind::Cases => {
                let count = r.count()?;
                let cases = (0..count).map(|_| r.signed()).collect::<Decoded<Vec<i64>>>()?;
                Imm::Cases(cases.into())
            }
        })
    }

    fn ty(&mut self) -> Decoded<Ty> {
        Ok(Ty(self.r.below(self.counts.types)?))
    }
    fn origin(&mut self) -> Decoded<Origin> {
        Ok(match self.r.byte()? {
            0 => Origin::User,
            1 => Origin::Std,
            2 => Origin::Glue,
            3 => Origin::Adapter,
            _ => return self.r.damaged(),
        })
    }
    /// A span whose start is stored relative to `last`; at the outset that is 0, where plain numbers are as good.
    fn span(&mut self, last: u32) -> Decoded<Span> {
        let lo = i64::from(last).checked_add(self.r.signed()?);
        let hi = lo.zip(self.r.signed().ok()).and_then(|(lo, len)| lo.checked_add(len));
        let word = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
        match (word(lo), word(hi)) {
            (Some(lo), Some(hi)) => Ok(Span::new(lo, hi)),
            _ => self.r.damaged(),
        }
    }
}
