//! Reads the text of configuration files, within limits of file type and size.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::dump::{self, Dump};
use super::error::Error;
use super::include;

/// Maximum size in bytes of all files together. A file counts each time it is included. The directives of 64 MiB take
/// about 1 GiB.
const MAX_BYTES: u64 = 64 << 20;

/// The files of a configuration: a main file with everything that it includes, or the output of `nginx -T`, which
/// contains all files.
///
/// [`Conf::read`](crate::Conf::read) opens a source itself. Open it first to inspect the text of the main file, for
/// example to tell what it is if it is not a configuration:
///
/// ```
/// use nginx_conf::{Conf, Source};
///
/// let source = Source::from_reader("access.log".as_ref(), r#"::1 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5"#.as_bytes())?;
/// assert!(Conf::from_source(&source).is_err());
/// assert!(source.main_text().is_some_and(|text| text.starts_with(b"::1 - ")));
/// # Ok::<(), nginx_conf::Error>(())
/// ```
#[derive(Debug)]
pub struct Source {
    origin: Origin,
    /// Limit in bytes for all files.
    most: u64,
    /// Remaining bytes.
    left: Cell<u64>,
    /// FNV-1a hash of all texts read so far, with their lengths.
    fingerprint: Cell<u64>,
}

/// The basis and the prime of FNV-1a with 64 bits.
const FNV: (u64, u64) = (0xCBF2_9CE4_8422_2325, 0x0000_0100_0000_01B3);

#[derive(Debug)]
enum Origin {
    /// The main file and all others are on disk.
    Disk { main: PathBuf, text: Vec<u8> },
    /// The main file comes through a pipe. A relative `include` cannot be resolved.
    Pipe { main: PathBuf, text: Vec<u8> },
    /// The output of `nginx -T`. Nothing is read from disk.
    Dump(Dump),
}

impl Source {
    /// Reads the main file: a regular file, a pipe, a FIFO or `/dev/stdin`. The limit for all files together is 64 MiB.
    ///
    /// # Errors
    /// Fails if the file cannot be read, is empty, is of another type, or is the output of a failed `nginx -T`.
    pub fn open(path: &Path) -> Result<Source, Error> {
        Self::open_within(path, MAX_BYTES)
    }

    /// Reads the main file from a reader, such as standard input. `path` is its name in messages.
    ///
    /// # Errors
    /// See [`Source::open`].
    pub fn from_reader(path: &Path, reader: impl Read) -> Result<Source, Error> {
        Self::of(path, reader, false, MAX_BYTES)
    }

    /// Returns an error about the main file as a whole, for a caller that recognises it as something else. The message
    /// must be safe on a terminal.
    pub fn refused(&self, message: &str) -> Error {
        Error::of_file(self.main(), message)
    }

    /// The text of the main file; `None` if it is the output of `nginx -T`.
    pub fn main_text(&self) -> Option<&[u8]> {
        match &self.origin {
            Origin::Disk { text, .. } | Origin::Pipe { text, .. } => Some(text),
            Origin::Dump(_) => None,
        }
    }

    /// Reads the main file, with a limit of `most` bytes for all files.
    pub(crate) fn open_within(path: &Path, most: u64) -> Result<Source, Error> {
        let failed = |message: String| Error::of_file(path, message);
        let plain = |error: std::io::Error| failed(crate::io_error::message(&error));
        let metadata = std::fs::metadata(path).map_err(plain)?;
        let is_file = metadata.is_file();
        if !is_file && !is_pipe(&metadata) {
            return Err(failed(no_file(&metadata).to_owned()));
        }
        let file = File::open(path).map_err(plain)?;
        Self::of(path, file, is_file && !is_descriptor(path), most)
    }

    /// Reads the main file from a reader. Only a file on disk has a directory for relative paths.
    fn of(path: &Path, reader: impl Read, is_on_disk: bool, most: u64) -> Result<Source, Error> {
        let failed = |message: String| Error::of_file(path, message);
        let plain = |error: std::io::Error| failed(crate::io_error::message(&error));
        let text = read(reader, most).map_err(plain)?.ok_or_else(|| failed(too_large(most)))?;
        if !is_on_disk && text.trim_ascii().is_empty() {
            return Err(failed(
                "nothing came through this pipe: see what its command says; nginx -T often needs root".to_owned(),
            ));
        }
        if let Some(message) = dump::failure(&text) {
            return Err(failed(format!("nginx -T failed: {}", super::place::shown(&message))));
        }
        let main = path.to_owned();
        let origin = match Dump::of(&text) {
            Some(dump) => Origin::Dump(dump),
            None if is_on_disk => Origin::Disk { main, text },
            None => Origin::Pipe { main, text },
        };
        Ok(Source { origin, most, left: Cell::new(most), fingerprint: Cell::new(FNV.0) })
    }

    /// The path of the main file. For the output of `nginx -T`, this is the path on nginx's machine.
    pub fn main(&self) -> &Path {
        match &self.origin {
            Origin::Disk { main, .. } | Origin::Pipe { main, .. } => main,
            Origin::Dump(dump) => dump.main(),
        }
    }

    /// True if the main file is a pipe, which has no directory.
    pub(crate) fn is_pipe(&self) -> bool {
        matches!(self.origin, Origin::Pipe { .. })
    }

    /// Returns the files that an `include` refers to, independent of the including file.
    pub(crate) fn included(&self, wanted: &str) -> Result<Vec<PathBuf>, String> {
        let dir = self.main().parent().unwrap_or(Path::new(""));
        match &self.origin {
            Origin::Disk { .. } => include::paths(dir, wanted),
            Origin::Pipe { .. } if Path::new(wanted).is_relative() => Err(format!(
                "cannot include {}: a pipe does not say in which directory; give the file, or the output of nginx -T",
                super::place::shown(wanted)
            )),
            Origin::Pipe { .. } => include::paths(dir, wanted),
            Origin::Dump(dump) => include::paths_among(dump.names(), dir, wanted),
        }
    }

    /// Returns the text of a file, or the reason why it cannot be read.
    pub(crate) fn text(&self, path: &Path) -> Result<Cow<'_, [u8]>, String> {
        let text = match &self.origin {
            Origin::Disk { main, text } | Origin::Pipe { main, text } if main == path => Cow::Borrowed(text.as_slice()),
            Origin::Disk { .. } | Origin::Pipe { .. } => Cow::Owned(self.text_on_disk(path)?),
            Origin::Dump(dump) => Cow::Borrowed(dump.text(path).ok_or("not in the output of nginx -T")?),
        };
        self.left.set(self.left.get().checked_sub(text.len() as u64).ok_or_else(|| too_large(self.most))?);
        let (len, bytes) = ((text.len() as u64).to_le_bytes(), text.iter());
        let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(FNV.1);
        self.fingerprint.set(len.iter().chain(bytes).fold(self.fingerprint.get(), add));
        Ok(text)
    }

    /// Hash of all texts read so far, in the order in which they were read.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint.get()
    }

    fn text_on_disk(&self, path: &Path) -> Result<Vec<u8>, String> {
        let plain = |error: std::io::Error| crate::io_error::message(&error);
        let metadata = std::fs::metadata(path).map_err(plain)?;
        if !metadata.is_file() {
            // Sites are often disabled by a link to /dev/null.
            let is_null = path.canonicalize().is_ok_and(|real| real == Path::new("/dev/null"));
            return if is_null { Ok(Vec::new()) } else { Err(no_file(&metadata).to_owned()) };
        }
        let file = File::open(path).map_err(plain)?;
        read(file, self.left.get()).map_err(plain)?.ok_or_else(|| too_large(self.most))
    }

    /// Returns a path that is equal for all names of a file.
    pub(crate) fn identity(&self, path: &Path) -> PathBuf {
        match &self.origin {
            Origin::Dump(_) => path.to_owned(),
            Origin::Disk { .. } | Origin::Pipe { .. } => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
        }
    }
}

/// Reads a whole file; `None` if it has more than `most` bytes. Its size is not queried: a file may grow, and files in
/// /proc report none.
fn read(file: impl Read, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    file.take(most + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= most).then_some(text))
}

/// True for names of open files, such as `/dev/stdin` and `/dev/fd/63`: other files of the configuration are not in the
/// same directory.
fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc")
}

fn too_large(most: u64) -> String {
    format!("more than {} MiB of configuration, all included files together", most >> 20)
}

#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

fn no_file(metadata: &std::fs::Metadata) -> &'static str {
    if metadata.is_dir() {
        "it is a directory, not a regular file"
    } else if is_pipe(metadata) {
        "it is a FIFO, not a regular file"
    } else {
        "it is a device or socket, not a regular file"
    }
}
