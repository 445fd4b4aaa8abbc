//! Expressions as users write them: `status >= 500 && path ~ "^/api/"`. They are parsed into a tree of comparisons; the
//! caller resolves the names.

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
pub(crate) use tree::{Comparison, Expression, Operator, Spanned, Value};
