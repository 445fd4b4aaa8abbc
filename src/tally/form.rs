//! Forms of the texts in a tally: as nginx escaped them, or unescaped as they are reported.
//!
//! Texts must be unescaped exactly once, and the types ensure that. A tally of escaped texts can be converted to one of
//! unescaped texts, or merged into one, which unescapes its texts. There is no way back.

use std::borrow::Cow;
use std::fmt::Debug;

use crate::batch::MISSING;
use crate::text::undo_escapes;

/// Texts as nginx escaped them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Escaped {}

/// Texts as they are reported: unescaped, and `-` for an empty text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unescaped {}

/// A form whose texts can be read as texts of the form `To`.
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

/// Returns the key of a text, as reports write it.
pub(super) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_empty() { Cow::Borrowed(MISSING) } else { undo_escapes(text) }
}
