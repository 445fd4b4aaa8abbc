//! Files that are read in order, from their start to their end.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use super::chunk::ChunkOptions;
use super::closed::Closed;
use super::stream::Stream;
use super::watched::Watched;
use crate::error::{Error, ErrorKind};
use crate::files::Compression;
use crate::progress::Progress;

/// The file of a stream, which may have to be read again.
pub(super) enum StreamFile {
    Open(Arc<File>),
    Closed(Closed),
}

impl StreamFile {
    /// Opens the text of the file from its start. `path` names it in errors.
    pub(super) fn stream(
        &self,
        watched: Option<&Watched>,
        compression: Option<Compression>,
        path: &Path,
        chunk_options: ChunkOptions,
        progress: Option<&Arc<Progress>>,
    ) -> Result<Stream, Error> {
        let bytes: Box<dyn Read + Send> = match self {
            StreamFile::Open(file) => {
                (&**file).rewind().map_err(|source| ErrorKind::Io { path: path.to_owned(), source })?;
                Box::new(Arc::clone(file))
            }
            StreamFile::Closed(closed) => Box::new(closed.clone().reader()),
        };
        let bytes = metered(counted(watched, bytes), progress);
        Ok(match compression {
            Some(compression) => Stream::later(decoder(compression, bytes, path)?, chunk_options),
            None => Stream::new(bytes, chunk_options),
        })
    }
}

/// A reader that counts the bytes of a watched file.
pub(super) fn counted(watched: Option<&Watched>, reader: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
    match watched {
        Some(watched) => watched.reader(reader),
        None => reader,
    }
}

/// A reader that reports its progress.
pub(super) fn metered(reader: Box<dyn Read + Send>, progress: Option<&Arc<Progress>>) -> Box<dyn Read + Send> {
    match progress {
        Some(progress) => progress.metered(reader),
        None => reader,
    }
}

#[cfg(feature = "compressed")]
pub(super) fn decoder(
    compression: Compression,
    reader: Box<dyn Read + Send>,
    _: &Path,
) -> Result<Box<dyn Read + Send>, Error> {
    Ok(Box::new(super::compressed::Decoder::new(compression, reader)))
}

#[cfg(not(feature = "compressed"))]
pub(super) fn decoder(
    compression: Compression,
    _: Box<dyn Read + Send>,
    path: &Path,
) -> Result<Box<dyn Read + Send>, Error> {
    Err(ErrorKind::CompressionUnsupported { path: path.to_owned(), compression }.into())
}
