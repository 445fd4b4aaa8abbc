//! Metrics for Prometheus: gauges in its text format, as the textfile collector of its node exporter reads them.
//!
//! They are gauges because the totals of a run may be less than those of the previous run. Visitors do not choose any
//! label value unless the user asks for it. Even then there are no more values than rows in the ranking; the rest is
//! `other`. <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::io::{self, Write};

use super::Style;
use crate::dimension::Dimension;
use crate::report::{LatencyReport, Ranking, Report, Row, WarningCode};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let lines = &report.lines;
    let mut gauges = Gauges { report, out };
    let states = [
        ("counted", hits(report)),
        ("filtered", lines.filtered),
        ("blank", lines.blank),
        ("malformed", lines.malformed),
    ];
    gauges.of_all("logstat_lines", "Lines of the log that were read, by what became of them.", |family| {
        states.iter().try_for_each(|(state, number)| family.sample(&[("state", state)], number))
    })?;
    // Write all codes, even without warnings: an alert needs a gauge that exists before something fails.
    let with_code = |code: WarningCode| report.warnings.iter().filter(|warning| warning.code == code).count();
    gauges.of_all("logstat_warnings", "Inputs that failed, wholly or in part, by what happened.", |family| {
        WarningCode::all().try_for_each(|code| family.sample(&[("code", code.name())], with_code(code)))
    })?;
    gauges.one("logstat_requests", "Requests.", |report| Some(hits(report)))?;
    gauges.one("logstat_visitors", "Distinct visitors.", |report| report.summary.as_ref()?.row.uv.known())?;
    gauges.one("logstat_visitor_days", "Distinct pairs of visitor and day.", |report| {
        report.summary.as_ref()?.visitor_days
    })?;
    gauges.one("logstat_sent_bytes", "Bytes sent.", |report| report.summary.as_ref()?.row.bytes)?;
    gauges.keys("logstat_requests_by_status", "Requests by status code.", "status", |report| report.status.as_ref())?;
    gauges
        .keys("logstat_requests_by_class", "Static and dynamic requests.", "class", |report| report.class.as_ref())?;
    let bots = |report: &'_ Report| report.bots.as_ref().map(|bots| bots.people);
    gauges.one("logstat_people_requests", "Requests without declared bots.", |report| Some(bots(report)?.requests))?;
    gauges.one("logstat_people_visitors", "Visitors without declared bots.", |report| bots(report)?.visitors)?;
    gauges.keys("logstat_requests_by_bot_class", "Requests by class of bots.", "bot_class", |report| {
        report.bots.as_ref().map(|bots| &bots.classes)
    })?;
    if !timed(report).is_empty() {
        gauges.latency()?;
    }
    // Skip a ranking that repeats a section: a gauge may appear only once.
    let has_own_metric = |dimension: Dimension| match dimension {
        Dimension::Status => report.status.is_some(),
        Dimension::Class => report.class.is_some(),
        _ => dimension == Dimension::bot_class() && report.bots.is_some(),
    };
    let asked =
        |ranking: &&Ranking| style.prom_labels.contains(&ranking.dimension) && !has_own_metric(ranking.dimension);
    report.top.iter().flatten().filter(asked).try_for_each(|ranking| gauges.ranking(ranking.dimension))
}

/// Number of all hits of a report.
fn hits(report: &Report) -> u64 {
    report.lines.parsed - report.lines.filtered
}

/// Labels of the part that a gauge is about. Without them, it is about all hits.
const EACH: [&str; 2] = ["each", "each_rest"];

struct Gauges<'o> {
    report: &'o Report,
    out: &'o mut dyn Write,
}

struct Family<'o> {
    out: &'o mut dyn Write,
    name: String,
    /// The labels of the part that samples are about.
    part: Vec<(&'static str, &'o str)>,
}

/// The request times of a report without a name, or its durations with their names.
fn timed(report: &Report) -> Vec<(&str, &LatencyReport)> {
    if report.durations.is_empty() {
        return report.latency.iter().map(|latency| ("", latency)).collect();
    }
    report.durations.iter().filter_map(|duration| Some((&*duration.name, duration.latency.as_ref()?))).collect()
}

impl Gauges<'_> {
    /// Writes a family with samples of all hits only.
    fn of_all(
        &mut self,
        name: &str,
        help: &str,
        samples: impl FnOnce(&mut Family<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
        samples(&mut Family { out: self.out, name: name.to_owned(), part: Vec::new() })
    }

    /// Writes a family with samples of all hits and of each part.
    fn family(
        &mut self,
        name: &str,
        help: &str,
        samples: impl Fn(&Report, &mut Family<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let report = self.report;
        self.of_all(name, help, |family| {
            report.with_parts().try_for_each(|(part, report)| {
                let part = part.map_or_else(Vec::new, |part| match &part.key {
                    Some(key) => vec![(EACH[0], key.as_str())],
                    None => vec![(EACH[0], part.shown()), (EACH[1], "true")],
                });
                samples(report, &mut Family { out: family.out, name: family.name.clone(), part })
            })
        })
    }

    /// Writes a number of each report. An unknown number has no gauge.
    fn one(&mut self, name: &str, help: &str, value: impl Fn(&Report) -> Option<u64>) -> io::Result<()> {
        if value(self.report).is_none() {
            return Ok(());
        }
        let sample =
            |report: &Report, family: &mut Family<'_>| value(report).map_or(Ok(()), |value| family.sample(&[], value));
        self.family(name, help, sample)
    }

    fn keys(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        rows: impl Fn(&Report) -> Option<&Vec<Row>>,
    ) -> io::Result<()> {
        if rows(self.report).is_none() {
            return Ok(());
        }
        self.family(name, help, |report, family| {
            rows(report).into_iter().flatten().try_for_each(|row| family.sample(&[(label, key(row))], row.pv))
        })
    }

    /// Writes request times, or durations with their names.
    fn latency(&mut self) -> io::Result<()> {
        type Read = fn(&LatencyReport) -> u64;
        const PERCENTILES: [(&str, Read); 5] = [
            ("0.5", |latency| latency.p50_ms),
            ("0.9", |latency| latency.p90_ms),
            ("0.95", |latency| latency.p95_ms),
            ("0.99", |latency| latency.p99_ms),
            ("1", |latency| latency.max_ms),
        ];
        const COUNTS: [(&str, &str, Read); 2] = [
            ("logstat_requests_timed", "Requests whose time was logged.", |latency| latency.count),
            ("logstat_requests_slow", "Requests that took longer than what is slow.", |latency| latency.slow),
        ];
        let help = "Request times, by the share of requests that took no longer.";
        self.family("logstat_request_duration_seconds", help, |report, family| {
            timed(report).iter().try_for_each(|(name, latency)| {
                PERCENTILES.iter().try_for_each(|(quantile, ms)| {
                    family.sample(&[("duration", name), ("quantile", quantile)], Seconds(ms(latency)))
                })
            })
        })?;
        self.family("logstat_requests_seconds", "All request times together.", |report, family| {
            let all = timed(report);
            all.iter().try_for_each(|(name, latency)| family.sample(&[("duration", name)], Seconds(latency.sum_ms)))
        })?;
        COUNTS.into_iter().try_for_each(|(name, help, count)| {
            self.family(name, help, |report, family| {
                let all = timed(report);
                all.iter().try_for_each(|(duration, latency)| family.sample(&[("duration", duration)], count(latency)))
            })
        })
    }

    /// Writes the rows of a ranking, and the rest as `other`.
    fn ranking(&mut self, dimension: Dimension) -> io::Result<()> {
        let name = format!("logstat_requests_by_{}", word(dimension.key()));
        // Give each key of a pair its own label: as one text, two different pairs could look the same.
        let labels: Vec<String> = dimension.parts().map(|part| label(part.key())).collect();
        self.family(&name, "Requests, of those that have the most.", |report, family| {
            let mut rankings = report.top.iter().flatten();
            let Some(ranking) = rankings.find(|ranking| ranking.dimension == dimension) else { return Ok(()) };
            let mut sample = |keys: &[&str], rest: &str, pv: u64| {
                let labels = labels.iter().map(String::as_str).zip(keys.iter().copied());
                family.sample(&labels.chain([("rest", rest)]).collect::<Vec<_>>(), pv)
            };
            for row in &ranking.rows {
                match &row.keys {
                    Some([first, second]) => sample(&[first, second], "", row.pv)?,
                    None => sample(&[key(row)], "", row.pv)?,
                }
            }
            let listed: u64 = ranking.rows.iter().map(|row| row.pv).sum();
            sample(&["other"; 2][..labels.len()], "true", hits(report) - listed)
        })
    }
}

/// Replaces characters that are not allowed in the name of a gauge.
fn word(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Returns a valid label name, which must not begin with a digit as `15m` does.
fn label(name: &str) -> String {
    let word = word(name);
    if word.starts_with(|c: char| c.is_ascii_digit()) { format!("_{word}") } else { word }
}

impl Family<'_> {
    fn sample(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) -> io::Result<()> {
        write!(self.out, "{}", self.name)?;
        // In Prometheus, an empty label is the same as no label.
        let labels: Vec<_> = self.part.iter().chain(labels).filter(|(_, value)| !value.is_empty()).collect();
        for (i, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            write!(self.out, "{}{label}=\"{text}\"", if i == 0 { '{' } else { ',' })?;
        }
        writeln!(self.out, "{} {value}", if labels.is_empty() { "" } else { "}" })
    }
}

/// Milliseconds that are written as seconds.
struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

fn key(row: &Row) -> &str {
    row.key.as_deref().unwrap_or("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_names_do_not_begin_with_a_digit() {
        assert_eq!(["path", "hour-of-day", "15m"].map(label), ["path", "hour_of_day", "_15m"]);
    }
}
