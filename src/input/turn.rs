//! Turns: workers that share a reader lock it, one at a time.

use std::sync::{Mutex, MutexGuard, TryLockError};

pub(super) const LOCK: &str = "no worker panics while it reads";

/// Choice of a worker: to wait while another one reads or decompresses, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    Yes,
    No,
}

/// Locks the turn; `None` if another worker holds it and this one does not wait.
pub(super) fn take<T>(turn: &Mutex<T>, wait: Wait) -> Option<MutexGuard<'_, T>> {
    match wait {
        Wait::Yes => Some(turn.lock().expect(LOCK)),
        Wait::No => match turn.try_lock() {
            Ok(turn) => Some(turn),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(_)) => unreachable!("{LOCK}"),
        },
    }
}
