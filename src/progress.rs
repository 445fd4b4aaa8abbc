//! How far a count has come, for whoever waits for it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much was read of how much; of what is compressed, compressed bytes.
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
    /// [`UNKNOWN`] where an input does not say how long it is.
    all: AtomicU64,
}

const UNKNOWN: u64 = u64::MAX;

impl Progress {
    /// Bytes that were read, or that nobody needs to read.
    pub fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all inputs; `None` where one does not say, as standard input does not.
    pub fn all_bytes(&self) -> Option<u64> {
        Some(self.all.load(Ordering::Relaxed)).filter(|all| *all != UNKNOWN)
    }

    /// There is an input of so many bytes, if that is known.
    pub(crate) fn expect(&self, bytes: Option<u64>) {
        let more = |all: u64| Some(bytes.map_or(UNKNOWN, |bytes| all.saturating_add(bytes)));
        let _ = self.all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Everything is read again.
    pub(crate) fn restart(&self) {
        self.read.store(0, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A reader that says what was read from it.
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
