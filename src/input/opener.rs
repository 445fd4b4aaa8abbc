//! Opens inputs: detects what each one is, and chooses how its bytes are read.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chunk::ChunkOptions;
use super::closed::{Closed, OpenedToRead};
use super::file_stamp::FileStamp;
use super::fingerprint::Fingerprint;
use super::finished_lines::end_of_finished_lines;
use super::mapped::Mapped;
use super::part::{Part, Taken};
use super::peek::peek;
use super::positioned::Positioned;
use super::read_at::read_whole;
use super::small::Small;
use super::source::{Kind, Source};
use super::stream::Stream;
use super::stream_file::{StreamFile, counted, decoder, metered};
use super::watched::Watched;
use super::{Access, Input, Origin};
use crate::error::{Error, ErrorKind};
use crate::files::{Compression, MAGIC_BYTES};
use crate::progress::Progress;

/// Opens inputs.
pub(crate) struct Opener<'p> {
    access: Access,
    chunk_options: ChunkOptions,
    progress: Option<&'p Arc<Progress>>,
    /// Number of further files that may keep their descriptors until they are read.
    kept_open: usize,
}

struct Opened {
    kind: Kind,
    compression: Option<Compression>,
    is_device: bool,
    /// The file that a stream reads, if it reads one.
    file: Option<StreamFile>,
    closed: Option<Closed>,
    fingerprint: Option<Fingerprint>,
    watched: Option<Watched>,
}

impl From<Kind> for Opened {
    fn from(kind: Kind) -> Opened {
        Opened { kind, compression: None, is_device: false, file: None, closed: None, fingerprint: None, watched: None }
    }
}

impl Opener<'_> {
    pub(crate) fn new(
        access: Access,
        chunk_options: ChunkOptions,
        progress: Option<&Arc<Progress>>,
        kept_open: usize,
    ) -> Opener<'_> {
        Opener { access, chunk_options, progress, kept_open }
    }

    /// Opens inputs, and returns the errors of those that cannot be opened. If the system grants no more descriptors,
    /// all files are closed until they are read.
    pub(crate) fn open_all(mut self, inputs: Vec<Input>) -> Result<(Vec<Source>, Vec<Error>), Error> {
        let (mut sources, mut problems): (Vec<Source>, Vec<Error>) = (Vec::new(), Vec::new());
        for input in inputs {
            let again = input.again();
            let opened = match (self.open(input), again) {
                (Err(error), Some(again)) if error.lacks_descriptors() => {
                    self.kept_open = 0;
                    sources.iter_mut().try_for_each(Source::close_until_read)?;
                    self.open(again)
                }
                (opened, _) => opened,
            };
            match opened {
                Ok(source) => sources.push(source),
                Err(error) => problems.push(error),
            }
        }
        Ok((sources, problems))
    }

    pub(crate) fn open(&mut self, input: Input) -> Result<Source, Error> {
        let Input { origin, is_found, part, source_name, file: expected } = input;
        let (path, Opened { kind, compression, is_device, file, closed, fingerprint, watched }) = match origin {
            Origin::Path(path) => {
                let opened = self.open_path(&path, &part, expected.as_ref())?;
                (path, opened)
            }
            Origin::Stdin => {
                let path = PathBuf::from("-");
                let watched = Watched::stdin().map_err(|source| ErrorKind::Io { path: path.clone(), source })?;
                let opened = self.open_reader(counted(watched.as_ref(), Box::new(io::stdin())), &path, &part)?;
                (path, Opened { watched, ..opened })
            }
            Origin::Reader { name, reader } => {
                let opened = self.open_reader(reader, &name, &part)?;
                (name, opened)
            }
        };
        Ok(Source {
            path,
            compression,
            kind,
            part,
            taken: Taken::default(),
            is_found,
            source_name,
            is_device,
            file,
            closed,
            fingerprint,
            watched,
            chunk_options: self.chunk_options,
            progress: self.progress.cloned(),
        })
    }

    fn open_path(&mut self, path: &Path, part: &Part, expected: Option<&FileStamp>) -> Result<Opened, Error> {
        let failed = |source| Error::from(ErrorKind::Io { path: path.to_owned(), source });
        let file = File::open(path).map_err(|error| link_without_end(path, error))?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(ErrorKind::Directory { path: path.to_owned() }.into());
        }
        if let Some(expected) = expected {
            let now = FileStamp::of(path, &metadata);
            if !expected.is_same_file(&now) || now.size < expected.size {
                return Err(ErrorKind::Replaced { path: path.to_owned() }.into());
            }
        }
        // Files in /proc appear to be regular and empty, so a file of length 0 is read to its end.
        if !metadata.is_file() || metadata.len() == 0 {
            let file = Arc::new(file);
            let opened = self.open_reader(Box::new(Arc::clone(&file)), path, part)?;
            let closed = if metadata.is_file() { Closed::new(path, &metadata) } else { None };
            let file = metadata.is_file().then(|| match &closed {
                Some(closed) if !self.keeps_open() => StreamFile::Closed(closed.clone()),
                _ => StreamFile::Open(file),
            });
            return Ok(Opened { is_device: is_device(&metadata), file, closed, ..opened });
        }
        let closed = Closed::new(path, &metadata);
        // A file that cannot be reopened stays open.
        let reopened = if self.keeps_open() { None } else { closed.clone() };
        let (len, chunk_options) = (metadata.len(), self.chunk_options);
        let mut first = [0; MAGIC_BYTES];
        // An error here occurs again when the lines are read.
        let (read, _) = read_whole(&file, 0, &mut first);
        if let Some(compression) = Compression::of(&first[..read]) {
            self.progress.iter().for_each(|progress| progress.expect(Some(len)));
            let watched = Some(Watched::new(&file, len));
            let file = match reopened {
                Some(closed) => StreamFile::Closed(closed),
                None => StreamFile::Open(Arc::new(file)),
            };
            let stream = file.stream(watched.as_ref(), Some(compression), path, chunk_options, self.progress)?;
            let stream = stream.part(part);
            return Ok(Opened {
                compression: Some(compression),
                file: Some(file),
                closed,
                watched,
                ..Kind::Stream(stream).into()
            });
        }
        let wanted = part.range.start.min(len)..part.range.end.min(len);
        self.progress.iter().for_each(|progress| progress.expect(Some(wanted.end - wanted.start)));
        let is_read_whole = *part == Part::WHOLE;
        if is_read_whole && len < chunk_options.small_bytes && len <= chunk_options.chunk_bytes as u64 {
            let small = Small::new(path, file, &metadata, chunk_options, reopened.is_none());
            return Ok(Opened { closed, ..Kind::Small(small).into() });
        }
        let fingerprint = Some(Fingerprint::of(&file, len));
        let len = if part.has_finished_lines_only { end_of_finished_lines(&file, len) } else { len };
        let positioned = |file| {
            let mut positioned = Positioned::new(file, len, chunk_options);
            positioned.narrow(&part.range);
            Kind::Positioned(positioned)
        };
        if let Some(reopened) = reopened {
            let kind = positioned(Arc::new(OpenedToRead::new(reopened)));
            return Ok(Opened { fingerprint, closed, ..kind.into() });
        }
        let file = match self.access {
            Access::Map(guard) if is_read_whole => match Mapped::new(file, guard, chunk_options) {
                Ok(mapped) => return Ok(Opened { fingerprint, closed, ..Kind::Mapped(mapped).into() }),
                Err(file) => file,
            },
            Access::Map(_) | Access::Read => file,
        };
        Ok(Opened { fingerprint, closed, ..positioned(Arc::new(file)).into() })
    }

    /// True if one more file may keep its descriptor. Reduces the number of further ones.
    fn keeps_open(&mut self) -> bool {
        let keeps = self.kept_open > 0;
        self.kept_open = self.kept_open.saturating_sub(1);
        keeps
    }

    fn open_reader(&self, reader: Box<dyn Read + Send>, path: &Path, part: &Part) -> Result<Opened, Error> {
        self.progress.iter().for_each(|progress| progress.expect(None));
        let (first, reader) = peek(metered(reader, self.progress), MAGIC_BYTES);
        let compression = Compression::of(&first);
        let reader = match compression {
            Some(compression) => decoder(compression, reader, path)?,
            None => reader,
        };
        Ok(Opened { compression, ..Kind::Stream(Stream::new(reader, self.chunk_options).part(part)).into() })
    }
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

/// Error for a file that could not be opened. Link loops and dangling links have their own.
fn link_without_end(path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    #[cfg(unix)]
    if source.raw_os_error() == Some(libc::ELOOP) {
        return ErrorKind::LinkLoop { path }.into();
    }
    match std::fs::read_link(&path) {
        Ok(target) if source.kind() == io::ErrorKind::NotFound => ErrorKind::DanglingLink { path, target }.into(),
        _ => ErrorKind::Io { path, source }.into(),
    }
}
