//! Suggests a known word for a misspelt one. `nginx-conf` has its own function with a stricter rule, for names in
//! configurations.

use strsim::osa_distance;

/// Largest number of steps from a misspelt word to a known one.
const MOST_STEPS: usize = 3;

/// Returns the known word closest to a misspelt one, if any is close enough. The distance counts insertions, deletions,
/// changes and swaps of adjacent letters.
pub(crate) fn closest_match<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase();
    let len = word.chars().count();
    let near = |name: &&'k str| {
        let name_len = name.chars().count();
        // One step for each three letters of the shorter word: a looser rule suggests --path for --watch.
        let at_most = (len.min(name_len) / 3).min(MOST_STEPS);
        // A much longer argument is not a misspelling; skip the costly distance.
        let steps = if len > name_len + MOST_STEPS { len } else { osa_distance(&word, name) };
        let is_beginning = len >= 3 && name.starts_with(&word);
        // `x_forwarded_for` for `http_x_forwarded_for`.
        let is_end = len >= 3 && name.strip_suffix(&*word).is_some_and(|start| start.ends_with('_'));
        (is_beginning || is_end || steps <= at_most).then_some((steps, *name))
    };
    known.iter().filter_map(near).min_by_key(|(steps, _)| *steps).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_match_the_closest_name() {
        let known = ["day", "hour", "hour-of-day", "minute", "weekday", "path", "referer", "host", "http_x_real_ip"];
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
            ("x_real_ip", Some("http_x_real_ip")),
            ("bots", None),
            ("url", None),
        ];
        for (word, expected) in rows {
            assert_eq!(closest_match(word, &known), expected, "{word}");
        }
        assert_eq!(closest_match(&"day".repeat(100_000), &known), None);
    }
}
