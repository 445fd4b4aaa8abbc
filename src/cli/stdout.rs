//! Standard output, which carries only the result.

use std::io::{self, BufWriter, ErrorKind, Write, stdout};

use super::ExitStatus;
use super::messages::Messages;

/// Writes a result for people. A pipe closed by the reader is not an error.
pub(crate) fn write(messages: &Messages, result: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> ExitStatus {
    let is_expected = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    write_unless(is_expected, messages, result)
}

/// Writes a result that is useless unless it is complete. A pipe closed by the reader is an error.
pub(crate) fn write_whole(messages: &Messages, result: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> ExitStatus {
    write_unless(|_| false, messages, result)
}

fn write_unless(
    is_expected: impl Fn(&io::Error) -> bool,
    messages: &Messages,
    result: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> ExitStatus {
    let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
    match result(&mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitStatus::Success,
        Err(error) if is_expected(&error) => ExitStatus::Success,
        Err(error) => print_failure(messages, &error),
    }
}

/// The outcome of a result for people that could not be written. A pipe closed by the reader is not an error.
pub(crate) fn failed(messages: &Messages, error: &io::Error) -> ExitStatus {
    if error.kind() == ErrorKind::BrokenPipe { ExitStatus::Success } else { print_failure(messages, error) }
}

fn print_failure(messages: &Messages, error: &io::Error) -> ExitStatus {
    // Leave out the system's error number.
    let what = error.to_string().to_lowercase();
    messages.error(format_args!("standard output: {}", what.split(" (os error").next().unwrap_or(&what)));
    ExitStatus::Failed
}
