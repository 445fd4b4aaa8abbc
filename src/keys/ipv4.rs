//! Parses IPv4 addresses into numbers.

use wide::u8x16;

/// An IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ipv4(pub(crate) u32);

impl std::fmt::Display for Ipv4 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::net::Ipv4Addr::from_bits(self.0).fmt(f)
    }
}

/// Parses an IPv4 address in the usual notation without leading zeros, so that every address has exactly one text.
///
/// No branch depends on a digit: the lengths of the four numbers differ between addresses, so the processor would
/// mispredict it. All dots are found at once. Each number is then in the three bytes before its dot, minus those that
/// belong to the previous number.
#[inline]
pub(crate) fn parse_ipv4(text: &[u8]) -> Option<Ipv4> {
    if !(7..=15).contains(&text.len()) {
        return None;
    }
    // A dot after the last number, as after the others.
    let word = word_of(text)? | u128::from(b'.') << (8 * text.len());
    let mut rest = u8x16::new(word.to_le_bytes()).simd_eq(u8x16::splat(b'.')).to_bitmask();
    let (mut start, mut value, mut is_flawed) = (0, 0, false);
    for i in 0..4 {
        is_flawed |= rest == 0;
        let dot = rest.trailing_zeros() & 15;
        rest &= rest.wrapping_sub(1);
        // The three bytes before the dot; the first number may have fewer bytes before it.
        let before =
            if i == 0 { word << (8 * (3_u32.wrapping_sub(dot) & 3)) } else { word >> (8 * (dot.wrapping_sub(3) & 15)) };
        let (number, has_flaw) = number_of(before as u32, dot.wrapping_sub(start));
        start = dot + 1;
        value = value << 8 | number;
        is_flawed |= has_flaw;
    }
    (!is_flawed && rest == 0).then_some(Ipv4(value))
}

/// Loads 7 to 15 bytes into a word, the first byte lowest. It reads two halves that overlap, so that no length needs a
/// loop.
#[inline]
fn word_of(text: &[u8]) -> Option<u128> {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let last = u128::from(u64::from_le_bytes(*last)) << (8 * (text.len() - 8));
        return Some(u128::from(u64::from_le_bytes(*first)) | last);
    }
    let (first, last) = (text.first_chunk()?, text.last_chunk()?);
    let last = u128::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4));
    Some(u128::from(u32::from_le_bytes(*first)) | last)
}

/// Number written in the last `len` of the first three bytes; and true if it is not from 0 to 255 or has a leading
/// zero.
#[inline]
fn number_of(bytes: u32, len: u32) -> (u32, bool) {
    // Mask of the digits that belong to the number; the bytes before them are ignored.
    let mine: u32 = [0, 0x00FF_0000, 0x00FF_FF00, 0x00FF_FFFF][len as usize & 3];
    let digits = (bytes ^ 0x0030_3030) & mine;
    let has_other = (digits.wrapping_add(0x0076_7676) | digits) & 0x0080_8080 != 0;
    let number = (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF);
    let least = [0, 0, 10, 100][len as usize & 3];
    (number, (len.wrapping_sub(1) > 2) | has_other | (number > 255) | (number < least))
}

/// Applies [`parse_ipv4`] to the selected texts of a column, and appends the results to `ipv4s`. Uses the fastest
/// method of this processor.
#[allow(unsafe_code)]
pub(super) fn parse_ipv4s(column: &[&[u8]], hits: &[u16], ipv4s: &mut Vec<Option<Ipv4>>) {
    #[cfg(target_arch = "x86_64")]
    if shuffle::is_there() {
        // SAFETY: the processor has just been asked for the features that the function is compiled with.
        return unsafe { shuffle::parse_ipv4s(column, hits, ipv4s) };
    }
    ipv4s.extend(hits.iter().map(|&row| parse_ipv4(column[row as usize])));
}

/// True if [`parse_ipv4`] parses all of these texts.
#[allow(unsafe_code)]
pub(crate) fn are_ipv4(texts: &[&[u8]]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if shuffle::is_there() {
        // SAFETY: the processor has just been asked for the features that the function is compiled with.
        return unsafe { shuffle::are_ipv4(texts) };
    }
    texts.iter().all(|text| parse_ipv4(text).is_some())
}

/// The same with SSE4.1. A table, looked up by the positions of the dots, says where each digit goes; two
/// multiplications then combine the digits. This takes less than half the instructions of the portable version, as
/// counted by valgrind.
#[cfg(target_arch = "x86_64")]
mod shuffle {
    use super::{Ipv4, word_of};
    use std::arch::x86_64::{
        __m128i, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cvtsi128_si32, _mm_madd_epi16, _mm_maddubs_epi16, _mm_max_epu8,
        _mm_movemask_epi8, _mm_or_si128, _mm_packus_epi16, _mm_packus_epi32, _mm_set1_epi8, _mm_set1_epi16,
        _mm_set1_epi32, _mm_setzero_si128, _mm_shuffle_epi8, _mm_srli_epi32, _mm_xor_si128,
    };

    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1")
    }

    #[target_feature(enable = "ssse3,sse4.1")]
    pub(super) fn parse_ipv4s(column: &[&[u8]], hits: &[u16], ipv4s: &mut Vec<Option<Ipv4>>) {
        ipv4s.extend(hits.iter().map(|&row| parse_ipv4(column[row as usize])));
    }

    #[target_feature(enable = "ssse3,sse4.1")]
    pub(super) fn are_ipv4(texts: &[&[u8]]) -> bool {
        texts.iter().all(|text| parse_ipv4(text).is_some())
    }

    /// Positions of digits and dots, for every possible combination of lengths. The end counts as a fourth dot.
    static LAYOUTS: [Layout; LENGTHS] = {
        let mut all = [Layout { of: [NONE; 16], leads: [0; 16], dots: 0 }; LENGTHS];
        let mut at = 0;
        while at < LENGTHS {
            let mut lengths = at;
            let (mut number, mut start) = (0, 0);
            while number < 4 {
                let len = lengths % 3 + 1;
                lengths /= 3;
                let mut digit = 0;
                while digit < len {
                    all[at].of[4 * number + 4 - len + digit] = (start + digit) as u8;
                    digit += 1;
                }
                if len > 1 {
                    all[at].leads[4 * number + 4 - len] = 0xFF;
                }
                start += len + 1;
                all[at].dots |= 1 << (start - 1);
                number += 1;
            }
            at += 1;
        }
        all
    };
    /// Number of layouts: four numbers of one to three digits each.
    const LENGTHS: usize = 81;

    /// Index of the only layout that can have these dots. No two layouts share a slot.
    static BY_DOTS: [u8; SLOTS] = match by_dots(FACTOR) {
        Some(slots) => slots,
        None => panic!("no factor gives a perfect hash"),
    };
    const SLOTS: usize = 1024;
    /// The first odd factor that gives every layout its own slot.
    const FACTOR: u32 = {
        let mut factor = 1;
        while by_dots(factor).is_none() {
            factor += 2;
        }
        factor
    };

    const fn slot(dots: u32, factor: u32) -> usize {
        (dots.wrapping_mul(factor) >> 6) as usize % SLOTS
    }

    const fn by_dots(factor: u32) -> Option<[u8; SLOTS]> {
        let mut slots = [0; SLOTS];
        let mut is_taken = [false; SLOTS];
        let mut at = 0;
        while at < LENGTHS {
            let slot = slot(LAYOUTS[at].dots, factor);
            if is_taken[slot] {
                return None;
            }
            (is_taken[slot], slots[slot]) = (true, at as u8);
            at += 1;
        }
        Some(slots)
    }

    /// Shuffle index that produces a zero.
    const NONE: u8 = 0x80;

    #[derive(Clone, Copy)]
    #[repr(align(64))]
    struct Layout {
        /// Shuffle indices. Each number takes four bytes: zero, hundreds, tens, ones.
        of: [u8; 16],
        /// 0xFF at the first digit of each number with several digits, which must not be zero.
        leads: [u8; 16],
        /// One bit per byte of the text, set for the dots.
        dots: u32,
    }

    #[target_feature(enable = "ssse3,sse4.1")]
    #[inline]
    pub(super) fn parse_ipv4(text: &[u8]) -> Option<Ipv4> {
        if !(7..=15).contains(&text.len()) {
            return None;
        }
        let text_and_zeros: __m128i = bytemuck::must_cast(word_of(text)?.to_le_bytes());
        let is_dot = _mm_cmpeq_epi8(text_and_zeros, _mm_set1_epi8(b'.' as i8));
        let dots = _mm_movemask_epi8(is_dot) as u32 | 1 << text.len();
        let layout = &LAYOUTS[BY_DOTS[slot(dots, FACTOR)] as usize];
        if layout.dots != dots {
            return None;
        }
        let (order, leads): (__m128i, __m128i) = (bytemuck::must_cast(layout.of), bytemuck::must_cast(layout.leads));
        // Digits are now 0 to 9, other characters are larger, and unused bytes are zero.
        let values = _mm_shuffle_epi8(_mm_xor_si128(text_and_zeros, _mm_set1_epi8(0x30)), order);
        let nine = _mm_set1_epi8(9);
        let is_digit = _mm_cmpeq_epi8(_mm_max_epu8(values, nine), nine);
        let leads_with_zero =
            _mm_andnot_si128(_mm_cmpeq_epi8(leads, _mm_setzero_si128()), _mm_cmpeq_epi8(values, _mm_setzero_si128()));
        // First the hundreds, and the tens with the ones; then both together, in 32 bits per number.
        let weights: __m128i = bytemuck::must_cast([[0_u8, 100, 10, 1]; 4]);
        let numbers = _mm_madd_epi16(_mm_maddubs_epi16(values, weights), _mm_set1_epi16(1));
        let beyond = _mm_srli_epi32::<8>(numbers);
        let is_flawed = _mm_or_si128(_mm_or_si128(leads_with_zero, beyond), _mm_xor_si128(is_digit, _mm_set1_epi8(-1)));
        if _mm_movemask_epi8(_mm_cmpeq_epi8(is_flawed, _mm_setzero_si128())) != 0xFFFF {
            return None;
        }
        let bytes = _mm_packus_epi16(_mm_packus_epi32(numbers, numbers), _mm_set1_epi32(0));
        Some(Ipv4((_mm_cvtsi128_si32(bytes) as u32).swap_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slow reference: std rejects leading zeros too.
    fn reference(text: &str) -> Option<Ipv4> {
        text.parse::<std::net::Ipv4Addr>().ok().map(|a| Ipv4(a.to_bits()))
    }

    /// Parses with both methods, which must agree.
    fn read(text: &[u8]) -> Option<Ipv4> {
        let mut ipv4s = Vec::new();
        parse_ipv4s(&[b"9.9.9.9", text], &[1], &mut ipv4s);
        assert_eq!(ipv4s, [parse_ipv4(text)], "{text:?}");
        ipv4s[0]
    }

    #[test]
    fn unusual_texts_are_parsed_as_by_std() {
        for text in [
            "0.0.0.0",
            "255.255.255.255",
            "1.2.3.4",
            "10.20.30.40",
            "100.0.0.1",
            "256.0.0.1",
            "1.2.3",
            "1.2.3.4.",
            ".1.2.3.4",
            "1..2.3.4",
            "1.2.3.4.5",
            "01.2.3.4",
            "1.2.3.04",
            "1.2.3.004",
            "1.2.3.x",
            "1.2.3.-4",
            "::1",
            "",
            "-",
            "1.2.3.4567",
            "1234.2.3.4",
            "0001.2.3.4",
            "1.2.3./4",
            "1.2.3.:4",
            "1.2.\u{ff}.4",
            "....",
            ".......",
            "1.2.3.4 ",
            " 1.2.3.4",
            "999.999.999.999",
        ] {
            assert_eq!(read(text.as_bytes()), reference(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_parsed_as_by_std(text in proptest::prop_oneof![
            "[0-9]{1,3}(\\.[0-9]{1,3}){3}", "[0-9.]{0,16}", "([0-9]{0,2}\\.){2,4}[0-9]{0,3}", "[./0-9:]{7,15}", ".{0,16}"]) {
            proptest::prop_assert_eq!(read(text.as_bytes()), reference(&text));
        }

        #[test]
        fn addresses_round_trip(bits: u32) {
            let text = Ipv4(bits).to_string();
            proptest::prop_assert_eq!(read(text.as_bytes()), Some(Ipv4(bits)));
        }
    }
}
