//! A row of the table of derived dimensions.

use std::borrow::Cow;

use crate::batch::TextField;

/// Computes a key from a text with nginx's escapes undone that is neither empty nor missing; `None` if it has none.
pub(crate) type KeyOf = fn(&[u8]) -> Option<Cow<'_, [u8]>>;

/// Texts in the log that a key is computed from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Text(TextField),
    /// The variable of this name.
    Variable(&'static str),
}

/// A row of the table of derived dimensions.
pub(crate) struct DerivedRow {
    /// The name that a user types, and that JSON has.
    pub(crate) name: &'static str,
    /// The name of one key in a heading.
    pub(crate) singular: &'static str,
    /// The name of its keys in a heading.
    pub(crate) plural: &'static str,
    /// The variables that log it, for errors.
    pub(crate) variables: &'static str,
    /// The texts that its key is computed from: the first that gives one does. If none does, the key is missing.
    pub(crate) sources: &'static [(Source, KeyOf)],
}
