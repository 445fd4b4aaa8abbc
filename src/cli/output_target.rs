//! Resolves the path of an output file, following symbolic links even if the target does not exist yet.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Returns the file that a path resolves to, whether it exists or not; `None` if it is a pipe or a device such as
/// /dev/null.
pub(crate) fn resolve_target(path: &Path) -> io::Result<Option<PathBuf>> {
    // Ask the system first: a pipe in /proc has a link whose target does not exist.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Ok(None);
    }
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        known => return known.map(Some),
    }
    // This recursion ends: a cycle of links is not `NotFound` and has returned above.
    if let Ok(target) = fs::read_link(path) {
        return resolve_target(&directory(path).join(target));
    }
    let name = path.file_name().ok_or(ErrorKind::NotFound)?;
    Ok(Some(fs::canonicalize(directory(path))?.join(name)))
}

/// True if both paths resolve to the same file, so that one output would overwrite the other.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let file = |path| resolve_target(path).ok().flatten();
    file(one).is_some_and(|one| file(other) == Some(one))
}

pub(crate) fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_even_to_missing_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let path = |name: &str| root.join(name);
        fs::create_dir(path("sub")).unwrap();
        fs::write(path("file"), "").unwrap();
        for (link, target) in [
            ("to_file", "file"),
            ("to_none", "sub/none"),
            ("sub/up", "../none"),
            ("to_up", "sub/up"),
            ("nowhere", "no/where"),
            ("round", "about"),
            ("about", "round"),
        ] {
            symlink(target, path(link)).unwrap();
        }
        let rows = [
            ("file", "file"),
            ("sub/../file", "file"),
            ("to_file", "file"),
            ("none", "none"),
            ("sub/../none", "none"),
            ("to_none", "sub/none"),
            ("to_up", "none"),
        ];
        for (name, expected) in rows {
            assert_eq!(resolve_target(&path(name)).unwrap(), Some(path(expected)), "{name}");
        }
        assert_eq!(resolve_target(&path("nowhere")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_ne!(resolve_target(&path("round")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(resolve_target(Path::new("/dev/null")).unwrap(), None);
        assert!(is_same_file(&path("to_up"), &path("none")) && is_same_file(&path("file"), &path("sub/../to_file")));
        assert!(!is_same_file(&path("file"), &path("none")) && !is_same_file(&path("nowhere"), &path("nowhere")));
        assert!(!is_same_file(Path::new("/dev/null"), Path::new("/dev/null")));
    }
}
