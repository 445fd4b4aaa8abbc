//! A request, as lists and JSON objects show it.

use serde::{Serialize, Serializer};

use crate::batch::{Batch, Fields, MISSING, Status, TextField};
use crate::steps::LoggedDuration;
use crate::text::{undo_escapes, written};
use crate::time::Stamp;

/// The order of a list of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestOrder {
    /// Those with the longest request times first, or with the longest of the first duration that the question names.
    Slowest,
    /// Those with the most bytes first.
    Largest,
}

impl RequestOrder {
    /// Its name: `slowest` or `largest`.
    pub fn name(self) -> &'static str {
        match self {
            RequestOrder::Slowest => "slowest",
            RequestOrder::Largest => "largest",
        }
    }

    /// The value of a row, if its line has it.
    #[inline]
    pub(super) fn value(self, batch: &Batch<'_>, row: usize) -> Option<u64> {
        match self {
            RequestOrder::Slowest => batch.time_ms()[row],
            RequestOrder::Largest if batch.lacks(row).intersects(Fields::BYTES) => None,
            RequestOrder::Largest => Some(batch.bytes()[row]),
        }
    }
}

/// A list of single requests that a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestList {
    /// Their order. Those with the same value are in the order of the inputs.
    pub order: RequestOrder,
    /// Their largest number.
    pub at_most: usize,
}

impl RequestList {
    /// The first `at_most` requests in this order.
    pub fn new(order: RequestOrder, at_most: usize) -> RequestList {
        RequestList { order, at_most }
    }
}

/// A single request, and where its line is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Request {
    /// The input that has its line.
    pub file: String,
    /// Number of the line, from 1; `None` if text before it was not read. If an envelope has split the line, that of
    /// its first part.
    pub line: Option<u64>,
    /// Its fields, in JSON next to the others.
    #[serde(flatten)]
    pub fields: RequestFields,
}

/// The fields of a request. Texts are written like keys in reports. A value that is missing or not logged is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestFields {
    /// The time as the report's clock shows it.
    pub time: Option<String>,
    /// The visitor's address.
    pub ip: Option<String>,
    /// The user that logged in.
    pub user: Option<String>,
    /// The site.
    pub host: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// The path, with its query if the question keeps queries.
    pub path: Option<String>,
    /// The protocol.
    pub protocol: Option<String>,
    /// The status code.
    pub status: Option<u16>,
    /// The number of bytes sent.
    pub bytes: Option<u64>,
    /// The request time in milliseconds.
    pub request_time_ms: Option<u64>,
    /// The durations that the question names in place of the request time, in milliseconds and in its order; `None` if
    /// one was not logged. In JSON, a map from their names, which is omitted if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "serialize_durations")]
    pub durations_ms: Vec<(LoggedDuration, Option<u64>)>,
    /// The page that the request came from.
    pub referer: Option<String>,
    /// The program that made the request.
    pub agent: Option<String>,
}

impl RequestFields {
    /// The fields that a request is made of.
    pub(crate) const NEEDS: Fields = {
        let texts = [
            TextField::Addr,
            TextField::User,
            TextField::Host,
            TextField::Method,
            TextField::Path,
            TextField::Protocol,
            TextField::Referer,
            TextField::Agent,
        ];
        let mut needs = Fields::TIME.union(Fields::STATUS).union(Fields::BYTES).union(Fields::REQUEST_TIME);
        let mut at = 0;
        while at < texts.len() {
            needs = needs.union(Fields::text(texts[at]));
            at += 1;
        }
        needs
    };

    /// Takes the request of a row. The batch must have the fields that are needed, and these durations.
    pub(crate) fn of(batch: &Batch<'_>, row: usize, durations: &[LoggedDuration]) -> RequestFields {
        let text = |field: TextField| {
            let text = batch.text(field)[row];
            (text != MISSING).then(|| written(&undo_escapes(text)))
        };
        let (stamp, status) = (batch.stamp(row), batch.status()[row]);
        RequestFields {
            time: (stamp != Stamp::NONE).then(|| stamp.to_string()),
            ip: text(TextField::Addr),
            user: text(TextField::User),
            host: text(TextField::Host),
            method: text(TextField::Method),
            path: text(TextField::Path),
            protocol: text(TextField::Protocol),
            status: (status != Status::MISSING).then(|| status.index() as u16),
            bytes: (!batch.lacks(row).intersects(Fields::BYTES)).then(|| batch.bytes()[row]),
            request_time_ms: batch.request_ms(row),
            durations_ms: durations_ms(batch, row, durations),
            referer: text(TextField::Referer),
            agent: text(TextField::Agent),
        }
    }
}

/// The durations of a row that a question names; none if it only names the request time.
fn durations_ms(batch: &Batch<'_>, row: usize, durations: &[LoggedDuration]) -> Vec<(LoggedDuration, Option<u64>)> {
    if durations.iter().all(|duration| duration.dimension().is_none()) {
        return Vec::new();
    }
    let times_ms = [batch.time_ms()].into_iter().chain(batch.further_ms());
    durations.iter().copied().zip(times_ms.map(|times_ms| times_ms[row])).collect()
}

/// Writes durations as a map from their names.
fn serialize_durations<S: Serializer>(
    durations_ms: &[(LoggedDuration, Option<u64>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(durations_ms.iter().map(|(duration, time_ms)| (duration.name(), time_ms)))
}
