//! The keys of a table's groups, and their order. A group has one key, or two for a pair.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{Dimension, PairKeys};
use crate::keys::{AddressKeys, GroupId, IdPairs, Keys};

/// The keys of a table's groups.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeysOfTable<'k> {
    Own(&'k Keys),
    /// The groups are the visitors, and the keys their addresses.
    Visitors(&'k AddressKeys),
    Pairs(&'k PairKeys),
    /// The groups are those of each part. Their keys are read only after the parts are divided.
    Parts(&'k IdPairs),
}

impl KeysOfTable<'_> {
    pub(crate) fn len(self) -> usize {
        match self {
            KeysOfTable::Own(keys) => keys.len(),
            KeysOfTable::Visitors(addresses) => addresses.len(),
            KeysOfTable::Pairs(pairs) => pairs.len(),
            KeysOfTable::Parts(groups) => groups.len(),
        }
    }
}

/// The key of a group.
#[derive(Clone, Debug)]
pub(crate) struct Key<'k> {
    dimension: Dimension,
    first: Cow<'k, [u8]>,
    /// Second key of a pair; `None` for other dimensions.
    second: Option<Cow<'k, [u8]>>,
}

impl<'k> Key<'k> {
    pub(crate) fn new(dimension: Dimension, keys: KeysOfTable<'k>, group: GroupId) -> Key<'k> {
        let (first, second) = match keys {
            KeysOfTable::Own(keys) => (Cow::Borrowed(keys.key(group.0)), None),
            KeysOfTable::Visitors(addresses) => (addresses.key(group.0), None),
            KeysOfTable::Pairs(pairs) => {
                let [first, second] = pairs.halves_of(group);
                let key = |half, GroupId(id)| Cow::Borrowed(pairs.keys_of(half).key(id));
                (key(0, first), Some(key(1, second)))
            }
            KeysOfTable::Parts(_) => unreachable!("keys are read after the parts are divided"),
        };
        Key { dimension, first, second }
    }

    /// Bytes of the key, or of the first key of a pair.
    pub(crate) fn first(&self) -> &[u8] {
        &self.first
    }

    /// The key, or both keys of a pair, each with its dimension.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (Dimension, &[u8])> {
        self.dimension.parts().zip([Some(&self.first), self.second.as_ref()].into_iter().flatten().map(|key| &**key))
    }

    /// The bytes by which rankings compare.
    fn bytes(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.parts().map(|(dimension, key)| dimension.bytes_of(key))
    }
}

/// Compares bytes. Pairs compare by the first key, then by the second, so two pairs stay different even if their joined
/// texts are equal.
impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}
