//! Atomic replacement of files: each is written next to the old one, and all are renamed once all are complete. A
//! reader never sees half a report, and the old file stays if writing fails. After a rename the directory is synced, so
//! that a crash does not bring the old file back.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use logstat::{Error, ErrorKind};
use tempfile::{Builder, NamedTempFile, TempPath};

use super::interrupt::Unfinished;
use super::messages::shown_path;
use super::output_target::{directory, resolve_target};

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// Path as the user gave it.
    name: PathBuf,
    destination: Destination,
}

/// Purpose of a file, which decides its permissions and the name of its temporary file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A report: mode 0644, less the umask, which the system applies.
    Report,
    /// A state: mode 0600, or that of the file that it replaces.
    State,
    /// A state whose lock this process holds. The temporary file has a fixed name, so that a process that is killed
    /// leaves at most one, which the next run replaces.
    LockedState,
}

#[derive(Debug)]
enum Destination {
    /// A temporary file next to the one it replaces. Symbolic links are followed first, so they are kept.
    Replacement { temporary: Temporary, path: PathBuf },
    /// A pipe or a device, written directly.
    Direct(File),
}

/// A temporary file, deleted when dropped or when a signal ends the program.
#[derive(Debug)]
struct Temporary(Option<NamedTempFile>);

/// A complete file that is not yet in place. It is not open, so there may be any number of them.
#[derive(Debug)]
pub(crate) struct CompleteFile {
    /// Path as the user gave it.
    name: PathBuf,
    /// The temporary file, and the path that it will have. `None` for a pipe or a device, to which all is written.
    temporary: Option<(TempPath, PathBuf)>,
}

impl NewFile {
    /// Creates an empty file next to `path`, or opens `path` if it is a pipe or a device.
    pub(crate) fn create(path: &Path) -> Result<NewFile, Error> {
        let destination = Destination::create(path).map_err(|source| failed(path, source))?;
        Ok(NewFile { name: path.to_owned(), destination })
    }

    /// Creates an empty file next to `path`; `None` if `path` is a pipe or a device.
    pub(crate) fn create_temporary(path: &Path, purpose: Purpose) -> Result<Option<NewFile>, Error> {
        let destination = Destination::create_temporary(path, purpose).map_err(|source| failed(path, source))?;
        Ok(destination.map(|destination| NewFile { name: path.to_owned(), destination }))
    }

    /// Writes the whole content with `write`.
    pub(crate) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let file = match &self.destination {
            Destination::Replacement { temporary, .. } => temporary.file(),
            Destination::Direct(file) => file,
        };
        let mut out = BufWriter::with_capacity(1 << 16, file);
        let written = write(&mut out).and_then(|()| out.flush());
        let synced = written.and_then(|()| match self.destination {
            Destination::Replacement { .. } => file.sync_data(),
            Destination::Direct(_) => Ok(()),
        });
        synced.map_err(|source| failed(&self.name, source))
    }

    /// Closes the file, which must be complete.
    pub(crate) fn complete(self) -> CompleteFile {
        let temporary = match self.destination {
            Destination::Replacement { mut temporary, path } => {
                temporary.0.take().map(|file| (file.into_temp_path(), path))
            }
            Destination::Direct(_) => None,
        };
        CompleteFile { name: self.name, temporary }
    }

    /// Replaces the old file by this one, which must be complete.
    pub(crate) fn persist(self) -> Result<(), Error> {
        self.complete().persist()
    }
}

impl CompleteFile {
    /// The path as the user gave it, escaped for a terminal.
    pub(crate) fn name(&self) -> String {
        shown_path(&self.name)
    }

    /// Replaces the old file by this one.
    pub(crate) fn persist(mut self) -> Result<(), Error> {
        let Some((temporary, path)) = self.temporary.take() else { return Ok(()) };
        let mut unfinished = Unfinished::lock();
        let beside = temporary.to_path_buf();
        let renamed = temporary.persist(&path).map_err(|error| error.error);
        unfinished.remove(&beside);
        renamed.and_then(|()| sync_directory(directory(&path))).map_err(|source| failed(&self.name, source))
    }
}

impl Drop for CompleteFile {
    fn drop(&mut self) {
        if let Some((temporary, _)) = self.temporary.take() {
            let mut unfinished = Unfinished::lock();
            let beside = temporary.to_path_buf();
            drop(temporary);
            unfinished.remove(&beside);
        }
    }
}

impl Destination {
    fn create(path: &Path) -> io::Result<Destination> {
        if let Some(destination) = Destination::create_temporary(path, Purpose::Report)? {
            return Ok(destination);
        }
        let file = match descriptor(path)? {
            Some(file) => file,
            None => OpenOptions::new().append(true).open(path)?,
        };
        Ok(Destination::Direct(file))
    }

    fn create_temporary(path: &Path, purpose: Purpose) -> io::Result<Option<Destination>> {
        if descriptor(path)?.is_some() {
            return Ok(None);
        }
        let Some(path) = resolve_target(path)? else { return Ok(None) };
        let temporary = Temporary::create(&path, purpose)?;
        if purpose != Purpose::Report
            && let Ok(old) = fs::metadata(&path)
        {
            temporary.file().set_permissions(old.permissions())?;
        }
        Ok(Some(Destination::Replacement { temporary, path }))
    }
}

impl Temporary {
    /// Creates a file in the directory of `path`.
    fn create(path: &Path, purpose: Purpose) -> io::Result<Temporary> {
        let folder = directory(path);
        let mut builder = Builder::new();
        let fixed = path.file_name().filter(|_| purpose == Purpose::LockedState).map(|name| {
            let mut fixed = OsString::from(".");
            fixed.push(name);
            fixed.push(".logstat-new");
            fixed
        });
        match &fixed {
            Some(name) => builder.prefix(name).rand_bytes(0),
            None => builder.prefix(".logstat-"),
        };
        let permissions = purpose.permissions();
        if let Some(permissions) = &permissions {
            builder.permissions(permissions.clone());
        }
        let mut unfinished = Unfinished::lock();
        if let Some(name) = &fixed {
            remove_if_exists(&folder.join(name))?;
        }
        let file = builder.tempfile_in(folder)?;
        unfinished.add(file.path());
        Ok(Temporary(Some(file)))
    }

    fn file(&self) -> &File {
        self.0.as_ref().expect("only complete and drop remove the file").as_file()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            let mut unfinished = Unfinished::lock();
            let beside = file.path().to_owned();
            drop(file);
            unfinished.remove(&beside);
        }
    }
}

/// Opens standard output or error if `path` names it. A file that one of them is redirected to must not be replaced:
/// the process would go on writing to the old file, at the offset that both share.
#[cfg(unix)]
fn descriptor(path: &Path) -> io::Result<Option<File>> {
    use std::os::fd::AsFd;
    let clone = |descriptor: std::os::fd::BorrowedFd<'_>| descriptor.try_clone_to_owned().map(File::from).map(Some);
    match path.to_str() {
        Some("/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => clone(io::stdout().as_fd()),
        Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => clone(io::stderr().as_fd()),
        _ => Ok(None),
    }
}

#[cfg(not(unix))]
fn descriptor(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

fn failed(path: &Path, source: io::Error) -> Error {
    ErrorKind::Io { path: path.to_owned(), source }.into()
}

/// Removes the temporary file of a process that was killed.
fn remove_if_exists(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the system write a directory to the disk. A directory that may not be read, or a file system that cannot do
/// this, is not an error: the file is in place.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    let Ok(opened) = File::open(directory) else { return Ok(()) };
    match opened.sync_all() {
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

impl Purpose {
    /// The permissions to create a file with; `None` if the system has no such permissions.
    fn permissions(self) -> Option<Permissions> {
        #[cfg(unix)]
        return Some(std::os::unix::fs::PermissionsExt::from_mode(match self {
            Purpose::Report => 0o644,
            Purpose::State | Purpose::LockedState => 0o600,
        }));
        #[cfg(not(unix))]
        None
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn state_keeps_the_permissions_of_the_old_one() {
        for purpose in [Purpose::State, Purpose::LockedState] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.state");
            let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let replace = || {
                let file = NewFile::create_temporary(&path, purpose).unwrap().unwrap();
                file.write(|out| out.write_all(b"new")).and_then(|()| file.persist()).unwrap();
            };
            replace();
            assert_eq!(mode(), 0o600);
            for other in [0o640, 0o666, 0o400] {
                fs::set_permissions(&path, PermissionsExt::from_mode(other)).unwrap();
                replace();
                assert_eq!(mode(), other);
            }
            assert_eq!(fs::read(&path).unwrap(), b"new");
            assert_eq!(names(folder.path()), ["a.state"]);
        }
    }

    #[test]
    fn temporary_file_of_a_killed_process_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.state");
        fs::write(folder.path().join(".a.state.logstat-new"), "half").unwrap();
        let file = NewFile::create_temporary(&path, Purpose::LockedState).unwrap().unwrap();
        assert_eq!(names(folder.path()), [".a.state.logstat-new"]);
        file.write(|out| out.write_all(b"new")).and_then(|()| file.persist()).unwrap();
        assert_eq!(names(folder.path()), ["a.state"]);
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
