//! Moments and dates as users type them: absolute, `2022-04-05T03`, or relative to now, `90m`, `yesterday`.

use std::cmp::Ordering;
use std::str::FromStr;

use super::moment_error::MomentError;
use super::partial_date::PartialDate;
use super::unit::LENGTHS;
use super::{DAY_S, weekday};

/// A point in time, as `--since` and `--until` take it.
///
/// - `2022`, `2022-04`, `2022-W14`, `2022-04-05`, `2022-04-05T03` and so on to the second: the beginning of that
///   period, on the wall clock of each line. With an offset after the second, `2022-04-05T03:45:05+02:00`, it is the
///   same instant for all lines.
/// - `90s`, `45m`, `1h`, `7d`, `2w`: that long before [`Now`]. `now` is [`Now`] itself. A day is 24 hours, a week
///   7 days.
/// - `today`, `yesterday`, `monday` to `sunday`: midnights. A weekday is the last one of that name, today included.
///
/// Two moments have no order if comparing them would need to know "now".
///
/// ```
/// use logstat::Moment;
/// let day: Moment = "2022-04-05".parse()?;
/// assert_eq!(day, "2022-04-05 00:00:00".parse()?);
/// assert!("yesterday".parse::<Moment>()? < "today".parse()?);
/// assert!("2022-02-30".parse::<Moment>().is_err());
/// # Ok::<(), logstat::MomentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub(super) MomentKind);

/// The point in time of a moment, before "now" is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MomentKind {
    /// A wall clock, the same at every offset, in seconds.
    Wall(i64),
    /// Seconds since 1970 in UTC.
    Instant(i64),
    /// Seconds before now.
    Ago(i64),
    Midnight(Midnight),
}

/// A midnight relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Midnight {
    /// Start from the last such weekday, 0 being Monday; from today if `None`.
    weekday: Option<i64>,
    /// Days to add.
    days: i64,
}

impl Midnight {
    /// Returns the wall clock of this midnight, given the wall clock of now.
    pub(super) fn on(self, wall_s: i64) -> i64 {
        let back = self.weekday.map_or(0, |day| (weekday(wall_s) - day).rem_euclid(7));
        wall_s - wall_s.rem_euclid(DAY_S) + (self.days - back) * DAY_S
    }
}

/// A whole period, such as a day, an hour or a month, from its beginning to its end, as `--date` takes it.
///
/// It is written like a [`Moment`] or like a timeline row. A length of time is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    pub(crate) begin: Moment,
    /// End of the period, not included.
    pub(crate) end: Moment,
}

impl Date {
    /// Returns the moment that the date begins.
    pub fn begin(self) -> Moment {
        self.begin
    }
}

/// The moment that relative moments count from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Now {
    /// The time at which the count begins.
    #[default]
    Clock,
    /// The latest time of all lines, before any filter. Inputs that cannot be read twice have none.
    Last,
    /// An absolute moment.
    At(Moment),
}

/// THE TABLE of named days, as the midnights that they begin at.
const DAYS: [(&str, Midnight); 9] = [
    ("today", Midnight { weekday: None, days: 0 }),
    ("yesterday", Midnight { weekday: None, days: -1 }),
    ("monday", Midnight { weekday: Some(0), days: 0 }),
    ("tuesday", Midnight { weekday: Some(1), days: 0 }),
    ("wednesday", Midnight { weekday: Some(2), days: 0 }),
    ("thursday", Midnight { weekday: Some(3), days: 0 }),
    ("friday", Midnight { weekday: Some(4), days: 0 }),
    ("saturday", Midnight { weekday: Some(5), days: 0 }),
    ("sunday", Midnight { weekday: Some(6), days: 0 }),
];

/// Longest length of time before now: more than all years of the calendar.
const AGO_AT_MOST_S: i64 = 10_000 * 366 * DAY_S;

impl Moment {
    /// Returns the words that are moments: `now`, `today`, `monday` …
    pub fn words() -> impl Iterator<Item = &'static str> {
        std::iter::once("now").chain(DAYS.iter().map(|(name, _)| *name))
    }

    /// True if the moment counts from now.
    pub fn is_relative(self) -> bool {
        matches!(self.0, MomentKind::Ago(_) | MomentKind::Midnight(_))
    }

    fn of(figures: PartialDate) -> Moment {
        Moment(match figures.offset_min {
            None => MomentKind::Wall(figures.wall_s),
            Some(offset_min) => MomentKind::Instant(figures.wall_s - i64::from(offset_min) * 60),
        })
    }
}

fn midnight(text: &str) -> Option<Midnight> {
    DAYS.iter().find(|(name, _)| *name == text).map(|(_, midnight)| *midnight)
}

/// Parses a length of time such as `90m` into seconds; `None` if the text is not a length of time.
fn length_s(text: &str) -> Option<Result<i64, MomentError>> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (_, unit_s) = LENGTHS.iter().find(|(unit, _)| *unit == &text[number.len()..])?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = number.parse::<i64>().ok().and_then(|number| number.checked_mul(*unit_s));
    Some(seconds.filter(|seconds| *seconds <= AGO_AT_MOST_S).ok_or(MomentError::TooLong))
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let word = text.to_ascii_lowercase();
        if word == "now" {
            return Ok(Moment(MomentKind::Ago(0)));
        }
        if let Some(midnight) = midnight(&word) {
            return Ok(Moment(MomentKind::Midnight(midnight)));
        }
        match length_s(text) {
            Some(seconds) => Ok(Moment(MomentKind::Ago(seconds?))),
            None => PartialDate::read(text).map(Moment::of),
        }
    }
}

impl FromStr for Date {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        if let Some(begin) = midnight(&text.to_ascii_lowercase()) {
            let end = Midnight { days: begin.days + 1, ..begin };
            return Ok(Date { begin: Moment(MomentKind::Midnight(begin)), end: Moment(MomentKind::Midnight(end)) });
        }
        if text.parse::<Moment>().is_ok_and(Moment::is_relative) {
            return Err(MomentError::NoDate);
        }
        let figures = PartialDate::read(text)?;
        if figures.offset_min.is_some() {
            return Err(MomentError::NoDate);
        }
        let end = MomentKind::Wall(figures.unit.bucket(figures.wall_s).end_s);
        Ok(Date { begin: Moment::of(figures), end: Moment(end) })
    }
}

/// Parses `last`, or an absolute moment.
impl FromStr for Now {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        if text.eq_ignore_ascii_case("last") {
            return Ok(Now::Last);
        }
        let moment: Moment = text.parse()?;
        if moment.is_relative() { Err(MomentError::Relative) } else { Ok(Now::At(moment)) }
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.0, other.0) {
            (MomentKind::Wall(mine), MomentKind::Wall(theirs))
            | (MomentKind::Instant(mine), MomentKind::Instant(theirs)) => Some(mine.cmp(&theirs)),
            (MomentKind::Ago(mine), MomentKind::Ago(theirs)) => Some(theirs.cmp(&mine)),
            (MomentKind::Midnight(mine), MomentKind::Midnight(theirs)) if mine.weekday == theirs.weekday => {
                Some(mine.days.cmp(&theirs.days))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> i64 {
        PartialDate::read(text).unwrap().wall_s
    }

    #[test]
    fn moments_are_absolute_or_relative() {
        let rows = [
            ("2022-04-05T03", MomentKind::Wall(wall("2022-04-05T03"))),
            ("2022-04-05T03:45:05+02:00", MomentKind::Instant(wall("2022-04-05T01:45:05"))),
            ("now", MomentKind::Ago(0)),
            ("90s", MomentKind::Ago(90)),
            ("90m", MomentKind::Ago(5400)),
            ("1h", MomentKind::Ago(3600)),
            ("7d", MomentKind::Ago(604_800)),
            ("2w", MomentKind::Ago(1_209_600)),
            ("2022s", MomentKind::Ago(2022)),
            ("Today", MomentKind::Midnight(Midnight { weekday: None, days: 0 })),
            ("friday", MomentKind::Midnight(Midnight { weekday: Some(4), days: 0 })),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse(), Ok(Moment(expected)), "{text}");
        }
        for (text, error) in [
            ("tomorrow", MomentError::Shape),
            ("1y", MomentError::Shape),
            ("h", MomentError::Shape),
            ("-1h", MomentError::Shape),
            ("1.5h", MomentError::Shape),
            ("1h30m", MomentError::Shape),
            ("9999999999w", MomentError::TooLong),
            ("99999999999999999999s", MomentError::TooLong),
            ("2022-02-30", MomentError::Nonexistent),
        ] {
            assert_eq!(text.parse::<Moment>(), Err(error), "{text}");
        }
    }

    #[test]
    fn midnights_are_relative_to_the_day_of_now() {
        // 2022-04-05 was a Tuesday.
        for now in ["2022-04-05", "2022-04-05T13:07", "2022-04-05T23:59:59"] {
            for (text, expected) in [
                ("today", "2022-04-05"),
                ("yesterday", "2022-04-04"),
                ("tuesday", "2022-04-05"),
                ("monday", "2022-04-04"),
                ("wednesday", "2022-03-30"),
                ("sunday", "2022-04-03"),
            ] {
                assert_eq!(midnight(text).unwrap().on(wall(now)), wall(expected), "{text} of {now}");
            }
        }
    }

    #[test]
    fn dates_span_whole_periods() {
        for (text, begin, end) in [
            ("2022", "2022-01-01", "2023-01-01"),
            ("2024-02", "2024-02-01", "2024-03-01"),
            ("2022-W14", "2022-04-04", "2022-04-11"),
            ("2022-12-31", "2022-12-31", "2023-01-01"),
            ("2022-04-05T23", "2022-04-05T23", "2022-04-06"),
            ("2022-04-05T03:45", "2022-04-05T03:45", "2022-04-05T03:46"),
            ("2022-04-05T03:45:05", "2022-04-05T03:45:05", "2022-04-05T03:45:06"),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!([date.begin, date.end], [begin, end].map(|text| text.parse().unwrap()), "{text}");
        }
        let monday: Date = "monday".parse().unwrap();
        assert_eq!(monday.begin, "monday".parse().unwrap());
        assert_eq!(monday.end, Moment(MomentKind::Midnight(Midnight { weekday: Some(0), days: 1 })));
        for text in ["1h", "now", "2022-04-05T03:45:05Z"] {
            assert_eq!(text.parse::<Date>(), Err(MomentError::NoDate), "{text}");
        }
        assert_eq!("2022-02-30".parse::<Date>(), Err(MomentError::Nonexistent));
    }

    #[test]
    fn moments_compare_only_if_their_order_is_known() {
        let order = |a: &str, b: &str| a.parse::<Moment>().unwrap().partial_cmp(&b.parse().unwrap());
        assert_eq!(order("2022", "2022-01-02"), Some(Ordering::Less));
        assert_eq!(order("1h", "90m"), Some(Ordering::Greater));
        assert_eq!(order("60m", "1h"), Some(Ordering::Equal));
        assert_eq!(order("yesterday", "today"), Some(Ordering::Less));
        assert_eq!(order("monday", "today"), None);
        assert_eq!(order("2022", "1h"), None);
    }

    #[test]
    fn now_is_the_last_line_or_absolute() {
        assert_eq!("last".parse(), Ok(Now::Last));
        assert_eq!("2022-04".parse(), Ok(Now::At("2022-04".parse().unwrap())));
        assert_eq!("yesterday".parse::<Now>(), Err(MomentError::Relative));
        assert_eq!("lats".parse::<Now>(), Err(MomentError::Shape));
    }
}
