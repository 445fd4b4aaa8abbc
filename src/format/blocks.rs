//! Quotes, backslashes and LFs in blocks of 64 bytes: a bit for each, then a place for each bit.
//!
//! Sixteen bytes a comparison is what every x86-64 and every ARM has.

use wide::u8x16;

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// Appends to `places[..tail]` the places of the marks from the block at `block` on, as many blocks as have room for
/// certain. Returns the first block that was not looked at, and the new tail.
pub(super) fn mark(bytes: &[u8], mut block: usize, places: &mut [u32], mut tail: usize) -> (usize, usize) {
    let most = places.len() - BLOCK;
    while tail < most && block < bytes.len() {
        let rest = &bytes[block..];
        let mut marks = match rest.first_chunk() {
            Some(whole) => marks_of(whole),
            None => {
                let mut padded = [0; BLOCK];
                padded[..rest.len()].copy_from_slice(rest);
                marks_of(&padded)
            }
        };
        while marks != 0 {
            places[tail] = block as u32 + marks.trailing_zeros();
            marks &= marks - 1;
            tail += 1;
        }
        block += BLOCK;
    }
    (block, tail)
}

/// A bit for each quote, backslash and LF, the first byte's the lowest.
#[inline]
fn marks_of(block: &[u8; BLOCK]) -> u64 {
    let (quote, backslash, line_feed) = (u8x16::splat(b'"'), u8x16::splat(b'\\'), u8x16::splat(b'\n'));
    let (parts, _) = block.as_chunks::<16>();
    parts.iter().rev().fold(0, |marks, part| {
        let part = u8x16::new(*part);
        let is_mark = part.simd_eq(quote) | part.simd_eq(backslash) | part.simd_eq(line_feed);
        marks << 16 | u64::from(is_mark.to_bitmask())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn marks_are_where_the_bytes_are(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..300),
                prop::collection::vec(prop::sample::select(b"\"\\\n\r az\xff\x00".to_vec()), 0..300),
            ],
            from in 0..4_usize,
        ) {
            let from = (from * BLOCK).min(bytes.len());
            let expected: Vec<u32> = (0..).zip(&bytes).skip(from).filter(|(_, b)| b"\"\\\n".contains(b)).map(|(i, _)| i).collect();
            let mut places = vec![7; 3 + 300 + BLOCK];
            let (block, tail) = mark(&bytes, from, &mut places, 3);
            prop_assert!(block >= bytes.len());
            prop_assert_eq!(&places[..3], [7; 3]);
            prop_assert_eq!(&places[3..tail], &expected[..]);
        }
    }

    #[test]
    fn no_block_is_begun_without_room_for_all_its_marks() {
        let bytes = [b'"'; 1000];
        let mut places = [0; 100];
        assert_eq!(mark(&bytes, 0, &mut places, 0), (BLOCK, 64));
        assert_eq!(mark(&bytes, 64, &mut places, 64), (64, 64));
    }
}
