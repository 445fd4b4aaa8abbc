//! Notes about files that are not read, although nothing failed.

use std::fmt;
use std::path::{Path, PathBuf};

use super::log_name::SkipReason;
use crate::report::printable;

/// Something that is not read, for a reason that is no failure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindNote {
    /// A file by a second name.
    SameFile {
        /// The second name.
        path: PathBuf,
        /// The name by which it is read.
        read_as: PathBuf,
    },
    /// Something in a directory that has the name of an access log and is no file: nginx's docker image has an
    /// `access.log` that leads to its standard output.
    NoFile {
        /// Its name.
        path: PathBuf,
    },
    /// Files of a directory that are not read because of their names.
    Skipped {
        /// The directory, as it was given.
        directory: PathBuf,
        /// The files, in the order of reasons, then of names.
        files: Vec<SkippedFile>,
    },
    /// Directories within a directory, whose logs are not read.
    Within {
        /// The directory, as it was given.
        directory: PathBuf,
        /// Those in it that have logs.
        within: LogsWithin,
    },
}

impl FindNote {
    /// True if every user expects this: error logs, which are next to the access logs in nearly every directory, are not read.
    pub fn is_routine(&self) -> bool {
        matches!(self, FindNote::Skipped { files, .. } if files.iter().all(|file| file.reason == SkipReason::ErrorLog))
    }
}

/// A file of a directory that is not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SkippedFile {
    /// Why it is not read.
    pub reason: SkipReason,
    /// Its name in the directory; bytes that are not UTF-8 are U+FFFD.
    pub name: String,
}

/// A directory that has access logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogDirectory {
    /// Its path, which begins as the name did that was given.
    pub path: PathBuf,
    /// Number of its files that are named like access logs, at least 1.
    pub logs: usize,
}

/// The directories below a directory that have access logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogsWithin {
    /// In the order of their names.
    pub directories: Vec<LogDirectory>,
    /// Whether there were too many directories to look into all of them.
    pub is_cut: bool,
    /// What [`find_logs`](super::find_logs) takes for them, quoted for a shell: their paths, or wildcards.
    pub arguments: Vec<String>,
    /// Whether the wildcards fit directories without logs, too. Each of those is a problem, and the others are read.
    pub are_wider: bool,
}

impl LogsWithin {
    /// The command that reads them.
    pub(crate) fn command(&self) -> String {
        let wider = if self.are_wider { "  (directories without logs are reported and left out)" } else { "" };
        format!("logstat {}{wider}", self.arguments.join(" "))
    }
}

impl fmt::Display for LogsWithin {
    /// `srv/a (3 files), srv/b (1 file)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let directory = |LogDirectory { path, logs }: &LogDirectory| format!("{} ({})", shown(path), counted(*logs));
        f.write_str(&list(self.directories.iter().map(directory)))?;
        if self.is_cut { f.write_str("; not all directories were looked into") } else { Ok(()) }
    }
}

impl fmt::Display for FindNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindNote::SameFile { path, read_as } if path == read_as => {
                write!(f, "{path:?} is given more than once and read once")
            }
            FindNote::SameFile { path, read_as } => {
                write!(f, "{path:?} is the same file as {read_as:?} and read once")
            }
            FindNote::NoFile { path } => write!(f, "{path:?} is no file and not read"),
            FindNote::Skipped { directory, files } => {
                let groups: Vec<_> = files.chunk_by(|a, b| a.reason == b.reason).map(group).collect();
                let (directory, count) = (shown(directory), counted(files.len()));
                if self.is_routine() {
                    return write!(f, "{directory}: {} not read", groups.join("; "));
                }
                write!(f, "{directory}: {count} not read: {}; to read one, give its name", groups.join("; "))
            }
            FindNote::Within { directory, within } => {
                write!(f, "{}: not read: the logs in {within}; to read them:  {}", shown(directory), within.command())
            }
        }
    }
}

/// Names of a list that are shown.
const SHOWN: usize = 4;

/// The first names of a list, and how many more there are.
fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Files that are not read for one reason. Logs of errors need no names.
fn group(files: &[SkippedFile]) -> String {
    match files {
        [] => String::new(),
        [SkippedFile { reason: SkipReason::ErrorLog, .. }] => "1 error log".to_owned(),
        [SkippedFile { reason: SkipReason::ErrorLog, .. }, ..] => format!("{} error logs", files.len()),
        [SkippedFile { reason, .. }, ..] => {
            format!("{} ({reason})", list(files.iter().map(|file| printable(file.name.as_bytes()))))
        }
    }
}

fn counted(files: usize) -> String {
    format!("{files} {}", if files == 1 { "file" } else { "files" })
}

fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(files: &[(SkipReason, &str)]) -> FindNote {
        let file = |(reason, name): &(SkipReason, &str)| SkippedFile { reason: *reason, name: (*name).to_owned() };
        FindNote::Skipped { directory: "logs".into(), files: files.iter().map(file).collect() }
    }

    #[test]
    fn skipped_files_are_counted_and_named_with_the_reason() {
        use SkipReason::{Backup, ErrorLog, OtherName};
        for (note, expected) in [
            (
                skipped(&[(Backup, "access.log.bak")]),
                "logs: 1 file not read: access.log.bak (backup); to read one, give its name",
            ),
            (
                skipped(&[
                    (Backup, "a.bak"),
                    (Backup, "a.old"),
                    (OtherName, "1"),
                    (OtherName, "2"),
                    (OtherName, "3\u{1b}"),
                    (OtherName, "4"),
                    (OtherName, "5"),
                    (OtherName, "6"),
                    (ErrorLog, "error.log"),
                    (ErrorLog, "error.log.1"),
                ]),
                "logs: 10 files not read: a.bak, a.old (backup); 1, 2, 3\\x1B, 4 and 2 more (not named like an access log); \
                 2 error logs; to read one, give its name",
            ),
        ] {
            assert_eq!(note.to_string(), expected);
            assert!(!note.is_routine());
        }
        let error_log = skipped(&[(ErrorLog, "error.log")]);
        assert_eq!((error_log.is_routine(), error_log.to_string()), (true, "logs: 1 error log not read".to_owned()));
    }

    #[test]
    fn directories_are_named_with_the_command_that_reads_them() {
        let directory = |path: &str, logs| LogDirectory { path: path.into(), logs };
        let mut within = LogsWithin {
            directories: vec![directory("srv/a", 3), directory("srv/b", 1)],
            is_cut: false,
            arguments: vec!["srv/*/".to_owned()],
            are_wider: false,
        };
        let note = FindNote::Within { directory: "srv".into(), within: within.clone() };
        let expected = "srv: not read: the logs in srv/a (3 files), srv/b (1 file); to read them:  logstat srv/*/";
        assert_eq!(note.to_string(), expected);
        within.directories.extend((0..9).map(|i| directory(&format!("srv/{i}"), 1)));
        (within.is_cut, within.are_wider) = (true, true);
        assert_eq!(
            within.to_string(),
            "srv/a (3 files), srv/b (1 file), srv/0 (1 file), srv/1 (1 file) and 7 more; not all directories were looked into"
        );
        assert_eq!(within.command(), "logstat srv/*/  (directories without logs are reported and left out)");
    }
}
