//! Reads a line of a JSON log: the values of its known keys, wherever they are. The hot path for such logs.
//!
//! One pass over the line, from key to key. Nothing is allocated, and unknown keys are skipped. Lines with the
//! remembered shape (shape.rs) do not even need key look-ups. The scanner accepts what nginx's `escape=json` and
//! hand-written `log_format`s produce: `000` without quotes, `-` or nothing for a missing value, raw control bytes,
//! bytes that are not UTF-8, extra commas. It rejects a line whose brackets, quotes or commas do not match: such a line
//! was cut off, or is two lines run together.
//!
//! - A value that is empty, `-` or `null` is missing; the next key that feeds the same target is then used.
//! - If a key occurs twice, the last one counts.
//! - A list of one value counts as that value; any other list is its text.
//!
//! If you make this faster, trust the tests in reference.rs: a slow reference that reads valid lines with serde_json.

use std::ops::Range;

use super::field_values::{FieldValues, Flaw, ScanContext};
use super::forms::{Mark, is_caddy_internal};
use super::key_lookup::{JsonKeys, Name};
use super::seen::KeysSeen;
use super::shape::{SampleValue, Shapes};
use super::text::decode;
use super::value::{Broken, bare_end, skip_space, value};
use crate::batch::{Fields, TextField};
use crate::format::Reason;
use crate::format::marks::Line;
use crate::format::marks::next_quote;
use crate::format::mismatch::{Expected, Mismatch};
use crate::format::row::Row;
use crate::time::Clock;

/// Per-worker state for one format, reused between lines: memory, and the keys seen.
#[derive(Debug, Default)]
pub(in crate::format) struct JsonScratch {
    pub(in crate::format) field_values: FieldValues,
    shapes: Shapes,
    /// Values of the line and their positions, if its shape will be learned.
    sample_values: Vec<SampleValue>,
    /// Path of the open object, with a dot after each key.
    path: Vec<u8>,
    /// Length of the path before each open object.
    opened: Vec<usize>,
    /// True if the line comes from a part of Caddy that does not write access logs.
    is_caddy_internal: bool,
    /// Known labels of an LTSV line: the rule of each, and the range of its value.
    pub(in crate::format) labelled: Vec<(u16, Range<usize>)>,
    pub(in crate::format) seen_in_line: KeysSeen,
    seen: KeysSeen,
}

/// Error for a line that does not begin like a JSON object.
pub(in crate::format) const NO_OBJECT: Mismatch =
    Mismatch { reason: Reason::NoMatch, expected: Expected::Said("a JSON object"), at: 0 };

/// True if a line begins like a JSON object.
#[inline]
pub(in crate::format) fn is_object(text: &[u8]) -> bool {
    text.get(skip_space(text, 0)) == Some(&b'{')
}

/// Fills `row`, which must be empty, from `line`.
pub(in crate::format) fn scan<'a>(
    keys: &JsonKeys,
    line: Line<'a, '_>,
    context: ScanContext<'a>,
    clock: &mut Clock,
    scratch: &mut JsonScratch,
    row: &mut Row<'a>,
) -> Result<(), Mismatch> {
    let mismatch = |reason, expected, at| Mismatch { reason, expected: Expected::Said(expected), at };
    let no_value =
        |Flaw { reason, rule, start, len }| Mismatch { reason, expected: Expected::Value { rule, len }, at: start };
    if let Some(shape) = scratch.shapes.read(keys, line, &mut scratch.field_values) {
        scratch.field_values.fill(shape.targets(), keys, line.text, context, clock, row).map_err(no_value)?;
        row.has = shape.has();
        scratch.shapes.note_use();
        return Ok(());
    }
    if !is_object(line.text) {
        return Err(NO_OBJECT);
    }
    let learns = scratch.shapes.wants_one(line);
    let has = scratch
        .walk(keys, line, learns)
        .map_err(|Broken(at)| mismatch(Reason::BadJson, "a JSON object that is whole", at))?;
    if scratch.is_caddy_internal {
        return Err(mismatch(Reason::NoMatch, "a line of an access log", line.text.len()));
    }
    if !has.intersects(Fields::STATUS.union(Fields::text(TextField::Path))) {
        // A line of a program's own log, or of a format whose keys are unknown.
        return Err(mismatch(Reason::NoMatch, "a key that is known to hold a status or a request", line.text.len()));
    }
    scratch.field_values.fill(keys.targets(), keys, line.text, context, clock, row).map_err(no_value)?;
    row.has = has;
    scratch.note_keys();
    if learns {
        scratch.shapes.learn(keys, line.text, &scratch.sample_values);
    }
    Ok(())
}

impl JsonScratch {
    /// Adds to `keys` the keys that lines had since the last call.
    pub(in crate::format) fn move_keys_to(&mut self, keys: &mut KeysSeen) {
        self.shapes.move_keys_to(&mut self.seen);
        keys.merge(&self.seen);
        self.seen.clear();
    }

    /// Adds the keys of the current line to those seen.
    #[inline]
    pub(in crate::format) fn note_keys(&mut self) {
        self.seen.merge(&self.seen_in_line);
    }

    /// Finds the values of the line and returns the fields that it has keys for. If `learns` is true, keeps their
    /// positions.
    fn walk(&mut self, keys: &JsonKeys, line: Line<'_, '_>, learns: bool) -> Result<Fields, Broken> {
        let (text, mut quotes) = (line.text, line.quotes);
        self.field_values.reset(keys.targets().len());
        self.sample_values.clear();
        self.seen_in_line.clear();
        self.path.clear();
        self.opened.clear();
        self.is_caddy_internal = false;
        let mut has = Fields::NONE;
        let mut at = skip_space(text, 0) + 1;
        loop {
            at = skip_space(text, at);
            match text.get(at) {
                Some(b'"') => {}
                Some(b',') => {
                    at += 1;
                    continue;
                }
                Some(b'}') => {
                    at += 1;
                    let Some(len) = self.opened.pop() else {
                        at = skip_space(text, at);
                        return if at == text.len() { Ok(has) } else { Err(Broken(at)) };
                    };
                    self.path.truncate(len);
                    at = after_value(text, at)?;
                    continue;
                }
                // The rest of `0.1, 0.2`, a list that nginx writes without quotes.
                Some(b) if !matches!(b, b'{' | b'[' | b']' | b':') => {
                    at = bare_end(text, at)?;
                    continue;
                }
                _ => return Err(Broken(at)),
            }
            let (key_end, is_escaped) = next_quote(&mut quotes, text, at + 1).ok_or(Broken(at))?;
            let path_len = self.path.len();
            let name = self.name(keys, &text[at + 1..key_end], is_escaped);
            at = skip_space(text, key_end + 1);
            if text.get(at) != Some(&b':') {
                return Err(Broken(at));
            }
            at = skip_space(text, at + 1);
            if let Some(name) = name
                && name.opens
                && text.get(at) == Some(&b'{')
            {
                self.open(name, path_len);
                at += 1;
                continue;
            }
            self.path.truncate(path_len);
            let value = value(text, at, &mut quotes)?;
            let first = name.and_then(|name| name.rule).filter(|_| text[at] != b'{');
            let mark = name.map_or(Mark::Nothing, |name| name.mark);
            match mark {
                Mark::Nothing => {}
                Mark::Envoy => self.field_values.note_envoy_key(),
                Mark::Logger => self.is_caddy_internal |= is_caddy_internal(self.field_values.plain(&value, text)),
            }
            let rule = match first {
                Some(first) if keys.has_forms(first) => keys.reading(first, self.field_values.plain(&value, text)),
                only => only,
            };
            if let Some(rule) = rule {
                has = has.union(keys.rule(rule).fields);
                self.seen_in_line.add(rule);
                self.field_values.put(keys.rule(rule).target, rule, &value, text);
            }
            if learns {
                self.sample_values.push(SampleValue::of(&value, first, rule, mark, text));
            }
            at = after_value(text, value.next)?;
        }
    }

    /// Looks up a key. A key of the outermost object, as nearly all are, is its own path; others are appended to the
    /// path of their object.
    #[inline]
    fn name<'k>(&mut self, keys: &'k JsonKeys, key: &[u8], is_escaped: bool) -> Option<&'k Name> {
        if self.opened.is_empty() && !is_escaped {
            return keys.find(key);
        }
        if is_escaped {
            decode(key, &mut self.path);
        } else {
            self.path.extend_from_slice(key);
        }
        keys.find(&self.path)
    }

    /// Enters the object of this name. The depth is limited by that of the known names.
    fn open(&mut self, name: &Name, path_len: usize) {
        self.opened.push(path_len);
        self.path.clear();
        self.path.extend_from_slice(name.path());
        self.path.push(b'.');
    }
}

/// Position of the comma or closing brace that must follow a value.
#[inline]
fn after_value(text: &[u8], at: usize) -> Result<usize, Broken> {
    let at = skip_space(text, at);
    if matches!(text.get(at), Some(b',' | b'}')) { Ok(at) } else { Err(Broken(at)) }
}
