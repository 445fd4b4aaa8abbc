//! An opened input, and the chunks that workers take from it.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::blocking::Blocking;
use super::chunk::{ChunkOptions, NextChunk};
use super::closed::{Closed, OpenedToRead, is_replaced};
use super::fingerprint::Fingerprint;
use super::mapped::Mapped;
use super::part::{Part, Taken};
use super::positioned::Positioned;
#[cfg(test)]
use super::read_at::Broken;
use super::read_at::ReadAt;
use super::small::Small;
use super::stream::Stream;
use super::stream_file::StreamFile;
use super::watched::Watched;
use crate::error::{Error, ErrorKind};
use crate::files::Compression;
use crate::progress::Progress;
use crate::text::FirstLines;

/// An opened input. Every line is in exactly one chunk, and no line is split.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// Compression of its bytes, if any.
    pub(crate) compression: Option<Compression>,
    pub(super) kind: Kind,
    /// The part of the text that is read. A part that is not the whole text is not mapped.
    pub(super) part: Part,
    pub(super) taken: Taken,
    /// True for a file that was found in a directory, not named by the user.
    pub(crate) is_found: bool,
    /// Its name in states, if that is given.
    pub(crate) source_name: Option<String>,
    /// True for a device such as `/dev/zero`, which may have no end.
    pub(crate) is_device: bool,
    /// The file that the stream reads, if it reads one. The stream can then be restarted.
    pub(super) file: Option<StreamFile>,
    /// The file, if it can be closed now and reopened for reading.
    pub(super) closed: Option<Closed>,
    /// Sample of the file when it was opened, to detect changes; `None` for files that are read at once.
    pub(super) fingerprint: Option<Fingerprint>,
    /// State of a stream's regular file when it was opened: a compressed file, or one on standard input.
    pub(super) watched: Option<Watched>,
    pub(super) chunk_options: ChunkOptions,
    /// Notified of bytes read here. For streams, the reader notifies it instead.
    pub(super) progress: Option<Arc<Progress>>,
}

/// How the bytes of an input are read.
pub(super) enum Kind {
    Small(Small),
    Mapped(Mapped),
    Positioned(Positioned),
    Stream(Stream),
}

impl Source {
    /// Passes the first lines to `look`; `None` if another worker holds the input and this one does not wait. A small
    /// file is read into `buffer`; the caller must pass the same buffer to [`next`](Self::next).
    pub(crate) fn with_head<R>(
        &self,
        blocking: Blocking,
        buffer: &mut Vec<u8>,
        inspect: impl FnOnce(FirstLines<'_>) -> R,
    ) -> Option<R> {
        match &self.kind {
            Kind::Small(small) => small.with_head(blocking, buffer, inspect),
            Kind::Mapped(mapped) => Some(inspect(mapped.head())),
            Kind::Positioned(file) => Some(file.with_head(inspect)),
            Kind::Stream(stream) => stream.with_head(blocking, inspect),
        }
    }

    /// Takes the next chunk of lines that start before byte `until` of the text. Unless the file is mapped, they are
    /// read into `buffer`. Any worker may call this, in any order. A stream also returns the lines
    /// [before its part](Self::is_before_part).
    pub(crate) fn next<'a>(&'a self, until: u64, blocking: Blocking, buffer: &'a mut Vec<u8>) -> NextChunk<'a> {
        let until = until.min(self.part.range.end);
        let (next, progress) = match &self.kind {
            Kind::Small(small) => (small.next(until, blocking, buffer), self.progress.as_ref()),
            Kind::Mapped(mapped) => (mapped.next(until).into(), self.progress.as_ref()),
            Kind::Positioned(file) => (file.next(until, buffer).into(), self.progress.as_ref()),
            Kind::Stream(stream) => (stream.next(until, blocking, buffer), None),
        };
        if let NextChunk::Chunk(chunk) = &next {
            progress.into_iter().for_each(|progress| progress.read(chunk.bytes.len() as u64 + chunk.left_out));
            if !self.is_before_part(chunk) {
                self.taken.add(chunk);
            }
        }
        next
    }

    /// Stops reading the input.
    pub(crate) fn close(&self) {
        match &self.kind {
            Kind::Stream(stream) => stream.close(),
            Kind::Positioned(file) => file.release(),
            Kind::Small(_) | Kind::Mapped(_) => {}
        }
    }

    /// True if no line of the part starts at byte `bytes` or later. For a stream, all chunks before that position must have been taken.
    pub(crate) fn is_within(&self, bytes: u64) -> bool {
        bytes >= self.part.range.end || self.is_text_within(bytes)
    }

    /// True if the text has at most `bytes` bytes. For a stream, all chunks before that position must have been taken.
    pub(super) fn is_text_within(&self, bytes: u64) -> bool {
        match &self.kind {
            Kind::Small(small) => small.len() <= bytes,
            Kind::Mapped(mapped) => mapped.len() <= bytes,
            Kind::Positioned(file) => file.len() <= bytes,
            Kind::Stream(stream) => stream.is_within(bytes),
        }
    }

    /// The bytes of a mapped file, which can be inspected before any chunk is taken.
    pub(crate) fn mapped(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Mapped(mapped) => Some(mapped.bytes()),
            Kind::Small(_) | Kind::Positioned(_) | Kind::Stream(_) => None,
        }
    }

    /// Restricts reading to these bytes of a mapped file. The range begins at the start of a line, and ends at the
    /// start of another or at the end of the file.
    pub(crate) fn narrow(&mut self, wanted: Range<usize>) {
        if let Kind::Mapped(mapped) = &mut self.kind {
            mapped.narrow(wanted);
            let (before, behind) = self.skipped_bytes();
            self.progress.iter().for_each(|progress| progress.read(before + behind));
        }
    }

    /// Number of bytes skipped before the part that is read, and after it.
    pub(crate) fn skipped_bytes(&self) -> (u64, u64) {
        let Kind::Mapped(mapped) = &self.kind else { return (0, 0) };
        let wanted = mapped.wanted();
        (wanted.start as u64, mapped.len() - wanted.end as u64)
    }

    /// Tasks that release a mapping piece by piece. To be run when no chunk is in use any more.
    pub(crate) fn releases(&self) -> impl Iterator<Item = impl FnOnce() + Send + '_> {
        let mapped = if let Kind::Mapped(mapped) = &self.kind { Some(mapped) } else { None };
        mapped.into_iter().flat_map(|mapped| (0..mapped.pieces()).map(move |piece| move || mapped.release(piece)))
    }

    /// Maximum number of chunks, if known before they are taken.
    pub(crate) fn chunks_at_most(&self) -> Option<usize> {
        match &self.kind {
            Kind::Small(small) => Some(small.chunks_at_most()),
            Kind::Mapped(mapped) => Some(mapped.chunks_at_most()),
            Kind::Positioned(file) => Some(file.chunks_at_most()),
            Kind::Stream(stream) => stream.is_one_chunk().then_some(1),
        }
    }

    /// Opens a file in which some bytes cannot be read.
    #[cfg(test)]
    pub(crate) fn broken(
        path: &std::path::Path,
        unreadable: Vec<Range<u64>>,
        chunk_options: ChunkOptions,
    ) -> io::Result<Source> {
        let file = std::fs::File::open(path)?;
        let len = file.metadata()?.len();
        let kind = Kind::Positioned(Positioned::new(Arc::new(Broken { file, unreadable }), len, chunk_options));
        let (compression, file, closed, fingerprint, watched, progress) = (None, None, None, None, None, None);
        let (is_found, is_device) = (false, false);
        let path = path.to_owned();
        Ok(Source {
            path,
            compression,
            kind,
            part: Part::WHOLE,
            taken: Taken::default(),
            is_found,
            source_name: None,
            is_device,
            file,
            closed,
            fingerprint,
            watched,
            chunk_options,
            progress,
        })
    }

    /// Marks a mapping as if a page of it could not be read.
    #[cfg(test)]
    pub(crate) fn lose_a_page(&self) {
        if let Kind::Mapped(mapped) = &self.kind {
            mapped.lose_a_page();
        }
    }

    /// True if it can be read again from its start.
    pub(crate) fn can_restart(&self) -> bool {
        !matches!(self.kind, Kind::Stream(_)) || self.file.is_some()
    }

    /// Closes the file until it is read, if it can be reopened. Nothing may have been read yet, except the first bytes
    /// of an empty file.
    pub(super) fn close_until_read(&mut self) -> Result<(), Error> {
        let Some(closed) = self.closed.take() else { return Ok(()) };
        match &mut self.kind {
            Kind::Small(small) => small.close_until_read(closed),
            Kind::Mapped(mapped) => {
                let file = Arc::new(OpenedToRead::new(closed));
                self.kind = Kind::Positioned(Positioned::new(file, mapped.len(), self.chunk_options));
            }
            Kind::Positioned(open) => {
                let file = Arc::new(OpenedToRead::new(closed));
                let mut closed = Positioned::new(file, open.len(), self.chunk_options);
                closed.narrow(&self.part.range);
                self.kind = Kind::Positioned(closed);
            }
            Kind::Stream(_) => {
                self.file = Some(StreamFile::Closed(closed));
                if self.compression.is_some() {
                    self.restart()?;
                }
            }
        }
        Ok(())
    }

    /// Switches from a mapping to positioned reads. Nothing of the mapping may have been counted.
    pub(crate) fn unmap(&mut self) {
        if let Kind::Mapped(mapped) = &self.kind {
            self.kind = Kind::Positioned(Positioned::new(mapped.file(), mapped.len(), self.chunk_options));
        }
    }

    /// Switches from a mapping to positioned reads of the same part. Nothing of the mapping may have been counted.
    pub(crate) fn read_at_positions(&mut self) {
        let Kind::Mapped(mapped) = &self.kind else { return };
        let wanted = mapped.wanted();
        // A search that met lost pages has found nothing.
        let wanted = (!mapped.has_lost()).then_some(wanted.start as u64..wanted.end as u64);
        self.unmap();
        if let (Kind::Positioned(file), Some(wanted)) = (&mut self.kind, wanted) {
            file.narrow(&wanted);
        }
    }

    /// True if bytes of a mapping may have been read as zeros.
    pub(crate) fn has_lost(&self) -> bool {
        matches!(&self.kind, Kind::Mapped(mapped) if mapped.has_lost())
    }

    /// Starts again from the beginning of its part, without a mapping. Everything that was counted must be
    /// discarded. [`can_restart`](Self::can_restart) must be true.
    pub(crate) fn restart(&mut self) -> Result<(), Error> {
        self.taken = Taken::default();
        match &mut self.kind {
            Kind::Small(small) => small.restart(),
            Kind::Positioned(file) => file.restart(&self.part.range),
            Kind::Mapped(_) => self.unmap(),
            Kind::Stream(_) => {
                let failed = |source| Error::from(ErrorKind::Io { path: self.path.clone(), source });
                let file = self.file.as_ref().ok_or_else(|| failed(io::ErrorKind::Unsupported.into()))?;
                let (watched, progress) = (self.watched.as_ref(), self.progress.as_ref());
                let stream = file.stream(watched, self.compression, &self.path, self.chunk_options, progress)?;
                self.kind = Kind::Stream(stream.part(&self.part));
            }
        }
        Ok(())
    }

    /// The error that occurred while the input was read, if any.
    pub(crate) fn into_failure(self) -> Option<Error> {
        let end = self.covered().end;
        let path = self.path;
        let has_changed = |file: &dyn ReadAt| self.fingerprint.as_ref().is_some_and(|then| then.differs(file));
        let changed = |path: PathBuf| ErrorKind::Changed { path }.into();
        match self.kind {
            Kind::Small(small) => Some(small.into_failure(path)?.into()),
            // If the mapping had lost pages, the file would have been read again in another way.
            Kind::Mapped(mapped) => has_changed(&*mapped.file()).then(|| changed(path)),
            Kind::Positioned(file) => {
                if let Some(source) = file.take_failure() {
                    return Some(not_opened_again(path, source).into());
                }
                let (from_bytes, shrunk_to, has_changed) = (file.len(), file.shrunk_to(), has_changed(file.file()));
                // A file that loses bytes after the part is complete for this count.
                let is_part_lost = |to: &u64| *to < file.end_of_part();
                let shrunk_to = shrunk_to.filter(is_part_lost);
                if let Some(unreadable) = file.into_unreadable(end) {
                    return Some(unreadable.of(path).into());
                }
                match shrunk_to {
                    Some(to_bytes) => Some(ErrorKind::Shrunk { path, from_bytes, to_bytes }.into()),
                    None => has_changed.then(|| changed(path)),
                }
            }
            Kind::Stream(stream) => {
                let failure = stream.into_failure().map(|source| failure_of_stream(path.clone(), source));
                if let Some(failure @ (ErrorKind::Io { .. } | ErrorKind::Replaced { .. })) = failure {
                    return Some(failure.into());
                }
                // If the file changed, apparently corrupt data is a consequence of that.
                let change = self.watched.and_then(|watched| {
                    let file = watched.stdin_file().or_else(|| self.file.map(StreamFile::read_at))?;
                    watched.change(&*file, path, self.compression.is_some())
                });
                change.or(failure).map(Error::from)
            }
        }
    }
}

impl StreamFile {
    fn read_at(self) -> Arc<dyn ReadAt> {
        match self {
            StreamFile::Open(file) => file,
            StreamFile::Closed(closed) => Arc::new(OpenedToRead::new(closed)),
        }
    }
}

#[cfg(feature = "compressed")]
fn failure_of_stream(path: PathBuf, source: io::Error) -> ErrorKind {
    use super::compressed::{Broken, How};
    match source.downcast::<Broken>() {
        Ok(Broken { compression, at_byte, how }) => {
            let detail = how.to_string();
            match how {
                How::TooLarge(_) => ErrorKind::DecoderLimit { path, compression, at_byte, detail },
                _ => ErrorKind::Compressed { path, compression, at_byte, detail },
            }
        }
        Err(source) => not_opened_again(path, source),
    }
}

/// Error for a file that could not be reopened or read. It has its own kind if the file was replaced while it was
/// closed.
fn not_opened_again(path: PathBuf, source: io::Error) -> ErrorKind {
    if is_replaced(&source) { ErrorKind::Replaced { path } } else { ErrorKind::Io { path, source } }
}

#[cfg(not(feature = "compressed"))]
fn failure_of_stream(path: PathBuf, source: io::Error) -> ErrorKind {
    not_opened_again(path, source)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::super::{Input, guard_mappings};

    use super::super::{Access, Opener};
    use super::*;

    /// The lines that start between two borders are the same for every way of reading.
    #[test]
    fn chunks_stop_at_the_border_for_every_way_of_reading() {
        let text = b"one\ntwo\n\n\nthree is longer\nend without line feed";
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        let starts: Vec<usize> =
            (0..text.len()).filter(|at| *at == 0 || text[at - 1] == b'\n').chain([text.len()]).collect();
        for chunk_bytes in (1..20).chain([100]) {
            for step in (1..20).chain([text.len() - 1, text.len(), 100]) {
                let path = || Input::path(file.path());
                let map = guard_mappings().map_or(Access::Read, Access::Map);
                let reader = Input::reader("text", Cursor::new(text));
                let small = u64::MAX;
                let all = [(path(), map, 0), (path(), Access::Read, 0), (path(), map, small), (reader, map, small)];
                for (input, access, small_bytes) in all {
                    let chunk_options = ChunkOptions { chunk_bytes, max_line: 1 << 20, small_bytes };
                    let source = Opener::new(access, chunk_options, None, 1).open(input).unwrap();
                    let (mut taken, mut buffer) = (0, Vec::new());
                    for until in (1..).map(|i| i * step) {
                        while let NextChunk::Chunk(chunk) = source.next(until as u64, Blocking::Lock, &mut buffer) {
                            assert_eq!(chunk.bytes, &text[taken..taken + chunk.bytes.len()]);
                            taken += chunk.bytes.len();
                        }
                        assert_eq!(taken, starts[starts.partition_point(|start| *start < until.min(text.len()))]);
                        assert_eq!(source.is_within(until as u64), until >= text.len());
                        if until >= text.len() {
                            break;
                        }
                    }
                }
            }
        }
    }
}
