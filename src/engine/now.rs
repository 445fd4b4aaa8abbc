//! Resolves "now" for relative times such as `--since 1h`.

use std::time::SystemTime;

use super::{Engine, count};
use crate::error::{Error, ErrorKind};
use crate::input::Input;
use crate::question::{Question, Section};
use crate::time::{Bound, Moment, Now, ResolvedNow, Zone};

/// Returns now. If the question does not depend on it, the result is arbitrary. `last_s` finds the latest time of all
/// lines, in seconds since 1970.
pub(super) fn now(
    question: &Question,
    last_s: impl FnOnce() -> Result<Option<i64>, Error>,
) -> Result<ResolvedNow, Error> {
    if !question.counting.moments().any(Moment::is_relative) {
        return Ok(ResolvedNow::Wall(0));
    }
    let now = match question.counting.now {
        Now::Clock => ResolvedNow::Instant(clock_s()),
        Now::At(moment) => match Bound::of(moment, ResolvedNow::Instant(clock_s())) {
            Bound::Wall(wall_s) => ResolvedNow::Wall(wall_s),
            on_the_clock => ResolvedNow::Instant(on_the_clock.wall_s(0)),
        },
        // If no line has a time, no line is selected, so any value is right.
        Now::Last => ResolvedNow::Instant(last_s()?.unwrap_or(0)),
    };
    Ok(match (question.reading.zone, now) {
        (None, now) => now,
        (Some(zone), ResolvedNow::Wall(wall_s)) => ResolvedNow::InZone(zone, zone.first_instant(wall_s)),
        (Some(zone), ResolvedNow::Instant(epoch_s) | ResolvedNow::InZone(_, epoch_s)) => {
            ResolvedNow::InZone(zone, epoch_s)
        }
    })
}

fn clock_s() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Returns the latest time of all lines, from a report that asks for nothing else. This reads the inputs, so it must be
/// possible to read them twice.
pub(super) fn last_s(question: &Question, inputs: &[Input], engine: &Engine) -> Result<Option<i64>, Error> {
    let once = inputs.iter().find(|input| input.again().is_none());
    if let Some(input) = once {
        return Err(ErrorKind::ReadOnce { path: input.name().to_owned() }.into());
    }
    let all = Question::new()
        // A section that needs the time of each line, and little else.
        .show([Section::Timeline])
        // UTC makes times with different offsets comparable.
        .zone(Zone::UTC)
        .log_formats(question.reading.log_formats.clone())
        .fields(question.reading.fields.clone())
        .nginx_conf(question.reading.nginx_conf.clone())
        .max_line(question.reading.max_line);
    let engine = engine.clone().seek(engine.seek.to_the_last());
    let report = count(&all, inputs.iter().filter_map(Input::again).collect(), &engine)?.report;
    let last = report.and_then(|report| report.period.last).and_then(|last| last.parse().ok());
    Ok(last.map(|last| Bound::of(last, ResolvedNow::Wall(0)).wall_s(0)))
}
