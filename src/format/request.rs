//! The request line: `METHOD TARGET [PROTOCOL]`, and the path of its target.

use std::borrow::Cow;

use crate::text::{find_anywhere, find_near};

/// Treatment of a request's query string: dropped, or kept as part of the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// The path ends before the `?`.
    #[default]
    Strip,
    /// The path is the whole target.
    Keep,
}

/// The parts of a request line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) target: &'a [u8],
    pub(crate) protocol: Option<&'a [u8]>,
}

/// Splits a request line. `None` if it is not a request: TLS bytes, `-`, an empty text.
///
/// METHOD is ASCII letters, `_` and `-`. One or more spaces separate the parts. A trailing `HTTP/` with a version is
/// the protocol, and everything between is the target.
#[inline(always)]
pub(crate) fn split(line: &[u8]) -> Option<Request<'_>> {
    match split_plain(line) {
        None => split_any(line),
        plain => plain,
    }
}

/// Splits the shape that nearly every request has: a method, a target that begins with `/`, HTTP with one digit on each
/// side of the point, and single spaces between. Returns `None` for anything else, which [`split_any`] then decides.
#[inline(always)]
fn split_plain(line: &[u8]) -> Option<Request<'_>> {
    const PROTOCOL: u64 = u64::from_le_bytes(*b" HTTP/0.");
    // All bits except those in which digits differ.
    const ALL_BUT_DIGIT: u64 = !(0xF << 48);
    let (before, protocol) = line.split_last_chunk::<9>()?;
    let word = u64::from_le_bytes(*protocol.first_chunk()?);
    if word & ALL_BUT_DIGIT != PROTOCOL || !protocol[6].is_ascii_digit() || !protocol[8].is_ascii_digit() {
        return None;
    }
    let method_end = usual_method_end(before).or_else(|| find_near(b' ', before))?;
    let (method, target) = (&before[..method_end], &before[method_end + 1..]);
    let is_plain = target.first() == Some(&b'/') && target.last() != Some(&b' ');
    (is_plain && (method == b"GET" || is_method(method))).then_some(Request {
        method,
        target,
        protocol: Some(&protocol[1..]),
    })
}

/// End of the method `GET`, which nearly every request has.
#[inline]
fn usual_method_end(line: &[u8]) -> Option<usize> {
    let word = u32::from_le_bytes(*line.first_chunk()?);
    (word == u32::from_le_bytes(*b"GET ")).then_some(3)
}

#[inline]
fn is_method(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))
}

#[cold]
fn split_any(line: &[u8]) -> Option<Request<'_>> {
    let method_end = memchr::memchr(b' ', line)?;
    let (method, rest) = line.split_at(method_end);
    if !is_method(method) {
        return None;
    }
    let rest = trim(rest);
    if rest.is_empty() {
        return None;
    }
    if let Some((before, last)) = last_word(rest)
        && is_protocol(last)
    {
        return Some(Request { method, target: trim_end(before), protocol: Some(last) });
    }
    Some(Request { method, target: rest, protocol: None })
}

/// The text before the last space, and the word after it.
fn last_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr::memrchr(b' ', text)?;
    Some((&text[..space], &text[space + 1..]))
}

fn is_protocol(word: &[u8]) -> bool {
    let Some(version) = word.strip_prefix(b"HTTP/") else { return false };
    let is_number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    match memchr::memchr(b'.', version) {
        Some(point) => is_number(&version[..point]) && is_number(&version[point + 1..]),
        None => is_number(version),
    }
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|b| *b != b' ').unwrap_or(text.len());
    trim_end(&text[start..])
}

fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|b| *b != b' ').map_or(0, |last| last + 1);
    &text[..end]
}

/// The target without scheme and authority; `/` if nothing else is left of an absolute URI.
#[inline(always)]
pub(crate) fn path_and_query(target: &[u8]) -> Cow<'_, [u8]> {
    if target.first() == Some(&b'/') { Cow::Borrowed(target) } else { path_and_query_of_other(target) }
}

#[cold]
#[inline(never)]
fn path_and_query_of_other(target: &[u8]) -> Cow<'_, [u8]> {
    let Some(rest) = after_authority(target) else { return Cow::Borrowed(target) };
    match rest.first() {
        Some(b'/') => Cow::Borrowed(rest),
        None => Cow::Borrowed(b"/"),
        Some(_) => Cow::Owned([b"/", rest].concat()),
    }
}

/// The scheme of a target that is an absolute URI, and the text after `://`.
fn scheme_and_rest(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memmem::find(target, b"://")?;
    let (scheme, rest) = (&target[..end], &target[end + 3..]);
    let is_of_scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-');
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(is_of_scheme);
    is_scheme.then_some((scheme, rest))
}

/// The scheme of a request line whose target is an absolute URI.
pub(crate) fn request_scheme(line: &[u8]) -> Option<&[u8]> {
    scheme_and_rest(split(line)?.target).map(|(scheme, _)| scheme)
}

/// The text after `scheme://authority`, which ends at the first of `/?#`. `None` if the target does not begin with a
/// scheme.
pub(super) fn after_authority(target: &[u8]) -> Option<&[u8]> {
    let (_, rest) = scheme_and_rest(target)?;
    let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    Some(&rest[end..])
}

/// The path before the first `?`.
#[inline(always)]
pub(crate) fn without_query(path: &[u8]) -> &[u8] {
    &path[..find_anywhere(b'?', path).unwrap_or(path.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::Regex;

    /// Slow reference: the rule of [`split`] as a regular expression.
    fn same_as_reference(line: &[u8]) {
        let rule =
            Regex::new(r"(?s-u)^([A-Za-z_-]+) +([^ ]+(?: +[^ ]+)*?)(?: +(HTTP/[0-9]+(?:\.[0-9]+)?))? *\z").unwrap();
        let expected = rule.captures(line).map(|found| {
            let part = |i| found.get(i).map(|part| part.as_bytes());
            Request { method: part(1).unwrap(), target: part(2).unwrap(), protocol: part(3) }
        });
        assert_eq!(split(line), expected, "{:?}", String::from_utf8_lossy(line));
    }

    #[test]
    fn odd_requests_split_like_the_slow_reference() {
        for line in [
            "GET / HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET  /a   b  HTTP/2.0  ",
            "GET /",
            "GET",
            "GET ",
            "",
            "-",
            " GET /",
            "GET HTTP/1.1",
            "GET  HTTP/1.1 HTTP/1.1",
            "GET /a HTTP/1.",
            "GET /a HTTP/",
            "GET /a HTTP/11",
            "M-SEARCH * HTTP/1.1",
            "get_x /a HTTP/3",
            "G3T / HTTP/1.1",
            "GET\t/ HTTP/1.1",
            "GET /aHTTP/1.1",
            "GET /a HTTP/1.1x",
            "GET /\n HTTP/1.0",
            "GET a HTTP/1.1 ",
            "GET /abc/  HTTP/1.1",
            "PRI * HTTP/2.0",
            "GET /a HTTP/1.1 HTTP/1.1",
            // Differ from a digit only in the bits in which digits differ.
            "GET /a HTTP/:.1",
            "GET /a HTTP/1.?",
            "GET /a HTTP/?.:",
            " /a HTTP/1.1",
            "\u{16}\u{3}\u{1}",
        ] {
            same_as_reference(line.as_bytes());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_request_splits_like_the_slow_reference(
            words in proptest::collection::vec(
                proptest::sample::select(vec![
                    "GET", "/a", " ", "  ", "HTTP/1.1", "HTTP/", "HTTP/10", "HTTP/1.x", "HTTP/1", "-", "_", "\u{7f}", "é", "/a?b=c d", "\n",
                ]), 0..8),
        ) {
            same_as_reference(words.concat().as_bytes());
        }
    }

    #[test]
    fn scheme_and_authority_of_an_absolute_uri_are_removed() {
        for (target, path) in [
            ("/a/b", "/a/b"),
            ("http://h/a", "/a"),
            ("http://h", "/"),
            ("http://h?x=1", "/?x=1"),
            ("http://h#f", "/#f"),
            ("a+b.c-d://h/p", "/p"),
            ("1http://h/p", "1http://h/p"),
            ("http:/h/p", "http:/h/p"),
            ("://h/p", "://h/p"),
            ("h:443", "h:443"),
            ("*", "*"),
            ("/x?u=http://h/p", "/x?u=http://h/p"),
            ("x?u=http://h/p", "x?u=http://h/p"),
        ] {
            assert_eq!(path_and_query(target.as_bytes()), path.as_bytes(), "{target}");
        }
        assert_eq!(without_query(b"/a?b?c"), b"/a");
        assert_eq!(without_query(b"?b"), b"");
    }
}
