//! Times: logged times against their reference, moments and dates as users type them, buckets and zones.

use super::messages::assert_safe;
use crate::filter::DayTimes;
use crate::format::log_format::reference::Times;
use crate::time::{Date, FIRST_S, LAST_S, Moment, Now, Stamp, Unit, Zone, ZoneClock};

/// Zones whose clock changes by an hour, by half an hour, by a day, and not at all.
const ZONES: [&str; 6] = ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "+08:00", "utc"];

/// Fuzzes lines. Each is read as a time that logs or users write, and its bytes as a number of seconds.
pub(super) fn run(data: &[u8]) {
    let mut times = Times::default();
    let mut clocks = ZONES.map(|name| name.parse::<Zone>().ok().map(|zone| (zone, ZoneClock::new(zone))));
    for line in data.split(|byte| *byte == b'\n') {
        times.agree(line).unwrap_or_else(|difference| panic!("{difference}"));
        if let Ok(text) = str::from_utf8(line) {
            of_user(text);
        }
        if let Some((seconds, rest)) = line.split_first_chunk() {
            let offset = rest.first_chunk().map_or(0, |bytes| i16::from_le_bytes(*bytes));
            let wall_s = i64::from_le_bytes(*seconds).rem_euclid(LAST_S - FIRST_S + 1) + FIRST_S;
            of_stamp(Stamp { wall_s, offset_min: offset % 1440 }, &mut clocks);
        }
    }
}

/// Parses a text with every option that takes a time.
fn of_user(text: &str) {
    let refused = [
        text.parse::<Moment>().err().map(|error| error.to_string()),
        text.parse::<Now>().err().map(|error| error.to_string()),
        text.parse::<Unit>().err().map(|error| error.to_string()),
        text.parse::<Zone>().err().map(|error| error.to_string()),
        text.parse::<DayTimes>().err().map(|error| error.to_string()),
    ];
    refused.iter().flatten().for_each(|message| assert_safe("a refused time", message));
    match text.parse::<Date>() {
        Ok(date) => assert!(date.begin < date.end, "{text:?}: {date:?}"),
        Err(error) => assert_safe("a refused date", &error.to_string()),
    }
}

/// Checks the invariants of a wall clock.
fn of_stamp(stamp: Stamp, clocks: &mut [Option<(Zone, ZoneClock)>]) {
    let Stamp { wall_s, .. } = stamp;
    assert_eq!((Stamp::of_rank(stamp.rank()), Stamp::of_instant_rank(stamp.instant_rank())), (stamp, stamp));
    for unit in Unit::all() {
        let bucket = unit.bucket(wall_s);
        assert!(bucket.start_s <= wall_s && wall_s < bucket.end_s, "{unit:?} of {wall_s}: {bucket:?}");
        let key = unit.key(bucket.number);
        let is_a_date = !matches!(unit, Unit::HourOfDay | Unit::Weekday);
        // Skip the last week of the calendar, which ends beyond it, and the first, which begins before it.
        if is_a_date && bucket.start_s >= FIRST_S && bucket.end_s <= LAST_S {
            let date: Date = key.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
            let edges = [bucket.start_s, bucket.end_s].map(|edge_s| Unit::Second.key(edge_s).parse().ok());
            assert_eq!([Some(date.begin), Some(date.end)], edges, "{key} of {wall_s}");
        }
    }
    for (zone, clock) in clocks.iter_mut().flatten() {
        let turned = clock.convert(stamp);
        assert_eq!(turned, ZoneClock::new(*zone).convert(stamp), "{} of {stamp}", zone.name());
        let is_in_calendar = (FIRST_S + 86_400..LAST_S - 86_400).contains(&stamp.epoch_s());
        if is_in_calendar {
            assert_eq!((turned.epoch_s(), turned.wall_s), (stamp.epoch_s(), zone.wall_s(stamp.epoch_s())), "{stamp}");
        }
    }
}
