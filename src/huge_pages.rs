//! Asking the system for large pages, for what is large and looked at in no order.
//!
//! A table of many megabytes is touched everywhere: with pages of four kilobytes each first touch of one is a fault, and
//! each later one may have to look its address up. It is a hint: where it is not taken, nothing is lost.
#![allow(unsafe_code)]

/// What is smaller has few pages anyway.
const LARGE: usize = 8 << 20;

/// So many items without a value, in large pages if they are large.
pub(crate) fn zeros(len: usize) -> Vec<u64> {
    let list = vec![0; len];
    advise(&list);
    list
}

/// Makes room for so many more items, at least twice as much as there is.
///
/// Not by `reserve` where the list is large: that would fill pages before anybody could say that they should be large ones.
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

/// Asks for large pages for the memory of a list, nothing of which was touched.
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
        // SAFETY: the range is within an allocation of ours, and the advice changes nothing of what is in it. Whether it is
        // taken is of no account.
        unsafe { libc::madvise(from as *mut libc::c_void, to - from, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise_range(_start: usize, _bytes: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_grows_and_is_what_it_was() {
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
