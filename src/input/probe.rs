//! Examines the text of a file without counting it: its beginning, and the bytes before an offset.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::beginning::BEGINNING;
use super::file_stamp::FileStamp;
use super::head::TAIL;
use super::stream_file::decoder;
use crate::files::{Compression, MAGIC_BYTES};
use crate::keys::fixed_hash;
use crate::text::lines::HEAD_BYTES;

/// A regular file whose text is examined.
pub(crate) struct Probe {
    path: PathBuf,
    file: File,
    pub(crate) stamp: FileStamp,
    pub(crate) compression: Option<Compression>,
    /// The first bytes of its text: [`BEGINNING`] of them, or all. Corrupt data ends the text.
    pub(crate) first: Vec<u8>,
}

/// The bytes of a text before an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// The text ends before the offset, or is corrupt before it.
    Shorter,
    /// The hash of the last [`TAIL`] bytes before the offset, and whether anything follows.
    Tail { hash: u64, has_more: bool },
}

impl Probe {
    /// Opens a file; `None` if it is not a regular one.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Probe>> {
        // Opening a pipe would wait for its writer.
        if !std::fs::metadata(path)?.is_file() {
            return Ok(None);
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let stamp = FileStamp::of(path, &metadata);
        let mut magic = Vec::new();
        (&file).take(MAGIC_BYTES as u64).read_to_end(&mut magic)?;
        let compression = Compression::of(&magic);
        let mut probe = Probe { path: path.to_owned(), file, stamp, compression, first: Vec::new() };
        let mut first = Vec::new();
        let read = probe.text()?.take(BEGINNING as u64).read_to_end(&mut first);
        if compression.is_none() {
            read?;
        }
        probe.first = first;
        Ok(Some(probe))
    }

    /// Reads the bytes before an offset, and one more.
    pub(crate) fn before(&self, offset: u64) -> io::Result<Before> {
        let tail = offset.min(TAIL);
        let mut bytes = Vec::with_capacity(tail as usize + 1);
        let read = match self.compression {
            Some(_) => {
                let mut text = self.text()?;
                // Corrupt data ends the text, as it does when lines are counted.
                let skipped = io::copy(&mut text.by_ref().take(offset - tail), &mut io::sink()).ok();
                skipped.map_or(Ok(0), |_| text.take(tail + 1).read_to_end(&mut bytes).or(Ok(0)))
            }
            None => {
                (&self.file).seek(SeekFrom::Start(offset - tail))?;
                (&self.file).take(tail + 1).read_to_end(&mut bytes)
            }
        };
        read?;
        Ok(match bytes.get(..tail as usize) {
            Some(before) => Before::Tail { hash: fixed_hash(before), has_more: bytes.len() > tail as usize },
            None => Before::Shorter,
        })
    }

    /// The hash of the bytes before an offset; `None` if the text ends before it.
    pub(crate) fn tail(&self, offset: u64) -> io::Result<Option<u64>> {
        Ok(match self.before(offset)? {
            Before::Tail { hash, .. } => Some(hash),
            Before::Shorter => None,
        })
    }

    /// True if there is as much text as formats are detected from.
    pub(crate) fn has_sample(&self) -> io::Result<bool> {
        if self.compression.is_none() {
            return Ok(self.stamp.size >= HEAD_BYTES as u64);
        }
        let head = io::copy(&mut self.text()?.take(HEAD_BYTES as u64), &mut io::sink());
        Ok(head.is_ok_and(|bytes| bytes == HEAD_BYTES as u64))
    }

    /// Reads the text from its start.
    fn text(&self) -> io::Result<Box<dyn Read + Send>> {
        (&self.file).rewind()?;
        let bytes = Box::new(self.file.try_clone()?);
        match self.compression {
            Some(compression) => decoder(compression, bytes, &self.path).map_err(io::Error::other),
            None => Ok(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Vec<u8> {
        (0..20_000).flat_map(|line| format!("line {line}\n").into_bytes()).collect()
    }

    #[cfg(feature = "compressed")]
    fn gzip(text: &[u8]) -> Vec<u8> {
        use std::io::Write;
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    /// Writes a file and opens it.
    fn probe(content: &[u8]) -> Probe {
        use std::io::Write;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        Probe::open(file.path()).unwrap().unwrap()
    }

    #[test]
    fn compressed_text_is_examined_like_plain_text() {
        let text = text();
        let probes = [
            probe(&text),
            #[cfg(feature = "compressed")]
            probe(&gzip(&text)),
        ];
        for probe in probes {
            assert_eq!(probe.first, text[..BEGINNING]);
            let len = text.len();
            for offset in [1, 10, TAIL as usize, TAIL as usize + 1, 150_000, len] {
                let before = &text[offset - offset.min(TAIL as usize)..offset];
                let expected = Before::Tail { hash: fixed_hash(before), has_more: offset < len };
                assert_eq!(probe.before(offset as u64).unwrap(), expected, "{offset}");
            }
            for offset in [len + 1, len + 10_000, 10 * len] {
                assert_eq!(probe.before(offset as u64).unwrap(), Before::Shorter, "{offset}");
            }
        }
    }

    #[test]
    #[cfg(feature = "compressed")]
    fn incomplete_compressed_data_is_a_shorter_text() {
        let text = text();
        let compressed = gzip(&text);
        for end in [0, 5, 20, compressed.len() / 2, compressed.len() - 9] {
            let probe = probe(&compressed[..end]);
            assert!(text.starts_with(&probe.first) || probe.compression.is_none());
            assert_eq!(probe.before(text.len() as u64 + 1).unwrap(), Before::Shorter);
        }
    }

    #[test]
    fn sample_is_as_long_as_the_head_of_an_input() {
        for (len, expected) in [(0, false), (HEAD_BYTES - 1, false), (HEAD_BYTES, true), (HEAD_BYTES + 1, true)] {
            let text = vec![b'x'; len];
            assert_eq!(probe(&text).has_sample().unwrap(), expected, "{len}");
            #[cfg(feature = "compressed")]
            assert_eq!(probe(&gzip(&text)).has_sample().unwrap(), expected, "{len}");
        }
    }

    #[test]
    fn only_regular_files_are_examined() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Probe::open(directory.path()).unwrap().is_none());
        assert!(Probe::open(&directory.path().join("none")).is_err());
    }
}
