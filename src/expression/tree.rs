//! An expression as a tree: of comparisons as it is read, of what these stand for when it is understood.

use super::number::Number;

/// Something, and the byte of the text where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<T> {
    pub(crate) at: usize,
    pub(crate) it: T,
}

/// How a name and values are compared.
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
    /// The same with both sides exchanged; `None` where a value cannot stand first.
    pub(super) fn turned(self) -> Option<Operator> {
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

/// What a name is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `1.5`
    Number(Number),
    /// `1.5%`
    Percent(Number),
    /// `"GET"`
    Text(String),
    /// A word without quotes, such as `5xx`: most names know no such value.
    Word(String),
}

/// A name compared with a value, or with several where the operator is `in`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) name: Placed<String>,
    pub(crate) operator: Placed<Operator>,
    pub(crate) values: Vec<Placed<Value>>,
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
    /// The same of other tests; what one becomes may be an expression itself.
    pub(crate) fn try_map<U, E>(self, change: &impl Fn(T) -> Result<Expression<U>, E>) -> Result<Expression<U>, E> {
        let each = |all: Vec<Self>| all.into_iter().map(|one| one.try_map(change)).collect::<Result<_, _>>();
        match self {
            Expression::Any(all) => each(all).map(Expression::Any),
            Expression::All(all) => each(all).map(Expression::All),
            Expression::Not(one) => Ok(Expression::Not(Box::new(one.try_map(change)?))),
            Expression::Test(test) => change(test),
        }
    }

    /// The opposite where `is_not`.
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

    /// Whether it is true where `test` says which tests are.
    pub(crate) fn holds(&self, test: &impl Fn(&T) -> bool) -> bool {
        match self {
            Expression::Any(all) => all.iter().any(|one| one.holds(test)),
            Expression::All(all) => all.iter().all(|one| one.holds(test)),
            Expression::Not(one) => !one.holds(test),
            Expression::Test(it) => test(it),
        }
    }
}
