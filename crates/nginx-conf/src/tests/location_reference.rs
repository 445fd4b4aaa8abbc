//! Compares the choice of a location with the slow reference, which checks all locations of a level, over random trees.

use std::collections::HashSet;

use proptest::prelude::*;

use super::http;
use crate::reference::agree;

/// A location to add to a configuration: number of levels to close first, its kind, and the part of its name after that
/// of the level.
type Drawn = (usize, usize, String);

const KINDS: [&str; 6] = ["= ", "", "^~ ", "", "= ", "~ "];
/// Kinds from this index on pass requests to another process.
const HANDING: usize = 3;

/// A `server` with these locations, except those that nginx would reject.
fn server(drawn: &[Drawn], named: &[&str]) -> String {
    let mut text = "server {\n".to_owned();
    // For each open location: its name, true if it is a regular expression, and the names in it.
    let mut open = vec![(String::new(), false, HashSet::new())];
    for (leave, kind, more) in drawn {
        for _ in 0..(*leave).min(open.len() - 1) {
            open.pop();
            text += "}\n";
        }
        let (outer, is_in_regex, names) = open.last_mut().expect("the server keeps running");
        let is_regex = *kind + 1 == KINDS.len();
        let name = if is_regex { format!("^{outer}{more}") } else { format!("{outer}{more}") };
        let is_exact = KINDS[*kind] == "= ";
        if !is_regex && (*is_in_regex || !names.insert((is_exact, name.clone()))) {
            continue;
        }
        let pass = if *kind >= HANDING { "proxy_pass http://a;" } else { "" };
        text += &format!("location {}\"{name}\" {{ {pass}\n", KINDS[*kind]);
        if is_exact {
            text += "}\n";
        } else {
            let prefix = if is_regex { more.clone() } else { name };
            open.push((prefix, is_regex, HashSet::new()));
        }
    }
    text += &"}\n".repeat(open.len() - 1);
    named.iter().for_each(|name| text += &format!("location @{name} {{}}\n"));
    text + "}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 3 / 2))]
    #[test]
    fn index_agrees_with_slow_reference(
        drawn in proptest::collection::vec((0..4_usize, 0..KINDS.len(), "[ab/]{0,3}"), 0..40),
        named in proptest::collection::vec(proptest::sample::select(vec!["x", "y", "xy"]), 0..4),
    ) {
        let text = server(&drawn, &named);
        let conf = http(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let agreed = agree(&conf, b"/");
        prop_assert!(agreed.is_ok(), "{agreed:?}\n{text}");
        let server = &conf.servers[0];
        for name in ["@x", "@y", "@xy", "@"] {
            prop_assert_eq!(server.named(name).is_some(), named.contains(&&name[1..]), "{}\n{}", name, text);
        }
    }
}
