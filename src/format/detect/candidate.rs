//! A format that lines are tried with.

use bumpalo::Bump;

use crate::batch::Fields;
use crate::format::json::format::Syntax;
use crate::format::log_format::plan::Tail;
use crate::format::log_format::scan::scan;
use crate::format::mismatch::Mismatch;
use crate::format::row::Row;
use crate::format::{Line, LogFormat, ScanCache, ScanContext, json, ltsv};

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
    let context = ScanContext { bump: &bump, needs: Fields::NONE };
    try_one(formats, candidate, line, context, &mut ScanCache::default(), &mut Row::EMPTY.clone()).is_ok()
}

/// Resets `row` and fills it with one candidate. Returns where the format ends in the line.
pub(super) fn try_one<'a>(
    formats: &[LogFormat],
    candidate: Candidate,
    line: Line<'a, '_>,
    context: ScanContext<'a>,
    cache: &mut ScanCache,
    row: &mut Row<'a>,
) -> Result<usize, Mismatch> {
    let format = &formats[candidate.format];
    *row = Row { has: format.plan.fields, ..Row::EMPTY };
    match &format.json {
        Some(labels) if labels.syntax == Syntax::Ltsv => {
            let (clock, scratch) = cache.json(candidate.format);
            ltsv::scan::scan(labels.keys(), line.text, context, clock, scratch, row).map(|()| line.text.len())
        }
        Some(_) if !json::scan::is_object(line.text) => Err(json::scan::NO_OBJECT),
        Some(json) => {
            let (clock, scratch) = cache.json(candidate.format);
            let read = json::scan::scan(json.keys(), line, context, clock, scratch, row);
            read.map(|()| line.text.len())
                .inspect_err(|mismatch| cache.keep_bad_value(candidate.format, *mismatch, line.text))
        }
        None => scan(&format.plan, candidate.tail, line, cache, row),
    }
}
