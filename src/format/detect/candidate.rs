//! A format that lines are tried with.

use bumpalo::Bump;

use crate::batch::Fields;
use crate::format::json::format::Syntax;
use crate::format::log_format::plan::Tail;
use crate::format::log_format::scan::scan;
use crate::format::misfit::Misfit;
use crate::format::row::Row;
use crate::format::{Line, LogFormat, Memory, Room, json, ltsv};

/// A format, and what may follow its last field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) format: usize,
    pub(super) tail: Tail,
    /// True if some of the first lines had it, or the user chose it. Otherwise each of its lines must look plausible.
    pub(super) is_established: bool,
}

impl Candidate {
    /// The format, tried as if the user had chosen it.
    pub(super) fn given(formats: &[LogFormat], format: usize) -> Candidate {
        Candidate { format, tail: formats[format].tail, is_established: true }
    }
}

/// True if a line fits a candidate.
pub(super) fn fits(formats: &[LogFormat], candidate: Candidate, line: Line<'_, '_>) -> bool {
    let bump = Bump::new();
    let room = Room { bump: &bump, needs: Fields::NONE };
    try_one(formats, candidate, line, room, &mut Memory::default(), &mut Row::EMPTY.clone()).is_ok()
}

/// Resets `row` and fills it with one candidate. Returns where the format ends in the line.
pub(super) fn try_one<'a>(
    formats: &[LogFormat],
    candidate: Candidate,
    line: Line<'a, '_>,
    room: Room<'a>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    let format = &formats[candidate.format];
    *row = Row { has: format.plan.fields, ..Row::EMPTY };
    match &format.json {
        Some(labels) if labels.syntax == Syntax::Ltsv => {
            let (clock, recall) = memory.json(candidate.format);
            ltsv::scan::scan(labels.keys(), line.text, room, clock, recall, row).map(|()| line.text.len())
        }
        Some(_) if !json::scan::is_object(line.text) => Err(json::scan::NO_OBJECT),
        Some(json) => {
            let (clock, recall) = memory.json(candidate.format);
            let read = json::scan::scan(json.keys(), line, room, clock, recall, row);
            read.map(|()| line.text.len())
                .inspect_err(|misfit| memory.keep_bad_value(candidate.format, *misfit, line.text))
        }
        None => scan(&format.plan, candidate.tail, line, memory, row),
    }
}
