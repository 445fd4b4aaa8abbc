//! The fields of a line, as an explanation shows them.

use bumpalo::Bump;

use super::FieldValue;
use super::shown::Shown;
use crate::batch::TextField;
use crate::format::{Anatomy, Destination, LineField};
use crate::steps::mask_value;

/// Maximum number of fields shown per line.
const MOST: usize = 100;

/// Returns the fields, the number of fields left out, and the text that no field covers.
pub(super) fn fields(shown: &Shown<'_>, anatomy: &Anatomy) -> (Vec<FieldValue>, usize, Option<String>) {
    let bump = Bump::new();
    let field = |field: &LineField| {
        let variable = field.variable.as_deref();
        let value = if shown.anonymize { mask_value(variable, &field.value, &bump) } else { &field.value };
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
    let named = match field.destination {
        Destination::Ranked(place) => shown.ranked.get(usize::from(place)).copied(),
        _ => shown.ranked.iter().copied().find(|ranked| Some(*ranked) == field.variable.as_deref()),
    };
    let real_ip = named.filter(|named| shown.real_ip == Some(named)).map(|_| "ip");
    let mut feeds = default_uses(field.destination).to_vec();
    for name in real_ip.into_iter().chain(named) {
        if !feeds.contains(&name) {
            feeds.push(name);
        }
    }
    feeds
}

/// Returns what a value feeds, independent of the question.
fn default_uses(feeds: Destination) -> &'static [&'static str] {
    match feeds {
        Destination::Nothing | Destination::Ranked(_) => &[],
        Destination::Text(TextField::Addr) => &["ip"],
        Destination::Text(TextField::Host) => &["host"],
        Destination::Text(TextField::Method) => &["method"],
        Destination::Text(TextField::Path) | Destination::Uri | Destination::UriAndArgs => &["path"],
        Destination::Text(TextField::Protocol) => &["protocol"],
        Destination::Text(TextField::User) => &["user"],
        Destination::Text(TextField::Referer) => &["referer"],
        Destination::Text(TextField::Agent) => &["agent"],
        Destination::Request => &["method", "path", "protocol"],
        Destination::Args => &["query"],
        Destination::Time => &["time"],
        Destination::Status => &["status"],
        Destination::Bytes => &["bytes"],
        Destination::RequestTime | Destination::RequestTimeIn(_) => &["request_time"],
    }
}
