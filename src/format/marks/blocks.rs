//! Finds quotes, LFs and backslashes in blocks of 64 bytes: first a bit mask per block, then the position of each bit.
//!
//! Comparing 16 bytes at once works on every x86-64 and every ARM. On processors with AVX2, or with AVX-512 and its
//! compress instructions, a version of the same loop compiled for them is used.

use wide::u8x16;

use crate::prefetch::prefetch;

/// Bytes per block.
const BLOCK: usize = 64;
/// Bytes scanned before the results are stored.
const STRIP: usize = 16 * BLOCK;
const ROOM: &str = "a list has room for a mark a byte of the strip";
/// Number of marks that nearly every block stays within. This many are always written, whatever the real number is: a
/// loop with a variable end is mispredicted in nearly every block, and a misprediction costs more than writing all of
/// them.
const USUAL: usize = 6;
/// Prefetch distance in bytes. Hardware prefetchers stop at the end of the page.
const AHEAD: usize = 2048;

/// Marks and backslashes found so far, each list ascending.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Quotes and LFs. The spare room after `len` is overwritten before the number of new marks is known.
    marks: Vec<u32>,
    len: usize,
    backslashes: Vec<u32>,
}

impl Found {
    /// Positions of quotes and LFs.
    pub(super) fn marks(&self) -> &[u32] {
        &self.marks[..self.len]
    }

    pub(super) fn backslashes(&self) -> &[u32] {
        &self.backslashes
    }

    /// Removes the first marks and the first backslashes.
    pub(super) fn forget(&mut self, marks: usize, backslashes: usize) {
        self.marks.copy_within(marks..self.len, 0);
        self.len -= marks;
        self.backslashes.drain(..backslashes);
    }

    /// Scans `bytes` from the block at `from` until there are at least `wanted` marks or the bytes end. Returns the
    /// start of the first block that was not scanned.
    #[allow(unsafe_code)]
    pub(super) fn look(&mut self, bytes: &[u8], from: usize, wanted: usize) -> usize {
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::is_there() {
                // SAFETY: the processor has just been asked for the features that the function is compiled with.
                return unsafe { avx512::look(self, bytes, from, wanted) };
            }
            if avx2::is_there() {
                // SAFETY: as above.
                return unsafe { avx2::look(self, bytes, from, wanted) };
            }
        }
        self.look_with(bytes, from, wanted, bits_of, write)
    }

    #[inline(always)]
    fn look_with(
        &mut self,
        bytes: &[u8],
        from: usize,
        wanted: usize,
        bits_of: impl Fn(&[u8; BLOCK]) -> Bits + Copy,
        write: impl Fn(u64, u32, &mut [u32; BLOCK]) + Copy,
    ) -> usize {
        let mut at = from;
        while self.len < wanted && at < bytes.len() {
            // One strip at a time, so that the number of marks stays in a register during the scan.
            let (blocks, rest) = bytes[at..bytes.len().min(at + STRIP)].as_chunks();
            let mut padded = [0; BLOCK];
            // One call for both cases: a function called from two places is not inlined.
            let blocks = if blocks.is_empty() {
                padded[..rest.len()].copy_from_slice(rest);
                std::slice::from_ref(&padded)
            } else {
                blocks
            };
            self.note(blocks, bytes, at, bits_of, write);
            at += blocks.len() * BLOCK;
        }
        at
    }

    /// Records the marks of at most one strip of blocks, the first of which is at `from` in `bytes`.
    #[inline(always)]
    fn note(
        &mut self,
        blocks: &[[u8; BLOCK]],
        bytes: &[u8],
        from: usize,
        bits_of: impl Fn(&[u8; BLOCK]) -> Bits,
        write: impl Fn(u64, u32, &mut [u32; BLOCK]),
    ) {
        if self.marks.len() < self.len + STRIP {
            self.marks.resize((self.len + STRIP).next_power_of_two().max(2 * STRIP), 0);
        }
        let context: &mut [u32; STRIP] = self.marks[self.len..].first_chunk_mut().expect(ROOM);
        let mut found = 0;
        let mut start = from;
        for block in blocks {
            prefetch(bytes, start + AHEAD);
            let bits = bits_of(block);
            write(bits.marks, start as u32, context[found..].first_chunk_mut().expect(ROOM));
            found += bits.marks.count_ones() as usize;
            if bits.backslashes != 0 {
                push(bits.backslashes, start as u32, &mut self.backslashes);
            }
            start += BLOCK;
        }
        self.len += found;
    }
}

/// One bit per byte of a block; the lowest bit is the first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bits {
    /// Quotes and LFs.
    marks: u64,
    backslashes: u64,
}

/// Writes the positions of the bits of a block that starts at `start`. The entries after them are garbage.
#[inline(always)]
fn write(bits: u64, start: u32, context: &mut [u32; BLOCK]) {
    let found = bits.count_ones() as usize;
    let mut rest = bits;
    let mut write = |place: &mut u32| {
        *place = start + rest.trailing_zeros();
        rest &= rest.wrapping_sub(1);
    };
    context[..USUAL].iter_mut().for_each(&mut write);
    if found > USUAL {
        context[USUAL..found].iter_mut().for_each(write);
    }
}

#[cold]
#[inline(never)]
fn push(bits: u64, start: u32, places: &mut Vec<u32>) {
    let mut rest = bits;
    while rest != 0 {
        places.push(start + rest.trailing_zeros());
        rest &= rest - 1;
    }
}

#[inline(always)]
fn bits_of(block: &[u8; BLOCK]) -> Bits {
    let (parts, _) = block.as_chunks::<16>();
    let bits = |byte| {
        let byte = u8x16::splat(byte);
        parts.iter().rev().fold(0, |bits, part| bits << 16 | u64::from(u8x16::new(*part).simd_eq(byte).to_bitmask()))
    };
    Bits { marks: bits(b'"') | bits(b'\n'), backslashes: bits(b'\\') }
}

/// Look-up table by the lower half of a byte: the mark with that half, or else a byte with a different half. A byte is
/// a mark if it equals its entry. This takes one shuffle and one comparison, however many marks there are.
#[cfg(target_arch = "x86_64")]
const MARK_BY_LOWER_HALF: [u8; 16] = {
    let mut marks = [0; 16];
    marks[0] = 1;
    marks[(b'"' & 15) as usize] = b'"';
    marks[(b'\n' & 15) as usize] = b'\n';
    marks
};

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{BLOCK, Bits, Found, MARK_BY_LOWER_HALF, write};
    use std::arch::x86_64::{__m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_shuffle_epi8};

    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn look(found: &mut Found, bytes: &[u8], from: usize, wanted: usize) -> usize {
        found.look_with(bytes, from, wanted, |block| bits_of(block), write)
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    #[inline]
    pub(super) fn bits_of(block: &[u8; BLOCK]) -> Bits {
        let (parts, _) = block.as_chunks::<32>();
        let [low, high]: [__m256i; 2] = [bytemuck::must_cast(parts[0]), bytemuck::must_cast(parts[1])];
        let bits = |low, high| {
            let bits = |found| u64::from(_mm256_movemask_epi8(found) as u32);
            bits(high) << 32 | bits(low)
        };
        let marks: __m256i = bytemuck::must_cast([MARK_BY_LOWER_HALF; 2]);
        let marks = |part| _mm256_cmpeq_epi8(_mm256_shuffle_epi8(marks, part), part);
        let backslash = _mm256_set1_epi8(b'\\' as i8);
        let backslashes = |part| _mm256_cmpeq_epi8(part, backslash);
        Bits { marks: bits(marks(low), marks(high)), backslashes: bits(backslashes(low), backslashes(high)) }
    }
}

/// Compares 64 bytes at once. The positions in a block are also computed at once, by compressing the indexes of the
/// bytes that are marks.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{BLOCK, Bits, Found, MARK_BY_LOWER_HALF, push};
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cvtepu8_epi32,
        _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_shuffle_epi8,
    };

    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
    pub(super) fn look(found: &mut Found, bytes: &[u8], from: usize, wanted: usize) -> usize {
        found.look_with(bytes, from, wanted, |block| bits_of(block), |bits, start, context| write(bits, start, context))
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
    #[inline]
    pub(super) fn bits_of(block: &[u8; BLOCK]) -> Bits {
        let bytes: __m512i = bytemuck::must_cast(*block);
        let marks: __m512i = bytemuck::must_cast([MARK_BY_LOWER_HALF; 4]);
        Bits {
            marks: _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(marks, bytes), bytes),
            backslashes: _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'\\' as i8)),
        }
    }

    /// Index of each byte in a block.
    const NUMBERS: [u8; BLOCK] = {
        let mut numbers = [0; BLOCK];
        let mut at = 0;
        while at < BLOCK {
            numbers[at] = at as u8;
            at += 1;
        }
        numbers
    };
    /// Number of positions computed at once.
    const AT_ONCE: usize = 16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
    #[inline]
    pub(super) fn write(bits: u64, start: u32, context: &mut [u32; BLOCK]) {
        let numbers = _mm512_maskz_compress_epi8(bits, bytemuck::must_cast(NUMBERS));
        let places =
            _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(numbers)), _mm512_set1_epi32(start as i32));
        context[..AT_ONCE].copy_from_slice(&bytemuck::must_cast::<_, [u32; AT_ONCE]>(places));
        if bits.count_ones() as usize > AT_ONCE {
            let mut all = Vec::with_capacity(BLOCK);
            push(bits, start, &mut all);
            context[..all.len()].copy_from_slice(&all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(bytes: &[u8], from: usize, wanted: &[u8]) -> Vec<u32> {
        (0..).zip(bytes).skip(from).filter(|(_, b)| wanted.contains(b)).map(|(i, _)| i).collect()
    }

    proptest! {
        #[test]
        fn marks_match_a_byte_by_byte_search(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..300),
                prop::collection::vec(prop::sample::select(b"\"\\\n\r az\xff\x00".to_vec()), 0..300),
                prop::collection::vec(prop::sample::select(b"\"a".to_vec()), 0..300),
                prop::collection::vec(prop::sample::select(b"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec()), 0..3000),
            ],
            from in 0..4_usize,
        ) {
            let from = (from * BLOCK).min(bytes.len());
            let mut found = Found::default();
            prop_assert!(found.look(&bytes, from, usize::MAX) >= bytes.len());
            prop_assert_eq!(found.marks(), places(&bytes, from, b"\"\n"));
            prop_assert_eq!(found.backslashes(), places(&bytes, from, b"\\"));
        }

        #[cfg(target_arch = "x86_64")]
        #[test]
        #[allow(unsafe_code)]
        fn all_instruction_sets_give_the_same_result(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), BLOCK),
                prop::collection::vec(prop::sample::select(b"\"\\\n\r az\xff\x00\x02\x0c*2BJR\x82\x8a\xa2".to_vec()), BLOCK),
                prop::collection::vec(prop::sample::select(b"\"aaaaaaaa".to_vec()), BLOCK),
            ],
        ) {
            let block = bytes.first_chunk().unwrap();
            let bits = bits_of(block);
            let mut expected = [0; BLOCK];
            write(bits.marks, 7, &mut expected);
            let found = bits.marks.count_ones() as usize;
            let as_plain: Vec<u32> = places(&bytes, 0, b"\"\n").iter().map(|place| place + 7).collect();
            prop_assert_eq!(&expected[..found], as_plain);
            if avx2::is_there() {
                // SAFETY: the processor has the features.
                prop_assert_eq!(unsafe { avx2::bits_of(block) }, bits);
            }
            if avx512::is_there() {
                // SAFETY: the processor has the features.
                prop_assert_eq!(unsafe { avx512::bits_of(block) }, bits);
                let mut context = [0; BLOCK];
                // SAFETY: as above.
                unsafe { avx512::write(bits.marks, 7, &mut context) };
                prop_assert_eq!(&context[..found], &expected[..found]);
            }
        }
    }

    #[test]
    fn scan_stops_soon_after_the_wanted_marks() {
        let bytes = b"a line that is longer than a block because it goes on and on and on and on\n".repeat(100);
        let mut found = Found::default();
        let next = found.look(&bytes, 0, 10);
        let first = found.marks().len();
        assert!((10..40).contains(&first), "{first}");
        assert!(next < bytes.len());
        found.forget(first, 0);
        assert!(found.marks().is_empty());
        assert_eq!(found.look(&bytes, next, usize::MAX), bytes.len().next_multiple_of(BLOCK));
        assert_eq!(found.marks().len(), 100 - first);
    }
}
