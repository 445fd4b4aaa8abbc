//! Text with `$variables` in it: names of logs, what a `rewrite` or a `try_files` leads to.

use super::captures::is_always_known;

/// nginx reads request lines of at most 8 KiB by default.
const LONGEST: usize = 1 << 16;

/// A text cut into what stands for itself and names of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Variable(String),
}

impl Template {
    /// A `$` without a name stands for itself.
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

    /// The first variable of its path that is not known: neither the path itself, nor a numbered group, nor a name for
    /// which `is_known` holds.
    pub(crate) fn unknown_variable(&self, is_known: impl Fn(&str) -> bool) -> Option<&str> {
        let parts = self.0.iter().map_while(|part| match part {
            Part::Literal(text) => (!text.contains('?')).then_some(None),
            Part::Variable(name) => (!begins_the_query(name)).then_some(Some(name.as_str())),
        });
        parts.flatten().find(|name| !is_always_known(name) && !is_known(name))
    }

    /// The path that it is with these values, up to where the query begins. `None` if a variable has no value here, or
    /// if it is longer than any request can be: `$uri$uri` doubles with every turn.
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

/// The name of the variable with which `text` begins, and how many bytes it takes.
fn variable(text: &str) -> Option<(&str, usize)> {
    let after = text.strip_prefix('$')?;
    if let Some(braced) = after.strip_prefix('{') {
        let end = name_len(braced);
        return (end > 0 && braced[end..].starts_with('}')).then(|| (&braced[..end], end + 3));
    }
    // Captures have one digit: `$10` is `$1` and a zero.
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
    fn is_cut_into_literals_and_variables() {
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
    fn unknown_variables_count_in_the_path_alone() {
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
