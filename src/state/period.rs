//! The days of a state that are in a period.

use super::State;
use crate::error::{Error, ErrorKind};
use crate::filter::Period;
use crate::message::{Message, Setting, message};
use crate::tally::Day;
use crate::time::{DAY_S, Unit};

/// The days of a period: all of them, or those with these numbers, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DaysInPeriod {
    All,
    Between(i64, i64),
}

impl DaysInPeriod {
    /// True if the lines of a day are in the period. Lines without a time are in none.
    pub(crate) fn has(self, day: Day) -> bool {
        match self {
            DaysInPeriod::All => true,
            DaysInPeriod::Between(first, end) => day.is_some_and(|day| (first..end).contains(&day)),
        }
    }
}

impl State {
    /// Returns the days in a period.
    ///
    /// # Errors
    /// [`ErrorKind::NotInState`] if it begins or ends within a day of some lines.
    pub(crate) fn days_in(&self, period: Period) -> Result<DaysInPeriod, Error> {
        if period.is_all() {
            return Ok(DaysInPeriod::All);
        }
        let mut offsets: Vec<i16> = self.all_days().flat_map(|(_, lines)| lines.facts().offsets).collect();
        offsets.sort_unstable();
        offsets.dedup();
        if offsets.is_empty() {
            offsets.push(0);
        }
        let bound = |bounds: &dyn Fn(i16) -> Option<i64>, setting: Setting| -> Result<Option<i64>, Error> {
            let at: Vec<i64> = offsets.iter().filter_map(|offset_min| bounds(*offset_min)).collect();
            let within = at.iter().find(|wall_s| *wall_s % DAY_S != 0);
            match (within, at.first(), at.iter().any(|wall_s| Some(wall_s) != at.first())) {
                (_, _, true) => Err(differs(setting)),
                (Some(within), _, false) => Err(is_within_a_day(*within, setting)),
                (None, first, false) => Ok(first.map(|wall_s| wall_s.div_euclid(DAY_S))),
            }
        };
        let begin = |offset_min: i16| period.has_begin().then(|| period.wall_s(offset_min).start);
        let end = |offset_min: i16| period.has_end().then(|| period.wall_s(offset_min).end);
        let first = bound(&begin, Setting::Since)?.unwrap_or(i64::MIN);
        let end = bound(&end, Setting::Until)?.unwrap_or(i64::MAX);
        Ok(DaysInPeriod::Between(first, end))
    }
}

fn is_within_a_day(wall_s: i64, setting: Setting) -> Error {
    let clock = Unit::Second.key(wall_s.rem_euclid(DAY_S));
    let clock = clock.split_once('T').map_or("", |(_, clock)| clock);
    let clock = clock.strip_suffix(":00").unwrap_or(clock);
    not_in_state(message![
        setting,
        format!(": {clock} is within a day; a state only has whole days, so give a date such as yesterday or 2026-11-14")
    ])
}

fn differs(setting: Setting) -> Error {
    not_in_state(message![
        setting,
        ": this time is in different days for lines with different offsets; give a date without an offset, or ",
        Setting::Zone,
        " when the state is saved"
    ])
}

fn not_in_state(detail: Message) -> Error {
    ErrorKind::NotInState { detail }.into()
}
