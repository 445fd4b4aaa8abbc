//! Handles signals that end the program, so that it leaves no unfinished files behind.
//!
//! While there is no unfinished file, a signal ends the process at once. From the first one on, a thread waits for
//! signals, deletes the unfinished files, and exits. Creating such a file and putting it in place take the same lock,
//! so that a file is always either listed, in place, or absent.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// Files that are deleted if a signal ends the program.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The list of unfinished files. No signal deletes them while this lock is held.
pub(crate) struct Unfinished(MutexGuard<'static, Vec<PathBuf>>);

impl Unfinished {
    /// Locks the list, waiting for other threads that change it.
    pub(crate) fn lock() -> Unfinished {
        signals::watch();
        Unfinished(UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a file that was created under this lock.
    pub(crate) fn add(&mut self, path: &Path) {
        self.0.push(path.to_owned());
    }

    /// Removes a file that is in place, or deleted.
    pub(crate) fn remove(&mut self, path: &Path) {
        self.0.retain(|other| other != path);
    }
}

/// Deletes the unfinished files when memory has run out. It allocates nothing, and does not wait for the lock, because
/// this thread may be the one that holds it.
pub(crate) fn delete_unfinished() {
    let unfinished = match UNFINISHED.try_lock() {
        Ok(unfinished) => unfinished,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return,
    };
    unfinished.iter().for_each(|path| signals::unlink(path));
}

/// Makes SIGINT, SIGTERM and SIGHUP end the program with exit code 128 plus their number. Turns SIGXFSZ, sent if a file
/// grows beyond a limit, into an error of that write. SIGINT and SIGHUP stay ignored if they were ignored at the start:
/// a shell without job control starts background jobs with SIGINT ignored, and nohup ignores SIGHUP.
pub(crate) fn exit_on_signals() {
    signals::exit_at_once();
}

#[cfg(unix)]
mod signals {
    #![allow(unsafe_code)]

    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, LazyLock, Once, PoisonError};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;

    use super::UNFINISHED;

    /// True while no file is unfinished.
    static AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

    /// The signals that end the program.
    fn ending() -> impl Iterator<Item = i32> {
        [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| *signal == SIGTERM || !is_ignored(*signal))
    }

    fn exit_code(signal: i32) -> i32 {
        128 + signal
    }

    /// Registers handlers. Registering fails only on a system without resources; the default action of the signal then
    /// remains.
    pub(super) fn exit_at_once() {
        for signal in ending() {
            let _ = signal_hook::flag::register_conditional_shutdown(signal, exit_code(signal), Arc::clone(&AT_ONCE));
        }
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    }

    /// Starts the thread that deletes unfinished files, once.
    pub(super) fn watch() {
        static STARTED: Once = Once::new();
        STARTED.call_once(|| {
            let Ok(mut signals) = Signals::new(ending()) else { return };
            let delete_and_exit = move || {
                let Some(signal) = signals.forever().next() else { return };
                // Held until exit, so that no file is created or put in place any more.
                let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
                for path in unfinished.iter() {
                    // Nothing can be done about a file that cannot be deleted.
                    let _ = std::fs::remove_file(path);
                }
                std::process::exit(exit_code(signal));
            };
            if std::thread::Builder::new().spawn(delete_and_exit).is_ok() {
                AT_ONCE.store(false, Ordering::SeqCst);
            }
        });
    }

    /// Deletes a file without allocating. A path longer than `PATH_MAX` is not deleted.
    pub(super) fn unlink(path: &std::path::Path) {
        let mut with_nul = [0; libc::PATH_MAX as usize];
        let path = path.as_os_str().as_encoded_bytes();
        if path.len() < with_nul.len() {
            with_nul[..path.len()].copy_from_slice(path);
            // SAFETY: the bytes end with NUL.
            unsafe { libc::unlink(with_nul.as_ptr().cast()) };
        }
    }

    /// True if a signal is currently ignored.
    fn is_ignored(signal: i32) -> bool {
        // SAFETY: the struct is valid when zeroed, and without a new action sigaction only writes the present one into it.
        unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut now) == 0 && now.sa_sigaction == libc::SIG_IGN
        }
    }
}

#[cfg(not(unix))]
mod signals {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    pub(super) fn exit_at_once() {
        let always = Arc::new(AtomicBool::new(true));
        let _ = signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, 130, always);
    }

    /// Nothing to watch: there is no thread that deletes files on this system.
    pub(super) fn watch() {}

    /// Deletes a file. Nothing can be done if that fails.
    pub(super) fn unlink(path: &std::path::Path) {
        let _ = std::fs::remove_file(path);
    }
}
