//! Opens inputs: finds out what each is, and how its bytes are read.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compressed::{Compression, MAGIC_BYTES};
use super::fingerprint::Fingerprint;
use super::mapped::Mapped;
use super::peeked::peek;
use super::positioned::Positioned;
use super::small::{Small, read_whole};
use super::source::{Cut, Kind, Source};
use super::stream::Stream;
use super::{Access, Input, Origin};
use crate::error::{Error, ErrorKind};
use crate::progress::Progress;

/// Opens inputs.
pub(crate) struct Opener<'p> {
    access: Access,
    cut: Cut,
    progress: Option<&'p Arc<Progress>>,
    /// Number of small files that may yet keep their descriptors until they are read.
    kept_open: usize,
}

struct Opened {
    kind: Kind,
    compression: Option<Compression>,
    is_device: bool,
    /// The file of a stream, if it is one.
    file: Option<Arc<File>>,
    fingerprint: Option<Fingerprint>,
}

impl From<Kind> for Opened {
    fn from(kind: Kind) -> Opened {
        Opened { kind, compression: None, is_device: false, file: None, fingerprint: None }
    }
}

impl Opener<'_> {
    pub(crate) fn new(access: Access, cut: Cut, progress: Option<&Arc<Progress>>, kept_open: usize) -> Opener<'_> {
        Opener { access, cut, progress, kept_open }
    }

    pub(crate) fn open(&mut self, input: Input) -> Result<Source, Error> {
        let is_found = input.is_found;
        let (path, Opened { kind, compression, is_device, file, fingerprint }) = match input.origin {
            Origin::Path(path) => {
                let opened = self.open_path(&path)?;
                (path, opened)
            }
            Origin::Stdin => {
                let path = PathBuf::from("-");
                let opened = self.open_reader(Box::new(io::stdin()), &path)?;
                (path, opened)
            }
            Origin::Reader { name, reader } => {
                let opened = self.open_reader(reader, &name)?;
                (name, opened)
            }
        };
        Ok(Source {
            path,
            compression,
            kind,
            is_found,
            is_device,
            file,
            fingerprint,
            cut: self.cut,
            progress: self.progress.cloned(),
        })
    }

    fn open_path(&mut self, path: &Path) -> Result<Opened, Error> {
        let failed = |source| Error::from(ErrorKind::Io { path: path.to_owned(), source });
        let file = File::open(path).map_err(|error| link_without_end(path, error))?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(ErrorKind::Directory { path: path.to_owned() }.into());
        }
        // Files of /proc say that they are regular and empty: what has no length is read to its end.
        if !metadata.is_file() || metadata.len() == 0 {
            let file = Arc::new(file);
            let opened = self.open_reader(Box::new(Arc::clone(&file)), path)?;
            let (is_device, file) = (is_device(&metadata), metadata.is_file().then_some(file));
            return Ok(Opened { is_device, file, ..opened });
        }
        let (len, cut) = (metadata.len(), self.cut);
        self.progress.iter().for_each(|progress| progress.expect(Some(len)));
        let mut first = [0; MAGIC_BYTES];
        // An error here comes again where the lines are read.
        let (read, _) = read_whole(&file, &mut first);
        if let Some(compression) = Compression::of(&first[..read]) {
            let file = Arc::new(file);
            (&*file).rewind().map_err(failed)?;
            let kind = self.stream(&file, Some(compression), path)?;
            return Ok(Opened { compression: Some(compression), file: Some(file), ..kind.into() });
        }
        if len < cut.small_bytes && len <= cut.chunk_bytes as u64 {
            let keeps_descriptor = self.kept_open > 0;
            self.kept_open = self.kept_open.saturating_sub(1);
            return Ok(Kind::Small(Small::new(path, file, &metadata, cut, keeps_descriptor)).into());
        }
        let fingerprint = Some(Fingerprint::of(&file, len));
        let file = match self.access {
            Access::Map(guard) => match Mapped::new(file, guard, cut) {
                Ok(mapped) => return Ok(Opened { fingerprint, ..Kind::Mapped(mapped).into() }),
                Err(file) => file,
            },
            Access::Read => file,
        };
        Ok(Opened { fingerprint, ..Kind::Positioned(Positioned::new(Arc::new(file), len, cut)).into() })
    }

    /// The text of a file that is read in order.
    pub(super) fn stream(
        &self,
        file: &Arc<File>,
        compression: Option<Compression>,
        path: &Path,
    ) -> Result<Kind, Error> {
        let bytes = self.metered(Box::new(Arc::clone(file)));
        Ok(Kind::Stream(match compression {
            Some(compression) => Stream::later(decoder(compression, bytes, path)?, self.cut),
            None => Stream::new(bytes, self.cut),
        }))
    }

    fn metered(&self, reader: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        match self.progress {
            Some(progress) => progress.metered(reader),
            None => reader,
        }
    }

    fn open_reader(&self, reader: Box<dyn Read + Send>, path: &Path) -> Result<Opened, Error> {
        self.progress.iter().for_each(|progress| progress.expect(None));
        let (first, reader) = peek(self.metered(reader), MAGIC_BYTES);
        let compression = Compression::of(&first);
        let reader = match compression {
            Some(compression) => decoder(compression, reader, path)?,
            None => reader,
        };
        Ok(Opened { compression, ..Kind::Stream(Stream::new(reader, self.cut)).into() })
    }
}

#[cfg(feature = "compressed")]
fn decoder(compression: Compression, reader: Box<dyn Read + Send>, _: &Path) -> Result<Box<dyn Read + Send>, Error> {
    Ok(Box::new(super::compressed::Decoder::new(compression, reader)))
}

#[cfg(not(feature = "compressed"))]
fn decoder(compression: Compression, _: Box<dyn Read + Send>, path: &Path) -> Result<Box<dyn Read + Send>, Error> {
    Err(ErrorKind::NotUnpacked { path: path.to_owned(), compression }.into())
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

/// Why a file could not be opened; of links, which.
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
