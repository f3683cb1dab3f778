//! Makes the instances: every function of the result, in terms of the result.

use std::rc::Rc;

use mochi_base::id::Id;
use rustc_hash::FxHashMap;

use super::reach::{Instance, Instances, Parts};
use super::{Keep, LinkError, Unit, Units, specialize};
use crate::func::{Def, Func, Value};
use crate::module::{FuncId, Global, GlobalId, Module, StrId};
use crate::op::Imm;
use crate::print::print_ty;
use crate::ty::{Ty, TyKind, Types};

/// A type of more parts is a number in the name of an instance.
const MAX_PARTS_IN_NAME: u32 = 50;

/// What was copied so far.
#[derive(Clone, Default)]
pub(super) struct Copied {
    /// The function of each instance.
    pub(super) ids: Vec<FuncId>,
    globals: FxHashMap<(Unit, GlobalId), GlobalId>,
    parts: Parts,
}

impl Copied {
    /// What a global of the program is in the result.
    pub(super) fn global(&self, id: GlobalId) -> Option<GlobalId> {
        self.globals.get(&(Unit::Program, id)).copied()
    }
    /// Forgets what has become of the program's globals: another program comes.
    pub(super) fn forget_program(&mut self) {
        self.globals.retain(|&(unit, _), _| unit == Unit::Library);
    }
}

/// Adds the instances to the result that are not there; the first of them is the entry.
pub(super) fn copy(
    units: &mut Units<'_, '_>,
    instances: &mut Instances,
    copied: &mut Copied,
    out: &mut Module,
) -> Result<(), LinkError> {
    // The program's own functions keep their order; instances of one function that in which they were found.
    let first = copied.ids.len();
    let mut order: Vec<usize> = (first..instances.list.len()).collect();
    let entry_last = units.keep == Keep::Program;
    order.sort_by_key(|&n| (entry_last && n == first, instances.list[n].source, n));
    copied.ids.resize(instances.list.len(), FuncId(0));
    for (position, &n) in (out.funcs.len()..).zip(&order) {
        copied.ids[n] = FuncId::from_index(position);
    }
    let mut copier = Copier { units, copied };
    for n in order {
        let instance = instances.list[n].clone();
        let func = copier.instance(instances, &instance, out)?;
        if out.func_named(&func.name).is_some() {
            return Err(LinkError::Mismatch(func.name));
        }
        out.add_func(func);
    }
    // A function that was there may have become a value only now.
    for (of, uniform) in instances.uniform.drain(..) {
        if let (Some(of), Some(uniform)) = (instances.numbers.get(&of), instances.numbers.get(&uniform)) {
            out.funcs[copied.ids[*of as usize]].uniform = Some(copied.ids[*uniform as usize]);
        }
    }
    instances.uniform_reached = 0;
    out.entry = Some(copied.ids[first]);
    for unit in [Unit::Program, Unit::Library] {
        let (from, translation) = units.translation(unit)?;
        translation.finish(from, &mut out.types);
    }
    Ok(())
}

struct Copier<'u, 'a, 'b> {
    units: &'u mut Units<'a, 'b>,
    copied: &'u mut Copied,
}

impl Copier<'_, '_, '_> {
    fn instance(
        &mut self,
        instances: &mut Instances,
        instance: &Instance,
        out: &mut Module,
    ) -> Result<Func, LinkError> {
        let (unit, args) = (instance.source.unit, &instance.args);
        let mut func = self.take(instances, instance);
        if !args.is_empty() {
            let args: Vec<String> = args.iter().map(|&ty| self.ty_name(out, ty)).collect();
            func.name = format!("{}<{}>", func.name, args.join(", "));
        }
        // Of a type parameter, and so perhaps of a type that their instruction is not meant for.
        let vars: Vec<Value> = if args.is_empty() {
            Vec::new()
        } else {
            let types = self.units.types(unit)?;
            let is_var = |v: &Value| matches!(types.kind(func.ty(*v)), TyKind::Var(_));
            func.values.ids().filter(is_var).collect()
        };
        func.type_params = 0;
        func.uniform = None;
        for ty in func.params.iter_mut().chain([&mut func.result]) {
            *ty = self.units.ty(unit, out, *ty, args)?;
        }
        for value in func.values.values_mut() {
            // What is gone is of no type, so that no type is kept for it.
            value.ty = match value.def {
                Def::Gone => Types::UNIT,
                Def::Inst(_) | Def::Param(..) => self.units.ty(unit, out, value.ty, args)?,
            };
        }
        let mut placed = vec![false; func.insts.len()];
        for &inst in func.blocks.values().flat_map(|block| &block.insts) {
            placed[inst.index()] = true;
        }
        for (data, placed) in func.insts.values_mut().zip(placed) {
            if placed {
                self.imm(instances, instance, &mut data.imm, out)?;
            } else {
                data.imm = Imm::None;
            }
        }
        if !args.is_empty() {
            specialize::specialize(&mut func, &vars, out)?;
        }
        Ok(func)
    }

    /// The function of an instance; a copy only if there may be another instance of it.
    fn take(&mut self, instances: &mut Instances, instance: &Instance) -> Func {
        let id = instance.source.id;
        let only = instance.args.is_empty() && self.units.keep == Keep::Nothing;
        match instance.source.unit {
            Unit::Program => {
                let func = &mut self.units.program.funcs[id];
                if only {
                    std::mem::replace(func, Func::declaration("", 0, Vec::new(), Types::UNIT))
                } else {
                    func.clone()
                }
            }
            Unit::Library if only => {
                let func = instances.decoded.remove(&id).expect("what is reached was decoded");
                Rc::unwrap_or_clone(func)
            }
            Unit::Library => Func::clone(&instances.decoded[&id]),
        }
    }

    fn imm(
        &mut self,
        instances: &Instances,
        instance: &Instance,
        imm: &mut Imm,
        out: &mut Module,
    ) -> Result<(), LinkError> {
        let (unit, args) = (instance.source.unit, &instance.args);
        match imm {
            Imm::Str(id) | Imm::Trap(_, id) => *id = out.intern_str(self.str(unit, *id)?),
            Imm::Func(id, types) => {
                let source = instances.resolved(unit, *id);
                let types = types.iter().map(|&ty| self.units.ty(unit, out, ty, args));
                let callee = Instance { source, args: types.collect::<Result<_, LinkError>>()? };
                *imm = Imm::Func(self.copied.ids[instances.number(&callee)], Box::new([]));
            }
            Imm::Global(id) => *id = self.global(unit, *id, out)?,
            Imm::Struct(id) => {
                let (from, translation) = self.units.translation(unit)?;
                *id = translation.struct_id(from, &mut out.types, *id);
            }
            Imm::Ty(ty) => *ty = self.units.ty(unit, out, *ty, args)?,
            Imm::None
            | Imm::Int(_)
            | Imm::Float(_)
            | Imm::Bool(_)
            | Imm::Runtime(_)
            | Imm::Field(_)
            | Imm::Cases(_) => {}
        }
        Ok(())
    }

    fn global(&mut self, unit: Unit, id: GlobalId, out: &mut Module) -> Result<GlobalId, LinkError> {
        if let Some(&known) = self.copied.globals.get(&(unit, id)) {
            return Ok(known);
        }
        let Global { name, ty } = match unit {
            Unit::Program => self.units.program.globals[id].clone(),
            Unit::Library => self.units.library.global(id)?.clone(),
        };
        let ty = self.units.ty(unit, out, ty, &[])?;
        let new = out.globals.push(Global { name, ty });
        self.copied.globals.insert((unit, id), new);
        Ok(new)
    }

    /// A type in the name of an instance. Types can be much longer in text than in the table.
    fn ty_name(&mut self, out: &Module, ty: Ty) -> String {
        if self.copied.parts.of(&out.types, ty) > MAX_PARTS_IN_NAME {
            return format!("#{}", ty.0);
        }
        print_ty(&out.types, ty)
    }
    fn str(&self, unit: Unit, id: StrId) -> Result<&str, LinkError> {
        Ok(match unit {
            Unit::Program => self.units.program.str(id),
            Unit::Library => self.units.library.str(id)?,
        })
    }
}
