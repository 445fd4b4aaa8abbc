//! The counts of a group, as reports show them. A count is unknown if the group has hits and none of their lines logs
//! its field.

use crate::measure::{GroupCounts, Lacking};

/// The counts of a group, of which some may be unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KnownCounts {
    pub(crate) pv: u64,
    counts: GroupCounts,
    lacking: Lacking,
}

impl KnownCounts {
    pub(crate) fn new(counts: GroupCounts, lacking: Lacking) -> KnownCounts {
        KnownCounts { pv: counts.pv(), counts, lacking }
    }

    /// Returns `number`, a count over hits with a field, or `None` if all hits lack the field. `lacking` is how many
    /// lack it.
    fn known(&self, lacking: u64, number: u64) -> Option<u64> {
        (lacking == 0 || lacking < self.pv).then_some(number)
    }

    pub(crate) fn bytes(&self) -> Option<u64> {
        self.known(self.lacking.bytes, self.counts.bytes)
    }

    pub(crate) fn static_hits(&self) -> Option<u64> {
        self.known(self.lacking.path, self.counts.static_hits)
    }

    pub(crate) fn dynamic(&self) -> Option<u64> {
        self.known(self.lacking.path, self.pv - self.counts.static_hits - self.lacking.path)
    }

    /// Hits of a status class, 1 to 5 for 1xx to 5xx. Class 0 has the hits with any other status.
    pub(crate) fn class(&self, class: usize) -> Option<u64> {
        // Class 0 also counts the hits that lack their status.
        let lacking = if class == 0 { self.lacking.status } else { 0 };
        self.known(self.lacking.status, self.counts.class[class] - lacking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_unknown_if_all_hits_lack_the_field() {
        let counts = GroupCounts { class: [3, 0, 5, 0, 1, 0], bytes: 70, static_hits: 2 };
        let of = |status, bytes, path| {
            let counted = KnownCounts::new(counts, Lacking { status, bytes, path });
            let class = |class| counted.class(class);
            [class(0), class(2), class(3), counted.bytes(), counted.static_hits(), counted.dynamic()]
        };
        assert_eq!(of(0, 0, 0), [3, 5, 0, 70, 2, 7].map(Some));
        assert_eq!(of(2, 8, 6), [1, 5, 0, 70, 2, 1].map(Some));
        let none = GroupCounts { class: [9, 0, 0, 0, 0, 0], ..GroupCounts::default() };
        let unknown = KnownCounts::new(none, Lacking { status: 9, bytes: 9, path: 9 });
        assert_eq!([unknown.class(0), unknown.class(5), unknown.bytes(), unknown.dynamic()], [None; 4]);
        let empty = KnownCounts::default();
        assert_eq!([empty.class(0), empty.bytes(), empty.dynamic()], [Some(0); 3]);
    }
}
