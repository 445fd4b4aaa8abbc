//! A row of the table of derived dimensions.

use std::borrow::Cow;

use crate::batch::TextField;

/// Computes a key from a text, which has its escapes undone and is neither empty nor missing. `None` if it gives no
/// key.
pub(crate) type KeyOf = fn(&[u8]) -> Option<Cow<'_, [u8]>>;

/// Logged texts that a key is computed from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Text(TextField),
    /// A variable, by its name.
    Variable(&'static str),
}

/// A row of the table of derived dimensions.
pub(crate) struct DerivedRow {
    /// Name as a user types it and as JSON has it.
    pub(crate) name: &'static str,
    /// Name of one key in a heading.
    pub(crate) singular: &'static str,
    /// Name of its keys in a heading.
    pub(crate) plural: &'static str,
    /// Variables that log it, for messages.
    pub(crate) variables: &'static str,
    /// Sources in order: the first that gives a key wins. If none does, the key is missing.
    pub(crate) sources: &'static [(Source, KeyOf)],
}
