//! Files that log rotation may make of one log: `access.log`, `access.log.1`, `access.log-20261114.gz`,
//! `access-20261114.log`.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::files::absolute;
use crate::input::{FileStamp, natural_order, without_suffixes};

/// Named files of one log, and the files next to them.
pub(super) struct Family {
    pub(super) named: Vec<PathBuf>,
    /// Directories, and the name of the log in each. A link leads to a second one.
    logs: Vec<(PathBuf, String)>,
    /// The files that may be the log, rotated or not, each once.
    pub(super) members: Vec<Member>,
    /// Directories and files that could not be examined.
    pub(super) failures: Vec<(PathBuf, io::Error)>,
}

/// A file that may be the log or an older generation of it.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) path: PathBuf,
    pub(super) file: FileStamp,
    pub(super) is_named: bool,
    /// True for the log under the name to which it is written.
    pub(super) is_live: bool,
    /// True if the name is that of the log, rotated or not. False if it merely begins like it.
    pub(super) is_generation: bool,
}

/// Groups named files by the log that they belong to.
pub(super) fn families(named: &[PathBuf]) -> Vec<Family> {
    let mut groups: BTreeMap<(PathBuf, String), Vec<&PathBuf>> = BTreeMap::new();
    for path in named {
        groups.entry(log_of(path)).or_default().push(path);
    }
    groups.into_iter().map(|(log, named)| Family::of(log, &named)).collect()
}

impl Family {
    fn of(log: (PathBuf, String), named: &[&PathBuf]) -> Family {
        let owned = named.iter().map(|path| (*path).clone()).collect();
        let mut family = Family { named: owned, logs: vec![log], members: Vec::new(), failures: Vec::new() };
        let mut beginnings: Vec<String> = Vec::new();
        for path in named {
            match fs::metadata(path) {
                Ok(metadata) => family.add(path, &metadata, true),
                Err(error) => family.failures.push(((*path).clone(), error)),
            }
            let real = fs::canonicalize(path).map(|real| log_of(&real));
            family.logs.extend(real.ok().filter(|real| !family.logs.contains(real)));
            beginnings.extend(beginnings_of(&name_of(path)));
        }
        for (directory, log) in family.logs.clone() {
            family.list(&directory, &[&beginnings[..], &beginnings_of(&log)].concat());
        }
        family
    }

    /// Adds the files in a directory whose names begin in one of these ways, or are those of the log after rotation.
    fn list(&mut self, directory: &Path, beginnings: &[String]) {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => return self.failures.push((directory.to_owned(), error)),
        };
        let mut names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        names.sort_by(|a, b| natural_order(a.as_encoded_bytes(), b.as_encoded_bytes()));
        for name in names {
            let path = directory.join(&name);
            let name = name.to_string_lossy();
            let is_like = beginnings.iter().any(|beginning| name.starts_with(&**beginning));
            if !is_like && !self.logs.contains(&log_of(&path)) {
                continue;
            }
            // A file that vanished in between was renamed, and is found under its new name.
            if let Ok(metadata) = fs::metadata(&path) {
                self.add(&path, &metadata, false);
            }
        }
    }

    fn add(&mut self, path: &Path, metadata: &Metadata, is_named: bool) {
        let file = FileStamp::of(path, metadata);
        if !metadata.is_file() {
            if is_named {
                let text = "is not a regular file, so a later run cannot go on where this one ends";
                self.failures.push((path.to_owned(), io::Error::new(io::ErrorKind::InvalidInput, text)));
            }
            return;
        }
        if self.members.iter().any(|member| member.file.is_same_file(&file)) {
            return;
        }
        let log = log_of(path);
        let is_generation = self.logs.contains(&log);
        let is_live = is_generation && name_of(path) == log.1;
        self.members.push(Member { path: path.to_owned(), file, is_named, is_live, is_generation });
    }

    /// The named path to which the log is written.
    pub(super) fn live(&self) -> Option<&Path> {
        self.named.iter().map(PathBuf::as_path).find(|path| name_of(path) == log_of(path).1)
    }

    /// The paths to which the log is written, named or not.
    pub(super) fn live_paths(&self) -> impl Iterator<Item = PathBuf> {
        self.logs.iter().map(|(directory, log)| directory.join(log))
    }

    /// True if a file at this path may be a generation of the log.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.logs.contains(&log_of(path))
    }
}

/// The directory of a file, and the name of its log: the file's name without what rotation and compression add.
fn log_of(path: &Path) -> (PathBuf, String) {
    let path = absolute(path);
    let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
    (directory, log_name(&name_of(&path)))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The beginnings of the names that are searched for a log: its name, and its name without extension.
fn beginnings_of(name: &str) -> Vec<String> {
    let stem = name.rsplit_once('.').map(|(stem, _)| stem).filter(|stem| !stem.is_empty());
    stem.into_iter().chain([name]).map(str::to_owned).collect()
}

/// The name of a log without what rotation and compression add: `access.log` for `access.log.2.gz` and
/// `access-20261114.log`.
fn log_name(name: &str) -> String {
    let name = &name[..without_suffixes(&name.to_ascii_lowercase()).len()];
    let Some((stem, extension)) = name.rsplit_once('.') else { return name.to_owned() };
    format!("{}.{extension}", without_date(stem))
}

/// Removes a date at the end of a stem: `-20261114`, `_2026-11-14`, `.2026.11`. Other numbers belong to the name, such
/// as that of a server in `node-2.log`.
fn without_date(stem: &str) -> &str {
    let is_of_date = |c: char| c.is_ascii_digit() || SEPARATORS.contains(&c);
    let start = stem.trim_end_matches(is_of_date).len();
    let date = stem[start..].trim_start_matches(SEPARATORS);
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    let is_date = (6..=14).contains(&digits) && date.starts_with("20") && date.ends_with(|c: char| c.is_ascii_digit());
    if is_date && stem[start..].starts_with(SEPARATORS) && start > 0 { &stem[..start] } else { stem }
}

const SEPARATORS: [char; 3] = ['-', '_', '.'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_names_belong_to_their_log() {
        for (log, names) in [
            (
                "access.log",
                "access.log access.log.1 access.log.2.gz access.log-20261114 access.log-20261114.zst \
                 access-20261114.log access-2026-11-14.log access_20261114.log.gz access.2026-11-14.log.1 \
                 access-2026-11-14_03.log access.log.2026-11-14T03:00:00Z",
            ),
            ("access_log", "access_log access_log.1 access_log-20261114.xz"),
            ("node-2.log", "node-2.log node-2.log.1"),
            ("node.2.log", "node.2.log"),
            ("access-shop.log", "access-shop.log access-shop-20261114.log"),
            ("20261114.log", "20261114.log"),
            ("Access.LOG", "Access.LOG Access.LOG.1"),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(log_name(name), log, "{name}");
            }
        }
    }

    #[test]
    fn family_has_the_rotated_files_and_those_with_similar_names() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let names = "access.log access.log.1 access.log.old access-20261114.log access-shop.log error.log shop.log";
        names.split(' ').for_each(|name| fs::write(path(name), name).unwrap());
        fs::create_dir(path("access.log.d")).unwrap();
        let families = families(&[path("access.log"), path("none.log")]);
        assert_eq!(families.len(), 2);
        let rows: Vec<_> = families[0]
            .members
            .iter()
            .map(|member| (name_of(&member.path), member.is_named, member.is_live, member.is_generation))
            .collect();
        let row = |name: &str, named, live, generation| (name.to_owned(), named, live, generation);
        let expected = [
            row("access.log", true, true, true),
            row("access-20261114.log", false, false, true),
            row("access-shop.log", false, false, false),
            row("access.log.1", false, false, true),
            row("access.log.old", false, false, false),
        ];
        assert_eq!(rows, expected);
        assert!(families[0].failures.is_empty() && families[0].has(&path("access.log.9.gz")));
        assert_eq!(families[1].failures.len(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn link_leads_to_the_directory_of_its_target() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::create_dir(path("real")).unwrap();
        fs::write(path("real/access-20261115.log"), "new").unwrap();
        fs::write(path("real/access-20261114.log"), "old").unwrap();
        std::os::unix::fs::symlink(path("real/access-20261115.log"), path("access.log")).unwrap();
        let families = families(&[path("access.log")]);
        let members: Vec<_> = families[0].members.iter().map(|member| &*member.path).collect();
        assert_eq!(members, [&*path("access.log"), &*path("real/access-20261114.log")]);
    }
}
