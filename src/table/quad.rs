//! IPv4 addresses as they are written, and as a number.

use wide::u8x16;

/// An IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quad(pub(crate) u32);

impl std::fmt::Display for Quad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::net::Ipv4Addr::from_bits(self.0).fmt(f)
    }
}

/// The address that a text writes in the usual way, without leading zeros, so that it is the one text of that address.
///
/// No branch looks at a digit: how long the four numbers are is different in every address, and would be guessed
/// wrong. The dots are found at once; each number is then the three bytes before its dot, less those that belong to
/// the number before.
#[inline]
pub(crate) fn quad_of(text: &[u8]) -> Option<Quad> {
    if !(7..=15).contains(&text.len()) {
        return None;
    }
    // A dot behind the last number, as behind the others.
    let word = word_of(text)? | u128::from(b'.') << (8 * text.len());
    let mut rest = u8x16::new(word.to_le_bytes()).simd_eq(u8x16::splat(b'.')).to_bitmask();
    let (mut start, mut value, mut is_flawed) = (0, 0, false);
    for i in 0..4 {
        is_flawed |= rest == 0;
        let dot = rest.trailing_zeros() & 15;
        rest &= rest.wrapping_sub(1);
        // The three bytes before the dot; the first number may have less before it.
        let before =
            if i == 0 { word << (8 * (3_u32.wrapping_sub(dot) & 3)) } else { word >> (8 * (dot.wrapping_sub(3) & 15)) };
        let (number, has_flaw) = number_of(before as u32, dot.wrapping_sub(start));
        start = dot + 1;
        value = value << 8 | number;
        is_flawed |= has_flaw;
    }
    (!is_flawed && rest == 0).then_some(Quad(value))
}

/// Seven to fifteen bytes as a word, the first the lowest; two halves that overlap, for no length has a loop.
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

/// The number that the last `len` of the first three bytes write, and whether it is none from 0 to 255 or has a leading
/// zero.
#[inline]
fn number_of(bytes: u32, len: u32) -> (u32, bool) {
    // Digits that belong to the number; the bytes before them are of no account.
    let mine: u32 = [0, 0x00FF_0000, 0x00FF_FF00, 0x00FF_FFFF][len as usize & 3];
    let digits = (bytes ^ 0x0030_3030) & mine;
    let has_other = (digits.wrapping_add(0x0076_7676) | digits) & 0x0080_8080 != 0;
    let number = (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF);
    let least = [0, 0, 10, 100][len as usize & 3];
    (number, (len.wrapping_sub(1) > 2) | has_other | (number > 255) | (number < least))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// std refuses leading zeros as we do.
    fn twin(text: &str) -> Option<Quad> {
        text.parse::<std::net::Ipv4Addr>().ok().map(|a| Quad(a.to_bits()))
    }

    #[test]
    fn odd_texts_are_read_as_std_reads_them() {
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
            assert_eq!(quad_of(text.as_bytes()), twin(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_as_std_reads_it(text in proptest::prop_oneof![
            "[0-9]{1,3}(\\.[0-9]{1,3}){3}", "[0-9.]{0,16}", "([0-9]{0,2}\\.){2,4}[0-9]{0,3}", "[./0-9:]{7,15}", ".{0,16}"]) {
            proptest::prop_assert_eq!(quad_of(text.as_bytes()), twin(&text));
        }

        #[test]
        fn an_address_is_written_as_it_was_read(bits: u32) {
            let text = Quad(bits).to_string();
            proptest::prop_assert_eq!(quad_of(text.as_bytes()), Some(Quad(bits)));
        }
    }
}
