//! The tree of an expression. After parsing, its leaves are comparisons; the caller maps them to tests.

use super::number::Number;

/// A value and its byte offset in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) offset: usize,
    pub(crate) value: T,
}

/// Operator between a name and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    NotMatches,
    In,
    NotIn,
}

impl Operator {
    /// The operator for swapped sides: `<` becomes `>`. `None` if a value cannot be on the left.
    pub(super) fn with_sides_swapped(self) -> Option<Operator> {
        Some(match self {
            Operator::Less => Operator::Greater,
            Operator::LessOrEqual => Operator::GreaterOrEqual,
            Operator::Greater => Operator::Less,
            Operator::GreaterOrEqual => Operator::LessOrEqual,
            Operator::Equal | Operator::NotEqual => self,
            Operator::Matches | Operator::NotMatches | Operator::In | Operator::NotIn => return None,
        })
    }
}

/// A value that a name is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `1.5`
    Number(Number),
    /// `1.5%`
    Percent(Number),
    /// `"GET"`
    Text(String),
    /// A word without quotes: `5xx`, `300ms`, `10.0.0.7`, `GET`. The name that it is compared with decides what it means.
    Word(String),
}

/// A name compared with one value, or with several if the operator is `in`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) name: Spanned<String>,
    pub(crate) operator: Spanned<Operator>,
    pub(crate) values: Vec<Spanned<Value>>,
}

/// Tests joined by `||`, `&&` and `!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression<T> {
    Any(Vec<Expression<T>>),
    All(Vec<Expression<T>>),
    Not(Box<Expression<T>>),
    Test(T),
}

impl<T> Expression<T> {
    /// Replaces each test by an expression of another type.
    pub(crate) fn try_map<U, E>(self, change: &impl Fn(T) -> Result<Expression<U>, E>) -> Result<Expression<U>, E> {
        let each = |all: Vec<Self>| all.into_iter().map(|one| one.try_map(change)).collect::<Result<_, _>>();
        match self {
            Expression::Any(all) => each(all).map(Expression::Any),
            Expression::All(all) => each(all).map(Expression::All),
            Expression::Not(one) => Ok(Expression::Not(Box::new(one.try_map(change)?))),
            Expression::Test(test) => change(test),
        }
    }

    /// Negates the expression if `is_not`.
    pub(crate) fn negated_if(self, is_not: bool) -> Expression<T> {
        if is_not { Expression::Not(Box::new(self)) } else { self }
    }

    /// The tests, in the order of the text.
    pub(crate) fn tests(&self) -> Vec<&T> {
        match self {
            Expression::Any(all) | Expression::All(all) => all.iter().flat_map(Expression::tests).collect(),
            Expression::Not(one) => one.tests(),
            Expression::Test(test) => vec![test],
        }
    }

    /// Evaluates the expression in Kleene's three-valued logic. `None` means unknown: a test is unknown, and the known
    /// tests do not decide the result.
    pub(crate) fn truth(&self, test: &impl Fn(&T) -> Option<bool>) -> Option<bool> {
        // One test with the `decisive` value settles the result, whatever the others are.
        let joined = |all: &[Self], decisive: bool| {
            let (mut unknown, mut is_settled) = (false, false);
            for one in all {
                let truth = one.truth(test);
                unknown |= truth.is_none();
                is_settled |= truth == Some(decisive);
            }
            if is_settled { Some(decisive) } else { (!unknown).then_some(!decisive) }
        };
        match self {
            Expression::Any(all) => joined(all, true),
            Expression::All(all) => joined(all, false),
            Expression::Not(one) => one.truth(test).map(|truth| !truth),
            Expression::Test(it) => test(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_follows_kleene_logic() {
        let test = |truth: Option<bool>| Expression::Test(truth);
        let (yes, no, unknown) = (Some(true), Some(false), None);
        let rows = [
            (Expression::Any(vec![test(unknown), test(yes)]), yes),
            (Expression::Any(vec![test(unknown), test(no)]), unknown),
            (Expression::Any(vec![test(no), test(no)]), no),
            (Expression::All(vec![test(unknown), test(no)]), no),
            (Expression::All(vec![test(yes), test(unknown)]), unknown),
            (Expression::All(vec![test(yes), test(yes)]), yes),
            (Expression::Not(Box::new(test(unknown))), unknown),
            (Expression::Not(Box::new(test(no))), yes),
            (Expression::Any(Vec::new()), no),
            (Expression::All(Vec::new()), yes),
        ];
        for (expression, expected) in rows {
            assert_eq!(expression.truth(&|truth| *truth), expected, "{expression:?}");
        }
    }
}
