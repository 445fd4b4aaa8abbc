//! Shapes of values: strictly as nginx writes them, and loosely as a less informed reader may assume.

use super::variables::{Absent, Variable};

/// The `escape=` parameter of `log_format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    Default,
    Json,
    None,
}

/// Form of a value that is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// Begins with a slash, or with `?` (`GET http://host?query`).
    Path,
    /// No space.
    Word,
    Digits,
    /// Digits, a point and three digits.
    Seconds,
    Status,
    TimeLocal,
    TimeIso8601,
    /// IPv4, IPv6 or `unix:`.
    Address,
    OneOf(&'static [&'static str]),
    /// `Monday, 30-Nov-2026 01:13:55 UTC`.
    Date,
    /// Words separated by `, ` or ` : `. Ends in ` : ` if no server of the last upstream group was contacted.
    Words,
    /// Numbers separated likewise; `-` stands for a number that nginx does not know.
    Numbers,
}

impl Shape {
    /// Width in bytes, if it is the same for every value.
    pub(crate) fn width(self) -> Option<usize> {
        match self {
            Shape::TimeLocal => Some(26),
            Shape::TimeIso8601 => Some(25),
            Shape::Status => Some(3),
            _ => None,
        }
    }

    fn fits(self, text: &[u8]) -> bool {
        match self {
            Shape::Text => true,
            Shape::Path => matches!(text.first(), Some(b'/' | b'?')),
            Shape::Word => !text.contains(&b' '),
            Shape::Digits => is_digits(text),
            Shape::Seconds => {
                let point = text.len().checked_sub(4);
                point.is_some_and(|at| is_digits(&text[..at]) && text[at] == b'.' && is_digits(&text[at + 1..]))
            }
            Shape::Status => text.len() == 3 && is_digits(text),
            Shape::TimeLocal => looks_like(text, b"00/Aaa/0000:00:00:00 +0000"),
            Shape::TimeIso8601 => looks_like(text, b"0000-00-00T00:00:00+00:00"),
            Shape::Address => {
                text == b"unix:" || std::str::from_utf8(text).is_ok_and(|text| text.parse::<std::net::IpAddr>().is_ok())
            }
            Shape::OneOf(words) => words.iter().any(|word| word.as_bytes() == text),
            Shape::Date => {
                let day = text.iter().position(|b| *b == b',').unwrap_or(0);
                day > 0
                    && looks_like(&text[day..text.len().min(day + 22)], b", 00-Aaa-0000 00:00:00")
                    && text.len() < day + 30
            }
            Shape::Words => is_list(text, &|item| !item.is_empty() && !item.iter().any(|b| matches!(b, b' ' | b','))),
            Shape::Numbers => is_list(text, &is_number),
        }
    }

    /// Shape that a less informed reader may assume. It accepts at least as much.
    fn loosely(self) -> Shape {
        match self {
            Shape::Address | Shape::OneOf(_) | Shape::Seconds => Shape::Word,
            Shape::Date | Shape::Path => Shape::Text,
            other => other,
        }
    }
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn is_number(text: &[u8]) -> bool {
    let (whole, fraction) = match text.iter().position(|b| *b == b'.') {
        Some(point) => (&text[..point], Some(&text[point + 1..])),
        None => (text, None),
    };
    text == b"-" || is_digits(whole) && fraction.is_none_or(is_digits)
}

/// True if `text` has digits, letters and punctuation in the same positions as `sample`.
fn looks_like(text: &[u8], sample: &[u8]) -> bool {
    let same = |(b, sample): (&u8, &u8)| match sample {
        b'0' => b.is_ascii_digit(),
        b'A' | b'a' => b.is_ascii_alphabetic(),
        b'+' => matches!(b, b'+' | b'-'),
        sample => b == sample,
    };
    text.len() == sample.len() && text.iter().zip(sample).all(same)
}

fn is_list(text: &[u8], is_item: &dyn Fn(&[u8]) -> bool) -> bool {
    let text = text.strip_suffix(b" : ").unwrap_or(text);
    let Ok(text) = std::str::from_utf8(text) else { return false };
    text.split(" : ").flat_map(|group| group.split(", ")).all(|item| is_item(item.as_bytes()))
}

impl Variable {
    /// True if nginx may write `text` for this variable.
    pub(crate) fn fits(&self, text: &[u8], escape: Escape) -> bool {
        let is_default = escape == Escape::Default;
        let is_absent = match self.absent {
            Absent::Never => false,
            Absent::Nothing => text.is_empty(),
            Absent::Dash => {
                if is_default {
                    text == b"-"
                } else {
                    text.is_empty()
                }
            }
            Absent::Either => text.is_empty() || is_default && text == b"-",
        };
        is_absent || !text.is_empty() && self.shape.fits(text)
    }

    /// True if a less informed reader would accept `text`.
    pub(crate) fn fits_loosely(&self, text: &[u8]) -> bool {
        let may_be_absent = self.shape.width().is_none();
        may_be_absent && matches!(text, b"" | b"-") || self.shape.loosely().fits(text)
    }
}
