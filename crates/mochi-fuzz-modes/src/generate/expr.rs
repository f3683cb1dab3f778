//! Expressions of a type.

use super::Generator;
use super::types::{Function, Ty, Variable};

impl Generator<'_> {
    /// An expression without variables.
    pub fn constant(&mut self, ty: &Ty) -> String {
        let scope = std::mem::take(&mut self.scope);
        let value = self.leaf(ty);
        self.scope = scope;
        value
    }
    /// A pattern of keys.
    fn pattern(&mut self, key: &Ty) -> String {
        if *key == Ty::Int { self.small() } else { self.c.of(&["\"a\"", "\"\"", "\"abc\""]).into() }
    }

    /// An int that is small and not negative.
    pub fn small(&mut self) -> String {
        self.c.below(5).to_string()
    }

    /// An index into a list or string, mostly in range.
    pub fn index(&mut self, of: &str) -> String {
        let ints: Vec<String> =
            self.scope.iter().filter(|v| v.ty == Ty::Int).map(|v| v.name.clone()).collect();
        match self.c.below(8) {
            0..=1 => self.small(),
            2..=4 if !ints.is_empty() => ints[self.c.below(ints.len())].clone(),
            5 => "-1".into(),
            6 => {
                let value = self.expr(&Ty::Int, 1);
                format!("({value}) % len({of})")
            }
            _ => "0".into(),
        }
    }

    /// A variable of a type, or a constant.
    pub fn leaf(&mut self, ty: &Ty) -> String {
        let known: Vec<String> = self.scope.iter().filter(|v| v.ty == *ty).map(|v| v.name.clone()).collect();
        if !known.is_empty() && self.c.chance(75) {
            // Mostly the latest.
            let back = self.c.below(known.len().min(4));
            return known[known.len() - 1 - back].clone();
        }
        let known_to_passes = !self.c.chance(45);
        match ty {
            Ty::Int if !known_to_passes => {
                let value = self.int();
                format!("({value} + {})", self.zero())
            }
            Ty::Bool if !known_to_passes => {
                let op = self.c.of(&["==", "!=", "<", "<="]);
                format!("({} {op} 0)", self.zero())
            }
            Ty::Str if !known_to_passes => {
                let value = self.c.of(&[
                    "\"a\"",
                    "\"abc\"",
                    "\"abcd1\"",
                    "\"abcd2\"",
                    "\"hello world\"",
                    "\"héllo\"",
                    "\"12\"",
                ]);
                format!("({value} + {})", self.empty())
            }
            Ty::Float if !known_to_passes => {
                let value = self.c.of(&["1.5", "0.0", "(-2.25)", "1e300", "3.0"]);
                format!("({value} + ({} as float))", self.zero())
            }
            Ty::Int => self.int(),
            Ty::Float => self
                .c
                .of(&[
                    "1.5",
                    "0.0",
                    "(-2.25)",
                    "0.1",
                    "3.0",
                    "1e300",
                    "1e-300",
                    "(-0.0)",
                    "1234567.875",
                    "100.0",
                    "0.5",
                    "9007199254740993.0",
                ])
                .into(),
            Ty::Bool => self.c.of(&["true", "false"]).into(),
            Ty::Str => self
                .c
                .of(&[
                    "\"a\"",
                    "\"\"",
                    "\"abc\"",
                    "\"abcd1\"",
                    "\"abcd4\"",
                    "\"hello world\"",
                    "\"héllo\"",
                    "\"12\"",
                    "\"Zebra crossing\"",
                    "\"b\"",
                ])
                .into(),
            Ty::Big => {
                let value = self.int();
                format!("({value} as bigint)")
            }
            Ty::Any => {
                let ty = self.scalar();
                let value = self.leaf(&ty);
                format!("({value} as any)")
            }
            Ty::List(of) => {
                let items: Vec<String> = (0..1 + self.c.below(4)).map(|_| self.leaf(of)).collect();
                self.list_of(of, &items)
            }
            Ty::Map(key, value) => {
                let mut entries: Vec<String> = Vec::new();
                for n in 0..1 + self.c.below(3) {
                    let key = if **key == Ty::Int {
                        n.to_string()
                    } else {
                        format!("\"{}\"", ["a", "b", "abc"][n])
                    };
                    entries.push(format!("{key}: {}", self.leaf(value)));
                }
                self.as_needed(&format!("{{{}}}", entries.join(", ")), ty, value)
            }
            Ty::Opt(of) => {
                let of = self.leaf(of);
                let ty = self.written(ty);
                if self.c.chance(70) { format!("({of} as {ty})") } else { format!("(none as {ty})") }
            }
            Ty::Struct(n) => {
                let (name, fields) = (self.structs[*n].name.clone(), self.structs[*n].fields.clone());
                let fields: Vec<String> =
                    fields.iter().map(|(field, ty)| format!("{field}: {}", self.leaf(ty))).collect();
                format!("{name}{{{}}}", fields.join(", "))
            }
            Ty::Union(n) => {
                let variants = &self.unions[*n].variants;
                let simple: Vec<_> = variants
                    .iter()
                    .filter(|v| v.1.iter().all(|(_, ty)| !matches!(ty, Ty::Union(_))))
                    .cloned()
                    .collect();
                let variant = simple[self.c.below(simple.len())].clone();
                self.variant(&variant, 0)
            }
            Ty::Fun(params, result) => self.lambda(params, result, 1),
        }
    }

    pub fn int(&mut self) -> String {
        let value = if self.c.chance(85) { self.c.below(256) as i64 - 20 } else { self.c.int() };
        match value {
            i64::MIN => "(-9223372036854775807 - 1)".into(),
            _ if value < 0 => format!("({value})"),
            _ => value.to_string(),
        }
    }

    fn list_of(&self, of: &Ty, items: &[String]) -> String {
        let list = Ty::list(of.clone());
        self.as_needed(&format!("[{}]", items.join(", ")), &list, of)
    }

    /// A collection with a cast when its parts do not say its type.
    fn as_needed(&self, text: &str, ty: &Ty, part: &Ty) -> String {
        match part {
            Ty::Any | Ty::Opt(_) | Ty::Union(_) | Ty::Fun(..) => format!("({text} as {})", self.written(ty)),
            _ => text.to_owned(),
        }
    }

    fn variant(&mut self, variant: &(String, Vec<(String, Ty)>), depth: u32) -> String {
        let (name, fields) = variant;
        if fields.is_empty() {
            return name.clone();
        }
        let values: Vec<String> = fields.iter().map(|(_, ty)| self.expr(ty, depth)).collect();
        format!("{name}({})", values.join(", "))
    }

    pub fn lambda(&mut self, params: &[Ty], result: &Ty, depth: u32) -> String {
        let names: Vec<String> = params.iter().map(|_| self.name("a")).collect();
        let typed: Vec<String> =
            names.iter().zip(params).map(|(name, ty)| format!("{name}: {}", self.written(ty))).collect();
        let outer = self.scope.len();
        let variables = names.iter().zip(params).map(|(name, ty)| Variable {
            name: name.clone(),
            ty: ty.clone(),
            mutable: true,
        });
        self.scope.extend(variables);
        let function = self.function.take();
        self.nested += 1;
        // It may be called anywhere, so it calls nothing.
        let value = self.expr(result, depth);
        self.nested -= 1;
        self.function = function;
        self.scope.truncate(outer);
        let written = self.written(result);
        match self.c.below(6) {
            0..=2 => format!("fun({}): {written} => {value}", typed.join(", ")),
            3 => {
                let before = self.captured_assignment().unwrap_or_default();
                format!("fun({}): {written} {{ {before}return {value} }}", typed.join(", "))
            }
            _ => format!("fun({}): {written} {{ return {value} }}", typed.join(", ")),
        }
    }

    /// An assignment to a variable around a function value, which the two share.
    fn captured_assignment(&mut self) -> Option<String> {
        let fits = |v: &&Variable| v.mutable && matches!(v.ty, Ty::Int | Ty::Str | Ty::Bool);
        let known: Vec<Variable> = self.scope.iter().filter(fits).cloned().collect();
        if known.is_empty() {
            return None;
        }
        let Variable { name, ty, .. } = &known[self.c.below(known.len())];
        Some(match ty {
            Ty::Int => format!("{name} = {name} % 1000 * {} + 1 ", 1 + self.c.below(3)),
            Ty::Str => format!("{name} = (\"x\" + {name})[0:5] "),
            _ => format!("{name} = !{name} "),
        })
    }

    /// An expression of a type, with operators so deep.
    pub fn expr(&mut self, ty: &Ty, depth: u32) -> String {
        self.spend(1);
        if depth == 0 || !self.c.chance(85) {
            return self.leaf(ty);
        }
        if self.c.chance(22)
            && let Some(common) = self.common(ty, depth - 1)
        {
            return common;
        }
        let d = depth - 1;
        match ty {
            Ty::Int => self.int_expr(d),
            Ty::Float => self.float_expr(d),
            Ty::Bool => self.bool_expr(d),
            Ty::Str => self.str_expr(d),
            Ty::Big => self.big_expr(d),
            Ty::Any => {
                let ty = self.ty(1);
                let ty = if ty.is_shown() { ty } else { Ty::Int };
                let value = self.expr(&ty, d);
                format!("({value} as any)")
            }
            Ty::List(of) => self.list_expr(of, d),
            Ty::Opt(of) => {
                let value = self.expr(of, d);
                let ty = self.written(ty);
                format!("({value} as {ty})")
            }
            Ty::Struct(n) => {
                let (name, fields) = (self.structs[*n].name.clone(), self.structs[*n].fields.clone());
                let fields: Vec<String> =
                    fields.iter().map(|(field, ty)| format!("{field}: {}", self.expr(ty, d))).collect();
                format!("{name}{{{}}}", fields.join(", "))
            }
            Ty::Union(n) => {
                let variants = &self.unions[*n].variants;
                let variant = variants[self.c.below(variants.len())].clone();
                self.variant(&variant, d)
            }
            Ty::Fun(params, result) => {
                let partial = if self.c.chance(40) { self.partial(params, result, d) } else { None };
                partial.unwrap_or_else(|| self.lambda(params, result, d))
            }
            Ty::Map(..) => self.leaf(ty),
        }
    }

    /// What there is for every type: choices, calls, and parts of what contains it.
    fn common(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        match self.c.below(9) {
            7 => self.generic_call(ty, depth),
            8 => self.unwrapped(ty, depth),
            0..=1 => {
                let condition = self.expr(&Ty::Bool, depth);
                let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                Some(self.agreed(&format!("(if {condition} then {a} else {b})"), ty))
            }
            2..=3 => self.call(ty, depth),
            4 => {
                let list = Ty::list(ty.clone());
                let lists: Vec<String> =
                    self.scope.iter().filter(|v| v.ty == list).map(|v| v.name.clone()).collect();
                if lists.is_empty() {
                    return None;
                }
                let list = lists[self.c.below(lists.len())].clone();
                let index = self.index(&list);
                Some(format!("{list}[{index}]"))
            }
            5 => {
                let mut parts: Vec<String> = Vec::new();
                for variable in &self.scope {
                    if let Ty::Struct(n) = variable.ty {
                        let fields = self.structs[n].fields.iter().filter(|field| field.1 == *ty);
                        parts.extend(fields.map(|(field, _)| format!("{}.{field}", variable.name)));
                        if let (Ty::Int, Some(method)) = (ty, &self.structs[n].method) {
                            parts.push(format!("{}.{method}()", variable.name));
                        }
                    }
                }
                if parts.is_empty() { None } else { Some(parts[self.c.below(parts.len())].clone()) }
            }
            _ => self.matched(ty, depth),
        }
    }

    /// Of two values of types that only a cast tells.
    fn agreed(&self, text: &str, ty: &Ty) -> String {
        match ty {
            Ty::Union(_) => format!("({text} as {})", self.written(ty)),
            _ => text.to_owned(),
        }
    }

    fn matched(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        let unions: Vec<(String, usize)> = self
            .scope
            .iter()
            .filter_map(|v| if let Ty::Union(n) = v.ty { Some((v.name.clone(), n)) } else { None })
            .collect();
        if unions.is_empty() || self.c.chance(20) {
            let key = self.key();
            let (value, pattern) = (self.expr(&key, depth), self.pattern(&key));
            let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
            return Some(self.agreed(&format!("(match {value} {{ {pattern} => {a} _ => {b} }})"), ty));
        }
        let (name, n) = unions[self.c.below(unions.len())].clone();
        let variants = self.unions[n].variants.clone();
        let mut arms = Vec::new();
        for (variant, fields) in &variants {
            let outer = self.scope.len();
            let names: Vec<String> = fields.iter().map(|_| self.name("b")).collect();
            let bound = names.iter().zip(fields).map(|(name, (_, ty))| Variable {
                name: name.clone(),
                ty: ty.clone(),
                mutable: false,
            });
            self.scope.extend(bound);
            let value = self.expr(ty, depth);
            self.scope.truncate(outer);
            let pattern =
                if names.is_empty() { variant.clone() } else { format!("{variant}({})", names.join(", ")) };
            arms.push(format!("{pattern} => {value}"));
        }
        Some(self.agreed(&format!("(match {name} {{ {} }})", arms.join(" ")), ty))
    }

    fn call(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        let values: Vec<(String, Vec<Ty>)> = self
            .scope
            .iter()
            .filter_map(|v| match &v.ty {
                Ty::Fun(params, result) if **result == *ty => Some((v.name.clone(), params.clone())),
                _ => None,
            })
            .collect();
        // Function values call none, so that their calls end.
        if self.nested == 0 && !values.is_empty() && self.c.chance(60) {
            let (name, params) = values[self.c.below(values.len())].clone();
            self.spend(30);
            let arguments: Vec<String> = params.iter().map(|ty| self.expr(ty, depth.min(1))).collect();
            return Some(format!("{name}({})", arguments.join(", ")));
        }
        if self.nested > 0 {
            return None;
        }
        let own = self.function.as_mut().and_then(|current| current.recursion.as_mut());
        if let Some((function, left)) = own
            && function.result == *ty
            && *left > 0
            && self.c.chance(70)
        {
            *left -= 1;
            let function = function.clone();
            let arguments: Vec<String> = function.params[1..]
                .iter()
                .map(|ty| format!(", {}", self.bounded_argument(ty, depth)))
                .collect();
            return Some(format!("{}{})", function.name, arguments.concat()));
        }
        let fitting: Vec<Function> = self
            .functions
            .iter()
            .filter(|function| function.result == *ty && self.affords(function.cost))
            .cloned()
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let function = fitting[self.c.below(fitting.len())].clone();
        self.spend(function.cost);
        let mut arguments: Vec<String> = Vec::new();
        for (i, ty) in function.params.iter().enumerate() {
            let fuel = function.recursive && i == 0;
            arguments.push(if fuel { self.c.below(4).to_string() } else { self.expr(ty, depth) });
        }
        Some(format!("{}({})", function.name, arguments.join(", ")))
    }

    /// An argument of a call of itself, which does not grow from call to call.
    fn bounded_argument(&mut self, ty: &Ty, depth: u32) -> String {
        let depth = if ty.grows() { 0 } else { depth };
        self.expr(ty, depth)
    }

    fn int_expr(&mut self, d: u32) -> String {
        match self.c.below(23) {
            20 | 22 => self.declared_int().unwrap_or_else(|| self.leaf(&Ty::Int)),
            21 => {
                let value = self.expr(&Ty::Big, d);
                format!("(({value} % 1000003) as int)")
            }
            0..=6 => {
                let op = self.c.of(&["+", "+", "-", "-", "*"]);
                let (a, b) = (self.expr(&Ty::Int, d), self.expr(&Ty::Int, d));
                format!("({a} {op} {b})")
            }
            7..=8 => {
                let op = self.c.of(&["/", "%"]);
                let a = self.expr(&Ty::Int, d);
                let by = match self.c.below(8) {
                    0 => self.expr(&Ty::Int, d),
                    1 => "(-1)".into(),
                    _ => self.c.of(&["2", "3", "7", "8", "10", "16", "1000", "(-4)", "1024"]).to_string(),
                };
                format!("({a} {op} {by})")
            }
            9 => {
                let a = self.expr(&Ty::Int, d);
                format!("(({a}) % 1000 * 3)")
            }
            10 => {
                let a = self.expr(&Ty::Int, d);
                if self.c.chance(50) { format!("(-{a})") } else { format!("abs({a})") }
            }
            11..=12 => {
                let of = match self.c.below(3) {
                    0 => Ty::Str,
                    1 => Ty::Map(Box::new(self.key()), Box::new(self.scalar())),
                    _ => Ty::list(self.scalar()),
                };
                let value = self.expr(&of, d);
                format!("len({value})")
            }
            13 if self.c.chance(30) => {
                // Not always of what is an int.
                let value = self.expr(&Ty::Any, d);
                format!("({value} as int)")
            }
            13 => {
                let value = self.expr(&Ty::Float, d);
                format!("({value} as int)")
            }
            14..=15 => {
                let call = self.c.of(&["sum", "min", "max", "count"]);
                let list = self.expr(&Ty::list(Ty::Int), d);
                format!("{call}({list})")
            }
            16 => self.aggregate(&Ty::Int, d),
            17 => {
                let (list, first) = (self.expr(&Ty::list(Ty::Int), d), self.expr(&Ty::Int, 0));
                let f = self.lambda(&[Ty::Int, Ty::Int], &Ty::Int, 2);
                self.spend(40);
                format!("reduce({list}, {f}, {first})")
            }
            18 => {
                let options: Vec<String> = self
                    .scope
                    .iter()
                    .filter(|v| v.ty == Ty::Opt(Box::new(Ty::Int)))
                    .map(|v| v.name.clone())
                    .collect();
                if options.is_empty() {
                    let (a, b) = (self.expr(&Ty::Str, d), self.expr(&Ty::Str, 0));
                    return format!("indexOf({a}, {b})");
                }
                let other = self.expr(&Ty::Int, d);
                format!("({} ?? {other})", options[self.c.below(options.len())])
            }
            _ => {
                let maps: Vec<(String, Ty)> = self
                    .scope
                    .iter()
                    .filter_map(|v| match &v.ty {
                        Ty::Map(key, value) if **value == Ty::Int => Some((v.name.clone(), (**key).clone())),
                        _ => None,
                    })
                    .collect();
                if maps.is_empty() {
                    return self.leaf(&Ty::Int);
                }
                let (map, key) = maps[self.c.below(maps.len())].clone();
                let key = if key == Ty::Int { self.small() } else { self.expr(&key, 0) };
                format!("(if {key} in {map} then {map}[{key}] else 0)")
            }
        }
    }

    fn big_expr(&mut self, d: u32) -> String {
        let a = self.expr(&Ty::Big, d.min(1));
        match self.c.below(10) {
            0..=4 => {
                let op = self.c.of(&["+", "-", "*"]);
                let b = self.expr(&Ty::Int, d);
                format!("({a} {op} {b})")
            }
            5..=6 => {
                let op = self.c.of(&["+", "-", "*"]);
                let b = self.expr(&Ty::Big, d.min(1));
                format!("({a} {op} {b})")
            }
            7 => {
                let (op, by) =
                    (self.c.of(&["/", "%"]), self.c.of(&["3", "(-7)", "1000000007", "(2 as bigint)"]));
                format!("({a} {op} {by})")
            }
            8 => format!("pow({a} % 1000003, {})", self.c.below(5)),
            _ => format!("(-{a})"),
        }
    }

    fn float_expr(&mut self, d: u32) -> String {
        match self.c.below(10) {
            0..=3 => {
                let op = self.c.of(&["+", "-", "*", "*"]);
                let (a, b) = (self.expr(&Ty::Float, d), self.expr(&Ty::Float, d));
                format!("({a} {op} {b})")
            }
            4 => {
                let op = self.c.of(&["/", "%"]);
                let a = self.expr(&Ty::Float, d);
                let by = self.c.of(&["2.0", "0.3", "(-7.5)", "1e10"]);
                format!("({a} {op} {by})")
            }
            5..=6 => {
                let value = self.expr(&Ty::Int, d);
                format!("({value} as float)")
            }
            7 => {
                let call = self.c.of(&["floor", "ceil", "abs"]);
                let value = self.expr(&Ty::Float, d);
                format!("{call}({value})")
            }
            8 => {
                let value = self.expr(&Ty::Float, d);
                format!("(-{value})")
            }
            _ => {
                let list = self.expr(&Ty::list(Ty::Float), d);
                format!("avg({list})")
            }
        }
    }

    fn bool_expr(&mut self, d: u32) -> String {
        match self.c.below(14) {
            12 => {
                let op = self.c.of(&["<", "<=", ">", ">=", "==", "!="]);
                let (a, b) = (self.expr(&Ty::Big, d), self.expr(&Ty::Big, d));
                format!("({a} {op} {b})")
            }
            13 => {
                let (a, b) = (self.expr(&Ty::Str, d), self.expr(&Ty::Str, d.min(1)));
                match self.c.below(3) {
                    0 => format!("contains({a}, {b})"),
                    1 => format!("({a}).starts_with({b})"),
                    _ => format!("({b} in {a})"),
                }
            }
            0..=3 => {
                let op = self.c.of(&["<", "<=", ">", ">=", "==", "!="]);
                let (a, b) = (self.expr(&Ty::Int, d), self.expr(&Ty::Int, d));
                format!("({a} {op} {b})")
            }
            4 => {
                let op = self.c.of(&["<", "<=", ">", ">=", "==", "!="]);
                let (a, b) = (self.expr(&Ty::Float, d), self.expr(&Ty::Float, d));
                format!("({a} {op} {b})")
            }
            5 => {
                let op = self.c.of(&["<", "<=", ">", ">=", "==", "!="]);
                let (a, b) = (self.expr(&Ty::Str, d), self.expr(&Ty::Str, d));
                format!("({a} {op} {b})")
            }
            6..=7 => {
                let op = self.c.of(&["&&", "||"]);
                let (a, b) = (self.expr(&Ty::Bool, d), self.expr(&Ty::Bool, d));
                format!("({a} {op} {b})")
            }
            8 => {
                let value = self.expr(&Ty::Bool, d);
                format!("(!{value})")
            }
            9 => {
                let of = self.scalar();
                let (item, list) = (self.expr(&of, d), self.expr(&Ty::list(of), d));
                format!("({item} in {list})")
            }
            10 => {
                let ty = self.ty(1);
                let ty = if matches!(ty, Ty::Fun(..) | Ty::Opt(_) | Ty::Union(_)) {
                    Ty::list(Ty::Int)
                } else {
                    ty
                };
                let (a, b) = (self.expr(&ty, d), self.expr(&ty, d));
                format!("({a} == {b})")
            }
            _ => {
                let options: Vec<String> = self
                    .scope
                    .iter()
                    .filter(|v| matches!(v.ty, Ty::Opt(_)))
                    .map(|v| v.name.clone())
                    .collect();
                match options.is_empty() {
                    true => self.leaf(&Ty::Bool),
                    false => format!("({} == none)", options[self.c.below(options.len())]),
                }
            }
        }
    }

    fn str_expr(&mut self, d: u32) -> String {
        match self.c.below(15) {
            12 => {
                let value = self.expr(&Ty::Str, d);
                let (from, to) = (self.c.below(4), self.c.below(7));
                format!("substring({value}, {from}, {to})")
            }
            13 => {
                let value = self.expr(&Ty::Str, d);
                let (width, with) = (self.c.below(8), self.c.of(&["\"x\"", "\"é\"", "\" \""]));
                format!("padStart({value}, {width}, {with})")
            }
            14 => {
                let value = self.expr(&Ty::Str, d);
                format!("{value}{}", self.c.of(&["[::-1]", "[::2]", "[1::3]", "[-1:0:-2]", "[-3:]"]))
            }
            0..=2 => {
                let (a, b) = (self.expr(&Ty::Str, d), self.expr(&Ty::Str, d));
                format!("({a} + {b})")
            }
            3..=5 => {
                let ty = self.ty(1);
                let ty = if ty.is_shown() { ty } else { Ty::Int };
                let value = self.expr(&ty, d);
                format!("str({value})")
            }
            6..=7 => {
                let value = self.expr(&Ty::Str, d);
                let (from, to) = (self.c.below(4), self.c.below(7));
                format!("{value}[{from}:{to}]")
            }
            8 => {
                let call = self.c.of(&["upper", "lower", "reverse", "trim"]);
                let value = self.expr(&Ty::Str, d);
                format!("{call}({value})")
            }
            9 => {
                let list = self.expr(&Ty::list(Ty::Str), d);
                format!("join({list}, \"-\")")
            }
            10 => {
                let value = self.expr(&Ty::Str, d);
                let times = self.c.below(4);
                format!("repeat({value}, {times})")
            }
            _ => {
                let texts: Vec<String> =
                    self.scope.iter().filter(|v| v.ty == Ty::Str).map(|v| v.name.clone()).collect();
                if texts.is_empty() {
                    return self.leaf(&Ty::Str);
                }
                let text = texts[self.c.below(texts.len())].clone();
                let index = self.index(&text);
                format!("{text}[{index}]")
            }
        }
    }

    fn list_expr(&mut self, of: &Ty, d: u32) -> String {
        let list = Ty::list(of.clone());
        match self.c.below(18) {
            12 => {
                let a = self.expr(&list, d);
                format!("{a}{}", self.c.of(&["[::-1]", "[::2]", "[1::3]", "[-1:0:-2]", "[-3:]"]))
            }
            13 if matches!(of, Ty::Int | Ty::Float | Ty::Bool | Ty::Str) => {
                let op = self.c.of(&["union", "union all", "except", "intersect"]);
                let (a, b) = (self.expr(&list, d), self.expr(&list, d.min(1)));
                self.spend(30);
                format!("({a} {op} {b})")
            }
            13 => {
                let (a, b) = (self.expr(&list, d), self.expr(&list, d.min(1)));
                format!("concat({a}, {b})")
            }
            14 => {
                let of = Box::new(of.clone());
                let maps: Vec<String> = self
                    .scope
                    .iter()
                    .filter(|v| matches!(&v.ty, Ty::Map(_, value) if *value == of))
                    .map(|v| v.name.clone())
                    .collect();
                if maps.is_empty() {
                    return self.leaf(&list);
                }
                format!("values({})", maps[self.c.below(maps.len())])
            }
            15..=17 if matches!(of, Ty::Int | Ty::Str) && self.affords(200) => self.joined(of, d),
            0..=2 => {
                let items: Vec<String> = (0..1 + self.c.below(4)).map(|_| self.expr(of, d)).collect();
                self.list_of(of, &items)
            }
            3 => {
                let (a, b) = (self.expr(&list, d), self.expr(of, d));
                format!("append({a}, {b})")
            }
            4 => {
                let (a, b) = (self.expr(&list, d), self.expr(&list, d));
                format!("({a} + {b})")
            }
            5..=6 => {
                let a = self.expr(&list, d);
                let (from, to) = (self.c.below(4), self.c.below(7));
                format!("{a}[{from}:{to}]")
            }
            7 => {
                let a = self.expr(&list, d);
                format!("reverse({a})")
            }
            8 if *of == Ty::Int => {
                let n = self.c.below(8);
                format!("range({n})")
            }
            8 if *of == Ty::Str => {
                let text = self.expr(&Ty::Str, d);
                format!("split({text}, \"l\")")
            }
            9..=11 if self.affords(60) => self.query(of, d),
            _ => self.leaf(&list),
        }
    }
}
