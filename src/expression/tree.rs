//! An expression as a tree of comparisons.

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

/// What is true or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Not(Box<Expression>),
    Comparison(Comparison),
}
