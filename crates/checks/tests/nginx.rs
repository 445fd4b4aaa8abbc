//! A real nginx on loopback logs what a client sends it: what is counted is what was sent, whatever the log's format, and
//! what is static is what nginx has served from files.
//!
//! nginx and its upstreams are started here, on free ports and in a directory of their own; no rights are needed. Where
//! nginx is not installed the tests are skipped and say so, but for where `LOGSTAT_CI` is set: there that is a failure.

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

/// All that is wrong, so that one log does not hide another.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn note(&mut self, finding: impl Into<String>) {
        self.0.push(finding.into());
    }

    /// Fails with all that was noted.
    fn settle(self, of: &str) {
        let mut text = format!("{of}: {} findings", self.0.len());
        self.0.iter().for_each(|finding| write!(text, "\n- {finding}").unwrap());
        assert!(self.0.is_empty(), "{text}");
    }
}
