//! Batches: a few hundred log lines stored as columns, passed from format to filter, dimensions and measures.
//!
//! A batch borrows from the chunk that it was scanned from. Only the columns that the question needs are filled.

mod fields;
mod key_columns;
mod status;

use std::sync::Arc;

use crate::time::Stamp;
use fields::COLUMNS;
#[cfg(test)]
pub(crate) use fields::SOURCES;
pub(crate) use fields::{Column, DERIVED, Fields, MAX_VARIABLES, NAMED, TEXTS, TextField};
use key_columns::KeyColumns;
pub(crate) use key_columns::{KeyId, Keyring};
pub(crate) use status::{Status, StatusClass};

/// Lines per batch: enough to spread the cost of dispatch, few enough to stay in the L1 cache.
pub(crate) const ROWS: usize = 256;

/// Written for a missing value, both by nginx and by logstat.
pub(crate) const MISSING: &[u8] = b"-";

/// The numeric fields of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) stamp: Stamp,
    pub(crate) status: Status,
    pub(crate) bytes: u64,
    /// Request time in milliseconds; `None` if `$request_time` is `-` or not logged. After the filter, it is the first
    /// duration that the question names.
    pub(crate) time_ms: Option<u64>,
    pub(crate) is_static: bool,
}

/// A line as it is in its input, and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoggedLine<'a> {
    /// The line without its line feed. Of a line that an envelope has split, all parts, one per line.
    pub(crate) raw: &'a [u8],
    /// Byte at which it ends up in the order of the input: the offset of the line, or that of its last part.
    pub(crate) place: u64,
    /// Byte at which the chunk of its first part starts, and the index of the line in this chunk, from 0.
    pub(crate) chunk: u64,
    pub(crate) line_in_chunk: u64,
}

/// Log lines, with one column per field. Text columns have values only if needed; the others always do.
pub(crate) struct Batch<'a> {
    len: usize,
    /// All needed columns have the same full length from the start. A line is stored in about ten of them, so this
    /// allows a single check for free space.
    texts: [Vec<&'a [u8]>; COLUMNS],
    wall_s: Box<[i64; ROWS]>,
    offset_min: Box<[i16; ROWS]>,
    status: Box<[Status; ROWS]>,
    class: Box<[StatusClass; ROWS]>,
    bytes: Box<[u64; ROWS]>,
    time_ms: Box<[Option<u64>; ROWS]>,
    is_static: Box<[bool; ROWS]>,
    /// Watched fields that the line's format does not log. Their values are unknown, not missing.
    lacks: Box<[Fields; ROWS]>,
    /// True if any line lacks a watched field. Nearly always false; `lacks` is then neither written nor read.
    some_lack: bool,
    /// True if any line has no time.
    some_undated: bool,
    /// The lines themselves, if the question asks for them.
    logged: Vec<LoggedLine<'a>>,
    /// The request times in milliseconds, if another duration has taken their place in `time_ms`. A step fills them, for
    /// hits only.
    replaced_ms: Vec<Option<u64>>,
    /// Further durations in milliseconds, in the order of the question. A step fills them, for hits only.
    further_ms: Vec<Box<[Option<u64>; ROWS]>>,
    /// Whether a cache answered. Empty unless a step fills it, for hits only.
    from_cache: Vec<Option<bool>>,
    /// Ids of the keys that a step computes. A table reads them in place of texts.
    key_columns: KeyColumns,
}

/// Allocates a column on the heap, without building it on the stack.
fn column<T: Copy>(value: T) -> Box<[T; ROWS]> {
    vec![value; ROWS].into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("it has exactly this length"))
}

impl<'a> Batch<'a> {
    /// Creates an empty batch with room for [`ROWS`] lines.
    pub(crate) fn new(needs: Fields) -> Self {
        let texts = |field: usize| vec![MISSING; if needs.contains(Fields(1 << field)) { ROWS } else { 0 }];
        Batch {
            len: 0,
            texts: std::array::from_fn(texts),
            wall_s: column(0),
            offset_min: column(0),
            status: column(Status::MISSING),
            class: column(0),
            bytes: column(0),
            time_ms: column(None),
            is_static: column(false),
            lacks: column(Fields::NONE),
            some_lack: false,
            some_undated: false,
            logged: Vec::new(),
            replaced_ms: Vec::new(),
            further_ms: Vec::new(),
            from_cache: Vec::new(),
            key_columns: KeyColumns::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Values of a text column; empty if the column is not needed.
    #[inline]
    pub(crate) fn text(&self, column: impl Into<Column>) -> &[&'a [u8]] {
        self.texts[usize::from(column.into().0)].get(..self.len).unwrap_or_default()
    }

    pub(crate) fn wall_s(&self) -> &[i64] {
        &self.wall_s[..self.len]
    }

    pub(crate) fn offset_min(&self) -> &[i16] {
        &self.offset_min[..self.len]
    }

    pub(crate) fn status(&self) -> &[Status] {
        &self.status[..self.len]
    }

    pub(crate) fn class(&self) -> &[StatusClass] {
        &self.class[..self.len]
    }

    pub(crate) fn bytes(&self) -> &[u64] {
        &self.bytes[..self.len]
    }

    pub(crate) fn time_ms(&self) -> &[Option<u64>] {
        &self.time_ms[..self.len]
    }

    /// The request time of a hit in milliseconds, even if reports use another duration.
    pub(crate) fn request_ms(&self, row: usize) -> Option<u64> {
        self.replaced_ms.get(row).copied().unwrap_or(self.time_ms[row])
    }

    /// Further durations in milliseconds: those that the question names after the first one.
    pub(crate) fn further_ms(&self) -> impl ExactSizeIterator<Item = &[Option<u64>]> {
        self.further_ms.iter().map(|times_ms| &times_ms[..self.len])
    }

    /// True if a cache answered, false if it did not; `None` if the line has no cache status.
    pub(crate) fn is_from_cache(&self, row: usize) -> Option<bool> {
        self.from_cache.get(row).copied().flatten()
    }

    pub(crate) fn is_static(&self) -> &[bool] {
        &self.is_static[..self.len]
    }

    /// True if any line lacks a watched field.
    pub(crate) fn some_lack(&self) -> bool {
        self.some_lack
    }

    /// Watched fields that the line's format does not log.
    pub(crate) fn lacks(&self, row: usize) -> Fields {
        self.lacks[row]
    }

    /// True if any line has no time, whether or not its format logs one.
    pub(crate) fn some_undated(&self) -> bool {
        self.some_undated
    }

    pub(crate) fn stamp(&self, row: usize) -> Stamp {
        Stamp { wall_s: self.wall_s[row], offset_min: self.offset_min[row] }
    }

    /// Sets a text of the next line to be added. The column must be needed.
    #[inline]
    pub(crate) fn set_text(&mut self, column: impl Into<Column>, text: &'a [u8]) {
        self.texts[usize::from(column.into().0)][self.len] = text;
    }

    /// Records that the next line to be added lacks these fields.
    #[cold]
    #[inline(never)]
    pub(crate) fn set_lacks(&mut self, fields: Fields) {
        self.lacks[self.len] = fields;
        self.some_lack = true;
    }

    /// Records that the next line to be added has no time.
    #[cold]
    pub(crate) fn set_undated(&mut self) {
        self.some_undated = true;
    }

    /// Adds a line whose texts have been set. The batch must not be full.
    #[inline(always)]
    pub(crate) fn add(&mut self, numbers: Numbers) {
        let at = self.len;
        self.wall_s[at] = numbers.stamp.wall_s;
        self.offset_min[at] = numbers.stamp.offset_min;
        self.status[at] = numbers.status;
        self.class[at] = numbers.status.class();
        self.bytes[at] = numbers.bytes;
        self.time_ms[at] = numbers.time_ms;
        self.is_static[at] = numbers.is_static;
        self.len = at + 1;
    }

    /// Keeps the line that was added last.
    #[inline]
    pub(crate) fn keep_line(&mut self, line: LoggedLine<'a>) {
        self.logged.push(line);
    }

    /// The lines themselves, if they are kept.
    pub(crate) fn logged(&self) -> &[LoggedLine<'a>] {
        &self.logged
    }

    /// Converts the times of these lines to another clock.
    pub(crate) fn convert_times(&mut self, rows: &[u16], mut convert: impl FnMut(Stamp) -> Stamp) {
        for &row in rows {
            let row = usize::from(row);
            let Stamp { wall_s, offset_min } = convert(self.stamp(row));
            (self.wall_s[row], self.offset_min[row]) = (wall_s, offset_min);
        }
    }

    /// Replaces the text of a line in a column that is needed.
    #[inline]
    pub(crate) fn replace_text(&mut self, row: usize, column: impl Into<Column>, text: &'a [u8]) {
        self.texts[usize::from(column.into().0)][row] = text;
    }

    /// The ids of the keys of all rows in the column of a derived dimension, to be filled by the step that computes them.
    pub(crate) fn key_ids_mut(&mut self, column: Column) -> &mut [KeyId] {
        column.derived_place().map_or(&mut [], |place| self.key_columns.ids_mut(place))
    }

    /// Sets the keyring of the ids in all columns.
    pub(crate) fn set_keyring(&mut self, keyring: Arc<Keyring>) {
        self.key_columns.set_keyring(keyring);
    }

    /// The ids of the keys in a column, and their keyring; `None` if only texts are known.
    pub(crate) fn key_ids(&self, column: Column) -> Option<(&Keyring, &[KeyId])> {
        self.key_columns.ids(column.derived_place()?, self.len)
    }

    /// Drops the ids of keys, because texts have changed.
    pub(crate) fn drop_key_ids(&mut self) {
        self.key_columns.clear();
    }

    /// Replaces whether a line is static.
    pub(crate) fn set_static(&mut self, row: usize, is_static: bool) {
        self.is_static[row] = is_static;
    }

    /// Puts another duration in the place of the request time, which is kept.
    pub(crate) fn replace_time_ms(&mut self, row: usize, time_ms: Option<u64>) {
        self.replaced_ms.resize(ROWS, None);
        self.replaced_ms[row] = std::mem::replace(&mut self.time_ms[row], time_ms);
    }

    /// Sets a further duration; `at` counts from 0.
    pub(crate) fn set_further_ms(&mut self, at: usize, row: usize, time_ms: Option<u64>) {
        if at >= self.further_ms.len() {
            self.further_ms.resize_with(at + 1, || column(None));
        }
        self.further_ms[at][row] = time_ms;
    }

    /// Sets whether a cache answered.
    pub(crate) fn set_from_cache(&mut self, row: usize, from_cache: Option<bool>) {
        self.from_cache.resize(ROWS, None);
        self.from_cache[row] = from_cache;
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.some_undated = false;
        self.logged.clear();
        self.key_columns.clear();
        if self.some_lack {
            self.lacks.fill(Fields::NONE);
            self.some_lack = false;
        }
    }
}

/// Indices of the selected lines of a batch, ascending.
pub(crate) type Hits = Vec<u16>;
