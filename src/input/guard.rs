//! The SIGBUS handler, and the mappings that it watches.
//!
//! A mapped file may shrink, for example by logrotate's `copytruncate`, or become unreadable on a broken disk. Touching
//! a lost page then raises SIGBUS, which would end the process. Instead, the handler replaces the lost pages with zeros
//! and marks the mapping as hurt.
#![allow(unsafe_code)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Proof that this process survives if a mapped file shrinks. Created by [`guard_mappings`].
#[derive(Clone, Copy, Debug)]
pub struct MapGuard(());

/// Installs a SIGBUS handler so that the process survives if a mapped file shrinks. Returns `None` if that is not
/// possible.
///
/// This changes the whole process, so the library never does it by itself. A program that owns its process calls it
/// once, and passes the result to [`Access::Map`](crate::Access::Map). A SIGBUS with any other cause ends the process
/// as usual.
pub fn guard_mappings() -> Option<MapGuard> {
    handler::install().then_some(MapGuard(()))
}

/// Address range of a mapping, which the handler looks up. Regions are never freed, but reused. The handler may run at
/// any moment, so it uses start and length only if the generation is even, and the same before and after reading them.
pub(super) struct Region {
    /// Odd while start and length change. Every change increments it twice.
    generation: AtomicUsize,
    start: AtomicUsize,
    /// Length in bytes; 0 for a free region.
    len: AtomicUsize,
    hurt: AtomicUsize,
    next: AtomicUsize,
}

/// Address of the first region in the list; 0 if the list is empty.
static REGIONS: AtomicUsize = AtomicUsize::new(0);

/// Free regions of the list, the most recently used one last. Only threads lock it, never the handler. A thread that
/// holds the lock touches no mapping, so the handler cannot interrupt it.
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

    /// Registers an address range with the handler.
    pub(super) fn watch(start: usize, len: usize) -> &'static Region {
        // The list is intact even if the lock is poisoned: a push or a pop is never interrupted by a panic.
        let free = FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let region = free.unwrap_or_else(Region::publish);
        region.change(start, len);
        region
    }

    /// Changes the address range. Only the thread that takes the region from the free list, or returns it, may call
    /// this.
    fn change(&self, start: usize, len: usize) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.hurt.store(0, Ordering::SeqCst);
        self.start.store(start, Ordering::SeqCst);
        self.len.store(len, Ordering::SeqCst);
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Start and length of the mapping; `None` if the region is free or changing. A region that is changing is not the
    /// one that the faulting thread touched.
    fn addresses(&self) -> Option<(usize, usize)> {
        let generation = self.generation.load(Ordering::SeqCst);
        let (start, len) = (self.start.load(Ordering::SeqCst), self.len.load(Ordering::SeqCst));
        let is_whole = generation.is_multiple_of(2) && self.generation.load(Ordering::SeqCst) == generation;
        (is_whole && len > 0).then_some((start, len))
    }

    /// Adds a new free region to the list that the handler reads.
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
        REGIONS
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, publish)
            .expect("the kernel always passes the address");
        new
    }

    /// Unregisters the mapping, so that the region can be reused.
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

    /// Maps zeros over the lost pages of a file. It uses only atomics, `mmap` and `sigaction`: no lock, no allocation.
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
        // Not one of our mappings: restore the default action, which the same instruction then triggers.
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

    /// Other tests in this process map files at the same time, so the list may be slightly longer than the number of
    /// regions watched here.
    #[test]
    fn regions_are_reused() {
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
    fn addresses_of_reused_region_are_never_torn() {
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
            // Without concurrent changes, reading always succeeds.
            assert_eq!(region.addresses(), Some((199_999 << 20, 199_999)));
            std::thread::sleep(std::time::Duration::from_millis(5));
            is_done.store(true, Ordering::Release);
            assert!(reader.join().unwrap() > 0);
        });
        region.forget();
        assert_eq!(region.addresses(), None);
    }
}
