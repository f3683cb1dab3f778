//! What a name that somebody types may become.

use std::collections::BTreeSet;

use mochi_types::typed::Program;
use mochi_types::{Ty, TyKind};

use super::Interactive;

impl Interactive {
    /// Where the name starts that ends a text, and the names that it may become, sorted. After a `.` these are the
    /// members of what stands before it, if that is a variable, else all that there are.
    pub fn completions(&self, text: &str) -> (usize, Vec<String>) {
        let start = name_start(text);
        let typed = &text[start..];
        let mut found = BTreeSet::new();
        let mut offer = |name: &str| {
            if name.starts_with(typed) && name != typed {
                found.insert(name.to_string());
            }
        };
        match text[..start].strip_suffix('.') {
            Some(before) => self.members(&before[name_start(before)..], &mut offer),
            None if !typed.is_empty() => {
                self.past.names().for_each(|name| offer(self.session.names.get(name)));
                mochi_types::builtin_functions().for_each(&mut offer);
                mochi_syntax::token::keywords().for_each(offer);
            }
            None => {}
        }
        (start, found.into_iter().collect())
    }

    fn members(&self, receiver: &str, offer: &mut impl FnMut(&str)) {
        let names = &self.session.names;
        let local = names.lookup(receiver).and_then(|name| self.past.variable(name));
        let ty = local.map(|local| self.past.program.locals[local].ty);
        match ty.and_then(|ty| struct_of(&self.past.program, ty)) {
            Some(id) => self.past.members(id).for_each(|name| offer(names.get(name))),
            None if ty.is_some_and(|ty| !matches!(self.past.program.types.kind(ty), TyKind::Any)) => {}
            None => self.past.all_members().for_each(|name| offer(names.get(name))),
        }
        mochi_types::builtin_methods().for_each(offer);
    }
}

/// The struct whose members values of a type have.
fn struct_of(program: &Program, ty: Ty) -> Option<mochi_types::ty::StructId> {
    match *program.types.kind(ty) {
        TyKind::Struct(id) => Some(id),
        TyKind::Option(inner) => struct_of(program, inner),
        _ => None,
    }
}

/// Where the name starts that ends a text.
fn name_start(text: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.char_indices().rev().take_while(|&(_, c)| is_part(c)).last().map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{Options, Source};
    use crate::run::Limits;
    use mochi_types::Last;

    fn completions(inputs: &[&str], text: &str) -> Vec<String> {
        let host = Box::new(mochi_runtime::host::Memory::default());
        let mut program = Interactive::new(Options::default(), Limits::default(), host).unwrap();
        for &input in inputs {
            program.input(&Source::Inline(input.to_string()), Last::Shown).unwrap();
        }
        program.completions(text).1
    }

    #[test]
    fn names_keywords_and_built_ins_are_offered() {
        let inputs = ["let counter = 1", "fun count_all() {}", "type Country { name: string }"];
        assert_eq!(completions(&inputs, "1 + cou"), ["count", "count_all", "counter"]);
        assert_eq!(completions(&inputs, "Cou"), ["Country"]);
        assert_eq!(completions(&inputs, "whi"), ["while"]);
        assert!(completions(&inputs, "1 + ").is_empty());
    }

    #[test]
    fn members_are_those_of_the_variable() {
        let inputs = [
            "type P { name: string, age: int fun agree(): bool { return true } }",
            "type Q { again: int }",
            "let p = P { name: \"a\", age: 1 }",
            "let a: any = p",
        ];
        assert_eq!(completions(&inputs, "print(p.ag"), ["age", "agree"]);
        assert_eq!(completions(&inputs, "a.ag"), ["again", "age", "agree"]);
        assert_eq!(completions(&["let s = \"x\""], "s.pad"), ["padStart"]);
    }
}
