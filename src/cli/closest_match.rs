//! Suggests a known word for a misspelt one. `nginx-conf` has its own function with a stricter rule, for names in
//! configurations.

use strsim::osa_distance;

/// Returns the known word closest to a misspelt one, if any is close enough. The distance counts insertions, deletions,
/// changes and swaps of adjacent letters.
pub(crate) fn closest_match<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase();
    let len = word.chars().count();
    let near = |name: &&'k str| {
        let name_len = name.chars().count();
        // A much longer argument is not a misspelling; skip the costly distance.
        let steps = if len > 2 * name_len { len } else { osa_distance(&word, name) };
        let is_beginning = len >= 2 && name.starts_with(&word);
        (is_beginning || steps <= name_len.div_ceil(3)).then_some((steps, *name))
    };
    known.iter().filter_map(near).min_by_key(|(steps, _)| *steps).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_match_the_closest_name() {
        let known = ["day", "hour", "hour-of-day", "minute", "weekday", "path", "referer"];
        let rows = [
            ("dya", Some("day")),
            ("Day", Some("day")),
            ("days", Some("day")),
            ("min", Some("minute")),
            ("hour_of_day", Some("hour-of-day")),
            ("hours", Some("hour")),
            ("referrer", Some("referer")),
            ("pth", Some("path")),
            ("", None),
            ("country", None),
            ("x", None),
        ];
        for (word, expected) in rows {
            assert_eq!(closest_match(word, &known), expected, "{word}");
        }
        assert_eq!(closest_match(&"day".repeat(100_000), &known), None);
    }
}
