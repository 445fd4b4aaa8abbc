//! Hits whose line lacks a field that the report needs, because its format does not log it.

use crate::batch::{Fields, TextField};

/// Number of hits that lack each field, regardless of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) visitor: u64,
    pub(crate) status: u64,
    pub(crate) bytes: u64,
    pub(crate) path: u64,
    pub(crate) time: u64,
}

impl Unknown {
    /// The fields to watch, besides those that identify visitors.
    pub(super) const FIELDS: Fields =
        Fields::STATUS.union(Fields::BYTES).union(Fields::TIME).union(Fields::text(TextField::Path));

    /// Adds a hit that lacks these fields. Visitors are identified by the fields `visitor`.
    pub(super) fn add(&mut self, lacks: Fields, visitor: Fields) {
        self.visitor += u64::from(lacks.intersects(visitor));
        self.status += u64::from(lacks.intersects(Fields::STATUS));
        self.bytes += u64::from(lacks.intersects(Fields::BYTES));
        self.path += u64::from(lacks.intersects(Fields::text(TextField::Path)));
        self.time += u64::from(lacks.intersects(Fields::TIME));
    }

    /// The fields among [`FIELDS`](Unknown::FIELDS) that some hits lack.
    pub(super) fn fields(&self) -> Fields {
        let Unknown { visitor: _, status, bytes, path, time } = *self;
        let numbers = [
            (status, Fields::STATUS),
            (bytes, Fields::BYTES),
            (path, Fields::text(TextField::Path)),
            (time, Fields::TIME),
        ];
        numbers.iter().filter(|(hits, _)| *hits > 0).fold(Fields::NONE, |fields, (_, field)| fields.union(*field))
    }

    /// All numbers, in the order of a state file.
    pub(super) fn numbers(self) -> [u64; 5] {
        let Unknown { visitor, status, bytes, path, time } = self;
        [visitor, status, bytes, path, time]
    }

    pub(super) fn merge(&mut self, other: Unknown) {
        self.visitor += other.visitor;
        self.status += other.status;
        self.bytes += other.bytes;
        self.path += other.path;
        self.time += other.time;
    }
}
