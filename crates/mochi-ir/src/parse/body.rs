//! Functions: head, blocks, instructions.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use mochi_abi::{RuntimeFn, TrapKind};

use super::lexer::Kind;
use super::{Fault, MAX_ERRORS, Parsed, Parser};
use crate::func::{Block, Def, Func, InstData, Scope, ScopeData, Target, Value, ValueData};
use crate::module::GlobalId;
use crate::op::{Imm, ImmKind, Op};
use crate::ty::{StructId, Types};

/// A function that is being read.
struct Body {
    func: Func,
    /// The blocks that were seen, as opposed to only gone to.
    seen: FxHashSet<Block>,
    /// Whether the head named the parameters, so that the entry block must not.
    named: bool,
}

impl Parser<'_> {
    /// A function or declaration after its keyword.
    pub(super) fn func(&mut self, has_body: bool) -> Parsed<Func> {
        let mut body = Body {
            func: Func::declaration("", 0, Vec::new(), Types::UNIT),
            seen: FxHashSet::default(),
            named: false,
        };
        if has_body {
            body.func.add_block();
        }
        if let Err(fault) = self.head(&mut body) {
            if has_body {
                self.skip_body();
            }
            return Err(fault);
        }
        if !has_body {
            self.end_of_line()?;
            return Ok(body.func);
        }
        self.expect("{")?;
        let mut block = None;
        while !self.eat("}") {
            // What looks like the next function is read as such: its own errors matter, not those of its lines here.
            if self.at_end() || self.is_item() || self.faults.len() >= MAX_ERRORS {
                return Err(self.expected("`}`"));
            }
            let line = self.at;
            if let Err(fault) = self.line(&mut body, &mut block) {
                self.faults.push(fault);
                self.skip_line(line);
            }
        }
        if body.seen.is_empty() {
            self.faults.push(Fault::new(self.here(), format!("`{}` has no block", body.func.name)));
        }
        self.end_of_line()?;
        Ok(body.func)
    }

    /// Goes on after a function whose head is wrong, so that nothing is said about its lines.
    fn skip_body(&mut self) {
        while !self.at_end() {
            let (starts_line, closes) = (self.tokens[self.at].starts_line, self.peek_text() == "}");
            if starts_line && self.is_item() {
                return;
            }
            self.bump();
            if starts_line && closes {
                return;
            }
        }
    }

    /// Whether a function starts here.
    fn is_item(&self) -> bool {
        matches!(self.peek_text(), "func" | "declare")
    }

    fn head(&mut self, body: &mut Body) -> Parsed<()> {
        let has_body = !body.func.is_declaration();
        body.func.name = self.name()?;
        if self.eat("<") {
            body.func.type_params = self.number()?;
            self.expect(">")?;
        }
        self.list("(", ")", |p| {
            let at = p.here();
            let value = if p.entity('v').is_some() { Some(p.value(body)?) } else { None };
            if let Some(value) = value {
                p.expect(":")?;
                let ty = p.ty()?;
                let first = body.func.params.is_empty();
                if !has_body || (!body.named && !first) {
                    return Err(Fault::new(
                        at,
                        "parameters have names all or none, and none in a declaration",
                    ));
                }
                body.named = true;
                body.func.params.push(ty);
                define_param(body, Func::ENTRY, value, ty, at)
            } else {
                if body.named {
                    return Err(Fault::new(at, "parameters have names all or none"));
                }
                let ty = p.ty()?;
                body.func.params.push(ty);
                Ok(())
            }
        })?;
        if self.eat("->") {
            body.func.result = self.ty()?;
        }
        if self.eat("captures") {
            body.func.captures = self.number()?;
        }
        if self.eat("uniform") {
            body.func.uniform = Some(self.func_name()?);
        }
        body.func.shown = if self.eat("shown") { self.string()? } else { body.func.name.clone() };
        body.func.origin = self.origin();
        body.func.span = self.span()?;
        Ok(())
    }

    /// An inlined call, the start of a block, or an instruction.
    fn line(&mut self, body: &mut Body, block: &mut Option<Block>) -> Parsed<()> {
        if self.peek_text() == "inlined" {
            return self.inlined(body);
        }
        if self.entity('b').is_some() {
            *block = Some(self.block_head(body)?);
            return Ok(());
        }
        let Some(block) = *block else { return Err(self.expected("a block")) };
        self.inst(body, block)
    }

    fn inlined(&mut self, body: &mut Body) -> Parsed<()> {
        self.bump();
        let at = self.here();
        let number = self.entity('s');
        if number != Some(body.func.inlined.len() as u32 + 1) {
            return Err(Fault::new(at, "inlined calls are numbered in order, from s1"));
        }
        self.bump();
        let shown = self.string()?.into();
        let origin = self.origin();
        let call_span = self.span()?;
        let parent = self.scope()?;
        body.func.add_scope(ScopeData { shown, origin, call_span, parent });
        self.end_of_line()
    }

    fn block_head(&mut self, body: &mut Body) -> Parsed<Block> {
        let at = self.here();
        let block = self.block(body)?;
        if !body.seen.insert(block) {
            return Err(Fault::new(at, format!("b{} is here twice", block.0)));
        }
        if self.peek_text() == "(" {
            if block == Func::ENTRY && body.named {
                return Err(self.expected("`:`, since the head names the parameters"));
            }
            self.list("(", ")", |p| {
                let at = p.here();
                let value = p.value(body)?;
                p.expect(":")?;
                let ty = p.ty()?;
                define_param(body, block, value, ty, at)
            })?;
        }
        self.expect(":")?;
        self.end_of_line()?;
        Ok(block)
    }

    fn inst(&mut self, body: &mut Body, block: Block) -> Parsed<()> {
        let at = self.here();
        let mut result = None;
        if self.entity('v').is_some() {
            let value = self.value(body)?;
            self.expect(":")?;
            let ty = self.ty()?;
            self.expect("=")?;
            result = Some((value, ty));
        }
        let op = match Op::from_mnemonic(self.peek_text()) {
            Some(op) if self.tokens[self.at].kind == Kind::Word => op,
            _ => return Err(self.expected("an operation")),
        };
        self.bump();
        let mut data = InstData::new(op, &[], Imm::None, mochi_base::Span::NONE, Scope::BODY);
        data.imm = self.imm(op)?;
        if matches!(op.imm(), ImmKind::Func | ImmKind::Runtime | ImmKind::Struct) {
            data.args = self.values(body)?;
        } else {
            self.operands(body, &mut data)?;
        }
        if op.imm() == ImmKind::Cases {
            data.imm = self.cases(body, &mut data)?;
        }
        data.span = self.span()?;
        data.scope = self.scope()?;
        self.end_of_line()?;
        let inst = body.func.insts.next_id();
        if let Some((value, ty)) = result {
            define(body, value, ValueData { ty, def: Def::Inst(inst) }, at)?;
            data.result = Some(value);
        }
        body.func.insts.push(data);
        body.func.blocks[block].insts.push(inst);
        Ok(())
    }

    /// Values, then targets, separated by commas, up to the end of the line.
    fn operands(&mut self, body: &mut Body, data: &mut InstData) -> Parsed<()> {
        if self.tokens[self.at].starts_line || (self.entity('v').is_none() && self.entity('b').is_none()) {
            return Ok(());
        }
        loop {
            if self.entity('b').is_some() {
                data.targets.push(self.target(body)?);
            } else if data.targets.is_empty() {
                data.args.push(self.value(body)?);
            } else {
                return Err(self.expected("a block"));
            }
            if !self.eat(",") {
                return Ok(());
            }
        }
    }

    /// `{ 1 => b2, _ => b3(v4) }`
    fn cases(&mut self, body: &mut Body, data: &mut InstData) -> Parsed<Imm> {
        let mut cases = Vec::new();
        self.list("{", "}", |p| {
            if !p.eat("_") {
                if cases.len() < data.targets.len() {
                    return Err(p.expected("`_`: cases come before the default"));
                }
                cases.push(p.literal("an int", |text| text.parse().ok())?);
            }
            p.expect("=>")?;
            data.targets.push(p.target(body)?);
            Ok(())
        })?;
        Ok(Imm::Cases(cases.into()))
    }

    fn target(&mut self, body: &mut Body) -> Parsed<Target> {
        let block = self.block(body)?;
        let args = if self.peek_text() == "(" { self.values(body)? } else { SmallVec::new() };
        Ok(Target { block, args })
    }

    /// Values in parentheses.
    fn values<const N: usize>(&mut self, body: &mut Body) -> Parsed<SmallVec<[Value; N]>>
    where
        [Value; N]: smallvec::Array<Item = Value>,
    {
        let mut values = SmallVec::new();
        self.list("(", ")", |p| {
            values.push(p.value(body)?);
            Ok(())
        })?;
        Ok(values)
    }

    /// The immediate of an op; cases come later.
    fn imm(&mut self, op: Op) -> Parsed<Imm> {
        Ok(match op.imm() {
            ImmKind::None | ImmKind::Cases => Imm::None,
            ImmKind::Int => Imm::Int(self.literal("an int", |text| text.parse().ok())?),
            ImmKind::Float => Imm::Float(self.float()?),
            ImmKind::Bool => {
                let value = self.eat("true");
                if !value {
                    self.expect("false")?;
                }
                Imm::Bool(value)
            }
            ImmKind::Str => {
                let text = self.string()?;
                Imm::Str(self.module.intern_str(&text))
            }
            ImmKind::Func => {
                self.expect("@")?;
                let func = self.func_name()?;
                let mut types = Vec::new();
                if self.peek_text() == "<" {
                    self.list("<", ">", |p| {
                        types.push(p.ty()?);
                        Ok(())
                    })?;
                }
                Imm::Func(func, types.into())
            }
            ImmKind::Runtime => {
                let Some(f) = RuntimeFn::from_name(self.peek_text()) else {
                    return Err(self.expected("a runtime function"));
                };
                self.bump();
                Imm::Runtime(f)
            }
            ImmKind::Field => {
                self.expect(".")?;
                Imm::Field(self.number()?)
            }
            ImmKind::Global => Imm::Global(GlobalId(self.numbered("global")?)),
            ImmKind::Struct => Imm::Struct(StructId(self.numbered("struct")?)),
            ImmKind::Ty => Imm::Ty(self.ty()?),
            ImmKind::Trap => {
                let Some(kind) = TrapKind::from_name(self.peek_text()) else {
                    return Err(self.expected("a kind of trap"));
                };
                self.bump();
                let message = self.string()?;
                Imm::Trap(kind, self.module.intern_str(&message))
            }
        })
    }

    /// A float, `inf`, `nan`, or `nan:` and the bits.
    fn float(&mut self) -> Parsed<f64> {
        if self.eat("inf") {
            return Ok(f64::INFINITY);
        }
        if !self.eat("nan") {
            return self.literal("a float", |text| text.parse().ok());
        }
        if !self.eat(":") {
            return Ok(f64::NAN);
        }
        let read = |text: &str| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok().map(f64::from_bits);
        self.literal("the bits of a NaN in hexadecimal", |text| read(text).filter(|x| x.is_nan()))
    }

    /// `in s1` or nothing. Which scopes there are is for the verifier to check.
    fn scope(&mut self) -> Parsed<Scope> {
        if !self.eat("in") {
            return Ok(Scope::BODY);
        }
        let number = self.entity('s').ok_or_else(|| self.expected("an inlined call such as `s1`"))?;
        self.bump();
        Ok(Scope(number))
    }

    /// The number of the next token when it is one of the letter's things, such as `v12`.
    fn entity(&self, letter: char) -> Option<u32> {
        let token = self.tokens[self.at];
        let digits = self.text[token.lo..token.hi].strip_prefix(letter)?;
        // Numbers have one spelling, so that every value has one.
        let canonical = digits == "0" || !digits.starts_with('0');
        (token.kind == Kind::Word && canonical && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse().ok())
            .flatten()
    }

    fn value(&mut self, body: &mut Body) -> Parsed<Value> {
        let number = self.entity('v').ok_or_else(|| self.expected("a value"))?;
        let len = body.func.values.len();
        if let Some(grown) = self.grown(len, number)? {
            body.func.values.resize(grown, ValueData { ty: Types::UNIT, def: Def::Gone });
        }
        self.bump();
        Ok(Value(number))
    }

    fn block(&mut self, body: &mut Body) -> Parsed<Block> {
        let number = self.entity('b').ok_or_else(|| self.expected("a block"))?;
        let len = body.func.blocks.len();
        if let Some(grown) = self.grown(len, number)? {
            body.func.blocks.resize(grown, Default::default());
        }
        self.bump();
        Ok(Block(number))
    }

    /// The length that a table must grow to for a number, if it must.
    fn grown(&mut self, len: usize, number: u32) -> Parsed<Option<usize>> {
        let number = number as usize;
        let Some(gap) = number.checked_sub(len) else { return Ok(None) };
        match self.gaps.checked_sub(gap) {
            Some(rest) => self.gaps = rest,
            None => return Err(Fault::new(self.here(), "the number is far beyond those in use")),
        }
        Ok(Some(number + 1))
    }
}

fn define(body: &mut Body, value: Value, data: ValueData, at: usize) -> Parsed<()> {
    if body.func.values[value].def != Def::Gone {
        return Err(Fault::new(at, format!("v{} is defined twice", value.0)));
    }
    body.func.values[value] = data;
    Ok(())
}

fn define_param(body: &mut Body, block: Block, value: Value, ty: crate::ty::Ty, at: usize) -> Parsed<()> {
    let index = body.func.blocks[block].params.len() as u32;
    define(body, value, ValueData { ty, def: Def::Param(block, index) }, at)?;
    body.func.blocks[block].params.push(value);
    Ok(())
}
