//! How to count, as opposed to what to count.

use std::sync::Arc;

use super::seek::Seek;
use crate::input::{Access, ChunkOptions, SMALL_BYTES};
use crate::progress::Progress;

/// How to count: the settings here change the speed, never the answer.
///
/// ```
/// use logstat::{Access, Engine};
/// let engine = Engine::new().threads(2).access(Access::Read);
/// assert_eq!((engine.threads, engine.chunk_bytes), (2, 1 << 20));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Engine {
    /// Number of threads; 0 for as many as the machine has. If the system starts fewer, only those count; if it starts
    /// none, the caller's thread counts alone. See [`Outcome::few_threads`](crate::Outcome).
    pub threads: usize,
    /// Bytes that a worker takes at a time.
    pub chunk_bytes: usize,
    /// How files are read.
    pub access: Access,
    /// Maximum number of files that are kept open until they are read. Other files are reopened, which takes a little
    /// longer, and are read in chunks rather than mapped. If the system grants too few file descriptors, none is kept
    /// open.
    pub kept_open: usize,
    /// Which files are searched for a period rather than read from end to end.
    pub seek: Seek,
    /// Seed of the tables' hashes; `None` for a random one.
    pub seed: Option<u64>,
    /// Maximum memory of the tables in bytes, as estimated by a formula; `None` for no limit. The count fails if it is
    /// exceeded. [`Question::max_memory`](crate::Question) makes tables smaller instead.
    pub memory_limit: Option<u64>,
    /// Receives the progress of reading.
    pub progress: Option<Arc<Progress>>,
}

/// Default of [`Engine::kept_open`]. Most systems grant a process at least twice as many descriptors.
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

    /// Sets the number of bytes that a worker takes at a time.
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

    /// Sets the maximum number of files that are kept open until they are read.
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

    /// Sets the seed of the tables' hashes, which is random by default.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<Option<u64>>) -> Engine {
        self.seed = seed.into();
        self
    }

    /// Sets the maximum memory of the tables, in bytes.
    #[must_use]
    pub fn memory_limit(mut self, memory_limit: impl Into<Option<u64>>) -> Engine {
        self.memory_limit = memory_limit.into();
        self
    }

    /// Reports progress to a [`Progress`].
    #[must_use]
    pub fn progress(mut self, progress: impl Into<Option<Arc<Progress>>>) -> Engine {
        self.progress = progress.into();
        self
    }

    /// Returns how inputs are cut into chunks. Files large enough to be searched for a period are mapped, even if they
    /// are small.
    pub(crate) fn chunk_options(&self, max_line: usize) -> ChunkOptions {
        let small_bytes = SMALL_BYTES.min(self.seek.least_bytes());
        ChunkOptions { chunk_bytes: self.chunk_bytes.max(1), max_line, small_bytes }
    }
}
