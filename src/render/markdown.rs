//! Markdown tables for issues and wikis, as GitHub and GitLab render them.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Style;
use super::mean::Mean;
use super::part_label::part_of;
use super::part_rows::PartRows;
use super::sections::{Section, SectionColumn, of_rows, sections};
use super::status_names::status_name;
use super::terms::{REQUESTS, VISITORS, key_heading};
use super::warnings::{databases, listed};
use crate::metric::Metric;
use crate::report::{Figure, Highlight, Report};

pub(super) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    if let Some(empty) = report.described_as_empty() {
        writeln!(out, "**{}**: {empty}", title(report))?;
        return warnings(report, out);
    }
    if report.part().is_some() {
        writeln!(out, "# {}\n", title(report))?;
    }
    head(report, out)?;
    warnings(report, out)?;
    highlights(report.highlights.as_deref().unwrap_or_default(), out)?;
    tables(report, out)?;
    if let Some(parts) = PartRows::of(report) {
        writeln!(out)?;
        let label = parts.dimension.name();
        table(&of_rows("each".into(), label, &parts.rows), report, |metric| parts.metrics.contains(&metric), out)?;
    }
    if report.part().is_none() {
        ledger(report, out)?;
    }
    for part in report.parts() {
        writeln!(out, "\n## {}\n", title(part))?;
        head(part, out)?;
        highlights(part.highlights.as_deref().unwrap_or_default(), out)?;
        tables(part, out)?;
    }
    Ok(())
}

fn tables(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    sections(report).iter().try_for_each(|section| {
        writeln!(out)?;
        table(section, report, |_| true, out)?;
        let Some(people) = report.people.filter(|_| section.name == "summary") else { return Ok(()) };
        let visitors = people.visitors.map_or("–".to_owned(), |visitors| visitors.to_string());
        writeln!(out, "\nWithout bots: {} requests, {visitors} visitors", people.requests)
    })
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let period = match (&report.period.first, &report.period.last) {
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => String::new(),
    };
    if report.part().is_none() {
        return writeln!(out, "**{}**{period}", title(report));
    }
    let inputs = if report.inputs.is_empty() { String::new() } else { format!(" of {}", inputs(report)) };
    writeln!(out, "{}{inputs}{period}", requests(report.lines.parsed))
}

fn requests(number: u64) -> String {
    format!("{number} request{}", if number == 1 { "" } else { "s" })
}

/// Name of the part that the report is about, or names of the inputs.
fn title(report: &Report) -> String {
    part_of(report, |number| number.to_string()).map_or_else(|| inputs(report), |part| escaped(&part))
}

fn inputs(report: &Report) -> String {
    report.inputs.iter().map(|input| escaped(&input.path)).collect::<Vec<_>>().join(", ")
}

/// Writes the inputs that failed as a list.
fn warnings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (listed, others) = listed(report);
    if !listed.is_empty() {
        writeln!(out)?;
    }
    listed.iter().try_for_each(|warning| {
        writeln!(out, "- **warning** {}: {}", escaped(&warning.input), escaped(&warning.text))
    })?;
    if others.is_empty() { Ok(()) } else { writeln!(out, "- {others}") }
}

/// Writes the highlights as a list.
fn highlights(all: &[Highlight], out: &mut dyn Write) -> io::Result<()> {
    if !all.is_empty() {
        writeln!(out)?;
    }
    all.iter().try_for_each(|highlight| match highlight {
        Highlight::ErrorPeak { key, pv, status_5xx, share } => {
            let (hour, percent) = (escaped(key), share * 100.0);
            writeln!(out, "- hour {hour}: {status_5xx} of {pv} requests failed with 5xx, {percent:.1}%")
        }
        Highlight::SlowestPath { key, count, avg_ms } => {
            writeln!(out, "- {} is the slowest path: {avg_ms:.1} ms on average over {count} requests", escaped(key))
        }
        Highlight::FrequentAddress { key, pv, share } => {
            writeln!(out, "- {} made {pv} requests, {:.1}% of all", escaped(key), share * 100.0)
        }
    })
}

/// Headings of metrics. Numbers have the units of JSON, so that they can be copied.
const HEADINGS: [(&str, &str); 24] = [
    ("pv", REQUESTS[0]),
    ("uv", VISITORS[0]),
    ("visitor_days", "Visitor days"),
    ("share", "Share"),
    ("bytes", "Bytes sent"),
    ("static", "Static"),
    ("status_4xx", "4xx"),
    ("status_5xx", "5xx"),
    ("avg_ms", "Avg (ms)"),
    ("p50_ms", "p50 (ms)"),
    ("p90_ms", "p90 (ms)"),
    ("p95_ms", "p95 (ms)"),
    ("p99_ms", "p99 (ms)"),
    ("max_ms", "Max (ms)"),
    ("sum_ms", "Total time (ms)"),
    ("busy", "Busy"),
    ("peak", "Peak"),
    ("cache_hits", "Cache hits"),
    ("cache_bytes", "Cache bytes"),
    ("first", "First"),
    ("last", "Last"),
    ("count", "Timed requests"),
    ("slow_threshold_ms", "Slow threshold (ms)"),
    ("slow", "Slow"),
];

/// Returns the heading of a metric.
fn heading(key: &str) -> &str {
    HEADINGS.iter().find(|(known, _)| *known == key).map_or(key, |(_, heading)| heading)
}

/// Metrics left out to save room: in an issue about a problem, these status classes are of little interest.
const LEFT_OUT: [&str; 5] = ["dynamic", "status_1xx", "status_2xx", "status_3xx", "status_other"];

/// Writes a table with the numbers that are `wanted`.
fn table(
    section: &Section<'_>,
    report: &Report,
    wanted: impl Fn(Metric) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_timeline = section.name == "timeline";
    let is_repeated = |key| is_timeline && Metric::named(key).is_some_and(|metric| report.split_has(metric));
    let is_wanted = |key| Metric::all().find(|metric| metric.key() == key).is_none_or(&wanted);
    let is_shown = |at: &usize| match section.metrics[*at] {
        SectionColumn::Metric(key) => !LEFT_OUT.contains(&key) && !is_repeated(key) && is_wanted(key),
        SectionColumn::Split(_) => true,
    };
    let shown: Vec<usize> = (0..section.metrics.len()).filter(is_shown).collect();
    write!(out, "| {} |", escaped(&key_heading(section.label)))?;
    shown.iter().try_for_each(|at| match section.metrics[*at] {
        SectionColumn::Metric(key) => write!(out, " {} |", heading(key)),
        SectionColumn::Split(value) => write!(out, " {} |", escaped(value)),
    })?;
    write!(out, "\n| --- |")?;
    shown.iter().try_for_each(|_| write!(out, " --: |"))?;
    writeln!(out)?;
    for row in &section.rows {
        let status = status_name(row.key).filter(|_| matches!(&*section.name, "status" | "top.status"));
        let name = status.map(|name| format!(" {name}")).unwrap_or_default();
        write!(out, "| {}{name} |", escaped(row.key))?;
        shown.iter().try_for_each(|at| write!(out, " {} |", written(&row.figures[*at])))?;
        writeln!(out)?;
    }
    Ok(())
}

fn ledger(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let lines = &report.lines;
    let counted = lines.parsed - lines.filtered;
    let (read, blank, malformed, filtered) = (lines.read, lines.blank, lines.malformed, lines.filtered);
    writeln!(out, "\n{read} lines = {counted} counted + {filtered} filtered + {blank} blank + {malformed} malformed")?;
    databases(report).try_for_each(|database| writeln!(out, "\n{}", escaped(database)))
}

fn written(figure: &Figure) -> String {
    match figure {
        Figure::Count(number) | Figure::Ms(number) => number.to_string(),
        Figure::Share(share) => format!("{:.1}%", share * 100.0),
        Figure::MeanMs(ms) => format!("{ms:.1}"),
        Figure::Mean(mean) => Mean(*mean).to_string(),
        Figure::Moment(moment) => moment.clone(),
        Figure::Unknown => "–".to_owned(),
    }
}

/// Escapes a text so that it is plain text in Markdown: no markup, no link, no end of a cell. A backslash may precede
/// any ASCII punctuation: <https://spec.commonmark.org/0.31.2/#backslash-escapes>. But in a table `|` ends a cell even
/// after a backslash, and some viewers interpret `<` and `&` first, so these become character references.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '<' | '>' | '&' | '@' | ':' => write!(escaped, "&#{};", u32::from(c)).expect("a String takes all"),
            c if c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '.' | ',' | '?' | '=' | '%') => {
                escaped.extend(['\\', c]);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let rows = [
            ("/a|b`c`", "/a&#124;b\\`c\\`"),
            ("<script>", "&#60;script&#62;"),
            ("[x](http://a)", "\\[x\\]\\(http&#58;//a\\)"),
            ("*a* _b_", "\\*a\\* \\_b\\_"),
            ("/plain/path.html?a=1", "/plain/path.html?a=1"),
        ];
        for (text, expected) in rows {
            assert_eq!(escaped(text), expected);
        }
    }
}
