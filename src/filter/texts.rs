//! A check of a column of texts. Keys are as they are reported: nginx's escapes undone, `-` for what is empty.

use super::check::Check;
use super::rows::Rows;
use crate::batch::{Batch, Column, MISSING};
use crate::keys::{Keys, Seed};
use crate::text::find_near;
use crate::text::undo_escapes;

/// A check of the texts of a column, and what it has answered.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    column: Column,
    check: Check,
    known: Option<Known>,
}

/// Texts that were asked for, and by their ids what was answered.
#[derive(Clone, Debug)]
struct Known {
    seed: Seed,
    asked: Keys,
    answers: Vec<bool>,
    /// Kept for their memory.
    hits: Vec<u16>,
    ids: Vec<u32>,
}

/// So many answers are remembered. Where every text is new they are of no use, and memory has a bound.
const REMEMBERED: usize = 1 << 16;

impl Texts {
    pub(super) fn new(column: Column, check: Check, seed: Seed) -> Texts {
        let known = Known { seed, asked: Keys::new(seed), answers: Vec::new(), hits: Vec::new(), ids: Vec::new() };
        let known = check.is_slow().then_some(known);
        Texts { column, check, known }
    }

    pub(super) fn select(&mut self, batch: &Batch<'_>, rows: Rows) -> Rows {
        let column = batch.text(self.column);
        let Some(known) = &mut self.known else { return rows.that(|row| holds(&self.check, column[row])) };
        if known.answers.len() > REMEMBERED {
            (known.asked, known.answers) = (Keys::new(known.seed), Vec::new());
        }
        known.hits.clear();
        known.ids.clear();
        rows.append_to(&mut known.hits);
        known.asked.ids(column, &known.hits, &mut known.ids);
        for (row, id) in known.hits.iter().zip(&known.ids) {
            // New ones have the next ids, in this order.
            if *id as usize == known.answers.len() {
                known.answers.push(holds(&self.check, column[usize::from(*row)]));
            }
        }
        let mut ids = known.ids.iter();
        rows.that(|_| ids.next().is_some_and(|id| known.answers[*id as usize]))
    }
}

/// Whether a text as it stands in a batch has a key of which the check holds.
#[inline]
fn holds(check: &Check, text: &[u8]) -> bool {
    if text.is_empty() {
        check.holds(MISSING)
    } else if find_near(b'\\', text).is_none() {
        check.holds(text)
    } else {
        holds_undone(check, text)
    }
}

#[cold]
fn holds_undone(check: &Check, text: &[u8]) -> bool {
    check.holds(&undo_escapes(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Fields, Numbers, ROWS, Status, TextField};
    use crate::time::Stamp;

    fn selected(texts: &mut Texts, values: &[Vec<u8>]) -> Vec<bool> {
        let mut all = Vec::new();
        for values in values.chunks(ROWS) {
            let mut batch = Batch::new(Fields::text(TextField::Path));
            for value in values {
                batch.set_text(TextField::Path, value);
                let (stamp, status) = (Stamp::NONE, Status::MISSING);
                batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
            }
            let rows = texts.select(&batch, Rows::first(values.len()));
            let mut hits = Vec::new();
            rows.append_to(&mut hits);
            all.extend((0..values.len() as u16).map(|row| hits.contains(&row)));
        }
        all
    }

    #[test]
    fn keys_are_compared_as_they_are_reported() {
        let values = ["/a", r"/\x61", "", "-", r"/\\x61", "/b"].map(|value| value.as_bytes().to_vec());
        let rows = [
            ("/a", [true, true, false, false, false, false]),
            ("~^/a$", [true, true, false, false, false, false]),
            ("-", [false, false, true, true, false, false]),
            ("~^-$", [false, false, true, true, false, false]),
            (r"/\\x61", [false, false, false, false, true, false]),
            (r"/\x5Cx61", [false, false, false, false, true, false]),
        ];
        for (pattern, expected) in rows {
            let mut texts = Texts::new(TextField::Path.into(), Check::Looks(pattern.parse().unwrap()), Seed::fixed(1));
            assert_eq!(selected(&mut texts, &values), expected, "{pattern}");
        }
    }

    #[test]
    fn an_answer_is_the_same_the_second_time_and_after_many_others() {
        let check = Check::Looks("~7$".parse().unwrap());
        let mut texts = Texts::new(TextField::Path.into(), check.clone(), Seed::fixed(1));
        let values: Vec<_> = (0..REMEMBERED * 2).map(|i| format!("/{}", i % (REMEMBERED + 999)).into_bytes()).collect();
        let expected: Vec<_> = values.iter().map(|value| holds(&check, value)).collect();
        // So that the number of answers is no multiple of the rows of a batch.
        assert_eq!(selected(&mut texts, &[b"7".to_vec(), b"8".to_vec()]), [true, false]);
        assert_eq!(selected(&mut texts, &values), expected);
        let known = texts.known.unwrap();
        assert!(known.answers.len() <= REMEMBERED + ROWS && known.answers.len() == known.asked.len());
    }
}
