//! Expressions of C as text, with as few parentheses as precedence and compilers allow.

use super::body::Var;

/// How tightly the outermost operator of an expression binds. Those that compilers want parentheses around, whatever C says,
/// are one level: nothing of it stands bare in anything of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Level {
    /// `&&`, `||`, `?:`, bits and shifts.
    Mixed,
    /// Comparisons.
    Compare,
    Sum,
    Product,
    /// Casts and signs.
    Prefix,
    /// Names, literals, calls, elements.
    Primary,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub text: String,
    pub level: Level,
    /// Of a condition, the opposite.
    opposite: Option<(String, Level)>,
    /// The block parameters that it reads: they may be assigned before it is written.
    pub reads: Vec<Var>,
}

impl Expr {
    pub fn new(text: impl Into<String>, level: Level) -> Expr {
        Expr { text: text.into(), level, opposite: None, reads: Vec::new() }
    }
    /// A name, a literal or a call.
    pub fn primary(text: impl Into<String>) -> Expr {
        Expr::new(text, Level::Primary)
    }
    /// The comparison of two expressions.
    pub fn compare(a: &Expr, operator: &str, b: &Expr) -> Expr {
        let (a, b) = (a.at(Level::Sum), b.at(Level::Sum));
        Expr::new(format!("{a} {operator} {b}"), Level::Compare)
    }
    /// The same, with the operator that says the opposite.
    pub fn with_opposite(a: &Expr, operator: &str, opposite: &str, b: &Expr) -> Expr {
        let other = Expr::compare(a, opposite, b).text;
        Expr { opposite: Some((other, Level::Compare)), ..Expr::compare(a, operator, b) }
    }
    /// The text where at least so much binding is needed.
    pub fn at(&self, level: Level) -> String {
        if self.level >= level { self.text.clone() } else { format!("({})", self.text) }
    }
    /// The opposite of a condition.
    pub fn not(&self) -> Expr {
        let (text, level) = match &self.opposite {
            Some(opposite) => opposite.clone(),
            None => (format!("!{}", self.at(Level::Primary)), Level::Prefix),
        };
        Expr { text, level, opposite: Some((self.text.clone(), self.level)), reads: self.reads.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposites() {
        let (a, b) = (Expr::primary("a"), Expr::new("b + 1", Level::Sum));
        let less = Expr::with_opposite(&a, "<", ">=", &b);
        assert_eq!(less.text, "a < b + 1");
        assert_eq!(less.not().text, "a >= b + 1");
        assert_eq!(less.not().not().text, "a < b + 1");
        let float_less = Expr::compare(&a, "<", &b);
        assert_eq!(float_less.not().text, "!(a < b + 1)");
        assert_eq!(float_less.not().not().text, "a < b + 1");
        assert_eq!(Expr::compare(&less, "==", &b).text, "(a < b + 1) == b + 1");
    }
}
