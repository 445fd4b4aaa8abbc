//! Which files are read: what names, directories and wildcards stand for, each file once.
//!
//! Of a directory that is the access logs in it, by their names (`names_access_log`), with those that were rotated; not
//! those in directories within. A name that is given itself is read whatever it is.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::Input;
use crate::error::{Error, ErrorKind};

/// What [`find_logs`] found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// What is to be read, in the order of the names; of a directory or wildcards, `access.log.2` before `access.log.10`.
    pub inputs: Vec<Input>,
    /// What a user may want to know.
    pub notes: Vec<FindNote>,
    /// Names that stand for nothing.
    pub problems: Vec<Error>,
}

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
    /// What has the name of an access log, is found in a directory, and is no file: nginx's docker image has an
    /// `access.log` that leads to its standard output.
    NoFile {
        /// Its name.
        path: PathBuf,
    },
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
        }
    }
}

/// Finds the logs that `names` stand for: files, directories, wildcards where no file has that very name, and `-`,
/// standard input.
///
/// Of a directory, files are read whose names say that they are access logs: with `access` in them or ending in `.log`,
/// rotated (`.1`, `-20260101`, `.2026-01-01`) and compressed (`.gz`, `.zst`, `.bz2`, `.xz`) or not; no error logs, no
/// hidden files, and no directories within.
///
/// Nothing is opened: a file that is not there, or a link that leads nowhere, is told by [`count`](crate::count).
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
        match logs_in(&path) {
            Ok(logs) if logs.is_empty() => self.found.problems.push(ErrorKind::NoLogs { path }.into()),
            Ok(logs) => logs.into_iter().for_each(|log| match fs::metadata(&log) {
                Ok(metadata) if !metadata.is_file() => self.found.notes.push(FindNote::NoFile { path: log }),
                // What leads nowhere says so when it is opened.
                _ => self.file(log),
            }),
            Err(source) => self.found.problems.push(ErrorKind::Io { path, source }.into()),
        }
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

/// What the names of one file have in common. Standard input is the file that it comes from.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Identity {
    #[cfg(unix)]
    Inode {
        device: u64,
        inode: u64,
    },
    Path(PathBuf),
}

impl Identity {
    fn of(path: &Path) -> Identity {
        let name = if is_stdin(path) { Path::new("/dev/stdin") } else { path };
        #[cfg(unix)]
        if let Ok(metadata) = fs::metadata(name) {
            use std::os::unix::fs::MetadataExt;
            return Identity::Inode { device: metadata.dev(), inode: metadata.ino() };
        }
        Identity::Path(fs::canonicalize(name).unwrap_or_else(|_| name.to_owned()))
    }
}

/// What is in a directory and has the name of an access log, in natural order.
fn logs_in(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if names_access_log(&name.to_string_lossy()) && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort_by(|a, b| natural_order(a.as_encoded_bytes(), b.as_encoded_bytes()));
    Ok(names.into_iter().map(|name| directory.join(name)).collect())
}

/// What compressing puts behind a name, and who rotates by hand.
const SUFFIXES: [&str; 6] = [".gz", ".zst", ".zstd", ".bz2", ".xz", ".old"];

/// Whether this is what an access log is called.
fn names_access_log(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = without_rotation(&lower);
    let words = || stem.split(['.', '-', '_']);
    let has_access = stem.contains("access");
    let is_error_log = words().any(|word| matches!(word, "error" | "errors")) || stem.contains("error") && !has_access;
    // Behind `access`, `access.log.conf` and the like are no logs.
    let is_log = words()
        .next_back()
        .is_some_and(|last| last.ends_with("log") || last.contains("access") || matches!(last, "json" | "txt"));
    !stem.starts_with('.') && !is_error_log && (stem.ends_with(".log") || has_access && is_log)
}

/// A name without what rotating and compressing put behind it: numbers and dates behind `.`, `-` or `_`.
fn without_rotation(name: &str) -> &str {
    let mut stem = name;
    loop {
        let unpacked = SUFFIXES.iter().find_map(|suffix| stem.strip_suffix(suffix));
        let digits = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        let unrotated = (digits.len() < stem.len()).then(|| digits.strip_suffix(['.', '-', '_'])).flatten();
        match unpacked.or(unrotated) {
            Some(shorter) => stem = shorter,
            None => return stem,
        }
    }
}

/// Bytes as they are, and numbers by their value.
fn natural_order(a: &[u8], b: &[u8]) -> Ordering {
    let number = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut left, mut right) = (a, b);
    while let ([first, ..], [second, ..]) = (left, right) {
        let (digits, others) = (number(left), number(right));
        let (order, passed) = if digits > 0 && others > 0 {
            let value = |bytes: &[u8]| bytes.iter().position(|b| *b != b'0').unwrap_or(bytes.len());
            let (x, y) = (&left[..digits], &right[..others]);
            let (x, y) = (&x[value(x)..], &y[value(y)..]);
            (x.len().cmp(&y.len()).then_with(|| x.cmp(y)), (digits, others))
        } else {
            (first.cmp(second), (1, 1))
        };
        if order.is_ne() {
            return order;
        }
        (left, right) = (&left[passed.0..], &right[passed.1..]);
    }
    // `01` and `1` are not one name.
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_logs_are_known_by_their_names() {
        let logs = "access.log access.log.1 access.log.2.gz access.log-20260101.gz access.log.20260101.zst access.log-2026-01-01 \
                    access_log access_log-20260101 access-20260101.log.xz access.1.log shop.access.log shop_access.log.14.bz2 \
                    shop.log access.json access.log.old access Access.LOG terror.example-access.log ssl_access_log.1 \
                    access.log-20260101-1767225600.gz other_vhosts_access.log accesslog";
        for name in logs.split_whitespace() {
            assert!(names_access_log(name), "{name}");
        }
        let others = "error.log error.log.1 error.log.2.gz shop.error.log nginxerror.log access_error.log errors.log .access.log \
                      .access.log.swp access.conf access.log.tmp nginx.pid syslog messages 1.gz access.log~ .gz -20260101 accessible.html";
        for name in others.split_whitespace() {
            assert!(!names_access_log(name), "{name}");
        }
    }

    #[test]
    fn names_are_in_natural_order() {
        let mut names =
            ["access.log.10.gz", "access.log.2.gz", "access.log", "b1", "a2", "a10", "a02", "a1b", "access.log.1"];
        names.sort_by(|a, b| natural_order(a.as_bytes(), b.as_bytes()));
        let expected =
            ["a1b", "a02", "a2", "a10", "access.log", "access.log.1", "access.log.2.gz", "access.log.10.gz", "b1"];
        assert_eq!(names, expected);
    }

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

    #[cfg(unix)]
    #[test]
    fn of_a_directory_files_are_taken_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for name in ["access.log", "access.log.10.gz", "access.log.9.gz", "error.log", "README", ".access.log"] {
            fs::write(file(name), "").unwrap();
        }
        fs::create_dir(file("old.log")).unwrap();
        std::os::unix::fs::symlink("/dev/null", file("device_access.log")).unwrap();
        std::os::unix::fs::symlink("nowhere", file("gone_access.log")).unwrap();
        let found = find_logs([folder.path()]);
        assert_eq!(inputs(&found), ["access.log", "access.log.9.gz", "access.log.10.gz", "gone_access.log"]);
        assert_eq!(found.notes, [FindNote::NoFile { path: file("device_access.log") }]);
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
