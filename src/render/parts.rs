//! Parts of a row's hits, each with the number of hits that it is a share of.

use crate::report::Row;

/// Number of hits whose lines have a status.
pub(super) fn hits_with_status(row: &Row) -> Option<u64> {
    let classes = [row.status_1xx, row.status_2xx, row.status_3xx, row.status_4xx, row.status_5xx];
    classes.into_iter().chain([row.status_other]).sum()
}

/// Hits with some status, and all hits whose lines have a status.
pub(super) fn of_status(row: &Row, hits: Option<u64>) -> Option<(u64, u64)> {
    hits.zip(hits_with_status(row))
}

/// Static hits, and all hits whose lines have a path.
pub(super) fn of_path(row: &Row) -> Option<(u64, u64)> {
    Some((row.static_hits?, row.static_hits? + row.dynamic?))
}
