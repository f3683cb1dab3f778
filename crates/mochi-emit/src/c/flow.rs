//! Control: jumps, branches, returns, and the values that go with them.

use std::fmt::Write;

use mochi_base::id::Id;
use mochi_ir::func::Target;
use mochi_ir::{Imm, Inst, Op, TyKind, Types};

use super::func::{Writer, root};
use super::names::{self, c_type};
use crate::Unsupported;
use crate::layout::Place;

impl Writer<'_, '_> {
    /// Writes the end of a block.
    pub fn terminator(&mut self, inst: Inst, place: Place) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        match data.op {
            Op::Jump => {
                let go = self.go(&data.targets[0], place);
                self.lines(&go, "    ");
            }
            Op::Branch => self.branch(inst, place),
            Op::Switch => self.switch(inst),
            Op::Return => match data.args.first() {
                Some(&value) => {
                    let value = self.value(value);
                    self.line(&format!("return {value};"));
                }
                None => self.line("return;"),
            },
            Op::TailCall => {
                let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
                let args: String = data.args.iter().map(|&arg| format!(", {}", self.value(arg))).collect();
                let call = format!("{}(up{args})", self.tables.func_name(id));
                self.give(&call);
            }
            Op::TailCallClosure => {
                let call = self.closure_call(inst, true)?;
                self.give(&call);
            }
            Op::TailCallAny => {
                let call = self.dynamic_call(inst, true);
                self.give(&call);
            }
            Op::Trap => {
                let Imm::Trap(_, message) = data.imm else { unreachable!("verified") };
                let here = self.here(inst);
                let message = names::string(self.tables.module.str(message));
                self.line(&format!("mo_trap({here}, {message});"));
            }
            _ => unreachable!("{:?} is no terminator", data.op),
        }
        Ok(())
    }

    /// Returns what a call returns.
    fn give(&mut self, call: &str) {
        if self.func.result == Types::UNIT {
            self.line(&format!("{call};"));
            self.line("return;");
        } else {
            self.line(&format!("return {call};"));
        }
    }

    fn lines(&mut self, text: &[String], indent: &str) {
        for line in text {
            let _ = writeln!(self.out, "{indent}{line}");
        }
    }

    fn branch(&mut self, inst: Inst, place: Place) {
        let data = &self.func.insts[inst];
        let condition = self.value(data.args[0]);
        let (yes, no) = (self.go(&data.targets[0], place), self.go(&data.targets[1], place));
        match (yes.is_empty(), no.is_empty()) {
            (true, true) => {}
            (false, true) => {
                self.line(&format!("if ({condition}) {{"));
                self.lines(&yes, "        ");
                self.line("}");
            }
            (true, false) => {
                self.line(&format!("if (!{condition}) {{"));
                self.lines(&no, "        ");
                self.line("}");
            }
            (false, false) => {
                self.line(&format!("if ({condition}) {{"));
                self.lines(&yes, "        ");
                self.line("} else {");
                self.lines(&no, "        ");
                self.line("}");
            }
        }
    }

    fn switch(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let Imm::Cases(cases) = &data.imm else { unreachable!("verified") };
        let value = self.value(data.args[0]);
        self.line(&format!("switch ({value}) {{"));
        for (case, target) in cases.iter().zip(&data.targets) {
            let case = names::int(*case);
            self.line(&format!("case {case}:"));
            let go = self.jump(target);
            self.lines(&go, "        ");
        }
        self.line("default:");
        let go = self.jump(data.targets.last().expect("verified"));
        self.lines(&go, "        ");
        self.line("}");
    }

    /// Statements that go to a target; without the jump when its block comes next.
    fn go(&mut self, target: &Target, place: Place) -> Vec<String> {
        let mut text = self.moves(target);
        if self.layout.place(target.block) != place + 1 {
            text.push(format!("goto b{};", target.block.index()));
        }
        text
    }
    fn jump(&mut self, target: &Target) -> Vec<String> {
        let mut text = self.moves(target);
        text.push(format!("goto b{};", target.block.index()));
        text
    }

    /// Assigns the parameters of a target: through temporaries where one of them is read after it was assigned.
    fn moves(&mut self, target: &Target) -> Vec<String> {
        let params = &self.func.blocks[target.block].params;
        let mut pairs: Vec<(String, String, &'static str, bool)> = Vec::new();
        for (&param, &arg) in params.iter().zip(&target.args) {
            if root(self.types(), self.func, arg) == Some(param) {
                continue;
            }
            if let TyKind::View(elem) = self.types().kind(self.func.ty(param)) {
                let ty = c_type(self.types().elem_kind(*elem));
                let (to, from) = (param.index(), arg.index());
                pairs.push((format!("v{to}_data"), format!("v{from}_data"), ty, true));
                pairs.push((format!("v{to}_len"), self.view_len(arg), "int64_t", false));
                continue;
            }
            let from = self.value(arg);
            pairs.push((format!("v{}", param.index()), from, c_type(self.kind(param)), false));
        }
        let clash = pairs
            .iter()
            .enumerate()
            .any(|(at, (to, ..))| pairs[at + 1..].iter().any(|(_, from, ..)| from == to));
        if !clash {
            return pairs.into_iter().map(|(to, from, ..)| format!("{to} = {from};")).collect();
        }
        let mut text = vec!["{".to_owned()];
        for (at, (_, from, ty, pointer)) in pairs.iter().enumerate() {
            let star = if *pointer { "*" } else { "" };
            text.push(format!("    {ty} {star}const t{at} = {from};"));
        }
        text.extend(pairs.iter().enumerate().map(|(at, (to, ..))| format!("    {to} = t{at};")));
        text.push("}".to_owned());
        text
    }
}
