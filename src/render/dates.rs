//! Parses dates in keys, to show their weekday and the days between them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Returns `Sat` for `2026-11-14`; `None` for a key that is not a date.
pub(super) fn weekday_of_date(key: &str) -> Option<&'static str> {
    Some(WEEKDAYS[date_of(key)?.weekday().num_days_from_monday() as usize])
}

/// Number of days that a period of at least 48 hours has a part in; `None` if the period is shorter.
pub(super) fn days_of_period(first: &str, last: &str) -> Option<u64> {
    let clock = |text: &str| NaiveDateTime::parse_from_str(text.get(..19)?, "%Y-%m-%dT%H:%M:%S").ok();
    let is_long = clock(last)? - clock(first)? >= TimeDelta::days(2);
    days_between(first, last).filter(|_| is_long).map(|days| days + 1)
}

/// Number of midnights between two keys or timestamps that begin with a date.
pub(super) fn days_between(first: &str, last: &str) -> Option<u64> {
    let days = (date_of(last.get(..10)?)? - date_of(first.get(..10)?)?).num_days();
    u64::try_from(days).ok()
}

fn date_of(key: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(key, "%Y-%m-%d").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_keys_are_parsed() {
        assert_eq!(weekday_of_date("2026-11-14"), Some("Sat"));
        assert_eq!(weekday_of_date("0001-01-01"), Some("Mon"));
        assert_eq!(weekday_of_date("-"), None);
        assert_eq!(days_between("2026-11-14T23:59:59+00:00", "2026-11-20T00:00:00+00:00"), Some(6));
        assert_eq!(days_between("0001-01-01", "9999-12-31"), Some(3_652_058));
        assert_eq!(days_between("2026-11-14", "-"), None);
        let days = |last| days_of_period("2026-11-14T12:00:00+00:00", last);
        assert_eq!(days("2026-11-16T12:00:00+00:00"), Some(3));
        assert_eq!([days("2026-11-16T11:59:59+00:00"), days("2026-11-14T12:00:09+00:00")], [None, None]);
    }
}
