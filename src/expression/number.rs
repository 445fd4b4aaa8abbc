//! Decimal numbers as users write them, compared without rounding.

use std::cmp::Ordering;

/// A number as its digits, of which the last `decimals` follow the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    digits: u128,
    decimals: u32,
}

/// Maximum number of digits: 19 fit in 64 bits. Comparing two numbers takes twice as many digits, which fit in 128
/// bits.
const DIGITS: usize = 19;

impl Number {
    /// Parses digits, optionally with a point and more digits. `None` for any other text, and for more than 19 digits,
    /// not counting leading zeros.
    pub(crate) fn read(text: &[u8]) -> Option<Number> {
        let point = text.iter().position(|b| *b == b'.');
        let (whole, decimals) = point.map_or((text, &[][..]), |at| (&text[..at], &text[at + 1..]));
        let is_one = (!whole.is_empty() || !decimals.is_empty()) && point.is_none_or(|_| !decimals.is_empty());
        if !is_one || decimals.len() > DIGITS || !whole.iter().chain(decimals).all(u8::is_ascii_digit) {
            return None;
        }
        let mut digits = 0;
        for digit in whole.iter().chain(decimals) {
            digits = digits * 10 + u128::from(digit - b'0');
            if digits >= 10_u128.pow(DIGITS as u32) {
                return None;
            }
        }
        Some(Number { digits, decimals: decimals.len() as u32 })
    }

    /// Multiplies by a factor, and moves the point left by `decimals` places. `None` if it then has too many digits.
    pub(super) fn scaled(self, factor: u64, decimals: u32) -> Option<Number> {
        let scaled = Number { digits: self.digits * u128::from(factor), decimals: self.decimals + decimals };
        (scaled.digits < 10_u128.pow(DIGITS as u32) && scaled.decimals <= DIGITS as u32).then_some(scaled)
    }

    /// True if the number can be compared with any quotient: at most 15 digits, at most 9 of them after the point.
    pub(crate) fn is_short(self) -> bool {
        self.digits < 10_u128.pow(15) && self.decimals <= 9
    }

    /// Compares a quotient with this number, which must be short. If both products overflow, they compare as equal.
    pub(crate) fn quotient_cmp(self, part: u128, whole: u128) -> Ordering {
        part.saturating_mul(10_u128.pow(self.decimals)).cmp(&self.digits.saturating_mul(whole))
    }

    /// Rounds down to a whole number of units of 10^-`decimals`; also returns true if that is exact.
    pub(crate) fn floor(self, decimals: u32) -> (u128, bool) {
        let scaled = self.digits * 10_u128.pow(decimals);
        let unit = 10_u128.pow(self.decimals);
        (scaled / unit, scaled.is_multiple_of(unit))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        let (mine, theirs) = (10_u128.pow(other.decimals), 10_u128.pow(self.decimals));
        Some((self.digits * mine).cmp(&(other.digits * theirs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parsed_exactly() {
        let rows = [
            ("0", Some((0, 0))),
            ("500", Some((500, 0))),
            ("0.300", Some((300, 3))),
            (".5", Some((5, 1))),
            ("007", Some((7, 0))),
            ("9999999999999999999", Some((9_999_999_999_999_999_999, 0))),
            ("99999999999999999999", None),
            ("0.00000000000000000001", None),
            ("1.", None),
            (".", None),
            ("", None),
            ("-1", None),
            ("1e3", None),
            ("1.2.3", None),
        ];
        for (text, expected) in rows {
            let read = Number::read(text.as_bytes()).map(|n| (n.digits, n.decimals));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn comparison_does_not_round() {
        let of = |text: &str| Number::read(text.as_bytes()).unwrap();
        let ascending = ["0", "0.0000000000000000001", "0.3", "0.3000000000000000001", "1", "9999999999999999999"];
        assert!(ascending.windows(2).all(|pair| of(pair[0]) < of(pair[1])));
        assert_eq!(of("0.30").partial_cmp(&of("0.3")), Some(Ordering::Equal));
        assert_eq!(of("0.3").floor(3), (300, true));
        assert_eq!(of("0.3005").floor(3), (300, false));
    }
}
