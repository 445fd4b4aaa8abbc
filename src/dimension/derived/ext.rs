//! `ext`: the file extension of a path.

use std::borrow::Cow;

use super::row::{DerivedRow, KeyOf, Source};
use crate::batch::TextField;
use crate::route::extension;

pub(super) const ROW: DerivedRow = DerivedRow {
    name: "ext",
    singular: "extension",
    plural: "extensions",
    variables: "$request",
    sources: &[(Source::Text(TextField::Path), |_| KeyOf::of(of_path))],
    ..DerivedRow::USUAL
};

/// Returns the extension of a path's last segment, in lower case. A query is not part of the path.
fn of_path(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    let path = path.strip_prefix(b"/")?;
    let path = path.split(|b| *b == b'?').next()?;
    let (_, extension) = extension(path.rsplit(|b| *b == b'/').next()?)?;
    let is_lower = !extension.iter().any(u8::is_ascii_uppercase);
    Some(if is_lower { Cow::Borrowed(extension) } else { Cow::Owned(extension.to_ascii_lowercase()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::Regex;

    #[test]
    fn extension_follows_the_last_dot_of_the_last_segment() {
        for (path, expected) in [
            ("/app.css", "css"),
            ("/APP.CSS", "css"),
            ("/a.b/c", ""),
            ("/a.b/c.tar.gz", "gz"),
            ("/video.mp4", "mp4"),
            ("/x.7z", "7z"),
            ("/.env", ""),
            ("/.env.bak", "bak"),
            ("/a/.htaccess", ""),
            ("/a..js", "js"),
            ("/..js", "js"),
            ("/a.", ""),
            ("/a.css/", ""),
            ("/", ""),
            ("/v1.2", ""),
            ("/access.log.1", ""),
            ("/a.b~", ""),
            ("/a.x-y", ""),
            ("/a.c\u{e4}t", ""),
            ("/a.mobileprovision", "mobileprovision"),
            ("/a.abcdefghijklmnop", "abcdefghijklmnop"),
            ("/a.abcdefghijklmnopq", ""),
            ("/a.php?x=1.css", "php"),
            ("/a?x=1.css", ""),
            ("/a.php?u=/b.css", "php"),
            ("/a.css;v=1", ""),
            ("*", ""),
            ("example.com", ""),
            ("example.com:443", ""),
        ] {
            assert_eq!(of_path(path.as_bytes()).unwrap_or_default(), expected.as_bytes(), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn extension_matches_the_regular_expression(path in "[/.?aB1~]{0,24}") {
            let rule = Regex::new(r"^/(?:[^?]*/)?[^/?]+\.([A-Za-z0-9]{1,16})(?:\?|$)").unwrap();
            let expected = rule.captures(path.as_bytes()).map(|found| found[1].to_ascii_lowercase());
            let expected = expected.filter(|extension| extension.iter().any(u8::is_ascii_alphabetic));
            proptest::prop_assert_eq!(of_path(path.as_bytes()).map(Cow::into_owned), expected);
        }
    }
}
