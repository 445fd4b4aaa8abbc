//! Notes about patterns of routes that match no path, because a slash at the end is missing or too much.

use std::collections::{BTreeMap, BTreeSet};

use super::{Note, NoteCode};
use crate::dimension::{Dimension, KeysOfTable};
use crate::keys::GroupId;
use crate::message::{Setting, message};
use crate::route::{RoutePattern, Routes};
use crate::tally::{Tally, Unescaped};
use crate::text::{Grouped, printable};

/// Largest number of patterns that get a note each.
const NOTED: usize = 3;

/// Returns a note for each pattern without a hit whose route others have with a slash at the end, or without one.
pub(super) fn unused_routes(tally: &Tally<Unescaped>, routes: &Routes) -> Vec<Note> {
    if routes.patterns().is_empty() {
        return Vec::new();
    }
    let is_whole = |dimension: Dimension| dimension.is_learned();
    let Some(table) = tally.tables.iter().find(|table| table.max_error.is_none() && is_whole(table.dimension)) else {
        return Vec::new();
    };
    let (KeysOfTable::Own(keys), Some(counts)) = (table.keys(&tally.visitors), table.counts()) else {
        return Vec::new();
    };
    let (mut used, mut hits) = (BTreeSet::new(), BTreeMap::new());
    for (key, group) in keys.iter().zip(0..) {
        let key = String::from_utf8_lossy(key);
        *hits.entry(shape(&key)).or_insert(0) += counts.of(GroupId(group)).pv();
        used.insert(key.into_owned());
    }
    let like = |pattern: &RoutePattern| {
        let route = pattern.route();
        let (other, how) = match route.strip_suffix('/') {
            Some(without) => (without.to_owned(), "without the slash"),
            None => (format!("{route}/"), "with a slash"),
        };
        let hits = *hits.get(&shape(&other))?;
        let text = message![
            "no path matches ",
            Setting::Routes,
            format!(" '{}'; {} ", printable(pattern.to_string().as_bytes()), Grouped(hits)),
            format!("{} {how} at the end", if hits == 1 { "request matches" } else { "requests match" })
        ];
        (!used.contains(route)).then(|| Note::new(NoteCode::NothingEqual, text))
    };
    routes.patterns().iter().filter_map(like).take(NOTED).collect()
}

/// A route without the names of its parts: `/user/{}/` for `/user/{int}/`.
fn shape(route: &str) -> String {
    let mut parts = route.split('{');
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shape += "{}";
        shape += part.split_once('}').map_or(part, |(_, rest)| rest);
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_have_no_names() {
        for (route, expected) in [("/user/{int}/", "/user/{}/"), ("/a", "/a"), ("/{x}-{y}.{z}", "/{}-{}.{}"), ("", "")]
        {
            assert_eq!(shape(route), expected);
        }
    }
}
