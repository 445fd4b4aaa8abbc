//! `--since`, `--until` and `--date`. A line is selected by its own wall clock: each bound is converted to the offset
//! of the line.

use std::ops::Range;

use super::rows::Rows;
use crate::batch::Batch;
use crate::time::{Bound, Date, Moment, ResolvedNow, Stamp};

/// A period from the latest of its starts to the earliest of its ends, the end excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    since: [Option<Bound>; 2],
    until: [Option<Bound>; 2],
}

impl Period {
    pub(crate) fn new(since: Option<Moment>, until: Option<Moment>, date: Option<Date>, now: ResolvedNow) -> Period {
        let edge = |moment| Bound::of(moment, now);
        Period {
            since: [since.map(edge), date.map(|date| edge(date.begin))],
            until: [until.map(edge), date.map(|date| edge(date.end))],
        }
    }

    /// The period that starts at an instant and has no end.
    pub(crate) fn since_instant(epoch_s: i64) -> Period {
        Period { since: [Some(Bound::Instant(epoch_s)), None], until: [None, None] }
    }

    pub(crate) fn is_all(&self) -> bool {
        *self == Period::default()
    }

    /// Wall-clock range of the period, the end excluded, for an offset in minutes ahead of UTC. Without a start it
    /// begins after the value that stands for a missing time.
    pub(crate) fn wall_s(&self, offset_min: i16) -> Range<i64> {
        let of = |edges: [Option<Bound>; 2]| edges.into_iter().flatten().map(move |edge| edge.wall_s(offset_min));
        of(self.since).max().unwrap_or(Stamp::NONE.wall_s + 1)..of(self.until).min().unwrap_or(i64::MAX)
    }

    pub(crate) fn has_begin(&self) -> bool {
        self.since.iter().any(Option::is_some)
    }

    pub(crate) fn has_end(&self) -> bool {
        self.until.iter().any(Option::is_some)
    }

    fn is_fixed(&self) -> bool {
        self.since.iter().chain(&self.until).flatten().all(|edge| edge.is_fixed())
    }

    /// Keeps the rows within the period. A line without a time is in no period.
    pub(super) fn select(&self, batch: &Batch<'_>, rows: Rows) -> Rows {
        if self.is_fixed() {
            let period = self.wall_s(0);
            return rows.filter(|row| matches(&period, batch.wall_s()[row]));
        }
        let (mut offset_min, mut period) = (0, self.wall_s(0));
        rows.filter(|row| {
            let stamp = batch.stamp(row);
            if stamp.offset_min != offset_min {
                (offset_min, period) = (stamp.offset_min, self.wall_s(stamp.offset_min));
            }
            matches(&period, stamp.wall_s)
        })
    }
}

#[inline]
fn matches(period: &Range<i64>, wall_s: i64) -> bool {
    wall_s != Stamp::NONE.wall_s && period.start <= wall_s && wall_s < period.end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::{Fields, Hits, Numbers, Status};

    const NOW_S: i64 = 1_649_130_305;

    fn period(since: &str, until: &str, date: &str) -> Period {
        let moment = |text: &str| (!text.is_empty()).then(|| text.parse::<Moment>().unwrap());
        let date = (!date.is_empty()).then(|| date.parse().unwrap());
        Period::new(moment(since), moment(until), date, ResolvedNow::Instant(NOW_S))
    }

    fn selected(period: Period, stamps: &[Stamp]) -> Vec<u16> {
        let mut batch = Batch::new(Fields::TIME);
        for &stamp in stamps {
            batch.add(Numbers { stamp, status: Status::MISSING, bytes: 0, time_ms: None, is_static: false });
        }
        let mut hits = Hits::new();
        period.select(&batch, Rows::first(batch.len())).append_to(&mut hits);
        hits
    }

    fn stamps(rows: &[(i64, i16)]) -> Vec<Stamp> {
        rows.iter().map(|&(wall_s, offset_min)| Stamp { wall_s, offset_min }).collect()
    }

    #[test]
    fn since_is_inclusive_and_until_is_exclusive() {
        let start = period("2022-04-05T03", "", "").wall_s(0).start;
        let around: Vec<_> = [-1, 0, 3599, 3600].iter().map(|s| (start + s, 90)).collect();
        let mut lines = stamps(&around);
        lines.push(Stamp::NONE);
        assert_eq!(selected(period("2022-04-05T03", "2022-04-05T04", ""), &lines), [1, 2]);
        assert_eq!(selected(period("", "", "2022-04-05T03"), &lines), [1, 2]);
        assert_eq!(selected(period("2022-04-05T03:00:01", "", "2022-04-05T03"), &lines), [2]);
        assert_eq!(selected(period("", "2022", ""), &lines), [0_u16; 0]);
        assert_eq!(selected(period("", "2023", ""), &lines), [0, 1, 2, 3]);
        assert!(period("", "", "").is_all() && !period("", "2022", "").is_all());
    }

    #[test]
    fn period_since_an_instant_has_a_start_and_no_end() {
        let lines = stamps(&[(-1, 0), (0, 0), (3599, 60), (3600, 60), (NOW_S, 0)]);
        assert_eq!(selected(Period::since_instant(0), &lines), [1, 3, 4]);
        let edges = |period: Period| (period.has_begin(), period.has_end());
        assert_eq!(edges(Period::since_instant(0)), (true, false));
        assert_eq!(edges(period("", "2022", "")), (false, true));
        assert_eq!(edges(period("", "", "2022")), (true, true));
        assert_eq!(edges(period("", "", "")), (false, false));
    }

    #[test]
    fn relative_times_are_one_instant_at_every_offset() {
        // One second before the bound and exactly at it, at three offsets.
        let lines: Vec<_> = [0, 120, -330]
            .iter()
            .flat_map(|o| [(NOW_S - 3601 + o * 60, o), (NOW_S - 3600 + o * 60, o)])
            .map(|(wall_s, o)| (wall_s, *o as i16))
            .collect();
        assert_eq!(selected(period("1h", "", ""), &stamps(&lines)), [1, 3, 5]);
        assert_eq!(selected(period("", "1h", ""), &stamps(&lines)), [0, 2, 4]);
    }

    proptest! {
        /// Selecting lines one by one gives the same rows as the loops that cache an offset.
        #[test]
        fn batch_selects_the_same_rows_as_single_lines(
            lines in prop::collection::vec((NOW_S - 400_000..NOW_S + 400_000, prop::sample::select(vec![0_i16, 60, -300, 1439])), 0..40),
            since in prop::sample::select(vec!["", "1h", "today", "2022-04-05", "2022-04-05T01:00:00+02:00", "monday"]),
            until in prop::sample::select(vec!["", "now", "5m", "2022-04-05T02", "yesterday"]),
            date in prop::sample::select(vec!["", "today", "2022-04-05T03", "2022-W14"]),
        ) {
            let period = period(since, until, date);
            let lines = stamps(&lines);
            let expected: Vec<u16> = (0..lines.len()).filter(|&i| {
                let Stamp { wall_s, offset_min } = lines[i];
                let edges = |edges: [Option<Bound>; 2]| edges.into_iter().flatten();
                edges(period.since).all(|e| e.wall_s(offset_min) <= wall_s)
                    && edges(period.until).all(|e| wall_s < e.wall_s(offset_min))
            }).map(|i| i as u16).collect();
            prop_assert_eq!(selected(period, &lines), expected);
        }
    }
}
