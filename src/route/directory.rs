//! The directories of a path, and its file.

use std::borrow::Cow;

use super::without_query;

/// The first directory of a path: `/shop/` for `/shop/cart/17`, `/` for paths in none.
///
/// A segment is a directory if something follows it, or if it has no dot: `/shop` is in `/shop/`, `/robots.txt` in
/// `/`. Repeated slashes count as one. `None` for a target that is not a path, such as `*`.
pub(crate) fn directory(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    of_path(path, 1)
}

/// The first two directories of a path: `/shop/cart/` for `/shop/cart/17`, and less for paths that are in fewer.
pub(crate) fn two_directories(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    of_path(path, 2)
}

/// The last segment of a path if it has a dot: `robots.txt`. No directory ends with it.
pub(crate) fn file(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    let path = without_query(path.strip_prefix(b"/")?);
    let last = path.rsplit(|byte| *byte == b'/').next()?;
    last.contains(&b'.').then_some(Cow::Borrowed(last))
}

fn of_path(path: &[u8], most: usize) -> Option<Cow<'_, [u8]>> {
    let path = without_query(path);
    path.strip_prefix(b"/")?;
    // Bytes of the path up to the last directory, as long as it has the slashes of directories only.
    let mut len = 1;
    let mut is_plain = true;
    let mut directories: Vec<&[u8]> = Vec::with_capacity(most);
    while directories.len() < most {
        let rest = path.get(len..).unwrap_or_default();
        let start = rest.iter().take_while(|byte| **byte == b'/').count();
        let segment = &rest[start..];
        let end = memchr::memchr(b'/', segment);
        let segment = &segment[..end.unwrap_or(segment.len())];
        if segment.is_empty() || end.is_none() && segment.contains(&b'.') {
            break;
        }
        is_plain &= start == 0 && end.is_some();
        len += start + segment.len() + 1;
        directories.push(segment);
    }
    Some(if is_plain {
        Cow::Borrowed(&path[..len])
    } else {
        Cow::Owned(directories.iter().fold(b"/".to_vec(), |all, next| [&all[..], next, b"/"].concat()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::*;

    #[test]
    fn directories_end_before_the_file() {
        let rows = [
            ("/", "/", "/", "-"),
            ("/shop", "/shop/", "/shop/", "-"),
            ("/shop/", "/shop/", "/shop/", "-"),
            ("/shop/cart", "/shop/", "/shop/cart/", "-"),
            ("/shop/cart/17", "/shop/", "/shop/cart/", "-"),
            ("/shop/cart/17.html", "/shop/", "/shop/cart/", "17.html"),
            ("/shop/logo.png", "/shop/", "/shop/", "logo.png"),
            ("/shop.d/x", "/shop.d/", "/shop.d/x/", "-"),
            ("/robots.txt", "/", "/", "robots.txt"),
            ("/robots.txt/", "/robots.txt/", "/robots.txt/", "-"),
            ("/.env", "/", "/", ".env"),
            ("/.well-known/acme-challenge/x", "/.well-known/", "/.well-known/acme-challenge/", "-"),
            ("//", "/", "/", "-"),
            ("//a///b//c.d", "/a/", "/a/b/", "c.d"),
            ("/a//", "/a/", "/a/", "-"),
            ("/a/..", "/a/", "/a/", ".."),
            ("/a?b=/c/d", "/a/", "/a/", "-"),
            ("/a.php?b=/c/d.e", "/", "/", "a.php"),
            ("/%2F/%2e", "/%2F/", "/%2F/%2e/", "-"),
            ("*", "-", "-", "-"),
            ("example.com:443", "-", "-", "-"),
            ("", "-", "-", "-"),
        ];
        for (path, dir, dir2, name) in rows {
            let key = |of: fn(&[u8]) -> Option<Cow<'_, [u8]>>| {
                String::from_utf8(of(path.as_bytes()).unwrap_or(Cow::Borrowed(b"-")).into_owned()).unwrap()
            };
            assert_eq!([key(directory), key(two_directories), key(file)], [dir, dir2, name], "{path}");
        }
    }

    proptest! {
        #[test]
        fn directories_match_regular_expressions(path in "[/.?ab]{0,16}") {
            let merged = Regex::new("/+").unwrap().replace_all(without_query(path.as_bytes()), &b"/"[..]);
            let joined = |rule: &str| {
                let found = Regex::new(rule).unwrap().captures(&merged)?;
                let names = found.iter().skip(1).flatten().map(|name| name.as_bytes());
                Some(names.fold(b"/".to_vec(), |all, name| [&all[..], name, b"/"].concat()))
            };
            let one = joined(r"^/(?:([^/]+)/|([^/.]+)$)?");
            prop_assert_eq!(directory(path.as_bytes()).map(Cow::into_owned), one);
            let two = joined(r"^/(?:([^/]+)/(?:([^/]+)/|([^/.]+)$)?|([^/.]+)$)?");
            prop_assert_eq!(two_directories(path.as_bytes()).map(Cow::into_owned), two);
            let name = Regex::new(r"^/(?:[^?]*/)?([^/?]*\.[^/?]*)(?:\?|$)").unwrap();
            let name = name.captures(path.as_bytes()).map(|found| found[1].to_vec());
            prop_assert_eq!(file(path.as_bytes()).map(Cow::into_owned), name);
        }
    }
}
