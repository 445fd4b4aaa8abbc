//! The text of the files of a configuration, within limits of kind and size.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::dump::{self, Dump};
use super::error::NginxConfError;
use super::include;
use crate::recognize;

/// Bytes of a configuration, all files together, each as often as it is included. The directives of 64 MiB take about 1 GiB.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// Bytes of a main file by which it is recognised if it is no configuration.
const HEAD_BYTES: usize = 64 << 10;

/// Where a configuration is read from.
pub(super) struct Files {
    origin: Origin,
    /// Bytes that may be read in all.
    most: u64,
    /// Bytes that may still be read.
    left: Cell<u64>,
}

enum Origin {
    /// The main file, and all others on disk.
    Disk { main: PathBuf, text: Vec<u8> },
    /// A main file that comes through a pipe. A relative `include` means nothing there.
    Pipe { main: PathBuf, text: Vec<u8> },
    /// The output of `nginx -T`. Nothing is read from disk.
    Dump(Dump),
}

impl Files {
    /// Reads the main file: a regular file, a pipe or a FIFO. If it is the output of `nginx -T`, it is all files.
    /// `most` is the number of bytes that all files may have.
    pub(super) fn open(path: &Path, most: u64) -> Result<Files, NginxConfError> {
        let failed = |message: String| NginxConfError::of_file(path, message);
        let plain = |error: std::io::Error| failed(crate::error::plain(&error));
        let metadata = std::fs::metadata(path).map_err(plain)?;
        let is_file = metadata.is_file();
        if !is_file && !is_pipe(&metadata) {
            return Err(failed(no_file(&metadata).to_owned()));
        }
        let file = File::open(path).map_err(plain)?;
        Self::of(path, file, is_file && !is_descriptor(path), most)
    }

    /// Reads the main file from a reader. Only a file on disk has a directory, in which others are.
    pub(super) fn of(path: &Path, reader: impl Read, is_on_disk: bool, most: u64) -> Result<Files, NginxConfError> {
        let failed = |message: String| NginxConfError::of_file(path, message);
        let plain = |error: std::io::Error| failed(crate::error::plain(&error));
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
        Ok(Files { origin, most, left: Cell::new(most) })
    }

    /// The error that names the main file, if it is no configuration at all; otherwise the error that reading it gave.
    pub(super) fn named(&self, error: NginxConfError) -> NginxConfError {
        let (Origin::Disk { main, text } | Origin::Pipe { main, text }) = &self.origin else { return error };
        let head = &text[..text.len().min(HEAD_BYTES)];
        match recognize::name_unless_conf(head).filter(|_| error.path() == main) {
            Some(name) => NginxConfError::of_file(main, format!("{name}, not an nginx configuration")),
            None => error,
        }
    }

    /// The main file. In a dump, the path that it has on nginx's machine.
    pub(super) fn main(&self) -> &Path {
        match &self.origin {
            Origin::Disk { main, .. } | Origin::Pipe { main, .. } => main,
            Origin::Dump(dump) => dump.main(),
        }
    }

    /// True if the main file is a pipe, which has no directory.
    pub(super) fn is_pipe(&self) -> bool {
        matches!(self.origin, Origin::Pipe { .. })
    }

    /// The files that an `include` means, from whichever file.
    pub(super) fn included(&self, wanted: &str) -> Result<Vec<PathBuf>, String> {
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

    /// The text of a file, or why it cannot be read.
    pub(super) fn text(&self, path: &Path) -> Result<Cow<'_, [u8]>, String> {
        let text = match &self.origin {
            Origin::Disk { main, text } | Origin::Pipe { main, text } if main == path => Cow::Borrowed(text.as_slice()),
            Origin::Disk { .. } | Origin::Pipe { .. } => Cow::Owned(self.text_on_disk(path)?),
            Origin::Dump(dump) => Cow::Borrowed(dump.text(path).ok_or("not in the output of nginx -T")?),
        };
        self.left.set(self.left.get().checked_sub(text.len() as u64).ok_or_else(|| too_large(self.most))?);
        Ok(text)
    }

    fn text_on_disk(&self, path: &Path) -> Result<Vec<u8>, String> {
        let plain = |error: std::io::Error| crate::error::plain(&error);
        let metadata = std::fs::metadata(path).map_err(plain)?;
        if !metadata.is_file() {
            // A common mask: what would be included is linked to it.
            let is_null = path.canonicalize().is_ok_and(|real| real == Path::new("/dev/null"));
            return if is_null { Ok(Vec::new()) } else { Err(no_file(&metadata).to_owned()) };
        }
        let file = File::open(path).map_err(plain)?;
        read(file, self.left.get()).map_err(plain)?.ok_or_else(|| too_large(self.most))
    }

    /// Equal for all names of a file.
    pub(super) fn identity(&self, path: &Path) -> PathBuf {
        match &self.origin {
            Origin::Dump(_) => path.to_owned(),
            Origin::Disk { .. } | Origin::Pipe { .. } => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
        }
    }
}

/// All bytes of a file; `None` if there are more than `most`. Its size is not asked for: a file may grow, and those of /proc
/// have none.
fn read(file: impl Read, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    file.take(most + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= most).then_some(text))
}

/// True for the names of open files, which are not in the directories of those: `/dev/stdin`, `/dev/fd/63`.
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
