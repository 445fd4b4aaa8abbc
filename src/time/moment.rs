//! Moments and dates as users type them: absolute, `2022-04-05T03`, or relative to now, `90m`, `yesterday`.

use std::cmp::Ordering;
use std::str::FromStr;

use super::forms::{self, DAYS, MomentKind, PERIODS};
use super::moment_error::MomentError;

/// A point in time, as `--since` and `--until` take it.
///
/// - `2022`, `2022-04`, `2022-W14`, `2022-04-05`, `2022-04-05T03` and so on to the second: the beginning of that
///   period, on the wall clock of each line. With an offset after the second, `2022-04-05T03:45:05+02:00`, it is the
///   same instant for all lines. Dates may also be written `05/Apr/2022`, as in logs, `2022/04/05` or `05.04.2022`.
/// - `90s`, `45m`, `1h`, `7d`, `1d12h`, `2 hours ago`: that long before [`Now`]. `now` is [`Now`] itself. A day is 24
///   hours, a week 7 days.
/// - `today`, `yesterday`, `monday` to `sunday`: midnights, or a time of that day: `yesterday 10:00`. A weekday is the
///   last one of that name, today included. `10:00` is that time today.
/// - `this week`, `last month`: the start of the current or the previous minute, hour, day, week, month or year. Weeks
///   start on Monday.
///
/// Two moments have no order if comparing them would need to know "now".
///
/// ```
/// use logstat::Moment;
/// let day: Moment = "2022-04-05".parse()?;
/// assert_eq!(day, "2022-04-05 00:00:00".parse()?);
/// assert_eq!(day, "05/Apr/2022".parse()?);
/// assert!("yesterday".parse::<Moment>()? < "today".parse()?);
/// assert!("2022-02-30".parse::<Moment>().is_err());
/// # Ok::<(), logstat::MomentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub(super) MomentKind);

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

impl Moment {
    /// Returns the words that are moments: `now`, `today`, `monday`, `last week` …
    pub fn words() -> impl Iterator<Item = String> {
        let words = ["now"].into_iter().chain(DAYS.iter().map(|(name, _)| *name)).map(str::to_owned);
        words.chain(
            ["this", "last"].iter().flat_map(|word| PERIODS.iter().map(move |(unit, _)| format!("{word} {unit}"))),
        )
    }

    /// Returns texts of all forms that are parsed, for messages.
    ///
    /// ```
    /// use logstat::Moment;
    /// assert!(Moment::examples().all(|example| example.parse::<Moment>().is_ok()));
    /// ```
    pub fn examples() -> impl Iterator<Item = &'static str> {
        forms::examples()
    }

    /// True if the moment counts from now.
    pub fn is_relative(self) -> bool {
        matches!(self.0, MomentKind::Ago(_) | MomentKind::Start(_))
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        forms::read(text).map(|written| Moment(written.begin))
    }
}

impl FromStr for Date {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let written = forms::read(text)?;
        let end = written.end.ok_or(MomentError::NoDate)?;
        Ok(Date { begin: Moment(written.begin), end: Moment(end) })
    }
}

/// Parses `last`, or an absolute moment.
impl FromStr for Now {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        if text.trim().eq_ignore_ascii_case("last") {
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
            (MomentKind::Start(mine), MomentKind::Start(theirs)) => mine.partial_cmp(&theirs),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unit;
    use crate::time::start::Start;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_absolute_or_relative() {
        let rows = [
            ("1970-01-02T03", MomentKind::Wall(97_200)),
            ("1970-01-02T03:45:05+02:00", MomentKind::Instant(92_705)),
            ("now", MomentKind::Ago(0)),
            ("90s", MomentKind::Ago(90)),
            ("90m", MomentKind::Ago(5400)),
            ("7d", MomentKind::Ago(604_800)),
            ("2w", MomentKind::Ago(1_209_600)),
            ("2022s", MomentKind::Ago(2022)),
            ("Today", MomentKind::Start(Start::of_unit(Unit::Day, 0))),
            ("friday", MomentKind::Start(Start::of_weekday(4))),
            ("yesterday 10:00", MomentKind::Start(Start::of_unit(Unit::Day, -1).after(36_000))),
            ("last week", MomentKind::Start(Start::of_unit(Unit::Week, -1))),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse(), Ok(Moment(expected)), "{text}");
            assert_eq!(moment(text).is_relative(), !text.starts_with("1970"), "{text}");
        }
        assert!(Moment::words().all(|word| word.parse::<Moment>().is_ok()));
    }

    #[test]
    fn dates_span_whole_periods() {
        for (text, begin, end) in [
            ("2022", "2022-01-01", "2023-01-01"),
            ("2024-02", "2024-02-01", "2024-03-01"),
            ("2022-W14", "2022-04-04", "2022-04-11"),
            ("2022-12-31", "2022-12-31", "2023-01-01"),
            ("31.12.2022", "2022-12-31", "2023-01-01"),
            ("2022-04-05T23", "2022-04-05T23", "2022-04-06"),
            ("05/Apr/2022:03:45", "2022-04-05T03:45", "2022-04-05T03:46"),
            ("2022-04-05T03:45:05", "2022-04-05T03:45:05", "2022-04-05T03:45:06"),
            ("yesterday 10am", "yesterday 10:00", "yesterday 11:00"),
            ("10:00", "today 10:00", "today 10:01"),
            ("last week", "last week", "this week"),
            ("last month", "last month", "this month"),
            ("last hour", "last hour", "this hour"),
            ("yesterday", "yesterday", "today"),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!([date.begin, date.end], [begin, end].map(moment), "{text}");
        }
        let monday: Date = "monday".parse().unwrap();
        assert_eq!(
            [monday.begin, monday.end],
            [Start::of_weekday(0), Start::of_weekday(0).end()].map(|start| Moment(MomentKind::Start(start)))
        );
        for text in ["1h", "now", "last 24 hours", "2022-04-05T03:45:05Z"] {
            assert_eq!(text.parse::<Date>(), Err(MomentError::NoDate), "{text}");
        }
        assert_eq!("2022-02-30".parse::<Date>(), Err(MomentError::Nonexistent));
    }

    #[test]
    fn moments_compare_only_if_their_order_is_known() {
        let order = |a: &str, b: &str| moment(a).partial_cmp(&moment(b));
        assert_eq!(order("2022", "2022-01-02"), Some(Ordering::Less));
        assert_eq!(order("1h", "90m"), Some(Ordering::Greater));
        assert_eq!(order("60m", "1h"), Some(Ordering::Equal));
        assert_eq!(order("yesterday", "today"), Some(Ordering::Less));
        assert_eq!(order("yesterday 23:59", "today"), Some(Ordering::Less));
        assert_eq!(order("last week", "this week"), Some(Ordering::Less));
        assert_eq!(order("monday 10:00", "monday"), Some(Ordering::Greater));
        assert_eq!(order("monday", "today"), None);
        assert_eq!(order("this week", "today"), None);
        assert_eq!(order("2022", "1h"), None);
    }

    #[test]
    fn now_is_the_last_line_or_absolute() {
        assert_eq!("last".parse(), Ok(Now::Last));
        assert_eq!("2022-04".parse(), Ok(Now::At(moment("2022-04"))));
        for text in ["yesterday", "last week", "10:00", "-1h"] {
            assert_eq!(text.parse::<Now>(), Err(MomentError::Relative), "{text}");
        }
        assert_eq!("lats".parse::<Now>(), Err(MomentError::Shape));
    }
}
