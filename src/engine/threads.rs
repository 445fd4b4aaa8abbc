//! The threads that count. A system that grants fewer than asked for makes a run slower, and changes no number.

use std::io;
use std::num::NonZeroUsize;

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

/// Fewer threads could be started than a count would have used.
///
/// The report is the one that more threads would have made.
#[derive(Debug)]
#[non_exhaustive]
pub struct FewThreads {
    /// Number of threads that were to count, at least 2.
    pub wanted: usize,
    /// Number of threads that counted, at least 1: the caller's own if none could be started.
    pub used: usize,
    /// The system's answer to the first thread that could not be started.
    pub source: io::Error,
}

/// Threads that count.
pub(super) struct Threads {
    /// `None` if the caller's thread counts alone.
    pub(super) pool: Option<ThreadPool>,
    /// Set if the system granted fewer threads than wanted.
    pub(super) few: Option<FewThreads>,
}

/// The number of threads that `asked` stands for: 0 is as many as the machine has.
pub(super) fn number(asked: usize) -> usize {
    if asked > 0 { asked } else { std::thread::available_parallelism().map_or(1, NonZeroUsize::get) }
}

impl Threads {
    /// Starts `wanted` threads, or as many as the system grants. One thread is the caller's.
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
                    Err(error) if failure.is_none() => failure = Some(again(error)),
                    Err(_) => {}
                }
                granted
            };
            let pool = ThreadPoolBuilder::new().num_threads(number).spawn_handler(spawned).build();
            if let Ok(pool) = pool {
                let few = failure.map(|source| FewThreads { wanted, used: number, source });
                return Threads { pool: Some(pool), few };
            }
            // A pool is whole or not at all: the next one is as large as this one came to be.
            number = started.min(number - 1);
        }
        Threads { pool: None, few: failure.map(|source| FewThreads { wanted, used: 1, source }) }
    }
}

/// The same error once more.
fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A system that starts no more than `granted` threads at a time, and `granted` less one when asked again.
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
    fn as_many_threads_count_as_the_system_grants() {
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
