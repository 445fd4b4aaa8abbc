//! State that all workers share: how lines are read, and what the first lines of each input revealed.

use std::sync::OnceLock;

use super::memory_limit::MemoryLimit;
use super::sniff::Sniffed;
use super::taking::Taking;
use crate::filter::Filter;
use crate::format::{BatchWriter, Detector, LogFormat};
use crate::input::{Head, Source};
use crate::measure::UvMethod;
use crate::rejects::Collector;
use crate::steps::StepPlan;
use crate::text::FirstLines;

/// State that all workers share.
pub(crate) struct Scan<'f> {
    /// Results of reading the first lines, by input. Set by the first worker that reads the input.
    pub(crate) sniffed: Vec<OnceLock<Sniffed<'f>>>,
    /// The configured formats of each input; empty without an nginx configuration.
    pub(crate) own: &'f [Vec<usize>],
    pub(crate) formats: &'f [LogFormat],
    pub(crate) detector: Detector<'f>,
    /// Maximum length of a line in bytes; a longer line is malformed.
    pub(crate) max_line: usize,
    pub(crate) filter: Filter,
    /// Steps that change batches before they are counted.
    pub(crate) steps: StepPlan<'f>,
    /// The server that writes each input, if the configuration says so.
    pub(crate) servers: Vec<Option<usize>>,
    pub(crate) batch_writer: BatchWriter<'f>,
    pub(crate) rejects: Option<Collector>,
    /// What is kept of hits themselves, if anything.
    pub(crate) taking: Option<Taking>,
    /// True if the hashes of each input's beginning are kept, for a state.
    pub(crate) keeps_heads: bool,
    /// How visitors are counted at the start; a limit of memory may change it.
    pub(crate) uv: UvMethod,
    pub(crate) memory: MemoryLimit,
}

impl<'f> Scan<'f> {
    /// Examines the first lines of an input, unless that was done before. `source` is `None` for text that is fed.
    pub(super) fn sniff(&self, input: usize, head: FirstLines<'_>, source: Option<&Source>) -> &Sniffed<'f> {
        let sniff = || {
            let is_device = source.is_some_and(|source| source.is_device);
            let is_part = source.is_some_and(|source| source.part_of_text().is_some());
            let sniffed = Sniffed::from_head(head, is_device, &self.detector, &self.own[input]);
            let fits_whole_text = is_part && sniffed.fits_a_line(head, self.max_line);
            let hashes = if self.keeps_heads { Head::of(head.text) } else { Head::default() };
            Sniffed { fits_whole_text, head: hashes, ..sniffed }
        };
        self.sniffed[input].get_or_init(sniff)
    }

    /// Returns what the first lines of an input revealed. They must have been examined, as before every chunk.
    pub(super) fn sniffed(&self, input: usize) -> &Sniffed<'f> {
        self.sniffed[input].get().expect("a worker looks at the first lines of an input before any are counted")
    }

    /// True if the parts of a line that an envelope has split are kept as they are in the input.
    pub(super) fn keeps_raw_parts(&self) -> bool {
        self.rejects.is_some() || self.taking.is_some()
    }

    /// Returns the start of a text, as long as a line may be. Only that much of a line that is too long is kept, so
    /// that the result does not depend on how much of it was read.
    pub(super) fn cut_to_max_line<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[..text.len().min(self.max_line)]
    }
}
