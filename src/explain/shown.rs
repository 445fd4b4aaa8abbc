//! How the text of a log is shown.

use crate::report::{sample_text, sample_text_cut};

/// How values are shown.
pub(super) struct Shown<'s> {
    pub(super) anonymize: bool,
    /// Variables that the question names.
    pub(super) ranked: &'s [&'static str],
    /// The variable that addresses are taken from.
    pub(super) real_ip: Option<&'static str>,
    /// True if users are other fields, and not read.
    pub(super) drops_users: bool,
}

impl Shown<'_> {
    /// A text of a log, safe on a terminal, at most 200 bytes.
    pub(super) fn text(&self, bytes: &[u8]) -> String {
        if self.anonymize { sample_text_cut(bytes) } else { sample_text(bytes) }
    }
}
