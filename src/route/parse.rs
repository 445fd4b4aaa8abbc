//! Reads patterns of paths, in the forms of Express, OpenAPI and Django.

use std::str::FromStr;

use super::pattern::{Part, PartKind, RoutePattern};
use crate::expression::SyntaxError;

impl FromStr for RoutePattern {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<RoutePattern, SyntaxError> {
        parse(text).map(RoutePattern::new)
    }
}

/// Splits a pattern into its parts. The first is a literal that starts with a slash; literals are never empty, and no
/// two follow each other.
fn parse(text: &str) -> Result<Vec<Part>, SyntaxError> {
    let at_fault = |at: usize, what: String| SyntaxError::new(text, at, what);
    if text.is_empty() {
        return Err(at_fault(
            0,
            "a route must not be empty; write a path with variable parts, such as /shop/:id".into(),
        ));
    }
    let mut literal = if text.starts_with('/') { String::new() } else { "/".to_owned() };
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let found = match first {
            ':' if starts_part(&text[..at]) => colon(rest),
            '<' => closed(rest, '>'),
            '{' => closed(rest, '}'),
            _ => misplaced(&text[..at], rest).map_or(Ok(None), Err),
        };
        match found.map_err(|(offset, what)| at_fault(at + offset, what))? {
            Some((name, kind, len)) => {
                if literal.is_empty() {
                    let what = format!("write something between {{{name}}} and the part before it, such as a slash");
                    return Err(at_fault(at, what));
                }
                parts.push(Part::Literal(std::mem::take(&mut literal)));
                parts.push(Part::Variable { name, kind });
                at += len;
            }
            None => {
                literal.push(first);
                at += first.len_utf8();
            }
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// A variable part: its name, its type, and its length in the pattern. `None` for a literal character. An error has its
/// offset.
type Found = Result<Option<(String, PartKind, usize)>, (usize, String)>;

/// True if a colon after this text starts a variable part. Elsewhere a colon is a literal: `/v1/items:batch`.
fn starts_part(before: &str) -> bool {
    before.is_empty() || before.ends_with(['/', '-', '.'])
}

/// Reads `:name`.
fn colon(rest: &str) -> Found {
    let name: String = rest[1..].chars().take_while(|c| is_of_name(*c)).collect();
    check_name(&name, 1, ":id")?;
    let len = 1 + name.len();
    match rest[len..].chars().next() {
        Some(sign @ ('(' | '*' | '+')) => {
            Err((len, format!("'{sign}' does not work here; write {} for a type, such as <int:{name}>", types())))
        }
        _ => Ok(Some((name, PartKind::Str, len))),
    }
}

/// Reads `<name>`, `<type:name>`, `{name}` or `{name:type}`.
fn closed(rest: &str, end: char) -> Found {
    let is_angle = end == '>';
    let Some(close) = rest.find(end) else {
        return Err((0, format!("this '{}' has no closing '{end}'", &rest[..1])));
    };
    let inner = &rest[1..close];
    let (kind, name) = match inner.split_once(':') {
        None => (None, inner),
        Some((kind, name)) if is_angle => (Some(kind), name),
        Some((name, kind)) => (Some(kind), name),
    };
    let spelled =
        |kind: &str, name: &str| if is_angle { format!("<{kind}:{name}>") } else { format!("{{{name}:{kind}}}") };
    let name_at = 1 + if is_angle { kind.map_or(0, |kind| kind.len() + 1) } else { 0 };
    check_name(
        name,
        name_at,
        &kind.map_or_else(|| if is_angle { "<id>".to_owned() } else { "{id}".to_owned() }, |_| spelled("int", "id")),
    )?;
    let kind = match kind {
        None => PartKind::Str,
        Some(kind) => PartKind::named(kind).ok_or_else(|| {
            let at = if is_angle { 1 } else { name.len() + 2 };
            (at, format!("unknown type '{kind}'; write {}, such as {}", types(), spelled("int", name)))
        })?,
    };
    Ok(Some((name.to_owned(), kind, close + 1)))
}

/// What is wrong with a character that cannot be in a path, or that means something in other syntaxes.
fn misplaced(before: &str, rest: &str) -> Option<(usize, String)> {
    let what = match rest.chars().next()? {
        '?' => "a route has no query: it ends before the '?'".to_owned(),
        '#' => "browsers do not send what follows a '#': end the route before it".to_owned(),
        '*' => "'*' does not work here; write {name} for one segment, or <path:rest> for all that follows".to_owned(),
        '/' if before.ends_with('/') => "repeated slashes count as one: write one".to_owned(),
        '^' if before.is_empty() => {
            "this is a regular expression; write a path with variable parts, such as user/<int:pk>/".to_owned()
        }
        '>' | '}' => format!("this '{}' has nothing to close", &rest[..1]),
        c if c.is_whitespace() || c.is_control() => "a path has no spaces; write %20 if it is logged so".to_owned(),
        _ => return None,
    };
    Some((0, what))
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Checks a name, which is at this offset. `right` shows how to write one.
fn check_name(name: &str, at: usize, right: &str) -> Result<(), (usize, String)> {
    let bad = name.char_indices().find(|(_, c)| !is_of_name(*c));
    match bad {
        Some((offset, c)) => {
            Err((at + offset, format!("a name has letters, digits and '_' only, not '{c}': write {right}")))
        }
        None if name.is_empty() => Err((at, format!("a variable part needs a name: write {right}"))),
        None if name.starts_with(|c: char| c.is_ascii_digit()) => {
            Err((at, format!("a name starts with a letter: write {right}")))
        }
        None => Ok(()),
    }
}

/// The types in words.
fn types() -> String {
    let [others @ .., last] = PartKind::names();
    format!("{} or {last}", others.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::RoutePattern;

    #[test]
    fn patterns_of_all_forms_are_read() {
        let rows = [
            ("/shop/:id", "/shop/{id}", "/shop/<str:id>"),
            ("shop/:id", "/shop/{id}", "/shop/<str:id>"),
            ("/shop/{id}", "/shop/{id}", "/shop/<str:id>"),
            ("/shop/<id>", "/shop/{id}", "/shop/<str:id>"),
            ("user/<int:pk>/", "/user/{pk}/", "/user/<int:pk>/"),
            ("/user/{pk:int}/", "/user/{pk}/", "/user/<int:pk>/"),
            ("<slug:x>", "/{x}", "/<slug:x>"),
            (":x", "/{x}", "/<str:x>"),
            ("u/<uuid:x>/f/<path:rest>", "/u/{x}/f/{rest}", "/u/<uuid:x>/f/<path:rest>"),
            ("<int:year>-<int:month>/", "/{year}-{month}/", "/<int:year>-<int:month>/"),
            ("/f/:from-:to.json", "/f/{from}-{to}.json", "/f/<str:from>-<str:to>.json"),
            ("/@{user}", "/@{user}", "/@<str:user>"),
            ("/v1/items:batch", "/v1/items:batch", "/v1/items:batch"),
            ("/v1/{name}:cancel", "/v1/{name}:cancel", "/v1/<str:name>:cancel"),
            ("/", "/", "/"),
            ("/health/12345", "/health/12345", "/health/12345"),
            ("/caf\u{e9}/:id", "/caf\u{e9}/{id}", "/caf\u{e9}/<str:id>"),
            ("/a_(b)/:id", "/a_(b)/{id}", "/a_(b)/<str:id>"),
        ];
        for (text, route, written) in rows {
            let pattern: RoutePattern = text.parse().unwrap();
            assert_eq!((pattern.route(), &*pattern.to_string()), (route, written), "{text}");
            assert_eq!(written.parse(), Ok(pattern), "{text}");
        }
    }

    #[test]
    fn errors_show_the_place_and_the_right_spelling() {
        let rows = [
            ("", 0, "a route must not be empty; write a path with variable parts, such as /shop/:id"),
            ("/shop/:", 7, "a variable part needs a name: write :id"),
            ("/shop/:1", 7, "a name starts with a letter: write :id"),
            (
                r"/shop/:id(\d+)",
                9,
                "'(' does not work here; write str, int, slug, uuid or path for a type, such as <int:id>",
            ),
            (
                "/shop/:id*",
                9,
                "'*' does not work here; write str, int, slug, uuid or path for a type, such as <int:id>",
            ),
            ("/shop/<id", 6, "this '<' has no closing '>'"),
            ("/shop/{id", 6, "this '{' has no closing '}'"),
            ("/shop/<>", 7, "a variable part needs a name: write <id>"),
            ("/shop/{}", 7, "a variable part needs a name: write {id}"),
            ("/shop/<int:>", 11, "a variable part needs a name: write <int:id>"),
            ("/shop/{:int}", 7, "a variable part needs a name: write {id:int}"),
            ("/shop/<a b>", 8, "a name has letters, digits and '_' only, not ' ': write <id>"),
            ("/shop/<int:a-b>", 12, "a name has letters, digits and '_' only, not '-': write <int:id>"),
            ("/user/<integer:pk>/", 7, "unknown type 'integer'; write str, int, slug, uuid or path, such as <int:pk>"),
            ("/user/{pk:[0-9]+}", 10, "unknown type '[0-9]+'; write str, int, slug, uuid or path, such as {pk:int}"),
            (
                r"^user/(?P<pk>\d+)/$",
                0,
                "this is a regular expression; write a path with variable parts, such as user/<int:pk>/",
            ),
            ("/shop/*", 6, "'*' does not work here; write {name} for one segment, or <path:rest> for all that follows"),
            ("/shop?id=:id", 5, "a route has no query: it ends before the '?'"),
            ("/shop#:id", 5, "browsers do not send what follows a '#': end the route before it"),
            ("/shop/id>", 8, "this '>' has nothing to close"),
            ("/a b/:id", 2, "a path has no spaces; write %20 if it is logged so"),
            ("/shop//:id", 6, "repeated slashes count as one: write one"),
            ("/<int:a><int:b>", 8, "write something between {b} and the part before it, such as a slash"),
        ];
        for (text, at, what) in rows {
            let error = text.parse::<RoutePattern>().unwrap_err();
            assert_eq!((error.what(), error.at()), (what, at), "{text}");
        }
    }
}
