//! Visitors of hits that have no time.

use crate::batch::{Batch, Fields};
use crate::keys::{GroupId, PartId};
use crate::measure::{GroupMeasure, Grouped, Uv, Visitors, VisitorsAs};
use crate::time::Stamp;

/// Adds the visitors of hits whose time is missing although their line logs one (`-`). There is one group, or one for
/// each of `parts`; `of_hits` are the parts of the hits.
#[cold]
#[inline(never)]
pub(super) fn add_undated(
    undated: &mut Uv,
    batch: &Batch<'_>,
    hits: &[u16],
    as_counted: VisitorsAs<'_>,
    are_logged: Option<&[bool]>,
    (of_hits, parts): (&[PartId], usize),
) {
    let is_undated = |row: usize| batch.stamp(row) == Stamp::NONE && !batch.lacks(row).intersects(Fields::TIME);
    let is_undated: Vec<bool> = hits.iter().map(|&row| is_undated(usize::from(row))).collect();
    let are_wanted: Vec<bool> = match are_logged {
        Some(are_logged) => {
            is_undated.iter().zip(are_logged).map(|(is_undated, is_logged)| *is_undated && *is_logged).collect()
        }
        None => is_undated,
    };
    let (groups, len) = if parts == 0 {
        (vec![GroupId(0); hits.len()], 1)
    } else {
        (of_hits.iter().map(|part| GroupId(part.0)).collect(), parts)
    };
    undated.add(batch, hits, Grouped::new(&groups, len), &Visitors { as_counted, are_logged: Some(&are_wanted) });
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::*;
    use crate::batch::{Numbers, Status, TextField};
    use crate::dimension::Dimension;
    use crate::keys::Seed;
    use crate::measure::{MeasureKind, Precision, UvMethod};

    const ADDR: Fields = Fields::text(TextField::Addr);
    const NOON: Stamp = Stamp { wall_s: 43_200, offset_min: 0 };

    /// Counts visitors by address. A line is its address, its time, and the fields that it does not log.
    fn counted(uv: UvMethod, lines: &[(&str, Stamp, Fields)]) -> Tally {
        let mut batch = Batch::new(ADDR);
        for (address, stamp, lacks) in lines {
            batch.set_text(TextField::Addr, address.as_bytes());
            if *lacks != Fields::NONE {
                batch.set_lacks(*lacks);
            }
            if *stamp == Stamp::NONE {
                batch.set_undated();
            }
            batch.add(Numbers { stamp: *stamp, status: Status::MISSING, bytes: 0, time_ms: None, is_static: false });
        }
        let rows: Vec<u16> = (0..).take(lines.len()).collect();
        let plan = [(Dimension::All, vec![MeasureKind::Uv])];
        let mut tally = Tally::new(&plan, uv, TextField::Addr.into(), Seed::fixed(1));
        tally.add(&batch, &rows);
        tally
    }

    #[test]
    fn undated_visitors_are_those_whose_logged_time_is_missing() {
        let all_logged =
            [("a", NOON, Fields::NONE), ("b", Stamp::NONE, Fields::NONE), ("b", Stamp::NONE, Fields::NONE)];
        let some_lack = [
            ("c", Stamp::NONE, Fields::NONE),
            ("d", Stamp::NONE, Fields::TIME),
            ("e", Stamp::NONE, ADDR),
            ("f", NOON, Fields::BYTES),
        ];
        for uv in [UvMethod::Exact, UvMethod::Hll(Precision::default())] {
            let counts = |tally: &Tally| [tally.undated.of_one(), tally.tables[0].uv().unwrap().of(GroupId(0))];
            assert_eq!(counts(&counted(uv, &all_logged)), [1, 2], "{uv:?}");
            assert_eq!(counts(&counted(uv, &some_lack)), [1, 3], "{uv:?}");
            assert_eq!(counts(&counted(uv, &all_logged[..1])), [0, 1], "{uv:?}");
            let mut both = counted(uv, &all_logged);
            both.merge(&counted(uv, &some_lack));
            assert_eq!(counts(&both), [2, 5], "{uv:?}");
        }
    }

    #[test]
    fn visitors_are_counted_only_if_a_table_asks() {
        for (kinds, expected) in [(vec![MeasureKind::Uv], 1), (vec![MeasureKind::Hits], 0)] {
            let mut batch = Batch::new(ADDR);
            batch.set_text(TextField::Addr, b"10.0.0.1");
            batch.add(Numbers { stamp: NOON, status: Status::MISSING, bytes: 0, time_ms: None, is_static: false });
            let mut tally =
                Tally::new(&[(Dimension::All, kinds)], UvMethod::Exact, TextField::Addr.into(), Seed::fixed(1));
            tally.add(&batch, &[0]);
            assert_eq!(tally.visitors.len(), expected);
        }
    }
}
