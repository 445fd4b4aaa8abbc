//! Inputs: files, mapped or read, and streams. Their bytes are cut at line ends into chunks that workers take.
//!
//! The path of an input: `find` resolves names to inputs; `opener` opens one as a `source`; compressed data passes
//! through `compressed`, a reader of its text; `small`, `mapped`, `positioned` and `stream` cut the text into chunks.

mod beginning;
mod blocking;
mod chunk;
mod closed;
mod compressed;
mod fed;
mod file_stamp;
mod find;
mod fingerprint;
mod finished_lines;
mod guard;
mod head;
mod host;
mod mapped;
mod opener;
mod part;
mod peek;
mod positioned;
mod probe;
mod ranges;
mod read_at;
mod small;
mod source;
mod source_part;
mod splits;
mod stream;
mod stream_file;
mod unreadable;
mod watched;

pub(crate) use beginning::{BEGINNING, Beginning};
pub(crate) use blocking::Blocking;
pub(crate) use chunk::{Chunk, ChunkOptions, NextChunk};
pub(crate) use fed::Fed;
pub(crate) use file_stamp::FileStamp;
pub use find::{InputNote, ResolvedInputs, find_logs};
pub(crate) use find::{is_access_log_name, natural_order, without_suffixes};
pub use guard::{MapGuard, guard_mappings};
#[cfg(test)]
pub(crate) use head::TAIL;
pub(crate) use head::{Head, HeadComparison};
pub(crate) use host::{host_name, name_of_file};
pub(crate) use opener::Opener;
pub(crate) use part::Part;
pub(crate) use probe::{Before, Probe};
pub(crate) use small::SMALL_BYTES;
pub(crate) use source::Source;
pub use splits::splits;

use std::fmt;
use std::io::Read;
use std::ops::RangeBounds;
use std::path::{Path, PathBuf};

/// An input to read: a file, standard input or a reader.
pub struct Input {
    pub(crate) origin: Origin,
    /// True for a file that was found in a directory, not named by the user.
    pub(crate) is_found: bool,
    /// The part of its text that is read.
    pub(crate) part: Part,
    /// Its name in states, if that is given.
    pub(crate) source_name: Option<String>,
    /// The file that a path must lead to, and that must not be shorter than it was.
    file: Option<FileStamp>,
}

pub(crate) enum Origin {
    Path(PathBuf),
    Stdin,
    Reader { name: PathBuf, reader: Box<dyn Read + Send> },
}

impl Input {
    /// A file, or anything else that can be opened and read: a FIFO, `/dev/stdin`. For directories, use [`find_logs`].
    ///
    /// This and all other inputs may be compressed with gzip, zstd, bzip2 or xz, which is detected by their first
    /// bytes.
    pub fn path(path: impl Into<PathBuf>) -> Input {
        Input::new(Origin::Path(path.into()))
    }

    /// Standard input; its name in reports is `-`.
    pub fn stdin() -> Input {
        Input::new(Origin::Stdin)
    }

    /// Anything that can be read; `name` is its name in reports.
    pub fn reader(name: impl Into<PathBuf>, reader: impl Read + Send + 'static) -> Input {
        Input::new(Origin::Reader { name: name.into(), reader: Box::new(reader) })
    }

    /// Reads only the lines whose first byte is in a range of bytes of the text, decompressed. If a text is
    /// divided into ranges, each of its lines is in exactly one of them.
    ///
    /// Formats, envelopes and the kind of file are still detected from the first lines of the whole text. Otherwise
    /// only the range is read from a file, with the rest of its last line and the parts of lines that an envelope has
    /// split. Compressed data and streams are read from their start.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, count};
    /// let lines = |input| {
    ///     let outcome = count(&Question::default(), vec![input], &Engine::default())?;
    ///     Ok::<_, logstat::Error>(outcome.report.map(|report| report.lines.read))
    /// };
    /// let file = || Input::path("testdata/shop.log");
    /// let (first, second) = (lines(file().range(..5000))?, lines(file().range(5000..))?);
    /// assert_eq!(first.zip(second).map(|(first, second)| first + second), lines(file())?);
    /// # Ok::<(), logstat::Error>(())
    /// ```
    #[must_use]
    pub fn range(mut self, bytes: impl RangeBounds<u64>) -> Input {
        self.part.range = part::range_of(&bytes);
        self
    }

    /// Sets the name of its text in states. Inputs with the same name and beginning are the same text, and each of its
    /// bytes is counted once. By default, a file's name is that of the host and its absolute path, and other inputs have
    /// none.
    #[must_use]
    pub fn source_name(mut self, name: impl Into<String>) -> Input {
        self.source_name = Some(name.into());
        self
    }

    /// Leaves out a last line that has no line end, for a log that is still being written. In an envelope that splits
    /// lines into parts, a last line whose last part is missing is left out too, unless an input can be read only once.
    #[must_use]
    pub fn without_unfinished_line(mut self) -> Input {
        self.part.has_finished_lines_only = true;
        self
    }
}

impl Input {
    fn new(origin: Origin) -> Input {
        Input { origin, is_found: false, part: Part::WHOLE, source_name: None, file: None }
    }

    /// A file that was found in a directory.
    pub(crate) fn found(path: PathBuf) -> Input {
        Input { is_found: true, ..Input::path(path) }
    }

    /// Fails with [`ErrorKind::Replaced`](crate::ErrorKind) if the path leads to another file, or one that is shorter
    /// than it was.
    pub(crate) fn expect_file(mut self, file: FileStamp) -> Input {
        self.file = Some(file);
        self
    }

    /// Keeps the place of each malformed line, so that those before a byte of the text can be left out.
    pub(crate) fn place_rejects(mut self) -> Input {
        self.part.places_rejects = true;
        self
    }

    /// The same input, to be opened again; `None` for an input that can be read only once. A missing file can be opened
    /// again: that fails each time.
    pub(crate) fn again(&self) -> Option<Input> {
        let Origin::Path(path) = &self.origin else { return None };
        let is_stream = std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir());
        let Input { is_found, part, source_name, file, .. } = self;
        let (is_found, part, source_name, file) = (*is_found, part.clone(), source_name.clone(), file.clone());
        (!is_stream).then(|| Input { is_found, part, source_name, file, ..Input::path(path) })
    }

    /// Its name in reports.
    pub fn name(&self) -> &Path {
        match &self.origin {
            Origin::Path(path) => path,
            Origin::Stdin => Path::new("-"),
            Origin::Reader { name, .. } => name,
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.origin {
            Origin::Path(_) => "path",
            Origin::Stdin => "stdin",
            Origin::Reader { .. } => "reader",
        };
        f.debug_tuple("Input").field(&kind).field(&self.name()).finish()
    }
}

/// How regular files are read.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub enum Access {
    /// Through buffers. Always safe.
    #[default]
    Read,
    /// Mapped into memory, without a copy. A file that shrinks while it is mapped would end the process, so this
    /// requires the guard against that.
    Map(MapGuard),
}
