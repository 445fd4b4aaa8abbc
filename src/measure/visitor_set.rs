//! The visitors of one group: a few in place, a hash table, or one bit per visitor.
//!
//! The form depends only on the set: bits are used if they are no larger than a hash table for as many visitors. So no
//! order of arrival makes a set large, and a million groups of few visitors stay small. A set of all visitors so far
//! (all hits; the first day) is stored as a count.

use crate::keys::VisitorId;

/// A set of visitors.
#[derive(Clone, Debug)]
pub(crate) enum VisitorSet {
    Few {
        len: u8,
        ids: [u32; FEW],
    },
    Hashed {
        len: u32,
        slots: Box<[u32]>,
    },
    Bits {
        len: u32,
        words: Vec<u64>,
    },
    /// All ids below this one.
    First {
        len: u32,
    },
}

const FEW: usize = 6;
/// Marks an empty slot: ids are assigned from 0 up and never reach it.
const EMPTY: u32 = u32::MAX;

impl Default for VisitorSet {
    fn default() -> Self {
        VisitorSet::Few { len: 0, ids: [EMPTY; FEW] }
    }
}

impl VisitorSet {
    /// Makes a set of ids that ascend.
    pub(crate) fn of_ascending(ids: &[u32]) -> VisitorSet {
        let len = ids.len() as u32;
        if ids.len() <= FEW {
            let mut few = [EMPTY; FEW];
            few[..ids.len()].copy_from_slice(ids);
            return VisitorSet::Few { len: len as u8, ids: few };
        }
        let largest = ids.last().copied().unwrap_or_default();
        if largest + 1 == len {
            return VisitorSet::First { len };
        }
        let mut set = VisitorSet::with_room(len, largest, 1);
        ids.iter().for_each(|id| set.put(*id));
        set
    }

    /// Makes a set of all ids below `len`.
    pub(crate) fn of_all(len: u32) -> VisitorSet {
        if len as usize <= FEW {
            return VisitorSet::of_ascending(&[0, 1, 2, 3, 4, 5][..len as usize]);
        }
        VisitorSet::First { len }
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            VisitorSet::Few { len, .. } => u64::from(*len),
            VisitorSet::Hashed { len, .. } | VisitorSet::Bits { len, .. } | VisitorSet::First { len } => {
                u64::from(*len)
            }
        }
    }

    #[inline]
    pub(crate) fn insert(&mut self, visitor: VisitorId) {
        // Fast path for the sets that get the most inserts.
        if let VisitorSet::First { len } = self
            && visitor.0 <= *len
        {
            *len += u32::from(visitor.0 == *len);
        } else if let VisitorSet::Bits { len, words } = self
            && let Some(word) = words.get_mut(visitor.0 as usize / 64)
        {
            let old = *word;
            *word |= 1 << (visitor.0 % 64);
            *len += u32::from(*word != old);
        } else {
            self.insert_slowly(visitor.0);
        }
    }

    /// Inserts all visitors. Checks the form of the set once, not for each visitor.
    pub(crate) fn insert_all(&mut self, visitors: &[VisitorId]) {
        let mut rest = visitors.iter();
        loop {
            match self {
                VisitorSet::First { len } => {
                    for visitor in rest.by_ref() {
                        if visitor.0 > *len {
                            self.rebuild(visitor.0);
                            break;
                        }
                        *len += u32::from(visitor.0 == *len);
                    }
                }
                VisitorSet::Bits { len, words } => {
                    for visitor in rest.by_ref() {
                        let Some(word) = words.get_mut(visitor.0 as usize / 64) else {
                            self.rebuild(visitor.0);
                            break;
                        };
                        let old = *word;
                        *word |= 1 << (visitor.0 % 64);
                        *len += u32::from(*word != old);
                    }
                }
                VisitorSet::Few { .. } | VisitorSet::Hashed { .. } => {
                    if let Some(visitor) = rest.next() {
                        self.insert_slowly(visitor.0);
                    }
                }
            }
            if rest.len() == 0 {
                return;
            }
        }
    }

    /// Adds the visitors of another set; `ids` are those here of all its visitors.
    pub(crate) fn merge(&mut self, other: &VisitorSet, ids: &[VisitorId]) {
        let VisitorSet::First { len } = other else {
            other.for_each(|visitor| self.insert(ids[visitor.0 as usize]));
            return;
        };
        let theirs = &ids[..*len as usize];
        // Fast path: two sets of all visitors so far become another one. Their ids are distinct, so none is missing if
        // there are as many new ones as the largest says.
        if let VisitorSet::First { len: mine } = self {
            let new = theirs.iter().map(|id| u32::from(id.0 >= *mine)).sum::<u32>();
            let end = theirs.iter().fold(*mine, |end, id| end.max(id.0 + 1));
            if end - *mine == new {
                *mine = end;
                return;
            }
        }
        self.insert_all(theirs);
    }

    fn insert_slowly(&mut self, id: u32) {
        match self {
            VisitorSet::Few { len, ids } => {
                if ids[..*len as usize].contains(&id) {
                    return;
                }
                if let Some(place) = ids.get_mut(*len as usize) {
                    *place = id;
                    *len += 1;
                } else {
                    self.rebuild(id);
                }
            }
            VisitorSet::Hashed { len, slots } => {
                let at = slot(slots, id);
                if slots[at] == id {
                    return;
                }
                if *len as usize + 1 > room(slots.len()) {
                    self.rebuild(id);
                } else {
                    slots[at] = id;
                    *len += 1;
                }
            }
            // The id is beyond the last word, or leaves a gap.
            VisitorSet::Bits { .. } | VisitorSet::First { .. } => self.rebuild(id),
        }
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(VisitorId)) {
        match self {
            VisitorSet::Few { len, ids } => ids[..*len as usize].iter().for_each(|id| visit(VisitorId(*id))),
            VisitorSet::Hashed { slots, .. } => {
                slots.iter().filter(|id| **id != EMPTY).for_each(|id| visit(VisitorId(*id)));
            }
            VisitorSet::Bits { words, .. } => {
                for (i, word) in words.iter().enumerate() {
                    let mut rest = *word;
                    while rest != 0 {
                        visit(VisitorId(i as u32 * 64 + rest.trailing_zeros()));
                        rest &= rest - 1;
                    }
                }
            }
            VisitorSet::First { len } => (0..*len).for_each(|id| visit(VisitorId(id))),
        }
    }

    /// Adds a visitor that is not in the set yet, and gives the set the form that it should then have.
    #[cold]
    fn rebuild(&mut self, new: u32) {
        let len = self.len() as usize + 1;
        let mut largest = new;
        self.for_each(|id| largest = largest.max(id.0));
        if largest as usize + 1 == len {
            *self = VisitorSet::First { len: len as u32 };
            return;
        }
        // Double the words, so that ascending ids do not rebuild the set at each word.
        let more = if matches!(self, VisitorSet::Bits { .. }) { 2 } else { 1 };
        let mut set = VisitorSet::with_room(len as u32, largest, more);
        self.for_each(|id| set.put(id.0));
        set.put(new);
        *self = set;
    }

    /// Makes a set of `len` ids that are yet to be put into it: bits, if they are no larger than a hash table. There may
    /// be `more` times as many bits as needed.
    fn with_room(len: u32, largest: u32, more: usize) -> VisitorSet {
        let words = largest as usize / 64 + 1;
        let slots = slots_for(len as usize);
        if words * 8 <= slots * 4 {
            VisitorSet::Bits { len, words: vec![0; (words * more).min(slots / 2).max(words)] }
        } else {
            VisitorSet::Hashed { len, slots: vec![EMPTY; slots].into_boxed_slice() }
        }
    }

    /// Puts an id into a set that has room for it, and already counts it.
    #[inline]
    fn put(&mut self, id: u32) {
        match self {
            VisitorSet::Bits { words, .. } => words[id as usize / 64] |= 1 << (id % 64),
            VisitorSet::Hashed { slots, .. } => slots[slot(slots, id)] = id,
            VisitorSet::Few { .. } | VisitorSet::First { .. } => {}
        }
    }

    /// Bytes that the set uses on the heap.
    #[cfg(any(test, feature = "stages"))]
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            VisitorSet::Few { .. } | VisitorSet::First { .. } => 0,
            VisitorSet::Hashed { slots, .. } => slots.len() * 4,
            VisitorSet::Bits { words, .. } => words.capacity() * 8,
        }
    }
}

/// Maximum number of used slots.
fn room(slots: usize) -> usize {
    slots / 4 * 3
}

/// Number of slots of a set of `len`: a power of two, of which at most three quarters are used.
fn slots_for(len: usize) -> usize {
    let mut slots = (len + 1).next_power_of_two().max(8);
    while room(slots) < len {
        slots *= 2;
    }
    slots
}

fn slot(slots: &[u32], id: u32) -> usize {
    let mask = slots.len() - 1;
    let mut at = (id.wrapping_mul(0x9E37_79B9) >> 7) as usize & mask;
    while slots[at] != EMPTY && slots[at] != id {
        at = (at + 1) & mask;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn of(ids: &[u32]) -> VisitorSet {
        let mut set = VisitorSet::default();
        ids.iter().for_each(|id| set.insert(VisitorId(*id)));
        set
    }

    fn form(set: &VisitorSet) -> &'static str {
        match set {
            VisitorSet::Few { .. } => "few",
            VisitorSet::Hashed { .. } => "hashed",
            VisitorSet::Bits { .. } => "bits",
            VisitorSet::First { .. } => "first",
        }
    }

    proptest::proptest! {
        #[test]
        fn set_equals_a_hash_set(
            ids in proptest::collection::vec(proptest::prop_oneof![0..70_u32, 0..5_000_u32, 0..4_000_000_u32], 0..400),
        ) {
            let reference: HashSet<u32> = ids.iter().copied().collect();
            let set = of(&ids);
            let mut at_once = VisitorSet::default();
            at_once.insert_all(&ids.iter().copied().map(VisitorId).collect::<Vec<_>>());
            proptest::prop_assert_eq!((at_once.len(), form(&at_once)), (set.len(), form(&set)));
            let mut held = Vec::new();
            set.for_each(|id| held.push(id.0));
            proptest::prop_assert_eq!(set.len() as usize, reference.len());
            proptest::prop_assert_eq!(held.len(), reference.len());
            proptest::prop_assert_eq!(held.into_iter().collect::<HashSet<_>>(), reference);
        }

        #[test]
        fn form_and_size_do_not_depend_on_the_order(
            ids in proptest::collection::vec(proptest::prop_oneof![0..300_u32, 0..50_000_u32], 0..200),
        ) {
            let mut ascending = ids.clone();
            ascending.sort_unstable();
            let descending: Vec<u32> = ascending.iter().rev().copied().collect();
            let (a, b, c) = (of(&ids), of(&ascending), of(&descending));
            // A set that contained all visitors so far at every step is stored as a count, which is smaller.
            if [&a, &b].iter().all(|set| form(set) != "first") {
                proptest::prop_assert_eq!([form(&a), form(&b)], [form(&c); 2]);
            }
            // A set is never larger than a hash table of its visitors: a small set has no bit for every possible
            // visitor.
            proptest::prop_assert!(a.heap_bytes() <= slots_for(a.len() as usize) * 4, "{} for {}", a.heap_bytes(), a.len());
        }
    }

    #[test]
    fn groups_of_few_visitors_stay_small() {
        let groups = 50_000;
        let (mut bytes, mut pairs) = (0, 0);
        for group in 0..groups {
            let set = of(&[group * 20, group * 20 + 7, 999_999 - group, group]);
            bytes += size_of::<VisitorSet>() + set.heap_bytes();
            pairs += set.len() as usize;
        }
        assert!(bytes / pairs <= 16, "{} bytes a pair", bytes / pairs);
    }
}
