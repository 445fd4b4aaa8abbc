//! Turns: workers that share a reader lock it, one at a time.

use std::sync::{Mutex, MutexGuard, TryLockError};

pub(super) const LOCK: &str = "no worker panics while it reads";

/// Choice of a worker: to wait while another one reads or decompresses, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocking {
    Lock,
    TryLock,
}

/// Locks the turn; `None` if another worker holds it and this one does not wait.
pub(super) fn lock<T>(state: &Mutex<T>, blocking: Blocking) -> Option<MutexGuard<'_, T>> {
    match blocking {
        Blocking::Lock => Some(state.lock().expect(LOCK)),
        Blocking::TryLock => match state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(_)) => unreachable!("{LOCK}"),
        },
    }
}
