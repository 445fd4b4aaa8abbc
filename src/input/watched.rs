//! Regular files that are read as streams: detects whether they change while they are read.

use std::fs::File;
#[cfg(unix)]
use std::io::Seek;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::fingerprint::Fingerprint;
use super::read_at::ReadAt;
use crate::error::ErrorKind;

/// A file as it was when it was opened, and how much of it was read.
pub(super) struct Watched {
    /// The file on standard input. The source keeps the descriptors or paths of other files.
    stdin: Option<Arc<File>>,
    len: u64,
    fingerprint: Fingerprint,
    /// The offset where reading starts.
    start: u64,
    read: Arc<AtomicU64>,
}

impl Watched {
    /// Watches a file of `len` bytes that is read from its start.
    pub(super) fn new(file: &dyn ReadAt, len: u64) -> Watched {
        Watched { stdin: None, len, fingerprint: Fingerprint::of(file, len), start: 0, read: Arc::default() }
    }

    /// Watches the file on standard input, read from its current offset; `None` if it is not a regular file.
    #[cfg(unix)]
    pub(super) fn stdin() -> io::Result<Option<Watched>> {
        use std::os::fd::AsFd;
        let stdin = io::stdin();
        let file = File::from(stdin.as_fd().try_clone_to_owned()?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let start = (&file).stream_position()?;
        let watched = Watched::new(&file, metadata.len());
        Ok(Some(Watched { stdin: Some(Arc::new(file)), start, ..watched }))
    }

    /// Returns `None`, because positioned reads would move the offset.
    #[cfg(not(unix))]
    pub(super) fn stdin() -> io::Result<Option<Watched>> {
        Ok(None)
    }

    /// Wraps a reader to count the bytes read, starting from 0.
    pub(super) fn reader(&self, reader: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        self.read.store(0, Ordering::Relaxed);
        Box::new(CountingReader { reader, read: Arc::clone(&self.read) })
    }

    /// The file on standard input.
    pub(super) fn stdin_file(&self) -> Option<Arc<dyn ReadAt>> {
        self.stdin.clone().map(|file| file as Arc<dyn ReadAt>)
    }

    /// Returns how the file changed while it was read, if it did. If it became shorter after it was read whole, nothing
    /// was lost.
    pub(super) fn change(&self, file: &dyn ReadAt, path: PathBuf, is_compressed: bool) -> Option<ErrorKind> {
        if self.fingerprint.differs(file) {
            return Some(ErrorKind::Changed { path });
        }
        let to_bytes = file.len().filter(|len| *len < self.len)?;
        let is_whole = self.start.saturating_add(self.read.load(Ordering::Relaxed)) >= self.len;
        match (is_whole, is_compressed) {
            (true, _) => None,
            (false, true) => Some(ErrorKind::Changed { path }),
            (false, false) => Some(ErrorKind::Shrunk { path, from_bytes: self.len, to_bytes }),
        }
    }
}

struct CountingReader {
    reader: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for CountingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;

    #[test]
    fn bytes_lost_before_they_were_read_are_a_failure() {
        type Change = fn(&mut File);
        let overwritten: Change =
            |file: &mut File| file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(b"b")).unwrap();
        let appended: Change =
            |file: &mut File| file.seek(SeekFrom::End(0)).and_then(|_| file.write_all(b"b")).unwrap();
        let table: [(u64, u64, Change, &str, &str); 8] = [
            (0, 4000, |_| (), "", ""),
            (0, 4000, appended, "", ""),
            (0, 10_000, |file| file.set_len(0).unwrap(), "", ""),
            (9000, 1000, |file| file.set_len(0).unwrap(), "", ""),
            (0, 4000, |file| file.set_len(0).unwrap(), "shrunk to 0", "changed"),
            (9000, 999, |file| file.set_len(3).unwrap(), "shrunk to 3", "changed"),
            (0, 4000, overwritten, "changed", "changed"),
            (0, 10_000, overwritten, "changed", "changed"),
        ];
        for (start, read, change, plain, compressed) in table {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&[b'a'; 10_000]).unwrap();
            let watched = Watched { start, ..Watched::new(&file, 10_000) };
            // A second reader starts counting again.
            for _ in 0..2 {
                io::copy(&mut watched.reader(Box::new(io::repeat(b'a'))).take(read), &mut io::sink()).unwrap();
            }
            change(&mut file);
            for (is_compressed, expected) in [(false, plain), (true, compressed)] {
                let is = match watched.change(&file, PathBuf::new(), is_compressed) {
                    None => String::new(),
                    Some(ErrorKind::Changed { .. }) => "changed".to_owned(),
                    Some(ErrorKind::Shrunk { from_bytes: 10_000, to_bytes, .. }) => format!("shrunk to {to_bytes}"),
                    Some(other) => panic!("{other:?}"),
                };
                assert_eq!(is, expected, "{start} {read} {is_compressed}");
            }
        }
    }
}
