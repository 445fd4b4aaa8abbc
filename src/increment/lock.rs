//! The lock of a state file, so that only one run reads and replaces it at a time.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// A lock on a state file, held until it is dropped. The system releases it when the process ends, however it ends.
///
/// The lock is on a file next to the state, with `.lock` added to its name. That file stays in place: if it were
/// deleted, two runs could hold locks on two files of the same name. The state itself cannot be locked, because it is
/// replaced by a new file.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

/// A choice for the case that another run holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenLocked {
    /// Fail with [`ErrorKind::StateLocked`].
    Fail,
    /// Wait until the lock is released.
    Wait,
}

impl StateLock {
    /// Locks a state file, which need not exist yet.
    ///
    /// ```
    /// use logstat::{ErrorKind, StateLock, WhenLocked};
    /// # let directory = std::env::temp_dir().join(format!("logstat-lock-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// let path = directory.join("shop.state");
    /// let lock = StateLock::lock(&path, WhenLocked::Wait)?;
    /// let error = StateLock::lock(&path, WhenLocked::Fail).expect_err("the lock is held");
    /// assert!(matches!(error.kind(), ErrorKind::StateLocked { .. }));
    /// drop(lock);
    /// StateLock::lock(&path, WhenLocked::Fail)?;
    /// # std::fs::remove_dir_all(&directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StateLocked`] if another run holds the lock, and [`ErrorKind::Io`] if there can be no lock.
    pub fn lock(state: &Path, when_locked: WhenLocked) -> Result<StateLock, Error> {
        let path = lock_path(state);
        let file = open(&path).map_err(|source| ErrorKind::Io { path: path.clone(), source })?;
        let locked = match when_locked {
            WhenLocked::Wait => file.lock().map_err(TryLockError::Error),
            WhenLocked::Fail => file.try_lock(),
        };
        match locked {
            Ok(()) => Ok(StateLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ErrorKind::StateLocked { path: state.to_owned() }.into()),
            Err(TryLockError::Error(source)) => Err(ErrorKind::Io { path, source }.into()),
        }
    }
}

/// The path of the lock: that of the state, with `.lock` added. A link is followed, so that all names of a state have
/// the same lock.
fn lock_path(state: &Path) -> PathBuf {
    let state = std::fs::canonicalize(state).unwrap_or_else(|_| state.to_owned());
    let mut name = OsString::from(state);
    name.push(".lock");
    name.into()
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lock_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shop.state");
        let lock = StateLock::lock(&path, WhenLocked::Fail).unwrap();
        let error = StateLock::lock(&path, WhenLocked::Fail).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::StateLocked { path: locked } if *locked == path));
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || StateLock::lock(&path, WhenLocked::Wait).map(drop)
        });
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(!waiting.is_finished());
        drop(lock);
        waiting.join().unwrap().unwrap();
        assert!(directory.path().join("shop.state.lock").exists());
        StateLock::lock(&path, WhenLocked::Fail).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn names_of_one_state_have_one_lock() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("shop.state"), "").unwrap();
        std::os::unix::fs::symlink("shop.state", path("link.state")).unwrap();
        let _lock = StateLock::lock(&path("shop.state"), WhenLocked::Fail).unwrap();
        assert!(StateLock::lock(&path("link.state"), WhenLocked::Fail).is_err());
    }

    #[test]
    fn lock_in_a_missing_directory_is_an_error_about_the_lock() {
        let error = StateLock::lock(Path::new("/none/shop.state"), WhenLocked::Fail).unwrap_err();
        assert!(error.to_string().starts_with("/none/shop.state.lock: "), "{error}");
    }
}
