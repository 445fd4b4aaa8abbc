//! Notes about files that are not read, although nothing failed.

use std::fmt;
use std::path::PathBuf;

use crate::files::{LogsWithin, SkippedFile, counted, error_logs, list, shown};
use crate::text::printable;

/// Something that is not read, although nothing failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputNote {
    /// A file that is already read under another name.
    SameFile {
        /// The second name.
        path: PathBuf,
        /// The name under which it is read.
        read_as: PathBuf,
    },
    /// An entry of a directory that is named like an access log, but is not a file. In nginx's docker image,
    /// `access.log` is a link to standard output.
    NoFile {
        /// Its path.
        path: PathBuf,
    },
    /// Files in a directory that are not read because of their names.
    Skipped {
        /// The directory, as it was given.
        directory: PathBuf,
        /// The files, ordered by reason, then by name.
        files: Vec<SkippedFile>,
    },
    /// Subdirectories that cannot be listed. They may contain logs.
    Unreadable {
        /// Their paths, which start with the directory name as it was given.
        directories: Vec<PathBuf>,
        /// Error message of the system, the same for all of them.
        detail: String,
    },
    /// A directory with too many subdirectories to search them all; none of those searched contains logs.
    NotSearched {
        /// The directory, as it was given.
        directory: PathBuf,
    },
    /// Subdirectories of a directory, whose logs are not read.
    Within {
        /// The directory, as it was given.
        directory: PathBuf,
        /// Its subdirectories that contain logs.
        within: LogsWithin,
    },
}

impl InputNote {
    /// True if every user expects this note: it is only about error logs, which are next to access logs in nearly every
    /// directory.
    pub fn is_routine(&self) -> bool {
        matches!(self, InputNote::Skipped { files, .. } if error_logs(files).is_some())
    }

    /// The note with the names of all files.
    pub fn in_full(&self) -> String {
        match self {
            InputNote::Skipped { directory, files } => {
                let groups = files.chunk_by(|a, b| a.reason == b.reason).map(|group| {
                    let names = group.iter().map(|file| printable(file.name.as_bytes())).collect::<Vec<_>>();
                    group.first().map_or_else(String::new, |first| first.reason.counted(group.len()))
                        + ": "
                        + &names.join(", ")
                });
                let groups = groups.collect::<Vec<_>>().join("; ");
                format!("skipped {} in {}: {groups}{}", counted(files.len()), shown(directory), advice(files))
            }
            note => note.to_string(),
        }
    }
}

impl fmt::Display for InputNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputNote::SameFile { path, read_as } if path == read_as => {
                write!(f, "{} is given more than once, but read only once", shown(path))
            }
            InputNote::SameFile { path, read_as } => {
                write!(f, "{} is the same file as {}, and read only once", shown(path), shown(read_as))
            }
            InputNote::NoFile { path } => write!(f, "{} is not a regular file, so it is not read", shown(path)),
            InputNote::Skipped { directory, files } => {
                let (directory, count) = (shown(directory), counted(files.len()));
                let reasons = reasons(files);
                if self.is_routine() {
                    return write!(f, "skipped {reasons} in {directory}");
                }
                let names = first_names(files);
                if let ([file], [name]) = (&files[..], &names[..]) {
                    return write!(f, "skipped {name} in {directory} ({}){}", file.reason.of_one(), advice(files));
                }
                let (such_as, hint) = match files.len() - names.len() {
                    0 => (": ", advice(files)),
                    _ => (", such as ", "; -v lists them"),
                };
                write!(f, "skipped {count} in {directory} ({reasons}){such_as}{}{hint}", names.join(", "))
            }
            InputNote::Unreadable { directories, detail } => {
                write!(f, "cannot list {}: {detail}", list(directories.iter().map(|path| shown(path))))
            }
            InputNote::NotSearched { directory } => {
                write!(f, "{}: it has too many subdirectories, and not all were searched", shown(directory))
            }
            InputNote::Within { directory, within } => {
                write!(
                    f,
                    "{}: logs in subdirectories are not read: {within}; to read them:  {}",
                    shown(directory),
                    within.command()
                )
            }
        }
    }
}

/// Maximum number of reasons that a note shows.
const REASONS: usize = 3;

/// The number of files for each reason: `8 backups, 3 temporary files, …`.
fn reasons(files: &[SkippedFile]) -> String {
    let mut groups: Vec<_> = files.chunk_by(|a, b| a.reason == b.reason).collect();
    // Most frequent first. The sort is stable, so ties stay in the order of reasons.
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let counted = |group: &&[SkippedFile]| Some(group.first()?.reason.counted(group.len()));
    let shown = groups.iter().take(REASONS).filter_map(counted).collect::<Vec<_>>().join(", ");
    if groups.len() > REASONS { shown + ", …" } else { shown }
}

/// Maximum number of skipped files that a note names, and maximum total length of the names in characters.
const NAMES: usize = 3;
const NAMES_CHARS: usize = 80;

/// The first names. If the first alone is too long, it is cut.
fn first_names(files: &[SkippedFile]) -> Vec<String> {
    let (mut names, mut chars) = (Vec::new(), 0);
    for file in files.iter().take(NAMES) {
        let name = printable(file.name.as_bytes());
        chars += name.chars().count();
        if chars > NAMES_CHARS {
            if names.is_empty() {
                names.push(name.chars().take(NAMES_CHARS).chain(['…']).collect());
            }
            break;
        }
        names.push(name);
    }
    names
}

/// Advice for files that could be read.
fn advice(files: &[SkippedFile]) -> &'static str {
    match files {
        _ if !files.iter().any(|file| file.reason.may_be_readable()) => "",
        [_] => "; to read it, name it on the command line",
        _ => "; to read one, name it on the command line",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{LogDirectory, SkipReason};

    fn skipped(files: &[(SkipReason, &str)]) -> InputNote {
        let file = |(reason, name): &(SkipReason, &str)| SkippedFile { reason: *reason, name: (*name).to_owned() };
        InputNote::Skipped { directory: "logs".into(), files: files.iter().map(file).collect() }
    }

    #[test]
    fn skipped_files_are_counted_by_reason_and_named() {
        use SkipReason::{Archive, Backup, CompressionUnsupported, ErrorLog, OtherName, Temporary};
        let many = skipped(&[
            (Backup, "a.bak"),
            (Temporary, "a.tmp"),
            (OtherName, "1"),
            (OtherName, "2"),
            (OtherName, "3\u{1b}"),
            (ErrorLog, "error.log"),
            (ErrorLog, "error.log.1"),
        ]);
        for (note, expected) in [
            (
                skipped(&[(Backup, "access.log.bak")]),
                "skipped access.log.bak in logs (a backup); to read it, name it on the command line",
            ),
            (
                skipped(&[(CompressionUnsupported, "access.7z"), (Archive, "logs.tar")]),
                "skipped 2 files in logs (1 file in a compression that is not supported, 1 archive): access.7z, logs.tar",
            ),
            (
                many.clone(),
                "skipped 7 files in logs (3 not named like access logs, 2 error logs, 1 backup, …), such as a.bak, a.tmp, 1; \
                 -v lists them",
            ),
            (
                skipped(&[(Backup, &"x".repeat(200)), (Backup, "y")]),
                &format!("skipped 2 files in logs (2 backups), such as {}…; -v lists them", "x".repeat(80)),
            ),
        ] {
            assert_eq!(note.to_string(), expected);
            assert!(!note.is_routine() && expected.chars().count() <= 200, "{expected}");
        }
        assert_eq!(
            many.in_full(),
            "skipped 7 files in logs: 1 backup: a.bak; 1 temporary file: a.tmp; 3 not named like access logs: 1, 2, 3\\x1B; \
             2 error logs: error.log, error.log.1; to read one, name it on the command line"
        );
        let error_log = skipped(&[(ErrorLog, "error.log")]);
        assert_eq!((error_log.is_routine(), error_log.to_string()), (true, "skipped 1 error log in logs".to_owned()));
    }

    #[test]
    fn unsearched_directories_are_named() {
        let directories = ["l/nginx", "l/private"].map(PathBuf::from).to_vec();
        let note = InputNote::Unreadable { directories, detail: "permission denied".to_owned() };
        assert_eq!(note.to_string(), "cannot list l/nginx, l/private: permission denied");
        let note = InputNote::NotSearched { directory: "l".into() };
        assert_eq!(note.to_string(), "l: it has too many subdirectories, and not all were searched");
    }

    #[test]
    fn directories_are_named_with_the_command_that_reads_them() {
        let directory = |path: &str, logs| LogDirectory { path: path.into(), logs };
        let mut within = LogsWithin {
            directories: vec![directory("srv/a", 3), directory("srv/b", 1)],
            is_cut: false,
            arguments: vec!["srv/*/".to_owned()],
            more: 0,
        };
        let note = InputNote::Within { directory: "srv".into(), within: within.clone() };
        let expected =
            "srv: logs in subdirectories are not read: srv/a (3 files), srv/b (1 file); to read them:  logstat srv/*/";
        assert_eq!(note.to_string(), expected);
        within.directories.extend((0..9).map(|i| directory(&format!("srv/{i}"), 1)));
        (within.is_cut, within.more) = (true, 6);
        assert_eq!(
            within.to_string(),
            "srv/a (3 files), srv/b (1 file), srv/0 (1 file), srv/1 (1 file), srv/2 (1 file) and 6 more; not all \
             subdirectories were searched"
        );
        assert_eq!(within.command(), "logstat srv/*/  (and 6 more)");
    }
}
