//! Durations that lines log, and how the text of one becomes milliseconds.

use std::fmt;
use std::str::FromStr;

use crate::dimension::Dimension;
use crate::format::{Destination, Ranked, TimeUnit, duration, is_name, variable};

/// A duration that lines log: `$upstream_response_time`, `$upstream_connect_time`, a key of JSON logs.
///
/// For each upstream server that nginx tried, a variable may have a part: `0.1, 0.2 : 0.3`. The parts are added up;
/// those that are `-` are left out. `upstream_connect_time:last` takes the last part instead. nginx logs seconds;
/// `took:ms` is in milliseconds (`us`, `ns` and `s` work too), and so is a variable whose name ends with `_ms`.
///
/// ```
/// use logstat::{LoggedDuration, Question};
/// let last: LoggedDuration = "upstream_connect_time:last".parse()?;
/// let question = Question::new().durations(["upstream_response_time".parse()?, last]);
/// assert!("status".parse::<LoggedDuration>().is_err());
/// # Ok::<(), logstat::DurationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedDuration {
    /// The variable; `None` for the request time, which formats read into a column of its own.
    variable: Option<Dimension>,
    of_list: OfList,
    unit: TimeUnit,
    /// True if the unit was given, so that it is part of the name.
    is_unit_given: bool,
}

/// How a list becomes one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfList {
    Sum,
    Last,
}

/// Why a text does not name a duration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DurationError {
    /// The text is not the name of a variable.
    NotAName,
    /// The variable is not a duration.
    NotADuration {
        /// Name of the variable.
        name: String,
    },
    /// The word after a colon is neither `last` nor a unit, or there are two of a kind.
    Word {
        /// The word.
        word: String,
    },
    /// The request time has one value, and its format says in which unit.
    OfRequestTime,
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationError::NotAName => {
                f.write_str("expected a variable that logs a duration, such as upstream_response_time")
            }
            DurationError::NotADuration { name } => write!(
                f,
                "${name} is not a duration; expected request_time, or a variable such as upstream_response_time"
            ),
            DurationError::Word { word } => write!(
                f,
                "'{}' after the colon is not known; expected last, or a unit: s, ms, us or ns",
                crate::text::printable(word.as_bytes())
            ),
            DurationError::OfRequestTime => {
                f.write_str("the request time is one value, in the unit of its format; write request_time alone")
            }
        }
    }
}

impl std::error::Error for DurationError {}

/// THE TABLE of units, with the word after the colon and the ending of names.
const UNITS: [(&str, &str, TimeUnit); 4] = [
    ("s", "_s", TimeUnit::Seconds),
    ("ms", "_ms", TimeUnit::Milliseconds),
    ("us", "_us", TimeUnit::Microseconds),
    ("ns", "_ns", TimeUnit::Nanoseconds),
];

/// nginx's variables that hold microseconds.
const MICROSECONDS: [&str; 2] = ["tcpinfo_rtt", "tcpinfo_rttvar"];

const REQUEST_TIME: &str = "request_time";

impl LoggedDuration {
    /// nginx's variables that log a duration.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let durations = crate::format::variables().filter(|known| is_duration(known.name, known.ranked));
        durations.map(|known| known.name).chain([REQUEST_TIME])
    }

    /// Its name without `$`, as it is parsed: `upstream_connect_time:last`.
    pub fn name(self) -> String {
        self.to_string()
    }

    /// The variable that must have a column; `None` for the request time.
    pub(crate) fn dimension(self) -> Option<Dimension> {
        self.variable
    }

    /// The variable that logs it, with its `$`.
    pub(crate) fn variable(self) -> String {
        self.variable.map_or_else(|| format!("${REQUEST_TIME}"), Dimension::variable)
    }

    /// Reads the value of a line. `None` if it was not measured (`-`), or if a part is not a duration.
    pub(super) fn read(self, text: &[u8]) -> Option<u64> {
        let mut parts = text.split(|byte| matches!(byte, b',' | b':' | b' ')).filter(|part| !part.is_empty());
        match self.of_list {
            OfList::Last => duration(parts.next_back()?, self.unit).map(|(ms, _)| ms),
            OfList::Sum => {
                let mut measured = parts.filter(|part| *part != b"-").peekable();
                measured.peek()?;
                let add = |(sum_ms, sum_ns): (u64, u64), part: &[u8]| {
                    let (ms, ns) = duration(part, self.unit)?;
                    Some((sum_ms.saturating_add(ms), sum_ns + ns))
                };
                let (ms, ns) = measured.try_fold((0, 0), add)?;
                Some(ms.saturating_add(ns / 1_000_000))
            }
        }
    }
}

/// True if a variable of nginx logs a duration other than the request time.
fn is_duration(name: &str, ranked: Ranked) -> bool {
    ranked == Ranked::Measure
        && (name.ends_with("_time") || MICROSECONDS.contains(&name))
        && variable(name).is_some_and(|(_, known)| known.destination == Destination::Nothing)
}

impl fmt::Display for LoggedDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.variable.map_or(REQUEST_TIME, Dimension::name))?;
        if self.of_list == OfList::Last {
            f.write_str(":last")?;
        }
        let unit = UNITS.iter().find(|(.., unit)| *unit == self.unit).filter(|_| self.is_unit_given);
        unit.map_or(Ok(()), |(word, ..)| write!(f, ":{word}"))
    }
}

impl FromStr for LoggedDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<LoggedDuration, DurationError> {
        let mut words = text.trim().split(':');
        let name = words.next().unwrap_or_default();
        let name = name.strip_prefix('$').unwrap_or(name);
        if !is_name(name) {
            return Err(DurationError::NotAName);
        }
        let (mut of_list, mut unit) = (None, None);
        for word in words {
            let known = UNITS.iter().find(|(known, ..)| *known == word);
            match known {
                Some((.., known)) if unit.is_none() => unit = Some(*known),
                None if word == "last" && of_list.is_none() => of_list = Some(OfList::Last),
                _ => return Err(DurationError::Word { word: word.to_owned() }),
            }
        }
        let known = variable(name).map(|(_, known)| known);
        if known.is_some_and(|known| known.destination == Destination::RequestTime) {
            let is_plain = of_list.is_none() && unit.is_none();
            let request_time =
                LoggedDuration { variable: None, of_list: OfList::Sum, unit: TimeUnit::Seconds, is_unit_given: false };
            return if is_plain { Ok(request_time) } else { Err(DurationError::OfRequestTime) };
        }
        if known.is_some_and(|known| !is_duration(name, known.ranked)) {
            return Err(DurationError::NotADuration { name: name.to_owned() });
        }
        let of_name = || {
            let ending = UNITS.iter().find(|(_, ending, _)| known.is_none() && name.ends_with(ending));
            let usual = if MICROSECONDS.contains(&name) { TimeUnit::Microseconds } else { TimeUnit::Seconds };
            ending.map_or(usual, |(.., unit)| *unit)
        };
        Ok(LoggedDuration {
            variable: Some(Dimension::of_measure(name)),
            of_list: of_list.unwrap_or(OfList::Sum),
            unit: unit.unwrap_or_else(of_name),
            is_unit_given: unit.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Option<u64> {
        name.parse::<LoggedDuration>().unwrap().read(text.as_bytes())
    }

    #[test]
    fn lists_are_added_up_or_their_last_part_is_taken() {
        for (text, sum, last) in [
            ("0.012", Some(12), Some(12)),
            ("0.1, 0.2 : 0.3", Some(600), Some(300)),
            ("0.1,0.2", Some(300), Some(200)),
            ("-, 0.2", Some(200), Some(200)),
            ("0.2, -", Some(200), None),
            ("- : -", None, None),
            ("-", None, None),
            ("", None, None),
            ("0.000", Some(0), Some(0)),
            ("0.1, x", None, None),
            ("x, 0.1", None, Some(100)),
            ("-0.5", None, None),
            ("18446744073709551.615, 1", Some(u64::MAX), Some(1000)),
            ("99999999999999999999", None, None),
            ("0.0006, 0.0007", Some(1), Some(0)),
            ("999us, 999us, 999us", Some(2), Some(0)),
        ] {
            assert_eq!(read("upstream_response_time", text), sum, "{text}");
            assert_eq!(read("$upstream_response_time:last", text), last, "{text}");
        }
    }

    #[test]
    fn units_are_given_by_a_word_or_by_the_name() {
        let rows = [
            ("took", "2", 2000),
            ("took:s", "0.5", 500),
            ("took:ms", "22", 22),
            ("took_ms", "22.9", 22),
            ("took_ms:us", "2500", 2),
            ("took_us", "2500", 2),
            ("took:last:ns", "1, 2500000", 2),
            ("took:us:last", "1, 2500", 2),
            ("took:us", "600, 700", 1),
            ("took", "26ms", 26),
            ("tcpinfo_rtt", "2500", 2),
            ("upstream_http_x_runtime", "0.25", 250),
        ];
        for (name, text, expected) in rows {
            assert_eq!(read(name, text), Some(expected), "{name} {text}");
        }
    }

    #[test]
    fn names_are_written_as_they_are_parsed() {
        for name in ["request_time", "upstream_connect_time", "took:last", "took:ms", "took:last:us", "took_ms"] {
            assert_eq!(name.parse::<LoggedDuration>().unwrap().name(), name);
        }
        let same = [("$took", "took"), (" took:ms:last ", "took:last:ms"), ("request_time_ms", "request_time")];
        for (text, name) in same {
            assert_eq!(text.parse::<LoggedDuration>().unwrap().name(), name);
        }
        assert!(LoggedDuration::names().all(|name| name.parse::<LoggedDuration>().is_ok()));
        assert!(LoggedDuration::names().any(|name| name == "upstream_header_time"));
    }

    #[test]
    fn other_names_are_refused() {
        let error = |text: &str| text.parse::<LoggedDuration>().unwrap_err();
        for text in ["", "$", "a b", "a/b", "a-b", ":last"] {
            assert_eq!(error(text), DurationError::NotAName, "{text}");
        }
        for name in ["status", "bytes_sent", "upstream_addr", "time_local", "upstream_response_length", "msec"] {
            assert_eq!(error(name), DurationError::NotADuration { name: name.to_owned() });
        }
        for (text, word) in [("took:first", "first"), ("took:", ""), ("took:ms:s", "s"), ("took:last:last", "last")] {
            assert_eq!(error(text), DurationError::Word { word: word.to_owned() });
        }
        assert_eq!(error("request_time:last"), DurationError::OfRequestTime);
        assert_eq!(error("request_time:ms"), DurationError::OfRequestTime);
    }
}
