//! One error, with the place where it happened.

mod words;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::files::FileKind;
use crate::files::{Compression, LogsWithin, SkippedFile};
use crate::message::Message;
use crate::time::Unit;

/// Something that kept logstat from reading or answering.
///
/// A bad line is no error: it is counted as malformed, with its reason.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What happened, and to which input.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An input could not be opened or read.
    Io {
        /// As it was given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Bytes of an input could not be read; the lines without such bytes are counted.
    Unreadable {
        /// As it was given.
        path: PathBuf,
        /// The first such byte.
        at_byte: u64,
        /// Bytes that were not counted: those that could not be read, and the rest of their lines.
        lost_bytes: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// An input is a directory.
    Directory {
        /// As it was given.
        path: PathBuf,
    },
    /// A file became shorter while it was read; what was left is counted.
    Shrunk {
        /// As it was given.
        path: PathBuf,
        /// Its length when it was opened.
        from_bytes: u64,
        /// Its length at the end.
        to_bytes: u64,
    },
    /// A path led to another file when the input was read than when it was opened; neither is counted.
    Replaced {
        /// As it was given.
        path: PathBuf,
    },
    /// A file was truncated and filled again, or overwritten, while it was read: what is counted may be old lines, new ones, or both.
    Changed {
        /// As it was given.
        path: PathBuf,
    },
    /// Compressed data is not what it should be; the text before is counted.
    Compressed {
        /// As it was given.
        path: PathBuf,
        /// What its first bytes say that it is.
        compression: Compression,
        /// Where in the compressed data that was found.
        at_byte: u64,
        /// `ends too early`, `is corrupt`, and how, `is followed by something else`.
        detail: String,
    },
    /// Decoding compressed data needs more memory than is allowed; the text before is counted.
    DecoderLimit {
        /// As it was given.
        path: PathBuf,
        /// What its first bytes say that it is.
        compression: Compression,
        /// Where in the compressed data that was found.
        at_byte: u64,
        /// `needs a window of more than 128 MiB`
        detail: String,
    },
    /// An input is compressed, and the library was built without the feature `compressed`.
    NotUnpacked {
        /// As it was given.
        path: PathBuf,
        /// What its first bytes say that it is.
        compression: Compression,
    },
    /// A link that leads to nothing.
    DanglingLink {
        /// As it was given.
        path: PathBuf,
        /// What is written in the link.
        target: PathBuf,
    },
    /// Links that lead round in a circle.
    LinkLoop {
        /// As it was given.
        path: PathBuf,
    },
    /// A directory in which no file has the name of an access log.
    NoLogs {
        /// As it was given.
        path: PathBuf,
        /// True if there is nothing in it.
        is_empty: bool,
        /// The files in it.
        skipped: Vec<SkippedFile>,
        /// The directories below it that have access logs.
        within: Option<LogsWithin>,
    },
    /// Wildcards that no file matches, or that are none.
    NoMatch {
        /// As it was given.
        pattern: PathBuf,
        /// What is wrong with it; empty where no file matches.
        detail: String,
    },
    /// No line of an input fits any format in use.
    NoFormat {
        /// As it was given.
        path: PathBuf,
        /// Which line was looked at, what it holds, and what was expected where.
        detail: Message,
    },
    /// An input is something else than an access log in a format that is read.
    NotAccessLog {
        /// As it was given.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
        /// The part of the input that shows it, safe on a terminal: `line 1: …`, `first file: …`, `first bytes: …`.
        sample: String,
        /// A command that can be pasted into a shell, with a word about its purpose, or a sentence.
        remedy: Message,
    },
    /// Something was asked for by name that no input logs.
    NotLogged {
        /// What was asked for, and the variable that it needs.
        detail: Message,
    },
    /// The question counts from the last line of all, and an input can be read only once.
    ReadOnce {
        /// As it was given.
        path: PathBuf,
    },
    /// A timeline that lists empty buckets would list too many.
    TooManyBuckets {
        /// What it counts by.
        unit: Unit,
        /// How many it would list.
        buckets: u64,
        /// How many it may.
        most: u64,
    },
    /// A ranking of no more than so many keys, which keeps those with the most hits, is to tell or go by something that needs
    /// all keys.
    NotBounded {
        /// What that is.
        asked: Message,
    },
    /// The tables need more memory than they may take.
    MemoryLimit {
        /// The limit in bytes: of the question if it has one and could not be kept, otherwise of the engine.
        limit_bytes: u64,
        /// True if it is the question's, and everything that needs less memory was done.
        is_asked: bool,
        /// The largest parts: `visitors 812 MiB, path 92 MiB`.
        largest: String,
    },
    /// Two dimensions stand where one belongs, or one where it is already.
    Pair {
        /// Where, and what.
        detail: Message,
    },
    /// Text was fed to an input that a [`Session`](crate::Session) does not have.
    NoSuchInput {
        /// The number of the input, from 0.
        input: usize,
        /// The number of inputs.
        inputs: usize,
    },
    /// More variables are ranked or filtered by than a question has room for.
    TooManyVariables {
        /// How many it has room for.
        most: usize,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Error(Box::new(kind))
    }

    /// The name of an input in messages, which every message about it begins with.
    pub(crate) fn name_of(path: &Path) -> String {
        match path.as_os_str().as_encoded_bytes() {
            b"-" => "standard input".to_owned(),
            path => crate::text::printable(path),
        }
    }

    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// True if the process or the system has no descriptor left to open a file with.
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

/// `512 MiB`, `1.5 GiB`.
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

/// What the system said, without the number behind it.
pub(crate) fn plain(error: &std::io::Error) -> String {
    // The caller's own reader may have put any text into it.
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
        assert_eq!(error.to_string(), "/var/log/nginx: is a directory; give the files in it: /var/log/nginx/*.log");
    }
}
