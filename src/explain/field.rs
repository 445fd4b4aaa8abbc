//! The fields of a line as they are shown.

use bumpalo::Bump;

use super::FieldValue;
use super::sample::Shown;
use crate::batch::TextField;
use crate::format::{Anatomy, Feeds, LineField};
use crate::visitor::cut_value;

/// Fields of a line that are shown at most.
const MOST: usize = 100;

/// The fields, how many more there are, and what is unread.
pub(super) fn fields(shown: &Shown<'_>, anatomy: &Anatomy) -> (Vec<FieldValue>, usize, Option<String>) {
    let bump = Bump::new();
    let field = |field: &LineField| {
        let variable = field.variable.as_deref();
        let value = if shown.anonymize { cut_value(variable, &field.value, &bump) } else { &field.value };
        FieldValue {
            key: field.key.as_deref().map(|key| shown.text(key)),
            variable: field.variable.clone(),
            value: crate::report::sample_text(value),
            feeds: if shown.drops_users && variable == Some("remote_user") { Vec::new() } else { feeds(shown, field) },
        }
    };
    let fields = anatomy.fields.iter().take(MOST).map(field).collect();
    let unread = Some(shown.text(&anatomy.unread)).filter(|unread| !unread.trim().is_empty());
    (fields, anatomy.fields.len().saturating_sub(MOST), unread)
}

/// What a value feeds, by the names of rankings and columns; a variable that the question names feeds that.
fn feeds(shown: &Shown<'_>, field: &LineField) -> Vec<&'static str> {
    let feeds: &[&str] = match field.feeds {
        Feeds::Nothing => &[],
        Feeds::Ranked(place) => return shown.ranked.get(usize::from(place)).copied().into_iter().collect(),
        Feeds::Text(text) => &[match text {
            TextField::Addr => "ip",
            TextField::Host => "host",
            TextField::Method => "method",
            TextField::Path => "path",
            TextField::Protocol => "protocol",
            TextField::User => "user",
            TextField::Referer => "referer",
            TextField::Agent => "agent",
        }],
        Feeds::Request => &["method", "path", "protocol"],
        Feeds::Uri | Feeds::UriAndArgs => &["path"],
        Feeds::Args => &["query"],
        Feeds::Time => &["time"],
        Feeds::Status => &["status"],
        Feeds::Bytes => &["bytes"],
        Feeds::RequestTime | Feeds::RequestTimeIn(_) => &["request_time"],
    };
    if feeds.is_empty() {
        let name = field.variable.as_deref();
        return shown.ranked.iter().copied().filter(|ranked| Some(*ranked) == name).collect();
    }
    feeds.to_vec()
}
