//! The text of a `log_format`, cut into literals and variables.

use super::shape::Shape;
use super::variables::{Feeds, variable};

/// A part of a `log_format`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(String),
    Variable { name: String, shape: Shape, feeds: Feeds },
}

/// What is wrong with the text of a `log_format`, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    pub(crate) text: String,
    pub(crate) at: usize,
    pub(crate) what: String,
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = crate::report::printable(self.text.as_bytes());
        let before = crate::report::printable(&self.text.as_bytes()[..self.at]);
        let caret_at = before.chars().count();
        write!(f, "log format: {}\n  {text}\n  {:caret_at$}^", self.what, "")
    }
}

impl std::error::Error for FormatError {}

/// Cuts a `log_format` into pieces. Literals are never empty and no two of them are neighbours.
pub(crate) fn parse(text: &str) -> Result<Vec<Piece>, FormatError> {
    let error = |at: usize, what: &str| FormatError { text: text.to_owned(), at, what: what.to_owned() };
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let Some(after) = rest.strip_prefix('$') else {
            let end = rest.find('$').unwrap_or(rest.len());
            pieces.push(Piece::Literal(rest[..end].to_owned()));
            rest = &rest[end..];
            continue;
        };
        let (name, after) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}').ok_or_else(|| error(at, "'${' without its '}'"))?,
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                after.split_at(end)
            }
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(error(at, "'$' without the name of a variable, which is letters, digits and '_'"));
        }
        if let Some(Piece::Variable { name: before, shape, .. }) = pieces.last()
            && shape.width().is_none()
        {
            return Err(error(at, &format!("${before} and ${name} with nothing between: no telling where one ends")));
        }
        let (shape, feeds) = variable(name).map_or((Shape::Text, Feeds::Nothing), |(_, v)| (v.shape, v.feeds));
        pieces.push(Piece::Variable { name: name.to_owned(), shape, feeds });
        rest = after;
    }
    if !pieces.iter().any(|p| matches!(p, Piece::Variable { .. })) {
        return Err(error(0, "no variable in it"));
    }
    Ok(settle_feeds(pieces))
}

/// Leaves each feed to one variable: where a format logs two, the one that stands first in the table of variables,
/// and to `$request` all that it holds.
fn settle_feeds(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut fed: Vec<(usize, usize)> = pieces
        .iter()
        .enumerate()
        .filter_map(|(i, p)| match p {
            Piece::Variable { name, .. } => variable(name).map(|(place, _)| (place, i)),
            Piece::Literal(_) => None,
        })
        .collect();
    fed.sort_unstable();
    let mut taken = crate::batch::Fields::NONE;
    for (_, i) in fed {
        if let Piece::Variable { feeds, .. } = &mut pieces[i] {
            if taken.meets(feeds.fields()) {
                *feeds = Feeds::Nothing;
            }
            taken = taken.and(feeds.fields());
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(text: &str) -> Vec<(String, Feeds)> {
        parse(text)
            .unwrap()
            .into_iter()
            .filter_map(|p| match p {
                Piece::Variable { name, feeds, .. } => Some((name, feeds)),
                Piece::Literal(_) => None,
            })
            .collect()
    }

    #[test]
    fn cuts_literals_and_variables() {
        let pieces = parse("[$time_local] ${host}x $status").unwrap();
        let literals: Vec<_> =
            pieces.iter().filter_map(|p| if let Piece::Literal(l) = p { Some(l.as_str()) } else { None }).collect();
        assert_eq!(literals, ["[", "] ", "x "]);
        assert_eq!(pieces.len(), 6);
    }

    #[test]
    fn one_feed_has_one_variable() {
        let of = |text, name: &str| fed(text).into_iter().find(|(n, _)| n == name).unwrap().1;
        assert_eq!(of("$bytes_sent $body_bytes_sent", "bytes_sent"), Feeds::Nothing);
        assert_eq!(of("$bytes_sent $body_bytes_sent", "body_bytes_sent"), Feeds::Bytes);
        assert_eq!(of("$bytes_sent", "bytes_sent"), Feeds::Bytes);
        assert_eq!(of("$request_method $request", "request_method"), Feeds::Nothing);
        assert_eq!(of("$upstream_addr $status", "upstream_addr"), Feeds::Nothing);
    }

    #[test]
    fn what_cannot_be_is_said_with_its_place() {
        for (text, at) in
            [("$", 0), ("$status $", 8), ("a ${status", 2), ("${a b}", 0), ("plain", 0), ("$request$status", 8)]
        {
            let error = parse(text).unwrap_err();
            assert_eq!(error.at, at, "{error}");
            assert!(error.to_string().ends_with(&format!("{}^", " ".repeat(at))), "{error}");
        }
    }
}
