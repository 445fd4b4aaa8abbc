//! Suggests the known name that was probably meant by an unknown one.

use strsim::osa_distance;

/// Maximum length in bytes. Longer names are not compared, because a configuration may contain anything.
const LONGEST: usize = 100;

/// Returns the name with the fewest edits from the word (a character changed, missing, added, or two swapped), if they
/// are at most a third of its length.
pub(crate) fn closest_match<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &'a str| {
        let most = name.chars().count().div_ceil(3).min(word.chars().count().div_ceil(2));
        let slips = osa_distance(word, name);
        (slips <= most).then_some((slips, name))
    };
    let names = names.filter(|name| word.len().max(name.len()) <= LONGEST);
    names.filter_map(near).min_by_key(|(slips, _)| *slips).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_matched() {
        let names = ["main", "json", "upstream_time"];
        for (word, expected) in [
            ("mian", Some("main")),
            ("mains", Some("main")),
            ("jsn", Some("json")),
            ("upstream-tme", Some("upstream_time")),
            ("x", None),
            ("", None),
            ("combined", None),
        ] {
            assert_eq!(closest_match(word, names.into_iter()), expected, "{word}");
        }
        assert_eq!(closest_match(&"main".repeat(100_000), names.into_iter()), None);
    }
}
