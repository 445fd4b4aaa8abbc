//! Converts stamps to a time zone. It caches the stretch of time in which the offset of the zone does not change.

use std::ops::Range;

use super::{CachedRange, DAY_S, FIRST_S, LAST_S, Stamp, Zone};

/// Converts stamps to the wall clock of a zone; one per worker. Its cache changes only its speed, never a result.
pub(crate) struct ZoneClock {
    zone: Zone,
    /// Offset of the zone, in minutes ahead of UTC.
    offset_min: CachedRange<i16>,
}

impl ZoneClock {
    pub(crate) fn new(zone: Zone) -> ZoneClock {
        ZoneClock { zone, offset_min: CachedRange::none(0) }
    }

    /// Converts a stamp to the zone, keeping the instant. The wall clock is clamped to the ends of the calendar.
    #[inline]
    pub(crate) fn convert(&mut self, stamp: Stamp) -> Stamp {
        if stamp.wall_s == Stamp::NONE.wall_s {
            return stamp;
        }
        let epoch_s = stamp.epoch_s();
        let offset_min = self.offset_min.at(epoch_s, |epoch_s| offset_range(self.zone, epoch_s));
        let wall_s = (epoch_s + i64::from(offset_min) * 60).clamp(FIRST_S, LAST_S);
        Stamp { wall_s, offset_min }
    }
}

/// Returns the stretch around an instant with one offset, within its UTC day, and that offset in minutes. chrono-tz
/// does not say when an offset changes. If a day begins and ends with the same offset, assume no change; otherwise
/// search for it.
fn offset_range(zone: Zone, epoch_s: i64) -> (Range<i64>, i16) {
    let offset = |epoch_s| zone.offset_min(epoch_s);
    let begin = epoch_s - epoch_s.rem_euclid(DAY_S);
    let end = begin + DAY_S;
    let (first, last) = (offset(begin), offset(end - 1));
    let (mut before, mut after) = (begin, end - 1);
    while first != last && after - before > 1 {
        let middle = before + (after - before) / 2;
        if offset(middle) == first { before = middle } else { after = middle }
    }
    let is_two_parts = offset(after) == last;
    match epoch_s {
        _ if first == last => (begin..end, first),
        _ if epoch_s < after => (begin..after, first),
        _ if is_two_parts => (after..end, last),
        _ => (epoch_s..epoch_s + 1, offset(epoch_s)),
    }
}

#[cfg(all(test, feature = "zones"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 12] = [
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Africa/Monrovia",
        "America/Caracas",
        "Asia/Tehran",
        "Antarctica/Troll",
    ];

    /// Slow reference: converts without a cache.
    fn reference(zone: Zone, stamp: Stamp) -> Stamp {
        let epoch_s = stamp.wall_s - i64::from(stamp.offset_min) * 60;
        let offset_min = zone.offset_min(epoch_s);
        Stamp { wall_s: (epoch_s + i64::from(offset_min) * 60).clamp(FIRST_S, LAST_S), offset_min }
    }

    proptest! {
        #[test]
        fn cache_does_not_change_results(
            zone in prop::sample::select(ZONES.to_vec()),
            start in prop_oneof![FIRST_S..LAST_S - 1_000_000, 0_i64..2_000_000_000],
            steps in prop::collection::vec((0_i64..100_000, prop::sample::select(vec![0_i16, 60, -300, 1439, -1439])), 1..60),
        ) {
            let zone: Zone = zone.parse().unwrap();
            let mut clock = ZoneClock::new(zone);
            for (step, offset_min) in steps {
                let stamp = Stamp { wall_s: start + step, offset_min };
                prop_assert_eq!(clock.convert(stamp), reference(zone, stamp));
            }
        }
    }

    #[test]
    fn hours_of_a_century_match_the_reference() {
        for name in ZONES {
            let zone: Zone = name.parse().unwrap();
            let mut clock = ZoneClock::new(zone);
            for hour in (0..600_000).step_by(7) {
                let stamp = Stamp { wall_s: hour * 3600 - 1_000_000_000, offset_min: 0 };
                assert_eq!(clock.convert(stamp), reference(zone, stamp), "{name} {hour}");
            }
        }
    }

    #[test]
    fn ends_of_the_calendar_are_clamped() {
        for (name, wall_s) in [("America/New_York", FIRST_S), ("Asia/Tokyo", LAST_S), ("+23:59", LAST_S)] {
            let mut clock = ZoneClock::new(name.parse().unwrap());
            assert_eq!(clock.convert(Stamp { wall_s, offset_min: 0 }).wall_s, wall_s, "{name}");
        }
        assert_eq!(ZoneClock::new(Zone::UTC).convert(Stamp::NONE), Stamp::NONE);
    }
}
