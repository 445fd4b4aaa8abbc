//! Notes about fields that a report would normally use and that no input logs.

use super::{Note, NoteCode};
use crate::batch::{Fields, TextField};

/// A field that no input logs.
#[derive(Clone, Copy, Debug)]
struct MissingField {
    /// The variables that would log it.
    needs: &'static str,
    /// The consequence for the report.
    what: &'static str,
}

/// THE TABLE of fields that logs usually have. Request times are not among them: most logs have none, and the report
/// then has no section for them.
const USUAL: [(Fields, MissingField); 5] = [
    (Fields::TIME, MissingField { needs: "$time_local, $time_iso8601 or $msec", what: "there are no numbers by time" }),
    (Fields::text(TextField::Addr), MissingField { needs: "$remote_addr", what: "visitors are unknown" }),
    (
        Fields::text(TextField::Path),
        MissingField {
            needs: "$request, $request_uri or $uri",
            what: "paths are unknown, and so is which requests are static",
        },
    ),
    (Fields::STATUS, MissingField { needs: "$status", what: "status codes are unknown" }),
    (Fields::BYTES, MissingField { needs: "$body_bytes_sent or $bytes_sent", what: "bytes sent are unknown" }),
];

/// Returns a note for each field that is needed and not logged.
pub(super) fn missing_fields(needs: Fields, logged: Fields) -> Vec<Note> {
    let is_missing = |(field, _): &&(Fields, MissingField)| needs.intersects(*field) && !logged.intersects(*field);
    let note = |(_, MissingField { needs, what }): &(Fields, MissingField)| {
        Note::new(NoteCode::NotLogged, format!("no input logs {needs}, so {what}"))
    };
    USUAL.iter().filter(is_missing).map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_needed_and_missing_fields_are_noted() {
        let needs = Fields::STATUS.union(Fields::TIME);
        assert!(missing_fields(needs, needs).is_empty() && missing_fields(Fields::NONE, Fields::NONE).is_empty());
        let notes: Vec<_> = missing_fields(needs, Fields::TIME).iter().map(ToString::to_string).collect();
        assert_eq!(notes, ["no input logs $status, so status codes are unknown"]);
    }
}
