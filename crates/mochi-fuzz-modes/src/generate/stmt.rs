//! Statements and functions.

use super::types::{Chooses, Function, Ty, Variable};
use super::{Current, Generator};

/// Most elements or characters of what is assigned.
const CUT: u32 = 12;

impl Generator<'_> {
    /// A variable of the whole program, with a constant.
    pub fn global(&mut self) {
        let ty = self.ty(1);
        if !ty.is_shown() {
            return;
        }
        let name = self.name("g");
        let value = self.constant(&ty);
        let written = self.written(&ty);
        self.line(&format!("var {name}: {written} = {value}"));
        self.scope.push(Variable { name, ty, mutable: true });
    }

    pub fn declare_function(&mut self) {
        let name = self.name("h");
        let recursive = self.c.chance(35);
        let mut params: Vec<Ty> = (0..self.c.below(4)).map(|_| self.ty(1)).collect();
        if recursive {
            params.insert(0, Ty::Int);
        }
        let result = self.ty(1);
        let names: Vec<String> = params.iter().map(|_| self.name("p")).collect();
        let typed: Vec<String> =
            names.iter().zip(&params).map(|(name, ty)| format!("{name}: {}", self.written(ty))).collect();
        let written = self.written(&result);
        self.line(&format!("fun {name}({}): {written} {{", typed.join(", ")));
        self.indent += 1;
        let outer = self.scope.len();
        let locals = names.iter().zip(&params).map(|(name, ty)| (name.clone(), ty.clone()));
        let fuel = recursive.then(|| names[0].clone());
        self.scope.extend(
            locals.filter(|(name, _)| Some(name) != fuel.as_ref()).map(|(name, ty)| Variable {
                name,
                ty,
                mutable: true,
            }),
        );
        let cost = std::mem::replace(&mut self.cost, 0);
        let mut function = Function { name, params, result: result.clone(), cost: 1, recursive };
        if let Some(fuel) = &fuel {
            let value = self.expr(&result, 1);
            self.line(&format!("if {fuel} <= 0 {{ return {value} }}"));
            // Calls go with less fuel.
            let called = Function { name: format!("{}({fuel} - 1", function.name), ..function.clone() };
            self.function = Some(Current { result: Some(result.clone()), recursion: Some((called, 2)) });
        } else {
            self.function = Some(Current { result: Some(result.clone()), recursion: None });
        }
        for _ in 0..1 + self.c.below(4) {
            self.statement(2);
        }
        let value = self.expr(&result, 3);
        self.line(&format!("return {value}"));
        self.function = None;
        self.scope.truncate(outer);
        self.indent -= 1;
        self.line("}");
        // Twice at each of at most three levels.
        function.cost = (self.cost + 1).saturating_mul(if recursive { 15 } else { 1 });
        self.cost = cost;
        self.functions.push(function);
    }

    /// Statements in braces.
    fn block(&mut self, depth: u32) {
        self.indent += 1;
        let outer = self.scope.len();
        for _ in 0..1 + self.c.below(3) {
            self.statement(depth);
        }
        self.scope.truncate(outer);
        self.indent -= 1;
    }

    /// A statement, with blocks so deep in it.
    pub fn statement(&mut self, depth: u32) {
        self.spend(1);
        let choice = self.c.below(22);
        match choice {
            0..=2 => self.print(),
            3..=6 => self.declare(),
            7..=10 => self.assign(),
            11..=12 if depth > 0 => self.condition(depth),
            13..=15 if depth > 0 && self.affords(30) => self.count(depth),
            16 if depth > 0 && self.affords(30) => self.each(depth),
            17 if self.loops > 0 => {
                let condition = self.expr(&Ty::Bool, 2);
                let word = if self.c.chance(50) { "break" } else { "continue" };
                self.line(&format!("if {condition} {{ {word} }}"));
            }
            18 if depth > 0 && self.affords(30) => self.repeat(depth),
            19 if self.affords(300) && self.c.chance(25) => self.walk_rows(),
            19 if self.affords(30) => self.walk(),
            20 => self.leave(),
            21 if self.affords(40) && self.emit() => {}
            _ => self.declare(),
        }
    }

    fn print(&mut self) {
        let values: Vec<String> = (0..1 + self.c.below(3))
            .map(|_| {
                let ty = self.ty(2);
                let ty = if ty.is_shown() { ty } else { Ty::Int };
                self.expr(&ty, 3)
            })
            .collect();
        self.line(&format!("print({})", values.join(", ")));
    }

    fn declare(&mut self) {
        let ty = self.ty(2);
        let name = self.name("v");
        let value = self.expr(&ty, 3);
        let mutable = self.c.chance(70);
        let word = if mutable { "var" } else { "let" };
        // Some types are not those of their values.
        let told =
            matches!(ty, Ty::Opt(_) | Ty::Any | Ty::Big | Ty::Union(_) | Ty::Fun(..)) || self.c.chance(40);
        let written = if told { format!(": {}", self.written(&ty)) } else { String::new() };
        self.line(&format!("{word} {name}{written} = {value}"));
        self.scope.push(Variable { name, ty, mutable });
    }

    /// An expression for a place that is there before and after it.
    fn bounded(&mut self, ty: &Ty, depth: u32) -> String {
        let value = self.expr(ty, depth);
        match ty {
            Ty::Big => format!("({value}) % 1000000007"),
            Ty::Str | Ty::List(_) => format!("({value})[0:{CUT}]"),
            _ => value,
        }
    }

    fn assign(&mut self) {
        let mutable: Vec<Variable> = self.scope.iter().filter(|v| v.mutable).cloned().collect();
        if mutable.is_empty() {
            return self.declare();
        }
        let Variable { name, ty, .. } = mutable[self.c.below(mutable.len())].clone();
        match &ty {
            Ty::List(of) if matches!(**of, Ty::List(_)) && self.c.chance(50) => self.assign_inner(&name, of),
            Ty::List(of) if self.c.chance(60) => {
                if self.c.chance(50) && self.function.is_none() && self.times <= 20 {
                    let value = self.expr(of, 2);
                    self.line(&format!("{name} = append({name}, {value})"));
                } else {
                    let (index, value) = (self.index(&name), self.bounded(of, 2));
                    self.line(&format!("if len({name}) > 0 {{ {name}[{index}] = {value} }}"));
                }
            }
            // Without a cut, so that it grows where it is.
            Ty::Str if self.function.is_none() && self.times <= 20 && self.c.chance(40) => {
                let value = self.constant(&Ty::Str);
                self.line(&format!("{name} = {name} + {value}"));
            }
            Ty::Map(key, value) if self.c.chance(80) => {
                let key = if **key == Ty::Int { self.small() } else { self.expr(key, 0) };
                if let Ty::List(of) = &**value
                    && self.c.chance(50)
                {
                    let (item, value) = (format!("{name}[{key}]"), self.bounded(of, 1));
                    self.line(&format!("if {key} in {name} {{ {item} = append({item}, {value})[0:{CUT}] }}"));
                    return;
                }
                let value = self.bounded(value, 2);
                self.line(&format!("{name}[{key}] = {value}"));
            }
            Ty::Struct(n) if self.c.chance(80) => {
                let fields = self.structs[*n].fields.clone();
                let (field, ty) = fields[self.c.below(fields.len())].clone();
                let value = self.bounded(&ty, 2);
                self.line(&format!("{name}.{field} = {value}"));
            }
            _ => {
                let value = self.bounded(&ty, 3);
                self.line(&format!("{name} = {value}"));
            }
        }
    }

    /// Changes or lengthens a list in a list, of which others may know.
    fn assign_inner(&mut self, list: &str, inner: &Ty) {
        let (outer, item) = (self.index(list), format!("{list}[{}]", self.c.of(&["0", "-1"])));
        let Ty::List(of) = inner else { return };
        match self.c.below(3) {
            0 => {
                let value = self.bounded(of, 1);
                self.line(&format!("if len({list}) > 0 {{ {item} = append({item}, {value})[0:{CUT}] }}"));
            }
            1 => {
                let value = self.bounded(inner, 1);
                self.line(&format!("if len({list}) > 0 {{ {list}[{outer}] = {value} }}"));
            }
            _ => {
                let (index, value) = (self.index(&item), self.bounded(of, 1));
                let filled = format!("len({list}) > 0 && len({item}) > 0");
                self.line(&format!("if {filled} {{ {item}[{index}] = {value} }}"));
            }
        }
    }

    fn condition(&mut self, depth: u32) {
        let condition = self.expr(&Ty::Bool, 3);
        self.line(&format!("if {condition} {{"));
        self.block(depth - 1);
        if self.c.chance(50) {
            self.line("} else {");
            self.block(depth - 1);
        }
        self.line("}");
    }

    /// What is repeated so often.
    fn repeated(&mut self, times: u64, variable: Option<Variable>, depth: u32) {
        let (outer, scope) = (self.times, self.scope.len());
        self.times = self.times.saturating_mul(times.max(1));
        self.loops += 1;
        self.scope.extend(variable);
        let recursion = self.function.as_mut().and_then(|current| current.recursion.take());
        self.block(depth - 1);
        if let Some(current) = &mut self.function {
            current.recursion = recursion;
        }
        self.scope.truncate(scope);
        self.loops -= 1;
        self.times = outer;
    }

    fn count(&mut self, depth: u32) {
        let name = self.name("i");
        let from = self.c.below(5) as i64 - 2;
        let times = 1 + self.c.below(9) as i64;
        // Often up to a length, which bounds of indices are proved with.
        let lists: Vec<String> =
            self.scope.iter().filter(|v| matches!(v.ty, Ty::List(_))).map(|v| v.name.clone()).collect();
        let range = if !lists.is_empty() && self.c.chance(50) {
            format!("0..len({})", lists[self.c.below(lists.len())])
        } else {
            format!("{from}..{}", from + times)
        };
        self.line(&format!("for {name} in {range} {{"));
        let variable = Variable { name, ty: Ty::Int, mutable: self.c.chance(10) };
        self.repeated(times.max(8) as u64, Some(variable), depth);
        self.line("}");
    }

    /// A walk over a list by its indices, or nearly those.
    fn walk(&mut self) {
        let lists: Vec<(String, Ty)> = self
            .scope
            .iter()
            .filter_map(|v| match &v.ty {
                Ty::List(of) if matches!(**of, Ty::Int | Ty::Float | Ty::Bool) => {
                    Some((v.name.clone(), (**of).clone()))
                }
                _ => None,
            })
            .collect();
        let (list, of) = match lists.is_empty() {
            false => lists[self.c.below(lists.len())].clone(),
            true => {
                let name = self.name("v");
                let value = self.expr(&Ty::list(Ty::Int), 2);
                self.line(&format!("var {name} = {value}"));
                let ty = Ty::list(Ty::Int);
                self.scope.push(Variable { name: name.clone(), ty, mutable: true });
                (name, Ty::Int)
            }
        };
        let (index, sum) = (self.name("i"), self.name("v"));
        let from = self.c.of(&["0", "0", "0", "1", "-1"]);
        let to = match self.c.below(6) {
            0..=2 => format!("len({list})"),
            3 => format!("len({list}) - 1"),
            4 => format!("len({list}) + {}", self.c.below(2)),
            _ => format!("{} + {}", self.c.below(5), self.zero()),
        };
        let at = self.c.of(&["", "", "", " + 1", " - 1"]);
        let first = self.leaf(&of);
        let mutable = !matches!(of, Ty::Bool);
        // What is written to, by one name of the list or another.
        let mut written = list.clone();
        if self.c.chance(20) {
            written = self.name("v");
            self.line(&format!("let {written} = {list}"));
            let ty = Ty::list(of.clone());
            self.scope.push(Variable { name: written.clone(), ty, mutable: false });
        }
        self.line(&format!("var {sum} = {first}"));
        self.line(&format!("for {index} in {from}..{to} {{"));
        self.indent += 1;
        match of {
            Ty::Bool => self.line(&format!("{sum} = {sum} == {list}[{index}{at}]")),
            _ => self.line(&format!("{sum} = {sum} + {list}[{index}{at}]")),
        }
        let change = self.c.below(8);
        if change < 5 {
            let value = self.expr(&of, 1);
            let grows = self.scope.iter().any(|v| v.name == list && v.mutable);
            match change {
                0..=1 => self.line(&format!(
                    "if {index} < len({list}) && {index} >= 0 {{ {written}[{index}] = {value} }}"
                )),
                2 if grows => {
                    self.line(&format!("if len({list}) < {CUT} {{ {list} = append({list}, {value}) }}"));
                }
                _ => self.line(&format!("{written}[{index}{at}] = {value}")),
            }
        }
        self.spend(20);
        self.indent -= 1;
        self.line("}");
        self.scope.push(Variable { name: sum, ty: of, mutable });
    }

    /// A walk over a list of lists by rows, or by columns.
    fn walk_rows(&mut self) {
        let of = self.c.of_types(&[Ty::Int, Ty::Float]);
        let ty = Ty::list(Ty::list(of.clone()));
        let known: Vec<String> = self.scope.iter().filter(|v| v.ty == ty).map(|v| v.name.clone()).collect();
        let (i, j, sum) = (self.name("i"), self.name("i"), self.name("v"));
        let list = if known.is_empty() {
            let name = self.name("v");
            let value = self.expr(&ty, 2);
            self.line(&format!("var {name} = {value}"));
            self.scope.push(Variable { name: name.clone(), ty, mutable: true });
            name
        } else {
            known[self.c.below(known.len())].clone()
        };
        let first = self.leaf(&of);
        let (outer, row, column) = match self.c.below(4) {
            0 => (format!("{} + {}", 1 + self.c.below(3), self.zero()), &j, &i),
            1 => (format!("len({list}[0])"), &j, &i),
            _ => (format!("len({list})"), &i, &j),
        };
        let inner = if row == &i { format!("len({list}[{i}])") } else { format!("len({list})") };
        self.line(&format!("var {sum} = {first}"));
        self.line(&format!("for {i} in 0..{outer} {{"));
        self.indent += 1;
        self.line(&format!("for {j} in 0..{inner} {{"));
        self.indent += 1;
        self.line(&format!("{sum} = {sum} + {list}[{row}][{column}]"));
        if self.c.chance(40) {
            let value = self.expr(&of, 1);
            self.line(&format!("{list}[{row}][{column}] = {value}"));
        }
        self.indent -= 1;
        self.line("}");
        self.indent -= 1;
        self.line("}");
        self.spend(300);
        self.scope.push(Variable { name: sum, ty: of, mutable: true });
    }

    fn each(&mut self, depth: u32) {
        let name = self.name("e");
        let (ty, over) = match self.c.below(3) {
            0 => {
                let of = self.ty(1);
                (of.clone(), self.expr(&Ty::list(of), 2))
            }
            1 => (Ty::Str, self.expr(&Ty::Str, 1)),
            _ => {
                let (key, value) = (self.key(), self.scalar());
                (key.clone(), self.expr(&Ty::Map(Box::new(key), Box::new(value)), 1))
            }
        };
        self.line(&format!("for {name} in {over} {{"));
        self.repeated(10, Some(Variable { name, ty, mutable: false }), depth);
        self.line("}");
    }

    fn repeat(&mut self, depth: u32) {
        let name = self.name("w");
        let times = 1 + self.c.below(8);
        let condition =
            if self.c.chance(50) { format!(" && {}", self.expr(&Ty::Bool, 2)) } else { String::new() };
        self.line(&format!("var {name} = {times}"));
        self.line(&format!("while {name} > 0{condition} {{"));
        self.indent += 1;
        self.line(&format!("{name} = {name} - 1"));
        self.indent -= 1;
        self.repeated(times as u64, Some(Variable { name, ty: Ty::Int, mutable: false }), depth);
        self.line("}");
    }

    /// An early return, where there is a function.
    fn leave(&mut self) {
        let Some(result) = self.function.as_ref().and_then(|current| current.result.clone()) else {
            return self.print();
        };
        let (condition, value) = (self.expr(&Ty::Bool, 2), self.expr(&result, 2));
        self.line(&format!("if {condition} {{ return {value} }}"));
    }
}
