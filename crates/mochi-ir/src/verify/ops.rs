//! I011 and I012, which read the op table, and the rules of ops whose types follow from their immediates.

use std::fmt::Arguments;

use smallvec::SmallVec;

use super::{Cx, Rule, counted};
use crate::func::{Inst, Value};
use crate::op::{Imm, Op, Pat};
use crate::ty::{StructId, Ty, TyKind, Types};

/// What `A` and `B` of a row stand for in an instruction.
#[derive(Default)]
struct Binding {
    a: Option<Ty>,
    b: Option<Ty>,
}

impl Cx<'_> {
    /// Checks an instruction by its row, then by the rule of its op.
    pub(super) fn check_inst(&mut self, inst: Inst) {
        let before = self.violations.len();
        self.check_row(inst);
        // The rules of ops rely on the operands and results that the table demands.
        if self.violations.len() == before {
            self.check_op(inst);
        }
    }

    fn check_row(&mut self, inst: Inst) {
        let func = self.func;
        let data = &func.insts[inst];
        let (pats, mnemonic) = (data.op.args(), data.op.mnemonic());
        let (fixed, rest) = match pats {
            [fixed @ .., last @ (Pat::ManyA | Pat::ManyStr | Pat::Custom)] => (fixed, Some(*last)),
            _ => (pats, None),
        };
        let count = data.args.len();
        if count < fixed.len() || (rest.is_none() && count > fixed.len()) {
            let least = if rest.is_some() { "at least " } else { "" };
            let want = counted(fixed.len(), "operand");
            let message = format!("`{mnemonic}` has {least}{want}, not {count}");
            return self.report(Rule::Operands, inst, None, message);
        }
        let mut binding = Binding::default();
        let result_ty = data.result.map(|v| func.ty(v));
        // What binds a letter comes first; options, which being flat do not say what they are of, are compared last.
        let pat = |i: usize| fixed.get(i).copied().or(rest).unwrap_or(Pat::Custom);
        let mut wrong: SmallVec<[usize; 2]> = SmallVec::new();
        for (i, &arg) in data.args.iter().enumerate() {
            if !self.bind(pat(i), func.ty(arg), &mut binding) {
                wrong.push(i);
            }
        }
        let result_fits = match (data.op.result(), result_ty) {
            (Pat::Custom, _) | (Pat::Unit, None) => true,
            (Pat::Unit, Some(_)) | (_, None) => false,
            (pat, Some(ty)) => self.bind(pat, ty, &mut binding) && self.option_fits(pat, ty, &binding),
        };
        for (i, &arg) in data.args.iter().enumerate() {
            if wrong.contains(&i) || !self.option_fits(pat(i), func.ty(arg), &binding) {
                let (want, have) = (self.pat_name(pat(i), &binding), self.ty_name(func.ty(arg)));
                let message = format!("operand {} of `{mnemonic}` is {have}, not {want}", i + 1);
                self.report(Rule::Operands, inst, Some(arg), message);
            }
        }
        if !result_fits {
            let want = self.pat_name(data.op.result(), &binding);
            let have = result_ty.map_or("absent".to_string(), |ty| self.ty_name(ty));
            let message = format!("the result of `{mnemonic}` is {have}, not {want}");
            self.report(Rule::Results, inst, data.result, message);
        }
    }

    /// Whether a type fits a pattern; binds the letters of the pattern that are still free.
    fn bind(&self, pat: Pat, ty: Ty, binding: &mut Binding) -> bool {
        let kind = self.module.types.kind(ty);
        match pat {
            Pat::I64 => ty == Types::I64,
            Pat::F64 => ty == Types::F64,
            Pat::Bool => ty == Types::BOOL,
            Pat::Unit => false,
            Pat::Str | Pat::ManyStr => ty == Types::STR,
            Pat::Any => ty == Types::ANY,
            // Views are for ops that say so.
            Pat::A | Pat::ManyA => !matches!(kind, TyKind::View(_)) && same(&mut binding.a, ty),
            Pat::B => !matches!(kind, TyKind::View(_)) && same(&mut binding.b, ty),
            Pat::ListA => matches!(kind, TyKind::List(t) if same(&mut binding.a, *t)),
            Pat::ViewA => matches!(kind, TyKind::View(t) if same(&mut binding.a, *t)),
            Pat::MapAB => {
                matches!(kind, TyKind::Map(k, v) if same(&mut binding.a, *k) && same(&mut binding.b, *v))
            }
            Pat::RefA => matches!(kind, TyKind::Ref(t) if same(&mut binding.a, *t)),
            Pat::Union => matches!(kind, TyKind::Union(_)),
            Pat::Nullable => self.module.types.nullable(ty),
            Pat::OptA | Pat::OptB | Pat::Custom => true,
        }
    }

    /// Whether a type is the option of a bound letter, where the pattern says so.
    fn option_fits(&self, pat: Pat, ty: Ty, binding: &Binding) -> bool {
        let inner = match pat {
            Pat::OptA => binding.a,
            Pat::OptB => binding.b,
            _ => return true,
        };
        let types = &self.module.types;
        inner.is_some_and(|inner| match types.kind(inner) {
            TyKind::Option(_) | TyKind::Any => ty == inner,
            _ => *types.kind(ty) == TyKind::Option(inner),
        })
    }

    fn pat_name(&self, pat: Pat, binding: &Binding) -> String {
        let letter = |ty: Option<Ty>, letter: &str| ty.map_or(letter.to_string(), |ty| self.ty_name(ty));
        let (a, b) = (letter(binding.a, "A"), letter(binding.b, "B"));
        let option = |ty: Option<Ty>, name: String| match ty.map(|ty| self.module.types.kind(ty)) {
            Some(TyKind::Option(_) | TyKind::Any) => name,
            _ => format!("option<{name}>"),
        };
        match pat {
            Pat::I64 => "i64".into(),
            Pat::F64 => "f64".into(),
            Pat::Bool => "bool".into(),
            Pat::Unit => "absent".into(),
            Pat::Str | Pat::ManyStr => "str".into(),
            Pat::Any => "any".into(),
            Pat::A | Pat::ManyA => a,
            Pat::B => b,
            Pat::ListA => format!("list<{a}>"),
            Pat::ViewA => format!("view<{a}>"),
            Pat::MapAB => format!("map<{a}, {b}>"),
            Pat::OptA => option(binding.a, a),
            Pat::OptB => option(binding.b, b),
            Pat::RefA => format!("ref<{a}>"),
            Pat::Union => "a union".into(),
            Pat::Nullable => "a type that none is a value of".into(),
            Pat::Custom => "a type that fits".into(),
        }
    }

    /// The rules of ops whose types the table leaves open.
    fn check_op(&mut self, inst: Inst) {
        let func = self.func;
        let data = &func.insts[inst];
        match data.op {
            Op::MapNew => self.check_map_new(inst),
            Op::StructNew => self.check_struct_new(inst),
            Op::FieldGet | Op::FieldSet => self.check_field(inst),
            Op::Retype => self.check_retype(inst),
            Op::AnyBox => {
                if matches!(self.module.types.kind(func.ty(data.args[0])), TyKind::Ref(_)) {
                    self.report(Rule::Anys, inst, Some(data.args[0]), "a ref is no value for `any`");
                }
            }
            Op::AnyUnbox => {
                self.check_result(inst, Rule::Anys, "i64, f64, bool, str or bigint", |types, ty| {
                    use TyKind::{Bigint, Bool, F64, I64, Str};
                    matches!(types.kind(ty), I64 | F64 | Bool | Str | Bigint)
                });
            }
            Op::AnyAs => {
                self.check_result(inst, Rule::Anys, "a type of values", |types, ty| {
                    !matches!(types.kind(ty), TyKind::Ref(_) | TyKind::View(_))
                });
            }
            Op::GlobalGet | Op::GlobalFixed | Op::GlobalSet => self.check_global(inst),
            Op::ClosureNew => self.check_closure_new(inst),
            Op::Call | Op::TailCall => self.check_call(inst),
            Op::CallClosure | Op::TailCallClosure => self.check_closure_call(inst),
            Op::CallAny | Op::TailCallAny => {
                for (i, &arg) in data.args.iter().enumerate() {
                    self.expect(inst, Rule::ClosureCalls, arg, Types::ANY, format_args!("operand {}", i + 1));
                }
                if data.op == Op::TailCallAny && self.func.result != Types::ANY {
                    let message = format!("the function returns any, not {}", self.ty_name(self.func.result));
                    self.report(Rule::Returns, inst, data.args.first().copied(), message);
                }
            }
            Op::CallRuntime => self.check_runtime_call(inst),
            Op::Switch => {
                let Imm::Cases(cases) = &data.imm else { return };
                let mut sorted = cases.to_vec();
                sorted.sort_unstable();
                if let Some(twice) = sorted.windows(2).find(|w| w[0] == w[1]) {
                    self.report(Rule::Cases, inst, None, format!("{} is there twice", twice[0]));
                }
            }
            Op::Return => {
                self.check_return(inst, data.args.len(), |cx| data.args.first().map(|&v| cx.func.ty(v)))
            }
            // The table says it all.
            Op::ConstInt
            | Op::ConstFloat
            | Op::ConstBool
            | Op::ConstStr
            | Op::None
            | Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Neg
            | Op::AddWrap
            | Op::SubWrap
            | Op::MulWrap
            | Op::DivSafe
            | Op::RemSafe
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Shl
            | Op::Shr
            | Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::FAdd
            | Op::FSub
            | Op::FMul
            | Op::FDiv
            | Op::FRem
            | Op::FNeg
            | Op::FEq
            | Op::FNe
            | Op::FLt
            | Op::FLe
            | Op::FGt
            | Op::FGe
            | Op::IntToFloat
            | Op::FloatToInt
            | Op::Not
            | Op::BoolEq
            | Op::Select
            | Op::StrLen
            | Op::StrBytes
            | Op::StrConcat
            | Op::StrIndex
            | Op::StrChar
            | Op::StrSlice
            | Op::StrEq
            | Op::StrLt
            | Op::StrLe
            | Op::ListNew
            | Op::ListLen
            | Op::ListGet
            | Op::ListSet
            | Op::ListAppend
            | Op::ListPush
            | Op::ListReserve
            | Op::ListRepeat
            | Op::ListShare
            | Op::ListSlice
            | Op::ListConcat
            | Op::ListView
            | Op::ViewLen
            | Op::ViewGet
            | Op::ViewGetIn
            | Op::ViewSetIn
            | Op::MapLen
            | Op::MapGet
            | Op::MapGetOr
            | Op::MapHas
            | Op::MapSet
            | Op::MapKeys
            | Op::VariantTag
            | Op::IsNone
            | Op::Some
            | Op::GetOr
            | Op::AnyIs
            | Op::RefNew
            | Op::RefGet
            | Op::RefSet
            | Op::Jump
            | Op::Branch
            | Op::Trap => {}
        }
    }

    /// That a value has a type.
    pub(super) fn expect(&mut self, inst: Inst, rule: Rule, value: Value, want: Ty, what: Arguments<'_>) {
        let have = self.func.ty(value);
        if have != want {
            let (have, want) = (self.ty_name(have), self.ty_name(want));
            self.report(rule, inst, Some(value), format!("{what} is {have}, not {want}"));
        }
    }

    /// That there is a result and its type satisfies `fits`.
    fn check_result(&mut self, inst: Inst, rule: Rule, want: &str, fits: impl Fn(&Types, Ty) -> bool) {
        let result = self.func.insts[inst].result;
        let ty = result.map(|v| self.func.ty(v));
        if !ty.is_some_and(|ty| fits(&self.module.types, ty)) {
            let have = ty.map_or("absent".to_string(), |ty| self.ty_name(ty));
            self.report(rule, inst, result, format!("the result is {have}, not {want}"));
        }
    }

    fn check_map_new(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let ty = data.result.map(|v| self.module.types.kind(self.func.ty(v)));
        let Some(&TyKind::Map(key, value)) = ty else { return };
        if !data.args.len().is_multiple_of(2) {
            self.report(Rule::Maps, inst, None, "the last key has no value");
        }
        for (i, &arg) in data.args.iter().enumerate() {
            let (want, what) = if i % 2 == 0 { (key, "key") } else { (value, "value") };
            self.expect(inst, Rule::Maps, arg, want, format_args!("{what} {}", i / 2 + 1));
        }
    }

    fn check_struct_new(&mut self, inst: Inst) {
        let (module, data) = (self.module, &self.func.insts[inst]);
        let Imm::Struct(id) = data.imm else { return };
        self.check_result(inst, Rule::Structs, "the struct", |types, ty| {
            *types.kind(ty) == TyKind::Struct(id)
        });
        let fields = &module.types.structs[id].fields;
        if fields.len() != data.args.len() {
            let want = counted(fields.len(), "field");
            let message = format!("struct#{} has {want}, not {}", id.0, data.args.len());
            return self.report(Rule::Structs, inst, None, message);
        }
        for (&arg, (name, ty)) in data.args.iter().zip(fields) {
            self.expect(inst, Rule::Structs, arg, *ty, format_args!("field `{name}`"));
        }
    }

    fn check_field(&mut self, inst: Inst) {
        let (module, data) = (self.module, &self.func.insts[inst]);
        let Imm::Field(field) = data.imm else { return };
        let want = if data.op == Op::FieldSet { 2 } else { 1 };
        if data.args.len() != want {
            let (mnemonic, want) = (data.op.mnemonic(), counted(want, "operand"));
            let message = format!("`{mnemonic}` has {want}, not {}", data.args.len());
            return self.report(Rule::Structs, inst, None, message);
        }
        let receiver = data.args[0];
        let Some((id, ty)) = self.field(receiver, field) else {
            let ty = self.ty_name(self.func.ty(receiver));
            return self.report(Rule::Structs, inst, Some(receiver), format!("{ty} has no field {field}"));
        };
        let name = &module.types.structs[id].fields[field as usize].0;
        match data.op {
            Op::FieldSet => {
                self.expect(inst, Rule::Structs, data.args[1], ty, format_args!("field `{name}`"))
            }
            _ => match data.result {
                Some(result) => self.expect(inst, Rule::Structs, result, ty, format_args!("field `{name}`")),
                None => self.report(Rule::Structs, inst, None, "the result is absent"),
            },
        }
    }

    /// The struct that a value is and the type of its field, if it is one that has the field.
    fn field(&self, receiver: Value, field: u32) -> Option<(StructId, Ty)> {
        let TyKind::Struct(id) = *self.module.types.kind(self.func.ty(receiver)) else { return None };
        let fields = &self.module.types.structs.get(id)?.fields;
        fields.get(field as usize).map(|f| (id, f.1))
    }

    fn check_retype(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let from = self.func.ty(data.args[0]);
        let Some(to) = data.result.map(|v| self.func.ty(v)) else {
            return self.report(Rule::Retypes, inst, None, "the result is absent");
        };
        if !super::related(&self.module.types, from, to) {
            let (from, to) = (self.ty_name(from), self.ty_name(to));
            self.report(Rule::Retypes, inst, data.result, format!("{from} is no {to}"));
        }
    }

    fn check_global(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let Imm::Global(id) = data.imm else { return };
        let global = &self.module.globals[id];
        match data.args.first().copied().or(data.result) {
            Some(value) => {
                let what = format_args!("global `{}`", global.name);
                self.expect(inst, Rule::Globals, value, global.ty, what);
            }
            None => self.report(Rule::Globals, inst, None, "the result is absent"),
        }
    }

    /// That `count` values are returned, the one of type `ty`, as the function says.
    pub(super) fn check_return(&mut self, inst: Inst, count: usize, ty: impl Fn(&Self) -> Option<Ty>) {
        let want = self.func.result;
        let value = self.func.insts[inst].args.first().copied();
        let expected = usize::from(want != Types::UNIT);
        if count != expected {
            let message = format!("{} is to be returned, not {count}", counted(expected, "value"));
            return self.report(Rule::Returns, inst, value, message);
        }
        let have = ty(self).unwrap_or(Types::UNIT);
        if have != want {
            let (have, want) = (self.ty_name(have), self.ty_name(want));
            self.report(Rule::Returns, inst, value, format!("{have} is returned, not {want}"));
        }
    }
}

/// Whether a letter stands for this type, from now on if it was free.
fn same(letter: &mut Option<Ty>, ty: Ty) -> bool {
    *letter.get_or_insert(ty) == ty
}
