//! JSON lines: the result must not depend on previous lines, and must match the reference for lines that it decides.

use crate::format::json::reference::Reader;

/// Fuzzes the lines of one log.
pub(super) fn run(data: &[u8]) {
    let mut reader = Reader::default();
    for line in data.split(|byte| *byte == b'\n') {
        reader.agree(line).unwrap_or_else(|difference| panic!("{difference}"));
    }
}
