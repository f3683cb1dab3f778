//! Which functions the entry reaches, with which type arguments.

use std::rc::Rc;

use mochi_base::Span;
use mochi_base::id::Id;
use rustc_hash::FxHashMap;

use super::copy::Copied;
use super::translate::same;
use super::{Keep, LinkError, Source, Unit, Units};
use crate::analysis::Order;
use crate::func::{BlockData, Def, Func};
use crate::module::{FuncId, Module};
use crate::op::{Imm, Op};
use crate::ty::{Ty, TyKind, Types};

/// Type arguments with this many parts more than the largest type of the program mean that there is no end.
const MAX_PARTS: u32 = 1000;
/// So do more instances of functions with type parameters than this.
const MAX_INSTANCES: usize = 200_000;

/// A function with its type arguments, which are types of the result.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Instance {
    pub(super) source: Source,
    pub(super) args: Box<[Ty]>,
}

/// The instances that are reached.
#[derive(Clone, Default)]
pub(super) struct Instances {
    /// In the order in which they were found.
    pub(super) list: Vec<Instance>,
    /// How many of them have type arguments.
    generic: usize,
    pub(super) numbers: FxHashMap<Instance, u32>,
    /// What each function of the program that is called is.
    resolved: FxHashMap<FuncId, Source>,
    /// Whether something reached calls functions without knowing their types.
    calls_any: bool,
    /// Functions that values were made of, with their uniform ones, which count as reached once something calls them.
    pub(super) uniform: Vec<(Instance, Instance)>,
    /// How many of these are reached.
    pub(super) uniform_reached: usize,
    /// Decoded functions of the library.
    pub(super) decoded: FxHashMap<FuncId, Rc<Func>>,
    /// Where the instances that the last entry reached begin.
    last: usize,
    sizes: TypeSizes,
}

/// How large the types of the program are, as far as it has come.
#[derive(Clone, Default)]
struct TypeSizes {
    parts: Parts,
    measured: usize,
    largest: u32,
}

impl TypeSizes {
    /// The parts of the largest type.
    fn largest(&mut self, types: &Types) -> u32 {
        for ty in types.ids_from(self.measured) {
            self.largest = self.largest.max(self.parts.of(types, ty));
            self.measured += 1;
        }
        self.largest
    }
}

impl Instances {
    /// Position in the list of an instance that is reached.
    pub(super) fn number(&self, instance: &Instance) -> usize {
        self.numbers[instance] as usize
    }
    /// The function that an id of a unit stands for.
    pub(super) fn resolved(&self, unit: Unit, id: FuncId) -> Source {
        match unit {
            Unit::Program => self.resolved[&id],
            Unit::Library => Source { unit, id },
        }
    }

    /// Forgets the instances of the last entry that have no function, or one that is not before `first`, before which are
    /// all others. The places in the list of those that had one stay.
    pub(super) fn forget_from(&mut self, first: FuncId, copied: &Copied) {
        self.uniform.clear();
        self.uniform_reached = 0;
        for (n, instance) in (self.last as u32..).zip(&self.list[self.last..]) {
            let is_kept = copied.ids.get(n as usize).is_some_and(|&id| id < first);
            if !is_kept && self.numbers.get(instance) == Some(&n) {
                self.generic -= usize::from(!instance.args.is_empty());
                self.numbers.remove(instance);
            }
        }
        self.list.truncate(copied.ids.len());
    }

    /// Forgets the program, of which no function is left: another one comes.
    pub(super) fn forget_program(&mut self) {
        debug_assert!(self.numbers.keys().all(|instance| instance.source.unit == Unit::Library));
        self.resolved.clear();
        self.calls_any = false;
        self.sizes = TypeSizes::default();
    }

    fn add(&mut self, instance: Instance) {
        let next = self.list.len() as u32;
        if *self.numbers.entry(instance.clone()).or_insert(next) == next {
            self.generic += usize::from(!instance.args.is_empty());
            self.list.push(instance);
        }
    }
}

/// Finds what the entry reaches beyond the instances that are known. Types of instances are interned in the result.
pub(super) fn reach(
    units: &mut Units<'_, '_>,
    instances: &mut Instances,
    entry: FuncId,
    out: &mut Module,
) -> Result<(), LinkError> {
    let largest = instances.sizes.largest(&units.program.types);
    let (max_parts, mut parts) = (largest.saturating_add(MAX_PARTS), Parts::default());
    let mut next = instances.list.len();
    instances.last = next;
    let source = resolve(units, instances, entry)?;
    instances.add(Instance { source, args: Box::new([]) });
    while let Some(caller) = instances.list.get(next).cloned() {
        next += 1;
        let unit = caller.source.unit;
        let mentions = mentions(units, instances, caller.source)?;
        instances.calls_any |= mentions.calls_any;
        for Mention { callee, types, made, span } in mentions.callees {
            let source = match unit {
                Unit::Program => resolve(units, instances, callee)?,
                Unit::Library => Source { unit, id: callee },
            };
            let types = types.iter().map(|&ty| units.ty(unit, out, ty, &caller.args));
            let args: Box<[Ty]> = types.collect::<Result<_, LinkError>>()?;
            let large = args.iter().any(|&ty| parts.of(&out.types, ty) > max_parts);
            if large || instances.generic > MAX_INSTANCES {
                return Err(LinkError::Endless { name: name(units, source)?, span });
            }
            let instance = Instance { source, args };
            if let (Made::Value, Unit::Program) = (made, source.unit)
                && let Some(id) = units.program.funcs[source.id].uniform
            {
                let source = resolve(units, instances, id)?;
                let uniform = Instance { source, args: instance.args.clone() };
                instances.uniform.push((instance.clone(), uniform));
            }
            instances.add(instance);
        }
        if next == instances.list.len() && (instances.calls_any || units.keep == Keep::Program) {
            for n in instances.uniform_reached..instances.uniform.len() {
                instances.add(instances.uniform[n].1.clone());
            }
            instances.uniform_reached = instances.uniform.len();
        }
    }
    Ok(())
}

/// What a function of the program is: itself, or what it declares.
fn resolve(units: &mut Units<'_, '_>, instances: &mut Instances, id: FuncId) -> Result<Source, LinkError> {
    if let Some(&source) = instances.resolved.get(&id) {
        return Ok(source);
    }
    let (func, library) = (&units.program.funcs[id], units.library);
    let source = if func.is_declaration() {
        let Some(id) = library.find(&func.name)? else {
            return Err(LinkError::Missing(func.name.clone()));
        };
        if !same_head(&units.program.types, func, library.types()?, &library.head(id)?) {
            return Err(LinkError::Mismatch(func.name.clone()));
        }
        Source { unit: Unit::Library, id }
    } else {
        remove_unreached(&mut units.program.funcs[id]);
        Source { unit: Unit::Program, id }
    };
    instances.resolved.insert(id, source);
    Ok(source)
}

/// Removes blocks that are not reached, which may mention anything, and what they define.
fn remove_unreached(func: &mut Func) {
    let tree = Order::compute(func);
    for block in func.blocks.ids().filter(|&block| !tree.reached(block)) {
        func.blocks[block] = BlockData::default();
    }
    let mut placed = vec![false; func.insts.len()];
    for &inst in func.blocks.values().flat_map(|block| &block.insts) {
        placed[inst.index()] = true;
    }
    for value in func.values.values_mut() {
        let gone = match value.def {
            Def::Inst(inst) => !placed.get(inst.index()).is_some_and(|&placed| placed),
            Def::Param(block, _) => !tree.reached(block),
            Def::Gone => true,
        };
        if gone {
            value.def = Def::Gone;
        }
    }
}

fn same_head(a: &Types, f: &Func, b: &Types, g: &Func) -> bool {
    f.type_params == g.type_params
        && f.captures == g.captures
        && f.params.len() == g.params.len()
        && f.params.iter().zip(&g.params).all(|(&x, &y)| same(a, x, b, y))
        && same(a, f.result, b, g.result)
}

fn name(units: &Units<'_, '_>, source: Source) -> Result<String, LinkError> {
    Ok(match source.unit {
        Unit::Program => units.program.funcs[source.id].name.clone(),
        Unit::Library => units.library.name(source.id)?.to_string(),
    })
}

/// What code does with a function that it mentions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    Call,
    /// A function value.
    Value,
}

/// What a function mentions.
struct Mentions {
    callees: Vec<Mention>,
    /// Whether it calls functions without knowing their types.
    calls_any: bool,
}

/// One mention of a function.
struct Mention {
    callee: FuncId,
    /// In terms of the type parameters of the function that mentions it.
    types: Box<[Ty]>,
    made: Made,
    span: Span,
}

fn mentions(units: &Units<'_, '_>, instances: &mut Instances, source: Source) -> Result<Mentions, LinkError> {
    let decoded;
    let func = match source.unit {
        Unit::Program => &units.program.funcs[source.id],
        Unit::Library => {
            decoded = match instances.decoded.get(&source.id) {
                Some(func) => Rc::clone(func),
                None => {
                    let func = Rc::new(units.library.func(source.id)?);
                    if func.is_declaration() {
                        return Err(LinkError::Missing(func.name.clone()));
                    }
                    instances.decoded.insert(source.id, Rc::clone(&func));
                    func
                }
            };
            &*decoded
        }
    };
    let mut found = Mentions { callees: Vec::new(), calls_any: false };
    for &inst in func.blocks.values().flat_map(|block| &block.insts) {
        let data = &func.insts[inst];
        found.calls_any |= matches!(data.op, Op::CallAny | Op::TailCallAny);
        if let Imm::Func(id, types) = &data.imm {
            let made = if data.op == Op::ClosureNew { Made::Value } else { Made::Call };
            found.callees.push(Mention { callee: *id, types: types.clone(), made, span: data.span });
        }
    }
    Ok(found)
}

/// How many parts types have, at most the largest number.
#[derive(Clone, Default)]
pub(super) struct Parts(FxHashMap<Ty, u32>);

impl Parts {
    pub(super) fn of(&mut self, types: &Types, ty: Ty) -> u32 {
        if let Some(&parts) = self.0.get(&ty) {
            return parts;
        }
        let mut parts = 1u32;
        let mut add = |this: &mut Self, ty| parts = parts.saturating_add(this.of(types, ty));
        match types.kind(ty) {
            TyKind::List(t) | TyKind::Option(t) | TyKind::Ref(t) | TyKind::View(t) => add(self, *t),
            TyKind::Map(k, v) => {
                add(self, *k);
                add(self, *v);
            }
            TyKind::Fn(params, result) => {
                params.iter().for_each(|&p| add(self, p));
                add(self, *result);
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
            | TyKind::Union(_)
            | TyKind::Var(_) => {}
        }
        self.0.insert(ty, parts);
        parts
    }
}
