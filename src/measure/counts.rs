//! PV, bytes, static hits and status classes: one cache line per group.

use super::per_group::Sum;
use super::rare::Rare;
use super::{GroupMeasure, Grouped, SavedOrder, SavedSize, SizeOf, UvMethod, Visitors};
use crate::batch::{Batch, Fields, TextField};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::huge_pages;
use crate::keys::{GroupId, IdMap, Seed};
use crate::prefetch::prefetch;

/// The counts of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct GroupCounts {
    /// Hits by status class, 1xx to 5xx at 1 to 5. Index 0 has all other hits.
    pub(crate) class: [u64; GroupCounts::CLASSES],
    pub(crate) bytes: u64,
    pub(crate) static_hits: u64,
}

impl GroupCounts {
    /// Number of status classes, with the one for all other hits.
    const CLASSES: usize = 6;

    pub(crate) fn pv(&self) -> u64 {
        self.class.iter().sum()
    }

    /// Hits with a status of 2xx or 3xx.
    pub(crate) fn served(&self) -> u64 {
        self.class[2] + self.class[3]
    }

    /// Returns the counts of all lines of a batch.
    fn of_all(batch: &Batch<'_>) -> GroupCounts {
        let (class, is_static) = (batch.class(), batch.is_static());
        let of_class = |wanted| u64::from(class.iter().map(|class| u32::from(*class == wanted)).sum::<u32>());
        let bytes: u128 = batch.bytes().iter().map(|bytes| u128::from(*bytes)).sum();
        GroupCounts {
            class: [0, 1, 2, 3, 4, 5].map(of_class),
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
            static_hits: is_static.iter().map(|is_static| u64::from(*is_static)).sum(),
        }
    }

    fn merge(&mut self, other: &GroupCounts) {
        for (mine, theirs) in self.class.iter_mut().zip(other.class) {
            *mine += theirs;
        }
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.static_hits += other.static_hits;
    }
}

/// Hits of a group whose lines do not log a field. They are also counted in [`GroupCounts`]: without a status class,
/// with 0 bytes, or as not static.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacking {
    pub(crate) status: u64,
    pub(crate) bytes: u64,
    pub(crate) path: u64,
}

impl Lacking {
    fn of_hit(fields: Fields) -> Lacking {
        let lacks = |field| u64::from(fields.intersects(field));
        Lacking {
            status: lacks(Fields::STATUS),
            bytes: lacks(Fields::BYTES),
            path: lacks(Fields::text(TextField::Path)),
        }
    }
}

impl Sum for Lacking {
    const NONE: Lacking = Lacking { status: 0, bytes: 0, path: 0 };

    fn merge(&mut self, other: Lacking) {
        self.status += other.status;
        self.bytes += other.bytes;
        self.path += other.path;
    }
}

/// Number of groups that fit into the first-level cache anyway.
const NEAR: usize = 256;

/// The counts of every group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    groups: Vec<GroupCounts>,
    lacking: Rare<Lacking>,
}

impl Counts {
    pub(crate) fn of(&self, group: GroupId) -> GroupCounts {
        self.groups[group.0 as usize]
    }

    /// Iterates over the counts of all groups, by group id.
    pub(super) fn groups(&self) -> impl Iterator<Item = &GroupCounts> {
        self.groups.iter()
    }

    /// Number of hits of all groups.
    pub(crate) fn hits(&self) -> u64 {
        self.groups.iter().map(GroupCounts::pv).sum()
    }

    /// Returns the hits of a group that lack a field.
    pub(crate) fn lacking(&self, group: GroupId) -> Lacking {
        self.lacking.of(group)
    }

    #[cold]
    #[inline(never)]
    fn add_lacking(&mut self, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId]) {
        for (&row, group) in hits.iter().zip(groups) {
            let lacking = Lacking::of_hit(batch.lacks(usize::from(row)));
            if lacking != Lacking::NONE {
                self.lacking.add(*group, lacking);
            }
        }
    }

    #[inline]
    fn grow(&mut self, len: usize) {
        let more = len - self.groups.len();
        huge_pages::reserve(&mut self.groups, more);
        self.groups.resize(len, GroupCounts::default());
    }
}

impl GroupMeasure for Counts {
    /// The path decides whether a request is static.
    const NEEDS: Fields = Fields::STATUS.union(Fields::BYTES).union(Fields::text(TextField::Path));

    fn new(_: UvMethod, _: Seed) -> Counts {
        Counts::default()
    }

    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, only }: Grouped<'_>, _: &Visitors<'_>) {
        self.grow(len);
        if batch.some_lack() {
            self.add_lacking(batch, hits, groups);
        }
        // Fast path: each column is summed on its own, several rows at a time. That requires that all lines of the
        // batch are hits.
        if let Some(only) = only
            && hits.len() == batch.len()
        {
            self.groups[only.0 as usize].merge(&GroupCounts::of_all(batch));
            return;
        }
        if len > NEAR {
            groups.iter().for_each(|group| prefetch(&self.groups, group.0 as usize));
        }
        let (class, bytes, is_static) = (batch.class(), batch.bytes(), batch.is_static());
        for (&row, group) in hits.iter().zip(groups) {
            let row = row as usize;
            let counts = &mut self.groups[group.0 as usize];
            counts.class[class[row] as usize] += 1;
            counts.bytes = counts.bytes.saturating_add(bytes[row]);
            counts.static_hits += u64::from(is_static[row]);
        }
    }

    fn bytes(&self, size: SizeOf) -> u64 {
        let groups = self.groups.len();
        (groups * size_of::<GroupCounts>()) as u64 + size.rare(self.lacking.is_empty(), groups, size_of::<Lacking>())
    }

    fn keep(&mut self, groups: &[GroupId]) {
        self.lacking.keep(groups);
        for (new, old) in groups.iter().enumerate() {
            self.groups[new] = self.of(*old);
        }
        self.groups.truncate(groups.len());
    }

    fn take(&mut self, groups: &[GroupId]) -> Counts {
        let lacking = self.lacking.take(groups);
        let take = |group: &GroupId| std::mem::take(&mut self.groups[group.0 as usize]);
        Counts { groups: groups.iter().map(take).collect(), lacking }
    }

    fn merge(&mut self, other: &Counts, ids: &IdMap<'_>, len: usize) {
        self.grow(len);
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.groups[group.0 as usize].merge(theirs);
        }
        self.lacking.merge(&other.lacking, ids);
    }

    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        let groups = || order.groups.iter().map(|group| self.of(*group));
        for class in 0..GroupCounts::CLASSES {
            out.column(groups().map(|counts| counts.class[class]));
        }
        out.column(groups().map(|counts| counts.bytes));
        out.column(groups().map(|counts| counts.static_hits));
        self.lacking.save(order, out, |sums, out| {
            out.column(sums.iter().map(|lacking| lacking.status));
            out.column(sums.iter().map(|lacking| lacking.bytes));
            out.column(sums.iter().map(|lacking| lacking.path));
        });
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        let mut groups = vec![GroupCounts::default(); size.groups];
        let mut left = size.hits;
        for class in 0..GroupCounts::CLASSES {
            input.column(size.groups, |group, hits| {
                left = left.checked_sub(hits).ok_or(Damaged)?;
                groups[group].class[class] = hits;
                Ok(())
            })?;
        }
        for counts in &mut groups {
            counts.bytes = input.unsigned()?;
        }
        input.column(size.groups, |group, hits| {
            groups[group].static_hits = hits;
            if hits <= groups[group].pv() { Ok(()) } else { Err(Damaged) }
        })?;
        self.lacking = Rare::load(size, input, |len, input| {
            let mut column = || input.counts(len, &mut { size.hits });
            let (status, bytes, path) = (column()?, column()?, column()?);
            let sums = status.into_iter().zip(bytes).zip(path);
            Ok(sums.map(|((status, bytes), path)| Lacking { status, bytes, path }).collect())
        })?;
        let is_part = |(counts, Lacking { status, bytes, path }): (&GroupCounts, Lacking)| {
            status <= counts.class[0] && bytes <= counts.pv() && path <= counts.pv() - counts.static_hits
        };
        let lacking = (0..).map(|group| self.lacking.of(GroupId(group)));
        if !self.lacking.is_empty() && !groups.iter().zip(lacking).all(is_part) {
            return Err(Damaged);
        }
        self.groups = groups;
        Ok(())
    }

    fn skip(_: (UvMethod, Seed), size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        // A column for each class of status, one of bytes, one of static hits.
        (0..GroupCounts::CLASSES + 2).try_for_each(|_| input.skip(size.groups))?;
        let lacking = input.len(1)?;
        input.skip(lacking.saturating_mul(4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_is_one_cache_line() {
        assert_eq!(size_of::<GroupCounts>(), 64);
    }

    #[test]
    fn sum_of_bytes_saturates() {
        let mut sum = GroupCounts { bytes: u64::MAX - 1, ..GroupCounts::default() };
        sum.merge(&GroupCounts { bytes: 5, ..GroupCounts::default() });
        assert_eq!(sum.bytes, u64::MAX);
    }
}
