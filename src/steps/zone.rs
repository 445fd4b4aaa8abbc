//! Converts the times of lines to a time zone.

use super::{BatchStep, Lines, StepInput};
use crate::batch::{Batch, Fields};
use crate::time::ZoneClock;

/// The step: converts times.
struct ToZone(ZoneClock);

/// The step, if the question names a zone.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    asked.options.zone.map(|zone| Box::new(ToZone(ZoneClock::new(zone))) as Box<dyn BatchStep>)
}

impl BatchStep for ToZone {
    fn needs(&self) -> Fields {
        Fields::NONE
    }

    fn writes(&self) -> Fields {
        Fields::TIME
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], _: Lines<'a>) {
        batch.convert_times(rows, |stamp| self.0.convert(stamp));
    }
}
