//! The keys that the step for derived dimensions computes, each with an id by which tables find its group.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::batch::{KeyId, Keyring};
use crate::keys::{Keys, Seed};

/// Distinct keys, numbered from 0. They are dropped before they take much memory, and numbered again.
pub(super) struct NumberedKeys {
    seed: Seed,
    keys: Keys,
    /// The texts of the keys. Shared with the current batch only, so that it is not copied when keys are added to it.
    keyring: Arc<Keyring>,
    /// Keys that always have the first numbers.
    fixed: Vec<&'static [u8]>,
}

/// Maximum number of keys, and maximum bytes, before a batch.
const KEYS: usize = 1 << 16;
const BYTES: u64 = 16 << 20;

fn new_keyring() -> Arc<Keyring> {
    static USED: AtomicU64 = AtomicU64::new(0);
    Arc::new(Keyring { number: USED.fetch_add(1, Ordering::Relaxed) + 1, texts: Vec::new() })
}

impl NumberedKeys {
    pub(super) fn new(seed: Seed) -> NumberedKeys {
        NumberedKeys { seed, keys: Keys::new(seed), keyring: new_keyring(), fixed: Vec::new() }
    }

    /// Adds a key whose id never changes. There must be no others yet.
    pub(super) fn fixed(&mut self, key: &'static [u8]) -> KeyId {
        if !self.fixed.contains(&key) {
            self.fixed.push(key);
        }
        self.id(key)
    }

    pub(super) fn id(&mut self, key: &[u8]) -> KeyId {
        let id = self.keys.id(key);
        if id as usize == self.keyring.texts.len() {
            Arc::make_mut(&mut self.keyring).texts.push(key.into());
        }
        KeyId(id)
    }

    pub(super) fn key(&self, id: KeyId) -> &[u8] {
        self.keyring.text(id)
    }

    pub(super) fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keyring)
    }

    /// True if the keys take much memory.
    pub(super) fn are_many(&self) -> bool {
        self.keys.len() > KEYS || self.keys.bytes() > BYTES
    }

    /// Drops all keys but the fixed ones. The ids of the others are then no longer valid.
    pub(super) fn forget(&mut self) {
        (self.keys, self.keyring) = (Keys::new(self.seed), new_keyring());
        for key in std::mem::take(&mut self.fixed) {
            self.fixed(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_keys_keep_their_ids_when_others_are_dropped() {
        let mut keys = NumberedKeys::new(Seed::fixed(1));
        let fixed = [b"-".as_slice(), b"direct", b"-"].map(|key| keys.fixed(key));
        let (first, long) = (keys.keyring().number, vec![b'x'; BYTES as usize]);
        assert!(fixed[0] == fixed[2] && fixed[0] != fixed[1]);
        let id = keys.id(&long);
        assert_eq!((keys.key(id), keys.keyring().number), (&long[..], first));
        assert!(keys.are_many());
        keys.forget();
        assert_ne!(keys.keyring().number, first);
        assert_eq!([b"-".as_slice(), b"direct", b"-"].map(|key| keys.id(key)), fixed);
        assert_eq!(fixed.map(|id| keys.key(id)), [b"-".as_slice(), b"direct", b"-"]);
        for n in keys.keys.len()..=KEYS {
            assert!(!keys.are_many(), "{n}");
            keys.id(n.to_string().as_bytes());
        }
        assert!(keys.are_many());
    }
}
