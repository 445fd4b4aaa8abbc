//! Comma-separated lists of items to include and, with a `!` before them, to exclude: `4xx,!404`.

use std::fmt;

use crate::expression::SyntaxError;

/// Passes what matches any include and no exclude. Without includes, everything not excluded passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncludeExclude<T> {
    pub(crate) included: Vec<T>,
    pub(crate) excluded: Vec<T>,
}

impl<T> IncludeExclude<T> {
    /// Parses a comma-separated list; `one` parses an item, or returns a message that says what was expected.
    pub(crate) fn read(text: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<IncludeExclude<T>, SyntaxError> {
        IncludeExclude::read_at(text, |word, at| one(word).map_err(|what| SyntaxError::new(text, at, what)))
    }

    /// Parses a comma-separated list; `one` parses an item at an offset of the text.
    pub(crate) fn read_at(
        text: &str,
        one: impl Fn(&str, usize) -> Result<T, SyntaxError>,
    ) -> Result<IncludeExclude<T>, SyntaxError> {
        let mut lists = IncludeExclude { included: Vec::new(), excluded: Vec::new() };
        let mut start = 0;
        for part in text.split(',') {
            let word = part.trim();
            let at = start + part.len() - part.trim_start().len();
            start += part.len() + 1;
            let (list, word, at) = match word.strip_prefix('!') {
                Some(word) => (&mut lists.excluded, word.trim_start(), at + 1),
                None => (&mut lists.included, word, at),
            };
            list.push(one(word, at)?);
        }
        Ok(lists)
    }

    /// The list that excludes what this one includes; `None` if this one excludes something itself.
    pub(crate) fn excluded(self) -> Option<IncludeExclude<T>> {
        self.excluded.is_empty().then_some(IncludeExclude { included: Vec::new(), excluded: self.included })
    }

    /// Writes the list so that it parses to one with the same meaning; `one` writes an item. Lists with the same items in
    /// another order have the same text.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, one: impl Fn(&T) -> String) -> fmt::Result {
        let (included, excluded) =
            (self.included.iter().map(&one), self.excluded.iter().map(|item| format!("!{}", one(item))));
        let (mut included, mut excluded): (Vec<_>, Vec<_>) = (included.collect(), excluded.collect());
        included.sort();
        included.dedup();
        excluded.sort();
        excluded.dedup();
        included.append(&mut excluded);
        f.write_str(&included.join(","))
    }

    pub(crate) fn add(&mut self, other: IncludeExclude<T>) {
        self.included.extend(other.included);
        self.excluded.extend(other.excluded);
    }

    /// True if a value passes; `is` tests it against one item.
    pub(crate) fn matches(&self, is: impl Fn(&T) -> bool) -> bool {
        (self.included.is_empty() || self.included.iter().any(&is)) && !self.excluded.iter().any(&is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<IncludeExclude<u8>, SyntaxError> {
        IncludeExclude::read(text, |word| word.parse().map_err(|_| "a small number was expected".to_owned()))
    }

    #[test]
    fn exclamation_mark_excludes_an_item() {
        assert_eq!(read("1, !2,3"), Ok(IncludeExclude { included: vec![1, 3], excluded: vec![2] }));
        let rows = [("", 0), ("1,", 2), ("1, x", 3), ("1,!x", 3), ("300", 0), (",1", 0), ("!!1", 1)];
        for (text, at) in rows {
            assert_eq!(read(text).unwrap_err().at(), at, "{text}");
        }
        let mut lists = read("1,2").unwrap();
        let fits = |lists: &IncludeExclude<u8>| (0..4).filter(|n| lists.matches(|one| one == n)).collect::<Vec<_>>();
        assert_eq!(fits(&lists), [1, 2]);
        lists.add(read("!2").unwrap());
        assert_eq!(fits(&lists), [1]);
        assert_eq!(fits(&read("!2").unwrap()), [0, 1, 3]);
        assert_eq!(read("1,2").unwrap().excluded(), read("!1,!2").ok());
        assert_eq!(read("1,!2").unwrap().excluded(), None);
    }
}
