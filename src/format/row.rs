//! The values of one line, the same for every format.

use crate::batch::{Fields, MISSING, Status};
use crate::format::slot::Slot;
use crate::time::Stamp;

/// The values of one line. Values that its format does not log are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(super) texts: [&'a [u8]; Slot::COUNT],
    pub(crate) stamp: Stamp,
    pub(crate) status: Status,
    pub(crate) bytes: u64,
    pub(crate) time_ms: Option<u64>,
    /// True if there is a backslash in the request.
    pub(crate) has_escaped_request: bool,
    /// True if the time has no offset and is read as UTC.
    pub(crate) has_assumed_utc: bool,
    /// True if the line continues after the last field of its format.
    pub(crate) has_unread: bool,
    /// The fields that the line has: those that its format logs or, for a JSON line, those that it has keys for.
    pub(crate) has: Fields,
    /// Index of the format that the values belong to; `usize::MAX` in an empty row.
    pub(crate) filled_by: usize,
}

impl<'a> Row<'a> {
    pub(crate) const EMPTY: Row<'a> = Row {
        texts: [MISSING; Slot::COUNT],
        stamp: Stamp::NONE,
        status: Status::MISSING,
        bytes: 0,
        time_ms: None,
        has_escaped_request: false,
        has_assumed_utc: false,
        has_unread: false,
        has: Fields::NONE,
        filled_by: usize::MAX,
    };

    /// An empty row for a format that logs these fields.
    pub(crate) fn empty_for(format: usize, logs: Fields) -> Row<'a> {
        Row { filled_by: format, has: logs, ..Row::EMPTY }
    }

    /// Replaces every text by `form` of it.
    pub(super) fn rewrite(&mut self, form: impl Fn(&'a [u8]) -> &'a [u8]) {
        self.texts.iter_mut().for_each(|text| *text = form(text));
        self.has_escaped_request = self.text(Slot::REQUEST).contains(&b'\\');
    }

    #[inline]
    pub(crate) fn text(&self, slot: Slot) -> &'a [u8] {
        self.texts[slot.index()]
    }

    #[inline]
    pub(super) fn set_text(&mut self, slot: Slot, text: &'a [u8]) {
        self.texts[slot.index()] = text;
    }
}
