//! Derives variables that are parts of the request, for formats that do not log them separately.
//!
//! nginx computes them from the request line that the client sent, so the line contains what nginx would have logged.
//! They are derived only for the hits of a question that asks for them.

use std::borrow::Cow;

use bumpalo::Bump;

use super::request;
use super::row::Row;
use super::variables::Destination;
use crate::batch::{MISSING, TextField};
use crate::format::slot::Slot;
use crate::text::{escape_backslashes, undo_escapes};

/// A variable that is a part of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RequestPart {
    RequestUri,
    /// `$uri`: the path without its query, as reports have it. nginx decodes it, but a log without `$uri` does not show
    /// how.
    Uri,
    Args,
    IsArgs,
    /// `$arg_NAME`; holds the name.
    Arg(Box<str>),
}

/// Start and end of a value in a text.
type Span = (usize, usize);

impl RequestPart {
    /// The part that the variable of this name is; `None` if it cannot be derived.
    pub(super) fn named(variable: &str) -> Option<RequestPart> {
        match variable {
            "request_uri" => Some(RequestPart::RequestUri),
            "uri" => Some(RequestPart::Uri),
            "args" | "query_string" => Some(RequestPart::Args),
            "is_args" => Some(RequestPart::IsArgs),
            _ => variable.strip_prefix("arg_").map(|name| RequestPart::Arg(name.into())),
        }
    }

    /// True if a variable that feeds `destination` contains this part.
    pub(super) fn is_in(&self, destination: Destination) -> bool {
        match destination {
            Destination::Request => true,
            Destination::Text(TextField::Path) | Destination::UriAndArgs => *self != RequestPart::RequestUri,
            Destination::Args => !matches!(self, RequestPart::RequestUri | RequestPart::Uri),
            Destination::Uri => *self == RequestPart::Uri,
            _ => false,
        }
    }

    /// The value as nginx would have logged it, with backslashes escaped as in every other column.
    pub(super) fn value<'a>(&self, row: &Row<'a>, bump: &'a Bump) -> &'a [u8] {
        if *self == RequestPart::Uri {
            return uri(row, bump);
        }
        let logged = |slot: Slot| Some(row.text(slot)).filter(|text| *text != MISSING);
        let part = |raw: &'a [u8], of: &dyn Fn(&[u8]) -> Option<Span>| match undo_escapes(raw) {
            Cow::Borrowed(plain) => of(plain).map(|(start, end)| &plain[start..end]),
            Cow::Owned(plain) => of(&plain).map(|(start, end)| {
                let escaped: &'a [u8] = bump.alloc_slice_copy(&escape_backslashes(&plain[start..end]));
                escaped
            }),
        };
        let of_args = |args: &[u8]| self.of_args(args);
        let found = if let Some(args) = logged(Slot::ARGS).filter(|_| *self != RequestPart::RequestUri) {
            part(args, &of_args)
        } else if let Some(line) = logged(Slot::REQUEST) {
            part(line, &|line| self.of_request(line))
        } else if let Some(uri) = logged(Slot::of(TextField::Path)).or_else(|| logged(Slot::URI_AND_ARGS)) {
            part(uri, &|uri| self.of_target(uri))
        } else {
            None
        };
        match found {
            _ if *self == RequestPart::IsArgs && found.is_some() => b"?",
            None | Some([]) => MISSING,
            Some(value) => value,
        }
    }

    /// Finds the value in a request line.
    fn of_request(&self, line: &[u8]) -> Option<Span> {
        let target = request::split(line)?.target;
        let (start, end) = self.of_target(target)?;
        let at = target.as_ptr().addr() - line.as_ptr().addr();
        Some((at + start, at + end))
    }

    /// Finds the value in a target. If the target is neither a path nor an absolute URI, nginx answers 400, and none of
    /// its parts exist.
    fn of_target(&self, target: &[u8]) -> Option<Span> {
        let uri = match target {
            [b'/', ..] => target,
            _ => request::after_authority(target)?,
        };
        let at = target.len() - uri.len();
        if *self == RequestPart::RequestUri {
            return Some((at, target.len()));
        }
        // A fragment ends the arguments, or hides them if it comes first.
        let end = memchr::memchr(b'#', uri).unwrap_or(uri.len());
        let from = memchr::memchr(b'?', &uri[..end])? + 1;
        let (start, end) = self.of_args(&uri[from..end])?;
        Some((at + from + start, at + from + end))
    }

    /// Finds the value in the arguments, which must not be empty: without any, nginx writes no `?`.
    fn of_args(&self, args: &[u8]) -> Option<Span> {
        let RequestPart::Arg(name) = self else {
            return (!args.is_empty()).then_some((0, args.len()));
        };
        let mut at = 0;
        for argument in args.split(|b| *b == b'&') {
            let value = argument.split_at_checked(name.len()).and_then(|(found, rest)| {
                let is_it = found.eq_ignore_ascii_case(name.as_bytes());
                rest.strip_prefix(b"=").filter(|_| is_it)
            });
            let end = at + argument.len();
            if let Some(value) = value {
                return Some((end - value.len(), end));
            }
            at = end + 1;
        }
        None
    }
}

/// The path of the request without its query, from the request line or else from what logs a path.
fn uri<'a>(row: &Row<'a>, bump: &'a Bump) -> &'a [u8] {
    let kept = |path: &[u8]| -> &'a [u8] { bump.alloc_slice_copy(&escape_backslashes(path)) };
    let of_target = |target: &[u8]| kept(request::without_query(&request::path_and_query(target)));
    let (line, target) = (row.text(Slot::REQUEST), row.text(Slot::of(TextField::Path)));
    let found = if line != MISSING {
        request::split(&undo_escapes(line)).map(|request| of_target(request.target))
    } else if target != MISSING {
        Some(of_target(&undo_escapes(target)))
    } else {
        uri_and_args(row).map(|(uri, _)| kept(&undo_escapes(uri)))
    };
    found.filter(|uri| !uri.is_empty()).unwrap_or(MISSING)
}

/// The values of `$uri` and `$args`; `None` if `$uri` is not logged. For a path without a query, `$uri$is_args$args` is
/// `/path-`, because nginx writes the missing `$args` as `-`.
pub(super) fn uri_and_args<'a>(row: &Row<'a>) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let uri = row.text(Slot::URI);
    if uri != MISSING {
        let args = row.text(Slot::ARGS);
        return Some((uri, (!args.is_empty() && args != MISSING).then_some(args)));
    }
    let both = row.text(Slot::URI_AND_ARGS);
    if both == MISSING {
        return None;
    }
    match memchr::memchr(b'?', both) {
        Some(end) => Some((&both[..end], Some(&both[end + 1..]))),
        None => Some((both.strip_suffix(MISSING).unwrap_or(both), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(variable: &str, slot: Slot, text: &str) -> String {
        let bump = Bump::new();
        let mut row = Row::EMPTY;
        row.set_text(slot, bump.alloc_slice_copy(text.as_bytes()));
        let value = RequestPart::named(variable).unwrap().value(&row, &bump);
        String::from_utf8(value.to_vec()).unwrap()
    }

    #[test]
    fn request_parts_match_what_nginx_logs() {
        for (line, uri, args, is_args, arg) in [
            ("GET /a?x=1&y=2 HTTP/1.1", "/a?x=1&y=2", "x=1&y=2", "?", "1"),
            ("GET /a HTTP/1.1", "/a", "-", "-", "-"),
            ("GET /a? HTTP/1.1", "/a?", "-", "-", "-"),
            ("GET /a?X=1&x=2 HTTP/1.1", "/a?X=1&x=2", "X=1&x=2", "?", "1"),
            ("GET /a?ax=1&x=%20 HTTP/1.1", "/a?ax=1&x=%20", "ax=1&x=%20", "?", "%20"),
            ("GET /a?x&x=&x=3 HTTP/1.1", "/a?x&x=&x=3", "x&x=&x=3", "?", "-"),
            ("GET /a?x=b=c?d HTTP/1.1", "/a?x=b=c?d", "x=b=c?d", "?", "b=c?d"),
            ("GET /a?x=1#f HTTP/1.1", "/a?x=1#f", "x=1", "?", "1"),
            ("GET /a#f?x=1 HTTP/1.1", "/a#f?x=1", "-", "-", "-"),
            ("GET /my file?x=a b HTTP/1.1", "/my file?x=a b", "x=a b", "?", "a b"),
            ("GET http://h/a?x=1 HTTP/1.1", "/a?x=1", "x=1", "?", "1"),
            ("GET /?x=1", "/?x=1", "x=1", "?", "1"),
            ("GET /?x=\\x22\\xC3\\xA9 HTTP/1.1", "/?x=\"é", "x=\"é", "?", "\"é"),
            ("GET /?x=\\x5Cx22 HTTP/1.1", "/?x=\\\\x22", "x=\\\\x22", "?", "\\\\x22"),
            ("GET /\\x3Fx=\\x41 HTTP/1.1", "/?x=A", "x=A", "?", "A"),
            ("OPTIONS * HTTP/1.1", "-", "-", "-", "-"),
            ("\\x16\\x03\\x01", "-", "-", "-", "-"),
            ("-", "-", "-", "-", "-"),
            ("", "-", "-", "-", "-"),
        ] {
            let of = |variable| derived(variable, Slot::REQUEST, line);
            assert_eq!(
                [of("request_uri"), of("args"), of("is_args"), of("arg_x")],
                [uri, args, is_args, arg],
                "{line}"
            );
            assert_eq!(of("query_string"), args);
        }
    }

    #[test]
    fn arguments_are_read_from_any_variable_that_contains_them() {
        assert_eq!(derived("arg_x", Slot::ARGS, "y=2&x=1"), "1");
        assert_eq!(derived("is_args", Slot::ARGS, "y"), "?");
        assert_eq!(derived("arg_X", Slot::of(TextField::Path), "/a?x=1"), "1");
        assert_eq!(derived("args", Slot::URI_AND_ARGS, "/a?x=1"), "x=1");
        assert_eq!(derived("args", Slot::URI_AND_ARGS, "/a-"), "-");
        assert!(
            !RequestPart::RequestUri.is_in(Destination::UriAndArgs) && RequestPart::Args.is_in(Destination::UriAndArgs)
        );
        assert_eq!((RequestPart::named("request"), RequestPart::named("path")), (None, None));
    }

    #[test]
    fn uri_is_the_path_without_its_query() {
        for (line, expected) in [
            ("GET /a?x=1 HTTP/1.1", "/a"),
            ("GET /a HTTP/1.1", "/a"),
            ("GET /a%20b#f HTTP/1.1", "/a%20b#f"),
            ("GET http://h/a?x HTTP/1.1", "/a"),
            ("GET http://h HTTP/1.1", "/"),
            ("GET http://h?x HTTP/1.1", "/"),
            ("GET /\\x22\\x5C? HTTP/1.1", "/\"\\\\"),
            ("OPTIONS * HTTP/1.1", "*"),
            ("GET ?x HTTP/1.1", "-"),
            ("\\x16\\x03", "-"),
            ("-", "-"),
        ] {
            assert_eq!(derived("uri", Slot::REQUEST, line), expected, "{line}");
        }
        assert_eq!(derived("uri", Slot::of(TextField::Path), "/a?x"), "/a");
        assert_eq!(derived("uri", Slot::URI, "/a?x"), "/a?x", "nginx decoded it");
        assert_eq!(derived("uri", Slot::URI_AND_ARGS, "/a?x=1"), "/a");
        assert_eq!(derived("uri", Slot::URI_AND_ARGS, "/a-"), "/a");
        assert_eq!(derived("uri", Slot::ARGS, "x=1"), "-");
    }

    proptest::proptest! {
        /// nginx's own search: the first `NAME=` that begins the arguments or follows an `&`.
        #[test]
        fn arguments_are_found_as_nginx_finds_them(words in proptest::collection::vec(
            proptest::sample::select(vec!["x", "X", "x=", "=", "&", "y", "xx=", "?", "%78="]), 0..12)
        ) {
            let args = words.concat();
            let lower = args.to_ascii_lowercase();
            let first = lower.match_indices("x=").find(|(at, _)| *at == 0 || lower.as_bytes()[at - 1] == b'&');
            let expected = first.map_or("", |(at, _)| args[at + 2..].split('&').next().unwrap());
            let expected = if expected.is_empty() { "-" } else { expected };
            proptest::prop_assert_eq!(derived("arg_x", Slot::REQUEST, &format!("GET /?{args} HTTP/1.1")), expected);
        }
    }
}
