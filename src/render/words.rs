//! What things are called in sentences and headings.

use std::borrow::Cow;

use crate::dimension::Dimension;
use crate::report::numbers::Grouped;
use crate::report::{ADDRESS_LIST, Report, VisitorReport};
use crate::time::Unit;

/// `1 line`, `4 lines`; what takes an `s`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", Grouped(number), if number == 1 { "" } else { "s" })
}

/// What a narrow page leaves out of what was asked for.
pub(super) fn left_out(columns: &[&str]) -> String {
    format!("no room here for {}: make COLUMNS larger, or take --format csv", columns.join(", "))
}

/// An input as a person calls it.
pub(super) fn input(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

/// The inputs of a report: the name of one, the number of several.
pub(super) fn inputs(report: &Report) -> Cow<'_, str> {
    match &report.inputs[..] {
        [one] => Cow::Borrowed(input(&one.path)),
        several => Cow::Owned(counted(several.len() as u64, "file")),
    }
}

/// Several units of a timeline.
pub(super) fn units(unit: Unit) -> Cow<'static, str> {
    Cow::Borrowed(match unit {
        Unit::Second => "seconds",
        Unit::Minute => "minutes",
        Unit::Hour | Unit::HourOfDay => "hours",
        Unit::Day => "days",
        Unit::Week => "weeks",
        Unit::Month => "months",
        Unit::Year => "years",
        Unit::Weekday => "weekdays",
        Unit::Step(step) => return Cow::Owned(format!("steps of {}", step.name())),
    })
}

/// Over a timeline.
pub(super) fn timeline(unit: Unit, split: Option<Dimension>) -> String {
    let unit = Dimension::Time(unit).singular();
    split.map_or_else(|| format!("By {unit}"), |split| format!("By {unit} and {}", split.singular()))
}

/// Over a ranking.
pub(super) fn ranking(dimension: Dimension) -> String {
    match dimension {
        Dimension::Time(Unit::HourOfDay) => "Top hours of the day".to_owned(),
        Dimension::Time(unit) => format!("Top {}", units(unit)),
        Dimension::Pair(pair) => format!("Top pairs of {} and {}", pair.first().singular(), pair.second().singular()),
        _ => format!("Top {}", dimension.plural()),
    }
}

/// Who is a visitor, where it is not an address as nginx had it: `visitors by ip+agent`.
pub(super) fn visitors(report: &Report) -> impl Iterator<Item = String> {
    let VisitorReport { by, ipv6_prefix, real_ip, anonymized } =
        report.visitor.unwrap_or(VisitorReport { by: "ip", ipv6_prefix: None, real_ip: None, anonymized: false });
    let said = [
        (by != "ip").then(|| format!("visitors by {by}")),
        ipv6_prefix.map(|bits| format!("IPv6 visitors by /{bits}")),
        real_ip.map(|variable| match variable {
            ADDRESS_LIST => "addresses from a list".to_owned(),
            variable => format!("addresses by ${variable}"),
        }),
        anonymized.then(|| "addresses cut".to_owned()),
    ];
    said.into_iter().flatten()
}

/// When a row of a timeline was: `on Wed 2026-11-18`, `at 2026-11-18T14`.
pub(super) fn when(unit: Unit, key: &str) -> String {
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Step(_) => format!("at {key}"),
        Unit::Day => match crate::time::weekday_of_date(key) {
            Some(weekday) => format!("on {weekday} {key}"),
            None => format!("on {key}"),
        },
        Unit::Weekday => format!("on {key}"),
        Unit::Week | Unit::Month | Unit::Year => format!("in {key}"),
        Unit::HourOfDay => format!("in hour {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_plain_words() {
        assert_eq!(timeline(Unit::HourOfDay, None), "By hour of day");
        assert_eq!(timeline(Unit::Hour, Dimension::named("upstream_addr").ok()), "By hour and $upstream_addr");
        let pair = Dimension::pair(Dimension::Host, Dimension::Time(Unit::HourOfDay)).unwrap();
        assert_eq!(ranking(pair), "Top pairs of host and hour of day");
        let headings: Vec<_> = Dimension::all().map(ranking).collect();
        assert!(headings.iter().all(|h| h.ends_with('s') || h.ends_with("day") || h.contains('$')));
        assert!(headings.iter().enumerate().all(|(i, h)| !headings[..i].contains(h)), "each is its own: {headings:?}");
    }

    #[test]
    fn a_line_is_one() {
        assert_eq!(
            [counted(1, "line"), counted(0, "line"), counted(1200, "line")],
            ["1 line", "0 lines", "1,200 lines"]
        );
    }

    #[test]
    fn moments_have_their_preposition() {
        let rows = [
            (Unit::Day, "2026-11-18", "on Wed 2026-11-18"),
            (Unit::Hour, "2026-11-18T14", "at 2026-11-18T14"),
            (Unit::HourOfDay, "14", "in hour 14"),
            ("15m".parse().unwrap(), "2026-11-18T14:45", "at 2026-11-18T14:45"),
            (Unit::Day, "-", "on -"),
        ];
        for (unit, key, expected) in rows {
            assert_eq!(when(unit, key), expected);
        }
    }
}
