//! Tables that list codes: a hit without a code is not in any row of them.
//!
//! A ranking of texts has a row `-` for such hits, because its rows add up to all hits. For statuses, such a row would
//! show a number that nginx did not log.

use super::selected::Selected;
use crate::batch::{Fields, TextField};
use crate::dimension::Dimension;
use crate::keys::{PartId, VisitorId};
use crate::measure::{Visitors, VisitorsAs};

/// Returns the field without which a hit is in no group of a dimension, if there is one.
pub(super) fn listed_by(dimension: Dimension) -> Option<Fields> {
    match dimension {
        Dimension::Status | Dimension::StatusClass => Some(Fields::STATUS),
        Dimension::Class => Some(Fields::text(TextField::Path)),
        _ => None,
    }
}

/// The hits that have a field, copied from all hits.
pub(super) struct HitsOfField {
    hits: Vec<u16>,
    ids: Vec<VisitorId>,
    hashes: Vec<u64>,
    are_logged: Option<Vec<bool>>,
    parts: Vec<PartId>,
}

impl HitsOfField {
    #[cold]
    #[inline(never)]
    pub(super) fn having(field: Fields, selected: Selected<'_>) -> HitsOfField {
        let Selected { batch, hits, visitors, parts } = selected;
        let places: Vec<usize> =
            (0..hits.len()).filter(|at| !batch.lacks(usize::from(hits[*at])).intersects(field)).collect();
        let (mut ids, mut hashes) = (Vec::new(), Vec::new());
        match visitors.as_counted {
            VisitorsAs::NotCounted => {}
            VisitorsAs::Ids(all) => ids.extend(places.iter().map(|at| all[*at])),
            VisitorsAs::Hashes(all) => hashes.extend(places.iter().map(|at| all[*at])),
        }
        let are_logged = visitors.are_logged.map(|all| places.iter().map(|at| all[*at]).collect());
        let parts = if parts.is_empty() { Vec::new() } else { places.iter().map(|at| parts[*at]).collect() };
        HitsOfField { hits: places.iter().map(|at| hits[*at]).collect(), ids, hashes, are_logged, parts }
    }

    /// Returns them as selected hits of the batch that they are from.
    pub(super) fn selected<'h>(&'h self, from: Selected<'h>) -> Selected<'h> {
        let as_counted = match from.visitors.as_counted {
            VisitorsAs::NotCounted => VisitorsAs::NotCounted,
            VisitorsAs::Ids(_) => VisitorsAs::Ids(&self.ids),
            VisitorsAs::Hashes(_) => VisitorsAs::Hashes(&self.hashes),
        };
        let visitors = Visitors { as_counted, are_logged: self.are_logged.as_deref() };
        Selected { batch: from.batch, hits: &self.hits, visitors, parts: &self.parts }
    }
}
