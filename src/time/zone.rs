//! Time zones: converts an instant to local time. The only module that uses chrono-tz.
//!
//! Offsets are whole minutes, as nginx logs them. Historic offsets with seconds are rounded.

use std::fmt;
use std::str::FromStr;

use super::{Bucket, DAY_S};
use crate::text::printable;

/// A time zone.
///
/// ```
/// use logstat::Zone;
/// assert_eq!("utc".parse::<Zone>()?, Zone::UTC);
/// assert_eq!("+05:30".parse::<Zone>()?.name(), "+05:30");
/// assert!("Europe/Berln".parse::<Zone>().is_err());
/// # Ok::<(), logstat::ZoneError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Rule);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Minutes ahead of UTC, always.
    Fixed(i16),
    #[cfg(feature = "zones")]
    Named(chrono_tz::Tz),
}

/// Why there is no such [`Zone`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ZoneError {
    /// There is no zone of this name.
    Unknown {
        /// The name that was given.
        name: String,
    },
    /// The zone of the system cannot be determined.
    NoLocal {
        /// The name that `TZ` or the system gives, or the error of the system.
        detail: String,
    },
    /// The library was built without the feature `zones`: it knows only UTC and offsets.
    NotBuilt,
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ZoneError::Unknown { name } => write!(f, "there is no time zone '{}'", printable(name.as_bytes())),
            ZoneError::NoLocal { detail } => {
                write!(f, "the system's time zone is not known ({}); give its name", printable(detail.as_bytes()))
            }
            ZoneError::NotBuilt => f.write_str(
                "this was built without the feature 'zones', and knows utc and offsets such as +08:00 alone",
            ),
        }
    }
}

impl std::error::Error for ZoneError {}

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone(Rule::Fixed(0));

    /// Returns the zone of this process: the one that `TZ` names, else the setting of the system.
    ///
    /// # Errors
    /// If that is not a name of the IANA database.
    pub fn local() -> Result<Zone, ZoneError> {
        local()
    }

    /// Returns the names of the IANA database.
    pub fn names() -> impl Iterator<Item = &'static str> {
        names()
    }

    /// Name of the zone: `Europe/Berlin`, `+08:00`, `UTC`.
    pub fn name(self) -> String {
        match self.0 {
            Rule::Fixed(0) => "UTC".to_owned(),
            Rule::Fixed(minutes) => {
                let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
                format!("{sign}{:02}:{:02}", size / 60, size % 60)
            }
            #[cfg(feature = "zones")]
            Rule::Named(zone) => zone.name().to_owned(),
        }
    }

    /// Returns the zone's offset at an instant, in minutes ahead of UTC. Without the feature `zones` the instant is not
    /// used.
    #[cfg_attr(not(feature = "zones"), allow(unused_variables))]
    pub(super) fn offset_min(self, epoch_s: i64) -> i16 {
        match self.0 {
            Rule::Fixed(minutes) => minutes,
            #[cfg(feature = "zones")]
            Rule::Named(zone) => {
                use chrono::{Offset, TimeZone};
                let utc = chrono::DateTime::from_timestamp(epoch_s, 0).unwrap_or_default().naive_utc();
                let ahead_s = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
                (ahead_s + 30).div_euclid(60) as i16
            }
        }
    }

    /// Converts an instant to the wall clock of the zone, in seconds.
    pub(crate) fn wall_s(self, epoch_s: i64) -> i64 {
        epoch_s + i64::from(self.offset_min(epoch_s)) * 60
    }

    /// Returns the first instant with this wall clock. If clocks skip that time when put forward, returns the instant
    /// of the change.
    pub(crate) fn first_instant(self, wall_s: i64) -> i64 {
        // A day with two offsets has only those of the days before and after it.
        let candidates = [-DAY_S, DAY_S].map(|days| wall_s - i64::from(self.offset_min(wall_s + days)) * 60);
        if let Some(first) = candidates.into_iter().filter(|epoch_s| self.wall_s(*epoch_s) == wall_s).min() {
            return first;
        }
        let (mut before, mut after) = (wall_s - 2 * DAY_S, wall_s + 2 * DAY_S);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.wall_s(middle) < wall_s { before = middle } else { after = middle }
        }
        after
    }

    /// True if the zone's clock ever shows a time in this bucket.
    pub(crate) fn shows(self, bucket: Bucket) -> bool {
        self.wall_s(self.first_instant(bucket.start_s)) < bucket.end_s
    }
}

/// Parses a name of the IANA database in any case, `utc`, or an offset.
impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Zone, ZoneError> {
        if ["utc", "z"].iter().any(|utc| name.eq_ignore_ascii_case(utc)) {
            return Ok(Zone::UTC);
        }
        match super::partial_date::offset_min(name.as_bytes()) {
            Ok(Some(minutes)) => Ok(Zone(Rule::Fixed(minutes))),
            _ => named(name),
        }
    }
}

#[cfg(feature = "zones")]
fn names() -> impl Iterator<Item = &'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
}

#[cfg(not(feature = "zones"))]
fn names() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

#[cfg(feature = "zones")]
fn named(name: &str) -> Result<Zone, ZoneError> {
    let zone = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name));
    zone.map(|zone| Zone(Rule::Named(*zone))).ok_or_else(|| ZoneError::Unknown { name: name.to_owned() })
}

#[cfg(not(feature = "zones"))]
fn named(_: &str) -> Result<Zone, ZoneError> {
    Err(ZoneError::NotBuilt)
}

#[cfg(feature = "zones")]
fn local() -> Result<Zone, ZoneError> {
    let name = match std::env::var("TZ") {
        Ok(name) if name.is_empty() => return Ok(Zone::UTC),
        Ok(name) => name,
        Err(_) => iana_time_zone::get_timezone().map_err(|error| ZoneError::NoLocal { detail: error.to_string() })?,
    };
    // POSIX puts a colon before an implementation-defined name; glibc also takes file names.
    let bare = name.trim_start_matches(':').trim_start_matches("/usr/share/zoneinfo/");
    bare.parse().map_err(|_| ZoneError::NoLocal { detail: name.clone() })
}

#[cfg(not(feature = "zones"))]
fn local() -> Result<Zone, ZoneError> {
    Err(ZoneError::NotBuilt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Bound, ResolvedNow, Unit};

    fn wall(text: &str) -> i64 {
        Bound::of(text.parse().unwrap(), ResolvedNow::Wall(0)).wall_s(0)
    }

    #[test]
    fn offsets_are_zones() {
        for (text, name, minutes) in [
            ("utc", "UTC", 0),
            ("Z", "UTC", 0),
            ("+00:00", "UTC", 0),
            ("+08:00", "+08:00", 480),
            ("-0330", "-03:30", -210),
            ("+23:59", "+23:59", 1439),
        ] {
            let zone: Zone = text.parse().unwrap();
            assert_eq!((zone.name().as_str(), zone.offset_min(0)), (name, minutes), "{text}");
            assert_eq!(zone.name().parse(), Ok(zone));
            assert_eq!(zone.first_instant(wall("2022-04-05")), wall("2022-04-05") - i64::from(minutes) * 60);
        }
        for text in ["", "+8", "+24:00", "8", "Mars/Olympus"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }

    #[cfg(feature = "zones")]
    #[test]
    fn offsets_follow_daylight_saving_time() {
        // The tz database for 2022: clocks change at 01:00 UTC in Europe, at 02:00 local time in New York, by half an
        // hour on Lord Howe, and never in Kolkata.
        let rows = [
            ("Europe/Berlin", "2022-03-27T00:59:59", "2022-03-27T01:59:59"),
            ("Europe/Berlin", "2022-03-27T01:00:00", "2022-03-27T03:00:00"),
            ("europe/berlin", "2022-10-30T00:59:59", "2022-10-30T02:59:59"),
            ("Europe/Berlin", "2022-10-30T01:00:00", "2022-10-30T02:00:00"),
            ("America/New_York", "2022-03-13T06:59:59", "2022-03-13T01:59:59"),
            ("America/New_York", "2022-03-13T07:00:00", "2022-03-13T03:00:00"),
            ("Australia/Lord_Howe", "2022-04-02T14:59:59", "2022-04-03T01:59:59"),
            ("Australia/Lord_Howe", "2022-04-02T15:00:00", "2022-04-03T01:30:00"),
            ("Asia/Kolkata", "2022-04-05T00:00:00", "2022-04-05T05:30:00"),
            // Samoa skipped 30 December: the day after the 29th was the 31st.
            ("Pacific/Apia", "2011-12-30T09:59:59", "2011-12-29T23:59:59"),
            ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31T00:00:00"),
        ];
        for (name, utc, expected) in rows {
            let zone: Zone = name.parse().unwrap();
            assert_eq!(Unit::Second.key(zone.wall_s(wall(utc))), expected, "{name} at {utc}");
        }
    }

    #[cfg(feature = "zones")]
    #[test]
    fn first_instant_of_a_wall_clock() {
        for (name, wall_clock, expected) in [
            ("Europe/Berlin", "2022-04-05T12:00:00", "2022-04-05T10:00:00"),
            // This time occurs twice: the first is in summer time.
            ("Europe/Berlin", "2022-10-30T02:30:00", "2022-10-30T00:30:00"),
            ("Europe/Berlin", "2022-10-30T03:00:00", "2022-10-30T02:00:00"),
            // This time never occurs: the result is the change.
            ("Europe/Berlin", "2022-03-27T02:30:00", "2022-03-27T01:00:00"),
            ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00"),
        ] {
            let zone: Zone = name.parse().unwrap();
            assert_eq!(Unit::Second.key(zone.first_instant(wall(wall_clock))), expected, "{name} at {wall_clock}");
        }
        let shows = |name: &str, unit: Unit, at: &str| name.parse::<Zone>().unwrap().shows(unit.bucket(wall(at)));
        assert!(
            !shows("Europe/Berlin", Unit::Hour, "2022-03-27T02") && shows("Europe/Berlin", Unit::Hour, "2022-03-27T03")
        );
        assert!(shows("Australia/Lord_Howe", Unit::Hour, "2022-10-02T02"), "half of the hour exists");
        assert!(!shows("Pacific/Apia", Unit::Day, "2011-12-30") && shows("Pacific/Apia", Unit::Week, "2011-12-30"));
    }
}
