//! Highlights: findings that stand out by fixed rules. All thresholds are the constants below.

use std::cmp::Ordering;

use super::groups::Groups;
use super::whole::Whole;
use crate::dimension::Dimension;
use crate::keys::GroupId;
use crate::metric::Metric;
use crate::tally::{Tally, Unescaped};
use crate::time::Unit;

/// A finding that stands out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Highlight {
    /// The hour with the largest share of server errors. It must have at least ten, and they must be at least 1% of its
    /// hits. They must also be at least 50% of its hits, or at least twice the share that they are of all hits. Among
    /// equals, the first hour is taken. Hits without a status are left out.
    ErrorPeak {
        /// The hour: `2022-04-05T03`.
        key: String,
        /// Hits of the hour that have a status.
        pv: u64,
        /// Hits with a status of 500 to 599.
        status_5xx: u64,
        /// Share of server errors among the hits of the hour, 0 to 1.
        share: f64,
    },
    /// The path with the longest mean request time, if that is slow. Paths with fewer than ten timed requests are left
    /// out. Among equals, the path with the most hits is taken, then the first by key bytes.
    SlowestPath {
        /// The path.
        key: String,
        /// Hits whose request time was logged.
        count: u64,
        /// Mean request time in milliseconds.
        avg_ms: f64,
    },
    /// An address with at least ten hits, at least a tenth of all hits, and at least twice the mean of all addresses.
    FrequentAddress {
        /// The address.
        key: String,
        /// Hits of the address.
        pv: u64,
        /// Share of all hits, 0 to 1.
        share: f64,
    },
}

impl Highlight {
    /// The key that it is about: an hour, a path or an address.
    #[cfg(feature = "table")]
    pub(crate) fn key_mut(&mut self) -> &mut String {
        match self {
            Highlight::ErrorPeak { key, .. }
            | Highlight::SlowestPath { key, .. }
            | Highlight::FrequentAddress { key, .. } => key,
        }
    }
}

/// Fewest server errors of a peak; fewer may be chance.
const PEAK_ERRORS: u64 = 10;
/// Smallest share of server errors in the hits of a peak, in percent.
const PEAK_PERCENT: u64 = 1;
/// Share of server errors that is a peak whatever the other hours are like, in percent.
const OUTAGE_PERCENT: u64 = 50;
/// The share of server errors in a peak is at least this many times that in all hits.
const PEAK_TIMES: u64 = 2;
/// Fewest timed requests of the slowest path; the mean of fewer may be chance.
const SLOWEST_COUNT: u64 = 10;
/// Fewest hits of a frequent address; fewer may be chance.
const FREQUENT_HITS: u64 = 10;
/// A frequent address has at least one in this many of all hits.
const FREQUENT_PART: u64 = 10;
/// A frequent address has at least this many times the mean of all addresses. Otherwise, each of three equal visitors
/// would be frequent.
const FREQUENT_TIMES: u64 = 2;

const HOUR: Dimension = Dimension::Time(Unit::Hour);

/// Finds all highlights, grouped by kind.
pub(super) fn highlights(tally: &Tally<Unescaped>, whole: &Whole, slow_ms: u64) -> Vec<Highlight> {
    let groups = |dimension| {
        let is_kept = tally.tables.iter().any(|table| table.dimension == dimension && table.max_error.is_none());
        is_kept.then(|| Groups::of(tally, dimension, whole))
    };
    let mut found = Vec::new();
    found.extend(groups(HOUR).and_then(|hours| error_peak(&hours)));
    found.extend(groups(Dimension::Path).and_then(|paths| slowest(&paths, slow_ms)));
    found.extend(groups(Dimension::Ip).into_iter().flat_map(|addresses| frequent(&addresses, whole.pv)));
    found
}

/// An hour, with its hits that have a status and its server errors.
struct Hour {
    key: String,
    pv: u64,
    errors: u64,
}

impl Hour {
    /// Compares its share of errors with that of `errors` in `pv` hits.
    fn share_cmp(&self, errors: u64, pv: u64) -> Ordering {
        (u128::from(self.errors) * u128::from(pv)).cmp(&(u128::from(errors) * u128::from(self.pv)))
    }

    /// True if it is a peak, given the errors and hits of all hours.
    fn stands_out(&self, all_errors: u64, all: u64) -> bool {
        self.errors >= PEAK_ERRORS
            && self.share_cmp(PEAK_PERCENT, 100).is_ge()
            && (self.share_cmp(OUTAGE_PERCENT, 100).is_ge()
                || self.share_cmp(all_errors.saturating_mul(PEAK_TIMES), all).is_ge())
    }
}

fn error_peak(hours: &Groups<'_>) -> Option<Highlight> {
    let errors = |group| hours.quotient(Metric::Status5xx, group).map_or(0, |(errors, _)| errors);
    let hour = |group| Hour {
        key: hours.written(group),
        pv: hours.hits_with(Metric::Status5xx, group),
        errors: errors(group),
    };
    let hours: Vec<Hour> = hours.ids().map(hour).collect();
    let (all, all_errors) = hours.iter().fold((0, 0), |(pv, errors), hour| (pv + hour.pv, errors + hour.errors));
    // Hits without a time have the key `-`, which is not an hour.
    let peaks = hours.into_iter().filter(|hour| hour.key != "-" && hour.stands_out(all_errors, all));
    let peak = peaks.max_by(|a, b| a.share_cmp(b.errors, b.pv).then_with(|| b.key.cmp(&a.key)))?;
    let share = peak.errors as f64 / peak.pv as f64;
    Some(Highlight::ErrorPeak { key: peak.key, pv: peak.pv, status_5xx: peak.errors, share })
}

fn slowest(paths: &Groups<'_>, slow_ms: u64) -> Option<Highlight> {
    let is_slow = |group: &GroupId| {
        let (sum_ms, count) = paths.quotient(Metric::Avg, *group).unwrap_or_default();
        count >= SLOWEST_COUNT && u128::from(sum_ms) > u128::from(slow_ms) * u128::from(count)
    };
    let group = paths.first_by(Metric::Avg, paths.ids().filter(is_slow))?;
    let (sum_ms, count) = paths.quotient(Metric::Avg, group)?;
    Some(Highlight::SlowestPath { key: paths.written(group), count, avg_ms: sum_ms as f64 / count as f64 })
}

fn frequent(addresses: &Groups<'_>, pv: u64) -> Vec<Highlight> {
    // Hits whose lines do not log an address belong to no address.
    let unknown = addresses.without_visitor();
    let count = (addresses.ids().len() - usize::from(unknown.is_some())) as u64;
    let pv_of_known = pv - unknown.map_or(0, |group| addresses.pv_of(group));
    let is_times = |part: u64, times: u64, whole: u64| u128::from(part) * u128::from(times) >= u128::from(whole);
    let is_frequent = |group: &GroupId| {
        let part = addresses.pv_of(*group);
        Some(*group) != unknown
            && part >= FREQUENT_HITS
            && is_times(part, FREQUENT_PART, pv)
            && is_times(part, count, pv_of_known.saturating_mul(FREQUENT_TIMES))
    };
    let highlight = |group: GroupId| {
        let part = addresses.pv_of(group);
        Highlight::FrequentAddress { key: addresses.written(group), pv: part, share: part as f64 / pv as f64 }
    };
    addresses.ranked(addresses.ids().filter(is_frequent)).into_iter().map(highlight).collect()
}
