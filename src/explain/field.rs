//! The fields of a line, as an explanation shows them.

use bumpalo::Bump;

use super::FieldValue;
use super::shown::Shown;
use crate::batch::TextField;
use crate::format::{Anatomy, Feeds, LineField};
use crate::steps::cut_value;

/// Maximum number of fields shown per line.
const MOST: usize = 100;

/// Returns the fields, the number of fields left out, and the text that no field covers.
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

/// Returns the names of the rankings and columns that a value feeds. If the question names the variable itself, that is
/// one of them.
fn feeds(shown: &Shown<'_>, field: &LineField) -> Vec<&'static str> {
    let named = match field.feeds {
        Feeds::Ranked(place) => shown.ranked.get(usize::from(place)).copied(),
        _ => shown.ranked.iter().copied().find(|ranked| Some(*ranked) == field.variable.as_deref()),
    };
    let real_ip = named.filter(|named| shown.real_ip == Some(named)).map(|_| "ip");
    let mut feeds = usual(field.feeds).to_vec();
    for name in real_ip.into_iter().chain(named) {
        if !feeds.contains(&name) {
            feeds.push(name);
        }
    }
    feeds
}

/// Returns what a value feeds, independent of the question.
fn usual(feeds: Feeds) -> &'static [&'static str] {
    match feeds {
        Feeds::Nothing | Feeds::Ranked(_) => &[],
        Feeds::Text(TextField::Addr) => &["ip"],
        Feeds::Text(TextField::Host) => &["host"],
        Feeds::Text(TextField::Method) => &["method"],
        Feeds::Text(TextField::Path) | Feeds::Uri | Feeds::UriAndArgs => &["path"],
        Feeds::Text(TextField::Protocol) => &["protocol"],
        Feeds::Text(TextField::User) => &["user"],
        Feeds::Text(TextField::Referer) => &["referer"],
        Feeds::Text(TextField::Agent) => &["agent"],
        Feeds::Request => &["method", "path", "protocol"],
        Feeds::Args => &["query"],
        Feeds::Time => &["time"],
        Feeds::Status => &["status"],
        Feeds::Bytes => &["bytes"],
        Feeds::RequestTime | Feeds::RequestTimeIn(_) => &["request_time"],
    }
}
