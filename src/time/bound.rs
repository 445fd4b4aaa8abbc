//! The bounds of a period: moments resolved against "now", comparable with the wall clock of any line.

use super::Zone;
use super::forms::MomentKind;
use super::moment::Moment;
use super::start::Start;

/// The resolved "now".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResolvedNow {
    /// A wall clock, the same at every offset, in seconds.
    Wall(i64),
    /// Seconds since 1970 in UTC.
    Instant(i64),
    /// A zone, and seconds since 1970 in UTC. Days are those of the zone.
    InZone(Zone, i64),
}

/// A bound whose wall clock is known once the offset is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The same wall clock at every offset, in seconds.
    Wall(i64),
    /// The same instant at every offset: seconds since 1970 in UTC.
    Instant(i64),
    /// The start of a calendar period, relative to what the clock shows at the offset of the line when it is `now_s`.
    Start { start: Start, now_s: i64 },
}

impl Bound {
    pub(crate) fn of(moment: Moment, now: ResolvedNow) -> Bound {
        match (moment.0, now) {
            (MomentKind::Wall(wall_s), _) => Bound::Wall(wall_s),
            (MomentKind::Instant(epoch_s), _) => Bound::Instant(epoch_s),
            (MomentKind::Ago(seconds), ResolvedNow::Wall(now_s)) => Bound::Wall(now_s - seconds),
            (MomentKind::Ago(seconds), ResolvedNow::Instant(now_s) | ResolvedNow::InZone(_, now_s)) => {
                Bound::Instant(now_s - seconds)
            }
            (MomentKind::Start(start), ResolvedNow::Wall(now_s)) => Bound::Wall(start.on(now_s)),
            (MomentKind::Start(start), ResolvedNow::Instant(now_s)) => Bound::Start { start, now_s },
            (MomentKind::Start(start), ResolvedNow::InZone(zone, now_s)) => Bound::Wall(start.on(zone.wall_s(now_s))),
        }
    }

    /// Returns the wall clock of the bound at this offset from UTC, in seconds.
    pub(crate) fn wall_s(self, offset_min: i16) -> i64 {
        let ahead_s = i64::from(offset_min) * 60;
        match self {
            Bound::Wall(wall_s) => wall_s,
            Bound::Instant(epoch_s) => epoch_s + ahead_s,
            Bound::Start { start, now_s } => start.on(now_s + ahead_s),
        }
    }

    /// True if the wall clock is the same at every offset.
    pub(crate) fn is_fixed(self) -> bool {
        matches!(self, Bound::Wall(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unit;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn instant(text: &str) -> i64 {
        let Bound::Instant(epoch_s) = Bound::of(moment(text), ResolvedNow::Wall(0)) else {
            panic!("{text} has no offset")
        };
        epoch_s
    }

    #[test]
    fn relative_to_an_instant_each_offset_has_its_own_wall_clock() {
        let now = ResolvedNow::Instant(instant("2022-04-05T23:30:00Z"));
        let rows = [
            ("1h", 0, "2022-04-05T22:30:00"),
            ("1h", 120, "2022-04-06T00:30:00"),
            ("1h", -330, "2022-04-05T17:00:00"),
            ("today", 0, "2022-04-05T00:00:00"),
            ("today", 60, "2022-04-06T00:00:00"),
            ("yesterday", 60, "2022-04-05T00:00:00"),
            ("yesterday 10:00", 60, "2022-04-05T10:00:00"),
            ("last hour", 0, "2022-04-05T22:00:00"),
            ("last hour", 60, "2022-04-05T23:00:00"),
            ("last week", 60, "2022-03-28T00:00:00"),
            ("this month", -330, "2022-04-01T00:00:00"),
            // Tuesday in UTC, Wednesday at an offset of one hour.
            ("wednesday", 0, "2022-03-30T00:00:00"),
            ("wednesday", 60, "2022-04-06T00:00:00"),
            ("2022-04-05", 60, "2022-04-05T00:00:00"),
            ("2022-04-05T03:45:05Z", 60, "2022-04-05T04:45:05"),
        ];
        for (text, offset_min, expected) in rows {
            let edge = Bound::of(moment(text), now);
            assert_eq!(Unit::Second.key(edge.wall_s(offset_min)), expected, "{text} at {offset_min}");
        }
    }

    #[test]
    fn midnights_are_those_of_the_zone() {
        let now = ResolvedNow::InZone("+02:00".parse().unwrap(), instant("2022-04-05T23:30:00Z"));
        assert_eq!(Bound::of(moment("today"), now), Bound::of(moment("2022-04-06"), now));
        assert_eq!(Bound::of(moment("1h"), now), Bound::Instant(instant("2022-04-05T22:30:00Z")));
    }

    #[test]
    fn relative_to_a_wall_clock_all_offsets_agree() {
        let Bound::Wall(now_s) = Bound::of(moment("2022-04-05T23:30"), ResolvedNow::Wall(0)) else {
            panic!("a wall clock")
        };
        for (text, expected) in [("90m", "2022-04-05T22:00:00"), ("yesterday", "2022-04-04T00:00:00")] {
            let edge = Bound::of(moment(text), ResolvedNow::Wall(now_s));
            assert!(edge.is_fixed());
            assert_eq!(Unit::Second.key(edge.wall_s(777)), expected, "{text}");
        }
    }
}
