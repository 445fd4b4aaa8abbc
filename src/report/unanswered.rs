//! Notes about fields that a report would normally use and that no input logs.

use super::{Note, NoteCode};
use crate::batch::{Fields, TextField};

/// A field that no input logs.
#[derive(Clone, Copy, Debug)]
struct Unanswered {
    /// The variables that would log it.
    needs: &'static str,
    /// The consequence for the report.
    what: &'static str,
}

/// THE TABLE of fields that logs usually have. Request times are not among them: most logs have none, and the report
/// then has no section for them.
const USUAL: [(Fields, Unanswered); 5] = [
    (Fields::TIME, Unanswered { needs: "$time_local, $time_iso8601 or $msec", what: "there are no numbers by time" }),
    (Fields::text(TextField::Addr), Unanswered { needs: "$remote_addr", what: "visitors are unknown" }),
    (
        Fields::text(TextField::Path),
        Unanswered {
            needs: "$request, $request_uri or $uri",
            what: "paths are unknown, so no request counts as static or dynamic",
        },
    ),
    (Fields::STATUS, Unanswered { needs: "$status", what: "status codes are unknown" }),
    (Fields::BYTES, Unanswered { needs: "$body_bytes_sent or $bytes_sent", what: "bytes sent are unknown" }),
];

/// Returns a note for each field that is needed and not logged.
pub(super) fn unanswered(needs: Fields, logged: Fields) -> Vec<Note> {
    let is_missing = |(field, _): &&(Fields, Unanswered)| needs.meets(*field) && !logged.meets(*field);
    let note = |(_, Unanswered { needs, what }): &(Fields, Unanswered)| {
        Note::new(NoteCode::NotLogged, format!("no input logs {needs}: {what}"))
    };
    USUAL.iter().filter(is_missing).map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_needed_and_missing_fields_are_noted() {
        let needs = Fields::STATUS.and(Fields::TIME);
        assert!(unanswered(needs, needs).is_empty() && unanswered(Fields::NONE, Fields::NONE).is_empty());
        let told: Vec<_> = unanswered(needs, Fields::TIME).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["no input logs $status: status codes are unknown"]);
    }
}
