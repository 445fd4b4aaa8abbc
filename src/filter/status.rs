//! Lists of status codes: `--status 4xx,!404,500-504`.

use std::fmt;
use std::str::FromStr;

use super::include_exclude::IncludeExclude;
use crate::batch::Status;
use crate::expression::SyntaxError;

/// Status codes: single codes, classes (`5xx`, `5**`), ranges (`500-504`) and bounds (`>=500`). A `!` before an item
/// excludes it; `-` stands for a missing status.
///
/// ```
/// let errors: logstat::StatusSet = "4xx,!404,500-504".parse()?;
/// assert!(errors.matches(Some(403)) && errors.matches(Some(502)));
/// assert!(!errors.matches(Some(404)) && !errors.matches(Some(505)) && !errors.matches(None));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSet(IncludeExclude<Codes>);

/// First and last code, both included; `None` stands for a missing status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Codes(Option<(u16, u16)>);

impl StatusSet {
    /// True if a status is selected; `None` is a missing status.
    pub fn matches(&self, status: Option<u16>) -> bool {
        self.0.matches(|Codes(range)| match (range, status) {
            (Some((first, last)), Some(status)) => (*first..=*last).contains(&status),
            (range, status) => range.is_none() && status.is_none(),
        })
    }

    /// The list that excludes the status codes of this one; `None` if this one has an item with a `!`.
    pub fn excluded(self) -> Option<StatusSet> {
        self.0.excluded().map(StatusSet)
    }

    /// Joins two lists into one.
    #[must_use]
    pub fn with(mut self, other: StatusSet) -> StatusSet {
        self.0.add(other.0);
        self
    }

    /// The answer for each status, by its index.
    pub(super) fn table(&self) -> Vec<bool> {
        let of = |index: usize| (index != Status::MISSING.index()).then_some(index as u16);
        (0..Status::COUNT).map(|index| self.matches(of(index))).collect()
    }

    /// True if no status is selected.
    pub(super) fn is_empty(&self) -> bool {
        !self.table().contains(&true)
    }
}

impl FromStr for StatusSet {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<StatusSet, SyntaxError> {
        IncludeExclude::read(text, codes).map(StatusSet)
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, |Codes(range)| match range {
            None => "-".to_owned(),
            Some((first, last)) if first == last => format!("{first:03}"),
            Some((first, last)) if first % 100 == 0 && *last == first + 99 => format!("{}xx", first / 100),
            Some((first, last)) => format!("{first:03}-{last:03}"),
        })
    }
}

fn codes(word: &str) -> Result<Codes, String> {
    let code = |digits: &str| {
        let is_code = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_code)
    };
    let range = if let Some((range, than)) = bound(word) {
        code(than.trim_start()).map(range).filter(|(first, last)| first <= last)
    } else if let Some(class) = class(word) {
        Some((class * 100, class * 100 + 99))
    } else if let Some((first, last)) = word.split_once('-').filter(|_| word != "-") {
        code(first).zip(code(last)).filter(|(first, last)| first <= last)
    } else {
        code(word).map(|code| (code, code))
    };
    match range {
        None if word != "-" => Err("expected a status: 404, 4xx, 500-504, >=500, or - for a missing one".to_owned()),
        range => Ok(Codes(range)),
    }
}

/// First and last code that a sign selects, given the code after it.
type Range = fn(u16) -> (u16, u16);

/// THE TABLE of signs before a code. A longer sign must precede those that it begins with.
const BOUNDS: [(&str, Range); 6] = [
    (">=", |code| (code, LAST)),
    ("<=", |code| (0, code)),
    ("==", |code| (code, code)),
    (">", |code| (code + 1, LAST)),
    ("<", |code| code.checked_sub(1).map_or((1, 0), |last| (0, last))),
    ("=", |code| (code, code)),
];

/// Last code of three digits.
const LAST: u16 = 999;

/// Splits a sign off the start of a word.
fn bound(word: &str) -> Option<(Range, &str)> {
    BOUNDS.iter().find_map(|(sign, range)| Some((*range, word.strip_prefix(sign)?)))
}

/// Parses a class: 4 for `4xx`, `4**` or `4*`.
fn class(word: &str) -> Option<u16> {
    match word.as_bytes() {
        [digit @ b'0'..=b'9', b'x' | b'X', b'x' | b'X']
        | [digit @ b'0'..=b'9', b'*', b'*']
        | [digit @ b'0'..=b'9', b'*'] => Some(u16::from(digit - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held(text: &str) -> Vec<u16> {
        let set: StatusSet = text.parse().unwrap();
        (0..1000).filter(|code| set.matches(Some(*code))).collect()
    }

    #[test]
    fn lists_have_codes_classes_and_ranges() {
        assert_eq!(held("404"), [404]);
        assert_eq!(held("5xx"), (500..600).collect::<Vec<_>>());
        assert_eq!(held("3XX,!300-398"), [399]);
        assert_eq!(held("000"), [0]);
        for (text, expected) in [
            (">=500", 500..1000),
            (">499", 500..1000),
            ("<400", 0..400),
            ("<= 399", 0..400),
            ("=404", 404..405),
            ("==404", 404..405),
            ("5**", 500..600),
            ("5*", 500..600),
        ] {
            assert_eq!(held(text), expected.collect::<Vec<_>>(), "{text}");
        }
        assert_eq!(held(">=500,!>503"), [500, 501, 502, 503]);
        assert_eq!(held("!1xx"), (0..100).chain(200..1000).collect::<Vec<_>>());
        assert_eq!(held("-"), [0; 0]);
        let missing: StatusSet = "-,200".parse().unwrap();
        assert!(missing.matches(None) && missing.matches(Some(200)) && !missing.is_empty());
        assert!("200,!200".parse::<StatusSet>().unwrap().is_empty());
        let both = "4xx".parse::<StatusSet>().unwrap().with("!404".parse().unwrap());
        assert!(both.matches(Some(400)) && !both.matches(Some(404)));
        for text in [
            "", "20", "2000", "4x", "xxx", "504-500", "500-", "-500", "5xx-6xx", "200;300", "2 0 0", ">=", ">5",
            ">999", "<000", ">=5xx", "=>500", "**", "***",
        ] {
            assert!(text.parse::<StatusSet>().is_err(), "{text}");
        }
    }

    /// Generates items of a list: whether one is excluded, two codes, and the kind of item.
    fn list() -> impl Strategy<Value = Vec<(bool, u16, u16, u8)>> {
        prop::collection::vec((any::<bool>(), 0..1000_u16, 0..1000_u16, 0..3_u8), 1..6)
    }

    proptest! {
        #[test]
        fn list_selects_the_codes_of_its_items(items in list()) {
            let (mut any, mut none, mut words) = (vec![false; 1000], vec![false; 1000], Vec::new());
            let mut is_limited = false;
            for (is_not, a, b, kind) in items {
                let (first, last) = (a.min(b), a.max(b));
                let (word, codes) = match kind {
                    0 => (format!("{a:03}"), a..=a),
                    1 => (format!("{}xx", a / 100), a / 100 * 100..=a / 100 * 100 + 99),
                    _ => (format!("{first:03}-{last:03}"), first..=last),
                };
                words.push(if is_not { format!("!{word}") } else { word });
                let list = if is_not { &mut none } else { &mut any };
                is_limited |= !is_not;
                codes.for_each(|code| list[usize::from(code)] = true);
            }
            let set: StatusSet = words.join(",").parse().unwrap();
            let table = set.table();
            for code in 0..1000 {
                let expected = (any[code] || !is_limited) && !none[code];
                prop_assert_eq!(set.matches(Some(code as u16)), expected);
                prop_assert_eq!(table[code], expected);
            }
        }
    }
}
