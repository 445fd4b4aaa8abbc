//! Units of numbers in expressions: `1M` bytes, `300ms`.

use super::number::Number;

/// The unit that numbers are compared in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberUnit {
    Bytes,
    Seconds,
}

/// THE TABLE of units, in lower case: what they are converted to, the factor of a number, and how many decimals it moves to the right.
const UNITS: [(&str, NumberUnit, u64, u32); 18] = [
    ("b", NumberUnit::Bytes, 1, 0),
    ("k", NumberUnit::Bytes, 1 << 10, 0),
    ("kb", NumberUnit::Bytes, 1 << 10, 0),
    ("kib", NumberUnit::Bytes, 1 << 10, 0),
    ("m", NumberUnit::Bytes, 1 << 20, 0),
    ("mb", NumberUnit::Bytes, 1 << 20, 0),
    ("mib", NumberUnit::Bytes, 1 << 20, 0),
    ("g", NumberUnit::Bytes, 1 << 30, 0),
    ("gb", NumberUnit::Bytes, 1 << 30, 0),
    ("gib", NumberUnit::Bytes, 1 << 30, 0),
    ("us", NumberUnit::Seconds, 1, 6),
    ("ms", NumberUnit::Seconds, 1, 3),
    ("msec", NumberUnit::Seconds, 1, 3),
    ("s", NumberUnit::Seconds, 1, 0),
    ("sec", NumberUnit::Seconds, 1, 0),
    ("seconds", NumberUnit::Seconds, 1, 0),
    ("m", NumberUnit::Seconds, 60, 0),
    ("min", NumberUnit::Seconds, 60, 0),
];

impl NumberUnit {
    /// Parses a number with a unit that can be converted to this one. `None` for another text, and if
    /// the number has too many digits.
    pub(crate) fn read(self, word: &str) -> Option<Number> {
        let (number, unit) = split(word)?;
        let is_it = |(name, of, ..): &&(&str, NumberUnit, u64, u32)| *of == self && name.eq_ignore_ascii_case(unit);
        let (_, _, factor, decimals) = UNITS.iter().find(is_it)?;
        Number::read(number.as_bytes())?.scaled(*factor, *decimals)
    }
}

/// True if a word is a unit by itself.
pub(super) fn is_unit(word: &str) -> bool {
    UNITS.iter().any(|(name, ..)| name.eq_ignore_ascii_case(word))
}

/// Splits a word into its number and its unit.
fn split(word: &str) -> Option<(&str, &str)> {
    let at = word.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    (at > 0).then(|| word.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_scale_numbers_exactly() {
        let rows = [
            (NumberUnit::Bytes, "1M", Some("1048576")),
            (NumberUnit::Bytes, "1.5k", Some("1536")),
            (NumberUnit::Bytes, "2GiB", Some("2147483648")),
            (NumberUnit::Bytes, "10b", Some("10")),
            (NumberUnit::Seconds, "300ms", Some("0.3")),
            (NumberUnit::Seconds, "0.5MS", Some("0.0005")),
            (NumberUnit::Seconds, "1.5s", Some("1.5")),
            (NumberUnit::Seconds, "2m", Some("120")),
            (NumberUnit::Seconds, "7us", Some("0.000007")),
            (NumberUnit::Seconds, "1k", None),
            (NumberUnit::Bytes, "1ms", None),
            (NumberUnit::Bytes, "1", None),
            (NumberUnit::Bytes, "M", None),
            (NumberUnit::Bytes, "1.2.3M", None),
            (NumberUnit::Bytes, "9999999999999999999k", None),
            (NumberUnit::Seconds, "0.0000000000000000001ms", None),
        ];
        for (unit, word, expected) in rows {
            let found = unit.read(word);
            let expected = expected.and_then(|number| Number::read(number.as_bytes()));
            assert_eq!(
                found.map(|n| Some(n) == expected || n.partial_cmp(&expected.unwrap()).is_some_and(|o| o.is_eq())),
                expected.map(|_| true),
                "{word}"
            );
        }
        assert!(is_unit("MS") && !is_unit("x") && !is_unit(""));
    }
}
