//! Where formats stop in a line that none of them reads.

use bumpalo::Bump;

use super::candidate::{Candidate, try_one};
use crate::batch::Fields;
use crate::format::mismatch::Mismatch;
use crate::format::{Line, LogFormat, Row, ScanCache, ScanContext};
use crate::message::Message;

/// Formats that stop at the same byte of a line and expect the same there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// Indexes in the list of formats.
    pub(crate) formats: Vec<usize>,
    pub(crate) mismatch: Mismatch,
    /// Description such as `" - " after $remote_addr`.
    pub(crate) expected: Message,
}

/// Maximum number of stops to report; more would not help anyone.
const MOST: usize = 3;

/// The stops of the formats that got furthest in a line: at most [`MOST`], furthest first. Formats that stop at the
/// first byte are left out, unless all do. Empty if a format reads this line but was rejected because of other lines.
pub(crate) fn stops(formats: &[LogFormat], text: &[u8]) -> Vec<Stop> {
    let bump = Bump::new();
    let context = ScanContext { bump: &bump, needs: Fields::NONE };
    let (mut cache, mut row) = (ScanCache::default(), Row::EMPTY);
    let mut stops: Vec<Stop> = Vec::new();
    for format in 0..formats.len() {
        let candidate = Candidate::given(formats, format);
        let Err(mismatch) = try_one(formats, candidate, Line::unmarked(text), context, &mut cache, &mut row) else {
            return Vec::new();
        };
        let expected = formats[format].expectation(mismatch);
        match stops.iter_mut().find(|stop| stop.mismatch.at == mismatch.at && stop.expected == expected) {
            Some(stop) => stop.formats.push(format),
            None => stops.push(Stop { formats: vec![format], mismatch, expected }),
        }
    }
    if stops.iter().any(|stop| stop.mismatch.at > 0) {
        stops.retain(|stop| stop.mismatch.at > 0);
    }
    // If the line has keys and values, other formats are irrelevant, however far they read.
    let has_keys = |stop: &Stop| stop.formats.iter().any(|format| formats[*format].has_keys());
    if stops.iter().any(|stop| stop.mismatch.at > 0 && has_keys(stop)) {
        stops.retain(has_keys);
    }
    // The sort is stable: among equals, the stop whose first format comes first in the list.
    stops.sort_by_key(|stop| std::cmp::Reverse(stop.mismatch.at));
    stops.truncate(MOST);
    stops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_stops_are_merged_and_sorted_furthest_first() {
        let formats: Vec<LogFormat> =
            ["$remote_addr|$status", "$remote_addr|$status|$host", "[$time_local]", "$remote_addr $status"]
                .map(|text| text.parse().unwrap())
                .into();
        let of = |line: &str| {
            let stops = stops(&formats, line.as_bytes()).into_iter();
            stops.map(|stop| (stop.formats, stop.mismatch.at)).collect::<Vec<_>>()
        };
        assert_eq!(of("10.0.0.7|x"), [(vec![0, 1], 9)]);
        assert_eq!(of("10.0.0.7|200x"), [(vec![0], 12), (vec![1], 12)]);
        assert_eq!(of("10.0.0.7 x"), [(vec![3], 9)]);
        assert_eq!(of("[05/Apr/2022:03:45:05 +0000 200"), [(vec![2], 27), (vec![3], 22)]);
        assert_eq!(of("10.0.0.7 200"), []);
        assert_eq!(of(""), [(vec![0, 1, 3], 0), (vec![2], 0)]);
        let formats = LogFormat::all_presets();
        let stops = stops(&formats, br#"{"msg":"a - - [05/Apr/2022:03:45:05 +0000] \"GET / HTTP/1.1\" 200"}"#);
        assert!(matches!(&stops[..], [one] if one.formats.len() == 1 && formats[one.formats[0]].is_json()));
    }
}
