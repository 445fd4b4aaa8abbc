//! A row of the table of derived dimensions.

use std::borrow::Cow;

use crate::batch::TextField;

/// Computes a key from a text with nginx's escapes undone that is neither empty nor missing; `None` if it has none.
pub(crate) type KeyOf = fn(&[u8]) -> Option<Cow<'_, [u8]>>;

/// Texts in the log that a key is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Text(TextField),
    /// The variable of this name.
    Variable(&'static str),
}

/// A row of the table of derived dimensions.
pub(super) struct DerivedRow {
    /// The name that a user types, and that JSON has.
    pub(super) name: &'static str,
    /// The name of one key in a heading.
    pub(super) singular: &'static str,
    /// The name of its keys in a heading.
    pub(super) plural: &'static str,
    /// The variables that log it, for errors.
    pub(super) variables: &'static str,
    /// The texts that its key is computed from: the first that gives one does. If none does, the key is missing.
    pub(super) sources: &'static [(Source, KeyOf)],
}
