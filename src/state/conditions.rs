//! Conditions as texts: the filters of a state's settings.
//!
//! Several conditions of one kind, which only callers of the library can have, are numbered from the second on:
//! `where`, `where 2`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::by_name::Named;
use crate::dimension::Dimension;
use crate::filter::{Condition, Pattern, WhereExpression};
use crate::message::Setting;

/// The values of settings, by name.
pub(super) type Values = BTreeMap<String, Vec<String>>;

/// Reads a condition from its text; `None` if the text is not valid.
type Read = fn(&str) -> Option<Condition>;

/// THE TABLE of conditions that have one value, and of those that have none.
const SINGLE: [(&str, Read); 9] = [
    ("time", |text| Some(Condition::DayTimes(text.parse().ok()?))),
    ("status", |text| Some(Condition::Status(text.parse().ok()?))),
    ("static", |_| Some(Condition::Static)),
    ("dynamic", |_| Some(Condition::Dynamic)),
    ("slower", |text| Some(Condition::Slower { ms: text.strip_suffix("ms")?.parse().ok()? })),
    ("larger", |text| Some(Condition::Larger { bytes: text.parse().ok()? })),
    ("bots", |text| Some(Condition::Bots(text.parse().ok()?))),
    ("ip", |text| Some(Condition::Ip(text.parse().ok()?))),
    ("where", |text| where_expression(text).map(Condition::Where)),
];

/// Dimensions whose filters have their name. Filters for others have the prefix `matching-`, because some of their
/// names are in the table above.
const PATTERNS: [Dimension; 6] =
    [Dimension::Method, Dimension::Host, Dimension::Path, Dimension::User, Dimension::Referer, Dimension::Agent];

const MATCHING: &str = "matching-";
const EXCLUDE: &str = "exclude-";

/// Returns the conditions as texts.
pub(super) fn texts(conditions: &[Condition]) -> Values {
    let mut named: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    for condition in conditions {
        let (name, text) = text(condition);
        named.entry(name).or_default().insert(text);
    }
    let numbered = |(name, texts): (String, BTreeSet<Vec<String>>)| {
        let name = move |at: usize| if at == 0 { name.clone() } else { format!("{name} {}", at + 1) };
        texts.into_iter().enumerate().map(move |(at, text)| (name(at), text))
    };
    named.into_iter().flat_map(numbered).collect()
}

fn text(condition: &Condition) -> (String, Vec<String>) {
    let one = |name: &str, text: String| (name.to_owned(), vec![text]);
    match condition {
        Condition::DayTimes(times) => one("time", times.to_string()),
        Condition::Status(set) => one("status", set.to_string()),
        Condition::Static => one("static", "yes".to_owned()),
        Condition::Dynamic => one("dynamic", "yes".to_owned()),
        Condition::Slower { ms } => one("slower", format!("{ms}ms")),
        Condition::Larger { bytes } => one("larger", bytes.to_string()),
        Condition::Bots(set) => one("bots", set.to_string()),
        Condition::Ip(networks) => one("ip", networks.to_string()),
        Condition::Where(expression) => one("where", expression.text().to_owned()),
        Condition::Matches { dimension, any } => (pattern_name("", *dimension), pattern_texts(any)),
        Condition::Excludes { dimension, any } => (pattern_name(EXCLUDE, *dimension), pattern_texts(any)),
    }
}

fn pattern_name(prefix: &str, dimension: Dimension) -> String {
    let matching = if PATTERNS.contains(&dimension) { "" } else { MATCHING };
    format!("{prefix}{matching}{}", dimension.name())
}

fn pattern_texts(patterns: &[Pattern]) -> Vec<String> {
    let texts: BTreeSet<&str> = patterns.iter().map(Pattern::text).collect();
    texts.into_iter().map(str::to_owned).collect()
}

/// Reads a condition; `None` if the name is not that of a condition, or if a text is not valid.
pub(super) fn condition(name: &str, texts: &[String]) -> Option<Condition> {
    let (kind, _) = name.split_once(' ').unwrap_or((name, ""));
    if let Some((_, read)) = SINGLE.iter().find(|(name, _)| *name == kind) {
        let [text] = texts else { return None };
        return read(text);
    }
    let dimension = pattern_dimension(kind.strip_prefix(EXCLUDE).unwrap_or(kind))?;
    let any = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
    Some(match kind.starts_with(EXCLUDE) {
        true => Condition::Excludes { dimension, any },
        false => Condition::Matches { dimension, any },
    })
}

fn pattern_dimension(name: &str) -> Option<Dimension> {
    match name.strip_prefix(MATCHING) {
        Some(name) => Named::named(name),
        None => PATTERNS.into_iter().find(|dimension| dimension.name() == name),
    }
}

/// The setting that a name stands for; `None` if it is not that of a condition.
pub(super) fn setting(name: &str) -> Option<Setting> {
    let (kind, _) = name.split_once(' ').unwrap_or((name, ""));
    let single = SINGLE.iter().find(|(name, _)| *name == kind).map(|(name, _)| Setting::Filter(name));
    single.or_else(|| match kind.strip_prefix(EXCLUDE) {
        Some(name) => pattern_dimension(name).map(|dimension| Setting::Exclude(dimension.name())),
        None => pattern_dimension(kind).map(|dimension| Setting::Filter(dimension.name())),
    })
}

/// Parses an expression that may name variables of the site: those that are otherwise unknown.
fn where_expression(text: &str) -> Option<WhereExpression> {
    let own: RefCell<BTreeSet<String>> = RefCell::default();
    loop {
        let error = match WhereExpression::parse(text, &|name| own.borrow().contains(name)) {
            Ok(expression) => return Some(expression),
            Err(error) => error,
        };
        if !own.borrow_mut().insert(error.unknown()?.to_owned()) {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn all() -> Vec<Condition> {
        let own = WhereExpression::parse("my_variable == a && status >= 500", &|name| name == "my_variable").unwrap();
        let request_id = Dimension::named("request_id").unwrap();
        vec![
            Condition::DayTimes("!12-13:30:15,22-06,0-24".parse().unwrap()),
            Condition::Status("5xx,!503,404,-,200-204".parse().unwrap()),
            Condition::Static,
            Condition::Dynamic,
            Condition::Slower { ms: 300 },
            Condition::Larger { bytes: 7 },
            Condition::Bots("exclude".parse().unwrap()),
            Condition::Ip("10.0.0.0/8,!10.0.0.7,2001:db8::/32,unix:,::1,::ffff:10.1.0.0/112".parse().unwrap()),
            Condition::Where(own),
            Condition::Where("status == 200".parse().unwrap()),
            Condition::Matches { dimension: Dimension::Path, any: patterns(&["/b*", "~^/a b", "/b*"]) },
            Condition::Excludes { dimension: Dimension::Agent, any: patterns(&["*bot*"]) },
            Condition::Matches { dimension: Dimension::Status, any: patterns(&["5*"]) },
            Condition::Excludes { dimension: request_id, any: patterns(&["a"]) },
        ]
    }

    #[test]
    fn conditions_have_texts_that_parse_to_the_same_conditions() {
        let texts = texts(&all());
        let one = |text: &str| vec![text.to_owned()];
        assert_eq!(texts["time"], one("00:00-24:00,22:00-06:00,!12:00-13:30:15"));
        assert_eq!(texts["status"], one("-,200-204,404,5xx,!503"));
        assert_eq!(texts["ip"], one("10.0.0.0/8,10.1.0.0/16,2001:db8::/32,::1,unix:,!10.0.0.7"));
        assert_eq!(texts["path"], ["/b*", "~^/a b"]);
        assert_eq!(
            (&texts["where"], &texts["where 2"]),
            (&one("my_variable == a && status >= 500"), &one("status == 200"))
        );
        assert_eq!(texts["exclude-agent"], one("*bot*"));
        assert_eq!(texts["matching-status"], one("5*"));
        assert_eq!(texts["exclude-matching-request_id"], one("a"));
        assert_eq!(texts.len(), all().len());
        let again: Vec<_> = texts.iter().map(|(name, texts)| condition(name, texts).unwrap()).collect();
        assert_eq!(super::texts(&again), texts);
        assert!(texts.keys().all(|name| setting(name).is_some()));
    }

    #[test]
    fn order_and_repetition_of_conditions_do_not_matter() {
        let mut twice = all();
        twice.extend(all());
        twice.reverse();
        assert_eq!(texts(&twice), texts(&all()));
    }

    #[test]
    fn invalid_texts_are_no_conditions() {
        for (name, text) in [("status", "6"), ("tz", "utc"), ("where", "a =="), ("slower", "3"), ("matching-x/", "a")] {
            assert!(condition(name, &[text.to_owned()]).is_none(), "{name}");
        }
        assert!(condition("status", &[]).is_none());
        assert_eq!(setting("tz"), None);
    }
}
