//! Which name was meant. The command line has its own, for words of options; the library cannot see it.

/// The name that takes the fewest changed, missing or additional characters, if they are a third of it at most.
pub(super) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &'a str| {
        let most = name.chars().count().div_ceil(3).min(word.chars().count().div_ceil(2));
        // "main" and "mian" are two characters apart, and one slip of the fingers.
        let is_swapped = sorted(word) == sorted(name);
        let steps = if is_swapped { 1 } else { steps(word, name) };
        (steps <= most).then_some((steps, name))
    };
    names.filter_map(near).min_by_key(|(steps, _)| *steps).map(|(_, name)| name)
}

fn sorted(word: &str) -> Vec<char> {
    let mut chars: Vec<char> = word.chars().collect();
    chars.sort_unstable();
    chars
}

/// The distance of Levenshtein, by rows.
fn steps(a: &str, b: &str) -> usize {
    // Nobody misspells a name of this length, and a configuration may hold anything.
    if a.len().max(b.len()) > 100 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_theirs() {
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
            assert_eq!(nearest(word, names.into_iter()), expected, "{word}");
        }
    }
}
