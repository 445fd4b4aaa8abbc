//! Time as logs have it: the wall clock of a line, the units of a timeline, and the moments of `--since` and `--until`.
//!
//! `05/Apr/2022:03:45:05 +0000` belongs to day 2022-04-05 wherever logstat runs, unless the user asks for a [`Zone`].

mod bound;
mod cached_range;
mod clock;
mod forms;
mod length;
mod moment;
mod moment_error;
mod partial_date;
mod rfc3339;
mod start;
mod step;
mod time_of_day;
mod unit;
mod unit_alias;
mod zone;
mod zone_clock;

pub(crate) use bound::{Bound, ResolvedNow};
pub(crate) use cached_range::CachedRange;
pub(crate) use clock::{Clock, Fault, MONTHS};
pub use moment::{Date, Moment, Now};
pub use moment_error::MomentError;
pub(crate) use rfc3339::{Rfc3339, epoch};
pub use step::{Step, UnitError};
pub(crate) use unit::Bucket;
pub use unit::Unit;
use unit::weekday;
pub use zone::{Zone, ZoneError};
pub(crate) use zone_clock::ZoneClock;

/// The wall clock of a line and its offset from UTC. `Ord` compares the wall clock first, then the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// Seconds from 1970-01-01T00:00:00 to the local time, as if that were UTC.
    pub(crate) wall_s: i64,
    /// Minutes ahead of UTC, less than a day either way.
    pub(crate) offset_min: i16,
}

impl Stamp {
    /// The stamp of lines whose format logs no time.
    pub(crate) const NONE: Stamp = Stamp { wall_s: i64::MIN >> OFFSET_BITS, offset_min: 0 };

    /// Packs the stamp into one number that sorts as `Ord` does. Wall clocks of at most 9999 years leave room for the
    /// offset.
    #[inline]
    pub(crate) fn rank(self) -> i64 {
        (self.wall_s << OFFSET_BITS) + i64::from(self.offset_min)
    }

    pub(crate) fn of_rank(rank: i64) -> Stamp {
        let wall_s = (rank + (1 << (OFFSET_BITS - 1))) >> OFFSET_BITS;
        Stamp { wall_s, offset_min: (rank - (wall_s << OFFSET_BITS)) as i16 }
    }
}

impl Stamp {
    /// Seconds since 1970 in UTC.
    #[inline]
    pub(crate) fn epoch_s(self) -> i64 {
        self.wall_s - i64::from(self.offset_min) * 60
    }

    /// Like `rank`, but sorts by instant instead of by wall clock.
    #[inline]
    pub(crate) fn instant_rank(self) -> i64 {
        Stamp { wall_s: self.epoch_s(), ..self }.rank()
    }

    pub(crate) fn of_instant_rank(rank: i64) -> Stamp {
        let instant = Stamp::of_rank(rank);
        Stamp { wall_s: instant.wall_s + i64::from(instant.offset_min) * 60, ..instant }
    }

    /// Returns the stamp, if it is within the calendar and its offset less than a day.
    pub(crate) fn checked(self) -> Option<Stamp> {
        let is_valid = (FIRST_S..=LAST_S).contains(&self.wall_s) && self.offset_min.unsigned_abs() < 24 * 60;
        is_valid.then_some(self)
    }

    /// Returns the stamp that has this rank among instants, if there is one.
    pub(crate) fn at_instant_rank(rank: i64) -> Option<Stamp> {
        let bounds = (FIRST_S - DAY_S) << OFFSET_BITS..(LAST_S + DAY_S) << OFFSET_BITS;
        Some(rank).filter(|rank| bounds.contains(rank)).and_then(|rank| Stamp::of_instant_rank(rank).checked())
    }
}

/// Bits for an offset in minutes, which is less than a day either way.
const OFFSET_BITS: u32 = 12;

/// `2022-04-05T03:45:05+00:00`.
impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.offset_min < 0 { '-' } else { '+' };
        let offset = self.offset_min.unsigned_abs();
        write!(f, "{}{sign}{:02}:{:02}", Unit::Second.key(self.wall_s), offset / 60, offset % 60)
    }
}

/// Seconds of a day.
pub(crate) const DAY_S: i64 = 86_400;

/// First second of the calendar, as a wall clock: 0001-01-01T00:00:00.
pub(crate) const FIRST_S: i64 = -62_135_596_800;

/// Last second of the calendar, as a wall clock: 9999-12-31T23:59:59.
pub(crate) const LAST_S: i64 = 253_402_300_799;

/// Returns the date of a wall clock, which must be within the years 0001 to 9999.
fn date(wall_s: i64) -> chrono::NaiveDate {
    chrono::DateTime::from_timestamp(wall_s, 0).expect("wall clocks are within the years 0001 to 9999").date_naive()
}

/// The date of a day that is given as the number of days since 1970-01-01; it must be within the years 0001 to 9999.
pub(crate) fn day_name(day: i64) -> String {
    Unit::Day.key(day * DAY_S)
}

/// The number of days from 1970-01-01 to a date such as `2026-11-14`; `None` if there is no such date.
pub(crate) fn day_named(date: &str) -> Option<i64> {
    let mut numbers = date.split('-').map(|digits| digits.parse().ok());
    let (year, month, day): (u32, u32, u32) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let day = day_start_s(i32::try_from(year).ok()?, month, day)? / DAY_S;
    (day_name(day) == date).then_some(day)
}

/// Returns the wall clock at the start of a day, or `None` if there is no such day.
fn day_start_s(year: i32, month: u32, day: u32) -> Option<i64> {
    if !(1..=9999).contains(&year) {
        return None;
    }
    let date = chrono::NaiveDate::from_ymd_opt(year, month, day)?;
    Some(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_names_that_are_read_back() {
        for (day, name) in [(0, "1970-01-01"), (-1, "1969-12-31"), (20_771, "2026-11-14"), (-719_162, "0001-01-01")] {
            assert_eq!((day_name(day).as_str(), day_named(name)), (name, Some(day)));
        }
        for text in ["", "2026-11", "2026-11-31", "2026-1-01", "2026-11-14-1", "+2026-11-14", "x", "99999-01-01"] {
            assert_eq!(day_named(text), None, "{text}");
        }
    }

    #[test]
    fn ranks_sort_like_stamps_and_convert_back() {
        let walls = [-62_135_596_800, -1, 0, 1, 253_402_300_799];
        let stamps =
            walls.iter().flat_map(|&wall_s| [-1439, -1, 0, 1439].map(|offset_min| Stamp { wall_s, offset_min }));
        let stamps: Vec<Stamp> = stamps.collect();
        assert!(stamps.windows(2).all(|w| w[0] < w[1] && w[0].rank() < w[1].rank()));
        assert!(stamps.iter().all(|s| Stamp::of_rank(s.rank()) == *s && s.rank() != Stamp::NONE.rank()));
        assert!(stamps.iter().all(|s| Stamp::of_instant_rank(s.instant_rank()) == *s));
        let at = |wall_s, offset_min| Stamp { wall_s, offset_min }.instant_rank();
        assert!(at(9000, 120) < at(7200, 60) && at(7200, 60) < at(9000, 60) && at(3600, 60) != at(0, 0));
        assert_eq!(Stamp::NONE.instant_rank(), Stamp::NONE.rank());
    }
}
