//! A timeline with the buckets in it that have no hit.

use std::ops::Range;

use super::Row;
use crate::error::{Error, ErrorKind};
use crate::time::{Bucket, Unit};

/// More rows would help nobody: a million is a year by minute, or eleven days by second.
const ROWS_AT_MOST: i64 = 1_000_000;

/// The rows of a timeline and, as `empty` says it, one for each bucket without a row of those that begin or end in
/// `wall_s`; of the hours of the day and the weekdays, of all. `exists` says which buckets there are at all: where clocks
/// are put forward, an hour is left out.
pub(super) fn filled(
    rows: Vec<Row>,
    unit: Unit,
    wall_s: Range<i64>,
    exists: impl Fn(Bucket) -> bool,
    empty: impl Fn() -> Row,
) -> Result<Vec<Row>, Error> {
    let buckets = buckets(unit, wall_s)?;
    let mut rows = rows.into_iter().peekable();
    let mut filled = Vec::new();
    // Hits without a time come first, as they do anyway.
    filled.extend(rows.next_if(|row| row.key.as_deref() == Some("-")));
    for bucket in buckets {
        let key = unit.key(bucket.number);
        match rows.next_if(|row| row.key.as_deref() == Some(&key)) {
            Some(row) => filled.push(row),
            None if exists(bucket) => filled.push(Row { key: Some(key), ..empty() }),
            None => {}
        }
    }
    filled.extend(rows);
    Ok(filled)
}

/// The buckets, in the order of their rows.
fn buckets(unit: Unit, wall_s: Range<i64>) -> Result<Vec<Bucket>, Error> {
    // The first day of 1970 has all hours, and the week from its fifth, a Monday, all days.
    match unit {
        Unit::HourOfDay => return Ok((0..24).map(|hour| unit.bucket(hour * 3600)).collect()),
        Unit::Weekday => return Ok((4..11).map(|day| unit.bucket(day * 86_400)).collect()),
        _ => {}
    }
    if wall_s.is_empty() {
        return Ok(Vec::new());
    }
    let first = unit.bucket(wall_s.start);
    let buckets = (wall_s.end - first.start_s) / (first.end_s - first.start_s).max(1);
    if buckets > ROWS_AT_MOST {
        return Err(ErrorKind::TooManyBuckets { unit, buckets: buckets as u64, most: ROWS_AT_MOST as u64 }.into());
    }
    let buckets =
        std::iter::successors(Some(first), |bucket| (bucket.end_s < wall_s.end).then(|| unit.bucket(bucket.end_s)));
    Ok(buckets.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Edge, NowIs};

    fn wall(text: &str) -> i64 {
        Edge::of(text.parse().unwrap(), NowIs::Wall(0)).wall_s(0)
    }

    fn row(key: &str) -> Row {
        Row { key: Some(key.to_owned()), pv: 1, ..Row::default() }
    }

    fn of(unit: &str, from: &str, to: &str, keys: &[&str]) -> Vec<(String, u64)> {
        let rows = keys.iter().map(|key| row(key)).collect();
        let filled = filled(rows, unit.parse().unwrap(), wall(from)..wall(to), |_| true, Row::default).unwrap();
        filled.into_iter().map(|row| (row.key.unwrap(), row.pv)).collect()
    }

    #[test]
    fn every_bucket_has_its_row_once() {
        let expected = [("2022-02-27", 0), ("2022-02-28", 1), ("2022-03-01", 0), ("2022-03-02", 1)];
        let expected = expected.map(|(key, pv)| (key.to_owned(), pv));
        assert_eq!(of("day", "2022-02-27T23:59:59", "2022-03-03", &["2022-02-28", "2022-03-02"]), expected);
        let keys: Vec<_> = of("month", "2021-11-15", "2022-02-01T00:00:01", &["-"]).into_iter().map(|r| r.0).collect();
        assert_eq!(keys, ["-", "2021-11", "2021-12", "2022-01", "2022-02"]);
        let keys: Vec<_> = of("week", "2020-12-28", "2021-01-12", &[]).into_iter().map(|r| r.0).collect();
        assert_eq!(keys, ["2020-W53", "2021-W01", "2021-W02"]);
        assert_eq!(of("6h", "2022-04-05T11", "2022-04-06", &["2022-04-05T12"]).len(), 3);
        assert_eq!(of("hour-of-day", "2022", "2022", &["03", "23"]).iter().filter(|(_, pv)| *pv == 1).count(), 2);
        assert_eq!(of("weekday", "2022", "2022", &["Tue"]).len(), 7);
        assert!(of("day", "2022-02", "2022-02", &[]).is_empty() && of("day", "2022-02", "2022-01", &[]).is_empty());
        assert_eq!(of("year", "9998", "9999-12-31T23:59:59", &["9999"]).len(), 2);
    }

    #[test]
    fn what_does_not_exist_is_not_listed() {
        let hours = |exists: fn(Bucket) -> bool| {
            filled(Vec::new(), Unit::Hour, wall("2022-04-05")..wall("2022-04-06"), exists, Row::default).unwrap().len()
        };
        assert_eq!(hours(|_| true), 24);
        assert_eq!(hours(|bucket| bucket.start_s % 86_400 != 7200), 23);
    }

    #[test]
    fn millions_are_refused() {
        let rows = |unit, to| filled(Vec::new(), unit, wall("2022")..wall(to), |_| true, Row::default);
        assert_eq!(rows(Unit::Minute, "2023").unwrap().len(), 525_600);
        assert_eq!(
            rows(Unit::Second, "2025").unwrap_err().to_string(),
            "fill would list 94694400 rows by second, and 1000000 are the most: take a longer unit with by, or a \
             shorter time with since and until"
        );
    }
}
