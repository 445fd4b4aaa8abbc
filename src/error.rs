//! The error type of the library: one kind for each failure, with the input that it is about.

mod error_text;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::files::FileKind;
use crate::files::{Compression, LogsWithin, SkippedFile};
use crate::message::Message;
use crate::time::Unit;

/// A failure that kept logstat from reading an input or from answering a question.
///
/// A bad line is not an error: it is counted as malformed, with its reason.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// The kind of an [`Error`], with its details.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An input could not be opened or read.
    Io {
        /// The path as it was given.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// Bytes of an input could not be read. Lines without such bytes are counted.
    Unreadable {
        /// The path as it was given.
        path: PathBuf,
        /// Offset of the first such byte.
        at_byte: u64,
        /// Number of bytes that were not counted: those that could not be read, and the rest of their lines.
        lost_bytes: u64,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// An input is a directory.
    Directory {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A file became shorter while it was read. The lines that were left are counted.
    Shrunk {
        /// The path as it was given.
        path: PathBuf,
        /// Its length when it was opened.
        from_bytes: u64,
        /// Its length after it was read.
        to_bytes: u64,
    },
    /// A path led to one file when the input was opened, and to another when it was read. Neither is counted.
    Replaced {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A file was truncated and filled again, or overwritten, while it was read. Old lines, new lines, or both may be
    /// counted.
    Changed {
        /// The path as it was given.
        path: PathBuf,
    },
    /// Compressed data is damaged. The text before the damage is counted.
    Compressed {
        /// The path as it was given.
        path: PathBuf,
        /// The compression, as detected by its first bytes.
        compression: Compression,
        /// Byte offset in the compressed data at which this was detected.
        at_byte: u64,
        /// The damage: `ends too early`, `is corrupt` with details, or `is followed by something else`.
        detail: String,
    },
    /// Decoding compressed data needs more memory than is allowed. The text before is counted.
    DecoderLimit {
        /// The path as it was given.
        path: PathBuf,
        /// The compression, as detected by its first bytes.
        compression: Compression,
        /// Byte offset in the compressed data at which this was detected.
        at_byte: u64,
        /// The requirement that exceeds the limit: `needs a window of more than 128 MiB`.
        detail: String,
    },
    /// An input is compressed, and the library was built without the feature `compressed`.
    CompressionUnsupported {
        /// The path as it was given.
        path: PathBuf,
        /// The compression, as detected by its first bytes.
        compression: Compression,
    },
    /// The target of a symbolic link does not exist.
    DanglingLink {
        /// The path as it was given.
        path: PathBuf,
        /// The target, as written in the link.
        target: PathBuf,
    },
    /// Symbolic links form a loop.
    LinkLoop {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A log that is read run by run vanished or became shorter, and it is not known whether it was read to its end.
    Gap {
        /// The path at which it was seen last.
        path: PathBuf,
        /// Number of bytes of its text that were counted.
        counted_bytes: u64,
        /// Its length now, if it is still there.
        now_bytes: Option<u64>,
    },
    /// A log has another name in a state than the one that was given for it.
    StateSource {
        /// The path of the log.
        path: PathBuf,
        /// The name that was given.
        source: String,
        /// The name in the state.
        known: String,
    },
    /// Another run holds the lock of a state.
    StateLocked {
        /// The path of the state.
        path: PathBuf,
    },
    /// No file in a directory has a name of an access log.
    NoLogs {
        /// The path as it was given.
        path: PathBuf,
        /// True if the directory has no entries.
        is_empty: bool,
        /// The files in the directory.
        skipped: Vec<SkippedFile>,
        /// Directories below it that have access logs.
        within: Option<LogsWithin>,
    },
    /// No file matches a pattern, or the pattern is not valid.
    NoMatch {
        /// The pattern as it was given.
        pattern: PathBuf,
        /// The reason why the pattern is not valid; empty if it is valid and no file matches.
        detail: String,
    },
    /// No line of an input fits any format in use.
    NoFormat {
        /// The path as it was given.
        path: PathBuf,
        /// The line that was examined, its text, and what was expected where.
        detail: Message,
    },
    /// An input is recognised as something other than an access log that logstat reads.
    NotAccessLog {
        /// The path as it was given.
        path: PathBuf,
        /// The recognised type of file.
        kind: FileKind,
        /// The part of the input that shows it, safe on a terminal: `line 1: …`, `first file: …`, `first bytes: …`.
        sample: String,
        /// A shell command to paste, after its purpose, or advice in a sentence.
        remedy: Message,
    },
    /// The question names a field that no input logs.
    NotLogged {
        /// The setting that needs the field, and the variable that logs it.
        detail: Message,
    },
    /// An input can be read only once, but the question's "now" is the time of the last line, which must be known
    /// first.
    ReadOnce {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A timeline that lists empty buckets would have too many rows.
    TooManyBuckets {
        /// Unit of the timeline.
        unit: Unit,
        /// Number of buckets that it would list.
        buckets: u64,
        /// The largest number allowed.
        most: u64,
    },
    /// [`Question::max_keys`](crate::Question) was combined with something that needs every key, such as a column or a
    /// sort order.
    NotBounded {
        /// The setting that needs every key.
        asked: Message,
    },
    /// The tables need more memory than their limit.
    MemoryLimit {
        /// The limit in bytes: that of the question if it was exceeded, otherwise that of the engine.
        limit_bytes: u64,
        /// True if the limit is that of the question. The tables had then been made as small as possible.
        is_asked: bool,
        /// The largest parts of the tables: `visitors 812 MiB, path 92 MiB`.
        largest: String,
    },
    /// A pair where a single dimension is required, or the same dimension twice.
    PairNotAllowed {
        /// The setting, and what is wrong with it.
        detail: Message,
    },
    /// A metric for a ranking or a condition that cannot have it.
    MetricNotAllowed {
        /// The setting, and why it cannot have the metric.
        detail: Message,
    },
    /// The question names a dimension that needs a database of addresses, and no database has it.
    NoDatabase {
        /// The dimension, what the databases have, and how to give another.
        detail: Message,
    },
    /// A caller fed text to an input that a [`Session`](crate::Session) does not have.
    NoSuchInput {
        /// Index of the input, from 0.
        input: usize,
        /// Number of inputs of the session.
        inputs: usize,
    },
    /// A state file is damaged. It is not used, and stays as it is.
    StateDamaged {
        /// The path as it was given.
        path: PathBuf,
        /// What is wrong: `section 3 has another checksum`.
        detail: String,
    },
    /// A state file has a later version of the format than this program reads.
    StateVersion {
        /// The path as it was given.
        path: PathBuf,
        /// The version of the file.
        version: u64,
    },
    /// A state was counted with other settings than the question or another state has.
    StateSettings {
        /// The path of the state as it was given.
        path: PathBuf,
        /// The setting and both values.
        detail: Message,
    },
    /// Two states, or two logs of a run that counts to a state, have the same lines.
    StateOverlap {
        /// The path of a state or log as it was given.
        path: PathBuf,
        /// The path of the other one.
        other: PathBuf,
        /// True if they are logs of one run, and not states.
        in_one_run: bool,
        /// Name of the source of the lines.
        source: String,
        /// The first byte that both have counted.
        from: u64,
        /// The byte after the last one.
        to: u64,
    },
    /// A report needs something that the states have not saved.
    NotInState {
        /// What is missing, and what is there.
        detail: Message,
    },
    /// The question names more variables than it has columns for.
    TooManyVariables {
        /// The largest number allowed.
        most: usize,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Error(Box::new(kind))
    }

    /// Name of an input in messages. Every message about an input begins with it.
    pub(crate) fn name_of(path: &Path) -> String {
        match path.as_os_str().as_encoded_bytes() {
            b"-" => "standard input".to_owned(),
            path => crate::text::printable(path),
        }
    }

    /// The kind of error.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// True if the process or the system has no file descriptor left.
    pub(crate) fn lacks_descriptors(&self) -> bool {
        #[cfg(unix)]
        if let ErrorKind::Io { source, .. } = self.kind() {
            return matches!(source.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
        }
        false
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

/// A size with its unit: `512 MiB`, `1.5 GiB`.
pub(crate) fn bytes_in_words(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let Some((unit, shift)) = units.into_iter().find(|(_, shift)| bytes >> shift > 0) else {
        return format!("{bytes} {}", if bytes == 1 { "byte" } else { "bytes" });
    };
    let tenths = (u128::from(bytes) * 10) >> shift;
    if tenths.is_multiple_of(10) || tenths >= 1000 {
        return format!("{} {unit}", tenths / 10);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Text of the system's error in lower case, without the error number.
pub(crate) fn io_error_text(error: &std::io::Error) -> String {
    // The error may come from a caller's reader, with any text.
    let text = crate::text::printable(error.to_string().as_bytes());
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Io { source, .. } | ErrorKind::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_lower_case_and_name_the_file() {
        let source = std::io::Error::from_raw_os_error(2);
        let error = Error::new(ErrorKind::Io { path: "shop.log".into(), source });
        assert_eq!(error.to_string(), "shop.log: no such file or directory");
        let error = Error::new(ErrorKind::Directory { path: "/var/log/nginx".into() });
        assert_eq!(error.to_string(), "/var/log/nginx: is a directory; name the files in it: /var/log/nginx/*.log");
    }
}
