//! The days of a state that are in a period.

use super::State;
use crate::error::{Error, ErrorKind};
use crate::filter::{NotWholeDays, Period, WholeDays};
use crate::message::{Message, Setting, message};
use crate::note::{Note, NoteCode};
use crate::time::{DAY_S, Unit, day_name};

impl State {
    /// Returns the days in a period.
    ///
    /// # Errors
    /// [`ErrorKind::NotInState`] if it begins or ends within a day of some lines.
    pub(crate) fn days_in(&self, period: Period) -> Result<WholeDays, Error> {
        let mut offsets: Vec<i16> = self.all_days().flat_map(|(_, lines)| lines.facts().offsets).collect();
        offsets.sort_unstable();
        offsets.dedup();
        WholeDays::of(period, offsets).map_err(|why| {
            let detail = match why {
                NotWholeDays::WithinDay { wall_s } => within_day(wall_s),
                NotWholeDays::Offsets => message![
                    "the period begins or ends on different days for lines with different offsets; give dates without an \
                     offset, or save the state with ",
                    Setting::Zone
                ],
            };
            ErrorKind::NotInState { detail }.into()
        })
    }
}

impl State {
    /// The note about a period that no day of the state is in; `None` if one is, or if no line has a time.
    pub(crate) fn outside_period(&self, days: WholeDays) -> Option<Note> {
        let all = || self.all_days().filter_map(|(day, _)| day);
        let (first, last) = (all().min()?, all().max()?);
        if all().any(|day| days.contains(Some(day))) {
            return None;
        }
        let text = format!("no line is in the period; the state covers {} to {}", day_name(first), day_name(last));
        Some(Note::new(NoteCode::OutsidePeriod, text))
    }
}

fn within_day(wall_s: i64) -> Message {
    let time = Unit::Second.key(wall_s.rem_euclid(DAY_S));
    let clock = time.split_once('T').map_or("", |(_, clock)| clock);
    let clock = clock.strip_suffix(":00").unwrap_or(clock);
    message![
        format!(
            "a state only knows whole days, and {clock} is within a day: give dates, such as yesterday or 2026-11-14, with "
        ),
        Setting::Since,
        ", ",
        Setting::Until,
        " or ",
        Setting::Date
    ]
}
