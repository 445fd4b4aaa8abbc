//! Access to the individual stages of counting, which are otherwise private, for `benches/stages.rs` only. It needs the
//! feature `stages`, which promises nothing: anything here may change or disappear in any version.
//!
//! Nothing is counted here, or the benchmarks would measure something other than the program. Every item forwards to
//! the stage that it is named after, and exposes the result.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bumpalo::Bump;

use crate::batch::{Batch, Fields, ROWS, TextField};
use crate::dimension::{Dimension, VariableColumns};
use crate::engine::memory_limit::MemoryLimit;
use crate::engine::scan::Scan;
use crate::engine::sniff::Sniffed;
use crate::engine::worker::{ChunkPosition, Worker};
use crate::filter::{Filter, Period};
use crate::format::{BatchWriter, Detector, FormatsOfFile, LogFormat, Marks, Quotes};
use crate::input::{Beginning, Chunk, Head};
use crate::keys::{AddressKeys, GroupId, Keys, Seed};
use crate::measure::UvMethod;
use crate::measure::{MeasureKind, Uv};
use crate::question::Question;
use crate::steps::StepPlan;
use crate::tally::{InputLedger, TablePlan, Tally, Unescaped, fields_needed};

/// A measure that is kept per group.
#[derive(Clone, Copy, Debug)]
pub enum Measure {
    Counts,
    Uv,
    Latency,
}

/// Dimensions with their measures.
pub type Plan<'p> = [(Dimension, &'p [Measure])];

fn tables_of(plan: &Plan<'_>) -> Vec<TablePlan> {
    let kind = |measure: &Measure| match measure {
        Measure::Counts => MeasureKind::Counts,
        Measure::Uv => MeasureKind::Uv,
        Measure::Latency => MeasureKind::Latency,
    };
    plan.iter().map(|(dimension, measures)| (*dimension, measures.iter().map(kind).collect())).collect()
}

/// Bytes → marks. Returns the number of lines, and the number of quotes known in lines without a backslash.
pub fn marks(log: &[u8]) -> (usize, usize) {
    let mut marks = Marks::from(log, 0);
    let (mut start, mut lines, mut quotes) = (0, 0, 0);
    while start < log.len() {
        let line = marks.line(start);
        if let Quotes::At { places, .. } = marks.quotes(line) {
            quotes += places.len();
        }
        (start, lines) = (line.next, lines + 1);
    }
    (lines, quotes)
}

/// The formats that are tried if none is given.
pub struct Presets(Vec<LogFormat>);

impl Default for Presets {
    fn default() -> Self {
        Presets(LogFormat::all_presets())
    }
}

/// Lines → rows of batches.
pub struct Scanner<'f> {
    of_file: Arc<FormatsOfFile<'f>>,
    formats: &'f [LogFormat],
    question: Question,
}

impl<'f> Scanner<'f> {
    /// Detects the format of a log.
    pub fn new(presets: &'f Presets, log: &[u8]) -> Scanner<'f> {
        let detector = Detector::new(&presets.0);
        let of_file = detector.detect(&[], &detector.sample(log));
        Scanner { of_file, formats: &presets.0, question: Question::default() }
    }

    /// Scans the fields that a plan needs. Passes each batch to `visit` while its rows are still in the cache, as when
    /// a worker counts them.
    pub fn each_batch(&self, log: &[u8], plan: &Plan<'_>, mut visit: impl FnMut(&Rows<'_>)) {
        let mut tally = Tally::new(&[], UvMethod::Exact, TextField::Addr.into(), Seed::fixed(1));
        tally.ledger.inputs = vec![InputLedger::new(self.formats.len())];
        let needs = fields_needed(&tables_of(plan), Fields::text(TextField::Addr));
        let sniffed = Sniffed {
            envelope: None,
            formats: Arc::clone(&self.of_file),
            foreign: None,
            fitting_preset: None,
            fits_whole_text: false,
            beginning: Beginning::default(),
            head: Head::default(),
            took: Duration::ZERO,
        };
        let scan = Scan {
            sniffed: vec![OnceLock::from(sniffed)],
            own: &[],
            formats: self.formats,
            detector: Detector::new(self.formats),
            max_line: self.question.reading.max_line,
            filter: Filter::new(
                Period::default(),
                &self.question.counting.filters,
                &VariableColumns::default(),
                Seed::fixed(1),
            ),
            steps: StepPlan::new(
                self.question.step_options(),
                &VariableColumns::default(),
                needs,
                Fields::NONE,
                Seed::fixed(1),
            ),
            servers: Vec::new(),
            rejects: None,
            taking: None,
            keeps_heads: false,
            uv: UvMethod::Exact,
            memory: MemoryLimit::new(None),
            batch_writer: BatchWriter {
                formats: self.formats,
                list: Fields::NONE,
                keeps_lists: false,
                needs,
                watched: Fields::NONE,
                query: self.question.reading.query,
                rules: &self.question.reading.static_rules,
            },
        };
        let mut worker = Worker::new(&scan, tally);
        let mut place = ChunkPosition::new(0, Chunk { bytes: log, offset: 0, left_out: 0 });
        let bump = Bump::new();
        let mut batch = Batch::new(needs);
        while place.start < place.bytes.len() {
            batch.clear();
            let mut account = InputLedger::new(self.formats.len());
            worker.fill::<false>(&mut place, &mut batch, &mut account, &bump);
            let ledger = &mut worker.tally.ledger;
            worker.filter.select(
                &batch,
                crate::filter::Rows::first(batch.len()),
                &mut worker.hits,
                &mut ledger.filtered_by,
                &mut ledger.near_misses,
            );
            visit(&Rows { batch: &batch, hits: &worker.hits });
        }
    }
}

/// The rows of a batch.
pub struct Rows<'r> {
    batch: &'r Batch<'r>,
    hits: &'r [u16],
}

impl<'r> Rows<'r> {
    /// `$remote_addr` of each row, if the plan needs it.
    pub fn addresses(&self) -> &[&'r [u8]] {
        self.batch.text(TextField::Addr)
    }

    /// Path of each row, if the plan needs it.
    pub fn paths(&self) -> &[&'r [u8]] {
        self.batch.text(TextField::Path)
    }

    /// Bytes sent for each row.
    pub fn bytes(&self) -> &[u64] {
        self.batch.bytes()
    }
}

/// Rows → numbers.
#[derive(Clone, Debug)]
pub struct Tables(Tally);

impl Tables {
    /// Creates empty tables.
    pub fn new(plan: &Plan<'_>, uv: UvMethod) -> Tables {
        Tables(Tally::new(&tables_of(plan), uv, TextField::Addr.into(), Seed::fixed(1)))
    }

    /// Counts the rows of a batch.
    pub fn add(&mut self, rows: &Rows<'_>) {
        self.0.add(rows.batch, rows.hits);
    }

    /// Merges the tables of another worker.
    pub fn absorb(&mut self, other: Tables) {
        self.0.absorb(other.0);
    }

    /// Unescapes all keys. Call after the last merge.
    #[must_use]
    pub fn unescaped(self) -> UnescapedTables {
        UnescapedTables(self.0.unescape())
    }

    /// Memory of the visitor sets in bytes, for exact UV.
    pub fn uv_bytes(&self) -> usize {
        fn reserved<T>(vec: &Vec<T>) -> usize {
            vec.capacity() * size_of::<T>()
        }
        let of_table = |uv: &Uv| {
            let sets = uv.exact_sets();
            sets.map_or(0, |sets| reserved(sets) + sets.iter().map(|set| set.heap_bytes()).sum::<usize>())
        };
        self.0.tables.iter().filter_map(|t| t.uv()).map(of_table).sum()
    }
}

/// Rows → numbers, with keys as they are reported.
#[derive(Clone, Debug)]
pub struct UnescapedTables(Tally<Unescaped>);

impl UnescapedTables {
    /// The groups of a dimension, in no particular order.
    pub fn groups(&self, dimension: Dimension) -> Vec<Group> {
        let table = self.0.tables.iter().find(|t| t.dimension == dimension).expect("the plan has this dimension");
        let keys = table.keys(&self.0.visitors);
        let group = |id| Group {
            key: dimension.bytes_of(table.key(&self.0.visitors, id).first()).into_owned(),
            counts: table.counts().map(|counts| {
                let of = counts.of(id);
                Counted { class: of.class, bytes: of.bytes, static_hits: of.static_hits }
            }),
            uv: table.uv().map(|uv| uv.of(id)),
            times: table.latency().map(|latency| {
                let times = latency.of(id).sorted();
                Times {
                    count: times.count(),
                    sum_ms: times.sum_ms(),
                    max_ms: times.max_ms(),
                    p99_ms: times.percentile_ms(99),
                }
            }),
        };
        (0..keys.len() as u32).map(|id| group(GroupId(id))).collect()
    }

    /// True if visitors are counted exactly.
    pub fn is_exact(&self) -> bool {
        self.0.tables.iter().filter_map(|t| t.uv()).all(|uv| uv.exact_sets().is_some())
    }
}

/// The numbers of one group.
#[derive(Clone, Debug)]
pub struct Group {
    pub key: Vec<u8>,
    pub counts: Option<Counted>,
    pub uv: Option<u64>,
    pub times: Option<Times>,
}

/// Hits by status class (index 0: no class), bytes sent, and number of static hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub class: [u64; 6],
    pub bytes: u64,
    pub static_hits: u64,
}

/// Request times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub count: u64,
    pub sum_ms: u64,
    pub max_ms: u64,
    pub p99_ms: u64,
}

/// Maximum number of values in a column.
pub const COLUMN: usize = ROWS;

/// A column → ids, using the keys for addresses.
pub struct Addresses(AddressKeys);

impl Default for Addresses {
    fn default() -> Self {
        Addresses(AddressKeys::new(Seed::fixed(1)))
    }
}

impl Addresses {
    /// Appends the ids of a column of at most `COLUMN` values.
    pub fn ids(&mut self, column: &[&[u8]], ids: &mut Vec<u32>) {
        self.0.ids(column, &all_rows()[..column.len()], ids);
    }
}

/// A column → ids, using the keys for any text.
pub struct Texts(Keys);

impl Default for Texts {
    fn default() -> Self {
        Texts(Keys::new(Seed::fixed(1)))
    }
}

impl Texts {
    /// Appends the ids of a column of at most `COLUMN` values.
    pub fn ids(&mut self, column: &[&[u8]], ids: &mut Vec<u32>) {
        self.0.ids(column, &all_rows()[..column.len()], ids);
    }

    /// The same, but looks up the keys one by one.
    pub fn ids_one_by_one(&mut self, column: &[&[u8]], ids: &mut Vec<u32>) {
        ids.extend(column.iter().map(|key| self.0.id(key)));
    }
}

fn all_rows() -> [u16; COLUMN] {
    std::array::from_fn(|row| row as u16)
}
