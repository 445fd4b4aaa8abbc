//! Slots: the places for texts in a row.

use super::variables::Destination;
use crate::batch::{MAX_VARIABLES, TEXTS, TextField};

/// The place of a text in a row: a text field, the request, a variable that the question ranks by name, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u8);

impl Slot {
    pub(crate) const REQUEST: Slot = Slot(TEXTS as u8);
    /// `$uri`, which gives the path if nothing better is logged.
    pub(crate) const URI: Slot = Slot(TEXTS as u8 + 1);
    pub(crate) const ARGS: Slot = Slot(TEXTS as u8 + 2);
    /// The value of `$uri$is_args$args`.
    pub(crate) const URI_AND_ARGS: Slot = Slot(TEXTS as u8 + 3);
    pub(crate) const NOWHERE: Slot = Slot(TEXTS as u8 + 4);
    const VARIABLES: usize = TEXTS + 5;
    /// Number of slots of a row.
    pub(crate) const COUNT: usize = Slot::VARIABLES + MAX_VARIABLES;

    pub(crate) const fn of(field: TextField) -> Slot {
        Slot(field as u8)
    }

    /// Every slot of a row.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn all() -> impl Iterator<Item = Slot> {
        (0..Slot::COUNT as u8).map(Slot)
    }

    /// The slot of the variable with index `place` among those that the question ranks by name.
    pub(crate) const fn variable(place: usize) -> Slot {
        Slot((Slot::VARIABLES + place) as u8)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The slot that a variable fills.
    pub(super) const fn fed_by(destination: Destination) -> Slot {
        match destination {
            Destination::Text(field) => Slot::of(field),
            Destination::Request => Slot::REQUEST,
            Destination::Uri => Slot::URI,
            Destination::Args => Slot::ARGS,
            Destination::UriAndArgs => Slot::URI_AND_ARGS,
            Destination::Ranked(place) => Slot::variable(place as usize),
            Destination::Nothing
            | Destination::Time
            | Destination::Status
            | Destination::Bytes
            | Destination::RequestTime => Slot::NOWHERE,
            Destination::RequestTimeIn(_) => Slot::NOWHERE,
        }
    }
}
