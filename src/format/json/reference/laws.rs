//! Properties: a line is read like its reference, whatever was read before, and a broken line is rejected.

use proptest::prelude::*;

use super::lines::{known_member, line, unknown_member, write_object};
use super::members::has_exact_numbers;
use super::{is_decided, read, reference};
use crate::format::Reason;
use crate::format::json::key_lookup::JsonKeys;
use crate::format::json::scan::JsonScratch;
use crate::time::Clock;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12 * ProptestConfig::default().cases))]

    #[test]
    fn scanner_matches_the_reference(lines in prop::collection::vec(line(), 1..5), again in 1..4_usize) {
        let keys = JsonKeys::new(&[], &[]);
        let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
        for line in lines.iter().cycle().take(lines.len() * again) {
            let expected = reference(&keys, &serde_json::from_str(line).unwrap());
            prop_assert_eq!(read(&keys, line.as_bytes(), &mut scratch, &mut clock), expected, "{}", line);
        }
    }

    #[test]
    fn remembered_shapes_do_not_change_the_result(
        members in prop::collection::vec(prop_oneof![3 => known_member(), 1 => unknown_member()], 1..6),
        others in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![3 => known_member(), 1 => unknown_member()]), 1..12),
        space in prop::sample::select(vec!["", " "]),
    ) {
        let keys = JsonKeys::new(&[], &[]);
        let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
        let mut members = members;
        for (place, (_, value)) in others {
            // Replace one value by another, of the same type or not.
            let place = place.index(members.len());
            for value in [value, members[place].1.clone()] {
                let before = std::mem::replace(&mut members[place].1, value);
                let mut line = String::new();
                write_object(&members, 1 << 63, space, &mut line);
                let alone = read(&keys, line.as_bytes(), &mut JsonScratch::default(), &mut clock);
                prop_assert_eq!(read(&keys, line.as_bytes(), &mut scratch, &mut clock), alone, "{}", line);
                members[place].1 = before;
            }
        }
    }

    #[test]
    fn truncated_and_glued_lines_are_rejected(line in line(), other in line(), cut in any::<prop::sample::Index>()) {
        let keys = JsonKeys::new(&[], &[]);
        let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
        // Let the scanner learn a shape that it could mistake the next lines for.
        let _ = [read(&keys, line.as_bytes(), &mut scratch, &mut clock), read(&keys, line.as_bytes(), &mut scratch, &mut clock)];
        let part = &line.as_bytes()[..1 + cut.index(line.len() - 1)];
        let mut tried = |bytes: &[u8]| read(&keys, bytes, &mut scratch, &mut clock).map_err(|reason| (reason, bytes.escape_ascii().to_string()));
        for bytes in [part.to_vec(), [part, other.as_bytes()].concat(), [line.as_bytes(), other.as_bytes()].concat()] {
            let found = tried(&bytes);
            prop_assert!(matches!(found, Err((Reason::BadJson, _))), "{found:?}");
        }
    }

    #[test]
    fn arbitrary_bytes_give_the_same_result_twice(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\t", "\u{0}", "é", "-", "0", "000", "200", "1e9", "null", "true", "\\u", "\\ud800", "d",
                "\"status\":", "\"request\":", "\"request\":{", "\"headers\":{", "\"time_local\":\"", "\"source\":{\"ip\":", "\"a.b\":", "x",
            ]), 0..40),
    ) {
        let keys = JsonKeys::new(&["status=a.b".parse().unwrap()], &[]);
        let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
        let line = format!("{{{}", parts.concat());
        let first = read(&keys, line.as_bytes(), &mut scratch, &mut clock);
        // State left behind by a line must not affect the next one.
        prop_assert_eq!(read(&keys, line.as_bytes(), &mut scratch, &mut clock), first);
    }
}

#[test]
fn reference_covers_only_lines_with_known_spellings() {
    let keys = JsonKeys::new(&[], &[]);
    let is_decided = |line: &str| {
        has_exact_numbers(line.as_bytes())
            && serde_json::from_str(line).is_ok_and(|members| is_decided(&keys, &members))
    };
    for line in [
        r#"{"status":200,"request":"GET / HTTP/1.1","time_iso8601":"2026-11-14T08:30:00+00:00","request_time":"0.106"}"#,
        r#"{"status":null,"ts":1649130305.5,"x":{"y":[1,{"z":-2.5}]},"request":["\u00e9 \"-1e5\""]}"#,
    ] {
        assert!(is_decided(line), "{line}");
    }
    for line in [
        r#"{"status":2e2}"#,
        r#"{"status":200,"x":1.50}"#,
        r#"{"status":"OK"}"#,
        r#"{"status":200,"request_time":"1e3"}"#,
        r#"{"status":200,"time_iso8601":"yesterday"}"#,
        r#"{"status":200,"request_uri":["a","b"]}"#,
        r#"{"status":000}"#,
        r#"{"status":200,}"#,
    ] {
        assert!(!is_decided(line), "{line}");
    }
}
