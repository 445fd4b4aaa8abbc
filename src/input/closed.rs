//! Files that are open only while they are read, so that any number of inputs needs few descriptors.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::read_at::ReadAt;

/// A file that is not open, and the identity that tells it from another file under the same path.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    path: PathBuf,
    identity: Identity,
}

/// Device and inode of a file.
#[cfg(unix)]
type Identity = (u64, u64);

/// Files have no identity here, so there are no closed files.
#[cfg(not(unix))]
type Identity = std::convert::Infallible;

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<Identity> {
    None
}

/// Error for a path that now leads to another file.
#[derive(Debug)]
struct Replaced;

impl std::fmt::Display for Replaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("was replaced by another file")
    }
}

impl std::error::Error for Replaced {}

/// True if a file was not read because its path leads to another one.
pub(super) fn is_replaced(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Replaced>())
}

impl Closed {
    /// The file at `path`, to be reopened; `None` if the system cannot tell files apart.
    pub(super) fn new(path: &Path, metadata: &Metadata) -> Option<Closed> {
        Some(Closed { path: path.to_owned(), identity: identity(metadata)? })
    }

    /// Reopens the file. Fails if its path leads to another file.
    pub(super) fn open(&self) -> io::Result<File> {
        let file = File::open(&self.path)?;
        if identity(&file.metadata()?) == Some(self.identity) { Ok(file) } else { Err(io::Error::other(Replaced)) }
    }

    /// Reads the file from its start. The file is opened by the first read, and closed with the reader.
    pub(super) fn reader(self) -> impl Read + Send {
        Reader { closed: self, file: None }
    }
}

struct Reader {
    closed: Closed,
    file: Option<File>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.read(buffer),
            None => self.file.insert(self.closed.open()?).read(buffer),
        }
    }
}

/// A file for positioned reads: opened by the first read, and closed by [`release`](ReadAt::release).
#[derive(Debug)]
pub(super) struct OpenedToRead {
    closed: Closed,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Closed,
    Open(Arc<File>),
    /// The file could not be opened, and is not tried again.
    Failed(io::Error),
}

impl OpenedToRead {
    pub(super) fn new(closed: Closed) -> OpenedToRead {
        OpenedToRead { closed, state: Mutex::new(State::Closed) }
    }

    fn file(&self) -> io::Result<Arc<File>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Closed) {
            *state = self.closed.open().map_or_else(State::Failed, |file| State::Open(Arc::new(file)));
        }
        match &*state {
            State::Open(file) => Ok(Arc::clone(file)),
            State::Failed(error) => Err(error.kind().into()),
            State::Closed => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl ReadAt for OpenedToRead {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file()?.read_at(buffer, offset)
    }

    fn len(&self) -> Option<u64> {
        self.file().ok()?.len()
    }

    fn release(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Open(_)) {
            *state = State::Closed;
        }
    }

    fn take_failure(&self) -> Option<io::Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, State::Closed) {
            State::Failed(error) => Some(error),
            State::Closed | State::Open(_) => None,
        }
    }
}
