//! An input after it was counted, as plain data, so that building a report needs no open inputs.

use std::ops::Range;
use std::path::PathBuf;

use crate::error::{Error, ErrorKind};
use crate::files::Compression;
use crate::format::FormatsOfFile;
use crate::input::Beginning;
use crate::recognize::Foreign;
use crate::tally::InputLedger;

/// An input that was counted, and the findings from its first lines.
pub(crate) struct CountedInput<'m> {
    pub(crate) path: PathBuf,
    pub(crate) compression: Option<Compression>,
    /// True if it was found in a directory, not named by the user.
    pub(crate) is_found: bool,
    /// Bytes before the part that was read, and after it.
    pub(crate) skipped_bytes: (u64, u64),
    /// The bytes whose lines should be read; `None` for the whole text.
    pub(crate) part: Option<Range<u64>>,
    /// The error that ended reading early.
    pub(crate) failure: Option<Error>,
    /// The envelope around its lines.
    pub(crate) envelope: Option<String>,
    pub(crate) formats: &'m FormatsOfFile<'m>,
    /// The recognised type of file, if it is not an access log.
    pub(crate) foreign: Option<&'m Foreign>,
    /// The preset that fits its first lines if the formats in use do not.
    pub(crate) fitting_preset: Option<&'m str>,
    /// True if it is a part of a text, and a format fits one of the first lines of the whole text.
    pub(crate) fits_whole_text: bool,
    pub(crate) beginning: Beginning,
}

impl CountedInput<'_> {
    /// True if the input is not part of the report: it is not an access log, or no format fits.
    pub(crate) fn is_refused(&self, ledger: &InputLedger) -> bool {
        self.foreign.is_some_and(|foreign| foreign.is_certain) || self.fits_nothing(ledger)
    }

    /// True if its lines have numbers: everything before them was read.
    pub(crate) fn has_line_numbers(&self) -> bool {
        let is_read_from_start = self.skipped_bytes.0 == 0 && self.part.as_ref().is_none_or(|part| part.start == 0);
        is_read_from_start && self.lost_bytes() == 0
    }

    /// Number of bytes that could not be read.
    pub(crate) fn lost_bytes(&self) -> u64 {
        match self.failure.as_ref().map(Error::kind) {
            Some(ErrorKind::Unreadable { lost_bytes, .. }) => *lost_bytes,
            _ => 0,
        }
    }

    /// True if there are malformed lines and no format fits. A part may have malformed lines only; the first lines of
    /// the whole text then decide.
    pub(crate) fn fits_nothing(&self, ledger: &InputLedger) -> bool {
        ledger.fits_nothing() && !self.fits_whole_text
    }
}
