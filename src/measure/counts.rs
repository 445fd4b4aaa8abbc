//! PV, bytes, static and status classes: one cache line a group.

use crate::batch::Batch;
use crate::table::{GroupId, IdMap};

/// The counts of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Tallied {
    /// By status class; the first is of what is in none of 1xx to 5xx.
    pub(crate) class: [u64; 6],
    pub(crate) bytes: u64,
    pub(crate) statics: u64,
}

impl Tallied {
    pub(crate) fn pv(&self) -> u64 {
        self.class.iter().sum()
    }

    fn merge(&mut self, other: &Tallied) {
        for (mine, theirs) in self.class.iter_mut().zip(other.class) {
            *mine += theirs;
        }
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.statics += other.statics;
    }
}

/// The counts of every group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    groups: Vec<Tallied>,
}

impl Counts {
    pub(crate) fn of(&self, group: GroupId) -> Tallied {
        self.groups[group.0 as usize]
    }

    pub(crate) fn add(&mut self, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId], len: usize) {
        self.groups.resize(len, Tallied::default());
        for (&row, group) in hits.iter().zip(groups) {
            let row = row as usize;
            let tallied = &mut self.groups[group.0 as usize];
            tallied.class[batch.class[row] as usize] += 1;
            tallied.bytes = tallied.bytes.saturating_add(batch.bytes[row]);
            tallied.statics += u64::from(batch.is_static[row]);
        }
    }

    pub(crate) fn merge(&mut self, other: &Counts, ids: &IdMap<'_>, len: usize) {
        self.groups.resize(len, Tallied::default());
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.groups[group.0 as usize].merge(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_cache_line() {
        assert_eq!(size_of::<Tallied>(), 64);
    }

    #[test]
    fn sums_of_bytes_stop_at_the_largest() {
        let mut sum = Tallied { bytes: u64::MAX - 1, ..Tallied::default() };
        sum.merge(&Tallied { bytes: 5, ..Tallied::default() });
        assert_eq!(sum.bytes, u64::MAX);
    }
}
