//! State that a worker keeps from line to line. It affects speed, never a result.

use crate::format::json::scan::JsonScratch;
use crate::format::json::seen::KeysSeen;
use crate::format::log_format::fast_path::LastTimestamp;
use crate::format::log_format::walk::Choice;
use crate::format::mismatch::{Expected, Mismatch};
use crate::time::Clock;

/// The state of one worker.
#[derive(Default)]
pub(crate) struct ScanCache {
    pub(crate) clock: Clock,
    pub(crate) timestamp: LastTimestamp,
    /// The choices of a walk. Kept to reuse the allocation.
    pub(super) choices: Vec<Choice>,
    /// Indexed by the place of a format in the list of formats.
    json: Vec<JsonScratch>,
    bad_value: Option<BadValue>,
}

/// A value in a JSON log that is not of the kind that its key should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadValue {
    /// Index of the format in the list of formats; `rule` is the rule in its keys.
    pub(crate) format: usize,
    pub(crate) rule: u16,
    /// The beginning of the value, at most 64 bytes.
    pub(crate) text: Vec<u8>,
}

/// Maximum number of bytes kept of a bad value.
const KEPT: usize = 64;

impl ScanCache {
    /// The state kept for a format with keys.
    #[inline]
    pub(super) fn json(&mut self, format: usize) -> (&mut Clock, &mut JsonScratch) {
        if format >= self.json.len() {
            self.json.resize_with(format + 1, JsonScratch::default);
        }
        (&mut self.clock, &mut self.json[format])
    }

    /// Keeps the value that made a line malformed.
    #[cold]
    pub(super) fn keep_bad_value(&mut self, format: usize, mismatch: Mismatch, line: &[u8]) {
        if let Mismatch { expected: Expected::Value { rule, len }, at, .. } = mismatch {
            self.bad_value = Some(BadValue { format, rule, text: line[at..at + len.min(KEPT)].to_vec() });
        }
    }

    /// Takes the value that made the last such line malformed.
    pub(crate) fn take_bad_value(&mut self) -> Option<BadValue> {
        self.bad_value.take()
    }

    /// For each format, adds to `keys` the keys that lines had since the last call.
    pub(crate) fn move_keys_to(&mut self, keys: &mut [KeysSeen]) {
        for (scratch, keys) in self.json.iter_mut().zip(keys) {
            scratch.move_keys_to(keys);
        }
    }
}
