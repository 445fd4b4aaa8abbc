//! The days of a state that are in a period.

use super::State;
use crate::error::{Error, ErrorKind};
use crate::filter::{NotWholeDays, Period, WholeDays};
use crate::message::{Message, Setting, message};
use crate::note::{Note, NoteCode};
use crate::question::Counting;
use crate::time::{DAY_S, Unit, day_name};

impl State {
    /// Returns the days in a period.
    ///
    /// # Errors
    /// [`ErrorKind::NotInState`] if it begins or ends within a day of some lines.
    pub(crate) fn days_in(&self, period: Period, counting: &Counting) -> Result<WholeDays, Error> {
        let mut offsets: Vec<i16> = self.all_days().flat_map(|(_, lines)| lines.facts().offsets).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let is_start = |wall_s: i64| offsets.iter().chain([&0]).any(|offset| period.wall_s(*offset).start == wall_s);
        WholeDays::of(period, offsets.iter().copied()).map_err(|why| {
            let detail = match why {
                NotWholeDays::WithinDay { wall_s } => within_day(
                    wall_s,
                    match counting.date {
                        Some(_) => Setting::Date,
                        None if is_start(wall_s) => Setting::Since,
                        None => Setting::Until,
                    },
                ),
                NotWholeDays::Offsets => message![
                    "the period begins or ends on different days for lines with different offsets; give dates such as \
                     2026-11-14, or save the state with ",
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

/// The message for a bound at this wall clock, which `setting` has set.
fn within_day(wall_s: i64, setting: Setting) -> Message {
    let day = day_name(wall_s.div_euclid(DAY_S));
    let time = Unit::Second.key(wall_s);
    message![
        setting,
        format!(" is {time}, within a day, but a state has whole days only\n  for the whole day:  "),
        setting,
        format!(" {day}")
    ]
}
