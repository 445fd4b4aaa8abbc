//! The note about a period that no line is in: what the logs cover.

use super::{Note, NoteCode};
use crate::filter::Period;
use crate::message::{Setting, message};
use crate::question::Counting;
use crate::tally::Cover;
use crate::time::{Moment, Now, Stamp, Unit};

/// Wall clocks at the start of these years.
const YEAR_1_S: i64 = -62_135_596_800;
const YEAR_10000_S: i64 = 253_402_300_800;

/// Returns the note, given the first and the last time of each of some inputs. `None` if no line has a time, or if the
/// period ends before it begins, which can be seen without reading a line.
pub(super) fn outside_period(
    counting: &Counting,
    selected: Period,
    covers: impl Iterator<Item = Cover>,
    inputs: usize,
) -> Option<Note> {
    // The lines of a log need not ascend, and the last may be the earliest.
    let times = covers.map(|cover| match (cover.first(), cover.last()) {
        (first, last) if first.instant_rank() > last.instant_rank() => (last, first),
        ends => ends,
    });
    let times: Vec<_> = times.collect();
    let first = times.iter().map(|(first, _)| *first).min_by_key(|stamp| stamp.instant_rank())?;
    let last = times.iter().map(|(_, last)| *last).max_by_key(|stamp| stamp.instant_rank())?;
    let period = selected.wall_s(last.offset_min);
    if period.is_empty() {
        return None;
    }
    let no_line = match (selected.has_begin(), selected.has_end()) {
        (true, true) => format!("no line is between {} and {}", clock(period.start), clock(period.end)),
        (true, false) => format!("no line is after {}", clock(period.start)),
        _ => format!("no line is before {}", clock(period.end)),
    };
    let covers = if inputs == 1 { "the log covers" } else { "the logs cover" };
    let text = format!("{no_line}; {covers} {} to {}", readable(first), readable(last));
    let is_by_the_clock = counting.now == Now::Clock && counting.moments().any(Moment::is_relative);
    let text = match is_by_the_clock {
        true => message![text, "; to count from the last line, add ", Setting::Now, " last"],
        false => text.into(),
    };
    Some(Note::new(NoteCode::OutsidePeriod, text))
}

/// `2026-11-14 07:58`, with seconds unless they are 0. A period that is relative to now may begin before the year 1.
fn clock(wall_s: i64) -> String {
    let wall_s = wall_s.clamp(YEAR_1_S, YEAR_10000_S - 1);
    let unit = if wall_s % 60 == 0 { Unit::Minute } else { Unit::Second };
    unit.key(unit.bucket(wall_s).number).replace('T', " ")
}

/// `2026-11-14 07:58:12 +01:00`
fn readable(stamp: Stamp) -> String {
    let text = stamp.to_string().replace('T', " ");
    let (clock, offset) = text.split_at(text.len() - "+00:00".len());
    format!("{clock} {offset}")
}
