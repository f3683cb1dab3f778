//! Constant folding and algebra: one instruction at a time, looking at how its operands are defined.
//!
//! A rule may replace an instruction by a value, by a constant or by another instruction on the same operands or on
//! theirs. Sound because each is an equation of the language that also keeps traps: an operation that would trap stays,
//! and so do the operands of one that may, in their order, for the message shows them. Floats are only touched where the
//! equation holds for zeros of both signs and for NaN.
//! Cost: one walk over the function. Changes no blocks.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use mochi_abi::RuntimeFn;
use mochi_base::IdVec;

use crate::analysis::count_uses;
use crate::func::{Func, Inst, InstData, Value};
use crate::op::{Imm, Op, effect};
use crate::passes::constant::{Const, eval};
use crate::passes::substitution::Substitution;
use crate::passes::{Changed, Context};
use crate::ty::{Ty, Types};
use crate::verify::related;

/// Runs the pass.
pub fn fold(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let order = cx.flow.get(func).dominators.order().to_vec();
    let mut values = Substitution::new();
    let mut folder =
        Folder { uses: count_uses(func), func, cx, map_gets: FxHashMap::default(), map_epoch: 0 };
    let mut changed = false;
    for block in order {
        folder.map_epoch += 1;
        let mut insts = std::mem::take(&mut folder.func.blocks[block].insts);
        insts.retain(|&inst| {
            values.rewrite(&mut folder.func.insts[inst]);
            // Each rule brings the instruction nearer to a normal form, so this ends.
            while let Some(rewrite) = folder.rewrite(inst) {
                changed = true;
                let data = &mut folder.func.insts[inst];
                match rewrite {
                    Rewrite::Const(c) => c.write_to(data),
                    Rewrite::Inst(op, args, imm) => (data.op, data.args, data.imm) = (op, args, imm),
                    Rewrite::SwapTargets(cond) => {
                        data.args[0] = cond;
                        data.targets.swap(0, 1);
                    }
                    Rewrite::Value(v) => {
                        values.set(data.result.expect("only results are replaced"), v);
                        folder.func.forget_inst(inst);
                        return false;
                    }
                }
            }
            folder.note_map_use(inst);
            true
        });
        folder.func.blocks[block].insts = insts;
    }
    let func = folder.func;
    values.apply(func);
    Changed::insts_if(changed)
}

enum Rewrite {
    /// Another value is the result.
    Value(Value),
    /// The result is a constant.
    Const(Const),
    /// The instruction becomes this one.
    Inst(Op, SmallVec<[Value; 3]>, Imm),
    /// The branch goes the other way, on this condition.
    SwapTargets(Value),
}

struct Folder<'a, 'm> {
    func: &'a mut Func,
    cx: &'a mut Context<'m>,
    /// How often values were used when the walk began; for deciding what pays.
    uses: IdVec<Value, u32>,
    /// Results of `map.get` with the epoch they were made in. An epoch ends where a map may change.
    map_gets: FxHashMap<Value, u32>,
    map_epoch: u32,
}

fn inst(op: Op, args: &[Value]) -> Option<Rewrite> {
    Some(Rewrite::Inst(op, SmallVec::from_slice(args), Imm::None))
}
fn int(n: i64) -> Option<Rewrite> {
    Some(Rewrite::Const(Const::Int(n)))
}
fn bool(b: bool) -> Option<Rewrite> {
    Some(Rewrite::Const(Const::Bool(b)))
}
fn value(v: Value) -> Option<Rewrite> {
    Some(Rewrite::Value(v))
}

impl Folder<'_, '_> {
    fn rewrite(&mut self, id: Inst) -> Option<Rewrite> {
        if let Some(c) = self.constant(id) {
            return Some(Rewrite::Const(c));
        }
        let data = &self.func.insts[id];
        let (op, result) = (data.op, data.result.map(|v| self.func.ty(v)));
        match (op, &data.args[..], result) {
            (Op::CallClosure | Op::TailCallClosure, _, _) => self.closure(data),
            (Op::CallRuntime, &[a], _) => {
                let Imm::Runtime(callee) = data.imm else { return None };
                self.runtime(callee, a)
            }
            (Op::CallRuntime, &[a, b], _) => {
                let Imm::Runtime(callee) = data.imm else { return None };
                self.big(callee, a, b)
            }
            (Op::Branch, &[cond], _) => self.branch(cond),
            (_, &[a], Some(ty)) => self.unary(op, a, ty, &data.imm),
            (Op::GetOr, &[a, b], _) => self.get_or(a, b),
            (Op::StrConcat, args, _) => self.concat(args),
            (_, &[a, b], Some(ty)) if ty == Types::I64 => self.arith(op, a, b),
            (_, &[a, b], Some(ty)) if ty == Types::F64 => self.float(op, a, b),
            (_, &[a, b], Some(ty)) if ty == Types::BOOL => self.compare(op, a, b),
            (Op::Select, &[c, a, b], _) => self.select(c, a, b),
            _ => None,
        }
    }

    fn constant(&mut self, id: Inst) -> Option<Const> {
        let data = &self.func.insts[id];
        if data.args.is_empty() || data.args.len() > 3 || data.result.is_none() {
            return None;
        }
        let mut args: SmallVec<[Const; 3]> = SmallVec::new();
        for &arg in &data.args {
            args.push(Const::of(self.func, arg)?);
        }
        eval(self.cx.module, data.op, &args)
    }

    fn def(&self, v: Value) -> Option<(Op, &[Value])> {
        self.func.def_inst(v).map(|d| (d.op, &d.args[..]))
    }
    fn int_of(&self, v: Value) -> Option<i64> {
        self.func.const_int(v)
    }
    fn const_of(&self, v: Value) -> Option<Const> {
        Const::of(self.func, v)
    }
    fn nullable(&self, v: Value) -> bool {
        self.cx.module.types.nullable(self.func.ty(v))
    }

    /// x+0 = 0+x = x-0 = x; x-x = 0; x*1 = 1*x = x; x*0 = 0*x = 0; x/1 = x; x%1 = x%-1 = 0;
    /// x&x = x|x = x; x&0 = 0; x&-1 = x|0 = x^0 = x; x^x = 0; x<<0 = x>>0 = x.
    /// Division by a constant other than 0 (and -1 for quotients) cannot trap.
    fn arith(&self, op: Op, a: Value, b: Value) -> Option<Rewrite> {
        let (left, right) = (self.int_of(a), self.int_of(b));
        match (op, left, right) {
            (Op::Add | Op::AddWrap | Op::Sub | Op::SubWrap, _, Some(0)) => value(a),
            (Op::Add | Op::AddWrap, Some(0), _) => value(b),
            (Op::Sub | Op::SubWrap | Op::Xor, ..) if a == b => int(0),
            (Op::Mul | Op::MulWrap | Op::Div | Op::DivSafe, _, Some(1)) => value(a),
            (Op::Mul | Op::MulWrap, Some(1), _) => value(b),
            (Op::Mul | Op::MulWrap | Op::And, _, Some(0)) => int(0),
            (Op::Mul | Op::MulWrap | Op::And, Some(0), _) => int(0),
            (Op::Rem | Op::RemSafe, _, Some(1 | -1)) => int(0),
            (Op::Div, _, Some(d)) if d != 0 && d != -1 => inst(Op::DivSafe, &[a, b]),
            (Op::Rem, _, Some(d)) if d != 0 => inst(Op::RemSafe, &[a, b]),
            (Op::And | Op::Or, ..) if a == b => value(a),
            (Op::And, _, Some(-1)) => value(a),
            (Op::Or | Op::Xor | Op::Shl | Op::Shr, _, Some(0)) => value(a),
            (_, Some(_), None) if op.commutes() && op.effects().is_none() => inst(op, &[b, a]),
            _ => None,
        }
    }

    /// x-0 = x+(-0) = x; x*1 = x/1 = x. The sum with a positive zero is not x when that is a negative one.
    fn float(&self, op: Op, a: Value, b: Value) -> Option<Rewrite> {
        let bits = |v| if let Some(Const::Float(bits)) = self.const_of(v) { Some(bits) } else { None };
        const ZERO: u64 = 0;
        const MINUS_ZERO: u64 = 1 << 63;
        let one = 1f64.to_bits();
        match (op, bits(a), bits(b)) {
            (Op::FSub, _, Some(ZERO)) | (Op::FAdd, _, Some(MINUS_ZERO)) => value(a),
            (Op::FAdd, Some(MINUS_ZERO), _) => value(b),
            (Op::FMul | Op::FDiv, _, Some(x)) if x == one => value(a),
            (Op::FMul, Some(x), _) if x == one => value(b),
            (_, Some(_), None) if op.commutes() => inst(op, &[b, a]),
            _ => None,
        }
    }

    /// The machine int that a bigint is made of.
    fn word_of(&self, v: Value) -> Option<Value> {
        let (Op::AnyAs | Op::AnyUnbox, &[any]) = self.def(v)? else { return None };
        let (Op::AnyBox, &[word]) = self.def(any)? else { return None };
        (self.func.ty(word) == Types::I64 && self.func.ty(v) == Types::BIGINT).then_some(word)
    }

    /// Bigints: x+0 = 0+x = x-0 = x; x*1 = 1*x = x; an index that is made of an int is that int.
    fn big(&self, callee: RuntimeFn, a: Value, b: Value) -> Option<Rewrite> {
        let constant = |v| self.word_of(v).and_then(|word| self.int_of(word));
        match (callee, constant(a), constant(b)) {
            (RuntimeFn::big_add | RuntimeFn::big_sub, _, Some(0)) => value(a),
            (RuntimeFn::big_add, Some(0), _) => value(b),
            (RuntimeFn::big_mul, _, Some(1)) => value(a),
            (RuntimeFn::big_mul, Some(1), _) => value(b),
            (RuntimeFn::big_compare, ..) if a == b => int(0),
            (RuntimeFn::big_to_index, ..) => value(self.word_of(b)?),
            _ => None,
        }
    }

    /// Bigints made of machine ints compare as those do.
    fn big_compare(&self, op: Op, a: Value, b: Value) -> Option<Rewrite> {
        let data = self.func.def_inst(a)?;
        if data.imm != Imm::Runtime(RuntimeFn::big_compare) || self.int_of(b) != Some(0) {
            return None;
        }
        inst(op, &[self.word_of(data.args[0])?, self.word_of(data.args[1])?])
    }

    /// An int or string compared with itself; constants to the right; (b == true) = b, (b == false) = !b.
    fn compare(&self, op: Op, a: Value, b: Value) -> Option<Rewrite> {
        match op {
            Op::Eq | Op::Le | Op::Ge | Op::BoolEq | Op::StrEq | Op::StrLe if a == b => return bool(true),
            Op::Ne | Op::Lt | Op::Gt | Op::StrLt if a == b => return bool(false),
            _ => {}
        }
        if op == Op::BoolEq
            && let Some(Const::Bool(c)) = self.const_of(b)
        {
            return if c { value(a) } else { inst(Op::Not, &[a]) };
        }
        if matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
            && let Some(rewrite) = self.big_compare(op, a, b)
        {
            return Some(rewrite);
        }
        if self.const_of(a).is_some() && self.const_of(b).is_none() {
            let swapped = match op {
                Op::Lt => Op::Gt,
                Op::Le => Op::Ge,
                Op::Gt => Op::Lt,
                Op::Ge => Op::Le,
                Op::FLt => Op::FGt,
                Op::FLe => Op::FGe,
                Op::FGt => Op::FLt,
                Op::FGe => Op::FLe,
                _ if op.commutes() => op,
                _ => return None,
            };
            return inst(swapped, &[b, a]);
        }
        None
    }

    /// c ? x : x = x; c ? true : false = c; c ? false : true = !c; true ? x : y = x; !c ? x : y = c ? y : x.
    fn select(&self, cond: Value, a: Value, b: Value) -> Option<Rewrite> {
        if a == b {
            return value(a);
        }
        if let Some(c) = self.const_of(cond).and_then(Const::bool) {
            return value(if c { a } else { b });
        }
        match (self.const_of(a), self.const_of(b)) {
            (Some(Const::Bool(true)), Some(Const::Bool(false))) => return value(cond),
            (Some(Const::Bool(false)), Some(Const::Bool(true))) => return inst(Op::Not, &[cond]),
            _ => {}
        }
        match self.def(cond) {
            Some((Op::Not, &[inner])) => inst(Op::Select, &[inner, b, a]),
            _ => None,
        }
    }

    fn branch(&self, cond: Value) -> Option<Rewrite> {
        match self.def(cond) {
            Some((Op::Not, &[inner])) => Some(Rewrite::SwapTargets(inner)),
            _ => None,
        }
    }

    fn unary(&self, op: Op, a: Value, ty: Ty, imm: &Imm) -> Option<Rewrite> {
        let def = self.def(a);
        match op {
            Op::Not => match def? {
                (Op::Not, &[x]) => value(x),
                (compared, &[x, y]) => inst(negated(compared)?, &[x, y]),
                _ => None,
            },
            // The inner one has not trapped, so x is not the least int.
            Op::Neg | Op::FNeg => match def? {
                (inner, &[x]) if inner == op => value(x),
                _ => None,
            },
            Op::IsNone => match def {
                Some((Op::Some | Op::AnyBox | Op::Retype, &[x])) if self.nullable(x) => {
                    inst(Op::IsNone, &[x])
                }
                _ if self.is_present(a) => bool(false),
                _ => None,
            },
            Op::AnyUnbox | Op::AnyAs => match def? {
                (Op::AnyBox, &[x]) if self.func.ty(x) == ty => value(x),
                _ => None,
            },
            Op::AnyIs => match (def?, imm) {
                ((Op::AnyBox, &[x]), Imm::Ty(asked)) => self.any_is(self.func.ty(x), *asked),
                _ => None,
            },
            Op::Retype if self.func.ty(a) == ty => value(a),
            Op::Retype => match def? {
                // By way of a union one gets, in code that never runs, to types that have nothing in common.
                (Op::Retype, &[x]) if related(&self.cx.module.types, self.func.ty(x), ty) => {
                    inst(Op::Retype, &[x])
                }
                _ => None,
            },
            Op::VariantTag => self.variant_tag(a),
            _ => None,
        }
    }

    /// Whether a boxed value of one type is represented like another; decided for types without parts.
    fn any_is(&self, of: Ty, asked: Ty) -> Option<Rewrite> {
        let plain = |t| [Types::I64, Types::F64, Types::BOOL, Types::STR].contains(&t);
        if plain(of) && plain(asked) { bool(of == asked) } else { None }
    }

    fn variant_tag(&self, of: Value) -> Option<Rewrite> {
        let data = self.func.def_inst(of)?;
        match (data.op, &data.imm) {
            (Op::Retype, _) => match self.func.def_inst(data.args[0]) {
                Some(InstData { op: Op::StructNew, imm: Imm::Struct(id), .. }) => {
                    let (_, position) = self.cx.module.types.structs[*id].variant_of?;
                    int(i64::from(position))
                }
                _ => None,
            },
            (Op::None, _) => int(-1),
            _ => None,
        }
    }

    /// Whether a value of a nullable type is known not to be none.
    fn is_present(&self, v: Value) -> bool {
        match self.def(v) {
            Some((Op::StructNew | Op::ClosureNew, _)) => true,
            Some((Op::Some | Op::AnyBox | Op::Retype, &[x])) => !self.nullable(x) || self.is_new(x),
            _ => false,
        }
    }
    fn is_new(&self, v: Value) -> bool {
        matches!(self.def(v), Some((Op::StructNew | Op::ClosureNew, _)))
    }

    /// get.or(none, d) = d; get.or(some x, d) = x; get.or(map.get(m, k), d) = map.get.or(m, k, d), when the map is as it
    /// was and no present value is none.
    fn get_or(&self, a: Value, default: Value) -> Option<Rewrite> {
        match self.def(a) {
            Some((Op::None, _)) => value(default),
            Some((Op::Some, &[x])) if !self.nullable(x) => value(x),
            Some((Op::MapGet, &[m, k]))
                if self.map_gets.get(&a) == Some(&self.map_epoch)
                    && self.uses.get(a) == Some(&1)
                    && !self.nullable(default) =>
            {
                inst(Op::MapGetOr, &[m, k, default])
            }
            _ if self.func.ty(a) == self.func.ty(default) && self.is_present(a) => value(a),
            _ => None,
        }
    }

    /// s + "" = "" + s = s, and the same among many.
    fn concat(&self, args: &[Value]) -> Option<Rewrite> {
        let is_empty =
            |&v: &Value| matches!(self.const_of(v), Some(Const::Str(s)) if self.cx.module.str(s).is_empty());
        let rest: SmallVec<[Value; 3]> = args.iter().copied().filter(|v| !is_empty(v)).collect();
        match rest[..] {
            _ if rest.len() == args.len() => None,
            [] => value(args[0]),
            [only] => value(only),
            _ => inst(Op::StrConcat, &rest),
        }
    }

    /// A call of a function value that is made here calls the function, with what is bound in front.
    fn closure(&self, data: &InstData) -> Option<Rewrite> {
        let (&callee, args) = data.args.split_first()?;
        let made = self.func.def_inst(callee)?;
        let (Op::ClosureNew, Imm::Func(id, _)) = (made.op, &made.imm) else { return None };
        let takes =
            if *id == self.cx.id { self.func.params.len() } else { self.cx.module.funcs[*id].params.len() };
        if made.args.len() + args.len() != takes {
            return None;
        }
        let op = if data.op == Op::CallClosure { Op::Call } else { Op::TailCall };
        Some(Rewrite::Inst(op, made.args.iter().chain(args).copied().collect(), made.imm.clone()))
    }

    /// The text of a constant int; a bigint that is made of a machine int as one.
    fn runtime(&mut self, callee: RuntimeFn, a: Value) -> Option<Rewrite> {
        if callee == RuntimeFn::big_to_int {
            return value(self.word_of(a)?);
        }
        if callee == RuntimeFn::big_to_float {
            return inst(Op::IntToFloat, &[self.word_of(a)?]);
        }
        if callee != RuntimeFn::int_to_str {
            return None;
        }
        let text = self.int_of(a)?.to_string();
        Some(Rewrite::Const(Const::Str(self.cx.module.intern_str(&text))))
    }

    /// Notes results of `map.get`, and that a map may change.
    fn note_map_use(&mut self, id: Inst) {
        let data = &self.func.insts[id];
        match (data.op, data.result) {
            (Op::MapGet, Some(result)) => {
                self.map_gets.insert(result, self.map_epoch);
            }
            _ if self.cx.summaries.effects(data).intersects(effect::WRITES_MAP) => self.map_epoch += 1,
            _ => {}
        }
    }
}

/// The comparison that holds exactly when this one does not. Orders of floats have none, because of NaN.
pub fn negated(op: Op) -> Option<Op> {
    Some(match op {
        Op::Eq => Op::Ne,
        Op::Ne => Op::Eq,
        Op::Lt => Op::Ge,
        Op::Le => Op::Gt,
        Op::Gt => Op::Le,
        Op::Ge => Op::Lt,
        Op::FEq => Op::FNe,
        Op::FNe => Op::FEq,
        _ => return None,
    })
}
