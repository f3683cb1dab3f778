//! One way of breaking each rule of the verifier.

use mochi_ir::analysis::Dominators;
use mochi_ir::func::{Def, Origin, ScopeData};
use mochi_ir::generate::Choices;
use mochi_ir::module::Global;
use mochi_ir::op::effect;
use mochi_ir::ty::StructDef;
use mochi_ir::verify::Rule;
use mochi_ir::{
    Block, Func, FuncId, Imm, Inst, InstData, Module, Op, Scope, Target, Ty, TyKind, Types, Value,
};

/// Breaks a rule somewhere in a valid module; whether there was a place for it.
pub fn plant(rule: Rule, module: &mut Module, choices: &mut Choices<'_>) -> bool {
    plant_in(rule, module, choices).is_some()
}

fn plant_in(rule: Rule, m: &mut Module, c: &mut Choices<'_>) -> Option<()> {
    match rule {
        Rule::WholeTypes => {
            let parts = m.types.reference(Types::I64);
            let ty = m.types.list(parts);
            m.globals.push(Global { name: "broken".into(), ty });
        }
        Rule::Unions => {
            let union = m.types.unions.ids().next()?;
            let twin = StructDef { name: "twin".into(), fields: vec![], variant_of: Some((union, 0)) };
            m.types.structs.push(twin);
        }
        Rule::TypeParams => {
            let var = m.types.intern(TyKind::Var(2));
            let f = func_with_body(m, c);
            m.funcs[f].result = var;
        }
        Rule::Entry => {
            m.add_func(Func::declaration("declared", 0, vec![], Types::UNIT));
            m.entry = m.func_named("declared");
        }
        Rule::EntryParams => {
            let f = func_with_body(m, c);
            m.funcs[f].params.push(Types::I64);
        }
        Rule::Captures => {
            let f = func_with_body(m, c);
            m.funcs[f].captures = m.funcs[f].params.len() as u32 + 1;
        }
        Rule::Uniforms => {
            let f = func_with_body(m, c);
            m.funcs[f].uniform = Some(f);
        }
        Rule::Adapters => {
            let f = func_with_body(m, c);
            m.funcs[f].origin = Origin::Adapter;
            m.funcs[f].captures = 0;
        }
        Rule::Scopes => {
            let f = func_with_body(m, c);
            let parent = Scope(m.funcs[f].inlined.len() as u32 + 1);
            let (shown, origin, call_span) = ("s".into(), Origin::User, Default::default());
            m.funcs[f].add_scope(ScopeData { shown, origin, call_span, parent });
        }
        Rule::Terminators => {
            let (f, block) = block(m, c);
            let data = &mut m.funcs[f].blocks[block];
            if c.chance(50) && data.insts.len() > 1 {
                data.insts.pop();
            } else {
                let last = *data.insts.last()?;
                let again = m.funcs[f].insts[last].clone();
                let again = m.funcs[f].insts.push(again);
                m.funcs[f].blocks[block].insts.push(again);
            }
        }
        Rule::Definitions => {
            let (f, inst) = find(m, c, |_, _, d| !d.args.is_empty())?;
            let arg = m.funcs[f].insts[inst].args[0];
            m.funcs[f].values[arg].def = Def::Gone;
        }
        Rule::Dominance => {
            // An operand becomes a value of the same type that comes later in the block.
            let (f, inst) = find(m, c, |f, _, d| {
                let result = d.result.map(|v| f.ty(v));
                d.args.first().is_some_and(|&v| Some(f.ty(v)) == result)
            })?;
            let data = &mut m.funcs[f].insts[inst];
            data.args[0] = data.result?;
        }
        Rule::Operands => {
            let (f, inst) = find(m, c, |_, _, d| d.op.args() == Op::Add.args())?;
            let wrong = prepend(m, f, inst, Op::ConstStr, Types::STR);
            m.funcs[f].insts[inst].args[c.below(2)] = wrong;
        }
        Rule::Results => {
            let (f, inst) = find(m, c, |_, _, d| d.op.result() == Op::Add.result())?;
            let result = m.funcs[f].insts[inst].result?;
            m.funcs[f].values[result].ty = Types::STR;
        }
        Rule::Immediates => {
            let (f, inst) = find(m, c, |_, _, d| matches!(d.imm, Imm::Int(_)))?;
            m.funcs[f].insts[inst].imm = Imm::None;
        }
        Rule::TargetCount => {
            let (f, inst) = find(m, c, |_, _, d| !d.targets.is_empty())?;
            m.funcs[f].insts[inst].targets.pop();
        }
        Rule::Targets => {
            let (f, inst) = find(m, c, |_, _, d| !d.targets.is_empty())?;
            let gone = Block(m.funcs[f].blocks.len() as u32);
            m.funcs[f].insts[inst].targets[0].block = if c.chance(50) { gone } else { Func::ENTRY };
        }
        Rule::TargetArgs => {
            let (f, inst) = find(m, c, |_, _, d| d.targets.iter().any(|t| !t.args.is_empty()))?;
            let targets = &mut m.funcs[f].insts[inst].targets;
            for target in targets {
                target.args.pop();
            }
        }
        Rule::Returns => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::Return && !d.args.is_empty())?;
            m.funcs[f].insts[inst].args.clear();
        }
        Rule::Calls => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::Call && !d.args.is_empty())?;
            m.funcs[f].insts[inst].args.pop();
        }
        Rule::Closures => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::ClosureNew)?;
            let extra = prepend(m, f, inst, Op::ConstStr, Types::STR);
            m.funcs[f].insts[inst].args.push(extra);
        }
        Rule::Retypes => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::Retype)?;
            let result = m.funcs[f].insts[inst].result?;
            m.funcs[f].values[result].ty = Types::I64;
        }
        Rule::ClosureCalls => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::CallClosure)?;
            let extra = prepend(m, f, inst, Op::ConstStr, Types::STR);
            m.funcs[f].insts[inst].args.push(extra);
        }
        Rule::RuntimeCalls => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::CallRuntime)?;
            let extra = prepend(m, f, inst, Op::ConstStr, Types::STR);
            m.funcs[f].insts[inst].args.push(extra);
        }
        Rule::Structs => {
            let (f, inst) = find(m, c, |_, _, d| matches!(d.op, Op::FieldGet | Op::FieldSet))?;
            m.funcs[f].insts[inst].imm = Imm::Field(9);
        }
        Rule::Maps => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::MapNew && !d.args.is_empty())?;
            m.funcs[f].insts[inst].args.pop();
        }
        Rule::Globals => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::GlobalSet)?;
            let wrong = m.types.list(Types::BIGINT);
            let wrong = prepend(m, f, inst, Op::ListNew, wrong);
            m.funcs[f].insts[inst].args[0] = wrong;
        }
        Rule::Anys => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::AnyUnbox)?;
            let result = m.funcs[f].insts[inst].result?;
            m.funcs[f].values[result].ty = Types::BIGRAT;
        }
        Rule::Cases => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::Switch)?;
            let data = &mut m.funcs[f].insts[inst];
            data.targets.resize(3, data.targets[0].clone());
            data.imm = Imm::Cases([7, 7].into());
        }
        Rule::ViewLives => {
            // Something that may move the elements comes between the view and its use.
            let view_op =
                |d: &InstData| matches!(d.op, Op::ViewLen | Op::ViewGet | Op::ViewGetIn | Op::ViewSetIn);
            let (f, inst) = find(m, c, |_, _, d| view_op(d))?;
            let callee = m.add_func(Func::declaration("grows", 0, vec![], Types::UNIT));
            let imm = Imm::Func(callee, [].into());
            let call = InstData::new(Op::Call, &[], imm, Default::default(), Scope::BODY);
            assert!(call.effects().intersects(effect::WRITES_LEN));
            let call = m.funcs[f].make_inst(call, None);
            insert_before(&mut m.funcs[f], inst, call);
        }
        Rule::ViewLists => {
            // A second way into a block that takes a view comes with a view of another list.
            let is_view = |m: &Module, f: &Func, v: Value| matches!(m.types.kind(f.ty(v)), TyKind::View(_));
            let (f, inst) = find(m, c, |f, m, d| {
                d.op == Op::Jump && d.targets[0].args.first().is_some_and(|&v| is_view(m, f, v))
            })?;
            let func = &mut m.funcs[f];
            let view = func.ty(func.insts[inst].targets[0].args[0]);
            let TyKind::View(elem) = *m.types.kind(view) else { return None };
            let list = m.types.list(elem);
            let cond = prepend(m, f, inst, Op::ConstBool, Types::BOOL);
            let list = prepend(m, f, inst, Op::ListNew, list);
            let other = InstData::new(Op::ListView, &[list], Imm::None, Default::default(), Scope::BODY);
            let other = m.funcs[f].make_inst(other, Some(view));
            insert_before(&mut m.funcs[f], inst, other);
            let other = m.funcs[f].insts[other].result?;
            let data = &mut m.funcs[f].insts[inst];
            let block = data.targets[0].block;
            data.op = Op::Branch;
            data.args = [cond].into_iter().collect();
            data.targets.push(Target { block, args: [other].into_iter().collect() });
        }
        Rule::Pushes => {
            let (f, inst) = find(m, c, |_, _, d| d.op == Op::ListPush)?;
            let func = &mut m.funcs[f];
            let list = func.insts[inst].args[0];
            let share = InstData::new(Op::ListLen, &[list], Imm::None, Default::default(), Scope::BODY);
            let share = func.make_inst(share, Some(Types::I64));
            insert_after(func, inst, share);
        }
    }
    Some(())
}

fn func_with_body(m: &Module, c: &mut Choices<'_>) -> FuncId {
    FuncId(c.below(m.funcs.len()) as u32)
}

/// A block that is reached.
fn block(m: &Module, c: &mut Choices<'_>) -> (FuncId, Block) {
    let f = func_with_body(m, c);
    (f, c.of(Dominators::compute(&m.funcs[f]).order()))
}

/// An instruction in a block that is reached.
fn find(
    m: &Module,
    c: &mut Choices<'_>,
    fits: impl Fn(&Func, &Module, &InstData) -> bool,
) -> Option<(FuncId, Inst)> {
    let mut found = Vec::new();
    for (id, func) in m.funcs.iter() {
        let tree = Dominators::compute(func);
        let insts = tree.order().iter().flat_map(|&block| &func.blocks[block].insts);
        found.extend(insts.filter(|&&inst| fits(func, m, &func.insts[inst])).map(|&inst| (id, inst)));
    }
    (!found.is_empty()).then(|| c.of(&found))
}

/// A new value right before an instruction.
fn prepend(m: &mut Module, f: FuncId, before: Inst, op: Op, ty: Ty) -> Value {
    let imm = match op {
        Op::ConstStr => Imm::Str(m.intern_str("")),
        Op::ConstBool => Imm::Bool(true),
        Op::ConstInt => Imm::Int(0),
        _ => Imm::None,
    };
    let func = &mut m.funcs[f];
    let data = InstData::new(op, &[], imm, Default::default(), Scope::BODY);
    let inst = func.make_inst(data, Some(ty));
    insert_before(func, before, inst);
    func.insts[inst].result.expect("made with a type")
}

fn insert_before(func: &mut Func, before: Inst, inst: Inst) {
    insert(func, before, inst, 0);
}
fn insert_after(func: &mut Func, after: Inst, inst: Inst) {
    insert(func, after, inst, 1);
}
fn insert(func: &mut Func, place: Inst, inst: Inst, offset: usize) {
    for data in func.blocks.values_mut() {
        if let Some(at) = data.insts.iter().position(|&i| i == place) {
            return data.insts.insert(at + offset, inst);
        }
    }
}
