//! Resolves names, directories and wildcards to the files to read, each file once.
//!
//! A directory stands for the access logs in it, including rotated ones, which are recognised by their names
//! (`log_name`). Logs in its subdirectories are not read. A file that the user names is read whatever its name is.

mod directory;
mod identity;
mod log_name;
mod natural_order;
mod note;
#[cfg(test)]
mod tests;
mod within;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use log_name::{is_access_log_name, without_suffixes};
pub(crate) use natural_order::natural_order;
pub use note::InputNote;

use super::Input;
use crate::error::{Error, ErrorKind, io_error_text};
use crate::files::SkipReason;
use directory::Directory;
use identity::Identity;
use within::{SubdirectorySearch, logs_below};

/// Levels of subdirectories that are searched for logs to report: sites often have `site/logs/`.
const LEVELS: usize = 3;

/// The result of [`find_logs`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ResolvedInputs {
    /// The inputs to read, in the order of the names. Within a directory or wildcard, `access.log.2` comes before
    /// `access.log.10`.
    pub inputs: Vec<Input>,
    /// Files that are not read, although nothing failed.
    pub notes: Vec<InputNote>,
    /// Errors for names that do not lead to any log.
    pub problems: Vec<Error>,
}

/// Finds the logs that `names` stand for. A name is a file, a directory, a wildcard pattern (unless a file has exactly
/// that name), or `-` for standard input.
///
/// A directory stands for the files in it whose names contain `access` or end in `.log`. Numbers, dates (`.1`,
/// `-20260101`, `.2026-01-01`), `.processed` and the extensions of compressed files (`.gz`, `.zst`, `.bz2`, `.xz`) may
/// follow. Error logs, hidden files, subdirectories and files with other extensions are not read; [`InputNote`]s name
/// them.
///
/// No log is opened: [`count`](crate::count) reports missing files and dangling links. If a file in a directory turns
/// out not to be an access log, the report has a note and not a problem, provided that another input is read.
///
/// ```
/// use logstat::{Engine, Question, count, find_logs};
/// let found = find_logs(["testdata"]);
/// assert!(found.inputs.iter().any(|input| input.name().ends_with("shop.log")));
/// let outcome = count(&Question::default(), found.inputs, &Engine::default())?;
/// # assert!(outcome.report.is_some());
/// # Ok::<(), logstat::Error>(())
/// ```
pub fn find_logs<P: Into<PathBuf>>(names: impl IntoIterator<Item = P>) -> ResolvedInputs {
    let mut search = Search::default();
    for name in names {
        search.name(name.into());
    }
    search.found
}

#[derive(Default)]
struct Search {
    found: ResolvedInputs,
    /// Index of each file among the inputs.
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
        // As in a shell, wildcards do not match hidden files.
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
        // Standard input is identified by the file that it is redirected from.
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
        let SubdirectorySearch { within, is_cut, unreadable } = logs_below(&path, directories, LEVELS);
        let mut by_detail: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        // A directory that was deleted meanwhile has no logs.
        for (path, error) in unreadable.into_iter().filter(|(_, error)| error.kind() != io::ErrorKind::NotFound) {
            by_detail.entry(io_error_text(&error)).or_default().push(path);
        }
        let unreadable = |(detail, directories)| InputNote::Unreadable { directories, detail };
        self.found.notes.extend(by_detail.into_iter().map(unreadable));
        if is_cut && within.is_none() {
            self.found.notes.push(InputNote::NotSearched { directory: path.clone() });
        }
        // The error for a directory that has nothing but states says so.
        let is_of_states = logs.is_empty() && skipped.iter().all(|file| file.reason == SkipReason::SavedState);
        if !skipped.is_empty() && !is_of_states {
            self.found.notes.push(InputNote::Skipped { directory: path.clone(), files: skipped.clone() });
        }
        if logs.is_empty() {
            return self.found.problems.push(ErrorKind::NoLogs { path, is_empty, skipped, within }.into());
        }
        for log in logs {
            let metadata = fs::metadata(&log).ok();
            match &metadata {
                Some(metadata) if !metadata.is_file() => self.found.notes.push(InputNote::NoFile { path: log }),
                // A dangling link is reported when it is opened.
                metadata => self.input(Input::found(log), metadata.as_ref()),
            }
        }
        self.found.notes.extend(within.map(|within| InputNote::Within { directory: path, within }));
    }

    fn input(&mut self, input: Input, metadata: Option<&Metadata>) {
        let inputs = &mut self.found.inputs;
        match self.seen.entry(Identity::new(input.name(), metadata)) {
            Entry::Occupied(seen) => {
                let read = &mut inputs[*seen.get()];
                read.is_found &= input.is_found;
                let (path, read_as) = (input.name().to_owned(), read.name().to_owned());
                self.found.notes.push(InputNote::SameFile { path, read_as });
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
