//! The form of the texts in a tally: as nginx escaped them, or as they are reported.
//!
//! Escapes are undone exactly once, which the types see to: a tally of escaped texts is merged with others of its kind, and
//! becomes one of texts as reported; no way leads back.

use std::borrow::Cow;
use std::fmt::Debug;

use crate::batch::MISSING;
use crate::text::undo_escapes;

/// Texts as nginx escaped them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Escaped {}

/// Texts as they are reported: escapes undone, `-` for what is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unescaped {}

/// A form whose texts can be read as those of another.
pub(crate) trait ReadAs<To>: Clone + Debug {
    fn read(text: &[u8]) -> Cow<'_, [u8]>;
}

impl<F: Clone + Debug> ReadAs<F> for F {
    fn read(text: &[u8]) -> Cow<'_, [u8]> {
        Cow::Borrowed(text)
    }
}

impl ReadAs<Unescaped> for Escaped {
    fn read(text: &[u8]) -> Cow<'_, [u8]> {
        unescaped(text)
    }
}

/// The key of a text as it is reported.
pub(super) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_empty() { Cow::Borrowed(MISSING) } else { undo_escapes(text) }
}
