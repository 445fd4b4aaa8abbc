//! Reads a report from its JSON. The report of a part has in JSON only what differs from that of all hits, so it is made
//! from both.

use serde::{Deserialize, Deserializer};

use super::{
    Approximate, BotReport, DurationReport, Each, Generator, Highlight, InputReport, LatencyReport, Lines,
    MalformedSample, NoTimes, Note, PartName, People, Period, Ranking, Report, Row, Summary, UvReport, Verdict,
    VisitorReport, Warning, duration_report, serial,
};
use crate::by_name;
use crate::dimension::Dimension;
use crate::filter::FilterReason;
use crate::format::Reason;
use crate::metric::Metric;

impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Report, D::Error> {
        let mut report = ReadReport::deserialize(deserializer)?;
        if let Some(Each { parts, .. }) = &mut report.each {
            for part in parts {
                part.schema.clone_from(&report.schema);
                part.generator.clone_from(&report.generator);
                part.uv.clone_from(&report.uv);
                part.visitor.clone_from(&report.visitor);
            }
        }
        Ok(report)
    }
}

/// How each field of a report is read.
#[derive(Deserialize)]
#[serde(remote = "Report")]
struct ReadReport {
    #[serde(deserialize_with = "serial::schema")]
    schema: String,
    generator: Generator,
    inputs: Vec<InputReport>,
    lines: Lines,
    #[serde(with = "by_name::entries")]
    filtered_reasons: Vec<(FilterReason, u64)>,
    #[serde(with = "by_name::entries")]
    malformed_reasons: Vec<(Reason, u64)>,
    malformed_samples: Vec<MalformedSample>,
    uv: UvReport,
    visitor: Option<VisitorReport>,
    notes: Vec<Note>,
    warnings: Vec<Warning>,
    period: Period,
    summary: Option<Summary>,
    #[serde(skip)]
    highlights: Option<Vec<Highlight>>,
    #[serde(skip)]
    people: Option<People>,
    timeline: Option<Vec<Row>>,
    status: Option<Vec<Row>>,
    class: Option<Vec<Row>>,
    bots: Option<BotReport>,
    #[serde(default, with = "serial::rankings")]
    top: Option<Vec<Ranking>>,
    #[serde(default, with = "serial::approximate")]
    approximate: Vec<Approximate>,
    latency: Option<LatencyReport>,
    #[serde(default, with = "duration_report")]
    durations: Vec<DurationReport>,
    #[serde(default)]
    verdicts: Vec<Verdict>,
    #[serde(default, deserialize_with = "each")]
    each: Option<Each>,
    #[serde(skip)]
    columns: Vec<Metric>,
    #[serde(skip)]
    empty_inputs: usize,
    // JSON always has the ledger.
    #[serde(skip, default = "always")]
    has_ledger: bool,
    #[serde(skip)]
    no_times: Option<NoTimes>,
}

fn always() -> bool {
    true
}

/// `each` in JSON. The report of a part has no `reports`.
#[derive(Deserialize)]
struct ReadEach {
    #[serde(with = "by_name")]
    dimension: Dimension,
    key: Option<String>,
    keys: Option<u64>,
    reports: Option<Vec<ReadPart>>,
    other: Option<ReadPart>,
}

#[derive(Deserialize)]
struct ReadPart {
    key: Option<String>,
    keys: Option<u64>,
    pv: u64,
    period: Period,
    summary: Option<Summary>,
    timeline: Option<Vec<Row>>,
    status: Option<Vec<Row>>,
    class: Option<Vec<Row>>,
    bots: Option<BotReport>,
    #[serde(default, with = "serial::rankings")]
    top: Option<Vec<Ranking>>,
    #[serde(default, with = "serial::approximate")]
    approximate: Vec<Approximate>,
    latency: Option<LatencyReport>,
    #[serde(default, with = "duration_report")]
    durations: Vec<DurationReport>,
}

fn each<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Each>, D::Error> {
    let ReadEach { dimension, key, keys, reports, other } = ReadEach::deserialize(deserializer)?;
    let part = reports.is_none().then_some(PartName { key, keys });
    let parts = reports.into_iter().flatten().chain(other).map(|part| part.of(dimension));
    Ok(Some(Each { dimension, part, parts: parts.collect() }))
}

impl ReadPart {
    /// The report of the part, still without what all reports share.
    fn of(self, dimension: Dimension) -> Report {
        let ReadPart { key, keys, pv, period, summary, timeline, status, class, bots, .. } = self;
        let ReadPart { top, approximate, latency, durations, .. } = self;
        Report {
            schema: String::new(),
            generator: Generator { name: String::new(), version: String::new() },
            inputs: Vec::new(),
            lines: Lines { read: pv, parsed: pv, ..Lines::default() },
            filtered_reasons: Vec::new(),
            malformed_reasons: Vec::new(),
            malformed_samples: Vec::new(),
            uv: UvReport::Exact,
            visitor: None,
            notes: Vec::new(),
            warnings: Vec::new(),
            period,
            summary,
            highlights: None,
            people: None,
            timeline,
            status,
            class,
            bots,
            top,
            approximate,
            latency,
            durations,
            verdicts: Vec::new(),
            each: Some(Each { dimension, part: Some(PartName { key, keys }), parts: Vec::new() }),
            columns: Vec::new(),
            empty_inputs: 0,
            has_ledger: always(),
            no_times: None,
        }
    }
}
