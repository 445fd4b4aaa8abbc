//! Tests of which files names, directories and wildcards stand for.

use super::*;
use crate::files::{LogDirectory, SkipReason, SkippedFile};

fn inputs(found: &ResolvedInputs) -> Vec<String> {
    found.inputs.iter().map(|input| input.name().file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn file_is_read_once_under_all_its_names() {
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
    let same = |path: PathBuf, read_as: PathBuf| InputNote::SameFile { path, read_as };
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
fn skipped(directory: &Path, files: &[(SkipReason, &str)]) -> InputNote {
    let files = files.iter().map(|(reason, name)| SkippedFile { reason: *reason, name: (*name).to_owned() });
    InputNote::Skipped { directory: directory.to_owned(), files: files.collect() }
}

#[cfg(unix)]
#[test]
fn directory_stands_for_its_access_logs() {
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
    let notes = [skipped(folder.path(), &files), InputNote::NoFile { path: file("device_access.log") }];
    assert_eq!(found.notes, notes);
    assert!(found.problems.is_empty());
}

#[test]
fn logs_in_subdirectories_are_in_a_note_or_in_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::create_dir_all(file("site/logs")).unwrap();
    fs::write(file("site/logs/access.log"), "").unwrap();
    let found = find_logs([folder.path()]);
    let ErrorKind::NoLogs { within: Some(within), .. } = found.problems[0].kind() else { panic!("{found:?}") };
    assert_eq!(within.directories, [LogDirectory { path: file("site/logs"), logs: 1 }]);
    assert!(found.notes.is_empty());
    // The arguments in the message read these logs.
    let again = find_logs(within.arguments.iter().map(String::as_str));
    assert_eq!(inputs(&again), ["access.log"]);

    // A directory that has logs itself is searched just as deep.
    fs::write(file("access.log"), "").unwrap();
    let found = find_logs([folder.path()]);
    assert_eq!(inputs(&found), ["access.log"]);
    let [InputNote::Within { within, .. }] = &found.notes[..] else { panic!("{found:?}") };
    assert_eq!(within.directories, [LogDirectory { path: file("site/logs"), logs: 1 }]);
}

#[test]
fn error_for_directory_without_logs_says_what_is_in_it() {
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
    let note = InputNote::Unreadable { directories: vec![closed], detail: "permission denied".to_owned() };
    assert_eq!(found.notes, if is_listed { vec![] } else { vec![note] });
    assert_eq!(inputs(&found), ["access.log"]);
}

#[test]
fn named_file_does_not_count_as_found() {
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
fn wildcards_may_match_directories() {
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
fn names_without_a_match_are_problems() {
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
