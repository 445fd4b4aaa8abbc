//! Short searches in bytes: for a prefix, or for a byte that is near. On few bytes a call costs more than the search,
//! so these functions work on words and are inlined.

use wide::u8x16;

/// A prefix to compare texts with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefix {
    bytes: Box<[u8]>,
    /// The first eight bytes as a word, and a mask of the bytes of that word that count.
    word: u64,
    mask: u64,
}

impl Prefix {
    pub(crate) fn new(text: &str) -> Prefix {
        let mut first = [0; 8];
        let len = text.len().min(8);
        first[..len].copy_from_slice(&text.as_bytes()[..len]);
        let mask = if len == 8 { u64::MAX } else { (1 << (8 * len)) - 1 };
        Prefix { bytes: text.as_bytes().into(), word: u64::from_le_bytes(first), mask }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Length of the prefix, if `text` begins with it.
    #[inline]
    pub(crate) fn leads(&self, text: &[u8]) -> Option<usize> {
        let is_there = match text.first_chunk() {
            Some(chunk) if self.bytes.len() <= 8 => u64::from_le_bytes(*chunk) & self.mask == self.word,
            _ => text.starts_with(&self.bytes),
        };
        is_there.then_some(self.bytes.len())
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// `memchr` for a byte that is probably near.
#[inline]
pub(crate) fn find_near(byte: u8, text: &[u8]) -> Option<usize> {
    let first_in = |block: &[u8; 16]| {
        let found = u8x16::new(*block).simd_eq(u8x16::splat(byte)).to_bitmask();
        (found != 0).then(|| found.trailing_zeros() as usize)
    };
    let Some(last) = text.last_chunk::<16>() else { return find_in_few(byte, text) };
    let (blocks, _) = text.as_chunks::<16>();
    for (i, block) in blocks.iter().enumerate() {
        if let Some(at) = first_in(block) {
            return Some(i * 16 + at);
        }
    }
    // The rest, together with some bytes that were searched already.
    first_in(last).map(|at| text.len() - 16 + at)
}

/// `memchr` for a byte that may be anywhere in a text, or absent, without a pattern. Up to 64 bytes are searched in
/// four blocks whatever they contain, because the processor would mispredict where to stop.
#[inline]
pub(crate) fn find_anywhere(byte: u8, text: &[u8]) -> Option<usize> {
    if !(16..=64).contains(&text.len()) {
        return find_near(byte, text);
    }
    let found = [0, 16, 32, 48].into_iter().fold(0, |found, at| {
        // A block that would end after the text is moved to end with it.
        let at = at.min(text.len() - 16);
        let block = text[at..].first_chunk().expect("there are sixteen bytes from here on");
        found | u64::from(u8x16::new(*block).simd_eq(u8x16::splat(byte)).to_bitmask()) << at
    });
    (found != 0).then(|| found.trailing_zeros() as usize)
}

/// `memchr` for fewer than sixteen bytes.
#[inline]
fn find_in_few(byte: u8, text: &[u8]) -> Option<usize> {
    let first_in = |word: &[u8; 8]| {
        let zero_where_equal = u64::from_le_bytes(*word) ^ (ONES * u64::from(byte));
        // The lowest bit that this sets is correct; higher bits may be the result of carries.
        let found = zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & HIGH;
        (found != 0).then(|| found.trailing_zeros() as usize / 8)
    };
    let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else {
        return text.iter().position(|b| *b == byte);
    };
    first_in(first).or_else(|| first_in(last).map(|at| text.len() - 8 + at))
}

/// The bytes after the last `byte` among these eight, moved to the front; 0 if `byte` is absent or the last of them.
#[inline(always)]
pub(crate) fn bytes_after_last(byte: u8, word: u64) -> u64 {
    let zero_where_equal = word ^ (ONES * u64::from(byte));
    // The high bit of a byte is set exactly if the byte is zero, because nothing is carried.
    let found = !(((zero_where_equal & !HIGH) + !HIGH) | zero_where_equal) & HIGH;
    // The number of bits after it equals the number of zeros before its high bit: at most 56, or 64 if it is absent.
    let bits = found.leading_zeros() & 63;
    word.wrapping_shr(64 - bits) & (1_u64 << bits).wrapping_sub(1)
}

/// Converts ASCII letters to lower case, and leaves all other bytes as they are.
#[inline]
pub(crate) fn lower(word: u64) -> u64 {
    let ascii = word & !HIGH;
    let from_a = ascii + ONES * u64::from(0x80 - b'A');
    let beyond_z = ascii + ONES * u64::from(0x7f - b'Z');
    let is_upper = from_a & !beyond_z & !word & HIGH;
    word | is_upper >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_agrees_with_starts_with() {
        for prefix in ["", " ", "] \"", "12345678", "123456789"] {
            for text in ["", " ", "] \"", "] \"GET / HTTP/1.1", "1234567", "12345678", "123456789", "1234567890"] {
                let expected = text.starts_with(prefix).then_some(prefix.len());
                assert_eq!(Prefix::new(prefix).leads(text.as_bytes()), expected, "{prefix:?} {text:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn find_near_agrees_with_position(text in proptest::collection::vec(0..4_u8, 0..40), byte in 0..5_u8) {
            proptest::prop_assert_eq!(find_near(byte, &text), text.iter().position(|b| *b == byte));
        }

        #[test]
        fn find_anywhere_agrees_with_position(text in proptest::collection::vec(0..40_u8, 0..100), byte in 0..41_u8) {
            proptest::prop_assert_eq!(find_anywhere(byte, &text), text.iter().position(|b| *b == byte));
        }

        #[test]
        fn searches_agree_with_position_for_all_bytes(text: Vec<u8>, byte: u8) {
            let expected = text.iter().position(|b| *b == byte);
            proptest::prop_assert_eq!((find_near(byte, &text), find_anywhere(byte, &text)), (expected, expected));
        }

        #[test]
        fn behind_last_agrees_with_rposition(bytes in proptest::array::uniform8(0..4_u8), others: [u8; 8], byte in 0..5_u8) {
            for bytes in [bytes, others] {
                let mut expected = [0; 8];
                let behind = bytes.iter().rposition(|b| *b == byte).map_or(8, |at| at + 1);
                expected[..8 - behind].copy_from_slice(&bytes[behind..]);
                proptest::prop_assert_eq!(bytes_after_last(byte, u64::from_le_bytes(bytes)), u64::from_le_bytes(expected));
            }
        }

        #[test]
        fn lower_agrees_with_to_ascii_lowercase(bytes: [u8; 8]) {
            proptest::prop_assert_eq!(lower(u64::from_le_bytes(bytes)), u64::from_le_bytes(bytes.map(|b| b.to_ascii_lowercase())));
        }
    }
}
