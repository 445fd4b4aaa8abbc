//! Text with `$variables`: log names, and the targets of `rewrite` and `try_files`.

use super::captures::is_always_known;

/// Maximum length of a path in bytes. By default, nginx reads request lines of at most 8 KiB.
const LONGEST: usize = 1 << 16;

/// A text split into literals and variable names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Variable(String),
}

impl Template {
    /// Splits a text. A `$` without a name is a literal.
    pub(crate) fn new(text: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (part, len) = variable(rest).map_or_else(
                || (Part::Literal(first.into()), first.len_utf8()),
                |(name, len)| (Part::Variable(name.to_owned()), len),
            );
            match (parts.last_mut(), part) {
                (Some(Part::Literal(before)), Part::Literal(more)) => before.push_str(&more),
                (_, part) => parts.push(part),
            }
            rest = &rest[len..];
        }
        Template(parts)
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    pub(crate) fn has_variables(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Variable(_)))
    }

    /// Returns the first unknown variable in the path: it is not the path itself, not a numbered group, and not a name
    /// for which `is_known` is true.
    pub(crate) fn unknown_variable(&self, is_known: impl Fn(&str) -> bool) -> Option<&str> {
        let parts = self.0.iter().map_while(|part| match part {
            Part::Literal(text) => (!text.contains('?')).then_some(None),
            Part::Variable(name) => (!begins_the_query(name)).then_some(Some(name.as_str())),
        });
        parts.flatten().find(|name| !is_always_known(name) && !is_known(name))
    }

    /// Returns the path with variables replaced, up to the start of a query. `None` if a variable has no value, or if
    /// the path is longer than any request can be: `$uri$uri` doubles with each redirect.
    pub(crate) fn path(&self, value: impl Fn(&str) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => {
                    let (path, query) =
                        text.split_once('?').map_or((text.as_str(), None), |(path, query)| (path, Some(query)));
                    out.extend_from_slice(path.as_bytes());
                    if query.is_some() {
                        break;
                    }
                }
                Part::Variable(name) if begins_the_query(name) => break,
                Part::Variable(name) => out.extend_from_slice(&value(name)?),
            }
            if out.len() > LONGEST {
                return None;
            }
        }
        Some(out)
    }
}

fn begins_the_query(variable: &str) -> bool {
    matches!(variable, "is_args" | "args" | "query_string")
}

/// Returns the name of the variable that `text` begins with, and its length in bytes.
fn variable(text: &str) -> Option<(&str, usize)> {
    let after = text.strip_prefix('$')?;
    if let Some(braced) = after.strip_prefix('{') {
        let end = name_len(braced);
        return (end > 0 && braced[end..].starts_with('}')).then(|| (&braced[..end], end + 3));
    }
    // Numbered groups have one digit: `$10` is `$1` followed by a zero.
    let end = if after.starts_with(|c: char| c.is_ascii_digit()) { 1 } else { name_len(after) };
    (end > 0).then(|| (&after[..end], end + 1))
}

fn name_len(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_into_literals_and_variables() {
        let written = |text| {
            let parts = Template::new(text).0;
            let part = |part: &Part| match part {
                Part::Literal(text) => text.clone(),
                Part::Variable(name) => format!("<{name}>"),
            };
            parts.iter().map(part).collect::<Vec<_>>().join("|")
        };
        for (text, expected) in [
            ("/var/log/$host.log", "/var/log/|<host>|.log"),
            ("${host}_x$1a$12", "<host>|_x|<1>|a|<1>|2"),
            ("/ß$/${/${a", "/ß$/${/${a"),
            ("", ""),
        ] {
            assert_eq!(written(text), expected, "{text}");
        }
    }

    #[test]
    fn unknown_variables_in_the_query_are_ignored() {
        for (text, expected) in [
            ("/x$1$uri$document_uri$known", None),
            ("/$lang/$other", Some("lang")),
            ("/index.php?q=$lang", None),
            ("/index.php$is_args$lang", None),
        ] {
            assert_eq!(Template::new(text).unknown_variable(|name| name == "known"), expected, "{text}");
        }
    }

    #[test]
    fn the_path_ends_where_the_query_begins() {
        let value = |name: &str| (name == "uri").then(|| b"/u".to_vec());
        for (text, expected) in [
            ("/index.php?q=$1", Some("/index.php")),
            ("/index.php$is_args$args", Some("/index.php")),
            ("$uri/x", Some("/u/x")),
            ("/$unknown", None),
            (&"$uri".repeat(LONGEST), None),
        ] {
            assert_eq!(Template::new(text).path(value).as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }
}
