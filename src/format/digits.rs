//! Parses numbers at the start of a text: short ones eight bytes at once, as in nearly every line, and any number digit
//! by digit.

/// Parses one to seven leading digits, and returns the number and its length. `None` for any other number of digits,
/// and if fewer than eight bytes are left.
///
/// Works on eight bytes at once: the first byte that is not a digit marks the end of the number.
#[inline(always)]
pub(super) fn few_digits(text: &[u8]) -> Option<(u64, usize)> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let values = u64::from_le_bytes(*text.first_chunk()?) ^ (EACH * 0x30);
    let no_digit = (((values & (EACH * 0x7f)) + EACH * 0x76) | values) & (EACH * 0x80);
    let len = no_digit.trailing_zeros() / 8;
    if !(1..8).contains(&len) {
        return None;
    }
    // Shift in leading zeros to get eight digits.
    Some((eight_digits(values << (64 - 8 * len)), len as usize))
}

/// The number written by eight digits. Each byte holds the value of one digit, and the lowest byte holds the first
/// digit. Three multiplications add them up in pairs.
#[inline(always)]
pub(super) fn eight_digits(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let odd = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let even = (pairs >> 16 & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    odd.wrapping_add(even) >> 32
}

/// Parses all leading digits, and returns the number (`None` beyond 64 bits) and the number of digits.
#[inline]
pub(super) fn digits(text: &[u8]) -> (Option<u64>, usize) {
    let mut value = Some(0_u64);
    let mut len = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(len) {
        value = match value {
            // Nineteen digits always fit, so most numbers need no overflow check.
            Some(v) if len < 19 => Some(v * 10 + u64::from(digit - b'0')),
            Some(v) => v.checked_mul(10).and_then(|v| v.checked_add(u64::from(digit - b'0'))),
            None => None,
        };
        len += 1;
    }
    (value, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_up_to_64_bits_parse() {
        assert_eq!(digits(b"18446744073709551615 "), (Some(u64::MAX), 20));
        assert_eq!(digits(b"18446744073709551616"), (None, 20));
        assert_eq!(digits(b"000000000000000000000000007x"), (Some(7), 27));
        assert_eq!(digits(b"99999999999999999999999999"), (None, 26));
        assert_eq!(digits(b"-"), (Some(0), 0));
    }

    proptest::proptest! {
        #[test]
        fn few_digits_agrees_with_digits(
            text in proptest::prop_oneof!["[0-9]{0,9}[ -~]{0,9}", "[0-9]{1,7}[\u{0}-\u{ff}]{8}"],
        ) {
            let text = text.as_bytes();
            let (value, len) = digits(text);
            let expected = value.map(|v| (v, len)).filter(|_| (1..8).contains(&len) && text.len() >= 8);
            proptest::prop_assert_eq!(few_digits(text), expected);
        }
    }
}
