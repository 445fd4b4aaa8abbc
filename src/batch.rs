//! Batches: a few hundred log lines stored as columns, passed from format to filter, dimensions and measures.
//!
//! A batch borrows from the chunk that it was scanned from. Only the columns that the question needs are filled.

use crate::time::Stamp;

/// Lines per batch: enough to spread the cost of dispatch, few enough to stay in the L1 cache.
pub(crate) const ROWS: usize = 256;

/// Written for a missing value, both by nginx and by logstat.
pub(crate) const MISSING: &[u8] = b"-";

/// The fields whose values are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TextField {
    Addr,
    Host,
    User,
    Method,
    Path,
    Protocol,
    Referer,
    Agent,
}

/// Number of text fields.
pub(crate) const TEXTS: usize = 8;

/// Maximum number of variables that a question can name. Each has its own column.
pub(crate) const NAMED: usize = 16;

/// Maximum number of further variables that derived dimensions read.
pub(crate) const SOURCES: usize = 4;

/// Maximum number of variables that have a column.
pub(crate) const MAX_VARIABLES: usize = NAMED + SOURCES;

/// Maximum number of derived dimensions.
pub(crate) const DERIVED: usize = 26;

/// Number of text columns. The last one identifies visitors if no other column does.
const COLUMNS: usize = TEXTS + MAX_VARIABLES + DERIVED + 1;

/// A set of fields needs one bit per text column, and one for each of the six other fields.
const _: () = assert!(COLUMNS + 6 <= u64::BITS as usize);

/// A text column: for a text field, a variable, a derived dimension, or the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(u8);

impl Column {
    /// Identifies visitors if that takes several columns. No log has this field, so no format fills it.
    pub(crate) const VISITOR: Column = Column((COLUMNS - 1) as u8);

    /// Column of the variable with this index, which is below [`MAX_VARIABLES`].
    pub(crate) const fn variable(place: usize) -> Column {
        Column((TEXTS + place) as u8)
    }

    /// Column of the derived dimension with this index, which is below [`DERIVED`]. A step fills it, not a format.
    pub(crate) const fn derived(place: usize) -> Column {
        Column((TEXTS + MAX_VARIABLES + place) as u8)
    }
}

impl From<TextField> for Column {
    #[inline(always)]
    fn from(field: TextField) -> Column {
        Column(field as u8)
    }
}

/// A set of fields: what a question needs, or what a format logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(u64);

impl Fields {
    pub(crate) const NONE: Fields = Fields(0);
    pub(crate) const TIME: Fields = Fields(1 << COLUMNS);
    pub(crate) const STATUS: Fields = Fields(2 << COLUMNS);
    pub(crate) const BYTES: Fields = Fields(4 << COLUMNS);
    pub(crate) const REQUEST_TIME: Fields = Fields(8 << COLUMNS);
    /// Static or dynamic. Decided by logstat; no format logs it.
    pub(crate) const CLASS: Fields = Fields(16 << COLUMNS);
    /// Whether a cache answered. Read from a variable by a step; no format fills it.
    pub(crate) const CACHE: Fields = Fields(32 << COLUMNS);
    /// The columns of variables.
    pub(crate) const VARIABLES: Fields = Fields(((1 << MAX_VARIABLES) - 1) << TEXTS);
    /// The fields of a request line.
    pub(crate) const REQUEST: Fields = Fields(
        Fields::text(TextField::Method).0 | Fields::text(TextField::Path).0 | Fields::text(TextField::Protocol).0,
    );

    pub(crate) const fn text(field: TextField) -> Fields {
        Fields(1 << field as u64)
    }

    pub(crate) const fn column(column: Column) -> Fields {
        Fields(1 << column.0)
    }

    #[must_use]
    pub(crate) const fn union(self, other: Fields) -> Fields {
        Fields(self.0 | other.0)
    }

    pub(crate) const fn contains(self, other: Fields) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) const fn intersects(self, other: Fields) -> bool {
        self.0 & other.0 != 0
    }

    /// Intersection of both sets.
    #[must_use]
    pub(crate) const fn intersection(self, other: Fields) -> Fields {
        Fields(self.0 & other.0)
    }

    /// Fields of this set that are not in `other`.
    #[must_use]
    pub(crate) const fn difference(self, other: Fields) -> Fields {
        Fields(self.0 & !other.0)
    }
}

/// The status of a number below 1000.
impl From<u16> for Status {
    fn from(code: u16) -> Status {
        Status::new(code)
    }
}

/// Class of a status code: 1 to 5, or 0 for any other code.
pub(crate) type StatusClass = u8;

/// A logged status code: three digits, or [`Status::MISSING`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u16);

impl Status {
    pub(crate) const MISSING: Status = Status(1000);
    /// Number of possible values, including [`MISSING`](Self::MISSING).
    pub(crate) const COUNT: usize = 1001;

    /// The status of a number below 1000.
    pub(crate) const fn new(code: u16) -> Status {
        Status(code)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    #[inline]
    pub(crate) fn class(self) -> StatusClass {
        match self.0 / 100 {
            class @ 1..=5 => class as StatusClass,
            _ => 0,
        }
    }

    /// Keys of classes, by [`class_index`](Self::class_index).
    pub(crate) const CLASS_KEYS: [&[u8]; 7] = [b"other", b"1xx", b"2xx", b"3xx", b"4xx", b"5xx", MISSING];

    /// Index of the key of its class. A missing status has a class of its own.
    #[inline]
    pub(crate) fn class_index(self) -> usize {
        if self == Status::MISSING { Status::CLASS_KEYS.len() - 1 } else { usize::from(self.class()) }
    }

    /// The class as a key: `2xx`, `other`, or `-` if the status is missing.
    pub(crate) fn class_key(self) -> &'static [u8] {
        Status::CLASS_KEYS[self.class_index()]
    }

    /// The status as a key: `200`, or `-` if missing.
    pub(crate) fn key(self) -> String {
        if self == Status::MISSING { "-".to_owned() } else { format!("{:03}", self.0) }
    }
}

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
    /// Further durations in milliseconds, in the order of the question. A step fills them, for hits only.
    further_ms: Vec<Box<[Option<u64>; ROWS]>>,
    /// Whether a cache answered. Empty unless a step fills it, for hits only.
    from_cache: Vec<Option<bool>>,
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
            further_ms: Vec::new(),
            from_cache: Vec::new(),
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

    /// Replaces whether a line is static.
    pub(crate) fn set_static(&mut self, row: usize, is_static: bool) {
        self.is_static[row] = is_static;
    }

    /// Replaces the duration that reports call the request time.
    pub(crate) fn set_time_ms(&mut self, row: usize, time_ms: Option<u64>) {
        self.time_ms[row] = time_ms;
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
        if self.some_lack {
            self.lacks.fill(Fields::NONE);
            self.some_lack = false;
        }
    }
}

/// Indices of the selected lines of a batch, ascending.
pub(crate) type Hits = Vec<u16>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_has_class_and_key() {
        for (status, class, key) in [
            (Status::new(0), 0, "000"),
            (Status::new(99), 0, "099"),
            (Status::new(101), 1, "101"),
            (Status::new(499), 4, "499"),
            (Status::new(599), 5, "599"),
            (Status::new(600), 0, "600"),
            (Status::new(999), 0, "999"),
            (Status::MISSING, 0, "-"),
        ] {
            assert_eq!((status.class(), status.key().as_str()), (class, key));
        }
    }

    #[test]
    fn fields_form_a_set() {
        let path = Fields::text(TextField::Path);
        assert!(Fields::REQUEST.contains(path) && !path.contains(Fields::REQUEST) && path.intersects(Fields::REQUEST));
        assert!(Fields::TIME.union(path).contains(Fields::TIME) && !path.intersects(Fields::TIME));
        assert_eq!(Fields::TIME.union(path).difference(path), Fields::TIME);
        assert_eq!(
            (Fields::TIME.union(path).intersection(Fields::REQUEST), Fields::TIME.intersection(path)),
            (path, Fields::NONE)
        );
        assert_eq!(Fields::column(TextField::Path.into()), path);
        let variable_columns =
            (0..MAX_VARIABLES).fold(Fields::NONE, |all, i| all.union(Fields::column(Column::variable(i))));
        let numbers = [Fields::TIME, Fields::STATUS, Fields::BYTES, Fields::REQUEST_TIME, Fields::CLASS, Fields::CACHE];
        let others = [&numbers[..], &[Fields::REQUEST]].concat();
        assert_eq!(variable_columns, Fields::VARIABLES);
        let derived = (0..DERIVED).fold(Fields::NONE, |all, i| all.union(Fields::column(Column::derived(i))));
        let visitor = Fields::column(Column::VISITOR);
        for columns in [visitor, derived] {
            assert!(!columns.intersects(variable_columns) && others.iter().all(|field| !columns.intersects(*field)));
        }
        assert!(!visitor.intersects(derived));
        assert!(others.iter().all(|field| *field != Fields::NONE && !variable_columns.intersects(*field)));
    }
}
