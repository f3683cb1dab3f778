//! The lines of a function in the making, and where its variables are declared.
//!
//! A variable belongs to the innermost list that has all mentions of it. It is declared by its first assignment if that
//! is a line of this list, with `const` if there is no other; else before the line of this list that has, or contains, the
//! first mention. Labels are never jumped to from outside their list (see [`super::shape`]), so no jump passes an initialisation
//! that is still needed, and one that goes back finds its variables as they were.

use std::fmt::Write;

/// A list of lines between braces.
pub(super) type Scope = u32;
/// The lines of the function itself.
const FUNCTION: Scope = 0;

/// A variable, by number.
pub(super) type Var = usize;

/// A function in the making.
#[derive(Default)]
pub(super) struct Body {
    lines: Vec<Line>,
    scopes: Vec<ScopeData>,
    current: Scope,
    /// By variable.
    vars: Vec<Option<VarData>>,
    temporaries: u32,
}

struct Line {
    scope: Scope,
    kind: Kind,
}

enum Kind {
    Code(String),
    /// `variable = text;`
    Assign(Var, String),
    /// Text that is not indented, with its line end.
    Bare(String),
}

struct ScopeData {
    parent: Scope,
    depth: u32,
    /// The line of the parent with the statement that it is part of.
    opened: usize,
}

struct VarData {
    /// What stands before and after the place of `const` in the declaration.
    ty: &'static str,
    pointer: bool,
    restrict: bool,
    name: String,
    often: bool,
    /// The innermost list with all mentions so far.
    scope: Scope,
    /// The line of that list with the first one.
    first: usize,
    assigned: u32,
}

impl Body {
    /// A body with so many variables.
    pub fn new(vars: usize) -> Body {
        let function = ScopeData { parent: FUNCTION, depth: 1, opened: 0 };
        Body {
            lines: Vec::new(),
            scopes: vec![function],
            current: FUNCTION,
            vars: std::iter::repeat_with(|| None).take(vars).collect(),
            temporaries: 0,
        }
    }

    /// A line of code.
    pub fn line(&mut self, text: impl Into<String>) {
        self.push(Kind::Code(text.into()));
    }
    /// A line that is not indented.
    pub fn bare(&mut self, text: String) {
        self.push(Kind::Bare(text));
    }
    fn push(&mut self, kind: Kind) {
        self.lines.push(Line { scope: self.current, kind });
    }
    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }
    /// A line with the beginning of a statement, whose opening brace is its last character.
    pub fn open(&mut self, text: &str) {
        let opened = self.len();
        self.line(text);
        self.enter(opened);
    }
    /// The end of one list of a statement and the beginning of another.
    pub fn reopen(&mut self, text: &str) {
        let opened = self.leave();
        self.line(text);
        self.enter(opened);
    }
    /// The end of a statement.
    pub fn close(&mut self, text: &str) {
        self.leave();
        self.line(text);
    }
    /// Begins a list of a statement that begins with a line.
    pub fn enter(&mut self, opened: usize) {
        let (parent, depth) = (self.current, self.scopes[self.current as usize].depth + 1);
        self.current = self.scopes.len() as Scope;
        self.scopes.push(ScopeData { parent, depth, opened });
    }
    /// Ends a list; the line that its statement begins with.
    pub fn leave(&mut self) -> usize {
        let ScopeData { parent, opened, .. } = self.scopes[self.current as usize];
        self.current = parent;
        opened
    }

    /// A variable of another number than all others, and its name.
    pub fn temporary(&mut self, ty: &'static str, pointer: bool) -> (Var, String) {
        let var = self.vars.len();
        self.temporaries += 1;
        let name = format!("t{}", self.temporaries);
        self.vars.push(None);
        self.declare(var, ty, pointer, name.clone(), false);
        (var, name)
    }
    /// Makes a variable known; `often` says that its value may change.
    pub fn declare(&mut self, var: Var, ty: &'static str, pointer: bool, name: String, often: bool) {
        let data =
            VarData { ty, pointer, restrict: false, name, often, scope: Scope::MAX, first: 0, assigned: 0 };
        self.vars[var] = Some(data);
    }
    /// Whether the value of a variable may change.
    pub fn is_assigned_often(&self, var: Var) -> bool {
        self.vars[var].as_ref().is_some_and(|data| data.often)
    }
    /// Notes that the next line mentions a variable, unless it is a parameter of the function.
    pub fn mention(&mut self, var: Var) {
        let (lines, current) = (self.lines.len(), self.current);
        let Some(data) = &mut self.vars[var] else { return };
        if data.scope == Scope::MAX {
            (data.scope, data.first) = (current, lines);
            return;
        }
        while !is_within(&self.scopes, current, data.scope) {
            let around = &self.scopes[data.scope as usize];
            (data.scope, data.first) = (around.parent, around.opened);
        }
    }
    /// Assigns a variable.
    pub fn assign(&mut self, var: Var, text: String) {
        self.mention(var);
        if let Some(data) = &mut self.vars[var] {
            data.assigned += 1;
        }
        self.push(Kind::Assign(var, text));
    }

    /// The list that lines are added to.
    pub fn scope(&self) -> Scope {
        self.current
    }
    /// Whether a list is another one or within it.
    pub fn is_within(&self, inner: Scope, outer: Scope) -> bool {
        is_within(&self.scopes, inner, outer)
    }
    /// The list that declares a variable which is assigned once, there.
    pub fn declared_by_assignment(&self, var: Var) -> Option<Scope> {
        let data = self.vars[var].as_ref()?;
        let once = data.assigned == 1 && self.is_declared_by(data.first, var);
        once.then_some(data.scope)
    }
    /// Lets a pointer be `restrict`.
    pub fn restrict(&mut self, var: Var) {
        if let Some(data) = &mut self.vars[var] {
            data.restrict = true;
        }
    }

    /// Writes the lines.
    pub fn write(&self, out: &mut String) {
        let mut before: Vec<(usize, Var)> = Vec::new();
        for (var, data) in self.vars.iter().enumerate() {
            let Some(data) = data.as_ref().filter(|data| data.scope != Scope::MAX) else { continue };
            if !self.is_declared_by(data.first, var) {
                before.push((data.first, var));
            }
        }
        before.sort_unstable();
        let mut before = before.into_iter().peekable();
        for (at, line) in self.lines.iter().enumerate() {
            while let Some((_, var)) = before.next_if(|&(first, _)| first == at) {
                let data = self.vars[var].as_ref().expect("it is known");
                self.indent(data.scope, out);
                let _ = writeln!(out, "{};", declarator(data, ""));
            }
            match &line.kind {
                Kind::Bare(text) => out.push_str(text),
                Kind::Code(text) => {
                    self.indent(line.scope, out);
                    let _ = writeln!(out, "{text}");
                }
                Kind::Assign(var, text) => {
                    self.indent(line.scope, out);
                    let data = self.vars[*var].as_ref().expect("it is known");
                    let name = match self.is_declared_by(at, *var) {
                        true => declarator(data, if data.assigned == 1 { "const " } else { "" }),
                        false => data.name.clone(),
                    };
                    let _ = writeln!(out, "{name} = {text};");
                }
            }
        }
    }
    /// Whether a line is the assignment that declares a variable.
    fn is_declared_by(&self, line: usize, var: Var) -> bool {
        let Some(data) = &self.vars[var] else { return false };
        data.scope != Scope::MAX
            && data.first == line
            && self.lines[line].scope == data.scope
            && matches!(&self.lines[line].kind, Kind::Assign(assigned, _) if *assigned == var)
    }
    fn indent(&self, scope: Scope, out: &mut String) {
        for _ in 0..self.scopes[scope as usize].depth {
            out.push_str("    ");
        }
    }
}

fn declarator(data: &VarData, constant: &str) -> String {
    let VarData { ty, name, .. } = data;
    let restrict = if data.restrict { "restrict " } else { "" };
    if data.pointer { format!("{ty} *{constant}{restrict}{name}") } else { format!("{constant}{ty} {name}") }
}

/// Whether a list is another one or within it.
fn is_within(scopes: &[ScopeData], mut inner: Scope, outer: Scope) -> bool {
    let depth = scopes[outer as usize].depth;
    while scopes[inner as usize].depth > depth {
        inner = scopes[inner as usize].parent;
    }
    inner == outer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: &Body) -> String {
        let mut out = String::new();
        body.write(&mut out);
        out
    }

    #[test]
    fn variables_are_declared_in_the_narrowest_list() {
        let mut body = Body::new(4);
        for (var, name) in ["once", "often", "late", "inner"].into_iter().enumerate() {
            body.declare(var, "int64_t", false, name.to_owned(), var == 1);
        }
        body.assign(0, "1".to_owned());
        body.assign(1, "2".to_owned());
        body.open("if (c) {");
        body.assign(2, "3".to_owned());
        body.assign(3, "4".to_owned());
        body.reopen("} else {");
        body.mention(0);
        body.assign(2, "once".to_owned());
        body.assign(1, "5".to_owned());
        body.close("}");
        body.mention(2);
        body.line("f(late);");
        let expected = "    const int64_t once = 1;\n    int64_t often = 2;\n    int64_t late;\n    if (c) {\n        \
                        late = 3;\n        const int64_t inner = 4;\n    } else {\n        late = once;\n        \
                        often = 5;\n    }\n    f(late);\n";
        assert_eq!(written(&body), expected);
    }
}
