//! Small files, which are read whole, with one system call, when a worker gets to them.
//!
//! Until then such a file takes no memory. The first files keep their descriptors and the others are reopened, so that
//! ten thousand files need no more descriptors than a hundred. Measured on 10,000 files of 24 kB in the page cache:
//! mapping, touching and unmapping a file takes three times as long as reading it into an existing buffer.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use super::Chunk;
use super::blocking::{Blocking, LOCK, lock};
use super::chunk::{ChunkOptions, NextChunk};
use super::closed::{Closed, is_replaced};
use super::read_at::{ReadAt, read_whole};
use super::unreadable::Unreadable;
use crate::error::ErrorKind;
use crate::text::FirstLines;

/// Files with fewer bytes are small, unless they have more than one chunk.
pub(crate) const SMALL_BYTES: u64 = 128 << 10;

/// A small file. One worker at a time reads it.
pub(crate) struct Small {
    /// Length in bytes when it was opened; at most this many are read.
    len: u64,
    chunk_bytes: usize,
    state: Mutex<ReadState>,
}

struct ReadState {
    /// The file, which may have to be read again.
    file: DeferredFile,
    is_read: bool,
    /// The worker's buffer that the text was read into. It may contain older bytes after the text.
    buffer: Vec<u8>,
    /// Length of the text in bytes, and how many of them were taken.
    read: usize,
    taken: usize,
    failure: Option<Failure>,
}

/// A file that was opened, and will be read later.
enum DeferredFile {
    Open(File),
    Closed(Closed),
}

enum Failure {
    /// The file could not be reopened.
    Io(io::Error),
    Unreadable(Unreadable),
    /// The path now leads to another file than when it was opened.
    Replaced,
}

impl DeferredFile {
    /// Keeps the descriptor if `keeps_descriptor` is true, or if the system cannot tell the file from another one
    /// later. Otherwise closes the file.
    fn new(path: &Path, file: File, metadata: &Metadata, keeps_descriptor: bool) -> DeferredFile {
        let closed = if keeps_descriptor { None } else { Closed::new(path, metadata) };
        closed.map_or(DeferredFile::Open(file), DeferredFile::Closed)
    }

    /// Reads a file of `len` bytes.
    fn read(&self, len: u64, buffer: &mut Vec<u8>) -> (usize, Option<Failure>) {
        match self {
            DeferredFile::Open(file) => read(file, len, buffer),
            DeferredFile::Closed(closed) => match closed.open() {
                Ok(file) => read(&file, len, buffer),
                Err(error) if is_replaced(&error) => (0, Some(Failure::Replaced)),
                Err(error) => (0, Some(Failure::Io(error))),
            },
        }
    }
}

impl Small {
    /// Creates a small file that is read later; `path` leads to it.
    pub(super) fn new(
        path: &Path,
        file: File,
        metadata: &Metadata,
        chunk_options: ChunkOptions,
        keeps_descriptor: bool,
    ) -> Small {
        let file = DeferredFile::new(path, file, metadata, keeps_descriptor);
        let state = ReadState { file, is_read: false, buffer: Vec::new(), read: 0, taken: 0, failure: None };
        Small { len: metadata.len(), chunk_bytes: chunk_options.chunk_bytes, state: Mutex::new(state) }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Closes the file until it is read. Nothing may have been read yet.
    pub(super) fn close_until_read(&mut self, closed: Closed) {
        self.state.get_mut().expect(LOCK).file = DeferredFile::Closed(closed);
    }

    /// Locks the file, and reads it if that has not been done; `None` if another worker holds the lock and this one
    /// does not wait. The text is read into the worker's buffer, which the worker gets back with the text.
    fn state(&self, blocking: Blocking, buffer: &mut Vec<u8>) -> Option<MutexGuard<'_, ReadState>> {
        let mut state = lock(&self.state, blocking)?;
        if !state.is_read {
            state.is_read = true;
            state.buffer = std::mem::take(buffer);
            let ReadState { file, buffer: text, .. } = &mut *state;
            let (read, failure) = file.read(self.len, text);
            (state.read, state.failure) = (read, failure);
            if state.read == 0 {
                std::mem::swap(buffer, &mut state.buffer);
            }
        }
        Some(state)
    }

    /// Passes the whole text to `look`, or nothing if it was taken already.
    pub(super) fn with_head<R>(
        &self,
        blocking: Blocking,
        buffer: &mut Vec<u8>,
        inspect: impl FnOnce(FirstLines<'_>) -> R,
    ) -> Option<R> {
        let state = self.state(blocking, buffer)?;
        Some(inspect(FirstLines::all(state.buffer.get(..state.read).unwrap_or_default())))
    }

    /// Takes the next lines, all of which start before `until`.
    pub(super) fn next<'a>(&self, until: u64, blocking: Blocking, buffer: &'a mut Vec<u8>) -> NextChunk<'a> {
        let Some(mut state) = self.state(blocking, buffer) else { return NextChunk::Busy };
        let start = state.taken;
        let until = usize::try_from(until).unwrap_or(usize::MAX).min(state.read);
        if start >= until {
            return NextChunk::End;
        }
        // Lines that start before this byte are in the chunk.
        let border = start.saturating_add(self.chunk_bytes).min(until);
        let end = memchr::memchr(b'\n', &state.buffer[border - 1..state.read]).map_or(state.read, |lf| border + lf);
        state.taken = end;
        if end == state.read {
            *buffer = std::mem::take(&mut state.buffer);
        } else {
            buffer.clear();
            buffer.extend_from_slice(&state.buffer[..end]);
        }
        NextChunk::Chunk(Chunk { bytes: &buffer[start..end], offset: start as u64, left_out: 0 })
    }

    pub(super) fn chunks_at_most(&self) -> usize {
        usize::try_from(self.len.div_ceil(self.chunk_bytes as u64)).unwrap_or(usize::MAX)
    }

    /// Starts again from the beginning.
    pub(super) fn restart(&mut self) {
        let state = self.state.get_mut().expect(LOCK);
        state.buffer.clear();
        (state.is_read, state.read, state.taken, state.failure) = (false, 0, 0, None);
    }

    /// The error that prevented reading the whole file, if any. It is not an error if the file shrinks after it was
    /// read.
    pub(super) fn into_failure(self, path: PathBuf) -> Option<ErrorKind> {
        let state = self.state.into_inner().expect(LOCK);
        match state.failure {
            Some(Failure::Io(source)) => Some(ErrorKind::Io { path, source }),
            Some(Failure::Unreadable(unreadable)) => Some(unreadable.of(path)),
            Some(Failure::Replaced) => Some(ErrorKind::Replaced { path }),
            None if state.is_read && (state.read as u64) < self.len => {
                Some(ErrorKind::Shrunk { path, from_bytes: self.len, to_bytes: state.read as u64 })
            }
            None => None,
        }
    }
}

/// Reads a file of `len` bytes, and returns the number of bytes read. If some bytes cannot be read, only the whole
/// lines before them count. The buffer never shrinks.
fn read(file: &dyn ReadAt, len: u64, buffer: &mut Vec<u8>) -> (usize, Option<Failure>) {
    let bytes = usize::try_from(len).unwrap_or_default();
    if buffer.len() < bytes {
        buffer.resize(bytes, 0);
    }
    let (read, error) = read_whole(file, 0, &mut buffer[..bytes]);
    let Some(source) = error else { return (read, None) };
    let whole = memchr::memrchr(b'\n', &buffer[..read]).map_or(0, |lf| lf + 1);
    let (at_byte, lost_bytes) = (read as u64, len - whole as u64);
    (whole, Some(Failure::Unreadable(Unreadable { at_byte, lost_bytes, source })))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &[u8] = b"one\ntwo\n\nthree is longer\nend without line feed";

    /// A small file that is read through its descriptor, and one that is reopened.
    fn both(chunk_bytes: usize) -> (tempfile::NamedTempFile, [Small; 2]) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(TEXT).unwrap();
        let chunk_options = ChunkOptions { chunk_bytes, max_line: 1 << 20, small_bytes: SMALL_BYTES };
        let small = [true, false].map(|keeps_descriptor| {
            let opened = file.reopen().unwrap();
            let metadata = opened.metadata().unwrap();
            Small::new(file.path(), opened, &metadata, chunk_options, keeps_descriptor)
        });
        (file, small)
    }

    fn taken(small: &Small) -> Vec<u8> {
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        while let Some(chunk) = small.next(u64::MAX, Blocking::Lock, &mut buffer).chunk() {
            assert_eq!(chunk.offset, all.len() as u64);
            assert!(chunk.bytes.ends_with(b"\n") || all.len() + chunk.bytes.len() == TEXT.len());
            all.extend_from_slice(chunk.bytes);
        }
        all
    }

    #[test]
    fn every_line_is_in_one_chunk_for_any_chunk_size() {
        for chunk_bytes in 1..60 {
            let (_file, both) = both(chunk_bytes);
            for small in both {
                let head = || small.with_head(Blocking::TryLock, &mut Vec::new(), |head| head.text.to_vec());
                assert_eq!(head().as_deref(), Some(TEXT));
                assert_eq!(taken(&small), TEXT);
                // A worker may ask for the head when another one has counted the file.
                assert_eq!(head().as_deref(), Some(&b""[..]));
                assert!(small.into_failure(PathBuf::new()).is_none());
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn file_holds_no_buffer_before_and_after_it_is_read() {
        let (_file, [kept, closed]) = both(100);
        let state = |small: &Small| {
            let state = small.state.lock().unwrap();
            (state.buffer.capacity(), state.is_read, matches!(state.file, DeferredFile::Open(_)))
        };
        assert_eq!((state(&kept), state(&closed)), ((0, false, true), (0, false, false)));
        assert_eq!((taken(&kept), taken(&closed)), (TEXT.to_vec(), TEXT.to_vec()));
        assert_eq!((state(&kept), state(&closed)), ((0, true, true), (0, true, false)));
    }

    #[test]
    fn next_without_waiting_returns_busy() {
        let (_file, [small, _]) = both(100);
        let state = small.state(Blocking::Lock, &mut Vec::new());
        assert!(matches!(small.next(u64::MAX, Blocking::TryLock, &mut Vec::new()), NextChunk::Busy));
        assert!(small.with_head(Blocking::TryLock, &mut Vec::new(), |_| ()).is_none());
        drop(state);
        assert_eq!(taken(&small), TEXT);
    }

    #[test]
    fn shrunk_file_is_read_to_its_end_and_reported() {
        let (file, both) = both(100);
        file.as_file().set_len(8).unwrap();
        for small in both {
            assert_eq!(taken(&small), TEXT[..8]);
            let failure = small.into_failure("a.log".into());
            assert!(matches!(failure, Some(ErrorKind::Shrunk { from_bytes: 46, to_bytes: 8, .. })), "{failure:?}");
        }
    }

    #[test]
    fn appended_lines_are_not_read() {
        let (mut file, both) = both(100);
        file.write_all(b"\nmore\n").unwrap();
        for small in both {
            assert_eq!(taken(&small), TEXT);
            assert!(small.into_failure(PathBuf::new()).is_none());
        }
    }

    #[cfg(unix)]
    #[test]
    fn replaced_file_is_not_read() {
        let (file, [kept, closed]) = both(100);
        let other = tempfile::NamedTempFile::new().unwrap();
        std::fs::rename(other.path(), file.path()).unwrap();
        assert_eq!((taken(&kept), taken(&closed)), (TEXT.to_vec(), Vec::new()));
        assert!(kept.into_failure(PathBuf::new()).is_none());
        assert!(matches!(closed.into_failure(PathBuf::new()), Some(ErrorKind::Replaced { .. })));
        let (file, [_, closed]) = both(100);
        drop(file);
        assert_eq!(taken(&closed), b"");
        assert_eq!(closed.state.lock().unwrap().buffer.capacity(), 0);
        assert!(matches!(closed.into_failure(PathBuf::new()), Some(ErrorKind::Io { .. })));
    }
}
