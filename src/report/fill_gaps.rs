//! Fills a timeline with rows for the buckets without hits.

use std::ops::Range;

use super::Row;
use crate::error::{Error, ErrorKind};
use crate::time::{Bucket, Unit};

/// Largest number of rows. A million rows are almost two years by minute, or eleven days by second; more would be of no
/// use.
const ROWS_AT_MOST: i64 = 1_000_000;

/// Returns the rows of a timeline, with a row from `empty` for each missing bucket that overlaps `wall_s`. For hours of
/// the day and weekdays, all missing buckets are added. Buckets for which `exists` is false are left out, such as the
/// hour that is skipped when clocks go forward.
pub(super) fn with_gaps_filled(
    rows: Vec<Row>,
    unit: Unit,
    wall_s: Range<i64>,
    exists: impl Fn(Bucket) -> bool,
    empty: impl Fn() -> Row,
) -> Result<Vec<Row>, Error> {
    let buckets = buckets(unit, wall_s)?;
    let mut rows = rows.into_iter().peekable();
    let mut with_gaps_filled = Vec::new();
    // The row of hits without a time stays first.
    with_gaps_filled.extend(rows.next_if(|row| row.key.as_deref() == Some("-")));
    for bucket in buckets {
        let key = unit.key(bucket.number);
        match rows.next_if(|row| row.key.as_deref() == Some(&key)) {
            Some(row) => with_gaps_filled.push(row),
            None if exists(bucket) => with_gaps_filled.push(Row { key: Some(key), ..empty() }),
            None => {}
        }
    }
    with_gaps_filled.extend(rows);
    Ok(with_gaps_filled)
}

/// The buckets of the range, in the order of rows.
fn buckets(unit: Unit, wall_s: Range<i64>) -> Result<Vec<Bucket>, Error> {
    // Any day has all hours: use 1970-01-01. Any week has all weekdays: use the one from 1970-01-05, a Monday.
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
    use crate::time::{Bound, ResolvedNow};

    fn wall(text: &str) -> i64 {
        Bound::of(text.parse().unwrap(), ResolvedNow::Wall(0)).wall_s(0)
    }

    fn row(key: &str) -> Row {
        Row { key: Some(key.to_owned()), pv: 1, ..Row::default() }
    }

    fn of(unit: &str, from: &str, to: &str, keys: &[&str]) -> Vec<(String, u64)> {
        let rows = keys.iter().map(|key| row(key)).collect();
        let with_gaps_filled =
            with_gaps_filled(rows, unit.parse().unwrap(), wall(from)..wall(to), |_| true, Row::default).unwrap();
        with_gaps_filled.into_iter().map(|row| (row.key.unwrap(), row.pv)).collect()
    }

    #[test]
    fn every_bucket_has_one_row() {
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
    fn skipped_hours_are_not_listed() {
        let hours = |exists: fn(Bucket) -> bool| {
            with_gaps_filled(Vec::new(), Unit::Hour, wall("2022-04-05")..wall("2022-04-06"), exists, Row::default)
                .unwrap()
                .len()
        };
        assert_eq!(hours(|_| true), 24);
        assert_eq!(hours(|bucket| bucket.start_s % 86_400 != 7200), 23);
    }

    #[test]
    fn more_than_a_million_rows_are_refused() {
        let rows = |unit, to| with_gaps_filled(Vec::new(), unit, wall("2022")..wall(to), |_| true, Row::default);
        assert_eq!(rows(Unit::Minute, "2023").unwrap().len(), 525_600);
        assert_eq!(
            rows(Unit::Second, "2025").unwrap_err().to_string(),
            "fill would list 94694400 rows by second, and 1000000 are the most: take a longer unit with by, or a \
             shorter time with since and until"
        );
    }
}
