//! Lengths of time as users type them: `90m`, `2 days`, `1d12h`.

use super::DAY_S;

/// A unit of length, with its spellings.
struct LengthUnit {
    /// The letter, in lower case.
    letter: &'static str,
    /// Other spellings, in any case.
    words: &'static [&'static str],
    seconds: i64,
}

const fn unit(letter: &'static str, words: &'static [&'static str], seconds: i64) -> LengthUnit {
    LengthUnit { letter, words, seconds }
}

/// THE TABLE of units of length, longest first.
const UNITS: [LengthUnit; 5] = [
    unit("w", &["wk", "wks", "week", "weeks"], 7 * DAY_S),
    unit("d", &["day", "days"], DAY_S),
    unit("h", &["hr", "hrs", "hour", "hours"], 3600),
    unit("m", &["min", "mins", "minute", "minutes"], 60),
    unit("s", &["sec", "secs", "second", "seconds"], 1),
];

/// Returns the seconds of a unit. A capital M is not a minute: elsewhere it stands for a month.
fn unit_s(word: &str) -> Option<i64> {
    let is_it = |unit: &&LengthUnit| {
        let is_letter = unit.letter.eq_ignore_ascii_case(word) && word != "M";
        is_letter || unit.words.iter().any(|known| known.eq_ignore_ascii_case(word))
    };
    UNITS.iter().find(is_it).map(|unit| unit.seconds)
}

/// A number with its unit, before they are multiplied: `90m` is (90, 60).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// `None` if the number does not fit in 64 bits.
    number: Option<i64>,
    pub(super) unit_s: i64,
}

impl Counted {
    /// The length in seconds; `None` if it does not fit in 64 bits.
    pub(super) fn seconds(self) -> Option<i64> {
        self.number?.checked_mul(self.unit_s)
    }
}

/// Splits a number with its unit off the start of a text. Spaces may stand between them.
fn counted(text: &str) -> Option<(Counted, &str)> {
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - after_number.len()];
    let word_on = after_number.trim_start();
    let rest = word_on.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let unit_s = unit_s(&word_on[..word_on.len() - rest.len()]).filter(|_| !digits.is_empty())?;
    Some((Counted { number: digits.parse().ok(), unit_s }, rest))
}

/// Parses one number with its unit: `15m`, `2 hours`.
pub(super) fn one(text: &str) -> Option<Counted> {
    counted(text).filter(|(_, rest)| rest.is_empty()).map(|(counted, _)| counted)
}

/// Parses a sum of numbers with units, the longest unit first: `1d12h`, `1 hour 30 min`. Returns `None` if the text is
/// not a length, and `Some(None)` if the length does not fit in 64 bits.
pub(super) fn seconds(text: &str) -> Option<Option<i64>> {
    let (mut sum, mut last_unit_s, mut rest) = (Some(0_i64), i64::MAX, text);
    loop {
        let (part, after) = counted(rest).filter(|(part, _)| part.unit_s < last_unit_s)?;
        last_unit_s = part.unit_s;
        sum = sum.zip(part.seconds()).and_then(|(sum, seconds)| sum.checked_add(seconds));
        if after.is_empty() {
            return Some(sum);
        }
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_letters_or_words() {
        let rows = [
            ("90s", Some(90)),
            ("90m", Some(5400)),
            ("90min", Some(5400)),
            ("90 Minutes", Some(5400)),
            ("1h", Some(3600)),
            ("1H", Some(3600)),
            ("1hour", Some(3600)),
            ("2 days", Some(172_800)),
            ("2w", Some(1_209_600)),
            ("1d12h", Some(129_600)),
            ("1h 30m", Some(5400)),
            ("1 hour 30 min", Some(5400)),
            ("", None),
            ("h", None),
            ("90", None),
            ("1M", None),
            ("1y", None),
            ("1.5h", None),
            ("-1h", None),
            ("30m1h", None),
            ("1h1h", None),
            ("1h ", None),
            ("1h 30", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seconds(text), expected.map(Some), "{text}");
        }
        for text in ["99999999999999999999s", "9999999999999999999w", "9223372036854775807s1s"] {
            assert!(matches!(seconds(text), None | Some(None)), "{text}");
        }
        assert_eq!(seconds("99999999999999999999s"), Some(None));
    }

    #[test]
    fn spellings_are_unique() {
        let all: Vec<_> = UNITS.iter().flat_map(|unit| unit.words.iter().chain([&unit.letter])).collect();
        assert!(all.iter().enumerate().all(|(i, word)| !all[..i].contains(word)), "{all:?}");
        assert!(UNITS.windows(2).all(|pair| pair[0].seconds > pair[1].seconds));
    }
}
