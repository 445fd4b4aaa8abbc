//! Reads a line of an LTSV log, `LABEL:VALUE` fields separated by tabs: the values of its known labels, in any order.
//!
//! - A label consists of letters, digits, `_`, `.` and `-`; the value is everything up to the next tab. Unknown labels
//!   are skipped, and so are empty fields, which nginx writes after a tab at the end.
//! - The first field may have an unknown label, unless its value contains a known one: `access.log:time:…` is a line in
//!   an envelope.
//! - A value that is empty or `-` is missing; the next label that feeds the same field is then read.
//! - A repeated label with different values means two lines run together. A status without three digits means a line
//!   that was cut off.
//!
//! Nothing is allocated per line. Values have the escapes of the server that wrote them, as in text formats.
//! reference.rs is the slow reference.

use std::ops::Range;

use crate::batch::{Fields, TextField};
use crate::format::Reason;
use crate::format::json::field_values::{Flaw, ScanContext};
use crate::format::json::key_lookup::JsonKeys;
use crate::format::json::scan::JsonScratch;
use crate::format::json::value::{Kind, Value};
use crate::format::mismatch::{Expected, Mismatch};
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::variables::Destination;
use crate::time::Clock;

/// Fills `row`, which must be empty, from a line.
pub(in crate::format) fn scan<'a>(
    keys: &JsonKeys,
    line: &'a [u8],
    context: ScanContext<'a>,
    clock: &mut Clock,
    scratch: &mut JsonScratch,
    row: &mut Row<'a>,
) -> Result<(), Mismatch> {
    let mismatch = |reason, expected, at| Mismatch { reason, expected: Expected::Said(expected), at };
    let has = scratch.walk_labels(keys, line)?;
    if !has.intersects(Fields::STATUS.union(Fields::text(TextField::Path))) {
        // A line with tabs fits better than any text that just begins with a word and a colon.
        let at = if line.contains(&b'\t') { line.len() } else { 0 };
        return Err(mismatch(Reason::NoMatch, "a label that is known to hold a status or a request", at));
    }
    let no_value =
        |Flaw { reason, rule, start, len }| Mismatch { reason, expected: Expected::Value { rule, len }, at: start };
    scratch.field_values.fill(keys.targets(), keys, line, context, clock, row).map_err(no_value)?;
    row.has_escaped_request = row.text(Slot::REQUEST).contains(&b'\\');
    row.has = has;
    scratch.note_keys();
    Ok(())
}

impl JsonScratch {
    /// Finds the values of the line and returns the fields that it has labels for.
    fn walk_labels(&mut self, keys: &JsonKeys, line: &[u8]) -> Result<Fields, Mismatch> {
        self.field_values.reset(keys.targets().len());
        self.seen_in_line.clear();
        self.labelled.clear();
        let mut has = Fields::NONE;
        // The first rule of a label with two meanings, and the position of its value.
        let mut ambiguous = None;
        let mut at = 0;
        while at < line.len() {
            let end = memchr::memchr(b'\t', &line[at..]).map_or(line.len(), |len| at + len);
            let (start, next) = (at, end + 1);
            at = next;
            if start == end {
                continue;
            }
            let label = label_len(&line[start..end]).ok_or(Mismatch {
                reason: Reason::NoMatch,
                expected: Expected::Said("a label and a colon"),
                at: start,
            })?;
            let Some(rule) = rule_of(keys, &line[start..start + label]) else {
                if start == 0 && holds_label(keys, &line[label + 1..end]) {
                    let expected = Expected::Said("a label at the start of the line");
                    return Err(Mismatch { reason: Reason::NoMatch, expected, at: 0 });
                }
                continue;
            };
            let place = value_place(keys, rule, start + label + 1..end, line);
            let has_two = keys.has_second_meaning(rule);
            if self.seen_in_line.contains(rule) || has_two && ambiguous.is_some() {
                let mut same = self.labelled.iter().filter(|(other, _)| *other == rule);
                if same.any(|(_, other)| line[other.clone()] != line[place.clone()]) {
                    return Err(Mismatch {
                        reason: Reason::Glued,
                        expected: Expected::Said("each label once"),
                        at: start,
                    });
                }
            }
            let is_status = keys.targets()[keys.rule(rule).target] == Destination::Status;
            if is_status && !matches!(&line[place.clone()], [] | [b'-'] | [_, _, _]) {
                let expected = Expected::Said("three digits");
                return Err(Mismatch { reason: Reason::BadNumber, expected, at: place.start });
            }
            self.labelled.push((rule, place.clone()));
            if has_two {
                ambiguous = Some((rule, place));
            } else {
                has = has.union(self.put_label(keys, rule, place, line));
            }
        }
        if let Some((first, place)) = ambiguous {
            let rule = if has.intersects(keys.rule(first).fields) { first + 1 } else { first };
            has = has.union(self.put_label(keys, rule, place, line));
        }
        Ok(has)
    }

    /// Stores the value of a label and returns the fields that it feeds.
    fn put_label(&mut self, keys: &JsonKeys, rule: u16, place: Range<usize>, line: &[u8]) -> Fields {
        let Range { start, end } = place;
        // `null` has no special meaning here, just like a quoted `null` in JSON.
        let value = Value { kind: Kind::Plain, start, end, next: end, is_quoted: true };
        self.seen_in_line.add(rule);
        self.field_values.put(keys.rule(rule).target, rule, &value, line);
        keys.rule(rule).fields
    }
}

/// Calls `visit` with each label of a line, known or not, and the range of its value.
pub(in crate::format) fn labelled(line: &[u8], visit: &mut dyn FnMut(&[u8], Range<usize>)) {
    let mut start = 0;
    for field in line.split(|byte| *byte == b'\t') {
        let end = start + field.len();
        if let Some(label) = label_len(field) {
            visit(&field[..label], start + label + 1..end);
        }
        start = end + 1;
    }
}

/// The range of a value, without the brackets that Apache's `%t` puts around a time.
fn value_place(keys: &JsonKeys, rule: u16, place: Range<usize>, line: &[u8]) -> Range<usize> {
    match (keys.targets()[keys.rule(rule).target], &line[place.clone()]) {
        (Destination::Time, [b'[', .., b']']) => place.start + 1..place.end - 1,
        _ => place,
    }
}

/// The first rule of a label.
fn rule_of(keys: &JsonKeys, label: &[u8]) -> Option<u16> {
    keys.find(label).and_then(|name| name.rule)
}

/// True if a value contains a known label. Something then precedes the line, such as a file name or a time.
fn holds_label(keys: &JsonKeys, value: &[u8]) -> bool {
    memchr::memchr_iter(b':', value).any(|colon| {
        let start = value[..colon].iter().rposition(|byte| !is_of_label(byte)).map_or(0, |before| before + 1);
        rule_of(keys, &value[start..colon]).is_some()
    })
}

fn is_of_label(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Length of the label at the start of a field; `None` without a colon after it.
fn label_len(field: &[u8]) -> Option<usize> {
    let len = memchr::memchr(b':', field)?;
    (len > 0 && field[..len].iter().all(is_of_label)).then_some(len)
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::batch::Status;
    use crate::format::ltsv::labels::LABELS;

    fn read(line: &str) -> Result<(String, String, Status), Mismatch> {
        let keys = JsonKeys::with_labels(LABELS, &[], &[]);
        let (bump, mut row) = (Bump::new(), Row::EMPTY);
        let context = ScanContext { bump: &bump, needs: Fields::NONE };
        scan(&keys, line.as_bytes(), context, &mut Clock::default(), &mut JsonScratch::default(), &mut row)?;
        let text = |field| String::from_utf8_lossy(row.text(Slot::of(field))).into_owned();
        Ok((text(TextField::Addr), text(TextField::Host), row.status))
    }

    fn values(line: &str) -> (String, String) {
        read(line).map(|(addr, host, _)| (addr, host)).unwrap()
    }

    #[test]
    fn host_is_the_client_unless_another_label_names_it() {
        let pair = |addr: &str, host: &str| (addr.to_owned(), host.to_owned());
        assert_eq!(values("host:192.0.2.1\tstatus:200"), pair("192.0.2.1", "-"));
        assert_eq!(values("host:192.0.2.1\tvhost:a.example\tstatus:200"), pair("192.0.2.1", "a.example"));
        assert_eq!(values("host:a.example\tremote_addr:192.0.2.1\tstatus:200"), pair("192.0.2.1", "a.example"));
        assert_eq!(values("client_ip:192.0.2.1\tstatus:200\thost:a.example"), pair("192.0.2.1", "a.example"));
        assert_eq!(values("remote_addr:-\tstatus:200\thost:a.example"), pair("-", "a.example"));
    }

    #[test]
    fn labels_may_be_in_any_order_or_missing() {
        assert_eq!(read("status:404").unwrap().2, Status::new(404));
        assert_eq!(read("x:y:z\t\tstatus:404\t").unwrap().2, Status::new(404));
        assert_eq!(read("req:GET / HTTP/1.1").unwrap().2, Status::MISSING);
    }

    #[test]
    fn invalid_or_incomplete_lines_are_rejected() {
        for (line, reason, at) in [
            ("", Reason::NoMatch, 0),
            ("status", Reason::NoMatch, 0),
            ("a b:c\tstatus:200", Reason::NoMatch, 0),
            ("status:200\tb", Reason::NoMatch, 11),
            ("www.example.org:443 192.0.2.1 - -", Reason::NoMatch, 0),
            ("access.log:status:200\turi:/", Reason::NoMatch, 0),
            ("2026-01-05T10:00:01.5Z status:200\turi:/", Reason::NoMatch, 0),
            ("level:info\tmsg:started", Reason::NoMatch, 22),
            ("status:200\tsize:1\tstatus:404", Reason::Glued, 18),
            ("host:192.0.2.1\tstatus:200\thost:192.0.2.2", Reason::Glued, 26),
            ("size:1\tstatus:2000", Reason::BadNumber, 14),
            ("uri:/\tstatus:20", Reason::BadNumber, 13),
            ("status:2x0", Reason::BadNumber, 7),
            ("status:200\ttime:yesterday", Reason::BadTime, 16),
        ] {
            let mismatch = read(line).unwrap_err();
            assert_eq!((mismatch.reason, mismatch.at), (reason, at), "{line}");
        }
        assert!(read("status:200\tsize:1\tstatus:200").is_ok());
    }
}
