//! Warnings: inputs that failed, wholly or in part.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::by_name::serde_by_name;
use crate::error::{Error, ErrorKind};
use crate::message::Message;
use crate::text::written;

/// An input that failed, wholly or in part. Some of its lines may be missing from the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The kind of failure. Codes are stable.
    pub code: WarningCode,
    /// Path of the input as it was given, printable like keys; `-` for standard input. If nothing of the input was
    /// counted, it is not among the report's inputs.
    pub input: String,
    /// The message without the input's name, on one line. Its wording may change.
    pub text: Message,
}

/// The kind of a [`Warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningCode {
    /// The system could not open, read or write a file.
    IoError,
    /// Some bytes could not be read.
    LostBytes,
    /// A file became shorter while it was read.
    Shrunk,
    /// A file was overwritten, or truncated and filled again, while it was read.
    Changed,
    /// A path led to one file when the input was opened, and to another when it was read.
    Replaced,
    /// A log that is read run by run vanished or became shorter, and lines of it may be missing.
    Gap,
    /// Compressed data ends early, is corrupt, or is followed by something else.
    BadCompressedData,
    /// Decoding compressed data needs more memory than is allowed.
    DecoderLimit,
    /// This build cannot decompress the input.
    CompressionUnsupported,
    /// No line fits a format in use.
    NoFormat,
    /// The input is recognised as something other than an access log.
    NotAnAccessLog,
    /// A directory has no access logs.
    NoLogs,
    /// No file matches a pattern, or the pattern is not valid.
    NoMatch,
    /// The input is a directory, but a file is expected.
    Directory,
    /// The target of a symbolic link does not exist.
    DanglingLink,
    /// Symbolic links form a loop.
    LinkLoop,
    /// A state is damaged, or has a later version of the format.
    BadState,
}

/// A row of the table of warning codes.
struct CodeRow {
    code: WarningCode,
    name: &'static str,
    about: &'static str,
}

const fn row(code: WarningCode, name: &'static str, about: &'static str) -> CodeRow {
    CodeRow { code, name, about }
}

/// THE TABLE of warning codes, in the order of the report.
const CODES: [CodeRow; 17] = [
    row(WarningCode::IoError, "io-error", "the system could not open, read or write a file"),
    row(WarningCode::LostBytes, "lost-bytes", "some bytes could not be read; `lines.lost_bytes` counts them"),
    row(WarningCode::Shrunk, "shrunk", "the file became shorter while it was read"),
    row(WarningCode::Changed, "changed", "the file was overwritten, or truncated and filled again, while it was read"),
    row(WarningCode::Replaced, "replaced", "the path led to another file before it was read, and nothing was counted"),
    row(
        WarningCode::Gap,
        "gap",
        "a log vanished or became shorter between two runs, and some of its lines may not be counted",
    ),
    row(
        WarningCode::BadCompressedData,
        "bad-compressed-data",
        "compressed data ends early, is corrupt, or is followed by something else",
    ),
    row(WarningCode::DecoderLimit, "decoder-limit", "decoding compressed data needs more memory than is allowed"),
    row(WarningCode::CompressionUnsupported, "not-unpacked", "this build cannot decompress the input"),
    row(WarningCode::NoFormat, "no-format", "no line fits a format in use"),
    row(WarningCode::NotAnAccessLog, "not-an-access-log", "the input is recognised as something else"),
    row(WarningCode::NoLogs, "no-logs", "the directory has no access logs"),
    row(WarningCode::NoMatch, "no-match", "no file matches the pattern, or the pattern is not valid"),
    row(WarningCode::Directory, "directory", "a directory is given instead of a file"),
    row(WarningCode::DanglingLink, "dangling-link", "the target of the link does not exist"),
    row(WarningCode::LinkLoop, "link-loop", "symbolic links form a loop"),
    row(WarningCode::BadState, "bad-state", "the state is damaged, or a later version of logstat wrote it"),
];

impl WarningCode {
    /// Returns every code, in the order of the report.
    pub fn all() -> impl Iterator<Item = WarningCode> {
        CODES.iter().map(|row| row.code)
    }

    /// Name in JSON: `shrunk`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Meaning of the code in a few words, for lists of codes.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    fn row(self) -> &'static CodeRow {
        CODES.iter().find(|row| row.code == self).expect("every code has a row")
    }
}

serde_by_name!(WarningCode, "a code of a warning", |name| WarningCode::all().find(|code| code.name() == name));

impl Warning {
    /// The warning about a failed input; `None` for an error that is not about one input and leaves no report.
    pub(crate) fn of(error: &Error) -> Option<Warning> {
        let (code, path) = subject(error.kind())?;
        // Every message about an input begins with its name.
        let text = error.message().without_prefix(&Error::name_of(path));
        let text = text.without_prefix(":").without_prefix(" ").on_one_line();
        Some(Warning { code, input: written(path.as_os_str().as_encoded_bytes()), text })
    }
}

/// The warning code of an error, and the input that it is about. The match has no wildcard, so that a new kind of error
/// must be added here.
fn subject(kind: &ErrorKind) -> Option<(WarningCode, &Path)> {
    let (code, path) = match kind {
        ErrorKind::Io { path, .. } => (WarningCode::IoError, path),
        ErrorKind::Unreadable { path, .. } => (WarningCode::LostBytes, path),
        ErrorKind::Directory { path } => (WarningCode::Directory, path),
        ErrorKind::Shrunk { path, .. } => (WarningCode::Shrunk, path),
        ErrorKind::Replaced { path } => (WarningCode::Replaced, path),
        ErrorKind::Changed { path } => (WarningCode::Changed, path),
        ErrorKind::Gap { path, .. } => (WarningCode::Gap, path),
        ErrorKind::Compressed { path, .. } => (WarningCode::BadCompressedData, path),
        ErrorKind::DecoderLimit { path, .. } => (WarningCode::DecoderLimit, path),
        ErrorKind::CompressionUnsupported { path, .. } => (WarningCode::CompressionUnsupported, path),
        ErrorKind::DanglingLink { path, .. } => (WarningCode::DanglingLink, path),
        ErrorKind::LinkLoop { path } => (WarningCode::LinkLoop, path),
        ErrorKind::NoLogs { path, .. } => (WarningCode::NoLogs, path),
        ErrorKind::NoMatch { pattern, .. } => (WarningCode::NoMatch, pattern),
        ErrorKind::NoFormat { path, .. } => (WarningCode::NoFormat, path),
        ErrorKind::NotAccessLog { path, .. } => (WarningCode::NotAnAccessLog, path),
        ErrorKind::StateDamaged { path, .. } | ErrorKind::StateVersion { path, .. } => (WarningCode::BadState, path),
        ErrorKind::NotLogged { .. }
        | ErrorKind::NoDatabase { .. }
        | ErrorKind::StateSettings { .. }
        | ErrorKind::StateOverlap { .. }
        | ErrorKind::NotInState { .. }
        | ErrorKind::ReadOnce { .. }
        | ErrorKind::TooManyBuckets { .. }
        | ErrorKind::NotBounded { .. }
        | ErrorKind::PairNotAllowed { .. }
        | ErrorKind::MetricNotAllowed { .. }
        | ErrorKind::TooManyVariables { .. }
        | ErrorKind::NoSuchInput { .. }
        | ErrorKind::StateLocked { .. }
        | ErrorKind::StateSource { .. }
        | ErrorKind::MemoryLimit { .. } => return None,
    };
    Some((code, path))
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.input, self.text)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;

    use super::*;
    use crate::files::Compression;
    use crate::files::FileKind;

    /// An error for each code.
    fn errors(path: &str) -> Vec<ErrorKind> {
        let path = || PathBuf::from(path);
        let (detail, source) = (String::new, || io::Error::from(io::ErrorKind::PermissionDenied));
        let compression = Compression::Gzip;
        let kind = FileKind::NginxErrorLog;
        vec![
            ErrorKind::Io { path: path(), source: source() },
            ErrorKind::Unreadable { path: path(), at_byte: 4096, lost_bytes: 5000, source: source() },
            ErrorKind::Shrunk { path: path(), from_bytes: 9, to_bytes: 5 },
            ErrorKind::Changed { path: path() },
            ErrorKind::Replaced { path: path() },
            ErrorKind::Gap { path: path(), counted_bytes: 1000, now_bytes: None },
            ErrorKind::Compressed { path: path(), compression, at_byte: 7, detail: "ends too early".to_owned() },
            ErrorKind::DecoderLimit { path: path(), compression, at_byte: 7, detail: "needs memory".to_owned() },
            ErrorKind::CompressionUnsupported { path: path(), compression },
            ErrorKind::NoFormat { path: path(), detail: "no known log format fits\n  line 1: x".into() },
            ErrorKind::NotAccessLog {
                path: path(),
                kind,
                sample: "line 1: x".to_owned(),
                remedy: "give another".into(),
            },
            ErrorKind::NoLogs { path: path(), is_empty: true, skipped: Vec::new(), within: None },
            ErrorKind::NoMatch { pattern: path(), detail: detail() },
            ErrorKind::Directory { path: path() },
            ErrorKind::DanglingLink { path: path(), target: "gone".into() },
            ErrorKind::LinkLoop { path: path() },
            ErrorKind::StateDamaged { path: path(), detail: detail() },
        ]
    }

    #[test]
    fn every_code_has_one_name_and_an_error() {
        for (i, row) in CODES.iter().enumerate() {
            assert_eq!(row.code.name(), row.name);
            assert!(CODES[..i].iter().all(|other| other.code != row.code && other.name != row.name), "{}", row.name);
        }
        assert!(CODES.is_sorted_by_key(|row| row.code));
        let codes: Vec<_> = errors("a.log").iter().filter_map(|kind| Some(subject(kind)?.0)).collect();
        assert_eq!(codes, WarningCode::all().collect::<Vec<_>>());
    }

    #[test]
    fn texts_are_one_line_without_the_name() {
        for path in ["a.log", "a\u{1b}[31m\nb", "-"] {
            for kind in errors(path) {
                let warning = Warning::of(&Error::new(kind)).unwrap();
                assert_eq!(warning.input, written(path.as_bytes()));
                let text = &warning.text;
                assert!(
                    text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.contains(char::is_control),
                    "{text}"
                );
                assert!(!text.starts_with("a.log") && !text.starts_with("standard input"), "{text}");
            }
        }
        let texts: Vec<_> = errors("a").into_iter().filter_map(|kind| Warning::of(&Error::new(kind))).collect();
        assert_eq!(texts[10].text, "is an nginx error log, not an access log; line 1: x; give another");
        assert_eq!(texts[2].to_string(), "a: shrank from 9 to 5 bytes while it was read; what was left is counted");
    }
}
