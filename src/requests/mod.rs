//! Single requests: those that took longest or sent most, in a total order that no cut of the log changes.

mod most;
mod request;

pub(crate) use most::{FoundRequest, MostRequests};
pub use request::{Request, RequestFields, RequestList, RequestOrder};
