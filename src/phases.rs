//! Time spent in each phase of a run. The library measures it; the caller prints it.

use std::time::{Duration, Instant};

/// Time spent in each phase of a run, as wall-clock time.
///
/// Except for `finding_formats` and `workers`, the phases follow one another and add up to the run. Workers run in
/// parallel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phases {
    /// Opening the inputs and preparing the formats.
    pub opening: Duration,
    /// Reading, scanning and counting, from the start of the first worker to the end of the last.
    pub counting: Duration,
    /// The part of counting that detects the formats, summed over all inputs. The first worker that reads an input does
    /// that.
    pub finding_formats: Duration,
    /// Statistics of each worker. A single worker is the caller's thread.
    pub workers: Vec<WorkerStats>,
    /// Merging the tallies of the workers; when counting in rounds, also the work at the end of each round.
    pub merging: Duration,
    /// Unescaping distinct keys.
    pub settling: Duration,
    /// Building the report: sorting tables and cutting them to their limits.
    pub assembling: Duration,
    /// Freeing memory and closing files.
    pub releasing: Duration,
}

impl Phases {
    /// Adds the phases of another count in the same run.
    pub(crate) fn add(&mut self, other: Phases) {
        let Phases { opening, counting, finding_formats, workers, merging, settling, assembling, releasing } = other;
        self.opening += opening;
        self.counting += counting;
        self.finding_formats += finding_formats;
        self.workers.extend(workers);
        self.merging += merging;
        self.settling += settling;
        self.assembling += assembling;
        self.releasing += releasing;
    }
}

/// Statistics of a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerStats {
    /// Number of lines that it counted.
    pub lines: u64,
    /// Bytes of these lines.
    pub bytes: u64,
    /// Time spent scanning and counting lines. Includes reading pages of mapped files that are not in memory yet.
    pub counting: Duration,
    /// Time spent getting chunks: detecting formats, reading, decompressing, and waiting for another worker that does.
    pub fetching: Duration,
}

/// Measures consecutive phases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Returns the time since the start or the last call.
    pub(crate) fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}
