//! The route of a path.

use std::borrow::Cow;
use std::sync::Arc;

use super::pattern::RoutePattern;
use super::variable_part::named;
use super::without_query;
use crate::keys::fixed_hash;

/// The patterns by which paths have routes. Paths that match none have their variable parts named by what they look
/// like.
///
/// ```
/// use logstat::{RoutePattern, Routes};
/// let routes: Routes = ["/shop/:id".parse::<RoutePattern>()?].into_iter().collect();
/// assert_eq!(*routes.route(b"/shop/blue-socks"), *b"/shop/{id}");
/// assert_eq!(*routes.route(b"/user/17/2026-11-30/"), *b"/user/{int}/{date}/");
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    patterns: Arc<[RoutePattern]>,
}

impl FromIterator<RoutePattern> for Routes {
    fn from_iter<I: IntoIterator<Item = RoutePattern>>(patterns: I) -> Routes {
        Routes { patterns: patterns.into_iter().collect() }
    }
}

impl Routes {
    /// The patterns. The first that matches a path gives its route.
    pub fn patterns(&self) -> &[RoutePattern] {
        &self.patterns
    }

    /// The route of a path.
    ///
    /// A query is not part of it, and repeated slashes count as one, as in nginx. A slash at the end is kept: most
    /// sites redirect one form to the other. Nothing is percent-decoded. A target that does not start with a slash, such
    /// as `*`, is kept as it is.
    pub fn route<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        let path = without_query(path);
        if !path.starts_with(b"/") {
            return Cow::Borrowed(path);
        }
        let path = with_single_slashes(path);
        if let Some(pattern) = self.patterns.iter().find(|pattern| pattern.matches(&path)) {
            return Cow::Owned(pattern.route().as_bytes().to_vec());
        }
        // Until a part is replaced, the route is the path itself.
        let (mut route, mut start) = (None::<Vec<u8>>, 0);
        for part in path[1..].split(|byte| *byte == b'/') {
            let name = if part.is_empty() { Cow::Borrowed(part) } else { named(part) };
            if let Some(route) = &mut route {
                route.push(b'/');
                route.extend_from_slice(&name);
            } else if *name != *part {
                route = Some([&path[..=start], &*name].concat());
            }
            start += 1 + part.len();
        }
        route.map_or(path, Cow::Owned)
    }

    /// Hash of the built-in rules: of the routes of these paths, which differ in every rule.
    pub(crate) fn fingerprint() -> u64 {
        let routes = EXAMPLES.map(|path| Routes::default().route(path.as_bytes()).into_owned());
        fixed_hash(&routes.join(&b'\n'))
    }

    /// True if a route is that of a pattern.
    pub(crate) fn has(&self, route: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| pattern.route().as_bytes() == route)
    }
}

/// Paths for [`Routes::fingerprint`].
const EXAMPLES: [&str; 17] = [
    "//a//17/?b",
    "/00000000-0000-0000-0000-000000000000",
    "/2024-02-29",
    "/20240229",
    "/2023-02-29",
    "/20230229",
    "/0",
    "/1234567a",
    "/123456a",
    "/abcdefab",
    "/{int}",
    "/%31",
    "/17.jpg",
    "/17.7",
    "/a.1234567a.b.js",
    "/a.12345678.js",
    "/.17",
];

/// Replaces repeated slashes by one.
fn with_single_slashes(path: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(path, b"//").is_none() {
        return Cow::Borrowed(path);
    }
    let mut single = path.to_vec();
    single.dedup_by(|next, before| *next == b'/' && *before == b'/');
    Cow::Owned(single)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(patterns: &[&str], path: &str) -> String {
        let routes: Routes = patterns.iter().map(|pattern| pattern.parse::<RoutePattern>().unwrap()).collect();
        String::from_utf8(routes.route(path.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn variable_parts_have_names() {
        let rows = [
            ("/", "/"),
            ("/shop/17", "/shop/{int}"),
            ("/shop/17/", "/shop/{int}/"),
            ("/shop/17/reviews/18", "/shop/{int}/reviews/{int}"),
            ("/17", "/{int}"),
            ("/shop/17?page=2", "/shop/{int}"),
            ("/shop?id=17", "/shop"),
            ("/archive/2026/11/30", "/archive/{int}/{int}/{int}"),
            ("/archive/2026-11-30", "/archive/{date}"),
            ("/media/12345.jpg", "/media/{int}.jpg"),
            ("//", "/"),
            ("//shop///17//", "/shop/{int}/"),
            ("/shop/%31%37", "/shop/%31%37"),
            ("/shop%2F17", "/shop%2F17"),
            ("/shop/{int}", "/shop/%7Bint%7D"),
            ("/shop/17;v=1", "/shop/17;v=1"),
            ("/shop/../17", "/shop/../{int}"),
            ("*", "*"),
            ("example.com:443", "example.com:443"),
            ("17", "17"),
            ("?a", ""),
        ];
        for (path, expected) in rows {
            assert_eq!(route(&[], path), expected, "{path}");
        }
    }

    #[test]
    fn first_pattern_that_matches_wins() {
        let patterns =
            ["/shop/new", "/shop/:id", "user/<int:pk>/", "/f/<path:rest>", "/d/<slug:s>.html", "/u/<uuid:u>"];
        let rows = [
            ("/shop/new", "/shop/new"),
            ("/shop/17", "/shop/{id}"),
            ("/shop/blue%20socks", "/shop/{id}"),
            ("//shop//17", "/shop/{id}"),
            ("/shop/17?a=/b", "/shop/{id}"),
            ("/shop/17/", "/shop/{int}/"),
            ("/shop/", "/shop/"),
            ("/shop/17/18", "/shop/{int}/{int}"),
            ("/user/17/", "/user/{pk}/"),
            ("/user/17", "/user/{int}"),
            ("/user/me/", "/user/me/"),
            ("/f/a/b/17", "/f/{rest}"),
            ("/f/", "/f/"),
            ("/d/a-b_C.html", "/d/{s}.html"),
            ("/d/a.b.html", "/d/a.b.html"),
            ("/u/123e4567-e89b-12d3-a456-426614174000", "/u/{u}"),
            ("/u/123e4567", "/u/{hex}"),
        ];
        for (path, expected) in rows {
            assert_eq!(route(&patterns, path), expected, "{path}");
        }
        assert_eq!(route(&["/shop/:id", "/shop/new"], "/shop/new"), "/shop/{id}");
    }
}
