//! Converts values to nginx's default escaping, whatever the `escape=` of their format.

use std::borrow::Cow;

use bumpalo::Bump;

use super::LogFormat;
use super::json::text::decode;
use super::log_format::nginx_escape::NginxEscape;
use super::row::Row;
use crate::text::escape_backslashes;

impl LogFormat {
    /// True for a text format with an escaping other than the default. JSON lines do not count: reading them handles
    /// their escapes.
    pub(crate) fn is_escaped_otherwise(&self) -> bool {
        self.strictness.escape != NginxEscape::Default && self.json.is_none()
    }

    /// The values of a row in nginx's default escaping, so that all keys of a tally are escaped in one way.
    pub(crate) fn escaped_by_default<'a>(&self, row: &Row<'a>, bump: &'a Bump) -> Row<'a> {
        let mut row = row.clone();
        row.rewrite(|raw| match self.in_default_escaping(raw) {
            Cow::Borrowed(raw) => raw,
            Cow::Owned(text) => bump.alloc_slice_copy(&text),
        });
        row
    }

    /// A value of a line in nginx's default escaping.
    pub(super) fn in_default_escaping<'v>(&self, raw: &'v [u8]) -> Cow<'v, [u8]> {
        if !raw.contains(&b'\\') {
            return Cow::Borrowed(raw);
        }
        match self.strictness.escape {
            NginxEscape::Default => Cow::Borrowed(raw),
            NginxEscape::None => escape_backslashes(raw),
            NginxEscape::Json => {
                let mut plain = Vec::new();
                decode(raw, &mut plain);
                Cow::Owned(escape_backslashes(&plain).into_owned())
            }
        }
    }
}
