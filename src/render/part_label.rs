//! Names of the parts of all hits, and of units.

use std::borrow::Cow;

use crate::dimension::Dimension;
use crate::report::{PartName, Report};
use crate::time::Unit;

/// Name of the part that a report is about. `written` formats a number.
pub(super) fn part_of(report: &Report, written: impl Fn(u64) -> String) -> Option<String> {
    let each = report.each.as_ref()?;
    Some(part(each.dimension, each.part.as_ref()?, written))
}

/// Name of a part: `host shop.example`, `class of bots "none"`, `12 other hosts`.
pub(super) fn part(dimension: Dimension, PartName { key, keys }: &PartName, written: impl Fn(u64) -> String) -> String {
    match (key, keys) {
        (Some(key), _) if is_plain(dimension, key) => format!("{} {key}", dimension.singular()),
        (Some(key), _) => format!("{} \"{key}\"", dimension.singular()),
        (None, Some(1)) => format!("1 other {}", dimension.singular()),
        (None, Some(keys)) => format!("{} other {}", written(*keys), plural(dimension)),
        (None, None) => format!("other {}", plural(dimension)),
    }
}

/// True if a key cannot be taken for words or signs of the title: `shop.example`, `/cart`, `404`, `GET`.
fn is_plain(dimension: Dimension, key: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || "./-_:?=&%+~@".contains(c);
    let is_name = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || "./".contains(c);
    matches!(dimension, Dimension::Time(_)) || key.chars().all(is_word) && key.contains(is_name)
}

/// The plural of a dimension that names parts.
pub(super) fn plural(dimension: Dimension) -> Cow<'static, str> {
    match dimension {
        Dimension::Time(unit) => units(unit),
        _ => dimension.plural(),
    }
}

/// The plural of a timeline unit.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_read_like_english() {
        let part = |dimension, key: Option<&str>, keys| {
            part(dimension, &PartName { key: key.map(str::to_owned), keys }, |number| number.to_string())
        };
        let day = Dimension::Time(Unit::Day);
        assert_eq!(part(Dimension::Host, Some("a.example"), Some(1)), "host a.example");
        for plain in ["/cart?a=1", "404", "4xx", "GET", "10.0.0.7", "2001:db8::1", "größe.example"] {
            assert_eq!(part(Dimension::Path, Some(plain), Some(1)), format!("path {plain}"));
        }
        for other in ["", "-", "none", "a b.example", "Mozilla/5.0 (X11)", "a\"b.c", "…/x"] {
            assert_eq!(part(Dimension::Referer, Some(other), Some(1)), format!("referer \"{other}\""));
        }
        assert_eq!(part(Dimension::Time(Unit::Weekday), Some("Mon"), Some(1)), "weekday Mon");
        assert_eq!(part(day, Some("2026-11-14"), Some(1)), "day 2026-11-14");
        assert_eq!(part(day, None, Some(3)), "3 other days");
        assert_eq!(part(Dimension::Host, None, Some(1)), "1 other host");
        assert_eq!(part(Dimension::Host, None, None), "other hosts");
    }
}
