//! Notes about hits that lack a field which other hits have. Numbers taken from the field are those of the other hits.

use super::{Note, NoteCode};
use crate::batch::{Fields, TextField};
use crate::tally::Unknown;

/// A field that some lines do not log.
struct UnknownRow {
    code: NoteCode,
    /// The field; [`Fields::NONE`] for the fields that identify a visitor, which depend on the question.
    field: Fields,
    hits: fn(&Unknown) -> u64,
    /// The missing value in words, and the variables that would log it. `variables` is empty for a visitor, because the
    /// question decides which they are.
    what: &'static str,
    variables: &'static str,
    /// The consequence for the numbers.
    so: &'static str,
}

/// THE TABLE of fields that a line may lack, in the order of the notes.
const ROWS: [UnknownRow; 5] = [
    UnknownRow {
        code: NoteCode::TimesUnknown,
        field: Fields::TIME,
        hits: |unknown| unknown.time,
        what: "time",
        variables: "$time_local, $time_iso8601 or $msec",
        so: "timelines list them as '-', and visitor days leave them out",
    },
    UnknownRow {
        code: NoteCode::VisitorsUnknown,
        field: Fields::NONE,
        hits: |unknown| unknown.visitor,
        what: "visitor",
        variables: "",
        so: "numbers of visitors leave them out",
    },
    UnknownRow {
        code: NoteCode::PathsUnknown,
        field: Fields::text(TextField::Path),
        hits: |unknown| unknown.path,
        what: "path",
        variables: "$request, $request_uri or $uri",
        so: "they count as neither static nor dynamic",
    },
    UnknownRow {
        code: NoteCode::StatusUnknown,
        field: Fields::STATUS,
        hits: |unknown| unknown.status,
        what: "status",
        variables: "$status",
        so: "numbers by status leave them out",
    },
    UnknownRow {
        code: NoteCode::BytesUnknown,
        field: Fields::BYTES,
        hits: |unknown| unknown.bytes,
        what: "size",
        variables: "$body_bytes_sent or $bytes_sent",
        so: "bytes sent leave them out",
    },
];

/// Returns a note for each field that some hits lack and other lines or inputs log. `visitor` is the fields that
/// identify a visitor, and the variables that log them.
pub(super) fn unknown(unknown: &Unknown, pv: u64, visitor: (Fields, &str), logged: Fields) -> Vec<Note> {
    let note = |row: &UnknownRow| {
        let (field, variables) = if row.field == Fields::NONE { visitor } else { (row.field, row.variables) };
        let hits = (row.hits)(unknown);
        (hits > 0 && logged.contains(field)).then(|| {
            let UnknownRow { code, what, so, .. } = row;
            // All hits may lack a visitor even if each part of it is logged: one line has one part, another line the
            // other.
            let so = if hits == pv { "the number is unknown" } else { so };
            let text =
                format!("{hits} of {pv} requests have no {what}, because their lines do not log {variables}; {so}");
            Note::new(*code, text)
        })
    };
    ROWS.iter().filter_map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_that_some_lines_log_are_noted() {
        let hits = Unknown { visitor: 3, status: 2, bytes: 0, path: 7, time: 1 };
        let addr = Fields::text(TextField::Addr);
        let notes = |logged| unknown(&hits, 9, (addr, "$remote_addr"), logged);
        let logged = addr.union(Fields::STATUS).union(Fields::BYTES);
        assert_eq!(
            notes(logged).iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "3 of 9 requests have no visitor, because their lines do not log $remote_addr; numbers of visitors leave them out",
                "2 of 9 requests have no status, because their lines do not log $status; numbers by status leave them out",
            ]
        );
        assert!(notes(Fields::NONE).is_empty());
    }

    #[test]
    fn every_row_counts_its_own_hits() {
        let all = Unknown { visitor: 1, status: 2, bytes: 3, path: 4, time: 5 };
        let found: Vec<_> = ROWS.iter().map(|row| (row.code, (row.hits)(&all))).collect();
        let expected = [
            (NoteCode::TimesUnknown, 5),
            (NoteCode::VisitorsUnknown, 1),
            (NoteCode::PathsUnknown, 4),
            (NoteCode::StatusUnknown, 2),
            (NoteCode::BytesUnknown, 3),
        ];
        assert_eq!(found, expected);
    }
}
