//! Splits the text of a `log_format` into literals and variables.

use super::format_error::FormatError;
use super::piece::{Piece, Value};
use crate::batch::{Fields, TextField};
use crate::format::shape::Shape;
use crate::format::variables::{Author, Destination, URI_AND_ARGS, is_known, is_name, variable};

/// Splits a `log_format` into pieces. Literals are never empty and never adjacent.
pub(crate) fn parse(text: &str) -> Result<Vec<Piece>, FormatError> {
    let error = |at: usize, what: &str| FormatError { text: text.to_owned(), at, what: what.to_owned() };
    if let Some(at) = text.find('\n') {
        return Err(error(at, "a line feed, which no line of a log holds; join the parts as nginx does"));
    }
    let words = with_idioms(words(text).map_err(|(at, what)| error(at, what))?);
    let mut pieces = Vec::new();
    for (_, word) in words {
        let name = match word {
            Word::Literal(literal) => {
                pieces.push(Piece::Literal(literal.to_owned()));
                continue;
            }
            Word::Variable(name) => name,
        };
        let value = Value::of(name);
        match pieces.last_mut() {
            Some(Piece::Variable(before)) if !before.ends_before(&value) => {
                let name = format!("{}${}", before.name, value.name);
                let is_nginx = [before.author, value.author] == [Author::Nginx; 2];
                let author = if is_nginx { Author::Nginx } else { Author::Other };
                *before = Value { name, shape: Shape::Text, destination: Destination::Nothing, author };
            }
            _ => pieces.push(Piece::Variable(value)),
        }
    }
    if !pieces.iter().any(|p| matches!(p, Piece::Variable(_))) {
        return Err(match without_sign(text) {
            Some(at) => error(at, "no variable in it: a '$' stands before the name of each"),
            None if text.is_empty() => error(0, "it is empty"),
            None => error(0, "no variable in it"),
        });
    }
    Ok(resolve_destinations(pieces, &[]))
}

/// A literal, or the name of a variable.
enum Word<'t> {
    Literal(&'t str),
    Variable(&'t str),
}

/// Splits the text into words, each with its place. On an error, returns the place and the message.
fn words(text: &str) -> Result<Vec<(usize, Word<'_>)>, (usize, &'static str)> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let Some(after) = rest.strip_prefix('$') else {
            let end = rest.find('$').unwrap_or(rest.len());
            words.push((at, Word::Literal(&rest[..end])));
            rest = &rest[end..];
            continue;
        };
        let (name, after) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}').ok_or((at, "'${' without its '}'"))?,
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                after.split_at(end)
            }
        };
        if !is_name(name) {
            return Err((at, "'$' without the name of a variable, which is letters, digits and '_'"));
        }
        words.push((at, Word::Variable(name)));
        rest = after;
    }
    Ok(words)
}

/// Joins three variables that are commonly written next to each other and form one value: the path with its query.
fn with_idioms(words: Vec<(usize, Word<'_>)>) -> Vec<(usize, Word<'_>)> {
    let mut joined: Vec<(usize, Word<'_>)> = Vec::with_capacity(words.len());
    for (at, word) in words {
        joined.push((at, word));
        if let [.., (at, Word::Variable(uri)), (_, Word::Variable("is_args")), (_, Word::Variable(args))] = joined[..]
            && matches!(uri, "uri" | "document_uri")
            && matches!(args, "args" | "query_string")
        {
            joined.truncate(joined.len() - 3);
            joined.push((at, Word::Variable(URI_AND_ARGS)));
        }
    }
    joined
}

/// Finds the name of a variable that lacks its `$`, in a text without variables.
fn without_sign(text: &str) -> Option<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = text.split(|c| !is_part(c)).filter(|word| word.contains('_') && is_known(word));
    names.map(|word| word.as_ptr() as usize - text.as_ptr() as usize).next()
}

/// Lets only one variable feed each field. If several could, the first with a `given` role wins, then the one that is
/// first in the table of variables. `$request` feeds all its parts that no role feeds.
pub(super) fn resolve_destinations(mut pieces: Vec<Piece>, given: &[usize]) -> Vec<Piece> {
    let mut fed: Vec<(usize, usize)> = pieces
        .iter_mut()
        .enumerate()
        .filter(|(i, _)| !given.contains(i))
        .filter_map(|(i, p)| match p {
            Piece::Variable(value) => variable(&value.name).map(|(place, known)| {
                value.destination = known.destination;
                (place, i)
            }),
            Piece::Literal(_) => None,
        })
        .collect();
    fed.sort_unstable();
    let mut taken = Fields::NONE;
    for i in given.iter().copied().chain(fed.into_iter().map(|(_, i)| i)) {
        if let Piece::Variable(Value { destination, .. }) = &mut pieces[i] {
            let is_taken = match destination {
                Destination::Request => taken.contains(Fields::REQUEST),
                _ => taken.intersects(destination.fields()),
            };
            if is_taken {
                *destination = Destination::Nothing;
            }
            taken = taken.union(destination.fields());
        }
    }
    let addr = Destination::Text(TextField::Addr);
    let first = pieces.iter_mut().find_map(|p| if let Piece::Variable(value) = p { Some(value) } else { None });
    if let Some(first) = first.filter(|first| first.is_address_list())
        && !taken.intersects(addr.fields())
    {
        first.destination = addr;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(text: &str) -> Vec<(String, Destination)> {
        parse(text)
            .unwrap()
            .into_iter()
            .filter_map(|p| match p {
                Piece::Variable(Value { name, destination, .. }) => Some((name, destination)),
                Piece::Literal(_) => None,
            })
            .collect()
    }

    #[test]
    fn literals_and_variables_are_split() {
        let pieces = parse("[$time_local] ${host}x $status").unwrap();
        let literals: Vec<_> =
            pieces.iter().filter_map(|p| if let Piece::Literal(l) = p { Some(l.as_str()) } else { None }).collect();
        assert_eq!(literals, ["[", "] ", "x "]);
        assert_eq!(pieces.len(), 6);
    }

    #[test]
    fn one_variable_feeds_each_field() {
        let of = |text, name: &str| fed(text).into_iter().find(|(n, _)| n == name).unwrap().1;
        assert_eq!(of("$bytes_sent $body_bytes_sent", "bytes_sent"), Destination::Nothing);
        assert_eq!(of("$bytes_sent $body_bytes_sent", "body_bytes_sent"), Destination::Bytes);
        assert_eq!(of("$bytes_sent", "bytes_sent"), Destination::Bytes);
        assert_eq!(of("$request_method $request", "request_method"), Destination::Nothing);
        assert_eq!(of("$upstream_addr $status", "upstream_addr"), Destination::Nothing);
    }

    #[test]
    fn path_and_query_next_to_each_other_are_one_value() {
        for text in ["$uri$is_args$args", "${document_uri}$is_args$query_string"] {
            assert_eq!(fed(text), [(URI_AND_ARGS.to_owned(), Destination::UriAndArgs)]);
        }
        let names = |text| fed(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("$scheme://$host$request_uri"), ["scheme", "host", "request_uri"]);
        assert_eq!(names("$host$uri$is_args$args"), ["host", URI_AND_ARGS]);
    }

    #[test]
    fn adjacent_variables_that_cannot_be_separated_are_one_value() {
        let names = |text| fed(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("$uri$is_args $status"), ["uri$is_args", "status"]);
        assert_eq!(names("$remote_addr$host$scheme|$status"), ["remote_addr$host$scheme", "status"]);
        assert_eq!(fed("$remote_addr$host|$status")[0].1, Destination::Nothing);
        for text in [
            "$request$status",
            "$http_host$request_uri",
            "$request_time$host",
            "$time_local$remote_addr",
            "$host$time_local",
        ] {
            assert_eq!(names(text).len(), 2, "{text}");
        }
    }

    #[test]
    fn leading_address_list_feeds_the_address_if_nothing_else_does() {
        let addr = Destination::Text(TextField::Addr);
        assert_eq!(fed("$http_x_forwarded_for - $status")[0].1, addr);
        assert_eq!(fed("[$proxy_add_x_forwarded_for] $status")[0].1, addr);
        assert_eq!(fed("$http_x_forwarded_for, $remote_addr $status")[0].1, Destination::Nothing);
        assert_eq!(fed("$status $http_x_forwarded_for")[1].1, Destination::Nothing);
    }

    #[test]
    fn errors_point_at_the_mistake() {
        for (text, at) in [
            ("$", 0),
            ("$status $", 8),
            ("a ${status", 2),
            ("${a b}", 0),
            ("${}", 0),
            ("$é", 0),
            ("é $", 3),
            ("plain", 0),
            ("", 0),
            ("[time_local] remote_addr", 1),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.at, at, "{error}");
            let column = text[..at].chars().count();
            assert!(error.to_string().ends_with(&format!("\n  {}^", " ".repeat(column))), "{error}");
        }
        let error = parse("$status\n$host").unwrap_err();
        assert!(error.at == 7 && error.to_string().ends_with("\n  $status\n         ^"), "{error}");
    }
}
