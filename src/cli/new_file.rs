//! Atomic replacement of files: each is written next to the old one, and all are renamed once all are complete. A
//! reader never sees half a report, and the old file stays if writing fails.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use logstat::{Error, ErrorKind};
use tempfile::{Builder, NamedTempFile};

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

impl NewFile {
    /// Creates an empty file next to `path`, or opens `path` if it is a pipe or a device.
    pub(crate) fn create(path: &Path) -> Result<NewFile, Error> {
        let destination = Destination::create(path).map_err(|source| failed(path, source))?;
        Ok(NewFile { name: path.to_owned(), destination })
    }

    /// Creates an empty file next to `path`; `None` if `path` is a pipe or a device.
    pub(crate) fn create_temporary(path: &Path) -> Result<Option<NewFile>, Error> {
        let destination = Destination::create_temporary(path).map_err(|source| failed(path, source))?;
        Ok(destination.map(|destination| NewFile { name: path.to_owned(), destination }))
    }

    /// The path as the user gave it, escaped for a terminal.
    pub(crate) fn name(&self) -> String {
        shown_path(&self.name)
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

    /// Replaces the old file by this one, which must be complete.
    pub(crate) fn persist(self) -> Result<(), Error> {
        match self.destination {
            Destination::Replacement { temporary, path } => {
                temporary.rename(&path).map_err(|source| failed(&self.name, source))
            }
            Destination::Direct(_) => Ok(()),
        }
    }
}

impl Destination {
    fn create(path: &Path) -> io::Result<Destination> {
        if let Some(destination) = Destination::create_temporary(path)? {
            return Ok(destination);
        }
        let file = match descriptor(path)? {
            Some(file) => file,
            None => OpenOptions::new().append(true).open(path)?,
        };
        Ok(Destination::Direct(file))
    }

    fn create_temporary(path: &Path) -> io::Result<Option<Destination>> {
        if descriptor(path)?.is_some() {
            return Ok(None);
        }
        let Some(path) = resolve_target(path)? else { return Ok(None) };
        Ok(Some(Destination::Replacement { temporary: Temporary::create(directory(&path))?, path }))
    }
}

impl Temporary {
    fn create(directory: &Path) -> io::Result<Temporary> {
        let mut builder = Builder::new();
        builder.prefix(".logstat-");
        let permissions = readable();
        if let Some(permissions) = &permissions {
            builder.permissions(permissions.clone());
        }
        let mut unfinished = Unfinished::lock();
        let file = builder.tempfile_in(directory)?;
        unfinished.add(file.path());
        Ok(Temporary(Some(file)))
    }

    fn file(&self) -> &File {
        self.0.as_ref().expect("only rename and drop remove the file").as_file()
    }

    fn rename(mut self, path: &Path) -> io::Result<()> {
        let mut unfinished = Unfinished::lock();
        let file = self.0.take().expect("only rename and drop remove the file");
        let beside = file.path().to_owned();
        let renamed = file.persist(path).map(drop).map_err(|error| error.error);
        unfinished.remove(&beside);
        renamed
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

/// Permissions of an ordinary new file: 0644, less the umask, which the system applies.
fn readable() -> Option<Permissions> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    #[cfg(not(unix))]
    None
}
