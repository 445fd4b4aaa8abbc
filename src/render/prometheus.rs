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
    let mut gauges = Gauges { out };
    let pv = lines.parsed - lines.filtered;
    let states =
        [("counted", pv), ("filtered", lines.filtered), ("blank", lines.blank), ("malformed", lines.malformed)];
    gauges.family("logstat_lines", "Lines of the log that were read, by what became of them.", |family| {
        states.iter().try_for_each(|(state, number)| family.sample(&[("state", state)], number))
    })?;
    // Write all codes, even without warnings: an alert needs a gauge that exists before something fails.
    let with_code = |code: WarningCode| report.warnings.iter().filter(|warning| warning.code == code).count();
    gauges.family("logstat_warnings", "Inputs that failed, wholly or in part, by what happened.", |family| {
        WarningCode::all().try_for_each(|code| family.sample(&[("code", code.name())], with_code(code)))
    })?;
    gauges.one("logstat_requests", "Requests.", pv)?;
    if let Some(summary) = &report.summary {
        // An unknown number has no gauge.
        let known = [
            ("logstat_visitors", "Distinct visitors.", summary.row.uv.known()),
            ("logstat_visitor_days", "Distinct pairs of visitor and day.", summary.visitor_days),
            ("logstat_sent_bytes", "Bytes sent.", summary.row.bytes),
        ];
        for (name, help, value) in known {
            value.map_or(Ok(()), |value| gauges.one(name, help, value))?;
        }
    }
    gauges.keys("logstat_requests_by_status", "Requests by status code.", "status", report.status.as_ref())?;
    gauges.keys("logstat_requests_by_class", "Static and dynamic requests.", "class", report.class.as_ref())?;
    if let Some(bots) = &report.bots {
        gauges.one("logstat_people_requests", "Requests without declared bots.", bots.people.requests)?;
        if let Some(visitors) = bots.people.visitors {
            gauges.one("logstat_people_visitors", "Visitors without declared bots.", visitors)?;
        }
    }
    let classes = report.bots.as_ref().map(|bots| &bots.classes);
    gauges.keys("logstat_requests_by_bot_class", "Requests by class of bots.", "bot_class", classes)?;
    if let Some(latency) = &report.latency {
        gauges.latency(latency)?;
    }
    // Skip a ranking that repeats a section: a gauge may appear only once.
    let has_own_metric = |dimension: Dimension| match dimension {
        Dimension::Status => report.status.is_some(),
        Dimension::Class => report.class.is_some(),
        _ => dimension == Dimension::bot_class() && report.bots.is_some(),
    };
    let asked =
        |ranking: &&Ranking| style.prom_labels.contains(&ranking.dimension) && !has_own_metric(ranking.dimension);
    report.top.iter().flatten().filter(asked).try_for_each(|ranking| gauges.ranking(ranking, pv))
}

struct Gauges<'o> {
    out: &'o mut dyn Write,
}

struct Family<'o> {
    out: &'o mut dyn Write,
    name: String,
}

impl Gauges<'_> {
    fn family(
        &mut self,
        name: &str,
        help: &str,
        samples: impl FnOnce(&mut Family<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
        samples(&mut Family { out: self.out, name: name.to_owned() })
    }

    fn one(&mut self, name: &str, help: &str, value: u64) -> io::Result<()> {
        self.family(name, help, |family| family.sample(&[], value))
    }

    fn keys(&mut self, name: &str, help: &str, label: &str, rows: Option<&Vec<Row>>) -> io::Result<()> {
        let Some(rows) = rows else { return Ok(()) };
        self.family(name, help, |family| rows.iter().try_for_each(|row| family.sample(&[(label, key(row))], row.pv)))
    }

    fn latency(&mut self, latency: &LatencyReport) -> io::Result<()> {
        let percentiles = [
            ("0.5", latency.p50_ms),
            ("0.9", latency.p90_ms),
            ("0.95", latency.p95_ms),
            ("0.99", latency.p99_ms),
            ("1", latency.max_ms),
        ];
        let help = "Request times, by the share of requests that took no longer.";
        self.family("logstat_request_duration_seconds", help, |family| {
            let mut all = percentiles.iter();
            all.try_for_each(|(quantile, ms)| family.sample(&[("quantile", quantile)], Seconds(*ms)))
        })?;
        self.family("logstat_requests_seconds", "All request times together.", |family| {
            family.sample(&[], Seconds(latency.sum_ms))
        })?;
        self.one("logstat_requests_timed", "Requests whose time was logged.", latency.count)?;
        self.one("logstat_requests_slow", "Requests that took longer than what is slow.", latency.slow)
    }

    /// Writes the rows of a ranking, and the rest as `other`.
    fn ranking(&mut self, ranking: &Ranking, pv: u64) -> io::Result<()> {
        let name = format!("logstat_requests_by_{}", word(ranking.dimension.key()));
        // Give each key of a pair its own label: as one text, two different pairs could look the same.
        let labels: Vec<String> = ranking.dimension.parts().map(|part| label(part.key())).collect();
        self.family(&name, "Requests, of those that have the most.", |family| {
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
            sample(&["other"; 2][..labels.len()], "true", pv - listed)
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
        let labels: Vec<_> = labels.iter().filter(|(_, value)| !value.is_empty()).collect();
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
