//! Keys stored contiguously, each after its id and length.

use crate::huge_pages;
use crate::prefetch::prefetch;

/// Records of keys: id, length, bytes. A record starts at a multiple of [`ALIGN`] bytes; its place is its offset
/// divided by `ALIGN`.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena(Vec<u8>);

const ALIGN: usize = 8;
const HEADER: usize = 8;

impl Arena {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The id and the key of the record at a place.
    #[inline(always)]
    pub(super) fn record(&self, place: u32) -> (u32, &[u8]) {
        let at = place as usize * ALIGN;
        let header = u64::from_le_bytes(*self.0[at..].first_chunk::<HEADER>().expect("every record has a header"));
        (header as u32, &self.0[at + HEADER..at + HEADER + (header >> 32) as usize])
    }

    /// Prefetches a short record.
    #[inline(always)]
    pub(super) fn prefetch(&self, place: u32) {
        let start = place as usize * ALIGN;
        prefetch(&self.0, start);
        prefetch(&self.0, start + 56);
    }

    /// Appends a record, and returns its place.
    pub(super) fn store(&mut self, key: &[u8], id: u32) -> u32 {
        let place = u32::try_from(self.0.len() / ALIGN).ok().filter(|p| *p < u32::MAX).expect(super::ROOM);
        let len = u32::try_from(key.len()).expect("lines are shorter than 4 GiB");
        huge_pages::reserve(&mut self.0, (HEADER + key.len()).next_multiple_of(ALIGN));
        self.0.extend_from_slice(&(u64::from(len) << 32 | u64::from(id)).to_le_bytes());
        self.0.extend_from_slice(key);
        self.0.resize(self.0.len().next_multiple_of(ALIGN), 0);
        place
    }

    /// Keeps only the records at these ascending places, and updates the places. The records get the ids 0, 1, 2 … in
    /// this order.
    pub(super) fn keep(&mut self, places: &mut [u32]) {
        let mut end = 0;
        for (id, place) in (0_u32..).zip(places) {
            let start = *place as usize * ALIGN;
            let len = (HEADER + self.record(*place).1.len()).next_multiple_of(ALIGN);
            debug_assert!(end <= start, "places ascend");
            self.0.copy_within(start..start + len, end);
            self.0[end..end + 4].copy_from_slice(&id.to_le_bytes());
            *place = (end / ALIGN) as u32;
            end += len;
        }
        self.0.truncate(end);
    }
}
