//! The list of the reports of parts, with links to their pages.

use crate::render::numbers::{Grouped, Known};
use crate::render::part_label::{part, plural};
use crate::report::{Report, UvCount};

/// The reports of the parts of all hits.
pub(super) struct Parts<'r> {
    /// `Reports by host`
    pub(super) title: String,
    /// Heading over the keys.
    pub(super) key: String,
    pub(super) has_uv: bool,
    pub(super) rows: Vec<PartRow<'r>>,
}

pub(super) struct PartRow<'r> {
    pub(super) name: String,
    /// The page of the part, if there is one.
    pub(super) link: Option<&'r str>,
    pub(super) pv: u64,
    pub(super) requests: String,
    /// Visitors, as in JSON and as people read them.
    pub(super) uv: String,
    pub(super) visitors: String,
}

impl<'r> Parts<'r> {
    /// `links` are those to the pages of the parts, in their order.
    pub(super) fn of(report: &Report, links: &'r [String]) -> Option<Parts<'r>> {
        let each = report.each.as_ref().filter(|each| each.part.is_none() && !each.parts.is_empty())?;
        let uv = |part: &Report| part.summary.as_ref().map_or(UvCount::NotCounted, |summary| summary.row.uv);
        let row = |(at, of_part): (usize, &Report)| {
            let name = of_part.part().map_or_else(String::new, |name| match &name.key {
                Some(key) => key.clone(),
                None => part(each.dimension, name, |number| Grouped(number).to_string()),
            });
            let known = uv(of_part).known();
            PartRow {
                name,
                link: links.get(at).map(String::as_str),
                pv: of_part.lines.parsed,
                requests: Grouped(of_part.lines.parsed).to_string(),
                uv: known.map(|uv| uv.to_string()).unwrap_or_default(),
                visitors: Known(known.map(Grouped)).to_string(),
            }
        };
        let key = super::key_heading(each.dimension.name());
        let has_uv = each.parts.iter().any(|part| uv(part) != UvCount::NotCounted);
        let rows = each.parts.iter().enumerate().map(row).collect();
        Some(Parts { title: format!("Reports by {}", each.dimension.singular()), key, has_uv, rows })
    }
}

/// The link from the page of a part to that of all hits, and its text.
pub(super) fn link_to_all<'r>(report: &Report, links: &'r [String]) -> Option<(&'r str, String)> {
    let each = report.each.as_ref().filter(|each| each.part.is_some())?;
    Some((links.first()?, format!("All {}", plural(each.dimension))))
}
