//! Breaks modules: ids out of range, types that do not fit, instructions that are gone or in two places.

use smallvec::SmallVec;

use super::Choices;
use crate::func::{Block, Def, Func, Inst, Scope, Target, Value};
use crate::module::{FuncId, GlobalId, Module, StrId};
use crate::op::{Imm, Op};
use crate::ty::{StructId, Ty, UnionId};

/// Makes a few changes anywhere in a module. What comes out may be valid by luck.
pub fn scramble(module: &mut Module, choices: &mut Choices<'_>) {
    for _ in 0..1 + choices.below(4) {
        match choices.below(12) {
            0 => items(module, choices),
            _ if module.funcs.is_empty() => {}
            _ => {
                let id = FuncId(choices.below(module.funcs.len()) as u32);
                let types = module.types.len();
                let func = &mut module.funcs[id];
                match choices.below(6) {
                    0 => head(func, types, choices),
                    1 => tables(func, types, choices),
                    _ => inst(func, types, choices),
                }
            }
        }
    }
}

/// Mostly an id that exists, sometimes one that does not.
fn id(c: &mut Choices<'_>, len: usize) -> u32 {
    match c.below(12) {
        0 => len as u32,
        1 => u32::MAX,
        _ => c.below(len.max(1)) as u32,
    }
}

fn items(module: &mut Module, c: &mut Choices<'_>) {
    let types = &mut module.types;
    let (tys, structs, unions) = (types.len(), types.structs.len(), types.unions.len());
    match c.below(5) {
        0 => module.entry = Some(FuncId(id(c, module.funcs.len()))),
        1 => {
            for global in module.globals.values_mut() {
                global.ty = Ty(id(c, tys));
            }
        }
        2 => {
            for def in types.structs.values_mut() {
                def.fields.iter_mut().for_each(|field| field.1 = Ty(id(c, tys)));
            }
        }
        3 => {
            for def in types.structs.values_mut() {
                def.variant_of = Some((UnionId(id(c, unions)), id(c, 2)));
            }
        }
        _ => {
            for def in types.unions.values_mut() {
                def.variants.push(StructId(id(c, structs)));
            }
        }
    }
}

fn head(func: &mut Func, types: usize, c: &mut Choices<'_>) {
    match c.below(6) {
        0 => func.result = Ty(id(c, types)),
        1 => func.params.push(Ty(id(c, types))),
        2 => func.captures = id(c, 3),
        3 => func.type_params = c.below(3) as u32,
        4 => func.uniform = Some(FuncId(id(c, 3))),
        _ => func.inlined.iter_mut().for_each(|scope| scope.parent = Scope(id(c, 3))),
    }
}

/// What blocks and values say about instructions.
fn tables(func: &mut Func, types: usize, c: &mut Choices<'_>) {
    if func.is_declaration() {
        return;
    }
    let (values, insts) = (func.values.len(), func.insts.len());
    let block = Block(c.below(func.blocks.len()) as u32);
    match c.below(7) {
        0 => func.blocks[block].params.push(Value(id(c, values))),
        1 => func.blocks[block].insts.push(Inst(id(c, insts))),
        2 => {
            func.blocks[block].insts.pop();
        }
        3 => func.blocks[block].insts.reverse(),
        4 => func.blocks[block] = Default::default(),
        _ if values == 0 => {}
        5 => func.values[Value(c.below(values) as u32)].ty = Ty(id(c, types)),
        _ => {
            let def = match c.below(3) {
                0 => Def::Gone,
                1 => Def::Inst(Inst(id(c, insts))),
                _ => Def::Param(Block(id(c, func.blocks.len())), id(c, 3)),
            };
            func.values[Value(c.below(values) as u32)].def = def;
        }
    }
}

fn inst(func: &mut Func, types: usize, c: &mut Choices<'_>) {
    let (values, blocks, insts) = (func.values.len(), func.blocks.len(), func.insts.len());
    if insts == 0 {
        return;
    }
    let data = &mut func.insts[Inst(c.below(insts) as u32)];
    match c.below(9) {
        0 => data.op = c.of(Op::ALL),
        1 if !data.args.is_empty() => {
            let at = c.below(data.args.len());
            data.args[at] = Value(id(c, values));
        }
        2 => {
            data.args.pop();
        }
        3 => data.args.push(Value(id(c, values))),
        4 => data.result = c.chance(50).then(|| Value(id(c, values))),
        5 => data.scope = Scope(id(c, 3)),
        6 => data.imm = imm(types, c),
        7 if !data.targets.is_empty() => {
            let at = c.below(data.targets.len());
            data.targets[at].block = Block(id(c, blocks));
        }
        _ => {
            let args: SmallVec<_> = (0..c.below(3)).map(|_| Value(id(c, values))).collect();
            data.targets.push(Target { block: Block(id(c, blocks)), args });
        }
    }
}

fn imm(types: usize, c: &mut Choices<'_>) -> Imm {
    match c.below(12) {
        0 => Imm::None,
        1 => Imm::Int(c.int()),
        2 => Imm::Float(0.5),
        3 => Imm::Bool(true),
        4 => Imm::Str(StrId(id(c, 2))),
        5 => Imm::Func(FuncId(id(c, 3)), (0..c.below(3)).map(|_| Ty(id(c, types))).collect()),
        6 => Imm::Runtime(c.of(mochi_abi::RuntimeFn::ALL)),
        7 => Imm::Field(id(c, 3)),
        8 => Imm::Global(GlobalId(id(c, 2))),
        9 => Imm::Struct(StructId(id(c, 2))),
        10 => Imm::Ty(Ty(id(c, types))),
        _ => Imm::Cases((0..c.below(4)).map(|_| c.int()).collect()),
    }
}
