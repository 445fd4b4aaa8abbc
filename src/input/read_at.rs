//! Positioned reads.

use std::fs::File;
use std::io;

/// Something with positioned reads: a file, or in tests a file on a broken disk.
pub(super) trait ReadAt: Send + Sync {
    /// Reads bytes at an offset, and returns their number; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Current length in bytes; `None` if the system does not report it.
    fn len(&self) -> Option<u64>;

    /// Closes the file until it is read again, if it can be reopened.
    fn release(&self) {}

    /// The error, if the file could not be reopened.
    fn take_failure(&self) -> Option<io::Error> {
        None
    }
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, buffer, offset)
    }

    fn len(&self) -> Option<u64> {
        self.metadata().ok().map(|metadata| metadata.len())
    }
}

/// Fills the buffer with the bytes of a file from `offset`. Returns the number of bytes read before the end of the file
/// or an error.
pub(super) fn read_whole(file: &dyn ReadAt, offset: u64, text: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut read = 0;
    while read < text.len() {
        match file.read_at(&mut text[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}

/// A file with this text.
#[cfg(test)]
pub(super) fn file(text: &[u8]) -> File {
    use std::io::Write;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text).unwrap();
    file
}

/// A file in which some bytes cannot be read.
#[cfg(test)]
pub(super) struct Broken {
    pub(super) file: File,
    pub(super) unreadable: Vec<std::ops::Range<u64>>,
}

#[cfg(test)]
impl ReadAt for Broken {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let end = offset + buffer.len() as u64;
        let next =
            self.unreadable.iter().filter(|range| range.end > offset && range.start < end).min_by_key(|r| r.start);
        match next {
            Some(range) if range.start <= offset => Err(io::Error::from_raw_os_error(libc::EIO)),
            Some(range) => ReadAt::read_at(&self.file, &mut buffer[..(range.start - offset) as usize], offset),
            None => ReadAt::read_at(&self.file, buffer, offset),
        }
    }

    fn len(&self) -> Option<u64> {
        ReadAt::len(&self.file)
    }
}
