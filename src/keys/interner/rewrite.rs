//! Operations on many keys: merging those of another worker, rewriting all, keeping some.

use std::borrow::Cow;

use super::{Keys, is_escaped};
use crate::batch::ROWS;
use crate::huge_pages;
use crate::keys::GroupId;

impl Keys {
    /// Merges the keys of `other`, with `written` applied to each. Returns their ids in `self`, indexed by their ids in
    /// `other`.
    pub(crate) fn merge<'k>(&mut self, other: &'k Keys, written: impl Fn(&'k [u8]) -> Cow<'k, [u8]>) -> Vec<u32> {
        self.drop_stale();
        if self.records.is_empty() && other.are_unchanged_by(&written) {
            *self = Keys { seed: self.seed, ..other.copy_without_slots() };
            return (0..other.len() as u32).collect();
        }
        if self.are_merged_in_order(other) && other.are_unchanged_by(&written) {
            return self.merge_sorted(other);
        }
        // All keys together are at least as many as those of the other list.
        self.reserve(other.len());
        let mut ids = Vec::with_capacity(other.len());
        let all: Vec<u16> = (0..ROWS as u16).collect();
        // Column by column, as in batches: looked up one by one, millions of keys would each wait for memory.
        let mut keys = other.iter().map(written).peekable();
        while keys.peek().is_some() {
            let some: Vec<Cow<'_, [u8]>> = keys.by_ref().take(ROWS).collect();
            let column: Vec<&[u8]> = some.iter().map(|key| &**key).collect();
            self.ids(&column, &all[..column.len()], &mut ids);
        }
        ids
    }

    /// True if `written` changes no key, and every record is that of a key.
    pub(in crate::keys) fn are_unchanged_by<'k>(&'k self, written: impl Fn(&'k [u8]) -> Cow<'k, [u8]>) -> bool {
        let is_unchanged = |key: &'k [u8]| matches!(written(key), Cow::Borrowed(new) if new.len() == key.len());
        self.stale.is_empty() && self.iter().all(is_unchanged)
    }

    /// Copies the keys with their ids. Slots are made when they are needed.
    pub(in crate::keys) fn copy_without_slots(&self) -> Keys {
        let (arena, records, escaped) = (self.arena.clone(), self.records.clone(), self.escaped.clone());
        Keys { slots: Vec::new(), arena, records, escaped, sorted: self.sorted.clone(), ..Keys::new(self.seed) }
    }

    /// Replaces each key with the result of `written`, which may change only odd keys, and keeps the ids. Returns
    /// `false` and changes nothing if two keys might become equal.
    pub(crate) fn rewrite(&mut self, written: impl Fn(&[u8]) -> Cow<'_, [u8]>) -> bool {
        self.index();
        let mut changed: Vec<(u32, Vec<u8>)> = Vec::new();
        for &id in &self.escaped {
            let (key, new) = (self.key(id), written(self.key(id)));
            if *new != *key {
                changed.push((id, new.into_owned()));
            }
        }
        let mut new_keys: Vec<&[u8]> = changed.iter().map(|(_, new)| &new[..]).collect();
        new_keys.sort_unstable();
        if new_keys.iter().any(|new| self.is_known(new)) || new_keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return false;
        }
        // The slots of old forms stay until other keys are merged, which may have such a form. So there must be room
        // for both.
        while (self.records.len() + changed.len()) * 8 > self.slots.len() * 6 {
            self.grow();
        }
        self.sorted = Box::default();
        for (id, new) in changed {
            let place = self.arena.store(&new, id);
            self.stale.push(std::mem::replace(&mut self.records[id as usize], place));
            self.take_slot(self.seed.hash(&new) >> 32, place);
        }
        true
    }

    /// Removes the slots of records that were replaced by rewritten ones.
    fn drop_stale(&mut self) {
        if self.stale.is_empty() {
            return;
        }
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        let empty = huge_pages::zeros(self.slots.len());
        let slots = std::mem::replace(&mut self.slots, empty).into_iter().filter(|slot| *slot != 0);
        for (tag, place) in slots.map(|slot| (slot >> 32, slot as u32 - 1)) {
            if stale.binary_search(&place).is_err() {
                self.take_slot(tag, place);
            }
        }
    }

    /// Keeps only the keys of these groups, which ascend, and renumbers them 0, 1, 2 … in this order. The memory of the
    /// others is kept for new keys. Keys must not have been rewritten.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        self.index();
        for (at, &GroupId(id)) in groups.iter().enumerate() {
            self.records[at] = self.records[id as usize];
        }
        self.records.truncate(groups.len());
        self.arena.keep(&mut self.records);
        self.slots.fill(0);
        self.escaped.clear();
        self.stale.clear();
        self.sorted = Box::default();
        for at in 0..self.records.len() {
            let place = self.records[at];
            let key = self.arena.record(place).1;
            let (tag, is_escaped) = (self.seed.hash(key) >> 32, is_escaped(key));
            self.take_slot(tag, place);
            if is_escaped {
                self.escaped.push(at as u32);
            }
        }
    }

    /// True if a key has an id. There must be slots.
    fn is_known(&self, key: &[u8]) -> bool {
        self.id_of(key).is_some()
    }

    /// The id of a key, if it has one.
    pub(crate) fn known(&mut self, key: &[u8]) -> Option<u32> {
        self.index();
        self.id_of(key)
    }

    fn id_of(&self, key: &[u8]) -> Option<u32> {
        let tag = self.seed.hash(key) >> 32;
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        while self.slots[at] != 0 {
            if self.slots[at] >> 32 == tag {
                let (id, known) = self.arena.record(self.slots[at] as u32 - 1);
                if known == key {
                    return Some(id);
                }
            }
            at = (at + 1) & mask;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Seed;

    fn without_backslashes(key: &[u8]) -> Cow<'_, [u8]> {
        Cow::Owned(key.iter().copied().filter(|b| *b != b'\\').collect())
    }

    proptest::proptest! {
        #[test]
        fn keys_are_rewritten_unless_two_may_collide(
            keys in proptest::collection::hash_set("[ab\\\\]{0,4}", 0..40), seed: u64,
        ) {
            let mut table = Keys::new(Seed::fixed(seed));
            let ids: Vec<(&[u8], u32)> = keys.iter().map(|key| (key.as_bytes(), table.id(key.as_bytes()))).collect();
            let done = table.rewrite(without_backslashes);
            for (key, id) in &ids {
                let expected = if done { without_backslashes(key) } else { Cow::Borrowed(*key) };
                proptest::prop_assert_eq!(table.key(*id), &expected[..]);
                proptest::prop_assert_eq!(table.id(&expected), *id);
            }
            // The old form is a different key now.
            let mut others = Keys::new(Seed::fixed(seed));
            others.id(b"\\a");
            let (is_key, len) = (table.iter().any(|key| key == b"\\a"), table.len());
            let merged = table.merge(&others, Cow::Borrowed);
            proptest::prop_assert_eq!(table.key(merged[0]), b"\\a");
            proptest::prop_assert_eq!(table.len(), len + usize::from(!is_key));
            let all: std::collections::HashSet<_> = ids.iter().map(|(key, _)| without_backslashes(key)).collect();
            if done {
                proptest::prop_assert_eq!(all.len(), ids.len());
            } else {
                let collides = |key: &[u8]| {
                    let new = without_backslashes(key);
                    ids.iter().any(|(k, _)| *k != key && (without_backslashes(k) == new || **k == *new))
                };
                proptest::prop_assert!(ids.iter().any(|(key, _)| collides(key)));
            }
        }

        #[test]
        fn keep_drops_all_other_keys(
            keys in proptest::collection::vec(proptest::collection::vec(0..4_u8, 0..20), 0..100), step in 1..9_usize, seed: u64,
        ) {
            let mut table = Keys::new(Seed::fixed(seed));
            keys.iter().for_each(|key| _ = table.id(key));
            let all: Vec<Vec<u8>> = table.iter().map(<[u8]>::to_vec).collect();
            let kept: Vec<GroupId> = (0..all.len() as u32).step_by(step).map(GroupId).collect();
            table.keep(&kept);
            let mut reference = Keys::new(Seed::fixed(seed));
            kept.iter().for_each(|group| _ = reference.id(&all[group.0 as usize]));
            // A dropped key is new again.
            for key in all.iter().rev() {
                proptest::prop_assert_eq!(table.id(key), reference.id(key));
            }
            proptest::prop_assert!(table.iter().eq(reference.iter()));
        }
    }

    #[test]
    fn colliding_keys_stay_unchanged() {
        let rows = [
            (["\\a", "b"], true),
            (["\\a", "\\b"], true),
            (["\\a", "a"], false),
            (["a", "\\a"], false),
            (["\\a", "a\\"], false),
            (["\\", ""], false),
        ];
        for (pair, is_done) in rows {
            let mut keys = Keys::new(Seed::fixed(1));
            let ids = pair.map(|key| keys.id(key.as_bytes()));
            assert_eq!(keys.rewrite(without_backslashes), is_done, "{pair:?}");
            for (key, id) in pair.iter().zip(ids) {
                let expected =
                    if is_done { without_backslashes(key.as_bytes()) } else { Cow::Borrowed(key.as_bytes()) };
                assert_eq!((keys.key(id), keys.len()), (&*expected, 2), "{pair:?}");
            }
        }
    }
}
