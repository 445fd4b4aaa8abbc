//! Tests against a real nginx on loopback. Whatever the log format, the report must match what the client sent, and
//! static must mean what nginx served from files.
//!
//! nginx and its upstreams are started here, on free ports and in a temporary directory, without special privileges. If
//! nginx is not installed, the tests are skipped, or fail if `LOGSTAT_CI` is set.

mod client;
mod conversations;
mod drawn;
mod dump;
mod expected;
mod formats;
mod hostile;
mod locations;
mod random;
mod real_ip;
mod report;
mod request;
mod server;
mod sites;
mod traffic;
mod upstream;
mod uwsgi;

use std::fmt::Write;

/// All failures found so far, so that one log does not hide another.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn note(&mut self, finding: impl Into<String>) {
        self.0.push(finding.into());
    }

    /// Panics with all recorded failures.
    fn assert_none(self, of: &str) {
        let mut text = format!("{of}: {} findings", self.0.len());
        self.0.iter().for_each(|finding| write!(text, "\n- {finding}").unwrap());
        assert!(self.0.is_empty(), "{text}");
    }
}
