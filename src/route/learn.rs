//! Learns which segments are names of pages: `/blog/{slug}/`.
//!
//! A segment such as `my-first-post` does not look variable. But if many different ones follow the same parent, and none
//! of them stands out, they name things of one kind. This can only be seen in a whole log, so it is learned after the
//! last merge, from all routes and their hits.
//!
//! The result depends only on the set of routes with their answers, not on their order.

use std::borrow::Cow;

use super::extension;
use crate::keys::{Keys, Seed};

/// Minimum number of distinct values under one parent.
const VALUES: usize = 30;

/// A value with at least this part of its parent's requests stands out.
const STANDS_OUT: u64 = 20;

/// The name of learned values.
const SLUG: &[u8] = b"{slug}";

/// The name of everything below a parent of learned values that was only answered with 4xx. Without it, each wrong guess of a
/// scanner would be a route.
const UNSERVED: &[u8] = b"{unserved}";

/// How the hits of a route were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Hits with 2xx and 3xx.
    pub(crate) served: u64,
    /// True if a hit had another answer than 4xx, so that the route is not a wrong guess.
    pub(crate) is_known: bool,
}

impl Answers {
    /// Adds the hits of another route.
    pub(crate) fn add(&mut self, other: Answers) {
        self.served += other.served;
        self.is_known |= other.is_known;
    }
}

/// A route that has segments left.
#[derive(Clone, Copy)]
struct Open<'r> {
    /// Index of the route.
    at: usize,
    /// The segments that are left, without the slash before them.
    rest: &'r [u8],
    answers: Answers,
    /// Number of what comes before them, in which learned values have their names.
    parent: u32,
}

impl<'r> Open<'r> {
    /// The next segment, and what follows it.
    fn segment(&self) -> (&'r [u8], Option<&'r [u8]>) {
        match memchr::memchr(b'/', self.rest) {
            Some(end) => (&self.rest[..end], Some(&self.rest[end + 1..])),
            None => (self.rest, None),
        }
    }
}

/// A distinct segment under one parent.
struct Value<'r> {
    parent: u32,
    segment: &'r [u8],
    answers: Answers,
    becomes: Becomes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Becomes {
    Itself,
    Slug,
    Unserved,
}

/// The bytes of a route that a name replaces.
struct Edit {
    at: usize,
    start: usize,
    end: usize,
    becomes: Becomes,
}

/// Returns each route with its learned values named. `routes` are distinct, each with its answers; those of which
/// `is_fixed` is true have their names from patterns.
///
/// Values are learned segment by segment, from the first: values that became one count as one parent. The values under
/// a parent are the segments that were served there, with or without more segments after them; files of each extension
/// are taken on their own. A value with 5% of the requests stands out: it keeps its name, and its requests no longer
/// count. If at least 30 values are left when none stands out any more, they are `{slug}`.
///
/// Values that were never served do not count. Where others of the same kind became `{slug}`, so do those that failed
/// with another status than 4xx, because the application knows them. Everything below the other values is `{unserved}`.
pub(crate) fn learned<'r>(routes: &[(&'r [u8], Answers)], is_fixed: impl Fn(&[u8]) -> bool) -> Vec<Cow<'r, [u8]>> {
    let mut open: Vec<Open<'r>> = routes
        .iter()
        .enumerate()
        .filter(|(_, (route, _))| !is_fixed(route))
        .filter_map(|(at, (route, answers))| {
            Some(Open { at, rest: route.strip_prefix(b"/")?, answers: *answers, parent: 0 })
        })
        .collect();
    let mut edits: Vec<Edit> = Vec::new();
    while open.len() >= VALUES {
        let (mut values, value_of) = values(&open);
        decide(&mut values);
        open = next(&open, &values, &value_of, routes, &mut edits);
    }
    edits.sort_unstable_by_key(|edit| (edit.at, edit.start));
    let mut learned: Vec<Cow<'r, [u8]>> = routes.iter().map(|(route, _)| Cow::Borrowed(*route)).collect();
    for edits in edits.chunk_by(|edit, other| edit.at == other.at) {
        learned[edits[0].at] = Cow::Owned(rewritten(routes[edits[0].at].0, edits));
    }
    learned
}

/// The distinct segments under each parent, and for each open route the index of its own.
fn values<'r>(open: &[Open<'r>]) -> (Vec<Value<'r>>, Vec<u32>) {
    let mut keys = Keys::new(Seed::fixed(0));
    let mut values: Vec<Value<'r>> = Vec::new();
    let mut key = Vec::new();
    let mut value_of = Vec::with_capacity(open.len());
    for route in open {
        let (segment, _) = route.segment();
        key.clear();
        key.extend_from_slice(&route.parent.to_le_bytes());
        key.extend_from_slice(segment);
        let id = keys.id(&key);
        match values.get_mut(id as usize) {
            Some(value) => value.answers.add(route.answers),
            None => {
                let Open { parent, answers, .. } = *route;
                values.push(Value { parent, segment, answers, becomes: Becomes::Itself });
            }
        }
        value_of.push(id);
    }
    (values, value_of)
}

/// Decides what the values become.
fn decide(values: &mut [Value<'_>]) {
    let mut order: Vec<usize> = (0..values.len()).filter(|at| is_value(values[*at].segment)).collect();
    let extension = |at: &usize| extension(values[*at].segment).map(|(_, extension)| extension);
    // The most served first.
    order.sort_by_key(|at| (values[*at].parent, extension(at), std::cmp::Reverse(values[*at].answers.served)));
    let same_kind =
        |at: &usize, other: &usize| (values[*at].parent, extension(at)) == (values[*other].parent, extension(other));
    let mut slugs: Vec<usize> = Vec::new();
    for kind in order.chunk_by(same_kind) {
        let (served, others) = kind.split_at(kind.partition_point(|at| values[*at].answers.served > 0));
        let first = ordinary(served.iter().map(|at| values[*at].answers.served));
        if served.len() - first >= VALUES {
            slugs.extend(&served[first..]);
            slugs.extend(others.iter().filter(|at| values[**at].answers.is_known));
        }
    }
    let mut parents: Vec<u32> = slugs.iter().map(|at| values[*at].parent).collect();
    parents.dedup();
    for at in order {
        if !values[at].answers.is_known && parents.binary_search(&values[at].parent).is_ok() {
            values[at].becomes = Becomes::Unserved;
        }
    }
    slugs.into_iter().for_each(|at| values[at].becomes = Becomes::Slug);
}

/// True for a segment that is neither empty nor has a named part.
fn is_value(segment: &[u8]) -> bool {
    !segment.is_empty() && memchr::memchr(b'{', segment).is_none()
}

/// Of descending numbers of requests, the number of those that stand out.
fn ordinary(served: impl ExactSizeIterator<Item = u64> + Clone) -> usize {
    let mut rest: u64 = served.clone().sum();
    let stands_out = |served: &u64| {
        let is_large = *served >= rest.div_ceil(STANDS_OUT);
        rest -= if is_large { *served } else { 0 };
        is_large
    };
    served.take_while(stands_out).count()
}

/// Names the values of the open routes, and returns the routes that have further segments and may be among enough of
/// them.
fn next<'r>(
    open: &[Open<'r>],
    values: &[Value<'r>],
    value_of: &[u32],
    routes: &[(&'r [u8], Answers)],
    edits: &mut Vec<Edit>,
) -> Vec<Open<'r>> {
    let mut keys = Keys::new(Seed::fixed(0));
    let mut key = Vec::new();
    let mut next: Vec<Open<'r>> = Vec::new();
    // Number of open routes under each parent.
    let mut under: Vec<usize> = Vec::new();
    for (route, value) in open.iter().zip(value_of) {
        let value = &values[*value as usize];
        let (segment, rest) = route.segment();
        let whole = routes[route.at].0;
        let start = whole.len() - route.rest.len();
        let name = match value.becomes {
            Becomes::Itself => Cow::Borrowed(segment),
            Becomes::Slug => {
                let stem = extension(segment).map_or(segment, |(stem, _)| stem);
                edits.push(Edit { at: route.at, start, end: start + stem.len(), becomes: Becomes::Slug });
                Cow::Owned([SLUG, &segment[stem.len()..]].concat())
            }
            Becomes::Unserved => {
                edits.push(Edit { at: route.at, start, end: whole.len(), becomes: Becomes::Unserved });
                continue;
            }
        };
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { continue };
        key.clear();
        key.extend_from_slice(&route.parent.to_le_bytes());
        key.extend_from_slice(&name);
        let parent = keys.id(&key);
        match under.get_mut(parent as usize) {
            Some(routes) => *routes += 1,
            None => under.push(1),
        }
        next.push(Open { rest, parent, ..*route });
    }
    // A parent with fewer routes has fewer values, and so has everything below it.
    next.retain(|route| under[route.parent as usize] >= VALUES);
    next
}

fn rewritten(route: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut rewritten = Vec::with_capacity(route.len());
    let mut done = 0;
    for Edit { start, end, becomes, .. } in edits {
        rewritten.extend_from_slice(&route[done..*start]);
        rewritten.extend_from_slice(if *becomes == Becomes::Slug { SLUG } else { UNSERVED });
        done = *end;
    }
    rewritten.extend_from_slice(&route[done..]);
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Routes with these numbers of served hits. Those without any were answered with 4xx.
    fn seen(routes: &[(String, u64)]) -> Vec<(&[u8], Answers)> {
        let answers = |served: u64| Answers { served, is_known: served > 0 };
        routes.iter().map(|(route, served)| (route.as_bytes(), answers(*served))).collect()
    }

    fn learn(routes: &[(String, u64)]) -> Vec<String> {
        learned(&seen(routes), |_| false).iter().map(|route| String::from_utf8(route.to_vec()).unwrap()).collect()
    }

    /// Routes of this form, with a different word in place of each `*`, each with one served hit.
    fn posts(form: &str, count: usize) -> Vec<(String, u64)> {
        (0..count).map(|n| (form.replace('*', &word(n)), 1)).collect()
    }

    /// A different word for each number.
    fn word(n: usize) -> String {
        ["red", "green", "blue", "small", "large", "old"][n % 6].to_owned() + &"ly".repeat(n / 6)
    }

    #[test]
    fn thirty_served_values_are_a_slug() {
        for (form, expected) in [
            ("/blog/*", "/blog/{slug}"),
            ("/blog/*/", "/blog/{slug}/"),
            ("/*", "/{slug}"),
            ("/blog/*/comments/", "/blog/{slug}/comments/"),
            ("/blog/{int}/*", "/blog/{int}/{slug}"),
            ("/media/*.jpg", "/media/{slug}.jpg"),
        ] {
            assert!(learn(&posts(form, 30)).iter().all(|route| route == expected), "{form}");
            let few = posts(form, 29);
            assert!(learn(&few).iter().zip(&few).all(|(route, (old, _))| route == old), "{form}");
        }
    }

    #[test]
    fn values_that_stand_out_keep_their_names() {
        let mut routes = posts("/blog/*", 100);
        routes.push(("/blog/about".to_owned(), 6));
        let learned = learn(&routes);
        assert_eq!((&*learned[0], &*learned[100]), ("/blog/{slug}", "/blog/about"));
        routes[100].1 = 5;
        assert_eq!(learn(&routes)[100], "/blog/{slug}", "5 of 105 are less than 5%");
        // Without the first, the second stands out; with both, too few are left.
        let mut routes = posts("/blog/*", 31);
        (routes[0].1, routes[1].1) = (1000, 10);
        assert_eq!(learn(&routes), routes.iter().map(|(route, _)| route.clone()).collect::<Vec<_>>());
        assert_eq!(ordinary([1000, 10, 1, 1, 1].into_iter()), 5);
        assert_eq!(ordinary([2; 20].into_iter()), 20);
        assert_eq!(ordinary([2; 21].into_iter()), 0);
    }

    #[test]
    fn parents_are_decided_level_by_level() {
        // No post has 30 comments, but all posts together have.
        let mut routes: Vec<_> = (0..40).map(|n| (format!("/blog/{}/comments/{}", word(n), word(n + 7)), 1)).collect();
        routes.extend(posts("/tags/*/", 12));
        let learned = learn(&routes);
        assert!(learned[..40].iter().all(|route| route == "/blog/{slug}/comments/{slug}"), "{learned:?}");
        assert_eq!(learned[40..], routes[40..].iter().map(|(route, _)| route.clone()).collect::<Vec<_>>());
    }

    #[test]
    fn each_extension_is_decided_on_its_own() {
        let mut routes = posts("/a/*.jpg", 40);
        routes.extend(posts("/a/*.css", 20));
        routes.extend(posts("/a/*", 35));
        let learned = learn(&routes);
        assert_eq!([&learned[0], &learned[40], &learned[60]], ["/a/{slug}.jpg", "/a/red.css", "/a/{slug}"]);
    }

    #[test]
    fn unserved_values_do_not_count() {
        let mut routes = posts("/*", 29);
        routes.extend((0..1000).map(|n| (format!("/wp-{}.php", word(n)), 0)));
        assert_eq!(learn(&routes), routes.iter().map(|(route, _)| route.clone()).collect::<Vec<_>>());
        routes.push(("/one-more".to_owned(), 1));
        routes.push(("/wp-admin/setup.php".to_owned(), 0));
        routes.push(("/red/wp-login.php".to_owned(), 0));
        routes.push(("/".to_owned(), 0));
        routes.push(("/{int}".to_owned(), 0));
        let learned = learn(&routes);
        assert_eq!([&learned[0], &learned[29], &learned[1029]], ["/{slug}", "/{unserved}", "/{slug}"]);
        assert_eq!(learned[1030..], ["/{unserved}", "/{slug}/wp-login.php", "/", "/{int}"]);
    }

    #[test]
    fn values_that_failed_belong_to_the_learned_route() {
        let mut routes = posts("/orders/*/", 30);
        for path in ["/orders/broken/", "/orders/broken/edit", "/orders/broken.php", "/orders/guess/", "/users/broken/"]
        {
            routes.push((path.to_owned(), 0));
        }
        let mut seen = seen(&routes);
        for (route, answers) in &mut seen[30..] {
            answers.is_known = !route.ends_with(b"edit") && !route.ends_with(b"guess/");
        }
        let learned = learned(&seen, |_| false);
        let expected =
            ["/orders/{slug}/", "/orders/{slug}/edit", "/orders/broken.php", "/orders/{unserved}", "/users/broken/"];
        assert!(learned[30..].iter().map(|route| str::from_utf8(route).unwrap()).eq(expected), "{learned:?}");
        // Failures alone are not pages.
        let mut failed = posts("/orders/*/", 40).into_iter().map(|(route, _)| (route, 0)).collect::<Vec<_>>();
        failed.push(("/orders/".to_owned(), 1));
        let mut seen = self::seen(&failed);
        seen.iter_mut().for_each(|(_, answers)| answers.is_known = true);
        assert!(
            super::learned(&seen, |_| false).iter().zip(&failed).all(|(route, (old, _))| **route == *old.as_bytes())
        );
    }

    #[test]
    fn routes_of_patterns_and_other_targets_are_kept() {
        let mut routes = posts("/*", 40);
        routes.extend(["/shop/{id}", "/shop/{id}", "*", "-", "example.com:443"].map(|route| (route.to_owned(), 1)));
        let seen = seen(&routes);
        let learned = learned(&seen, |route| route == b"/shop/{id}");
        assert_eq!(*learned[0], *b"/{slug}");
        assert!(learned[40..].iter().zip(&seen[40..]).all(|(learned, (old, _))| **learned == **old));
    }

    #[test]
    fn deep_paths_take_no_stack() {
        let routes: Vec<_> = (0..40).map(|n| ("/a".repeat(20_000) + "/" + &word(n), 1)).collect();
        assert_eq!(learn(&routes)[7], "/a".repeat(20_000) + "/{slug}");
    }
}
