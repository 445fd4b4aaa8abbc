//! Names of things in sentences and headings.

#[cfg(feature = "table")]
use std::borrow::Cow;

use crate::dimension::Dimension;
use crate::metric::{Metric, Sort};
use crate::render::numbers::{Bytes, Grouped};
use crate::render::part_label::part_of;
pub(super) use crate::render::part_label::units;
use crate::report::{ADDRESS_LIST, InputReport, Report, VisitorReport};
use crate::time::Unit;

/// A number with a noun: `1 line`, `4 lines`. The plural must end with `s`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", Grouped(number), if number == 1 { "" } else { "s" })
}

/// Bytes that were read: `12.2 KiB`; `64.0 KiB of 2.31 GiB read` if others were skipped.
pub(super) fn bytes_read(bytes: u64, skipped: u64) -> String {
    match skipped {
        0 => Bytes(bytes).to_string(),
        _ => format!("{} of {} read", Bytes(bytes), Bytes(bytes.saturating_add(skipped))),
    }
}

/// Bytes and lines of all inputs. The report of a part, whose lines are only its own, must have the inputs.
pub(super) fn read(report: &Report) -> [String; 2] {
    let sum = |of: fn(&InputReport) -> u64| report.inputs.iter().map(of).fold(0, u64::saturating_add);
    let (skipped, lines) = match report.part() {
        Some(_) => (sum(|input| input.skipped_bytes), sum(|input| input.lines)),
        None => (report.lines.skipped_bytes, report.lines.read),
    };
    [bytes_read(sum(|input| input.bytes), skipped), counted(lines, "line")]
}

/// Name of the part that a report is about.
pub(super) fn part(report: &Report) -> Option<String> {
    part_of(report, |number| Grouped(number).to_string())
}

/// The order of a ranking: `by p95`, `by p95, ascending`.
pub(super) fn order(sort: Sort) -> String {
    let name = sort.metric().map_or("key", Metric::name);
    let is_usual = sort.is_ascending() == sort.metric().is_none();
    let direction = if sort.is_ascending() { "ascending" } else { "descending" };
    if is_usual { format!("by {name}") } else { format!("by {name}, {direction}") }
}

/// The readable name of an input.
pub(super) fn input(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

/// One timeline unit: `hour`, `step of 15m`.
#[cfg(feature = "table")]
pub(super) fn unit(unit: Unit) -> Cow<'static, str> {
    match unit {
        Unit::HourOfDay => Cow::Borrowed("hour"),
        Unit::Step(step) => Cow::Owned(format!("step of {}", step.name())),
        unit => Cow::Borrowed(unit.name()),
    }
}

/// Heading of a timeline.
pub(super) fn timeline(unit: Unit, split: Option<Dimension>) -> String {
    let unit = Dimension::Time(unit).singular();
    split.map_or_else(|| format!("By {unit}"), |split| format!("By {unit} and {}", split.singular()))
}

/// Heading of a ranking.
pub(super) fn ranking(dimension: Dimension) -> String {
    match dimension {
        Dimension::Time(Unit::HourOfDay) => "Top hours of the day".to_owned(),
        Dimension::Time(unit) => format!("Top {}", units(unit)),
        Dimension::Pair(pair) => format!("Top pairs of {} and {}", pair.first().singular(), pair.second().singular()),
        _ => format!("Top {}", dimension.plural()),
    }
}

/// Describes how visitors are identified, if not by the address that nginx logged: `visitors by ip+agent`.
pub(super) fn visitors(report: &Report) -> impl Iterator<Item = String> {
    let said = |visitor: &VisitorReport| {
        let VisitorReport { by, ipv6_prefix, real_ip, anonymized } = visitor;
        [
            (by != "ip").then(|| format!("visitors by {by}")),
            ipv6_prefix.map(|bits| format!("one visitor per IPv6 /{bits}")),
            real_ip.as_deref().map(|variable| match variable {
                ADDRESS_LIST => "addresses from a list".to_owned(),
                variable => format!("addresses from ${variable}"),
            }),
            anonymized.then(|| "addresses masked".to_owned()),
        ]
    };
    report.visitor.iter().flat_map(said).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_read_like_english() {
        assert_eq!(timeline(Unit::HourOfDay, None), "By hour of day");
        assert_eq!(timeline(Unit::Hour, Dimension::named("upstream_addr").ok()), "By hour and $upstream_addr");
        let pair = Dimension::pair(Dimension::Host, Dimension::Time(Unit::HourOfDay)).unwrap();
        assert_eq!(ranking(pair), "Top pairs of host and hour of day");
        let headings: Vec<_> = Dimension::all().map(ranking).collect();
        assert!(headings.iter().all(|h| h.ends_with('s') || h.ends_with("day") || h.contains(['$', '_'])));
        assert!(
            headings.iter().enumerate().all(|(i, h)| !headings[..i].contains(h)),
            "headings are unique: {headings:?}"
        );
    }

    #[test]
    fn size_of_a_part_names_the_whole() {
        assert_eq!(bytes_read(27_648, 0), "27.0 KiB");
        assert_eq!(bytes_read(27_648, 113_874_944), "27.0 KiB of 108.6 MiB read");
    }

    #[test]
    fn nouns_are_pluralized() {
        assert_eq!(
            [counted(1, "line"), counted(0, "line"), counted(1200, "line")],
            ["1 line", "0 lines", "1,200 lines"]
        );
    }
}
