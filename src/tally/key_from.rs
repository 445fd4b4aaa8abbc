//! How the keys of an asked table are made from those of a saved one, and from the day.

use std::borrow::Cow;

use super::day::Day;
use crate::batch::MISSING;
use crate::dimension::{Dimension, Key, time_key, time_number};
use crate::time::{DAY_S, Unit};

/// How a key of an asked table is made from a saved table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyFrom {
    /// The key of all hits.
    All,
    /// The key itself; of a pair, the one at this place.
    Part(usize),
    /// The bucket of `to` with the bucket of `from` at this place.
    Coarser { part: usize, from: Unit, to: Unit },
    /// The bucket with the day.
    Day(Unit),
}

impl KeyFrom {
    /// How keys of a single dimension are made from a table of another; `None` if they cannot be.
    pub(super) fn of(asked: Dimension, saved: Dimension) -> Option<KeyFrom> {
        if let Some(part) = saved.parts().position(|part| part == asked) {
            return Some(KeyFrom::Part(part));
        }
        let Dimension::Time(to) = asked else { return (asked == Dimension::All).then_some(KeyFrom::All) };
        if Unit::Day.is_within(to) {
            return Some(KeyFrom::Day(to));
        }
        saved.parts().enumerate().find_map(|(part, dimension)| match dimension {
            Dimension::Time(from) if from.is_within(to) => Some(KeyFrom::Coarser { part, from, to }),
            _ => None,
        })
    }

    /// Makes the key from that of a group of the saved table, on this day.
    pub(super) fn key<'k>(self, saved: &'k Key<'_>, day: Day) -> Cow<'k, [u8]> {
        let part = |part| saved.parts().nth(part).map_or(MISSING, |(_, key)| key);
        match self {
            KeyFrom::All => Cow::Borrowed(b"all"),
            KeyFrom::Part(at) => Cow::Borrowed(part(at)),
            KeyFrom::Coarser { part: at, from, to } => match part(at) {
                MISSING => Cow::Borrowed(MISSING),
                key => Cow::Owned(time_key(from.number_in(to, time_number(key))).to_vec()),
            },
            KeyFrom::Day(to) => match day {
                None => Cow::Borrowed(MISSING),
                Some(day) => Cow::Owned(time_key(Unit::Day.number_in(to, day * DAY_S)).to_vec()),
            },
        }
    }
}
