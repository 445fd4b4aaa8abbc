//! How an explanation shows text from a log.

use crate::report::{sample_text, sample_text_cut};

/// Settings for showing values.
pub(super) struct Shown<'s> {
    pub(super) anonymize: bool,
    /// Variables that the question names.
    pub(super) ranked: &'s [&'static str],
    /// Variable that the client address is taken from.
    pub(super) real_ip: Option<&'static str>,
    /// True if user fields contain other fields and are not used.
    pub(super) drops_users: bool,
}

impl Shown<'_> {
    /// Returns text from a log, safe on a terminal, at most 200 bytes.
    pub(super) fn text(&self, bytes: &[u8]) -> String {
        if self.anonymize { sample_text_cut(bytes) } else { sample_text(bytes) }
    }
}
