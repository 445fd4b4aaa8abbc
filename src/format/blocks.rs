//! Quotes, backslashes and LFs in blocks of 64 bytes: a bit for each, then a place for each bit.
//!
//! Sixteen bytes a comparison is what every x86-64 and every ARM has; where the processor turns out to have AVX2, the
//! same loop is there a second time with thirty-two.

use wide::u8x16;

/// How many bytes are looked at together.
const BLOCK: usize = 64;
/// How many bytes are looked at before what was found is put down.
const STRIP: usize = 16 * BLOCK;
const ROOM: &str = "a list has room for a mark a byte of the strip";
/// As many quotes as nearly any block has. So many are written without asking how many there are: the end of a loop over
/// them is what a processor guesses wrong in nearly every block, and a wrong guess costs more than all of them.
const USUAL: usize = 6;

/// The end of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineEnd {
    /// Where its LF is.
    pub(super) place: u32,
    /// How many quotes were found before it.
    pub(super) quotes: u32,
}

/// What was found in the blocks looked at, each list ascending.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    quotes: List<u32>,
    ends: List<LineEnd>,
    backslashes: Vec<u32>,
}

/// A list with room behind its last item, into which is written ahead of knowing what it will hold.
#[derive(Clone, Debug, Default)]
struct List<T> {
    items: Vec<T>,
    len: usize,
}

impl<T: Copy + Default> List<T> {
    fn held(&self) -> &[T] {
        &self.items[..self.len]
    }

    /// Room for all that a strip can hold.
    fn room(&mut self) -> &mut [T; STRIP] {
        if self.items.len() < self.len + STRIP {
            self.items.resize((self.len + STRIP).next_power_of_two(), T::default());
        }
        self.items[self.len..].first_chunk_mut().expect(ROOM)
    }

    fn forget(&mut self, first: usize) {
        self.items.copy_within(first..self.len, 0);
        self.len -= first;
    }
}

impl Found {
    pub(super) fn quotes(&self) -> &[u32] {
        self.quotes.held()
    }

    pub(super) fn ends(&self) -> &[LineEnd] {
        self.ends.held()
    }

    pub(super) fn backslashes(&self) -> &[u32] {
        &self.backslashes
    }

    /// Forgets all ends, and the first of the quotes and backslashes.
    pub(super) fn forget(&mut self, quotes: usize, backslashes: usize) {
        self.ends.len = 0;
        self.quotes.forget(quotes);
        self.backslashes.drain(..backslashes);
    }

    /// Looks at `bytes` from the block at `from` on, until `lines` ends are found or all is seen, and returns the first block that
    /// was not looked at. The end of the bytes ends a line, unless the last byte does.
    pub(super) fn look(&mut self, bytes: &[u8], from: usize, lines: usize) -> usize {
        let next = self.look_at_blocks(bytes, from, lines);
        if next >= bytes.len() && bytes.last().is_some_and(|b| *b != b'\n') {
            self.ends.room()[0] = LineEnd { place: bytes.len() as u32, quotes: self.quotes.len as u32 };
            self.ends.len += 1;
        }
        next
    }

    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    fn look_at_blocks(&mut self, bytes: &[u8], from: usize, lines: usize) -> usize {
        if avx2::is_there() {
            // SAFETY: the processor has just been asked for the features that the function is compiled with.
            return unsafe { avx2::look(self, bytes, from, lines) };
        }
        self.look_with(bytes, from, lines, marks_of)
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn look_at_blocks(&mut self, bytes: &[u8], from: usize, lines: usize) -> usize {
        self.look_with(bytes, from, lines, marks_of)
    }

    #[inline(always)]
    fn look_with(
        &mut self,
        bytes: &[u8],
        from: usize,
        lines: usize,
        marks_of: impl Fn(&[u8; BLOCK]) -> Marks,
    ) -> usize {
        let mut at = from;
        while self.ends.len < lines && at < bytes.len() {
            // A strip at a time, so that how much was found is in registers while it is looked at.
            let (blocks, rest) = bytes[at..bytes.len().min(at + STRIP)].as_chunks();
            self.note(blocks, at as u32, &marks_of);
            at += blocks.len() * BLOCK;
            if !rest.is_empty() {
                let mut padded = [0; BLOCK];
                padded[..rest.len()].copy_from_slice(rest);
                self.note(&[padded], at as u32, &marks_of);
                at += BLOCK;
            }
        }
        at
    }

    /// Notes the marks of at most a strip of blocks.
    #[inline(always)]
    fn note(&mut self, blocks: &[[u8; BLOCK]], from: u32, marks_of: impl Fn(&[u8; BLOCK]) -> Marks) {
        let quotes_before = self.quotes.len as u32;
        let (quotes, ends) = (self.quotes.room(), self.ends.room());
        let (mut quotes_found, mut ends_found) = (0, 0);
        let mut start = from;
        for block in blocks {
            let marks = marks_of(block);
            ends_found += marks.write_ends(start, quotes_before + quotes_found as u32, &mut ends[ends_found..]);
            quotes_found += marks.write_quotes(start, &mut quotes[quotes_found..]);
            if marks.backslashes != 0 {
                marks.push_backslashes(start, &mut self.backslashes);
            }
            start += BLOCK as u32;
        }
        self.quotes.len += quotes_found;
        self.ends.len += ends_found;
    }
}

/// A bit for each byte of a block, the first byte's the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marks {
    quotes: u64,
    line_feeds: u64,
    backslashes: u64,
}

impl Marks {
    /// Writes the places of the quotes, in a block that starts at `start`, and returns how many there are.
    #[inline(always)]
    fn write_quotes(self, start: u32, room: &mut [u32]) -> usize {
        let room: &mut [u32; BLOCK] = room.first_chunk_mut().expect(ROOM);
        let found = self.quotes.count_ones() as usize;
        let mut rest = self.quotes;
        let mut write = |place: &mut u32| {
            *place = start + rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
        };
        room[..USUAL].iter_mut().for_each(&mut write);
        if found > USUAL {
            room[USUAL..found].iter_mut().for_each(write);
        }
        found
    }

    #[cold]
    #[inline(never)]
    fn push_backslashes(self, start: u32, places: &mut Vec<u32>) {
        let mut rest = self.backslashes;
        while rest != 0 {
            places.push(start + rest.trailing_zeros());
            rest &= rest - 1;
        }
    }

    /// Writes the ends of lines, `before` being how many quotes stand before the block, and returns how many there are.
    #[inline(always)]
    fn write_ends(self, start: u32, before: u32, room: &mut [LineEnd]) -> usize {
        let room: &mut [LineEnd; BLOCK] = room.first_chunk_mut().expect(ROOM);
        let found = self.line_feeds.count_ones() as usize;
        let mut rest = self.line_feeds;
        let mut write = |end: &mut LineEnd| {
            let line_feed = rest & rest.wrapping_neg();
            let quotes = self.quotes & line_feed.wrapping_sub(1);
            *end = LineEnd { place: start + line_feed.trailing_zeros(), quotes: before + quotes.count_ones() };
            rest ^= line_feed;
        };
        write(&mut room[0]);
        if found > 1 {
            room[1..found].iter_mut().for_each(write);
        }
        found
    }
}

#[inline(always)]
fn marks_of(block: &[u8; BLOCK]) -> Marks {
    let (parts, _) = block.as_chunks::<16>();
    let bits = |byte| {
        let byte = u8x16::splat(byte);
        parts.iter().rev().fold(0, |bits, part| bits << 16 | u64::from(u8x16::new(*part).simd_eq(byte).to_bitmask()))
    };
    Marks { quotes: bits(b'"'), line_feeds: bits(b'\n'), backslashes: bits(b'\\') }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{BLOCK, Found, Marks};
    use std::arch::x86_64::{__m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8};

    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn look(found: &mut Found, bytes: &[u8], from: usize, lines: usize) -> usize {
        found.look_with(bytes, from, lines, |block| marks_of(block))
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    #[inline]
    pub(super) fn marks_of(block: &[u8; BLOCK]) -> Marks {
        let (parts, _) = block.as_chunks::<32>();
        let [low, high]: [__m256i; 2] = [bytemuck::must_cast(parts[0]), bytemuck::must_cast(parts[1])];
        let bits = |byte: u8| {
            let byte = _mm256_set1_epi8(byte as i8);
            let bits_of = |part| u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(part, byte)) as u32);
            bits_of(high) << 32 | bits_of(low)
        };
        Marks { quotes: bits(b'"'), line_feeds: bits(b'\n'), backslashes: bits(b'\\') }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(bytes: &[u8], from: usize, wanted: u8) -> Vec<u32> {
        (0..).zip(bytes).skip(from).filter(|(_, b)| **b == wanted).map(|(i, _)| i).collect()
    }

    proptest! {
        #[test]
        fn marks_are_where_the_bytes_are(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..300),
                prop::collection::vec(prop::sample::select(b"\"\\\n\r az\xff\x00".to_vec()), 0..300),
                prop::collection::vec(prop::sample::select(b"\"a".to_vec()), 0..300),
            ],
            from in 0..4_usize,
        ) {
            let from = (from * BLOCK).min(bytes.len());
            let mut found = Found::default();
            prop_assert!(found.look(&bytes, from, usize::MAX) >= bytes.len());
            prop_assert_eq!(found.quotes(), places(&bytes, from, b'"'));
            prop_assert_eq!(found.backslashes(), places(&bytes, from, b'\\'));
            let mut ends = places(&bytes, from, b'\n');
            if bytes.last().is_some_and(|b| *b != b'\n') {
                ends.push(bytes.len() as u32);
            }
            prop_assert_eq!(found.ends().iter().map(|end| end.place).collect::<Vec<_>>(), ends);
            for end in found.ends() {
                let before = found.quotes().iter().filter(|quote| **quote < end.place).count();
                prop_assert_eq!(end.quotes as usize, before);
            }
        }

        #[cfg(target_arch = "x86_64")]
        #[test]
        #[allow(unsafe_code)]
        fn marks_are_the_same_by_thirty_two_as_by_sixteen(bytes in prop::collection::vec(prop::sample::select(b"\"\\\n\r az\xff\x00".to_vec()), BLOCK)) {
            if avx2::is_there() {
                let block = bytes.first_chunk().unwrap();
                // SAFETY: the processor has the features.
                prop_assert_eq!(unsafe { avx2::marks_of(block) }, marks_of(block));
            }
        }
    }

    #[test]
    fn not_many_more_lines_are_looked_for_than_are_asked_for() {
        let bytes = b"a line that is longer than a block because it goes on and on and on and on\n".repeat(100);
        let mut found = Found::default();
        let next = found.look(&bytes, 0, 10);
        let first = found.ends().len();
        assert!((10..40).contains(&first), "{first}");
        assert!(next < bytes.len());
        found.forget(0, 0);
        assert!(found.ends().is_empty());
        assert_eq!(found.look(&bytes, next, usize::MAX), bytes.len().next_multiple_of(BLOCK));
        assert_eq!(found.ends().len(), 100 - first);
    }
}
