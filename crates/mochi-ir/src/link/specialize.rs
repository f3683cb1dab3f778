//! Repairs instructions of instances that type arguments have made odd, each to what it means for those arguments:
//!
//! | instruction | where | becomes |
//! |---|---|---|
//! | `any.box`, `any.as` of `any` to `any` | | the operand |
//! | `some` of what may be none already | | the operand |
//! | `retype` to the same type | | the operand |
//! | `any.is any` | | `const.bool true` |
//! | `is.none` of what never is | | `const.bool false` |
//! | `any.as` of `none` | to a type parameter | the zero value of the type |
//! | `any.as` | to a type parameter that is a scalar | `any.unbox`, which checks |
//! | `any_equal` of two boxed scalars of one type | | the comparison of that type |
//!
//! `none` of a type that none is no value of has no meaning: lowering makes it only for types that are nullable whatever
//! their parameters are.

use mochi_abi::RuntimeFn;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

use super::LinkError;
use crate::func::{Func, Inst, InstData, Value};
use crate::module::Module;
use crate::op::{Imm, Op};
use crate::print::print_ty;
use crate::ty::{Ty, TyKind, Types};

/// What becomes of an instruction.
enum Repair {
    /// It stays.
    Keep,
    /// It goes; its result is another value.
    Is(Value),
    /// It is another instruction with the same result.
    Becomes(Op, SmallVec<[Value; 3]>, Imm),
}

/// Repairs a function whose types are final. `vars` are the values that were of a type parameter.
pub(super) fn specialize(func: &mut Func, vars: &[Value], out: &mut Module) -> Result<(), LinkError> {
    let vars: FxHashSet<Value> = vars.iter().copied().collect();
    let mut replaced: FxHashMap<Value, Value> = FxHashMap::default();
    for block in func.blocks.ids() {
        let insts = std::mem::take(&mut func.blocks[block].insts);
        let mut kept = Vec::with_capacity(insts.len());
        for inst in insts {
            let var = func.insts[inst].result.is_some_and(|v| vars.contains(&v));
            match repair(func, inst, var, out, &mut kept)? {
                Repair::Keep => {}
                Repair::Is(value) => {
                    replaced.extend(func.insts[inst].result.map(|result| (result, value)));
                    func.forget_inst(inst);
                    continue;
                }
                Repair::Becomes(op, args, imm) => {
                    let data = &mut func.insts[inst];
                    (data.op, data.args, data.imm) = (op, args, imm);
                }
            }
            kept.push(inst);
        }
        func.blocks[block].insts = kept;
    }
    if !replaced.is_empty() {
        replace(func, &replaced);
    }
    Ok(())
}

/// Replaces uses of values, which may be replaced by ones that are replaced too.
fn replace(func: &mut Func, replaced: &FxHashMap<Value, Value>) {
    let last = |value: &mut Value| {
        while let Some(&next) = replaced.get(value) {
            *value = next;
        }
    };
    for data in func.insts.values_mut() {
        data.args.iter_mut().for_each(last);
        data.targets.iter_mut().flat_map(|t| &mut t.args).for_each(last);
    }
}

/// What becomes of an instruction; instructions that come before it are added to `before`.
fn repair(
    func: &mut Func,
    inst: Inst,
    var: bool,
    out: &mut Module,
    before: &mut Vec<Inst>,
) -> Result<Repair, LinkError> {
    let data = &func.insts[inst];
    let Some(result) = data.result else { return Ok(Repair::Keep) };
    let (types, ty) = (&out.types, func.ty(result));
    let becomes = |op, imm| Ok(Repair::Becomes(op, SmallVec::new(), imm));
    let same = |ty: Ty| data.args.first().is_some_and(|&v| func.ty(v) == ty);
    match data.op {
        Op::AnyBox | Op::Some | Op::Retype if same(ty) => Ok(Repair::Is(data.args[0])),
        Op::AnyAs if same(ty) => Ok(Repair::Is(data.args[0])),
        Op::AnyAs if var => {
            if func.def_inst(data.args[0]).is_some_and(|d| d.op == Op::None) {
                return Ok(zero(func, inst, ty, out, before));
            }
            match types.kind(ty) {
                TyKind::I64 | TyKind::F64 | TyKind::Bool | TyKind::Str | TyKind::Bigint => {
                    Ok(Repair::Becomes(Op::AnyUnbox, smallvec![data.args[0]], Imm::None))
                }
                _ => Ok(Repair::Keep),
            }
        }
        Op::AnyIs if data.imm == Imm::Ty(Types::ANY) => becomes(Op::ConstBool, Imm::Bool(true)),
        Op::IsNone if !types.nullable(func.ty(data.args[0])) => becomes(Op::ConstBool, Imm::Bool(false)),
        Op::None if !types.nullable(ty) => Err(LinkError::Internal {
            func: func.name.clone(),
            message: format!("`none` of type {}", print_ty(types, ty)),
        }),
        Op::CallRuntime if data.imm == Imm::Runtime(RuntimeFn::any_equal) => {
            Ok(equal(func, data).unwrap_or(Repair::Keep))
        }
        _ => Ok(Repair::Keep),
    }
}

/// The comparison of two boxed scalars of one type without boxes.
fn equal(func: &Func, data: &InstData) -> Option<Repair> {
    let unboxed = |value: Value| {
        let data = func.def_inst(value).filter(|d| d.op == Op::AnyBox)?;
        data.args.first().copied()
    };
    let (a, b) = (unboxed(data.args[0])?, unboxed(data.args[1])?);
    let op = match (func.ty(a), func.ty(b)) {
        (Types::I64, Types::I64) => Op::Eq,
        (Types::F64, Types::F64) => Op::FEq,
        (Types::BOOL, Types::BOOL) => Op::BoolEq,
        (Types::STR, Types::STR) => Op::StrEq,
        _ => return None,
    };
    Some(Repair::Becomes(op, smallvec![a, b], Imm::None))
}

/// The zero value of a type.
fn zero(func: &mut Func, inst: Inst, ty: Ty, out: &mut Module, before: &mut Vec<Inst>) -> Repair {
    let becomes = |op, imm| Repair::Becomes(op, SmallVec::new(), imm);
    match out.types.kind(ty) {
        TyKind::I64 => becomes(Op::ConstInt, Imm::Int(0)),
        TyKind::F64 => becomes(Op::ConstFloat, Imm::Float(0.0)),
        TyKind::Bool => becomes(Op::ConstBool, Imm::Bool(false)),
        TyKind::Str => becomes(Op::ConstStr, Imm::Str(out.intern_str(""))),
        TyKind::List(_) => becomes(Op::ListNew, Imm::None),
        TyKind::Map(..) => becomes(Op::MapNew, Imm::None),
        TyKind::Bigint | TyKind::Bigrat => {
            let bigrat = out.types.kind(ty) == &TyKind::Bigrat;
            let (span, scope) = (func.insts[inst].span, func.insts[inst].scope);
            let mut make = |op, imm, ty| {
                let made = func.make_inst(InstData::new(op, &[], imm, span, scope), Some(ty));
                before.push(made);
                func.insts[made].result.into_iter().collect()
            };
            if bigrat {
                let zero = make(Op::ConstFloat, Imm::Float(0.0), Types::F64);
                return Repair::Becomes(Op::CallRuntime, zero, Imm::Runtime(RuntimeFn::rat_from_float));
            }
            let zero = make(Op::ConstInt, Imm::Int(0), Types::I64);
            Repair::Becomes(Op::CallRuntime, zero, Imm::Runtime(RuntimeFn::big_from_int))
        }
        // None is a value of these, and of the others there is no zero value that anybody could have asked for.
        TyKind::Any
        | TyKind::Option(_)
        | TyKind::Struct(_)
        | TyKind::Union(_)
        | TyKind::Fn(..)
        | TyKind::Unit
        | TyKind::Ref(_)
        | TyKind::View(_)
        | TyKind::Var(_) => becomes(Op::None, Imm::None),
    }
}
