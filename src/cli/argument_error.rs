//! Errors of the command line in our own words.

use clap::Error;
use clap::error::ErrorKind;

use super::messages;

/// Creates an error with our own message, without clap's usage line.
pub(crate) fn argument_error(message: &str) -> Error {
    Error::raw(ErrorKind::InvalidValue, format!("{}\n", messages::safe(message)))
}
