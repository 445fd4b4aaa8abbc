//! Notices patterns without wildcards, and texts in expressions, that equal no value, such as `--path /login` on a site
//! whose paths are `/de/login`.
//!
//! Every value in the period is compared, whatever other filters select, until one equals the pattern. So a pattern
//! that works costs nothing after its first match. What is counted depends on the lines alone: if a worker stops early,
//! some value equals the pattern, and then the counts are not used.

use std::borrow::Cow;
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::memmem::Finder;

use super::check::Check;
use super::condition::Condition;
use super::pattern::Pattern;
use super::rows::Rows;
use super::subject::Subject;
use super::texts::with_key;
use super::where_clause::Test;
use crate::batch::{Batch, Column, MISSING};
use crate::dimension::{Dimension, VariableColumns};
use crate::expression::{Expression, Order};
use crate::text::written;

/// Shorter patterns are not searched for: nearly every path contains `/`.
const LEAST_BYTES: usize = 2;

/// A text that a condition compares whole values with.
#[derive(Clone, Debug)]
pub(crate) struct Literal<'c> {
    pub(crate) dimension: Dimension,
    /// As the user may type it.
    pub(crate) text: Cow<'c, str>,
    pub(crate) bytes: &'c [u8],
    pub(crate) of: LiteralOf,
    /// True if the condition is met only by values that equal one of its texts.
    pub(crate) is_among_literals: bool,
    column: Column,
}

/// The condition that has a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiteralOf {
    /// Values must match the pattern.
    Filter,
    /// Values that match the pattern are excluded.
    Exclude,
    /// An expression compares values with the text by `==` or `in`.
    Where,
}

/// Values that do not equal a pattern without wildcards, and are like it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NearMisses {
    /// True if a value equals the pattern. The counts are then incomplete.
    pub(crate) is_met: bool,
    /// Number of lines whose value contains the pattern.
    pub(crate) containing: u64,
    /// Number of other lines whose value contains it in upper or lower case.
    pub(crate) in_other_case: u64,
}

impl NearMisses {
    pub(crate) fn merge(&mut self, other: NearMisses) {
        self.is_met |= other.is_met;
        self.containing += other.containing;
        self.in_other_case += other.in_other_case;
    }
}

/// Merges those of two tallies. A tally that has not counted anything has none.
pub(crate) fn merge_near_misses(all: &mut Vec<NearMisses>, others: &[NearMisses]) {
    all.resize(all.len().max(others.len()), NearMisses::default());
    all.iter_mut().zip(others).for_each(|(mine, theirs)| mine.merge(*theirs));
}

/// The patterns without wildcards and the texts of all conditions, in their order.
pub(crate) fn literals<'c>(conditions: &'c [Condition], variable_columns: &VariableColumns) -> Vec<Literal<'c>> {
    let of_condition = |condition: &'c Condition| {
        let (dimension, any, of) = match condition {
            Condition::Matches { dimension, any } => (*dimension, &any[..], LiteralOf::Filter),
            Condition::Excludes { dimension, any } => (*dimension, &any[..], LiteralOf::Exclude),
            Condition::Where(expression) => return of_expression(&expression.root, true, variable_columns),
            _ => return Vec::new(),
        };
        let Some(column) = dimension.column(variable_columns) else { return Vec::new() };
        let is_among_literals = any.iter().all(|pattern| pattern.literal().is_some());
        let literal = |pattern: &'c Pattern| {
            let bytes = pattern.literal().filter(|bytes| is_searched(bytes))?;
            let text = Cow::Borrowed(pattern.text());
            Some(Literal { dimension, text, bytes, of, is_among_literals, column })
        };
        any.iter().filter_map(literal).collect()
    };
    conditions.iter().flat_map(of_condition).collect()
}

/// The texts that an expression compares values with. `is_needed` is true if the expression must be true for all hits.
/// What is negated has none: it is usually true.
fn of_expression<'c>(
    expression: &'c Expression<Test>,
    is_needed: bool,
    variable_columns: &VariableColumns,
) -> Vec<Literal<'c>> {
    let of_each = |all: &'c [Expression<Test>], is_needed: bool| {
        all.iter().flat_map(|one| of_expression(one, is_needed, variable_columns)).collect()
    };
    let (subject, check) = match expression {
        Expression::All(all) => return of_each(all, is_needed),
        Expression::Any(all) => return of_each(all, false),
        Expression::Not(_) => return Vec::new(),
        Expression::Test(test) => test,
    };
    let Subject::Of(dimension) = *subject else { return Vec::new() };
    let Some(column) = dimension.column(variable_columns) else { return Vec::new() };
    let checks = if let Check::Any(checks) = check { checks } else { slice::from_ref(check) };
    let text = |check: &'c Check| match check {
        Check::Text(Order::EQUAL, bytes) => Some(&bytes[..]),
        _ => None,
    };
    let is_among_literals = is_needed && checks.iter().all(|check| text(check).is_some());
    let literal = |bytes: &'c [u8]| {
        let of = LiteralOf::Where;
        Literal { dimension, text: Cow::Owned(written(bytes)), bytes, of, is_among_literals, column }
    };
    checks.iter().filter_map(text).filter(|bytes| is_searched(bytes)).map(literal).collect()
}

fn is_searched(bytes: &[u8]) -> bool {
    bytes.len() >= LEAST_BYTES && bytes != MISSING
}

/// A search for a literal. Workers share `is_met`, which only saves time.
#[derive(Clone, Debug)]
pub(super) struct Search {
    column: Column,
    bytes: Box<[u8]>,
    part: Finder<'static>,
    lower: Finder<'static>,
    /// True if values that differ only in case are equal, as methods are.
    is_in_any_case: bool,
    is_met: Arc<AtomicBool>,
    /// Reused for each value.
    lowered: Vec<u8>,
}

impl Search {
    pub(super) fn new(literal: &Literal<'_>) -> Search {
        Search {
            column: literal.column,
            bytes: literal.bytes.into(),
            part: Finder::new(literal.bytes).into_owned(),
            lower: Finder::new(&literal.bytes.to_ascii_lowercase()).into_owned(),
            is_in_any_case: literal.dimension == Dimension::Method,
            is_met: Arc::default(),
            lowered: Vec::new(),
        }
    }

    /// Compares the values of these rows, unless a value is known to equal the pattern.
    #[inline]
    pub(super) fn search(&mut self, batch: &Batch<'_>, rows: Rows, found: &mut NearMisses) {
        if !self.is_met.load(Ordering::Relaxed) {
            self.compare(batch, rows, found);
        }
    }

    #[cold]
    #[inline(never)]
    fn compare(&mut self, batch: &Batch<'_>, rows: Rows, found: &mut NearMisses) {
        let column = batch.text(self.column);
        rows.for_each(|row| with_key(column[row], |key| self.compare_one(key, found)));
        if found.is_met {
            self.is_met.store(true, Ordering::Relaxed);
        }
    }

    fn compare_one(&mut self, key: &[u8], found: &mut NearMisses) {
        let equals = || key == &*self.bytes || self.is_in_any_case && key.eq_ignore_ascii_case(&self.bytes);
        if found.is_met || equals() {
            found.is_met = true;
        } else if self.part.find(key).is_some() {
            found.containing += 1;
        } else {
            self.lowered.clear();
            self.lowered.extend_from_slice(key);
            self.lowered.make_ascii_lowercase();
            found.in_other_case += u64::from(self.lower.find(&self.lowered).is_some());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::{Fields, Hits, Numbers, ROWS, Status, TextField};
    use crate::filter::{Filter, FilterReasonCounts, Period};
    use crate::keys::Seed;
    use crate::time::Stamp;

    fn conditions(matches: &[&str], excludes: &[&str]) -> Vec<Condition> {
        let patterns = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        vec![
            Condition::Matches { dimension: Dimension::Path, any: patterns(matches) },
            Condition::Status("404".parse().unwrap()),
            Condition::Excludes { dimension: Dimension::Path, any: patterns(excludes) },
        ]
    }

    /// Returns what workers find who count these values in turns, merged.
    fn found(conditions: &[Condition], values: &[&str], workers: usize) -> Vec<NearMisses> {
        let filter = Filter::new(Period::default(), conditions, &VariableColumns::default(), Seed::fixed(1));
        let mut all: Vec<_> = (0..workers).map(|_| (filter.clone(), Vec::new())).collect();
        for (turn, values) in values.chunks(3).enumerate() {
            let mut batch = Batch::new(Fields::text(TextField::Path));
            for value in values {
                batch.set_text(TextField::Path, value.as_bytes());
                let (stamp, status) = (Stamp::NONE, Status::new(200));
                batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
            }
            let (filter, found) = &mut all[turn % workers];
            filter.select(
                &batch,
                Rows::first(batch.len()),
                &mut Hits::with_capacity(ROWS),
                &mut FilterReasonCounts::default(),
                found,
            );
        }
        let mut merged = Vec::new();
        all.iter().for_each(|(_, found)| merge_near_misses(&mut merged, found));
        merged
    }

    #[test]
    fn only_patterns_without_wildcards_are_literals() {
        let all = conditions(&["/login", "/a*", "~^/b"], &["-", "/", r"/\x2A"]);
        let literals: Vec<_> = literals(&all, &VariableColumns::default())
            .iter()
            .map(|literal| (literal.bytes, literal.of, literal.is_among_literals))
            .collect();
        assert_eq!(literals, [(&b"/login"[..], LiteralOf::Filter, false), (b"/*", LiteralOf::Exclude, true)]);
        let status = Condition::Matches { dimension: Dimension::Status, any: vec!["404".parse().unwrap()] };
        assert!(super::literals(&[status], &VariableColumns::default()).is_empty(), "statuses are not texts");
    }

    #[test]
    fn expressions_have_the_texts_that_values_must_equal() {
        for (text, expected) in [
            ("path == '/login' && status == 404", &[("/login", true)][..]),
            ("path in ('/a', '/b') && !(path == '/c') && path != '/d'", &[("/a", true), ("/b", true)]),
            ("path == '/login' || host == 'x.example'", &[("/login", false), ("x.example", false)]),
            ("path ~ '/login' || bytes > 5 || path > '/m'", &[]),
            ("path == '-' && user == x", &[]),
        ] {
            let all = [Condition::Where(text.parse().unwrap())];
            let literals = literals(&all, &VariableColumns::default());
            let found: Vec<_> = literals.iter().map(|literal| (&*literal.text, literal.is_among_literals)).collect();
            assert_eq!(found, expected, "{text}");
            assert!(literals.iter().all(|literal| literal.of == LiteralOf::Where));
        }
    }

    #[test]
    fn values_that_contain_a_pattern_are_counted_until_one_equals_it() {
        let all = conditions(&["/login"], &["/Cart"]);
        let miss = |containing, in_other_case| NearMisses { is_met: false, containing, in_other_case };
        // The status filter selects none of them.
        let values = ["/de/login", "/login/", "/LOGIN", "/cart", r"/de\x2Flogin", "-", ""];
        assert_eq!(found(&all, &values, 1), [miss(3, 1), miss(0, 1)]);
        let values = ["/a", "/b", "/c", "/login", "/d", "/Cart", "/login/"];
        assert!(found(&all, &values, 2).iter().all(|found| found.is_met));
        assert!(found(&conditions(&["/a*"], &["~x"]), &values, 1).is_empty());
    }

    #[test]
    fn methods_equal_a_pattern_in_any_case() {
        let pattern = "post".parse().unwrap();
        let all = [Condition::Matches { dimension: Dimension::Method, any: vec![pattern] }];
        let literals = literals(&all, &VariableColumns::default());
        let mut found = NearMisses::default();
        Search::new(&literals[0]).compare_one(b"POST", &mut found);
        assert_eq!(found, NearMisses { is_met: true, containing: 0, in_other_case: 0 });
    }

    proptest! {
        /// Without an equal value, the counts do not depend on who counts; with one, all agree that there is one.
        #[test]
        fn near_misses_do_not_depend_on_workers(
            values in prop::collection::vec(prop::sample::select(vec!["/ab", "/AB", "ab", "aB", "b", "-", r"\x61b"]), 0..40),
            pattern in prop::sample::select(vec!["ab", "/ab", "aab"]),
        ) {
            let all = conditions(&[pattern], &["never"]);
            let plain = |value: &str| value.replace(r"\x61", "a");
            let is_met = values.iter().any(|value| plain(value) == pattern);
            let containing = values.iter().filter(|value| plain(value).contains(pattern)).count() as u64;
            let lower = |value: &str| plain(value).to_lowercase().contains(pattern);
            let in_other_case = values.iter().filter(|value| lower(value)).count() as u64 - containing;
            for workers in 1..4 {
                let found = found(&all, &values, workers).first().copied().unwrap_or_default();
                prop_assert_eq!(found.is_met, is_met);
                if !is_met {
                    prop_assert_eq!((found.containing, found.in_other_case), (containing, in_other_case));
                }
            }
        }
    }
}
