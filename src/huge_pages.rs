//! Asks the system for huge pages, for large memory that is accessed in random order.
//!
//! A table of many megabytes is accessed everywhere. With pages of four kilobytes, the first access to each page is a
//! fault, and later ones may miss the TLB. This is a hint: if the system ignores it, nothing is lost.
#![allow(unsafe_code)]

/// Minimum number of bytes for huge pages. Anything smaller has few pages anyway.
const LARGE: usize = 8 << 20;

/// Allocates `len` zeros, in huge pages if that is large.
pub(crate) fn zeros(len: usize) -> Vec<u64> {
    let list = vec![0; len];
    advise(&list);
    list
}

/// Makes room for `more` items. If the list has to grow, its capacity at least doubles.
///
/// Does not use `Vec::reserve` for a large list, which would fill the new pages before they can become huge ones.
#[inline]
pub(crate) fn reserve<T: Copy>(list: &mut Vec<T>, more: usize) {
    if more > list.capacity() - list.len() {
        grow(list, more);
    }
}

#[cold]
#[inline(never)]
fn grow<T: Copy>(list: &mut Vec<T>, more: usize) {
    let capacity = (list.len() + more).max(2 * list.capacity());
    if capacity * size_of::<T>() < LARGE {
        list.reserve(more);
        return;
    }
    let mut grown = Vec::with_capacity(capacity);
    advise(&grown);
    grown.extend_from_slice(list);
    *list = grown;
}

/// Asks for huge pages for the memory of a list, none of which has been touched.
fn advise<T>(list: &Vec<T>) {
    let bytes = list.capacity() * size_of::<T>();
    if bytes >= LARGE {
        advise_range(list.as_ptr().addr(), bytes);
    }
}

#[cfg(target_os = "linux")]
fn advise_range(start: usize, bytes: usize) {
    const PAGE: usize = 2 << 20;
    let (from, to) = (start.next_multiple_of(PAGE), (start + bytes) & !(PAGE - 1));
    if from < to {
        // SAFETY: the range is within an allocation of ours, and the advice does not change its contents. Errors are
        // ignored, because the kernel may ignore the advice anyway.
        unsafe { libc::madvise(from as *mut libc::c_void, to - from, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise_range(_start: usize, _bytes: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_keeps_its_items_when_it_grows() {
        let mut list = Vec::new();
        for i in 0..3 * LARGE as u32 / 4 {
            reserve(&mut list, 1);
            assert!(list.capacity() > list.len());
            list.push(i);
        }
        assert!((0..).zip(&list).all(|(i, item)| i == *item));
        assert_eq!(zeros(LARGE), vec![0; LARGE]);
    }
}
