//! Request times: percentiles as dots on a logarithmic axis, with the threshold of slow requests.

use super::histogram::{Histogram, Tick, short};
use super::tiles::Tile;
use crate::render::labels;
use crate::render::numbers::{Duration, Grouped, Percent, Seconds};
use crate::report::{LatencyReport, Report};

pub(super) struct Latency {
    /// The heading: `Request times`, or the name of a duration.
    pub(super) title: String,
    /// Identifies the section on the page: empty for the first, `-2` for the second.
    pub(super) id: String,
    /// Name of the section of these numbers: `latency`, `durations.upstream_response_time`.
    pub(super) section: String,
    /// Number of requests with a time.
    pub(super) of: String,
    /// Request times above this are slow: `0.3 s`.
    pub(super) threshold: String,
    pub(super) histogram: Option<Histogram>,
    pub(super) dots: Vec<Dot>,
    pub(super) ticks: Vec<Tick>,
    /// Position of the slow threshold in percent, and its text; `None` if it is not on the axis.
    pub(super) slow: Option<(String, String)>,
    /// Height of the picture.
    pub(super) height: usize,
    /// Description of the picture in words.
    pub(super) description: String,
    /// The numbers of the JSON report, in readable form.
    pub(super) facts: Vec<Tile>,
}

pub(super) struct Dot {
    pub(super) name: &'static str,
    pub(super) x: String,
    pub(super) y: usize,
    pub(super) text: String,
    pub(super) is_slow: bool,
    /// True if the text is to the left of its dot, because there is no room to the right.
    pub(super) is_right: bool,
}

const ROW: usize = 30;
const TOP: usize = 30;

impl Latency {
    /// The sections of a report: one for the request times, or one for each duration that the question names.
    pub(super) fn all(report: &Report, hits: u64) -> Vec<Latency> {
        let request_times = Latency::of(report.latency.as_ref(), "Request times", 1, "latency".to_owned(), hits);
        let named = report.durations.iter().zip(1..).filter_map(|(duration, number)| {
            let section = format!("durations.{}", duration.name);
            Latency::of(duration.latency.as_ref(), &duration.name, number, section, hits)
        });
        if report.durations.is_empty() { request_times.into_iter().collect() } else { named.collect() }
    }

    fn of(latency: Option<&LatencyReport>, title: &str, number: usize, section: String, hits: u64) -> Option<Latency> {
        let latency = latency?;
        let named = [
            ("p50", latency.p50_ms),
            ("p90", latency.p90_ms),
            ("p95", latency.p95_ms),
            ("p99", latency.p99_ms),
            ("max", latency.max_ms),
        ];
        // The axis begins at 1 ms. Shorter times are logged as 0 and shown at the beginning of the axis.
        let decades = (1..).find(|power| 10_u64.saturating_pow(*power) >= latency.max_ms).unwrap_or(1).min(19);
        let place = |ms: u64| (ms.max(1) as f64).log10() / f64::from(decades);
        // Names of percentiles take a tenth of the width, before the axis.
        let x = |ms: u64| format!("{:.2}", 10.0 + place(ms) * 86.0);
        let dots = named.iter().enumerate().map(|(row, (name, ms))| Dot {
            name,
            x: x(*ms),
            y: TOP + row * ROW + ROW / 2,
            text: Duration(*ms).to_string(),
            is_slow: *ms > latency.slow_threshold_ms,
            is_right: place(*ms) > 0.7,
        });
        let ticks =
            (0..=decades).map(|power| (10_u64.saturating_pow(power), if power == decades { "end" } else { "middle" }));
        let slow = latency.slow_threshold_ms;
        let description =
            named.iter().map(|(name, ms)| format!("{name} {}", Duration(*ms))).collect::<Vec<_>>().join(", ");
        let mut of = labels::counted(latency.count, "request");
        if latency.count < hits {
            of += &format!(" of {} with a time", Grouped(hits));
        }
        Some(Latency {
            title: title.to_owned(),
            id: if number == 1 { String::new() } else { format!("-{number}") },
            section,
            of,
            threshold: Seconds(slow).to_string(),
            histogram: Histogram::of(latency),
            dots: dots.collect(),
            ticks: ticks.map(|(ms, anchor)| Tick { x: x(ms), anchor, text: short(ms) }).collect(),
            slow: (slow > 0 && place(slow) <= 1.0).then(|| (x(slow), Seconds(slow).to_string())),
            height: TOP + named.len() * ROW + 24,
            description,
            facts: facts(latency),
        })
    }
}

fn facts(latency: &LatencyReport) -> Vec<Tile> {
    let fact = |label, metric, value: u64, text| Tile {
        label,
        metric,
        value: value.to_string(),
        text,
        note: String::new(),
        tone: "",
    };
    let time = |label, metric, ms| fact(label, metric, ms, Duration(ms).to_string());
    let slow = format!("{} ({})", Grouped(latency.slow), Percent(latency.slow, latency.count));
    vec![
        fact("Timed requests", "count", latency.count, Grouped(latency.count).to_string()),
        time("p50", "p50_ms", latency.p50_ms),
        time("p90", "p90_ms", latency.p90_ms),
        time("p95", "p95_ms", latency.p95_ms),
        time("p99", "p99_ms", latency.p99_ms),
        time("Longest", "max_ms", latency.max_ms),
        time("Total time", "sum_ms", latency.sum_ms),
        fact("Slow", "slow", latency.slow, slow),
        fact(
            "Slow threshold",
            "slow_threshold_ms",
            latency.slow_threshold_ms,
            Seconds(latency.slow_threshold_ms).to_string(),
        ),
    ]
}
