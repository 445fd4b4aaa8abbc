//! How to count, apart from what.

use std::sync::Arc;

use super::seek::Seek;
use crate::input::{Access, Cut, SMALL_BYTES};
use crate::progress::Progress;

/// How to count: everything here changes the speed, and nothing the answer.
///
/// ```
/// use logstat::{Access, Engine};
/// let engine = Engine::new().threads(2).access(Access::Read);
/// assert_eq!((engine.threads, engine.chunk_bytes), (2, 1 << 20));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Engine {
    /// Number of threads; 0 for as many as the machine has. If the system starts fewer, those count, or the caller's thread
    /// alone: see [`Outcome::few_threads`](crate::Outcome).
    pub threads: usize,
    /// How many bytes a worker takes at a time.
    pub chunk_bytes: usize,
    /// How files are read.
    pub access: Access,
    /// Number of files that are kept open until they are read. The others are opened again, which takes a little longer, and
    /// read in chunks rather than mapped. If the system grants too few descriptors for these, none is kept open.
    pub kept_open: usize,
    /// Which files are searched for a period rather than read from end to end.
    pub seek: Seek,
    /// The seed of the tables' hashes; random unless given.
    pub seed: Option<u64>,
    /// The memory in bytes that tables may take, by a formula that is near to what they take; no limit. Beyond it the count
    /// fails. [`Question::max_memory`](crate::Question) makes tables smaller instead.
    pub memory_limit: Option<u64>,
    /// Learns what is read.
    pub progress: Option<Arc<Progress>>,
}

/// Files that are kept open unless the caller says how many. Most systems grant a process twice as many descriptors.
const KEPT_OPEN: usize = 128;

impl Default for Engine {
    fn default() -> Self {
        Engine {
            threads: 0,
            chunk_bytes: 1 << 20,
            access: Access::default(),
            kept_open: KEPT_OPEN,
            seek: Seek::default(),
            seed: None,
            memory_limit: None,
            progress: None,
        }
    }
}

impl Engine {
    /// The usual engine: as many threads as the machine has.
    pub fn new() -> Engine {
        Engine::default()
    }

    /// Sets the number of threads; 0 for as many as the machine has.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Engine {
        self.threads = threads;
        self
    }

    /// Sets how many bytes a worker takes at a time.
    #[must_use]
    pub fn chunk_bytes(mut self, chunk_bytes: usize) -> Engine {
        self.chunk_bytes = chunk_bytes;
        self
    }

    /// Sets how files are read.
    #[must_use]
    pub fn access(mut self, access: Access) -> Engine {
        self.access = access;
        self
    }

    /// Sets the number of files that are kept open until they are read.
    #[must_use]
    pub fn kept_open(mut self, kept_open: usize) -> Engine {
        self.kept_open = kept_open;
        self
    }

    /// Sets which files are searched for a period rather than read from end to end.
    #[must_use]
    pub fn seek(mut self, seek: Seek) -> Engine {
        self.seek = seek;
        self
    }

    /// Sets the seed of the hashes, which is random otherwise.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<Option<u64>>) -> Engine {
        self.seed = seed.into();
        self
    }

    /// Limits the memory of the tables, in bytes.
    #[must_use]
    pub fn memory_limit(mut self, memory_limit: impl Into<Option<u64>>) -> Engine {
        self.memory_limit = memory_limit.into();
        self
    }

    /// Reports what is read to a [`Progress`].
    #[must_use]
    pub fn progress(mut self, progress: impl Into<Option<Arc<Progress>>>) -> Engine {
        self.progress = progress.into();
        self
    }

    /// How inputs are cut into chunks. Files that may be searched for a period are mapped, however small they are.
    pub(crate) fn cut(&self, max_line: usize) -> Cut {
        let small_bytes = SMALL_BYTES.min(self.seek.least_bytes());
        Cut { chunk_bytes: self.chunk_bytes.max(1), max_line, small_bytes }
    }
}
