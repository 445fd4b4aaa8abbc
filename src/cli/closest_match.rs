//! The word that was probably meant by one that is unknown. `nginx-conf` has its own, for names in configurations, whose rule is stricter.

use strsim::osa_distance;

/// The known word that a misspelt one is nearest to, by letters put in, left out, changed, or exchanged with their
/// neighbour, if any is near.
pub(crate) fn closest_match<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase();
    let len = word.chars().count();
    let near = |name: &&'k str| {
        let name_len = name.chars().count();
        // A long argument is no misspelt word.
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
    fn misspelt_words_find_theirs() {
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
