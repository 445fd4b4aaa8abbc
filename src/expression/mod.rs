//! Expressions as users write them: `status >= 500 && path ~ "^/api/"`. Their text becomes a tree of comparisons; what a
//! name stands for is the business of whoever asks.

mod error;
mod lexer;
mod number;
mod order;
mod parser;
mod tree;

pub use error::SyntaxError;
pub(crate) use number::Number;
pub(crate) use order::Order;
pub(crate) use parser::parse;
pub(crate) use tree::{Comparison, Expression, Operator, Placed, Value};
