//! Where a path leads to: the file that is written through it, links followed.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The file that a path leads to, be it there or still to be made; nothing where it is no file, but a pipe or /dev/null.
pub(crate) fn led_to(path: &Path) -> io::Result<Option<PathBuf>> {
    // The system is asked first: a pipe in /proc has a link that leads nowhere.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Ok(None);
    }
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        known => return known.map(Some),
    }
    // Links in a circle are another error than that nothing is there, so that this comes to an end.
    if let Ok(target) = fs::read_link(path) {
        return led_to(&directory(path).join(target));
    }
    let name = path.file_name().ok_or(ErrorKind::NotFound)?;
    Ok(Some(fs::canonicalize(directory(path))?.join(name)))
}

/// Whether what is written to one path would be lost by what is written to the other.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let file = |path| led_to(path).ok().flatten();
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
    fn links_are_followed_to_what_is_there_or_is_to_be_made() {
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
            assert_eq!(led_to(&path(name)).unwrap(), Some(path(expected)), "{name}");
        }
        assert_eq!(led_to(&path("nowhere")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_ne!(led_to(&path("round")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(led_to(Path::new("/dev/null")).unwrap(), None);
        assert!(is_same(&path("to_up"), &path("none")) && is_same(&path("file"), &path("sub/../to_file")));
        assert!(!is_same(&path("file"), &path("none")) && !is_same(&path("nowhere"), &path("nowhere")));
        assert!(!is_same(Path::new("/dev/null"), Path::new("/dev/null")));
    }
}
