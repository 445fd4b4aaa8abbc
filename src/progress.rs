//! Progress of a count, for a caller that displays it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read so far and bytes in total. For compressed inputs, these are compressed bytes.
///
/// ```
/// use std::sync::Arc;
/// use logstat::{Engine, Input, Progress, Question, count};
/// let progress = Arc::new(Progress::default());
/// let engine = Engine::new().progress(Arc::clone(&progress));
/// count(&Question::default(), vec![Input::path("testdata/shop.log")], &engine)?;
/// assert_eq!(progress.all_bytes(), Some(progress.read_bytes()));
/// # Ok::<(), logstat::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    /// [`UNKNOWN`] if the size of an input is not known.
    all: AtomicU64,
}

const UNKNOWN: u64 = u64::MAX;

impl Progress {
    /// Bytes read so far, including those that need not be read.
    pub fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all inputs; `None` if the size of one is not known, as for standard input.
    pub fn all_bytes(&self) -> Option<u64> {
        Some(self.all.load(Ordering::Relaxed)).filter(|all| *all != UNKNOWN)
    }

    /// Adds an input of this many bytes, or of unknown size.
    pub(crate) fn expect(&self, bytes: Option<u64>) {
        let more = |all: u64| Some(bytes.map_or(UNKNOWN, |bytes| all.saturating_add(bytes)));
        let _ = self.all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Starts from 0, because everything is read again.
    pub(crate) fn restart(&self) {
        self.read.store(0, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Returns a reader that reports what is read from it.
    pub(crate) fn metered(self: &Arc<Self>, reader: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Metered { reader, progress: Arc::clone(self) })
    }
}

struct Metered {
    reader: Box<dyn Read + Send>,
    progress: Arc<Progress>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.progress.read(read as u64);
        Ok(read)
    }
}
