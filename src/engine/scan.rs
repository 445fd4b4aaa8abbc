//! What all workers share: how lines are read, and what the first lines of each input told.

use std::sync::OnceLock;

use super::first_lines::Met;
use super::memory_limit::MemoryLimit;
use crate::filter::Filter;
use crate::format::{Detector, Filler, LogFormat};
use crate::measure::UvMethod;
use crate::rejects::Collector;
use crate::steps::StepPlan;

/// What every worker needs to know.
pub(crate) struct Scan<'f> {
    /// Set by the worker that comes to an input first.
    pub(crate) met: Vec<OnceLock<Met<'f>>>,
    /// The configured formats of each input; none without a configuration.
    pub(crate) own: &'f [Vec<usize>],
    pub(crate) formats: &'f [LogFormat],
    pub(crate) detector: Detector<'f>,
    /// The length of the longest line in bytes; a longer one is malformed.
    pub(crate) max_line: usize,
    pub(crate) filter: Filter,
    /// What happens to batches before they are counted.
    pub(crate) steps: StepPlan<'f>,
    /// The server that writes each input, where the configuration says so.
    pub(crate) servers: Vec<Option<usize>>,
    pub(crate) filler: Filler<'f>,
    pub(crate) rejects: Option<Collector>,
    /// How visitors are counted at first.
    pub(crate) uv: UvMethod,
    pub(crate) memory: MemoryLimit,
}

impl<'f> Scan<'f> {
    /// Looks at the first lines of an input, unless that was done before.
    pub(super) fn meet(&self, input: usize, head: &[u8], is_device: bool) -> &Met<'f> {
        self.met[input].get_or_init(|| Met::by(head, is_device, &self.detector, &self.own[input]))
    }

    /// What the first lines of an input told, of which a chunk was taken.
    pub(super) fn met(&self, input: usize) -> &Met<'f> {
        self.met[input].get().expect("a worker looks at the first lines of an input before any are counted")
    }

    /// As much of a text as a line may be. That much is kept of a line that is too long, so that it is the same however much
    /// of it was read.
    pub(super) fn at_most<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[..text.len().min(self.max_line)]
    }
}
