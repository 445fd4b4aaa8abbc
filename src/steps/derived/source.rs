//! A column that keys are computed from, with a cache of the keys of its texts.

use super::numbered_keys::NumberedKeys;
use crate::batch::{Batch, Column, KeyId, MISSING};
use crate::dimension::KeyOf;
use crate::keys::{Keys, Seed};
use crate::text::{escape_backslashes, undo_escapes};

/// A source column, and the keys of its texts. The cache is emptied before it takes much memory.
pub(super) struct Source {
    column: Column,
    functions: Vec<KeyOf>,
    seed: Seed,
    asked: Keys,
    /// The keys of each text in `asked`, one for each function, side by side; `NONE` where a function gives none.
    answers: Vec<KeyId>,
    /// Ids in `asked` of the texts that were looked up last.
    ids: Vec<u32>,
    /// True if all texts that were looked up last are the same.
    are_same: bool,
}

/// Maximum number of texts, and maximum bytes of texts, before a look-up.
const TEXTS: usize = 1 << 17;
const BYTES: u64 = 16 << 20;

impl Source {
    pub(super) fn new(column: Column, seed: Seed) -> Source {
        let (asked, answers) = (Keys::new(seed), Vec::new());
        Source { column, functions: Vec::new(), seed, asked, answers, ids: Vec::new(), are_same: false }
    }

    pub(super) fn column(&self) -> Column {
        self.column
    }

    /// Adds a function to compute keys; returns its place. There must be no texts yet.
    pub(super) fn add(&mut self, function: KeyOf) -> usize {
        self.functions.push(function);
        self.functions.len() - 1
    }

    /// Empties the cache.
    pub(super) fn forget(&mut self) {
        (self.asked, self.answers) = (Keys::new(self.seed), Vec::new());
    }

    /// Looks up the texts of these rows, and computes the keys of those that are new.
    pub(super) fn ask(&mut self, batch: &Batch<'_>, rows: &[u16], keys: &mut NumberedKeys) {
        if self.asked.len() > TEXTS || self.asked.bytes() > BYTES {
            self.forget();
        }
        let column = batch.text(self.column);
        let mut texts = rows.iter().map(|row| column[usize::from(*row)]);
        self.ids.clear();
        // A field that the format does not log has the same text, at the same place, in all rows.
        let first = texts.next().unwrap_or_default();
        self.are_same = texts.all(|text| std::ptr::eq(text, first));
        if self.are_same {
            let id = self.asked.id(first);
            self.ids.resize(rows.len(), id);
        } else {
            self.asked.ids(column, rows, &mut self.ids);
        }
        // New texts have the next ids.
        for text in self.answers.len() / self.functions.len()..self.asked.len() {
            let text = self.asked.key(text as u32);
            compute(&self.functions, text, keys, &mut self.answers);
        }
    }

    /// The key by a function, for the row at this index of those that were looked up; `NONE` if there is none.
    pub(super) fn key(&self, function: usize, index: usize) -> KeyId {
        self.answers[self.ids[index] as usize * self.functions.len() + function]
    }

    /// The keys by a function, for all rows that were looked up.
    pub(super) fn keys(&self, function: usize) -> impl Iterator<Item = KeyId> {
        let keys = self.answers.get(function..).unwrap_or_default();
        self.ids.iter().map(move |id| keys[*id as usize * self.functions.len()])
    }

    /// True if the function gives no key for any row, as far as that is obvious.
    pub(super) fn has_no_key(&self, function: usize) -> bool {
        self.are_same && self.ids.first().is_none_or(|_| self.key(function, 0) == KeyId::NONE)
    }
}

/// Appends the keys of a text from a batch.
fn compute(functions: &[KeyOf], text: &[u8], keys: &mut NumberedKeys, answers: &mut Vec<KeyId>) {
    let text = undo_escapes(text);
    let is_there = !text.is_empty() && *text != *MISSING;
    answers.extend(functions.iter().map(|function| {
        let key = if is_there { function.key(&text) } else { None };
        key.map_or(KeyId::NONE, |key| keys.id(&escape_backslashes(&key)))
    }));
}
