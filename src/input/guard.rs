//! The handler of SIGBUS, and the mappings that it watches.
//!
//! A file that shrinks while it is mapped, as logrotate's `copytruncate` makes it, or that a broken disk cannot read, does not end
//! the process: touching a lost page raises SIGBUS, and the handler puts pages of zeros in its place and marks the mapping as hurt.
#![allow(unsafe_code)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Proof that this process outlives a mapped file that shrinks; made by [`guard_mappings`].
#[derive(Clone, Copy, Debug)]
pub struct MapGuard(());

/// Makes the process outlive mapped files that shrink, by a handler for SIGBUS; `None` where there is no such thing.
///
/// This changes the process, so the library never does it by itself: a program that owns its process calls it once,
/// and passes what it gets to [`Access::Map`](crate::Access::Map). A SIGBUS that comes from elsewhere ends the process as it would without.
pub fn guard_mappings() -> Option<MapGuard> {
    handler::install().then_some(MapGuard(()))
}

/// The addresses of a mapping, for the handler to find. Regions are never freed, and used again: a handler may look
/// at any moment, so it reads start and length between two equal, even generations.
pub(super) struct Region {
    /// Odd while start and length change. Each use of the region has its own two numbers.
    generation: AtomicUsize,
    start: AtomicUsize,
    /// 0 for a region that is free.
    len: AtomicUsize,
    hurt: AtomicUsize,
    next: AtomicUsize,
}

/// The address of the first region of the list, 0 for none.
static REGIONS: AtomicUsize = AtomicUsize::new(0);

/// Regions of the list that are free, the one that was used last at the end. Only threads lock it, never the handler: a thread
/// that holds it touches no mapping, so the handler cannot interrupt one.
static FREE: Mutex<Vec<&'static Region>> = Mutex::new(Vec::new());

impl Region {
    fn all() -> impl Iterator<Item = &'static Region> {
        let mut at = REGIONS.load(Ordering::Acquire);
        std::iter::from_fn(move || {
            // SAFETY: the list holds addresses of leaked boxes alone, each whole before it was published.
            let region = unsafe { (at as *const Region).as_ref() }?;
            at = region.next.load(Ordering::Acquire);
            Some(region)
        })
    }

    /// Has the handler watch these addresses.
    pub(super) fn watch(start: usize, len: usize) -> &'static Region {
        // A poisoned list is whole: nothing panics between its pushes and pops.
        let free = FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let region = free.unwrap_or_else(Region::publish);
        region.change(start, len);
        region
    }

    /// Changes the addresses. Only the thread that took the region from the free ones, or gives it back, does so.
    fn change(&self, start: usize, len: usize) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.hurt.store(0, Ordering::SeqCst);
        self.start.store(start, Ordering::SeqCst);
        self.len.store(len, Ordering::SeqCst);
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Start and length of the mapping; `None` if there is none, or if it changes meanwhile, so that it is not the one that a
    /// thread has touched.
    fn addresses(&self) -> Option<(usize, usize)> {
        let generation = self.generation.load(Ordering::SeqCst);
        let (start, len) = (self.start.load(Ordering::SeqCst), self.len.load(Ordering::SeqCst));
        let is_whole = generation.is_multiple_of(2) && self.generation.load(Ordering::SeqCst) == generation;
        (is_whole && len > 0).then_some((start, len))
    }

    /// Adds a free region to the list that the handler reads.
    fn publish() -> &'static Region {
        let new = Box::leak(Box::new(Region {
            generation: AtomicUsize::new(0),
            start: AtomicUsize::new(usize::MAX),
            len: AtomicUsize::new(0),
            hurt: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
        }));
        let address = std::ptr::from_ref(new) as usize;
        let publish = |first| {
            new.next.store(first, Ordering::Release);
            Some(address)
        };
        REGIONS.fetch_update(Ordering::AcqRel, Ordering::Acquire, publish).expect("an address is always given");
        new
    }

    /// Has the handler watch this mapping no more.
    pub(super) fn forget(&'static self) {
        self.change(usize::MAX, 0);
        FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(self);
    }

    #[cfg(test)]
    pub(super) fn hurt(&self) {
        self.hurt.store(1, Ordering::Release);
    }

    pub(super) fn is_hurt(&self) -> bool {
        self.hurt.load(Ordering::Relaxed) != 0
    }
}

#[cfg(unix)]
mod handler {
    use super::{Ordering, Region};
    use std::sync::OnceLock;

    static PAGE: OnceLock<usize> = OnceLock::new();

    pub(super) fn install() -> bool {
        static INSTALLED: OnceLock<bool> = OnceLock::new();
        *INSTALLED.get_or_init(|| {
            // SAFETY: sysconf only reads.
            let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
            let Ok(page) = usize::try_from(page) else { return false };
            PAGE.get_or_init(|| page);
            // SAFETY: the struct is valid when zeroed; the handler has the signature that SA_SIGINFO asks for, and
            // does nothing that is not allowed in a handler (below).
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = on_sigbus as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO;
                libc::sigemptyset(&raw mut action.sa_mask);
                libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut()) == 0
            }
        })
    }

    /// Puts zeros where a mapped file has ended. Atomics, `mmap` and `sigaction` are all it uses: no lock, no allocation.
    extern "C" fn on_sigbus(_signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
        // SAFETY: with SA_SIGINFO the kernel passes a valid siginfo, whose address is that of the fault.
        let address = unsafe { (*info).si_addr() } as usize;
        let page = PAGE.get().copied().unwrap_or(4096);
        for region in Region::all() {
            let Some((start, len)) = region.addresses() else { continue };
            if address < start || address - start >= len {
                continue;
            }
            let from = address / page * page;
            let bytes = (start + len - from).div_ceil(page) * page;
            // SAFETY: the range is pages of our own mapping: the thread that touched them holds it, so it stays mapped, and no
            // other code owns them. They are replaced by zeros, which any reader may find there.
            let zeros = unsafe {
                libc::mmap(
                    from as *mut libc::c_void,
                    bytes,
                    libc::PROT_READ,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                    -1,
                    0,
                )
            };
            if zeros != libc::MAP_FAILED {
                region.hurt.store(1, Ordering::Release);
                return;
            }
        }
        // Not ours: the default action, at the same instruction again.
        // SAFETY: the struct is valid when zeroed, and sigaction may be called in a handler.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = libc::SIG_DFL;
            libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut());
        }
    }
}

#[cfg(not(unix))]
mod handler {
    pub(super) fn install() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Other tests of the process map files at the same time, so the list may be longer than what is watched here, but by few.
    #[test]
    fn regions_are_used_again() {
        let before = Region::all().count();
        for _ in 0..1000 {
            let regions: Vec<_> = (1..=10).map(|at| Region::watch(at << 40, 1)).collect();
            assert!(regions.iter().all(|region| !region.is_hurt()));
            regions.into_iter().for_each(Region::forget);
        }
        assert!(Region::all().count() < before + 1000);
    }

    /// A reader never sees the start of one use with the length of another.
    #[test]
    fn addresses_are_read_whole_while_a_region_is_used_again() {
        let region = Region::publish();
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut seen = 0;
                while !is_done.load(Ordering::Acquire) {
                    if let Some((start, len)) = region.addresses() {
                        assert_eq!(start, len << 20);
                        seen += 1;
                    }
                }
                seen
            });
            for len in 1..200_000 {
                region.change(len << 20, len);
            }
            // At rest it is always read.
            assert_eq!(region.addresses(), Some((199_999 << 20, 199_999)));
            std::thread::sleep(std::time::Duration::from_millis(5));
            is_done.store(true, Ordering::Release);
            assert!(reader.join().unwrap() > 0);
        });
        region.forget();
        assert_eq!(region.addresses(), None);
    }
}
