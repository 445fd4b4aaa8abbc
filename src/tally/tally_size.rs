//! Size of a tally by the formula of `measure/size.rs`, and how a tally is made smaller.

use super::Tally;
use super::degraded::{Bytes, MISSED};
use super::form::unescaped;
use crate::keys::{AddressKeys, fixed_hash};
use crate::measure::{GroupMeasure, Precision, SizeOf, UvMethod};

impl<F> Tally<F> {
    /// Bytes by the formula if this is a part of all hits. The sum of all parts is at least the size of the merged
    /// tally.
    pub(crate) fn part_bytes(&mut self) -> u64 {
        self.bytes(SizeOf::Part)
    }

    /// Bytes by the formula if this has all hits, without rankings that were taken from it.
    pub(crate) fn whole_bytes(&mut self) -> u64 {
        let size = self.whole();
        self.bytes(size)
    }

    fn whole(&self) -> SizeOf {
        SizeOf::Whole { visitors: self.visitors.len() as u64 }
    }

    fn bytes(&mut self, size: SizeOf) -> u64 {
        let sets = self.set_bytes(size);
        let of_days: u64 =
            self.days().map(|tally| if size == SizeOf::Part { tally.part_bytes() } else { tally.whole_bytes() }).sum();
        self.bytes_without_sets(size) + sets + of_days
    }

    /// Iterates over the tallies of all days, if there is one for each.
    fn days(&mut self) -> impl Iterator<Item = &mut Tally<F>> {
        self.by_day.iter_mut().flat_map(|by_day| by_day.tallies_mut())
    }

    fn bytes_without_sets(&self, size: SizeOf) -> u64 {
        let tables = self.tables.iter().chain(&self.rankings).map(|table| table.bytes(size));
        let missed: u64 = self.rankings.iter().map(|ranking| ranking.keys(&self.visitors).len() as u64 * MISSED).sum();
        let parts = self.by_part.as_ref().map_or(0, |parts| parts.bytes());
        self.visitors.bytes() + missed + parts + tables.sum::<u64>()
    }

    fn set_bytes(&mut self, size: SizeOf) -> u64 {
        let tables = self.tables.iter_mut().chain(&mut self.rankings);
        tables.map(|table| table.set_bytes(size)).sum::<u64>() + self.undated.set_bytes(size)
    }

    /// Bounds of the bytes by the formula. Does not look at single groups, so it is cheap enough to call often.
    pub(crate) fn bounds(&self) -> Bytes {
        let at_least = self.bytes_without_sets(self.whole()) + self.known_set_bytes;
        let tables = self.tables.iter().chain(&self.rankings).map(super::Table::set_bytes_of_hit);
        let of_hit = tables.sum::<u64>() + self.undated.set_bytes_of_hit();
        let own = Bytes { at_least, at_most: at_least + self.hits_since * of_hit };
        let of_days = self.by_day.iter().flat_map(|by_day| by_day.tallies());
        of_days.map(Tally::bounds).fold(own, |sum, bounds| Bytes {
            at_least: sum.at_least + bounds.at_least,
            at_most: sum.at_most + bounds.at_most,
        })
    }

    /// Like [`bounds`](Tally::bounds), but looks at every group, so that both bounds equal the size.
    pub(crate) fn exact_bounds(&mut self) -> Bytes {
        let size = self.whole();
        self.known_set_bytes = self.set_bytes(size);
        self.hits_since = 0;
        self.days().for_each(|tally| _ = tally.exact_bounds());
        self.bounds()
    }

    /// Returns the parts that use memory, each with its bytes by the formula. The set of visitors without a time is
    /// included in `visitors`.
    pub(crate) fn parts(&mut self) -> Vec<(&'static str, u64)> {
        let size = self.whole();
        let visitors = [("visitors", self.visitors.bytes() + self.undated.set_bytes(size))];
        let parts = self.by_part.as_ref().map(|parts| (parts.dimension.name(), parts.bytes()));
        let has_days = self.by_day.is_some();
        let of_days: u64 = self.days().map(Tally::whole_bytes).sum();
        let tables = self.tables.iter_mut().chain(&mut self.rankings);
        visitors
            .into_iter()
            .chain(tables.map(|table| (table.dimension.name(), table.bytes(size) + table.set_bytes(size))))
            .chain(parts)
            .chain(has_days.then_some(("days", of_days)))
            .collect()
    }

    /// Converts exact sets of visitors to the sketches that counting by HyperLogLog from the start would have made. If
    /// sketches would not be smaller, as for few visitors, changes nothing and returns false.
    pub(crate) fn use_sketches(&mut self, precision: Precision) -> bool {
        let size = self.whole();
        let sets = self.tables.iter().filter_map(super::Table::uv);
        let (exact, sketched) = sets
            .map(|uv| uv.bytes_and_as_sketches(size, precision))
            .fold((self.visitors.bytes(), 0), |(exact, sketched), (a, b)| (exact + a, sketched + b));
        let is_smaller = self.uv == UvMethod::Exact && sketched < exact;
        if is_smaller {
            self.make_sketches(precision);
        }
        is_smaller
    }

    /// Converts exact sets to sketches, if there are any.
    pub(super) fn make_sketches(&mut self, precision: Precision) {
        let seed = self.visitors.seed();
        let visitors = std::mem::replace(&mut self.visitors, AddressKeys::new(seed));
        let hashes: Vec<u64> = (0..visitors.len() as u32).map(|id| fixed_hash(&unescaped(&visitors.key(id)))).collect();
        self.uv = UvMethod::Hll(precision);
        self.undated.use_sketches(precision, seed, &hashes);
        self.tables.iter_mut().for_each(|table| table.use_sketches(precision, &visitors, &hashes));
    }
}
