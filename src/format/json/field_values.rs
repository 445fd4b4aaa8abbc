//! The values found in a JSON line, and the row made from them.

use bumpalo::Bump;

use super::key_lookup::JsonKeys;
use super::text::decode;
use super::value::{Kind, Value};
use super::values;
use crate::batch::{Fields, MISSING, TextField};
use crate::format::Reason;
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::variables::Destination;
use crate::text::escape_backslashes;
use crate::time::{Clock, Rfc3339};

/// Memory for values that must be rewritten, and the fields for which that is worthwhile.
#[derive(Clone, Copy)]
pub(crate) struct ScanContext<'a> {
    pub(crate) bump: &'a Bump,
    pub(crate) needs: Fields,
}

impl ScanContext<'_> {
    /// True if a value for these fields is needed. A value without a field, such as `$args`, may be part of a field
    /// that is needed.
    fn wants(self, fields: Fields) -> bool {
        fields == Fields::NONE || self.needs.intersects(fields)
    }
}

/// The values found in a line, one per target, and scratch space for reading them.
#[derive(Debug, Default)]
pub(in crate::format) struct FieldValues {
    found: Vec<ValueSpan>,
    /// True if the line has one of Envoy's keys.
    has_envoy_key: bool,
    text: Vec<u8>,
    times: Rfc3339,
}

/// A value that does not have the form its rule requires.
#[derive(Clone, Copy, Debug)]
pub(in crate::format) struct Flaw {
    pub(in crate::format) reason: Reason,
    pub(in crate::format) rule: u16,
    pub(in crate::format) start: usize,
    pub(in crate::format) len: usize,
}

/// The position of a value in a line.
#[derive(Clone, Copy, Debug)]
struct ValueSpan {
    /// The rule that matched; the lowest wins.
    rule: u16,
    kind: Kind,
    start: usize,
    end: usize,
}

const NOT_FOUND: ValueSpan = ValueSpan { rule: u16::MAX, kind: Kind::Plain, start: 0, end: 0 };

impl FieldValues {
    /// Clears all values, and makes room for this number of targets.
    #[inline]
    pub(in crate::format) fn reset(&mut self, targets: usize) {
        self.found.clear();
        self.found.resize(targets, NOT_FOUND);
        self.has_envoy_key = false;
    }

    /// Records that the line has one of Envoy's keys.
    #[inline]
    pub(super) fn note_envoy_key(&mut self) {
        self.has_envoy_key = true;
    }

    /// The value with JSON's escapes undone.
    #[cold]
    pub(super) fn plain<'t>(&'t mut self, value: &Value, text: &'t [u8]) -> &'t [u8] {
        let raw = &text[value.start..value.end];
        if value.kind != Kind::Escaped {
            return raw;
        }
        self.text.clear();
        decode(raw, &mut self.text);
        &self.text
    }

    /// Stores a value, unless it is missing or a value of a lower rule is already stored.
    #[inline]
    pub(in crate::format) fn put(&mut self, target: usize, rule: u16, value: &Value, text: &[u8]) {
        let bytes = &text[value.start..value.end];
        let is_missing = match bytes {
            [] | MISSING => true,
            b"null" => !value.is_quoted,
            _ => value.kind == Kind::Escaped && self.is_escaped_missing(bytes),
        };
        let found = &mut self.found[target];
        if !is_missing && rule <= found.rule {
            *found = ValueSpan { rule, kind: value.kind, start: value.start, end: value.end };
        }
    }

    /// The rule of the stored value that starts at this byte of the line, if there is one.
    pub(in crate::format) fn rule_at(&self, start: usize) -> Option<u16> {
        let found = self.found.iter().find(|found| found.rule != NOT_FOUND.rule && found.start == start)?;
        Some(found.rule)
    }

    /// True if this is an escaped `-` (`\u002d`).
    #[cold]
    fn is_escaped_missing(&mut self, raw: &[u8]) -> bool {
        self.text.clear();
        if raw.len() <= br"\u002d".len() {
            decode(raw, &mut self.text);
        }
        self.text == MISSING
    }

    /// Writes the values of these targets to the row. Every number and time is parsed, even if the question does not
    /// need it.
    pub(in crate::format) fn fill<'a>(
        &mut self,
        targets: &[Destination],
        keys: &JsonKeys,
        line: &'a [u8],
        context: ScanContext<'a>,
        clock: &mut Clock,
        row: &mut Row<'a>,
    ) -> Result<(), Flaw> {
        for (found, destination) in self.found.iter().zip(targets).filter(|(found, _)| found.rule != NOT_FOUND.rule) {
            let raw = &line[found.start..found.end];
            if found.kind == Kind::Escaped {
                self.text.clear();
                decode(raw, &mut self.text);
            }
            let plain = if found.kind == Kind::Escaped { &self.text[..] } else { raw };
            let read = match destination {
                Destination::Time => {
                    let stamp = values::stamp(plain, &mut self.times, clock);
                    row.has_assumed_utc = clock.take_assumed_utc();
                    stamp.map(|stamp| row.stamp = stamp)
                }
                Destination::Status => values::status(plain).map(|status| row.status = status),
                Destination::Bytes => values::bytes(plain).map(|bytes| row.bytes = bytes),
                Destination::RequestTime => {
                    let unit = keys.rule(found.rule).unit.of(plain, self.has_envoy_key);
                    values::milliseconds(plain, unit).map(|time_ms| row.time_ms = Some(time_ms))
                }
                _ if found.kind == Kind::Plain => {
                    row.set_text(Slot::fed_by(*destination), raw);
                    Ok(())
                }
                // Keys are stored with nginx's own escapes.
                _ if context.wants(keys.rule(found.rule).fields) => {
                    let text: &'a [u8] = context.bump.alloc_slice_copy(&escape_backslashes(plain));
                    row.set_text(Slot::fed_by(*destination), text);
                    row.has_escaped_request |= Slot::fed_by(*destination) == Slot::REQUEST && text.contains(&b'\\');
                    Ok(())
                }
                _ => Ok(()),
            };
            let ValueSpan { rule, start, end, .. } = *found;
            read.map_err(|reason| Flaw { reason, rule, start, len: end - start })?;
        }
        if row.text(Slot::REQUEST).first() == Some(&b'/') {
            split_off_target(row);
        }
        Ok(())
    }
}

/// Moves a request that begins with `/` to the target, if the line has a method. If `$request` itself were that broken,
/// nginx would not know the method.
#[cold]
fn split_off_target(row: &mut Row<'_>) {
    if row.text(Slot::of(TextField::Method)) == MISSING {
        return;
    }
    if row.text(Slot::of(TextField::Path)) == MISSING {
        row.set_text(Slot::of(TextField::Path), row.text(Slot::REQUEST));
    }
    row.set_text(Slot::REQUEST, MISSING);
    row.has_escaped_request = false;
}
