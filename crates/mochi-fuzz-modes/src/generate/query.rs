//! Queries.

use super::Generator;
use super::types::{Ty, Variable};

impl Generator<'_> {
    /// A query with a variable: what stands before its `select`.
    fn rows(&mut self, of: &Ty, d: u32) -> (String, usize) {
        let name = self.name("q");
        let outer = self.scope.len();
        let source = self.expr(&Ty::list(of.clone()), d.min(1));
        self.spend(60);
        let mut text = format!("from {name} in {source}");
        self.scope.push(Variable { name: name.clone(), ty: of.clone(), mutable: false });
        self.times = self.times.saturating_mul(6);
        if self.c.chance(50) {
            let condition = self.expr(&Ty::Bool, d);
            text.push_str(&format!(" where {condition}"));
        }
        self.times /= 6;
        if matches!(of, Ty::Int | Ty::Float | Ty::Str) && self.c.chance(40) {
            let minus = if *of != Ty::Str && self.c.chance(50) { "-" } else { "" };
            text.push_str(&format!(" sort by {minus}{name}"));
        }
        if self.c.chance(20) {
            text.push_str(&format!(" skip {}", self.c.below(3)));
        }
        if self.c.chance(20) {
            text.push_str(&format!(" take {}", self.c.below(4)));
        }
        (text, outer)
    }

    /// A list as a query.
    pub fn query(&mut self, of: &Ty, d: u32) -> String {
        let from = self.ty(1);
        let from = if from.is_shown() { from } else { Ty::Int };
        if *of == Ty::Int && self.c.chance(15) {
            return self.groups(d);
        }
        let (rows, outer) = self.rows(&from, d);
        self.times = self.times.saturating_mul(6);
        let value = self.expr(of, d);
        self.times /= 6;
        self.scope.truncate(outer);
        // A call of one of these would make one value of all rows.
        let gathers = ["sum(", "avg(", "min(", "max(", "count("].iter().any(|call| value.starts_with(call));
        let value = if gathers { format!("[{value}][0]") } else { value };
        let distinct = if self.c.chance(15) { "distinct " } else { "" };
        format!("({rows} select {distinct}{value})")
    }

    /// Rows of two lists.
    pub fn joined(&mut self, of: &Ty, d: u32) -> String {
        let (x, y, g) = (self.name("q"), self.name("q"), self.name("k"));
        let (a, b) = (self.expr(&Ty::list(Ty::Int), d.min(1)), self.expr(&Ty::list(Ty::Int), d.min(1)));
        self.spend(200);
        let by = 1 + self.c.below(3);
        let on = match self.c.below(4) {
            0..=1 => format!("{x} % {by} == {y} % {by}"),
            2 => format!("{x} == {y}"),
            _ => format!("{x} < {y}"),
        };
        let take = if self.c.chance(30) { format!(" take {}", self.c.below(4)) } else { String::new() };
        if *of == Ty::Str {
            // Where a side has no partner it is none.
            let kind = self.c.of(&["left join", "right join", "outer join", "join"]);
            let sort = if self.c.chance(30) { format!(" sort by str({y})") } else { String::new() };
            return format!(
                "(from {x} in {a} {kind} {y} in {b} on {on}{sort}{take} select str({x}) + \"/\" + str({y}))"
            );
        }
        let source = match self.c.below(3) {
            0 => format!("from {x} in {a} from {y} in {b} where {on}"),
            _ => format!("from {x} in {a} join {y} in {b} on {on}"),
        };
        if self.c.chance(40) {
            let having = if self.c.chance(50) { format!(" having count({g}) > 1") } else { String::new() };
            let sort = self.c.of(&["", "-"]);
            return format!(
                "({source} group by {y} % 3 into {g}{having} sort by [{sort}count({g}), {g}.key]{take} \
                 select sum(from r in {g} select r.{x} % 1000 * 2 + r.{y} % 1000) + {g}.key)"
            );
        }
        let outer = self.scope.len();
        for name in [&x, &y] {
            self.scope.push(Variable { name: name.clone(), ty: Ty::Int, mutable: false });
        }
        self.times = self.times.saturating_mul(20);
        let value = self.expr(&Ty::Int, d);
        self.times /= 20;
        self.scope.truncate(outer);
        let sort = if self.c.chance(50) { format!(" sort by [{y} % 3, -{x}]") } else { String::new() };
        format!("({source}{sort}{take} select [{value}][0])")
    }

    /// Sizes of groups.
    fn groups(&mut self, d: u32) -> String {
        let (name, group) = (self.name("q"), self.name("k"));
        let source = self.expr(&Ty::list(Ty::Int), d.min(1));
        self.spend(60);
        let by = 2 + self.c.below(3);
        let result = self.c.of(&["count", "sum", "max"]);
        format!(
            "(from {name} in {source} group by {name} % {by} into {group} sort by {group}.key select {result}({group}))"
        )
    }

    /// A query that gives one value.
    pub fn aggregate(&mut self, ty: &Ty, d: u32) -> String {
        let from = self.scalar();
        let (rows, outer) = self.rows(&from, d);
        let call = self.c.of(&["sum", "max", "min", "count"]);
        self.times = self.times.saturating_mul(6);
        let value = self.expr(ty, d);
        self.times /= 6;
        self.scope.truncate(outer);
        format!("({rows} select {call}([{value}][0]))")
    }
}
