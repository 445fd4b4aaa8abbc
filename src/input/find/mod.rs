//! Finds the files that names, directories and wildcards stand for, each file once.
//!
//! A directory stands for the access logs in it, which are known by their names (`log_name`), rotated ones too; not for
//! those in the directories below. A file that is given by its own name is read whatever the name is.

mod directory;
mod identity;
mod log_name;
mod natural_order;
mod note;
mod within;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

pub use log_name::SkipReason;
pub(crate) use log_name::is_access_log_name;
pub use note::{FindNote, LogDirectory, LogsWithin, SkippedFile};

use super::Input;
use crate::error::{Error, ErrorKind};
use directory::Directory;
use identity::Identity;
use natural_order::natural_order;
use within::logs_within;

/// Levels of directories in which logs are looked for where a directory has none: sites often have `site/logs/`.
const LEVELS: usize = 3;

/// The result of [`find_logs`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// The inputs to read, in the order of the names; in a directory or for wildcards, `access.log.2` before `access.log.10`.
    pub inputs: Vec<Input>,
    /// Files that are not read, although nothing failed.
    pub notes: Vec<FindNote>,
    /// Names that stand for nothing.
    pub problems: Vec<Error>,
}

/// Finds the logs that `names` stand for: files, directories, wildcards where no file has that very name, and `-`,
/// standard input.
///
/// A directory stands for the files in it whose names contain `access` or end in `.log`. Numbers, dates (`.1`, `-20260101`,
/// `.2026-01-01`), `.processed` and the endings of compressed files (`.gz`, `.zst`, `.bz2`, `.xz`) may follow. Error logs,
/// hidden files, directories within and files with other endings are not read, and [`FindNote`]s name them.
///
/// Nothing is opened: [`count`](crate::count) reports a missing file, or a link that leads nowhere.
///
/// ```
/// use logstat::{Engine, Question, count, find_logs};
/// let found = find_logs(["testdata"]);
/// assert!(found.inputs.iter().any(|input| input.name().ends_with("shop.log")));
/// let outcome = count(&Question::default(), found.inputs, &Engine::default())?;
/// # assert!(outcome.report.is_some());
/// # Ok::<(), logstat::Error>(())
/// ```
pub fn find_logs<P: Into<PathBuf>>(names: impl IntoIterator<Item = P>) -> Found {
    let mut search = Search::default();
    for name in names {
        search.name(name.into());
    }
    search.found
}

#[derive(Default)]
struct Search {
    found: Found,
    /// The name by which each file is read.
    seen: HashMap<Identity, PathBuf>,
}

impl Search {
    fn name(&mut self, name: PathBuf) {
        if fs::symlink_metadata(&name).is_err() && !is_stdin(&name) && has_wildcards(&name) {
            self.wildcards(&name);
        } else {
            self.path(name);
        }
    }

    fn wildcards(&mut self, pattern: &Path) {
        let no_match = |detail: String| Error::from(ErrorKind::NoMatch { pattern: pattern.to_owned(), detail });
        let problems = &mut self.found.problems;
        let Some(text) = pattern.to_str() else { return problems.push(no_match("it is not UTF-8".to_owned())) };
        // As in a shell: what is hidden has to be named.
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
        let matches = match glob::glob_with(text, options) {
            Ok(matches) => matches,
            Err(error) => return problems.push(no_match(error.msg.to_lowercase())),
        };
        let mut unreadable = |error: glob::GlobError| {
            let path = error.path().to_owned();
            problems.push(ErrorKind::Io { path, source: error.into() }.into());
        };
        let mut paths: Vec<_> = matches.filter_map(|path| path.map_err(&mut unreadable).ok()).collect();
        if paths.is_empty() {
            return self.found.problems.push(no_match(String::new()));
        }
        paths.sort_by(|a, b| natural_order(a.as_os_str().as_encoded_bytes(), b.as_os_str().as_encoded_bytes()));
        paths.into_iter().for_each(|path| self.path(path));
    }

    fn path(&mut self, path: PathBuf) {
        if is_stdin(&path) || !path.is_dir() {
            return self.file(path);
        }
        match Directory::read(&path) {
            Ok(directory) => self.directory(path, directory),
            Err(source) => self.found.problems.push(ErrorKind::Io { path, source }.into()),
        }
    }

    fn directory(&mut self, path: PathBuf, Directory { logs, skipped, directories }: Directory) {
        let levels = if logs.is_empty() { LEVELS } else { 1 };
        let within = logs_within(&path, directories, levels);
        if !skipped.is_empty() {
            self.found.notes.push(FindNote::Skipped { directory: path.clone(), files: skipped });
        }
        if logs.is_empty() {
            return self.found.problems.push(ErrorKind::NoLogs { path, within }.into());
        }
        for log in logs {
            match fs::metadata(&log) {
                Ok(metadata) if !metadata.is_file() => self.found.notes.push(FindNote::NoFile { path: log }),
                // A link that leads nowhere is reported when it is opened.
                _ => self.file(log),
            }
        }
        self.found.notes.extend(within.map(|within| FindNote::Within { directory: path, within }));
    }

    fn file(&mut self, path: PathBuf) {
        let identity = Identity::of(&path);
        if let Some(read_as) = self.seen.get(&identity) {
            let read_as = read_as.clone();
            return self.found.notes.push(FindNote::SameFile { path, read_as });
        }
        self.seen.insert(identity, path.clone());
        self.found.inputs.push(if is_stdin(&path) { Input::stdin() } else { Input::path(path) });
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn has_wildcards(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(found: &Found) -> Vec<String> {
        found.inputs.iter().map(|input| input.name().file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_read_once_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("a.log"), "").unwrap();
        fs::hard_link(file("a.log"), file("hard.log")).unwrap();
        std::os::unix::fs::symlink("a.log", file("link.log")).unwrap();
        fs::create_dir(file("sub")).unwrap();
        let given = [
            file("a.log"),
            file("missing.log"),
            file("missing.log"),
            file("sub/../a.log"),
            file("l*.log"),
            folder.path().to_owned(),
            PathBuf::from("-"),
            PathBuf::from("-"),
        ];
        let found = find_logs(given);
        assert_eq!(inputs(&found)[..2], ["a.log", "missing.log"]);
        assert_eq!((found.inputs.len(), found.inputs[2].name()), (3, Path::new("-")));
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let same = |path: PathBuf, read_as: PathBuf| FindNote::SameFile { path, read_as };
        assert_eq!(
            found.notes,
            [
                same(file("missing.log"), file("missing.log")),
                same(file("sub/../a.log"), file("a.log")),
                same(file("link.log"), file("a.log")),
                same(file("a.log"), file("a.log")),
                same(file("hard.log"), file("a.log")),
                same(file("link.log"), file("a.log")),
                same(PathBuf::from("-"), PathBuf::from("-")),
            ]
        );
    }

    /// A note that names these files of a directory.
    fn skipped(directory: &Path, files: &[(SkipReason, &str)]) -> FindNote {
        let files = files.iter().map(|(reason, name)| SkippedFile { reason: *reason, name: (*name).to_owned() });
        FindNote::Skipped { directory: directory.to_owned(), files: files.collect() }
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_stands_for_the_access_logs_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for name in ["access.log", "access.log.10.gz", "access.log.9.gz", "error.log", "README", ".access.log", ".x"] {
            fs::write(file(name), "").unwrap();
        }
        fs::create_dir(file("old.log")).unwrap();
        std::os::unix::fs::symlink("/dev/null", file("device_access.log")).unwrap();
        std::os::unix::fs::symlink("nowhere", file("gone_access.log")).unwrap();
        let found = find_logs([folder.path()]);
        assert_eq!(inputs(&found), ["access.log", "access.log.9.gz", "access.log.10.gz", "gone_access.log"]);
        use SkipReason::{ErrorLog, Hidden, OtherName};
        let files = [(Hidden, ".access.log"), (OtherName, "README"), (ErrorLog, "error.log")];
        let notes = [skipped(folder.path(), &files), FindNote::NoFile { path: file("device_access.log") }];
        assert_eq!(found.notes, notes);
        assert!(found.problems.is_empty());
    }

    #[test]
    fn logs_below_a_directory_are_a_note_or_part_of_the_problem() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::create_dir_all(file("site/logs")).unwrap();
        fs::write(file("site/logs/access.log"), "").unwrap();
        let found = find_logs([folder.path()]);
        let ErrorKind::NoLogs { within: Some(within), .. } = found.problems[0].kind() else { panic!("{found:?}") };
        assert_eq!(within.directories, [LogDirectory { path: file("site/logs"), logs: 1 }]);
        assert!(found.notes.is_empty());
        // What the message says reads them.
        let again = find_logs(within.arguments.iter().map(String::as_str));
        assert_eq!(inputs(&again), ["access.log"]);

        fs::write(file("site/access.log"), "").unwrap();
        let found = find_logs([file("site")]);
        assert_eq!(inputs(&found), ["access.log"]);
        assert!(matches!(&found.notes[..], [FindNote::Within { within, .. }] if within.directories.len() == 1));
    }

    #[test]
    fn wildcards_may_fit_directories() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for site in ["b", "a"] {
            fs::create_dir(file(site)).unwrap();
            fs::write(file(site).join("access.log"), "").unwrap();
        }
        fs::write(file("other.log"), "").unwrap();
        let found = find_logs([file("*/")]);
        let names: Vec<_> = found.inputs.iter().map(|input| input.name().to_owned()).collect();
        assert_eq!(names, [file("a/access.log"), file("b/access.log")]);
        assert!(found.problems.is_empty() && found.notes.is_empty(), "{found:?}");
    }

    #[test]
    fn what_stands_for_nothing_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("[a].log"), "").unwrap();
        let found = find_logs([file("*.gz"), file("[a"), folder.path().join("[a].log"), file("[[]a]*")]);
        assert_eq!(inputs(&found), ["[a].log"]);
        assert_eq!(found.notes.len(), 1);
        assert!(matches!(found.problems[0].kind(), ErrorKind::NoMatch { detail, .. } if detail.is_empty()));
        assert!(matches!(found.problems[1].kind(), ErrorKind::NoMatch { detail, .. } if !detail.is_empty()));
        fs::remove_file(file("[a].log")).unwrap();
        let found = find_logs([folder.path()]);
        assert!(matches!(found.problems[0].kind(), ErrorKind::NoLogs { .. }));
    }
}
