//! The reports of the parts of all hits.

use serde::{Serialize, Serializer};

use super::groups::written_of;
use super::{
    Approximate, BotReport, DurationReport, LatencyReport, Lines, Period, Ranking, Report, Row, Summary,
    duration_report, serial,
};
use crate::dimension::Dimension;
use crate::tally::Part;

/// Reports for the keys of a dimension, such as hosts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Each {
    /// The dimension.
    pub dimension: Dimension,
    /// In the report of a part: the part. `None` in the report of all hits.
    pub part: Option<PartName>,
    /// In the report of all hits: the report of each part. The part with the most hits is the first, or the earliest if
    /// the dimension is a unit of time. The rest is the last.
    ///
    /// The report of a part has the numbers that a filter for its key would give. Lines that are not such hits, inputs,
    /// notes, warnings and verdicts are only in the report of all hits.
    pub parts: Vec<Report>,
}

/// A part of all hits: those that have one key of a dimension, or those of all keys that have no report of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartName {
    /// The key as rankings have it: `example.com`, `2022-04-05`. `None` for the rest.
    pub key: Option<String>,
    /// Number of keys that these hits have: 1 if there is a `key`. `None` if it is not known, because a limit of memory
    /// was reached.
    pub keys: Option<u64>,
}

impl PartName {
    /// The key, or `other` for the rest. A key may be `other`, too.
    pub fn shown(&self) -> &str {
        self.key.as_deref().unwrap_or(OTHER)
    }
}

/// Name of the rest.
pub(crate) const OTHER: &str = "other";

impl Report {
    /// The reports of the parts of all hits, if [`Counting::each`](crate::Counting) asks for them.
    pub fn parts(&self) -> &[Report] {
        self.each.as_ref().map_or(&[], |each| &each.parts)
    }

    /// The report, if it is about all hits, and the reports of their parts. Each part has its name.
    pub(crate) fn with_parts(&self) -> impl Iterator<Item = (Option<&PartName>, &Report)> {
        let parts = self.parts().iter().map(|report| (report.part(), report));
        [(None, self)].into_iter().chain(parts)
    }

    /// True if the report is about all hits and has reports for their parts.
    #[cfg(feature = "csv")]
    pub(crate) fn has_parts(&self) -> bool {
        self.each.as_ref().is_some_and(|each| each.part.is_none())
    }

    /// The part of all hits that the report is about; `None` if it is about all.
    pub fn part(&self) -> Option<&PartName> {
        self.each.as_ref()?.part.as_ref()
    }
}

/// Returns the report of a part, still without sections. `whole` is the report of all hits, also without sections.
pub(super) fn of_part(whole: &Report, part: &Part) -> Report {
    let hits = part.hits;
    let key = part.key.as_ref().map(|key| written_of(part.dimension, key));
    let name = PartName { key, keys: part.keys };
    Report {
        inputs: Vec::new(),
        lines: Lines { read: hits, parsed: hits, ..Lines::default() },
        filtered_reasons: Vec::new(),
        malformed_reasons: Vec::new(),
        malformed_samples: Vec::new(),
        notes: Vec::new(),
        period: Period {
            first: part.tally.period.map(|(first, _)| first.to_string()),
            last: part.tally.period.map(|(_, last)| last.to_string()),
            ..whole.period.clone()
        },
        each: Some(Each { dimension: part.dimension, part: Some(name), parts: Vec::new() }),
        empty_inputs: 0,
        no_times: None,
        ..whole.clone()
    }
}

/// `each` in JSON.
#[derive(Serialize)]
struct EachInJson<'r> {
    dimension: &'static str,
    /// In the report of a part: its key, and the number of keys.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    part: Option<NameInJson<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<Vec<PartInJson<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<PartInJson<'r>>,
}

#[derive(Serialize)]
struct NameInJson<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'r str>,
    keys: Option<u64>,
}

/// The report of a part in JSON, without what only the report of all hits has.
#[derive(Serialize)]
struct PartInJson<'r> {
    #[serde(flatten)]
    name: NameInJson<'r>,
    pv: u64,
    period: &'r Period,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: &'r Option<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: &'r Option<Vec<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: &'r Option<Vec<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: &'r Option<Vec<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bots: &'r Option<BotReport>,
    #[serde(skip_serializing_if = "Option::is_none", with = "serial::rankings")]
    top: &'r Option<Vec<Ranking>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", with = "serial::approximate")]
    approximate: &'r [Approximate],
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: &'r Option<LatencyReport>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "duration_report::serialize")]
    durations: &'r [DurationReport],
}

impl Serialize for Each {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named: Vec<(&PartName, &Report)> =
            self.parts.iter().filter_map(|report| Some((report.part()?, report))).collect();
        let of = |rest: bool| {
            let parts = named.iter().filter(move |(name, _)| name.key.is_none() == rest);
            parts.map(|(name, report)| in_json(name, report))
        };
        let is_whole = self.part.is_none();
        EachInJson {
            dimension: self.dimension.key(),
            part: self.part.as_ref().map(name_in_json),
            reports: is_whole.then(|| of(false).collect()),
            other: of(true).next(),
        }
        .serialize(serializer)
    }
}

fn name_in_json(name: &PartName) -> NameInJson<'_> {
    NameInJson { key: name.key.as_deref(), keys: name.keys }
}

fn in_json<'r>(name: &'r PartName, report: &'r Report) -> PartInJson<'r> {
    let Report { period, summary, timeline, status, class, bots, top, approximate, latency, durations, .. } = report;
    let pv = report.lines.parsed;
    let name = name_in_json(name);
    PartInJson { name, pv, period, summary, timeline, status, class, bots, top, approximate, latency, durations }
}
