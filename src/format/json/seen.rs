//! The set of known keys that lines had.

/// The rules whose keys occurred in the lines of an input, as a bit set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeysSeen(Vec<u64>);

impl KeysSeen {
    #[inline]
    pub(crate) fn add(&mut self, rule: u16) {
        let (word, bit) = (usize::from(rule / 64), rule % 64);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << bit;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn contains(&self, rule: u16) -> bool {
        self.0.get(usize::from(rule / 64)).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }

    #[inline]
    pub(crate) fn merge(&mut self, other: &KeysSeen) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.0.fill(0);
    }
}
