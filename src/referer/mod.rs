//! Referring sites: the host that a referrer names, its registrable domain, and the kind of site.
//!
//! Everything here is a function of one text. Whether a referrer is the site itself also depends on the line's host;
//! that is decided where lines are (`steps/derived.rs`).

mod host;
mod kind;
mod own_hosts;
mod punycode;

pub(crate) use host::{Host, host_of_text, host_of_url};
pub(crate) use kind::{KINDS, Kind};
pub use own_hosts::{OwnHostError, OwnHosts};
