//! The parts of texts that came last. Most lines have a host that is among them, which then costs one comparison.

use crate::keys::PartId;

/// The parts of recent texts. Each text has one place, and the last one there stays.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentTexts {
    /// Empty before the first text.
    places: Vec<Option<(Vec<u8>, PartId)>>,
}

/// Number of places as a power of two.
const BITS: u32 = 10;
/// Longer texts are not kept.
const MOST_BYTES: usize = 256;

impl RecentTexts {
    /// The part of a text. `find` finds it if the text is not among the recent ones.
    #[inline]
    pub(super) fn part(&mut self, text: &[u8], find: impl FnOnce() -> PartId) -> PartId {
        let at = place(text);
        match self.places.get(at) {
            Some(Some((known, part))) if *known == text => *part,
            _ => self.put(at, text, find()),
        }
    }

    #[cold]
    #[inline(never)]
    fn put(&mut self, at: usize, text: &[u8], part: PartId) -> PartId {
        self.places.resize(1 << BITS, None);
        if text.len() <= MOST_BYTES {
            let (kept, of_kept) = self.places[at].get_or_insert_with(|| (Vec::new(), part));
            kept.clear();
            kept.extend_from_slice(text);
            *of_kept = part;
        }
        part
    }
}

/// The place of a text, from its length and from its first, middle and last bytes.
#[inline]
fn place(text: &[u8]) -> usize {
    let len = text.len();
    let word =
        |start: usize| text.get(start..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let mixed = match len {
        0..8 => text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        _ => word(0) ^ word(len / 2 - 4).rotate_left(21) ^ word(len - 8).rotate_left(42),
    };
    ((mixed ^ len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    proptest::proptest! {
        #[test]
        fn each_text_has_its_part(
            texts in proptest::collection::vec(proptest::collection::vec(b'a'..=b'c', 0..20), 1..300),
        ) {
            let mut recent = RecentTexts::default();
            let part_of = |text: &[u8]| PartId(text.iter().fold(7, |sum, byte| sum * 31 % 65_537 + u32::from(*byte)));
            for text in &texts {
                proptest::prop_assert_eq!(recent.part(text, || part_of(text)), part_of(text));
            }
        }
    }

    #[test]
    fn few_hosts_are_found_once() {
        let (mut recent, found) = (RecentTexts::default(), Cell::new(0));
        for _ in 0..10 {
            for host in 0..100_u32 {
                let part = recent.part(format!("site{host}.example.com").as_bytes(), || {
                    found.set(found.get() + 1);
                    PartId(host)
                });
                assert_eq!(part, PartId(host));
            }
        }
        // Hosts that share a place are found again each time.
        assert!(found.get() < 200, "{}", found.get());
        let long = [b'x'; MOST_BYTES + 1];
        assert_eq!([1, 2].map(|id| recent.part(&long, || PartId(id))), [PartId(1), PartId(2)]);
    }
}
