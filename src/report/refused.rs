//! Decides if an input is refused: it is not an access log, or none of its lines fits a format.

use super::counted_input::CountedInput;
use super::foreign::refusal;
use super::no_format::no_format;
use crate::error::{Error, ErrorKind};
use crate::format::LogFormat;
use crate::question::Reading;
use crate::tally::InputLedger;

/// Returns the error for an input that is refused; `None` if it is counted.
pub(super) fn refused(
    reading: &Reading,
    anonymize: bool,
    formats: &[LogFormat],
    input: &CountedInput<'_>,
    ledger: &InputLedger,
) -> Option<Error> {
    match input.foreign {
        Some(foreign) if foreign.is_certain || input.fits_nothing(ledger) => {
            Some(refusal(foreign, &input.path, input.compression, anonymize))
        }
        _ if input.fits_nothing(ledger) => {
            let detail = no_format(reading, anonymize, formats, input, ledger);
            Some(ErrorKind::NoFormat { path: input.path.clone(), detail }.into())
        }
        _ => None,
    }
}
