//! A cache of answers by text: if texts repeat, each answer is computed once.

use super::{Keys, Seed};

/// Cached answers by text. The cache is emptied before it takes much memory: if every text is new, it does not help.
#[derive(Clone, Debug)]
pub(crate) struct Memo<T> {
    seed: Seed,
    asked: Keys,
    answers: Vec<T>,
    /// Ids of the texts that were looked up last. Reused between batches.
    ids: Vec<u32>,
}

/// Maximum number of answers, and maximum bytes of texts, before a look-up.
const ANSWERS: usize = 1 << 16;
const BYTES: u64 = 16 << 20;

impl<T> Memo<T> {
    pub(crate) fn new(seed: Seed) -> Memo<T> {
        Memo { seed, asked: Keys::new(seed), answers: Vec::new(), ids: Vec::new() }
    }

    /// Looks up the texts of these rows of a column. Calls `answer` for those that are not known.
    pub(crate) fn ask(&mut self, column: &[&[u8]], rows: &[u16], mut answer: impl FnMut(&[u8]) -> T) {
        self.forget_many();
        self.ids.clear();
        self.asked.ids(column, rows, &mut self.ids);
        for (row, id) in rows.iter().zip(&self.ids) {
            // New texts have the next ids, in this order.
            if *id as usize == self.answers.len() {
                self.answers.push(answer(column[usize::from(*row)]));
            }
        }
    }

    /// Looks up one text. Calls `answer` if it is not known.
    pub(crate) fn one(&mut self, text: &[u8], answer: impl FnOnce() -> T) -> &T {
        self.forget_many();
        let id = self.asked.id(text) as usize;
        if id == self.answers.len() {
            self.answers.push(answer());
        }
        &self.answers[id]
    }

    /// Empties the cache if it is too large.
    fn forget_many(&mut self) {
        if self.answers.len() > ANSWERS || self.asked.bytes() > BYTES {
            (self.asked, self.answers) = (Keys::new(self.seed), Vec::new());
        }
    }

    /// The answers for the rows of the last [`ask`](Self::ask), in their order.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &T> {
        self.ids.iter().map(|id| &self.answers[*id as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::ROWS;

    #[test]
    fn answers_are_the_same_when_repeated_and_after_emptying() {
        let mut memo = Memo::new(Seed::fixed(1));
        let mut asked = 0;
        for _ in 0..2 {
            for first in (0..ANSWERS + 1000).step_by(ROWS) {
                let texts: Vec<_> = (first..first + ROWS).map(|n| (n / 2).to_string().into_bytes()).collect();
                let column: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
                let rows: Vec<u16> = (0..ROWS as u16).filter(|row| row % 5 != 1).collect();
                memo.ask(&column, &rows, |text| {
                    asked += 1;
                    text.to_vec()
                });
                assert!(memo.answers().eq(rows.iter().map(|row| &texts[usize::from(*row)])));
                assert!(memo.answers.len() <= ANSWERS + ROWS);
            }
        }
        // Two rows in a column have the same text, and all answers fit.
        assert!(asked < ANSWERS, "{asked}");
    }

    #[test]
    fn long_texts_are_dropped_before_they_take_much_memory() {
        let mut memo = Memo::new(Seed::fixed(1));
        for letter in b'a'..=b'z' {
            let long = vec![letter; BYTES as usize / 4];
            let texts = [&long[..], b"1"];
            memo.ask(&texts, &[0, 1], <[u8]>::to_vec);
            assert!(memo.answers().eq(&texts));
            assert!(memo.asked.bytes() < 2 * BYTES);
        }
    }
}
