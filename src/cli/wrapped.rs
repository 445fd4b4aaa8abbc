//! Lists of words in help and messages.

/// Arranges words in lines of at most 78 columns, the first line after `start`, the others indented below it.
pub(crate) fn wrapped(words: &[&str], start: &str) -> String {
    let mut text = start.to_owned();
    let mut columns = start.len();
    for (i, word) in words.iter().enumerate() {
        if i > 0 && columns + 1 + word.len() > 78 {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', start.len()));
            columns = start.len();
        } else if i > 0 {
            text.push(' ');
            columns += 1;
        }
        text += word;
        columns += word.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_aligned_under_the_first() {
        assert_eq!(wrapped(&["a", "b"], "  units: "), "  units: a b");
        let long = "x".repeat(40);
        assert_eq!(wrapped(&[&long, "b", &long], "> "), format!("> {long} b\n  {long}"));
    }
}
