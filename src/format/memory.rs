//! What a worker keeps from line to line: it changes speed and never an answer.

use super::json::Recall;
use super::json_keys::KeysSeen;
use super::usual::Between;
use super::walk::Choice;
use crate::time::Clock;

/// One worker's.
#[derive(Default)]
pub(crate) struct Memory {
    pub(super) clock: Clock,
    pub(super) between: Between,
    /// The choices of a walk; kept for their memory.
    pub(super) choices: Vec<Choice>,
    /// By the place of a format in the list of formats.
    json: Vec<Recall>,
}

impl Memory {
    /// What is kept for a format of JSON logs.
    #[inline]
    pub(super) fn json(&mut self, format: usize) -> (&mut Clock, &mut Recall) {
        if format >= self.json.len() {
            self.json.resize_with(format + 1, Recall::default);
        }
        (&mut self.clock, &mut self.json[format])
    }

    /// Adds, for each format, the keys that lines had since this was last asked.
    pub(crate) fn move_keys_to(&mut self, keys: &mut [KeysSeen]) {
        for (recall, keys) in self.json.iter_mut().zip(keys) {
            recall.move_keys_to(keys);
        }
    }
}
