//! I007 to I009 and I013 to I015: that everything a function mentions exists and says the same about itself as its users do.
//! What later checks index without looking is checked here.

use mochi_base::IdVec;

use super::items::{Use, check_ty};
use super::types::Facts;
use super::{Rule, Violation, counted, target_count};
use crate::func::{Block, Def, Func, Inst, InstData, Value};
use crate::module::Module;
use crate::op::Imm;
use crate::print::Place;

/// Where instructions are.
pub(super) struct Places(IdVec<Inst, (Block, u32)>);

/// Block of an instruction that is in none.
const NOWHERE: Block = Block(u32::MAX);

impl Places {
    /// Block and position of an instruction that is in a block.
    pub(super) fn of(&self, inst: Inst) -> (Block, usize) {
        let (block, index) = self.0[inst];
        (block, index as usize)
    }
}

/// Checks ids; `None` when not even the places of instructions are known.
pub(super) fn check(
    module: &Module,
    func: &Func,
    facts: &mut Facts,
    violations: &mut Vec<Violation>,
) -> Option<Places> {
    let mut places = IdVec::new();
    places.resize(func.insts.len(), (NOWHERE, 0));
    let mut checker = Checker { module, func, facts, violations, places: Places(places) };
    checker.place_insts()?;
    checker.scopes();
    for (block, data) in func.blocks.iter() {
        for (index, &param) in data.params.iter().enumerate() {
            checker.definition(block.into(), param, Def::Param(block, index as u32));
        }
        for &inst in &data.insts {
            checker.inst(inst);
        }
    }
    Some(checker.places)
}

struct Checker<'a> {
    module: &'a Module,
    func: &'a Func,
    facts: &'a mut Facts,
    violations: &'a mut Vec<Violation>,
    places: Places,
}

impl Checker<'_> {
    fn report(&mut self, rule: Rule, place: Place, value: Option<Value>, message: impl Into<String>) {
        let (func, message) = (self.func.name.clone(), message.into());
        self.violations.push(Violation { rule, func, place, value, message });
    }

    fn place_insts(&mut self) -> Option<()> {
        let func = self.func;
        for (block, data) in func.blocks.iter() {
            // A block without instructions was removed, unless something of it is left.
            if data.insts.is_empty() && (!data.params.is_empty() || block == Func::ENTRY) {
                self.report(Rule::Terminators, block.into(), None, "the block is empty");
            }
            for (index, &inst) in data.insts.iter().enumerate() {
                if func.insts.get(inst).is_none() {
                    self.report(Rule::Definitions, block.into(), None, format!("there is no {inst:?}"));
                    return None;
                }
                if self.places.0[inst].0 != NOWHERE {
                    self.report(Rule::Definitions, inst.into(), None, "the instruction is in two places");
                    return None;
                }
                self.places.0[inst] = (block, index as u32);
                let last = index + 1 == data.insts.len();
                if last != func.insts[inst].op.is_terminator() {
                    let message = if last { "the block goes on after this" } else { "the block ends here" };
                    self.report(Rule::Terminators, inst.into(), None, message);
                }
            }
        }
        Some(())
    }

    fn scopes(&mut self) {
        for (i, scope) in self.func.inlined.iter().enumerate() {
            // `inlined[i]` is scope `i + 1`.
            if scope.parent.0 as usize > i {
                let message = format!("s{} is in s{}, which does not come before it", i + 1, scope.parent.0);
                self.report(Rule::Scopes, Place::Func, None, message);
            }
        }
    }

    fn inst(&mut self, inst: Inst) {
        let func = self.func;
        let data = &func.insts[inst];
        let place = Place::Inst(inst);
        for value in func.uses(inst) {
            self.used(place, value);
        }
        if let Some(result) = data.result {
            self.definition(place, result, Def::Inst(inst));
        }
        self.imm(place, data);
        if data.scope.0 as usize > func.inlined.len() {
            self.report(Rule::Scopes, place, None, format!("there is no s{}", data.scope.0));
        }
        let want = target_count(data);
        if data.targets.len() != want {
            let (mnemonic, want) = (data.op.mnemonic(), counted(want, "target"));
            let message = format!("`{mnemonic}` has {want}, not {}", data.targets.len());
            self.report(Rule::TargetCount, place, None, message);
        }
        for target in &data.targets {
            let name = target.block.0;
            if target.block == Func::ENTRY {
                self.report(Rule::Targets, place, None, "the entry is no target");
            } else if func.blocks.get(target.block).is_none_or(|b| b.insts.is_empty() && b.params.is_empty())
            {
                self.report(Rule::Targets, place, None, format!("there is no b{name}"));
            }
        }
    }

    /// That a value names the place where it is met as its definition, and has a type.
    fn definition(&mut self, place: Place, value: Value, def: Def) {
        let Some(data) = self.func.values.get(value) else {
            return self.report(Rule::Definitions, place, None, format!("there is no v{}", value.0));
        };
        if data.def != def {
            self.report(Rule::Definitions, place, Some(value), format!("v{} is defined elsewhere", value.0));
        }
        let ty = check_ty(self.module, self.facts, data.ty, Use::Value, self.func.type_params);
        if let Err((rule, message)) = ty {
            self.report(rule, place, Some(value), message);
        }
    }

    /// That the place which a used value names as its definition agrees.
    fn used(&mut self, place: Place, value: Value) {
        let func = self.func;
        let agrees = match func.values.get(value).map(|v| v.def) {
            Some(Def::Inst(inst)) => {
                let placed = self.places.0.get(inst).is_some_and(|p| p.0 != NOWHERE);
                placed && func.insts[inst].result == Some(value)
            }
            Some(Def::Param(block, index)) => {
                func.blocks.get(block).is_some_and(|b| b.params.get(index as usize) == Some(&value))
            }
            Some(Def::Gone) | None => false,
        };
        if !agrees {
            self.report(Rule::Definitions, place, Some(value), format!("nothing defines v{}", value.0));
        }
    }

    fn imm(&mut self, place: Place, data: &InstData) {
        let module = self.module;
        if data.imm.kind() != data.op.imm() {
            let message = format!("`{}` has an immediate of kind {:?}", data.op.mnemonic(), data.op.imm());
            return self.report(Rule::Immediates, place, None, message);
        }
        let missing = match &data.imm {
            Imm::Str(id) | Imm::Trap(_, id) => {
                module.strs().get(*id).is_none().then(|| "the string".to_string())
            }
            Imm::Func(id, _) => module.funcs.get(*id).is_none().then(|| "the function".to_string()),
            Imm::Global(id) => module.globals.get(*id).is_none().then(|| format!("global#{}", id.0)),
            Imm::Struct(id) => module.types.structs.get(*id).is_none().then(|| format!("struct#{}", id.0)),
            // Whether the field exists depends on the operand.
            Imm::None
            | Imm::Int(_)
            | Imm::Float(_)
            | Imm::Bool(_)
            | Imm::Runtime(_)
            | Imm::Field(_)
            | Imm::Ty(_)
            | Imm::Cases(_) => None,
        };
        if let Some(what) = missing {
            self.report(Rule::Immediates, place, None, format!("{what} does not exist"));
        }
        let types = match &data.imm {
            Imm::Func(_, types) => types,
            Imm::Ty(ty) => std::slice::from_ref(ty),
            _ => &[],
        };
        for &ty in types {
            let fault = check_ty(module, self.facts, ty, Use::Stored, self.func.type_params);
            if let Err((rule, message)) = fault {
                self.report(rule, place, None, message);
            }
        }
    }
}
