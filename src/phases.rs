//! How long each part of a run took: the library tells, whoever prints it says.

use std::time::{Duration, Instant};

/// How long each part of a run took, by the clock.
///
/// The parts follow one another, so that together they are the run; workers go side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phases {
    /// Opening the inputs, and preparing the formats.
    pub opening: Duration,
    /// Reading, scanning and counting, from the start of the first worker to the end of the last.
    pub counting: Duration,
    /// Of counting, what it took to find out the formats of all inputs; each input's by the worker that came to it first.
    pub finding_formats: Duration,
    /// What each worker did meanwhile; one worker is the thread that asked.
    pub workers: Vec<WorkerShare>,
    /// Making one tally of the workers'; where rankings may have no more than so many keys, seeing to that after each round.
    pub merging: Duration,
    /// Undoing the escapes of distinct keys.
    pub settling: Duration,
    /// Sorting and cutting tables into a report.
    pub assembling: Duration,
    /// Giving memory and files back.
    pub releasing: Duration,
}

/// What a worker did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerShare {
    /// How many lines it counted.
    pub lines: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// Scanning and counting lines. Pages of a mapped file that are not in memory are read meanwhile.
    pub counting: Duration,
    /// Coming to chunks: finding formats, reading, decompressing, and waiting for another worker that does.
    pub fetching: Duration,
}

/// Tells one part from the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// How long it is since the start, or since this was last asked.
    pub(crate) fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}
