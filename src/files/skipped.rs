//! Files of a directory that are not read, and its subdirectories that contain logs.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text::printable;

/// Reason why a file in a directory is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// A backup made by an editor or a person: `access.log.bak`.
    Backup,
    /// A file that is still being written, or was left over: `access.log.tmp`.
    Temporary,
    /// A name that begins with a dot but is otherwise that of an access log.
    Hidden,
    /// `access.json`, which may be a log or a report.
    Json,
    /// Compressed in a format that logstat does not read: `access.log.Z`.
    CompressionUnsupported,
    /// An archive of several files: `logs.tar.gz`.
    Archive,
    /// Position up to which another program has read a log: `access.log.pos`.
    State,
    /// A saved state of logstat.
    SavedState,
    /// A configuration.
    Configuration,
    /// A database.
    Database,
    /// A web page, perhaps a report.
    Page,
    /// A table, perhaps a report.
    Table,
    /// Text for people.
    Text,
    /// A name that does not look like that of an access log.
    OtherName,
    /// An error log.
    ErrorLog,
}

impl SkipReason {
    /// Formats a number of files with this reason: `1 backup`, `2 backups`.
    pub(crate) fn counted(self, files: usize) -> String {
        let (one, several) = match self {
            SkipReason::Backup => ("backup", "backups"),
            SkipReason::Temporary => ("temporary file", "temporary files"),
            SkipReason::Hidden => ("hidden file", "hidden files"),
            SkipReason::Json => ("JSON file", "JSON files"),
            SkipReason::CompressionUnsupported => {
                ("file in a compression that is not supported", "files in compressions that are not supported")
            }
            SkipReason::Archive => ("archive", "archives"),
            SkipReason::State => ("state file of another program", "state files of other programs"),
            SkipReason::SavedState => ("state of logstat", "states of logstat"),
            SkipReason::Configuration => ("configuration", "configurations"),
            SkipReason::Database => ("database", "databases"),
            SkipReason::Page => ("web page", "web pages"),
            SkipReason::Table => ("table", "tables"),
            SkipReason::Text => ("text file", "text files"),
            SkipReason::OtherName => ("not named like an access log", "not named like access logs"),
            SkipReason::ErrorLog => ("error log", "error logs"),
        };
        format!("{files} {}", if files == 1 { one } else { several })
    }

    /// Describes one file with this reason: `a backup`.
    pub(crate) fn of_one(self) -> String {
        let one = self.counted(1);
        let noun = one.strip_prefix("1 ").unwrap_or(&one);
        match self {
            SkipReason::OtherName => noun.to_owned(),
            SkipReason::Archive | SkipReason::ErrorLog => format!("an {noun}"),
            _ => format!("a {noun}"),
        }
    }

    /// True if logstat can read such a file when the user names it, provided that it contains access log lines.
    pub(crate) fn may_be_readable(self) -> bool {
        !matches!(
            self,
            SkipReason::CompressionUnsupported | SkipReason::Archive | SkipReason::Database | SkipReason::ErrorLog
        )
    }
}

/// A file in a directory that is not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SkippedFile {
    /// Why it is not read.
    pub reason: SkipReason,
    /// Its name without the directory. Bytes that are not UTF-8 become U+FFFD.
    pub name: String,
}

/// A directory that contains access logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogDirectory {
    /// Its path, which starts with the directory name as it was given.
    pub path: PathBuf,
    /// Number of its files that are named like access logs, at least 1.
    pub logs: usize,
}

/// The subdirectories of a directory that contain access logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogsWithin {
    /// The subdirectories, in natural order of their paths.
    pub directories: Vec<LogDirectory>,
    /// True if there were too many directories to search all of them.
    pub is_cut: bool,
    /// Arguments for [`find_logs`](crate::find_logs) that select these directories, quoted for a shell: wildcards that
    /// match no other directory, or the first paths.
    pub arguments: Vec<String>,
    /// Number of directories that the arguments leave out.
    pub more: usize,
}

impl LogsWithin {
    /// The command that reads these logs.
    pub(crate) fn command(&self) -> String {
        let more = if self.more > 0 { format!("  (and {} more)", self.more) } else { String::new() };
        format!("logstat {}{more}", self.arguments.join(" "))
    }
}

impl fmt::Display for LogsWithin {
    /// Formats the directories: `srv/a (3 files), srv/b (1 file)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let directory = |LogDirectory { path, logs }: &LogDirectory| format!("{} ({})", shown(path), counted(*logs));
        f.write_str(&list(self.directories.iter().map(directory)))?;
        if self.is_cut { f.write_str("; not all subdirectories were searched") } else { Ok(()) }
    }
}

/// Maximum number of list entries that are shown.
const LISTED: usize = 5;

/// Joins the first names of a list, and says how many more there are.
pub(crate) fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let shown = names.take(LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Names of the files if all of them are error logs; `None` if any is not, or if there are no files.
pub(crate) fn error_logs(files: &[SkippedFile]) -> Option<String> {
    let are_all = !files.is_empty() && files.iter().all(|file| file.reason == SkipReason::ErrorLog);
    are_all.then(|| list(files.iter().map(|file| printable(file.name.as_bytes()))))
}

/// Formats a number of files: `1 file`, `2 files`.
pub(crate) fn counted(files: usize) -> String {
    format!("{files} {}", if files == 1 { "file" } else { "files" })
}

/// Path as shown in messages.
pub(crate) fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}
