//! Comma-separated lists of items to include and, with a `!` before them, to exclude: `4xx,!404`.

use crate::expression::SyntaxError;

/// Passes what matches any include and no exclude. Without includes, everything not excluded passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed<T> {
    pub(crate) any: Vec<T>,
    pub(crate) none: Vec<T>,
}

impl<T> Listed<T> {
    /// Parses a comma-separated list; `one` parses an item, or returns a message that says what was expected.
    pub(crate) fn read(text: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Listed<T>, SyntaxError> {
        let mut listed = Listed { any: Vec::new(), none: Vec::new() };
        let mut start = 0;
        for part in text.split(',') {
            let word = part.trim();
            let at = start + part.len() - part.trim_start().len();
            start += part.len() + 1;
            let (list, word, at) = match word.strip_prefix('!') {
                Some(word) => (&mut listed.none, word.trim_start(), at + 1),
                None => (&mut listed.any, word, at),
            };
            list.push(one(word).map_err(|what| SyntaxError::new(text, at, what))?);
        }
        Ok(listed)
    }

    /// The list that excludes what this one includes; `None` if this one excludes something itself.
    pub(crate) fn excluded(self) -> Option<Listed<T>> {
        self.none.is_empty().then_some(Listed { any: Vec::new(), none: self.any })
    }

    pub(crate) fn add(&mut self, other: Listed<T>) {
        self.any.extend(other.any);
        self.none.extend(other.none);
    }

    /// True if a value passes; `is` tests it against one item.
    pub(crate) fn holds(&self, is: impl Fn(&T) -> bool) -> bool {
        (self.any.is_empty() || self.any.iter().any(&is)) && !self.none.iter().any(&is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Listed<u8>, SyntaxError> {
        Listed::read(text, |word| word.parse().map_err(|_| "a small number was expected".to_owned()))
    }

    #[test]
    fn exclamation_mark_excludes_an_item() {
        assert_eq!(read("1, !2,3"), Ok(Listed { any: vec![1, 3], none: vec![2] }));
        let rows = [("", 0), ("1,", 2), ("1, x", 3), ("1,!x", 3), ("300", 0), (",1", 0), ("!!1", 1)];
        for (text, at) in rows {
            assert_eq!(read(text).unwrap_err().at(), at, "{text}");
        }
        let mut listed = read("1,2").unwrap();
        let fits = |listed: &Listed<u8>| (0..4).filter(|n| listed.holds(|one| one == n)).collect::<Vec<_>>();
        assert_eq!(fits(&listed), [1, 2]);
        listed.add(read("!2").unwrap());
        assert_eq!(fits(&listed), [1]);
        assert_eq!(fits(&read("!2").unwrap()), [0, 1, 3]);
        assert_eq!(read("1,2").unwrap().excluded(), read("!1,!2").ok());
        assert_eq!(read("1,!2").unwrap().excluded(), None);
    }
}
