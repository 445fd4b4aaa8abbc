//! What a worker keeps from line to line: it changes speed and never an answer.

use crate::format::json::scan::Recall;
use crate::format::json::seen::KeysSeen;
use crate::format::log_format::fast_path::LastTimestamp;
use crate::format::log_format::walk::Choice;
use crate::format::misfit::{Expected, Misfit};
use crate::time::Clock;

/// One worker's.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) clock: Clock,
    pub(crate) timestamp: LastTimestamp,
    /// The choices of a walk; kept for their memory.
    pub(super) choices: Vec<Choice>,
    /// By the place of a format in the list of formats.
    json: Vec<Recall>,
    bad_value: Option<BadValue>,
}

/// A value under a key of a JSON log that is not what the key was said to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadValue {
    /// The place of the format in the list of formats, and the rule in its keys.
    pub(crate) format: usize,
    pub(crate) rule: u16,
    /// The beginning of the value.
    pub(crate) text: Vec<u8>,
}

/// Number of bytes of a bad value that are kept.
const KEPT: usize = 64;

impl Memory {
    /// What is kept for a format of JSON logs.
    #[inline]
    pub(super) fn json(&mut self, format: usize) -> (&mut Clock, &mut Recall) {
        if format >= self.json.len() {
            self.json.resize_with(format + 1, Recall::default);
        }
        (&mut self.clock, &mut self.json[format])
    }

    /// Keeps the value for which a line was refused.
    #[cold]
    pub(super) fn keep_bad_value(&mut self, format: usize, misfit: Misfit, line: &[u8]) {
        if let Misfit { expected: Expected::Value { rule, len }, at, .. } = misfit {
            self.bad_value = Some(BadValue { format, rule, text: line[at..at + len.min(KEPT)].to_vec() });
        }
    }

    /// The value for which the last line was refused.
    pub(crate) fn take_bad_value(&mut self) -> Option<BadValue> {
        self.bad_value.take()
    }

    /// Adds, for each format, the keys that lines had since this was last asked.
    pub(crate) fn move_keys_to(&mut self, keys: &mut [KeysSeen]) {
        for (recall, keys) in self.json.iter_mut().zip(keys) {
            recall.move_keys_to(keys);
        }
    }
}
