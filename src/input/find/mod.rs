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

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

pub use log_name::SkipReason;
pub(crate) use note::error_logs;
pub use note::{FindNote, LogDirectory, LogsWithin, SkippedFile};

use super::Input;
use crate::error::{Error, ErrorKind, plain};
use directory::Directory;
use identity::Identity;
use natural_order::natural_order;
use within::{Below, logs_below};

/// Levels of directories below a directory in which logs are looked for, to report them: sites often have `site/logs/`.
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
/// Nothing is opened: [`count`](crate::count) reports a missing file, or a link that leads nowhere. A file of a directory that
/// is recognised as something else than an access log is a note of the report, not a problem, if another input is read.
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
    /// The place of each file among the inputs.
    seen: HashMap<Identity, usize>,
}

impl Search {
    fn name(&mut self, name: PathBuf) {
        if has_wildcards(&name) && fs::symlink_metadata(&name).is_err() {
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
        // Standard input is the file that it comes from.
        let metadata = fs::metadata(if is_stdin(&path) { Path::new("/dev/stdin") } else { &path }).ok();
        if is_stdin(&path) {
            return self.input(Input::stdin(), metadata.as_ref());
        }
        if metadata.as_ref().is_none_or(|metadata| !metadata.is_dir()) {
            return self.input(Input::path(path), metadata.as_ref());
        }
        match Directory::read(&path) {
            Ok(directory) => self.directory(path, directory),
            Err(source) => self.found.problems.push(ErrorKind::Io { path, source }.into()),
        }
    }

    fn directory(&mut self, path: PathBuf, Directory { logs, skipped, directories, is_empty }: Directory) {
        let Below { within, is_cut, unreadable } = logs_below(&path, directories, LEVELS);
        let mut by_detail: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        // A directory that is gone has no logs.
        for (path, error) in unreadable.into_iter().filter(|(_, error)| error.kind() != io::ErrorKind::NotFound) {
            by_detail.entry(plain(&error)).or_default().push(path);
        }
        let unreadable = |(detail, directories)| FindNote::Unreadable { directories, detail };
        self.found.notes.extend(by_detail.into_iter().map(unreadable));
        if is_cut && within.is_none() {
            self.found.notes.push(FindNote::NotSearched { directory: path.clone() });
        }
        if !skipped.is_empty() {
            self.found.notes.push(FindNote::Skipped { directory: path.clone(), files: skipped.clone() });
        }
        if logs.is_empty() {
            return self.found.problems.push(ErrorKind::NoLogs { path, is_empty, skipped, within }.into());
        }
        for log in logs {
            let metadata = fs::metadata(&log).ok();
            match &metadata {
                Some(metadata) if !metadata.is_file() => self.found.notes.push(FindNote::NoFile { path: log }),
                // A link that leads nowhere is reported when it is opened.
                metadata => self.input(Input::found(log), metadata.as_ref()),
            }
        }
        self.found.notes.extend(within.map(|within| FindNote::Within { directory: path, within }));
    }

    fn input(&mut self, input: Input, metadata: Option<&Metadata>) {
        let inputs = &mut self.found.inputs;
        match self.seen.entry(Identity::new(input.name(), metadata)) {
            Entry::Occupied(seen) => {
                let read = &mut inputs[*seen.get()];
                read.is_found &= input.is_found;
                let (path, read_as) = (input.name().to_owned(), read.name().to_owned());
                self.found.notes.push(FindNote::SameFile { path, read_as });
            }
            Entry::Vacant(new) => {
                new.insert(inputs.len());
                inputs.push(input);
            }
        }
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

        // A directory that has logs itself is searched as deep.
        fs::write(file("access.log"), "").unwrap();
        let found = find_logs([folder.path()]);
        assert_eq!(inputs(&found), ["access.log"]);
        let [FindNote::Within { within, .. }] = &found.notes[..] else { panic!("{found:?}") };
        assert_eq!(within.directories, [LogDirectory { path: file("site/logs"), logs: 1 }]);
    }

    #[test]
    fn a_directory_without_logs_says_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let problem = || {
            let problem = find_logs([folder.path()]).problems.remove(0).to_string();
            problem.replace(&folder.path().display().to_string(), "d")
        };
        assert_eq!(problem(), "d: the directory is empty");
        fs::write(folder.path().join("error.log.1"), "").unwrap();
        fs::write(folder.path().join("error.log"), "").unwrap();
        assert_eq!(problem(), "d: only error logs here: error.log, error.log.1");
        fs::write(folder.path().join("access.log.bak"), "").unwrap();
        assert!(problem().starts_with("d: no access logs in this directory: "), "{}", problem());
    }

    #[cfg(unix)]
    #[test]
    fn directories_that_cannot_be_listed_are_noted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let closed = folder.path().join("nginx");
        fs::create_dir(&closed).unwrap();
        fs::write(folder.path().join("access.log"), "").unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
        let found = find_logs([folder.path()]);
        // The superuser can list any directory.
        let is_listed = fs::read_dir(&closed).is_ok();
        let note = FindNote::Unreadable { directories: vec![closed], detail: "permission denied".to_owned() };
        assert_eq!(found.notes, if is_listed { vec![] } else { vec![note] });
        assert_eq!(inputs(&found), ["access.log"]);
    }

    #[test]
    fn a_file_that_is_named_was_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for name in ["a.log", "b.log"] {
            fs::write(file(name), "").unwrap();
        }
        let are_found =
            |given: [PathBuf; 2]| find_logs(given).inputs.iter().map(|input| input.is_found).collect::<Vec<_>>();
        assert_eq!(are_found([file("a.log"), folder.path().to_owned()]), [false, true]);
        assert_eq!(are_found([folder.path().to_owned(), file("b.log")]), [true, false]);
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
