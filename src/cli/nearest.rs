//! Which word was meant.

/// The known word that a misspelt one is nearest to, if any is near.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    // A long argument is no misspelt word.
    let near = |name: &&'k str| {
        let name_chars: Vec<char> = name.chars().collect();
        let steps = if word.len() > 2 * name_chars.len() { word.len() } else { steps(&word, &name_chars) };
        let is_beginning = word.len() >= 2 && name_chars.starts_with(&word);
        (is_beginning || steps <= name_chars.len().div_ceil(3)).then_some((steps, *name))
    };
    known.iter().filter_map(near).min_by_key(|(steps, _)| *steps).map(|(_, name)| name)
}

/// How many letters must be put in, left out, changed, or exchanged with their neighbour: the distance of Damerau
/// and Levenshtein, in which no letter is touched twice.
fn steps(a: &[char], b: &[char]) -> usize {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len()][b.len()]
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
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
        assert_eq!(nearest(&"day".repeat(100_000), &known), None);
    }
}
