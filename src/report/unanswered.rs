//! What a report cannot answer, because no input logs what it takes.

use std::fmt;

use crate::batch::{Fields, TextField};

/// Something usual that no input logs: the report has zeros or `-` in its place, or leaves a section out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// What would have to be logged: `$status`.
    pub needs: &'static str,
    /// What that makes of the report.
    pub what: &'static str,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no input logs {}: {}", self.needs, self.what)
    }
}

/// THE TABLE of what is usual. Times of requests are not: most logs have none, and a report says so by having no section.
const USUAL: [(Fields, Unanswered); 5] = [
    (Fields::TIME, Unanswered { needs: "$time_local, $time_iso8601 or $msec", what: "nothing can be told by time" }),
    (Fields::text(TextField::Addr), Unanswered { needs: "$remote_addr", what: "all hits count as one visitor's" }),
    (
        Fields::text(TextField::Path),
        Unanswered {
            needs: "$request, $request_uri or $uri",
            what: "paths are unknown, and all hits count as dynamic",
        },
    ),
    (Fields::STATUS, Unanswered { needs: "$status", what: "status codes are unknown" }),
    (Fields::BYTES, Unanswered { needs: "$body_bytes_sent or $bytes_sent", what: "bytes sent are 0" }),
];

/// What is asked for and not logged.
pub(super) fn unanswered(needs: Fields, logged: Fields) -> Vec<Unanswered> {
    let is_missing = |(field, _): &&(Fields, Unanswered)| needs.meets(*field) && !logged.meets(*field);
    USUAL.iter().filter(is_missing).map(|(_, unanswered)| *unanswered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_or_not_asked_for_is_not_told() {
        let needs = Fields::STATUS.and(Fields::TIME);
        assert!(unanswered(needs, needs).is_empty() && unanswered(Fields::NONE, Fields::NONE).is_empty());
        let told: Vec<_> = unanswered(needs, Fields::TIME).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["no input logs $status: status codes are unknown"]);
    }
}
