//! Ids of the keys that a step computes, so that tables find groups by small numbers and hash no texts.

use std::sync::Arc;

use super::{DERIVED, ROWS};

/// A computed key: its number in a keyring, or [`KeyId::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyId(pub(crate) u32);

impl KeyId {
    /// No key.
    pub(crate) const NONE: KeyId = KeyId(u32::MAX);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Computed keys, escaped like logged texts, by [`KeyId`].
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    /// Keyrings with the same number agree: the same id stands for the same text. 0 is never used.
    pub(crate) number: u64,
    pub(crate) texts: Vec<Box<[u8]>>,
}

impl Keyring {
    /// The text of a key.
    pub(crate) fn text(&self, key: KeyId) -> &[u8] {
        &self.texts[key.index()]
    }
}

/// Ids of the keys in the columns of derived dimensions.
#[derive(Default)]
pub(super) struct KeyColumns {
    /// `None` if no step has computed keys.
    keyring: Option<Arc<Keyring>>,
    /// By dimension. Empty if its keys are not computed.
    ids: [Vec<KeyId>; DERIVED],
}

impl KeyColumns {
    /// Drops all keys.
    pub(super) fn clear(&mut self) {
        self.keyring = None;
    }

    pub(super) fn set_keyring(&mut self, keyring: Arc<Keyring>) {
        self.keyring = Some(keyring);
    }

    /// The ids of all rows in the column of a dimension, to be filled.
    pub(super) fn ids_mut(&mut self, derived: usize) -> &mut [KeyId] {
        let ids = &mut self.ids[derived];
        ids.resize(ROWS, KeyId::NONE);
        ids
    }

    /// The ids of the first `len` rows in the column of a dimension, and their keyring.
    pub(super) fn ids(&self, derived: usize, len: usize) -> Option<(&Keyring, &[KeyId])> {
        Some((self.keyring.as_deref()?, self.ids[derived].get(..len)?))
    }
}
