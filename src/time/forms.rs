//! The forms in which users write moments and periods, one row each in `FORMS`.

use super::length;
use super::moment_error::MomentError;
use super::partial_date::PartialDate;
use super::start::Start;
use super::time_of_day::TimeOfDay;
use super::{DAY_S, Unit};

/// A point in time, before "now" is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MomentKind {
    /// A wall clock, the same at every offset, in seconds.
    Wall(i64),
    /// Seconds since 1970 in UTC.
    Instant(i64),
    /// Seconds before now.
    Ago(i64),
    Start(Start),
}

/// A parsed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) begin: MomentKind,
    /// End of the period, not included. `None` if the text names a moment, not a period.
    pub(super) end: Option<MomentKind>,
}

/// A form, and how to parse it.
struct Form {
    /// Texts of this form, for messages.
    examples: &'static [&'static str],
    /// Returns `None` if the text has another form.
    read: fn(&str) -> Option<Result<Written, MomentError>>,
}

/// THE TABLE of forms. The contract in DESIGN.md says what each means; a test looks up every example there.
const FORMS: [Form; 6] = [
    // The first, because 2026s begins like a year.
    Form { examples: &["90m", "1h", "7d", "1d12h", "2 days ago", "-1h", "last 24 hours"], read: ago },
    Form {
        examples: &["2026", "2026-11", "2026-W46", "2026-11-14", "2026-11-14T08", "2026/11/14 08:30:00"],
        read: numeric_date,
    },
    Form { examples: &["14/Nov/2026:08:30:00 +0000", "14.11.2026 08:30"], read: numeric_date },
    Form { examples: &["now"], read: now },
    Form { examples: &["today", "yesterday", "monday", "yesterday 10:00", "10am"], read: day },
    Form { examples: &["this week", "last week", "last month"], read: period },
];

/// Texts of all forms, for messages.
pub(super) fn examples() -> impl Iterator<Item = &'static str> {
    FORMS.iter().flat_map(|form| form.examples).copied()
}

/// Parses a text of any form.
pub(super) fn read(text: &str) -> Result<Written, MomentError> {
    let text = text.trim();
    FORMS.iter().find_map(|form| (form.read)(text)).unwrap_or(Err(MomentError::Shape))
}

/// THE TABLE of named days.
pub(super) const DAYS: [(&str, Start); 9] = [
    ("today", Start::of_unit(Unit::Day, 0)),
    ("yesterday", Start::of_unit(Unit::Day, -1)),
    ("monday", Start::of_weekday(0)),
    ("tuesday", Start::of_weekday(1)),
    ("wednesday", Start::of_weekday(2)),
    ("thursday", Start::of_weekday(3)),
    ("friday", Start::of_weekday(4)),
    ("saturday", Start::of_weekday(5)),
    ("sunday", Start::of_weekday(6)),
];

/// THE TABLE of units whose current and previous period have a name: `this week`, `last month`.
pub(super) const PERIODS: [(&str, Unit); 6] = [
    ("minute", Unit::Minute),
    ("hour", Unit::Hour),
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("year", Unit::Year),
];

/// Longest length of time before now: more than all years of the calendar.
const AGO_AT_MOST_S: i64 = 10_000 * 366 * DAY_S;

fn numeric_date(text: &str) -> Option<Result<Written, MomentError>> {
    let of = |found: PartialDate| match found.offset_min {
        Some(offset_min) => {
            Written { begin: MomentKind::Instant(found.wall_s - i64::from(offset_min) * 60), end: None }
        }
        None => {
            let end_s = found.unit.bucket(found.wall_s).end_s;
            Written { begin: MomentKind::Wall(found.wall_s), end: Some(MomentKind::Wall(end_s)) }
        }
    };
    PartialDate::read(text).map(|found| found.map(of))
}

fn now(text: &str) -> Option<Result<Written, MomentError>> {
    text.eq_ignore_ascii_case("now").then_some(Ok(Written { begin: MomentKind::Ago(0), end: None }))
}

/// Parses a length of time before now: `90m`, `-90m`, `90 minutes ago`, `last 90 minutes`.
fn ago(text: &str) -> Option<Result<Written, MomentError>> {
    let length = text
        .strip_prefix('-')
        .or_else(|| without_word_at_end(text, "ago"))
        .or_else(|| without_word_at_start(text, "last"))
        .unwrap_or(text);
    let seconds = length::seconds(length.trim())?.filter(|seconds| *seconds <= AGO_AT_MOST_S);
    let written = |seconds| Written { begin: MomentKind::Ago(seconds), end: None };
    Some(seconds.map(written).ok_or(MomentError::TooLong))
}

/// Parses a named day, with or without a time of day, or the time of a day that is then today.
fn day(text: &str) -> Option<Result<Written, MomentError>> {
    let of = |start: Start, (after_s, length_s): (i64, i64)| Written {
        begin: MomentKind::Start(start.after(after_s)),
        end: Some(MomentKind::Start(start.after(after_s + length_s))),
    };
    let time = |text: &str| TimeOfDay::read(text).map(|time| (time.seconds, time.unit.bucket(0).end_s));
    if let Some((_, start)) = DAYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Some(Ok(Written { begin: MomentKind::Start(*start), end: Some(MomentKind::Start(start.end())) }));
    }
    if let Some((start, rest)) =
        DAYS.iter().find_map(|(name, start)| Some((*start, without_word_at_start(text, name)?)))
    {
        let rest = without_word_at_start(rest, "at").unwrap_or(rest);
        return Some(time(rest).map(|time| of(start, time)));
    }
    // A number alone is not a time of day.
    let is_clear = text.contains(':') || text.ends_with(['m', 'M']);
    let (_, today) = DAYS[0];
    time(text).ok().filter(|_| is_clear).map(|time| Ok(of(today, time)))
}

/// Parses the current or the previous period of a unit: `this week`, `last month`.
fn period(text: &str) -> Option<Result<Written, MomentError>> {
    let words = [("this", 0), ("last", -1)];
    let (unit, later) = words.iter().find_map(|(word, later)| Some((without_word_at_start(text, word)?, *later)))?;
    let (_, unit) = PERIODS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let start = Start::of_unit(*unit, later);
    Some(Ok(Written { begin: MomentKind::Start(start), end: Some(MomentKind::Start(start.end())) }))
}

/// Returns the text after a word and spaces.
fn without_word_at_start<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (_, rest) = text.split_at_checked(word.len()).filter(|(start, _)| start.eq_ignore_ascii_case(word))?;
    rest.starts_with(' ').then(|| rest.trim_start())
}

/// Returns the text before spaces and a word.
fn without_word_at_end<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(word.len())?;
    let (rest, _) = text.split_at_checked(at).filter(|(_, end)| end.eq_ignore_ascii_case(word))?;
    rest.ends_with(' ').then(|| rest.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn begin(text: &str) -> Result<MomentKind, MomentError> {
        read(text).map(|written| written.begin)
    }

    /// Texts that mean the same.
    #[test]
    fn forms_equal_their_canonical_form() {
        let rows: [(&str, &[&str]); 20] = [
            ("2026-11-14", &["2026/11/14", "14.11.2026", "14/Nov/2026", "14 nov 2026", " 2026-11-14 "]),
            ("2026-11", &["2026/11"]),
            ("2026-11-14T10", &["2026-11-14 10", "2026/11/14 10am", "14/Nov/2026:10"]),
            ("2026-11-14T22:30", &["2026-11-14 10:30pm", "14.11.2026 22:30", "14/Nov/2026:22:30"]),
            ("2026-11-14T08:30:05", &["14/Nov/2026:08:30:05", "[14/Nov/2026:08:30:05]"]),
            ("2026-11-14T08:30:05+08:00", &["14/Nov/2026:08:30:05 +0800", "[14/Nov/2026:08:30:05 +0800]"]),
            (
                "1h",
                &[
                    "-1h",
                    "1H",
                    "1hour",
                    "1 hour",
                    "60m",
                    "60 min",
                    "1 hour ago",
                    "1h ago",
                    "last 1 hour",
                    "last 60 minutes",
                ],
            ),
            ("90m", &["1h30m", "1h 30m", "90 minutes ago", "-90min", "5400 Seconds"]),
            ("36h", &["1d12h", "1 day 12 hours ago"]),
            ("2d", &["2 days", "last 48 hours", "48 hrs", "Last 2 Days"]),
            ("now", &["NOW", "0s"]),
            ("today", &["Today", "this day"]),
            ("yesterday", &["last day", "YESTERDAY"]),
            ("yesterday 10:00:00", &["yesterday 10", "yesterday 10am", "yesterday at 10:00", "Yesterday  10:00"]),
            ("today 22:30", &["22:30", "10:30pm", "10:30 PM"]),
            ("monday 9:00", &["monday 9am", "Monday 09"]),
            ("this week", &["This Week"]),
            ("last week", &["LAST WEEK"]),
            ("last month", &["last  month"]),
            ("last hour", &["Last hour"]),
        ];
        for (canonical, others) in rows {
            for other in others {
                assert_eq!(begin(other), begin(canonical), "{other} {canonical}");
                assert!(begin(other).is_ok(), "{other}");
            }
        }
    }

    #[test]
    fn texts_of_no_form_are_refused() {
        for text in [
            "",
            "tomorrow",
            "1y",
            "1 month ago",
            "h",
            "1.5h",
            "- 1",
            "--1h",
            "-1h ago",
            "ago",
            "last",
            "this",
            "last monday",
            "last weeks",
            "yesterday at",
            "yesterday morning",
            "yesterday 1000",
            "10",
            "100",
            "1000:00",
            "noon",
            "nowish",
            "next week",
        ] {
            assert_eq!(read(text), Err(MomentError::Shape), "{text}");
        }
        for (text, error) in [
            ("9999999999w", MomentError::TooLong),
            ("99999999999999999999s", MomentError::TooLong),
            ("2022-02-30", MomentError::Nonexistent),
            ("yesterday 25:00", MomentError::Nonexistent),
            ("11/14/2026", MomentError::Ambiguous),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn examples_are_read_by_their_own_form_and_are_in_the_contract() {
        let design = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/DESIGN.md")).unwrap();
        for form in &FORMS {
            for example in form.examples {
                assert!((form.read)(example).is_some_and(|written| written.is_ok()), "{example}");
                assert!(design.contains(&format!("`{example}`")), "{example} is not in DESIGN.md");
            }
        }
    }

    proptest! {
        #[test]
        fn every_form_of_a_time_is_the_same_moment(
            year in 1..10_000_u32, month in 1..13_usize, day in 1..32_u32,
            (hour, minute, second) in (0..24_u32, 0..60_u32, 0..60_u32), offset in -1439..1440_i32,
        ) {
            let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1];
            let (clock, half) = (format!("{hour:02}:{minute:02}:{second:02}"), if hour < 12 { "am" } else { "pm" });
            let halved = format!("{}:{minute:02}:{second:02}{half}", (hour + 11) % 12 + 1);
            let canonical = begin(&format!("{year:04}-{month:02}-{day:02}T{clock}"));
            for text in [
                format!("{year:04}/{month:02}/{day:02} {clock}"),
                format!("{year:04}-{month:02}-{day:02} {halved}"),
                format!("{day:02}/{name}/{year:04}:{clock}"),
                format!("{day} {name} {year:04} {halved}"),
                format!("{day}.{month}.{year:04} {clock}"),
            ] {
                prop_assert_eq!(begin(&text), canonical, "{}", text);
            }
            let (sign, size) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
            let logged = format!("{day:02}/{name}/{year:04}:{clock} {sign}{:02}{:02}", size / 60, size % 60);
            let iso = format!("{year:04}-{month:02}-{day:02}T{clock}{sign}{:02}:{:02}", size / 60, size % 60);
            prop_assert_eq!(begin(&logged), begin(&iso), "{}", logged);
            prop_assert_eq!(canonical.is_ok(), begin(&iso).is_ok());
        }

        #[test]
        fn every_form_of_a_length_is_the_same_moment(days in 0..1000_i64, hours in 0..1000_i64, minutes in 0..1000_i64) {
            let seconds = (days * 24 + hours) * 3600 + minutes * 60;
            let expected = Ok(MomentKind::Ago(seconds));
            let short = format!("{days}d{hours}h{minutes}m");
            let long = format!("{days} days {hours} hours {minutes} minutes");
            for text in [format!("{seconds}s"), short.clone(), format!("-{short}"), format!("{long} ago"), format!("last {long}"), long] {
                prop_assert_eq!(begin(&text), expected, "{}", text);
            }
        }

        #[test]
        fn every_text_is_read_or_refused(text: String, parts in prop::collection::vec(
            prop::sample::select(vec!["2026", "11", "-", "/", ".", ":", "Nov", "last", " ", "week", "10", "am", "1", "h", "ago", "today", "T", "Z", "é", "[", "]"]), 0..9)) {
            for text in [text, parts.concat()] {
                let _ = read(&text);
            }
        }
    }
}
