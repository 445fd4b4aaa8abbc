//! Routes compared with regular expressions, and learning with slow and obvious code.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use regex::bytes::Regex;

use super::{Answers, RoutePattern, Routes, extension, learned};

/// Segments that are variable, nearly variable, or hostile.
fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-f]{7,9}",
        "[0-9A-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[0-9]{1,4}",
        "(19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]",
        "[a1.]{0,4}(\\.[a1]{1,3})?",
        "(app|[0-9a-f]{8})\\.[0-9a-f]{8}\\.(js|min\\.js|1)",
        "[{}%?:<>a]{0,4}",
    ]
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(segment(), 0..5).prop_map(|segments| format!("/{}", segments.join("/")))
}

const UUID: &str = "(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})";

/// The name of a text that is variable as a whole.
fn whole(text: &str) -> Option<&'static str> {
    let is = |rule: &str| Regex::new(&format!("^(?:{rule})$")).unwrap().is_match(text.as_bytes());
    let numbers: Vec<u32> = Regex::new("^([0-9]{4})(-?)([0-9]{2})(-?)([0-9]{2})$")
        .unwrap()
        .captures(text.as_bytes())
        .filter(|found| found[2] == found[4])
        .map(|found| [1, 3, 5].map(|at| str::from_utf8(&found[at]).unwrap().parse().unwrap()).to_vec())
        .unwrap_or_default();
    let is_date = numbers.len() == 3 && {
        let is_leap =
            numbers[0].is_multiple_of(4) && (!numbers[0].is_multiple_of(100) || numbers[0].is_multiple_of(400));
        let days = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let days = usize::try_from(numbers[1]).unwrap().checked_sub(1).and_then(|month| days.get(month).copied());
        numbers[0] > 0 && numbers[2] > 0 && days.is_some_and(|days| numbers[2] <= days)
    };
    match () {
        () if is(UUID) => Some("{uuid}"),
        () if is_date => Some("{date}"),
        () if is("[0-9]+") => Some("{int}"),
        () if is("[0-9a-fA-F]{8,}") && is(".*[0-9].*") && is(".*[a-fA-F].*") => Some("{hex}"),
        () => None,
    }
}

fn encoded(text: &str) -> String {
    text.replace('{', "%7B").replace('}', "%7D")
}

fn named(segment: &str) -> String {
    if let Some(name) = whole(segment) {
        return name.to_owned();
    }
    let rule = Regex::new(r"^(.+)\.([A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*)$").unwrap();
    let Some(found) = rule.captures(segment.as_bytes()).filter(|found| found[2].len() <= 16) else {
        return encoded(segment);
    };
    let [stem, extension] = [1, 2].map(|at| str::from_utf8(&found[at]).unwrap());
    let pieces = stem.split('.').map(|piece| match whole(piece) {
        Some(name @ ("{uuid}" | "{hex}")) => name.to_owned(),
        _ => encoded(piece),
    });
    let stem = whole(stem).map_or_else(|| pieces.collect::<Vec<_>>().join("."), str::to_owned);
    format!("{stem}.{extension}")
}

fn route(patterns: &[RoutePattern], path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let path =
        String::from_utf8(Regex::new("/+").unwrap().replace_all(path.as_bytes(), &b"/"[..]).into_owned()).unwrap();
    let matching = patterns.iter().find(|pattern| {
        let part = Regex::new("<(str|int|slug|uuid|path):[a-z]+>").unwrap();
        let written = pattern.to_string();
        let (mut rule, mut done) = (String::new(), 0);
        for found in part.captures_iter(written.as_bytes()) {
            let all = found.get(0).unwrap();
            rule += &regex::escape(&written[done..all.start()]);
            rule += match &found[1] {
                b"str" => "[^/]+",
                b"int" => "[0-9]+",
                b"slug" => "[-a-zA-Z0-9_]+",
                b"uuid" => UUID,
                _ => "(?s-u:.)+",
            };
            done = all.end();
        }
        rule += &regex::escape(&written[done..]);
        Regex::new(&format!("^(?:{rule})$")).unwrap().is_match(path.as_bytes())
    });
    match matching {
        Some(pattern) => pattern.route().to_owned(),
        None => path.split('/').map(named).collect::<Vec<_>>().join("/"),
    }
}

/// What the values under one parent become, by the rules as they are documented.
fn slugs(served: &BTreeMap<String, u64>) -> BTreeSet<String> {
    let mut left: BTreeMap<&String, u64> = served.iter().filter(|(_, hits)| **hits > 0).map(|(v, n)| (v, *n)).collect();
    loop {
        let all: u64 = left.values().sum();
        let largest = left.values().max().copied().unwrap_or(0);
        if largest * 100 < all * 5 {
            break;
        }
        let Some(out) = left.iter().find(|(_, hits)| **hits == largest).map(|(value, _)| *value) else { break };
        left.remove(out);
    }
    if left.len() < 30 { BTreeSet::new() } else { left.into_keys().cloned().collect() }
}

/// Learns values one segment at a time, for all routes that have the same segments before it.
fn reference(routes: &[(String, Answers)]) -> Vec<String> {
    let split = |route: &str| route.split('/').map(str::to_owned).collect::<Vec<_>>();
    let mut split: Vec<Vec<String>> = routes.iter().map(|(route, _)| split(route)).collect();
    for level in 1..split.iter().map(Vec::len).max().unwrap_or(0) {
        let mut parents: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        for (at, route) in split.iter().enumerate().filter(|(_, route)| route.len() > level) {
            parents.entry(route[..level].to_vec()).or_default().push(at);
        }
        for children in parents.values() {
            let mut kinds: BTreeMap<Option<String>, BTreeMap<String, u64>> = BTreeMap::new();
            let mut known: BTreeSet<String> = BTreeSet::new();
            for at in children {
                let segment = &split[*at][level];
                let kind = extension(segment.as_bytes()).map(|(_, kind)| String::from_utf8(kind.to_vec()).unwrap());
                if !segment.is_empty() && !segment.contains('{') {
                    *kinds.entry(kind).or_default().entry(segment.clone()).or_default() += routes[*at].1.served;
                    known.extend(routes[*at].1.is_known.then(|| segment.clone()));
                }
            }
            let of_kind = |served: &BTreeMap<String, u64>| {
                let mut slugs = slugs(served);
                if !slugs.is_empty() {
                    let failed = served.iter().filter(|(value, served)| **served == 0 && known.contains(*value));
                    slugs.extend(failed.map(|(value, _)| value.clone()));
                }
                slugs
            };
            let slugs: BTreeSet<String> = kinds.values().flat_map(of_kind).collect();
            let values: BTreeSet<String> = kinds.into_values().flat_map(BTreeMap::into_keys).collect();
            for at in children {
                let segment = split[*at][level].clone();
                if slugs.contains(&segment) {
                    let stem = extension(segment.as_bytes()).map_or(segment.len(), |(stem, _)| stem.len());
                    split[*at][level] = format!("{{slug}}{}", &segment[stem..]);
                } else if !slugs.is_empty() && values.contains(&segment) && !known.contains(&segment) {
                    split[*at].truncate(level);
                    split[*at].push("{unserved}".to_owned());
                }
            }
        }
    }
    split.into_iter().map(|route| route.join("/")).collect()
}

proptest! {
    #[test]
    fn route_matches_regular_expressions(
        path in path(),
        patterns in prop::collection::vec(prop::sample::select(vec![
            "/:x", "/{x}/:y/", "/<int:x>", "<slug:x>/<path:rest>", "/<uuid:x>/<str:y>", "/a<str:x>1/<int:y>",
            "/<str:x>.<str:y>", "/<int:x>-<int:y>-<int:z>", "/<path:x>/<int:y>", "/1", "/<path:x>a<path:y>.",
        ]), 0..4),
    ) {
        let patterns: Vec<RoutePattern> = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
        let routes: Routes = patterns.iter().cloned().collect();
        prop_assert_eq!(routes.route(path.as_bytes()), route(&patterns, &path).into_bytes());
    }

    /// A route has a brace only in names, so nothing that a visitor sends looks like one.
    #[test]
    fn hostile_paths_cannot_forge_names(path in prop::collection::vec(any::<u8>(), 0..40)) {
        let route = Routes::default().route(&path).into_owned();
        if path.starts_with(b"/") {
            let names = Regex::new(r"\{(uuid|date|int|hex)\}").unwrap().replace_all(&route, &b""[..]);
            prop_assert!(!names.iter().any(|byte| [123, 125].contains(byte)));
        }
        prop_assert!(!route.windows(2).any(|two| two == b"//") || !path.starts_with(b"/"));
    }

    #[test]
    fn learning_is_as_documented_in_any_order(
        parents in prop::collection::vec(
            (prop::sample::select(vec!["", "/a", "/b/{int}", "/a/x0", "/{slug}"]), 1..70_usize, 0..4_usize, 0..4_u64), 1..5),
        shuffle: u64,
    ) {
        let mut routes: BTreeMap<String, Answers> = BTreeMap::new();
        for (place, (parent, values, tail, most)) in parents.iter().enumerate() {
            for n in 0..*values as u64 {
                let tail = ["", "/", "/edit", "/x1/y"][(*tail + usize::from(n % 7 == 0)) % 4];
                let end = if n % 11 == 3 { ".jpg" } else { "" };
                // A few values are served far more than others.
                let served = if n < *most { 1000 >> n } else { n % (place as u64 + 2) };
                let answers = Answers { served, is_known: served > 0 || n % 5 == 0 };
                routes.entry(format!("{parent}/x{n}{end}{tail}")).or_default().add(answers);
            }
        }
        let routes: Vec<(String, Answers)> = routes.into_iter().collect();
        let expected = reference(&routes);
        let mut order: Vec<usize> = (0..routes.len()).collect();
        order.sort_by_key(|at| (*at as u64).wrapping_mul(shuffle | 1));
        let seen: Vec<(&[u8], Answers)> = order.iter().map(|at| (routes[*at].0.as_bytes(), routes[*at].1)).collect();
        let learned: Vec<Cow<'_, [u8]>> = learned(&seen, |_| false);
        for (at, learned) in order.iter().zip(&learned) {
            prop_assert_eq!(str::from_utf8(learned).unwrap(), &expected[*at], "{}", &routes[*at].0);
        }
    }
}
