//! The threads that count. If the system grants fewer than asked for, a run is slower, but no number changes.

use std::io;
use std::num::NonZeroUsize;

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

/// Details of a count for which fewer threads could be started than it would have used.
///
/// The report is the same as with more threads.
#[derive(Debug)]
#[non_exhaustive]
pub struct FewThreads {
    /// Number of threads that should have counted, at least 2.
    pub wanted: usize,
    /// Number of threads that counted, at least 1: the caller's own thread if none could be started.
    pub used: usize,
    /// The system's error for the first thread that could not be started.
    pub source: io::Error,
}

/// Threads that count.
pub(super) struct Threads {
    /// `None` if the caller's thread counts alone.
    pub(super) pool: Option<ThreadPool>,
    /// Set if the system granted fewer threads than wanted.
    pub(super) few: Option<FewThreads>,
}

/// Number of threads to use for a setting; 0 means as many as the machine has.
pub(crate) fn number(asked: usize) -> usize {
    if asked > 0 { asked } else { std::thread::available_parallelism().map_or(1, NonZeroUsize::get) }
}

impl Threads {
    /// Starts `wanted` threads, or as many as the system grants. If that is one, the caller's thread counts and no pool
    /// is started.
    pub(super) fn start(wanted: usize) -> Threads {
        Threads::start_by(wanted, &|thread| {
            let mut builder = std::thread::Builder::new();
            if let Some(bytes) = thread.stack_size() {
                builder = builder.stack_size(bytes);
            }
            builder.spawn(|| thread.run()).map(drop)
        })
    }

    fn start_by(wanted: usize, spawn: &dyn Fn(ThreadBuilder) -> io::Result<()>) -> Threads {
        let (mut number, mut failure) = (wanted, None);
        while number > 1 {
            let mut started = 0;
            let spawned = |thread| {
                let granted = spawn(thread);
                match &granted {
                    Ok(()) => started += 1,
                    Err(error) if failure.is_none() => failure = Some(copy_error(error)),
                    Err(_) => {}
                }
                granted
            };
            let pool = ThreadPoolBuilder::new().num_threads(number).spawn_handler(spawned).build();
            if let Ok(pool) = pool {
                let few = failure.map(|source| FewThreads { wanted, used: number, source });
                return Threads { pool: Some(pool), few };
            }
            // rayon builds a complete pool or none: retry with as many threads as could be started.
            number = started.min(number - 1);
        }
        Threads { pool: None, few: failure.map(|source| FewThreads { wanted, used: 1, source }) }
    }
}

/// Copies an error, because `io::Error` is not `Clone`.
fn copy_error(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Simulates a system that starts at most `granted` threads at a time; `granted` less one when asked again.
    fn start(wanted: usize, granted: usize) -> (usize, Option<(usize, usize, io::ErrorKind)>) {
        let running = AtomicUsize::new(0);
        let threads = Threads::start_by(wanted, &|thread| {
            if thread.index() == 0 {
                running.store(0, Ordering::Relaxed);
            }
            if running.fetch_add(1, Ordering::Relaxed) >= granted {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            std::thread::Builder::new().spawn(|| thread.run()).map(drop)
        });
        let few = threads.few.map(|few| (few.wanted, few.used, few.source.kind()));
        (threads.pool.map_or(1, |pool| pool.current_num_threads()), few)
    }

    #[test]
    fn pool_has_as_many_threads_as_the_system_grants() {
        let few = |wanted, used| Some((wanted, used, io::ErrorKind::WouldBlock));
        let rows = [
            ((1, 0), (1, None)),
            ((2, 2), (2, None)),
            ((4, 9), (4, None)),
            ((4, 3), (3, few(4, 3))),
            ((8, 2), (2, few(8, 2))),
            ((8, 1), (1, few(8, 1))),
            ((2, 0), (1, few(2, 1))),
        ];
        for ((wanted, granted), expected) in rows {
            assert_eq!(start(wanted, granted), expected, "{granted} of {wanted}");
        }
    }

    #[test]
    fn every_thread_of_a_smaller_pool_works() {
        let threads = Threads::start_by(6, &|thread| {
            if thread.index() > 3 {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            std::thread::Builder::new().spawn(|| thread.run()).map(drop)
        });
        let worked = threads.pool.map(|pool| pool.broadcast(|context| context.index()));
        assert_eq!(worked, Some(vec![0, 1, 2, 3]));
    }
}
