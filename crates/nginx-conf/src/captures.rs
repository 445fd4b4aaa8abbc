//! The values of `$1` and of named groups, as set by the last matching regular expression.

use std::collections::HashMap;

use regex::bytes::Regex;

/// Values that templates of a request can refer to, other than its path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captures {
    /// Groups of the last expression that matched; the first is the whole match.
    numbered: Vec<Vec<u8>>,
    /// Named groups of all expressions that matched. nginx keeps a value until another expression sets it.
    named: HashMap<String, Vec<u8>>,
}

impl Captures {
    /// Matches a path, and stores the groups if it matches.
    pub(crate) fn match_with(&mut self, regex: &Regex, uri: &[u8]) -> bool {
        let Some(found) = regex.captures(uri) else { return false };
        let text = |group: Option<regex::bytes::Match<'_>>| group.map(|group| group.as_bytes().to_vec());
        self.numbered = found.iter().map(|group| text(group).unwrap_or_default()).collect();
        for name in regex.capture_names().flatten() {
            self.named.insert(name.to_owned(), text(found.name(name)).unwrap_or_default());
        }
        true
    }

    /// Returns the value of a variable for a path; `None` if only nginx knows it.
    pub(crate) fn value(&self, name: &str, uri: &[u8]) -> Option<Vec<u8>> {
        if is_path(name) {
            return Some(uri.to_vec());
        }
        match name.parse::<usize>() {
            Ok(number) => Some(self.numbered.get(number).cloned().unwrap_or_default()),
            Err(_) => self.named.get(name).cloned(),
        }
    }
}

/// True if a variable is the path itself or a numbered group. The value of a named group depends on earlier
/// expressions.
pub(crate) fn is_always_known(name: &str) -> bool {
    is_path(name) || name.parse::<usize>().is_ok()
}

fn is_path(name: &str) -> bool {
    matches!(name, "uri" | "document_uri")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_their_values_until_another_expression_matches() {
        let regex = |pattern: &str| Regex::new(pattern).unwrap();
        let mut captures = Captures::default();
        let text = |captures: &Captures, name: &str| {
            captures.value(name, b"/u").map(|value| String::from_utf8(value).unwrap())
        };
        assert_eq!(text(&captures, "1").as_deref(), Some(""));
        assert!(captures.match_with(&regex("^/(?<kind>[a-z]+)/([0-9]+)?"), b"/img/"));
        assert!(!captures.match_with(&regex("^/(no)"), b"/img/"));
        for (name, expected) in
            [("uri", Some("/u")), ("1", Some("img")), ("2", Some("")), ("kind", Some("img")), ("host", None)]
        {
            assert_eq!(text(&captures, name).as_deref(), expected, "{name}");
        }
        assert!(captures.match_with(&regex("^/i"), b"/img/"));
        assert_eq!((text(&captures, "1").as_deref(), text(&captures, "kind").as_deref()), (Some(""), Some("img")));
    }
}
