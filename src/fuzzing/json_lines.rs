//! Lines of JSON: read after other lines as by themselves, and as the reference reads those that it decides.

use crate::format::json::twin::Reader;

/// Lines of one log.
pub(super) fn run(data: &[u8]) {
    let mut reader = Reader::default();
    for line in data.split(|byte| *byte == b'\n') {
        reader.agree(line).unwrap_or_else(|difference| panic!("{difference}"));
    }
}
