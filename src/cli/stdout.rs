//! Standard output, which carries only the result.

use std::io::{self, BufWriter, ErrorKind, Write, stdout};

use super::ExitStatus;
use super::messages::Messages;

/// Writes a result. A pipe closed by the reader is not an error.
pub(crate) fn write(messages: &Messages, result: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> ExitStatus {
    let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
    match result(&mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitStatus::Success,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitStatus::Success,
        Err(error) => {
            // Leave out the system's error number.
            let what = error.to_string().to_lowercase();
            messages.error(format_args!("standard output: {}", what.split(" (os error").next().unwrap_or(&what)));
            ExitStatus::Failed
        }
    }
}
