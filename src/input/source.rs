//! An opened input, and the chunks that workers take from it.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::mapped::Mapped;
use super::positioned::Positioned;
use super::stream::Stream;
use super::{Access, Input, Origin};
use crate::error::{Error, ErrorKind};

/// Whole lines, next to one another in an input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where in the input they start.
    pub(crate) offset: u64,
}

/// An opened input. Every line of it is in exactly one of its chunks, and no line is in two parts.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    kind: Kind,
}

enum Kind {
    Mapped(Mapped),
    Positioned(Positioned),
    Stream(Stream),
}

impl Source {
    pub(crate) fn open(input: Input, access: Access, chunk_bytes: usize) -> Result<Source, Error> {
        match input.0 {
            Origin::Path(path) => {
                let kind = open_path(&path, access, chunk_bytes)?;
                Ok(Source { path, kind })
            }
            Origin::Stdin => Ok(Source {
                path: PathBuf::from("-"),
                kind: Kind::Stream(Stream::new(Box::new(std::io::stdin()), chunk_bytes)),
            }),
            Origin::Reader { name, reader } => {
                Ok(Source { path: name, kind: Kind::Stream(Stream::new(reader, chunk_bytes)) })
            }
        }
    }

    /// The first lines.
    pub(crate) fn with_head<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        match &self.kind {
            Kind::Mapped(mapped) => look(mapped.head()),
            Kind::Positioned(file) => file.with_head(look),
            Kind::Stream(stream) => stream.with_head(look),
        }
    }

    /// The next chunk; of a stream, read into `buffer`. Any worker may ask, in any order.
    pub(crate) fn next<'a>(&'a self, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        match &self.kind {
            Kind::Mapped(mapped) => mapped.next(),
            Kind::Positioned(file) => file.next(buffer),
            Kind::Stream(stream) => stream.next(buffer),
        }
    }

    /// Nobody will look at the chunks again.
    pub(crate) fn release(&self) {
        if let Kind::Mapped(mapped) = &self.kind {
            mapped.release();
        }
    }

    /// How many chunks there are at most, as far as can be said before they are taken.
    pub(crate) fn chunks_at_most(&self) -> Option<usize> {
        match &self.kind {
            Kind::Mapped(mapped) => Some(mapped.chunks_at_most()),
            Kind::Positioned(file) => Some(file.chunks_at_most()),
            Kind::Stream(stream) => stream.is_one_chunk().then_some(1),
        }
    }

    /// How long the input is now, if bytes before `end` that were there are there no more.
    pub(crate) fn shrunk_to(&self, end: u64) -> Option<u64> {
        match &self.kind {
            Kind::Mapped(mapped) => mapped.shrunk_to(end),
            Kind::Positioned(_) | Kind::Stream(_) => None,
        }
    }

    /// What went wrong while the input was read.
    pub(crate) fn into_failure(self) -> Option<Error> {
        let path = self.path;
        match self.kind {
            Kind::Mapped(mapped) => {
                let from_bytes = mapped.len();
                let to_bytes = mapped.shrunk_to(from_bytes)?;
                Some(ErrorKind::Shrunk { path, from_bytes, to_bytes }.into())
            }
            Kind::Positioned(file) => {
                let (from_bytes, shrunk_to) = (file.len(), file.shrunk_to());
                if let Some(source) = file.into_failure() {
                    return Some(ErrorKind::Io { path, source }.into());
                }
                Some(ErrorKind::Shrunk { path, from_bytes, to_bytes: shrunk_to? }.into())
            }
            Kind::Stream(stream) => Some(ErrorKind::Io { path, source: stream.into_failure()? }.into()),
        }
    }
}

fn open_path(path: &Path, access: Access, chunk_bytes: usize) -> Result<Kind, Error> {
    let failed = |source| Error::from(ErrorKind::Io { path: path.to_owned(), source });
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(ErrorKind::Directory { path: path.to_owned() }.into());
    }
    // Files of /proc say that they are regular and empty: what has no length is read to its end.
    if metadata.is_file() && metadata.len() > 0 {
        if let Access::Map(guard) = access
            && let Some(mapped) = Mapped::new(&file, guard, chunk_bytes)
        {
            return Ok(Kind::Mapped(mapped));
        }
        return Ok(Kind::Positioned(Positioned::new(file, metadata.len(), chunk_bytes)));
    }
    Ok(Kind::Stream(Stream::new(Box::new(file), chunk_bytes)))
}
