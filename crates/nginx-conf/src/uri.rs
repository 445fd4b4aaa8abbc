//! Normalizes the path of a request as nginx does before it compares locations: decoded, without `.` and `..`, slashes
//! merged.

/// Returns the [`normalized`] path of a request target, which may be an absolute URI.
pub(crate) fn of_target(target: &[u8], merge_slashes: bool) -> Option<Vec<u8>> {
    match after_authority(target) {
        None => normalized(target, merge_slashes),
        Some(rest) if rest.starts_with(b"/") => normalized(rest, merge_slashes),
        Some(rest) => normalized(&[b"/", rest].concat(), merge_slashes),
    }
}

/// Returns the part after `scheme://authority`; the authority ends at the first `/`, `?` or `#`. `None` if the target
/// does not begin with a scheme.
fn after_authority(target: &[u8]) -> Option<&[u8]> {
    let scheme = memchr::memmem::find(target, b"://")?;
    let is_scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-');
    if !target[0].is_ascii_alphabetic() || !target[..scheme].iter().all(is_scheme) {
        return None;
    }
    let rest = &target[scheme + 3..];
    let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    Some(&rest[end..])
}

/// Normalizes the path of `target`, which is as in the request line; the path ends at a query or fragment. `None` if
/// nginx rejects it with 400: a `%` without two hexadecimal digits, a NUL, `..` above the root, or no `/` at the start.
///
/// An escaped byte means the same as a bare one, with one exception: `%23` and `%3F` do not start a fragment or query,
/// and `%25` does not start an escape.
pub(crate) fn normalized(target: &[u8], merge_slashes: bool) -> Option<Vec<u8>> {
    if target.first() != Some(&b'/') {
        return None;
    }
    let mut path = Vec::with_capacity(target.len());
    let mut rest = target;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let byte = match *byte {
            b'?' | b'#' => break,
            b'%' => {
                let (high, low) = (hex(*rest.first()?)?, hex(*rest.get(1)?)?);
                rest = &rest[2..];
                high * 16 + low
            }
            byte => byte,
        };
        match byte {
            0 => return None,
            b'/' => {
                let had_dots = leave_dots(&mut path)?;
                let is_merged = merge_slashes && path.ends_with(b"/");
                if !had_dots && !is_merged {
                    path.push(b'/');
                }
            }
            byte => path.push(byte),
        }
    }
    leave_dots(&mut path)?;
    Some(path)
}

/// Removes a last segment `.`, or a last segment `..` with the one before it; the path then ends with a slash. Returns
/// true if there was such a segment, and `None` if it leads above the root.
fn leave_dots(path: &mut Vec<u8>) -> Option<bool> {
    if path.ends_with(b"/.") {
        path.pop();
    } else if path.ends_with(b"/..") {
        path.truncate(path.len() - 3);
        let parent = path.iter().rposition(|b| *b == b'/')?;
        path.truncate(parent + 1);
    } else {
        return Some(false);
    }
    Some(true)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|d| d as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_slashes_and_escapes_are_normalized_as_in_nginx() {
        for (target, expected) in TARGETS {
            assert_eq!(normalized(target.as_bytes(), true).as_deref(), expected.map(str::as_bytes), "{target}");
        }
        for (target, expected) in [("/a//b", "/a//b"), ("//a", "//a"), ("/a//../b", "/a/b"), ("/a/.//b", "/a//b")] {
            assert_eq!(normalized(target.as_bytes(), false).as_deref(), Some(expected.as_bytes()), "{target}");
        }
    }

    #[test]
    fn scheme_and_authority_of_absolute_uri_are_removed() {
        for (target, path) in [
            ("/a?b", Some("/a")),
            ("http://h/a", Some("/a")),
            ("http://h", Some("/")),
            ("http://h?x=1", Some("/")),
            ("a+b.c-d://h/p", Some("/p")),
            ("/x?u=http://h/p", Some("/x")),
            ("1http://h/p", None),
            ("://h/p", None),
            ("h:443", None),
            ("*", None),
        ] {
            assert_eq!(of_target(target.as_bytes(), true).as_deref(), path.map(str::as_bytes), "{target}");
        }
    }

    /// Expected values are the answers of nginx 1.22 with `return 200 "$uri"`.
    const TARGETS: [(&str, Option<&str>); 26] = [
        ("/", Some("/")),
        ("/a?b", Some("/a")),
        ("/a#b", Some("/a")),
        ("/a%3Fb%23c%25d?e", Some("/a?b#c%d")),
        ("//a///b//", Some("/a/b/")),
        ("/a%2f%2Fb", Some("/a/b")),
        ("/a/./b", Some("/a/b")),
        ("/a/../b", Some("/b")),
        ("/a/b/..", Some("/a/")),
        ("/a/.", Some("/a/")),
        ("/a/..", Some("/")),
        ("/a/..?x", Some("/")),
        ("/a/%2e%2E/b", Some("/b")),
        ("/a/...", Some("/a/...")),
        ("/a/..b/.c", Some("/a/..b/.c")),
        ("/a/b../c", Some("/a/b../c")),
        ("/a//../b", Some("/b")),
        ("/a+b%2B", Some("/a+b+")),
        ("/%41%6a", Some("/Aj")),
        ("/..", None),
        ("/../a", None),
        ("/a/../../b", None),
        ("/%", None),
        ("/%4", None),
        ("/%zz", None),
        ("/a%00b", None),
    ];

    proptest::proptest! {
        #[test]
        fn any_bytes_are_normalized_or_refused(
            parts in proptest::collection::vec(
                proptest::sample::select(vec!["/", ".", "..", "%2e", "%2F", "%", "a", "?", "%00", "\u{1}"]), 0..12),
            bytes: Vec<u8>,
        ) {
            for target in [parts.concat().into_bytes(), [b"/", bytes.as_slice()].concat()] {
                for merge_slashes in [true, false] {
                    if let Some(path) = normalized(&target, merge_slashes) {
                        proptest::prop_assert!(path.starts_with(b"/"));
                        let is_dots = |segment: &[u8]| segment == b"." || segment == b"..";
                        proptest::prop_assert!(!path.split(|b| *b == b'/').any(is_dots));
                    }
                }
            }
        }
    }
}
