//! What stands out, by rules: the numbers below are all there is to them.

use std::cmp::Ordering;

use super::groups::Groups;
use crate::dimension::Dimension;
use crate::keys::GroupId;
use crate::metric::Metric;
use crate::tally::{Tally, Unescaped};
use crate::time::Unit;

/// Something that stands out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Highlight {
    /// The hour in which the largest share of requests failed: with ten server errors or more, which are at least a hundredth of
    /// its hits, and half of these or twice the share that they are of all hits. Of equals the first. Hits without a status are
    /// left out.
    ErrorPeak {
        /// `2022-04-05T03`
        key: String,
        /// Its hits that have a status.
        pv: u64,
        /// Those with 500 to 599.
        status_5xx: u64,
        /// Of its hits, 0 to 1.
        share: f64,
    },
    /// The path with the longest mean request time, of those with ten timed requests or more, where that is slow. Of equals
    /// that with most hits, then by key bytes.
    SlowestPath {
        /// The path.
        key: String,
        /// Its hits whose time was logged.
        count: u64,
        /// Their mean, in milliseconds.
        avg_ms: f64,
    },
    /// An address with ten hits or more, which are a tenth of all hits, and twice as many as addresses have in the mean.
    FrequentAddress {
        /// The address.
        key: String,
        /// Its hits.
        pv: u64,
        /// Of all hits, 0 to 1.
        share: f64,
    },
}

impl Highlight {
    /// What it is the key of.
    #[cfg(feature = "table")]
    pub(crate) fn key_mut(&mut self) -> &mut String {
        match self {
            Highlight::ErrorPeak { key, .. }
            | Highlight::SlowestPath { key, .. }
            | Highlight::FrequentAddress { key, .. } => key,
        }
    }
}

/// Fewer server errors in an hour are a handful.
const PEAK_ERRORS: u64 = 10;
/// The least share of an hour's hits that is a peak, in percent.
const PEAK_PERCENT: u64 = 1;
/// What is wrong whatever the other hours are like, in percent.
const OUTAGE_PERCENT: u64 = 50;
/// How many times the share of all hits that is.
const PEAK_TIMES: u64 = 2;
/// A mean of fewer requests is chance.
const SLOWEST_COUNT: u64 = 10;
/// Fewer hits of an address are a handful.
const FREQUENT_HITS: u64 = 10;
/// The part of all hits that is much for one address: a tenth.
const FREQUENT_PART: u64 = 10;
/// How many times the mean of addresses that is: of three visitors, each has a tenth.
const FREQUENT_TIMES: u64 = 2;

const HOUR: Dimension = Dimension::Time(Unit::Hour);

/// What stands out, those of one kind after another.
pub(super) fn highlights(tally: &Tally<Unescaped>, pv: u64, slow_ms: u64) -> Vec<Highlight> {
    let groups = |dimension| {
        let is_kept = tally.tables.iter().any(|table| table.dimension == dimension && table.max_error.is_none());
        is_kept.then(|| Groups::of(tally, dimension, pv))
    };
    let mut found = Vec::new();
    found.extend(groups(HOUR).and_then(|hours| error_peak(&hours)));
    found.extend(groups(Dimension::Path).and_then(|paths| slowest(&paths, slow_ms)));
    found.extend(groups(Dimension::Ip).into_iter().flat_map(|addresses| frequent(&addresses, pv)));
    found
}

/// An hour and its errors.
struct Hour {
    key: String,
    pv: u64,
    errors: u64,
}

impl Hour {
    /// How its share compares with that of so many errors in so many hits.
    fn share_cmp(&self, errors: u64, pv: u64) -> Ordering {
        (u128::from(self.errors) * u128::from(pv)).cmp(&(u128::from(errors) * u128::from(self.pv)))
    }

    /// Whether it is a peak among hours that come to so much together.
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
    // What a format without a time has logged is in no hour.
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
    // Hits whose lines do not log an address are no address's.
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
    addresses.in_rank(addresses.ids().filter(is_frequent)).into_iter().map(highlight).collect()
}
